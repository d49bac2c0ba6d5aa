/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MHP_TESTS_ERRNO_NAME_H
#define MHP_TESTS_ERRNO_NAME_H

#include <features.h>

/* "EBUSY" for EBUSY; "E?" for one that no test knows. strerrorname_np() is not everywhere. */
const char *errno_name(int code);

/* As messages have them: the words are the C library's. */
#ifdef __GLIBC__
#define EIO_TEXT "EIO (Input/output error)"
#define ELOOP_TEXT "ELOOP (Too many levels of symbolic links)"
#else
#define EIO_TEXT "EIO (I/O error)"
#define ELOOP_TEXT "ELOOP (Symbolic link loop)"
#endif

#endif /* MHP_TESTS_ERRNO_NAME_H */

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words and the order of a capture, which both libraries know: no I/O. */
#ifndef MHP_NAMES_H
#define MHP_NAMES_H

#include <stddef.h>

/* Order of names: digits by value, the rest by bytes: memory9 before memory10. */
int compare_names(const char *a, const char *b);
/*
 * The order in which a walk through a sorted tree meets two paths, which begin with "/"
 * and whose parts are names, of at most 255 bytes.
 */
int compare_paths(const char *a, size_t a_length, const char *b, size_t b_length);

/* Of a positive errno value: "EACCES", or NULL */
const char *code_to_name(int code);
/* 0: no such name */
int name_to_code(const char *name, size_t length);

#endif /* MHP_NAMES_H */

// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stddef.h>

#include "support/errno-name.h"

const char *errno_name(int code)
{
	static const struct {
		int code;
		const char *name;
	} names[] = {
#define NAMED(code) { code, #code }
		NAMED(E2BIG), NAMED(EACCES), NAMED(EAGAIN), NAMED(EBADF), NAMED(EBADMSG),
		NAMED(EBUSY), NAMED(ECANCELED), NAMED(EDQUOT), NAMED(EEXIST), NAMED(EFAULT), NAMED(EFBIG),
		NAMED(EHWPOISON), NAMED(EINTR), NAMED(EINVAL), NAMED(EIO), NAMED(EISDIR),
		NAMED(ELOOP), NAMED(EMFILE), NAMED(ENAMETOOLONG), NAMED(ENFILE), NAMED(ENODATA),
		NAMED(ENODEV), NAMED(ENOENT), NAMED(ENOLCK), NAMED(ENOLINK), NAMED(ENOMEM),
		NAMED(ENOSPC), NAMED(ENOSYS),
		NAMED(ENOTDIR), NAMED(ENOTUNIQ), NAMED(ENXIO), NAMED(EOPNOTSUPP),
		NAMED(EOVERFLOW), NAMED(EPERM), NAMED(EPIPE), NAMED(ERANGE), NAMED(EROFS),
		NAMED(ESTALE), NAMED(ETIMEDOUT), NAMED(EXDEV),
#undef NAMED
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].code == code)
			return names[i].name;
	return "E?";
}

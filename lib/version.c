// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which release this is, and what it was built with. */
#include "internal.h"

MHP_EXPORT const char *mhp_get_version(void)
{
	return MHP_VERSION;
}

MHP_EXPORT bool mhp_has(enum mhp_feature feature)
{
	switch (feature) {
	case MHP_FEATURE_UDEV:
#ifdef HAVE_LIBUDEV
		return true;
#else
		return false;
#endif
	case MHP_FEATURE_KMOD:
#ifdef HAVE_LIBKMOD
		return true;
#else
		return false;
#endif
	}
	return false;
}

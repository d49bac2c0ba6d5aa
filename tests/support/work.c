// SPDX-License-Identifier: LGPL-2.1-or-later
/* In place of what compares, and of what looks at one region, by the linker's --wrap. */
#include <string.h>

#include "internal.h"
#include "work.h"

size_t work;

int __real_strcmp(const char *a, const char *b);
bool __real_is_same(const char *a, const char *b);
bool __real_region_has_block(const struct mhp_region *region, uint64_t id);
const struct mhp_region *__real_mhp_region_get_parent(const struct mhp_region *region);
int __wrap_strcmp(const char *a, const char *b);
bool __wrap_is_same(const char *a, const char *b);
bool __wrap_region_has_block(const struct mhp_region *region, uint64_t id);
const struct mhp_region *__wrap_mhp_region_get_parent(const struct mhp_region *region);

bool work_is_counted(void)
{
	/* on ppc64 what is compared in line is left to strcmp() close to the end of a page */
	static _Alignas(64) char first[64] = "a", second[64] = "b";
	const char *volatile a = first, *volatile b = second;
	/* to the compiler strcmp() changes nothing */
	const volatile size_t *now = &work;
	size_t before = *now;

	return strcmp(a, b) && *now > before;
}

int __wrap_strcmp(const char *a, const char *b)
{
	work++;
	return __real_strcmp(a, b);
}

bool __wrap_is_same(const char *a, const char *b)
{
	work++;
	return __real_is_same(a, b);
}

bool __wrap_region_has_block(const struct mhp_region *region, uint64_t id)
{
	work++;
	return __real_region_has_block(region, id);
}

const struct mhp_region *__wrap_mhp_region_get_parent(const struct mhp_region *region)
{
	work++;
	return __real_mhp_region_get_parent(region);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which release this is, and what it was built with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <mhp/mhp.h>

static void versions_agree(void **state)
{
	char text[32];

	(void)state;
	snprintf(text, sizeof(text), "%d.%d.%d", MHP_VERSION_MAJOR, MHP_VERSION_MINOR,
		 MHP_VERSION_PATCH);
	assert_string_equal(MHP_VERSION, text);
	assert_string_equal(mhp_get_version(), MHP_VERSION);
}

static void at_least(void **state)
{
	(void)state;
	assert_true(MHP_VERSION_AT_LEAST(1, 0, 0));
	assert_true(MHP_VERSION_AT_LEAST(MHP_VERSION_MAJOR, MHP_VERSION_MINOR, MHP_VERSION_PATCH));
	assert_false(MHP_VERSION_AT_LEAST(MHP_VERSION_MAJOR, MHP_VERSION_MINOR,
					  MHP_VERSION_PATCH + 1));
	assert_false(MHP_VERSION_AT_LEAST(MHP_VERSION_MAJOR, MHP_VERSION_MINOR + 1, 0));
	assert_false(MHP_VERSION_AT_LEAST(MHP_VERSION_MAJOR + 1, 0, 0));
	assert_true(MHP_VERSION_AT_LEAST(MHP_VERSION_MAJOR - 1, 9, 9));
}

static void features(void **state)
{
	bool has_udev = false, has_kmod = false;

	(void)state;
#ifdef HAVE_LIBUDEV
	has_udev = true;
#endif
#ifdef HAVE_LIBKMOD
	has_kmod = true;
#endif
	assert_int_equal(mhp_has(MHP_FEATURE_UDEV), has_udev);
	assert_int_equal(mhp_has(MHP_FEATURE_KMOD), has_kmod);
	assert_false(mhp_has((enum mhp_feature)0));
	assert_false(mhp_has((enum mhp_feature)1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_agree),
		cmocka_unit_test(at_least),
		cmocka_unit_test(features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

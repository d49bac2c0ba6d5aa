// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which part of memory that comes unit by unit a request means, as plans show it. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bench.h"

/* The steps, "+18 18" and so on, or the conflict's word, a colon and its message. */
static void check(struct bench *bench, const char *wish, const char *expected)
{
	struct mhp_plan *plan = plan_of(bench, wish);
	struct text text = { 0 };
	char *str;

	for (size_t i = 0; i < mhp_plan_count_conflicts(plan); i++) {
		const struct mhp_conflict *conflict = mhp_plan_get_conflict(plan, i);

		text_add(&text, "%s%s: %s", i ? "; " : "",
			 mhp_conflict_code_to_str(mhp_conflict_get_code(conflict)),
			 mhp_conflict_get_message(conflict));
	}
	for (size_t i = 0; i < mhp_plan_count_steps(plan); i++) {
		const struct mhp_step *step = mhp_plan_get_step(plan, i);
		uint64_t start, size, block = plan->block_size;
		enum mhp_state wanted;

		if (mhp_step_get_range(step, 0, &start, &size) < 0)
			continue;
		mhp_step_get_wanted(step, &wanted, NULL);
		text_add(&text, "%s%s%" PRIu64, text.length ? " " : "",
			 mhp_step_get_kind(step) != MHP_STEP_CONFIGURE ? "" :
			 wanted == MHP_STATE_ABSENT ? "-" : "+", start / block);
		if (size > block)
			text_add(&text, "-%" PRIu64, (start + size) / block - 1);
	}
	text_add(&text, "%s", "");
	assert_int_equal(text_finish(&text, &str), 0);
	if (strcmp(str, expected))
		fail_msg("\"%s\": \"%s\", expected \"%s\"", wish, str, expected);
	free(str);
	mhp_plan_unref(plan);
}

#define TYPE " online_kernel borrow"

static void test_s390(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, S390_7_3);
	check(&bench, "standby plugged" TYPE " size:512", "+17 +16");
	check(&bench, "s390-standby plugged" TYPE " size:512", "+17 +16");
	check(&bench, "kind:s390-standby plugged" TYPE " size:256", "+16");
	check(&bench, "node:0 plugged" TYPE " size:256", "+16");
	check(&bench, "blocks:20-23 plugged" TYPE " size:512", "+21 +20");
	check(&bench, "blocks:20,30-31 plugged" TYPE, "+31 +30 +20");
	/* the last byte of a block is missing */
	check(&bench, "range:0x140000000-0x15ffffffe plugged" TYPE, "+20");
	check(&bench, "range:0x0-0x11fffffff plugged" TYPE, "+17 +16");
	check(&bench, "standby plugged" TYPE " size:100",
	      "not-aligned: 100 MiB of standby is no multiple of the block size, 256 MiB");
	check(&bench, "standby plugged" TYPE " size:8192",
	      "too-few: 8 GiB of standby: there are only 4 GiB (16 blocks) that can be plugged");
	check(&bench, "blocks:0-3 plugged" TYPE " size:256",
	      "not-whole: 256 MiB of blocks 0-3 cannot be plugged: none of it comes and goes in part");
	check(&bench, "boot plugged" TYPE " size:256",
	      "not-whole: 256 MiB of boot cannot be plugged: regions are plugged and unplugged as a "
	      "whole");
	check(&bench, "standby online online", "no-block: standby has no memory block now");
	check(&bench, "standby unplugged", "");

	assert_int_equal(fulfil(&bench, "blocks:16-19 plugged" TYPE, NULL), MHP_OUTCOME_DONE);
	assert_int_equal(fulfil(&bench, "blocks:20-21 plugged online_movable borrow", NULL),
			 MHP_OUTCOME_DONE);
	put(&bench, block_file(17, "state"), "offline");
	/* what is there, as of any other region */
	check(&bench, "standby offline", "18 19 20 21 16");
	check(&bench, "standby online online_kernel rezone", "21 20 21 20 17");
	check(&bench, "kind:s390-standby offline", "18 19 20 21 16");
	check(&bench, "standby offline size:256", "21");
	/* from above; what is offline before all, the kernel's last */
	check(&bench, "standby unplugged size:256", "-17");
	check(&bench, "standby unplugged size:768", "21 20 -21 -20 -17");
	check(&bench, "standby unplugged size:1024", "20 21 19 -21 -20 -19 -17");
	check(&bench, "blocks:17-20 unplugged", "19 20 18 -20 -19 -18 -17");
	check(&bench, "blocks:15-17 unplugged", "not-whole: 1 of 1 blocks (15) is no region as a "
	      "whole, and no kernel can remove single blocks");
	check(&bench, "standby unplugged size:2048",
	      "too-few: 2 GiB of standby: there are only 1536 MiB (6 blocks) that can be unplugged");
	/* so much more */
	check(&bench, "standby plugged" TYPE " size:256", "+22");
	tear_down(&bench);
}

static void test_lmbs(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, PPC64_6_12);
	check(&bench, "lmb plugged" TYPE " size:32", "+16-17");
	check(&bench, "ppc64-lmb plugged online_movable borrow size:96", "+20-21 +18-19 +16-17");
	check(&bench, "lmb plugged online borrow size:64", "+16-17 +18-19");
	check(&bench, "lmb plugged" TYPE " size:16",
	      "not-aligned: 16 MiB of lmb is no multiple of the LMB size, 32 MiB");
	check(&bench, "blocks:16-19 plugged" TYPE, "+18-19 +16-17");
	check(&bench, "blocks:17-20 plugged" TYPE,
	      "not-whole: blocks 17-20: of lmb, blocks 16-17 come and go together only");
	check(&bench, "blocks:16-18 plugged" TYPE,
	      "not-whole: blocks 16-18: of lmb, blocks 18-19 come and go together only");
	check(&bench, "blocks:16-20 plugged" TYPE " size:64", "+18-19 +16-17");
	/* the last one is reserved */
	check(&bench, "blocks:28-31 plugged" TYPE,
	      "not-device: blocks 28-31 has memory that belongs to no device which could be plugged");
	check(&bench, "lmb plugged offline borrow size:32", "not-able: lmb is onlined by the kernel "
	      "whenever some of it comes, so that it cannot be plugged and stay offline");
	assert_int_equal(fulfil(&bench, "blocks:16-19 plugged" TYPE, NULL), MHP_OUTCOME_DONE);
	put(&bench, block_file(17, "state"), "offline");
	check(&bench, "lmb unplugged size:32", "19 18 -18-19");
	check(&bench, "lmb unplugged", "18 19 16 -18-19 -16-17");
	check(&bench, "blocks:17 online online_kernel", "17");
	check(&bench, "lmb online online_kernel", "17");
	check(&bench, "node:0 unplugged size:32", "19 18 -18-19");
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_s390),
		cmocka_unit_test(test_lmbs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Drift: where device word, blocks, zones and the standing policy disagree. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/device.h"
#include "support/pool.h"

#define RULE "[pool]\nkind = dax\ntype = %s\n"

/* "WORD FILE;...", done by another program; the file of a block is its number */
static void do_all(struct bench *bench, const char *puts)
{
	char *copy = strdup(puts), *rest = copy, *one;

	while (*puts && (one = strsep(&rest, ";"))) {
		char *path = strchr(one, ' ');

		*path++ = '\0';
		put(bench, *path == '/' ? path :
		    block_file((unsigned int)strtoul(path, NULL, 10), "state"), one);
	}
	free(copy);
}

struct row {
	const char *machine, *puts, *type, *expected;
	enum mhp_drift_kind kind;
	const char *message;
	size_t n_blocks;
};

static const struct row rows[] = {
	/* as wanted */
	{ "7.3-hmem-offline.txt", "", "offline", "met offline", MHP_DRIFT_UNKNOWN, NULL, 0 },
	{ "7.3-hmem-unplugged.txt", "online_movable " DEVICE, "online_movable",
	  "met online_movable", MHP_DRIFT_UNKNOWN, NULL, 0 },
	/* states */
	{ "6.12-hmem-bound.txt", "", "online_movable", "to-do online_movable state",
	  MHP_DRIFT_STATE, "memory32-35 are offline, not online_movable", 4 },
	{ "7.3-hmem-offline.txt", "online_movable 33", "offline", "to-do offline word state",
	  MHP_DRIFT_STATE, "memory33 is online in Movable, not offline", 1 },
	{ "7.3-hmem-offline.txt", "online_movable 33;online_movable 35", "online_movable",
	  "to-do online_movable word state",
	  MHP_DRIFT_STATE, "memory32, memory34 are offline, not online_movable", 2 },
	/* zones */
	{ "7.3-hmem-offline.txt", "online_movable 32;online_kernel 33;online_kernel 34",
	  "online_movable", "blocked online_movable word zone state",
	  MHP_DRIFT_ZONE, "memory33-34 are online in Normal, not in Movable", 2 },
	{ "7.3-hmem-offline.txt", "online_movable 32", "online_kernel",
	  "blocked online_kernel word zone state",
	  MHP_DRIFT_ZONE, "memory32 is online in Movable, not in a kernel zone", 1 },
	{ "7.3-hmem-offline.txt", "online_movable 32;online_kernel 33;online 34;online 35",
	  "online", "met online word mixed-zones", MHP_DRIFT_MIXED_ZONES,
	  NULL, 0 },
	/* the device's word */
	{ "7.3-hmem-unplugged.txt", "online_movable " DEVICE ";offline 34", "leave-alone",
	  "left-alone word", MHP_DRIFT_WORD,
	  "the driver's word for it is \"online_movable\", and memory34 is offline", 1 },
	{ "7.3-hmem-unplugged.txt", "online_movable " DEVICE ";offline 34;online_kernel 34",
	  "leave-alone", "left-alone word mixed-zones", MHP_DRIFT_WORD,
	  "the driver's word for it is \"online_movable\", and memory34 is online in Normal", 1 },
	{ "7.3-hmem-offline.txt", "online_kernel 32", "leave-alone", "left-alone word",
	  MHP_DRIFT_WORD, "the driver's word for it is \"offline\", and memory32 is online in "
			  "Normal", 1 },
	/* not there */
	{ "7.3-hmem-unplugged.txt", "", "online_movable", "to-do online_movable not-plugged",
	  MHP_DRIFT_NOT_PLUGGED, "is not System RAM, and is to be online_movable", 0 },
};

static void check_row(const struct row *row)
{
	const struct mhp_drift *drift;
	struct mhp_agenda *agenda;
	struct bench bench;
	char policy[160];
	uint64_t id;

	set_up(&bench, row->machine);
	do_all(&bench, row->puts);
	snprintf(policy, sizeof(policy), RULE, row->type);
	agenda = agenda_of(&bench, policy);
	if (strcmp(item_text(agenda, "dax0.0"), row->expected))
		fail_msg("%s: %s: %s: %s", row->machine, row->puts, row->type,
			 item_text(agenda, "dax0.0"));
	drift = drift_of(agenda, "dax0.0", row->kind);
	if (row->message) {
		assert_non_null(drift);
		assert_string_equal(mhp_drift_get_message(drift), row->message);
		assert_int_equal(mhp_drift_count_blocks(drift), row->n_blocks);
		assert_int_equal(mhp_drift_get_block_id(drift, row->n_blocks, &id), -EINVAL);
		if (row->n_blocks) {
			assert_int_equal(mhp_drift_get_block_id(drift, 0, &id), 0);
			assert_in_range(id, 32, 35);
		}
	}
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
}

/* A rule of udev onlines all that comes, before anybody who knows better. */
static void test_udev(void **state)
{
	static const char *const machines[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };
	const char *const rezone = "[pool]\nkind = dax\ntype = online_movable\n"
				   "elsewhere = rezone\n";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mhp_agenda_report *report;
		struct mhp_agenda *agenda;
		struct bench bench;

		set_up_free(&bench, machines[i]);
		put(&bench, POLICY_PATH, "offline");
		assert_int_equal(mhp_sim_set_udev_rule(bench.sim, "online"), 0);
		put(&bench, KMEM "/new_id", "dax0.0");
		agenda = agenda_of(&bench, "[pool]\nkind = dax\ntype = online_movable\n");
		assert_non_null(drift_of(agenda, "dax0.0", MHP_DRIFT_ZONE));
		assert_int_equal(mhp_drift_count_blocks(drift_of(agenda, "dax0.0",
								 MHP_DRIFT_ZONE)), 4);
		assert_int_equal(mhp_agenda_item_get_state(item_of(agenda, "dax0.0")),
				 MHP_ITEM_BLOCKED);
		assert_non_null(mhp_agenda_item_get_repair(item_of(agenda, "dax0.0")));
		/* no file tells of this rule */
		assert_non_null(strstr(mhp_agenda_item_get_cause_text(item_of(agenda, "dax0.0")),
				       "another program"));
		assert_null(mhp_agenda_item_get_cause_text(item_of(agenda, "boot")));
		mhp_agenda_unref(agenda);
		/* the plan that is told does repair it */
		report = carry_out(&bench, rezone, NULL);
		assert_int_equal(mhp_agenda_report_get_outcome(report), MHP_OUTCOME_DONE);
		assert_blocks(&bench, 32, 35, "Movable");
		mhp_agenda_report_free(report);
		assert_settled(&bench, rezone);
		tear_down(&bench);
	}
}

/* What the kernel did by its own policy, it is told to have done. */
static void test_cause(void **state)
{
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up_free(&bench, HMEM_7_3);
	put(&bench, POLICY_PATH, "online");
	put(&bench, KMEM "/new_id", "dax0.0");
	agenda = agenda_of(&bench, "[pool]\nkind = dax\ntype = online_movable\n");
	assert_item(agenda, "dax0.0", "blocked online_movable zone");
	assert_non_null(strstr(mhp_agenda_item_get_cause_text(item_of(agenda, "dax0.0")),
			       "auto_online_blocks=online"));
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

/* Zones that differ are nobody's wish, but for the kernel's own policy that makes them so. */
static void test_mixed(void **state)
{
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up(&bench, "7.3-hmem-offline.txt");
	do_all(&bench, "online_movable 35;online_kernel 32");
	agenda = agenda_of(&bench, "");
	assert_item(agenda, "dax0.0", "no-rule word mixed-zones");
	assert_string_equal(mhp_drift_get_message(drift_of(agenda, "dax0.0",
							   MHP_DRIFT_MIXED_ZONES)),
			    "memory35 is online in Movable, and 1 more in a kernel zone");
	mhp_agenda_unref(agenda);
	put(&bench, "/sys/module/memory_hotplug/parameters/online_policy", "auto-movable");
	agenda = agenda_of(&bench, "");
	assert_item(agenda, "dax0.0", "no-rule word");
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

/* Boot memory is nobody's to give back as a whole. */
static void test_mixed_boot(void **state)
{
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	put_blocks(&bench, 6, 6, "offline");
	put_blocks(&bench, 6, 6, "online_movable");
	assert_blocks(&bench, 6, 6, "Movable");
	check_item(&bench, "", "boot", "no-rule");
	tear_down(&bench);
}

/* A zone that could not be read is not the wrong one. */
static void test_zone_not_known(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_fail_read(bench.sim, block_file(34, "valid_zones"), -EIO, 0);
	check_item(&bench, "[a]\nkind = dax\ntype = online_movable\n", "dax0.0",
		   "undecided online_movable word");
	tear_down(&bench);
}

/* Many blocks are told in few words. */
static void test_long_list(void **state)
{
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up(&bench, S390_7_3);
	put(&bench, POLICY_PATH, "online_movable");
	put(&bench, "/sys/firmware/memory/memory16/config", "1");
	agenda = agenda_of(&bench, "[s]\nkind = s390-standby\ntype = online_movable\n");
	assert_non_null(drift_of(agenda, "standby", MHP_DRIFT_STATE));
	assert_string_equal(mhp_drift_get_message(drift_of(agenda, "standby", MHP_DRIFT_STATE)),
			    "memory17-31 are absent, not online_movable");
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

static void test_words(void **state)
{
	static const char *const kinds[] = {
		"unknown", "word", "zone", "state", "mixed-zones", "not-plugged", "unknown",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		assert_string_equal(mhp_drift_kind_to_str((enum mhp_drift_kind)i), kinds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_udev),
		cmocka_unit_test(test_cause),
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_mixed_boot),
		cmocka_unit_test(test_zone_not_known),
		cmocka_unit_test(test_long_list),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

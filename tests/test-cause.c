// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who has done it: each cause as it comes about on a machine, and what is never blamed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cause.h"
#include "support/device.h"
#include "support/fakesys.h"
#include "udev.h"

/* ---- does a type fit? ---- */

static void types_and_zones(void **state)
{
	static const struct {
		enum mhp_online_type type;
		enum mhp_zone zone;
		enum cause_fit fit, auto_movable;
	} rows[] = {
		{ MHP_OFFLINE, MHP_ZONE_UNKNOWN, FITS_NOT, FITS_NOT },
		{ MHP_ONLINE, MHP_ZONE_UNKNOWN, FITS_PERHAPS, FITS_PERHAPS },
		{ MHP_ONLINE, MHP_ZONE_NORMAL, FITS, FITS },
		{ MHP_ONLINE, MHP_ZONE_DMA32, FITS, FITS },
		{ MHP_ONLINE, MHP_ZONE_MOVABLE, FITS_PERHAPS, FITS },
		{ MHP_ONLINE, MHP_ZONE_MIXED, FITS_PERHAPS, FITS_PERHAPS },
		{ MHP_ONLINE, MHP_ZONE_NONE, FITS_NOT, FITS_NOT },
		{ MHP_ONLINE_KERNEL, MHP_ZONE_NORMAL, FITS, FITS },
		{ MHP_ONLINE_KERNEL, MHP_ZONE_MOVABLE, FITS_NOT, FITS_NOT },
		{ MHP_ONLINE_KERNEL, MHP_ZONE_MIXED, FITS_NOT, FITS_NOT },
		{ MHP_ONLINE_MOVABLE, MHP_ZONE_MOVABLE, FITS, FITS },
		{ MHP_ONLINE_MOVABLE, MHP_ZONE_NORMAL, FITS_NOT, FITS_NOT },
		{ MHP_ONLINE_MOVABLE, MHP_ZONE_MIXED, FITS_NOT, FITS_NOT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (type_fits_zone(rows[i].type, rows[i].zone, false) != rows[i].fit ||
		    type_fits_zone(rows[i].type, rows[i].zone, true) != rows[i].auto_movable)
			fail_msg("row %zu", i);
}

/* ---- what is concluded ---- */

static char rule_path[] = "/r";
#define NO_WORD MHP_DEVICE_STATE_UNKNOWN
#define WOULD(word) { rule_path, 3, 1U << MHP_##word, false, false, false }
#define MAY(word) { rule_path, 4, 1U << MHP_##word, true, false, false }
#define DAX_RULE(word) { rule_path, 5, 1U << MHP_##word, true, true, true }
#define ANY_WORD { rule_path, 6, 0, false, false, false }
#define NONE { NULL, 0, 0, false, false, false }

struct row {
	enum mhp_online_type policy;
	struct udev_rule rules[2];
	enum mhp_region_kind kind;
	enum mhp_device_state device;	/* NO_WORD: no such file */
	enum mhp_zone zone;
	bool is_part;
	const char *kind_word, *text;
};

#define MOVABLE MHP_ZONE_MOVABLE
#define NORMAL MHP_ZONE_NORMAL
#define NO_RULE "another program: neither auto_online_blocks nor a udev rule that is known " \
		"onlines it so"

static const struct row online_rows[] = {
	/* the policy, as far as it fits; a rule gets nothing to do then */
	{ MHP_ONLINE, { WOULD(ONLINE), NONE }, MHP_REGION_DAX, NO_WORD, NORMAL, false,
	  "system-policy", "probably auto_online_blocks=online" },
	{ MHP_ONLINE, { NONE, NONE }, MHP_REGION_DIMM, NO_WORD, NORMAL, true,
	  "system-policy", "perhaps auto_online_blocks=online" },
	{ MHP_ONLINE, { NONE, NONE }, MHP_REGION_DAX, NO_WORD, MOVABLE, false,
	  "system-policy", "perhaps auto_online_blocks=online" },
	{ MHP_ONLINE_MOVABLE, { WOULD(ONLINE), NONE }, MHP_REGION_DAX, NO_WORD, NORMAL, false,
	  "unknown", "another program: auto_online_blocks=online_movable would online it "
	  "elsewhere" },
	/* a rule, where the policy leaves it something */
	{ MHP_OFFLINE, { NONE, NONE }, MHP_REGION_DAX, NO_WORD, NORMAL, false,
	  "unknown", NO_RULE },
	{ MHP_OFFLINE, { WOULD(ONLINE_MOVABLE), NONE }, MHP_REGION_VIRTIO_MEM, NO_WORD, MOVABLE,
	  false, "udev-rule", "probably the udev rule /r:3, which onlines as online_movable" },
	{ MHP_OFFLINE, { WOULD(ONLINE_MOVABLE), NONE }, MHP_REGION_DAX, NO_WORD, NORMAL, false,
	  "unknown", NO_RULE },
	{ MHP_OFFLINE, { WOULD(ONLINE_MOVABLE), WOULD(ONLINE) }, MHP_REGION_DAX, NO_WORD, NORMAL,
	  false, "unknown", NO_RULE },
	{ MHP_OFFLINE, { MAY(ONLINE_MOVABLE), WOULD(ONLINE) }, MHP_REGION_DAX, NO_WORD, NORMAL,
	  false, "udev-rule", "probably the udev rule /r:3, which onlines as online" },
	{ MHP_OFFLINE, { MAY(ONLINE), WOULD(ONLINE) }, MHP_REGION_DAX, NO_WORD, NORMAL, false,
	  "udev-rule", "perhaps the udev rule /r:4, which onlines as online" },
	{ MHP_OFFLINE, { ANY_WORD, NONE }, MHP_REGION_DAX, NO_WORD, NORMAL, false,
	  "udev-rule", "perhaps the udev rule /r:6" },
	{ MHP_OFFLINE, { DAX_RULE(ONLINE), NONE }, MHP_REGION_DIMM, NO_WORD, NORMAL, false,
	  "unknown", NO_RULE },
	{ MHP_OFFLINE, { DAX_RULE(ONLINE), NONE }, MHP_REGION_DAX, NO_WORD, NORMAL, false,
	  "udev-rule", "perhaps the udev rule /r:5, which onlines as online" },
	/* the device's own word */
	{ MHP_ONLINE, { NONE, NONE }, MHP_REGION_DAX, MHP_DEVICE_STATE_ONLINE, NORMAL, false,
	  "system-policy", "probably auto_online_blocks=online, which the state file of dax0.0 "
	  "says too" },
	{ MHP_ONLINE, { NONE, NONE }, MHP_REGION_DAX, MHP_DEVICE_STATE_ONLINE_MOVABLE, MOVABLE,
	  false, "device", "probably whoever wrote online_movable to the state file of dax0.0, or "
	  "auto_online_blocks when it was bound" },
	{ MHP_ONLINE, { NONE, NONE }, MHP_REGION_DAX, MHP_DEVICE_STATE_ONLINE_MOVABLE, NORMAL,
	  false, "unknown", "another program: the state file of dax0.0 says online_movable" },
	{ MHP_ONLINE, { NONE, NONE }, MHP_REGION_DAX, MHP_DEVICE_STATE_OFFLINE, NORMAL, false,
	  "unknown", "another program: the state file of dax0.0 says offline" },
	{ MHP_ONLINE, { WOULD(ONLINE), NONE }, MHP_REGION_DAX, MHP_DEVICE_STATE_OFFLINE, NORMAL,
	  false, "udev-rule", "probably the udev rule /r:3, which onlines as online" },
	{ MHP_OFFLINE, { WOULD(ONLINE), NONE }, MHP_REGION_DAX, MHP_DEVICE_STATE_UNPLUGGED, NORMAL,
	  false, "unknown", "another program: the state file of dax0.0 says unplugged" },
	/* a POWER partition onlines what comes, whatever the policy */
	{ MHP_OFFLINE, { NONE, NONE }, MHP_REGION_PPC64_LMB, NO_WORD, NORMAL, false,
	  "host", "perhaps the host, whose memory the kernel onlines as it comes" },
};

static const struct row offline_rows[] = {
	{ MHP_OFFLINE, { NONE, NONE }, MHP_REGION_DAX, NO_WORD, NORMAL, false,
	  "system-policy", "probably auto_online_blocks=offline" },
	{ MHP_OFFLINE, { MAY(ONLINE), NONE }, MHP_REGION_DAX, NO_WORD, NORMAL, false,
	  "system-policy", "perhaps auto_online_blocks=offline" },
	{ MHP_OFFLINE, { WOULD(ONLINE), NONE }, MHP_REGION_DAX, NO_WORD, NORMAL, false,
	  "unknown", "another program that took it offline, or a udev that is not at work, for "
	  "the rule /r:3, which onlines as online" },
	{ MHP_ONLINE, { NONE, NONE }, MHP_REGION_DAX, NO_WORD, NORMAL, false,
	  "unknown", "another program that took it offline, for auto_online_blocks=online; or it "
	  "could not be onlined" },
	{ MHP_ONLINE, { NONE, NONE }, MHP_REGION_DAX, MHP_DEVICE_STATE_OFFLINE, NORMAL, false,
	  "system-policy", "perhaps auto_online_blocks=offline when it was bound" },
	{ MHP_OFFLINE, { NONE, NONE }, MHP_REGION_DAX, MHP_DEVICE_STATE_ONLINE, NORMAL, false,
	  "unknown", "another program: the state file of dax0.0 says online; or it could not be "
	  "onlined" },
};

static void check_row(const struct row *row, size_t n, bool online)
{
	const struct udev_rules rules = {
		.list = (struct udev_rule *)row->rules,
		.count = !row->rules[0].line ? 0 : !row->rules[1].line ? 1 : 2,
	};
	const struct cause_system system = { .policy = row->policy, .udev = &rules };
	const struct cause_memory memory = {
		.kind = row->kind, .region = "dax0.0", .zone = row->zone, .is_part = row->is_part,
		.device_code = row->device == NO_WORD ? -ENODATA : 0, .device_state = row->device,
	};
	struct cause cause = { 0 };

	(online ? cause_of_online : cause_of_offline)(&system, &memory, &cause);
	if (strcmp(mhp_cause_kind_to_str(cause.kind), row->kind_word) ||
	    strcmp(cause.text, row->text))
		fail_msg("%s row %zu: %s: %s", online ? "online" : "offline", n,
			 mhp_cause_kind_to_str(cause.kind), cause.text);
}

static void conclusions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(online_rows); i++)
		check_row(&online_rows[i], i, true);
	for (size_t i = 0; i < ARRAY_SIZE(offline_rows); i++)
		check_row(&offline_rows[i], i, false);
	assert_string_equal(mhp_cause_kind_to_str((enum mhp_cause_kind)-1), "unknown");
	assert_string_equal(mhp_cause_kind_to_str((enum mhp_cause_kind)7), "unknown");
}

static void absences(void **state)
{
	static const struct {
		enum mhp_region_kind kind;
		enum mhp_device_state device;	/* NO_WORD: no such file */
		const char *kind_word, *text;
	} rows[] = {
		{ MHP_REGION_VIRTIO_MEM, NO_WORD, "host",
		  "probably the host, which has given none" },
		{ MHP_REGION_DIMM, NO_WORD, "host",
		  "probably the host: there is none in the slot, or it was ejected" },
		{ MHP_REGION_DAX, MHP_DEVICE_STATE_UNPLUGGED, "device",
		  "its state file says unplugged" },
		{ MHP_REGION_DAX, NO_WORD, "device", "the driver kmem has not brought it" },
		{ MHP_REGION_S390_STANDBY, NO_WORD, "unknown", "nobody who brought it" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct cause_memory memory = {
			.kind = rows[i].kind, .device_state = rows[i].device,
			.device_code = rows[i].device == NO_WORD ? -ENODATA : 0,
		};
		struct cause cause = { 0 };

		cause_of_absence(&memory, &cause);
		assert_string_equal(mhp_cause_kind_to_str(cause.kind), rows[i].kind_word);
		assert_string_equal(cause.text, rows[i].text);
	}
}

/* A kernel without a policy, and rules of which not all are known, are no proof. */
static void little_is_known(void **state)
{
	struct udev_rules rules = { .code = -EACCES };
	struct cause_system system = { .policy_code = -ENODATA, .udev = &rules };
	const struct cause_memory memory = {
		.kind = MHP_REGION_DIMM, .zone = MHP_ZONE_NORMAL, .device_code = -ENODATA,
	};
	struct cause cause = { 0 };

	(void)state;
	cause_of_offline(&system, &memory, &cause);
	assert_string_equal(cause.text, "nobody who brought it online");
	system.policy_code = 0;
	cause_of_offline(&system, &memory, &cause);
	assert_string_equal(cause.text, "perhaps auto_online_blocks=offline");
	cause_of_online(&system, &memory, &cause);
	assert_string_equal(mhp_cause_kind_to_str(cause.kind), "unknown");
	assert_non_null(strstr(cause.text, ", or a udev rule (not all are known)"));
}

static void long_and_odd_texts(void **state)
{
	struct cause cause = { 0 };

	(void)state;
	cause_set(&cause, MHP_CAUSE_HOST, "by ");
	cause_add_escaped(&cause, "a\n\\b\x80");
	assert_string_equal(cause.text, "by a\\x0a\\x5cb\\x80");
	for (int i = 0; i < 1000; i++)
		cause_add(&cause, "%d", i);
	assert_int_equal(strlen(cause.text), CAUSE_TEXT_SIZE - 1);
}

/* ---- as it is found on a machine ---- */

static void assert_cause(struct bench *bench, const char *name, const char *kind,
			 const char *expected)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	enum mhp_cause_kind found;
	char *text;

	assert_int_equal(mhp_snapshot_new(bench->ctx, &opts, &snap), 0);
	region = mhp_snapshot_find_region(snap, name);
	assert_non_null(region);
	assert_int_equal(mhp_region_guess_cause(snap, region, &found, &text), 0);
	if (strcmp(mhp_cause_kind_to_str(found), kind) || strcmp(text, expected))
		fail_msg("%s: %s", mhp_cause_kind_to_str(found), text);
	free(text);
	assert_int_equal(mhp_region_guess_cause(snap, region, NULL, &text), 0);
	free(text);
	mhp_snapshot_unref(snap);
}

static void policy_by_kernel(void **state)
{
	struct bench bench;

	(void)state;
	set_up_free(&bench, HMEM_6_12);
	assert_cause(&bench, "dax0.0", "device", "the driver kmem has not brought it");
	put(&bench, POLICY_PATH, "online_kernel");
	put(&bench, BIND, "dax0.0");
	assert_blocks(&bench, 32, 35, "Normal");
	assert_cause(&bench, "dax0.0", "system-policy",
		     "probably auto_online_blocks=online_kernel");
	put_blocks(&bench, 33, 33, "offline");
	assert_cause(&bench, "dax0.0", "system-policy",
		     "perhaps auto_online_blocks=online_kernel");
	put_blocks(&bench, 33, 33, "online_movable");
	assert_cause(&bench, "dax0.0", "unknown", "another program: "
		     "auto_online_blocks=online_kernel would online it elsewhere");
	tear_down(&bench);
}

static void device_written(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	assert_cause(&bench, "dax0.0", "system-policy", "probably auto_online_blocks=offline");
	put(&bench, DEVICE, "unplugged");
	assert_cause(&bench, "dax0.0", "device", "its state file says unplugged");
	put(&bench, DEVICE, "online_movable");
	assert_cause(&bench, "dax0.0", "device", "probably whoever wrote online_movable to the state "
		     "file of dax0.0, or auto_online_blocks when it was bound");
	put_blocks(&bench, 32, 35, "offline");
	assert_cause(&bench, "dax0.0", "unknown", "another program: the state file of dax0.0 says "
		     "online_movable; or it could not be onlined");
	tear_down(&bench);
}

static void boot_memory(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	assert_cause(&bench, "boot", "unknown",
		     "not known: it was there from boot, or has come without a name");
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_and_zones),
		cmocka_unit_test(conclusions),
		cmocka_unit_test(absences),
		cmocka_unit_test(little_is_known),
		cmocka_unit_test(long_and_odd_texts),
		cmocka_unit_test(policy_by_kernel),
		cmocka_unit_test(device_written),
		cmocka_unit_test(boot_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which of the noted acts an event is taken for, and what is concluded if it is none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cause.h"

#define S INT64_C(1000000000)
#define NOW (1000 * S)

static struct act act_of(const char *who)
{
	struct act act = {
		.ended = true, .has_seqnums = true, .first_seqnum = 100, .last_seqnum = 140,
		.begin_ns = NOW - 20 * S, .end_ns = NOW - 10 * S,
		.runs = { { 32, 4 } }, .n_runs = 1,
	};

	snprintf(act.who, sizeof(act.who), "%s", who);
	return act;
}

static struct cause_change change_of(uint64_t id, uint64_t seqnum)
{
	return (struct cause_change){
		.kind = MHP_EVENT_BLOCK_ONLINE, .has_block = true, .id = id, .seqnum = seqnum,
		.since_ns = NOW - 5 * S, .time_ns = NOW,
	};
}

/* NULL: it is none of them. */
static void check(const struct act *list, size_t count, enum cause_lock lock,
		  const struct cause_change *change, const char *expected)
{
	struct acts acts = { 0 };
	struct cause cause = { 0 };

	for (size_t i = 0; i < count; i++)
		acts_append(&acts, &list[i]);
	assert_int_equal(cause_from_acts(&acts, lock, false, change, &cause), expected != NULL);
	if (!expected)
		return;
	assert_int_equal(cause.kind, MHP_CAUSE_LIBMHP);
	assert_string_equal(cause.text, expected);
}

static void by_number(void **state)
{
	struct act act = act_of("a[1]: x");
	struct cause_change change = change_of(32, 101);

	(void)state;
	check(&act, 1, LOCK_UNKNOWN, &change, "probably a[1]: x");
	change.seqnum = 140;
	check(&act, 1, LOCK_UNKNOWN, &change, "probably a[1]: x");
	/* before, after, and beside it */
	change.seqnum = 100;
	check(&act, 1, LOCK_UNKNOWN, &change, NULL);
	change.seqnum = 141;
	check(&act, 1, LOCK_UNKNOWN, &change, NULL);
	change = change_of(31, 120);
	check(&act, 1, LOCK_UNKNOWN, &change, NULL);
	change = change_of(36, 120);
	check(&act, 1, LOCK_UNKNOWN, &change, NULL);
	/* maybe beside it */
	change = change_of(35, 120);
	act.is_rough = true;
	check(&act, 1, LOCK_UNKNOWN, &change, "perhaps a[1]: x");
}

static void without_end(void **state)
{
	struct act acts[2] = { act_of("a[1]: x"), act_of("b[2]: y") };
	struct cause_change change = change_of(32, 150);

	(void)state;
	acts[1].ended = false;
	acts[1].first_seqnum = 145;
	check(acts, 2, LOCK_HELD, &change, "probably b[2]: y");
	check(acts, 2, LOCK_UNKNOWN, &change, "perhaps b[2]: y");
	check(acts, 2, LOCK_FREE, &change, "perhaps b[2]: y, which was killed");
	/* nobody knows how long ago */
	change.time_ns += 3600 * S;
	check(acts, 2, LOCK_FREE, &change, NULL);
	check(acts, 2, LOCK_HELD, &change, "probably b[2]: y");
	/* the next one has found it so */
	change = change_of(32, 150);
	acts[1].ended = acts[1].was_killed = true;
	acts[1].last_seqnum = 160;
	check(acts, 2, LOCK_HELD, &change, "perhaps b[2]: y, which was killed");
}

static void by_time(void **state)
{
	struct act act = act_of("a[1]: x");
	struct cause_change change = change_of(32, 120);

	(void)state;
	/* a kernel that does not count */
	act.has_seqnums = false;
	check(&act, 1, LOCK_UNKNOWN, &change, NULL);
	act.end_ns = NOW - 1;
	check(&act, 1, LOCK_UNKNOWN, &change, "perhaps a[1]: x");
	act.begin_ns = act.end_ns = NOW + 1;
	check(&act, 1, LOCK_UNKNOWN, &change, NULL);
	/* found, so since the last event */
	act = act_of("a[1]: x");
	change.seqnum = 0;
	check(&act, 1, LOCK_UNKNOWN, &change, NULL);
	change.since_ns = NOW - 15 * S;
	check(&act, 1, LOCK_UNKNOWN, &change, "perhaps a[1]: x");
}

static void policy_and_devices(void **state)
{
	struct act acts[2] = { act_of("a[1]: x"), act_of("b[2]: y") };
	struct cause_change change = {
		.kind = MHP_EVENT_POLICY_CHANGED, .since_ns = NOW - 15 * S, .time_ns = NOW,
	};
	const struct block_run run = { 35, 10 }, other = { 36, 10 };

	(void)state;
	check(acts, 2, LOCK_UNKNOWN, &change, NULL);
	acts[0].policy = true;
	check(acts, 2, LOCK_UNKNOWN, &change, "perhaps a[1]: x");
	change = (struct cause_change){
		.kind = MHP_EVENT_DEVICE_BOUND, .runs = &run, .n_runs = 1, .seqnum = 120,
		.time_ns = NOW,
	};
	check(acts, 2, LOCK_UNKNOWN, &change, "probably b[2]: y");
	change.runs = &other;
	check(acts, 2, LOCK_UNKNOWN, &change, NULL);
}

/* ---- none of them ---- */

/* What is not known is not made up. */
static void little_is_known(void **state)
{
	const struct cause_system system = { 0 };
	const struct cause_change bound = { .kind = MHP_EVENT_DEVICE_BOUND };
	const struct cause_change added = {
		.kind = MHP_EVENT_BLOCK_ADDED,
		.memory = { .kind = MHP_REGION_DAX, .device_code = -ENODATA },
	};
	struct cause_change guess = {
		.kind = MHP_EVENT_BLOCK_ADDED,
		.memory = { .kind = MHP_REGION_VIRTIO_MEM, .is_guess = true },
	};
	struct cause cause = { 0 };

	(void)state;
	cause_of_change(&system, &guess, &cause);
	assert_string_equal(cause.text, "perhaps the host, by virtio_mem");
	guess.memory.kind = MHP_REGION_DIMM;
	cause_of_change(&system, &guess, &cause);
	assert_string_equal(cause.text, "perhaps the host or firmware, by ACPI");
	cause_of_change(&system, &bound, &cause);
	assert_string_equal(cause.text, "probably whoever bound it, or loaded the driver");
	cause_of_change(&system, &added, &cause);
	assert_string_equal(cause.text, "probably whoever bound the device, or loaded the driver");
}

static void conclusions(void **state)
{
	static const struct {
		enum mhp_event_kind kind;
		bool is_first;
		enum mhp_region_kind region;
		enum mhp_device_state device;	/* UNKNOWN: no such file */
		const char *word, *text;
	} rows[] = {
		{ MHP_EVENT_BLOCK_ONLINE, true, MHP_REGION_DAX, 0, "system-policy",
		  "probably auto_online_blocks=online" },
		{ MHP_EVENT_BLOCK_ONLINE, false, MHP_REGION_DAX, 0, "unknown",
		  "another program: it was there before, offline" },
		{ MHP_EVENT_BLOCK_ONLINE, true, MHP_REGION_UNKNOWN, 0, "system-policy",
		  "probably auto_online_blocks=online" },
		{ MHP_EVENT_BLOCK_OFFLINE, false, MHP_REGION_DAX, 0, "unknown",
		  "another program, which took it offline" },
		{ MHP_EVENT_BLOCK_OFFLINE, false, MHP_REGION_DAX, MHP_DEVICE_STATE_UNPLUGGED,
		  "device", "probably whoever wrote unplugged to the state file of r" },
		{ MHP_EVENT_BLOCK_OFFLINE, false, MHP_REGION_VIRTIO_MEM, 0, "host",
		  "perhaps the host, which takes it back" },
		{ MHP_EVENT_BLOCK_OFFLINE, false, MHP_REGION_DIMM, 0, "host",
		  "perhaps the host, which takes it back" },
		{ MHP_EVENT_BLOCK_OFFLINE, false, MHP_REGION_PPC64_LMB, 0, "host",
		  "perhaps the host, which takes it back" },
		{ MHP_EVENT_BLOCK_ADDED, false, MHP_REGION_VIRTIO_MEM, 0, "host",
		  "probably the host, by virtio_mem" },
		{ MHP_EVENT_BLOCK_ADDED, false, MHP_REGION_PPC64_LMB, 0, "host",
		  "perhaps the host, by drmgr" },
		{ MHP_EVENT_BLOCK_REMOVED, false, MHP_REGION_MANAGED, 0, "device",
		  "probably the driver that manages it" },
		{ MHP_EVENT_BLOCK_REMOVED, false, MHP_REGION_DIMM, 0, "host",
		  "probably the host or firmware, by ACPI" },
		{ MHP_EVENT_BLOCK_ADDED, false, MHP_REGION_DAX, 0, "device",
		  "probably whoever bound r, or loaded the driver" },
		{ MHP_EVENT_BLOCK_REMOVED, false, MHP_REGION_DAX, MHP_DEVICE_STATE_UNPLUGGED,
		  "device", "probably whoever wrote to the state file or unbound r, or removed the "
		  "driver" },
		{ MHP_EVENT_BLOCK_ADDED, false, MHP_REGION_UNKNOWN, 0, "unknown",
		  "a driver, the host or the firmware" },
		{ MHP_EVENT_BLOCK_ADDED, false, MHP_REGION_S390_STANDBY, 0, "unknown",
		  "another program, which configured it" },
		{ MHP_EVENT_BLOCK_REMOVED, false, MHP_REGION_S390_STANDBY, 0, "unknown",
		  "another program, which deconfigured it" },
		{ MHP_EVENT_BLOCK_ZONE, false, MHP_REGION_DAX, 0, "unknown",
		  "another program, which took it offline and online again" },
		{ MHP_EVENT_DEVICE_BOUND, false, MHP_REGION_DAX, 0, "device",
		  "probably whoever bound it, or loaded the driver d\\x0a" },
		{ MHP_EVENT_DEVICE_UNBOUND, false, MHP_REGION_DAX, 0, "device",
		  "probably whoever unbound it, or removed the driver d\\x0a" },
		{ MHP_EVENT_DEVICE_ADDED, false, MHP_REGION_DAX, 0, "unknown",
		  "another program, the hardware or its driver" },
		{ MHP_EVENT_DEVICE_REMOVED, false, MHP_REGION_DAX, 0, "unknown",
		  "another program, the hardware or its driver" },
		{ MHP_EVENT_NODE_ADDED, false, 0, 0, "unknown",
		  "whoever brought or took its memory" },
		{ MHP_EVENT_POLICY_CHANGED, false, 0, 0, "unknown", "another program" },
		{ MHP_EVENT_LOST, false, 0, 0, "unknown", "" },
	};
	const struct udev_rules rules = { 0 };
	const struct cause_system system = { .policy = MHP_ONLINE, .udev = &rules };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct cause_change change = {
			.kind = rows[i].kind, .is_first = rows[i].is_first, .driver = "d\n",
			.memory = {
				.kind = rows[i].region, .region = "r", .zone = MHP_ZONE_NORMAL,
				.device_code = rows[i].device ? 0 : -ENODATA,
				.device_state = rows[i].device,
			},
		};
		struct cause cause = { 0 };

		cause_of_change(&system, &change, &cause);
		if (strcmp(mhp_cause_kind_to_str(cause.kind), rows[i].word) ||
		    strcmp(cause.text, rows[i].text))
			fail_msg("row %zu: %s: %s", i, mhp_cause_kind_to_str(cause.kind),
				 cause.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_number),
		cmocka_unit_test(without_end),
		cmocka_unit_test(by_time),
		cmocka_unit_test(policy_and_devices),
		cmocka_unit_test(little_is_known),
		cmocka_unit_test(conclusions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

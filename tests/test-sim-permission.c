// SPDX-License-Identifier: LGPL-2.1-or-later
/* A plain user on the simulated machine, as one was refused on a real one. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/mhp.h>

#include "support/desk.h"

#define HMEM "7.3-hmem-bound.txt"
#define PLATFORM "/sys/devices/platform/hmem_platform.0/hmem.0/"
#define DAX0 PLATFORM "dax0.0/"

static struct desk plain_desk(const char *machine)
{
	struct desk desk = desk_at(desk_machine(machine));

	assert_int_equal(mhp_sim_set_privileged(desk.sim, false), 0);
	return desk;
}

static void leave(struct desk *desk)
{
	struct mhp_sim *sim = desk->sim;

	desk_leave(desk);
	mhp_sim_unref(sim);
}

static void test_read(void **state)
{
	static const char *const hidden[] = {
		DAX0 "resource", DAX0 "mapping0/start", DAX0 "mapping0/end",
		DAX0 "mapping0/page_offset", PLATFORM "dax_region/align", DAX0 "mapping",
		MEMORY "hard_offline_page", KMEM "bind",
	};
	static const char *const shown[][2] = {
		{ STATE32, "offline\n" }, { MEMORY "memory32/valid_zones", "Normal Movable\n" },
		{ MEMORY "memory32/online", "0\n" }, { MEMORY "block_size_bytes", "8000000\n" },
		{ DAX0 "size", "536870912\n" }, { DAX0 "align", "2097152\n" },
		{ DAX0 "state", "offline\n" }, { DAX0 "target_node", "1\n" },
		{ PLATFORM "dax_region/size", "536870912\n" },
		{ PLATFORM "dax_region/available_size", "0\n" },
	};
	struct desk desk = plain_desk(HMEM);
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (desk_read(&desk, hidden[i], NULL) != -EACCES)
			fail_msg("%s can be read", hidden[i]);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (desk_read(&desk, shown[i][0], shown[i][1]) != 0)
			fail_msg("%s cannot be read", shown[i][0]);
	assert_int_equal(desk_read(&desk, MEMORY "memory99/state", NULL), -ENOENT);
	assert_int_equal(desk_read(&desk, "/sys/devices/system/memory", NULL), -EISDIR);
	/* the machine's owner sees it */
	assert_int_equal(mhp_sim_read(desk.sim, DAX0 "resource", &text), 0);
	assert_string_equal(text, "0x100000000\n");
	free(text);
	mhp_sim_set_privileged(desk.sim, true);
	assert_int_equal(desk_read(&desk, DAX0 "resource", "0x100000000\n"), 0);
	leave(&desk);
}

static char *read_iomem(struct desk *desk)
{
	size_t length;
	char *text;

	assert_int_equal(desk->ops->read_all(desk->be, desk->root, "proc/iomem", &text, &length),
			 0);
	assert_int_equal(strlen(text), length);
	return text;
}

static void test_iomem(void **state)
{
	struct desk desk = plain_desk(HMEM);
	char *text = read_iomem(&desk), *whole;
	size_t lines = 0, whole_lines = 0;

	(void)state;
	assert_non_null(strstr(text, "00000000-00000000 : dax0.0\n"
				     "  00000000-00000000 : System RAM (kmem)\n"));
	for (char *line = text; *line; line = strchr(line, '\n') + 1, lines++)
		assert_memory_equal(line + strspn(line, " "), "00000000-00000000 : ", 20);
	free(text);
	assert_int_equal(mhp_sim_read(desk.sim, "/proc/iomem", &whole), 0);
	assert_non_null(strstr(whole, "\n100000000-11fffffff : dax0.0\n"));
	for (char *line = whole; *line; line = strchr(line, '\n') + 1)
		whole_lines++;
	assert_int_equal(lines, whole_lines);
	mhp_sim_set_privileged(desk.sim, true);
	text = read_iomem(&desk);
	assert_string_equal(text, whole);
	free(text);
	free(whole);
	leave(&desk);
}

static void test_write(void **state)
{
	static const char *const files[] = {
		STATE32, MEMORY "memory32/online", POLICY, MEMORY "hard_offline_page",
		DAX0 "state", DAX0 "size", DAX0 "mapping", KMEM "bind",
		"/sys/bus/dax/drivers_autoprobe", MEMORY "memory32/valid_zones",
		"/sys/module/memory_hotplug/parameters/online_policy",
	};
	struct desk desk = plain_desk(HMEM);
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (desk_write(&desk, files[i], "online", false) != -EACCES)
			fail_msg("%s can be written", files[i]);
	assert_int_equal(desk_write(&desk, MEMORY "memory99/state", "online", false), -ENOENT);
	assert_int_equal(desk_write(&desk, "/sys/devices/system/memory", "x", false), -EISDIR);
	check_is(desk.sim, 32, "offline");
	/* it cannot be opened, so nobody waits, fails otherwise or is raced */
	assert_int_equal(mhp_sim_hold_hotplug(desk.sim), 0);
	assert_int_equal(mhp_sim_fail_write(desk.sim, STATE32, NULL, -EBUSY, 1), 0);
	assert_int_equal(mhp_sim_race(desk.sim, STATE32, POLICY, "online"), 0);
	assert_int_equal(desk_write(&desk, STATE32, "online", false), -EACCES);
	mhp_sim_release_hotplug(desk.sim);
	check_shows(desk.sim, POLICY, "offline");
	assert_int_equal(mhp_sim_copy_capture(desk.sim, &text), 0);
	assert_non_null(strstr(text, "# did: put online " STATE32 ": EACCES\n"));
	free(text);
	/* a file system that is read-only is told first */
	assert_int_equal(mhp_sim_set_read_only(desk.sim, MHP_SIM_ACCESS_WRITE), 0);
	assert_int_equal(desk_write(&desk, STATE32, "online", false), -EROFS);
	leave(&desk);
}

static void test_run(void **state)
{
	struct desk desk = plain_desk(HMEM);
	struct mhp_lock *lock = NULL;
	struct mhp_dir *run;

	(void)state;
	assert_int_equal(desk.ops->make_dir(desk.be, RUN), -EACCES);
	mhp_sim_set_privileged(desk.sim, true);
	assert_int_equal(desk.ops->make_dir(desk.be, RUN), 0);
	assert_int_equal(desk.ops->open_dir(desk.be, RUN, &run), 0);
	assert_int_equal(desk.ops->replace(desk.be, run, "journal", "text\n"), 0);
	mhp_sim_set_privileged(desk.sim, false);
	assert_int_equal(desk.ops->make_dir(desk.be, RUN), 0);
	assert_int_equal(desk_read(&desk, RUN "/journal", "text\n"), 0);
	assert_int_equal(desk.ops->replace(desk.be, run, "journal", "other\n"), -EACCES);
	assert_int_equal(desk.ops->replace(desk.be, run, "new", "other\n"), -EACCES);
	assert_int_equal(desk.ops->remove(desk.be, run, "journal"), -EACCES);
	assert_int_equal(desk.ops->remove(desk.be, run, "none"), 0);
	/* no lock file yet; then one of root's */
	assert_int_equal(desk.ops->is_locked(desk.be, run, "lock"), 0);
	assert_int_equal(desk.ops->lock(desk.be, run, "lock", "me", &lock), -EACCES);
	mhp_sim_set_privileged(desk.sim, true);
	assert_int_equal(desk.ops->lock(desk.be, run, "lock", "me", &lock), 0);
	mhp_sim_set_privileged(desk.sim, false);
	assert_int_equal(desk.ops->is_locked(desk.be, run, "lock"), -EACCES);
	assert_int_equal(desk_read(&desk, RUN "/lock", NULL), -EACCES);
	assert_int_equal(desk.ops->lock(desk.be, run, "lock", "me", &lock), -EACCES);
	desk.ops->unlock(desk.be, lock);
	assert_int_equal(desk_read(&desk, RUN "/journal", "text\n"), 0);
	desk.ops->close_dir(desk.be, run);
	leave(&desk);
}

static void test_module(void **state)
{
	struct desk desk = plain_desk(HMEM);

	(void)state;
	assert_int_equal(desk.ops->load_module(desk.be, "kmem"), 0);
	assert_int_equal(desk.ops->load_module(desk.be, "none"), -ENOENT);
	assert_int_equal(mhp_sim_unload_module(desk.sim, "kmem"), 0);
	assert_int_equal(mhp_sim_hold_hotplug(desk.sim), 0);
	assert_int_equal(desk.ops->load_module(desk.be, "kmem"), -EACCES);
	mhp_sim_release_hotplug(desk.sim);
	assert_int_equal(mhp_sim_set_module(desk.sim, "kmem", -EPERM), 0);
	assert_int_equal(desk.ops->load_module(desk.be, "kmem"), -EPERM);
	assert_int_equal(mhp_sim_set_module(desk.sim, "kmem", 0), 0);
	mhp_sim_set_privileged(desk.sim, true);
	assert_int_equal(desk.ops->load_module(desk.be, "kmem"), 0);
	leave(&desk);
}

/* libmhp's user is told so, and nothing is written. */
static void test_library(void **state)
{
	struct mhp_recovery *recovery = NULL;
	struct mhp_request *request;
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;
	struct mhp_plan *plan;
	struct mhp_sim *sim = desk_machine(HMEM);

	(void)state;
	mhp_sim_set_privileged(sim, false);
	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_region(request, "dax0.0"), 0);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_OFFLINE), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	assert_int_equal(mhp_plan_count_conflicts(plan), 1);
	assert_int_equal(mhp_conflict_get_code(mhp_plan_get_conflict(plan, 0)),
			 MHP_CONFLICT_NO_PERMISSION);
	mhp_plan_unref(plan);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	assert_int_equal(mhp_recover(ctx, NULL, &recovery), -EACCES);
	assert_int_equal(mhp_sim_count(sim, MHP_SIM_ACCESS_WRITE), 0);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
}

/* Each rule turned round shows. */
static void test_wrong(void **state)
{
	struct desk desk = plain_desk(HMEM);
	char *text;

	(void)state;
	desk.sim->rules.is_wrong[RULE_PLAIN_READ] = true;
	assert_int_equal(desk_read(&desk, DAX0 "resource", "0x100000000\n"), 0);
	desk.sim->rules.is_wrong[RULE_PLAIN_WRITE] = true;
	assert_int_equal(desk_write(&desk, STATE32, "online", false), 0);
	desk.sim->rules.is_wrong[RULE_PLAIN_IOMEM] = true;
	text = read_iomem(&desk);
	assert_non_null(strstr(text, "100000000-11fffffff : dax0.0\n"));
	free(text);
	leave(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_iomem),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_module),
		cmocka_unit_test(test_library),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

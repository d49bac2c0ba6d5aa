// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the tests of applying a plan share. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/ask.h"
#include "support/bench.h"

void set_up(struct bench *bench, const char *machine)
{
	const char *dir = getenv("TEST_DATA");
	char path[4096];

	memset(bench, 0, sizeof(*bench));
	snprintf(path, sizeof(path), "%s/machines/%s", dir ? dir : "tests", machine);
	assert_int_equal(mhp_sim_new_from_capture(path, NULL, &bench->sim), 0);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
}

void tear_down(struct bench *bench)
{
	mhp_report_free(bench->report);
	mhp_ctx_unref(bench->ctx);
	mhp_sim_unref(bench->sim);
}

void release_device(struct bench *bench)
{
	/* before 7.3 there is no such file */
	mhp_sim_write(bench->sim, DEVICE, "unplugged");
	put(bench, UNBIND, "dax0.0");
	/* before 6.3 it was bound by that */
	put(bench, KMEM "/remove_id", "dax0.0");
}

const char *block_file(unsigned int id, const char *file)
{
	static char path[128];

	snprintf(path, sizeof(path), MEMORY_PATH "/memory%u/%s", id, file);
	return path;
}

const char *is(struct bench *bench, unsigned int id)
{
	static char answer[64];
	char *text;

	if (mhp_sim_read(bench->sim, block_file(id, "state"), &text) < 0)
		return "absent";
	if (!strcmp(text, "online\n")) {
		free(text);
		assert_int_equal(mhp_sim_read(bench->sim, block_file(id, "valid_zones"), &text), 0);
	}
	text[strcspn(text, "\n")] = '\0';
	snprintf(answer, sizeof(answer), "%s", text);
	free(text);
	return answer;
}

void put(struct bench *bench, const char *path, const char *word)
{
	assert_int_equal(mhp_sim_write(bench->sim, path, word), 0);
}

void put_blocks(struct bench *bench, unsigned int first, unsigned int last,
		const char *word)
{
	for (unsigned int id = first; id <= last; id++)
		put(bench, block_file(id, "state"), word);
}

static size_t count_writes(struct bench *bench)
{
	return mhp_sim_count(bench->sim, MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_LOAD);
}

/* The report lists each write that was made; one that was ended may not have begun. */
static void check_count(struct bench *bench)
{
	size_t told = mhp_report_count_writes(bench->report), ended = 0;
	int code;

	for (size_t i = 0; mhp_report_get_write(bench->report, i, NULL, NULL, &code, NULL) == 0;
	     i++)
		ended += code == -ETIMEDOUT || code == -ECANCELED;
	assert_in_range(bench->writes, told - ended, told);
}

static enum mhp_outcome after(struct bench *bench, int r, size_t writes_before)
{
	assert_int_equal(r, 0);
	bench->writes = count_writes(bench) - writes_before;
	/* what was left behind is told otherwise */
	if (!mhp_report_get_recovery(bench->report))
		check_count(bench);
	return mhp_report_get_outcome(bench->report);
}

enum mhp_outcome online(struct bench *bench, enum mhp_online_type type, uint64_t rules)
{
	size_t before = count_writes(bench);

	mhp_report_free(bench->report);
	return after(bench, mhp_online_region(bench->ctx, "dax0.0", type, rules, &bench->report),
		     before);
}

enum mhp_outcome offline(struct bench *bench, uint64_t rules)
{
	size_t before = count_writes(bench);

	mhp_report_free(bench->report);
	return after(bench, mhp_offline_region(bench->ctx, "dax0.0", rules, &bench->report), before);
}

enum mhp_outcome unplug(struct bench *bench, uint64_t rules)
{
	size_t before = count_writes(bench);

	mhp_report_free(bench->report);
	return after(bench, mhp_unplug_region(bench->ctx, "dax0.0", rules, &bench->report), before);
}

struct mhp_plan *plan_of(struct bench *bench, const char *wish)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_request *request = ask(wish);
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;

	assert_int_equal(mhp_snapshot_new(bench->ctx, &opts, &snap), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	return plan;
}

enum mhp_outcome fulfil(struct bench *bench, const char *wish, const struct mhp_apply_opts *opts)
{
	return apply_plan(bench, plan_of(bench, wish), opts);
}

struct mhp_plan *planned(struct bench *bench, enum mhp_goal goal, enum mhp_online_type type,
			 uint64_t rules)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_request *request;
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;

	assert_int_equal(mhp_snapshot_new(bench->ctx, &opts, &snap), 0);
	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_region(request, "dax0.0"), 0);
	assert_int_equal(mhp_request_set_goal(request, goal), 0);
	assert_int_equal(mhp_request_set_online_type(request, type), 0);
	assert_int_equal(mhp_request_set_rules(request, rules), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	return plan;
}

enum mhp_outcome apply_plan(struct bench *bench, struct mhp_plan *plan,
			    const struct mhp_apply_opts *opts)
{
	size_t before = count_writes(bench);
	int r;

	mhp_report_free(bench->report);
	r = mhp_apply(bench->ctx, plan, opts, &bench->report);
	mhp_plan_unref(plan);
	return after(bench, r, before);
}

const struct mhp_result *result(struct bench *bench, uint64_t id)
{
	for (size_t i = 0; i < mhp_report_count_results(bench->report); i++)
		if (mhp_result_get_id(mhp_report_get_result(bench->report, i)) == id)
			return mhp_report_get_result(bench->report, i);
	fail_msg("no result for memory%u", (unsigned int)id);
	return NULL;
}

void assert_write(struct bench *bench, size_t index, const char *path, const char *word)
{
	const char *its_path, *its_word;

	assert_int_equal(mhp_report_get_write(bench->report, index, &its_path, &its_word, NULL,
					      NULL), 0);
	assert_string_equal(its_path, path);
	assert_string_equal(its_word, word);
}

static void add_write(struct text *text, const char *path, const char *word)
{
	const char *file = strrchr(path, '/') + 1;
	unsigned int id;

	if (sscanf(path, MEMORY_PATH "/memory%u/state", &id) == 1)
		text_add(text, "%u", id);
	else if (!strncmp(path, KMEM "/", strlen(KMEM "/")))
		text_add(text, "%s", file);
	else if (!strncmp(path, DEVICE_DAX "/", strlen(DEVICE_DAX "/")))
		text_add(text, "dax:%s", file);
	else if (!strcmp(path, POLICY_PATH))
		text_add(text, "policy=%s", word);
	else if (!strcmp(path, DAX_AUTOPROBE_PATH))
		text_add(text, "autoprobe=%s", word);
	else if (sscanf(path, "/sys/firmware/memory/memory%u/config", &id) == 1)
		text_add(text, "%s%u", *word == '1' ? "+" : "-", id);
	else if (!strcmp(path, "/sys/kernel/dlpar"))
		text_add(text, "%s%s", strstr(word, " add ") ? "+" : "-", strstr(word, "0x"));
	else if (!strncmp(path, MODULE_PATH "/", strlen(MODULE_PATH "/")))
		text_add(text, "load:%s", word);
	else
		text_add(text, "%s", word);
}

char *copy_writes(struct bench *bench)
{
	const char *path, *word;
	struct text text = { 0 };
	char *str;
	int code;

	for (size_t i = 0; mhp_report_get_write(bench->report, i, &path, &word, &code, NULL) == 0;
	     i++) {
		text_add(&text, "%s", i ? " " : "");
		add_write(&text, path, word);
		text_add(&text, "%s", code ? "!" : "");
	}
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

void assert_writes(struct bench *bench, const char *expected)
{
	char *str = copy_writes(bench);

	assert_string_equal(str, expected);
	free(str);
}

void assert_says(struct bench *bench, const char *part)
{
	if (!strstr(mhp_report_get_message(bench->report), part))
		fail_msg("\"%s\" is not in \"%s\"", part, mhp_report_get_message(bench->report));
}

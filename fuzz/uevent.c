// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Uevents, of which anybody with root may send any. A line of the input is one: "ACTION
 * DEVPATH SUBSYSTEM KEY=VALUE ..."; one with "@" writes to a file of the machine, one with "!"
 * has the monitor read what waits, or look anew. Whatever was sent, no event is of something
 * else than its name says, and after a fresh look the monitor knows what there is.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/mhp.h>
#include <mhp/sim-builder.h>

#include "../sim/sim.h"
#include "fuzz.h"
#include "monitor.h"

const char fuzz_name[] = "uevent";

#define GIB (UINT64_C(1) << 30)
#define MAX_LINES 64

static struct mhp_sim *make_machine(void)
{
	struct mhp_sim_builder *builder;
	struct mhp_sim *sim;

	FUZZ_CHECK(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder) == 0);
	FUZZ_CHECK(mhp_sim_builder_add_node(builder, 0, 1) == 0);
	FUZZ_CHECK(mhp_sim_builder_add_node(builder, 1, 0) == 0);
	FUZZ_CHECK(mhp_sim_builder_add_memory(builder, 0, 0, GIB / 8) == 0);
	FUZZ_CHECK(mhp_sim_builder_add_dax(builder, "dax0.0", 1, 4 * GIB, GIB / 4) == 0);
	FUZZ_CHECK(mhp_sim_new_from_builder(builder, NULL, &sim) == 0);
	mhp_sim_builder_free(builder);
	return sim;
}

/* ---- what an event says ---- */

static void check_event(const struct mhp_event *event)
{
	const char *name = mhp_event_get_name(event);
	enum mhp_state before, after;
	enum mhp_zone zone_before, zone_after;
	char wanted[64], *text;
	uint64_t id;
	int node;

	FUZZ_CHECK(mhp_event_get_kind(event) != MHP_EVENT_UNKNOWN);
	FUZZ_CHECK(is_printable(name) && !strchr(name, '/'));
	if (mhp_event_get_block_id(event, &id) == 0) {
		snprintf(wanted, sizeof(wanted), "memory%llu", (unsigned long long)id);
		FUZZ_SAME(name, wanted, "the name of a block");
		FUZZ_CHECK(id <= BLOCK_MAX_ID);
	} else {
		FUZZ_CHECK(strncmp(name, "memory", 6) || !strncmp(name, "memory_tier", 11) ||
			   !strcmp(name, "memmap_on_memory"));
	}
	if (mhp_event_get_node_id(event, &node) == 0)
		FUZZ_CHECK(node >= 0);
	mhp_event_get_before(event, &before, &zone_before);
	mhp_event_get_after(event, &after, &zone_after);
	FUZZ_CHECK(before <= MHP_STATE_MIXED && after <= MHP_STATE_MIXED);
	/* what is not told by a message has no number */
	FUZZ_CHECK(mhp_event_is_found(event) == !mhp_event_get_seqnum(event) ||
		   mhp_event_get_kind(event) == MHP_EVENT_LOST);
	FUZZ_CHECK(mhp_event_copy_text(event, &text) == 0);
	FUZZ_CHECK(*text && is_printable(text));
	free(text);
}

static void read_events(struct mhp_monitor *monitor)
{
	const struct mhp_event *event;

	for (size_t i = 0; ; i++) {
		FUZZ_CHECK(mhp_monitor_next(monitor, &event) == 0);
		if (!event)
			return;
		check_event(event);
		/* each line makes few */
		FUZZ_CHECK(i < 64 * MAX_LINES);
	}
}

/* As many blocks as there are, in the states in which they are. */
static void check_truth(struct mhp_monitor *monitor, struct mhp_ctx *ctx)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_EXACT };
	struct mhp_snapshot *snap;
	enum mhp_state state;

	FUZZ_CHECK(mhp_monitor_refresh(monitor) == 0);
	read_events(monitor);
	FUZZ_CHECK(mhp_snapshot_new(ctx, &opts, &snap) == 0);
	FUZZ_CHECK(mhp_monitor_count_blocks(monitor, MHP_STATE_UNKNOWN) ==
		   mhp_snapshot_count_blocks(snap));
	for (size_t i = 0; i < mhp_snapshot_count_blocks(snap); i++) {
		const struct mhp_block *block = mhp_snapshot_get_block(snap, i);

		mhp_monitor_get_block(monitor, mhp_block_get_id(block), &state, NULL);
		FUZZ_CHECK(state == mhp_block_get_state(block));
	}
	mhp_snapshot_unref(snap);
}

/* ---- a message by itself ---- */

static void check_message(const char *action, const char *devpath, const char *subsystem,
			  const char *driver)
{
	struct mhp_message message = {
		.action = action, .devpath = devpath, .subsystem = subsystem, .driver = driver,
		.modalias = driver, .seqnum = 1,
	};
	struct news news;

	if (!message_read(&message, &news))
		return;
	FUZZ_CHECK(news.name > devpath && news.name[-1] == '/' && !strchr(news.name, '/'));
	FUZZ_CHECK(strlen(news.name) < EVENT_NAME_SIZE && is_printable(news.name));
	FUZZ_CHECK(!strstr(devpath, "/../"));
	FUZZ_CHECK(news.subject != SUBJECT_BLOCK || news.id <= BLOCK_MAX_ID);
	FUZZ_CHECK((news.subject == SUBJECT_NODE) == (news.node >= 0));
	FUZZ_CHECK(!news.driver || news.action == ACTION_BIND);
}

/* ---- lines ---- */

static void send_line(struct mhp_sim *sim, char *line)
{
	char *rest, *action = strtok_r(line, " ", &rest), *devpath = strtok_r(NULL, " ", &rest),
	     *subsystem = strtok_r(NULL, " ", &rest), *keys = strtok_r(NULL, "", &rest);
	char *newline, *all = NULL;

	if (!action || !devpath || !subsystem)
		return;
	check_message(action, devpath, subsystem, keys);
	if (keys) {
		for (newline = keys; (newline = strchr(newline, ' ')); )
			*newline = '\n';
		FUZZ_CHECK(copy_text(&all, "%s\n", keys) == 0);
	}
	sim_lock(sim);
	event_send_path(sim, action, devpath, subsystem, all);
	sim_unlock(sim);
	free(all);
}

static void do_line(struct mhp_sim *sim, struct mhp_monitor *monitor, char *line)
{
	char *word;

	if (*line == '!') {
		if (line[1] == '!')
			mhp_monitor_check(monitor);
		else if (line[1] == 'r')
			FUZZ_CHECK(mhp_monitor_refresh(monitor) == 0);
		read_events(monitor);
	} else if (*line == '@') {
		word = strchr(line, ' ');
		if (word) {
			*word = '\0';
			mhp_sim_write(sim, line + 1, word + 1);
		}
	} else {
		send_line(sim, line);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mhp_monitor_opts opts = { .size = sizeof(opts) };
	char *text, *rest, *line;
	struct mhp_monitor *monitor;
	struct mhp_sim *sim;
	struct mhp_ctx *ctx;
	size_t count = 0;

	if (!size)
		return 0;
	opts.flags = data[0] & (MHP_MONITOR_ZONES | MHP_MONITOR_CAUSES);
	text = fuzz_text(data + 1, size - 1);
	sim = make_machine();
	FUZZ_CHECK(mhp_sim_new_ctx(sim, &ctx) == 0);
	FUZZ_CHECK(mhp_monitor_new(ctx, &opts, &monitor) == 0);
	for (line = strtok_r(text, "\n", &rest); line && count < MAX_LINES;
	     line = strtok_r(NULL, "\n", &rest), count++)
		do_line(sim, monitor, line);
	read_events(monitor);
	check_truth(monitor, ctx);
	mhp_monitor_free(monitor);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
	free(text);
	return 0;
}

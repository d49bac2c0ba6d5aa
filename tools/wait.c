// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mhp wait: until a region is there, ready, gone, or as it is wanted. Nothing is changed,
 * so that a signal may simply end it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* What a region can be waited for to be; what is no plan's goal is the library's to know. */
struct waited {
	const char *word;
	enum mhp_wait what;		/* 0: when a plan for goal and type is empty */
	enum mhp_goal goal;
	enum mhp_online_type type;
};

static const struct waited table[] = {	/* the first is the default */
	{ .word = "ready", .what = MHP_WAIT_READY },
	{ .word = "present", .what = MHP_WAIT_PRESENT },
	{ .word = "gone", .what = MHP_WAIT_GONE },
	{ .word = "online", .goal = MHP_GOAL_ONLINE, .type = MHP_ONLINE },
	{ .word = "online_kernel", .goal = MHP_GOAL_ONLINE, .type = MHP_ONLINE_KERNEL },
	{ .word = "online_movable", .goal = MHP_GOAL_ONLINE, .type = MHP_ONLINE_MOVABLE },
	{ .word = "offline", .goal = MHP_GOAL_OFFLINE },
	{ .word = "unplugged", .goal = MHP_GOAL_UNPLUGGED },
};

const struct waited *wait_find(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (strcmp(table[i].word, word) == 0)
			return &table[i];
	return NULL;
}

struct acts {
	const struct machine *machine;
	struct mhp_sim_listener *listener;
	size_t done;
	int failed;			/* exit code */
};

/* Others do one thing after the other, until one of them is told by an event. */
static bool act(struct acts *acts)
{
	char *message = NULL;
	int code = 0;

	while (!acts->failed && !message && code == 0 &&
	       sim_act_is_left(acts->machine, acts->done)) {
		acts->failed = sim_act_do(acts->machine, acts->done++);
		code = mhp_sim_listener_receive(acts->listener, &message);
	}
	free(message);
	return message || code < 0;
}

/* Before it waits, each time: on a simulated machine nobody acts but as --sim-act says. */
static int tick(void *data)
{
	struct acts *acts = data;

	return acts->machine->sim && (!act(acts) || acts->failed);
}

/* Returns an exit code, having said why. */
static int acts_begin(struct acts *acts, struct machine *machine)
{
	int code;

	*acts = (struct acts){ .machine = machine };
	if (!machine->sim)
		return EXIT_AS_ASKED;
	code = mhp_sim_listener_new(machine->sim, 1, &acts->listener);
	if (code == 0)
		return sim_act_begin(machine);
	machine_complain(machine, "--sim", code, NULL);
	return exit_of_code(code);
}

static int wait_request(struct machine *machine, const struct waited *waited,
			const struct mhp_wait_opts *opts, struct mhp_snapshot **ret_snap)
{
	struct mhp_request *request;
	int code;

	if (mhp_request_new(&request) < 0)
		out_of_memory();
	code = mhp_request_set_region(request, machine->options->region);
	if (code == 0)
		code = mhp_request_set_goal(request, waited->goal);
	if (code == 0 && waited->goal == MHP_GOAL_ONLINE)
		code = mhp_request_set_online_type(request, waited->type);
	if (code == 0)
		code = mhp_wait_request(machine->ctx, request, opts, ret_snap);
	mhp_request_free(request);
	return code;
}

static void show(const struct options *options, const struct waited *waited,
		 const struct mhp_snapshot *snap)
{
	const struct mhp_region *region = mhp_snapshot_find_region(snap, options->region);
	enum mhp_state state;
	enum mhp_zone zone;
	char *blocks;

	if (options->json) {
		json_waited(snap, region);
		return;
	}
	if (!region) {
		say("%s: %s\n", options->region, waited->word);
		return;
	}
	state = mhp_region_get_state(region);
	zone = mhp_region_get_zone(region);
	blocks = text_region_blocks(region);
	say("%s: %s: %s%s%s%s%s\n", options->region, waited->word, mhp_state_to_str(state),
	    zone == MHP_ZONE_UNKNOWN ? "" : " in ",
	    zone == MHP_ZONE_UNKNOWN ? "" : mhp_zone_to_str(zone), *blocks ? ", blocks " : "",
	    blocks);
	free(blocks);
}

/* What is missing was not to be seen all the time: by the last message, as the code is another. */
static const char *hint_of(const struct machine *machine, int code)
{
	if (code != -ETIMEDOUT || !machine->message || !strstr(machine->message, ": EACCES ("))
		return NULL;
	return permission_hint(machine->options);
}

int verb_wait(struct machine *machine)
{
	const struct options *options = machine->options;
	const struct waited *waited = options->waited ? options->waited : table;
	struct mhp_snapshot *snap = NULL;
	struct acts acts;
	struct mhp_wait_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = options->timeout_ms,
		.source = options->source,
		.tick = tick,
		.tick_data = &acts,
		/* that tells all of the region */
		.snapshot_flags = options->json ? MHP_SNAPSHOT_IDENTITY : 0,
	};
	int code, r = acts_begin(&acts, machine);

	if (r)
		return r;
	machine_forget_message(machine);
	if (waited->what)
		code = mhp_wait_region(machine->ctx, options->region, waited->what, &opts, &snap);
	else
		code = wait_request(machine, waited, &opts, &snap);
	mhp_sim_listener_free(acts.listener);
	if (code == -ECANCELED && !acts.failed)
		complain("%s: not %s, and nothing happens any more", options->region,
			 waited->word);
	else if (code < 0 && !acts.failed)
		machine_complain(machine, options->region, code, hint_of(machine, code));
	if (code < 0)
		return acts.failed ? acts.failed : exit_of_code(code);
	show(options, waited, snap);
	mhp_snapshot_unref(snap);
	return EXIT_AS_ASKED;
}

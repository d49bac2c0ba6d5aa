// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Follows the machine. The socket is opened first, then a snapshot is taken; the number of
 * a message tells whether that had it already. Where messages were lost, a fresh
 * snapshot takes their place.
 *
 * A message that was sent while the snapshot was taken may be in it or not, and so may
 * those behind it. So it is no more than a hint: what it is about is looked at. Messages
 * about a removal are the exception: they are sent before the directory is gone
 * (device_del() in drivers/base/core.c), so that looking could find what is not
 * there any more.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor.h"

/* Of messages that tell nothing, how many are read before the caller has his turn. */
#define MOST_MESSAGES 1024

#define ALL_FLAGS ((uint64_t)(MHP_MONITOR_ZONES | MHP_MONITOR_CAUSES))

bool monitor_wants_zones(const struct mhp_monitor *monitor)
{
	return monitor->opts.flags & (MHP_MONITOR_ZONES | MHP_MONITOR_CAUSES);
}

bool monitor_saw_probe(const struct mhp_monitor *monitor, const char *name)
{
	const struct thing *thing = things_find(&monitor->things, name);

	return thing && thing->is_probed;
}

enum mhp_state monitor_state(enum mhp_state state)
{
	return state == MHP_STATE_GOING_OFFLINE ? MHP_STATE_ONLINE : state;
}

struct mhp_event *event_begin(struct mhp_monitor *monitor, enum mhp_event_kind kind,
			      uint64_t seqnum, const char *name)
{
	struct mhp_event *event = &monitor->event;

	*event = (struct mhp_event){
		.kind = kind,
		.seqnum = seqnum,
		.is_found = !seqnum && kind != MHP_EVENT_LOST,
		.time_ns = clock_ns(),
		.node = -1,
	};
	copy_name(event->name, name);
	return event;
}

/* ---- the snapshot, and what is tracked from it on ---- */

/* 0 where the kernel does not tell: then no message is too old. */
static uint64_t read_seqnum(struct mhp_monitor *monitor)
{
	uint64_t seqnum;

	return read_uevent_seqnum(monitor->ctx, &seqnum) ? seqnum : 0;
}

/* All that is there at one moment. */
struct picture {
	uint64_t old_seqnum, seqnum;
	struct mhp_snapshot *snap;
	struct things things;
};

static int take_picture(struct mhp_monitor *monitor, struct picture *ret)
{
	struct mhp_snapshot_opts opts = {
		.size = sizeof(opts),
		.flags = monitor->opts.snapshot_flags,
	};
	struct picture picture = { .old_seqnum = read_seqnum(monitor) };
	int r;

	if (monitor->opts.flags & MHP_MONITOR_CAUSES)
		opts.flags |= MHP_SNAPSHOT_FOR_PLANS;

	r = mhp_snapshot_new(monitor->ctx, &opts, &picture.snap);
	if (r < 0)
		return r;
	r = things_read(monitor->ctx, picture.snap, &monitor->things, &picture.things);
	if (r < 0) {
		mhp_snapshot_unref(picture.snap);
		return r;
	}
	picture.seqnum = read_seqnum(monitor);
	*ret = picture;
	return 0;
}

/* So many blocks may come without further memory: those of all devices. */
static size_t count_room(const struct mhp_snapshot *snap)
{
	size_t most = snap->n_blocks + (1 << 16);
	uint64_t count = snap->n_blocks;

	for (size_t i = 0; i < snap->regions.count; i++) {
		const struct mhp_region *region = &snap->regions.list[i];

		if (!region->has_children && region->n_total < region_count_whole_blocks(region))
			count += region_count_whole_blocks(region) - region->n_total;
	}
	/* a device may say that it is huge; its blocks will hardly all come */
	return count < most ? (size_t)count : most;
}

/* What is the monitor's from now on; what it tracks is not touched. */
static void use_picture(struct mhp_monitor *monitor, struct picture *picture)
{
	mhp_snapshot_unref(monitor->snap);
	monitor->snap = picture->snap;
	monitor->old_seqnum = picture->old_seqnum;
	monitor->seqnum = picture->seqnum;
	monitor->guess = monitor_guess_kind(monitor->snap);
	monitor->goal.is_set = false;
	monitor_forget_devices(monitor);
	/* another one may come to lie where this one was */
	monitor->acts.snap = NULL;
}

static int begin_tracking(struct mhp_monitor *monitor)
{
	const struct mhp_snapshot *snap = monitor->snap;
	int r = tracked_reserve(&monitor->tracked, count_room(snap));

	for (size_t i = 0; i < snap->n_blocks && r == 0; i++)
		r = tracked_set(&monitor->tracked, snap->blocks[i].id,
				monitor_state(snap->blocks[i].state),
				mhp_block_get_zone(&snap->blocks[i]));
	settings_look(&monitor->settings, monitor->ctx, &monitor->mem, true);
	for (size_t i = 0; i < MONITOR_SETTINGS; i++)
		copy_name(monitor->settings.list[i].word, monitor->settings.list[i].now);
	return r;
}

static void picture_free(struct picture *picture)
{
	mhp_snapshot_unref(picture->snap);
	things_free(&picture->things);
}

/* A fresh snapshot, with which what is tracked is compared from now on. */
static int begin_comparing(struct mhp_monitor *monitor)
{
	struct picture picture;
	int r;

	r = take_picture(monitor, &picture);
	if (r < 0)
		return r;
	r = tracked_reserve(&monitor->tracked, count_room(picture.snap));
	if (r == 0)
		r = difference_begin(&monitor->tracked, picture.snap, &picture.things,
				     &monitor->difference);
	if (r < 0) {
		picture_free(&picture);
		return r;
	}
	things_doubt(&monitor->things);
	use_picture(monitor, &picture);
	monitor->phase = PHASE_COMPARE;
	settings_look(&monitor->settings, monitor->ctx, &monitor->mem, true);
	return 0;
}

/* ---- messages ---- */

/* What the block is now, and its zone if that is wanted. */
static void look_at_block(struct mhp_monitor *monitor, uint64_t id, struct block_now *ret)
{
	const struct mhp_block *block = snapshot_find_block(monitor->snap, id);
	int node = block && block->node != BLOCK_NO_NODE ? (int)block->node : -1;

	block_look(&monitor->mem, id, node, monitor->snap->numa, ret);
}

static void take_block_news(struct mhp_monitor *monitor, const struct news *news, bool is_hint)
{
	struct goal *goal = &monitor->goal;
	struct block_now now = { 0 };

	*goal = (struct goal){
		.is_set = true,
		.subject = SUBJECT_BLOCK,
		.seqnum = news->seqnum,
		.id = news->id,
	};
	if (news->action == ACTION_REMOVE)
		goal->state = MHP_STATE_ABSENT;
	else if (news->action == ACTION_ONLINE)
		goal->state = MHP_STATE_ONLINE;
	else
		goal->state = MHP_STATE_OFFLINE;
	if (is_hint || (goal->state == MHP_STATE_ONLINE && monitor_wants_zones(monitor)))
		look_at_block(monitor, news->id, &now);
	if (is_hint && now.state != MHP_STATE_UNKNOWN)
		goal->state = monitor_state(now.state);
	if (goal->state == MHP_STATE_ONLINE && now.state == MHP_STATE_ONLINE)
		goal->zone = now.zone;
}

/* Who has the device now; "": nobody. What cannot be read stays as the message has it. */
static void look_at_driver(struct mhp_monitor *monitor, const char *path,
			   char driver[EVENT_NAME_SIZE])
{
	struct sysfs_dir dir = { 0 };
	char *name;
	int r = sysfs_open(monitor->ctx, path, &dir);

	if (r == 0)
		r = sysfs_read_link_name(&dir, "driver", &name);
	if (r == 0) {
		copy_name(driver, name);
		free(name);
	} else if (r == -ENOENT) {
		driver[0] = '\0';
	}
	sysfs_close(&dir);
}

static void take_thing_news(struct mhp_monitor *monitor, const struct news *news, bool is_hint)
{
	const struct thing *known = things_find(&monitor->things, news->name);
	struct goal *goal = &monitor->goal;
	char path[MHP_PATH_SIZE];

	if (news->if_known && !known)
		return;
	*goal = (struct goal){
		.is_set = true,
		.subject = news->subject,
		.seqnum = news->seqnum,
		.is_there = news->action != ACTION_REMOVE,
	};
	copy_name(goal->name, news->name);
	goal->is_probed = news->action == ACTION_BIND && news->driver;
	if (goal->is_probed)
		copy_name(goal->driver, news->driver);
	else if (news->action == ACTION_ADD && known)
		copy_name(goal->driver, known->driver);
	if (!is_hint || snprintf(path, sizeof(path), "/sys%s", news->devpath) >= (int)sizeof(path))
		return;
	goal->is_there = sysfs_dir_exists(monitor->ctx, path) != 0;
	if (!goal->is_there)
		goal->driver[0] = '\0';
	else if (news->subject == SUBJECT_DEVICE)
		look_at_driver(monitor, path, goal->driver);
	if (goal->is_probed && strcmp(goal->driver, news->driver))
		goal->is_probed = false;
}

/*
 * May an old message be news? A directory that was about to go may be in the snapshot, and a
 * driver of which it is not known whether its probe has ended.
 */
static bool is_useful(const struct mhp_monitor *monitor, const struct news *news)
{
	const struct thing *thing;

	if (news->action != ACTION_REMOVE && news->action != ACTION_BIND)
		return false;
	if (news->subject == SUBJECT_BLOCK)
		return tracked_find(&monitor->tracked, news->id);
	thing = things_find(&monitor->things, news->name);
	return thing && (news->action == ACTION_REMOVE || !thing->is_probed);
}

/* Makes it the goal, if it is news. */
static void take_news(struct mhp_monitor *monitor, const struct news *news)
{
	bool is_removal = news->action == ACTION_REMOVE;
	bool is_old = news->seqnum <= monitor->old_seqnum, is_hint;

	if (is_old && !is_useful(monitor, news))
		return;
	is_hint = is_old || news->is_asked_for ||
		  (news->seqnum <= monitor->seqnum && !is_removal);
	settings_look(&monitor->settings, monitor->ctx, &monitor->mem, false);
	if (news->subject != SUBJECT_BLOCK)
		take_thing_news(monitor, news, is_hint);
	else if (news->id <= UINT64_MAX / monitor->snap->block_size - 1)
		take_block_news(monitor, news, is_hint);
}

static int receive(struct mhp_monitor *monitor, struct mhp_message *ret_message, bool *ret_some)
{
	struct mhp_ctx *ctx = monitor->ctx;

	return ctx->be->ops->receive_event(ctx->be, monitor->events, ret_message, ret_some);
}

/* ---- the next event ---- */

enum progress {
	NOTHING,		/* waits */
	GO_ON,
	TOLD,
};

static int follow(struct mhp_monitor *monitor, enum progress *ret)
{
	struct mhp_message message;
	struct news news;
	bool some;
	int r = receive(monitor, &message, &some);

	*ret = GO_ON;
	/* a message that there was no memory for may have left the socket all the same */
	if (r == -ENOBUFS || r == -ENOMEM) {
		monitor->phase = PHASE_DRAIN;
		event_begin(monitor, MHP_EVENT_LOST, 0, "");
		*ret = TOLD;
		return 0;
	}
	if (r < 0)
		return r;
	if (!some)
		*ret = NOTHING;
	else if (message_read(&message, &news))
		take_news(monitor, &news);
	return 0;
}

static bool is_readable(struct mhp_monitor *monitor)
{
	struct pollfd fd = { .events = POLLIN };

	return mhp_monitor_get_fd(monitor, &fd.fd) == 0 && poll(&fd, 1, 0) > 0;
}

/*
 * Until nothing waits the socket may lose more without a word; what waits is in the
 * snapshot that is taken then. Where messages come as fast as they are taken, the
 * caller has his turn: the descriptor is readable.
 */
static int drain(struct mhp_monitor *monitor, enum progress *ret)
{
	struct mhp_message message;
	bool some = true;
	int r = 0;

	for (int i = 0; i < MOST_MESSAGES && some; i++) {
		r = receive(monitor, &message, &some);
		if (r == -ENOBUFS)
			some = true;
		else if (r < 0)
			return r;
	}
	*ret = GO_ON;
	if (some && is_readable(monitor)) {
		*ret = NOTHING;
		return 0;
	}
	return begin_comparing(monitor);
}

static void compare(struct mhp_monitor *monitor, enum progress *ret)
{
	*ret = GO_ON;
	if (difference_next(monitor))
		return;
	monitor->phase = PHASE_FOLLOW;
	difference_end(&monitor->difference);
	event_begin(monitor, MHP_EVENT_RESYNCED, 0, "");
	*ret = TOLD;
}

/* What the system is set to now comes before what it may have led to. */
static bool tell_setting(struct mhp_monitor *monitor)
{
	size_t index = settings_find_changed(&monitor->settings);
	struct mhp_event *event;
	struct setting *setting;

	if (index == MONITOR_SETTINGS)
		return false;
	setting = &monitor->settings.list[index];
	event = event_begin(monitor, MHP_EVENT_POLICY_CHANGED, 0, setting_name(index));
	copy_name(event->word_before, setting->word);
	copy_name(event->word_after, setting->now);
	copy_name(setting->word, setting->now);
	return true;
}

static int advance(struct mhp_monitor *monitor, enum progress *ret)
{
	bool told;
	int r;

	*ret = TOLD;
	if (tell_setting(monitor))
		return 0;
	r = goal_step(monitor, &told);
	if (r < 0 || told)
		return r;
	switch (monitor->phase) {
	case PHASE_DRAIN:
		return drain(monitor, ret);
	case PHASE_COMPARE:
		compare(monitor, ret);
		return 0;
	default:
		return follow(monitor, ret);
	}
}

/* Is it no wonder that nothing was told for so long? All that is compared counts as one. */
static bool is_enough(const struct mhp_monitor *monitor, size_t messages)
{
	return monitor->phase == PHASE_FOLLOW && messages >= MOST_MESSAGES;
}

MHP_EXPORT int mhp_monitor_next(struct mhp_monitor *monitor, const struct mhp_event **ret_event)
{
	enum progress progress = GO_ON;
	size_t messages = 0;
	int r = 0;

	/* it was somebody's until it was told */
	if (monitor->event.kind == MHP_EVENT_DEVICE_REMOVED)
		r = monitor_drop_device(monitor, monitor->event.name);
	if (r < 0)
		return r;
	while (progress == GO_ON) {
		r = advance(monitor, &progress);
		if (r < 0)
			return r;
		if (progress == GO_ON && is_enough(monitor, ++messages) && is_readable(monitor) &&
		    !monitor->goal.is_set)
			progress = NOTHING;
	}
	if (progress == TOLD)
		monitor_find_cause(monitor);
	*ret_event = progress == TOLD ? &monitor->event : NULL;
	return 0;
}

/* ---- the monitor ---- */

static int open_events(struct mhp_monitor *monitor)
{
	struct mhp_backend *be = monitor->ctx->be;
	const char *why = "this root has no events";
	int r = -EOPNOTSUPP;

	if (be->ops->open_events)
		r = be->ops->open_events(be, monitor->opts.source, monitor->opts.buffer_bytes,
					 &monitor->source, &monitor->events, &why);
	if (r < 0)
		ctx_log(monitor->ctx, r, NULL, "%s",
			r == -EOPNOTSUPP ? why : "cannot listen to events");
	return r;
}

static int begin(struct mhp_monitor *monitor)
{
	struct picture picture;
	int r = open_events(monitor);

	if (r < 0)
		return r;
	r = take_picture(monitor, &picture);
	if (r < 0)
		return r;
	use_picture(monitor, &picture);
	monitor->things = picture.things;
	monitor->acts.last_ns = clock_ns();
	if (monitor->opts.flags & MHP_MONITOR_CAUSES)
		monitor_read_acts(monitor);
	r = sysfs_open(monitor->ctx, MEMORY_PATH, &monitor->mem);
	return r < 0 ? r : begin_tracking(monitor);
}

MHP_EXPORT int mhp_monitor_new(struct mhp_ctx *ctx, const struct mhp_monitor_opts *opts,
			       struct mhp_monitor **ret_monitor)
{
	struct mhp_monitor_opts known = { 0 };
	struct mhp_monitor *monitor;
	int r = 0;

	if (opts)
		r = opts_take(&known, sizeof(known), opts, opts->size);
	if (r < 0)
		return r;
	if (known.flags & ~ALL_FLAGS || known.reserved)
		return -E2BIG;
	if (known.source > MHP_EVENT_SOURCE_KERNEL)
		return -EINVAL;
	if (!known.buffer_bytes)
		known.buffer_bytes = MHP_MONITOR_BUFFER_DEFAULT_BYTES;
	monitor = calloc(1, sizeof(*monitor));
	if (!monitor)
		return -ENOMEM;
	monitor->ctx = mhp_ctx_ref(ctx);
	monitor->opts = known;
	r = begin(monitor);
	if (r < 0) {
		mhp_monitor_free(monitor);
		return r;
	}
	*ret_monitor = monitor;
	return 0;
}

MHP_EXPORT void mhp_monitor_free(struct mhp_monitor *monitor)
{
	if (!monitor)
		return;
	if (monitor->events)
		monitor->ctx->be->ops->close_events(monitor->ctx->be, monitor->events);
	sysfs_close(&monitor->mem);
	regions_free(&monitor->regions);
	mhp_snapshot_unref(monitor->snap);
	tracked_free(&monitor->tracked);
	things_free(&monitor->things);
	difference_end(&monitor->difference);
	free(monitor->acts.list);
	mhp_ctx_unref(monitor->ctx);
	free(monitor);
}

MHP_EXPORT enum mhp_event_source mhp_monitor_get_source(const struct mhp_monitor *monitor)
{
	return monitor->source;
}

MHP_EXPORT int mhp_monitor_get_fd(struct mhp_monitor *monitor, int *ret_fd)
{
	struct mhp_backend *be = monitor->ctx->be;

	return be->ops->get_events_fd(be, monitor->events, ret_fd);
}

MHP_EXPORT int mhp_monitor_check(struct mhp_monitor *monitor)
{
	settings_look(&monitor->settings, monitor->ctx, &monitor->mem, true);
	return 0;
}

MHP_EXPORT int mhp_monitor_refresh(struct mhp_monitor *monitor)
{
	/* where some were lost it is about to be done, once nothing waits */
	return monitor->phase == PHASE_DRAIN ? 0 : begin_comparing(monitor);
}

MHP_EXPORT struct mhp_snapshot *mhp_monitor_get_snapshot(const struct mhp_monitor *monitor)
{
	return monitor->snap;
}

MHP_EXPORT size_t mhp_monitor_count_blocks(const struct mhp_monitor *monitor,
					   enum mhp_state state)
{
	if ((unsigned int)state > MHP_STATE_MIXED || state == MHP_STATE_ABSENT)
		return 0;
	if (state == MHP_STATE_UNKNOWN)
		state = MHP_STATE_ABSENT;
	return monitor->tracked.counts[state];
}

MHP_EXPORT void mhp_monitor_get_block(const struct mhp_monitor *monitor, uint64_t id,
				      enum mhp_state *ret_state, enum mhp_zone *ret_zone)
{
	const struct tracked_block *block = id <= BLOCK_MAX_ID ?
		tracked_find(&monitor->tracked, id) : NULL;

	if (ret_state)
		*ret_state = block ? block->state : MHP_STATE_ABSENT;
	if (ret_zone)
		*ret_zone = block ? block->zone : MHP_ZONE_UNKNOWN;
}

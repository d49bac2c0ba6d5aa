/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of a monitor share: messages, what is tracked, events. */
#ifndef MHP_LIB_MONITOR_H
#define MHP_LIB_MONITOR_H

#include "cause.h"

/* With NUL; longer names are nobody's: nothing that is known has such a one. */
#define EVENT_NAME_SIZE 64

/* ---- message.c: what a uevent tells, without any I/O ---- */

enum subject {
	SUBJECT_BLOCK,
	SUBJECT_NODE,
	SUBJECT_TIER,
	SUBJECT_DEVICE,
};
enum action {
	ACTION_ADD,
	ACTION_REMOVE,
	ACTION_ONLINE,
	ACTION_OFFLINE,
	ACTION_BIND,
	ACTION_UNBIND,
};
struct news {
	enum subject subject;
	enum action action;
	uint64_t seqnum;
	uint64_t id;		/* of a block */
	int node;		/* of a node, else -1 */
	const char *name;	/* the last part of devpath */
	const char *devpath;
	const char *driver;	/* upon bind, else NULL */
	bool is_asked_for;	/* by somebody, as by udevadm trigger: nothing has happened */
	bool if_known;		/* nothing but its name tells that it is one of ours */
};
/* Is there anything in it that we follow? Any message may come, and is harmless. */
bool message_read(const struct mhp_message *message, struct news *ret);

/* ---- tracked.c: the blocks as events have led to ---- */

struct tracked_block {
	uint64_t key;		/* id + 1; 0: nothing is here */
	uint8_t state;		/* enum mhp_state, never MHP_STATE_ABSENT */
	uint8_t zone;		/* enum mhp_zone */
	bool is_new;		/* it was added, and nothing has happened to it since */
	uint32_t added_s;	/* ... then, by now_ns() */
};
/* A hash table, so that each change costs the same however many there are. */
struct tracked {
	struct tracked_block *slots;
	size_t n_slots;		/* a power of two, or 0 */
	size_t counts[MHP_STATE_MIXED + 1];	/* of each state; MHP_STATE_ABSENT: of all */
};
/* Room for so many, without further memory. -ENOMEM */
int tracked_reserve(struct tracked *tracked, size_t count);
/* NULL: there is no such block */
const struct tracked_block *tracked_find(const struct tracked *tracked, uint64_t id);
/* MHP_STATE_ABSENT: it goes. -ENOMEM: nothing was changed */
int tracked_set(struct tracked *tracked, uint64_t id, enum mhp_state state, enum mhp_zone zone);
/* Until it is set the next time. It must be there. */
void tracked_mark_new(struct tracked *tracked, uint64_t id);
void tracked_free(struct tracked *tracked);

/* ---- things.c: nodes, tiers and devices, which are few ---- */

struct thing {
	enum subject subject;
	char name[EVENT_NAME_SIZE];
	char driver[EVENT_NAME_SIZE];	/* "": none */
	bool is_probed;			/* its bind message was seen: the probe has ended */
};
struct things {
	struct thing *list;	/* sorted by name, of which no two subjects share one */
	size_t count, room;
};
const struct thing *things_find(const struct things *things, const char *name);
/* -ENOMEM. driver NULL: as it was, or none */
int things_set(struct things *things, enum subject subject, const char *name, const char *driver,
	       bool is_probed);
/* Bind messages were lost: of nobody it is known any more that the probe has ended. */
void things_doubt(struct things *things);
void things_remove(struct things *things, const char *name);
/*
 * Those of a snapshot, and the tiers that there are now. What could not be listed is as it
 * is known, for it is not gone. -ENOMEM
 */
int things_read(struct mhp_ctx *ctx, const struct mhp_snapshot *snap, const struct things *known,
		struct things *ret);
void things_free(struct things *things);

/* ---- settings.c: what no message tells ---- */

#define MONITOR_SETTINGS 4
struct setting {
	char word[EVENT_NAME_SIZE];	/* what was told last; "": there is no such file */
	char now[EVENT_NAME_SIZE];
};
struct settings {
	struct setting list[MONITOR_SETTINGS];
};
const char *setting_name(size_t index);
/* auto_online_blocks only, or all; what cannot be read stays as it was. */
void settings_look(struct settings *settings, struct mhp_ctx *ctx, struct sysfs_dir *mem,
		   bool all);
/* Which one differs from what was told; MONITOR_SETTINGS: none */
size_t settings_find_changed(const struct settings *settings);

/* ---- event.c ---- */

/* All of it is here: events need no memory. `region' is the snapshot's, or one read since. */
struct mhp_event {
	enum mhp_event_kind kind;
	uint64_t seqnum;
	int64_t time_ns;
	bool is_found;
	bool has_block;
	uint64_t block_id;
	int node;		/* -1: not known */
	char name[EVENT_NAME_SIZE];
	const char *region;
	const struct mhp_region *owner;		/* the same */
	bool is_first;		/* of a block: nothing since it was added */
	struct cause cause;
	enum mhp_state before_state, after_state;
	enum mhp_zone before_zone, after_zone;
	char word_before[EVENT_NAME_SIZE];	/* "": none */
	char word_after[EVENT_NAME_SIZE];
};
/* Cuts what is too long, which is told by false. */
bool copy_name(char ret[EVENT_NAME_SIZE], const char *name);

/* ---- goal.c: what something is to be told as, event by event ---- */

/* Where events have to lead to; done once that is what is tracked. */
struct goal {
	bool is_set;
	enum subject subject;
	uint64_t seqnum;	/* 0: found */
	/* of a block */
	uint64_t id;
	enum mhp_state state;
	enum mhp_zone zone;
	/* of anything else */
	char name[EVENT_NAME_SIZE];
	bool is_there;
	char driver[EVENT_NAME_SIZE];
	bool is_probed;		/* a driver's link is there before its probe has ended */
};
/*
 * The next event on the way to the goal, which is tracked then. *ret_told false: the goal
 * is reached. -ENOMEM: all is as before.
 */
int goal_step(struct mhp_monitor *monitor, bool *ret_told);

/* ---- difference.c: what is tracked beside a fresh snapshot ---- */

struct difference {
	size_t at;		/* in the list that is being looked through */
	int list;		/* which one; see difference.c */
	struct things things;	/* as they are now */
	uint64_t *gone;		/* blocks that are no more, ascending */
	size_t n_gone;
};
/* Takes things over. -ENOMEM: all is as before. Ends what *ret was before. */
int difference_begin(const struct tracked *tracked, const struct mhp_snapshot *snap,
		     struct things *things, struct difference *ret);
/* Makes what comes next, and may differ, the goal; false: that is all. */
bool difference_next(struct mhp_monitor *monitor);
void difference_end(struct difference *difference);

/* ---- monitor.c ---- */

enum phase {
	PHASE_FOLLOW,		/* messages lead on */
	PHASE_DRAIN,		/* some were lost: none may wait before a snapshot is taken */
	PHASE_COMPARE,		/* with the new snapshot */
};
/* Notes of acts, as they were read last. */
struct monitor_acts {
	struct acts *list;	/* NULL: not yet */
	enum cause_lock lock;
	bool has_seqnum;
	uint64_t seqnum;	/* no uevent above it had been sent */
	const struct mhp_snapshot *snap;	/* was there already; NULL: none of now */
	int64_t last_ns;	/* when the last message was received */
	/* the one that was found without an end, and the number of the last uevent then */
	int64_t dead_begin_ns;
	uint64_t dead_seqnum;
};
struct mhp_monitor {
	struct mhp_ctx *ctx;
	struct mhp_monitor_opts opts;
	struct mhp_events *events;
	enum mhp_event_source source;
	struct sysfs_dir mem;
	struct mhp_snapshot *snap;
	/* uevent_seqnum before the snapshot was begun, and once it was taken */
	uint64_t old_seqnum, seqnum;
	struct tracked tracked;
	struct things things;
	struct settings settings;
	enum phase phase;
	struct goal goal;
	struct difference difference;
	enum mhp_region_kind guess;	/* of a block of no region */
	struct regions regions;	/* devices as they were read since: without blocks and parents */
	bool is_settled;	/* all of them were, and no device has changed since */
	struct monitor_acts acts;
	struct mhp_event event;
};
bool monitor_wants_zones(const struct mhp_monitor *monitor);
/* Was it told that the device's driver is done with its probe? */
bool monitor_saw_probe(const struct mhp_monitor *monitor, const char *name);
/* A state as it is tracked: a block that is going offline is online until it is told. */
enum mhp_state monitor_state(enum mhp_state state);
/* An event begins, zeroed but for kind, number, time and name, which is cut. */
struct mhp_event *event_begin(struct mhp_monitor *monitor, enum mhp_event_kind kind,
			      uint64_t seqnum, const char *name);

/* ---- monitor-regions.c: whose memory it is, better than the last snapshot knows it ---- */

/* Is it one of those of which the kernel tells? */
bool monitor_is_device(const struct mhp_region *region);
/* The deepest region with that block, be it there or not; NULL: not known. */
const struct mhp_region *monitor_find_region(struct mhp_monitor *monitor, uint64_t id);
const struct mhp_region *monitor_find_device(const struct mhp_monitor *monitor, const char *name);
/* Is the region newer than the snapshot? */
bool monitor_has_read(const struct mhp_monitor *monitor, const struct mhp_region *region);
/* Something happened to the device: what it is now. -ENOMEM */
int monitor_read_device(struct mhp_monitor *monitor, const char *name);
/* The block comes: sees to it that it is known whose it is, if that can be known. -ENOMEM */
int monitor_settle_block(struct mhp_monitor *monitor, uint64_t id);
/* It was told that it is gone. -ENOMEM: to be called once more */
int monitor_drop_device(struct mhp_monitor *monitor, const char *name);
/* There is a newer snapshot. */
void monitor_forget_devices(struct mhp_monitor *monitor);

/* ---- cause-monitor.c ---- */

/* As they are now. */
void monitor_read_acts(struct mhp_monitor *monitor);
/*
 * A block of no region that the last snapshot knows: of a device that is known all blocks
 * are, so it is what a host has given since.
 */
enum mhp_region_kind monitor_guess_kind(const struct mhp_snapshot *snap);
/* Of the event that is about to be told. */
void monitor_find_cause(struct mhp_monitor *monitor);

#endif /* MHP_LIB_MONITOR_H */

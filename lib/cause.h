/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is likely to have done it: conclusions from what is found, without I/O and without
 * allocating, so that a monitor can draw them for each event.
 */
#ifndef MHP_CAUSE_INTERNAL_H
#define MHP_CAUSE_INTERNAL_H

#include "acts.h"

/* What is longer is cut. */
#define CAUSE_TEXT_SIZE 512

struct cause {
	enum mhp_cause_kind kind;
	char text[CAUSE_TEXT_SIZE];	/* printable */
};
__attribute__((format(printf, 3, 4)))
void cause_set(struct cause *cause, enum mhp_cause_kind kind, const char *format, ...);
/* Adds to the text. */
__attribute__((format(printf, 2, 3)))
void cause_add(struct cause *cause, const char *format, ...);
/* The same, escaped. */
void cause_add_escaped(struct cause *cause, const char *str);

/* The system, when it happened. */
struct cause_system {
	int policy_code;		/* -ENODATA: there is none, as if it were offline */
	enum mhp_online_type policy;
	bool auto_movable;		/* online_policy: who chooses for a plain "online" */
	const struct udev_rules *udev;
};

/* Memory: a block, or all of a region. */
struct cause_memory {
	enum mhp_region_kind kind;
	const char *region;		/* its name; NULL: not known */
	const char *ram_driver;		/* NULL: not known */
	enum mhp_zone zone;		/* of what is online; UNKNOWN: not known */
	bool is_part;			/* some of it is not as the rest */
	bool is_guess;			/* the kind */
	int device_code;		/* -ENODATA: no such file */
	enum mhp_device_state device_state;
};

/* Would what is onlined with this type be in this zone? */
enum cause_fit { FITS_NOT, FITS_PERHAPS, FITS };
enum cause_fit type_fits_zone(enum mhp_online_type type, enum mhp_zone zone, bool auto_movable);

/* Why memory is online where it is, since it was added. */
void cause_of_online(const struct cause_system *system, const struct cause_memory *memory,
		     struct cause *ret);
/* Why memory is there and all of it offline. */
void cause_of_offline(const struct cause_system *system, const struct cause_memory *memory,
		      struct cause *ret);
/* Why there is none. */
void cause_of_absence(const struct cause_memory *memory, struct cause *ret);

/* ---- cause-change.c: what was seen to happen ---- */

struct cause_change {
	enum mhp_event_kind kind;
	bool has_block;
	uint64_t id;
	const struct block_run *runs;	/* of a device that is no block */
	size_t n_runs;
	uint64_t seqnum;		/* 0: found, at a time, as not yet so since another one */
	int64_t since_ns, time_ns;
	bool is_first;			/* of a block that was seen to be added: nothing between */
	struct cause_memory memory;	/* zone: as it is now */
	const char *driver;		/* of a device, that came or went; NULL: not known */
};

/* Who has libmhp's lock, as the acts were read: for those of them that have no end. */
enum cause_lock { LOCK_UNKNOWN, LOCK_FREE, LOCK_HELD };

/* Is it one of these acts? is_self: they are this context's own. */
bool cause_from_acts(const struct acts *acts, enum cause_lock lock, bool is_self,
		     const struct cause_change *change, struct cause *ret);
/* If it is none. */
void cause_of_change(const struct cause_system *system, const struct cause_change *change,
		     struct cause *ret);

#endif /* MHP_CAUSE_INTERNAL_H */

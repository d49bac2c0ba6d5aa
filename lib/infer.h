/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What /proc/zoneinfo implies of blocks. */
#ifndef MHP_INFER_H
#define MHP_INFER_H

#include "internal.h"

/* A zone that has pages. */
struct zone_reach {
	int node;
	enum mhp_zone zone;
	uint64_t first, last;	/* numbers of the blocks that its span meets */
	uint64_t pages;		/* present */
	bool full;		/* all of the node's blocks in there are online */
};

struct inference {
	struct zone_reach *list;
	size_t count;
	uint64_t block_pages;
};

/*
 * Zones are full here only if they are whatever blocks there are, as if each number were
 * one: that holds without a list of blocks, and with one that is older than info. -ENOMEM
 */
int infer_begin(const struct zoneinfo *info, uint64_t block_size, uint64_t page_size,
		struct inference *ret);
void infer_end(struct inference *inference);
/*
 * ... and now those that are so with just these blocks: all that the machine has, sorted, of
 * the moment of info.
 */
void infer_count(struct inference *inference, const struct mhp_block *blocks, size_t count);
/* What is so for all of a node's blocks with these numbers, and no other node's. */
struct inferred {
	int node;
	uint64_t first, last;
	/* MHP_STATE_OFFLINE (if there is such a block at all), _ONLINE, or _UNKNOWN: must be read */
	enum mhp_state state;
	enum mhp_zone zone;	/* of one that is or may be online; _UNKNOWN: must be read */
};
/* Of the block id, and its neighbours; node -1: not known, or several. */
void infer(const struct inference *inference, int node, uint64_t id, struct inferred *ret);
/* The same, of one block. */
enum mhp_state infer_state(const struct inference *inference, int node, uint64_t id,
			   enum mhp_zone *ret_zone);
/* Of a machine of which nobody tells it, where only one will do; else 0. */
uint64_t infer_page_size(const struct zoneinfo *info, uint64_t block_size,
			 const struct mhp_block *blocks, size_t count);

#endif /* MHP_INFER_H */

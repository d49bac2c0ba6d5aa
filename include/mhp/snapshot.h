/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/snapshot.h
 * @brief The machine's memory at one moment.
 *
 * A snapshot never changes and never refreshes itself: take a new one. Blocks,
 * nodes and regions are borrowed from it and live as long as it does, so keep a
 * reference to the snapshot to keep them. It may be read from any thread, also
 * after the context is gone.
 *
 * Few files are read, however many blocks there are: which blocks there are, is told by the
 * directories of the nodes, and the state of most follows from /proc/zoneinfo. Only of what
 * that leaves open files are read, one or two a block.
 *
 * What could not be read is kept: the value answers "unknown" or a negative
 * errno value, and mhp_snapshot_count_problems() tells which files it was.
 *
 *	struct mhp_snapshot *snap;
 *	r = mhp_snapshot_new(ctx, NULL, &snap);
 *	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++)
 *		puts(mhp_region_get_name(mhp_snapshot_get_region(snap, i)));
 *	mhp_snapshot_unref(snap);
 */
#ifndef MHP_SNAPSHOT_H
#define MHP_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_ctx;
struct mhp_snapshot;
struct mhp_block;
struct mhp_node;
struct mhp_region;

/** Flags of a snapshot, to be joined by |. @since 1.0 */
enum mhp_snapshot_flag {
	MHP_SNAPSHOT_OFFLINE_ZONES = 1,	/**< read valid_zones of offline blocks too, not of
					     online ones only: a file each */
	MHP_SNAPSHOT_FOR_PLANS = 2,	/**< read what plans are checked against: udev's rules,
					     free memory and the sizes of zones, whether the
					     kernel can take memory away; a plan of a snapshot
					     without it warns that this was not checked, where
					     it matters. Identities are read, too
					     (MHP_SNAPSHOT_IDENTITY): a request may name a
					     region by one */
	MHP_SNAPSHOT_TOPOLOGY = 4,	/**< read what nodes are like: tiers, distances,
					     bandwidth and so on (mhp/node.h), and the sizes
					     of zones (mhp/zones.h): some 20 files a node at
					     most, and none a block */
	MHP_SNAPSHOT_PLUGGED = 8,	/**< ask for each page of blocks that a host plugs in
					     parts (virtio-mem) whether it is there: 8 bytes are
					     read for each of them */
	MHP_SNAPSHOT_EXACT = 16,	/**< read the state of every block, as
					     MHP_SNAPSHOT_FOR_PLANS does, too; in which zone an
					     online one is may follow from /proc/zoneinfo all
					     the same. Without it, what
					     /proc/zoneinfo proves is not read
					     (mhp_block_is_inferred()); a block that is going
					     offline is then online */
	MHP_SNAPSHOT_IDENTITY = 32,	/**< read what only shows a region, or names it: its
					     identity, its facts, the devices behind it: some 10
					     files a region, of interleaved CXL memory more */
	MHP_SNAPSHOT_BLOCKS_ONLY = 64,	/**< no regions and no system policy: as far as they are
					     asked for, they answer -ENODATA; not together with
					     _FOR_PLANS, _PLUGGED or _IDENTITY: -EINVAL */
};

/** What a snapshot is to hold. Set size to sizeof(struct mhp_snapshot_opts). @since 1.0 */
struct mhp_snapshot_opts {
	size_t size;		/**< bytes of the struct that the caller knows */
	uint64_t flags;		/**< MHP_SNAPSHOT_..., or 0 */
	const char *region;	/**< the name of a region, to read blocks of no other one:
				     mhp_snapshot_new(); or NULL */
	const struct mhp_snapshot *base;	/**< an earlier one, to read no block that it
						     has: mhp_snapshot_new(); or NULL. No
						     reference is kept */
};

/**
 * Take a snapshot of blocks, nodes, regions and the system's policy.
 *
 * For one region (opts->region), what is read does not grow with the machine: the region is
 * found by its name, its blocks by their addresses, and the states of all of them are read. The
 * snapshot then holds that region and its blocks, and is for plans about them only. What is not
 * known of it: other regions that claim the same block (no kernel makes such), or have the same
 * identity; the parent of a dax device, unless MHP_SNAPSHOT_IDENTITY is set; what /proc/iomem
 * says of a dax device or a DIMM (mhp_region_get_ram_driver()), unless that is; which blocks a
 * node has (mhp_node_get_blocks_code()), and, unless MHP_SNAPSHOT_TOPOLOGY is set, other nodes and
 * what a node has; whether the kernel can take memory away, while the region has no block. A DIMM
 * whose slot does not name its blocks is asked for by each block.
 *
 * Some regions are not told without the others: CXL regions, memory that no provider is known
 * for, boot memory, and a dax device on CXL with MHP_SNAPSHOT_IDENTITY. Then all regions and blocks
 * are listed and held, but the states of other blocks are MHP_STATE_UNKNOWN: they are not read. And
 * below another root than that of the running system, where the size of a page is not known, all
 * states are read unless a good part of its RAM is online, in the usual pages of 4096 bytes.
 *
 * On top of an earlier snapshot (opts->base) everything is read anew and held, but for blocks
 * that were online or offline then: their states and zones are as old as they were in base,
 * unless they are opts->region's, which are read. So what regions and nodes come to is as old.
 * A block of the same number may be another one by now; its node and its region are as they are
 * now. What base has not read, or had inferred where this one is to be exact, is read. That
 * opts->region is not there is no error then. Refreshing again and again needs no more memory.
 *
 * @param ctx       the context
 * @param opts      NULL for the defaults
 * @param ret_snap  the snapshot, with one reference, which the caller drops with
 *                  mhp_snapshot_unref()
 * @return 0; -ENODEV no memory hotplug below this root (no usable
 *         sys/devices/system/memory/block_size_bytes); -EBADMSG the block size
 *         is malformed; -EACCES no permission; -E2BIG opts asks for what this
 *         library does not know; -ENOENT there is no such region, and no base (by an
 *         identity it is found only if it was asked for, and all are looked at);
 *         -EINVAL opts contradict each other, or base has blocks of another size;
 *         -ENOMEM; -EIO and others: what the system answered when block size, list of
 *         blocks, or of regions where one was to be found, were read. Anything
 *         less than that does not fail the call: see
 *         mhp_snapshot_count_problems()
 * @since 1.0
 */
int mhp_snapshot_new(struct mhp_ctx *ctx, const struct mhp_snapshot_opts *opts,
		     struct mhp_snapshot **ret_snap);

/**
 * Take a reference.
 *
 * @param snap  the snapshot; may be NULL
 * @return snap, with one more reference; NULL if it is NULL
 * @since 1.0
 */
struct mhp_snapshot *mhp_snapshot_ref(struct mhp_snapshot *snap);

/**
 * Drop a reference; the last one frees the snapshot and all that is borrowed
 * from it. NULL is fine.
 *
 * @param snap  the snapshot; may be NULL
 * @return NULL
 * @since 1.0
 */
struct mhp_snapshot *mhp_snapshot_unref(struct mhp_snapshot *snap);

/**
 * What the snapshot holds beside what each one does.
 *
 * @param snap  the snapshot
 * @return MHP_SNAPSHOT_...: what it was taken with, and what that implies
 * @since 1.0
 */
uint64_t mhp_snapshot_get_flags(const struct mhp_snapshot *snap);

/**
 * Size of every memory block.
 *
 * @param snap  the snapshot
 * @return bytes, a power of two
 * @since 1.0
 */
uint64_t mhp_snapshot_get_block_size_bytes(const struct mhp_snapshot *snap);

/**
 * Number of memory blocks.
 *
 * @param snap  the snapshot
 * @return how many
 * @since 1.0
 */
size_t mhp_snapshot_count_blocks(const struct mhp_snapshot *snap);

/**
 * A block by position; they are sorted by address.
 *
 * @param snap   the snapshot
 * @param index  from 0
 * @return the block, borrowed; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_block *mhp_snapshot_get_block(const struct mhp_snapshot *snap, size_t index);

/**
 * A block by its number, the N of memoryN.
 *
 * @param snap  the snapshot
 * @param id    the N of memoryN
 * @return the block, borrowed; NULL if there is none
 * @since 1.0
 */
const struct mhp_block *mhp_snapshot_find_block(const struct mhp_snapshot *snap, uint64_t id);

/**
 * The region that a block belongs to: the deepest one with a range that holds the whole
 * block; the one of kind MHP_REGION_BOOT if there is no other.
 *
 * @param snap   the snapshot
 * @param block  one of its blocks
 * @return the region, borrowed; NULL if that is not known, because the ranges of some
 *         region, or what is System RAM, could not be read
 * @since 1.0
 */
const struct mhp_region *mhp_snapshot_get_block_region(const struct mhp_snapshot *snap,
						       const struct mhp_block *block);

/**
 * How much of a block is there: a host that plugs memory (virtio-mem) may give only a
 * part of an online block, which then looks like any other. Of all other memory, every
 * block is there as a whole. Told by /proc/kpageflags, for a snapshot with
 * MHP_SNAPSHOT_PLUGGED.
 *
 * @param snap       the snapshot
 * @param block      one of its blocks
 * @param ret_bytes  at most the block size
 * @return 0; -ENODATA the snapshot was taken without that flag, no host plugs this
 *         block, or it is not online, so that the kernel does not tell; -ENOENT the
 *         kernel has no such file; -EACCES needs root; other negative errno values: what
 *         reading it answered
 * @since 1.0
 */
int mhp_snapshot_get_block_plugged_bytes(const struct mhp_snapshot *snap,
					 const struct mhp_block *block, uint64_t *ret_bytes);

/**
 * The text of valid_zones of a block where it has a word that libmhp does not
 * know.
 *
 * @param snap   the snapshot
 * @param block  one of its blocks
 * @return the text without its newline, borrowed, to be escaped before it goes
 *         to a terminal; NULL if every word is known or nothing was read
 * @since 1.0
 */
const char *mhp_snapshot_get_block_zones_text(const struct mhp_snapshot *snap,
					      const struct mhp_block *block);

/**
 * Number of NUMA nodes that have a directory; 0 on a kernel without NUMA.
 *
 * @param snap  the snapshot
 * @return how many
 * @since 1.0
 */
size_t mhp_snapshot_count_nodes(const struct mhp_snapshot *snap);

/**
 * A node by position; they are sorted by number.
 *
 * @param snap   the snapshot
 * @param index  from 0
 * @return the node, borrowed; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_node *mhp_snapshot_get_node(const struct mhp_snapshot *snap, size_t index);

/**
 * A node by number.
 *
 * @param snap  the snapshot
 * @param id    the M of nodeM
 * @return the node, borrowed; NULL if there is none
 * @since 1.0
 */
const struct mhp_node *mhp_snapshot_find_node(const struct mhp_snapshot *snap, int id);

/**
 * Could nodes be listed? Without NUMA there are none, and that is no error.
 *
 * @param snap  the snapshot
 * @return 0; a negative errno value if they, or some of them, could not
 * @since 1.0
 */
int mhp_snapshot_get_nodes_code(const struct mhp_snapshot *snap);

/**
 * Could regions be listed? That there is no dax bus, or any other, is no error.
 *
 * @param snap  the snapshot
 * @return 0; a negative errno value if they, or some of them, could not
 * @since 1.0
 */
int mhp_snapshot_get_regions_code(const struct mhp_snapshot *snap);

/**
 * Number of regions.
 *
 * @param snap  the snapshot
 * @return how many
 * @since 1.0
 */
size_t mhp_snapshot_count_regions(const struct mhp_snapshot *snap);

/**
 * A region by position; they are sorted by kind, then by name, numbers by value.
 *
 * @param snap   the snapshot
 * @param index  from 0
 * @return the region, borrowed; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_region *mhp_snapshot_get_region(const struct mhp_snapshot *snap, size_t index);

/**
 * A region by name, such as "dax0.0", or by identity (mhp_region_get_identity()), which a
 * snapshot without MHP_SNAPSHOT_IDENTITY does not know.
 *
 * @param snap  the snapshot
 * @param name  its name, or its identity
 * @return the region, borrowed; NULL if there is none
 * @since 1.0
 */
const struct mhp_region *mhp_snapshot_find_region(const struct mhp_snapshot *snap,
						  const char *name);

/**
 * Number of files that could not be read or understood.
 *
 * @param snap  the snapshot
 * @return how many
 * @since 1.0
 */
size_t mhp_snapshot_count_problems(const struct mhp_snapshot *snap);

/**
 * What was wrong with a file.
 *
 * @param snap       the snapshot
 * @param index      from 0
 * @param ret_path   the file, below the root, borrowed, to be escaped before it
 *                   goes to a terminal; may be NULL
 * @param ret_code   a negative errno value; -EBADMSG if it was read but makes
 *                   no sense, -ERANGE if its name has a number that is too large;
 *                   may be NULL
 * @param ret_text   what stood in the file where it was read but makes no sense,
 *                   else NULL; borrowed, to be escaped before it goes to a
 *                   terminal; may be NULL
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_snapshot_get_problem(const struct mhp_snapshot *snap, size_t index,
			     const char **ret_path, int *ret_code, const char **ret_text);

/**
 * Is there something that a user of libmhp has begun and did not end? A setting of
 * the system may be borrowed then; the next mhp_apply() by root, or mhp_recover(),
 * puts it back.
 *
 * @param snap         the snapshot
 * @param ret_what     who did what: "mhp[123]: plug dax0.0 as online_movable"; borrowed,
 *                     NULL if there is nothing; printable; may be NULL
 * @param ret_running  whether he is still at work, so that it is no matter for
 *                     mhp_recover(); may be NULL
 * @return 0; a negative errno value if that could not be read: it is a problem of the
 *         snapshot too. -EACCES: something was begun, and only root can tell whether
 *         he is still at work; -EBADMSG: the journal makes no sense
 * @since 1.0
 */
int mhp_snapshot_get_pending(const struct mhp_snapshot *snap, const char **ret_what,
			     bool *ret_running);

#ifdef __cplusplus
}
#endif

#endif /* MHP_SNAPSHOT_H */

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/request.h
 * @brief What the caller wants: a target, a goal, and the rules.
 *
 * The target is one of: a region, a range, blocks, a node, all regions of a kind;
 * the one set last counts. mhp_request_set_size_bytes() takes a part of it.
 *
 * One owner, who frees it; a plan keeps what it needs of it.
 *
 *	struct mhp_request *req;
 *	r = mhp_request_new(&req);
 *	mhp_request_set_region(req, "dax0.0");
 *	mhp_request_set_goal(req, MHP_GOAL_ONLINE);
 *	mhp_request_set_online_type(req, MHP_ONLINE_MOVABLE);
 */
#ifndef MHP_REQUEST_H
#define MHP_REQUEST_H

#include <stdint.h>

#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_request;

/** What is to become of the target. @since 1.0 */
enum mhp_goal {
	MHP_GOAL_UNKNOWN = 0,		/**< none was set */
	MHP_GOAL_OFFLINE = 1,		/**< blocks present and offline */
	MHP_GOAL_ONLINE = 2,		/**< every block online, with the type set by
					     mhp_request_set_online_type() or
					     mhp_request_set_default_type() */
	MHP_GOAL_UNPLUGGED = 3,		/**< no blocks left; mhp_request_set_driver() says who
					     gets the device then */
	MHP_GOAL_PLUGGED = 4,		/**< made System RAM, every block online with the type
					     and never, not for a moment, in another zone (but
					     see MHP_RULE_PER_BLOCK) */
};

/** Rules of a request, to be joined by |. @since 1.0 */
enum mhp_rule {
	MHP_RULE_KEEP = 1,		/**< upon failure keep what worked instead of putting
					     everything back */
	MHP_RULE_REZONE = 2,		/**< memory that is online in another zone may be
					     taken offline first */
	MHP_RULE_PER_BLOCK = 4,		/**< online block by block where the whole device
					     could be written at once. What has to be added first,
					     as MHP_ONLINE_KERNEL or MHP_ONLINE_MOVABLE, is added
					     offline and then onlined downwards: less work for the
					     kernel the more blocks there are, but for a moment
					     anybody may online it elsewhere
					     (MHP_WARNING_WINDOW; then it is put back). Needs a
					     system's policy that is offline, or MHP_RULE_BORROW;
					     a conflict where a udev rule onlines memory, or
					     where that is not known */
	MHP_RULE_BORROW = 8,		/**< the system's policy (auto_online_blocks) and the dax
					     bus's drivers_autoprobe may be set to something
					     else while a device is plugged or unplugged; they
					     are put back, after a kill by the next apply or
					     mhp_recover() */
	MHP_RULE_RELEASE = 16,		/**< once all memory of a CXL region, or of all of them, is
					     unplugged, its decoders are turned off, so that the
					     hardware behind it is free for others. It cannot
					     be undone. For MHP_GOAL_UNPLUGGED without a driver;
					     any other request gets a conflict */
	MHP_RULE_KERNEL_ZONE = 32,	/**< memory that a host plugs and unplugs (virtio-mem)
					     may be onlined as MHP_ONLINE_KERNEL, though the
					     host hardly ever gets it back then */
};

/**
 * Make an empty request.
 *
 * @param ret_request  the request, which the caller frees with mhp_request_free()
 * @return 0; -ENOMEM
 * @since 1.0
 */
int mhp_request_new(struct mhp_request **ret_request);

/**
 * Free a request. NULL is fine.
 *
 * @param request  the request; may be NULL
 * @since 1.0
 */
void mhp_request_free(struct mhp_request *request);

/**
 * Set the target: one region.
 *
 * @param request  the request
 * @param name     the region's name, such as "dax0.0", or its identity, which only a snapshot
 *                 with MHP_SNAPSHOT_IDENTITY knows; copied
 * @return 0; -EINVAL if it is empty; -ENOMEM
 * @since 1.0
 */
int mhp_request_set_region(struct mhp_request *request, const char *name);

/**
 * Set the target: the whole blocks inside a physical range.
 *
 * @param request     the request
 * @param start       first byte's address
 * @param size_bytes  length
 * @return 0; -EINVAL if it is empty or ends beyond 2^64
 * @since 1.0
 */
int mhp_request_set_range(struct mhp_request *request, uint64_t start, uint64_t size_bytes);

/**
 * Set the target: blocks by number; or, after another call of it, add some more.
 * Any other target that was set is dropped.
 *
 * @param request  the request
 * @param first    the N of memoryN
 * @param count    how many, upwards
 * @return 0; -EINVAL if there is none, or numbers are beyond what any machine has;
 *         -ENOMEM
 * @since 1.0
 */
int mhp_request_add_blocks(struct mhp_request *request, uint64_t first, uint64_t count);

/**
 * Set the target: the blocks of a node. To plug or unplug: the devices whose memory
 * belongs to it then.
 *
 * @param request  the request
 * @param node     its number, the M of nodeM
 * @return 0; -EINVAL node is negative
 * @since 1.0
 */
int mhp_request_set_node(struct mhp_request *request, int node);

/**
 * Set the target: all regions of a kind.
 *
 * @param request  the request
 * @param kind     the kind
 * @return 0; -EINVAL it is none
 * @since 1.0
 */
int mhp_request_set_kind(struct mhp_request *request, enum mhp_region_kind kind);

/**
 * Take only so much of the target: so many blocks that together they have this size.
 * For MHP_GOAL_ONLINE they are chosen from those that are offline, for
 * MHP_GOAL_OFFLINE from those that are online, so that asking twice takes twice as
 * much. Onlined first is what a host plugs (virtio-mem), then what belongs to no region,
 * then the rest of the region of which most is online, then other regions: what can be
 * given back to its pool goes last. Taken offline first are blocks in Movable of the
 * region of which least is online, then those of no region, then what a host plugs;
 * blocks in a kernel zone go last. In a region the highest block comes first.
 *
 * For MHP_GOAL_PLUGGED and MHP_GOAL_UNPLUGGED they are chosen from regions of which a part
 * can be plugged (MHP_CAN_PLUG_BLOCKS), from those that are not there or that are: the
 * lowest ones come first; what is offline, then the highest ones go first, and what is in
 * a kernel zone last.
 *
 * Blocks that are known never to go offline are not chosen. One that refuses all the
 * same is not replaced by another: the request fails, and is undone.
 *
 * @param request     the request
 * @param size_bytes  0: all of it, the default. If it is no multiple of the block size,
 *                    or of the size of an LMB to plug or to unplug, or more than there is,
 *                    or the goal is to plug or to unplug and no part of the target can be,
 *                    the plan has a conflict
 * @since 1.0
 */
void mhp_request_set_size_bytes(struct mhp_request *request, uint64_t size_bytes);

/**
 * Name the driver that is to have the device once it is unplugged. For
 * MHP_GOAL_UNPLUGGED. Without it the device stays with kmem where that can be
 * (Linux 7.3), and else has no driver.
 *
 * @param request  the request
 * @param driver   "device_dax"; NULL for none, the default
 * @return 0; -EINVAL if it is another one
 * @since 1.0
 */
int mhp_request_set_driver(struct mhp_request *request, const char *driver);

/**
 * Set the goal.
 *
 * @param request  the request
 * @param goal     what is to become of the target
 * @return 0; -EINVAL if it is none
 * @since 1.0
 */
int mhp_request_set_goal(struct mhp_request *request, enum mhp_goal goal);

/**
 * Set how memory is to be onlined. MHP_OFFLINE makes MHP_GOAL_ONLINE the same as
 * MHP_GOAL_OFFLINE, and plugs memory that stays offline.
 *
 * @param request  the request
 * @param type     how to online it
 * @return 0; -EINVAL if type is not one of the four values
 * @since 1.0
 */
int mhp_request_set_online_type(struct mhp_request *request, enum mhp_online_type type);

/**
 * Have memory onlined as the system does by default at the time of the snapshot
 * (mhp_snapshot_get_default_online_type()), by name and not by leaving it out. If
 * there is none, the plan has a conflict.
 *
 * @param request  the request
 * @since 1.0
 */
void mhp_request_set_default_type(struct mhp_request *request);

/**
 * Set the rules.
 *
 * @param request  the request
 * @param rules    MHP_RULE_..., or 0, the default
 * @return 0; -E2BIG if one is not known
 * @since 1.0
 */
int mhp_request_set_rules(struct mhp_request *request, uint64_t rules);

#ifdef __cplusplus
}
#endif

#endif /* MHP_REQUEST_H */

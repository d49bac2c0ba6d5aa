/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/event.h
 * @brief A change of the machine, as a monitor tells of it.
 *
 * An event belongs to its monitor, and is good until the next call that takes that
 * monitor and is not const; what is borrowed from it likewise. It needs no memory of
 * its own.
 *
 * Each event leads from what was known before to what is known after it: who applies
 * them all, in order, to the snapshot of mhp_monitor_get_snapshot() that the monitor
 * began with has the machine's state. What changes nothing that is known is not told.
 */
#ifndef MHP_EVENT_H
#define MHP_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_event;

/** What happened. @since 1.0 */
enum mhp_event_kind {
	MHP_EVENT_UNKNOWN = 0,		/**< not known */
	MHP_EVENT_BLOCK_ADDED = 1,	/**< a block has come */
	MHP_EVENT_BLOCK_REMOVED = 2,	/**< by a driver that gave up its device, also one that
					     was online */
	MHP_EVENT_BLOCK_ONLINE = 3,	/**< a block was onlined */
	MHP_EVENT_BLOCK_OFFLINE = 4,	/**< a block was taken offline */
	MHP_EVENT_NODE_ADDED = 5,	/**< a node has come */
	MHP_EVENT_NODE_REMOVED = 6,	/**< a node has gone */
	MHP_EVENT_TIER_ADDED = 7,	/**< a memory tier has come */
	MHP_EVENT_TIER_REMOVED = 8,	/**< a memory tier has gone */
	MHP_EVENT_DEVICE_ADDED = 9,	/**< a dax device, a CXL region, a virtio-mem device;
					     the name is the region's */
	MHP_EVENT_DEVICE_REMOVED = 10,	/**< such a device has gone */
	MHP_EVENT_DEVICE_BOUND = 11,	/**< a driver has it, and its probe has ended */
	MHP_EVENT_DEVICE_UNBOUND = 12,	/**< no driver has it any more */
	MHP_EVENT_POLICY_CHANGED = 13,	/**< a setting of the system; the name is its file's */
	MHP_EVENT_LOST = 14,		/**< events were lost: what follows until
					     MHP_EVENT_RESYNCED was found by comparing with a
					     fresh snapshot */
	MHP_EVENT_RESYNCED = 15,	/**< all that differed has been told */
	MHP_EVENT_BLOCK_ZONE = 16,	/**< (found) online as before, but in another zone, or in
					     one that was not known before */
};

/**
 * The word for a kind of event: "block-added", "policy-changed", "lost", ...; "unknown" for
 * what is not known.
 *
 * @param kind  the kind
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_event_kind_to_str(enum mhp_event_kind kind);

/**
 * What happened.
 *
 * @param event  the event
 * @return the kind
 * @since 1.0
 */
enum mhp_event_kind mhp_event_get_kind(const struct mhp_event *event);

/**
 * The kernel's number of the message that told it. Numbers ascend, where udevd passes
 * messages on for each device only; one message may make several events.
 *
 * @param event  the event
 * @return the number; 0: it was found, no message told it
 * @since 1.0
 */
uint64_t mhp_event_get_seqnum(const struct mhp_event *event);

/**
 * Was it found by comparing with a fresh snapshot, or by looking, rather than told by the
 * kernel? As what follows MHP_EVENT_LOST, and each change of policy.
 *
 * @param event  the event
 * @return whether it was
 * @since 1.0
 */
bool mhp_event_is_found(const struct mhp_event *event);

/**
 * When it was received, or found.
 *
 * @param event  the event
 * @return nanoseconds of CLOCK_REALTIME
 * @since 1.0
 */
int64_t mhp_event_get_time_ns(const struct mhp_event *event);

/**
 * The block that it is about.
 *
 * @param event   the event
 * @param ret_id  the N of memoryN
 * @return 0; -ENODATA it is not about a block
 * @since 1.0
 */
int mhp_event_get_block_id(const struct mhp_event *event, uint64_t *ret_id);

/**
 * The node that came or went, or that of the block as far as its region
 * (mhp_event_get_region_name()) or the monitor's last snapshot tells it.
 *
 * @param event     the event
 * @param ret_node  its number, the M of nodeM
 * @return 0; -ENODATA not about a node, or not known
 * @since 1.0
 */
int mhp_event_get_node_id(const struct mhp_event *event, int *ret_node);

/**
 * What it is about: "memory36", "node1", "memory_tier4", "dax0.0", "auto_online_blocks".
 *
 * @param event  the event
 * @return the name, printable, borrowed; "" for MHP_EVENT_LOST and MHP_EVENT_RESYNCED
 * @since 1.0
 */
const char *mhp_event_get_name(const struct mhp_event *event);

/**
 * The region of the block or device, by the monitor's last snapshot and by what happened to
 * devices since: one that an event tells of is looked at again. Where memory comes of a
 * dax device that had no driver, or of nobody who is known, all devices are, once after
 * each event of a device at most, as its size may have been changed. Of memory that somebody
 * else than a device (MHP_EVENT_DEVICE_ADDED) has given since the region is not known.
 *
 * @param event  the event
 * @return its name, borrowed; NULL: not known, the device is gone, or about neither
 * @since 1.0
 */
const char *mhp_event_get_region_name(const struct mhp_event *event);

/**
 * What the block was. Of anything else that comes and goes the state is MHP_STATE_ABSENT
 * or MHP_STATE_UNKNOWN.
 *
 * @param event      the event
 * @param ret_state  its state; MHP_STATE_ABSENT: it was not there; may be NULL
 * @param ret_zone   where it was online; MHP_ZONE_UNKNOWN: not online, or not known;
 *                   may be NULL
 * @since 1.0
 */
void mhp_event_get_before(const struct mhp_event *event, enum mhp_state *ret_state,
			  enum mhp_zone *ret_zone);

/**
 * What the block is, as mhp_event_get_before(). The zone is only looked for with
 * MHP_MONITOR_ZONES, and is that of the moment when the event was received.
 *
 * @param event      the event
 * @param ret_state  its state; MHP_STATE_ABSENT: it is not there any more; may be NULL
 * @param ret_zone   where it is online; MHP_ZONE_UNKNOWN: not online, or not known; may be
 *                   NULL
 * @since 1.0
 */
void mhp_event_get_after(const struct mhp_event *event, enum mhp_state *ret_state,
			 enum mhp_zone *ret_zone);

/**
 * The setting's word before; the driver of MHP_EVENT_DEVICE_UNBOUND.
 *
 * @param event  the event
 * @return the word, to be escaped before it goes to a terminal; borrowed; NULL: none
 * @since 1.0
 */
const char *mhp_event_get_word_before(const struct mhp_event *event);

/**
 * The setting's word after; the driver of MHP_EVENT_DEVICE_BOUND.
 *
 * @param event  the event
 * @return the word, to be escaped before it goes to a terminal; borrowed; NULL: none
 * @since 1.0
 */
const char *mhp_event_get_word_after(const struct mhp_event *event);

/**
 * The event in words: "memory36 online in Movable (dax0.0)".
 *
 * @param event     the event
 * @param ret_text  one printable line without a newline, which the caller frees with free()
 * @return 0; -ENOMEM
 * @since 1.0
 */
int mhp_event_copy_text(const struct mhp_event *event, char **ret_text);

#ifdef __cplusplus
}
#endif

#endif /* MHP_EVENT_H */

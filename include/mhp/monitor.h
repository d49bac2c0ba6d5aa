/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/monitor.h
 * @brief Follow the machine: events, and what they have led to.
 *
 * A monitor begins to listen, then takes a snapshot, so that nothing is missed between
 * the two. Its descriptor goes into any main loop; when that polls readable, take events
 * until there are none:
 *
 *	struct mhp_monitor *monitor;
 *	const struct mhp_event *event;
 *	r = mhp_monitor_new(ctx, NULL, &monitor);
 *	r = mhp_monitor_get_fd(monitor, &fd);
 *	while (poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, -1) > 0)
 *		while (mhp_monitor_next(monitor, &event) == 0 && event)
 *			puts(mhp_event_get_name(event));
 *	mhp_monitor_free(monitor);
 *
 * Events are lost where they come faster than they are taken: that is told
 * (MHP_EVENT_LOST), and what is different then is told as events, too. So the state that
 * events lead to is the machine's in the end, whatever happens.
 *
 * A monitor uses its context, and keeps a reference to it: both serve one thread at a
 * time, and the same one.
 */
#ifndef MHP_MONITOR_H
#define MHP_MONITOR_H

#include <stddef.h>
#include <stdint.h>

#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_ctx;
struct mhp_event;
struct mhp_monitor;
struct mhp_snapshot;

/** Who tells of events. @since 1.0 */
enum mhp_event_source {
	MHP_EVENT_SOURCE_AUTO = 0,	/**< udevd where it runs (/run/udev/control is there) in
					     our network namespace, else the kernel; the
					     simulated machine its own */
	MHP_EVENT_SOURCE_UDEV = 1,	/**< udevd, once its rules have been followed */
	MHP_EVENT_SOURCE_KERNEL = 2,	/**< the kernel itself, as in an initrd or a container
					     without udevd */
};

/** Flags of a monitor, to be joined by |. @since 1.0 */
enum mhp_monitor_flag {
	MHP_MONITOR_ZONES = 1,		/**< look in which zone a block came online */
	MHP_MONITOR_CAUSES = 2,		/**< conclude who is likely to have done it
					     (mhp/cause.h); with zones, and with
					     MHP_SNAPSHOT_FOR_PLANS in its snapshots. A few
					     more files are read for an event */
};

/** Bytes that events waiting may take where nothing else is said. @since 1.0 */
#define MHP_MONITOR_BUFFER_DEFAULT_BYTES (64 << 20)

/** How to follow. Set size to sizeof(struct mhp_monitor_opts), all else to 0. @since 1.0 */
struct mhp_monitor_opts {
	size_t size;			/**< bytes of the struct that the caller knows */
	uint64_t flags;			/**< MHP_MONITOR_..., or 0 */
	enum mhp_event_source source;	/**< who is to tell; 0: MHP_EVENT_SOURCE_AUTO */
	uint32_t reserved;		/**< 0 */
	size_t buffer_bytes;		/**< of what waits; a small message takes 1 KiB of it.
					     0: MHP_MONITOR_BUFFER_DEFAULT_BYTES. Without
					     CAP_NET_ADMIN it is at most
					     /proc/sys/net/core/rmem_max. Memory is used only
					     for what does wait */
	uint64_t snapshot_flags;	/**< MHP_SNAPSHOT_...: of the snapshots that it takes */
};

/**
 * Begin to follow the machine.
 *
 * @param ctx          the context; a reference to it is kept
 * @param opts         NULL for the defaults
 * @param ret_monitor  the monitor, which the caller frees with mhp_monitor_free()
 * @return 0; -EOPNOTSUPP events of another root than "/" cannot be had, there is no such
 *         source, or libmhp was built without libudev: the log function is told which;
 *         -E2BIG opts asks for what this library does not know; -EINVAL no such source;
 *         what mhp_snapshot_new() answers; -EMFILE and others: what opening the
 *         socket answered; -ENOMEM
 * @since 1.0
 */
int mhp_monitor_new(struct mhp_ctx *ctx, const struct mhp_monitor_opts *opts,
		    struct mhp_monitor **ret_monitor);

/**
 * Follow it no more. NULL is fine.
 *
 * @param monitor  the monitor; may be NULL
 * @since 1.0
 */
void mhp_monitor_free(struct mhp_monitor *monitor);

/**
 * Who tells of events: what MHP_EVENT_SOURCE_AUTO became.
 *
 * @param monitor  the monitor
 * @return MHP_EVENT_SOURCE_UDEV or MHP_EVENT_SOURCE_KERNEL
 * @since 1.0
 */
enum mhp_event_source mhp_monitor_get_source(const struct mhp_monitor *monitor);

/**
 * The descriptor to poll for POLLIN. It is level-triggered and the monitor's: neither read
 * nor close it. What mhp_monitor_check() and mhp_monitor_refresh() find does not make
 * it readable: take events after a call of these.
 *
 * @param monitor  the monitor
 * @param ret_fd   the descriptor
 * @return 0; -EMFILE and others
 * @since 1.0
 */
int mhp_monitor_get_fd(struct mhp_monitor *monitor, int *ret_fd);

/**
 * Take the next event. Never waits, and each call does a bounded amount of work: a few
 * files are read for a message, those of all devices (mhp_event_get_region_name()) after one
 * that was about a device, and once after MHP_EVENT_LOST a snapshot is taken.
 *
 * @param monitor    the monitor
 * @param ret_event  the event, borrowed from the monitor until the next call; NULL: none
 *                   waits now, poll
 * @return 0; -ENOMEM, what mhp_snapshot_new() answers where a fresh one is needed, or
 *         other negative errno values of the socket: nothing is forgotten, and the next
 *         call tries again. Call it again in a while, for the descriptor need not be readable
 * @since 1.0
 */
int mhp_monitor_next(struct mhp_monitor *monitor, const struct mhp_event **ret_event);

/**
 * Look at what no message tells: the system's policy (auto_online_blocks, and online_policy,
 * auto_movable_ratio, memmap_on_memory of the module memory_hotplug). What has changed
 * waits as events. auto_online_blocks is looked at before each event anyway.
 *
 * @param monitor  the monitor
 * @return 0; what cannot be read counts as not changed
 * @since 1.0
 */
int mhp_monitor_check(struct mhp_monitor *monitor);

/**
 * Take a fresh snapshot, as if events had been lost: what differs waits as events, with
 * MHP_EVENT_RESYNCED as the last one. Messages that it has overtaken are dropped.
 *
 * @param monitor  the monitor
 * @return 0; what mhp_snapshot_new() answers: all is as before then
 * @since 1.0
 */
int mhp_monitor_refresh(struct mhp_monitor *monitor);

/**
 * The snapshot that was taken last: by mhp_monitor_new(), mhp_monitor_refresh(), or after
 * MHP_EVENT_LOST. Events are not applied to it.
 *
 * @param monitor  the monitor
 * @return the snapshot, borrowed until the next one is taken, which mhp_monitor_next() may
 *         do: take a reference to keep it
 * @since 1.0
 */
struct mhp_snapshot *mhp_monitor_get_snapshot(const struct mhp_monitor *monitor);

/**
 * Number of blocks in a state, as events have led to.
 *
 * @param monitor  the monitor
 * @param state    MHP_STATE_OFFLINE or MHP_STATE_ONLINE; one that was going offline when it
 *                 was looked at counts as online; MHP_STATE_UNKNOWN: all that are there
 * @return how many
 * @since 1.0
 */
size_t mhp_monitor_count_blocks(const struct mhp_monitor *monitor, enum mhp_state state);

/**
 * A block as events have led to.
 *
 * @param monitor    the monitor
 * @param id         the N of memoryN
 * @param ret_state  its state; MHP_STATE_ABSENT: there is none; may be NULL
 * @param ret_zone   where it is online; MHP_ZONE_UNKNOWN: not online, or not known; may
 *                   be NULL
 * @since 1.0
 */
void mhp_monitor_get_block(const struct mhp_monitor *monitor, uint64_t id,
			   enum mhp_state *ret_state, enum mhp_zone *ret_zone);

#ifdef __cplusplus
}
#endif

#endif /* MHP_MONITOR_H */

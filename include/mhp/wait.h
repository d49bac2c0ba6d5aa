/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/wait.h
 * @brief Wait for a region, or until the machine is as wanted, with a deadline.
 *
 * These calls follow the machine by its events (mhp/monitor.h), and look only when there
 * were some: nothing is polled, with tick_ms no more than tick. What is so already is not
 * waited for.
 *
 *	struct mhp_wait_opts opts = { .size = sizeof(opts), .timeout_ms = 5000 };
 *	r = mhp_wait_region(ctx, "dax0.0", MHP_WAIT_READY, &opts, &snap);
 *
 * While one is at work, the calling thread cannot be cancelled. A signal that is caught has
 * tick called, also with SA_RESTART, so that a handler needs to set no more than a flag.
 */
#ifndef MHP_WAIT_H
#define MHP_WAIT_H

#include <stddef.h>
#include <stdint.h>

#include <mhp/monitor.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_ctx;
struct mhp_request;
struct mhp_snapshot;

/** What of a region is waited for. @since 1.0 */
enum mhp_wait {
	MHP_WAIT_PRESENT = 1,	/**< it is there; a slot has something in it */
	MHP_WAIT_READY = 2,	/**< it can be worked with: a driver has the device, and is done
				     with adding its blocks. Told by the device's state file
				     (Linux 7.3), by the message that its driver's probe has
				     ended, or by all of its blocks being there. Before
				     Linux 7.3 none of these may be seen of a device that was
				     bound before the call and lacks blocks, or hides where
				     they are from a plain user. Memory that has no device is
				     ready once all of its blocks are there */
	MHP_WAIT_GONE = 3,	/**< it is not there any more; a slot is empty */
};

/**
 * Asked while it is waited: before it waits, after events came, when a signal was caught, and
 * as often as tick_ms of struct mhp_wait_opts says; with all signals blocked but those that a
 * fault raises. It must not use the context.
 *
 * @param data  tick_data of struct mhp_wait_opts
 * @return 0 to go on; anything else ends it with -ECANCELED
 * @since 1.0
 */
typedef int (*mhp_tick_fn)(void *data);

/** How to wait. Set size to sizeof(struct mhp_wait_opts), all else to 0. @since 1.0 */
struct mhp_wait_opts {
	size_t size;		/**< bytes of the struct that the caller knows */
	int64_t timeout_ms;	/**< 0: MHP_TIMEOUT_DEFAULT_MS; MHP_TIMEOUT_NONE (mhp/apply.h) */
	enum mhp_event_source source;	/**< who is to tell; 0: MHP_EVENT_SOURCE_AUTO */
	uint32_t tick_ms;	/**< tick is asked again so long after it was, at the latest, but
				     for a look at the machine in between; so another thread
				     can end it by a flag that tick reads. 0: only upon events
				     and signals */
	mhp_tick_fn tick;	/**< NULL for none */
	void *tick_data;	/**< handed to tick */
	uint64_t snapshot_flags;	/**< MHP_SNAPSHOT_..., of *ret_snap */
};

/**
 * Wait for a region.
 *
 * @param ctx       the context
 * @param region    its name, or its identity (mhp_snapshot_find_region()), for which
 *                  snapshots are taken with MHP_SNAPSHOT_IDENTITY
 * @param what      what is waited for
 * @param opts      NULL for the defaults
 * @param ret_snap  the snapshot where it was found to be so, with one reference, which the
 *                  caller drops with mhp_snapshot_unref(); may be NULL
 * @return 0; -ETIMEDOUT the log function is told what was still missing; -ECANCELED tick
 *         returned non-zero; -EINVAL; what mhp_monitor_new(), mhp_monitor_next() and
 *         mhp_snapshot_new() answer
 * @since 1.0
 */
int mhp_wait_region(struct mhp_ctx *ctx, const char *region, enum mhp_wait what,
		    const struct mhp_wait_opts *opts, struct mhp_snapshot **ret_snap);

/**
 * Wait until the machine is as a request wants it, by whomever that is done: until
 * mhp_plan_new() gives a plan without steps and conflicts. A target that is not there yet is
 * waited for.
 *
 * @param ctx       the context
 * @param request   what is wanted
 * @param opts      NULL for the defaults
 * @param ret_snap  as with mhp_wait_region(): the caller drops it with
 *                  mhp_snapshot_unref(); may be NULL
 * @return as mhp_wait_region(); also what mhp_plan_new() answers, but for -ENOENT
 * @since 1.0
 */
int mhp_wait_request(struct mhp_ctx *ctx, const struct mhp_request *request,
		     const struct mhp_wait_opts *opts, struct mhp_snapshot **ret_snap);

#ifdef __cplusplus
}
#endif

#endif /* MHP_WAIT_H */

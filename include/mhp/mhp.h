/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/mhp.h
 * @brief libmhp: memory hotplug with an explicit type, verified, or put back.
 *
 * Four stages pass finished values to one another:
 *
 *   discover   mhp_snapshot_new()  a picture of the machine, never changed
 *   plan       mhp_plan_new()      what would be written, without any I/O
 *   apply      mhp_apply()         writes, reads back, undoes upon failure
 *   report     struct mhp_report   what became of every block, and why
 *
 * and a fifth one closes the circle:
 *
 *   observe    mhp_monitor_new()   what others do meanwhile, as events
 *
 * Every function that can fail returns 0 or a negative errno value and nothing
 * else; results go to the ret_ arguments, which are written upon success only, but for
 * the line of mhp_plan_new_from_text() and the holder of mhp_hold_take(), which tell of the
 * failure. Pointers are not NULL unless the text says that they may be. The library prints
 * nothing, reads no environment variable, and never exits.
 *
 * Objects: x_ref() and x_unref() are of what never changes once made, and is shared; x_free()
 * is of what has one owner. What is got from an object belongs to it and lives as long,
 * if nothing else is said; of what has references one may be taken, also of what a const
 * object gives. Strings of x_copy_...() are the caller's, for free().
 *
 * Threads: snapshots, plans, reports, recoveries and, once filled, requests may be read from
 * any thread, and by several at once. A context serves one thread at a time, a monitor with
 * its event, and a hold while it is taken, the one that their context serves. Every
 * x_unref() and x_free() may be called in any thread, and from any callback, for what is not
 * at work just then.
 *
 * Callbacks are called in the thread that calls the library, and have to return: no longjmp(),
 * no exception and no end of the thread may pass through the library. One that asked for an
 * end by its result may be asked again.
 *
 * Processes: a child that was forked may free what it has a copy of, and else should not use
 * it. All descriptors are closed by exec(3).
 *
 * Later releases add functions, enumerators and members at the end of opts structs; a
 * program has to be ready for an enumerator that it does not know. Members that a caller does
 * not know are 0 for the library; what a library does not know and is not 0 is refused with
 * -E2BIG.
 */
#ifndef MHP_MHP_H
#define MHP_MHP_H

#include <mhp/version.h>
#include <mhp/types.h>
#include <mhp/context.h>
#include <mhp/capture.h>
#include <mhp/snapshot.h>
#include <mhp/block.h>
#include <mhp/node.h>
#include <mhp/region.h>
#include <mhp/zones.h>
#include <mhp/policy.h>
#include <mhp/recover.h>
#include <mhp/hold.h>
#include <mhp/request.h>
#include <mhp/plan.h>
#include <mhp/apply.h>
#include <mhp/cause.h>
#include <mhp/report.h>
#include <mhp/simple.h>
#include <mhp/event.h>
#include <mhp/monitor.h>
#include <mhp/wait.h>

#endif /* MHP_MHP_H */

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
 * else; results go to the ret_ arguments, which are written upon success only.
 * Pointers are not NULL unless the text says that they may be. The library prints
 * nothing, reads no environment variable, and never exits.
 *
 * Threads: snapshots, requests, plans and reports may be read from any thread
 * once made; a context serves one thread at a time, and a monitor the thread that its
 * context serves. References may be taken and
 * dropped in any thread.
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

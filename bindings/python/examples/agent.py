#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each dax region that appears becomes System RAM in zone Movable. Ctrl-C ends it, and puts back.

agent.py                                                  this machine, as root
agent.py --sim CAPTURE [PATH=WORD]... [-BLOCK=online]...  a simulated one, where others do that
"""
import errno
import signal
import sys
from collections import Counter

import mhp.sim

TRIES, failures = 3, Counter[str]()  # what is put back are events, too: it would try for ever


def plug(ctx: mhp.Context, name: str) -> None:
    report = ctx.plug(name, mhp.OnlineType.ONLINE_MOVABLE, timeout=30)
    if report.reason is not mhp.Reason.ALREADY:
        print(report, flush=True)
    # of a conflict nothing was written, so that no events come of it
    failures[name] += not report.is_done and report.reason is not mhp.Reason.CONFLICT


def look(ctx: mhp.Context, name: str | None = None) -> None:
    for region in ctx.snapshot().regions:
        if region.kind is not mhp.RegionKind.DAX or name not in (None, region.name):
            continue
        try:
            if failures[region.name] < TRIES:
                plug(ctx, region.name)
        except mhp.Error as error:  # of this one; the others have their turn
            print(error, file=sys.stderr)


def main(option: str = "", capture: str = "", *acts: str) -> None:
    if option and (option != "--sim" or not capture):
        print("usage: agent.py [--sim CAPTURE [PATH=WORD]... [-BLOCK=online]...]", file=sys.stderr)
        sys.exit(2)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends it as Ctrl-C does
    machine = mhp.sim.Machine.from_capture(capture) if option else None
    ctx = machine.context() if machine else mhp.Context()
    monitor = ctx.monitor()  # it listens from here on: nothing is missed before the first look
    look(ctx)
    for path, word in (act.split("=", 1) for act in ("=", *acts)):
        if machine and path.startswith("-"):
            machine.fail_block(int(path[1:]), word, errno.EBUSY)
        elif machine and path:
            machine.write(path, word)
        for event in monitor.events(0 if machine else None):
            if event.kind in (mhp.EventKind.DEVICE_ADDED, mhp.EventKind.DEVICE_BOUND):
                look(ctx, event.name)
            elif event.kind is mhp.EventKind.LOST:
                look(ctx)


main(*sys.argv[1:])

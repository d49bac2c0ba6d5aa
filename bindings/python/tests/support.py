# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests share: a simulated machine, and programs that are run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import mhp
import mhp.sim

GIB = 1 << 30
FIRST = 32  # of dax0.0's eight blocks
MACHINES = Path(os.environ["TEST_DATA"]) / "machines"
MOVABLE = mhp.OnlineType.ONLINE_MOVABLE

# Shells start what is in the background with SIGINT ignored, and Python leaves it so: a test that
# interrupts itself would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)


def make_machine(policy: str = "offline", *, bound: bool = True) -> mhp.sim.Machine:
    """Two nodes, 1 GiB at boot, and dax0.0 of 1 GiB, which kmem has or not."""
    builder = mhp.sim.Builder(mhp.sim.Kernel.V7_3)
    builder.add_node(0, n_cpus=2)
    builder.add_node(1)
    builder.add_memory(0, 0, GIB)
    builder.add_dax("dax0.0", 1, 4 * GIB, GIB)
    builder.set("auto_online_blocks", policy)
    if bound:
        builder.load("kmem")
    return builder.build()


def plug_request(region: str = "dax0.0") -> mhp.Request:
    """All of it in Movable."""
    return mhp.Request(
        region=region, goal=mhp.Goal.PLUGGED, online_type=MOVABLE, rules=mhp.Rule.BORROW
    )


def offline_plan(ctx: mhp.Context) -> mhp.Plan:
    """A plan to take dax0.0 offline."""
    snap = ctx.snapshot(mhp.SnapshotFlag.FOR_PLANS)
    return snap.plan(mhp.Request(region="dax0.0", goal=mhp.Goal.OFFLINE))


def run_python(code: str, *, preamble: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a program of its own, with all of this module and ``machine`` and ``ctx``."""
    head = "from support import *\nmachine = make_machine('online_movable')\n"
    head += "ctx = machine.context()\n"
    return subprocess.run(
        [sys.executable, "-c", (head if preamble else "") + code],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONFAULTHANDLER": "1"},
    )

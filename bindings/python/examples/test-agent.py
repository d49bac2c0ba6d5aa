#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Test an agent without root."""

import errno

import mhp
import mhp.sim


def give_back(ctx: mhp.Context, region: str) -> bool:
    """The agent's own, which is tested: gives a region back. False: it is to be tried again."""
    report = ctx.offline(region)
    if report.outcome is mhp.Outcome.UNDONE:
        return False
    report.check()
    return True


host = mhp.sim.Builder(mhp.sim.Kernel.V7_3)
host.add_node(0, n_cpus=2)  # two processors,
host.add_memory(0, 0, 1 << 30)  # 1 GiB at boot,
host.add_node(1)  # a node without processors,
host.add_dax("dax0.0", 1, 4 << 30, 1 << 30)  # 1 GiB there
host.set("auto_online_blocks", "online_movable")
host.load("kmem")
machine = host.build()
machine.fail_block(33, "offline", errno.EBUSY)  # it is in use
assert not give_back(machine.context(), "dax0.0")

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Simulated machines, to test programs that use mhp without root and without such hardware.

    builder = mhp.sim.Builder()
    builder.add_node(0, n_cpus=2)
    builder.add_memory(0, 0, 1 << 30)
    builder.add_dax("dax0.0", 0, 4 << 30, 1 << 30)
    machine = builder.build()
    machine.fail_block(33, "online", errno.EBUSY)
    ctx = machine.context()

Everything of mhp works on ctx. A machine can also be made from a capture of a real one, as
"mhp capture" or Context.capture() takes it. It goes with libmhp of the same release only.
"""

from types import ModuleType as _ModuleType

from .builder import Builder as Builder, CxlFlag as CxlFlag, Kernel as Kernel
from .listener import Listener as Listener
from .machine import Access as Access, Machine as Machine, MachineFlag as MachineFlag

__all__ = [
    name
    for name, value in sorted(globals().items())
    if not name.startswith("_") and not isinstance(value, _ModuleType)
]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A simulated machine by calls, without a capture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntFlag

from .._call import Call, Guard, Handle, Log
from .._lib import Words, to_c
from .._libmhp import ffi as base_ffi, lib as base
from ._libmhp_sim import ffi, lib
from .machine import Machine, MachineFlag, sim_opts


class Kernel(Words):
    """The kernel that a machine acts as, with what Debian's configuration makes of it."""

    V6_1 = lib.MHP_SIM_KERNEL_6_1
    V6_12 = lib.MHP_SIM_KERNEL_6_12
    V7_3 = lib.MHP_SIM_KERNEL_7_3


class CxlFlag(IntFlag):
    """What a CXL region is at boot."""

    LOCKED = lib.MHP_SIM_CXL_LOCKED
    UNBOUND = lib.MHP_SIM_CXL_UNBOUND


class Builder(Handle):
    """Takes what machines are to have; one can make many. Sizes and addresses are bytes.

    mhp/sim-builder.h, or its page of section 3, says more of each function.
    """

    __slots__ = ()

    def __init__(self, kernel: Kernel = Kernel.V7_3) -> None:
        self._guard = Guard("builder")
        with Call() as call:
            self._c = call.new(
                ffi.new("struct mhp_sim_builder **"),
                lib.mhp_sim_builder_free,
                lib.mhp_sim_builder_new,
                kernel,
            )
        lib.mhp_sim_builder_set_log_fn(self._c, base.mhp_py_log, ffi.NULL)

    def _do(self, function: Callable[..., int], *args: object) -> None:
        pointer = self._pointer()
        with Call(self._guard) as call:
            call.check(function(pointer, *args), function.__name__)

    def close(self) -> None:
        """Use it no more; its machines stay. Twice is fine."""
        self._c = None

    def set_block_size_bytes(self, size: int) -> None:
        """Say how large memory blocks are; without it 128 MiB."""
        self._do(lib.mhp_sim_builder_set_block_size_bytes, size)

    def add_node(self, id: int, n_cpus: int = 0) -> None:
        """Add a node, with so many processors."""
        self._do(lib.mhp_sim_builder_add_node, id, n_cpus)

    def set_distance(self, node: int, to: int, distance: int) -> None:
        """Say how far a node is from another one, one way."""
        self._do(lib.mhp_sim_builder_set_distance, node, to, distance)

    def add_memory(self, node: int, start: int, size: int) -> None:
        """Add boot memory."""
        self._do(lib.mhp_sim_builder_add_memory, node, start, size)

    def add_dax(self, name: str, node: int, start: int, size: int) -> None:
        """Add a dax device, or one more range to it."""
        self._do(lib.mhp_sim_builder_add_dax, to_c(name), node, start, size)

    def add_virtio_mem(
        self, device: str, node: int, start: int, size: int, block_size: int
    ) -> None:
        """Add a virtio-mem device, of whose memory the host has given nothing yet."""
        self._do(lib.mhp_sim_builder_add_virtio_mem, to_c(device), node, start, size, block_size)

    def add_cxl_memdev(self, device: str, node: int, size: int, serial: int) -> None:
        """Add a CXL memory device, "memN"."""
        self._do(lib.mhp_sim_builder_add_cxl_memdev, to_c(device), node, size, serial)

    def add_cxl_window(self, node: int, start: int, size: int) -> None:
        """Add a window: the addresses that CXL memory can have."""
        self._do(lib.mhp_sim_builder_add_cxl_window, node, start, size)

    def add_cxl_region(
        self,
        region: str,
        start: int,
        size: int,
        devices: Sequence[str],
        flags: CxlFlag = CxlFlag(0),
    ) -> None:
        """Add a region of CXL memory, with equal shares of its devices."""
        names = [base_ffi.new("char[]", to_c(device)) for device in devices]
        self._do(
            lib.mhp_sim_builder_add_cxl_region,
            to_c(region),
            start,
            size,
            base_ffi.new("const char *[]", names),
            len(names),
            flags,
        )

    def set(self, what: str, word: str) -> None:
        """Say what a file holds at boot: "auto_online_blocks", or a whole path, and so on."""
        self._do(lib.mhp_sim_builder_set, to_c(what), to_c(word))

    def load(self, module: str) -> None:
        """Have "kmem" or "device_dax" be loaded at boot."""
        self._do(lib.mhp_sim_builder_load, to_c(module))

    def build(self, flags: MachineFlag = MachineFlag(0), *, log: Log | None = None) -> Machine:
        """Make a machine."""
        pointer = self._pointer()
        with Call(self._guard, log) as call:
            return Machine(
                call.new(
                    ffi.new("struct mhp_sim **"),
                    lib.mhp_sim_unref,
                    lib.mhp_sim_new_from_builder,
                    pointer,
                    sim_opts(flags),
                )
            )

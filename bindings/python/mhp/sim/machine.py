# SPDX-License-Identifier: LGPL-2.1-or-later
"""A machine made from a capture, which acts as the kernel does, and misbehaves upon request."""

from __future__ import annotations

from enum import IntFlag

from .._call import Call, Guard, Handle, Log
from .._lib import CData, Path, own_text, to_bytes, to_c
from .._libmhp import ffi as base_ffi, lib as base
from ..context import Context, adopt_context
from ._libmhp_sim import ffi, lib


class MachineFlag(IntFlag):
    """What a machine is like."""

    READ_ONLY = lib.MHP_SIM_READ_ONLY
    """It shows the capture as it is: every write is refused."""


class Machine(Handle):
    """A simulated machine. Threads may share it; each context on it serves one at a time."""

    __slots__ = ()

    def __init__(self, pointer: CData) -> None:
        self._c = pointer
        self._guard = Guard("machine")

    @classmethod
    def from_capture(
        cls, path: Path, flags: MachineFlag = MachineFlag(0), *, log: Log | None = None
    ) -> Machine:
        """Make a machine from a capture file."""
        with Call(log=log) as call:
            return cls(
                call.new(
                    ffi.new("struct mhp_sim **"), lib.mhp_sim_unref,
                    lib.mhp_sim_new_from_capture, to_c(path), sim_opts(flags),
                )
            )

    @classmethod
    def from_text(
        cls, text: str | bytes, flags: MachineFlag = MachineFlag(0), *, log: Log | None = None
    ) -> Machine:
        """Make a machine from a capture in memory."""
        raw = to_bytes(text)
        with Call(log=log) as call:
            return cls(
                call.new(
                    ffi.new("struct mhp_sim **"), lib.mhp_sim_unref,
                    lib.mhp_sim_new_from_text, raw, len(raw), sim_opts(flags),
                )
            )

    def close(self) -> None:
        """Use it no more; contexts on it go on. Twice is fine."""
        self._c = None

    def context(self, *, log: Log | None = None, program: str | None = None) -> Context:
        """A context on the machine."""
        pointer = self._pointer()
        with Call(log=log) as call:
            ctx = call.new(ffi.new("struct mhp_ctx **"), base.mhp_ctx_unref, lib.mhp_sim_new_ctx, pointer)
        return adopt_context(ctx, log, program)

    def capture(self) -> str:
        """The machine as it is now, for from_text()."""
        pointer, out = self._pointer(), base_ffi.new("char **")
        with Call() as call:
            call.check(lib.mhp_sim_copy_capture(pointer, out), "mhp_sim_copy_capture")
            return own_text(out[0])

    def read(self, path: Path) -> str:
        """Read a file, as another program would."""
        pointer, out = self._pointer(), base_ffi.new("char **")
        with Call() as call:
            call.path = str(path)
            call.check(lib.mhp_sim_read(pointer, to_c(path), out), "mhp_sim_read")
            return own_text(out[0])

    def write(self, path: Path, word: str | bytes) -> None:
        """Write a file, as another program or an administrator would."""
        pointer = self._pointer()
        with Call() as call:
            call.path = str(path)
            call.check(lib.mhp_sim_write(pointer, to_c(path), to_c(word)), "mhp_sim_write")


def sim_opts(flags: MachineFlag) -> CData:
    """How to make a machine."""
    opts = ffi.new("struct mhp_sim_opts *")
    opts.size, opts.flags = ffi.sizeof(opts[0]), flags
    opts.log_fn = base.mhp_py_log
    return opts

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A machine made from a capture, which acts as the kernel does, and misbehaves upon request."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntFlag

from .._call import Call, Guard, Handle, Log
from .._lib import AnyPath, CData, as_text, own_text, to_bytes, to_c, to_c_or_null
from .._libmhp import ffi as base_ffi, lib as base
from ..context import Context, adopt_context
from ._libmhp_sim import ffi, lib
from .listener import Listener


class MachineFlag(IntFlag):
    """What a machine is like."""

    READ_ONLY = lib.MHP_SIM_READ_ONLY
    """It shows the capture as it is: every write is refused."""


class Access(IntFlag):
    """What reaches a machine through contexts."""

    READ = lib.MHP_SIM_ACCESS_READ
    WRITE = lib.MHP_SIM_ACCESS_WRITE
    RUN = lib.MHP_SIM_ACCESS_RUN
    LOAD = lib.MHP_SIM_ACCESS_LOAD
    LOOK = lib.MHP_SIM_ACCESS_LOOK


class Machine(Handle):
    """A simulated machine. Threads may share it; each context on it serves one at a time.

    Errors are positive errno values. ``times`` says how often something fails; 0 is always.
    mhp/sim.h, or the pages of section 3, say more of each function.
    """

    __slots__ = ()

    def __init__(self, pointer: CData) -> None:
        self._c = pointer
        self._guard = Guard("machine")

    @classmethod
    def from_capture(
        cls, path: AnyPath, flags: MachineFlag = MachineFlag(0), *, log: Log | None = None
    ) -> Machine:
        """Make a machine from a capture file."""
        with Call(log=log) as call:
            call.path = as_text(path)
            return cls(
                call.new(
                    ffi.new("struct mhp_sim **"),
                    lib.mhp_sim_unref,
                    lib.mhp_sim_new_from_capture,
                    to_c(path),
                    sim_opts(flags),
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
                    ffi.new("struct mhp_sim **"),
                    lib.mhp_sim_unref,
                    lib.mhp_sim_new_from_text,
                    raw,
                    len(raw),
                    sim_opts(flags),
                )
            )

    def close(self) -> None:
        """Use it no more; contexts on it go on. Twice is fine."""
        self._c = None

    def _do(
        self,
        function: Callable[..., int],
        *args: object,
        path: AnyPath | None = None,
        about: str | None = None,
    ) -> None:
        pointer = self._pointer()
        with Call() as call:
            call.path, call.message = None if path is None else as_text(path), about
            call.check(function(pointer, *args), function.__name__)

    def context(self, *, log: Log | None = None, program: str | None = None) -> Context:
        """A context on the machine."""
        pointer = self._pointer()
        with Call(log=log) as call:
            ctx = call.new(
                ffi.new("struct mhp_ctx **"), base.mhp_ctx_unref, lib.mhp_sim_new_ctx, pointer
            )
        return adopt_context(ctx, log, program)

    def capture(self) -> str:
        """The machine as it is now, for from_text()."""
        pointer = self._pointer()
        with Call() as call:
            return call.text(lib.mhp_sim_copy_capture, pointer)

    # ---- other programs, the administrator, the host ----

    def read(self, path: AnyPath) -> str:
        """Read a file, as another program would."""
        out = base_ffi.new("char **")
        self._do(lib.mhp_sim_read, to_c(path), out, path=path)
        return own_text(out[0])

    def write(self, path: AnyPath, word: str | bytes) -> None:
        """Write a file, as another program or an administrator would."""
        self._do(lib.mhp_sim_write, to_c(path), to_c(word), path=path)

    def set_udev_rule(self, word: str | None) -> None:
        """Have udev write this word to blocks that were added and are offline."""
        self._do(lib.mhp_sim_set_udev_rule, to_c_or_null(word))

    def set_module(self, name: str, errno: int = 0) -> None:
        """Say what loading a module answers."""
        self._do(lib.mhp_sim_set_module, to_c(name), -errno)

    def unload_module(self, name: str) -> None:
        """Unload a module, as rmmod would."""
        self._do(lib.mhp_sim_unload_module, to_c(name))

    def plug_dimm(self, slot: int, node: int, start: int, size: int) -> None:
        """As the host, put a DIMM into a slot."""
        self._do(lib.mhp_sim_plug_dimm, slot, node, start, size)

    def request_unplug_dimm(self, slot: int) -> None:
        """As the host, ask for a DIMM back."""
        self._do(lib.mhp_sim_request_unplug_dimm, slot)

    def resize_virtio_mem(self, device: str, size: int) -> None:
        """As the host, have a virtio-mem device be larger or smaller."""
        self._do(lib.mhp_sim_resize_virtio_mem, to_c(device), size)

    def set_virtio_mem(self, device: str, node: int, block_size: int) -> None:
        """Tell of a virtio-mem device what no file of a machine does."""
        self._do(lib.mhp_sim_set_virtio_mem, to_c(device), node, block_size)

    # ---- what contexts are ----

    def set_read_only(self, what: Access) -> None:
        """Have /sys (WRITE), /run (RUN), both or neither be mounted read-only."""
        self._do(lib.mhp_sim_set_read_only, what)

    def set_contained(self, contained: bool) -> None:
        """Have contexts be in a container, whose /run is its own."""
        lib.mhp_sim_set_contained(self._pointer(), contained)

    def set_privileged(self, privileged: bool) -> None:
        """Have contexts be root's, as they are at first, or a plain user's."""
        self._do(lib.mhp_sim_set_privileged, privileged)

    def kill_after(self, n: int = 0) -> None:
        """Kill the users of contexts made so far, after n more writes."""
        lib.mhp_sim_kill_after(self._pointer(), n)

    # ---- failures ----

    def fail_read(self, path: AnyPath, errno: int, times: int = 0) -> None:
        """Have reads of a file fail."""
        self._do(lib.mhp_sim_fail_read, to_c(path), -errno, times, path=path)

    def fail_write(
        self, path: AnyPath, errno: int, times: int = 0, *, word: str | None = None
    ) -> None:
        """Have writes to a file fail: of this word, or of any."""
        code = -errno
        self._do(lib.mhp_sim_fail_write, to_c(path), to_c_or_null(word), code, times, path=path)

    def fail_block(self, id: int | None, word: str, errno: int, times: int = 0) -> None:
        """Have block N, or the next one that is asked (None), refuse to go "offline", to come
        "online", with any type, or to be "add"-ed."""
        number = lib.MHP_SIM_ANY_BLOCK if id is None else id
        about = f"block {id}, {word!r}, {errno}"
        self._do(lib.mhp_sim_fail_block, number, to_c(word), -errno, times, about=about)

    def fail_at(self, what: Access, n: int, errno: int, *, path: AnyPath | None = None) -> None:
        """Have the n-th access from now on fail, of any file or of this one."""
        self._do(lib.mhp_sim_fail_at, what, to_c_or_null(path), n, -errno, path=path)

    def clear_failures(self) -> None:
        """Take back what is left of all that fail_...() asked for."""
        lib.mhp_sim_clear_failures(self._pointer())

    def hang_block(self, id: int, times: int = 0) -> None:
        """Have a block not go offline: whoever tries, tries for ever."""
        self._do(lib.mhp_sim_hang_block, id, times)

    def release_block(self, id: int) -> None:
        """Undo hang_block()."""
        lib.mhp_sim_release_block(self._pointer(), id)

    def hold_hotplug(self) -> None:
        """Have another program keep the kernel's lock for hotplug."""
        self._do(lib.mhp_sim_hold_hotplug)

    def release_hotplug(self) -> None:
        """Undo hold_hotplug()."""
        lib.mhp_sim_release_hotplug(self._pointer())

    def await_stuck(self, n: int = 1) -> None:
        """Wait until so many writes hang, or wait for the kernel's lock."""
        lib.mhp_sim_await_stuck(self._pointer(), n)

    def pin_block(self, id: int, word: str) -> None:
        """Have a block be in use for good once it comes online in a zone of this word."""
        self._do(lib.mhp_sim_pin_block, id, to_c(word))

    def poison_block(self, id: int) -> None:
        """Have a page of a block be broken."""
        self._do(lib.mhp_sim_poison_block, id)

    def race(self, path: AnyPath, act_path: AnyPath, act_word: str) -> None:
        """Have another program write act_path just before the next write to path."""
        self._do(lib.mhp_sim_race, to_c(path), to_c(act_path), to_c(act_word), path=path)

    def race_at(
        self,
        what: Access,
        n: int,
        act_path: AnyPath,
        act_word: str,
        *,
        path: AnyPath | None = None,
    ) -> None:
        """Have another program write act_path just before the n-th access from now on."""
        self._do(
            lib.mhp_sim_race_at,
            what,
            to_c_or_null(path),
            n,
            to_c(act_path),
            to_c(act_word),
            path=path,
        )

    def race_remove(self, id: int, path: AnyPath | None = None) -> None:
        """Have a block vanish just before the next write to path; None: now."""
        self._do(lib.mhp_sim_race_remove, to_c_or_null(path), id, path=path)

    # ---- what happened ----

    def count(self, what: Access) -> int:
        """How many accesses came through contexts, failed ones too."""
        return int(lib.mhp_sim_count(self._pointer(), what))

    def count_writes(self) -> int:
        """How many writes did."""
        return int(lib.mhp_sim_count_writes(self._pointer()))

    def count_reads(self) -> int:
        """How many reads of files did."""
        return int(lib.mhp_sim_count_reads(self._pointer()))

    def listen(self, room: int = 0) -> Listener:
        """Listen to the machine's uevents from now on; ``room`` of them may wait."""
        pointer = self._pointer()
        with Call() as call:
            return Listener(
                call.new(
                    ffi.new("struct mhp_sim_listener **"),
                    lib.mhp_sim_listener_free,
                    lib.mhp_sim_listener_new,
                    pointer,
                    room,
                )
            )

    def lose_events(self, n: int) -> None:
        """Have the next n events reach nobody."""
        self._do(lib.mhp_sim_lose_events, n)


def sim_opts(flags: MachineFlag) -> CData:
    """How to make a machine."""
    opts = ffi.new("struct mhp_sim_opts *")
    opts.size, opts.flags = ffi.sizeof(opts[0]), flags
    opts.log_fn = base.mhp_py_log
    return opts

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the library looks, and all that is done there."""

from __future__ import annotations

import sys
from enum import IntFlag
from pathlib import Path

from ._call import Call, CancelToken, Guard, Handle, Log, Progress
from ._lib import AnyPath, CData, as_text, milliseconds, to_c, to_c_or_null
from ._libmhp import ffi, lib
from .hold import Hold, take_hold
from .monitor import EventSource, Monitor, MonitorFlag
from .plan import Plan
from .recover import Recovery, recovery_of
from .report import Report, report_of
from .request import Goal, Request, Rule, request_to_c
from .snapshot import Snapshot, SnapshotFlag, snapshot_of
from .types import OnlineType
from .wait import Wait

DEFAULT_TIMEOUT: float = lib.MHP_TIMEOUT_DEFAULT_MS / 1000
"""Seconds that a call may take where nothing is said."""

DEFAULT_UNDO_TIMEOUT: float = lib.MHP_UNDO_TIMEOUT_DEFAULT_MS / 1000
"""Seconds that putting back may take where nothing is said."""


PROGRAM_MAX = 63  # bytes that mhp_ctx_set_program() takes
TICK_MS = 100  # as often as mhp_apply() asks


class ApplyFlag(IntFlag):
    """How a plan is applied."""

    BY_TIME = lib.MHP_APPLY_BY_TIME
    """Progress is told about every 100 ms, and not after each block: cheaper."""


class CaptureFlag(IntFlag):
    """What is in a capture."""

    IDENTITY = lib.MHP_CAPTURE_IDENTITY
    """Serial numbers and the like, by which the machine is known."""


class Context(Handle):
    """A root directory, this machine's or another one, that the library looks at.

    It serves one thread at a time: give each its own. ``log`` is told of all messages of the
    library; ``program`` is the name that others know this one by while it is at work, instead of
    the script's.

    Timeouts are seconds, None for no end. A call that changes memory or waits is ended by Ctrl-C,
    by an exception in a callback and by a CancelToken; what it changed is put back.
    """

    __slots__ = ("_log", "last_report")

    last_report: Report | None
    """What became of the last apply(), or what comes to that, also where an exception of a
    callback hides it; None if that did not begin."""

    def __init__(
        self, root: AnyPath | None = None, *, log: Log | None = None, program: str | None = None
    ) -> None:
        with Call(log=log) as call:
            call.path = None if root is None else as_text(root)
            pointer = call.new(
                ffi.new("struct mhp_ctx **"),
                lib.mhp_ctx_unref,
                lib.mhp_ctx_new,
                to_c_or_null(root),
            )
        self._begin(pointer, log, program)

    def _begin(self, pointer: CData, log: Log | None, program: str | None) -> None:
        self._c = pointer
        self._guard = Guard("context")
        self._log = log
        self.last_report = None
        lib.mhp_ctx_set_log_fn(pointer, lib.mhp_py_log, ffi.NULL)
        name = _program() if program is None else to_c(program)
        with self._call() as call:
            call.check(lib.mhp_ctx_set_program(pointer, name or ffi.NULL), "mhp_ctx_set_program")

    def close(self) -> None:
        """Use it no more; twice is fine. Snapshots, plans, reports, monitors and holds stay."""
        if self._c is None:
            return
        if self._guard.is_forked():  # a copy, which may be freed
            self._c = None
            return
        with Call(self._guard):
            self._c = None

    def _call(self) -> Call:
        return Call(self._guard, self._log)

    def _asking_call(self, progress: Progress | None, cancel: CancelToken | None) -> Call:
        return Call(self._guard, self._log, progress, cancel, asks=True)

    # ---- look ----

    def snapshot(
        self,
        flags: SnapshotFlag = SnapshotFlag(0),
        *,
        region: AnyPath | None = None,
        base: Snapshot | None = None,
    ) -> Snapshot:
        """Take a snapshot: of one region only, or on top of an earlier one, if that is given."""
        pointer, name = self._pointer(), None if region is None else ffi.new(
            "char[]", to_c(region)
        )
        opts = ffi.new("struct mhp_snapshot_opts *")
        opts.size, opts.flags = ffi.sizeof(opts[0]), flags
        opts.region = ffi.NULL if name is None else name
        opts.base = ffi.NULL if base is None else base._c
        with self._call() as call:
            call.message = None if region is None else as_text(region)  # what there may be none of
            return snapshot_of(
                call.new(
                    ffi.new("struct mhp_snapshot **"),
                    lib.mhp_snapshot_unref,
                    lib.mhp_snapshot_new,
                    pointer,
                    opts,
                )
            )

    def capture(self, flags: CaptureFlag = CaptureFlag(0)) -> str:
        """The machine as text, to look at elsewhere, or for mhp.sim.Machine."""
        pointer, opts = self._pointer(), ffi.new("struct mhp_capture_opts *")
        opts.size, opts.flags = ffi.sizeof(opts[0]), flags
        with self._call() as call:
            return call.text(lib.mhp_ctx_copy_capture, pointer, opts)

    # ---- change ----

    def apply(
        self,
        plan: Plan,
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        undo_timeout: float | None = DEFAULT_UNDO_TIMEOUT,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
        flags: ApplyFlag = ApplyFlag(0),
    ) -> Report:
        """Carry out a plan: check, write, read back, undo upon failure."""
        pointer = self._pointer()
        opts = apply_opts(timeout, undo_timeout, progress, flags)
        with self._asking_call(progress, cancel) as call:
            self.last_report = None
            return self._reported(
                call.new(
                    ffi.new("struct mhp_report **"),
                    lib.mhp_report_free,
                    lib.mhp_apply,
                    pointer,
                    plan._c,
                    opts,
                )
            )

    def fulfil(
        self,
        request: Request,
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        undo_timeout: float | None = DEFAULT_UNDO_TIMEOUT,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
        flags: ApplyFlag = ApplyFlag(0),
    ) -> Report:
        """Snapshot, plan and apply in one call."""
        pointer, wanted = self._pointer(), request_to_c(request)
        opts = apply_opts(timeout, undo_timeout, progress, flags)
        with self._asking_call(progress, cancel) as call:
            self.last_report = None
            return self._reported(
                call.new(
                    ffi.new("struct mhp_report **"),
                    lib.mhp_report_free,
                    lib.mhp_fulfil,
                    pointer,
                    wanted,
                    opts,
                )
            )

    def _reported(self, report: CData) -> Report:
        self.last_report = report_of(None, report)
        return self.last_report

    def online(
        self,
        region: str | bytes,
        online_type: OnlineType,
        rules: Rule = Rule(0),
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
    ) -> Report:
        """Online a region with a type."""
        request = Request(region=region, goal=Goal.ONLINE, online_type=online_type, rules=rules)
        return self.fulfil(request, timeout=timeout, progress=progress, cancel=cancel)

    def offline(
        self,
        region: str | bytes,
        rules: Rule = Rule(0),
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
    ) -> Report:
        """Take a region offline; its blocks stay present."""
        request = Request(region=region, goal=Goal.OFFLINE, rules=rules)
        return self.fulfil(request, timeout=timeout, progress=progress, cancel=cancel)

    def plug(
        self,
        region: str | bytes,
        online_type: OnlineType,
        rules: Rule = Rule(0),
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
    ) -> Report:
        """Make a region System RAM, with a type; Rule.BORROW is added to the rules."""
        request = Request(
            region=region, goal=Goal.PLUGGED, online_type=online_type, rules=rules | Rule.BORROW
        )
        return self.fulfil(request, timeout=timeout, progress=progress, cancel=cancel)

    def unplug(
        self,
        region: str | bytes,
        rules: Rule = Rule(0),
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
    ) -> Report:
        """Take a region out of System RAM: no blocks are left."""
        request = Request(region=region, goal=Goal.UNPLUGGED, rules=rules)
        return self.fulfil(request, timeout=timeout, progress=progress, cancel=cancel)

    def recover(
        self,
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
    ) -> Recovery | None:
        """Put back what a user of libmhp that was killed has left borrowed; None: nothing was."""
        pointer = self._pointer()
        opts = apply_opts(timeout)
        with self._asking_call(progress, cancel) as call:
            recovery = call.new(
                ffi.new("struct mhp_recovery **"),
                lib.mhp_recovery_free,
                lib.mhp_recover,
                pointer,
                opts,
            )
        return None if recovery == ffi.NULL else recovery_of(recovery)

    def hold(self, name: str, what: str = "") -> Hold:
        """Be the only one of a name on this machine: ``with ctx.hold("agent"):``. A HeldError
        says in its ``message`` who is."""
        pointer = self._pointer()
        with self._call() as call:
            return take_hold(call, pointer, name, what)

    # ---- follow ----

    def monitor(
        self,
        flags: MonitorFlag = MonitorFlag(0),
        *,
        source: EventSource = EventSource.AUTO,
        buffer_bytes: int = 0,
        snapshot_flags: SnapshotFlag = SnapshotFlag(0),
    ) -> Monitor:
        """Begin to follow the machine."""
        pointer, opts = self._pointer(), ffi.new("struct mhp_monitor_opts *")
        opts.size, opts.flags, opts.source = ffi.sizeof(opts[0]), flags, source
        opts.buffer_bytes, opts.snapshot_flags = buffer_bytes, snapshot_flags
        with self._call() as call:
            monitor = call.new(
                ffi.new("struct mhp_monitor **"),
                lib.mhp_monitor_free,
                lib.mhp_monitor_new,
                pointer,
                opts,
            )
            return Monitor(self, monitor, call)

    def wait_region(
        self,
        region: AnyPath,
        what: Wait = Wait.READY,
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        source: EventSource = EventSource.AUTO,
        cancel: CancelToken | None = None,
        flags: SnapshotFlag = SnapshotFlag(0),
    ) -> Snapshot:
        """Wait for a region; the snapshot where it was found to be so."""
        pointer, opts = self._pointer(), wait_opts(timeout, source, flags)
        with self._asking_call(None, cancel) as call:
            call.message = as_text(region)
            return snapshot_of(
                call.new(
                    ffi.new("struct mhp_snapshot **"),
                    lib.mhp_snapshot_unref,
                    lib.mhp_wait_region,
                    pointer,
                    to_c(region),
                    what,
                    opts,
                )
            )

    def wait_request(
        self,
        request: Request,
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        source: EventSource = EventSource.AUTO,
        cancel: CancelToken | None = None,
        flags: SnapshotFlag = SnapshotFlag(0),
    ) -> Snapshot:
        """Wait until the machine is as a request wants it, by whomever that is done."""
        pointer, wanted = self._pointer(), request_to_c(request)
        opts = wait_opts(timeout, source, flags)
        with self._asking_call(None, cancel) as call:
            return snapshot_of(
                call.new(
                    ffi.new("struct mhp_snapshot **"),
                    lib.mhp_snapshot_unref,
                    lib.mhp_wait_request,
                    pointer,
                    wanted,
                    opts,
                )
            )


def _program() -> bytes:
    """The script's name: that of the process would be "python3"; empty if there is none."""
    script = Path(sys.argv[0] if sys.argv else "")
    name = script.parent.name if script.name == "__main__.py" else script.name
    return b"" if name == "-c" else to_c(name)[:PROGRAM_MAX]


def adopt_context(pointer: CData, log: Log | None, program: str | None) -> Context:
    """A context that another library has made, such as that of a simulated machine."""
    context = Context.__new__(Context)
    context._begin(pointer, log, program)
    return context


def apply_opts(
    timeout: float | None,
    undo_timeout: float | None = DEFAULT_UNDO_TIMEOUT,
    progress: Progress | None = None,
    flags: ApplyFlag = ApplyFlag(0),
) -> CData:
    """How to apply. Progress is asked in any case: that is where Ctrl-C comes through."""
    if progress is None:
        flags |= ApplyFlag.BY_TIME
    opts = ffi.new("struct mhp_apply_opts *")
    opts.size, opts.flags = ffi.sizeof(opts[0]), flags
    opts.timeout_ms, opts.undo_timeout_ms = milliseconds(timeout), milliseconds(undo_timeout)
    opts.progress = lib.mhp_py_progress
    return opts


def wait_opts(timeout: float | None, source: EventSource, flags: SnapshotFlag) -> CData:
    """How to wait."""
    opts = ffi.new("struct mhp_wait_opts *")
    opts.size, opts.timeout_ms = ffi.sizeof(opts[0]), milliseconds(timeout)
    opts.source, opts.snapshot_flags = source, flags
    opts.tick, opts.tick_ms = lib.mhp_py_tick, TICK_MS
    return opts

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Follow the machine: events, and what they have led to."""

from __future__ import annotations

import asyncio
import os
import select
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from enum import IntFlag
from typing import TYPE_CHECKING

from ._call import Call, Handle
from ._lib import CData, Words
from ._libmhp import ffi, lib
from .block import state_of, zone_of
from .error import MisuseError
from .event import Event, event_of
from .snapshot import Snapshot, snapshot_ref
from .types import State, Zone

if TYPE_CHECKING:
    from .context import Context


POLL_MAX = 86400.0  # seconds; of more than 24 days poll() does not know


class EventSource(Words):
    """Who tells of events."""

    AUTO = lib.MHP_EVENT_SOURCE_AUTO
    UDEV = lib.MHP_EVENT_SOURCE_UDEV
    KERNEL = lib.MHP_EVENT_SOURCE_KERNEL


class MonitorFlag(IntFlag):
    """What a monitor tells beside what each one does."""

    ZONES = lib.MHP_MONITOR_ZONES
    CAUSES = lib.MHP_MONITOR_CAUSES


class _Wake:
    """Ends a wait from another thread; it is closed once nobody has it any more."""

    __slots__ = ("fd", "_other")

    def __init__(self) -> None:
        self.fd = self._other = -1
        self.fd, self._other = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def __del__(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            os.close(self._other)

    def set(self) -> None:
        """Until clear() is called."""
        with suppress(BlockingIOError):  # it is full: set often enough
            os.write(self._other, b"!")

    def clear(self) -> None:
        """Others may have done so."""
        with suppress(BlockingIOError):
            os.read(self.fd, 4096)


class Monitor(Handle):
    """Follows the machine: made by Context.monitor().

    ``for event in monitor`` waits for events until close(), which any thread may call;
    ``async for event in monitor`` does so in a loop of asyncio. It uses its context, so both serve
    one thread at a time; while it waits, the context is free.
    """

    __slots__ = ("_context", "_fd", "_wake", "_is_waiting")

    def __init__(self, context: Context, pointer: CData, call: Call) -> None:
        self._context = context
        self._guard = context._guard
        self._c = pointer
        self._is_waiting = False
        out = ffi.new("int *")
        call.check(lib.mhp_monitor_get_fd(pointer, out), "mhp_monitor_get_fd")
        self._fd: int = out[0]
        self._wake = _Wake()

    def close(self) -> None:
        """Follow it no more; a wait ends, in whichever thread. Twice is fine."""
        self._c = None
        if not self._guard.is_forked():  # it is the parent's, too
            self._wake.set()

    # ---- taking events ----

    def next(self, timeout: float | None = 0) -> Event | None:
        """The next event. None: none came within so many seconds (None: wait for ever), or the
        monitor was closed meanwhile."""
        self._pointer()
        return self._next(timeout)

    def events(self, timeout: float | None = None) -> Iterator[Event]:
        """Events, until none came for so many seconds, or the monitor is closed."""
        self._pointer()
        return iter(lambda: self._next(timeout), None)

    def __iter__(self) -> Iterator[Event]:
        return self.events()

    def __aiter__(self) -> AsyncIterator[Event]:
        self._pointer()
        return _Events(self)

    async def _wait(self) -> None:
        """Until there may be an event, or the monitor is closed. In between nothing of it is in
        the loop: one may go on in another one, and leave the first as it likes."""
        keep, wake = self._c, self._wake
        if keep is None:
            return
        loop, is_readable = asyncio.get_running_loop(), asyncio.Event()
        fds = self._fd, wake.fd
        with self._waiting():
            try:
                for fd in fds:
                    loop.add_reader(fd, is_readable.set)
                await is_readable.wait()
            finally:
                for fd in fds:
                    loop.remove_reader(fd)
        if self._c is not None:
            wake.clear()

    def _next(self, timeout: float | None) -> Event | None:
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            event = self._take()
            if event is not None or self._c is None:
                return event
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                return None
            with self._waiting():
                self._poll(left)

    def _take(self) -> Event | None:
        pointer, out = self._c, ffi.new("const struct mhp_event **")
        if pointer is None:
            return None
        with self._call() as call:
            call.check(lib.mhp_monitor_next(pointer, out), "mhp_monitor_next")
            return None if out[0] == ffi.NULL else event_of(out[0])

    def _poll(self, timeout: float | None) -> None:
        keep, wake, poll = self._c, self._wake, select.poll()
        if keep is None:
            return
        poll.register(self._fd, select.POLLIN)
        poll.register(wake.fd, select.POLLIN)
        poll.poll(None if timeout is None else min(timeout, POLL_MAX) * 1000)
        if self._c is not None:
            wake.clear()

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        if self._is_waiting:
            raise MisuseError("this monitor is waited for already")
        self._is_waiting = True
        try:
            yield
        finally:
            self._is_waiting = False

    def _call(self) -> Call:
        return Call(self._guard, self._context._log)

    # ---- what it knows ----

    def fileno(self) -> int:
        """The descriptor to poll for reading: neither read nor close it. When it is readable,
        call next() until that gives None."""
        self._pointer()
        return self._fd

    def check(self) -> None:
        """Look at what no message tells: settings of the system. What has changed is an event."""
        pointer = self._pointer()
        with self._call() as call:
            call.check(lib.mhp_monitor_check(pointer), "mhp_monitor_check")
        self._wake.set()  # it does not make the descriptor readable

    def refresh(self) -> None:
        """Take a fresh snapshot, as if events had been lost; what differs are events."""
        pointer = self._pointer()
        with self._call() as call:
            call.check(lib.mhp_monitor_refresh(pointer), "mhp_monitor_refresh")
        self._wake.set()

    @property
    def source(self) -> EventSource:
        """Who tells of events: what AUTO became."""
        return EventSource(lib.mhp_monitor_get_source(self._pointer()))

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that it took last; events are not applied to it."""
        pointer = self._pointer()
        with self._call():
            return snapshot_ref(lib.mhp_monitor_get_snapshot(pointer))

    def count_blocks(self, state: State = State.UNKNOWN) -> int:
        """How many blocks are OFFLINE or ONLINE, as events have led to; UNKNOWN: all."""
        pointer = self._pointer()
        with self._call():
            return int(lib.mhp_monitor_count_blocks(pointer, state))

    def block(self, id: int) -> tuple[State, Zone]:
        """State and zone of block N, as events have led to."""
        pointer = self._pointer()
        state, zone = ffi.new("enum mhp_state *"), ffi.new("enum mhp_zone *")
        with self._call():
            lib.mhp_monitor_get_block(pointer, id, state, zone)
        return state_of(state[0]), zone_of(zone[0])


class _Events(AsyncIterator[Event]):
    """What ``async for`` asks for the next event."""

    __slots__ = ("_monitor",)

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    async def __anext__(self) -> Event:
        monitor = self._monitor
        while monitor._c is not None:
            event = monitor._take()
            if event is not None:
                return event
            await monitor._wait()
        raise StopAsyncIteration

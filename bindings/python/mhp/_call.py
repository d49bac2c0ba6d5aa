# SPDX-License-Identifier: LGPL-2.1-or-later
"""A call of the library: who may make it, what it calls back, and what becomes of its answer.

The library calls back in the thread that called it, before the call returns. So each thread has
a stack of the calls that it is in, and no object of Python's is handed to C: nothing can dangle.
An exception in a callback is noted, ends the call, and is raised once that has returned.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, TypeVar

from ._lib import CData, own_text, text, text_or_none
from ._libmhp import ffi, lib
from .error import ClosedError, Error, MisuseError, error_of

Log = Callable[[int, str | None, str], object]
"""Told of each message: a positive errno value or 0, the file or None, and the text."""

Progress = Callable[[int, int], object]
"""Told how many bytes of how many are done; what is true stops it, and has all put back."""


class CancelToken:
    """Ends a call from another thread, from a signal handler, or before it begins.

    ``cancel()`` has what was changed put back; ``cancel(undo=True)`` stops that, too.
    """

    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value = 0

    def cancel(self, undo: bool = False) -> None:
        """End each call that has this token, within about 100 ms, and those to come at once."""
        self._value = max(self._value, int(lib.MHP_CANCEL_UNDO if undo else lib.MHP_CANCEL))

    @property
    def is_cancelled(self) -> bool:
        """Whether cancel() was called."""
        return self._value != 0


class Guard:
    """A context serves one thread at a time: who is it, and which process's is it?"""

    __slots__ = ("what", "_lock", "_call", "_pid")

    def __init__(self, what: str) -> None:
        self.what = what
        self._lock = threading.RLock()  # a signal's handler may come while it is had
        self._call: Call | None = None
        self._pid = os.getpid()

    def is_forked(self) -> bool:
        """Is this another process than the one that it was made in?"""
        return self._pid != os.getpid()

    def enter(self, call: Call) -> None:
        """Begin to use it, or raise MisuseError."""
        if self.is_forked():
            raise MisuseError(
                f"this {self.what} is of process {self._pid}, which this one was forked from: "
                "make a new one"
            )
        with self._lock:
            other = self._call
            if other is not None and not other.is_running():
                _at_work.discard(other)
                other = None
            if other is None:
                self._call = call
                return
        if other.thread == call.thread:
            raise MisuseError(f"this {self.what} is at work: its callbacks must not use it")
        raise MisuseError(
            f"this {self.what} is at work in another thread: it serves one at a time, so make "
            "one for each"
        )

    def leave(self, call: Call) -> None:
        """End using it."""
        with self._lock:
            if self._call is call:
                self._call = None


class _Stack(threading.local):
    def __init__(self) -> None:
        self.calls: list[Call] = []


_stack = _Stack()
_at_work: set[Call] = set()
_is_ending = False


class Call:
    """One call, as in ``with Call(guard, log) as call: call.check(lib.mhp_x(...), "mhp_x")``.

    One that ``asks`` calls back again and again, so that it can be ended.
    """

    __slots__ = (
        "guard",
        "log",
        "progress",
        "cancel",
        "asks",
        "thread",
        "frame",
        "exception",
        "path",
        "message",
        "is_over",
    )

    def __init__(
        self,
        guard: Guard | None = None,
        log: Log | None = None,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
        asks: bool = False,
    ) -> None:
        self.guard = guard
        self.log = log
        self.progress = progress
        self.cancel = cancel
        self.asks = asks
        self.thread = threading.get_ident()
        self.frame: FrameType | None = None
        self.exception: BaseException | None = None
        self.path: str | None = None
        self.message: str | None = None
        self.is_over = _is_ending and threading.current_thread() is not threading.main_thread()

    def __enter__(self) -> Call:
        self.frame = sys._getframe(1)
        if self.guard is not None:
            self.guard.enter(self)
        while _stack.calls and not _stack.calls[-1].is_running():
            _at_work.discard(_stack.calls.pop())
        _stack.calls.append(self)
        _at_work.add(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.frame = None
        if self.guard is not None:
            self.guard.leave(self)
        _stack.calls = [call for call in _stack.calls if call is not self]
        _at_work.discard(self)
        exception, self.exception = self.exception, None
        if exception is not None and exception is not value:
            raise exception

    def is_running(self) -> bool:
        """Is its thread still in it? Python raises KeyboardInterrupt anywhere, also where
        __exit__() begins, and nothing notices then that the call is over."""
        frame = sys._current_frames().get(self.thread)
        while frame is not None and frame is not self.frame:
            frame = frame.f_back
        return frame is not None

    def asked(self) -> int:
        """What a callback returns: go on, or end?"""
        if self.exception is not None or self.is_over:
            return int(lib.MHP_CANCEL)
        return 0 if self.cancel is None else self.cancel._value

    def error(self, code: int, function: str) -> Error:
        """The exception for a negative errno value, with the call's last message."""
        return error_of(code, function, self.path, self.message)

    def check(self, code: int, function: str) -> None:
        """Raise it if the call failed; what a callback raised came first, and is the cause."""
        if code < 0:
            raise self.exception or self.error(code, function)

    def new(
        self,
        out: CData,
        free: Callable[[CData], object],
        function: Callable[..., int],
        *args: Any,
    ) -> CData:
        """A new object, which a C function puts to its last argument; NULL stays NULL."""
        return self.new_before(out, free, (), function, *args)

    def new_before(
        self,
        out: CData,
        free: Callable[[CData], object],
        behind: tuple[CData, ...],
        function: Callable[..., int],
        *args: Any,
    ) -> CData:
        """The same where it is not the last argument. It has an owner before it is there: Ctrl-C
        may come as soon as it is."""

        def free_it(out: CData) -> None:
            if out[0] != ffi.NULL:
                free(out[0])

        owner = ffi.gc(out, free_it)
        self.check(function(*args, owner, *behind), function.__name__)
        return ffi.gc(owner[0], lambda _: owner) if owner[0] != ffi.NULL else ffi.NULL

    def text(self, function: Callable[..., int], *args: Any) -> str:
        """A text for the caller, which a C function puts to its last argument."""
        out = ffi.new("char **")
        self.check(function(*args, out), function.__name__)
        return own_text(out[0])


F = TypeVar("F", bound=Callable[..., object])
H = TypeVar("H", bound="Handle")


def _extern(**options: Any) -> Callable[[F], F]:
    """ffi.def_extern(), with a type."""
    decorate: Callable[[F], F] = ffi.def_extern(**options)
    return decorate


def _note(kind: type[BaseException], value: BaseException, traceback: TracebackType) -> None:
    call = _stack.calls[-1]
    if call.exception is None:
        call.exception = value.with_traceback(traceback)


@_extern(onerror=_note)
def mhp_py_log(_data: CData, code: int, path: CData, message: CData) -> None:
    """Each message of the library: the last one is the error's, if it becomes one."""
    if not _stack.calls:  # of an object that is being freed
        return
    call = _stack.calls[-1]
    call.path, call.message = text_or_none(path), text(message)
    if call.log is not None:
        call.log(-code, call.path, call.message)


@_extern(error=lib.MHP_CANCEL, onerror=_note)
def mhp_py_progress(_data: CData, done_bytes: int, total_bytes: int) -> int:
    """About every 100 ms: here signals' handlers of Python run, too, so that Ctrl-C works."""
    call = _stack.calls[-1]
    stop = False
    if call.progress is not None and call.exception is None:
        stop = bool(call.progress(done_bytes, total_bytes))
    return max(int(lib.MHP_CANCEL) if stop else 0, call.asked())


@_extern(error=1, onerror=_note)
def mhp_py_tick(_data: CData) -> int:
    """The same while something is waited for."""
    return _stack.calls[-1].asked()


def _end_all() -> None:
    """The interpreter ends while daemon threads change memory: what they changed is put back."""
    global _is_ending
    _is_ending = True  # what they begin from now on ends before it changes anything
    calls = {call for call in _at_work.copy() if call.asks}
    for call in calls:
        call.is_over = True
    while any(call.is_running() for call in calls):
        time.sleep(0.01)


atexit.register(_end_all)
os.register_at_fork(after_in_child=_at_work.clear)  # the threads that make them are not there


class Handle:
    """An object that is closed, at the latest when it is collected."""

    __slots__ = ("_c", "_guard", "__weakref__")
    _c: CData
    _guard: Guard

    def close(self) -> None:
        """Use it no more; twice is fine."""
        self._c = None

    def __enter__(self: H) -> H:
        self._pointer()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _pointer(self) -> CData:
        if self._c is None:
            raise ClosedError(f"this {self._guard.what} is closed")
        return self._c

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError(
            f"a {self._guard.what} belongs to this process and cannot be copied or pickled"
        )

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exceptions: a call that failed, a machine that refused, a program that is wrong."""

from __future__ import annotations

import errno as _errno
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .report import Outcome, Reason, Report


class Error(OSError):
    """A call of the library failed.

    It is an OSError: ``errno`` is the (positive) number, ``filename`` and ``path`` name the file
    that the library's last message was about, if there was one.
    """

    function: str
    """Name of the C function that failed, such as "mhp_snapshot_new"."""

    path: str | None
    """The file that it is about, below the root; None if the library told of none."""

    message: str | None
    """What the library said: one line of English, or None."""

    def __init__(
        self, errno: int, function: str, path: str | None = None, message: str | None = None
    ) -> None:
        super().__init__(errno, os.strerror(errno), path)
        self.function = function
        self.path = path
        self.message = message

    def __str__(self) -> str:
        text = f"{self.function}: {self.strerror}"
        if self.path is not None:
            text += f": {self.path!r}"
        return f"{text}: {self.message}" if self.message else text

    def __reduce__(self) -> tuple[Any, ...]:
        arguments = self.errno, self.function, self.path, self.message
        return type(self), arguments, self.__dict__


class NotFoundError(Error, FileNotFoundError):
    """ENOENT: there is no such region, node or root."""


class NoPermissionError(Error, PermissionError):
    """EACCES, EPERM: not root."""


class NoHotplugError(Error):
    """ENODEV: a machine, or a root, without memory hotplug."""


class DeadlineError(Error, TimeoutError):
    """ETIMEDOUT: what was waited for did not come in time."""


class CancelledError(Error):
    """ECANCELED: a CancelToken, or the caller's own function, ended the wait."""


class HeldError(Error, BlockingIOError):
    """EAGAIN: somebody else has it; ``message`` says who, if that is known."""


class ExistsError(Error, FileExistsError):
    """EEXIST: of the simulated machine, something is there already."""


class InvalidError(Error, ValueError):
    """EINVAL, E2BIG, ERANGE: an argument that makes no sense, or that this library does not know."""


class MalformedError(Error, ValueError):
    """EBADMSG: a text or a file that cannot be understood."""

    line: int | None = None
    """Of a plan's text: the line at fault, from 1."""

    def __str__(self) -> str:
        text = super().__str__()
        return text if self.line is None else f"{text}: line {self.line}"


_CLASSES: dict[int, type[Error]] = {
    _errno.ENOENT: NotFoundError,
    _errno.EACCES: NoPermissionError,
    _errno.EPERM: NoPermissionError,
    _errno.ENODEV: NoHotplugError,
    _errno.ETIMEDOUT: DeadlineError,
    _errno.ECANCELED: CancelledError,
    _errno.EAGAIN: HeldError,
    _errno.EEXIST: ExistsError,
    _errno.EINVAL: InvalidError,
    _errno.E2BIG: InvalidError,
    _errno.ERANGE: InvalidError,
    _errno.EBADMSG: MalformedError,
}


def error_of(
    code: int, function: str, path: str | None = None, message: str | None = None
) -> Error:
    """The exception for a negative errno value of a C function."""
    return _CLASSES.get(-code, Error)(-code, function, path, message)


class MisuseError(RuntimeError):
    """The program is wrong: an object is used by two threads at once, by a callback of its own
    call, or by a process that was forked."""


class ClosedError(MisuseError, ValueError):
    """The program is wrong: an object is used after it was closed."""


class ReportError(Exception):
    """The machine is not as wanted: what Report.check() raises."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.message)
        self.report = report

    @property
    def outcome(self) -> Outcome:
        """How the plan ended."""
        return self.report.outcome

    @property
    def reason(self) -> Reason:
        """The first thing that failed: why."""
        return self.report.reason

    @property
    def message(self) -> str:
        """What happened, in one line."""
        return self.report.message

    @property
    def hint(self) -> str | None:
        """What can be done, in one line; None if there is nothing to say."""
        return self.report.hint

    def __str__(self) -> str:
        text = f"{self.outcome} ({self.reason}): {self.message}"
        return f"{text}; {self.hint}" if self.hint else text

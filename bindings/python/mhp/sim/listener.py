# SPDX-License-Identifier: LGPL-2.1-or-later
"""A simulated machine's uevents, as a netlink socket has them: Machine.listen()."""

from __future__ import annotations

from collections.abc import Iterator

from .._call import Call, Guard, Handle
from .._lib import CData, own_text_or_none
from .._libmhp import ffi as base_ffi
from ._libmhp_sim import lib


class Listener(Handle):
    """Listens until it is closed. Iterating it gives the messages that wait."""

    __slots__ = ()

    def __init__(self, pointer: CData) -> None:
        self._c = pointer
        self._guard = Guard("listener")

    def close(self) -> None:
        """Listen no more; twice is fine."""
        self._c = None

    def receive(self) -> str | None:
        """The next message that waits: "ACTION@DEVPATH" and lines "KEY=VALUE"; None: none does.
        An Error of ENOBUFS says that some were lost."""
        pointer, out = self._pointer(), base_ffi.new("char **")
        with Call(self._guard) as call:
            call.check(lib.mhp_sim_listener_receive(pointer, out), "mhp_sim_listener_receive")
        return own_text_or_none(out[0])

    def __iter__(self) -> Iterator[str]:
        return iter(self.receive, None)

    def fileno(self) -> int:
        """A descriptor that is readable while something waits: neither read nor close it."""
        pointer, out = self._pointer(), base_ffi.new("int *")
        with Call(self._guard) as call:
            call.check(lib.mhp_sim_listener_get_fd(pointer, out), "mhp_sim_listener_get_fd")
        return int(out[0])

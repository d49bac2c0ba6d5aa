# SPDX-License-Identifier: LGPL-2.1-or-later
"""One of a kind per machine: Context.hold()."""

from __future__ import annotations

from ._call import Call, Guard, Handle
from ._lib import CData, own_text_or_none, to_c
from ._libmhp import ffi, lib
from .error import HeldError


class Hold(Handle):
    """Nobody else has this name, until it is closed or the process ends."""

    __slots__ = ()

    def __init__(self, pointer: CData, guard: Guard) -> None:
        self._c = pointer
        self._guard = guard

    def close(self) -> None:
        """Let go of it; twice is fine. In a forked child this frees the child's copy only."""
        pointer, self._c = self._c, None
        if pointer is not None:
            ffi.release(pointer)


def take_hold(call: Call, ctx: CData, name: str, what: str) -> Hold:
    """Be the only one of a name; a HeldError has who is as its message."""
    holder = ffi.new("char **")
    try:
        pointer = call.new_before(
            ffi.new("struct mhp_hold **"),
            lib.mhp_hold_free,
            (holder,),
            lib.mhp_hold_take,
            ctx,
            to_c(name),
            to_c(what),
        )
    except HeldError as error:
        error.message = own_text_or_none(holder[0])
        raise
    return Hold(pointer, Guard("hold"))

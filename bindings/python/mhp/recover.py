# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a user of libmhp that was killed has left borrowed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from ._lib import CData, Words, text
from ._libmhp import ffi, lib


class Returned(Words):
    """What became of a setting that was borrowed."""

    UNKNOWN = lib.MHP_RETURNED_UNKNOWN
    DONE = lib.MHP_RETURNED_DONE
    ALREADY = lib.MHP_RETURNED_ALREADY
    CHANGED = lib.MHP_RETURNED_CHANGED

    @property
    def word(self) -> str:
        """The word for it."""
        return text(lib.mhp_returned_to_str(self))


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that was borrowed, or a driver's remove_id that is to take an id back."""

    returned: Returned
    path: str
    before: str
    """What stood there before; "" for an id."""

    ours: str
    """What was written, or the id."""

    errno: int
    """Why it was not put back, else 0."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was found, and put back."""

    transaction: str
    """Who had begun what: "mhp[123]: plug dax0.0 as online_movable"."""

    is_complete: bool
    """Whether nothing is pending any more."""

    settings: tuple[Setting, ...]


def recovery_of(recovery: CData) -> Recovery:
    """What a recovery says."""
    count = lib.mhp_recovery_count_settings(recovery)
    return Recovery(
        transaction=text(lib.mhp_recovery_get_transaction(recovery)),
        is_complete=lib.mhp_recovery_is_complete(recovery),
        settings=tuple(_setting(recovery, i) for i in range(count)),
    )


def _setting(recovery: CData, index: int) -> Setting:
    returned, code = ffi.new("enum mhp_returned *"), ffi.new("int *")
    texts = ffi.new("const char *[3]")
    lib.mhp_recovery_get_setting(recovery, index, returned, texts, texts + 1, texts + 2, code)
    return Setting(Returned(returned[0]), text(texts[0]), text(texts[1]), text(texts[2]), -code[0])

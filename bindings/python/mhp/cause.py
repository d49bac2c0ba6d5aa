# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who is likely to have brought memory where it is."""

from __future__ import annotations

from dataclasses import dataclass

from ._lib import Words, text
from ._libmhp import lib


class CauseKind(Words):
    """Who has done something, as far as that can be concluded."""

    UNKNOWN = lib.MHP_CAUSE_UNKNOWN
    SELF = lib.MHP_CAUSE_SELF
    LIBMHP = lib.MHP_CAUSE_LIBMHP
    SYSTEM_POLICY = lib.MHP_CAUSE_SYSTEM_POLICY
    UDEV_RULE = lib.MHP_CAUSE_UDEV_RULE
    DEVICE = lib.MHP_CAUSE_DEVICE
    HOST = lib.MHP_CAUSE_HOST

    @property
    def word(self) -> str:
        """The word for it."""
        return text(lib.mhp_cause_kind_to_str(self))


@dataclass(frozen=True, slots=True)
class Cause:
    """A conclusion; its text says how sure it is."""

    kind: CauseKind
    text: str

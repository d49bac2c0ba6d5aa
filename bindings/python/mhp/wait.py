# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Context.wait_region() waits for."""

from __future__ import annotations

from ._lib import Words
from ._libmhp import lib


class Wait(Words):
    """What of a region is waited for."""

    PRESENT = lib.MHP_WAIT_PRESENT
    """It is there; a slot has something in it."""

    READY = lib.MHP_WAIT_READY
    """It can be worked with: its driver is done with adding its blocks."""

    GONE = lib.MHP_WAIT_GONE
    """It is not there any more."""

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What lies in the zones of a node, and of the machine (/proc/zoneinfo)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ._lib import CData
from ._libmhp import ffi
from .error import error_of
from .types import Zone


@dataclass(frozen=True, slots=True)
class ZoneBytes:
    """What lies in a zone; all 0 if there is no such zone."""

    present: int
    managed: int
    """What the kernel hands out, which is less."""

    free: int


def zone_bytes_of(function: Callable[..., int], pointer: CData, zone: Zone) -> ZoneBytes:
    """What one of the two C functions says."""
    out = ffi.new("uint64_t[3]")
    code = function(pointer, zone, out, out + 1, out + 2)
    if code < 0:
        raise error_of(code, function.__name__)
    return ZoneBytes(out[0], out[1], out[2])


def number_of(function: Callable[..., int], ctype: str, *args: object) -> int:
    """A number that a C function puts to its last argument."""
    out = ffi.new(ctype)
    code = function(*args, out)
    if code < 0:
        raise error_of(code, function.__name__)
    return int(out[0])

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the kernel, and udev, do with memory that is added without a type (mhp/policy.h)."""

from __future__ import annotations

from dataclasses import dataclass

from ._lib import CData, Known, text, text_or_none
from ._libmhp import ffi, lib
from .types import OnlineType, Unknown


@dataclass(frozen=True, slots=True)
class UdevRule:
    """A udev rule that onlines memory as it is added, or may do so."""

    path: str
    line: int
    word: str | None
    """What it writes; None if that is not known."""

    may: bool
    """Whether it depends on what only udev knows."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The system's policy. What is None is in ``unknown`` with the reason: ENODATA if the kernel
    has no such file, or the snapshot is without SnapshotFlag.FOR_PLANS."""

    default_online_type: OnlineType | None
    """auto_online_blocks"""

    online_policy: str | None
    auto_movable_ratio: int | None
    auto_movable_numa_aware: bool | None
    memmap_on_memory: str | None
    has_hotremove: bool | None
    udev_rules: tuple[UdevRule, ...] | None
    unknown: tuple[Unknown, ...]


def policy_of(snap: CData) -> Policy:
    """What a snapshot says of it."""
    known = Known()
    online_type = known.get(
        "default_online_type",
        "enum mhp_online_type *",
        lib.mhp_snapshot_get_default_online_type,
        snap,
    )
    return Policy(
        default_online_type=None if online_type is None else OnlineType(online_type),
        online_policy=known.text("online_policy", lib.mhp_snapshot_get_online_policy, snap),
        auto_movable_ratio=known.get(
            "auto_movable_ratio", "unsigned int *", lib.mhp_snapshot_get_auto_movable_ratio, snap
        ),
        auto_movable_numa_aware=known.get(
            "auto_movable_numa_aware",
            "_Bool *",
            lib.mhp_snapshot_get_auto_movable_numa_aware,
            snap,
        ),
        memmap_on_memory=known.text(
            "memmap_on_memory", lib.mhp_snapshot_get_memmap_on_memory, snap
        ),
        has_hotremove=known.get(
            "has_hotremove", "_Bool *", lib.mhp_snapshot_get_has_hotremove, snap
        ),
        udev_rules=_udev_rules(known, snap),
        unknown=known.fields(),
    )


def _udev_rules(known: Known, snap: CData) -> tuple[UdevRule, ...] | None:
    if not known.is_ok("udev_rules", lib.mhp_snapshot_get_udev_rules_code(snap)):
        return None
    return tuple(_udev_rule(snap, i) for i in range(lib.mhp_snapshot_count_udev_rules(snap)))


def _udev_rule(snap: CData, index: int) -> UdevRule:
    texts, line, may = ffi.new("const char *[2]"), ffi.new("unsigned int *"), ffi.new("_Bool *")
    lib.mhp_snapshot_get_udev_rule(snap, index, texts, line, texts + 1, may)
    return UdevRule(text(texts[0]), line[0], text_or_none(texts[1]), may[0])

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Memory of one origin, such as a DAX device or a DIMM: a list of physical ranges."""

from __future__ import annotations

from dataclasses import dataclass

from ._lib import Borrowed, CData, Items, Known, own_text, text, text_or_none, to_c
from ._libmhp import ffi, lib
from .block import Block, block_of, state_of, zone_of
from .cause import Cause, CauseKind
from .error import error_of
from .types import Capability, DeviceState, Range, RegionKind, State, Unknown, Zone


@dataclass(frozen=True, slots=True)
class BlockRun:
    """Block numbers that follow one another, whether the blocks exist or not."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Fact:
    """What a region's origin tells of it; libmhp(7) lists names and units."""

    name: str
    value: str | None
    errno: int
    """Why the value could not be read; else 0."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device that is behind a region; without a path it is a target whose memory device is
    not found."""

    name: str
    path: str | None
    serial: int | None
    node_id: int | None


@dataclass(frozen=True, slots=True)
class Region(Borrowed):
    """A region, as its snapshot has it. What is None is absent, or in ``unknown`` with the
    reason; that of a snapshot without SnapshotFlag.IDENTITY has no identity, facts, devices."""

    name: str
    kind: RegionKind
    state: State
    """Computed from its blocks: MIXED if they differ, ABSENT if there is none."""

    zone: Zone
    """Of its online blocks: MIXED if they differ, UNKNOWN if none is online."""

    path: str
    identity: str | None
    node_id: int | None
    driver: str | None
    """That is bound to the device; None with no entry in ``unknown``: none is."""

    device_state: DeviceState | None
    """What the driver claims, which may disagree with ``state``."""

    device_word: str | None
    ram_driver: str | None
    """The X of "System RAM (X)" in /proc/iomem."""

    ranges: tuple[Range, ...] | None
    block_runs: tuple[BlockRun, ...]
    size_bytes: int | None
    online_bytes: int | None
    lost_bytes: int | None
    """What can never be used, because it does not fill a whole block."""

    plugged_bytes: int | None
    total_blocks: int
    """Of it and of the regions made from it."""

    parent_name: str | None
    has_children: bool
    facts: tuple[Fact, ...]
    devices: tuple[Device, ...]
    unknown: tuple[Unknown, ...]

    @property
    def blocks(self) -> Items[Block]:
        """The blocks that exist and that it owns, by address."""
        region = self._c
        return Items(
            self._owner,
            lib.mhp_region_count_blocks(region),
            lambda i: block_of(lib.mhp_region_get_block(region, i)),
        )

    @property
    def parent(self) -> Region | None:
        """The region that it is made from."""
        parent = lib.mhp_region_get_parent(self._c)
        return None if parent == ffi.NULL else region_of(self._owner, parent)

    def why_not(self, what: Capability) -> str | None:
        """Why that cannot be done to it, a part of a sentence; None if it can."""
        why = ffi.new("const char **")
        if lib.mhp_region_can(self._c, what, why):
            return None
        return text_or_none(why[0]) or "is not known"

    def can(self, what: Capability) -> bool:
        """Whether that can be done to it."""
        return bool(lib.mhp_region_can(self._c, what, ffi.NULL))

    def fact(self, name: str) -> str | None:
        """The value of a fact; None if there is no such one, or it could not be read."""
        out = ffi.new("const char **")
        code = lib.mhp_region_find_fact(self._c, to_c(name), out)
        return text(out[0]) if code == 0 else None

    def guess_cause(self) -> Cause:
        """Who is likely to have brought its memory where it is."""
        kind, out = ffi.new("enum mhp_cause_kind *"), ffi.new("char **")
        code = lib.mhp_region_guess_cause(self._owner, self._c, kind, out)
        if code < 0:
            raise error_of(code, "mhp_region_guess_cause")
        return Cause(CauseKind(kind[0]), own_text(out[0]))


def region_of(owner: CData, region: CData) -> Region:
    """What a snapshot's region says."""
    known = Known()
    device_state = ffi.new("enum mhp_device_state *")
    parent = lib.mhp_region_get_parent(region)
    made = Region(
        name=text(lib.mhp_region_get_name(region)),
        kind=RegionKind(lib.mhp_region_get_kind(region)),
        state=state_of(lib.mhp_region_get_state(region)),
        zone=zone_of(lib.mhp_region_get_zone(region)),
        path=text(lib.mhp_region_get_path(region)),
        identity=known.text("identity", lib.mhp_region_get_identity, region),
        node_id=known.get("node_id", "int *", lib.mhp_region_get_node_id, region),
        driver=known.text("driver", lib.mhp_region_get_driver, region),
        device_word=known.text(
            "device_word", lib.mhp_region_get_device_state, region, device_state
        ),
        device_state=None if known.has("device_word") else DeviceState(device_state[0]),
        ram_driver=known.text("ram_driver", lib.mhp_region_get_ram_driver, region),
        ranges=_ranges(known, region),
        block_runs=_block_runs(region),
        size_bytes=known.get("size_bytes", "uint64_t *", lib.mhp_region_get_size_bytes, region),
        online_bytes=known.get(
            "online_bytes", "uint64_t *", lib.mhp_region_get_online_bytes, region
        ),
        lost_bytes=known.get("lost_bytes", "uint64_t *", lib.mhp_region_get_lost_bytes, region),
        plugged_bytes=known.get(
            "plugged_bytes", "uint64_t *", lib.mhp_region_get_plugged_bytes, region
        ),
        total_blocks=lib.mhp_region_count_total_blocks(region),
        parent_name=None if parent == ffi.NULL else text(lib.mhp_region_get_name(parent)),
        has_children=lib.mhp_region_has_children(region),
        facts=tuple(_fact(region, i) for i in range(lib.mhp_region_count_facts(region))),
        devices=tuple(_device(region, i) for i in range(lib.mhp_region_count_devices(region))),
        unknown=known.fields(),
    )
    made._borrow(owner, region)
    return made


def _ranges(known: Known, region: CData) -> tuple[Range, ...] | None:
    count = known.get("ranges", "size_t *", lib.mhp_region_get_range_count, region)
    if count is None:
        return None
    out = ffi.new("uint64_t[2]")
    found = []
    for i in range(count):
        lib.mhp_region_get_range(region, i, out, out + 1)
        found.append(Range(out[0], out[1]))
    return tuple(found)


def _block_runs(region: CData) -> tuple[BlockRun, ...]:
    out = ffi.new("uint64_t[2]")
    found = []
    for i in range(lib.mhp_region_count_block_runs(region)):
        lib.mhp_region_get_block_run(region, i, out, out + 1)
        found.append(BlockRun(out[0], out[1]))
    return tuple(found)


def _fact(region: CData, index: int) -> Fact:
    texts, code = ffi.new("const char *[2]"), ffi.new("int *")
    lib.mhp_region_get_fact(region, index, texts, texts + 1, code)
    return Fact(text(texts[0]), text_or_none(texts[1]), -code[0])


def _device(region: CData, index: int) -> Device:
    texts, known = ffi.new("const char *[2]"), Known()
    lib.mhp_region_get_device(region, index, texts, texts + 1)
    return Device(
        name=text(texts[0]),
        path=text_or_none(texts[1]),
        serial=known.get("serial", "uint64_t *", lib.mhp_region_get_device_serial, region, index),
        node_id=known.get("node_id", "int *", lib.mhp_region_get_device_node_id, region, index),
    )

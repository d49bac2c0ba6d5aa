# SPDX-License-Identifier: LGPL-2.1-or-later
"""A memory block: the unit that the kernel onlines and offlines."""

from __future__ import annotations

from dataclasses import dataclass

from ._lib import CData
from ._libmhp import ffi, lib
from .types import State, Zone


@dataclass(frozen=True, slots=True)
class Block:
    """A memory block, as its snapshot has it."""

    id: int
    """The N of memoryN. Its first byte is at N times the block size."""

    state: State
    """OFFLINE, ONLINE, GOING_OFFLINE or UNKNOWN."""

    zone: Zone
    """Where it is online; UNKNOWN if it is not, or that could not be read."""

    zones: tuple[Zone, ...]
    """Words of valid_zones: of an offline block where it may go, if that was asked for."""

    node_id: int | None
    """NUMA node, the lowest one if it spans several; None if the kernel shows none."""

    is_inferred: bool
    """Whether the state was not read, but follows from /proc/zoneinfo."""


_STATES = {int(state): state for state in State}
_ZONES = {int(zone): zone for zone in Zone}


def state_of(value: int) -> State:
    """The member, without the search that Enum makes: there may be 65,536 blocks."""
    return _STATES[value] if value in _STATES else State(value)


def zone_of(value: int) -> Zone:
    """The same of a zone."""
    return _ZONES[value] if value in _ZONES else Zone(value)


def block_of(block: CData) -> Block:
    """What a snapshot's block says."""
    node = ffi.new("int *")
    has_node = lib.mhp_block_get_node_id(block, node) == 0
    count = lib.mhp_block_count_zones(block)
    return Block(
        lib.mhp_block_get_id(block),
        state_of(lib.mhp_block_get_state(block)),
        zone_of(lib.mhp_block_get_zone(block)),
        tuple(zone_of(lib.mhp_block_get_zone_at(block, i)) for i in range(count)),
        node[0] if has_node else None,
        lib.mhp_block_is_inferred(block),
    )

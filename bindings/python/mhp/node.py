# SPDX-License-Identifier: LGPL-2.1-or-later
"""A NUMA node."""

from __future__ import annotations

from dataclasses import dataclass

from ._lib import Borrowed, CData, Items, Known
from ._libmhp import ffi, lib
from .region import Region, region_of
from .types import Access, NodeKind, Unknown, Zone
from .zones import ZoneBytes, number_of, zone_bytes_of


@dataclass(frozen=True, slots=True)
class Cache:
    """A cache before a node's memory."""

    level: int
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class Rating:
    """What accesses to a node's memory are rated at, as firmware or device promise it."""

    read_bandwidth_mb_per_s: int | None
    write_bandwidth_mb_per_s: int | None
    read_latency_ns: int | None
    write_latency_ns: int | None
    initiators: tuple[int, ...] | None
    """The nodes whose accesses it is about."""

    unknown: tuple[Unknown, ...]


@dataclass(frozen=True, slots=True)
class Node(Borrowed):
    """A node, as its snapshot has it. What is None is in ``unknown`` with the reason; much of it
    needs SnapshotFlag.TOPOLOGY."""

    id: int
    kind: NodeKind
    has_cpu: bool | None
    has_generic_initiator: bool | None
    has_memory: bool | None
    has_normal_memory: bool | None
    n_blocks: int | None
    """Its memory blocks, whatever their state."""

    tier: int | None
    caches: tuple[Cache, ...] | None
    kernel_bytes: int | None
    movable_bytes: int | None
    movable_percent: int | None
    """MOVABLE:KERNEL, rounded up."""

    is_from_regions: bool | None
    """Whether it goes with the last block of its regions."""

    unknown: tuple[Unknown, ...]

    @property
    def regions(self) -> Items[Region]:
        """The regions that have memory on it."""
        owner, node = self._owner, self._c
        return Items(
            owner,
            lib.mhp_node_count_regions(node),
            lambda i: region_of(owner, lib.mhp_node_get_region(node, i)),
        )

    def distance(self, to: int) -> int:
        """How far another node is; 10 is itself."""
        return number_of(lib.mhp_node_get_distance, "unsigned int *", self._c, to)

    def zone_bytes(self, zone: Zone) -> ZoneBytes:
        """What lies in one of its zones."""
        return zone_bytes_of(lib.mhp_node_get_zone_bytes, self._c, zone)

    def rating(self, access: Access) -> Rating:
        """What accesses to its memory are rated at."""
        known, node, number = Known(), self._c, "uint64_t *"
        return Rating(
            known.get(
                "read_bandwidth_mb_per_s",
                number,
                lib.mhp_node_get_read_bandwidth_mb_per_s,
                node,
                access,
            ),
            known.get(
                "write_bandwidth_mb_per_s",
                number,
                lib.mhp_node_get_write_bandwidth_mb_per_s,
                node,
                access,
            ),
            known.get("read_latency_ns", number, lib.mhp_node_get_read_latency_ns, node, access),
            known.get("write_latency_ns", number, lib.mhp_node_get_write_latency_ns, node, access),
            _initiators(known, node, access),
            known.fields(),
        )


def node_of(owner: CData, node: CData) -> Node:
    """What a snapshot's node says."""
    known, flag, number = Known(), "_Bool *", "uint64_t *"
    made = Node(
        id=lib.mhp_node_get_id(node),
        kind=NodeKind(lib.mhp_node_get_kind(node)),
        has_cpu=known.get("has_cpu", flag, lib.mhp_node_get_has_cpu, node),
        has_generic_initiator=known.get(
            "has_generic_initiator", flag, lib.mhp_node_get_has_generic_initiator, node
        ),
        has_memory=known.get("has_memory", flag, lib.mhp_node_get_has_memory, node),
        has_normal_memory=known.get(
            "has_normal_memory", flag, lib.mhp_node_get_has_normal_memory, node
        ),
        n_blocks=(
            lib.mhp_node_count_blocks(node)
            if known.is_ok("n_blocks", lib.mhp_node_get_blocks_code(node))
            else None
        ),
        tier=known.get("tier", "int *", lib.mhp_node_get_tier, node),
        caches=_caches(known, node),
        kernel_bytes=known.get("kernel_bytes", number, lib.mhp_node_get_kernel_bytes, node),
        movable_bytes=known.get("movable_bytes", number, lib.mhp_node_get_movable_bytes, node),
        movable_percent=known.get(
            "movable_percent", number, lib.mhp_node_get_movable_percent, node
        ),
        is_from_regions=known.get("is_from_regions", flag, lib.mhp_node_get_is_from_regions, node),
        unknown=known.fields(),
    )
    made._borrow(owner, node)
    return made


def _initiators(known: Known, node: CData, access: Access) -> tuple[int, ...] | None:
    if not known.is_ok("initiators", lib.mhp_node_get_initiators_code(node, access)):
        return None
    return tuple(
        number_of(lib.mhp_node_get_initiator_id, "int *", node, access, i)
        for i in range(lib.mhp_node_count_initiators(node, access))
    )


def _caches(known: Known, node: CData) -> tuple[Cache, ...] | None:
    if not known.is_ok("caches", lib.mhp_node_get_caches_code(node)):
        return None
    return tuple(_cache(node, i) for i in range(lib.mhp_node_count_caches(node)))


def _cache(node: CData, index: int) -> Cache:
    level, size = ffi.new("unsigned int *"), ffi.new("uint64_t *")
    code = lib.mhp_node_get_cache(node, index, level, size)
    if code < 0:  # its level is known all the same
        lib.mhp_node_get_cache(node, index, level, ffi.NULL)
    return Cache(level[0], size[0] if code == 0 else None)

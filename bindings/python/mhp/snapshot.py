# SPDX-License-Identifier: LGPL-2.1-or-later
"""The machine's memory at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

from ._lib import AnyPath, Borrowed, CData, Items, text, text_or_none, to_c
from ._libmhp import ffi, lib
from .block import Block, block_of
from .error import error_of
from .node import Node, node_of
from .plan import Plan, plan_request
from .region import Region, region_of
from .request import Request
from .system import Policy, policy_of
from .types import Zone
from .zones import ZoneBytes, number_of, zone_bytes_of


class SnapshotFlag(IntFlag):
    """What a snapshot holds beside what each one does."""

    OFFLINE_ZONES = lib.MHP_SNAPSHOT_OFFLINE_ZONES
    FOR_PLANS = lib.MHP_SNAPSHOT_FOR_PLANS
    TOPOLOGY = lib.MHP_SNAPSHOT_TOPOLOGY
    PLUGGED = lib.MHP_SNAPSHOT_PLUGGED
    EXACT = lib.MHP_SNAPSHOT_EXACT
    IDENTITY = lib.MHP_SNAPSHOT_IDENTITY
    BLOCKS_ONLY = lib.MHP_SNAPSHOT_BLOCKS_ONLY


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be read or understood."""

    path: str
    errno: int
    """EBADMSG: it was read, but makes no sense."""

    text: str | None
    """What stood in it then."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that a user of libmhp has begun and did not end."""

    what: str
    """Who did what: "mhp[123]: plug dax0.0 as online_movable"."""

    is_running: bool
    """Whether he is still at work, so that it is no matter for Context.recover()."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot(Borrowed):
    """The machine at one moment: made by Context.snapshot(). It never changes, may be read from
    any thread, and outlives its context."""

    flags: SnapshotFlag
    block_size_bytes: int
    policy: Policy
    nodes_errno: int
    """Why nodes, or some of them, could not be listed; 0 if they could."""

    regions_errno: int
    """Why regions, or some of them, could not be listed; 0 if they could."""

    problems: tuple[Problem, ...]

    @property
    def blocks(self) -> Items[Block]:
        """All blocks, by address. A Block is made as it is asked for."""
        snap = self._c
        return Items(
            snap,
            lib.mhp_snapshot_count_blocks(snap),
            lambda i: block_of(lib.mhp_snapshot_get_block(snap, i)),
        )

    @property
    def nodes(self) -> Items[Node]:
        """All nodes, by number."""
        snap = self._c
        return Items(
            snap,
            lib.mhp_snapshot_count_nodes(snap),
            lambda i: node_of(snap, lib.mhp_snapshot_get_node(snap, i)),
        )

    @property
    def regions(self) -> Items[Region]:
        """All regions, by kind, then by name."""
        snap = self._c
        return Items(
            snap,
            lib.mhp_snapshot_count_regions(snap),
            lambda i: region_of(snap, lib.mhp_snapshot_get_region(snap, i)),
        )

    def find_block(self, id: int) -> Block | None:
        """The block memoryN of this N."""
        block = lib.mhp_snapshot_find_block(self._c, id)
        return None if block == ffi.NULL else block_of(block)

    def find_node(self, id: int) -> Node | None:
        """The node of this number."""
        node = lib.mhp_snapshot_find_node(self._c, id)
        return None if node == ffi.NULL else node_of(self._c, node)

    def find_region(self, name: AnyPath) -> Region | None:
        """The region of this name, or identity."""
        region = lib.mhp_snapshot_find_region(self._c, to_c(name))
        return None if region == ffi.NULL else region_of(self._c, region)

    def block_region(self, id: int) -> Region | None:
        """The region that block N belongs to; None if that is not known."""
        region = lib.mhp_snapshot_get_block_region(self._c, self._block(id))
        return None if region == ffi.NULL else region_of(self._c, region)

    def block_plugged_bytes(self, id: int) -> int:
        """How much of block N the host has given (SnapshotFlag.PLUGGED)."""
        return number_of(
            lib.mhp_snapshot_get_block_plugged_bytes, "uint64_t *", self._c, self._block(id)
        )

    def block_zones_text(self, id: int) -> str | None:
        """The text of valid_zones of block N where it has a word that the library does not know."""
        return text_or_none(lib.mhp_snapshot_get_block_zones_text(self._c, self._block(id)))

    @property
    def pending(self) -> Pending | None:
        """What somebody has begun and not ended: Context.recover() puts back what it borrowed."""
        what, running = ffi.new("const char **"), ffi.new("_Bool *")
        code = lib.mhp_snapshot_get_pending(self._c, what, running)
        if code < 0:
            raise error_of(code, "mhp_snapshot_get_pending")
        return None if what[0] == ffi.NULL else Pending(text(what[0]), running[0])

    def zone_bytes(self, zone: Zone) -> ZoneBytes:
        """What lies in a zone, of all nodes together (SnapshotFlag.TOPOLOGY or FOR_PLANS)."""
        return zone_bytes_of(lib.mhp_snapshot_get_zone_bytes, self._c, zone)

    def kernel_bytes(self) -> int:
        """Memory in the zones that the kernel uses for itself."""
        return number_of(lib.mhp_snapshot_get_kernel_bytes, "uint64_t *", self._c)

    def movable_bytes(self) -> int:
        """Memory in Movable."""
        return number_of(lib.mhp_snapshot_get_movable_bytes, "uint64_t *", self._c)

    def movable_percent(self) -> int:
        """MOVABLE:KERNEL, rounded up."""
        return number_of(lib.mhp_snapshot_get_movable_percent, "uint64_t *", self._c)

    def plan(self, request: Request) -> Plan:
        """What would be written to fulfil a request; no I/O."""
        return plan_request(self._c, request)

    def _block(self, id: int) -> CData:
        block = lib.mhp_snapshot_find_block(self._c, id)
        if block == ffi.NULL:
            raise LookupError(f"the snapshot has no memory{id}")
        return block


def snapshot_of(snap: CData) -> Snapshot:
    """What a snapshot says; it takes over the reference."""
    made = Snapshot(
        flags=SnapshotFlag(lib.mhp_snapshot_get_flags(snap)),
        block_size_bytes=lib.mhp_snapshot_get_block_size_bytes(snap),
        policy=policy_of(snap),
        nodes_errno=-lib.mhp_snapshot_get_nodes_code(snap),
        regions_errno=-lib.mhp_snapshot_get_regions_code(snap),
        problems=tuple(_problem(snap, i) for i in range(lib.mhp_snapshot_count_problems(snap))),
    )
    made._borrow(None, snap)
    return made


def snapshot_ref(snap: CData) -> Snapshot:
    """The same of one that belongs to another object."""
    return snapshot_of(ffi.gc(lib.mhp_snapshot_ref(snap), lib.mhp_snapshot_unref))


def _problem(snap: CData, index: int) -> Problem:
    texts, code = ffi.new("const char *[2]"), ffi.new("int *")
    lib.mhp_snapshot_get_problem(snap, index, texts, code, texts + 1)
    return Problem(text(texts[0]), -code[0], text_or_none(texts[1]))

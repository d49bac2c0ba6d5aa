# SPDX-License-Identifier: LGPL-2.1-or-later
"""A change of the machine, as a monitor tells of it."""

from __future__ import annotations

from dataclasses import dataclass

from ._call import Call
from ._lib import CData, Known, Words, text, text_or_none
from ._libmhp import ffi, lib
from .block import state_of, zone_of
from .cause import Cause, CauseKind
from .types import State, Zone


class EventKind(Words):
    """What happened."""

    UNKNOWN = lib.MHP_EVENT_UNKNOWN
    BLOCK_ADDED = lib.MHP_EVENT_BLOCK_ADDED
    BLOCK_REMOVED = lib.MHP_EVENT_BLOCK_REMOVED
    BLOCK_ONLINE = lib.MHP_EVENT_BLOCK_ONLINE
    BLOCK_OFFLINE = lib.MHP_EVENT_BLOCK_OFFLINE
    NODE_ADDED = lib.MHP_EVENT_NODE_ADDED
    NODE_REMOVED = lib.MHP_EVENT_NODE_REMOVED
    TIER_ADDED = lib.MHP_EVENT_TIER_ADDED
    TIER_REMOVED = lib.MHP_EVENT_TIER_REMOVED
    DEVICE_ADDED = lib.MHP_EVENT_DEVICE_ADDED
    DEVICE_REMOVED = lib.MHP_EVENT_DEVICE_REMOVED
    DEVICE_BOUND = lib.MHP_EVENT_DEVICE_BOUND
    DEVICE_UNBOUND = lib.MHP_EVENT_DEVICE_UNBOUND
    POLICY_CHANGED = lib.MHP_EVENT_POLICY_CHANGED
    LOST = lib.MHP_EVENT_LOST
    RESYNCED = lib.MHP_EVENT_RESYNCED
    BLOCK_ZONE = lib.MHP_EVENT_BLOCK_ZONE

    @property
    def word(self) -> str:
        """The word for it."""
        return text(lib.mhp_event_kind_to_str(self))


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. Unlike the library's, it is yours to keep."""

    kind: EventKind
    name: str
    """What it is about: "memory36", "node1", "dax0.0", "auto_online_blocks"; maybe ""."""

    text: str
    """In words: "memory36 online in Movable (dax0.0)"."""

    region_name: str | None
    block_id: int | None
    node_id: int | None
    state_before: State
    zone_before: Zone
    state_after: State
    zone_after: Zone
    word_before: str | None
    """A setting's word; the driver that the device had."""

    word_after: str | None
    cause: Cause | None
    """Who is likely to have done it, with MonitorFlag.CAUSES."""

    is_found: bool
    """Whether it was found by looking, rather than told by the kernel."""

    seqnum: int
    time_ns: int
    """Of CLOCK_REALTIME, as time.time_ns()."""

    def __str__(self) -> str:
        return self.text


def event_of(event: CData) -> Event:
    """What a monitor's event says."""
    states, zones = ffi.new("enum mhp_state[2]"), ffi.new("enum mhp_zone[2]")
    lib.mhp_event_get_before(event, states, zones)
    lib.mhp_event_get_after(event, states + 1, zones + 1)
    known = Known()
    with Call() as call:
        words = call.text(lib.mhp_event_copy_text, event)
    cause = text_or_none(lib.mhp_event_get_cause_text(event))
    return Event(
        kind=EventKind(lib.mhp_event_get_kind(event)),
        name=text(lib.mhp_event_get_name(event)),
        text=words,
        region_name=text_or_none(lib.mhp_event_get_region_name(event)),
        block_id=known.get("block_id", "uint64_t *", lib.mhp_event_get_block_id, event),
        node_id=known.get("node_id", "int *", lib.mhp_event_get_node_id, event),
        state_before=state_of(states[0]),
        zone_before=zone_of(zones[0]),
        state_after=state_of(states[1]),
        zone_after=zone_of(zones[1]),
        word_before=text_or_none(lib.mhp_event_get_word_before(event)),
        word_after=text_or_none(lib.mhp_event_get_word_after(event)),
        cause=None if cause is None else Cause(CauseKind(lib.mhp_event_get_cause(event)), cause),
        is_found=lib.mhp_event_is_found(event),
        seqnum=lib.mhp_event_get_seqnum(event),
        time_ns=lib.mhp_event_get_time_ns(event),
    )

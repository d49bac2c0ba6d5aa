# SPDX-License-Identifier: LGPL-2.1-or-later
"""The words of the kernel and their values; numbers and words come from the library."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ._lib import AnyPath, Unknown as Unknown, Words, text, text_or_none, to_c
from ._libmhp import ffi, lib


class OnlineType(Words):
    """How memory is onlined."""

    OFFLINE = lib.MHP_OFFLINE
    ONLINE = lib.MHP_ONLINE
    ONLINE_KERNEL = lib.MHP_ONLINE_KERNEL
    ONLINE_MOVABLE = lib.MHP_ONLINE_MOVABLE

    @property
    def word(self) -> str:
        """The kernel's word for it; "unknown" for another value."""
        return text_or_none(lib.mhp_online_type_to_str(self)) or "unknown"

    @classmethod
    def from_str(cls, word: AnyPath) -> OnlineType:
        """The type that the kernel has this word for; anything else is a ValueError."""
        out = ffi.new("enum mhp_online_type *")
        if lib.mhp_online_type_from_str(to_c(word), out) < 0:
            raise ValueError(f"not one of the kernel's words: {word!r}")
        return cls(out[0])


class State(Words):
    """State of a memory block, or of a region's blocks together."""

    UNKNOWN = lib.MHP_STATE_UNKNOWN
    ABSENT = lib.MHP_STATE_ABSENT
    OFFLINE = lib.MHP_STATE_OFFLINE
    ONLINE = lib.MHP_STATE_ONLINE
    GOING_OFFLINE = lib.MHP_STATE_GOING_OFFLINE
    MIXED = lib.MHP_STATE_MIXED

    @property
    def word(self) -> str:
        """The word for it."""
        return text(lib.mhp_state_to_str(self))


class Zone(Words):
    """Zone of memory."""

    UNKNOWN = lib.MHP_ZONE_UNKNOWN
    NONE = lib.MHP_ZONE_NONE
    DMA = lib.MHP_ZONE_DMA
    DMA32 = lib.MHP_ZONE_DMA32
    NORMAL = lib.MHP_ZONE_NORMAL
    HIGHMEM = lib.MHP_ZONE_HIGHMEM
    MOVABLE = lib.MHP_ZONE_MOVABLE
    DEVICE = lib.MHP_ZONE_DEVICE
    MIXED = lib.MHP_ZONE_MIXED

    @property
    def word(self) -> str:
        """The kernel's word for it."""
        return text(lib.mhp_zone_to_str(self))


class DeviceState(Words):
    """What the driver of a dax device claims for all of it (Linux 7.3)."""

    UNKNOWN = lib.MHP_DEVICE_STATE_UNKNOWN
    UNPLUGGED = lib.MHP_DEVICE_STATE_UNPLUGGED
    OFFLINE = lib.MHP_DEVICE_STATE_OFFLINE
    ONLINE = lib.MHP_DEVICE_STATE_ONLINE
    ONLINE_KERNEL = lib.MHP_DEVICE_STATE_ONLINE_KERNEL
    ONLINE_MOVABLE = lib.MHP_DEVICE_STATE_ONLINE_MOVABLE

    @property
    def word(self) -> str:
        """The word for it."""
        return text(lib.mhp_device_state_to_str(self))


class RegionKind(Words):
    """Origin of a region's memory."""

    UNKNOWN = lib.MHP_REGION_UNKNOWN
    DAX = lib.MHP_REGION_DAX
    CXL = lib.MHP_REGION_CXL
    VIRTIO_MEM = lib.MHP_REGION_VIRTIO_MEM
    DIMM = lib.MHP_REGION_DIMM
    S390_STANDBY = lib.MHP_REGION_S390_STANDBY
    PPC64_LMB = lib.MHP_REGION_PPC64_LMB
    MANAGED = lib.MHP_REGION_MANAGED
    BOOT = lib.MHP_REGION_BOOT

    @property
    def word(self) -> str:
        """The word for it."""
        return text(lib.mhp_region_kind_to_str(self))

    @classmethod
    def from_str(cls, word: AnyPath) -> RegionKind:
        """The kind that has this word; anything else is a ValueError."""
        out = ffi.new("enum mhp_region_kind *")
        if lib.mhp_region_kind_from_str(to_c(word), out) < 0:
            raise ValueError(f"not a kind of region: {word!r}")
        return cls(out[0])


class Capability(Words):
    """What can be done to a region's memory: Region.can()."""

    ONLINE = lib.MHP_CAN_ONLINE
    ONLINE_WHOLE = lib.MHP_CAN_ONLINE_WHOLE
    OFFLINE = lib.MHP_CAN_OFFLINE
    PLUG = lib.MHP_CAN_PLUG
    PLUG_BLOCKS = lib.MHP_CAN_PLUG_BLOCKS
    UNPLUG = lib.MHP_CAN_UNPLUG
    RELEASE = lib.MHP_CAN_RELEASE


class NodeKind(Words):
    """What a NUMA node has beside memory."""

    UNKNOWN = lib.MHP_NODE_UNKNOWN
    CPU = lib.MHP_NODE_CPU
    CPU_LESS = lib.MHP_NODE_CPU_LESS

    @property
    def word(self) -> str:
        """The word for it."""
        return text(lib.mhp_node_kind_to_str(self))


class Access(Words):
    """Whose accesses the rating of a node's memory is about."""

    UNKNOWN = lib.MHP_ACCESS_UNKNOWN
    ANY = lib.MHP_ACCESS_ANY
    CPU = lib.MHP_ACCESS_CPU


class Feature(IntEnum):
    """What a library may be built without: has()."""

    UDEV = lib.MHP_FEATURE_UDEV
    KMOD = lib.MHP_FEATURE_KMOD


@dataclass(frozen=True, slots=True)
class Range:
    """A physical range."""

    start: int
    size_bytes: int


def has(feature: Feature) -> bool:
    """Was the library that is running built with this?"""
    return bool(lib.mhp_has(feature))


def version() -> str:
    """Version of the library that is running."""
    return text(lib.mhp_get_version())

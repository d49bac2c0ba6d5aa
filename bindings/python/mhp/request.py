# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the caller wants: a target, a goal, and the rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag

from ._call import Call
from ._lib import CData, Words, text, to_c
from ._libmhp import ffi, lib
from .types import OnlineType, Range, RegionKind


Blocks = range  # Request has a field of that name


class Goal(Words):
    """What is to become of the target."""

    UNKNOWN = lib.MHP_GOAL_UNKNOWN
    OFFLINE = lib.MHP_GOAL_OFFLINE
    ONLINE = lib.MHP_GOAL_ONLINE
    UNPLUGGED = lib.MHP_GOAL_UNPLUGGED
    PLUGGED = lib.MHP_GOAL_PLUGGED

    @property
    def word(self) -> str:
        """The word for it."""
        return text(lib.mhp_goal_to_str(self))


class Rule(IntFlag):
    """Rules of a request."""

    KEEP = lib.MHP_RULE_KEEP
    REZONE = lib.MHP_RULE_REZONE
    PER_BLOCK = lib.MHP_RULE_PER_BLOCK
    BORROW = lib.MHP_RULE_BORROW
    RELEASE = lib.MHP_RULE_RELEASE
    KERNEL_ZONE = lib.MHP_RULE_KERNEL_ZONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is wanted. The target is one of ``region``, ``range``, ``blocks``, ``node`` and
    ``kind``; ``size_bytes`` takes a part of it."""

    goal: Goal
    region: str | bytes | None = None
    """Its name, or its identity."""

    range: Range | None = None
    blocks: Iterable[int | Blocks] | None = None
    """Numbers, or range() objects of them."""

    node: int | None = None
    kind: RegionKind | None = None
    size_bytes: int = 0
    """0: all of it."""

    online_type: OnlineType | None = None
    default_type: bool = False
    """Online it as the system does by default, instead of ``online_type``."""

    driver: str | None = None
    """Who is to have the device once it is unplugged: "device_dax", or nobody."""

    rules: Rule = Rule(0)

    def __post_init__(self) -> None:
        targets = (self.region, self.range, self.blocks, self.node, self.kind)
        if sum(target is not None for target in targets) != 1:
            raise ValueError("a request has one target: region, range, blocks, node or kind")
        _expect("goal", self.goal, Goal)
        _expect("kind", self.kind, RegionKind)
        _expect("online_type", self.online_type, OnlineType)
        _expect("rules", self.rules, Rule)
        if self.blocks is not None:
            object.__setattr__(self, "blocks", tuple(self.blocks))


def _expect(name: str, value: object, kind: type) -> None:
    if value is not None and not isinstance(value, int):
        raise TypeError(f"{name} is {value!r}, which is no {kind.__name__}")


def request_to_c(request: Request) -> CData:
    """The library's object for it."""
    with Call() as call:
        out = call.new(ffi.new("struct mhp_request **"), lib.mhp_request_free, lib.mhp_request_new)
        _set_target(call, out, request)
        call.check(lib.mhp_request_set_goal(out, request.goal), "mhp_request_set_goal")
        lib.mhp_request_set_size_bytes(out, request.size_bytes)
        if request.online_type is not None:
            call.check(
                lib.mhp_request_set_online_type(out, request.online_type),
                "mhp_request_set_online_type",
            )
        if request.default_type:
            lib.mhp_request_set_default_type(out)
        if request.driver is not None:
            call.check(
                lib.mhp_request_set_driver(out, to_c(request.driver)), "mhp_request_set_driver"
            )
        call.check(lib.mhp_request_set_rules(out, request.rules), "mhp_request_set_rules")
        return out


def _set_target(call: Call, out: CData, request: Request) -> None:
    if request.region is not None:
        call.check(lib.mhp_request_set_region(out, to_c(request.region)), "mhp_request_set_region")
    if request.range is not None:
        code = lib.mhp_request_set_range(out, request.range.start, request.range.size_bytes)
        call.check(code, "mhp_request_set_range")
    for item in request.blocks or ():
        run = item if isinstance(item, Blocks) else Blocks(item, item + 1)
        if run.step != 1:
            raise ValueError(f"{run!r} is no run of blocks")
        call.check(lib.mhp_request_add_blocks(out, run.start, len(run)), "mhp_request_add_blocks")
    if request.node is not None:
        call.check(lib.mhp_request_set_node(out, request.node), "mhp_request_set_node")
    if request.kind is not None:
        call.check(lib.mhp_request_set_kind(out, request.kind), "mhp_request_set_kind")

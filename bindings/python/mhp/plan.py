# SPDX-License-Identifier: LGPL-2.1-or-later
"""What would be written to fulfil a request, step by step, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass

from ._call import Call
from ._lib import (
    Borrowed,
    CData,
    Items,
    Words,
    own_text_or_none,
    text,
    text_or_none,
    to_bytes,
)
from ._libmhp import ffi, lib
from .block import state_of, zone_of
from .error import Error, MalformedError
from .request import Goal, Request, Rule, request_to_c
from .types import OnlineType, Range, State, Zone


class StepKind(Words):
    """What a step writes to."""

    UNKNOWN = lib.MHP_STEP_UNKNOWN
    BLOCK = lib.MHP_STEP_BLOCK
    DEVICE = lib.MHP_STEP_DEVICE
    UNBIND = lib.MHP_STEP_UNBIND
    BIND = lib.MHP_STEP_BIND
    LOAD = lib.MHP_STEP_LOAD
    BORROW = lib.MHP_STEP_BORROW
    RETURN = lib.MHP_STEP_RETURN
    EJECT = lib.MHP_STEP_EJECT
    CONFIGURE = lib.MHP_STEP_CONFIGURE
    RELEASE = lib.MHP_STEP_RELEASE

    @property
    def word(self) -> str:
        """The word for it."""
        return text(lib.mhp_step_kind_to_str(self))


class ConflictCode(Words):
    """What stands against a request; from 64 on: what is to be known about it."""

    UNKNOWN = lib.MHP_CONFLICT_UNKNOWN
    WRONG_ZONE = lib.MHP_CONFLICT_WRONG_ZONE
    NO_BLOCK = lib.MHP_CONFLICT_NO_BLOCK
    NOT_BOUND = lib.MHP_CONFLICT_NOT_BOUND
    ABSENT = lib.MHP_CONFLICT_ABSENT
    STRANDED = lib.MHP_CONFLICT_STRANDED
    SPANS_ZONES = lib.MHP_CONFLICT_SPANS_ZONES
    UNREADABLE = lib.MHP_CONFLICT_UNREADABLE
    GOING_OFFLINE = lib.MHP_CONFLICT_GOING_OFFLINE
    NO_DEFAULT = lib.MHP_CONFLICT_NO_DEFAULT
    OVERLAP = lib.MHP_CONFLICT_OVERLAP
    NO_PERMISSION = lib.MHP_CONFLICT_NO_PERMISSION
    POLICY = lib.MHP_CONFLICT_POLICY
    UDEV_RULE = lib.MHP_CONFLICT_UDEV_RULE
    OTHER_DEVICES = lib.MHP_CONFLICT_OTHER_DEVICES
    NOT_WHOLE = lib.MHP_CONFLICT_NOT_WHOLE
    TOO_FEW = lib.MHP_CONFLICT_TOO_FEW
    NOT_DEVICE = lib.MHP_CONFLICT_NOT_DEVICE
    NO_HOTREMOVE = lib.MHP_CONFLICT_NO_HOTREMOVE
    HOST_DECIDES = lib.MHP_CONFLICT_HOST_DECIDES
    CONTAINED = lib.MHP_CONFLICT_CONTAINED
    NOT_ALIGNED = lib.MHP_CONFLICT_NOT_ALIGNED
    NOT_ABLE = lib.MHP_CONFLICT_NOT_ABLE
    BOOT_MEMORY = lib.MHP_CONFLICT_BOOT_MEMORY
    LOCKED = lib.MHP_CONFLICT_LOCKED
    KERNEL_ZONE = lib.MHP_CONFLICT_KERNEL_ZONE
    WARNING_LOST_BYTES = lib.MHP_WARNING_LOST_BYTES
    WARNING_STALE_WORD = lib.MHP_WARNING_STALE_WORD
    WARNING_WORD_WILL_LIE = lib.MHP_WARNING_WORD_WILL_LIE
    WARNING_NOT_UNDOABLE = lib.MHP_WARNING_NOT_UNDOABLE
    WARNING_UDEV_RULE = lib.MHP_WARNING_UDEV_RULE
    WARNING_MEMMAP = lib.MHP_WARNING_MEMMAP
    WARNING_RATIO = lib.MHP_WARNING_RATIO
    WARNING_NOT_CHECKED = lib.MHP_WARNING_NOT_CHECKED
    WARNING_HOST_DECIDES = lib.MHP_WARNING_HOST_DECIDES
    WARNING_OTHERS = lib.MHP_WARNING_OTHERS
    WARNING_KERNEL_ZONE = lib.MHP_WARNING_KERNEL_ZONE
    WARNING_HELD_OFFLINE = lib.MHP_WARNING_HELD_OFFLINE
    WARNING_WINDOW = lib.MHP_WARNING_WINDOW

    @property
    def word(self) -> str:
        """The word for it, which a conflict and a warning may share."""
        return text(lib.mhp_conflict_code_to_str(self))


@dataclass(frozen=True, slots=True)
class Step:
    """One write of a plan."""

    kind: StepKind
    path: str
    """The file; for LOAD the module's directory."""

    written: str
    """The word that it writes: a state, a device's name, a setting, a module's name."""

    ranges: tuple[Range, ...]
    state_expected: State
    zone_expected: Zone
    state_wanted: State
    type_wanted: OnlineType
    undo_word: str | None
    """None if it cannot be undone."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What stands against a plan; or a warning."""

    code: ConflictCode
    message: str
    hint: str | None
    blocks: tuple[int, ...]
    """Numbers of the blocks that it is about; none if it is about the region."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan(Borrowed):
    """A plan: made by Snapshot.plan(). It never changes and needs its snapshot no more."""

    target: str
    """What it is about, for people."""

    region_name: str | None
    goal: Goal
    online_type: OnlineType
    rules: Rule

    @property
    def steps(self) -> Items[Step]:
        """In the order in which they are to be carried out."""
        plan = self._c
        return Items(
            plan, lib.mhp_plan_count_steps(plan), lambda i: _step(lib.mhp_plan_get_step(plan, i))
        )

    @property
    def conflicts(self) -> Items[Conflict]:
        """With any, nothing is written."""
        plan = self._c
        return Items(
            plan,
            lib.mhp_plan_count_conflicts(plan),
            lambda i: _conflict(lib.mhp_plan_get_conflict(plan, i)),
        )

    @property
    def warnings(self) -> Items[Conflict]:
        """What is to be known and does not stop the plan."""
        plan = self._c
        return Items(
            plan,
            lib.mhp_plan_count_warnings(plan),
            lambda i: _conflict(lib.mhp_plan_get_warning(plan, i)),
        )

    @property
    def is_met(self) -> bool:
        """Whether there is nothing to do, and nothing against it."""
        return not self.steps and not self.conflicts

    @property
    def text(self) -> str:
        """For people: conflicts, warnings, steps; a line each."""
        with Call() as call:
            return call.text(lib.mhp_plan_copy_text, self._c)

    def save(self) -> str:
        """As text for load(), to look at or to apply later."""
        with Call() as call:
            return call.text(lib.mhp_plan_copy_saved, self._c)

    @staticmethod
    def load(saved: str | bytes) -> Plan:
        """The plan that save() wrote. A MalformedError has the line at fault."""
        raw, line = to_bytes(saved), ffi.new("unsigned int *")
        with Call() as call:
            try:
                return plan_of(
                    call.new_before(
                        ffi.new("struct mhp_plan **"),
                        lib.mhp_plan_unref,
                        (line,),
                        lib.mhp_plan_new_from_text,
                        raw,
                        len(raw),
                    )
                )
            except MalformedError as error:
                error.line = line[0]
                raise


def plan_request(snap: CData, request: Request) -> Plan:
    """Plan a request."""
    wanted, why = request_to_c(request), ffi.new("char **")
    with Call() as call:
        try:
            plan = call.new_before(
                ffi.new("struct mhp_plan **"),
                lib.mhp_plan_unref,
                (why,),
                lib.mhp_plan_new_why,
                snap,
                wanted,
            )
        except Error as error:
            error.message = own_text_or_none(why[0])
            raise
        return plan_of(plan)


def plan_of(plan: CData) -> Plan:
    """What a plan says; it takes over the reference."""
    made = Plan(
        target=text(lib.mhp_plan_get_target(plan)),
        region_name=text_or_none(lib.mhp_plan_get_region_name(plan)),
        goal=Goal(lib.mhp_plan_get_goal(plan)),
        online_type=OnlineType(lib.mhp_plan_get_online_type(plan)),
        rules=Rule(lib.mhp_plan_get_rules(plan)),
    )
    made._borrow(None, plan)
    return made


def plan_ref(plan: CData) -> Plan:
    """The same of one that belongs to another object."""
    return plan_of(ffi.gc(lib.mhp_plan_ref(plan), lib.mhp_plan_unref))


def _step(step: CData) -> Step:
    state, zone = ffi.new("enum mhp_state[2]"), ffi.new("enum mhp_zone *")
    online_type = ffi.new("enum mhp_online_type *")
    lib.mhp_step_get_expected(step, state, zone)
    lib.mhp_step_get_wanted(step, state + 1, online_type)
    with Call() as call:
        path = call.text(lib.mhp_step_copy_path, step)
    return Step(
        kind=StepKind(lib.mhp_step_get_kind(step)),
        path=path,
        written=text(lib.mhp_step_get_word(step)),
        ranges=tuple(_range(step, i) for i in range(lib.mhp_step_count_ranges(step))),
        state_expected=state_of(state[0]),
        zone_expected=zone_of(zone[0]),
        state_wanted=state_of(state[1]),
        type_wanted=OnlineType(online_type[0]),
        undo_word=text_or_none(lib.mhp_step_get_undo_word(step)),
    )


def _range(step: CData, index: int) -> Range:
    out = ffi.new("uint64_t[2]")
    lib.mhp_step_get_range(step, index, out, out + 1)
    return Range(out[0], out[1])


def _conflict(conflict: CData) -> Conflict:
    return Conflict(
        code=ConflictCode(lib.mhp_conflict_get_code(conflict)),
        message=text(lib.mhp_conflict_get_message(conflict)),
        hint=text_or_none(lib.mhp_conflict_get_hint(conflict)),
        blocks=tuple(
            _block_id(conflict, i) for i in range(lib.mhp_conflict_count_blocks(conflict))
        ),
    )


def _block_id(conflict: CData, index: int) -> int:
    out = ffi.new("uint64_t *")
    lib.mhp_conflict_get_block_id(conflict, index, out)
    return int(out[0])

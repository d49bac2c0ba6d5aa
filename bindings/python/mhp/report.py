# SPDX-License-Identifier: LGPL-2.1-or-later
"""What became of a plan: the outcome, every block, every write."""

from __future__ import annotations

from dataclasses import dataclass

from ._lib import Borrowed, CData, Items, Words, text, text_or_none
from ._libmhp import ffi, lib
from .block import state_of, zone_of
from .error import ReportError
from .plan import Plan, plan_ref
from .recover import Recovery, recovery_of
from .types import State, Zone


class Outcome(Words):
    """How a plan ended."""

    UNKNOWN = lib.MHP_OUTCOME_UNKNOWN
    DONE = lib.MHP_OUTCOME_DONE
    UNDONE = lib.MHP_OUTCOME_UNDONE
    PARTIAL = lib.MHP_OUTCOME_PARTIAL
    REFUSED = lib.MHP_OUTCOME_REFUSED

    @property
    def word(self) -> str:
        """The word for it."""
        return text(lib.mhp_outcome_to_str(self))


class Reason(Words):
    """Why a block, or the whole, ended as it did."""

    UNKNOWN = lib.MHP_REASON_UNKNOWN
    DONE = lib.MHP_REASON_DONE
    ALREADY = lib.MHP_REASON_ALREADY
    NOT_TRIED = lib.MHP_REASON_NOT_TRIED
    UNDONE = lib.MHP_REASON_UNDONE
    CONFLICT = lib.MHP_REASON_CONFLICT
    STALE = lib.MHP_REASON_STALE
    BUSY = lib.MHP_REASON_BUSY
    WRONG_ZONE = lib.MHP_REASON_WRONG_ZONE
    SPANS_ZONES = lib.MHP_REASON_SPANS_ZONES
    POISONED = lib.MHP_REASON_POISONED
    VETOED = lib.MHP_REASON_VETOED
    INTERRUPTED = lib.MHP_REASON_INTERRUPTED
    GONE = lib.MHP_REASON_GONE
    NO_PERMISSION = lib.MHP_REASON_NO_PERMISSION
    READ_ONLY = lib.MHP_REASON_READ_ONLY
    NO_MEMORY = lib.MHP_REASON_NO_MEMORY
    TRY_AGAIN = lib.MHP_REASON_TRY_AGAIN
    NOT_TAKEN = lib.MHP_REASON_NOT_TAKEN
    STRANDED = lib.MHP_REASON_STRANDED
    CANCELLED = lib.MHP_REASON_CANCELLED
    UNREADABLE = lib.MHP_REASON_UNREADABLE
    INVALID = lib.MHP_REASON_INVALID
    NOT_PUT_BACK = lib.MHP_REASON_NOT_PUT_BACK
    DEADLINE = lib.MHP_REASON_DEADLINE
    LOCKED = lib.MHP_REASON_LOCKED
    UNSUPPORTED = lib.MHP_REASON_UNSUPPORTED
    HOLE = lib.MHP_REASON_HOLE
    TAKEN = lib.MHP_REASON_TAKEN
    BEYOND = lib.MHP_REASON_BEYOND
    MODULE = lib.MHP_REASON_MODULE
    OTHER_DEVICES = lib.MHP_REASON_OTHER_DEVICES
    PENDING = lib.MHP_REASON_PENDING
    QUEUED = lib.MHP_REASON_QUEUED
    GIVEN_UP = lib.MHP_REASON_GIVEN_UP
    FIRMWARE = lib.MHP_REASON_FIRMWARE

    @property
    def word(self) -> str:
        """The word for it; libmhp(7) lists them, and what to do."""
        return text(lib.mhp_reason_to_str(self))

    @property
    def is_failure(self) -> bool:
        """Is it one of those for which something is not as wanted?"""
        return bool(lib.mhp_reason_is_failure(self))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a block."""

    id: int
    wanted: str
    """"online", "online_kernel", "online_movable", "offline" or "absent"."""

    state_before: State
    zone_before: Zone
    state_after: State
    """As read back."""

    zone_after: Zone
    reason: Reason
    errno: int
    """The kernel's answer; 0 if there is none."""


@dataclass(frozen=True, slots=True)
class Write:
    """A write that was made; the loading of a module is among them."""

    path: str
    word: str
    errno: int
    """The kernel's answer, 0 for success."""

    is_undo: bool
    """Whether it was made to put something back."""


@dataclass(frozen=True, slots=True, eq=False)
class Report(Borrowed):
    """What became of a plan. That the machine refused is no exception, unless you check()."""

    outcome: Outcome
    reason: Reason
    """The first thing that failed; DONE or ALREADY if nothing did."""

    errno: int
    """The kernel's answer to that; 0 if no system call failed."""

    message: str
    hint: str | None
    """What can be done; None if there is nothing to say."""

    plan: Plan
    recovery: Recovery | None
    """What a killed user of libmhp had left behind, and was put back first."""

    other_blocks: tuple[int, ...]
    """Blocks that others added while a setting of the system was borrowed."""

    device_word_before: str | None
    device_word_after: str | None

    @property
    def is_done(self) -> bool:
        """Whether every block is as wanted."""
        return self.outcome is Outcome.DONE

    def __str__(self) -> str:
        text = f"{self.outcome}: {self.message}"
        return f"{text}; {self.hint}" if self.hint else text

    def check(self) -> Report:
        """The report itself if all is as wanted, else a ReportError."""
        if not self.is_done:
            raise ReportError(self)
        return self

    @property
    def results(self) -> Items[Result]:
        """What became of each block of the plan, by address."""
        report = self._c
        return Items(
            self,
            lib.mhp_report_count_results(report),
            lambda i: _result(lib.mhp_report_get_result(report, i)),
        )

    @property
    def writes(self) -> Items[Write]:
        """All writes, in the order in which they were made."""
        report = self._c
        return Items(self, lib.mhp_report_count_writes(report), lambda i: _write(report, i))


def report_of(owner: CData, report: CData) -> Report:
    """What a report says; owner is what it belongs to if it is borrowed."""
    words = ffi.new("const char *[2]")
    lib.mhp_report_get_device_words(report, words, words + 1)
    recovery = lib.mhp_report_get_recovery(report)
    made = Report(
        outcome=Outcome(lib.mhp_report_get_outcome(report)),
        reason=Reason(lib.mhp_report_get_reason(report)),
        errno=-lib.mhp_report_get_code(report),
        message=text(lib.mhp_report_get_message(report)),
        hint=text_or_none(lib.mhp_report_get_hint(report)),
        plan=plan_ref(lib.mhp_report_get_plan(report)),
        recovery=None if recovery == ffi.NULL else recovery_of(recovery),
        other_blocks=tuple(
            _other_block_id(report, i) for i in range(lib.mhp_report_count_other_blocks(report))
        ),
        device_word_before=text_or_none(words[0]),
        device_word_after=text_or_none(words[1]),
    )
    made._borrow(owner, report)
    return made


def _result(result: CData) -> Result:
    states, zones = ffi.new("enum mhp_state[2]"), ffi.new("enum mhp_zone[2]")
    lib.mhp_result_get_before(result, states, zones)
    lib.mhp_result_get_after(result, states + 1, zones + 1)
    return Result(
        id=lib.mhp_result_get_id(result),
        wanted=text(lib.mhp_result_get_wanted_word(result)),
        state_before=state_of(states[0]),
        zone_before=zone_of(zones[0]),
        state_after=state_of(states[1]),
        zone_after=zone_of(zones[1]),
        reason=Reason(lib.mhp_result_get_reason(result)),
        errno=-lib.mhp_result_get_code(result),
    )


def _write(report: CData, index: int) -> Write:
    texts, code, undo = ffi.new("const char *[2]"), ffi.new("int *"), ffi.new("_Bool *")
    lib.mhp_report_get_write(report, index, texts, texts + 1, code, undo)
    return Write(text(texts[0]), text(texts[1]), -code[0], undo[0])


def _other_block_id(report: CData, index: int) -> int:
    out = ffi.new("uint64_t *")
    lib.mhp_report_get_other_block_id(report, index, out)
    return int(out[0])

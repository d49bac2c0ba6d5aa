# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a standing policy has to do with a machine just now, region by region."""

from __future__ import annotations

from dataclasses import dataclass

from .._call import Call, CancelToken, Progress
from .._lib import (
    Borrowed,
    CData,
    Items,
    Known,
    AnyPath,
    Words,
    text,
    text_or_none,
    to_c,
)
from .._libmhp import ffi as base_ffi, lib as base
from ..context import (
    DEFAULT_TIMEOUT,
    DEFAULT_UNDO_TIMEOUT,
    ApplyFlag,
    Context,
    apply_opts,
)
from ..plan import Plan, plan_ref
from ..region import Region, region_of
from ..report import Outcome, Reason, Report, report_of
from ..request import Rule
from ..snapshot import Snapshot, snapshot_ref
from ..types import OnlineType
from ._libmhp_policy import ffi, lib
from .standing import Standing, StandingRule, rule_of, standing_ref


class ItemState(Words):
    """What is to be done about a region."""

    UNKNOWN = lib.MHP_ITEM_UNKNOWN
    MET = lib.MHP_ITEM_MET
    TO_DO = lib.MHP_ITEM_TO_DO
    BLOCKED = lib.MHP_ITEM_BLOCKED
    LEFT_ALONE = lib.MHP_ITEM_LEFT_ALONE
    NO_RULE = lib.MHP_ITEM_NO_RULE
    UNDECIDED = lib.MHP_ITEM_UNDECIDED
    NOTHING = lib.MHP_ITEM_NOTHING

    @property
    def word(self) -> str:
        """The word for it."""
        return text(lib.mhp_item_state_to_str(self))


class DriftKind(Words):
    """How the machine is not as it should be."""

    UNKNOWN = lib.MHP_DRIFT_UNKNOWN
    WORD = lib.MHP_DRIFT_WORD
    ZONE = lib.MHP_DRIFT_ZONE
    STATE = lib.MHP_DRIFT_STATE
    MIXED_ZONES = lib.MHP_DRIFT_MIXED_ZONES
    NOT_PLUGGED = lib.MHP_DRIFT_NOT_PLUGGED

    @property
    def word(self) -> str:
        """The word for it."""
        return text(lib.mhp_drift_kind_to_str(self))


class AgendaError(Exception):
    """Not every region is as its rule wants it: what AgendaReport.check() raises."""

    def __init__(self, report: AgendaReport) -> None:
        super().__init__(report.outcome)
        self.report = report

    def __str__(self) -> str:
        failed = (r for r in self.report.results if r.outcome is not Outcome.DONE)
        return "; ".join((str(self.report.outcome), *(r.message for r in failed)))


@dataclass(frozen=True, slots=True)
class Drift:
    """How a region is not as it should be."""

    kind: DriftKind
    message: str
    blocks: tuple[int, ...]
    """Numbers of the blocks that it is about; none if it is about the region."""


@dataclass(frozen=True, slots=True, eq=False)
class AgendaItem(Borrowed):
    """What is to be done about a region, and why."""

    region: Region
    rule: StandingRule | None
    state: ItemState
    online_type: OnlineType | None
    """That the region is to be online with; None if no rule wants one, or it is not known."""

    guard: str | None
    """Why max-movable-ratio has changed what the rule wants; None if it has not."""

    why: str | None
    """Why nothing is done: of BLOCKED, UNDECIDED and NOTHING."""

    way_out: str | None
    cause: str | None
    """Who is likely to have brought it where it is, if it has drifts."""

    drifts: tuple[Drift, ...]

    @property
    def plan(self) -> Plan | None:
        """That brings the region to what is wanted; None if nothing was planned."""
        plan = lib.mhp_agenda_item_get_plan(self._c)
        return None if plan == ffi.NULL else plan_ref(plan)

    @property
    def repair(self) -> Plan | None:
        """What could be done, also where the rule does not allow it."""
        plan = lib.mhp_agenda_item_get_repair(self._c)
        return None if plan == ffi.NULL else plan_ref(plan)


@dataclass(frozen=True, slots=True, eq=False)
class Agenda(Borrowed):
    """What there is to do: made by Standing.agenda(), of a snapshot; no I/O."""

    n_drifts: int

    @property
    def items(self) -> Items[AgendaItem]:
        """In the order in which they are handled."""
        agenda = self._c
        return Items(
            agenda,
            lib.mhp_agenda_count_items(agenda),
            lambda i: _item(agenda, lib.mhp_agenda_get_item(agenda, i)),
        )

    def find_item(self, region: AnyPath) -> AgendaItem | None:
        """The item of a region, by its name or identity."""
        item = lib.mhp_agenda_find_item(self._c, to_c(region))
        return None if item == ffi.NULL else _item(self._c, item)

    def count(self, state: ItemState) -> int:
        """How many items are in a state."""
        return int(lib.mhp_agenda_count_in_state(self._c, state))

    @property
    def snapshot(self) -> Snapshot:
        """What it was made of."""
        return snapshot_ref(lib.mhp_agenda_get_snapshot(self._c))

    @property
    def standing(self) -> Standing:
        """What it was made of."""
        return standing_ref(lib.mhp_agenda_get_standing(self._c))

    @property
    def text(self) -> str:
        """For people."""
        with Call() as call:
            return call.text(lib.mhp_agenda_copy_text, self._c)

    def apply(
        self,
        ctx: Context,
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        undo_timeout: float | None = DEFAULT_UNDO_TIMEOUT,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
        flags: ApplyFlag = ApplyFlag(0),
    ) -> AgendaReport:
        """Carry out what is TO_DO, each item by itself. Timeouts are for each try of each."""
        pointer, opts = ctx._pointer(), apply_opts(timeout, undo_timeout, progress, flags)
        with ctx._asking_call(progress, cancel) as call:
            return _report(
                call.new(
                    ffi.new("struct mhp_agenda_report **"),
                    lib.mhp_agenda_report_free,
                    lib.mhp_agenda_apply,
                    pointer,
                    self._c,
                    opts,
                )
            )


@dataclass(frozen=True, slots=True, eq=False)
class AgendaResult:
    """What became of an item."""

    item: AgendaItem
    """As it was when the agenda was made."""

    outcome: Outcome
    reason: Reason
    errno: int
    message: str
    report: Report | None
    """None if nothing was tried, or it could not begin."""

    first_report: Report | None
    """Of a first try, which was stale."""


@dataclass(frozen=True, slots=True, eq=False)
class AgendaReport(Borrowed):
    """What became of an agenda."""

    outcome: Outcome
    agenda: Agenda

    @property
    def is_done(self) -> bool:
        """Whether every region is as its rule wants it, or has none."""
        return self.outcome is Outcome.DONE

    def check(self) -> AgendaReport:
        """The report itself if it is done, else an AgendaError."""
        if not self.is_done:
            raise AgendaError(self)
        return self

    @property
    def results(self) -> Items[AgendaResult]:
        """One for each item, in the same order."""
        report = self._c
        return Items(
            report,
            lib.mhp_agenda_report_count_results(report),
            lambda i: _result(report, self.agenda, lib.mhp_agenda_report_get_result(report, i)),
        )


def make_agenda(standing: Standing, snap: Snapshot, rules: Rule, no_rules: Rule) -> Agenda:
    """See Standing.agenda()."""
    opts = ffi.new("struct mhp_agenda_opts *")
    opts.size, opts.rules, opts.no_rules = ffi.sizeof(opts[0]), rules, no_rules
    with Call() as call:
        return _agenda(
            call.new(
                ffi.new("struct mhp_agenda **"),
                lib.mhp_agenda_unref,
                lib.mhp_agenda_new,
                snap._c,
                standing._c,
                opts,
            )
        )


def _agenda(agenda: CData) -> Agenda:
    made = Agenda(n_drifts=lib.mhp_agenda_count_drifts(agenda))
    made._borrow(None, agenda)
    return made


def _item(agenda: CData, item: CData) -> AgendaItem:
    rule, known = lib.mhp_agenda_item_get_rule(item), Known(ffi)
    snap = lib.mhp_agenda_get_snapshot(agenda)
    snap = ffi.gc(base.mhp_snapshot_ref(snap), base.mhp_snapshot_unref)
    online_type = known.get(
        "online_type", "enum mhp_online_type *", lib.mhp_agenda_item_get_online_type, item
    )
    made = AgendaItem(
        region=region_of(snap, lib.mhp_agenda_item_get_region(item)),
        rule=None if rule == ffi.NULL else rule_of(agenda, rule),
        state=ItemState(lib.mhp_agenda_item_get_state(item)),
        online_type=None if online_type is None else OnlineType(online_type),
        guard=text_or_none(lib.mhp_agenda_item_get_guard(item)),
        why=text_or_none(lib.mhp_agenda_item_get_why(item)),
        way_out=text_or_none(lib.mhp_agenda_item_get_way_out(item)),
        cause=text_or_none(lib.mhp_agenda_item_get_cause_text(item)),
        drifts=tuple(
            _drift(lib.mhp_agenda_item_get_drift(item, i))
            for i in range(lib.mhp_agenda_item_count_drifts(item))
        ),
    )
    made._borrow(agenda, item)
    return made


def _drift(drift: CData) -> Drift:
    out, blocks = base_ffi.new("uint64_t *"), []
    for i in range(lib.mhp_drift_count_blocks(drift)):
        lib.mhp_drift_get_block_id(drift, i, out)
        blocks.append(out[0])
    return Drift(
        DriftKind(lib.mhp_drift_get_kind(drift)),
        text(lib.mhp_drift_get_message(drift)),
        tuple(blocks),
    )


def _report(report: CData) -> AgendaReport:
    agenda = ffi.gc(
        lib.mhp_agenda_ref(lib.mhp_agenda_report_get_agenda(report)), lib.mhp_agenda_unref
    )
    made = AgendaReport(
        outcome=Outcome(lib.mhp_agenda_report_get_outcome(report)), agenda=_agenda(agenda)
    )
    made._borrow(None, report)
    return made


def _result(owner: CData, agenda: Agenda, result: CData) -> AgendaResult:
    report = lib.mhp_agenda_result_get_report(result)
    first = lib.mhp_agenda_result_get_first_report(result)
    return AgendaResult(
        item=_item(agenda._c, lib.mhp_agenda_result_get_item(result)),
        outcome=Outcome(lib.mhp_agenda_result_get_outcome(result)),
        reason=Reason(lib.mhp_agenda_result_get_reason(result)),
        errno=-lib.mhp_agenda_result_get_code(result),
        message=text(lib.mhp_agenda_result_get_message(result)),
        report=None if report == ffi.NULL else report_of(owner, report),
        first_report=None if first == ffi.NULL else report_of(owner, first),
    )

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The standing policy: rules in files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._call import Call
from .._lib import (
    AnyPath,
    Borrowed,
    CData,
    Items,
    Known,
    Words,
    own_text_or_none,
    text,
    text_or_none,
    to_bytes,
    to_c,
)
from .._libmhp import ffi as base_ffi
from ..context import Context
from ..region import Region
from ..request import Rule
from ..snapshot import Snapshot
from ..types import OnlineType
from ._libmhp_policy import ffi, lib

if TYPE_CHECKING:
    from .agenda import Agenda


class Wish(Words):
    """What a rule wants of the memory of a region."""

    UNKNOWN = lib.MHP_WISH_UNKNOWN
    LEAVE_ALONE = lib.MHP_WISH_LEAVE_ALONE
    TYPE = lib.MHP_WISH_TYPE
    DEFAULT = lib.MHP_WISH_DEFAULT


class Match(Words):
    """Does a rule match a region?"""

    UNKNOWN = lib.MHP_MATCH_UNKNOWN
    NO = lib.MHP_MATCH_NO
    YES = lib.MHP_MATCH_YES


@dataclass(frozen=True, slots=True)
class Remark:
    """An error or a warning about a file."""

    file: str
    line: int
    """0: about the file as a whole."""

    message: str


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file that rules are, or could be, in."""

    path: str
    masks: bool
    """Whether it is empty or a link to /dev/null, and only hides others."""

    hidden_by: str | None
    """The file that hides it, so that it is not read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Which rule decides about a region."""

    match: Match
    rule: StandingRule | None
    """With UNKNOWN the first one of which it cannot be told whether it matches."""

    why: str | None
    """Which key decided, and what the region has."""


@dataclass(frozen=True, slots=True, eq=False)
class StandingRule(Borrowed):
    """A rule, as it stands in a file."""

    name: str
    file: str
    line: int
    wish: Wish
    online_type: OnlineType | None
    """Only with Wish.TYPE."""

    order: int
    max_movable_ratio: int | None
    rules: Rule
    """Rules of the request that it comes to."""

    can_plug: bool
    can_plug_persistent: bool

    @property
    def text(self) -> str:
        """As it could stand in a file; what is as by default is left out."""
        with Call() as call:
            return call.text(lib.mhp_standing_rule_copy_text, self._c)

    def key_line(self, key: str) -> int | None:
        """Line where a key stands; None if the rule does not have it."""
        return lib.mhp_standing_rule_get_key_line(self._c, to_c(key)) or None

    def match(self, region: Region) -> Answer:
        """Does it match a region?"""
        why = base_ffi.new("char **")
        match = lib.mhp_standing_rule_match(self._c, region._owner, region._c, why)
        return Answer(Match(match), self, own_text_or_none(why[0]))


@dataclass(frozen=True, slots=True, eq=False)
class Standing(Borrowed):
    """A standing policy; it never changes. With errors it is not to be acted upon."""

    errors: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    files: tuple[PolicyFile, ...]
    """Also those that are hidden."""

    @classmethod
    def read(cls, ctx: Context) -> Standing:
        """That of a machine: /etc/mhp/policy.d and so on, below the context's root."""
        pointer = ctx._pointer()
        with ctx._call() as call:
            return standing_of(
                call.new(
                    ffi.new("struct mhp_standing **"),
                    lib.mhp_standing_unref,
                    lib.mhp_standing_new,
                    pointer,
                )
            )

    @classmethod
    def from_text(
        cls, file: AnyPath, content: str | bytes, *more: tuple[AnyPath, str | bytes]
    ) -> Standing:
        """Make one of texts, each with the name of the file that it is to be told as."""
        raw = to_bytes(content)
        with Call() as call:
            out = call.new(
                ffi.new("struct mhp_standing **"),
                lib.mhp_standing_unref,
                lib.mhp_standing_new_from_text,
                to_c(file),
                raw,
                len(raw),
            )
            for name, content in more:
                raw = to_bytes(content)
                code = lib.mhp_standing_add_text(out, to_c(name), raw, len(raw))
                call.check(code, "mhp_standing_add_text")
        return standing_of(out)

    @property
    def rules(self) -> Items[StandingRule]:
        """In the order in which they are asked; those with errors, too."""
        standing = self._c
        return Items(
            standing,
            lib.mhp_standing_count_rules(standing),
            lambda i: rule_of(standing, lib.mhp_standing_get_rule(standing, i)),
        )

    def find_rule(self, region: Region) -> Answer:
        """The rule that decides about a region: the first one that matches."""
        rule, why = ffi.new("const struct mhp_standing_rule **"), base_ffi.new("char **")
        match = lib.mhp_standing_find_rule(self._c, region._owner, region._c, rule, why)
        found = None if rule[0] == ffi.NULL else rule_of(self._c, rule[0])
        return Answer(Match(match), found, own_text_or_none(why[0]))

    def agenda(
        self, snapshot: Snapshot, *, rules: Rule = Rule(0), no_rules: Rule = Rule(0)
    ) -> Agenda:
        """What there is to do. The snapshot is one with SnapshotFlag.FOR_PLANS, and TOPOLOGY if
        a rule is about tiers."""
        from .agenda import make_agenda

        return make_agenda(self, snapshot, rules, no_rules)


def standing_of(standing: CData) -> Standing:
    """What a standing policy says; it takes over the reference."""
    count = lib.mhp_standing_count_errors(standing)
    warnings = lib.mhp_standing_count_warnings(standing)
    files = lib.mhp_standing_count_files(standing)
    made = Standing(
        errors=tuple(_remark(lib.mhp_standing_get_error, standing, i) for i in range(count)),
        warnings=tuple(
            _remark(lib.mhp_standing_get_warning, standing, i) for i in range(warnings)
        ),
        files=tuple(_file(standing, i) for i in range(files)),
    )
    made._borrow(None, standing)
    return made


def standing_ref(standing: CData) -> Standing:
    """The same of one that belongs to another object."""
    return standing_of(ffi.gc(lib.mhp_standing_ref(standing), lib.mhp_standing_unref))


def rule_of(owner: CData, rule: CData) -> StandingRule:
    """What a rule says."""
    known = Known(ffi)
    online_type = known.get(
        "online_type", "enum mhp_online_type *", lib.mhp_standing_rule_get_online_type, rule
    )
    made = StandingRule(
        name=text(lib.mhp_standing_rule_get_name(rule)),
        file=text(lib.mhp_standing_rule_get_file(rule)),
        line=lib.mhp_standing_rule_get_line(rule),
        wish=Wish(lib.mhp_standing_rule_get_wish(rule)),
        online_type=None if online_type is None else OnlineType(online_type),
        order=lib.mhp_standing_rule_get_order(rule),
        max_movable_ratio=known.get(
            "ratio", "unsigned int *", lib.mhp_standing_rule_get_max_movable_ratio, rule
        ),
        rules=Rule(lib.mhp_standing_rule_get_rules(rule)),
        can_plug=lib.mhp_standing_rule_can_plug(rule),
        can_plug_persistent=lib.mhp_standing_rule_can_plug_persistent(rule),
    )
    made._borrow(owner, rule)
    return made


def _remark(function: Callable[..., int], standing: CData, index: int) -> Remark:
    texts, line = base_ffi.new("const char *[2]"), base_ffi.new("unsigned int *")
    function(standing, index, texts, line, texts + 1)
    return Remark(text(texts[0]), line[0], text(texts[1]))


def _file(standing: CData, index: int) -> PolicyFile:
    texts, masks = base_ffi.new("const char *[2]"), base_ffi.new("_Bool *")
    lib.mhp_standing_get_file(standing, index, texts, masks, texts + 1)
    return PolicyFile(text(texts[0]), masks[0], text_or_none(texts[1]))

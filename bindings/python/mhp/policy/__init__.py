# SPDX-License-Identifier: LGPL-2.1-or-later
"""Standing policies: what is to become of which memory, from now on; and what that asks for now.

    standing = mhp.policy.Standing.read(ctx)
    agenda = standing.agenda(ctx.snapshot(mhp.SnapshotFlag.FOR_PLANS))
    print(agenda.text)
    agenda.apply(ctx).check()
"""

from types import ModuleType as _ModuleType

from .agenda import (
    Agenda as Agenda,
    AgendaError as AgendaError,
    AgendaItem as AgendaItem,
    AgendaReport as AgendaReport,
    AgendaResult as AgendaResult,
    Drift as Drift,
    DriftKind as DriftKind,
    ItemState as ItemState,
)
from .standing import (
    Answer as Answer,
    Match as Match,
    PolicyFile as PolicyFile,
    Remark as Remark,
    Standing as Standing,
    StandingRule as StandingRule,
    Wish as Wish,
)

__all__ = [
    name
    for name, value in sorted(globals().items())
    if not name.startswith("_") and not isinstance(value, _ModuleType)
]

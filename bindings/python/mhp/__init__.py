# SPDX-License-Identifier: LGPL-2.1-or-later
"""libmhp: memory hotplug with an explicit online type, verified, or put back.

    import mhp

    with mhp.Context() as ctx:
        report = ctx.plug("dax0.0", mhp.OnlineType.ONLINE_MOVABLE)
        print(report)

A Context is where the library looks. Its snapshot() is the machine at one moment; the snapshot's
plan() says what would be written to fulfil a Request; the context's apply() carries that out and
gives a Report. monitor() tells what others do meanwhile. ``mhp.policy`` has standing policies,
``mhp.sim`` simulated machines, to test programs without root.
"""

from types import ModuleType as _ModuleType

from ._call import CancelToken as CancelToken
from ._lib import Items as Items, Unknown as Unknown
from .block import Block as Block
from .cause import Cause as Cause, CauseKind as CauseKind
from .context import (
    DEFAULT_TIMEOUT as DEFAULT_TIMEOUT,
    DEFAULT_UNDO_TIMEOUT as DEFAULT_UNDO_TIMEOUT,
    ApplyFlag as ApplyFlag,
    CaptureFlag as CaptureFlag,
    Context as Context,
)
from .error import (
    CancelledError as CancelledError,
    ClosedError as ClosedError,
    DeadlineError as DeadlineError,
    Error as Error,
    ExistsError as ExistsError,
    HeldError as HeldError,
    InvalidError as InvalidError,
    MalformedError as MalformedError,
    MisuseError as MisuseError,
    NoHotplugError as NoHotplugError,
    NoPermissionError as NoPermissionError,
    NotFoundError as NotFoundError,
    ReportError as ReportError,
)
from .event import Event as Event, EventKind as EventKind
from .hold import Hold as Hold
from .monitor import EventSource as EventSource, Monitor as Monitor, MonitorFlag as MonitorFlag
from .node import Cache as Cache, Node as Node, Rating as Rating
from .plan import (
    Conflict as Conflict,
    ConflictCode as ConflictCode,
    Plan as Plan,
    Step as Step,
    StepKind as StepKind,
)
from .recover import Recovery as Recovery, Returned as Returned, Setting as Setting
from .region import BlockRun as BlockRun, Device as Device, Fact as Fact, Region as Region
from .report import (
    Outcome as Outcome,
    Reason as Reason,
    Report as Report,
    Result as Result,
    Write as Write,
)
from .request import Goal as Goal, Request as Request, Rule as Rule
from .snapshot import (
    Pending as Pending,
    Problem as Problem,
    Snapshot as Snapshot,
    SnapshotFlag as SnapshotFlag,
)
from .system import Policy as Policy, UdevRule as UdevRule
from .types import (
    Access as Access,
    Capability as Capability,
    DeviceState as DeviceState,
    Feature as Feature,
    NodeKind as NodeKind,
    OnlineType as OnlineType,
    Range as Range,
    RegionKind as RegionKind,
    State as State,
    Zone as Zone,
    has as has,
    version as version,
)
from .wait import Wait as Wait
from .zones import ZoneBytes as ZoneBytes

# For help(mhp), which has only what it finds here.
__all__ = [
    name
    for name, value in sorted(globals().items())
    if not name.startswith("_") and not isinstance(value, _ModuleType)
]

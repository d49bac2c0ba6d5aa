# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program that is wrong gets a clear error, and never a crash."""

import contextlib
import copy
import gc
import itertools
import os
import pickle
import subprocess
import sys
import threading
import unittest
import unittest.mock
from collections.abc import Callable
from types import FrameType
from typing import Any

from support import FIRST, MOVABLE, make_machine, offline_plan, plug_request, run_python

import mhp
import mhp.policy
import mhp.sim
from mhp import _call

FOR_PLANS = mhp.SnapshotFlag.FOR_PLANS
COPIES: tuple[Callable[[object], object], ...] = (pickle.dumps, copy.copy, copy.deepcopy)
Uses = tuple[Callable[[], object], ...]


def interrupted(use: Callable[[], object], n: int) -> bool:
    """Raises KeyboardInterrupt at the n-th place of mhp._call where use() comes by, if any."""
    left = n

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal left
        code = frame.f_code  # where _note() is interrupted it is the second time
        if code.co_filename == _call.__file__ and code.co_name not in ("_note", "is_running"):
            if event in ("call", "line"):
                left -= 1
                if left == -1:
                    raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        use()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


class Misuse(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = make_machine("online_movable")
        self.ctx = self.machine.context()

    def assert_runs(
        self, code: str, output: str, preamble: bool = True
    ) -> subprocess.CompletedProcess[str]:
        done = run_python(code, preamble=preamble)
        self.assertEqual((done.returncode, done.stdout), (0, output), done.stderr)
        return done

    def test_use_after_close(self) -> None:
        ctx, plan = self.ctx, offline_plan(self.ctx)
        standing = mhp.policy.Standing.from_text("a", "")
        agenda = standing.agenda(ctx.snapshot(FOR_PLANS))
        ctx.close()
        ctx.close()
        uses: Uses = (
            lambda: ctx.snapshot(),
            lambda: ctx.apply(plan),
            lambda: ctx.fulfil(plug_request()),
            lambda: ctx.monitor(),
            lambda: ctx.recover(),
            lambda: ctx.hold("agent"),
            lambda: ctx.capture(),
            lambda: ctx.wait_region("dax0.0"),
            lambda: ctx.wait_request(plug_request()),
            lambda: mhp.policy.Standing.read(ctx),
            lambda: agenda.apply(ctx),
            lambda: ctx.__enter__(),
        )
        for use in uses:
            with self.assertRaisesRegex(mhp.ClosedError, "this context is closed"):
                use()
        machine, builder = self.machine, mhp.sim.Builder()
        machine.close()
        builder.close()
        uses = (
            lambda: machine.context(),
            lambda: machine.clear_failures(),
            lambda: machine.write("/sys/x", "1"),
            lambda: builder.build(),
            lambda: builder.add_node(0),
        )
        for use in uses:
            with self.assertRaisesRegex(ValueError, "is closed"):
                use()

    def test_another_thread(self) -> None:
        """While one thread is in a call, another one must not use the context, nor close it."""
        self.machine.hang_block(FIRST)
        plan, done = offline_plan(self.ctx), []
        thread = threading.Thread(target=lambda: done.append(self.ctx.apply(plan, timeout=None)))
        thread.start()
        self.machine.await_stuck(1)
        uses: Uses = (self.ctx.snapshot, self.ctx.close, lambda: self.ctx.apply(plan))
        for use in uses:
            with self.assertRaisesRegex(mhp.MisuseError, "at work in another thread"):
                use()
        self.machine.release_block(FIRST)
        thread.join()
        self.assertTrue(done[0].is_done)
        self.ctx.snapshot()  # one after the other is fine

    def test_own_callback(self) -> None:
        plan = offline_plan(self.ctx)
        with self.assertRaisesRegex(mhp.MisuseError, "its callbacks must not use it"):
            self.ctx.apply(plan, progress=lambda *_: self.ctx.snapshot())
        with self.assertRaisesRegex(mhp.MisuseError, "its callbacks must not use it"):
            self.ctx.apply(plan, progress=lambda *_: self.ctx.close())
        self.ctx.snapshot()

    def test_callback_may_use_another(self) -> None:
        with self.machine.context() as other:
            seen = []

            def progress(done: int, total: int) -> None:
                gc.collect()
                seen.append(other.snapshot().find_block(FIRST))

            self.ctx.apply(offline_plan(self.ctx), progress=progress).check()
        self.assertTrue(seen[-1])

    def test_callback_raises_anything(self) -> None:
        plan = offline_plan(self.ctx)
        for kind in (
            SystemExit,
            GeneratorExit,
            KeyboardInterrupt,
            MemoryError,
            mhp.CancelledError,
        ):

            def progress(done: int, total: int, kind: type[BaseException] = kind) -> None:
                raise kind(1, "x")

            with self.assertRaises(kind):
                self.ctx.apply(plan, progress=progress)
            self.assertEqual(self.ctx.snapshot().regions[0].state, mhp.State.ONLINE)

    def test_interrupted_anywhere(self) -> None:
        """Ctrl-C may come between any two lines: the context can be used all the same, and a
        call that is over is not waited for at the end."""
        region, plan = "dax0.0", offline_plan(self.ctx)
        uses: Uses = (self.ctx.snapshot, lambda: self.ctx.apply(plan), self.ctx.close)
        for use in uses:
            for n in itertools.count():
                if not interrupted(use, n):
                    break
                with contextlib.suppress(mhp.ClosedError):
                    self.ctx.online(region, MOVABLE).check()
                self.assertFalse([call for call in _call._at_work if call.is_running()])
            self.assertGreater(n, 5)
        with self.assertRaises(mhp.ClosedError):
            self.ctx.snapshot()

    def test_interrupted_in_another_thread(self) -> None:
        """What that thread has left behind is no hindrance to this one."""

        def use() -> None:
            with contextlib.suppress(KeyboardInterrupt):
                self.ctx.snapshot()

        with unittest.mock.patch.object(_call.Call, "__exit__", side_effect=KeyboardInterrupt):
            thread = threading.Thread(target=use)
            thread.start()
            thread.join()
        self.ctx.snapshot()
        self.assertFalse([call for call in _call._at_work if call.guard is self.ctx._guard])

    def test_last_report_is_of_the_last(self) -> None:
        self.ctx.offline("dax0.0").check()
        self.assertIsNotNone(self.ctx.last_report)
        with self.assertRaises(mhp.NotFoundError):
            self.ctx.offline("dax7.0")
        self.assertIsNone(self.ctx.last_report)

    def test_wrong_types(self) -> None:
        uses: Uses = (
            lambda: self.ctx.apply(None),  # type: ignore[arg-type]
            lambda: self.ctx.snapshot("x"),  # type: ignore[arg-type]
            lambda: self.ctx.wait_region(7),  # type: ignore[arg-type]
            lambda: self.ctx.apply(offline_plan(self.ctx), progress="x"),  # type: ignore[arg-type]
            lambda: self.ctx.apply(self.ctx.snapshot()),  # type: ignore[arg-type]
        )
        for use in uses:
            with self.assertRaises((TypeError, AttributeError)):
                use()

    def test_fork(self) -> None:
        self.assert_runs(
            """
monitor, hold = ctx.monitor(), ctx.hold("agent")
snap, thread_seen = ctx.snapshot(), []
pid = os.fork()
if pid == 0:
    for use in (ctx.snapshot, monitor.next, lambda: ctx.hold("x")):
        try:
            use()
        except mhp.MisuseError as error:
            thread_seen.append("forked from" in str(error))
    assert len(snap.blocks) == 16  # what never changes may be read
    hold.close(), monitor.close(), ctx.close(), machine.close()
    print(thread_seen, flush=True)
    os._exit(0)
print("child", os.waitpid(pid, 0)[1])
machine.write("/sys/devices/system/memory/memory32/state", "offline")
print(monitor.next().name)
try:
    machine.context().hold("agent")
except mhp.HeldError:
    print("still held")
""",
            "[True, True, True]\nchild 0\nmemory32\nstill held\n",
        )

    def test_fork_while_another_thread_applies(self) -> None:
        """The child ends as any other, though it has no such thread."""
        self.assert_runs(
            """
import atexit, os, threading
parent = os.getpid()
def leave():
    if os.getpid() != parent:  # what that thread had would count as leaked
        os._exit(0)
atexit.register(leave)  # before mhp is imported, so that this comes last
from support import *
machine = make_machine("online_movable")
ctx = machine.context()
machine.hang_block(FIRST)
plan = offline_plan(ctx)
thread = threading.Thread(target=lambda: ctx.apply(plan, timeout=None))
thread.start()
machine.await_stuck(1)
pid = os.fork()
if pid:
    print("child", os.waitpid(pid, 0)[1])
    machine.release_block(FIRST)
    thread.join()
    print(ctx.last_report.outcome)
""",
            "child 0\ndone\n",
            preamble=False,
        )

    def test_exit_with_all_open(self) -> None:
        done = self.assert_runs(
            """
import mhp.policy
monitor, hold, listener = ctx.monitor(), ctx.hold("agent"), machine.listen()
snap = ctx.snapshot(mhp.SnapshotFlag.FOR_PLANS)
region, blocks = snap.regions[0], snap.blocks
report = ctx.apply(snap.plan(plug_request()))
standing = mhp.policy.Standing.from_text("a", "")
agenda = standing.agenda(snap)
cycle = [monitor, ctx, machine, agenda, report]
cycle.append(cycle)
print(report.outcome)
""",
            "done\n",
        )
        self.assertEqual(done.stderr, "")

    def test_exit_while_a_daemon_thread_applies(self) -> None:
        """What it changed is put back before the interpreter goes."""
        done = self.assert_runs(
            """
import atexit, threading
def look():
    print(machine.context().snapshot().regions[0].state)
atexit.register(look)  # before mhp is imported, so that this comes last
from support import *
machine = make_machine("online_movable")
ctx = machine.context()
machine.hang_block(FIRST)
plan = offline_plan(ctx)
def run():
    ctx.apply(plan, timeout=None)
threading.Thread(target=run, daemon=True).start()
machine.await_stuck(1)
""",
            "online\n",
            preamble=False,
        )
        self.assertEqual(done.stderr, "")

    def test_exit_while_a_daemon_thread_cannot_be_ended(self) -> None:
        """It is not waited for."""
        self.assert_runs(
            """
import threading
from mhp._call import Call
ready = threading.Event()
def run():
    with Call():  # as of a file whose reading takes long
        ready.set()
        threading.Event().wait()
threading.Thread(target=run, daemon=True).start()
ready.wait()
print("over")
""",
            "over\n",
        )

    def test_exit_while_a_daemon_thread_waits(self) -> None:
        done = self.assert_runs(
            """
import threading
started = threading.Event()
def run():
    started.set()
    ctx.wait_region("dax0.0", mhp.Wait.GONE, timeout=None)
def follow():
    for event in machine.context().monitor():
        pass
threading.Thread(target=run, daemon=True).start()
threading.Thread(target=follow, daemon=True).start()
started.wait()
print("over")
""",
            "over\n",
        )
        self.assertNotIn("Fatal", done.stderr)

    def test_collected_in_any_order(self) -> None:
        names = ("machine", "ctx", "monitor", "snap", "plan", "report", "hold", "listener")
        for order in itertools.islice(itertools.permutations(names), 0, 40320, 397):
            machine = make_machine("online_movable")
            ctx = machine.context()
            objects: dict[str, object] = {"machine": machine, "ctx": ctx}
            objects["monitor"] = ctx.monitor()
            objects["snap"] = snap = ctx.snapshot(FOR_PLANS)
            objects["plan"] = plan = snap.plan(plug_request())
            objects["report"] = ctx.apply(plan)
            objects["hold"] = ctx.hold("agent")
            objects["listener"] = machine.listen()
            del machine, ctx, snap, plan
            for name in order:
                del objects[name]

    def test_collected_in_callbacks(self) -> None:
        machine, plan = self.machine, offline_plan(self.ctx)
        ctx = self.ctx
        del self.machine, self.ctx

        def progress(done: int, total: int) -> None:
            nonlocal machine
            machine = None  # type: ignore[assignment]
            gc.collect()

        ctx.apply(plan, progress=progress).check()

    def test_copies(self) -> None:
        for thing in (
            self.ctx.monitor(),
            self.ctx.hold("agent"),
            self.machine.listen(),
            mhp.sim.Builder(),
            self.ctx.offline("dax0.0"),
        ):
            for how in COPIES:
                with self.assertRaisesRegex(TypeError, "cannot be copied or pickled"):
                    how(thing)

    def test_no_descriptor_is_left(self) -> None:
        def use() -> None:
            ctx = make_machine("online_movable").context()
            monitor, listener = ctx.monitor(), ctx.hold("agent")
            monitor.next()
            listener.close()
            for root in ("/tmp", "/nonexistent"):
                try:
                    mhp.Context(root).snapshot()
                except mhp.Error:
                    pass

        use()
        gc.collect()  # what earlier tests have left
        before = set(os.listdir("/proc/self/fd"))
        for _ in range(20):
            use()
        self.assertEqual(set(os.listdir("/proc/self/fd")), before)

    def test_two_threads_share_values(self) -> None:
        """What is made may be read by any thread, and by several at once."""
        snap, plan = self.ctx.snapshot(FOR_PLANS), offline_plan(self.ctx)
        seen: list[object] = []

        def read() -> None:
            seen.append(([*snap.blocks], [*snap.regions], plan.text, [*plan.steps]))

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(seen), 4)
        self.assertTrue(all(one == seen[0] for one in seen))

    def test_machine_is_closed_while_it_is_used(self) -> None:
        """The call goes on, and frees it in the end."""
        machine = make_machine("online_movable")
        machine.hang_block(FIRST)
        ctx = machine.context()
        plan = offline_plan(ctx)
        waiting = threading.Thread(target=machine.await_stuck, args=(1,))
        waiting.start()
        machine.close()
        report = ctx.apply(plan, timeout=0.2)
        waiting.join()
        self.assertEqual(report.reason, mhp.Reason.DEADLINE)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plans, what carries them out, and what ends that."""

import contextlib
import copy
import errno
import gc
import pickle
import signal
import threading
import unittest
import unittest.mock

from support import FIRST, MOVABLE, make_machine, offline_plan, plug_request, run_python

import mhp
import mhp.sim
from mhp._call import Call

FOR_PLANS = mhp.SnapshotFlag.FOR_PLANS


class Oops(Exception):
    pass


class Plans(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = make_machine()
        self.ctx = self.machine.context()
        self.snap = self.ctx.snapshot(FOR_PLANS)

    def test_plan(self) -> None:
        request = mhp.Request(region="dax0.0", goal=mhp.Goal.ONLINE, online_type=MOVABLE)
        plan = self.snap.plan(request)
        del self.snap
        gc.collect()
        self.assertEqual((plan.target, plan.region_name), ("dax0.0", "dax0.0"))
        self.assertEqual((plan.goal, plan.online_type), (mhp.Goal.ONLINE, MOVABLE))
        self.assertEqual(len(plan.conflicts) + len(plan.warnings), 0)
        self.assertFalse(plan.is_met)
        step = plan.steps[0]
        self.assertEqual(step.kind, mhp.StepKind.DEVICE)
        self.assertEqual(step.written, "unplugged")
        self.assertEqual(step.state_expected, mhp.State.OFFLINE)
        self.assertEqual(step.ranges, (mhp.Range(4 << 30, 1 << 30),))
        last = plan.steps[-1]
        self.assertEqual((last.written, last.undo_word), ("online_movable", "unplugged"))
        self.assertEqual((last.state_wanted, last.type_wanted), (mhp.State.ONLINE, MOVABLE))
        self.assertEqual(pickle.loads(pickle.dumps(step)), step)
        self.assertIn(step.path, plan.text)
        self.assertEqual(mhp.Plan.load(plan.save()).save(), plan.save())
        with self.assertRaises(TypeError):
            copy.copy(plan)

    def test_saved_wrong(self) -> None:
        with self.assertRaises(mhp.MalformedError) as caught:
            mhp.Plan.load(b"no plan\n")
        self.assertEqual(caught.exception.line, 1)
        self.assertEqual(pickle.loads(pickle.dumps(caught.exception)).line, 1)
        self.assertTrue(str(caught.exception).endswith("line 1"), caught.exception)

    def test_targets(self) -> None:
        goal, size = mhp.Goal.OFFLINE, self.snap.block_size_bytes
        for request, target in (
            (
                mhp.Request(blocks=[FIRST, range(FIRST + 2, FIRST + 4)], goal=goal),
                "blocks 32,34-35",
            ),
            (mhp.Request(node=1, goal=goal), "node 1"),
            (mhp.Request(kind=mhp.RegionKind.DAX, goal=goal), "all dax regions"),
            (
                mhp.Request(range=mhp.Range(FIRST * size, size), goal=goal),
                "0x100000000-0x107ffffff",
            ),
        ):
            self.assertEqual(self.snap.plan(request).target, target)
        part = mhp.Request(
            region="dax0.0", size_bytes=size, goal=mhp.Goal.ONLINE, default_type=True
        )
        self.assertTrue(self.snap.plan(part).conflicts or self.snap.plan(part).is_met)
        with self.assertRaisesRegex(ValueError, "one target"):
            mhp.Request(goal=goal)
        with self.assertRaisesRegex(ValueError, "one target"):
            mhp.Request(node=1, region="dax0.0", goal=goal)
        with self.assertRaisesRegex(ValueError, "no run of blocks"):
            self.snap.plan(mhp.Request(blocks=[range(0, 4, 2)], goal=goal))
        with self.assertRaises(mhp.InvalidError) as caught:
            self.snap.plan(mhp.Request(region="dax0.0", goal=goal, driver="nvme"))
        self.assertEqual(caught.exception.function, "mhp_request_set_driver")
        with self.assertRaises(OverflowError):
            self.snap.plan(mhp.Request(blocks=[-1], goal=goal))

    def test_no_plan(self) -> None:
        with self.assertRaises(mhp.NotFoundError) as caught:
            self.snap.plan(plug_request("dax7.0"))
        self.assertIsInstance(caught.exception, FileNotFoundError)
        self.assertIn("dax7.0", str(caught.exception))
        again = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual((type(again), str(again)), (mhp.NotFoundError, str(caught.exception)))
        with self.assertRaises(ValueError) as lacks:
            self.snap.plan(mhp.Request(region="dax0.0", goal=mhp.Goal.PLUGGED))
        self.assertIn("online type", str(lacks.exception))

    def test_conflict(self) -> None:
        self.ctx.plug("dax0.0", mhp.OnlineType.ONLINE_KERNEL).check()
        report = self.ctx.online("dax0.0", MOVABLE)
        self.assertEqual((report.outcome, report.reason.word), (mhp.Outcome.REFUSED, "conflict"))
        conflict = report.plan.conflicts[0]
        self.assertEqual(conflict.code, mhp.ConflictCode.WRONG_ZONE)
        self.assertEqual(conflict.blocks, tuple(range(FIRST, FIRST + 8)))
        with self.assertRaises(mhp.ReportError) as caught:
            report.check()
        self.assertEqual(caught.exception.reason, mhp.Reason.CONFLICT)
        self.assertEqual(caught.exception.hint, report.hint)
        self.assertIn(report.message, str(caught.exception))


class Applies(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = make_machine("online_movable")
        self.ctx = self.machine.context()

    def all_online(self) -> bool:
        region = self.ctx.snapshot().find_region("dax0.0")
        return region is not None and region.state is mhp.State.ONLINE

    def test_done(self) -> None:
        told: list[tuple[int, int]] = []
        report = self.ctx.apply(
            offline_plan(self.ctx), progress=lambda done, total: told.append((done, total))
        )
        self.assertIs(report.check(), report)
        self.assertTrue(report.is_done)
        self.assertEqual(told[-1], (1 << 30, 1 << 30))
        self.assertEqual(len(report.results), 8)
        result = report.results[0]
        self.assertEqual((result.id, result.wanted, result.errno), (FIRST, "offline", 0))
        self.assertEqual((result.state_before, result.zone_before.word), (3, "Movable"))
        self.assertEqual(result.state_after, mhp.State.OFFLINE)
        self.assertEqual({w.word for w in report.writes}, {"offline"})
        self.assertEqual(report.recovery, None)
        self.assertIs(self.ctx.last_report, report)

    def test_helpers(self) -> None:
        for report in (
            self.ctx.offline("dax0.0"),
            self.ctx.online("dax0.0", MOVABLE),
            self.ctx.unplug("dax0.0"),
            self.ctx.plug("dax0.0", MOVABLE),
        ):
            self.assertEqual(report.message, "dax0.0: done")
        self.assertTrue(self.all_online())

    def test_undone(self) -> None:
        self.machine.fail_block(FIRST + 3, "offline", errno.EBUSY)
        report = self.ctx.offline("dax0.0")
        self.assertEqual((report.outcome, report.errno), (mhp.Outcome.UNDONE, errno.EBUSY))
        failed = [r for r in report.results if r.reason.is_failure]
        self.assertEqual([(r.id, r.reason.word) for r in failed], [(FIRST + 3, "busy")])
        self.assertTrue(any(w.is_undo for w in report.writes))
        self.assertTrue(self.all_online())
        gc.collect()
        results = report.results
        del report
        gc.collect()
        self.assertEqual(results[3].id, FIRST + 3)

    def test_progress_stops_it(self) -> None:
        for answer in (True, 1, -1, "yes"):
            report = self.ctx.apply(offline_plan(self.ctx), progress=lambda *_, a=answer: a)
            self.assertEqual(report.reason, mhp.Reason.CANCELLED)
        for go_on in (None, False, 0):
            report = self.ctx.apply(offline_plan(self.ctx), progress=lambda *_, a=go_on: a)
            self.assertTrue(report.is_done)
            self.ctx.online("dax0.0", MOVABLE).check()

    def test_progress_raises(self) -> None:
        def progress(done: int, total: int) -> None:
            if done:
                raise Oops("here")

        with self.assertRaisesRegex(Oops, "here"):
            self.ctx.apply(offline_plan(self.ctx), progress=progress)
        self.assertTrue(self.all_online())
        report = self.ctx.last_report
        assert report is not None
        self.assertEqual((report.outcome, report.reason.word), (mhp.Outcome.UNDONE, "cancelled"))

    def test_log_raises(self) -> None:
        def log(code: int, path: str | None, message: str) -> None:
            raise Oops(path)

        with self.machine.context(log=log) as ctx:
            self.machine.fail_read("/sys/devices/system/memory/block_size_bytes", errno.EIO)
            with self.assertRaisesRegex(Oops, "block_size_bytes"):
                ctx.snapshot()

    def test_log(self) -> None:
        told: list[object] = []
        with self.machine.context(log=lambda *message: told.append(message)) as ctx:
            self.machine.fail_read("/sys/devices/system/memory/block_size_bytes", errno.EACCES)
            with self.assertRaises(PermissionError) as caught:
                ctx.snapshot()
        error = caught.exception
        assert isinstance(error, mhp.NoPermissionError)
        self.assertEqual(error.errno, errno.EACCES)
        self.assertEqual(error.function, "mhp_snapshot_new")
        self.assertEqual(error.path, "/sys/devices/system/memory/block_size_bytes")
        self.assertEqual(error.filename, error.path)
        self.assertEqual(told[-1], (errno.EACCES, error.path, error.message))

    def test_cancel(self) -> None:
        """From another thread, while the kernel tries for ever."""
        self.machine.hang_block(FIRST)
        token, plan = mhp.CancelToken(), offline_plan(self.ctx)

        def cancel() -> None:
            self.machine.await_stuck(1)
            token.cancel()

        thread = threading.Thread(target=cancel)
        thread.start()
        report = self.ctx.apply(plan, timeout=None, cancel=token)
        thread.join()
        self.assertEqual(report.reason, mhp.Reason.CANCELLED)
        self.assertTrue(token.is_cancelled)
        self.assertTrue(self.all_online())
        again = self.ctx.apply(plan, cancel=token)
        self.assertEqual(again.outcome, mhp.Outcome.REFUSED)

    def test_cancel_of_undo(self) -> None:
        self.machine.fail_block(FIRST, "online", errno.EAGAIN)
        self.machine.fail_block(FIRST + 1, "offline", errno.EBUSY)
        token = mhp.CancelToken()

        def progress(done: int, total: int) -> None:
            token.cancel(undo=True)

        report = self.ctx.apply(offline_plan(self.ctx), progress=progress, cancel=token)
        self.assertEqual(report.reason, mhp.Reason.CANCELLED)

    def test_deadline(self) -> None:
        self.machine.hang_block(FIRST)
        plan = offline_plan(self.ctx)
        self.assertEqual(self.ctx.apply(plan, timeout=0.05).reason, mhp.Reason.DEADLINE)
        self.assertEqual(self.ctx.apply(plan, timeout=0).reason, mhp.Reason.DEADLINE)
        self.machine.release_block(FIRST)
        self.assertTrue(self.ctx.apply(plan, timeout=float("inf")).is_done)
        for wrong in (-1, float("nan")):
            with self.assertRaises(ValueError):
                self.ctx.apply(plan, timeout=wrong)

    def test_others_run_meanwhile(self) -> None:
        """The interpreter's lock is not kept: this thread ends what that one hangs in."""
        self.machine.hang_block(FIRST)
        plan, done = offline_plan(self.ctx), []
        thread = threading.Thread(target=lambda: done.append(self.ctx.apply(plan, timeout=None)))
        thread.start()
        self.machine.await_stuck(1)  # without the lock, too: else that thread would never come
        count = 0
        for _ in range(100000):
            count += 1
        self.assertFalse(done)
        self.machine.release_block(FIRST)
        thread.join()
        self.assertTrue(done[0].is_done)
        self.assertEqual(count, 100000)

    def test_ctrl_c(self) -> None:
        """It ends what hangs, all is put back, and the exception is raised."""
        self.machine.hang_block(FIRST)
        plan = offline_plan(self.ctx)

        def interrupt() -> None:
            self.machine.await_stuck(1)
            signal.raise_signal(signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with self.assertRaises(KeyboardInterrupt):
            self.ctx.apply(plan, timeout=None)
        thread.join()
        self.assertTrue(self.all_online())
        report = self.ctx.last_report
        assert report is not None
        self.assertEqual(report.reason, mhp.Reason.CANCELLED)

    def test_recover(self) -> None:
        """What a killed program had borrowed is put back, wherever it was killed."""
        seen = set()
        for n in range(1, 30):
            machine = make_machine("offline", bound=False)
            with machine.context(program="victim") as victim:
                plan = victim.snapshot(FOR_PLANS).plan(plug_request())
                machine.kill_after(n)
                with contextlib.suppress(mhp.Error):
                    victim.apply(plan)
            machine.kill_after(0)  # it may have come to its end before
            with machine.context() as ctx:
                pending = ctx.snapshot().pending
                recovery = ctx.recover()
                self.assertIsNone(ctx.snapshot().pending)
            if recovery is not None:
                assert pending is not None
                self.assertRegex(pending.what, r"^victim\[\d+\]: plug dax0.0")
                self.assertFalse(pending.is_running)
                self.assertEqual(recovery.transaction, pending.what)
                self.assertTrue(recovery.is_complete)
                seen |= {s.returned for s in recovery.settings}
        self.assertEqual(seen, {mhp.Returned.DONE, mhp.Returned.ALREADY})

    def test_recover_is_cancelled(self) -> None:
        token = mhp.CancelToken()
        token.cancel()
        self.assertIsNone(self.ctx.recover(cancel=token))

    def test_hold(self) -> None:
        ctx = self.machine.context(program="tester")
        with ctx.hold("agent", "a test") as hold, self.machine.context() as other:
            with self.assertRaises(mhp.HeldError) as caught:
                other.hold("agent", "me, too")
            self.assertRegex(str(caught.exception), r"tester\[\d+\]: a test")
            self.assertIsInstance(caught.exception, BlockingIOError)
            ctx.close()  # the hold stays
            with self.assertRaises(mhp.HeldError):
                other.hold("agent")
            hold.close()
            with other.hold("agent"):
                pass
            with self.assertRaises(mhp.ClosedError), hold:
                pass
            with self.assertRaises(mhp.InvalidError):
                other.hold("Not A Name")

    def test_wait(self) -> None:
        snap = self.ctx.wait_region("dax0.0", mhp.Wait.READY)
        self.assertIsNotNone(snap.find_region("dax0.0"))
        request = mhp.Request(region="dax0.0", goal=mhp.Goal.ONLINE, online_type=MOVABLE)
        self.ctx.wait_request(request, flags=FOR_PLANS)
        with self.assertRaises(TimeoutError) as caught:
            self.ctx.wait_region("dax0.0", mhp.Wait.GONE, timeout=0.01)
        self.assertIsInstance(caught.exception, mhp.DeadlineError)
        self.assertTrue(str(caught.exception))

    def test_wait_is_cancelled(self) -> None:
        """By another thread, though nothing happens: it is asked again and again."""
        token, asked, ask = mhp.CancelToken(), threading.Event(), Call.asked

        def look(call: Call) -> int:
            answer = ask(call)
            asked.set()
            return answer

        def cancel() -> None:
            asked.wait()
            token.cancel()

        thread = threading.Thread(target=cancel)
        with unittest.mock.patch.object(Call, "asked", look):
            thread.start()
            with self.assertRaises(mhp.CancelledError):
                self.ctx.wait_region("dax0.0", mhp.Wait.GONE, timeout=None, cancel=token)
        thread.join()

    def test_wait_ctrl_c(self) -> None:
        done = run_python(
            """
import signal, threading
from mhp._call import Call
ready, ask = threading.Event(), Call.asked
def asked(call):
    ready.set()
    return ask(call)
def interrupt():
    ready.wait()
    os.kill(os.getpid(), signal.SIGINT)
Call.asked = asked
threading.Thread(target=interrupt).start()
try:
    ctx.wait_region("dax0.0", mhp.Wait.GONE, timeout=None)
except KeyboardInterrupt:
    print("interrupted", ctx.snapshot().regions[0].name)
"""
        )
        self.assertEqual((done.stdout, done.stderr), ("interrupted dax0.0\n", ""))


if __name__ == "__main__":
    unittest.main()

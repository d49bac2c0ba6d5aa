# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events, waited for in a thread and in a loop."""

import asyncio
import errno
import gc
import os
import pickle
import select
import signal
import threading
import unittest
import unittest.mock
from collections.abc import Callable

from support import FIRST, MOVABLE, make_machine

import mhp
import mhp.sim
from mhp import Event

STATE = f"/sys/devices/system/memory/memory{FIRST}/state"
POLICY = "/sys/devices/system/memory/auto_online_blocks"


class Monitors(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = make_machine("online_movable")
        self.ctx = self.machine.context()
        self.monitor = self.ctx.monitor(mhp.MonitorFlag.ZONES | mhp.MonitorFlag.CAUSES)

    def tearDown(self) -> None:
        self.monitor.close()

    def test_next(self) -> None:
        self.assertIsNone(self.monitor.next())
        self.assertIsNone(self.monitor.next(timeout=0.001))
        self.machine.write(STATE, "offline")
        self.assertTrue(select.select([self.monitor], [], [], 0)[0])
        event = self.monitor.next(timeout=None)
        assert event is not None
        self.assertEqual(event.kind, mhp.EventKind.BLOCK_OFFLINE)
        self.assertEqual((event.name, event.block_id, event.node_id), ("memory32", FIRST, 1))
        self.assertEqual((event.region_name, event.is_found), ("dax0.0", False))
        self.assertEqual((event.state_before, event.zone_before.word), (3, "Movable"))
        self.assertEqual((event.state_after, event.zone_after), (mhp.State.OFFLINE, 0))
        assert event.cause is not None
        self.assertEqual(event.cause.kind, mhp.CauseKind.UNKNOWN)
        self.assertIn("memory32", event.text)
        self.assertIsNone(self.monitor.next())
        self.assertEqual(pickle.loads(pickle.dumps(event)), event)  # it stays as it is
        self.assertEqual(self.monitor.block(FIRST), (mhp.State.OFFLINE, mhp.Zone.UNKNOWN))
        self.assertEqual(self.monitor.count_blocks(mhp.State.OFFLINE), 1)
        self.assertEqual(self.monitor.count_blocks(), 16)
        self.assertEqual(self.monitor.snapshot.blocks[8].state, mhp.State.ONLINE)
        self.assertEqual(self.monitor.source, mhp.EventSource.KERNEL)

    def test_own_doing(self) -> None:
        self.ctx.offline("dax0.0").check()
        events = list(self.monitor.events(timeout=0))
        offline = [e for e in events if e.kind is mhp.EventKind.BLOCK_OFFLINE]
        self.assertEqual({e.block_id for e in offline}, set(range(FIRST, FIRST + 8)))
        self.assertEqual({e.cause.kind.word for e in offline if e.cause}, {"self"})

    def test_lost(self) -> None:
        self.machine.lose_events(1)
        self.machine.write(STATE, "offline")
        kinds = [e.kind.word for e in self.monitor.events(timeout=0)]
        self.assertEqual(kinds, ["lost", "block-offline", "resynced"])

    def test_check_and_refresh(self) -> None:
        self.machine.write(POLICY, "offline")
        self.monitor.check()
        event = self.monitor.next()
        assert event is not None
        self.assertEqual((event.word_before, event.word_after), ("online_movable", "offline"))
        self.machine.write(STATE, "offline")
        self.monitor.refresh()
        self.assertEqual(self.monitor.snapshot.blocks[8].state, mhp.State.OFFLINE)
        self.assertEqual([e.is_found for e in self.monitor.events(0)], [True, True])

    def test_iterate_until_closed(self) -> None:
        """By another thread, which has waited until this one waits."""

        def act() -> None:
            self.machine.write(STATE, "offline")

        thread = threading.Thread(target=act)
        thread.start()
        seen = []
        for event in self.monitor:
            seen.append(event.name)
            threading.Thread(target=self.monitor.close).start()
        thread.join()
        self.assertEqual(seen, ["memory32"])
        uses: tuple[Callable[[], object], ...] = (
            self.monitor.next,
            self.monitor.check,
            self.monitor.fileno,
            self.monitor.count_blocks,
            lambda: iter(self.monitor),
        )
        for use in uses:
            with self.assertRaises(mhp.ClosedError):
                use()
        self.monitor.close()

    def test_ctrl_c(self) -> None:
        thread = threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGINT))
        with self.assertRaises(KeyboardInterrupt):
            thread.start()
            for _ in self.monitor:
                pass
        thread.join()
        self.assertIsNone(self.monitor.next())

    def test_one_waits(self) -> None:
        caught: list[BaseException] = []

        async def two() -> None:
            async def follow() -> None:
                async for _ in self.monitor:
                    pass

            task = asyncio.ensure_future(follow())
            await asyncio.sleep(0)
            try:
                await follow()
            except mhp.MisuseError as error:
                caught.append(error)
            self.monitor.close()
            await task

        asyncio.run(two())
        self.assertEqual(len(caught), 1)

    def test_asyncio(self) -> None:
        async def follow() -> list[str]:
            seen = []
            loop = asyncio.get_running_loop()
            loop.call_soon(self.machine.write, STATE, "offline")
            async for event in self.monitor:
                seen.append(f"{event.name} {event.state_after}")
                if len(seen) == 1:
                    loop.call_soon(self.machine.write, STATE, "online")
                elif len(seen) == 2:  # found, so that the descriptor does not tell
                    loop.call_soon(self.machine.write, POLICY, "offline")
                    loop.call_soon(self.monitor.check)
                else:
                    loop.call_soon(self.monitor.close)
            return seen

        self.assertEqual(
            asyncio.run(follow()),
            ["memory32 offline", "memory32 online", "auto_online_blocks unknown"],
        )

    def test_asyncio_is_cancelled(self) -> None:
        async def follow() -> None:
            async for _ in self.monitor:
                pass

        async def main() -> None:
            task = asyncio.ensure_future(follow())
            await asyncio.sleep(0)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        asyncio.run(main())
        self.machine.write(STATE, "offline")
        self.assertIsNotNone(self.monitor.next())

    def test_asyncio_is_left_and_entered_again(self) -> None:
        """After "break" nothing waits any more; nor does it while an event is looked at."""

        async def first() -> str:
            async for event in self.monitor:
                self.assertIsNone(self.monitor.next(timeout=0.001))
                return event.name
            return ""

        async def main() -> None:
            for word in "offline", "online":
                self.machine.write(STATE, word)
                self.assertEqual(await first(), "memory32")
                self.assertIsNone(self.monitor.next(timeout=0.001))

        asyncio.run(main())

    def test_loops_one_after_another(self) -> None:
        """Each is closed while something waits in it, and takes nothing with it."""
        for word in "offline", "online":

            async def follow() -> Event:
                async for event in self.monitor:
                    return event
                raise AssertionError

            loop = asyncio.new_event_loop()
            task = loop.create_task(follow())
            loop.call_soon(loop.stop)
            loop.run_forever()
            self.assertFalse(task.done())
            self.assertTrue(loop.remove_reader(self.monitor.fileno()))
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                loop.run_until_complete(task)
            self.machine.write(STATE, word)
            self.assertEqual(loop.run_until_complete(follow()).name, "memory32")
            self.assertFalse(loop.remove_reader(self.monitor.fileno()))
            loop.close()

    def test_loop_is_closed_while_it_waits(self) -> None:
        async def follow() -> str:
            async for event in self.monitor:
                return event.name
            return ""

        loop = asyncio.new_event_loop()
        waiting = follow()
        task = loop.create_task(waiting)
        loop.call_soon(loop.stop)
        loop.run_forever()
        loop.close()
        waiting.close()
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        self.machine.write(STATE, "offline")
        self.assertEqual(asyncio.run(follow()), "memory32")

    def test_no_descriptor_to_be_had(self) -> None:
        failure = OSError(errno.EMFILE, "x")
        with unittest.mock.patch("sys.unraisablehook") as hook:
            with unittest.mock.patch("os.pipe2", side_effect=failure):
                with self.assertRaises(OSError) as caught:
                    self.ctx.monitor()
            caught.exception.__traceback__ = None
            gc.collect()
        hook.assert_not_called()

    def test_long_timeouts(self) -> None:
        for timeout in (float("inf"), 1e9, None):
            threading.Timer(0.01, self.machine.write, (STATE, "offline")).start()
            event = self.monitor.next(timeout)
            assert event is not None
            self.assertEqual(event.name, "memory32")
            self.machine.write(STATE, "online")
            self.assertEqual(len([*self.monitor.events(0)]), 1)

    def test_outlives_its_context(self) -> None:
        monitor = self.machine.context().monitor()
        gc.collect()
        self.machine.write(STATE, "offline")
        self.assertIsNotNone(monitor.next())

    def test_failure(self) -> None:
        """What is to be told is not forgotten when the call fails."""
        self.machine.lose_events(1)
        self.machine.write(STATE, "offline")
        self.machine.fail_read("/sys/devices/system/memory/block_size_bytes", errno.EIO, 1)
        kinds = []
        for _ in range(8):
            try:
                event = self.monitor.next()
            except mhp.Error as error:
                kinds.append(error.strerror)
                continue
            if event is None:
                break
            kinds.append(event.kind.word)
        self.assertIn("Input/output error", kinds)
        self.assertEqual(kinds[-1], "resynced")

    def test_another_root(self) -> None:
        self.machine.close()
        with self.assertRaises(mhp.Error) as caught:
            mhp.Context("/tmp").monitor()
        self.assertEqual(caught.exception.function, "mhp_monitor_new")
        self.assertTrue(caught.exception.message)

    def test_agent_needs_context(self) -> None:
        """Waiting, a monitor leaves its context to others."""
        self.machine.write(STATE, "offline")
        for event in self.monitor:
            if event.kind is mhp.EventKind.BLOCK_OFFLINE:
                self.ctx.online("dax0.0", MOVABLE).check()
            elif event.kind is mhp.EventKind.BLOCK_ONLINE:
                self.assertEqual(event.zone_after, mhp.Zone.MOVABLE)
                break


if __name__ == "__main__":
    unittest.main()

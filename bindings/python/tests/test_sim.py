# SPDX-License-Identifier: LGPL-2.1-or-later
"""Simulated machines and what they can be told to do wrong."""

import errno
import select
import unittest

from support import FIRST, GIB, MACHINES, MOVABLE, make_machine, offline_plan, plug_request

import mhp
import mhp.sim
from mhp.sim import Access, Builder, CxlFlag, Kernel, Machine, MachineFlag

MEMORY = "/sys/devices/system/memory"
STATE = f"{MEMORY}/memory{FIRST}/state"


class Machines(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = make_machine("online_movable")
        self.ctx = self.machine.context()

    def offline(self) -> mhp.Report:
        return self.ctx.apply(offline_plan(self.ctx))

    def test_capture(self) -> None:
        path = MACHINES / "7.3-cxl-region-region.txt"
        with Machine.from_capture(path) as machine:
            again = Machine.from_text(machine.capture())
        self.assertEqual(again.capture(), path.read_text())
        taken = again.context().capture(mhp.CaptureFlag(0))
        self.assertEqual(Machine.from_text(taken.encode()).context().capture(), taken)
        with self.assertRaises(mhp.MalformedError) as caught:
            Machine.from_text("no capture\n")
        self.assertTrue(caught.exception.message)
        with self.assertRaises(FileNotFoundError) as missing:
            Machine.from_capture("/nonexistent")
        self.assertEqual(missing.exception.filename, "/nonexistent")
        told: list[str] = []
        with self.assertRaises(mhp.MalformedError):
            Machine.from_text("no capture\n", log=lambda code, path, text: told.append(text))
        self.assertTrue(told)

    def test_read_only(self) -> None:
        machine = Machine.from_text(self.machine.capture(), MachineFlag.READ_ONLY)
        with self.assertRaises(mhp.Error) as caught:
            machine.write(STATE, "offline")
        self.assertEqual((caught.exception.errno, caught.exception.path), (errno.EROFS, STATE))

    def test_files(self) -> None:
        self.assertEqual(self.machine.read(STATE), "online\n")
        self.machine.write(STATE, "offline")
        self.assertEqual(self.machine.read(STATE), "offline\n")
        with self.assertRaises(FileNotFoundError) as caught:
            self.machine.read(MEMORY + "/nothing")
        self.assertEqual(caught.exception.filename, MEMORY + "/nothing")

    def test_errors_name_what_was_asked_for(self) -> None:
        with self.assertRaisesRegex(ValueError, "block 33, 'online_movable', 16"):
            self.machine.fail_block(33, "online_movable", errno.EBUSY)
        with self.assertRaisesRegex(FileNotFoundError, "dax7.0"):
            self.ctx.snapshot(region="dax7.0")
        with self.assertRaisesRegex(TimeoutError, "dax7.0"):
            self.ctx.wait_region("dax7.0", timeout=0)
        with self.assertRaisesRegex(FileNotFoundError, "/nonexistent"):
            mhp.Context("/nonexistent")
        with self.assertRaisesRegex(TypeError, "'online_movable', which is no OnlineType"):
            self.ctx.online("dax0.0", "online_movable")  # type: ignore[arg-type]

    def test_failures(self) -> None:
        self.machine.fail_write(STATE, errno.EPERM, 1, word="offline")
        self.assertEqual(self.offline().reason, mhp.Reason.VETOED)
        self.machine.fail_block(None, "offline", errno.EBUSY, 1)
        self.assertEqual(self.offline().reason, mhp.Reason.BUSY)
        plan = offline_plan(self.ctx)
        self.machine.fail_at(Access.WRITE, 2, errno.ENOMEM)
        self.assertEqual(self.ctx.apply(plan).reason, mhp.Reason.NO_MEMORY)
        self.machine.fail_block(FIRST, "offline", errno.EBUSY)
        self.machine.clear_failures()
        self.assertTrue(self.offline().is_done)
        self.assertGreater(self.machine.count_writes(), 8)
        self.assertEqual(self.machine.count(Access.WRITE), self.machine.count_writes())
        self.assertEqual(self.machine.count(Access.READ), self.machine.count_reads())

    def test_every_access_fails_in_turn(self) -> None:
        """The binding comes through all of them with a report or an Error of the library's."""
        before = self.machine.count(Access.READ | Access.WRITE)
        self.ctx.offline("dax0.0").check()
        total = self.machine.count(Access.READ | Access.WRITE) - before
        outcomes = set()
        for n in range(1, total + 1):
            machine = make_machine("online_movable")
            machine.fail_at(Access.READ | Access.WRITE, n, errno.EIO)
            try:
                outcomes.add(machine.context().offline("dax0.0").outcome.word)
            except mhp.Error as error:
                outcomes.add(error.strerror)
        self.assertLessEqual({"done", "undone"}, outcomes)

    def test_races(self) -> None:
        state = f"{MEMORY}/memory{FIRST}/online"
        self.machine.race(STATE, state, "0")
        self.assertTrue(self.offline().is_done)
        self.ctx.online("dax0.0", MOVABLE).check()
        plan = offline_plan(self.ctx)
        self.machine.race_at(Access.WRITE, 1, STATE, "offline")
        self.assertEqual(self.ctx.apply(plan).results[0].reason, mhp.Reason.ALREADY)
        self.ctx.online("dax0.0", MOVABLE).check()
        plan = offline_plan(self.ctx)
        self.machine.race_remove(FIRST, STATE)
        self.assertEqual(self.ctx.apply(plan).results[0].reason, mhp.Reason.GONE)
        with self.assertRaises(FileNotFoundError):
            self.machine.race_remove(FIRST)

    def test_memory_that_stays(self) -> None:
        self.machine.pin_block(FIRST, "online_movable")
        self.ctx.offline("dax0.0").check()
        self.ctx.online("dax0.0", MOVABLE).check()
        self.assertEqual(self.offline().reason, mhp.Reason.BUSY)
        self.machine.poison_block(FIRST + 1)
        self.machine.clear_failures()

    def test_hotplug_lock(self) -> None:
        self.machine.hold_hotplug()
        with self.assertRaises(mhp.Error) as caught:
            self.machine.hold_hotplug()
        self.assertEqual(caught.exception.errno, errno.EBUSY)
        plan = offline_plan(self.ctx)
        report = self.ctx.apply(plan, timeout=0.01)
        self.assertEqual(report.reason, mhp.Reason.DEADLINE)
        self.machine.release_hotplug()
        self.assertTrue(self.ctx.apply(plan).is_done)

    def test_hang(self) -> None:
        self.machine.hang_block(FIRST, 1)
        self.machine.release_block(FIRST)
        self.machine.await_stuck(0)
        self.assertTrue(self.offline().is_done)

    def test_privileges(self) -> None:
        plan = offline_plan(self.ctx)
        self.machine.set_privileged(False)
        with self.assertRaises(PermissionError):
            self.ctx.apply(plan)
        self.machine.set_privileged(True)
        self.machine.set_read_only(Access.WRITE)
        self.assertEqual(self.ctx.apply(plan).reason, mhp.Reason.READ_ONLY)
        self.machine.set_read_only(Access(0))
        self.machine.set_contained(True)
        self.machine.write(f"{MEMORY}/auto_online_blocks", "offline")
        self.ctx.unplug("dax0.0").check()
        self.machine.set_contained(False)

    def test_modules_and_udev(self) -> None:
        machine = make_machine("offline", bound=False)
        machine.set_module("kmem", errno.EPERM)
        with machine.context() as ctx:
            self.assertEqual(ctx.fulfil(plug_request()).reason, mhp.Reason.MODULE)
            machine.set_module("kmem")
            machine.set_udev_rule("online_movable")
            self.assertTrue(ctx.fulfil(plug_request()).is_done)
            machine.set_udev_rule(None)
        machine.unload_module("kmem")
        with self.assertRaises(FileNotFoundError):
            machine.unload_module("kmem")

    def test_host(self) -> None:
        builder = Builder(Kernel.V6_12)
        builder.set_block_size_bytes(128 << 20)
        builder.add_node(0, 1)
        builder.add_node(1)
        builder.set_distance(0, 1, 33)
        builder.add_memory(0, 0, GIB)
        builder.add_virtio_mem("virtio0", 1, 8 * GIB, GIB, 2 << 20)
        builder.add_cxl_memdev("mem0", 0, GIB, 4711)
        builder.add_cxl_window(1, 16 * GIB, 4 * GIB)
        builder.add_cxl_region("region0", 16 * GIB, GIB, ["mem0"], CxlFlag.UNBOUND)
        machine = builder.build()
        builder.close()
        machine.resize_virtio_mem("virtio0", 256 << 20)
        machine.set_virtio_mem("virtio0", 1, 2 << 20)
        machine.plug_dimm(0, 1, 32 * GIB, GIB)
        snap = machine.context().snapshot(mhp.SnapshotFlag.IDENTITY | mhp.SnapshotFlag.TOPOLOGY)
        kinds = {r.kind.word: r for r in snap.regions}
        self.assertEqual(set(kinds), {"cxl", "virtio-mem", "dimm", "boot"})
        self.assertEqual(kinds["cxl"].identity, "cxl:0x1267@0x0")
        self.assertEqual(kinds["cxl"].devices[0].serial, 4711)
        self.assertEqual(snap.nodes[0].distance(1), 33)
        machine.request_unplug_dimm(0)
        snap = machine.context().snapshot()
        self.assertEqual(len([r for r in snap.regions if r.total_blocks and r.kind == 4]), 0)

    def test_builder_refuses(self) -> None:
        builder = Builder()
        with self.assertRaises(ValueError) as caught:
            builder.add_memory(3, 0, GIB)
        self.assertIn("3", str(caught.exception))
        builder.add_node(0, 1)
        with self.assertRaises(FileExistsError):
            builder.add_node(0, 1)
        with self.assertRaises(mhp.InvalidError):
            builder.build()
        with self.assertRaises(mhp.InvalidError):
            builder.load("nvme")

    def test_listener(self) -> None:
        listener = self.machine.listen(room=4)
        self.assertIsNone(listener.receive())
        self.machine.write(STATE, "offline")
        self.assertTrue(select.select([listener], [], [], 0)[0])
        messages = list(listener)
        self.assertEqual(messages[0].splitlines()[0].split("@")[0], "offline")
        self.machine.lose_events(1)
        self.machine.write(STATE, "online")
        with self.assertRaises(mhp.Error) as caught:
            listener.receive()
        self.assertEqual(caught.exception.errno, errno.ENOBUFS)
        listener.close()
        with self.assertRaises(mhp.ClosedError):
            listener.receive()


if __name__ == "__main__":
    unittest.main()

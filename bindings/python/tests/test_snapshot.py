# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a snapshot holds, as values."""

import copy
import dataclasses
import errno
import gc
import os
import pickle
import tempfile
import unittest
import weakref
from collections.abc import Callable
from pathlib import Path

from support import FIRST, GIB, MACHINES, make_machine

import mhp
import mhp.sim
from mhp._lib import Items

ALL = mhp.SnapshotFlag.FOR_PLANS | mhp.SnapshotFlag.TOPOLOGY | mhp.SnapshotFlag.OFFLINE_ZONES
COPIES: tuple[Callable[[object], object], ...] = (pickle.dumps, copy.copy, copy.deepcopy)


class Snapshots(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = make_machine("online_movable")
        self.ctx = self.machine.context()
        self.snap = self.ctx.snapshot(ALL)

    def test_blocks(self) -> None:
        blocks = self.snap.blocks
        self.assertEqual(len(blocks), 16)
        self.assertEqual([b.id for b in blocks], [*range(8), *range(FIRST, FIRST + 8)])
        last = blocks[-1]
        self.assertEqual(last, blocks[15])
        self.assertEqual((last.state, last.zone), (mhp.State.ONLINE, mhp.Zone.MOVABLE))
        self.assertEqual((last.zones, last.node_id), ((mhp.Zone.MOVABLE,), 1))
        self.assertEqual(blocks[2:4], (blocks[2], blocks[3]))
        self.assertEqual(blocks, tuple(blocks))
        self.assertIn(last, blocks)
        for wrong in (16, -17, 1 << 70):
            with self.assertRaises(IndexError):
                blocks[wrong]

    def test_find(self) -> None:
        snap = self.snap
        self.assertEqual(snap.find_block(FIRST), snap.blocks[8])
        self.assertIsNone(snap.find_block(9))
        self.assertEqual(snap.find_node(1), snap.nodes[1])
        self.assertIsNone(snap.find_node(7))
        region = snap.block_region(FIRST)
        assert region is not None
        self.assertEqual(region, snap.find_region("dax0.0"))
        self.assertIsNone(snap.find_region("dax9.0"))
        self.assertIsNone(snap.block_zones_text(FIRST))
        with self.assertRaises(LookupError):
            snap.block_region(9)
        with self.assertRaises(mhp.Error) as caught:
            snap.block_plugged_bytes(FIRST)
        self.assertEqual(caught.exception.errno, errno.ENODATA)

    def test_region(self) -> None:
        region = self.snap.find_region("dax0.0")
        assert region is not None
        self.assertEqual(region.kind, mhp.RegionKind.DAX)
        self.assertEqual(region.state, mhp.State.ONLINE)
        self.assertEqual(region.zone, mhp.Zone.MOVABLE)
        self.assertEqual(region.ranges, (mhp.Range(4 * GIB, GIB),))
        self.assertEqual(region.block_runs, (mhp.BlockRun(FIRST, 8),))
        self.assertEqual(
            (region.size_bytes, region.online_bytes, region.lost_bytes), (GIB, GIB, 0)
        )
        self.assertEqual((region.driver, region.node_id), ("kmem", 1))
        self.assertEqual(len(region.blocks), region.total_blocks)
        self.assertTrue(region.can(mhp.Capability.OFFLINE))
        self.assertIsNone(region.why_not(mhp.Capability.OFFLINE))
        self.assertFalse(region.can(mhp.Capability.RELEASE))
        self.assertTrue(region.why_not(mhp.Capability.RELEASE))
        self.assertEqual(region.fact("dax_region_size"), str(GIB))
        self.assertIsNone(region.fact("no such"))
        self.assertIsNone(region.parent)
        self.assertIsInstance(region.guess_cause().text, str)
        self.assertIn(mhp.Unknown("plugged_bytes", errno.ENODATA), region.unknown)
        as_dict = dataclasses.asdict(region)
        self.assertEqual(as_dict["ranges"], ({"start": 4 * GIB, "size_bytes": GIB},))
        self.assertEqual(hash(region), hash(self.snap.find_region("dax0.0")))
        with self.assertRaises(dataclasses.FrozenInstanceError):
            region.name = "dax1.0"  # type: ignore[misc]

    def test_cxl(self) -> None:
        machine = mhp.sim.Machine.from_capture(MACHINES / "7.3-cxl-region-region.txt")
        snap = machine.context().snapshot(ALL | mhp.SnapshotFlag.IDENTITY)
        dax = snap.find_region("dax0.0")
        assert dax is not None and dax.parent is not None
        self.assertEqual((dax.parent.name, dax.parent_name), ("region0", "region0"))
        self.assertTrue(dax.parent.has_children)
        self.assertEqual(dax.devices[0].name, "mem0")

    def test_cxl_target_not_found(self) -> None:
        text = (MACHINES / "7.3-cxl-region-region.txt").read_text()
        lost = text.replace("region0/target0: decoder2.0", "region0/target0: decoder99.0")
        self.assertNotEqual(lost, text)
        machine = mhp.sim.Machine.from_text(lost)
        snap = machine.context().snapshot(mhp.SnapshotFlag.IDENTITY)
        region = snap.find_region("region0")
        assert region is not None
        device = region.devices[0]
        self.assertEqual((device.name, device.path, device.serial), ("target0", None, None))

    def test_node(self) -> None:
        one, two = self.snap.nodes
        self.assertEqual((one.id, one.kind, one.has_cpu), (0, mhp.NodeKind.CPU, True))
        self.assertEqual((two.kind, two.n_blocks), (mhp.NodeKind.CPU_LESS, 8))
        self.assertEqual((two.movable_bytes, two.kernel_bytes), (GIB, 0))
        self.assertTrue(two.is_from_regions)
        self.assertEqual(one.distance(1), 20)
        with self.assertRaises(mhp.NotFoundError):
            one.distance(7)
        self.assertEqual(two.zone_bytes(mhp.Zone.MOVABLE).present, GIB)
        self.assertEqual([r.name for r in two.regions], ["dax0.0"])
        rating = one.rating(mhp.Access.CPU)
        self.assertIsNone(rating.read_latency_ns)
        self.assertIn(mhp.Unknown("read_latency_ns", errno.ENODATA), rating.unknown)
        self.assertEqual(self.snap.zone_bytes(mhp.Zone.MOVABLE).present, GIB)
        self.assertEqual(self.snap.movable_bytes(), GIB)
        self.assertGreater(self.snap.kernel_bytes(), 0)
        self.assertGreater(self.snap.movable_percent(), 99)

    def test_policy(self) -> None:
        policy = self.snap.policy
        self.assertEqual(policy.default_online_type, mhp.OnlineType.ONLINE_MOVABLE)
        self.assertEqual(policy.udev_rules, ())
        self.assertIs(policy.has_hotremove, True)
        plain = self.ctx.snapshot().policy
        self.assertIsNone(plain.udev_rules)
        self.assertIn(mhp.Unknown("udev_rules", errno.ENODATA), plain.unknown)

    def test_udev_rule(self) -> None:
        builder = mhp.sim.Builder()
        builder.add_node(0, 1)
        builder.add_memory(0, 0, GIB)
        rule = 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online"\n'
        builder.set("/etc/udev/rules.d/40-memory.rules", rule)
        found = builder.build().context().snapshot(ALL).policy.udev_rules
        self.assertEqual(
            found, (mhp.UdevRule("/etc/udev/rules.d/40-memory.rules", 1, "online", False),)
        )

    def test_unreadable(self) -> None:
        self.machine.fail_read("/sys/devices/system/memory/auto_online_blocks", errno.EIO)
        snap = self.ctx.snapshot()
        self.assertIsNone(snap.policy.default_online_type)
        self.assertIn(mhp.Unknown("default_online_type", errno.EIO), snap.policy.unknown)
        self.assertEqual(
            snap.problems,
            (mhp.Problem("/sys/devices/system/memory/auto_online_blocks", errno.EIO, None),),
        )
        self.machine.clear_failures()
        self.machine.set_privileged(False)
        region = self.ctx.snapshot().find_region("dax0.0")
        assert region is not None
        self.assertIsNone(region.ranges)
        self.assertIn(mhp.Unknown("ranges", errno.EACCES), region.unknown)

    def test_one_region_and_base(self) -> None:
        one = self.ctx.snapshot(region="dax0.0")
        self.assertEqual([r.name for r in one.regions], ["dax0.0"])
        self.machine.write(f"/sys/devices/system/memory/memory{FIRST}/state", "offline")
        later = self.ctx.snapshot(region="dax0.0", base=one)
        self.assertEqual(later.blocks[8].state, mhp.State.OFFLINE)
        with self.assertRaises(mhp.NotFoundError):
            self.ctx.snapshot(region="dax7.0")

    def test_lives_longest(self) -> None:
        """What is got keeps what it is from, whatever goes first."""
        region, regions = self.snap.find_region("dax0.0"), self.snap.regions
        assert region is not None
        blocks = region.blocks
        self.ctx.close()
        self.machine.close()
        del self.snap, self.ctx, self.machine
        gc.collect()
        self.assertEqual(blocks[7].id, FIRST + 7)
        self.assertEqual(regions[0].blocks, blocks)
        del region, regions
        gc.collect()
        self.assertEqual(blocks[0].id, FIRST)

    def test_a_list_keeps_its_owner_while_it_is_walked(self) -> None:
        class Owner:
            pass

        owner = Owner()
        is_there = weakref.ref(owner)
        items = iter(Items(owner, 2, lambda i: i))
        del owner
        gc.collect()
        self.assertIsNotNone(is_there())
        self.assertEqual(list(items), [0, 1])
        del items
        self.assertIsNone(is_there())
        region = self.ctx.snapshot().find_region("dax0.0")
        assert region is not None
        walk = iter(region.blocks)
        del region
        gc.collect()
        self.assertEqual([block.id for block in walk], list(range(FIRST, FIRST + 8)))

    def test_copies(self) -> None:
        """Values can be copied and pickled; what belongs to the library cannot."""
        block = self.snap.blocks[0]
        self.assertEqual(pickle.loads(pickle.dumps(block)), block)
        for thing in (self.snap, self.snap.regions[0], self.snap.nodes[0], self.ctx, self.machine):
            for how in COPIES:
                with self.assertRaisesRegex(TypeError, "cannot be copied or pickled"):
                    how(thing)
        with self.assertRaisesRegex(TypeError, "was not made by the library"):
            dataclasses.replace(self.snap.regions[0]).blocks

    def test_bytes(self) -> None:
        """Texts are bytes: what is no UTF-8 comes back as it went."""
        with tempfile.TemporaryDirectory() as root:
            memory = Path(root) / "sys/devices/system/memory"
            (memory / "memory0").mkdir(parents=True)
            (memory / "block_size_bytes").write_text("8000000\n")
            (memory / "memory0" / "state").write_text("online\n")
            (memory / "memory0" / "valid_zones").write_bytes(b"Zone\xff\n")
            snap = mhp.Context(root).snapshot()
            self.assertEqual(snap.block_zones_text(0), "Zone\udcff")
            self.assertEqual(snap.blocks[0].zones, (mhp.Zone.UNKNOWN,))
            with self.assertRaises(mhp.NotFoundError) as caught:
                mhp.Context(os.fsencode(root) + b"/\xff")
            self.assertEqual(caught.exception.function, "mhp_ctx_new")
            self.assertEqual(caught.exception.path, root + "/\udcff")
        with self.assertRaisesRegex(ValueError, "NUL"):
            self.snap.find_region("dax0.0\0")
        with self.assertRaisesRegex(ValueError, "NUL"):
            mhp.Context("/\0")
        region = self.snap.regions[0]
        with self.assertRaisesRegex(ValueError, "NUL"):
            region.fact("dax_region_size\0")
        self.assertIsNone(region.fact("\udcff"))


class Enumerations(unittest.TestCase):
    def test_unknown(self) -> None:
        strange = mhp.Reason(9999)
        self.assertEqual((strange, strange.word, str(strange)), (9999, "unknown", "unknown"))
        self.assertTrue(strange.is_failure)
        self.assertIsInstance(repr(strange), str)
        for wrong in ("busy", -1, 1 << 32):  # no value that C could have told
            with self.assertRaises(ValueError):
                mhp.Reason(wrong)  # type: ignore[arg-type]

    def test_words(self) -> None:
        self.assertEqual(f"{mhp.State.GOING_OFFLINE}", "going-offline")
        self.assertEqual(f"{mhp.Zone.DMA32:>7}", "  DMA32")
        self.assertEqual(mhp.OnlineType.from_str("online_kernel"), mhp.OnlineType.ONLINE_KERNEL)
        self.assertEqual(mhp.RegionKind.from_str("virtio-mem"), mhp.RegionKind.VIRTIO_MEM)
        for function in (mhp.OnlineType.from_str, mhp.RegionKind.from_str):
            with self.assertRaises(ValueError):
                function("unknown")
        self.assertEqual(pickle.loads(pickle.dumps(mhp.State.ONLINE)), mhp.State.ONLINE)
        self.assertTrue(mhp.has(mhp.Feature.UDEV))
        self.assertRegex(mhp.version(), r"^\d+\.\d+\.\d+")


if __name__ == "__main__":
    unittest.main()

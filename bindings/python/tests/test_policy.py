# SPDX-License-Identifier: LGPL-2.1-or-later
"""Standing policies and agendas."""

import copy
import errno
import gc
import tempfile
import unittest
from pathlib import Path

from support import FIRST, make_machine

import mhp
import mhp.sim
from mhp.policy import AgendaError, DriftKind, ItemState, Match, Standing, Wish

FLAGS = mhp.SnapshotFlag.FOR_PLANS | mhp.SnapshotFlag.TOPOLOGY
POOL = "[pool]\nkind = dax\ntype = online_movable\nmax-movable-ratio = 300\norder = 7\n"
REST = "[rest]\nkind = boot\ntype = leave-alone\n"


class Policies(unittest.TestCase):
    def setUp(self) -> None:
        self.machine = make_machine()
        self.ctx = self.machine.context()
        self.standing = Standing.from_text("50-pool.conf", POOL, ("60-rest.conf", REST.encode()))

    def test_rules(self) -> None:
        standing = self.standing
        self.assertEqual((standing.errors, standing.warnings), ((), ()))
        pool, rest = standing.rules
        self.assertEqual((pool.name, pool.file, pool.line), ("pool", "50-pool.conf", 1))
        self.assertEqual((pool.wish, pool.online_type), (Wish.TYPE, 3))
        self.assertEqual((pool.order, pool.max_movable_ratio), (7, 300))
        self.assertEqual((pool.can_plug, pool.can_plug_persistent), (True, False))
        self.assertEqual((pool.key_line("type"), pool.key_line("tier")), (3, None))
        self.assertIn("online_movable", pool.text)
        self.assertEqual((rest.wish, rest.online_type, rest.rules), (Wish.LEAVE_ALONE, None, 0))
        region = self.ctx.snapshot(FLAGS).regions[0]
        self.assertEqual(rest.match(region).match, Match.NO)
        answer = standing.find_rule(region)
        assert answer.rule is not None and answer.why is not None
        self.assertEqual((answer.match, answer.rule.name), (Match.YES, "pool"))
        with self.assertRaises(TypeError):
            copy.copy(pool)

    def test_errors(self) -> None:
        wrong = Standing.from_text("a.conf", "[x]\ntype = movable\n")
        self.assertEqual((wrong.errors[0].file, wrong.errors[0].line), ("a.conf", 2))
        self.assertIn("online_movable", wrong.errors[0].message)
        with self.assertRaises(mhp.MalformedError):
            wrong.agenda(self.ctx.snapshot(FLAGS))

    def test_files(self) -> None:
        with tempfile.TemporaryDirectory() as root:
            folder = Path(root) / "etc/mhp/policy.d"
            folder.mkdir(parents=True)
            (folder / "50-pool.conf").write_text(POOL)
            standing = Standing.read(mhp.Context(root))
        self.assertEqual([f.path for f in standing.files], ["/etc/mhp/policy.d/50-pool.conf"])
        self.assertEqual(len(standing.rules), 1)
        self.assertEqual(len(Standing.read(self.ctx).rules), 0)

    def test_agenda(self) -> None:
        agenda = self.standing.agenda(self.ctx.snapshot(FLAGS))
        del self.standing
        gc.collect()
        item = agenda.items[0]
        self.assertEqual((item.region.name, item.state), ("dax0.0", ItemState.TO_DO))
        self.assertEqual([i.state.word for i in agenda.items], ["to-do", "left-alone"])
        assert item.rule is not None and item.plan is not None
        self.assertEqual((item.rule.name, item.online_type), ("pool", 3))
        self.assertEqual([d.kind for d in item.drifts], [DriftKind.STATE])
        self.assertEqual(item.drifts[0].blocks, tuple(range(FIRST, FIRST + 8)))
        self.assertEqual(agenda.n_drifts, 1)
        self.assertEqual(agenda.count(ItemState.TO_DO), 1)
        self.assertIsNotNone(item.repair)
        self.assertEqual(agenda.find_item("dax0.0").region, item.region)  # type: ignore[union-attr]
        self.assertIsNone(agenda.find_item("dax9.0"))
        self.assertIn("dax0.0", agenda.text)
        self.assertEqual(len(agenda.snapshot.regions), 2)
        self.assertEqual(len(agenda.standing.rules), 2)

        told: list[int] = []
        report = agenda.apply(self.ctx, progress=lambda done, total: told.append(done))
        del agenda
        gc.collect()
        self.assertIs(report.check(), report)
        self.assertTrue(told)
        result = report.results[0]
        assert result.report is not None
        self.assertTrue(result.report.is_done)
        self.assertEqual(len(result.report.results), 8)
        self.assertEqual(result.item.region.name, "dax0.0")
        self.assertEqual(report.results[1].reason, mhp.Reason.ALREADY)
        self.assertIsNone(result.first_report)
        again = report.agenda.standing.agenda(self.ctx.snapshot(FLAGS))
        self.assertEqual(again.count(ItemState.TO_DO), 0)

    def test_failure(self) -> None:
        self.machine.fail_block(FIRST, "online", errno.ENOMEM)
        report = self.standing.agenda(self.ctx.snapshot(FLAGS)).apply(self.ctx)
        self.assertEqual(report.outcome, mhp.Outcome.UNDONE)
        with self.assertRaises(AgendaError) as caught:
            report.check()
        self.assertIn("memory32", str(caught.exception))

    def test_progress_raises(self) -> None:
        agenda = self.standing.agenda(self.ctx.snapshot(FLAGS))
        with self.assertRaises(ZeroDivisionError):
            agenda.apply(self.ctx, progress=lambda done, total: 1 // 0)
        self.assertEqual(self.ctx.snapshot().regions[0].state, mhp.State.OFFLINE)


if __name__ == "__main__":
    unittest.main()

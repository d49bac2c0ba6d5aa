// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp_test

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/sim"
)

func TestPlanAndApply(t *testing.T) {
	_, c := machine(t)
	snap := must(c.Snapshot(&mhp.SnapshotOptions{Flags: mhp.SnapshotForPlans}))
	plan := must(snap.Plan(online(mhp.OnlineMovable)))
	check(t, snap.Close()) // a plan needs it no more
	equal(t, "region", plan.RegionName(), "dax0.0")
	equal(t, "target", plan.Target(), "dax0.0")
	equal(t, "goal", plan.Goal(), mhp.GoalOnline)
	equal(t, "type", plan.OnlineType(), mhp.OnlineMovable)
	equal(t, "rules", plan.Rules(), mhp.RulePerBlock)
	equal(t, "conflicts", len(plan.Conflicts()), 0)
	plan.Warnings()
	for _, step := range plan.Steps() {
		equal(t, "kind", step.Kind(), mhp.StepBlock)
		equal(t, "word", step.Word(), "online_movable")
		equal(t, "undo", step.UndoWord(), "offline")
		equal(t, "size", step.Ranges()[0].SizeBytes, 128<<20)
		if !strings.HasSuffix(must(step.Path()), "/state") {
			t.Error(must(step.Path()))
		}
		state, zone := step.Expected()
		equal(t, "expected", state, mhp.StateOffline)
		equal(t, "expected", zone, mhp.ZoneUnknown)
		state, typ := step.Wanted()
		equal(t, "wanted", state, mhp.StateOnline)
		equal(t, "wanted", typ, mhp.OnlineMovable)
	}
	saved := must(mhp.ParsePlan(must(plan.Saved())))
	equal(t, "saved", must(saved.Text()), must(plan.Text()))
	_, err := mhp.ParsePlan("no plan\n\x00")
	is(t, err, syscall.EBADMSG)
	if !strings.Contains(err.Error(), "line 1") {
		t.Error(err)
	}

	report := must(c.Apply(background, saved, nil))
	check(t, report.Err())
	equal(t, "outcome", report.Outcome(), mhp.OutcomeDone)
	equal(t, "code", report.Errno(), 0)
	equal(t, "goal", report.Plan().Goal(), mhp.GoalOnline)
	equal(t, "results", len(report.Results()), 4)
	equal(t, "others", len(report.OtherBlocks()), 0)
	equal(t, "recovery", report.Recovery(), nil)
	report.DeviceWords()
	for _, result := range report.Results() {
		equal(t, "wanted", result.WantedWord(), "online_movable")
		equal(t, "code", result.Errno(), 0)
		equal(t, "reason", result.Reason(), mhp.ReasonDone)
		state, _ := result.Before()
		equal(t, "before", state, mhp.StateOffline)
		state, zone := result.After()
		equal(t, "after", state, mhp.StateOnline)
		equal(t, "zone", zone, mhp.ZoneMovable)
	}
	for _, write := range report.Writes() {
		equal(t, "write", write.Word, "online_movable")
		equal(t, "write", write.Errno, 0)
		equal(t, "write", write.Undo, false)
	}
	again := must(c.Fulfil(background, online(mhp.OnlineMovable), nil))
	equal(t, "again", again.Reason(), mhp.ReasonAlready)
	stale := must(c.Apply(background, must(mhp.ParsePlan(must(again.Plan().Saved()))), nil))
	check(t, stale.Err())
}

func TestSimple(t *testing.T) {
	_, c := machine(t)
	for _, f := range []func() (*mhp.Report, error){
		func() (*mhp.Report, error) { return c.OnlineRegion("dax0.0", mhp.Online, 0) },
		func() (*mhp.Report, error) { return c.OfflineRegion("dax0.0", 0) },
		func() (*mhp.Report, error) { return c.UnplugRegion("dax0.0", 0) },
		func() (*mhp.Report, error) { return c.PlugRegion("dax0.0", mhp.OnlineKernel, 0) },
	} {
		report := must(f())
		check(t, report.Err())
		check(t, report.Close())
	}
	_, err := c.OnlineRegion("dax0.0", mhp.OnlineType(9), 0)
	is(t, err, syscall.EINVAL)
}

func TestReportError(t *testing.T) {
	m, c := machine(t)
	check(t, m.FailBlock(34, "online", syscall.EBUSY, 0))
	report := must(c.OnlineRegion("dax0.0", mhp.OnlineMovable, 0))
	err := report.Err()
	is(t, err, mhp.ReasonBusy, syscall.EBUSY)
	if errors.Is(err, mhp.ReasonStale) || errors.Is(err, context.Canceled) {
		t.Error("it is anything")
	}
	var e *mhp.ReportError
	equal(t, "as", errors.As(err, &e), true)
	equal(t, "outcome", e.Outcome, mhp.OutcomeUndone)
	equal(t, "message", e.Message, report.Message())
	equal(t, "hint", e.Hint, report.Hint())
	equal(t, "text", err.Error(), "undone: "+report.Message())
	equal(t, "reason", report.Results()[2].Reason(), mhp.ReasonBusy)
	equal(t, "reason", report.Results()[0].Reason(), mhp.ReasonUndone)
	offline(t, c)

	snap := must(c.Snapshot(nil))
	plan := must(snap.Plan(online(mhp.OnlineMovable)))
	check(t, m.Write("/sys/devices/system/memory/memory33/state", "online_kernel"))
	is(t, must(c.Apply(background, plan, nil)).Err(), mhp.ErrStale, mhp.ReasonStale)

	report = must(c.OnlineRegion("dax0.0", mhp.OnlineMovable, 0))
	equal(t, "outcome", report.Outcome(), mhp.OutcomeRefused)
	conflict := report.Plan().Conflicts()[0]
	equal(t, "code", conflict.Code, mhp.ConflictWrongZone)
	equal(t, "block", conflict.Blocks[0], 33)
	if conflict.Message == "" || conflict.Hint == "" || !strings.Contains(report.String(), "; ") {
		t.Error(report)
	}
}

// hung is a machine with a block that never goes offline, and what gives it back.
func hung(t *testing.T) (*sim.Machine, func(context.Context, *mhp.ApplyOptions) error) {
	t.Helper()
	m, c := machine(t)
	check(t, must(c.OnlineRegion("dax0.0", mhp.OnlineMovable, 0)).Err())
	check(t, m.HangBlock(33, 0))
	return m, func(ctx context.Context, opts *mhp.ApplyOptions) error {
		request := mhp.NewRequest().SetRegion("dax0.0").SetGoal(mhp.GoalOffline)
		report, err := c.Fulfil(ctx, request, opts)
		if err == nil {
			err = report.Err()
		}
		region, _ := must(c.Snapshot(nil)).FindRegion("dax0.0")
		equal(t, "state", region.State(), mhp.StateOnline) // all is as it was
		return err
	}
}

func TestCancelApply(t *testing.T) {
	m, giveBack := hung(t)
	ctx, stop := context.WithCancel(background)
	go func() {
		m.AwaitStuck(1)
		stop()
	}()
	err := giveBack(ctx, &mhp.ApplyOptions{Timeout: mhp.NoTimeout})
	is(t, err, context.Canceled, mhp.ReasonCancelled, syscall.ECANCELED)
}

func TestDeadlineOfApply(t *testing.T) {
	_, giveBack := hung(t)
	for _, timeout := range []time.Duration{0, time.Hour, mhp.NoTimeout} {
		ctx, stop := context.WithTimeout(background, 50*time.Millisecond)
		is(t, giveBack(ctx, &mhp.ApplyOptions{Timeout: timeout}), context.DeadlineExceeded)
		stop()
	}
	err := giveBack(background, &mhp.ApplyOptions{Timeout: time.Nanosecond})
	is(t, err, mhp.ReasonDeadline, syscall.ETIMEDOUT)
	if errors.Is(err, context.DeadlineExceeded) {
		t.Error("no context.Context had to do with it")
	}
}

func TestContextIsOver(t *testing.T) {
	m, c := machine(t)
	ctx, stop := context.WithCancel(background)
	stop()
	late, stop := context.WithTimeout(background, -time.Second)
	defer stop()
	for ctx, want := range map[context.Context]error{
		ctx: context.Canceled, late: context.DeadlineExceeded,
	} {
		_, err := c.Fulfil(ctx, online(mhp.OnlineMovable), nil)
		is(t, err, want)
		_, err = c.Recover(ctx, nil)
		is(t, err, want)
		_, err = c.WaitRegion(ctx, "dax0.0", mhp.WaitGone, nil)
		is(t, err, want)
	}
	equal(t, "writes", m.CountWrites(), 0)
}

func TestRecover(t *testing.T) {
	m := must(builder().Build(0))
	defer m.Close()
	c := must(m.NewContext())
	defer c.Close()
	equal(t, "left", must(c.Recover(background, nil)), nil)

	// killed after the policy was borrowed, by different numbers of writes
	var recovery *mhp.Recovery
	for n := uint(1); recovery == nil && n < 40; n++ {
		m := must(builder().Build(0))
		defer m.Close()
		victim := must(m.NewContext())
		check(t, victim.SetProgram("victim"))
		m.KillAfter(n)
		victim.PlugRegion("dax0.0", mhp.OnlineMovable, 0)
		victim.Close()
		next := must(m.NewContext())
		defer next.Close()
		recovery = must(next.Recover(background, nil))
		if recovery != nil && len(recovery.Settings()) == 0 {
			recovery = nil
		}
	}
	if recovery == nil || !recovery.IsComplete() {
		t.Fatal("nothing was left behind")
	}
	if !strings.HasPrefix(recovery.Transaction(), "victim[") {
		t.Error(recovery.Transaction())
	}
	setting := recovery.Settings()[0]
	if setting.Path == "" || setting.Ours == "" || setting.Returned == mhp.ReturnedUnknown {
		t.Error(setting)
	}
	check(t, recovery.Close())
}

// The same, as a report tells of it: the recovery keeps the report.
func TestRecoveryOfReport(t *testing.T) {
	for n := uint(1); n < 40; n++ {
		m := must(builder().Build(0))
		victim := must(m.NewContext())
		m.KillAfter(n)
		victim.PlugRegion("dax0.0", mhp.OnlineMovable, 0)
		victim.Close()
		next := must(m.NewContext())
		report := must(next.PlugRegion("dax0.0", mhp.OnlineMovable, 0))
		recovery := report.Recovery()
		check(t, next.Close())
		check(t, m.Close())
		check(t, report.Close())
		if recovery != nil {
			recovery.Transaction()
			check(t, recovery.Close())
			return
		}
	}
	t.Fatal("nothing was left behind")
}

func TestHold(t *testing.T) {
	m, c := machine(t)
	check(t, c.SetProgram("keeper"))
	hold := must(c.Hold("agent", "a test"))
	other := must(m.NewContext())
	defer other.Close()
	_, err := other.Hold("agent", "another")
	is(t, err, syscall.EAGAIN)
	if !strings.Contains(err.Error(), "keeper[") {
		t.Error(err)
	}
	_, err = other.Hold("No Such Name", "")
	is(t, err, syscall.EINVAL)
	check(t, hold.Close())
	check(t, must(other.Hold("agent", "another")).Close())
}

func TestCapture(t *testing.T) {
	m, c := machine(t)
	if text := must(c.Capture(0)); !strings.Contains(text, "block_size_bytes") {
		t.Error(text)
	}
	must(c.Capture(mhp.CaptureIdentity))
	_, err := c.Capture(1 << 60)
	is(t, err, syscall.E2BIG)
	must(m.Capture())
}

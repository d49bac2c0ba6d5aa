// SPDX-License-Identifier: LGPL-2.1-or-later

package policy_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/internal/leaktest"
	"libmhp.invalid/mhp/policy"
	"libmhp.invalid/mhp/sim"
)

func TestMain(m *testing.M) {
	leaktest.Main(m)
}

var background = context.Background()

const text = `[pool]
kind = dax
type = online_movable
order = 7
max-movable-ratio = 400
`

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if any(got) != any(want) {
		t.Fatalf("%s: %v, not %v", what, got, want)
	}
}

func is(t *testing.T, err error, targets ...error) {
	t.Helper()
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Fatalf("%v (%T) is no %v", err, err, target)
		}
	}
}

// machine has 512 MiB in dax0.0, offline, and the policy in a file.
func machine(t *testing.T) (*sim.Machine, *mhp.Context) {
	t.Helper()
	m := must(sim.NewBuilder(sim.Kernel7_3).AddNode(0, 2).AddMemory(0, 0, 1<<30).AddNode(1, 0).
		AddDAX("dax0.0", 1, 4<<30, 512<<20).Set("auto_online_blocks", "offline").Load("kmem").
		Set("/etc/mhp/policy.d/50-pool.conf", text).
		Set("/usr/lib/mhp/policy.d/50-pool.conf", text).Build(0))
	c := must(m.NewContext())
	t.Cleanup(func() {
		check(t, c.Close())
		check(t, m.Close())
	})
	return m, c
}

func agenda(t *testing.T, c *mhp.Context) *policy.Agenda {
	t.Helper()
	standing := must(policy.Load(c))
	snap := must(c.Snapshot(&mhp.SnapshotOptions{Flags: mhp.SnapshotForPlans}))
	a := must(standing.Agenda(snap, nil))
	check(t, standing.Close()) // it keeps both
	check(t, snap.Close())
	return a
}

func TestStanding(t *testing.T) {
	_, c := machine(t)
	standing := must(policy.Load(c))
	defer standing.Close()
	equal(t, "errors", len(standing.Errors()), 0)
	equal(t, "warnings", len(standing.Warnings()), 0)
	files := standing.Files()
	equal(t, "files", len(files), 2)
	equal(t, "path", files[0].Path, "/etc/mhp/policy.d/50-pool.conf")
	equal(t, "masks", files[0].Masks, false)
	equal(t, "hidden by", files[1].HiddenBy, files[0].Path)
	rule := standing.Rules()[0]
	equal(t, "name", rule.Name(), "pool")
	equal(t, "file", rule.File(), files[0].Path)
	equal(t, "line", rule.Line(), 1)
	equal(t, "key", rule.KeyLine("type"), 3)
	equal(t, "key", rule.KeyLine("ty\x00pe"), 0)
	equal(t, "wish", rule.Wish(), policy.WishType)
	equal(t, "type", must(rule.OnlineType()), mhp.OnlineMovable)
	equal(t, "order", rule.Order(), 7)
	equal(t, "ratio", must(rule.MaxMovableRatio()), 400)
	equal(t, "rules", rule.Rules(), 0)
	equal(t, "plug", rule.CanPlug(), true)
	equal(t, "persistent", rule.CanPlugPersistent(), false)
	if !strings.Contains(must(rule.Text()), "type = online_movable\n") {
		t.Error(must(rule.Text()))
	}

	snap := must(c.Snapshot(&mhp.SnapshotOptions{Flags: mhp.SnapshotForPlans}))
	region, _ := snap.FindRegion("dax0.0")
	match, why := rule.Match(region)
	equal(t, "match", match, policy.MatchYes)
	if !strings.Contains(why, "kind = dax") {
		t.Error(why)
	}
	match, found, _ := standing.FindRule(region)
	equal(t, "match", match, policy.MatchYes)
	equal(t, "rule", found, rule)
	boot, _ := snap.FindRegion("boot")
	match, found, _ = standing.FindRule(boot)
	equal(t, "match", match, policy.MatchNo)
	equal(t, "rule", found, policy.Rule{})
}

func TestParse(t *testing.T) {
	standing := must(policy.Parse("a.conf", "[a]\ntype = movable\n"))
	equal(t, "errors", len(standing.Errors()), 1)
	remark := standing.Errors()[0]
	equal(t, "file", remark.File, "a.conf")
	equal(t, "line", remark.Line, 2)
	if !strings.Contains(remark.Message, "online_movable") {
		t.Error(remark.Message)
	}
	_, c := machine(t)
	_, err := standing.Agenda(must(c.Snapshot(nil)), nil)
	is(t, err, syscall.EBADMSG)
	_, err = standing.Rules()[0].OnlineType()
	is(t, err, syscall.ENODATA)
	_, err = policy.Parse("a\x00", "")
	is(t, err, syscall.EINVAL)

	standing = must(policy.Parse("a.conf", "[a]\ntype = online\n"))
	check(t, standing.AddText("b.conf", text))
	equal(t, "rules", len(standing.Rules()), 2)
	equal(t, "warnings", len(standing.Warnings()), 1) // the second one is never reached
	is(t, standing.AddText("\x00", ""), syscall.EINVAL)
	a := must(standing.Agenda(must(c.Snapshot(nil)), nil))
	is(t, standing.AddText("c.conf", text), syscall.EBUSY)
	check(t, a.Close())
	check(t, standing.AddText("c.conf", text))
}

func TestAgenda(t *testing.T) {
	m, c := machine(t)
	a := agenda(t, c)
	equal(t, "to do", a.CountInState(policy.ItemToDo), 1)
	equal(t, "drifts", a.CountDrifts(), 1)
	if !strings.Contains(must(a.Text()), "dax0.0") {
		t.Error(must(a.Text()))
	}
	item, found := a.FindItem("dax0.0")
	equal(t, "found", found, true)
	_, found = a.FindItem("dax9.9")
	equal(t, "found", found, false)
	_, found = a.FindItem("\x00")
	equal(t, "found", found, false)
	equal(t, "first", a.Items()[0], item)
	equal(t, "region", item.Region().Name(), "dax0.0")
	rule, found := item.Rule()
	equal(t, "found", found, true)
	equal(t, "rule", rule.Name(), "pool")
	equal(t, "state", item.State().String(), "to-do")
	equal(t, "type", must(item.OnlineType()), mhp.OnlineMovable)
	equal(t, "guard", item.Guard(), "")
	equal(t, "plan", item.Plan().RegionName(), "dax0.0")
	equal(t, "repair", item.Repair().RegionName(), "dax0.0")
	equal(t, "why", item.Why(), "")
	equal(t, "way out", item.WayOut(), "")
	if item.CauseText() == "" {
		t.Error("no cause")
	}
	drift := item.Drifts()[0]
	equal(t, "drift", drift.Kind, policy.DriftState)
	equal(t, "drift", drift.Kind.String(), "state")
	equal(t, "block", drift.Blocks[0], 32)
	if drift.Message == "" {
		t.Error("no message")
	}
	equal(t, "boot", a.Items()[1].Plan(), nil)
	equal(t, "standing", a.Standing().Rules()[0].Name(), "pool")
	equal(t, "snapshot", len(a.Snapshot().Blocks()), 12)

	check(t, m.FailBlock(33, "online", syscall.EBUSY, 0))
	report := must(a.Apply(background, c, nil))
	equal(t, "outcome", report.Outcome(), mhp.OutcomeUndone)
	result := report.Results()[0]
	equal(t, "outcome", result.Outcome(), mhp.OutcomeUndone)
	is(t, report.Err(), result.Reason(), result.Errno())
	equal(t, "text", report.Err().Error(), "undone: "+result.Message())
	equal(t, "item", result.Item().Region().Name(), "dax0.0")
	equal(t, "message", result.Report().Message(), result.Message())
	equal(t, "first", result.FirstReport(), nil)
	m.ClearFailures()

	calls := 0
	report = must(a.Apply(background, c, &mhp.ApplyOptions{
		Progress: func(uint64, uint64) mhp.Cancel { calls++; return mhp.CancelNone },
	}))
	check(t, report.Err())
	if calls == 0 {
		t.Error("no progress")
	}
	equal(t, "met", agenda(t, c).CountInState(policy.ItemMet), 1)
	inner := report.Results()[0].Report()
	check(t, report.Agenda().Close())
	equal(t, "agenda", report.Results()[0].Item().Region().Name(), "dax0.0")
	check(t, report.Close())
	equal(t, "it lives", inner.Outcome(), mhp.OutcomeDone)
}

// What has moved is planned anew, and both reports are there.
func TestStale(t *testing.T) {
	m, c := machine(t)
	a := agenda(t, c)
	check(t, m.Write("/sys/devices/system/memory/memory32/state", "online_movable"))
	check(t, m.Write("/sys/devices/system/memory/memory32/state", "offline"))
	check(t, m.Write("/sys/devices/system/memory/memory32/state", "online_movable"))
	report := must(a.Apply(background, c, nil))
	check(t, report.Err())
	if first := report.Results()[0].FirstReport(); first != nil {
		is(t, first.Err(), mhp.ErrStale)
	}
}

func TestCancel(t *testing.T) {
	_, c := machine(t)
	ctx, stop := context.WithCancel(background)
	report := must(agenda(t, c).Apply(ctx, c, &mhp.ApplyOptions{
		Progress: func(uint64, uint64) mhp.Cancel { stop(); return mhp.CancelNone },
	}))
	is(t, report.Err(), context.Canceled, mhp.ReasonCancelled)
	_, err := agenda(t, c).Apply(ctx, c, nil)
	is(t, err, context.Canceled)
	late, stop := context.WithTimeout(background, time.Nanosecond)
	defer stop()
	_, err = agenda(t, c).Apply(late, c, nil)
	is(t, err, context.DeadlineExceeded)
}

// The deadline of a context.Context is that of all items, not of each.
func TestDeadline(t *testing.T) {
	m := must(sim.NewBuilder(sim.Kernel7_3).AddNode(0, 2).AddMemory(0, 0, 1<<30).AddNode(1, 0).
		AddDAX("dax0.0", 1, 4<<30, 512<<20).AddDAX("dax1.0", 1, 8<<30, 512<<20).
		Set("auto_online_blocks", "online_movable").Load("kmem").
		Set("/etc/mhp/policy.d/50-pool.conf", "[pool]\nkind = dax\ntype = offline\n").Build(0))
	defer m.Close()
	c := must(m.NewContext())
	defer c.Close()
	check(t, m.HangBlock(33, 0))
	check(t, m.HangBlock(65, 0))
	for _, timeout := range []time.Duration{0, time.Nanosecond, mhp.NoTimeout} {
		a := agenda(t, c)
		equal(t, "to do", a.CountInState(policy.ItemToDo), 2)
		ctx, stop := context.WithTimeout(background, 500*time.Millisecond)
		report := must(a.Apply(ctx, c, &mhp.ApplyOptions{Timeout: timeout}))
		err := report.Err()
		if timeout == time.Nanosecond { // of each try of each item
			is(t, err, mhp.ReasonDeadline, syscall.ETIMEDOUT)
			equal(t, "over", errors.Is(err, context.DeadlineExceeded), false)
			equal(t, "tried", report.Results()[1].Report() != nil, true)
		} else {
			is(t, err, context.DeadlineExceeded)
			equal(t, "tried", report.Results()[1].Report() != nil, false)
		}
		stop()
	}
}

func TestMisuse(t *testing.T) {
	_, c := machine(t)
	a := agenda(t, c)
	items := a.Items()
	standing := a.Standing()
	rule, _ := items[0].Rule()
	report := must(a.Apply(background, c, nil))
	result := report.Results()[0]
	region := items[0].Region()
	for _, object := range []interface{ Close() error }{report, a, standing} {
		check(t, object.Close())
		check(t, object.Close())
	}
	for _, object := range []any{
		a, items[0], standing, rule, &policy.Agenda{}, (*policy.Agenda)(nil), policy.Item{},
		(*policy.Standing)(nil), policy.Rule{}, report, result, (*policy.Report)(nil),
		policy.Result{},
	} {
		v := reflect.ValueOf(object)
		for i := 0; i < v.NumMethod(); i++ {
			if name := v.Type().Method(i).Name; name != "Close" {
				refuses(t, v.Method(i), v.Type().String()+"."+name)
			}
		}
	}
	if err := panicOf(func() { region.Name() }); !errors.Is(err, mhp.ErrClosed) {
		t.Error("a region outlives its agenda: ", err)
	}
	_, err := policy.Load(nil)
	is(t, err, mhp.ErrClosed)
}

func panicOf(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}

func refuses(t *testing.T, method reflect.Value, name string) {
	args := make([]reflect.Value, method.Type().NumIn())
	for i := range args {
		args[i] = reflect.Zero(method.Type().In(i))
		if args[i].Kind() == reflect.Interface {
			args[i] = reflect.ValueOf(background)
		}
	}
	var results []reflect.Value
	err := panicOf(func() { results = method.Call(args) })
	if err == nil && len(results) > 0 {
		err, _ = results[len(results)-1].Interface().(error)
	}
	if !errors.Is(err, mhp.ErrClosed) {
		t.Errorf("%s: %v", name, err)
	}
}

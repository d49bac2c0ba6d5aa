// SPDX-License-Identifier: LGPL-2.1-or-later

package sim_test

import (
	"context"
	"errors"
	"os"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/internal/leaktest"
	"libmhp.invalid/mhp/sim"
)

func TestMain(m *testing.M) {
	leaktest.Main(m)
}

const memory = "/sys/devices/system/memory/"

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

func builder() *sim.Builder {
	return sim.NewBuilder(sim.Kernel7_3).AddNode(0, 2).AddMemory(0, 0, 1<<30).AddNode(1, 0).
		AddDAX("dax0.0", 1, 4<<30, 512<<20).Set("auto_online_blocks", "offline").Load("kmem")
}

func machine(t *testing.T) (*sim.Machine, *mhp.Context) {
	t.Helper()
	m := must(builder().Build(0))
	c := must(m.NewContext())
	t.Cleanup(func() {
		check(t, c.Close())
		check(t, m.Close())
	})
	return m, c
}

func read(t *testing.T, m *sim.Machine, path string) string {
	t.Helper()
	return strings.TrimSuffix(must(m.Read(path)), "\n")
}

func TestReadAndWrite(t *testing.T) {
	m, _ := machine(t)
	equal(t, "state", read(t, m, memory+"memory33/state"), "offline")
	check(t, m.Write(memory+"memory33/state", "online_movable"))
	equal(t, "state", read(t, m, memory+"memory33/state"), "online")
	err := m.Write(memory+"memory99/state", "online")
	is(t, err, os.ErrNotExist)
	if !strings.Contains(err.Error(), "memory99") {
		t.Error(err)
	}
	_, err = m.Read("/no/such/file")
	is(t, err, os.ErrNotExist)
	err = m.FailBlock(33, "online_movable", syscall.EBUSY, 0)
	is(t, err, syscall.EINVAL)
	if !strings.Contains(err.Error(), `block 33, "online_movable", 16`) {
		t.Error(err)
	}
}

func TestCaptures(t *testing.T) {
	m, c := machine(t)
	text := must(m.Capture())
	other := must(sim.FromText(text, sim.ReadOnly))
	defer other.Close()
	is(t, other.Write(memory+"memory33/state", "online"), syscall.EROFS)
	path := t.TempDir() + "/machine.txt"
	check(t, os.WriteFile(path, []byte(must(c.Capture(0))), 0o644))
	check(t, must(sim.FromCapture(path, 0)).Close())

	_, err := sim.FromText("no capture", 0)
	is(t, err, syscall.EBADMSG)
	var e *mhp.Error
	equal(t, "as", errors.As(err, &e), true)
	if e.Msg == "" {
		t.Error("it does not say why")
	}
	_, err = sim.FromCapture(path+".none", 0)
	is(t, err, os.ErrNotExist)
	if !strings.Contains(err.Error(), ".none") {
		t.Error(err)
	}
	_, err = sim.FromText(text, 1<<60)
	is(t, err, syscall.E2BIG)
}

func TestBuilder(t *testing.T) {
	m := must(sim.NewBuilder(sim.Kernel6_12).SetBlockSizeBytes(256<<20).
		AddNode(0, 4).AddNode(1, 0).SetDistance(0, 1, 30).AddMemory(0, 0, 1<<30).
		AddVirtioMem("virtio0", 1, 16<<30, 1<<30, 4<<20).
		AddCXLMemdev("mem0", 0, 1<<30, 7).AddCXLMemdev("mem1", 0, 1<<30, 8).
		AddCXLWindow(1, 4<<30, 4<<30).
		AddCXLRegion("region0", 4<<30, 2<<30, []string{"mem0", "mem1"}, sim.CXLUnbound).
		Build(0))
	defer m.Close()
	equal(t, "block size", read(t, m, memory+"block_size_bytes"), "10000000")
	c := must(m.NewContext())
	defer c.Close()
	snap := must(c.Snapshot(&mhp.SnapshotOptions{Flags: mhp.SnapshotIdentity}))
	region, found := snap.FindRegion("region0")
	equal(t, "found", found, true)
	equal(t, "devices", len(region.Devices()), 2)
	equal(t, "serial", must(region.DeviceSerial(1)), 8)

	check(t, m.SetVirtioMem("virtio0", 1, 4<<20))
	check(t, m.ResizeVirtioMem("virtio0", 512<<20))
	check(t, m.PlugDIMM(1, 1, 64<<30, 1<<30))
	check(t, m.RequestUnplugDIMM(1))
	is(t, m.RequestUnplugDIMM(2), syscall.ENODEV)
}

func TestBuilderKeepsFirstError(t *testing.T) {
	b := builder().AddNode(0, 1).AddNode(2, 0)
	_, err := b.Build(0)
	is(t, err, syscall.EEXIST)
	if !strings.Contains(err.Error(), "Builder.AddNode") {
		t.Error(err)
	}
	_, err = builder().AddDAX("nonsense\xff", 1, 8<<30, 1<<30).Build(0)
	is(t, err, syscall.EINVAL)
	if !strings.Contains(err.Error(), "nonsense") {
		t.Error("it does not say why: ", err)
	}
	_, err = builder().Load("a\x00b").Load("c").Build(0)
	is(t, err, syscall.EINVAL)
	_, err = builder().AddCXLRegion("region0", 0, 0, []string{"a\x00"}, 0).Build(0)
	is(t, err, syscall.EINVAL)
	_, err = sim.NewBuilder(99).Load("kmem").Build(0)
	is(t, err, syscall.EINVAL)
	_, err = sim.NewBuilder(sim.Kernel6_1).Build(0)
	is(t, err, syscall.EINVAL)
	if !strings.Contains(err.Error(), "boot memory") {
		t.Error("it does not say why: ", err)
	}
	closed := builder()
	check(t, closed.Close())
	_, err = closed.Build(0)
	is(t, err, mhp.ErrClosed)
	_, err = closed.AddNode(5, 0).Build(0)
	is(t, err, mhp.ErrClosed)
}

// attempt onlines or gives back, and is the reason.
func attempt(t *testing.T, c *mhp.Context, goal mhp.Goal) mhp.Reason {
	t.Helper()
	request := mhp.NewRequest().SetRegion("dax0.0").SetGoal(goal).SetRules(mhp.RulePerBlock)
	if goal != mhp.GoalOffline {
		request.SetOnlineType(mhp.OnlineMovable)
	}
	report, err := c.Fulfil(context.Background(), request, nil)
	check(t, err)
	return report.Reason()
}

func TestMisbehaviour(t *testing.T) {
	state := memory + "memory33/state"
	for name, try := range map[string]struct {
		arrange func(m *sim.Machine) error
		want    mhp.Reason
	}{
		"fail read": {func(m *sim.Machine) error {
			return m.FailRead("/sys/devices/system/memory/memory33/valid_zones", syscall.EIO, 0)
		}, mhp.ReasonUnreadable},
		"fail write": {func(m *sim.Machine) error {
			return m.FailWrite(state, "online_movable", syscall.EPERM, 1)
		}, mhp.ReasonVetoed},
		"fail block": {func(m *sim.Machine) error {
			return m.FailBlock(sim.AnyBlock, "online", syscall.EBUSY, 1)
		}, mhp.ReasonBusy},
		"race": {func(m *sim.Machine) error {
			return m.Race(state, state, "online_kernel")
		}, mhp.ReasonWrongZone},
		"race at": {func(m *sim.Machine) error {
			return m.RaceAt(sim.AccessWrite, "", 1, state, "online_kernel")
		}, mhp.ReasonStale},
		"fail at": {func(m *sim.Machine) error {
			return m.FailAt(sim.AccessWrite, state, 1, syscall.ENOMEM)
		}, mhp.ReasonNoMemory},
		"remove": {func(m *sim.Machine) error {
			return m.RaceRemove(state, 33)
		}, mhp.ReasonGone},
		"poison": {func(m *sim.Machine) error { return m.PoisonBlock(33) }, mhp.ReasonPoisoned},
		"read-only": {func(m *sim.Machine) error {
			return m.SetReadOnly(sim.AccessWrite)
		}, mhp.ReasonReadOnly},
		"none": {func(m *sim.Machine) error {
			m.SetContained(true)
			check(t, m.FailBlock(33, "online", syscall.EBUSY, 0))
			m.ClearFailures()
			return m.SetUdevRule("")
		}, mhp.ReasonDone},
	} {
		m, c := machine(t)
		check(t, try.arrange(m))
		if got := attempt(t, c, mhp.GoalOnline); got != try.want {
			t.Errorf("%s: %v, not %v", name, got, try.want)
		}
	}

	m, c := machine(t)
	check(t, m.PinBlock(33, "online_movable"))
	equal(t, "online", attempt(t, c, mhp.GoalOnline), mhp.ReasonDone)
	equal(t, "pinned", attempt(t, c, mhp.GoalOffline), mhp.ReasonBusy)

	m, c = machine(t)
	check(t, m.SetPrivileged(false))
	_, err := c.Fulfil(context.Background(), mhp.NewRequest().SetRegion("dax0.0").
		SetGoal(mhp.GoalOnline).SetOnlineType(mhp.Online), nil)
	check(t, m.SetPrivileged(true))
	if err != nil {
		is(t, err, syscall.EACCES)
	}

	check(t, m.UnloadModule("kmem"))
	is(t, m.UnloadModule("kmem"), os.ErrNotExist)
	check(t, m.SetModule("kmem", syscall.ENOENT))
	if m.Count(sim.AccessRead) != m.CountReads() || m.CountReads() == 0 || m.CountWrites() != 0 {
		t.Error("accesses are not counted")
	}
	m.KillAfter(0)
	_, err = c.Snapshot(nil)
	is(t, err, syscall.EIO)
}

func TestHangs(t *testing.T) {
	m, c := machine(t)
	equal(t, "online", attempt(t, c, mhp.GoalOnline), mhp.ReasonDone)
	check(t, m.HangBlock(33, 0))
	go func() {
		m.AwaitStuck(1)
		m.ReleaseBlock(33)
	}()
	equal(t, "hangs", attempt(t, c, mhp.GoalOffline), mhp.ReasonDone)
	check(t, m.HoldHotplug())
	is(t, m.HoldHotplug(), syscall.EBUSY)
	go func() {
		m.AwaitStuck(1)
		m.ReleaseHotplug()
	}()
	equal(t, "waits", attempt(t, c, mhp.GoalOnline), mhp.ReasonDone)
}

func TestListener(t *testing.T) {
	m, _ := machine(t)
	l := must(m.Listen(0))
	equal(t, "none", must(l.Receive()), "")
	must(l.Fd())
	check(t, m.Write(memory+"memory33/state", "online"))
	text := must(l.Receive())
	if !strings.Contains(text, "@/") || !strings.Contains(text, "SEQNUM=") {
		t.Error(text)
	}
	for text != "" {
		text = must(l.Receive())
	}
	check(t, m.LoseEvents(1))
	check(t, m.Write(memory+"memory33/state", "offline"))
	_, err := l.Receive()
	is(t, err, syscall.ENOBUFS)
	check(t, l.Close())
	check(t, l.Close())
	_, err = l.Receive()
	is(t, err, mhp.ErrClosed)
	_, err = l.Fd()
	is(t, err, mhp.ErrClosed)
	is(t, (*sim.Listener)(nil).Close(), mhp.ErrClosed)
	is(t, (*sim.Builder)(nil).Close(), mhp.ErrClosed)
}

func TestUseAfterClose(t *testing.T) {
	m := must(builder().Build(0))
	c := must(m.NewContext())
	check(t, m.Close())
	check(t, m.Close())
	must(c.Snapshot(nil)) // it has the machine as long as it needs it
	check(t, c.Close())
	for _, object := range []any{
		m, &sim.Machine{}, (*sim.Machine)(nil), (*sim.Builder)(nil), (*sim.Listener)(nil),
	} {
		v := reflect.ValueOf(object)
		for i := 0; i < v.NumMethod(); i++ {
			if name := v.Type().Method(i).Name; name != "Close" {
				refuses(t, v.Method(i), name)
			}
		}
	}
}

func refuses(t *testing.T, method reflect.Value, name string) {
	args := make([]reflect.Value, method.Type().NumIn())
	for i := range args {
		args[i] = reflect.Zero(method.Type().In(i))
	}
	err := func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = v.(error)
			}
		}()
		results := method.Call(args)
		if len(results) == 0 {
			return nil
		}
		last := results[len(results)-1].Interface()
		if b, ok := last.(*sim.Builder); ok { // it keeps its error
			_, err := b.Build(0)
			return err
		}
		err, _ = last.(error)
		return err
	}()
	if !errors.Is(err, mhp.ErrClosed) {
		t.Errorf("%s: %v", name, err)
	}
}

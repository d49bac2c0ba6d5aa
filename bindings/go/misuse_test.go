// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp_test

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"libmhp.invalid/mhp"
)

// Each method of what is closed, or was never made, answers ErrClosed, or panics with it. But for
// these, which need no object of C, or do their work at once.
var harmless = map[string]bool{
	"Close": true, "Err": true, "Snapshot": true, "All": true,
}

// refuses calls a method with arguments that are all 0.
func refuses(t *testing.T, object reflect.Value, name string) {
	t.Helper()
	method := object.MethodByName(name)
	args := make([]reflect.Value, method.Type().NumIn())
	for i := range args {
		args[i] = reflect.Zero(method.Type().In(i))
		if method.Type().In(i) == reflect.TypeOf((*context.Context)(nil)).Elem() {
			args[i] = reflect.ValueOf(background)
		}
	}
	defer func() {
		if v := recover(); v != nil {
			if err, ok := v.(error); !ok || !errors.Is(err, mhp.ErrClosed) {
				t.Errorf("%v.%s: panics with %v", object.Type(), name, v)
			}
		}
	}()
	results := method.Call(args)
	if len(results) > 0 {
		last := results[len(results)-1].Interface()
		if q, ok := last.(*mhp.Request); ok { // it keeps its error
			last = q.Err()
		}
		if err, ok := last.(error); ok && errors.Is(err, mhp.ErrClosed) {
			return
		}
	}
	t.Errorf("%v.%s: no error", object.Type(), name)
}

func refusesAll(t *testing.T, objects ...any) {
	t.Helper()
	for _, object := range objects {
		v := reflect.ValueOf(object)
		n := 0
		for i := 0; i < v.NumMethod(); i++ {
			name := v.Type().Method(i).Name
			if harmless[name] && !(name == "Snapshot" && v.Kind() == reflect.Pointer) {
				continue
			}
			refuses(t, v, name)
			n++
		}
		if n == 0 {
			t.Errorf("%T has no methods", object)
		}
	}
}

func TestUseAfterClose(t *testing.T) {
	m, c := machine(t)
	snap := must(c.Snapshot(nil))
	region, _ := snap.FindRegion("dax0.0")
	block, node := region.Blocks()[0], snap.Nodes()[0]
	request := online(mhp.OnlineMovable)
	plan := must(snap.Plan(request))
	step := plan.Steps()[0]
	report := must(c.Apply(background, plan, nil))
	result := report.Results()[0]
	monitor := must(c.Monitor(nil))
	hold := must(c.Hold("agent", "a test"))

	for _, object := range []interface{ Close() error }{
		snap, request, plan, report, monitor, hold, c,
	} {
		check(t, object.Close())
		check(t, object.Close()) // as "defer x.Close()" does after x.Close()
	}
	refusesAll(t, snap, region, block, node, request, plan, step, report, result, monitor, c)

	// what was made of it lives
	is(t, must(must(m.NewContext()).Hold("agent", "")).Close(), nil)
	second := must(m.NewContext())
	defer second.Close()
	other := must(second.Snapshot(nil))
	_, err := other.Plan(request)
	is(t, err, mhp.ErrClosed)
	_, err = second.Apply(background, plan, nil)
	is(t, err, mhp.ErrClosed)
	_, err = second.Fulfil(background, request, nil)
	is(t, err, mhp.ErrClosed)
}

func TestNeverMade(t *testing.T) {
	refusesAll(t, (*mhp.Snapshot)(nil), &mhp.Snapshot{}, mhp.Region{}, mhp.Block{}, mhp.Node{},
		&mhp.Request{}, (*mhp.Request)(nil), (*mhp.Plan)(nil), &mhp.Plan{}, mhp.Step{}, (*mhp.Report)(nil),
		&mhp.Report{}, mhp.Result{}, (*mhp.Monitor)(nil), &mhp.Monitor{},
		(*mhp.Context)(nil), &mhp.Context{}, &mhp.Recovery{}, (*mhp.Recovery)(nil))
	is(t, (*mhp.Hold)(nil).Close(), mhp.ErrClosed)
	_, c := machine(t)
	snap := must(c.Snapshot(nil))
	_, err := snap.Plan(nil)
	is(t, err, mhp.ErrClosed)
	_, err = c.Apply(background, nil, nil)
	is(t, err, mhp.ErrClosed)
}

// A monitor and a hold have the context as long as they need it.
func TestCloseOrder(t *testing.T) {
	m := must(builder().Build(0))
	c := must(m.NewContext())
	monitor := must(c.Monitor(nil))
	hold := must(c.Hold("agent", ""))
	check(t, c.Close())
	check(t, m.Close())
	_, found, err := monitor.Poll()
	check(t, err)
	equal(t, "found", found, false)
	check(t, monitor.Close())
	check(t, hold.Close())
}

// Two at once: the second one is refused, and neither is harmed.
func TestTwoGoroutines(t *testing.T) {
	_, c := machine(t)
	other := make(chan error)
	report, err := c.Fulfil(background, online(mhp.OnlineMovable), &mhp.ApplyOptions{
		Progress: func(uint64, uint64) mhp.Cancel {
			go func() {
				_, err := c.Snapshot(nil)
				other <- err
			}()
			is(t, <-other, mhp.ErrInUse)
			_, err := c.Snapshot(nil) // the callback itself
			is(t, err, mhp.ErrInUse)
			is(t, c.SetLogger(nil), mhp.ErrInUse)
			return mhp.CancelNone
		},
	})
	check(t, err)
	check(t, report.Err())
	must(c.Snapshot(nil))
}

// A callback may close what its own call is about: that ends as it would have.
func TestCloseInCallback(t *testing.T) {
	m, _ := machine(t)
	c := must(m.NewContext())
	snap := must(c.Snapshot(nil))
	plan := must(snap.Plan(online(mhp.OnlineMovable)))
	report := must(c.Apply(background, plan, &mhp.ApplyOptions{
		Progress: func(uint64, uint64) mhp.Cancel {
			check(t, plan.Close())
			check(t, snap.Close())
			check(t, c.Close())
			return mhp.CancelNone
		},
	}))
	check(t, report.Err())
	_, err := c.Snapshot(nil)
	is(t, err, mhp.ErrClosed)

	c = must(m.NewContext())
	defer c.Close()
	monitor := must(c.Monitor(nil))
	check(t, c.SetLogger(func(mhp.LogMessage) { check(t, monitor.Close()) }))
	check(t, m.FailRead("/sys/devices/system/memory/block_size_bytes", syscall.EIO, 0))
	defer m.ClearFailures()
	check(t, m.LoseEvents(1))
	check(t, m.Write(state33, "offline")) // it has to look at everything, and cannot
	for err = nil; err == nil; {
		_, err = monitor.Next(background)
	}
	is(t, err, syscall.EIO)
	_, err = monitor.Next(background)
	is(t, err, mhp.ErrClosed)
}

// Whoever closes what others use does no harm: each call has an answer, or ErrClosed.
func TestCloseWhileUsed(t *testing.T) {
	m, _ := machine(t)
	for round := 0; round < 50; round++ {
		c := must(m.NewContext())
		snap := must(c.Snapshot(nil))
		monitor := must(c.Monitor(nil))
		region, _ := snap.FindRegion("dax0.0")
		var all sync.WaitGroup
		start := make(chan struct{})
		try := func(f func() error) {
			all.Add(1)
			go func() {
				defer all.Done()
				defer func() {
					if v := recover(); v != nil && !errors.Is(v.(error), mhp.ErrClosed) {
						t.Error(v)
					}
				}()
				<-start
				for i := 0; i < 20; i++ {
					if err := f(); err != nil && !errors.Is(err, mhp.ErrClosed) &&
						!errors.Is(err, mhp.ErrInUse) {
						t.Error(err)
					}
					runtime.Gosched()
				}
			}()
		}
		try(func() error { region.State(); return nil })
		try(func() error { _, err := region.SizeBytes(); return err })
		try(func() error { _, err := snap.Plan(online(mhp.OnlineMovable)); return err })
		try(func() error { _, err := c.Snapshot(nil); return err })
		try(func() error { _, _, err := monitor.Poll(); return err })
		try(snap.Close)
		try(monitor.Close)
		try(c.Close)
		close(start)
		all.Wait()
	}
}

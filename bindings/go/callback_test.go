// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp_test

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"testing"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/sim"
)

// thrown is what f panics with.
func thrown(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// offline is whether all is as it was.
func offline(t *testing.T, c *mhp.Context) {
	t.Helper()
	region, _ := must(c.Snapshot(nil)).FindRegion("dax0.0")
	equal(t, "state", region.State(), mhp.StateOffline)
}

func TestPanicInProgress(t *testing.T) {
	_, c := machine(t)
	calls := 0
	err := errors.New("what it throws")
	v := thrown(func() {
		c.Fulfil(background, online(mhp.OnlineMovable), &mhp.ApplyOptions{
			Progress: func(done, total uint64) mhp.Cancel {
				if calls++; done > 0 {
					panic(err)
				}
				return mhp.CancelNone
			},
		})
	})
	equal(t, "thrown", v, any(err))
	equal(t, "calls", calls, 2)
	offline(t, c)
}

func TestFaultInTick(t *testing.T) {
	_, c := machine(t)
	v := thrown(func() {
		c.WaitRegion(background, "dax0.0", mhp.WaitGone, &mhp.WaitOptions{
			Tick: func() bool {
				var nothing *mhp.WaitOptions
				return nothing.Timeout == 0 // SIGSEGV, which C has not blocked
			},
		})
	})
	if err, ok := v.(error); !ok || v == nil {
		t.Fatal("no fault: ", err)
	}
	must(c.Snapshot(nil))
}

func TestPanicInLogger(t *testing.T) {
	c := must(mhp.NewContext(t.TempDir()))
	defer c.Close()
	check(t, c.SetLogger(func(m mhp.LogMessage) { panic(m.Path) }))
	v := thrown(func() { c.Snapshot(nil) })
	if path, ok := v.(string); !ok || path == "" {
		t.Fatalf("thrown: %v", v)
	}
	count := 0
	check(t, c.SetLogger(func(mhp.LogMessage) { count++ }))
	c.Snapshot(nil)
	if count == 0 {
		t.Fatal("nothing was logged")
	}
}

// It ends the call that it is about, also one that had gone on.
func TestPanicInLoggerCancels(t *testing.T) {
	m, c := machine(t)
	// it is told that the notes cannot be written, which keeps nobody from anything
	check(t, m.FailAt(sim.AccessRun, "/run/libmhp/acts", 1, syscall.ENOSPC))
	check(t, c.SetLogger(func(m mhp.LogMessage) { panic(m.Path) }))
	v := thrown(func() { c.Fulfil(background, online(mhp.OnlineMovable), nil) })
	equal(t, "thrown", v, any("/run/libmhp/acts"))
	offline(t, c)
}

// runtime.Goexit, as of t.FailNow, does not leave C in the middle of things either.
func TestGoexitInProgress(t *testing.T) {
	_, c := machine(t)
	var all sync.WaitGroup
	returned := false
	all.Add(1)
	go func() {
		defer all.Done()
		c.Fulfil(background, online(mhp.OnlineMovable), &mhp.ApplyOptions{
			Progress: func(done, _ uint64) mhp.Cancel {
				if done > 0 {
					(&testing.T{}).SkipNow()
				}
				return mhp.CancelNone
			},
		})
		returned = true
	}()
	all.Wait()
	equal(t, "returned", returned, false)
	offline(t, c)
}

func TestProgress(t *testing.T) {
	_, c := machine(t)
	last, whole := uint64(0), uint64(0)
	report := must(c.Fulfil(background, online(mhp.OnlineMovable), &mhp.ApplyOptions{
		Progress: func(done, total uint64) mhp.Cancel {
			if done < last {
				t.Errorf("%d after %d", done, last)
			}
			last, whole = done, total
			return mhp.CancelNone
		},
	}))
	check(t, report.Err())
	equal(t, "done", last, 512<<20)
	equal(t, "total", whole, 512<<20)

	m, c := machine(t)
	report = must(c.Fulfil(background, online(mhp.OnlineMovable), &mhp.ApplyOptions{
		Progress: func(uint64, uint64) mhp.Cancel { return mhp.CancelApply },
	}))
	equal(t, "reason", report.Reason(), mhp.ReasonCancelled)
	equal(t, "writes", m.CountWrites(), 0)
	if errors.Is(report.Err(), context.Canceled) {
		t.Error("no context.Context had to do with it")
	}
}

// A callback may ask the request that its call is about, and gets an answer if it changes it.
func TestRequestInProgress(t *testing.T) {
	_, c := machine(t)
	request := online(mhp.OnlineMovable)
	report := must(c.Fulfil(background, request, &mhp.ApplyOptions{
		Progress: func(uint64, uint64) mhp.Cancel {
			request.Err()
			is(t, request.SetNode(1).Err(), mhp.ErrInUse)
			return mhp.CancelNone
		},
	}))
	check(t, report.Err())
	equal(t, "region", report.Plan().RegionName(), "dax0.0")
}

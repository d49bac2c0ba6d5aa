// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp_test

import (
	"context"
	"errors"
	"runtime"
	"syscall"
	"testing"
	"time"

	"libmhp.invalid/mhp"
)

func TestWait(t *testing.T) {
	m, c := machine(t)
	snap := must(c.WaitRegion(background, "dax0.0", mhp.WaitReady, nil))
	check(t, snap.Close())
	other := must(m.NewContext())
	done := make(chan error)
	go func() {
		report, err := other.OnlineRegion("dax0.0", mhp.OnlineMovable, 0)
		if err == nil {
			err = report.Err()
		}
		done <- err
	}()
	snap = must(c.WaitRequest(background, online(mhp.OnlineMovable),
		&mhp.WaitOptions{SnapshotFlags: mhp.SnapshotTopology}))
	check(t, <-done)
	check(t, other.Close())
	region, _ := snap.FindRegion("dax0.0")
	equal(t, "zone", region.Zone(), mhp.ZoneMovable)
}

func TestCancelWait(t *testing.T) {
	_, c := machine(t)
	ctx, stop := context.WithCancel(background)
	_, err := c.WaitRegion(ctx, "dax0.0", mhp.WaitGone, &mhp.WaitOptions{
		Timeout: mhp.NoTimeout,
		Tick:    func() bool { stop(); return true },
	})
	is(t, err, context.Canceled, syscall.ECANCELED)

	// by another goroutine, and nothing happens meanwhile
	ctx, stop = context.WithCancel(background)
	ticks := make(chan struct{}, 1000)
	go func() {
		<-ticks
		<-ticks
		stop()
	}()
	_, err = c.WaitRequest(ctx, online(mhp.OnlineMovable), &mhp.WaitOptions{
		Timeout: mhp.NoTimeout,
		Tick:    func() bool { ticks <- struct{}{}; return true },
	})
	is(t, err, context.Canceled)

	_, err = c.WaitRegion(background, "dax0.0", mhp.WaitGone, &mhp.WaitOptions{
		Tick: func() bool { return false },
	})
	is(t, err, syscall.ECANCELED)
	if errors.Is(err, context.Canceled) {
		t.Error("no context.Context had to do with it")
	}
}

func TestDeadlineOfWait(t *testing.T) {
	_, c := machine(t)
	ctx, stop := context.WithTimeout(background, 20*time.Millisecond)
	defer stop()
	_, err := c.WaitRegion(ctx, "dax0.0", mhp.WaitGone, nil)
	is(t, err, context.DeadlineExceeded, syscall.ETIMEDOUT)
	_, err = c.WaitRegion(background, "dax0.0", mhp.WaitGone,
		&mhp.WaitOptions{Timeout: time.Nanosecond})
	is(t, err, syscall.ETIMEDOUT)
	if errors.Is(err, context.DeadlineExceeded) {
		t.Error("no context.Context had to do with it")
	}
}

// storm has a thread get signals as Go's scheduler sends them to preempt, and its profiler, many
// times as often.
func storm(f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	thread := syscall.Gettid()
	began, stop, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for n := 0; ; n++ {
			if n == 1 {
				close(began)
			}
			select {
			case <-stop:
				return
			default:
				for _, sig := range []syscall.Signal{syscall.SIGURG, syscall.SIGPROF} {
					syscall.Syscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()),
						uintptr(thread), uintptr(sig))
				}
				runtime.Gosched()
			}
		}
	}()
	<-began
	f()
	close(stop)
	<-ended
}

func TestSignals(t *testing.T) {
	_, c := machine(t)
	for i := 0; i < 5; i++ {
		storm(func() {
			check(t, must(c.Fulfil(background, online(mhp.OnlineMovable), nil)).Err())
			check(t, must(c.OfflineRegion("dax0.0", 0)).Err())
		})
		storm(func() {
			ticks := 0
			_, err := c.WaitRegion(background, "dax0.0", mhp.WaitGone, &mhp.WaitOptions{
				Timeout: mhp.NoTimeout,
				Tick:    func() bool { ticks++; return ticks < 50 },
			})
			is(t, err, syscall.ECANCELED)
			equal(t, "ticks", ticks, 50)
		})
	}
}

// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/internal/leaktest"
)

const state33 = "/sys/devices/system/memory/memory33/state"

func TestMonitor(t *testing.T) {
	m, c := machine(t)
	monitor := must(c.Monitor(&mhp.MonitorOptions{
		Flags: mhp.MonitorZones | mhp.MonitorCauses, SnapshotFlags: mhp.SnapshotForPlans,
	}))
	defer monitor.Close()
	equal(t, "blocks", must(monitor.CountBlocks(mhp.StateOffline)), 4)
	check(t, m.Write(state33, "online_movable"))
	event := must(monitor.Next(background))
	for event.Kind != mhp.EventBlockOnline { // a tier comes, too
		event = must(monitor.Next(background))
	}
	equal(t, "name", event.Name, "memory33")
	equal(t, "region", event.Region, "dax0.0")
	equal(t, "block", event.Block, 33)
	equal(t, "has", event.HasBlock && event.HasNode, true)
	equal(t, "node", event.Node, 1)
	equal(t, "before", event.StateBefore, mhp.StateOffline)
	equal(t, "after", event.StateAfter, mhp.StateOnline)
	equal(t, "zone", event.ZoneAfter, mhp.ZoneMovable)
	equal(t, "text", event.String(), "memory33 online in Movable (dax0.0)")
	equal(t, "found", event.Found, false)
	if event.Seqnum == 0 || event.CauseText == "" || time.Since(event.Time) > time.Hour {
		t.Errorf("%+v", event)
	}
	_, err := func() (mhp.Event, error) {
		for {
			if event, found, err := monitor.Poll(); !found {
				return event, err
			}
		}
	}()
	check(t, err)
	state, zone, err := monitor.Block(33)
	check(t, err)
	equal(t, "state", state, mhp.StateOnline)
	equal(t, "zone", zone, mhp.ZoneMovable)
	equal(t, "blocks", must(monitor.CountBlocks(mhp.StateOffline)), 3)

	snap := must(monitor.Snapshot())
	check(t, monitor.Refresh())
	block, _ := snap.FindBlock(33)
	equal(t, "as it was", block.State(), mhp.StateOffline)
	equal(t, "source", monitor.Source(), mhp.EventSourceKernel)
	must(monitor.Fd())

	check(t, m.Write("/sys/devices/system/memory/auto_online_blocks", "online"))
	check(t, monitor.Check())
	for event.Kind != mhp.EventPolicyChanged {
		event = must(monitor.Next(background))
	}
	equal(t, "before", event.WordBefore, "offline")
	equal(t, "after", event.WordAfter, "online")
}

func TestNextWaits(t *testing.T) {
	m, c := machine(t)
	monitor := must(c.Monitor(nil))
	defer monitor.Close()
	for round := 0; round < 20; round++ {
		events := make(chan mhp.Event)
		go func() { events <- must(monitor.Next(background)) }()
		word := []string{"online", "offline"}[round%2]
		check(t, m.Write(state33, word))
		for name := ""; name != "memory33"; name = (<-events).Name {
			if name != "" {
				go func() { events <- must(monitor.Next(background)) }()
			}
		}
		for found := true; found; {
			_, found, _ = monitor.Poll()
		}
	}
}

func TestNextIsCancelled(t *testing.T) {
	_, c := machine(t)
	monitor := must(c.Monitor(nil))
	defer monitor.Close()
	for round := 0; round < 20; round++ {
		ctx, stop := context.WithCancel(background)
		go stop()
		_, err := monitor.Next(ctx)
		is(t, err, context.Canceled)
		ctx, stop = context.WithTimeout(background, time.Microsecond)
		_, err = monitor.Next(ctx)
		is(t, err, context.DeadlineExceeded)
		stop()
	}
	// while it waits, too; and the next one waits again
	for round := 0; round < 3; round++ {
		ctx, stop := context.WithCancel(background)
		go func() {
			leaktest.AwaitPoll()
			stop()
		}()
		_, err := monitor.Next(ctx)
		is(t, err, context.Canceled)
	}
	check(t, leaktest.Goroutines())
}

func TestCloseWakesNext(t *testing.T) {
	_, c := machine(t)
	for _, ctx := range []context.Context{background, func() context.Context {
		ctx, stop := context.WithCancel(background)
		t.Cleanup(stop)
		return ctx
	}()} {
		monitor := must(c.Monitor(nil))
		ended := make(chan error)
		go func() {
			_, err := monitor.Next(ctx)
			ended <- err
		}()
		leaktest.AwaitPoll()
		check(t, monitor.Close())
		is(t, <-ended, mhp.ErrClosed)
	}
	check(t, leaktest.Goroutines())
}

// While one waits nobody else may; the context is free for whoever comes first.
func TestNextIsForOne(t *testing.T) {
	m, c := machine(t)
	monitor := must(c.Monitor(nil))
	defer monitor.Close()
	ctx, stop := context.WithCancel(background)
	ended := make(chan error, 2)
	for i := 0; i < 2; i++ {
		go func() {
			_, err := monitor.Next(ctx)
			ended <- err
		}()
	}
	is(t, <-ended, mhp.ErrInUse)
	for {
		_, err := c.Snapshot(nil) // the one that waits may just be about to
		if !errors.Is(err, mhp.ErrInUse) {
			check(t, err)
			break
		}
	}
	stop()
	is(t, <-ended, context.Canceled)
	check(t, m.Write(state33, "online"))
	must(monitor.Next(background))
}

func TestAll(t *testing.T) {
	m, c := machine(t)
	monitor := must(c.Monitor(nil))
	defer monitor.Close()
	check(t, m.LoseEvents(1))
	check(t, m.Write(state33, "online"))
	ctx, stop := context.WithCancel(background)
	var kinds []mhp.EventKind
	monitor.All(ctx)(func(event mhp.Event, err error) bool {
		if err != nil {
			is(t, err, context.Canceled)
			return true // it ends all the same
		}
		kinds = append(kinds, event.Kind)
		if event.Kind == mhp.EventResynced {
			stop()
		}
		return true
	})
	equal(t, "first", kinds[0], mhp.EventLost)
	equal(t, "last", kinds[len(kinds)-1], mhp.EventResynced)
}

// Monitors that nobody closes are collected, with their descriptors.
func TestMonitorIsCollected(t *testing.T) {
	before := leaktest.Files()
	func() {
		m := must(builder().Build(0))
		for i := 0; i < 10; i++ {
			must(must(m.NewContext()).Monitor(nil))
		}
	}()
	check(t, leaktest.Settle(before))
}

// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

import (
	"context"
	"sync/atomic"
	"unsafe"

	"libmhp.invalid/mhp/internal/handle"
	"libmhp.invalid/mhp/internal/poller"
)

// MonitorBufferDefaultBytes is what events waiting may take where nothing else is said.
const MonitorBufferDefaultBytes = C.MHP_MONITOR_BUFFER_DEFAULT_BYTES

// A Monitor follows the machine: events, and what they have led to. Together with its Context it
// serves one goroutine at a time; while Next waits, the Context is free for others.
type Monitor struct {
	h         *handle.Handle
	ctx       *Context
	poller    *poller.Poller
	isWaiting atomic.Bool
}

// MonitorOptions say how to follow; nil stands for the defaults.
type MonitorOptions struct {
	// Flags say what is found out for an event.
	Flags MonitorFlags
	// Source is who is to tell.
	Source EventSource
	// BufferBytes is what events waiting may take; 0: MonitorBufferDefaultBytes.
	BufferBytes uint64
	// SnapshotFlags are those of the snapshots that it takes.
	SnapshotFlags SnapshotFlags
}

// Monitor begins to listen, then takes a snapshot: nothing is missed between the two.
func (c *Context) Monitor(opts *MonitorOptions) (*Monitor, error) {
	const op = "Context.Monitor"
	raw := C.struct_mhp_monitor_opts{size: C.sizeof_struct_mhp_monitor_opts}
	if opts != nil {
		raw.flags = C.uint64_t(opts.Flags)
		raw.source = C.enum_mhp_event_source(opts.Source)
		raw.buffer_bytes = C.size_t(opts.BufferBytes)
		raw.snapshot_flags = C.uint64_t(opts.SnapshotFlags)
	}
	m := &Monitor{ctx: c}
	fd := C.int(-1)
	err := c.call(op, func(p *C.struct_mhp_ctx) C.int {
		var ret *C.struct_mhp_monitor
		r := C.mhp_monitor_new(p, &raw, &ret)
		if r == 0 {
			c.h.Keep()
			m.h = handle.New(unsafe.Pointer(ret), func(p unsafe.Pointer) {
				C.mhp_monitor_free((*C.struct_mhp_monitor)(p))
				c.h.Done()
			})
			r = C.mhp_monitor_get_fd(ret, &fd)
		}
		return r
	})
	if err == nil {
		m.poller, err = poller.New(int(fd))
	}
	if err != nil {
		m.h.Close()
		return nil, err
	}
	return m, nil
}

// Close follows it no more. A Next that waits ends with ErrClosed.
func (m *Monitor) Close() error {
	if m.handle() != nil {
		m.poller.Close()
	}
	return closing(m.handle(), "Monitor.Close")
}

func (m *Monitor) handle() *handle.Handle {
	if m == nil {
		return nil
	}
	return m.h
}

func (m *Monitor) ptr() *C.struct_mhp_monitor {
	return (*C.struct_mhp_monitor)(m.h.Pointer())
}

// call calls C with the monitor, and thereby with its context.
func (m *Monitor) call(op string, f func(p *C.struct_mhp_monitor) C.int) error {
	if err := m.handle().Use(); err != nil {
		return &Error{Op: op, cause: err}
	}
	defer m.h.Done()
	if !m.ctx.busy.CompareAndSwap(false, true) {
		return &Error{Op: op, cause: ErrInUse}
	}
	m.ctx.h.Keep() // it is open for its monitors, even after Close
	m.ctx.log.last = LogMessage{}
	return m.ctx.leave(op, f(m.ptr()), nil)
}

// Poll takes the next event, if one waits now; else it answers false.
func (m *Monitor) Poll() (Event, bool, error) {
	var event Event
	found := false
	err := m.call("Monitor.Poll", func(p *C.struct_mhp_monitor) C.int {
		var ret *C.struct_mhp_event
		r := C.mhp_monitor_next(p, &ret)
		if r == 0 && ret != nil {
			event, found = newEvent(ret), true
		}
		return r
	})
	return event, found, err
}

// Next takes the next event, and waits for one if there is none, until ctx ends. After an error
// nothing is forgotten: call it again in a while. Such is ErrInUse where another goroutine uses the
// Context just when an event comes: who works elsewhere than where events are taken has a Context
// for that.
func (m *Monitor) Next(ctx context.Context) (Event, error) {
	const op = "Monitor.Next"
	if err := m.handle().Use(); err != nil {
		return Event{}, &Error{Op: op, cause: err}
	}
	defer m.h.Done()
	if !m.isWaiting.CompareAndSwap(false, true) {
		return Event{}, &Error{Op: op, cause: ErrInUse}
	}
	defer m.isWaiting.Store(false)
	for {
		if err := ctx.Err(); err != nil {
			return Event{}, isOver(op, err)
		}
		event, found, err := m.Poll()
		if err != nil || found {
			return event, err
		}
		if err := m.poller.Wait(ctx); err != nil && ctx.Err() == nil {
			return Event{}, &Error{Op: op, cause: ErrClosed}
		}
	}
}

// All is Next again and again, until ctx ends, an error, or the function says false. With Go 1.23
// that is a loop: for event, err := range monitor.All(ctx).
func (m *Monitor) All(ctx context.Context) func(yield func(Event, error) bool) {
	return func(yield func(Event, error) bool) {
		for {
			event, err := m.Next(ctx)
			if !yield(event, err) || err != nil {
				return
			}
		}
	}
}

// Fd is the descriptor to poll for reading, for another event loop than Go's: neither read nor
// close it. It is good until Close.
func (m *Monitor) Fd() (int, error) {
	var fd C.int
	err := m.call("Monitor.Fd", func(p *C.struct_mhp_monitor) C.int {
		return C.mhp_monitor_get_fd(p, &fd)
	})
	return int(fd), err
}

// Source is who tells of events: what EventSourceAuto became.
func (m *Monitor) Source() EventSource {
	defer use(m.handle(), "Monitor.Source").Done()
	return EventSource(C.mhp_monitor_get_source(m.ptr()))
}

// Check looks at what no message tells: the system's policy. What has changed waits as events.
func (m *Monitor) Check() error {
	return m.call("Monitor.Check", func(p *C.struct_mhp_monitor) C.int {
		return C.mhp_monitor_check(p)
	})
}

// Refresh takes a fresh snapshot, as if events had been lost: what differs waits as events.
func (m *Monitor) Refresh() error {
	return m.call("Monitor.Refresh", func(p *C.struct_mhp_monitor) C.int {
		return C.mhp_monitor_refresh(p)
	})
}

// Snapshot is the one that was taken last. Events are not applied to it.
func (m *Monitor) Snapshot() (*Snapshot, error) {
	var snap *Snapshot
	err := m.call("Monitor.Snapshot", func(p *C.struct_mhp_monitor) C.int {
		snap = newSnapshot(C.mhp_snapshot_ref(C.mhp_monitor_get_snapshot(p)))
		return 0
	})
	return snap, err
}

// CountBlocks is the number of blocks in a state, as events have led to; of all that are there
// for StateUnknown.
func (m *Monitor) CountBlocks(state State) (int, error) {
	count := 0
	err := m.call("Monitor.CountBlocks", func(p *C.struct_mhp_monitor) C.int {
		count = int(C.mhp_monitor_count_blocks(p, C.enum_mhp_state(state)))
		return 0
	})
	return count, err
}

// Block is a block as events have led to.
func (m *Monitor) Block(id uint64) (State, Zone, error) {
	var state C.enum_mhp_state
	var zone C.enum_mhp_zone
	err := m.call("Monitor.Block", func(p *C.struct_mhp_monitor) C.int {
		C.mhp_monitor_get_block(p, C.uint64_t(id), &state, &zone)
		return 0
	})
	return State(state), Zone(zone), err
}

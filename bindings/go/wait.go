// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

import (
	"context"
	"time"

	"libmhp.invalid/mhp/internal/callback"
)

// How soon a wait hears that it is cancelled, in milliseconds.
const tickMs = 100

// WaitOptions say how to wait; nil stands for the defaults.
type WaitOptions struct {
	// Timeout is as that of ApplyOptions.
	Timeout time.Duration
	// Source is who is to tell of events.
	Source EventSource
	// SnapshotFlags are those of the snapshot that is returned.
	SnapshotFlags SnapshotFlags
	// Tick is asked about every 100 ms, and when something happens, whether to go on; in a
	// goroutine of its own, while the call waits. It must not use the Context.
	Tick func() bool
}

// WaitRegion waits for a region, and returns the snapshot where it was found to be so. Who wants
// it only by some time has ctx end then.
func (c *Context) WaitRegion(ctx context.Context, region string, what Wait,
	opts *WaitOptions) (*Snapshot, error) {
	const op = "Context.WaitRegion"
	var in toC
	defer in.free()
	name := in.text(op, region)
	if in.err != nil {
		return nil, in.err
	}
	snap, err := c.waiting(ctx, op, opts, func(p *C.struct_mhp_ctx, o *C.struct_mhp_wait_opts,
		ret **C.struct_mhp_snapshot) C.int {
		return C.mhp_wait_region(p, name, C.enum_mhp_wait(what), o, ret)
	})
	return snap, about(err, region)
}

// WaitRequest waits until the machine is as a request wants it, by whomever that is done.
func (c *Context) WaitRequest(ctx context.Context, request *Request,
	opts *WaitOptions) (*Snapshot, error) {
	const op = "Context.WaitRequest"
	var snap *Snapshot
	err := request.using(op, func(q *C.struct_mhp_request) (err error) {
		snap, err = c.waiting(ctx, op, opts, func(p *C.struct_mhp_ctx,
			o *C.struct_mhp_wait_opts, ret **C.struct_mhp_snapshot) C.int {
			return C.mhp_wait_request(p, q, o, ret)
		})
		return err
	})
	return snap, err
}

func (c *Context) waiting(ctx context.Context, op string, opts *WaitOptions,
	f func(*C.struct_mhp_ctx, *C.struct_mhp_wait_opts, **C.struct_mhp_snapshot) C.int,
) (*Snapshot, error) {
	var snap *Snapshot
	if opts == nil {
		opts = &WaitOptions{}
	}
	e, timeout, err := begin(ctx, op, opts.Timeout)
	if err != nil {
		return nil, err
	}
	err = c.call(op, func(p *C.struct_mhp_ctx) C.int {
		var ret *C.struct_mhp_snapshot
		raw := C.struct_mhp_wait_opts{
			size:           C.sizeof_struct_mhp_wait_opts,
			timeout_ms:     timeout,
			source:         C.enum_mhp_event_source(opts.Source),
			snapshot_flags: C.uint64_t(opts.SnapshotFlags),
		}
		if opts.Tick != nil || c.log.fn != nil || ctx.Done() != nil {
			ref := callback.New(&callback.Tick{Guard: &c.log.guard, Fn: func() int {
				if opts.Tick != nil && !opts.Tick() || e.isCancelled() {
					return 1
				}
				return 0
			}})
			defer ref.Free()
			raw.tick = C.mhp_tick_fn(callback.TickFn)
			raw.tick_data = ref.Data()
			raw.tick_ms = tickMs
		}
		r := f(p, &raw, &ret)
		snap = newSnapshot(ret)
		return r
	}, e)
	return snap, err
}

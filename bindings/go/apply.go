// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

import (
	"context"
	"math"
	"syscall"
	"time"

	"libmhp.invalid/mhp/internal/callback"
)

// NoTimeout is for timeouts: never.
const NoTimeout time.Duration = C.MHP_TIMEOUT_NONE

// CancelNone is the answer of a progress function for going on.
const CancelNone Cancel = 0

// ApplyOptions say how to apply; nil stands for the defaults.
type ApplyOptions struct {
	// Progress is told how much memory the steps carried out so far come to: after each, and
	// about every 100 ms; in a goroutine of its own, while the call waits. It must not use the
	// Context. What it answers other than CancelNone stops the call.
	Progress func(doneBytes, totalBytes uint64) Cancel
	// Timeout is for all but putting back. 0: until the deadline of the context.Context, or a
	// minute if that has none. Of a timeout and a deadline the sooner one counts.
	Timeout time.Duration
	// UndoTimeout is for putting back; 0: half a minute.
	UndoTimeout time.Duration
	// Flags say what else.
	Flags ApplyFlags
}

// Apply carries out a plan. That the machine refused is no error: the report says so.
func (c *Context) Apply(ctx context.Context, plan *Plan, opts *ApplyOptions) (*Report, error) {
	const op = "Context.Apply"
	var report *Report
	if err := plan.handle().Use(); err != nil {
		return nil, &Error{Op: op, cause: err}
	}
	defer plan.h.Done()
	err := c.applying(ctx, op, opts,
		func(p *C.struct_mhp_ctx, o *C.struct_mhp_apply_opts, e *ending) C.int {
			var ret *C.struct_mhp_report
			r := C.mhp_apply(p, plan.ptr(), o, &ret)
			report = newReport(ret, e)
			return r
		})
	return report, err
}

// applying calls what takes the same options as mhp_apply().
func (c *Context) applying(ctx context.Context, op string, opts *ApplyOptions,
	f func(p *C.struct_mhp_ctx, o *C.struct_mhp_apply_opts, e *ending) C.int) error {
	if opts == nil {
		opts = &ApplyOptions{}
	}
	e, timeout, err := begin(ctx, op, opts.Timeout)
	if err != nil {
		return err
	}
	return c.call(op, func(p *C.struct_mhp_ctx) C.int {
		raw := C.struct_mhp_apply_opts{
			size:            C.sizeof_struct_mhp_apply_opts,
			timeout_ms:      timeout,
			undo_timeout_ms: milliseconds(opts.UndoTimeout),
			flags:           C.uint64_t(opts.Flags),
		}
		hasCallback := opts.Progress != nil || c.log.fn != nil // whose panic is to end it
		if hasCallback || ctx.Done() != nil {
			ref := callback.New(&callback.Progress{
				Guard: &c.log.guard, Fn: e.progress(opts),
			})
			defer ref.Free()
			raw.progress = C.mhp_progress_fn(callback.ProgressFn)
			raw.progress_data = ref.Data()
		}
		if !hasCallback {
			raw.flags |= C.MHP_APPLY_BY_TIME
		}
		return f(p, &raw, e)
	}, e)
}

// An ending tells why a call of C has ended where a context.Context has to do with it.
type ending struct {
	ctx        context.Context
	isDeadline bool // the timeout is that of ctx
}

// begin looks at ctx before a call, and finds its timeout.
func begin(ctx context.Context, op string, timeout time.Duration) (*ending, C.int64_t, error) {
	e := &ending{ctx: ctx}
	if err := ctx.Err(); err != nil {
		return nil, 0, isOver(op, err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		if left <= 0 {
			return nil, 0, isOver(op, context.DeadlineExceeded)
		}
		if timeout <= 0 || left < timeout {
			timeout, e.isDeadline = left, true
		}
	}
	return e, milliseconds(timeout), nil
}

// isOver is the error of a call for which ctx.Err() is the reason, as if C had returned it.
func isOver(op string, err error) error {
	if err == context.DeadlineExceeded {
		return &Error{Op: op, Errno: syscall.ETIMEDOUT, cause: err}
	}
	return &Error{Op: op, Errno: syscall.ECANCELED, cause: err}
}

// milliseconds rounds up: what is more than 0 must not be the default.
func milliseconds(d time.Duration) C.int64_t {
	if d <= 0 {
		return C.int64_t(d) // 0, NoTimeout; others are refused
	}
	if d > math.MaxInt64-time.Millisecond {
		return math.MaxInt64 / C.int64_t(time.Millisecond)
	}
	return C.int64_t((d + time.Millisecond - 1) / time.Millisecond)
}

// isCancelled: a deadline is the library's, which tells it from others who have cancelled.
func (e *ending) isCancelled() bool {
	return e.ctx.Err() != nil && !(e.isDeadline && e.ctx.Err() == context.DeadlineExceeded)
}

func (e *ending) progress(opts *ApplyOptions) func(done, total uint64) int {
	return func(done, total uint64) int {
		answer := CancelNone
		if opts.Progress != nil {
			answer = opts.Progress(done, total)
		}
		if answer == CancelNone && e.isCancelled() {
			answer = CancelApply
		}
		return int(answer)
	}
}

// cause is the error of ctx that an errno value stands for; nil if it is for another reason.
func (e *ending) cause(errno syscall.Errno) error {
	switch {
	case e == nil:
		return nil
	case errno == syscall.ECANCELED:
		return e.ctx.Err()
	case errno == syscall.ETIMEDOUT && e.isDeadline:
		return context.DeadlineExceeded
	}
	return nil
}

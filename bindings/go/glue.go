// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

import (
	"context"
	"unsafe"

	"libmhp.invalid/mhp/internal/glue"
	"libmhp.invalid/mhp/internal/handle"
)

func init() {
	glue.NewContext = func(ptr unsafe.Pointer) any {
		return newContext((*C.struct_mhp_ctx)(ptr))
	}
	glue.NewError = func(op string, cause error) error {
		return &Error{Op: op, cause: cause}
	}
	glue.RefSnapshot = func(ptr unsafe.Pointer) any {
		return newSnapshot(C.mhp_snapshot_ref((*C.struct_mhp_snapshot)(ptr)))
	}
	glue.RefPlan = func(ptr unsafe.Pointer) any {
		return refPlan((*C.struct_mhp_plan)(ptr))
	}
	glue.NewRegion = func(snap any, ptr unsafe.Pointer) any {
		return Region{snap.(*Snapshot), (*C.struct_mhp_region)(ptr)}
	}
	glue.LendReport = func(owner *handle.Handle, ptr unsafe.Pointer, end any) any {
		return &Report{owner.Lend(ptr), end.(*ending)}
	}
	glue.ReportError = func(outcome, reason, code int, message string, end any) error {
		errno := errnoOf(C.int(code))
		return &ReportError{Outcome(outcome), Reason(reason), errno, message, "",
			end.(*ending).cause(errno)}
	}
	glue.Snapshot = func(snap any) *handle.Handle {
		return snap.(*Snapshot).handle()
	}
	glue.Region = func(region any) (*handle.Handle, unsafe.Pointer) {
		r := region.(Region)
		return r.snap.handle(), unsafe.Pointer(r.ptr)
	}
	glue.Call = func(c any, op string, f func(ctx unsafe.Pointer) int) error {
		return c.(*Context).call(op, func(p *C.struct_mhp_ctx) C.int {
			return C.int(f(unsafe.Pointer(p)))
		})
	}
	glue.Applying = func(c any, ctx context.Context, op string, opts any,
		f func(ctx, opts unsafe.Pointer, end any) int) error {
		return c.(*Context).applying(ctx, op, opts.(*ApplyOptions),
			func(p *C.struct_mhp_ctx, o *C.struct_mhp_apply_opts, e *ending) C.int {
				return C.int(f(unsafe.Pointer(p), unsafe.Pointer(o), e))
			})
	}
}

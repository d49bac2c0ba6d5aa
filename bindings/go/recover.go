// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

import (
	"context"
	"syscall"
	"unsafe"

	"libmhp.invalid/mhp/internal/handle"
)

// A Recovery is what was put back that a user of libmhp who was killed has left borrowed.
type Recovery struct {
	h *handle.Handle
}

// A Setting is one that was borrowed, or a driver's remove_id that is to take an id back.
type Setting struct {
	// Returned is what became of it.
	Returned Returned
	// Path is the file, below the root.
	Path string
	// Before is what stood there before; "" for an id.
	Before string
	// Ours is what was written, or the id.
	Ours string
	// Errno is why it was not put back; 0 if it was.
	Errno syscall.Errno
}

// Recover puts back what was left behind. It waits for the lock, so long as opts say. nil if
// nothing was left.
func (c *Context) Recover(ctx context.Context, opts *ApplyOptions) (*Recovery, error) {
	var recovery *Recovery
	err := c.applying(ctx, "Context.Recover", opts,
		func(p *C.struct_mhp_ctx, o *C.struct_mhp_apply_opts, _ *ending) C.int {
			var ret *C.struct_mhp_recovery
			r := C.mhp_recover(p, o, &ret)
			if ret != nil {
				recovery = newRecovery(ret)
			}
			return r
		})
	return recovery, err
}

func newRecovery(ptr *C.struct_mhp_recovery) *Recovery {
	return &Recovery{handle.New(unsafe.Pointer(ptr), func(p unsafe.Pointer) {
		C.mhp_recovery_free((*C.struct_mhp_recovery)(p))
	})}
}

// Close gives the recovery back now.
func (r *Recovery) Close() error {
	return closing(r.handle(), "Recovery.Close")
}

func (r *Recovery) handle() *handle.Handle {
	if r == nil {
		return nil
	}
	return r.h
}

func (r *Recovery) ptr() *C.struct_mhp_recovery {
	return (*C.struct_mhp_recovery)(r.h.Pointer())
}

// Transaction is who had begun what and did not end it.
func (r *Recovery) Transaction() string {
	defer use(r.handle(), "Recovery.Transaction").Done()
	return C.GoString(C.mhp_recovery_get_transaction(r.ptr()))
}

// IsComplete tells whether everything was put back that could be.
func (r *Recovery) IsComplete() bool {
	defer use(r.handle(), "Recovery.IsComplete").Done()
	return bool(C.mhp_recovery_is_complete(r.ptr()))
}

// Settings are those that were borrowed.
func (r *Recovery) Settings() []Setting {
	defer use(r.handle(), "Recovery.Settings").Done()
	settings := make([]Setting, C.mhp_recovery_count_settings(r.ptr()))
	for i := range settings {
		var returned C.enum_mhp_returned
		var path, before, ours *C.char
		var code C.int
		C.mhp_recovery_get_setting(r.ptr(), C.size_t(i), &returned, &path, &before, &ours,
			&code)
		settings[i] = Setting{Returned(returned), C.GoString(path), C.GoString(before),
			C.GoString(ours), errnoOf(code)}
	}
	return settings
}

// String is the word for it.
func (r Returned) String() string {
	return C.GoString(C.mhp_returned_to_str(C.enum_mhp_returned(r)))
}

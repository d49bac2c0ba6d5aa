// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

import (
	"unsafe"

	"libmhp.invalid/mhp/internal/handle"
)

// A Hold is being the only one of a name on a machine, until Close; or until the garbage collector
// finds that nobody can reach it any more.
type Hold struct {
	h *handle.Handle
}

// Hold takes a hold, if nobody has it yet: then an error is EAGAIN, and its Msg tells who has.
// what is what others get to see.
func (c *Context) Hold(name, what string) (*Hold, error) {
	const op = "Context.Hold"
	var in toC
	var hold *Hold
	holder := ""
	defer in.free()
	cName, cWhat := in.text(op, name), in.text(op, what)
	if in.err != nil {
		return nil, in.err
	}
	err := c.call(op, func(p *C.struct_mhp_ctx) C.int {
		var ret *C.struct_mhp_hold
		var owned *C.char
		r := C.mhp_hold_take(p, cName, cWhat, &ret, &owned)
		holder = taken(owned)
		if r == 0 {
			c.h.Keep()
			hold = &Hold{handle.New(unsafe.Pointer(ret), func(p unsafe.Pointer) {
				C.mhp_hold_free((*C.struct_mhp_hold)(p))
				c.h.Done()
			})}
		}
		return r
	})
	if e, ok := err.(*Error); ok && holder != "" {
		e.Msg = holder
	}
	return hold, err
}

// Close lets go of it.
func (h *Hold) Close() error {
	if h == nil {
		return closing(nil, "Hold.Close")
	}
	return closing(h.h, "Hold.Close")
}

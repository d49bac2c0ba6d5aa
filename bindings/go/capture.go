// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

// Capture takes the machine as text, to look at elsewhere, or to make a simulated one of.
func (c *Context) Capture(flags CaptureFlags) (string, error) {
	opts := C.struct_mhp_capture_opts{
		size:  C.sizeof_struct_mhp_capture_opts,
		flags: C.uint64_t(flags),
	}
	var text string
	err := c.call("Context.Capture", func(p *C.struct_mhp_ctx) C.int {
		var owned *C.char
		r := C.mhp_ctx_copy_capture(p, &opts, &owned)
		text = taken(owned)
		return r
	})
	return text, err
}

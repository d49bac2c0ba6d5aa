// SPDX-License-Identifier: LGPL-2.1-or-later

package policy

// #include <stdlib.h>
import "C"

import (
	"strings"
	"syscall"
	"unsafe"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/internal/glue"
	"libmhp.invalid/mhp/internal/handle"
)

// use has an object stay until Done, for methods without an error to return: it panics.
func use(h *handle.Handle, op string) *handle.Handle {
	if err := h.Use(); err != nil {
		panic(glue.NewError(op, err))
	}
	return h
}

// with calls get on an object, for methods that return an error.
func with(h *handle.Handle, op string, get func() C.int) error {
	if err := h.Use(); err != nil {
		return glue.NewError(op, err)
	}
	defer h.Done()
	return fail(op, get())
}

func fail(op string, r C.int) error {
	if r < 0 {
		return &mhp.Error{Op: op, Errno: syscall.Errno(-r)}
	}
	return nil
}

// copied returns a text that a function of C puts somewhere, and that is to be freed.
func copied(h *handle.Handle, op string, get func(**C.char) C.int) (string, error) {
	var ret string
	err := with(h, op, func() C.int {
		var owned *C.char
		r := get(&owned)
		ret = taken(owned)
		return r
	})
	return ret, err
}

func taken(owned *C.char) string {
	defer C.free(unsafe.Pointer(owned))
	return C.GoString(owned)
}

// forC is a text for C, to be freed; a NUL in it is an error.
func forC(op, s string) (*C.char, error) {
	if strings.IndexByte(s, 0) >= 0 {
		return nil, &mhp.Error{Op: op, Errno: syscall.EINVAL, Msg: "a text has a NUL in it"}
	}
	return C.CString(s), nil
}

func free(text *C.char) {
	C.free(unsafe.Pointer(text))
}

// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <stdbool.h>
// #include <stdlib.h>
import "C"

import (
	"strings"
	"syscall"
	"unsafe"

	"libmhp.invalid/mhp/internal/handle"
)

// use has an object stay until Done, for methods without an error to return: it panics.
func use(h *handle.Handle, op string) *handle.Handle {
	if err := h.Use(); err != nil {
		panic(&Error{Op: op, cause: err})
	}
	return h
}

// with calls get on an object, for methods that return an error.
func with(h *handle.Handle, op string, get func() C.int) error {
	if err := h.Use(); err != nil {
		return &Error{Op: op, cause: err}
	}
	defer h.Done()
	return fail(op, get())
}

type integer interface {
	~int | ~int32 | ~int64 | ~uint | ~uint32 | ~uint64
}

// number returns a number that a function of C puts somewhere.
func number[To, From integer](h *handle.Handle, op string, get func(*From) C.int) (To, error) {
	var ret From
	err := with(h, op, func() C.int { return get(&ret) })
	return To(ret), err
}

// truth likewise.
func truth(h *handle.Handle, op string, get func(*C.bool) C.int) (bool, error) {
	var ret C.bool
	err := with(h, op, func() C.int { return get(&ret) })
	return bool(ret), err
}

// text likewise, of one that the object keeps; "" for NULL.
func text(h *handle.Handle, op string, get func(**C.char) C.int) (string, error) {
	var ret string
	err := with(h, op, func() C.int {
		var borrowed *C.char
		r := get(&borrowed)
		ret = C.GoString(borrowed)
		return r
	})
	return ret, err
}

// copied likewise, of one that is to be freed.
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

// taken is a text that was to be freed.
func taken(owned *C.char) string {
	defer C.free(unsafe.Pointer(owned))
	return C.GoString(owned)
}

// nodeID is a node's number for C, where one that is too large is that of no node.
func nodeID(id int) C.int {
	if int(C.int(id)) != id {
		return -1
	}
	return C.int(id)
}

// A toC has texts for C, until they are freed.
type toC struct {
	texts []*C.char
	err   error
}

// text is one for C; a NUL in it is an error.
func (t *toC) text(op, s string) *C.char {
	if strings.IndexByte(s, 0) >= 0 {
		t.err = &Error{Op: op, Errno: syscall.EINVAL, Msg: "a text has a NUL in it"}
		return nil
	}
	t.texts = append(t.texts, C.CString(s))
	return t.texts[len(t.texts)-1]
}

// optional is text, and NULL for "".
func (t *toC) optional(op, s string) *C.char {
	if s == "" {
		return nil
	}
	return t.text(op, s)
}

func (t *toC) free() {
	for _, text := range t.texts {
		C.free(unsafe.Pointer(text))
	}
}

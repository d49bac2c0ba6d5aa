// SPDX-License-Identifier: LGPL-2.1-or-later

package sim

/*
#include <stdlib.h>
#include <mhp/sim.h>
*/
import "C"

import (
	"strings"
	"syscall"
	"unsafe"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/internal/callback"
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
	if r := get(); r < 0 {
		return &mhp.Error{Op: op, Errno: syscall.Errno(-r)}
	}
	return nil
}

func closing(h *handle.Handle, op string) error {
	if h == nil {
		return glue.NewError(op, mhp.ErrClosed)
	}
	h.Close()
	return nil
}

func taken(owned *C.char) string {
	defer C.free(unsafe.Pointer(owned))
	return C.GoString(owned)
}

// A toC has texts for C, until they are freed.
type toC struct {
	texts []*C.char
	err   error
}

// text is one for C; a NUL in it is an error.
func (t *toC) text(op, s string) *C.char {
	if strings.IndexByte(s, 0) >= 0 {
		t.err = &mhp.Error{Op: op, Errno: syscall.EINVAL, Msg: "a text has a NUL in it"}
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

// A logger has the last message of a call.
type logger struct {
	guard callback.Guard
	last  mhp.LogMessage
	ref   *callback.Ref
}

func newLogger() *logger {
	l := &logger{}
	l.ref = callback.New(&callback.Log{Guard: &l.guard, Fn: func(code int, path, text string) {
		l.last = mhp.LogMessage{Errno: syscall.Errno(-code), Path: path, Text: text}
	}})
	return l
}

func (l *logger) fail(op string, r C.int) error {
	if r < 0 {
		errno := syscall.Errno(-r)
		return &mhp.Error{Op: op, Errno: errno, Path: l.last.Path, Msg: l.last.Text}
	}
	return nil
}

// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

/*
#include <mhp/mhp.h>
*/
import "C"

import (
	"sync/atomic"
	"syscall"
	"unsafe"

	"libmhp.invalid/mhp/internal/callback"
	"libmhp.invalid/mhp/internal/handle"
)

// A Context is where the library looks: a root directory, or a simulated machine. It serves one
// goroutine at a time; a second one gets ErrInUse.
type Context struct {
	h    *handle.Handle
	busy atomic.Bool
	log  *logger
}

// A LogMessage tells of a failure, or of something that is not as it should be.
type LogMessage struct {
	// Errno is 0 if there is none for it.
	Errno syscall.Errno
	// Path is the file that it is about; "" for none. It may hold any byte.
	Path string
	// Text is one printable line.
	Text string
}

// A logger is what C has of a Context: not the Context itself, which could never be collected.
type logger struct {
	guard callback.Guard
	last  LogMessage
	fn    func(LogMessage)
	ref   *callback.Ref
}

func (l *logger) tell(code int, path, text string) {
	l.last = LogMessage{syscall.Errno(-code), path, text}
	if l.fn != nil {
		l.fn(l.last)
	}
}

// NewContext makes a Context of a directory that stands for "/"; "" is this machine.
func NewContext(root string) (*Context, error) {
	const op = "NewContext"
	var in toC
	var ptr *C.struct_mhp_ctx
	defer in.free()
	name := in.optional(op, root)
	if in.err != nil {
		return nil, in.err
	}
	if r := C.mhp_ctx_new(name, &ptr); r < 0 {
		return nil, &Error{Op: op, Errno: errnoOf(r), Path: root}
	}
	return newContext(ptr), nil
}

func newContext(ptr *C.struct_mhp_ctx) *Context {
	log := &logger{}
	log.ref = callback.New(&callback.Log{Guard: &log.guard, Fn: log.tell})
	c := &Context{log: log}
	c.h = handle.New(unsafe.Pointer(ptr), func(p unsafe.Pointer) {
		C.mhp_ctx_unref((*C.struct_mhp_ctx)(p))
		log.ref.Free()
	})
	C.mhp_ctx_set_log_fn(ptr, C.mhp_log_fn(callback.LogFn), log.ref.Data())
	return c
}

// Close gives the context back, as soon as its monitors and holds are closed too.
func (c *Context) Close() error {
	return closing(c.handle(), "Context.Close")
}

// SetLogger has messages delivered, also those that are part of an Error already, in a goroutine
// of their own, while the call that they are about waits. fn must not use the context, which keeps
// it: what fn refers to cannot be collected before the context is closed. nil for none.
func (c *Context) SetLogger(fn func(LogMessage)) error {
	return c.call("Context.SetLogger", func(p *C.struct_mhp_ctx) C.int {
		c.log.fn = fn
		C.mhp_ctx_set_log_fn(p, C.mhp_log_fn(callback.LogFn), c.log.ref.Data())
		return 0
	})
}

// SetProgram says by which name others get to see who works with this context, with the
// process's ID behind it; "" for the process's own.
func (c *Context) SetProgram(name string) error {
	const op = "Context.SetProgram"
	var in toC
	defer in.free()
	program := in.optional(op, name)
	if in.err != nil {
		return in.err
	}
	return c.call(op, func(p *C.struct_mhp_ctx) C.int {
		return C.mhp_ctx_set_program(p, program)
	})
}

func (c *Context) handle() *handle.Handle {
	if c == nil {
		return nil
	}
	return c.h
}

// enter begins what uses the context; leave ends it.
func (c *Context) enter(op string) error {
	if err := c.handle().Use(); err != nil {
		return &Error{Op: op, cause: err}
	}
	if !c.busy.CompareAndSwap(false, true) {
		c.h.Done()
		return &Error{Op: op, cause: ErrInUse}
	}
	c.log.last = LogMessage{}
	return nil
}

// leave has what a callback threw go on here. An error of C gets what the log had to say, and
// why a context.Context ended the call, if one was given.
func (c *Context) leave(op string, r C.int, e *ending) error {
	last, thrown := c.log.last, c.log.guard.Take()
	c.busy.Store(false)
	c.h.Done()
	thrown.Rethrow()
	if r < 0 {
		return &Error{op, errnoOf(r), last.Path, last.Text, e.cause(errnoOf(r))}
	}
	return nil
}

// call calls C with the context, as op. What C makes is an object of Go's by the end of f: there
// may be a panic then.
func (c *Context) call(op string, f func(p *C.struct_mhp_ctx) C.int, e ...*ending) error {
	if err := c.enter(op); err != nil {
		return err
	}
	return c.leave(op, f((*C.struct_mhp_ctx)(c.h.Pointer())), append(e, nil)[0])
}

// closing closes an object. A second time is no error: so "defer x.Close()" goes with x.Close().
func closing(h *handle.Handle, op string) error {
	if h == nil {
		return &Error{Op: op, cause: ErrClosed}
	}
	h.Close()
	return nil
}

// SPDX-License-Identifier: LGPL-2.1-or-later

// Package handle keeps objects of C for as long as Go uses them.
package handle

import (
	"errors"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// What the packages of the module export under these names.
var (
	ErrClosed = errors.New("used after Close")
	ErrInUse  = errors.New("in use by another goroutine, or by a callback's own caller")
)

// Live counts the objects that are not freed yet, for tests.
var Live atomic.Int64

// A state is a number of users, and one of these.
const (
	closed = 1 << 40
	alone  = 1 << 41
)

// A Handle is an object of C. It is freed once it is closed, or nobody can reach the Handle any
// more, and nobody is using it: a call that is under way, or what was made of it, has its object
// until the end, whatever other goroutines and finalizers do. So nobody needs runtime.KeepAlive.
type Handle struct {
	ptr   unsafe.Pointer
	free  func(unsafe.Pointer)
	state atomic.Int64
}

// New makes a Handle of an object, which free is to free.
func New(ptr unsafe.Pointer, free func(unsafe.Pointer)) *Handle {
	h := &Handle{ptr: ptr, free: free}
	Live.Add(1)
	runtime.SetFinalizer(h, func(h *Handle) { h.Close() })
	return h
}

// Lend makes a Handle of an object that belongs to another one's: which lives as long.
func (h *Handle) Lend(ptr unsafe.Pointer) *Handle {
	h.Keep()
	return New(ptr, func(unsafe.Pointer) { h.Done() })
}

// Pointer is the object, for who uses it.
func (h *Handle) Pointer() unsafe.Pointer {
	return h.ptr
}

// Use has the object stay until Done.
func (h *Handle) Use() error {
	for h != nil {
		n := h.state.Load()
		if n&closed != 0 {
			break
		}
		if n&alone != 0 {
			return ErrInUse
		}
		if h.state.CompareAndSwap(n, n+1) {
			return nil
		}
	}
	return ErrClosed
}

// Keep is Use by somebody who uses it already, for one more Done.
func (h *Handle) Keep() {
	h.state.Add(1)
}

// UseAlone is Use where nobody else does, nor gets to.
func (h *Handle) UseAlone() error {
	if h == nil || h.state.Load()&closed != 0 {
		return ErrClosed
	}
	if !h.state.CompareAndSwap(0, alone+1) {
		return ErrInUse
	}
	return nil
}

// Done is the end of Use.
func (h *Handle) Done() {
	h.release(h.state.Add(-1))
}

// DoneAlone is the end of UseAlone.
func (h *Handle) DoneAlone() {
	h.release(h.state.Add(-1 - alone))
}

// Close has the object freed as soon as nobody uses it. It reports ErrClosed if that was asked
// for before.
func (h *Handle) Close() error {
	for h != nil {
		n := h.state.Load()
		if n&closed != 0 {
			break
		}
		if h.state.CompareAndSwap(n, n|closed) {
			h.release(n | closed)
			return nil
		}
	}
	return ErrClosed
}

func (h *Handle) release(state int64) {
	if state == closed {
		runtime.SetFinalizer(h, nil)
		h.free(h.ptr)
		Live.Add(-1)
	}
}

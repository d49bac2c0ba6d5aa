// SPDX-License-Identifier: LGPL-2.1-or-later

// Package callback has libmhp call functions of Go.
package callback

/*
#cgo pkg-config: libmhp
#include <stdlib.h>
#include "callback.h"
*/
import "C"

import (
	"runtime"
	"runtime/cgo"
	"unsafe"
)

// Functions to give to libmhp, together with Ref.Data of what they call: a Log, a Progress, a
// Tick.
var (
	LogFn      = unsafe.Pointer(C.mhp_go_log)
	ProgressFn = unsafe.Pointer(C.mhp_go_progress)
	TickFn     = unsafe.Pointer(C.mhp_go_tick)
)

// Log is told of messages.
type Log struct {
	Guard *Guard
	Fn    func(code int, path, message string)
}

// Progress answers 0 or MHP_CANCEL.
type Progress struct {
	Guard *Guard
	Fn    func(doneBytes, totalBytes uint64) int
}

// Tick answers 0 to go on.
type Tick struct {
	Guard *Guard
	Fn    func() int
}

// A Ref is what C keeps of a Go value: a number, in memory of C's.
type Ref struct {
	handle cgo.Handle
	cell   unsafe.Pointer
}

// New makes a Ref of one of the above, which lives until Free.
func New(value any) *Ref {
	ref := &Ref{cgo.NewHandle(value), C.malloc(C.sizeof_uintptr_t)}
	*(*C.uintptr_t)(ref.cell) = C.uintptr_t(ref.handle)
	return ref
}

// Data is the argument for C.
func (r *Ref) Data() unsafe.Pointer {
	return r.cell
}

// Free ends it.
func (r *Ref) Free() {
	r.handle.Delete()
	C.free(r.cell)
}

// A Guard is between the functions of Go and a call of C through which no panic may pass: it
// keeps what one of them has thrown until the call is over.
type Guard struct {
	hasThrown, hasExited bool
	value                any
}

// run calls f, unless one has thrown before: then, and if it throws, it answers MHP_CANCEL. In a
// goroutine of its own: runtime.Goexit, as t.FailNow has it, cannot be recovered from, and would
// take the frames of C along. Also, signals may be blocked in this thread: there is no preempting.
func (g *Guard) run(f func() int) int {
	ret := int(C.MHP_CANCEL)
	done := make(chan struct{})
	if g.hasThrown {
		return ret
	}
	go func() {
		defer close(done)
		returned := false
		defer func() {
			if !returned {
				g.value = recover()
				g.hasThrown, g.hasExited = true, g.value == nil
			}
		}()
		answer := f()
		ret, returned = answer, true
	}()
	<-done
	return ret
}

// Take is what was thrown, which the guard then has forgotten.
func (g *Guard) Take() Guard {
	taken := *g
	*g = Guard{}
	return taken
}

// Rethrow has the calling goroutine go the way that the callback's went.
func (g Guard) Rethrow() {
	if g.hasExited {
		runtime.Goexit()
	}
	if g.hasThrown {
		panic(g.value)
	}
}

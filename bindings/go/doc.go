// SPDX-License-Identifier: LGPL-2.1-or-later

// Package mhp is libmhp for Go: memory hotplug with an explicit type, verified, or put back.
//
// Four stages pass finished values to one another: a [Context] tells where to look,
// [Context.Snapshot] takes a picture of the machine, [Snapshot.Plan] makes a plan of it and of a
// [Request], [Context.Apply] carries that out and returns a [Report]. A [Monitor] has the events
// meanwhile. libmhp(7) tells the story, with all reasons and conflicts.
//
// # Errors
//
// A call that fails returns an [*Error], which unwraps to the errno value: errors.Is(err,
// os.ErrNotExist) is true where there is no such region. That the machine refuses is no error:
// the report says so, and [Report.Err] makes a [*ReportError] of it for who wants one.
//
// # Contexts of both kinds
//
// A context.Context is taken where a call waits, by [Context.Apply] and its like. It being
// cancelled ends the call, within some 100 ms; what was changed is put back first. Its deadline
// becomes that of the call.
//
// A [Context] serves one goroutine at a time, together with its monitors. A second one, or a
// callback of the first, gets [ErrInUse]. All else may be used by any goroutine at any time.
//
// # Lifetimes
//
// What is got from a snapshot, plan or report keeps it. The garbage collector frees what nobody
// can reach any more, but does not know how large it is: Close gives it back at once. After Close
// a method returns [ErrClosed], or panics with an [*Error] that wraps it where it has no error to
// return. Close itself may be called twice, at any time, from anywhere: calls that are under way
// get to their end.
//
// A panic in a callback ends the call, puts back what was changed, and goes on in the goroutine
// that called.
package mhp

//go:generate go run ./internal/genconst

// #cgo pkg-config: libmhp
import "C"

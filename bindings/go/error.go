// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

import "C"

import (
	"errors"
	"strings"
	"syscall"

	"libmhp.invalid/mhp/internal/handle"
)

var (
	// ErrClosed is in the chain of errors of what is used after Close.
	ErrClosed = handle.ErrClosed
	// ErrInUse is in the chain of errors of a second user of what serves one at a time.
	ErrInUse = handle.ErrInUse
	// ErrStale is in the chain of errors where the machine was not as the plan expects it.
	ErrStale error = ReasonStale
)

// An Error is why a call failed.
type Error struct {
	// Op is the function of Go that failed, such as "Context.Snapshot".
	Op string
	// Errno is the answer; 0 if it is ErrClosed or ErrInUse.
	Errno syscall.Errno
	// Path is the file that it is about, below the root; "" if that is not known.
	Path string
	// Msg is what the library has to say to it, for people; "" if nothing.
	Msg string

	cause error
}

// Error is all that is known in a line. Path may hold any byte: escape it for a terminal.
func (e *Error) Error() string {
	parts := []string{"mhp: " + e.Op}
	if e.Path != "" {
		parts = append(parts, e.Path)
	}
	if e.Msg != "" {
		parts = append(parts, e.Msg)
	}
	if e.Errno != 0 {
		parts = append(parts, e.Errno.Error())
	}
	if e.cause != nil {
		parts = append(parts, e.cause.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap is the errno value, or ErrClosed or ErrInUse.
func (e *Error) Unwrap() error {
	if e.Errno != 0 {
		return e.Errno
	}
	return e.cause
}

// Is has errors.Is find ErrStale, and why a context.Context ended the call.
func (e *Error) Is(target error) bool {
	return target == ErrStale && e.Errno == syscall.ESTALE ||
		e.cause != nil && errors.Is(e.cause, target)
}

// A ReportError is an outcome other than OutcomeDone as an error. It matches its Reason, and the
// errno value.
type ReportError struct {
	// Outcome is how it ended.
	Outcome Outcome
	// Reason is why.
	Reason Reason
	// Errno is the kernel's answer; 0 if no system call failed.
	Errno syscall.Errno
	// Message is what happened, for people.
	Message string
	// Hint is what can be done; "" if there is nothing to say.
	Hint string

	cause error
}

// Error is outcome and message.
func (e *ReportError) Error() string {
	return e.Outcome.String() + ": " + e.Message
}

// Unwrap is the errno value, if there is one.
func (e *ReportError) Unwrap() error {
	if e.Errno != 0 {
		return e.Errno
	}
	return nil
}

// Is has errors.Is find the reason, and why a context.Context ended the call.
func (e *ReportError) Is(target error) bool {
	return target == error(e.Reason) || e.cause != nil && errors.Is(e.cause, target)
}

// Error is the word for the reason: a Reason is what errors.Is looks for in the chain of a
// ReportError.
func (r Reason) Error() string {
	return r.String()
}

// about has an error say what was asked for, where the library has nothing to say.
func about(err error, what string) error {
	if e, ok := err.(*Error); ok && e.Errno != 0 && e.Msg == "" {
		e.Msg = what
	}
	return err
}

func errnoOf(r C.int) syscall.Errno {
	return syscall.Errno(-r)
}

// fail makes an error of what a function of C returned; nil of 0.
func fail(op string, r C.int) error {
	if r < 0 {
		return &Error{Op: op, Errno: errnoOf(r)}
	}
	return nil
}

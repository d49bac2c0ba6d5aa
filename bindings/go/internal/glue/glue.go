// SPDX-License-Identifier: LGPL-2.1-or-later

// Package glue has what the packages policy and sim need of package mhp and nobody else should
// see. Types of C are others in each package of Go: they cross as pointers, and objects of package
// mhp as any, since it imports this package.
package glue

import (
	"context"
	"unsafe"

	"libmhp.invalid/mhp/internal/handle"
)

// Set by package mhp.
var (
	// NewContext makes a *mhp.Context of a struct mhp_ctx with one reference.
	NewContext func(ptr unsafe.Pointer) any
	// NewError makes a *mhp.Error of ErrClosed or ErrInUse.
	NewError func(op string, cause error) error
	// RefSnapshot and RefPlan make a *mhp.Snapshot and a *mhp.Plan, with one more reference.
	RefSnapshot, RefPlan func(ptr unsafe.Pointer) any
	// NewRegion makes a mhp.Region of a *mhp.Snapshot.
	NewRegion func(snap any, ptr unsafe.Pointer) any
	// LendReport makes a *mhp.Report of one that belongs to something else.
	LendReport func(owner *handle.Handle, ptr unsafe.Pointer, end any) any
	// ReportError makes a *mhp.ReportError.
	ReportError func(outcome, reason, code int, message string, end any) error
	// Snapshot is what a *mhp.Snapshot keeps; nil of nil.
	Snapshot func(snap any) *handle.Handle
	// Region is what a mhp.Region keeps, and the pointer.
	Region func(region any) (*handle.Handle, unsafe.Pointer)
	// Call calls C with a *mhp.Context.
	Call func(c any, op string, f func(ctx unsafe.Pointer) int) error
	// Applying calls C with a *mhp.Context and *mhp.ApplyOptions. end is for LendReport and
	// ReportError.
	Applying func(c any, ctx context.Context, op string, opts any,
		f func(ctx, opts unsafe.Pointer, end any) int) error
)

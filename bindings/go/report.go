// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

import (
	"syscall"
	"unsafe"

	"libmhp.invalid/mhp/internal/handle"
)

// A Report is what became of a plan: the outcome, every block, every write.
type Report struct {
	h   *handle.Handle
	end *ending
}

// A Result is what became of a block. It keeps its report.
type Result struct {
	report *Report
	ptr    *C.struct_mhp_result
}

// A Write is one that was made. The loading of a module is among them.
type Write struct {
	// Path is the file, below the root; it may hold any byte.
	Path string
	// Word is what was written.
	Word string
	// Errno is the kernel's answer; 0 if it was taken.
	Errno syscall.Errno
	// Undo tells whether it was made to put something back.
	Undo bool
}

func newReport(ptr *C.struct_mhp_report, end *ending) *Report {
	if ptr == nil {
		return nil
	}
	return &Report{handle.New(unsafe.Pointer(ptr), func(p unsafe.Pointer) {
		C.mhp_report_free((*C.struct_mhp_report)(p))
	}), end}
}

// Close gives the report back now. Its results cannot be used any more.
func (r *Report) Close() error {
	return closing(r.handle(), "Report.Close")
}

func (r *Report) handle() *handle.Handle {
	if r == nil {
		return nil
	}
	return r.h
}

func (r *Report) ptr() *C.struct_mhp_report {
	return (*C.struct_mhp_report)(r.h.Pointer())
}

// String is a line for people: outcome, message and hint.
func (r *Report) String() string {
	line := r.Outcome().String() + ": " + r.Message()
	if hint := r.Hint(); hint != "" {
		line += "; " + hint
	}
	return line
}

// Err is nil if the outcome is OutcomeDone, else a *ReportError.
func (r *Report) Err() error {
	outcome := r.Outcome()
	if outcome == OutcomeDone {
		return nil
	}
	errno := r.Errno()
	return &ReportError{outcome, r.Reason(), errno, r.Message(), r.Hint(), r.end.cause(errno)}
}

// Outcome is how the plan ended.
func (r *Report) Outcome() Outcome {
	defer use(r.handle(), "Report.Outcome").Done()
	return Outcome(C.mhp_report_get_outcome(r.ptr()))
}

// Plan is the one that was carried out.
func (r *Report) Plan() *Plan {
	defer use(r.handle(), "Report.Plan").Done()
	return refPlan(C.mhp_report_get_plan(r.ptr()))
}

// Reason is why the first thing failed that did.
func (r *Report) Reason() Reason {
	defer use(r.handle(), "Report.Reason").Done()
	return Reason(C.mhp_report_get_reason(r.ptr()))
}

// Errno is the kernel's answer to it, or the library's own ETIMEDOUT or ECANCELED; 0 if no
// system call failed.
func (r *Report) Errno() syscall.Errno {
	defer use(r.handle(), "Report.Errno").Done()
	return errnoOf(C.mhp_report_get_code(r.ptr()))
}

// Message is what happened, for people.
func (r *Report) Message() string {
	defer use(r.handle(), "Report.Message").Done()
	return C.GoString(C.mhp_report_get_message(r.ptr()))
}

// Hint is what can be done; "" if there is nothing to say.
func (r *Report) Hint() string {
	defer use(r.handle(), "Report.Hint").Done()
	return C.GoString(C.mhp_report_get_hint(r.ptr()))
}

// Results are what became of the blocks that the plan is about, sorted by address.
func (r *Report) Results() []Result {
	defer use(r.handle(), "Report.Results").Done()
	results := make([]Result, C.mhp_report_count_results(r.ptr()))
	for i := range results {
		results[i] = Result{r, C.mhp_report_get_result(r.ptr(), C.size_t(i))}
	}
	return results
}

// Writes are all that were made, in this order.
func (r *Report) Writes() []Write {
	defer use(r.handle(), "Report.Writes").Done()
	writes := make([]Write, C.mhp_report_count_writes(r.ptr()))
	for i := range writes {
		var path, word *C.char
		var code C.int
		var undo C.bool
		C.mhp_report_get_write(r.ptr(), C.size_t(i), &path, &word, &code, &undo)
		writes[i] = Write{C.GoString(path), C.GoString(word), errnoOf(code), bool(undo)}
	}
	return writes
}

// Recovery is what was left behind by a user of libmhp that was killed, and was put back before
// the plan's first step; nil if nothing was.
func (r *Report) Recovery() *Recovery {
	defer use(r.handle(), "Report.Recovery").Done()
	ptr := C.mhp_report_get_recovery(r.ptr())
	if ptr == nil {
		return nil
	}
	return &Recovery{r.h.Lend(unsafe.Pointer(ptr))}
}

// OtherBlocks are the numbers of blocks that others added while a setting was borrowed.
func (r *Report) OtherBlocks() []uint64 {
	defer use(r.handle(), "Report.OtherBlocks").Done()
	ids := make([]uint64, C.mhp_report_count_other_blocks(r.ptr()))
	for i := range ids {
		var id C.uint64_t
		C.mhp_report_get_other_block_id(r.ptr(), C.size_t(i), &id)
		ids[i] = uint64(id)
	}
	return ids
}

// DeviceWords are the driver's own for the whole device, before and after; "" for none.
func (r *Report) DeviceWords() (before, after string) {
	defer use(r.handle(), "Report.DeviceWords").Done()
	var one, other *C.char
	C.mhp_report_get_device_words(r.ptr(), &one, &other)
	return C.GoString(one), C.GoString(other)
}

// ID is the block's number, the N of memoryN.
func (r Result) ID() uint64 {
	defer use(r.report.handle(), "Result.ID").Done()
	return uint64(C.mhp_result_get_id(r.ptr))
}

// WantedWord is what the block was to become, in one word.
func (r Result) WantedWord() string {
	defer use(r.report.handle(), "Result.WantedWord").Done()
	return C.GoString(C.mhp_result_get_wanted_word(r.ptr))
}

// Before is what the block was when the snapshot was taken.
func (r Result) Before() (State, Zone) {
	defer use(r.report.handle(), "Result.Before").Done()
	var state C.enum_mhp_state
	var zone C.enum_mhp_zone
	C.mhp_result_get_before(r.ptr, &state, &zone)
	return State(state), Zone(zone)
}

// After is what the block is now, as read back.
func (r Result) After() (State, Zone) {
	defer use(r.report.handle(), "Result.After").Done()
	var state C.enum_mhp_state
	var zone C.enum_mhp_zone
	C.mhp_result_get_after(r.ptr, &state, &zone)
	return State(state), Zone(zone)
}

// Errno is what goes with the reason; 0 if there is none.
func (r Result) Errno() syscall.Errno {
	defer use(r.report.handle(), "Result.Errno").Done()
	return errnoOf(C.mhp_result_get_code(r.ptr))
}

// Reason is why the block ended as it did.
func (r Result) Reason() Reason {
	defer use(r.report.handle(), "Result.Reason").Done()
	return Reason(C.mhp_result_get_reason(r.ptr))
}

// String is the word for it.
func (o Outcome) String() string {
	return C.GoString(C.mhp_outcome_to_str(C.enum_mhp_outcome(o)))
}

// IsFailure tells whether it is one of the reasons for which a block, or the whole, is not as
// wanted.
func (r Reason) IsFailure() bool {
	return bool(C.mhp_reason_is_failure(C.enum_mhp_reason(r)))
}

// String is the word for it.
func (r Reason) String() string {
	return C.GoString(C.mhp_reason_to_str(C.enum_mhp_reason(r)))
}

// SPDX-License-Identifier: LGPL-2.1-or-later

package policy

/*
#include <mhp/mhp.h>
#include <mhp/agenda.h>
#include <mhp/standing.h>
*/
import "C"

import (
	"context"
	"syscall"
	"time"
	"unsafe"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/internal/glue"
	"libmhp.invalid/mhp/internal/handle"
)

// An Agenda is what a standing policy has to do with a machine just now: an item for each region
// whose memory is its own. It keeps snapshot and standing policy.
type Agenda struct {
	h    *handle.Handle
	snap *mhp.Snapshot
}

// AgendaOptions change what rules say; nil stands for the defaults.
type AgendaOptions struct {
	// Rules are for every request, beside those of the standing policy.
	Rules mhp.Rules
	// NoRules are those that no request has, whatever the standing policy says.
	NoRules mhp.Rules
}

// An Item is about one region. It keeps its agenda.
type Item struct {
	agenda *Agenda
	ptr    *C.struct_mhp_agenda_item
}

// A Drift is in which way a region is not as it should be.
type Drift struct {
	// Kind is in which way.
	Kind DriftKind
	// Message is what is not as it should be, for people.
	Message string
	// Blocks are the numbers of the blocks that it is about; none if it is about the region.
	Blocks []uint64
}

// Agenda makes one of a snapshot, which is to be with mhp.SnapshotForPlans, and of the standing
// policy.
func (s *Standing) Agenda(snap *mhp.Snapshot, opts *AgendaOptions) (*Agenda, error) {
	const op = "Standing.Agenda"
	raw := C.struct_mhp_agenda_opts{size: C.sizeof_struct_mhp_agenda_opts}
	if opts != nil {
		raw.rules, raw.no_rules = C.uint64_t(opts.Rules), C.uint64_t(opts.NoRules)
	}
	var agenda *Agenda
	machine := glue.Snapshot(snap)
	if err := machine.Use(); err != nil {
		return nil, glue.NewError(op, err)
	}
	defer machine.Done()
	err := with(s.handle(), op, func() C.int {
		var ret *C.struct_mhp_agenda
		r := C.mhp_agenda_new((*C.struct_mhp_snapshot)(machine.Pointer()), s.ptr(),
			&raw, &ret)
		agenda = newAgenda(ret)
		return r
	})
	return agenda, err
}

func newAgenda(ptr *C.struct_mhp_agenda) *Agenda {
	if ptr == nil {
		return nil
	}
	snap := refSnapshot(ptr)
	return &Agenda{handle.New(unsafe.Pointer(ptr), func(p unsafe.Pointer) {
		C.mhp_agenda_unref((*C.struct_mhp_agenda)(p))
		snap.Close()
	}), snap}
}

func refSnapshot(ptr *C.struct_mhp_agenda) *mhp.Snapshot {
	return glue.RefSnapshot(unsafe.Pointer(C.mhp_agenda_get_snapshot(ptr))).(*mhp.Snapshot)
}

func (a *Agenda) handle() *handle.Handle {
	if a == nil {
		return nil
	}
	return a.h
}

func (a *Agenda) ptr() *C.struct_mhp_agenda {
	return (*C.struct_mhp_agenda)(a.h.Pointer())
}

// Close gives the agenda back now. Its items, and their regions, cannot be used any more.
func (a *Agenda) Close() error {
	return closing(a.handle(), "Agenda.Close")
}

// Snapshot is the one that the agenda was made of.
func (a *Agenda) Snapshot() *mhp.Snapshot {
	defer use(a.handle(), "Agenda.Snapshot").Done()
	return refSnapshot(a.ptr())
}

// Standing is the standing policy that the agenda was made of.
func (a *Agenda) Standing() *Standing {
	defer use(a.handle(), "Agenda.Standing").Done()
	return newStanding(C.mhp_standing_ref(C.mhp_agenda_get_standing(a.ptr())))
}

// Items in the order in which they are handled; those without a rule come last.
func (a *Agenda) Items() []Item {
	defer use(a.handle(), "Agenda.Items").Done()
	items := make([]Item, C.mhp_agenda_count_items(a.ptr()))
	for i := range items {
		items[i] = Item{a, C.mhp_agenda_get_item(a.ptr(), C.size_t(i))}
	}
	return items
}

// FindItem is the item of a region, by name or identity; false if there is none.
func (a *Agenda) FindItem(region string) (Item, bool) {
	const op = "Agenda.FindItem"
	defer use(a.handle(), op).Done()
	text, err := forC(op, region)
	if err != nil {
		return Item{}, false
	}
	defer free(text)
	ptr := C.mhp_agenda_find_item(a.ptr(), text)
	return Item{a, ptr}, ptr != nil
}

// CountInState is the number of items that are in a state.
func (a *Agenda) CountInState(state ItemState) int {
	defer use(a.handle(), "Agenda.CountInState").Done()
	return int(C.mhp_agenda_count_in_state(a.ptr(), C.enum_mhp_item_state(state)))
}

// CountDrifts is the number of drifts of all items.
func (a *Agenda) CountDrifts() int {
	defer use(a.handle(), "Agenda.CountDrifts").Done()
	return int(C.mhp_agenda_count_drifts(a.ptr()))
}

// Text is the agenda for people.
func (a *Agenda) Text() (string, error) {
	return copied(a.handle(), "Agenda.Text", func(ret **C.char) C.int {
		return C.mhp_agenda_copy_text(a.ptr(), ret)
	})
}

// Region that the item is about.
func (i Item) Region() mhp.Region {
	defer use(i.agenda.handle(), "Item.Region").Done()
	ptr := unsafe.Pointer(C.mhp_agenda_item_get_region(i.ptr))
	return glue.NewRegion(i.agenda.snap, ptr).(mhp.Region)
}

// Rule that decides about the region; false if none does, or that is not known.
func (i Item) Rule() (Rule, bool) {
	defer use(i.agenda.handle(), "Item.Rule").Done()
	ptr := C.mhp_agenda_item_get_rule(i.ptr)
	return Rule{i.agenda.h, ptr}, ptr != nil
}

// State is what is to be done about the region.
func (i Item) State() ItemState {
	defer use(i.agenda.handle(), "Item.State").Done()
	return ItemState(C.mhp_agenda_item_get_state(i.ptr))
}

// OnlineType is the type that the region is to be online with.
func (i Item) OnlineType() (mhp.OnlineType, error) {
	var t C.enum_mhp_online_type
	err := with(i.agenda.handle(), "Item.OnlineType", func() C.int {
		return C.mhp_agenda_item_get_online_type(i.ptr, &t)
	})
	return mhp.OnlineType(t), err
}

// Guard tells in which way the ratio guard has changed what the rule wants; "" if it has not.
func (i Item) Guard() string {
	defer use(i.agenda.handle(), "Item.Guard").Done()
	return C.GoString(C.mhp_agenda_item_get_guard(i.ptr))
}

// Plan is what brings the region to what is wanted; nil if nothing was planned.
func (i Item) Plan() *mhp.Plan {
	defer use(i.agenda.handle(), "Item.Plan").Done()
	return glue.RefPlan(unsafe.Pointer(C.mhp_agenda_item_get_plan(i.ptr))).(*mhp.Plan)
}

// Repair is a plan that would repair what is not as wanted; nil if there is none.
func (i Item) Repair() *mhp.Plan {
	defer use(i.agenda.handle(), "Item.Repair").Done()
	return glue.RefPlan(unsafe.Pointer(C.mhp_agenda_item_get_repair(i.ptr))).(*mhp.Plan)
}

// Why nothing is done; "" in states where that is no question.
func (i Item) Why() string {
	defer use(i.agenda.handle(), "Item.Why").Done()
	return C.GoString(C.mhp_agenda_item_get_why(i.ptr))
}

// WayOut is what could be done about a region that is not as wanted and will not be; "" if there
// is nothing to say.
func (i Item) WayOut() string {
	defer use(i.agenda.handle(), "Item.WayOut").Done()
	return C.GoString(C.mhp_agenda_item_get_way_out(i.ptr))
}

// CauseText is who is likely to have brought the region to where it is; "" without drifts.
func (i Item) CauseText() string {
	defer use(i.agenda.handle(), "Item.CauseText").Done()
	return C.GoString(C.mhp_agenda_item_get_cause_text(i.ptr))
}

// Drifts of the item, at most one of each kind.
func (i Item) Drifts() []Drift {
	defer use(i.agenda.handle(), "Item.Drifts").Done()
	drifts := make([]Drift, C.mhp_agenda_item_count_drifts(i.ptr))
	for n := range drifts {
		drifts[n] = newDrift(C.mhp_agenda_item_get_drift(i.ptr, C.size_t(n)))
	}
	return drifts
}

func newDrift(ptr *C.struct_mhp_drift) Drift {
	d := Drift{
		Kind:    DriftKind(C.mhp_drift_get_kind(ptr)),
		Message: C.GoString(C.mhp_drift_get_message(ptr)),
		Blocks:  make([]uint64, C.mhp_drift_count_blocks(ptr)),
	}
	for i := range d.Blocks {
		var id C.uint64_t
		C.mhp_drift_get_block_id(ptr, C.size_t(i), &id)
		d.Blocks[i] = uint64(id)
	}
	return d
}

// String is the word for it.
func (s ItemState) String() string {
	return C.GoString(C.mhp_item_state_to_str(C.enum_mhp_item_state(s)))
}

// String is the word for it.
func (k DriftKind) String() string {
	return C.GoString(C.mhp_drift_kind_to_str(C.enum_mhp_drift_kind(k)))
}

// A Report is what became of an agenda.
type Report struct {
	h      *handle.Handle
	agenda *Agenda
	end    any
}

// A Result is what became of an item. It keeps its report.
type Result struct {
	report *Report
	ptr    *C.struct_mhp_agenda_result
}

// A whole has a deadline that ends by cancelling, as else it would become that of each item.
type whole struct{ context.Context }

// Deadline is none.
func (whole) Deadline() (deadline time.Time, ok bool) {
	return time.Time{}, false
}

// Apply carries out what is to do, each item as a transaction of its own. Timeouts of opts are for
// each try of each item; ctx, and its deadline, is for all of it.
func (a *Agenda) Apply(ctx context.Context, c *mhp.Context,
	opts *mhp.ApplyOptions) (*Report, error) {
	const op = "Agenda.Apply"
	var report *Report
	if err := a.handle().Use(); err != nil {
		return nil, glue.NewError(op, err)
	}
	defer a.h.Done()
	err := glue.Applying(c, whole{ctx}, op, opts, func(p, o unsafe.Pointer, end any) int {
		var ret *C.struct_mhp_agenda_report
		r := C.mhp_agenda_apply((*C.struct_mhp_ctx)(p), a.ptr(),
			(*C.struct_mhp_apply_opts)(o), &ret)
		if ret != nil {
			report = &Report{handle.New(unsafe.Pointer(ret), func(p unsafe.Pointer) {
				C.mhp_agenda_report_free((*C.struct_mhp_agenda_report)(p))
			}), nil, end}
			of := C.mhp_agenda_report_get_agenda(ret)
			report.agenda = newAgenda(C.mhp_agenda_ref(of))
		}
		return int(r)
	})
	return report, err
}

func (r *Report) handle() *handle.Handle {
	if r == nil {
		return nil
	}
	return r.h
}

func (r *Report) ptr() *C.struct_mhp_agenda_report {
	return (*C.struct_mhp_agenda_report)(r.h.Pointer())
}

// Close gives the report back now. Its results cannot be used any more.
func (r *Report) Close() error {
	return closing(r.handle(), "Report.Close")
}

// Outcome is how all of it ended.
func (r *Report) Outcome() mhp.Outcome {
	defer use(r.handle(), "Report.Outcome").Done()
	return mhp.Outcome(C.mhp_agenda_report_get_outcome(r.ptr()))
}

// Agenda is the one that was carried out.
func (r *Report) Agenda() *Agenda {
	defer use(r.handle(), "Report.Agenda").Done()
	return newAgenda(C.mhp_agenda_ref(r.agenda.ptr()))
}

// Results are one for each item of the agenda, in the same order.
func (r *Report) Results() []Result {
	defer use(r.handle(), "Report.Results").Done()
	results := make([]Result, C.mhp_agenda_report_count_results(r.ptr()))
	for i := range results {
		results[i] = Result{r, C.mhp_agenda_report_get_result(r.ptr(), C.size_t(i))}
	}
	return results
}

// Err is that of the first result that has one.
func (r *Report) Err() error {
	for _, result := range r.Results() {
		if err := result.Err(); err != nil {
			return err
		}
	}
	return nil
}

// Item that the result is about, as it was when the agenda was made.
func (r Result) Item() Item {
	defer use(r.report.handle(), "Result.Item").Done()
	return Item{r.report.agenda, C.mhp_agenda_result_get_item(r.ptr)}
}

// Outcome is how the item ended. What was not to be done is mhp.OutcomeDone.
func (r Result) Outcome() mhp.Outcome {
	defer use(r.report.handle(), "Result.Outcome").Done()
	return mhp.Outcome(C.mhp_agenda_result_get_outcome(r.ptr))
}

// Reason is why it ended so.
func (r Result) Reason() mhp.Reason {
	defer use(r.report.handle(), "Result.Reason").Done()
	return mhp.Reason(C.mhp_agenda_result_get_reason(r.ptr))
}

// Errno is what goes with it; 0 if there is none.
func (r Result) Errno() syscall.Errno {
	defer use(r.report.handle(), "Result.Errno").Done()
	return syscall.Errno(-C.mhp_agenda_result_get_code(r.ptr))
}

// Message is what happened, or why nothing did, for people.
func (r Result) Message() string {
	defer use(r.report.handle(), "Result.Message").Done()
	return C.GoString(C.mhp_agenda_result_get_message(r.ptr))
}

// Err is nil if the outcome is mhp.OutcomeDone, else a *mhp.ReportError.
func (r Result) Err() error {
	if outcome := r.Outcome(); outcome != mhp.OutcomeDone {
		return glue.ReportError(int(outcome), int(r.Reason()), -int(r.Errno()), r.Message(),
			r.report.end)
	}
	return nil
}

// Report is what applying its plan has reported; nil if nothing was tried, or it could not begin.
func (r Result) Report() *mhp.Report {
	defer use(r.report.handle(), "Result.Report").Done()
	return r.lend(C.mhp_agenda_result_get_report(r.ptr))
}

// FirstReport is that of a first try, which was stale; nil if there was one try at most.
func (r Result) FirstReport() *mhp.Report {
	defer use(r.report.handle(), "Result.FirstReport").Done()
	return r.lend(C.mhp_agenda_result_get_first_report(r.ptr))
}

func (r Result) lend(ptr *C.struct_mhp_report) *mhp.Report {
	if ptr == nil {
		return nil
	}
	return glue.LendReport(r.report.h, unsafe.Pointer(ptr), r.report.end).(*mhp.Report)
}

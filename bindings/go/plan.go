// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
// #include <stdlib.h>
import "C"

import (
	"fmt"
	"unsafe"

	"libmhp.invalid/mhp/internal/handle"
)

// A Plan is what would be written, or why that cannot be: a pure function of a snapshot and a
// request. Without steps and without conflicts the request is met already. It needs neither of
// the two any more.
type Plan struct {
	h *handle.Handle
}

// A Step is one write of a plan, which it keeps.
type Step struct {
	plan *Plan
	ptr  *C.struct_mhp_step
}

// A Conflict is why a plan cannot be applied; a warning has the same form.
type Conflict struct {
	// Code is what it is about.
	Code ConflictCode
	// Blocks are the numbers of the blocks that it is about; none if it is about the region.
	Blocks []uint64
	// Message is what is wrong, for people.
	Message string
	// Hint is what can be done; "" if there is nothing to say.
	Hint string
}

// Plan plans a request. An error tells people why there is none: what stands against a plan that
// can be made, its conflicts tell.
func (s *Snapshot) Plan(request *Request) (*Plan, error) {
	const op = "Snapshot.Plan"
	var plan *Plan
	why := ""
	err := request.using(op, func(q *C.struct_mhp_request) error {
		return with(s.handle(), op, func() C.int {
			var ret *C.struct_mhp_plan
			var owned *C.char
			r := C.mhp_plan_new_why(s.ptr(), q, &ret, &owned)
			plan, why = newPlan(ret), taken(owned)
			return r
		})
	})
	if e, ok := err.(*Error); ok && why != "" {
		e.Msg = why
	}
	return plan, err
}

// ParsePlan makes a plan of what Plan.Saved gave. An error names the line at fault.
func ParsePlan(text string) (*Plan, error) {
	var ret *C.struct_mhp_plan
	var line C.uint
	bytes := C.CString(text)
	defer C.free(unsafe.Pointer(bytes))
	r := C.mhp_plan_new_from_text(bytes, C.size_t(len(text)), &ret, &line)
	if r < 0 {
		where := fmt.Sprintf("line %d", line)
		return nil, &Error{Op: "ParsePlan", Errno: errnoOf(r), Msg: where}
	}
	return newPlan(ret), nil
}

func newPlan(ptr *C.struct_mhp_plan) *Plan {
	if ptr == nil {
		return nil
	}
	return &Plan{handle.New(unsafe.Pointer(ptr), func(p unsafe.Pointer) {
		C.mhp_plan_unref((*C.struct_mhp_plan)(p))
	})}
}

// refPlan makes one of a plan that belongs to something else.
func refPlan(ptr *C.struct_mhp_plan) *Plan {
	return newPlan(C.mhp_plan_ref(ptr))
}

// Close gives the plan back now. Its steps cannot be used any more.
func (p *Plan) Close() error {
	return closing(p.handle(), "Plan.Close")
}

func (p *Plan) handle() *handle.Handle {
	if p == nil {
		return nil
	}
	return p.h
}

func (p *Plan) ptr() *C.struct_mhp_plan {
	return (*C.struct_mhp_plan)(p.h.Pointer())
}

// RegionName is the region that the plan is about; "" if it is something else than one as a
// whole.
func (p *Plan) RegionName() string {
	defer use(p.handle(), "Plan.RegionName").Done()
	return C.GoString(C.mhp_plan_get_region_name(p.ptr()))
}

// Target is what the plan is about, for people.
func (p *Plan) Target() string {
	defer use(p.handle(), "Plan.Target").Done()
	return C.GoString(C.mhp_plan_get_target(p.ptr()))
}

// Goal of the plan.
func (p *Plan) Goal() Goal {
	defer use(p.handle(), "Plan.Goal").Done()
	return Goal(C.mhp_plan_get_goal(p.ptr()))
}

// OnlineType is the type that memory is onlined with.
func (p *Plan) OnlineType() OnlineType {
	defer use(p.handle(), "Plan.OnlineType").Done()
	return OnlineType(C.mhp_plan_get_online_type(p.ptr()))
}

// Rules of the request.
func (p *Plan) Rules() Rules {
	defer use(p.handle(), "Plan.Rules").Done()
	return Rules(C.mhp_plan_get_rules(p.ptr()))
}

// Steps are what would be written, in this order.
func (p *Plan) Steps() []Step {
	defer use(p.handle(), "Plan.Steps").Done()
	steps := make([]Step, C.mhp_plan_count_steps(p.ptr()))
	for i := range steps {
		steps[i] = Step{p, C.mhp_plan_get_step(p.ptr(), C.size_t(i))}
	}
	return steps
}

// Conflicts forbid to apply it: with any, nothing is written.
func (p *Plan) Conflicts() []Conflict {
	defer use(p.handle(), "Plan.Conflicts").Done()
	conflicts := make([]Conflict, C.mhp_plan_count_conflicts(p.ptr()))
	for i := range conflicts {
		conflicts[i] = newConflict(C.mhp_plan_get_conflict(p.ptr(), C.size_t(i)))
	}
	return conflicts
}

// Warnings are to be known and do not stop the plan.
func (p *Plan) Warnings() []Conflict {
	defer use(p.handle(), "Plan.Warnings").Done()
	warnings := make([]Conflict, C.mhp_plan_count_warnings(p.ptr()))
	for i := range warnings {
		warnings[i] = newConflict(C.mhp_plan_get_warning(p.ptr(), C.size_t(i)))
	}
	return warnings
}

func newConflict(ptr *C.struct_mhp_conflict) Conflict {
	c := Conflict{
		Code:    ConflictCode(C.mhp_conflict_get_code(ptr)),
		Blocks:  make([]uint64, C.mhp_conflict_count_blocks(ptr)),
		Message: C.GoString(C.mhp_conflict_get_message(ptr)),
		Hint:    C.GoString(C.mhp_conflict_get_hint(ptr)),
	}
	for i := range c.Blocks {
		var id C.uint64_t
		C.mhp_conflict_get_block_id(ptr, C.size_t(i), &id)
		c.Blocks[i] = uint64(id)
	}
	return c
}

// Text is the plan for people: conflicts, warnings, steps.
func (p *Plan) Text() (string, error) {
	return copied(p.handle(), "Plan.Text", func(ret **C.char) C.int {
		return C.mhp_plan_copy_text(p.ptr(), ret)
	})
}

// Saved is the plan as text that ParsePlan reads.
func (p *Plan) Saved() (string, error) {
	return copied(p.handle(), "Plan.Saved", func(ret **C.char) C.int {
		return C.mhp_plan_copy_saved(p.ptr(), ret)
	})
}

// Kind is what the step writes to.
func (s Step) Kind() StepKind {
	defer use(s.plan.handle(), "Step.Kind").Done()
	return StepKind(C.mhp_step_get_kind(s.ptr))
}

// Ranges are the physical ranges that it changes: whole blocks.
func (s Step) Ranges() []Range {
	defer use(s.plan.handle(), "Step.Ranges").Done()
	ranges := make([]Range, C.mhp_step_count_ranges(s.ptr))
	for i := range ranges {
		var start, size C.uint64_t
		C.mhp_step_get_range(s.ptr, C.size_t(i), &start, &size)
		ranges[i] = Range{uint64(start), uint64(size)}
	}
	return ranges
}

// Path is the file that it writes; for StepLoad the module's directory.
func (s Step) Path() (string, error) {
	return copied(s.plan.handle(), "Step.Path", func(ret **C.char) C.int {
		return C.mhp_step_copy_path(s.ptr, ret)
	})
}

// Word is what it writes; for StepLoad the module's name.
func (s Step) Word() string {
	defer use(s.plan.handle(), "Step.Word").Done()
	return C.GoString(C.mhp_step_get_word(s.ptr))
}

// Expected are state and zone that it expects.
func (s Step) Expected() (State, Zone) {
	defer use(s.plan.handle(), "Step.Expected").Done()
	var state C.enum_mhp_state
	var zone C.enum_mhp_zone
	C.mhp_step_get_expected(s.ptr, &state, &zone)
	return State(state), Zone(zone)
}

// Wanted are the state that it is to lead to, and the type that decides its zone.
func (s Step) Wanted() (State, OnlineType) {
	defer use(s.plan.handle(), "Step.Wanted").Done()
	var state C.enum_mhp_state
	var t C.enum_mhp_online_type
	C.mhp_step_get_wanted(s.ptr, &state, &t)
	return State(state), OnlineType(t)
}

// UndoWord is the first word that undoing it writes; "" if it cannot be undone, or is an undoing
// itself.
func (s Step) UndoWord() string {
	defer use(s.plan.handle(), "Step.UndoWord").Done()
	return C.GoString(C.mhp_step_get_undo_word(s.ptr))
}

// String is the word for it.
func (c ConflictCode) String() string {
	return C.GoString(C.mhp_conflict_code_to_str(C.enum_mhp_conflict_code(c)))
}

// String is the word for it.
func (k StepKind) String() string {
	return C.GoString(C.mhp_step_kind_to_str(C.enum_mhp_step_kind(k)))
}

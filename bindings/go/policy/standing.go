// SPDX-License-Identifier: LGPL-2.1-or-later

// Package policy is libmhp-policy for Go: rules in files that say what is to become of which
// memory, and what there is to do about that. A Standing policy and a snapshot make an Agenda;
// mhp-policy(5) tells the format of the files.
//
// Lifetimes, errors and contexts are as in package mhp.
package policy

/*
#cgo pkg-config: libmhp-policy
#include <stdlib.h>
#include <mhp/mhp.h>
#include <mhp/standing.h>
*/
import "C"

import (
	"unsafe"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/internal/glue"
	"libmhp.invalid/mhp/internal/handle"
)

// A Standing policy is rules in files. With errors it should not be acted upon.
type Standing struct {
	h *handle.Handle
}

// A Remark is an error of a standing policy, or a warning.
type Remark struct {
	// File is the one that it is about, or a directory; it may hold any byte.
	File string
	// Line is from 1; 0: about the file as a whole.
	Line uint
	// Message is what is wrong, with what is allowed.
	Message string
}

// A File is one of a standing policy.
type File struct {
	// Path may hold any byte.
	Path string
	// Masks tells whether it is empty or a link to /dev/null.
	Masks bool
	// HiddenBy is the path of the file that hides it; "" if none does.
	HiddenBy string
}

// A Rule of a standing policy. It keeps that.
type Rule struct {
	h   *handle.Handle
	ptr *C.struct_mhp_standing_rule
}

// Load reads the standing policy of the machine.
func Load(c *mhp.Context) (*Standing, error) {
	var standing *Standing
	err := glue.Call(c, "policy.Load", func(ctx unsafe.Pointer) int {
		var ret *C.struct_mhp_standing
		r := C.mhp_standing_new((*C.struct_mhp_ctx)(ctx), &ret)
		standing = newStanding(ret)
		return int(r)
	})
	return standing, err
}

// Parse makes a standing policy from a text; file is its name for messages.
func Parse(file, text string) (*Standing, error) {
	const op = "policy.Parse"
	name, err := forC(op, file)
	if err != nil {
		return nil, err
	}
	defer free(name)
	bytes := C.CString(text)
	defer free(bytes)
	var ret *C.struct_mhp_standing
	r := C.mhp_standing_new_from_text(name, bytes, C.size_t(len(text)), &ret)
	return newStanding(ret), fail(op, r)
}

func newStanding(ptr *C.struct_mhp_standing) *Standing {
	if ptr == nil {
		return nil
	}
	return &Standing{handle.New(unsafe.Pointer(ptr), func(p unsafe.Pointer) {
		C.mhp_standing_unref((*C.struct_mhp_standing)(p))
	})}
}

func (s *Standing) handle() *handle.Handle {
	if s == nil {
		return nil
	}
	return s.h
}

func (s *Standing) ptr() *C.struct_mhp_standing {
	return (*C.struct_mhp_standing)(s.h.Pointer())
}

// Close gives it back now. Its rules cannot be used any more.
func (s *Standing) Close() error {
	return closing(s.handle(), "Standing.Close")
}

func closing(h *handle.Handle, op string) error {
	if h == nil {
		return glue.NewError(op, mhp.ErrClosed)
	}
	h.Close()
	return nil
}

// AddText adds the rules of a text after those that are there, as of one more file: before
// anybody else gets to use it. Else it is ErrInUse, or EBUSY once there is an agenda of it.
func (s *Standing) AddText(file, text string) error {
	const op = "Standing.AddText"
	name, err := forC(op, file)
	if err != nil {
		return err
	}
	defer free(name)
	bytes := C.CString(text)
	defer free(bytes)
	if err := s.handle().UseAlone(); err != nil {
		return glue.NewError(op, err)
	}
	defer s.h.DoneAlone()
	return fail(op, C.mhp_standing_add_text(s.ptr(), name, bytes, C.size_t(len(text))))
}

// Errors of it. With any, do not act upon it.
func (s *Standing) Errors() []Remark {
	defer use(s.handle(), "Standing.Errors").Done()
	remarks := make([]Remark, C.mhp_standing_count_errors(s.ptr()))
	for i := range remarks {
		var file, message *C.char
		var line C.uint
		C.mhp_standing_get_error(s.ptr(), C.size_t(i), &file, &line, &message)
		remarks[i] = Remark{C.GoString(file), uint(line), C.GoString(message)}
	}
	return remarks
}

// Warnings are of what is allowed and yet hardly meant.
func (s *Standing) Warnings() []Remark {
	defer use(s.handle(), "Standing.Warnings").Done()
	remarks := make([]Remark, C.mhp_standing_count_warnings(s.ptr()))
	for i := range remarks {
		var file, message *C.char
		var line C.uint
		C.mhp_standing_get_warning(s.ptr(), C.size_t(i), &file, &line, &message)
		remarks[i] = Remark{C.GoString(file), uint(line), C.GoString(message)}
	}
	return remarks
}

// Files are all of them, hidden ones too, sorted by name.
func (s *Standing) Files() []File {
	defer use(s.handle(), "Standing.Files").Done()
	files := make([]File, C.mhp_standing_count_files(s.ptr()))
	for i := range files {
		var path, hiddenBy *C.char
		var masks C.bool
		C.mhp_standing_get_file(s.ptr(), C.size_t(i), &path, &masks, &hiddenBy)
		files[i] = File{C.GoString(path), bool(masks), C.GoString(hiddenBy)}
	}
	return files
}

// Rules are all of them, those with errors too, in the order in which they are asked.
func (s *Standing) Rules() []Rule {
	defer use(s.handle(), "Standing.Rules").Done()
	rules := make([]Rule, C.mhp_standing_count_rules(s.ptr()))
	for i := range rules {
		rules[i] = Rule{s.h, C.mhp_standing_get_rule(s.ptr(), C.size_t(i))}
	}
	return rules
}

// FindRule is the rule that decides about a region: the first one that matches, or, with
// MatchUnknown, of which it cannot be told. With MatchNo there is none. why tells which key
// decided.
func (s *Standing) FindRule(region mhp.Region) (match Match, rule Rule, why string) {
	const op = "Standing.FindRule"
	defer use(s.handle(), op).Done()
	snap, ptr := glue.Region(region)
	defer use(snap, op).Done()
	var text *C.char
	match = Match(C.mhp_standing_find_rule(s.ptr(), (*C.struct_mhp_snapshot)(snap.Pointer()),
		(*C.struct_mhp_region)(ptr), &rule.ptr, &text))
	if rule.ptr != nil {
		rule.h = s.h
	}
	return match, rule, taken(text)
}

// Name of the rule: its section's.
func (r Rule) Name() string {
	defer use(r.h, "Rule.Name").Done()
	return C.GoString(C.mhp_standing_rule_get_name(r.ptr))
}

// File that it stands in; it may hold any byte.
func (r Rule) File() string {
	defer use(r.h, "Rule.File").Done()
	return C.GoString(C.mhp_standing_rule_get_file(r.ptr))
}

// Line where it begins, from 1.
func (r Rule) Line() uint {
	defer use(r.h, "Rule.Line").Done()
	return uint(C.mhp_standing_rule_get_line(r.ptr))
}

// KeyLine is the line where a key of it stands; 0 if it does not have that.
func (r Rule) KeyLine(key string) uint {
	const op = "Rule.KeyLine"
	defer use(r.h, op).Done()
	text, err := forC(op, key)
	if err != nil {
		return 0
	}
	defer free(text)
	return uint(C.mhp_standing_rule_get_key_line(r.ptr, text))
}

// Wish is what it wants.
func (r Rule) Wish() Wish {
	defer use(r.h, "Rule.Wish").Done()
	return Wish(C.mhp_standing_rule_get_wish(r.ptr))
}

// OnlineType is how memory is to be onlined; an error unless it has WishType.
func (r Rule) OnlineType() (mhp.OnlineType, error) {
	var t C.enum_mhp_online_type
	err := with(r.h, "Rule.OnlineType", func() C.int {
		return C.mhp_standing_rule_get_online_type(r.ptr, &t)
	})
	return mhp.OnlineType(t), err
}

// Order: of the memory of two regions, that of the lower one is handled first.
func (r Rule) Order() uint {
	defer use(r.h, "Rule.Order").Done()
	return uint(C.mhp_standing_rule_get_order(r.ptr))
}

// MaxMovableRatio is how much of the machine may be in Movable, in percent of what is in kernel
// zones.
func (r Rule) MaxMovableRatio() (uint, error) {
	var percent C.uint
	err := with(r.h, "Rule.MaxMovableRatio", func() C.int {
		return C.mhp_standing_rule_get_max_movable_ratio(r.ptr, &percent)
	})
	return uint(percent), err
}

// Rules of the request that it comes to.
func (r Rule) Rules() mhp.Rules {
	defer use(r.h, "Rule.Rules").Done()
	return mhp.Rules(C.mhp_standing_rule_get_rules(r.ptr))
}

// CanPlug tells whether memory is plugged that is not System RAM yet.
func (r Rule) CanPlug() bool {
	defer use(r.h, "Rule.CanPlug").Done()
	return bool(C.mhp_standing_rule_can_plug(r.ptr))
}

// CanPlugPersistent tells whether persistent memory is, too, so that what is on it is lost.
func (r Rule) CanPlugPersistent() bool {
	defer use(r.h, "Rule.CanPlugPersistent").Done()
	return bool(C.mhp_standing_rule_can_plug_persistent(r.ptr))
}

// Text is the rule as it could stand in a file.
func (r Rule) Text() (string, error) {
	return copied(r.h, "Rule.Text", func(ret **C.char) C.int {
		return C.mhp_standing_rule_copy_text(r.ptr, ret)
	})
}

// Match tells whether it matches a region, and which key decided.
func (r Rule) Match(region mhp.Region) (Match, string) {
	const op = "Rule.Match"
	defer use(r.h, op).Done()
	snap, ptr := glue.Region(region)
	defer use(snap, op).Done()
	var text *C.char
	match := Match(C.mhp_standing_rule_match(r.ptr, (*C.struct_mhp_snapshot)(snap.Pointer()),
		(*C.struct_mhp_region)(ptr), &text))
	return match, taken(text)
}

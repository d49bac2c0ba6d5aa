// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

import (
	"sync"
	"unsafe"

	"libmhp.invalid/mhp/internal/handle"
)

// A Request is what is wanted: a target, a goal, and the rules. Of targets the one set last
// counts. Its methods return it, and the first error is kept for who makes a plan of it. It is not
// changed while a call is at work with it: that is ErrInUse.
//
//	request := mhp.NewRequest().SetRegion("dax0.0").SetGoal(mhp.GoalPlugged).
//		SetOnlineType(mhp.OnlineMovable).SetRules(mhp.RuleBorrow)
type Request struct {
	h   *handle.Handle
	mu  sync.Mutex // of err, and never held while a callback may be called
	err error
}

// NewRequest makes an empty request.
func NewRequest() *Request {
	var ptr *C.struct_mhp_request
	q := &Request{}
	if r := C.mhp_request_new(&ptr); r < 0 {
		q.err = fail("NewRequest", r)
		return q
	}
	q.h = handle.New(unsafe.Pointer(ptr), func(p unsafe.Pointer) {
		C.mhp_request_free((*C.struct_mhp_request)(p))
	})
	return q
}

// Close gives the request back now.
func (q *Request) Close() error {
	return closing(q.handle(), "Request.Close")
}

// Err is the first error of the calls that have filled the request.
func (q *Request) Err() error {
	if q == nil {
		return &Error{Op: "Request.Err", cause: ErrClosed}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}

func (q *Request) handle() *handle.Handle {
	if q == nil {
		return nil
	}
	return q.h
}

// set fills the request, unless an earlier call has failed. What is at work with it just now has it
// as it is: then the error is ErrInUse.
func (q *Request) set(op string, f func(p *C.struct_mhp_request) C.int) *Request {
	if q == nil {
		return &Request{err: &Error{Op: op, cause: ErrClosed}}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return q
	}
	if err := q.h.UseAlone(); err != nil {
		q.err = &Error{Op: op, cause: err}
		return q
	}
	defer q.h.DoneAlone()
	q.err = fail(op, f((*C.struct_mhp_request)(q.h.Pointer())))
	return q
}

// setText is set with a text.
func (q *Request) setText(op string, text *toC,
	f func(p *C.struct_mhp_request) C.int) *Request {
	defer text.free()
	if q == nil || text.err == nil {
		return q.set(op, f)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.err = text.err
	}
	return q
}

// using lends the request to who only reads it.
func (q *Request) using(op string, f func(p *C.struct_mhp_request) error) error {
	if q == nil {
		return &Error{Op: op, cause: ErrClosed}
	}
	if err := q.Err(); err != nil {
		return err
	}
	if err := q.h.Use(); err != nil {
		return &Error{Op: op, cause: err}
	}
	defer q.h.Done()
	return f((*C.struct_mhp_request)(q.h.Pointer()))
}

// SetRegion has one region be the target, by name or identity.
func (q *Request) SetRegion(name string) *Request {
	const op = "Request.SetRegion"
	in := &toC{}
	text := in.text(op, name)
	return q.setText(op, in, func(p *C.struct_mhp_request) C.int {
		return C.mhp_request_set_region(p, text)
	})
}

// SetRange has the whole blocks inside a physical range be the target.
func (q *Request) SetRange(start, sizeBytes uint64) *Request {
	return q.set("Request.SetRange", func(p *C.struct_mhp_request) C.int {
		return C.mhp_request_set_range(p, C.uint64_t(start), C.uint64_t(sizeBytes))
	})
}

// AddBlocks has blocks be the target, or, after another call of it, some more.
func (q *Request) AddBlocks(first, count uint64) *Request {
	return q.set("Request.AddBlocks", func(p *C.struct_mhp_request) C.int {
		return C.mhp_request_add_blocks(p, C.uint64_t(first), C.uint64_t(count))
	})
}

// SetNode has the blocks of a node be the target; to plug or unplug, the devices whose memory
// belongs to it then.
func (q *Request) SetNode(node int) *Request {
	return q.set("Request.SetNode", func(p *C.struct_mhp_request) C.int {
		return C.mhp_request_set_node(p, nodeID(node))
	})
}

// SetKind has all regions of a kind be the target.
func (q *Request) SetKind(kind RegionKind) *Request {
	return q.set("Request.SetKind", func(p *C.struct_mhp_request) C.int {
		return C.mhp_request_set_kind(p, C.enum_mhp_region_kind(kind))
	})
}

// SetSizeBytes takes only so much of the target; 0 for all of it.
func (q *Request) SetSizeBytes(bytes uint64) *Request {
	return q.set("Request.SetSizeBytes", func(p *C.struct_mhp_request) C.int {
		C.mhp_request_set_size_bytes(p, C.uint64_t(bytes))
		return 0
	})
}

// SetDriver names the driver that is to have the device once it is unplugged; "" for none.
func (q *Request) SetDriver(driver string) *Request {
	const op = "Request.SetDriver"
	in := &toC{}
	text := in.optional(op, driver)
	return q.setText(op, in, func(p *C.struct_mhp_request) C.int {
		return C.mhp_request_set_driver(p, text)
	})
}

// SetGoal says what is to become of the target.
func (q *Request) SetGoal(goal Goal) *Request {
	return q.set("Request.SetGoal", func(p *C.struct_mhp_request) C.int {
		return C.mhp_request_set_goal(p, C.enum_mhp_goal(goal))
	})
}

// SetOnlineType says how memory is to be onlined.
func (q *Request) SetOnlineType(t OnlineType) *Request {
	return q.set("Request.SetOnlineType", func(p *C.struct_mhp_request) C.int {
		return C.mhp_request_set_online_type(p, C.enum_mhp_online_type(t))
	})
}

// SetDefaultType has memory onlined as the system does by default at the time of the snapshot.
func (q *Request) SetDefaultType() *Request {
	return q.set("Request.SetDefaultType", func(p *C.struct_mhp_request) C.int {
		C.mhp_request_set_default_type(p)
		return 0
	})
}

// SetRules sets the rules.
func (q *Request) SetRules(rules Rules) *Request {
	return q.set("Request.SetRules", func(p *C.struct_mhp_request) C.int {
		return C.mhp_request_set_rules(p, C.uint64_t(rules))
	})
}

// String is the word for it.
func (g Goal) String() string {
	return C.GoString(C.mhp_goal_to_str(C.enum_mhp_goal(g)))
}

// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

import "time"

// An Event is a change of the machine, as a monitor tells of it: a value of its own.
type Event struct {
	// Kind is what happened.
	Kind EventKind
	// Seqnum is the kernel's number of the message that told it; 0 if it was found.
	Seqnum uint64
	// Found is true if it was found by comparing or looking, and not told by the kernel.
	Found bool
	// Time is when it was received, or found.
	Time time.Time
	// Block is the N of memoryN if HasBlock.
	Block uint64
	// HasBlock is true if it is about a block.
	HasBlock bool
	// Node is the M of nodeM if HasNode.
	Node int
	// HasNode is true if it is about a node, or the block's is known.
	HasNode bool
	// Name is what it is about, such as "memory36"; "" for EventLost and EventResynced.
	Name string
	// Region is the name of the region of the block or device; "" if it is not known.
	Region string
	// StateBefore is what the block was.
	StateBefore State
	// ZoneBefore is where it was online.
	ZoneBefore Zone
	// StateAfter is what the block is.
	StateAfter State
	// ZoneAfter is where it is online; it is looked for with MonitorZones.
	ZoneAfter Zone
	// WordBefore is a setting's before, or the driver of EventDeviceUnbound.
	WordBefore string
	// WordAfter is a setting's after, or the driver of EventDeviceBound.
	WordAfter string
	// Cause is who is likely to have done it, of a monitor with MonitorCauses.
	Cause CauseKind
	// CauseText is the same as a part of a sentence.
	CauseText string

	text string
}

// newEvent copies an event, which is good until the next call of C only.
func newEvent(ptr *C.struct_mhp_event) Event {
	var block C.uint64_t
	var node C.int
	var state [2]C.enum_mhp_state
	var zone [2]C.enum_mhp_zone
	var text *C.char
	C.mhp_event_get_before(ptr, &state[0], &zone[0])
	C.mhp_event_get_after(ptr, &state[1], &zone[1])
	C.mhp_event_copy_text(ptr, &text)
	e := Event{
		Kind:        EventKind(C.mhp_event_get_kind(ptr)),
		Seqnum:      uint64(C.mhp_event_get_seqnum(ptr)),
		Found:       bool(C.mhp_event_is_found(ptr)),
		Time:        time.Unix(0, int64(C.mhp_event_get_time_ns(ptr))),
		HasBlock:    C.mhp_event_get_block_id(ptr, &block) == 0,
		HasNode:     C.mhp_event_get_node_id(ptr, &node) == 0,
		Name:        C.GoString(C.mhp_event_get_name(ptr)),
		Region:      C.GoString(C.mhp_event_get_region_name(ptr)),
		StateBefore: State(state[0]), ZoneBefore: Zone(zone[0]),
		StateAfter: State(state[1]), ZoneAfter: Zone(zone[1]),
		WordBefore: C.GoString(C.mhp_event_get_word_before(ptr)),
		WordAfter:  C.GoString(C.mhp_event_get_word_after(ptr)),
		Cause:      CauseKind(C.mhp_event_get_cause(ptr)),
		CauseText:  C.GoString(C.mhp_event_get_cause_text(ptr)),
		text:       taken(text),
	}
	e.Block, e.Node = uint64(block), int(node)
	return e
}

// String is the event in words: "memory36 online in Movable (dax0.0)".
func (e Event) String() string {
	return e.text
}

// String is the word for it.
func (k EventKind) String() string {
	return C.GoString(C.mhp_event_kind_to_str(C.enum_mhp_event_kind(k)))
}

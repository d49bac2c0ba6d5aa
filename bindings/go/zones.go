// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

// ZoneBytes is what lies in a zone.
type ZoneBytes struct {
	// Present is memory.
	Present uint64
	// Managed is what the kernel hands out of it, which is less.
	Managed uint64
	// Free is what is free of that.
	Free uint64
}

func zoneBytes(present, managed, free C.uint64_t) ZoneBytes {
	return ZoneBytes{uint64(present), uint64(managed), uint64(free)}
}

// ZoneBytes is what lies in a zone of the node; all 0 if it has no such zone.
func (n Node) ZoneBytes(zone Zone) (ZoneBytes, error) {
	var present, managed, free C.uint64_t
	err := with(n.snap.handle(), "Node.ZoneBytes", func() C.int {
		return C.mhp_node_get_zone_bytes(n.ptr, C.enum_mhp_zone(zone), &present, &managed,
			&free)
	})
	return zoneBytes(present, managed, free), err
}

// KernelBytes is the node's memory in the zones that the kernel uses for itself.
func (n Node) KernelBytes() (uint64, error) {
	return number[uint64](n.snap.handle(), "Node.KernelBytes", func(ret *C.uint64_t) C.int {
		return C.mhp_node_get_kernel_bytes(n.ptr, ret)
	})
}

// MovableBytes is the node's memory in Movable.
func (n Node) MovableBytes() (uint64, error) {
	return number[uint64](n.snap.handle(), "Node.MovableBytes", func(ret *C.uint64_t) C.int {
		return C.mhp_node_get_movable_bytes(n.ptr, ret)
	})
}

// MovablePercent is the ratio MOVABLE:KERNEL of the node in percent, rounded up.
func (n Node) MovablePercent() (uint64, error) {
	return number[uint64](n.snap.handle(), "Node.MovablePercent", func(ret *C.uint64_t) C.int {
		return C.mhp_node_get_movable_percent(n.ptr, ret)
	})
}

// ZoneBytes is what lies in a zone, of all nodes together.
func (s *Snapshot) ZoneBytes(zone Zone) (ZoneBytes, error) {
	var present, managed, free C.uint64_t
	err := with(s.handle(), "Snapshot.ZoneBytes", func() C.int {
		return C.mhp_snapshot_get_zone_bytes(s.ptr(), C.enum_mhp_zone(zone), &present,
			&managed, &free)
	})
	return zoneBytes(present, managed, free), err
}

// KernelBytes is the memory in kernel zones, of all nodes together.
func (s *Snapshot) KernelBytes() (uint64, error) {
	return number[uint64](s.handle(), "Snapshot.KernelBytes", func(ret *C.uint64_t) C.int {
		return C.mhp_snapshot_get_kernel_bytes(s.ptr(), ret)
	})
}

// MovableBytes is the memory in Movable, of all nodes together.
func (s *Snapshot) MovableBytes() (uint64, error) {
	return number[uint64](s.handle(), "Snapshot.MovableBytes", func(ret *C.uint64_t) C.int {
		return C.mhp_snapshot_get_movable_bytes(s.ptr(), ret)
	})
}

// MovablePercent is the ratio MOVABLE:KERNEL in percent, of all nodes together.
func (s *Snapshot) MovablePercent() (uint64, error) {
	return number[uint64](s.handle(), "Snapshot.MovablePercent", func(ret *C.uint64_t) C.int {
		return C.mhp_snapshot_get_movable_percent(s.ptr(), ret)
	})
}

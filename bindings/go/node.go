// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

// A Node is a NUMA node. It keeps its snapshot.
type Node struct {
	snap *Snapshot
	ptr  *C.struct_mhp_node
}

// A Cache is one before a node's memory.
type Cache struct {
	// Level is 1 for the one next to the memory.
	Level uint
	// SizeBytes is its size; 0 if Err says why it is not known.
	SizeBytes uint64
	// Err tells why the size is not known; nil if it is.
	Err error
}

// Snapshot is the one that the node is of.
func (n Node) Snapshot() *Snapshot {
	return n.snap
}

// ID is its number, the M of nodeM.
func (n Node) ID() int {
	defer use(n.snap.handle(), "Node.ID").Done()
	return int(C.mhp_node_get_id(n.ptr))
}

// HasCPU tells whether it has processors.
func (n Node) HasCPU() (bool, error) {
	return truth(n.snap.handle(), "Node.HasCPU", func(ret *C.bool) C.int {
		return C.mhp_node_get_has_cpu(n.ptr, ret)
	})
}

// Kind is the same in a word.
func (n Node) Kind() NodeKind {
	defer use(n.snap.handle(), "Node.Kind").Done()
	return NodeKind(C.mhp_node_get_kind(n.ptr))
}

// HasGenericInitiator tells whether something beside processors uses memory by itself there.
func (n Node) HasGenericInitiator() (bool, error) {
	return truth(n.snap.handle(), "Node.HasGenericInitiator", func(ret *C.bool) C.int {
		return C.mhp_node_get_has_generic_initiator(n.ptr, ret)
	})
}

// HasMemory tells whether it has online memory.
func (n Node) HasMemory() (bool, error) {
	return truth(n.snap.handle(), "Node.HasMemory", func(ret *C.bool) C.int {
		return C.mhp_node_get_has_memory(n.ptr, ret)
	})
}

// HasNormalMemory tells whether it has online memory in a kernel zone.
func (n Node) HasNormalMemory() (bool, error) {
	return truth(n.snap.handle(), "Node.HasNormalMemory", func(ret *C.bool) C.int {
		return C.mhp_node_get_has_normal_memory(n.ptr, ret)
	})
}

// BlocksErr tells why its blocks could not be listed.
func (n Node) BlocksErr() error {
	return with(n.snap.handle(), "Node.BlocksErr", func() C.int {
		return C.mhp_node_get_blocks_code(n.ptr)
	})
}

// CountBlocks is how many blocks it has. One that spans nodes counts on each of them.
func (n Node) CountBlocks() int {
	defer use(n.snap.handle(), "Node.CountBlocks").Done()
	return int(C.mhp_node_count_blocks(n.ptr))
}

// Tier is its memory tier, the T of memory_tierT.
func (n Node) Tier() (int, error) {
	return number[int](n.snap.handle(), "Node.Tier", func(ret *C.int) C.int {
		return C.mhp_node_get_tier(n.ptr, ret)
	})
}

// Distance to another node, as the firmware tells: 10 to itself, more to others.
func (n Node) Distance(to int) (uint, error) {
	return number[uint](n.snap.handle(), "Node.Distance", func(ret *C.uint) C.int {
		return C.mhp_node_get_distance(n.ptr, nodeID(to), ret)
	})
}

// ReadBandwidthMBPerS is what reading its memory is rated at, in MB/s.
func (n Node) ReadBandwidthMBPerS(access Access) (uint64, error) {
	return number[uint64](n.snap.handle(), "Node.ReadBandwidthMBPerS",
		func(ret *C.uint64_t) C.int {
			return C.mhp_node_get_read_bandwidth_mb_per_s(n.ptr,
				C.enum_mhp_access(access), ret)
		})
}

// WriteBandwidthMBPerS is what writing its memory is rated at, in MB/s.
func (n Node) WriteBandwidthMBPerS(access Access) (uint64, error) {
	return number[uint64](n.snap.handle(), "Node.WriteBandwidthMBPerS",
		func(ret *C.uint64_t) C.int {
			return C.mhp_node_get_write_bandwidth_mb_per_s(n.ptr,
				C.enum_mhp_access(access), ret)
		})
}

// ReadLatencyNs is how long reading its memory is rated to take, in nanoseconds.
func (n Node) ReadLatencyNs(access Access) (uint64, error) {
	return number[uint64](n.snap.handle(), "Node.ReadLatencyNs", func(ret *C.uint64_t) C.int {
		return C.mhp_node_get_read_latency_ns(n.ptr, C.enum_mhp_access(access), ret)
	})
}

// WriteLatencyNs is how long writing its memory is rated to take, in nanoseconds.
func (n Node) WriteLatencyNs(access Access) (uint64, error) {
	return number[uint64](n.snap.handle(), "Node.WriteLatencyNs", func(ret *C.uint64_t) C.int {
		return C.mhp_node_get_write_latency_ns(n.ptr, C.enum_mhp_access(access), ret)
	})
}

// Initiators are the numbers of the nodes that these ratings are about.
func (n Node) Initiators(access Access) ([]int, error) {
	var ids []int
	err := with(n.snap.handle(), "Node.Initiators", func() C.int {
		a := C.enum_mhp_access(access)
		ids = make([]int, C.mhp_node_count_initiators(n.ptr, a))
		for i := range ids {
			var id C.int
			C.mhp_node_get_initiator_id(n.ptr, a, C.size_t(i), &id)
			ids[i] = int(id)
		}
		return C.mhp_node_get_initiators_code(n.ptr, a)
	})
	return ids, err
}

// Caches are those before its memory, sorted by level.
func (n Node) Caches() ([]Cache, error) {
	const op = "Node.Caches"
	var caches []Cache
	err := with(n.snap.handle(), op, func() C.int {
		caches = make([]Cache, C.mhp_node_count_caches(n.ptr))
		for i := range caches {
			var level C.uint
			var size C.uint64_t
			r := C.mhp_node_get_cache(n.ptr, C.size_t(i), &level, &size)
			caches[i] = Cache{uint(level), uint64(size), fail(op, r)}
		}
		return C.mhp_node_get_caches_code(n.ptr)
	})
	return caches, err
}

// Regions are those that have memory on the node.
func (n Node) Regions() []Region {
	defer use(n.snap.handle(), "Node.Regions").Done()
	regions := make([]Region, C.mhp_node_count_regions(n.ptr))
	for i := range regions {
		regions[i] = Region{n.snap, C.mhp_node_get_region(n.ptr, C.size_t(i))}
	}
	return regions
}

// IsFromRegions tells whether the node is there because of regions only.
func (n Node) IsFromRegions() (bool, error) {
	return truth(n.snap.handle(), "Node.IsFromRegions", func(ret *C.bool) C.int {
		return C.mhp_node_get_is_from_regions(n.ptr, ret)
	})
}

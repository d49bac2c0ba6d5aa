// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

// A Block is a memory block: the unit that the kernel onlines and offlines. It keeps its snapshot.
type Block struct {
	snap *Snapshot
	ptr  *C.struct_mhp_block
}

// Snapshot is the one that the block is of.
func (b Block) Snapshot() *Snapshot {
	return b.snap
}

// ID is its number, the N of memoryN. Its first byte is at N times the block size.
func (b Block) ID() uint64 {
	defer use(b.snap.handle(), "Block.ID").Done()
	return uint64(C.mhp_block_get_id(b.ptr))
}

// State is whether it is in use.
func (b Block) State() State {
	defer use(b.snap.handle(), "Block.State").Done()
	return State(C.mhp_block_get_state(b.ptr))
}

// IsInferred tells whether the state was not read, but follows from /proc/zoneinfo.
func (b Block) IsInferred() bool {
	defer use(b.snap.handle(), "Block.IsInferred").Done()
	return bool(C.mhp_block_is_inferred(b.ptr))
}

// NodeID is its NUMA node, the lowest one if it spans several.
func (b Block) NodeID() (int, error) {
	return number[int](b.snap.handle(), "Block.NodeID", func(ret *C.int) C.int {
		return C.mhp_block_get_node_id(b.ptr, ret)
	})
}

// Zone is where an online block is.
func (b Block) Zone() Zone {
	defer use(b.snap.handle(), "Block.Zone").Done()
	return Zone(C.mhp_block_get_zone(b.ptr))
}

// Zones are the words of valid_zones: of an online block the one zone that it is in, of another
// the zones that it may go to, and first where a plain "online" would go now.
func (b Block) Zones() []Zone {
	defer use(b.snap.handle(), "Block.Zones").Done()
	zones := make([]Zone, C.mhp_block_count_zones(b.ptr))
	for i := range zones {
		zones[i] = Zone(C.mhp_block_get_zone_at(b.ptr, C.size_t(i)))
	}
	return zones
}

// ZonesText is the text of valid_zones where it has a word that libmhp does not know, else "".
func (b Block) ZonesText() string {
	defer use(b.snap.handle(), "Block.ZonesText").Done()
	return C.GoString(C.mhp_snapshot_get_block_zones_text(b.snap.ptr(), b.ptr))
}

// Region is the one that the block belongs to; false if that is not known.
func (b Block) Region() (Region, bool) {
	defer use(b.snap.handle(), "Block.Region").Done()
	ptr := C.mhp_snapshot_get_block_region(b.snap.ptr(), b.ptr)
	return Region{b.snap, ptr}, ptr != nil
}

// PluggedBytes is how much of the block is there, of a snapshot with SnapshotPlugged.
func (b Block) PluggedBytes() (uint64, error) {
	return number[uint64](b.snap.handle(), "Block.PluggedBytes", func(ret *C.uint64_t) C.int {
		return C.mhp_snapshot_get_block_plugged_bytes(b.snap.ptr(), b.ptr, ret)
	})
}

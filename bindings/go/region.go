// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

import "syscall"

// A Region is memory of one origin, such as a DAX device or a DIMM. It keeps its snapshot.
type Region struct {
	snap *Snapshot
	ptr  *C.struct_mhp_region
}

// A Range is a physical one.
type Range struct {
	// Start is the first byte's address.
	Start uint64
	// SizeBytes is the length.
	SizeBytes uint64
}

// A BlockRun is a run of block numbers.
type BlockRun struct {
	// First is the first block's number.
	First uint64
	// Count is the number of blocks.
	Count uint64
}

// A Fact is what a region's origin tells of it.
type Fact struct {
	// Name is what it is; libmhp(7) lists them with their units.
	Name string
	// Text is its value; it may hold any byte.
	Text string
	// Errno tells why it could not be read; 0 if it was.
	Errno syscall.Errno
}

// A Device is one behind a region.
type Device struct {
	// Name is such as "mem0" or "0000:00:04.0".
	Name string
	// Path is its directory in sysfs, below the root.
	Path string
}

// Snapshot is the one that the region is of.
func (r Region) Snapshot() *Snapshot {
	return r.snap
}

// Name is the region's, such as "dax0.0".
func (r Region) Name() string {
	defer use(r.snap.handle(), "Region.Name").Done()
	return C.GoString(C.mhp_region_get_name(r.ptr))
}

// Kind is the origin of its memory.
func (r Region) Kind() RegionKind {
	defer use(r.snap.handle(), "Region.Kind").Done()
	return RegionKind(C.mhp_region_get_kind(r.ptr))
}

// Path is its directory in sysfs, below the root; it may hold any byte.
func (r Region) Path() string {
	defer use(r.snap.handle(), "Region.Path").Done()
	return C.GoString(C.mhp_region_get_path(r.ptr))
}

// NodeID is the node that its memory belongs to when it is System RAM.
func (r Region) NodeID() (int, error) {
	return number[int](r.snap.handle(), "Region.NodeID", func(ret *C.int) C.int {
		return C.mhp_region_get_node_id(r.ptr, ret)
	})
}

// Driver is the one that is bound to the device; "" if none is.
func (r Region) Driver() (string, error) {
	return text(r.snap.handle(), "Region.Driver", func(ret **C.char) C.int {
		return C.mhp_region_get_driver(r.ptr, ret)
	})
}

// DeviceState is the driver's own word for the whole device, which is no measurement, as a value
// and as text.
func (r Region) DeviceState() (DeviceState, string, error) {
	var state C.enum_mhp_device_state
	word, err := text(r.snap.handle(), "Region.DeviceState", func(ret **C.char) C.int {
		return C.mhp_region_get_device_state(r.ptr, &state, ret)
	})
	return DeviceState(state), word, err
}

// RAMDriver is the one that /proc/iomem names for the region's System RAM; "" for none.
func (r Region) RAMDriver() (string, error) {
	return text(r.snap.handle(), "Region.RAMDriver", func(ret **C.char) C.int {
		return C.mhp_region_get_ram_driver(r.ptr, ret)
	})
}

// Ranges are its physical ranges, untrimmed, in the kernel's order.
func (r Region) Ranges() ([]Range, error) {
	var ranges []Range
	err := with(r.snap.handle(), "Region.Ranges", func() C.int {
		var count C.size_t
		code := C.mhp_region_get_range_count(r.ptr, &count)
		for i := C.size_t(0); i < count; i++ {
			var start, size C.uint64_t
			C.mhp_region_get_range(r.ptr, i, &start, &size)
			ranges = append(ranges, Range{uint64(start), uint64(size)})
		}
		return code
	})
	return ranges, err
}

// BlockRuns are the runs of whole blocks inside the ranges, whether the blocks exist or not.
func (r Region) BlockRuns() []BlockRun {
	defer use(r.snap.handle(), "Region.BlockRuns").Done()
	runs := make([]BlockRun, C.mhp_region_count_block_runs(r.ptr))
	for i := range runs {
		var first, count C.uint64_t
		C.mhp_region_get_block_run(r.ptr, C.size_t(i), &first, &count)
		runs[i] = BlockRun{uint64(first), uint64(count)}
	}
	return runs
}

// Blocks are those that exist and that the region owns, sorted by address.
func (r Region) Blocks() []Block {
	defer use(r.snap.handle(), "Region.Blocks").Done()
	blocks := make([]Block, C.mhp_region_count_blocks(r.ptr))
	for i := range blocks {
		blocks[i] = Block{r.snap, C.mhp_region_get_block(r.ptr, C.size_t(i))}
	}
	return blocks
}

// State is computed from its blocks.
func (r Region) State() State {
	defer use(r.snap.handle(), "Region.State").Done()
	return State(C.mhp_region_get_state(r.ptr))
}

// Zone is that of its online blocks.
func (r Region) Zone() Zone {
	defer use(r.snap.handle(), "Region.Zone").Done()
	return Zone(C.mhp_region_get_zone(r.ptr))
}

// SizeBytes is the size of all ranges.
func (r Region) SizeBytes() (uint64, error) {
	return number[uint64](r.snap.handle(), "Region.SizeBytes", func(ret *C.uint64_t) C.int {
		return C.mhp_region_get_size_bytes(r.ptr, ret)
	})
}

// OnlineBytes is its memory in use.
func (r Region) OnlineBytes() (uint64, error) {
	return number[uint64](r.snap.handle(), "Region.OnlineBytes", func(ret *C.uint64_t) C.int {
		return C.mhp_region_get_online_bytes(r.ptr, ret)
	})
}

// LostBytes is its memory that can never be used, because it does not fill a whole block.
func (r Region) LostBytes() (uint64, error) {
	return number[uint64](r.snap.handle(), "Region.LostBytes", func(ret *C.uint64_t) C.int {
		return C.mhp_region_get_lost_bytes(r.ptr, ret)
	})
}

// PluggedBytes is how much of its online blocks is there.
func (r Region) PluggedBytes() (uint64, error) {
	return number[uint64](r.snap.handle(), "Region.PluggedBytes", func(ret *C.uint64_t) C.int {
		return C.mhp_region_get_plugged_bytes(r.ptr, ret)
	})
}

// Identity is a name that stays the same over reboots, of a snapshot with SnapshotIdentity.
func (r Region) Identity() (string, error) {
	return text(r.snap.handle(), "Region.Identity", func(ret **C.char) C.int {
		return C.mhp_region_get_identity(r.ptr, ret)
	})
}

// Parent is the region that this one is made from; false if it is made from no other.
func (r Region) Parent() (Region, bool) {
	defer use(r.snap.handle(), "Region.Parent").Done()
	ptr := C.mhp_region_get_parent(r.ptr)
	return Region{r.snap, ptr}, ptr != nil
}

// HasChildren tells whether another region is made from this one.
func (r Region) HasChildren() bool {
	defer use(r.snap.handle(), "Region.HasChildren").Done()
	return bool(C.mhp_region_has_children(r.ptr))
}

// CountTotalBlocks is the number of blocks inside its ranges, whoever owns them.
func (r Region) CountTotalBlocks() int {
	defer use(r.snap.handle(), "Region.CountTotalBlocks").Done()
	return int(C.mhp_region_count_total_blocks(r.ptr))
}

// Can tells whether something can be done to the region, and if not why, as a part of a sentence.
func (r Region) Can(what Capability) (can bool, why string) {
	defer use(r.snap.handle(), "Region.Can").Done()
	var ptr *C.char
	can = bool(C.mhp_region_can(r.ptr, C.enum_mhp_capability(what), &ptr))
	return can, C.GoString(ptr)
}

// Facts are what its origin tells of it beside all this, of a snapshot with SnapshotIdentity.
func (r Region) Facts() []Fact {
	defer use(r.snap.handle(), "Region.Facts").Done()
	facts := make([]Fact, C.mhp_region_count_facts(r.ptr))
	for i := range facts {
		var name, value *C.char
		var code C.int
		C.mhp_region_get_fact(r.ptr, C.size_t(i), &name, &value, &code)
		facts[i] = Fact{C.GoString(name), C.GoString(value), errnoOf(code)}
	}
	return facts
}

// Fact is the value of one of them.
func (r Region) Fact(name string) (string, error) {
	const op = "Region.Fact"
	var in toC
	defer in.free()
	wanted := in.text(op, name)
	if in.err != nil {
		return "", in.err
	}
	return text(r.snap.handle(), op, func(ret **C.char) C.int {
		return C.mhp_region_find_fact(r.ptr, wanted, ret)
	})
}

// Devices are those behind the region; for interleaved memory in that order.
func (r Region) Devices() []Device {
	defer use(r.snap.handle(), "Region.Devices").Done()
	devices := make([]Device, C.mhp_region_count_devices(r.ptr))
	for i := range devices {
		var name, path *C.char
		C.mhp_region_get_device(r.ptr, C.size_t(i), &name, &path)
		devices[i] = Device{C.GoString(name), C.GoString(path)}
	}
	return devices
}

// DeviceSerial is the serial number of a device, by its position in Devices.
func (r Region) DeviceSerial(index int) (uint64, error) {
	return number[uint64](r.snap.handle(), "Region.DeviceSerial", func(ret *C.uint64_t) C.int {
		return C.mhp_region_get_device_serial(r.ptr, C.size_t(index), ret)
	})
}

// DeviceNodeID is the node that a device is next to, by its position in Devices.
func (r Region) DeviceNodeID(index int) (int, error) {
	return number[int](r.snap.handle(), "Region.DeviceNodeID", func(ret *C.int) C.int {
		return C.mhp_region_get_device_node_id(r.ptr, C.size_t(index), ret)
	})
}

// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

import (
	"syscall"
	"unsafe"

	"libmhp.invalid/mhp/internal/handle"
)

// A Snapshot is the machine's memory at one moment. It never changes. What could not be read is
// in it as such: see Problems.
type Snapshot struct {
	h *handle.Handle
}

// SnapshotOptions say what a snapshot is to hold; nil stands for the defaults.
type SnapshotOptions struct {
	// Flags say what is read beside the usual.
	Flags SnapshotFlags
	// Region has blocks of no other one read; "" for all.
	Region string
	// Base is an earlier one: what it has is not read again; nil for none.
	Base *Snapshot
}

// A Problem is a file that could not be read or understood.
type Problem struct {
	// Path is the file, below the root; it may hold any byte.
	Path string
	// Errno is why.
	Errno syscall.Errno
	// Text is what stood in the file if it was read but makes no sense.
	Text string
}

// Snapshot takes a snapshot of blocks, nodes, regions and the system's policy.
func (c *Context) Snapshot(opts *SnapshotOptions) (*Snapshot, error) {
	const op = "Context.Snapshot"
	var in toC
	var snap *Snapshot
	defer in.free()
	raw := C.struct_mhp_snapshot_opts{size: C.sizeof_struct_mhp_snapshot_opts}
	if opts != nil {
		raw.flags = C.uint64_t(opts.Flags)
		raw.region = in.optional(op, opts.Region)
		if in.err != nil {
			return nil, in.err
		}
		if base := opts.Base; base != nil {
			if err := base.h.Use(); err != nil {
				return nil, &Error{Op: op, cause: err}
			}
			defer base.h.Done()
			raw.base = base.ptr()
		}
	}
	err := c.call(op, func(p *C.struct_mhp_ctx) C.int {
		var ret *C.struct_mhp_snapshot
		r := C.mhp_snapshot_new(p, &raw, &ret)
		snap = newSnapshot(ret)
		return r
	})
	if opts != nil {
		err = about(err, opts.Region)
	}
	return snap, err
}

func newSnapshot(ptr *C.struct_mhp_snapshot) *Snapshot {
	if ptr == nil {
		return nil
	}
	return &Snapshot{handle.New(unsafe.Pointer(ptr), func(p unsafe.Pointer) {
		C.mhp_snapshot_unref((*C.struct_mhp_snapshot)(p))
	})}
}

// Close gives the snapshot back now. Blocks, nodes and regions of it cannot be used any more.
func (s *Snapshot) Close() error {
	return closing(s.handle(), "Snapshot.Close")
}

func (s *Snapshot) handle() *handle.Handle {
	if s == nil {
		return nil
	}
	return s.h
}

func (s *Snapshot) ptr() *C.struct_mhp_snapshot {
	return (*C.struct_mhp_snapshot)(s.h.Pointer())
}

// Flags are what the snapshot was taken with, and what that implies.
func (s *Snapshot) Flags() SnapshotFlags {
	defer use(s.handle(), "Snapshot.Flags").Done()
	return SnapshotFlags(C.mhp_snapshot_get_flags(s.ptr()))
}

// BlockSizeBytes is the size of every memory block.
func (s *Snapshot) BlockSizeBytes() uint64 {
	defer use(s.handle(), "Snapshot.BlockSizeBytes").Done()
	return uint64(C.mhp_snapshot_get_block_size_bytes(s.ptr()))
}

// Blocks are all memory blocks, sorted by address.
func (s *Snapshot) Blocks() []Block {
	defer use(s.handle(), "Snapshot.Blocks").Done()
	blocks := make([]Block, C.mhp_snapshot_count_blocks(s.ptr()))
	for i := range blocks {
		blocks[i] = Block{s, C.mhp_snapshot_get_block(s.ptr(), C.size_t(i))}
	}
	return blocks
}

// FindBlock is the block of a number, the N of memoryN.
func (s *Snapshot) FindBlock(id uint64) (Block, bool) {
	defer use(s.handle(), "Snapshot.FindBlock").Done()
	ptr := C.mhp_snapshot_find_block(s.ptr(), C.uint64_t(id))
	return Block{s, ptr}, ptr != nil
}

// Nodes are the NUMA nodes that have a directory, sorted by number.
func (s *Snapshot) Nodes() []Node {
	defer use(s.handle(), "Snapshot.Nodes").Done()
	nodes := make([]Node, C.mhp_snapshot_count_nodes(s.ptr()))
	for i := range nodes {
		nodes[i] = Node{s, C.mhp_snapshot_get_node(s.ptr(), C.size_t(i))}
	}
	return nodes
}

// FindNode is the node of a number, the M of nodeM.
func (s *Snapshot) FindNode(id int) (Node, bool) {
	defer use(s.handle(), "Snapshot.FindNode").Done()
	ptr := C.mhp_snapshot_find_node(s.ptr(), nodeID(id))
	return Node{s, ptr}, ptr != nil
}

// NodesErr tells why nodes, or some of them, could not be listed. Without NUMA there are none,
// and that is no error.
func (s *Snapshot) NodesErr() error {
	return with(s.handle(), "Snapshot.NodesErr", func() C.int {
		return C.mhp_snapshot_get_nodes_code(s.ptr())
	})
}

// Regions are all regions, sorted by kind, then by name.
func (s *Snapshot) Regions() []Region {
	defer use(s.handle(), "Snapshot.Regions").Done()
	regions := make([]Region, C.mhp_snapshot_count_regions(s.ptr()))
	for i := range regions {
		regions[i] = Region{s, C.mhp_snapshot_get_region(s.ptr(), C.size_t(i))}
	}
	return regions
}

// FindRegion is the region of a name, or of an identity, which only a snapshot with
// SnapshotIdentity knows.
func (s *Snapshot) FindRegion(name string) (Region, bool) {
	const op = "Snapshot.FindRegion"
	var in toC
	defer in.free()
	defer use(s.handle(), op).Done()
	text := in.text(op, name)
	if in.err != nil {
		return Region{}, false
	}
	ptr := C.mhp_snapshot_find_region(s.ptr(), text)
	return Region{s, ptr}, ptr != nil
}

// RegionsErr tells why regions, or some of them, could not be listed.
func (s *Snapshot) RegionsErr() error {
	return with(s.handle(), "Snapshot.RegionsErr", func() C.int {
		return C.mhp_snapshot_get_regions_code(s.ptr())
	})
}

// Problems are the files that could not be read or understood.
func (s *Snapshot) Problems() []Problem {
	defer use(s.handle(), "Snapshot.Problems").Done()
	problems := make([]Problem, C.mhp_snapshot_count_problems(s.ptr()))
	for i := range problems {
		var path, text *C.char
		var code C.int
		C.mhp_snapshot_get_problem(s.ptr(), C.size_t(i), &path, &code, &text)
		problems[i] = Problem{C.GoString(path), errnoOf(code), C.GoString(text)}
	}
	return problems
}

// Pending tells what a user of libmhp has begun and did not end, "" if there is nothing, and
// whether he is still at work.
func (s *Snapshot) Pending() (what string, running bool, err error) {
	err = with(s.handle(), "Snapshot.Pending", func() C.int {
		var ptr *C.char
		var at C.bool
		r := C.mhp_snapshot_get_pending(s.ptr(), &ptr, &at)
		what, running = C.GoString(ptr), bool(at)
		return r
	})
	return what, running, err
}

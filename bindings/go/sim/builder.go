// SPDX-License-Identifier: LGPL-2.1-or-later

package sim

/*
#include <stdlib.h>
#include <mhp/sim-builder.h>
*/
import "C"

import (
	"sync"
	"syscall"
	"unsafe"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/internal/callback"
	"libmhp.invalid/mhp/internal/glue"
	"libmhp.invalid/mhp/internal/handle"
)

// A Builder takes what a machine is to have. Its methods return it, and the first error is kept
// for Build:
//
//	machine, err := sim.NewBuilder(sim.Kernel7_3).AddNode(0, 2).AddMemory(0, 0, 1<<30).
//		AddNode(1, 0).AddDAX("dax0.0", 1, 4<<30, 1<<30).Build(0)
type Builder struct {
	h   *handle.Handle
	log *logger
	mu  sync.Mutex
	err error
}

// NewBuilder makes a builder: no nodes, no memory, blocks of 128 MiB.
func NewBuilder(kernel Kernel) *Builder {
	var ptr *C.struct_mhp_sim_builder
	b := &Builder{}
	if r := C.mhp_sim_builder_new(C.enum_mhp_sim_kernel(kernel), &ptr); r < 0 {
		b.err = &mhp.Error{Op: "sim.NewBuilder", Errno: syscall.Errno(-r)}
		return b
	}
	log := newLogger()
	b.log = log
	b.h = handle.New(unsafe.Pointer(ptr), func(p unsafe.Pointer) {
		C.mhp_sim_builder_free((*C.struct_mhp_sim_builder)(p))
		log.ref.Free()
	})
	C.mhp_sim_builder_set_log_fn(ptr, C.mhp_log_fn(callback.LogFn), log.ref.Data())
	return b
}

// Close gives the builder back now. Machines that it made stay.
func (b *Builder) Close() error {
	if b == nil {
		return closing(nil, "Builder.Close")
	}
	return closing(b.h, "Builder.Close")
}

// Build makes a machine; or tells the first error of the calls that have filled the builder.
func (b *Builder) Build(flags Flags) (*Machine, error) {
	const op = "Builder.Build"
	if b == nil {
		return nil, glue.NewError(op, mhp.ErrClosed)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return nil, b.err
	}
	if err := b.h.Use(); err != nil {
		return nil, glue.NewError(op, err)
	}
	defer b.h.Done()
	b.log.last = mhp.LogMessage{}
	m, err := making(op, flags, func(o *C.struct_mhp_sim_opts, ret **C.struct_mhp_sim) C.int {
		p := (*C.struct_mhp_sim_builder)(b.h.Pointer())
		return C.mhp_sim_new_from_builder(p, o, ret)
	})
	if e, ok := err.(*mhp.Error); ok && e.Msg == "" {
		e.Msg = b.log.last.Text
	}
	return m, err
}

// do fills the builder, unless an earlier call has failed.
func (b *Builder) do(op string, in *toC, f func(p *C.struct_mhp_sim_builder) C.int) *Builder {
	defer in.free()
	if b == nil {
		return &Builder{err: glue.NewError(op, mhp.ErrClosed)}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = in.err
	}
	if b.err != nil {
		return b
	}
	if err := b.h.Use(); err != nil {
		b.err = glue.NewError(op, err)
		return b
	}
	defer b.h.Done()
	b.log.last = mhp.LogMessage{}
	b.err = b.log.fail(op, f((*C.struct_mhp_sim_builder)(b.h.Pointer())))
	return b
}

// SetBlockSizeBytes says how large memory blocks are.
func (b *Builder) SetBlockSizeBytes(bytes uint64) *Builder {
	return b.do("Builder.SetBlockSizeBytes", &toC{}, func(p *C.struct_mhp_sim_builder) C.int {
		return C.mhp_sim_builder_set_block_size_bytes(p, C.uint64_t(bytes))
	})
}

// AddNode adds a node with so many CPUs.
func (b *Builder) AddNode(id int, cpus uint) *Builder {
	return b.do("Builder.AddNode", &toC{}, func(p *C.struct_mhp_sim_builder) C.int {
		return C.mhp_sim_builder_add_node(p, C.int(id), C.uint(cpus))
	})
}

// SetDistance says how far a node is from another one, one way.
func (b *Builder) SetDistance(from, to int, distance uint) *Builder {
	return b.do("Builder.SetDistance", &toC{}, func(p *C.struct_mhp_sim_builder) C.int {
		return C.mhp_sim_builder_set_distance(p, C.int(from), C.int(to), C.uint(distance))
	})
}

// AddMemory adds boot memory.
func (b *Builder) AddMemory(node int, start, sizeBytes uint64) *Builder {
	return b.do("Builder.AddMemory", &toC{}, func(p *C.struct_mhp_sim_builder) C.int {
		return C.mhp_sim_builder_add_memory(p, C.int(node), C.uint64_t(start),
			C.uint64_t(sizeBytes))
	})
}

// AddDAX adds a dax device, or one more range to it.
func (b *Builder) AddDAX(name string, node int, start, sizeBytes uint64) *Builder {
	const op = "Builder.AddDAX"
	in := &toC{}
	text := in.text(op, name)
	return b.do(op, in, func(p *C.struct_mhp_sim_builder) C.int {
		return C.mhp_sim_builder_add_dax(p, text, C.int(node), C.uint64_t(start),
			C.uint64_t(sizeBytes))
	})
}

// AddVirtioMem adds a virtio-mem device, of whose memory the host has given nothing yet.
func (b *Builder) AddVirtioMem(device string, node int, start, sizeBytes,
	blockSizeBytes uint64) *Builder {
	const op = "Builder.AddVirtioMem"
	in := &toC{}
	text := in.text(op, device)
	return b.do(op, in, func(p *C.struct_mhp_sim_builder) C.int {
		return C.mhp_sim_builder_add_virtio_mem(p, text, C.int(node), C.uint64_t(start),
			C.uint64_t(sizeBytes), C.uint64_t(blockSizeBytes))
	})
}

// AddCXLMemdev adds a CXL memory device.
func (b *Builder) AddCXLMemdev(device string, node int, sizeBytes, serial uint64) *Builder {
	const op = "Builder.AddCXLMemdev"
	in := &toC{}
	text := in.text(op, device)
	return b.do(op, in, func(p *C.struct_mhp_sim_builder) C.int {
		return C.mhp_sim_builder_add_cxl_memdev(p, text, C.int(node), C.uint64_t(sizeBytes),
			C.uint64_t(serial))
	})
}

// AddCXLWindow adds a window: the addresses that CXL memory can have.
func (b *Builder) AddCXLWindow(node int, start, sizeBytes uint64) *Builder {
	return b.do("Builder.AddCXLWindow", &toC{}, func(p *C.struct_mhp_sim_builder) C.int {
		return C.mhp_sim_builder_add_cxl_window(p, C.int(node), C.uint64_t(start),
			C.uint64_t(sizeBytes))
	})
}

// AddCXLRegion adds a region of CXL memory, with equal shares of its devices.
func (b *Builder) AddCXLRegion(region string, start, sizeBytes uint64, devices []string,
	flags CXLFlags) *Builder {
	const op = "Builder.AddCXLRegion"
	in := &toC{}
	name := in.text(op, region)
	// C gets an array of pointers, which must not be in memory of Go's
	size := C.size_t(len(devices)+1) * C.size_t(unsafe.Sizeof(name))
	array := (**C.char)(C.malloc(size))
	defer C.free(unsafe.Pointer(array))
	for i, names := 0, unsafe.Slice(array, len(devices)); i < len(devices); i++ {
		names[i] = in.text(op, devices[i])
	}
	return b.do(op, in, func(p *C.struct_mhp_sim_builder) C.int {
		return C.mhp_sim_builder_add_cxl_region(p, name, C.uint64_t(start),
			C.uint64_t(sizeBytes), array, C.size_t(len(devices)), C.uint64_t(flags))
	})
}

// Set says what a file holds at boot: by its path, or one of the words that
// mhp_sim_builder_set(3) lists.
func (b *Builder) Set(what, word string) *Builder {
	const op = "Builder.Set"
	in := &toC{}
	name, text := in.text(op, what), in.text(op, word)
	return b.do(op, in, func(p *C.struct_mhp_sim_builder) C.int {
		return C.mhp_sim_builder_set(p, name, text)
	})
}

// Load has a module be loaded at boot.
func (b *Builder) Load(module string) *Builder {
	const op = "Builder.Load"
	in := &toC{}
	text := in.text(op, module)
	return b.do(op, in, func(p *C.struct_mhp_sim_builder) C.int {
		return C.mhp_sim_builder_load(p, text)
	})
}

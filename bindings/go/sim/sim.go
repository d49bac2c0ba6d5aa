// SPDX-License-Identifier: LGPL-2.1-or-later

// Package sim is libmhp-sim for Go: a simulated machine, to test programs that use package mhp
// without root and without special hardware. It is made from a capture, or by calls of a
// [Builder]. Link it to tests, not to an agent: it goes with libmhp of the same release only.
//
// Several goroutines may use one machine at once. Lifetimes and errors are as in package mhp.
package sim

/*
#cgo pkg-config: libmhp-sim
#include <stdlib.h>
#include <mhp/mhp.h>
#include <mhp/sim.h>
*/
import "C"

import (
	"fmt"
	"syscall"
	"unsafe"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/internal/callback"
	"libmhp.invalid/mhp/internal/glue"
	"libmhp.invalid/mhp/internal/handle"
)

// AnyBlock is any block, for Machine.FailBlock.
const AnyBlock uint64 = C.MHP_SIM_ANY_BLOCK

// A Machine is a simulated one. It acts as the kernel does, and misbehaves upon request.
type Machine struct {
	h *handle.Handle
}

// FromCapture makes a machine from a capture file.
func FromCapture(path string, flags Flags) (*Machine, error) {
	const op = "sim.FromCapture"
	var in toC
	defer in.free()
	name := in.text(op, path)
	if in.err != nil {
		return nil, in.err
	}
	m, err := making(op, flags, func(o *C.struct_mhp_sim_opts, ret **C.struct_mhp_sim) C.int {
		return C.mhp_sim_new_from_capture(name, o, ret)
	})
	if e, ok := err.(*mhp.Error); ok && e.Path == "" {
		e.Path = path
	}
	return m, err
}

// FromText makes a machine from a capture in memory.
func FromText(text string, flags Flags) (*Machine, error) {
	bytes := C.CString(text)
	defer C.free(unsafe.Pointer(bytes))
	return making("sim.FromText", flags,
		func(o *C.struct_mhp_sim_opts, ret **C.struct_mhp_sim) C.int {
			return C.mhp_sim_new_from_text(bytes, C.size_t(len(text)), o, ret)
		})
}

// making makes a machine with a log of its own.
func making(op string, flags Flags,
	f func(*C.struct_mhp_sim_opts, **C.struct_mhp_sim) C.int) (*Machine, error) {
	log := newLogger()
	defer log.ref.Free()
	raw := C.struct_mhp_sim_opts{
		size:     C.sizeof_struct_mhp_sim_opts,
		flags:    C.uint64_t(flags),
		log_fn:   C.mhp_log_fn(callback.LogFn),
		log_data: log.ref.Data(),
	}
	var ret *C.struct_mhp_sim
	if r := f(&raw, &ret); r < 0 {
		return nil, log.fail(op, r)
	}
	return &Machine{handle.New(unsafe.Pointer(ret), func(p unsafe.Pointer) {
		C.mhp_sim_unref((*C.struct_mhp_sim)(p))
	})}, nil
}

// Close gives the machine back, as soon as its contexts and listeners are closed too.
func (m *Machine) Close() error {
	return closing(m.handle(), "Machine.Close")
}

func (m *Machine) handle() *handle.Handle {
	if m == nil {
		return nil
	}
	return m.h
}

// do calls C with the machine.
func (m *Machine) do(op string, f func(p *C.struct_mhp_sim) C.int) error {
	return with(m.handle(), op, func() C.int { return f((*C.struct_mhp_sim)(m.h.Pointer())) })
}

// text likewise, with texts.
func (m *Machine) text(op string, in *toC, f func(p *C.struct_mhp_sim) C.int) error {
	defer in.free()
	if in.err != nil {
		return in.err
	}
	return m.do(op, f)
}

// must likewise, where C has no error to return.
func (m *Machine) must(op string, f func(p *C.struct_mhp_sim)) {
	defer use(m.handle(), op).Done()
	f((*C.struct_mhp_sim)(m.h.Pointer()))
}

// NewContext makes a Context on the machine: what a process is on a real one.
func (m *Machine) NewContext() (*mhp.Context, error) {
	var c *mhp.Context
	err := m.do("Machine.NewContext", func(p *C.struct_mhp_sim) C.int {
		var ret *C.struct_mhp_ctx
		r := C.mhp_sim_new_ctx(p, &ret)
		if r == 0 {
			c = glue.NewContext(unsafe.Pointer(ret)).(*mhp.Context)
		}
		return r
	})
	return c, err
}

// Capture is the machine as it is now as a capture.
func (m *Machine) Capture() (string, error) {
	var text string
	err := m.do("Machine.Capture", func(p *C.struct_mhp_sim) C.int {
		var owned *C.char
		r := C.mhp_sim_copy_capture(p, &owned)
		text = taken(owned)
		return r
	})
	return text, err
}

// Read reads a file of the machine, as another program would: with its newline.
func (m *Machine) Read(path string) (string, error) {
	const op = "Machine.Read"
	var text string
	in := &toC{}
	name := in.text(op, path)
	err := m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		var owned *C.char
		r := C.mhp_sim_read(p, name, &owned)
		text = taken(owned)
		return r
	})
	return text, about(err, path)
}

// Write writes a file of the machine, as another program or an administrator would.
func (m *Machine) Write(path, word string) error {
	const op = "Machine.Write"
	in := &toC{}
	name, what := in.text(op, path), in.text(op, word)
	return about(m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_write(p, name, what)
	}), path)
}

// about has an error name a file.
func about(err error, path string) error {
	if e, ok := err.(*mhp.Error); ok {
		e.Path = path
	}
	return err
}

// code is an errno value as C has it.
func code(errno syscall.Errno) C.int {
	return -C.int(errno)
}

// FailRead has reads of a file fail that come through contexts, so often; 0 for always.
func (m *Machine) FailRead(path string, errno syscall.Errno, times uint) error {
	const op = "Machine.FailRead"
	in := &toC{}
	name := in.text(op, path)
	return m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_fail_read(p, name, code(errno), C.uint(times))
	})
}

// FailWrite has writes to a file fail, before the machine looks at them: of a word, "" for any.
func (m *Machine) FailWrite(path, word string, errno syscall.Errno, times uint) error {
	const op = "Machine.FailWrite"
	in := &toC{}
	name, what := in.text(op, path), in.optional(op, word)
	return m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_fail_write(p, name, what, code(errno), C.uint(times))
	})
}

// FailBlock has a block refuse, whichever file the request comes through: "offline", "online" or
// "add".
func (m *Machine) FailBlock(id uint64, word string, errno syscall.Errno, times uint) error {
	const op = "Machine.FailBlock"
	in := &toC{}
	what := in.text(op, word)
	err := m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_fail_block(p, C.uint64_t(id), what, code(errno), C.uint(times))
	})
	if e, ok := err.(*mhp.Error); ok && e.Errno != 0 {
		e.Msg = fmt.Sprintf("block %d, %q, %d", id, word, int(errno))
	}
	return err
}

// Race has another program write actWord to actPath just before a write to path that comes
// through a context.
func (m *Machine) Race(path, actPath, actWord string) error {
	const op = "Machine.Race"
	in := &toC{}
	name, act, word := in.text(op, path), in.text(op, actPath), in.text(op, actWord)
	return m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_race(p, name, act, word)
	})
}

// FailAt has one single access fail that comes through contexts: the nth one from now on, of a
// file, "" for any.
func (m *Machine) FailAt(what Access, path string, n uint, errno syscall.Errno) error {
	const op = "Machine.FailAt"
	in := &toC{}
	name := in.optional(op, path)
	return m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_fail_at(p, C.uint64_t(what), name, C.size_t(n), code(errno))
	})
}

// ClearFailures takes back what is left of all failures.
func (m *Machine) ClearFailures() {
	m.must("Machine.ClearFailures", func(p *C.struct_mhp_sim) {
		C.mhp_sim_clear_failures(p)
	})
}

// RaceAt has another program act just before one single access, as FailAt.
func (m *Machine) RaceAt(what Access, path string, n uint, actPath, actWord string) error {
	const op = "Machine.RaceAt"
	in := &toC{}
	name, act, word := in.optional(op, path), in.text(op, actPath), in.text(op, actWord)
	return m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_race_at(p, C.uint64_t(what), name, C.size_t(n), act, word)
	})
}

// Count is the number of accesses that came through contexts, failed ones too.
func (m *Machine) Count(what Access) uint {
	var count uint
	m.must("Machine.Count", func(p *C.struct_mhp_sim) {
		count = uint(C.mhp_sim_count(p, C.uint64_t(what)))
	})
	return count
}

// CountWrites is Count of AccessWrite.
func (m *Machine) CountWrites() uint {
	var count uint
	m.must("Machine.CountWrites", func(p *C.struct_mhp_sim) {
		count = uint(C.mhp_sim_count_writes(p))
	})
	return count
}

// CountReads is Count of AccessRead.
func (m *Machine) CountReads() uint {
	var count uint
	m.must("Machine.CountReads", func(p *C.struct_mhp_sim) {
		count = uint(C.mhp_sim_count_reads(p))
	})
	return count
}

// SetReadOnly has file systems be mounted read-only: AccessWrite for /sys, AccessRun for /run, 0
// for none any more.
func (m *Machine) SetReadOnly(what Access) error {
	return m.do("Machine.SetReadOnly", func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_set_read_only(p, C.uint64_t(what))
	})
}

// SetContained has contexts be in a container, whose /run is its own.
func (m *Machine) SetContained(contained bool) {
	m.must("Machine.SetContained", func(p *C.struct_mhp_sim) {
		C.mhp_sim_set_contained(p, C.bool(contained))
	})
}

// SetPrivileged has contexts be root's, or a plain user's, who may write nothing.
func (m *Machine) SetPrivileged(privileged bool) error {
	return m.do("Machine.SetPrivileged", func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_set_privileged(p, C.bool(privileged))
	})
}

// KillAfter kills the users of contexts, as by SIGKILL, after n more accesses that change
// something.
func (m *Machine) KillAfter(n uint) {
	m.must("Machine.KillAfter", func(p *C.struct_mhp_sim) {
		C.mhp_sim_kill_after(p, C.size_t(n))
	})
}

// HangBlock has a block not go offline: whoever tries, tries for ever.
func (m *Machine) HangBlock(id uint64, times uint) error {
	return m.do("Machine.HangBlock", func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_hang_block(p, C.uint64_t(id), C.uint(times))
	})
}

// ReleaseBlock undoes HangBlock.
func (m *Machine) ReleaseBlock(id uint64) {
	m.must("Machine.ReleaseBlock", func(p *C.struct_mhp_sim) {
		C.mhp_sim_release_block(p, C.uint64_t(id))
	})
}

// HoldHotplug has another program keep the kernel's hotplug lock.
func (m *Machine) HoldHotplug() error {
	return m.do("Machine.HoldHotplug", func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_hold_hotplug(p)
	})
}

// ReleaseHotplug undoes HoldHotplug.
func (m *Machine) ReleaseHotplug() {
	m.must("Machine.ReleaseHotplug", func(p *C.struct_mhp_sim) {
		C.mhp_sim_release_hotplug(p)
	})
}

// AwaitStuck waits until so many writes hang or wait for the hotplug lock.
func (m *Machine) AwaitStuck(n uint) {
	m.must("Machine.AwaitStuck", func(p *C.struct_mhp_sim) {
		C.mhp_sim_await_stuck(p, C.size_t(n))
	})
}

// SetUdevRule has a udev rule bring memory online that was added; "" for no rule any more.
func (m *Machine) SetUdevRule(word string) error {
	const op = "Machine.SetUdevRule"
	in := &toC{}
	what := in.optional(op, word)
	return m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_set_udev_rule(p, what)
	})
}

// RaceRemove has a block vanish just before a write to path that comes through a context; "" for
// now.
func (m *Machine) RaceRemove(path string, id uint64) error {
	const op = "Machine.RaceRemove"
	in := &toC{}
	name := in.optional(op, path)
	return m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_race_remove(p, name, C.uint64_t(id))
	})
}

// PinBlock has a block be put to a use that it cannot be taken from, as soon as it comes online
// as word says.
func (m *Machine) PinBlock(id uint64, word string) error {
	const op = "Machine.PinBlock"
	in := &toC{}
	what := in.text(op, word)
	return m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_pin_block(p, C.uint64_t(id), what)
	})
}

// PoisonBlock has a page of a block be broken.
func (m *Machine) PoisonBlock(id uint64) error {
	return m.do("Machine.PoisonBlock", func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_poison_block(p, C.uint64_t(id))
	})
}

// SetModule says what loading a module answers; 0: it loads.
func (m *Machine) SetModule(name string, errno syscall.Errno) error {
	const op = "Machine.SetModule"
	in := &toC{}
	module := in.text(op, name)
	return m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_set_module(p, module, code(errno))
	})
}

// UnloadModule unloads a module, as rmmod would.
func (m *Machine) UnloadModule(name string) error {
	const op = "Machine.UnloadModule"
	in := &toC{}
	module := in.text(op, name)
	return m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_unload_module(p, module)
	})
}

// PlugDIMM puts a DIMM into a slot, as the host.
func (m *Machine) PlugDIMM(slot uint, node int, start, sizeBytes uint64) error {
	return m.do("Machine.PlugDIMM", func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_plug_dimm(p, C.uint(slot), C.int(node), C.uint64_t(start),
			C.uint64_t(sizeBytes))
	})
}

// RequestUnplugDIMM asks for a DIMM back, as the host.
func (m *Machine) RequestUnplugDIMM(slot uint) error {
	return m.do("Machine.RequestUnplugDIMM", func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_request_unplug_dimm(p, C.uint(slot))
	})
}

// ResizeVirtioMem has a virtio-mem device be larger or smaller, as the host.
func (m *Machine) ResizeVirtioMem(device string, sizeBytes uint64) error {
	const op = "Machine.ResizeVirtioMem"
	in := &toC{}
	name := in.text(op, device)
	return m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_resize_virtio_mem(p, name, C.uint64_t(sizeBytes))
	})
}

// SetVirtioMem tells of a virtio-mem device what no file of a machine does.
func (m *Machine) SetVirtioMem(device string, node int, blockSizeBytes uint64) error {
	const op = "Machine.SetVirtioMem"
	in := &toC{}
	name := in.text(op, device)
	return m.text(op, in, func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_set_virtio_mem(p, name, C.int(node), C.uint64_t(blockSizeBytes))
	})
}

// LoseEvents has the next n events be lost on their way.
func (m *Machine) LoseEvents(n uint) error {
	return m.do("Machine.LoseEvents", func(p *C.struct_mhp_sim) C.int {
		return C.mhp_sim_lose_events(p, C.size_t(n))
	})
}

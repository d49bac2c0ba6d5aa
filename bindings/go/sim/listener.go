// SPDX-License-Identifier: LGPL-2.1-or-later

package sim

// #include <mhp/sim.h>
import "C"

import (
	"sync"
	"unsafe"

	"libmhp.invalid/mhp/internal/handle"
)

// A Listener hears a machine's uevents, as a netlink socket does.
type Listener struct {
	h  *handle.Handle
	mu sync.Mutex
}

// Listen listens to the machine's uevents from now on. room is how many may wait; 0 for as many
// as in a socket by default.
func (m *Machine) Listen(room uint) (*Listener, error) {
	var l *Listener
	err := m.do("Machine.Listen", func(p *C.struct_mhp_sim) C.int {
		var ret *C.struct_mhp_sim_listener
		r := C.mhp_sim_listener_new(p, C.size_t(room), &ret)
		if r == 0 {
			l = &Listener{h: handle.New(unsafe.Pointer(ret), func(p unsafe.Pointer) {
				C.mhp_sim_listener_free((*C.struct_mhp_sim_listener)(p))
			})}
		}
		return r
	})
	return l, err
}

func (l *Listener) do(op string, f func(p *C.struct_mhp_sim_listener) C.int) error {
	if l == nil {
		return with(nil, op, nil)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return with(l.h, op, func() C.int {
		return f((*C.struct_mhp_sim_listener)(l.h.Pointer()))
	})
}

// Receive is the next event that waits: lines with newlines; "" if none does. ENOBUFS tells that
// some were lost.
func (l *Listener) Receive() (string, error) {
	var text string
	err := l.do("Listener.Receive", func(p *C.struct_mhp_sim_listener) C.int {
		var owned *C.char
		r := C.mhp_sim_listener_receive(p, &owned)
		text = taken(owned)
		return r
	})
	return text, err
}

// Fd is a descriptor that polls readable as long as there is something to receive: neither read
// nor close it. It is good until Close.
func (l *Listener) Fd() (int, error) {
	var fd C.int
	err := l.do("Listener.Fd", func(p *C.struct_mhp_sim_listener) C.int {
		return C.mhp_sim_listener_get_fd(p, &fd)
	})
	return int(fd), err
}

// Close listens no more.
func (l *Listener) Close() error {
	if l == nil {
		return closing(nil, "Listener.Close")
	}
	return closing(l.h, "Listener.Close")
}

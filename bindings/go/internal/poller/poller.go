// SPDX-License-Identifier: LGPL-2.1-or-later

// Package poller has goroutines wait for a descriptor that is somebody else's.
package poller

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// A Poller waits for a descriptor by Go's own poller, so that no thread is kept for it. That must
// neither read nor close the descriptor, nor change its flags, as Go does with what it is given:
// what Go gets is an epoll instance of our own, which is readable as long as the descriptor in
// it is.
type Poller struct {
	file *os.File
	conn syscall.RawConn
}

// New makes a Poller for a descriptor, which has to stay open until Close.
func New(fd int) (*Poller, error) {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
	err = syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, fd, &event)
	if err == nil {
		err = syscall.SetNonblock(epoll, true) // else os.NewFile gives it to nobody
	}
	if err != nil {
		syscall.Close(epoll)
		return nil, os.NewSyscallError("epoll_ctl", err)
	}
	file := os.NewFile(uintptr(epoll), "events")
	conn, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return nil, err
	}
	return &Poller{file, conn}, nil
}

// Wait waits until the descriptor is readable; or it is ctx.Err(), or an error after Close.
func (p *Poller) Wait(ctx context.Context) error {
	if ctx.Done() != nil {
		stop, ended := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(ended)
			select {
			case <-ctx.Done():
				p.file.SetReadDeadline(time.Unix(1, 0))
			case <-stop:
			}
		}()
		defer func() {
			close(stop)
			<-ended
			p.file.SetReadDeadline(time.Time{})
		}()
	}
	err := p.conn.Read(isReadable)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return ctx.Err()
	}
	return err
}

// isReadable looks itself: Go's poller tells of changes only, and forgets those from before.
func isReadable(epoll uintptr) bool {
	var events [1]syscall.EpollEvent
	for {
		n, err := syscall.EpollWait(int(epoll), events[:], 0)
		if err != syscall.EINTR {
			return n > 0 || err != nil
		}
	}
}

// Close ends all that wait.
func (p *Poller) Close() {
	p.file.Close()
}

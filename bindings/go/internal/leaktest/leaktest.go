// SPDX-License-Identifier: LGPL-2.1-or-later

// Package leaktest ends the tests of a package with a look at what they have left behind.
package leaktest

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"libmhp.invalid/mhp/internal/handle"
)

// Main is for TestMain.
func Main(m *testing.M) {
	files := Files()
	code := m.Run()
	err := Settle(files)
	if err == nil {
		err = leaks()
	}
	if err != nil && code == 0 {
		fmt.Println("FAIL:", err)
		code = 1
	}
	os.Exit(code)
}

// Files are this process's descriptors.
func Files() map[string]string {
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		panic(err)
	}
	files := map[string]string{}
	for _, name := range names {
		if target, err := os.Readlink("/proc/self/fd/" + name.Name()); err == nil {
			files[name.Name()] = target
		}
	}
	return files
}

// Settle has garbage be collected until no object of C and no descriptor is left but those that
// were there before, and no goroutine of ours. What is left after a good many tries stays.
func Settle(before map[string]string) error {
	var err error
	for try := 0; try < 100; try++ {
		collect() // what a finalizer frees may make another one's object garbage
		if err = look(before); err == nil {
			return nil
		}
	}
	return err
}

// collect has garbage be collected, and finalizers be called.
func collect() {
	done := make(chan struct{})
	type garbage struct{ done chan struct{} }
	runtime.SetFinalizer(&garbage{done}, func(g *garbage) { close(g.done) })
	for {
		runtime.GC()
		select {
		case <-done:
			return
		default:
			runtime.Gosched()
		}
	}
}

func look(before map[string]string) error {
	if n := handle.Live.Load(); n != 0 {
		return fmt.Errorf("%d objects of C are left", n)
	}
	for name, target := range Files() {
		if _, ok := before[name]; !ok && target != "anon_inode:[eventpoll]" {
			return fmt.Errorf("descriptor %s is left: %s", name, target)
		}
	}
	if n := Epolls(); n > 1 {
		return fmt.Errorf("%d epoll instances are left, where Go has one", n)
	}
	return goroutines()
}

// Epolls is the number of epoll instances: one is Go's own, for ever.
func Epolls() int {
	n := 0
	for _, target := range Files() {
		if target == "anon_inode:[eventpoll]" {
			n++
		}
	}
	return n
}

// Goroutines tells of one that runs code of this module and does not end.
func Goroutines() error {
	var err error
	for try := 0; try < 1000; try++ {
		if err = goroutines(); err == nil {
			break
		}
		runtime.Gosched() // its work is done, and it is about to end
	}
	return err
}

// AwaitPoll returns as soon as a goroutine waits for a descriptor by a poller.
func AwaitPoll() {
	for {
		for _, stack := range stacks() {
			head, calls, _ := strings.Cut(stack, "\n")
			if strings.Contains(head, "[IO wait") && strings.Contains(calls, "mhp/internal/poller") {
				return
			}
		}
		runtime.Gosched()
	}
}

// stacks are those of all goroutines but the calling one.
func stacks() []string {
	all := make([]byte, 1<<20)
	return strings.Split(string(all[:runtime.Stack(all, true)]), "\n\n")[1:]
}

func goroutines() error {
	for _, stack := range stacks() {
		if strings.Contains(stack, "mhp/internal/poller") ||
			strings.Contains(stack, "mhp/internal/callback.(*Guard)") {
			return fmt.Errorf("a goroutine is left:\n%s", stack)
		}
	}
	return nil
}

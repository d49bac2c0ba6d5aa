// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"syscall"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/sim"
)

// open is this machine, without arguments; or, to try the agent without root,
//
//	agent --sim CAPTURE [PATH=WORD]... [-BLOCK=online]...
//
// is a simulated one, where others write these words, one whenever nothing is to do, and blocks
// refuse from then on. There it ends with the last one.
func open(args []string) (*mhp.Context,
	func(*mhp.Monitor, context.Context) (mhp.Event, error)) {
	if len(args) == 0 {
		c, err := mhp.NewContext("")
		check(err)
		return c, (*mhp.Monitor).Next
	}
	if len(args) < 2 || args[0] != "--sim" {
		fmt.Fprintln(os.Stderr,
			"usage: agent [--sim CAPTURE [PATH=WORD]... [-BLOCK=online]...]")
		os.Exit(2)
	}
	machine, err := sim.FromCapture(args[1], 0)
	check(err)
	c, err := machine.NewContext()
	check(err)
	words := args[2:]
	return c, func(monitor *mhp.Monitor, _ context.Context) (mhp.Event, error) {
		for {
			event, found, err := monitor.Poll()
			if found || err != nil {
				return event, err
			}
			if len(words) == 0 {
				os.Exit(0)
			}
			check(act(machine, words[0]))
			words = words[1:]
		}
	}
}

func act(machine *sim.Machine, word string) error {
	path, value, found := strings.Cut(word, "=")
	if !found {
		return fmt.Errorf("%s: no word", word)
	}
	if block, err := strconv.Atoi(path); err == nil {
		return machine.FailBlock(uint64(-block), value, syscall.EBUSY, 0)
	}
	return machine.Write(path, value)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

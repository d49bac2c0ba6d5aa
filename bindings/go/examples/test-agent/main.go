// SPDX-License-Identifier: LGPL-2.1-or-later

// Test-agent tests an agent without root.
package main

import (
	"errors"
	"log"
	"syscall"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/sim"
)

var errTryAgain = errors.New("it is to be tried again")

// The agent's own, which is tested: gives a region back.
func giveBack(c *mhp.Context, region string) error {
	report, err := c.OfflineRegion(region, 0)
	if err != nil {
		return err
	}
	if report.Outcome() == mhp.OutcomeUndone {
		return errTryAgain
	}
	return report.Err()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	host := sim.NewBuilder(sim.Kernel7_3).
		AddNode(0, 2).                     // two processors,
		AddMemory(0, 0, 1<<30).            // 1 GiB at boot,
		AddNode(1, 0).                     // a node without processors,
		AddDAX("dax0.0", 1, 4<<30, 1<<30). // 1 GiB there
		Set("auto_online_blocks", "online_movable").
		Load("kmem")
	machine, err := host.Build(0)
	check(err)
	c, err := machine.NewContext()
	check(err)
	check(machine.FailBlock(33, "offline", syscall.EBUSY, 0)) // it is in use
	if err := giveBack(c, "dax0.0"); err != errTryAgain {
		log.Fatal("not as it should be: ", err)
	}
}

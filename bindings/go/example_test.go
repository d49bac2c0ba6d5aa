// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"syscall"
	"time"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/sim"
)

// host is a machine with 512 MiB behind dax0.0, which is no System RAM yet.
func host() *sim.Machine {
	machine, err := sim.NewBuilder(sim.Kernel7_3).
		AddNode(0, 2).AddMemory(0, 0, 1<<30).
		AddNode(1, 0).AddDAX("dax0.0", 1, 4<<30, 512<<20).Build(0)
	if err != nil {
		log.Fatal(err)
	}
	return machine
}

func Example() {
	c, err := host().NewContext() // on a real machine mhp.NewContext("")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	report, err := c.PlugRegion("dax0.0", mhp.OnlineMovable, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report)
	for _, block := range report.Results() {
		state, zone := block.After()
		fmt.Println(block.ID(), state, zone)
	}
	// Output:
	// done: dax0.0: done
	// 32 online Movable
	// 33 online Movable
	// 34 online Movable
	// 35 online Movable
}

func ExampleError() {
	c, err := host().NewContext()
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	_, err = c.OfflineRegion("dax7.0", 0)
	fmt.Println(errors.Is(err, os.ErrNotExist))
	// Output: true
}

func ExampleReport_Err() {
	machine := host()
	machine.FailBlock(33, "online", syscall.EBUSY, 0)
	c, err := machine.NewContext()
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	report, err := c.PlugRegion("dax0.0", mhp.OnlineMovable, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Outcome(), report.Reason())
	fmt.Println(errors.Is(report.Err(), mhp.ReasonBusy), errors.Is(report.Err(), syscall.EBUSY))
	// Output:
	// undone busy
	// true true
}

func ExampleContext_Fulfil() {
	c, err := host().NewContext()
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	request := mhp.NewRequest().SetRegion("dax0.0").SetGoal(mhp.GoalPlugged).
		SetOnlineType(mhp.OnlineMovable).SetRules(mhp.RuleBorrow)
	report, err := c.Fulfil(ctx, request, nil)
	if err == nil {
		err = report.Err()
	}
	fmt.Println(err)
	// Output: <nil>
}

func ExampleMonitor_Next() {
	machine := host()
	c, err := machine.NewContext()
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	monitor, err := c.Monitor(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer monitor.Close()
	go machine.PlugDIMM(0, 1, 16<<30, 128<<20) // the first memory of node 1
	event, err := monitor.Next(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(event)
	// Output: node1 added
}

func ExampleSnapshot() {
	c, err := host().NewContext()
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	snap, err := c.Snapshot(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer snap.Close()
	for _, region := range snap.Regions() {
		size, err := region.SizeBytes()
		fmt.Println(region.Name(), region.State(), size>>20, err)
	}
	// Output:
	// dax0.0 absent 512 <nil>
	// boot online 1024 <nil>
}

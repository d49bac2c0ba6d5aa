// SPDX-License-Identifier: LGPL-2.1-or-later

// Agent has each dax region that appears be System RAM in zone Movable; Ctrl-C undoes what it is at.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"libmhp.invalid/mhp"
)

var failures = map[string]int{} // what is put back makes events, too: there has to be an end

// look plugs the region of that name, or all of them. One that fails leaves the others their turn.
func look(ctx context.Context, c *mhp.Context, name string) {
	snap, err := c.Snapshot(nil)
	if err != nil {
		log.Print("cannot look at the memory: ", err)
		return
	}
	defer snap.Close()
	for _, region := range snap.Regions() {
		found := region.Name()
		if region.Kind() != mhp.RegionDAX || name != "" && name != found || failures[found] == 3 {
			continue
		}
		request := mhp.NewRequest().SetRegion(found).SetGoal(mhp.GoalPlugged).
			SetOnlineType(mhp.OnlineMovable).SetRules(mhp.RuleBorrow)
		if report, err := c.Fulfil(ctx, request, nil); err != nil {
			log.Printf("%s: %v", found, err)
		} else if report.Reason() != mhp.ReasonAlready {
			fmt.Println(report)
			if report.Err() != nil && report.Reason() != mhp.ReasonConflict {
				failures[found]++
			}
		}
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c, next := open(os.Args[1:])
	monitor, err := c.Monitor(nil) // it listens from here on: nothing is missed
	for event := (mhp.Event{Kind: mhp.EventLost}); err == nil; event, err = next(monitor, ctx) {
		switch event.Kind { // one that is lost has no name
		case mhp.EventDeviceAdded, mhp.EventDeviceBound, mhp.EventLost:
			look(ctx, c, event.Name)
		}
	}
	if ctx.Err() == nil {
		check(err)
	}
}

// SPDX-License-Identifier: LGPL-2.1-or-later

// Plug-region makes a DAX device System RAM in zone Movable, with a deadline, and shows how far it
// is, on standard error: how often depends on how long it takes.
//
//	plug-region dax0.0 SECONDS [ROOT]
//
// No block of it is online in another zone at any moment: while the kernel adds the memory, the
// system's policy is set to what is wanted here, and put back afterwards. Upon failure, or at the
// deadline, or if it is interrupted, the device is as it was.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"time"

	"libmhp.invalid/mhp"
)

func plug(ctx context.Context, region, root string) (*mhp.Report, error) {
	c, err := mhp.NewContext(root)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	// without RuleBorrow a policy that does not fit is a conflict
	request := mhp.NewRequest().SetRegion(region).SetGoal(mhp.GoalPlugged).
		SetOnlineType(mhp.OnlineMovable).SetRules(mhp.RuleBorrow)
	return c.Fulfil(ctx, request, &mhp.ApplyOptions{
		Progress: func(done, total uint64) mhp.Cancel {
			fmt.Fprintf(os.Stderr, "%s: %d of %d MiB\n", region, done>>20, total>>20)
			return mhp.CancelNone
		},
	})
}

func main() {
	seconds, err := strconv.Atoi(append(os.Args, "", "")[2])
	if len(os.Args) > 4 || err != nil || seconds <= 0 {
		fmt.Fprintf(os.Stderr, "usage: %s REGION SECONDS [ROOT]\n", os.Args[0])
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
	defer cancel()
	report, err := plug(ctx, os.Args[1], append(os.Args, "")[3])
	if err != nil {
		// the machine was not touched; os.ErrNotExist: no such region
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
		os.Exit(1)
	}

	// ReasonDeadline, ReasonLocked, ... are told in words, too.
	fmt.Printf("%v: %s\n", report.Outcome(), report.Message())
	if report.Hint() != "" {
		fmt.Println("what helps:", report.Hint())
	}
	if report.Err() != nil {
		os.Exit(1)
	}
}

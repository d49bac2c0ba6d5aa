// SPDX-License-Identifier: LGPL-2.1-or-later

// Handle-failure reacts to a failure: it finds out which block it was, and why, and whether asking
// again with another rule helps.
//
//	handle-failure dax0.0 ask|rezone [ROOT]
//
// The region is to be online in zone Movable. With "rezone" memory that is online in another zone
// may be taken offline for it.
package main

import (
	"fmt"
	"os"

	"libmhp.invalid/mhp"
)

// Before anything was written: does this conflict stand in the way?
func hasConflict(report *mhp.Report, code mhp.ConflictCode) bool {
	for _, conflict := range report.Plan().Conflicts() {
		if conflict.Code == code {
			return true
		}
	}
	return false
}

// What happened, and the blocks to blame for it.
func explain(report *mhp.Report) {
	fmt.Printf("%v: %s\n", report.Outcome(), report.Message())
	if report.Hint() != "" {
		fmt.Println("what helps:", report.Hint())
	}
	for _, block := range report.Results() {
		// busy, poisoned, ...; not those put back because another one failed
		if block.Reason().IsFailure() {
			fmt.Printf("memory%d: %v\n", block.ID(), block.Reason())
		}
	}
}

func online(region, root string, rezone bool) (*mhp.Report, error) {
	c, err := mhp.NewContext(root)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	report, err := c.OnlineRegion(region, mhp.OnlineMovable, 0)
	if err == nil && rezone && hasConflict(report, mhp.ConflictWrongZone) {
		// its contents have to move elsewhere meanwhile: never without being asked
		return c.OnlineRegion(region, mhp.OnlineMovable, mhp.RuleRezone)
	}
	return report, err
}

func main() {
	if len(os.Args) < 3 || len(os.Args) > 4 || os.Args[2] != "ask" && os.Args[2] != "rezone" {
		fmt.Fprintf(os.Stderr, "usage: %s REGION ask|rezone [ROOT]\n", os.Args[0])
		os.Exit(2)
	}
	report, err := online(os.Args[1], append(os.Args, "")[3], os.Args[2] == "rezone")
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
	explain(report)
	switch report.Outcome() {
	case mhp.OutcomeDone:
	case mhp.OutcomeRefused, mhp.OutcomeUndone: // all is as it was: it may be tried again later
		os.Exit(1)
	default: // some is changed: somebody must look at it
		os.Exit(3)
	}
}

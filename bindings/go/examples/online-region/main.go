// SPDX-License-Identifier: LGPL-2.1-or-later

// Online-region onlines a region with an explicit type, and is sure of it.
//
//	online-region dax0.0 online_movable [ROOT]
//
// Either every block ends online in the zone that the type names, or everything is as it was
// before.
package main

import (
	"fmt"
	"os"

	"libmhp.invalid/mhp"
)

func usage() {
	fmt.Fprintf(os.Stderr, "usage: %s REGION online|online_kernel|online_movable [ROOT]\n",
		os.Args[0])
	os.Exit(2)
}

// Snapshot, plan, apply in one call. No rules: memory that is online in another zone is left
// alone, and upon failure everything is put back.
func online(region string, t mhp.OnlineType, root string) (*mhp.Report, error) {
	c, err := mhp.NewContext(root)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.OnlineRegion(region, t, 0)
}

func main() {
	if len(os.Args) < 3 || len(os.Args) > 4 {
		usage()
	}
	t, err := mhp.ParseOnlineType(os.Args[2])
	if err != nil {
		usage()
	}
	report, err := online(os.Args[1], t, append(os.Args, "")[3])
	if err != nil {
		// the machine was not touched; os.ErrNotExist: no such region
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
		os.Exit(1)
	}

	// That the machine refused is no error of the call: the report tells.
	fmt.Printf("%v: %s\n", report.Outcome(), report.Message())

	// The state and zone of every block were read back.
	for _, block := range report.Results() {
		state, zone := block.After()
		fmt.Printf("  memory%d %v, zone %v\n", block.ID(), state, zone)
	}
	if report.Err() != nil {
		os.Exit(1)
	}
}

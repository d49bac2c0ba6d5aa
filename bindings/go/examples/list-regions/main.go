// SPDX-License-Identifier: LGPL-2.1-or-later

// List-regions lists the regions of hot-pluggable memory: where they are, and what they do.
//
//	list-regions [ROOT]
//
// Run it as root: addresses of memory are a secret of the administrator's.
package main

import (
	"fmt"
	"os"

	"libmhp.invalid/mhp"
)

func printRegion(region mhp.Region) {
	fmt.Printf("%s: %v", region.Name(), region.State())
	if region.Zone() != mhp.ZoneUnknown {
		fmt.Printf(" in %v", region.Zone())
	}
	// A region is a list of ranges, and other memory may lie between them.
	ranges, err := region.Ranges()
	if err != nil {
		fmt.Println(", its addresses could not be read")
		return
	}
	size, err1 := region.SizeBytes()
	online, err2 := region.OnlineBytes()
	lost, err3 := region.LostBytes()
	if err1 == nil && err2 == nil && err3 == nil {
		fmt.Printf(", %d of %d MiB in use, %d MiB lost to alignment",
			online>>20, size>>20, lost>>20)
	}
	fmt.Println()
	for _, r := range ranges {
		fmt.Printf("  %#x-%#x\n", r.Start, r.Start+r.SizeBytes-1)
	}

	// Its blocks are the whole blocks inside the ranges, as far as they exist.
	for _, block := range region.Blocks() {
		fmt.Printf("  memory%d %v\n", block.ID(), block.State())
	}
}

// look needs the context no more once there is a snapshot.
func look(root string) (*mhp.Snapshot, error) {
	c, err := mhp.NewContext(root)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.Snapshot(nil)
}

func main() {
	snap, err := look(append(os.Args, "")[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot look at the memory:", err)
		os.Exit(1)
	}
	defer snap.Close()
	for _, region := range snap.Regions() {
		printRegion(region)
	}
	// What could not be read is "unknown" above, and never left out here.
	for _, problem := range snap.Problems() {
		fmt.Fprintf(os.Stderr, "%s: %v\n", problem.Path, problem.Errno)
	}
}

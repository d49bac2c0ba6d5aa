// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp_test

import (
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	"libmhp.invalid/mhp"
)

// Blocks, steps and results are of use long after nobody has their snapshot, plan and report any
// more, and are freed in the end, while others read them.
func TestCollector(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	m, _ := machine(t)
	var all sync.WaitGroup
	for g := 0; g < 4; g++ {
		all.Add(1)
		go func() {
			defer all.Done()
			c := must(m.NewContext())
			defer c.Close()
			var blocks []mhp.Block
			for i := 0; i < 30; i++ {
				blocks = append(blocks, must(c.Snapshot(nil)).Blocks()...)
				region, _ := must(c.Snapshot(nil)).FindRegion("dax0.0")
				plan := must(must(c.Snapshot(nil)).Plan(online(mhp.OnlineMovable)))
				step := plan.Steps()[i%4]
				if i%10 == 0 {
					debug.FreeOSMemory()
				}
				runtime.GC()
				equal(t, "name", region.Name(), "dax0.0")
				equal(t, "word", step.Word(), "online_movable")
				for n, block := range blocks {
					want := uint64(n % 12)
					if want > 7 {
						want += 24
					}
					equal(t, "ID", block.ID(), want)
				}
				if len(blocks) > 100 {
					blocks = blocks[60:]
				}
			}
		}()
	}
	all.Wait()
}

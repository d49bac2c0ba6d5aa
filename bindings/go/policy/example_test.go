// SPDX-License-Identifier: LGPL-2.1-or-later

package policy_test

import (
	"context"
	"fmt"
	"log"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/policy"
	"libmhp.invalid/mhp/sim"
)

func Example() {
	machine, err := sim.NewBuilder(sim.Kernel7_3).
		AddNode(0, 2).AddMemory(0, 0, 1<<30).
		AddNode(1, 0).AddDAX("dax0.0", 1, 4<<30, 512<<20).
		Set("/etc/mhp/policy.d/50-pool.conf", "[pool]\nkind = dax\ntype = online_movable\n").
		Build(0)
	if err != nil {
		log.Fatal(err)
	}
	c, err := machine.NewContext()
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	standing, err := policy.Load(c)
	if err != nil {
		log.Fatal(err)
	}
	snap, err := c.Snapshot(&mhp.SnapshotOptions{Flags: mhp.SnapshotForPlans})
	if err != nil {
		log.Fatal(err)
	}
	agenda, err := standing.Agenda(snap, nil)
	if err != nil {
		log.Fatal(err)
	}
	report, err := agenda.Apply(context.Background(), c, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, result := range report.Results() {
		fmt.Println(result.Item().Region().Name(), result.Item().State(), result.Outcome())
	}
	// Output:
	// dax0.0 to-do done
	// boot no-rule done
}

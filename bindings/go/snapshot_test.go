// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp_test

import (
	"os"
	"syscall"
	"testing"

	"libmhp.invalid/mhp"
)

func TestSnapshot(t *testing.T) {
	_, c := machine(t)
	snap := must(c.Snapshot(&mhp.SnapshotOptions{
		Flags: mhp.SnapshotForPlans | mhp.SnapshotTopology | mhp.SnapshotOfflineZones,
	}))
	defer snap.Close()
	equal(t, "flags", snap.Flags()&mhp.SnapshotIdentity, mhp.SnapshotIdentity)
	equal(t, "block size", snap.BlockSizeBytes(), 128<<20)
	equal(t, "blocks", len(snap.Blocks()), 12)
	equal(t, "nodes", len(snap.Nodes()), 2)
	equal(t, "problems", len(snap.Problems()), 0)
	check(t, snap.NodesErr())
	check(t, snap.RegionsErr())

	region, found := snap.FindRegion("dax0.0")
	equal(t, "found", found, true)
	equal(t, "name", region.Name(), "dax0.0")
	equal(t, "kind", region.Kind().String(), "dax")
	equal(t, "state", region.State(), mhp.StateOffline)
	equal(t, "node", must(region.NodeID()), 1)
	equal(t, "driver", must(region.Driver()), "kmem")
	equal(t, "size", must(region.SizeBytes()), 512<<20)
	equal(t, "online", must(region.OnlineBytes()), 0)
	equal(t, "lost", must(region.LostBytes()), 0)
	equal(t, "range", must(region.Ranges())[0], mhp.Range{Start: 4 << 30, SizeBytes: 512 << 20})
	equal(t, "run", region.BlockRuns()[0], mhp.BlockRun{First: 32, Count: 4})
	equal(t, "total", region.CountTotalBlocks(), 4)
	equal(t, "children", region.HasChildren(), false)
	equal(t, "of", region.Snapshot(), snap)
	can, why := region.Can(mhp.CanUnplug)
	equal(t, "can", can, true)
	equal(t, "why", why, "")
	if _, found := region.Parent(); found {
		t.Fatal("it has a parent")
	}
	_, word, err := region.DeviceState()
	check(t, err)
	equal(t, "word", word, "offline")
	for _, fact := range region.Facts() {
		text, err := region.Fact(fact.Name)
		equal(t, fact.Name, text, fact.Text)
		equal(t, fact.Name, err != nil, fact.Errno != 0)
	}
	_, err = region.Fact("no such fact")
	is(t, err, syscall.ENODATA)
	must(region.Identity())
	must(region.RAMDriver())
	equal(t, "devices", len(region.Devices()), 1)
	_, err = region.DeviceSerial(1)
	is(t, err, syscall.EINVAL)
	_, err = region.DeviceNodeID(-1)
	is(t, err, syscall.EINVAL)
	_, text, err := region.Cause()
	check(t, err)
	if text == "" {
		t.Fatal("no cause")
	}

	block := region.Blocks()[1]
	equal(t, "ID", block.ID(), 33)
	equal(t, "state", block.State(), mhp.StateOffline)
	equal(t, "zone", block.Zone(), mhp.ZoneUnknown)
	equal(t, "zones", len(block.Zones()), 2)
	equal(t, "zones' text", block.ZonesText(), "")
	equal(t, "inferred", block.IsInferred(), false)
	equal(t, "node", must(block.NodeID()), 1)
	owner, found := block.Region()
	equal(t, "owner", owner, region)
	equal(t, "found", found, true)
	_, err = block.PluggedBytes()
	is(t, err, syscall.ENODATA)
	same, found := snap.FindBlock(33)
	equal(t, "found", found, true)
	equal(t, "block", same, block)
	if _, found := snap.FindBlock(99); found {
		t.Fatal("there is memory99")
	}

	node, found := snap.FindNode(0)
	equal(t, "found", found, true)
	equal(t, "kind", node.Kind(), mhp.NodeCPU)
	equal(t, "CPU", must(node.HasCPU()), true)
	equal(t, "blocks", node.CountBlocks(), 8)
	equal(t, "distance", must(node.Distance(1)), 20)
	equal(t, "from regions", must(node.IsFromRegions()), false)
	check(t, node.BlocksErr())
	_, err = node.Distance(7)
	is(t, err, os.ErrNotExist)
	equal(t, "zones", must(node.ZoneBytes(mhp.ZoneMovable)), mhp.ZoneBytes{})
	equal(t, "kernel", must(node.KernelBytes()), must(snap.KernelBytes()))
	equal(t, "movable", must(snap.MovableBytes()), 0)
	equal(t, "type", must(snap.DefaultOnlineType()), mhp.Offline)
	equal(t, "policy", must(snap.OnlinePolicy()), "contig-zones")
	equal(t, "ratio", must(snap.AutoMovableRatio()), 301)
	equal(t, "hotremove", must(snap.HasHotremove()), true)
	equal(t, "rules", len(must(snap.UdevRules())), 0)
	what, running, err := snap.Pending()
	check(t, err)
	equal(t, "pending", what, "")
	equal(t, "running", running, false)
}

// A capture that has nearly everything: nothing may be wrong with any of it.
func TestEverything(t *testing.T) {
	for _, name := range []string{"7.3-cxl-region-region.txt", "7.3-virtio-mem-online.txt"} {
		_, c := captured(t, name)
		snap := must(c.Snapshot(&mhp.SnapshotOptions{Flags: mhp.SnapshotForPlans |
			mhp.SnapshotTopology | mhp.SnapshotPlugged | mhp.SnapshotIdentity}))
		for _, region := range snap.Regions() {
			for i := range region.Devices() {
				region.DeviceSerial(i)
				region.DeviceNodeID(i)
			}
			region.PluggedBytes()
		}
		for _, node := range snap.Nodes() {
			node.Caches()
			for _, access := range []mhp.Access{mhp.AccessAny, mhp.AccessCPU} {
				node.Initiators(access)
				node.ReadBandwidthMBPerS(access)
				node.WriteBandwidthMBPerS(access)
				node.ReadLatencyNs(access)
				node.WriteLatencyNs(access)
			}
			node.Tier()
			node.HasMemory()
			node.HasNormalMemory()
			node.HasGenericInitiator()
			node.MovableBytes()
			node.MovablePercent()
			if node.ID() > 0 && len(node.Regions()) == 0 {
				t.Errorf("%s: node %d has no regions", name, node.ID())
			}
		}
		snap.MovablePercent()
		snap.AutoMovableNUMAAware()
		snap.MemmapOnMemory()
		snap.ZoneBytes(mhp.ZoneNormal)
	}
}

func TestBaseAndRegion(t *testing.T) {
	m, c := machine(t)
	base := must(c.Snapshot(nil))
	before := m.CountReads()
	snap := must(c.Snapshot(&mhp.SnapshotOptions{Base: base, Region: "dax0.0"}))
	if m.CountReads() == before {
		t.Fatal("nothing was read")
	}
	if _, found := snap.FindRegion("dax0.0"); !found {
		t.Fatal("it is not there")
	}
	_, err := c.Snapshot(&mhp.SnapshotOptions{Region: "dax9.9"})
	is(t, err, os.ErrNotExist, syscall.ENOENT)
	_, err = c.Snapshot(&mhp.SnapshotOptions{Flags: 1 << 60})
	is(t, err, syscall.E2BIG)
	check(t, base.Close())
	_, err = c.Snapshot(&mhp.SnapshotOptions{Base: base})
	is(t, err, mhp.ErrClosed)
}

// What is no UTF-8 stays as it is.
func TestBytes(t *testing.T) {
	root := t.TempDir()
	memory := root + "/sys/devices/system/memory"
	check(t, os.MkdirAll(memory+"/memory0", 0o755))
	check(t, os.WriteFile(memory+"/block_size_bytes", []byte("8000000\n"), 0o644))
	check(t, os.WriteFile(memory+"/memory0/state", []byte("on\xffline\n"), 0o644))
	c := must(mhp.NewContext(root))
	defer c.Close()
	snap := must(c.Snapshot(&mhp.SnapshotOptions{Flags: mhp.SnapshotExact}))
	for _, problem := range snap.Problems() {
		if problem.Text == "on\xffline" {
			equal(t, "code", problem.Errno, syscall.EBADMSG)
			return
		}
	}
	t.Fatal("nobody told of it")
}

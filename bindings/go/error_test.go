// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp_test

import (
	"errors"
	"math"
	"os"
	"strings"
	"syscall"
	"testing"

	"libmhp.invalid/mhp"
)

func TestErrors(t *testing.T) {
	root := t.TempDir()
	_, err := mhp.NewContext(root + "/none")
	is(t, err, os.ErrNotExist)
	var e *mhp.Error
	equal(t, "as", errors.As(err, &e), true)
	equal(t, "path", e.Path, root+"/none")
	equal(t, "op", e.Op, "NewContext")

	c := must(mhp.NewContext(root))
	defer c.Close()
	_, err = c.Snapshot(nil)
	is(t, err, syscall.ENODEV)
	equal(t, "as", errors.As(err, &e), true)
	if e.Path != "/sys/devices/system/memory" || e.Msg == "" ||
		!strings.Contains(err.Error(), e.Path) {
		t.Fatalf("it does not say which file: %v", err)
	}
	if errors.Is(err, mhp.ErrStale) || errors.Is(err, mhp.ErrClosed) {
		t.Fatal("it is anything")
	}
	is(t, &mhp.Error{Errno: syscall.ESTALE}, mhp.ErrStale, mhp.ReasonStale)

	// what was told of one call is not told of the next
	err = c.SetProgram(strings.Repeat("x", 64))
	is(t, err, syscall.EINVAL)
	equal(t, "as", errors.As(err, &e), true)
	equal(t, "path", e.Path, "")
	equal(t, "message", e.Msg, "")
}

// A number that C has no room for is not that of another node.
func TestLargeNumbers(t *testing.T) {
	_, c := machine(t)
	snap := must(c.Snapshot(&mhp.SnapshotOptions{Flags: mhp.SnapshotTopology}))
	large := int(int64(1) << 32 & math.MaxInt) // on 32 bits there are none
	if large == 0 {
		t.Skip("int has 32 bits")
	}
	_, found := snap.FindNode(large)
	equal(t, "found", found, false)
	is(t, mhp.NewRequest().SetNode(large+1).Err(), syscall.EINVAL)
	_, err := snap.Nodes()[0].Distance(large + 1)
	is(t, err, syscall.ENOENT)
}

func TestPlanErrorsTellWhy(t *testing.T) {
	_, c := machine(t)
	snap := must(c.Snapshot(nil))
	_, err := snap.Plan(online(mhp.OnlineMovable).SetRegion("dax7.7"))
	is(t, err, os.ErrNotExist)
	if !strings.Contains(err.Error(), "dax7.7") {
		t.Fatal(err)
	}
	_, err = snap.Plan(mhp.NewRequest())
	is(t, err, syscall.EINVAL)
	_, err = c.Snapshot(&mhp.SnapshotOptions{Region: "dax7.7"})
	is(t, err, os.ErrNotExist)
	if !strings.Contains(err.Error(), "dax7.7") {
		t.Fatal(err)
	}
}

func TestRequestKeepsFirstError(t *testing.T) {
	_, c := machine(t)
	q := mhp.NewRequest().SetNode(-1).SetRegion("").SetRegion("dax0.0")
	is(t, q.Err(), syscall.EINVAL)
	_, err := must(c.Snapshot(nil)).Plan(q)
	var e *mhp.Error
	equal(t, "as", errors.As(err, &e), true)
	equal(t, "op", e.Op, "Request.SetNode")
	is(t, mhp.NewRequest().SetRules(1<<60).Err(), syscall.E2BIG)
	is(t, mhp.NewRequest().SetDriver("nobody").Err(), syscall.EINVAL)
	is(t, mhp.NewRequest().SetKind(mhp.RegionUnknown).Err(), syscall.EINVAL)
	is(t, mhp.NewRequest().SetRange(0, 0).Err(), syscall.EINVAL)
	is(t, mhp.NewRequest().AddBlocks(1, 0).Err(), syscall.EINVAL)
	check(t, mhp.NewRequest().SetSizeBytes(1).SetDefaultType().SetDriver("device_dax").Err())
}

func TestNULInTexts(t *testing.T) {
	m, c := machine(t)
	snap := must(c.Snapshot(nil))
	region, _ := snap.FindRegion("dax0.0")
	for what, err := range map[string]error{
		"SetRegion":  mhp.NewRequest().SetRegion("a\x00b").Err(),
		"SetDriver":  mhp.NewRequest().SetDriver("\x00").Err(),
		"SetProgram": c.SetProgram("a\x00b"),
		"Write":      m.Write("/sys\x00", "x"),
		"NewContext": func() error { _, err := mhp.NewContext("/\x00"); return err }(),
		"Hold":       func() error { _, err := c.Hold("a\x00", ""); return err }(),
		"Fact":       func() error { _, err := region.Fact("\x00"); return err }(),
		"Online": func() error {
			_, err := c.OnlineRegion("\x00", mhp.Online, 0)
			return err
		}(),
		"type": func() error { _, err := mhp.ParseOnlineType("online\x00"); return err }(),
		"kind": func() error { _, err := mhp.ParseRegionKind("dax\x00"); return err }(),
	} {
		if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, found := snap.FindRegion("dax0.0\x00"); found {
		t.Error("what comes before a NUL was found")
	}
}

func TestWords(t *testing.T) {
	equal(t, "type", must(mhp.ParseOnlineType("online_movable")), mhp.OnlineMovable)
	equal(t, "type", mhp.OnlineKernel.String(), "online_kernel")
	_, err := mhp.ParseOnlineType("movable")
	is(t, err, syscall.EINVAL)
	equal(t, "kind", must(mhp.ParseRegionKind("virtio-mem")), mhp.RegionVirtioMem)
	// what a later library has is nothing to fail of
	equal(t, "type", mhp.OnlineType(999).String(), "")
	for _, word := range []interface{ String() string }{
		mhp.State(999), mhp.Zone(999), mhp.DeviceState(999), mhp.RegionKind(999),
		mhp.NodeKind(-1), mhp.StepKind(999), mhp.ConflictCode(-1), mhp.Goal(999),
		mhp.Outcome(999), mhp.Reason(999), mhp.EventKind(999), mhp.CauseKind(999),
		mhp.Returned(999),
	} {
		equal(t, "word", word.String(), "unknown")
	}
	equal(t, "failure", mhp.Reason(999).IsFailure(), true)
	equal(t, "failure", mhp.ReasonAlready.IsFailure(), false)
	equal(t, "feature", mhp.Has(mhp.Feature(999)), false)
	if mhp.Version() == "" {
		t.Error("no version")
	}
}

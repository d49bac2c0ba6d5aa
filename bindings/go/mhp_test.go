// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"libmhp.invalid/mhp"
	"libmhp.invalid/mhp/internal/leaktest"
	"libmhp.invalid/mhp/sim"
)

func TestMain(m *testing.M) {
	leaktest.Main(m)
}

var background = context.Background()

// must is for what a test takes for granted.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if any(got) != any(want) {
		t.Fatalf("%s: %v, not %v", what, got, want)
	}
}

// is wants an error to have these in its chain.
func is(t *testing.T, err error, targets ...error) {
	t.Helper()
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Fatalf("%v (%T) is no %v", err, err, target)
		}
	}
}

// builder has a GiB of boot memory, and 512 MiB, memory32 to memory35, that are dax0.0.
func builder() *sim.Builder {
	return sim.NewBuilder(sim.Kernel7_3).AddNode(0, 2).AddMemory(0, 0, 1<<30).AddNode(1, 0).
		AddDAX("dax0.0", 1, 4<<30, 512<<20).Set("auto_online_blocks", "offline")
}

// machine has it bound to kmem, and offline.
func machine(t *testing.T) (*sim.Machine, *mhp.Context) {
	t.Helper()
	m := must(builder().Load("kmem").Build(0))
	c := must(m.NewContext())
	t.Cleanup(func() {
		check(t, c.Close())
		check(t, m.Close())
	})
	return m, c
}

func captured(t *testing.T, name string) (*sim.Machine, *mhp.Context) {
	t.Helper()
	data := os.Getenv("TEST_DATA")
	if data == "" {
		t.Skip("TEST_DATA is to be libmhp's folder tests")
	}
	m := must(sim.FromCapture(filepath.Join(data, "machines", name), 0))
	c := must(m.NewContext())
	t.Cleanup(func() {
		check(t, c.Close())
		check(t, m.Close())
	})
	return m, c
}

// online is four steps, one for each block.
func online(t mhp.OnlineType) *mhp.Request {
	return mhp.NewRequest().SetRegion("dax0.0").SetGoal(mhp.GoalOnline).SetOnlineType(t).
		SetRules(mhp.RulePerBlock)
}

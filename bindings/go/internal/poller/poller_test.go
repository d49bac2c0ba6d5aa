// SPDX-License-Identifier: LGPL-2.1-or-later

package poller_test

import (
	"testing"

	"libmhp.invalid/mhp/internal/leaktest"
	"libmhp.invalid/mhp/internal/poller"
)

func TestFailureLeavesNothing(t *testing.T) {
	before := leaktest.Epolls()
	if _, err := poller.New(-1); err == nil {
		t.Fatal("there is no such descriptor")
	}
	if n := leaktest.Epolls(); n != before {
		t.Fatalf("%d epoll instances, where there were %d", n, before)
	}
}

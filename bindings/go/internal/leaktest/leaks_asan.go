// SPDX-License-Identifier: LGPL-2.1-or-later

//go:build asan

package leaktest

// #include <sanitizer/lsan_interface.h>
import "C"

import "errors"

// leaks looks for memory of C's that nobody has. It cannot see Go's heap: what that has the
// pointers of must be freed by now.
func leaks() error {
	if C.__lsan_do_recoverable_leak_check() != 0 {
		return errors.New("memory of C's has leaked")
	}
	return nil
}

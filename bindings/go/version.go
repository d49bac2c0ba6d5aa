// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

// Version of the library that is running, such as "1.0.0".
func Version() string {
	return C.GoString(C.mhp_get_version())
}

// Has tells whether the library that is running has a feature; false also for what it does not
// know.
func Has(feature Feature) bool {
	return bool(C.mhp_has(C.enum_mhp_feature(feature)))
}

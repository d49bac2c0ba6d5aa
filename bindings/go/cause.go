// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

// Cause is who is likely to have brought the region's memory where it is: the kind, and a part
// of a sentence.
func (r Region) Cause() (CauseKind, string, error) {
	var kind C.enum_mhp_cause_kind
	text, err := copied(r.snap.handle(), "Region.Cause", func(ret **C.char) C.int {
		return C.mhp_region_guess_cause(r.snap.ptr(), r.ptr, &kind, ret)
	})
	return CauseKind(kind), text, err
}

// String is the word for it.
func (k CauseKind) String() string {
	return C.GoString(C.mhp_cause_kind_to_str(C.enum_mhp_cause_kind(k)))
}

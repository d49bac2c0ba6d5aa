// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

// ParseOnlineType is the value of one of the kernel's four words, with the kernel's strictness.
func ParseOnlineType(word string) (OnlineType, error) {
	const op = "ParseOnlineType"
	var in toC
	var ret C.enum_mhp_online_type
	defer in.free()
	text := in.text(op, word)
	if in.err != nil {
		return 0, in.err
	}
	r := C.mhp_online_type_from_str(text, &ret)
	return OnlineType(ret), fail(op, r)
}

// ParseRegionKind is the value of a word for a kind of region.
func ParseRegionKind(word string) (RegionKind, error) {
	const op = "ParseRegionKind"
	var in toC
	var ret C.enum_mhp_region_kind
	defer in.free()
	text := in.text(op, word)
	if in.err != nil {
		return 0, in.err
	}
	r := C.mhp_region_kind_from_str(text, &ret)
	return RegionKind(ret), fail(op, r)
}

// String is the kernel's word; "" if it is not one of the four values.
func (t OnlineType) String() string {
	return C.GoString(C.mhp_online_type_to_str(C.enum_mhp_online_type(t)))
}

// String is the word for it, as in memoryN/state.
func (s State) String() string {
	return C.GoString(C.mhp_state_to_str(C.enum_mhp_state(s)))
}

// String is the kernel's word for it.
func (z Zone) String() string {
	return C.GoString(C.mhp_zone_to_str(C.enum_mhp_zone(z)))
}

// String is the word for it.
func (s DeviceState) String() string {
	return C.GoString(C.mhp_device_state_to_str(C.enum_mhp_device_state(s)))
}

// String is the word for it.
func (k RegionKind) String() string {
	return C.GoString(C.mhp_region_kind_to_str(C.enum_mhp_region_kind(k)))
}

// String is the word for it.
func (k NodeKind) String() string {
	return C.GoString(C.mhp_node_kind_to_str(C.enum_mhp_node_kind(k)))
}

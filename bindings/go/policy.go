// SPDX-License-Identifier: LGPL-2.1-or-later

package mhp

// #include <mhp/mhp.h>
import "C"

// A UdevRule is one that onlines memory as it is added, or may do so.
type UdevRule struct {
	// Path is the file, below the root; it may hold any byte.
	Path string
	// Line is where in it the rule begins, from 1.
	Line uint
	// Word is what it writes; "" if that is not known.
	Word string
	// May is false if it onlines every block that is added and offline.
	May bool
}

// DefaultOnlineType is the system's (memory/auto_online_blocks).
func (s *Snapshot) DefaultOnlineType() (OnlineType, error) {
	return number[OnlineType](s.handle(), "Snapshot.DefaultOnlineType",
		func(ret *C.enum_mhp_online_type) C.int {
			return C.mhp_snapshot_get_default_online_type(s.ptr(), ret)
		})
}

// OnlinePolicy is how the kernel chooses a zone for a plain "online".
func (s *Snapshot) OnlinePolicy() (string, error) {
	return text(s.handle(), "Snapshot.OnlinePolicy", func(ret **C.char) C.int {
		return C.mhp_snapshot_get_online_policy(s.ptr(), ret)
	})
}

// AutoMovableRatio is how much the kernel onlines in Movable under "auto-movable", in percent.
func (s *Snapshot) AutoMovableRatio() (uint, error) {
	return number[uint](s.handle(), "Snapshot.AutoMovableRatio", func(ret *C.uint) C.int {
		return C.mhp_snapshot_get_auto_movable_ratio(s.ptr(), ret)
	})
}

// AutoMovableNUMAAware tells whether that ratio holds for each node by itself, too.
func (s *Snapshot) AutoMovableNUMAAware() (bool, error) {
	return truth(s.handle(), "Snapshot.AutoMovableNUMAAware", func(ret *C.bool) C.int {
		return C.mhp_snapshot_get_auto_movable_numa_aware(s.ptr(), ret)
	})
}

// MemmapOnMemory is the kernel's word on whether memory that is added may hold what manages it.
func (s *Snapshot) MemmapOnMemory() (string, error) {
	return text(s.handle(), "Snapshot.MemmapOnMemory", func(ret **C.char) C.int {
		return C.mhp_snapshot_get_memmap_on_memory(s.ptr(), ret)
	})
}

// HasHotremove tells whether this kernel can take memory offline.
func (s *Snapshot) HasHotremove() (bool, error) {
	return truth(s.handle(), "Snapshot.HasHotremove", func(ret *C.bool) C.int {
		return C.mhp_snapshot_get_has_hotremove(s.ptr(), ret)
	})
}

// UdevRules are those that online memory, in the order in which udev follows them; the error
// tells whether all are known.
func (s *Snapshot) UdevRules() ([]UdevRule, error) {
	var rules []UdevRule
	err := with(s.handle(), "Snapshot.UdevRules", func() C.int {
		rules = make([]UdevRule, C.mhp_snapshot_count_udev_rules(s.ptr()))
		for i := range rules {
			var path, word *C.char
			var line C.uint
			var may C.bool
			C.mhp_snapshot_get_udev_rule(s.ptr(), C.size_t(i), &path, &line, &word,
				&may)
			rules[i] = UdevRule{C.GoString(path), uint(line), C.GoString(word),
				bool(may)}
		}
		return C.mhp_snapshot_get_udev_rules_code(s.ptr())
	})
	return rules, err
}

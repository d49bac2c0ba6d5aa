// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::error::Result;
use crate::ffi::{self, call, Ref};
use crate::region::Region;
use crate::text::Text;
use crate::words::{State, Zone};
use libmhp_sys as sys;

ffi::parts!(mhp_block);

/// A memory block, the unit that the kernel onlines and offlines: of a snapshot, as long as
/// that lives.
#[derive(Clone, Copy)]
pub struct Block<'a> {
    snap: Ref<'a, sys::mhp_snapshot>,
    raw: Ref<'a, sys::mhp_block>,
}

impl<'a> Block<'a> {
    pub(crate) fn new(snap: Ref<'a, sys::mhp_snapshot>, raw: Ref<'a, sys::mhp_block>) -> Self {
        Block { snap, raw }
    }

    /// The N of memoryN. Its first byte is at N times the block size.
    pub fn id(&self) -> u64 {
        call!(mhp_block_get_id(self.raw))
    }

    /// Its state.
    pub fn state(&self) -> State {
        State::from_raw(call!(mhp_block_get_state(self.raw)))
    }

    /// Was the state not read, but follows from /proc/zoneinfo?
    pub fn is_inferred(&self) -> bool {
        call!(mhp_block_is_inferred(self.raw))
    }

    /// Its NUMA node; the lowest one if it spans several.
    ///
    /// # Errors
    /// `ENODATA`: the kernel shows none.
    pub fn node_id(&self) -> Result<i32> {
        ffi::out!(mhp_block_get_node_id(self.raw) -> i32)
    }

    /// The zone that it is online in; [`Zone::NONE`] if it spans several.
    pub fn zone(&self) -> Zone {
        Zone::from_raw(call!(mhp_block_get_zone(self.raw)))
    }

    /// The words of valid_zones: of an online block the one that it is in, else those that it
    /// may go to, where a plain "online" would go first.
    pub fn zones(&self) -> impl DoubleEndedIterator<Item = Zone> + ExactSizeIterator + 'a {
        let raw = self.raw;
        ffi::items(call!(mhp_block_count_zones(raw)), move |index| {
            Some(Zone::from_raw(call!(mhp_block_get_zone_at(raw, index))))
        })
    }

    /// The text of valid_zones where it has a word that libmhp does not know; to be escaped
    /// before it goes to a terminal.
    pub fn zones_text(&self) -> Option<&'a Text> {
        ffi::text!(mhp_snapshot_get_block_zones_text(self.snap, self.raw))
    }

    /// The region that it belongs to; None if that is not known.
    pub fn region(&self) -> Option<Region<'a>> {
        let raw = ffi::part!(mhp_snapshot_get_block_region(self.snap, self.raw))?;
        Some(Region::new(self.snap, raw))
    }

    /// How much of it is there, of memory that a host plugs in parts.
    ///
    /// # Errors
    /// `ENODATA`: no host plugs it, it is not online, or the snapshot was taken without
    /// [`PLUGGED`](crate::SnapshotFlags::PLUGGED). Others: what reading it answered.
    pub fn plugged_bytes(&self) -> Result<u64> {
        ffi::out!(mhp_snapshot_get_block_plugged_bytes(self.snap, self.raw) -> u64)
    }
}

impl std::fmt::Debug for Block<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "memory{} {}", self.id(), self.state())
    }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
//! What the kernel, and udev, do with memory that is added without a type: mhp/policy.h.
use crate::error::Result;
use crate::ffi::{self, call, Kept};
use crate::snapshot::Snapshot;
use crate::text::Text;
use crate::words::OnlineType;
use libmhp_sys as sys;

/// A udev rule that onlines memory as it is added, or may do so.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct UdevRule<'a> {
    /// The file, below the root; to be escaped before it goes to a terminal.
    pub path: &'a Text,
    /// Where in it the rule begins, from 1.
    pub line: u32,
    /// What it writes, "|" between several; None if that is not known.
    pub word: Option<&'a Text>,
    /// Whether it does depends on what only udev knows.
    pub may: bool,
}

/// The system's policy. `ENODATA`: the kernel has no such file. Other errors: it could not be
/// read, `EBADMSG` if it makes no sense.
impl Snapshot {
    /// The default online type (auto_online_blocks).
    ///
    /// # Errors
    /// See above.
    pub fn default_online_type(&self) -> Result<OnlineType> {
        ffi::out!(mhp_snapshot_get_default_online_type(self.get()) -> u32).map(OnlineType::from_raw)
    }

    /// How the kernel chooses a zone for a plain "online"; to be escaped.
    ///
    /// # Errors
    /// See above.
    pub fn online_policy(&self) -> Result<&Text> {
        ffi::out_text!(mhp_snapshot_get_online_policy(self.get())).map(Option::unwrap_or_default)
    }

    /// How much memory goes to Movable under "auto-movable", in percent of the kernel's zones.
    ///
    /// # Errors
    /// See above.
    pub fn auto_movable_ratio(&self) -> Result<u32> {
        ffi::out!(mhp_snapshot_get_auto_movable_ratio(self.get()) -> u32)
    }

    /// Does that ratio hold for each node by itself, too?
    ///
    /// # Errors
    /// See above.
    pub fn auto_movable_numa_aware(&self) -> Result<bool> {
        ffi::out!(mhp_snapshot_get_auto_movable_numa_aware(self.get()) -> bool)
    }

    /// May memory that is added hold what the kernel needs to manage it ("Y", "N", "force")? To
    /// be escaped.
    ///
    /// # Errors
    /// See above.
    pub fn memmap_on_memory(&self) -> Result<&Text> {
        ffi::out_text!(mhp_snapshot_get_memmap_on_memory(self.get())).map(Option::unwrap_or_default)
    }

    /// Can this kernel take memory offline?
    ///
    /// # Errors
    /// `ENODATA`: there is no block to tell it by, or the snapshot was made without
    /// [`FOR_PLANS`](crate::SnapshotFlags::FOR_PLANS).
    pub fn has_hotremove(&self) -> Result<bool> {
        ffi::out!(mhp_snapshot_get_has_hotremove(self.get()) -> bool)
    }

    /// Are all udev rules known that online memory?
    ///
    /// # Errors
    /// `ENODATA`: the snapshot was made without [`FOR_PLANS`](crate::SnapshotFlags::FOR_PLANS).
    /// Others: a file, or a directory, could not be read.
    pub fn udev_rules_read(&self) -> Result<()> {
        ffi::check!(mhp_snapshot_get_udev_rules_code(self.get()))
    }

    /// Udev rules that online memory, or may, in the order in which udev follows them.
    pub fn udev_rules(
        &self,
    ) -> impl DoubleEndedIterator<Item = UdevRule<'_>> + ExactSizeIterator + '_ {
        let snap = self.get();
        ffi::items(call!(mhp_snapshot_count_udev_rules(snap)), move |index| {
            let (mut path, mut word) = (Kept::by(snap), Kept::by(snap));
            let (mut line, mut may) = (0, false);
            ffi::check!(mhp_snapshot_get_udev_rule(
                snap, index, &mut path, &mut line, &mut word, &mut may
            ))
            .ok()?;
            Some(UdevRule { path: path.get().unwrap_or_default(), line, word: word.get(), may })
        })
    }
}

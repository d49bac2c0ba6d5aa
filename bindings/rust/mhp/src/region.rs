// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::block::Block;
use crate::error::Result;
use crate::ffi::{self, call, Copied, Kept, Ref};
use crate::text::{Text, TextBuf};
use crate::words::{Capability, CauseKind, DeviceState, RegionKind, State, Zone};
use libmhp_sys as sys;
use std::ops::Range;

ffi::parts!(mhp_region);

/// A region: memory of one origin, such as a dax device. Of a snapshot, as long as that lives.
#[derive(Clone, Copy)]
pub struct Region<'a> {
    snap: Ref<'a, sys::mhp_snapshot>,
    raw: Ref<'a, sys::mhp_region>,
}

/// A physical range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AddressRange {
    /// First byte's address.
    pub start: u64,
    /// Length.
    pub size_bytes: u64,
}

/// A fact that a region's origin tells of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fact<'a> {
    /// What it is; libmhp(7) lists them with their units.
    pub name: &'a Text,
    /// Its value, to be escaped before it goes to a terminal; None if it could not be read.
    pub text: Option<&'a Text>,
    /// An errno value, positive, if it could not be read, else 0.
    pub code: i32,
}

/// A device behind a region.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Device<'a> {
    /// Its name, such as "mem0", to be escaped before it goes to a terminal.
    pub name: &'a Text,
    /// Its directory in sysfs, below the root, to be escaped likewise.
    pub path: &'a Text,
    /// Its serial number; `ENODATA` if it has none.
    pub serial: Result<u64>,
    /// Number of the node that it is next to; `ENODATA` if that is not told.
    pub node_id: Result<i32>,
}

impl<'a> Region<'a> {
    pub(crate) fn new(snap: Ref<'a, sys::mhp_snapshot>, raw: Ref<'a, sys::mhp_region>) -> Self {
        Region { snap, raw }
    }

    #[cfg(feature = "policy")]
    pub(crate) fn parts(&self) -> (Ref<'a, sys::mhp_snapshot>, Ref<'a, sys::mhp_region>) {
        (self.snap, self.raw)
    }

    /// Its name, such as "dax0.0".
    pub fn name(&self) -> &'a Text {
        ffi::text!(mhp_region_get_name(self.raw)).unwrap_or_default()
    }

    /// Where its memory comes from.
    pub fn kind(&self) -> RegionKind {
        RegionKind::from_raw(call!(mhp_region_get_kind(self.raw)))
    }

    /// Its directory in sysfs, below the root; to be escaped before it goes to a terminal.
    pub fn path(&self) -> &'a Text {
        ffi::text!(mhp_region_get_path(self.raw)).unwrap_or_default()
    }

    /// The node that the memory belongs to when it is System RAM.
    ///
    /// # Errors
    /// `ENODATA`: the kernel tells none. Others: it could not be read.
    pub fn node_id(&self) -> Result<i32> {
        ffi::out!(mhp_region_get_node_id(self.raw) -> i32)
    }

    /// The driver that is bound to the device, if one is; to be escaped.
    ///
    /// # Errors
    /// It could not be read.
    pub fn driver(&self) -> Result<Option<&'a Text>> {
        ffi::out_text!(mhp_region_get_driver(self.raw))
    }

    /// The driver's own word for the whole device, which is no measurement, as a value and as
    /// the kernel has it, to be escaped.
    ///
    /// # Errors
    /// `ENODATA`: there is no such file. Others: it could not be read.
    pub fn device_state(&self) -> Result<(DeviceState, Option<&'a Text>)> {
        let (mut state, mut text) = (0, Kept::by(self.raw));
        ffi::check!(mhp_region_get_device_state(self.raw, &mut state, &mut text))?;
        Ok((DeviceState::from_raw(state), text.get()))
    }

    /// The driver that /proc/iomem names for its System RAM, to be escaped; None if it is not
    /// System RAM, or no driver's.
    ///
    /// # Errors
    /// `ENODATA`: it was not read. Others: it could not be (`EACCES`: needs `CAP_SYS_ADMIN`).
    pub fn ram_driver(&self) -> Result<Option<&'a Text>> {
        ffi::out_text!(mhp_region_get_ram_driver(self.raw))
    }

    /// Its physical ranges, in the kernel's order.
    ///
    /// # Errors
    /// They could not be read (`EACCES`: needs root).
    pub fn ranges(&self) -> Result<Vec<AddressRange>> {
        let range = |index| {
            let (mut start, mut size_bytes) = (0, 0);
            ffi::check!(mhp_region_get_range(self.raw, index, &mut start, &mut size_bytes))?;
            Ok(AddressRange { start, size_bytes })
        };
        (0..ffi::out!(mhp_region_get_range_count(self.raw) -> usize)?).map(range).collect()
    }

    /// Runs of numbers of the whole blocks inside the ranges, whether they exist or not.
    pub fn block_runs(
        &self,
    ) -> impl DoubleEndedIterator<Item = Range<u64>> + ExactSizeIterator + 'a {
        let raw = self.raw;
        ffi::items(call!(mhp_region_count_block_runs(raw)), move |index| {
            let (mut first, mut count) = (0, 0);
            ffi::check!(mhp_region_get_block_run(raw, index, &mut first, &mut count)).ok()?;
            Some(first..first + count)
        })
    }

    /// The blocks that it owns, by address: each block has one owner, the deepest region.
    pub fn blocks(&self) -> impl DoubleEndedIterator<Item = Block<'a>> + ExactSizeIterator + 'a {
        let Region { snap, raw } = *self;
        ffi::items(call!(mhp_region_count_blocks(raw)), move |index| {
            ffi::part!(mhp_region_get_block(raw, index)).map(|raw| Block::new(snap, raw))
        })
    }

    /// Number of blocks inside its ranges, whoever owns them.
    pub fn total_block_count(&self) -> usize {
        call!(mhp_region_count_total_blocks(self.raw))
    }

    /// The state that all of its blocks have, or [`State::MIXED`].
    pub fn state(&self) -> State {
        State::from_raw(call!(mhp_region_get_state(self.raw)))
    }

    /// The zone of its online blocks, or [`Zone::MIXED`].
    pub fn zone(&self) -> Zone {
        Zone::from_raw(call!(mhp_region_get_zone(self.raw)))
    }

    /// Size of all ranges.
    ///
    /// # Errors
    /// It could not be read.
    pub fn size_bytes(&self) -> Result<u64> {
        ffi::out!(mhp_region_get_size_bytes(self.raw) -> u64)
    }

    /// Memory that is in use: its online blocks.
    ///
    /// # Errors
    /// The ranges could not be read.
    pub fn online_bytes(&self) -> Result<u64> {
        ffi::out!(mhp_region_get_online_bytes(self.raw) -> u64)
    }

    /// Memory that can never be used, as it does not fill a block.
    ///
    /// # Errors
    /// The ranges could not be read.
    pub fn lost_bytes(&self) -> Result<u64> {
        ffi::out!(mhp_region_get_lost_bytes(self.raw) -> u64)
    }

    /// Memory that a host has plugged in parts.
    ///
    /// # Errors
    /// As [`Block::plugged_bytes`].
    pub fn plugged_bytes(&self) -> Result<u64> {
        ffi::out!(mhp_region_get_plugged_bytes(self.raw) -> u64)
    }

    /// A name that stays the same over reboots.
    ///
    /// # Errors
    /// `ENODATA`: it has none, or was not asked for
    /// ([`IDENTITY`](crate::SnapshotFlags::IDENTITY)). `ENOTUNIQ`: another one has the same.
    pub fn identity(&self) -> Result<&'a Text> {
        ffi::out_text!(mhp_region_get_identity(self.raw)).map(Option::unwrap_or_default)
    }

    /// The region that this one is made from.
    pub fn parent(&self) -> Option<Region<'a>> {
        ffi::part!(mhp_region_get_parent(self.raw)).map(|raw| Region::new(self.snap, raw))
    }

    /// Is another one made from it? Its blocks are theirs then.
    pub fn has_children(&self) -> bool {
        call!(mhp_region_has_children(self.raw))
    }

    /// Can this be done to it?
    ///
    /// # Errors
    /// It cannot: why, as a part of a sentence.
    pub fn can(&self, what: Capability) -> std::result::Result<(), &'a Text> {
        let mut why = Kept::by(self.raw);
        if call!(mhp_region_can(self.raw, what.raw(), &mut why)) {
            Ok(())
        } else {
            Err(why.get().unwrap_or_default())
        }
    }

    /// What its origin tells of it beside what has a function here; none of a snapshot without
    /// [`IDENTITY`](crate::SnapshotFlags::IDENTITY).
    pub fn facts(&self) -> impl DoubleEndedIterator<Item = Fact<'a>> + ExactSizeIterator + 'a {
        let raw = self.raw;
        ffi::items(call!(mhp_region_count_facts(raw)), move |index| {
            let (mut name, mut text, mut code) = (Kept::by(raw), Kept::by(raw), 0);
            ffi::check!(mhp_region_get_fact(raw, index, &mut name, &mut text, &mut code)).ok()?;
            Some(Fact { name: name.get().unwrap_or_default(), text: text.get(), code: -code })
        })
    }

    /// A fact by name, to be escaped before it goes to a terminal.
    ///
    /// # Errors
    /// `ENODATA`: there is no such fact, or it was not asked for. Others: it could not be read.
    pub fn fact(&self, name: impl AsRef<[u8]>) -> Result<&'a Text> {
        let name = TextBuf::for_call("mhp_region_find_fact", name)?;
        ffi::out_text!(mhp_region_find_fact(self.raw, &*name)).map(Option::unwrap_or_default)
    }

    /// The devices behind it; for interleaved memory in that order. None of a snapshot without
    /// [`IDENTITY`](crate::SnapshotFlags::IDENTITY).
    pub fn devices(&self) -> impl DoubleEndedIterator<Item = Device<'a>> + ExactSizeIterator + 'a {
        let raw = self.raw;
        ffi::items(call!(mhp_region_count_devices(raw)), move |index| {
            let (mut name, mut path) = (Kept::by(raw), Kept::by(raw));
            ffi::check!(mhp_region_get_device(raw, index, &mut name, &mut path)).ok()?;
            Some(Device {
                name: name.get().unwrap_or_default(),
                path: path.get().unwrap_or_default(),
                serial: ffi::out!(mhp_region_get_device_serial(raw, index) -> u64),
                node_id: ffi::out!(mhp_region_get_device_node_id(raw, index) -> i32),
            })
        })
    }

    /// Who is likely to have brought its memory where it is, with a part of a sentence.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn guess_cause(&self) -> Result<(CauseKind, TextBuf)> {
        let (mut kind, mut text) = (0, Copied::new());
        ffi::check!(mhp_region_guess_cause(self.snap, self.raw, &mut kind, &mut text))?;
        Ok((CauseKind::from_raw(kind), text.take().unwrap_or_default()))
    }
}

impl std::fmt::Debug for Region<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name(), self.state())
    }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::block::Block;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::ffi::{self, call, Handle, Kept, Ref};
use crate::node::{Node, ZoneBytes};
use crate::region::Region;
use crate::text::{Text, TextBuf};
use crate::words::{SnapshotFlags, Zone};
use libmhp_sys as sys;
use std::ptr;

ffi::object!(mhp_snapshot: mhp_snapshot_unref, mhp_snapshot_ref; Portable Shared);

/// What a snapshot is to hold: flags, or these with more.
#[derive(Clone, Debug, Default)]
pub struct SnapshotOptions<'a> {
    flags: SnapshotFlags,
    region: Option<Result<TextBuf>>,
    base: Option<&'a Snapshot>,
}

impl<'a> SnapshotOptions<'a> {
    /// With these flags, or [`SnapshotFlags::NONE`].
    pub fn new(flags: SnapshotFlags) -> Self {
        SnapshotOptions { flags, ..Self::default() }
    }

    /// Only this region's blocks are read; what is read does not grow with the machine then.
    pub fn region(mut self, name: impl AsRef<[u8]>) -> Self {
        self.region = Some(TextBuf::for_call("mhp_snapshot_new", name));
        self
    }

    /// No block is read that this earlier one has.
    pub fn base(mut self, base: &'a Snapshot) -> Self {
        self.base = Some(base);
        self
    }
}

impl From<SnapshotFlags> for SnapshotOptions<'_> {
    fn from(flags: SnapshotFlags) -> Self {
        SnapshotOptions::new(flags)
    }
}

/// The machine's memory at one moment. It never changes, and is cheap to clone: all clones are
/// the same one. Blocks, nodes and regions are borrowed from it.
///
/// What could not be read is kept: the value is unknown, or an error, and
/// [`Snapshot::problems`] tells which files it was.
#[derive(Clone)]
pub struct Snapshot(Handle<sys::mhp_snapshot>);

/// A file that could not be read or understood.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Problem<'a> {
    /// The file, below the root; to be escaped before it goes to a terminal.
    pub path: &'a Text,
    /// An errno value, positive; `EBADMSG` if it was read but makes no sense.
    pub code: i32,
    /// What stood in it, where that makes no sense; to be escaped.
    pub text: Option<&'a Text>,
}

impl Problem<'_> {
    /// As an error.
    pub fn error(&self) -> Error {
        let (path, text) = (self.path.to_owned(), self.text.map(ToOwned::to_owned));
        Error::new("mhp_snapshot_get_problem", self.code).with_texts(Some(path), text)
    }
}

/// What a user of libmhp has begun and did not end.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Pending<'a> {
    /// Who did what.
    pub what: &'a Text,
    /// He is still at work, so that it is no matter for [`Context::recover`].
    pub is_running: bool,
}

impl Context {
    /// Takes a snapshot.
    ///
    /// # Errors
    /// `ENODEV`: no memory hotplug below this root. `ENOENT`: there is no such region. Less than
    /// that is no error of the call: see [`Snapshot::problems`].
    pub fn snapshot<'a>(&self, options: impl Into<SnapshotOptions<'a>>) -> Result<Snapshot> {
        let options = options.into();
        let region = options.region.transpose()?;
        let opts = sys::mhp_snapshot_opts {
            size: std::mem::size_of::<sys::mhp_snapshot_opts>(),
            flags: options.flags.bits(),
            region: ffi::Arg::arg(region.as_deref()),
            base: options.base.map_or(ptr::null(), |base| ffi::Arg::arg(base.get())),
        };
        let name = "mhp_snapshot_new";
        let made = self
            .make(name, |ctx, made| (call!(mhp_snapshot_new(ctx, &opts, made)), None))
            .map_err(|error| match &region {
            Some(region) => error.asked_for(region.as_bytes()),
            None => error,
        })?;
        made.map(Snapshot).ok_or_else(|| Error::nothing(name))
    }
}

impl Snapshot {
    pub(crate) fn own(raw: Handle<sys::mhp_snapshot>) -> Snapshot {
        Snapshot(raw)
    }

    pub(crate) fn get(&self) -> Ref<'_, sys::mhp_snapshot> {
        Ref::new(self.0.get())
    }

    #[cfg(feature = "policy")]
    pub(crate) fn raw(&self) -> ffi::Raw<'_, sys::mhp_snapshot> {
        self.0.raw()
    }

    /// What it was taken with, and what that implies.
    pub fn flags(&self) -> SnapshotFlags {
        SnapshotFlags::from_bits(call!(mhp_snapshot_get_flags(self.get())))
    }

    /// Size of every memory block: a power of two.
    pub fn block_size_bytes(&self) -> u64 {
        call!(mhp_snapshot_get_block_size_bytes(self.get()))
    }

    /// All memory blocks, by address.
    pub fn blocks(&self) -> impl DoubleEndedIterator<Item = Block<'_>> + ExactSizeIterator + '_ {
        let snap = self.get();
        ffi::items(call!(mhp_snapshot_count_blocks(snap)), move |index| {
            ffi::part!(mhp_snapshot_get_block(snap, index)).map(|raw| Block::new(snap, raw))
        })
    }

    /// The block with this number, the N of memoryN.
    pub fn block(&self, id: u64) -> Option<Block<'_>> {
        let snap = self.get();
        ffi::part!(mhp_snapshot_find_block(snap, id)).map(|raw| Block::new(snap, raw))
    }

    /// All NUMA nodes that have a directory, by number.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = Node<'_>> + ExactSizeIterator + '_ {
        let snap = self.get();
        ffi::items(call!(mhp_snapshot_count_nodes(snap)), move |index| {
            ffi::part!(mhp_snapshot_get_node(snap, index)).map(|raw| Node::new(snap, raw))
        })
    }

    /// The node with this number.
    pub fn node(&self, id: i32) -> Option<Node<'_>> {
        let snap = self.get();
        ffi::part!(mhp_snapshot_find_node(snap, id)).map(|raw| Node::new(snap, raw))
    }

    /// Could nodes be listed? Without NUMA there are none, and that is no error.
    ///
    /// # Errors
    /// They, or some of them, could not.
    pub fn nodes_listed(&self) -> Result<()> {
        ffi::check!(mhp_snapshot_get_nodes_code(self.get()))
    }

    /// All regions, by kind, then by name.
    pub fn regions(&self) -> impl DoubleEndedIterator<Item = Region<'_>> + ExactSizeIterator + '_ {
        let snap = self.get();
        ffi::items(call!(mhp_snapshot_count_regions(snap)), move |index| {
            ffi::part!(mhp_snapshot_get_region(snap, index)).map(|raw| Region::new(snap, raw))
        })
    }

    /// The region of this name, such as "dax0.0", or of this identity; None also of a name that
    /// none can have.
    pub fn region(&self, name: impl AsRef<[u8]>) -> Option<Region<'_>> {
        let snap = self.get();
        let name = TextBuf::new(name).ok()?;
        ffi::part!(mhp_snapshot_find_region(snap, &*name)).map(|raw| Region::new(snap, raw))
    }

    /// Could regions be listed? That there is no dax bus is no error.
    ///
    /// # Errors
    /// They, or some of them, could not.
    pub fn regions_listed(&self) -> Result<()> {
        ffi::check!(mhp_snapshot_get_regions_code(self.get()))
    }

    /// What could not be read or understood.
    pub fn problems(
        &self,
    ) -> impl DoubleEndedIterator<Item = Problem<'_>> + ExactSizeIterator + '_ {
        let snap = self.get();
        ffi::items(call!(mhp_snapshot_count_problems(snap)), move |index| {
            let (mut path, mut text, mut code) = (Kept::by(snap), Kept::by(snap), 0);
            ffi::check!(mhp_snapshot_get_problem(snap, index, &mut path, &mut code, &mut text))
                .ok()?;
            Some(Problem { path: path.get().unwrap_or_default(), code: -code, text: text.get() })
        })
    }

    /// Is there something that a user of libmhp has begun and did not end?
    ///
    /// # Errors
    /// That could not be read. `EACCES`: something was begun, and only root can tell whether he
    /// is still at work.
    pub fn pending(&self) -> Result<Option<Pending<'_>>> {
        let snap = self.get();
        let (mut what, mut is_running) = (Kept::by(snap), false);
        ffi::check!(mhp_snapshot_get_pending(snap, &mut what, &mut is_running))?;
        Ok(what.get().map(|what| Pending { what, is_running }))
    }

    /// What lies in a zone, of all nodes.
    ///
    /// # Errors
    /// `ENODATA`: taken without [`SnapshotFlags::TOPOLOGY`] and [`SnapshotFlags::FOR_PLANS`].
    pub fn zone_bytes(&self, zone: Zone) -> Result<ZoneBytes> {
        let mut bytes = ZoneBytes::default();
        let ZoneBytes { present, managed, free } = &mut bytes;
        ffi::check!(mhp_snapshot_get_zone_bytes(self.get(), zone.raw(), present, managed, free))?;
        Ok(bytes)
    }

    /// Memory in the zones that the kernel uses for itself.
    ///
    /// # Errors
    /// As [`Snapshot::zone_bytes`].
    pub fn kernel_bytes(&self) -> Result<u64> {
        ffi::out!(mhp_snapshot_get_kernel_bytes(self.get()) -> u64)
    }

    /// Memory in Movable.
    ///
    /// # Errors
    /// As [`Snapshot::zone_bytes`].
    pub fn movable_bytes(&self) -> Result<u64> {
        ffi::out!(mhp_snapshot_get_movable_bytes(self.get()) -> u64)
    }

    /// MOVABLE:KERNEL in percent.
    ///
    /// # Errors
    /// As [`Snapshot::zone_bytes`].
    pub fn movable_percent(&self) -> Result<u64> {
        ffi::out!(mhp_snapshot_get_movable_percent(self.get()) -> u64)
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot")
            .field("blocks", &self.blocks().len())
            .field("regions", &self.regions().len())
            .finish_non_exhaustive()
    }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::error::Result;
use crate::ffi::{self, call, Ref};
use crate::region::Region;
use crate::words::{Access, NodeKind, Zone};
use libmhp_sys as sys;

ffi::parts!(mhp_node);

/// A NUMA node: of a snapshot, as long as that lives.
///
/// Most of it is known of a snapshot with [`TOPOLOGY`](crate::SnapshotFlags::TOPOLOGY) only;
/// without, and where the kernel does not tell, the answer is `ENODATA`. Other errors are what
/// reading it answered, `EBADMSG` if it makes no sense.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    snap: Ref<'a, sys::mhp_snapshot>,
    raw: Ref<'a, sys::mhp_node>,
}

/// What lies in a zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZoneBytes {
    /// Bytes of memory.
    pub present: u64,
    /// Bytes that the kernel hands out, which is less.
    pub managed: u64,
    /// Bytes that are free.
    pub free: u64,
}

/// A cache before a node's memory.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Cache {
    /// 1 is the one next to the memory.
    pub level: u32,
    /// Its size, if it is known.
    pub size_bytes: Option<u64>,
}

impl<'a> Node<'a> {
    pub(crate) fn new(snap: Ref<'a, sys::mhp_snapshot>, raw: Ref<'a, sys::mhp_node>) -> Self {
        Node { snap, raw }
    }

    /// The M of nodeM.
    pub fn id(&self) -> i32 {
        call!(mhp_node_get_id(self.raw))
    }

    /// Has it processors?
    ///
    /// # Errors
    /// See [`Node`].
    pub fn has_cpu(&self) -> Result<bool> {
        ffi::out!(mhp_node_get_has_cpu(self.raw) -> bool)
    }

    /// The same in a word.
    pub fn kind(&self) -> NodeKind {
        NodeKind::from_raw(call!(mhp_node_get_kind(self.raw)))
    }

    /// Has it something else that uses memory by itself, such as an accelerator?
    ///
    /// # Errors
    /// See [`Node`].
    pub fn has_generic_initiator(&self) -> Result<bool> {
        ffi::out!(mhp_node_get_has_generic_initiator(self.raw) -> bool)
    }

    /// Has it online memory?
    ///
    /// # Errors
    /// See [`Node`].
    pub fn has_memory(&self) -> Result<bool> {
        ffi::out!(mhp_node_get_has_memory(self.raw) -> bool)
    }

    /// Has it online memory in a kernel zone?
    ///
    /// # Errors
    /// See [`Node`].
    pub fn has_normal_memory(&self) -> Result<bool> {
        ffi::out!(mhp_node_get_has_normal_memory(self.raw) -> bool)
    }

    /// Could its blocks be listed?
    ///
    /// # Errors
    /// They could not; `ENODATA`: they were not, in a snapshot of one region.
    pub fn blocks_listed(&self) -> Result<()> {
        ffi::check!(mhp_node_get_blocks_code(self.raw))
    }

    /// Number of its memory blocks, those that it shares with other nodes too.
    pub fn block_count(&self) -> usize {
        call!(mhp_node_count_blocks(self.raw))
    }

    /// Its memory tier: the lower, the faster.
    ///
    /// # Errors
    /// See [`Node`]; `ENODATA` also if it is in none.
    pub fn tier(&self) -> Result<i32> {
        ffi::out!(mhp_node_get_tier(self.raw) -> i32)
    }

    /// Distance to another one.
    ///
    /// # Errors
    /// See [`Node`]; `ENOENT`: there is no such node.
    pub fn distance(&self, to: i32) -> Result<u32> {
        ffi::out!(mhp_node_get_distance(self.raw, to) -> u32)
    }

    /// What reading its memory is rated at, in MB/s.
    ///
    /// # Errors
    /// See [`Node`].
    pub fn read_bandwidth_mb_per_s(&self, access: Access) -> Result<u64> {
        ffi::out!(mhp_node_get_read_bandwidth_mb_per_s(self.raw, access.raw()) -> u64)
    }

    /// What writing is rated at, in MB/s.
    ///
    /// # Errors
    /// See [`Node`].
    pub fn write_bandwidth_mb_per_s(&self, access: Access) -> Result<u64> {
        ffi::out!(mhp_node_get_write_bandwidth_mb_per_s(self.raw, access.raw()) -> u64)
    }

    /// How long reading takes, in ns.
    ///
    /// # Errors
    /// See [`Node`].
    pub fn read_latency_ns(&self, access: Access) -> Result<u64> {
        ffi::out!(mhp_node_get_read_latency_ns(self.raw, access.raw()) -> u64)
    }

    /// How long writing takes, in ns.
    ///
    /// # Errors
    /// See [`Node`].
    pub fn write_latency_ns(&self, access: Access) -> Result<u64> {
        ffi::out!(mhp_node_get_write_latency_ns(self.raw, access.raw()) -> u64)
    }

    /// The nodes that these ratings are about, by number.
    ///
    /// # Errors
    /// See [`Node`].
    pub fn initiators(&self, access: Access) -> Result<Vec<i32>> {
        ffi::check!(mhp_node_get_initiators_code(self.raw, access.raw()))?;
        (0..call!(mhp_node_count_initiators(self.raw, access.raw())))
            .map(|i| ffi::out!(mhp_node_get_initiator_id(self.raw, access.raw(), i) -> i32))
            .collect()
    }

    /// The caches before its memory, by level.
    ///
    /// # Errors
    /// See [`Node`].
    pub fn caches(&self) -> Result<Vec<Cache>> {
        ffi::check!(mhp_node_get_caches_code(self.raw))?;
        let cache = |index| {
            let (mut level, mut size) = (0, 0);
            let result = ffi::check!(mhp_node_get_cache(self.raw, index, &mut level, &mut size));
            Cache { level, size_bytes: result.ok().map(|()| size) }
        };
        Ok((0..call!(mhp_node_count_caches(self.raw))).map(cache).collect())
    }

    /// The regions that have memory on it, in the snapshot's order.
    pub fn regions(&self) -> impl DoubleEndedIterator<Item = Region<'a>> + ExactSizeIterator + 'a {
        let Node { snap, raw } = *self;
        ffi::items(call!(mhp_node_count_regions(raw)), move |index| {
            ffi::part!(mhp_node_get_region(raw, index)).map(|raw| Region::new(snap, raw))
        })
    }

    /// Is it there because of regions only, and goes with the last block of these?
    ///
    /// # Errors
    /// That cannot be told.
    pub fn is_from_regions(&self) -> Result<bool> {
        ffi::out!(mhp_node_get_is_from_regions(self.raw) -> bool)
    }

    /// What lies in a zone of it; all 0 if it has no such zone.
    ///
    /// # Errors
    /// See [`Node`]; `EINVAL`: there is no such zone.
    pub fn zone_bytes(&self, zone: Zone) -> Result<ZoneBytes> {
        let mut bytes = ZoneBytes::default();
        let ZoneBytes { present, managed, free } = &mut bytes;
        ffi::check!(mhp_node_get_zone_bytes(self.raw, zone.raw(), present, managed, free))?;
        Ok(bytes)
    }

    /// Its memory in the zones that the kernel uses for itself.
    ///
    /// # Errors
    /// See [`Node`].
    pub fn kernel_bytes(&self) -> Result<u64> {
        ffi::out!(mhp_node_get_kernel_bytes(self.raw) -> u64)
    }

    /// Its memory in Movable.
    ///
    /// # Errors
    /// See [`Node`].
    pub fn movable_bytes(&self) -> Result<u64> {
        ffi::out!(mhp_node_get_movable_bytes(self.raw) -> u64)
    }

    /// Its MOVABLE:KERNEL in percent.
    ///
    /// # Errors
    /// See [`Node`].
    pub fn movable_percent(&self) -> Result<u64> {
        ffi::out!(mhp_node_get_movable_percent(self.raw) -> u64)
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "node{}", self.id())
    }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// Made by "cargo run -p declare" from the headers: change those.
use std::os::raw::{c_char, c_int, c_uint, c_void};

opaque!(mhp_ctx);
opaque!(mhp_snapshot);
opaque!(mhp_block);
opaque!(mhp_node);
opaque!(mhp_region);
opaque!(mhp_recovery);
opaque!(mhp_hold);
opaque!(mhp_request);
opaque!(mhp_plan);
opaque!(mhp_step);
opaque!(mhp_conflict);
opaque!(mhp_report);
opaque!(mhp_event);
opaque!(mhp_result);
opaque!(mhp_monitor);

/// What a library may be built without.
pub type mhp_feature = c_uint;
/// libudev: events, mhp_monitor_new() and what needs it
pub const MHP_FEATURE_UDEV: mhp_feature = 1;
/// libkmod: a driver's module is loaded where a plan needs it
pub const MHP_FEATURE_KMOD: mhp_feature = 2;

/// How memory is onlined. Numbers and words are those of the kernel's enum mmop
/// (include/linux/memory_hotplug.h).
pub type mhp_online_type = c_uint;
/// "offline": present, not used
pub const MHP_OFFLINE: mhp_online_type = 0;
/// "online": the kernel chooses the zone
pub const MHP_ONLINE: mhp_online_type = 1;
/// "online_kernel": a kernel zone
pub const MHP_ONLINE_KERNEL: mhp_online_type = 2;
/// "online_movable": zone Movable
pub const MHP_ONLINE_MOVABLE: mhp_online_type = 3;

/// State of a memory block, as memoryN/state tells it.
pub type mhp_state = c_uint;
/// unreadable, or a word never seen
pub const MHP_STATE_UNKNOWN: mhp_state = 0;
/// there is no such block
pub const MHP_STATE_ABSENT: mhp_state = 1;
/// there, and not used
pub const MHP_STATE_OFFLINE: mhp_state = 2;
/// in use
pub const MHP_STATE_ONLINE: mhp_state = 3;
/// a writer is offlining it just now
pub const MHP_STATE_GOING_OFFLINE: mhp_state = 4;
/// of a region: its blocks differ
pub const MHP_STATE_MIXED: mhp_state = 5;

/// Zone of memory, as memoryN/valid_zones tells it.
pub type mhp_zone = c_uint;
/// unreadable, or a word never seen
pub const MHP_ZONE_UNKNOWN: mhp_zone = 0;
/// "none": the block spans zones or nodes, it can never be offlined
pub const MHP_ZONE_NONE: mhp_zone = 1;
/// for devices' small addresses
pub const MHP_ZONE_DMA: mhp_zone = 2;
/// for 32-bit addresses
pub const MHP_ZONE_DMA32: mhp_zone = 3;
/// the usual kernel zone
pub const MHP_ZONE_NORMAL: mhp_zone = 4;
/// beyond what a 32-bit kernel maps
pub const MHP_ZONE_HIGHMEM: mhp_zone = 5;
/// Movable: what can be given back
pub const MHP_ZONE_MOVABLE: mhp_zone = 6;
/// a driver's, for no program
pub const MHP_ZONE_DEVICE: mhp_zone = 7;
/// of a region: its online blocks differ
pub const MHP_ZONE_MIXED: mhp_zone = 8;

/// What daxX.Y/state of the kmem driver claims (Linux 7.3).
pub type mhp_device_state = c_uint;
/// a word never seen, or "unknown"
pub const MHP_DEVICE_STATE_UNKNOWN: mhp_device_state = 0;
/// no System RAM
pub const MHP_DEVICE_STATE_UNPLUGGED: mhp_device_state = 1;
/// System RAM, offline
pub const MHP_DEVICE_STATE_OFFLINE: mhp_device_state = 2;
/// online, in whichever zone
pub const MHP_DEVICE_STATE_ONLINE: mhp_device_state = 3;
/// online in a kernel zone
pub const MHP_DEVICE_STATE_ONLINE_KERNEL: mhp_device_state = 4;
/// online in Movable
pub const MHP_DEVICE_STATE_ONLINE_MOVABLE: mhp_device_state = 5;

/// Origin of a region's memory.
pub type mhp_region_kind = c_uint;
/// not known
pub const MHP_REGION_UNKNOWN: mhp_region_kind = 0;
/// a device of /sys/bus/dax
pub const MHP_REGION_DAX: mhp_region_kind = 1;
/// a volatile region of /sys/bus/cxl; what dax devices of it there are own its blocks
pub const MHP_REGION_CXL: mhp_region_kind = 2;
/// a virtio-mem device: the host plugs and unplugs
pub const MHP_REGION_VIRTIO_MEM: mhp_region_kind = 3;
/// an ACPI memory device (PNP0C80)
pub const MHP_REGION_DIMM: mhp_region_kind = 4;
/// s390 storage, /sys/firmware/memory (Linux 7.2)
pub const MHP_REGION_S390_STANDBY: mhp_region_kind = 5;
/// logical memory blocks of a POWER partition
pub const MHP_REGION_PPC64_LMB: mhp_region_kind = 6;
/// any other "System RAM (X)" of /proc/iomem
pub const MHP_REGION_MANAGED: mhp_region_kind = 7;
/// all that no other region has: memory from boot, and what was added since without a name of its
/// own
pub const MHP_REGION_BOOT: mhp_region_kind = 8;

/// What can be done to a region's memory: see mhp_region_can().
pub type mhp_capability = c_uint;
/// its blocks, one by one
pub const MHP_CAN_ONLINE: mhp_capability = 1;
/// all of it by one write, which the kernel undoes if it cannot be added
pub const MHP_CAN_ONLINE_WHOLE: mhp_capability = 2;
/// its blocks, one by one
pub const MHP_CAN_OFFLINE: mhp_capability = 3;
/// be made System RAM
pub const MHP_CAN_PLUG: mhp_capability = 4;
/// ... and given back, a part of it only
pub const MHP_CAN_PLUG_BLOCKS: mhp_capability = 5;
/// as a whole: no block is left
pub const MHP_CAN_UNPLUG: mhp_capability = 6;
/// the hardware behind it be given back
pub const MHP_CAN_RELEASE: mhp_capability = 7;

/// What a NUMA node has beside memory.
pub type mhp_node_kind = c_uint;
/// unreadable
pub const MHP_NODE_UNKNOWN: mhp_node_kind = 0;
/// processors
pub const MHP_NODE_CPU: mhp_node_kind = 1;
/// none: memory only, or an accelerator's
pub const MHP_NODE_CPU_LESS: mhp_node_kind = 2;

/// Whose accesses the rating of a node's memory is about.
pub type mhp_access = c_uint;
/// nobody's
pub const MHP_ACCESS_UNKNOWN: mhp_access = 0;
/// those of the nearest nodes with anything that uses memory by itself (access0)
pub const MHP_ACCESS_ANY: mhp_access = 1;
/// those of the nearest nodes with processors (access1)
pub const MHP_ACCESS_CPU: mhp_access = 2;

/// Receives messages: each tells of a failure, or of something that is not as it should be.
///
/// * `data`: as given to mhp_ctx_set_log_fn()
/// * `code`: a negative errno value; 0 if there is none for it
/// * `path`: the file it is about, below the root, or NULL; may hold any byte but NUL: escape it
///   before it goes to a terminal
/// * `message`: one line of English without a newline, printable
pub type mhp_log_fn =
    Option<unsafe extern "C" fn(
    data: *mut c_void,
    code: c_int,
    path: *const c_char,
    message: *const c_char,
)>;

/// Flags of a capture, to be joined by |.
pub type mhp_capture_flag = c_uint;
/// with serial numbers and the like, by which the machine, or a part of it, is known
pub const MHP_CAPTURE_IDENTITY: mhp_capture_flag = 1;

/// What to take. Set size to sizeof(struct mhp_capture_opts), all else to 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct mhp_capture_opts {
    /// bytes of the struct that the caller knows
    pub size: usize,
    /// MHP_CAPTURE_..., or 0
    pub flags: u64,
}

/// Flags of a snapshot, to be joined by |.
pub type mhp_snapshot_flag = c_uint;
/// read valid_zones of offline blocks too, not of online ones only: a file each
pub const MHP_SNAPSHOT_OFFLINE_ZONES: mhp_snapshot_flag = 1;
/// read what plans are checked against: udev's rules, free memory and the sizes of zones, whether
/// the kernel can take memory away; a plan of a snapshot without it warns that this was not
/// checked, where it matters. Identities are read, too (MHP_SNAPSHOT_IDENTITY): a request may
/// name a region by one
pub const MHP_SNAPSHOT_FOR_PLANS: mhp_snapshot_flag = 2;
/// read what nodes are like: tiers, distances, bandwidth and so on (mhp/node.h), and the sizes of
/// zones (mhp/zones.h): some 20 files a node at most, and none a block
pub const MHP_SNAPSHOT_TOPOLOGY: mhp_snapshot_flag = 4;
/// ask for each page of blocks that a host plugs in parts (virtio-mem) whether it is there: 8
/// bytes are read for each of them
pub const MHP_SNAPSHOT_PLUGGED: mhp_snapshot_flag = 8;
/// read the state of every block, as MHP_SNAPSHOT_FOR_PLANS does, too; in which zone an online
/// one is may follow from /proc/zoneinfo all the same. Without it, what /proc/zoneinfo proves is
/// not read (mhp_block_is_inferred()); a block that is going offline is then online
pub const MHP_SNAPSHOT_EXACT: mhp_snapshot_flag = 16;
/// read what only shows a region, or names it: its identity, its facts, the devices behind it:
/// some 10 files a region, of interleaved CXL memory more
pub const MHP_SNAPSHOT_IDENTITY: mhp_snapshot_flag = 32;
/// no regions and no system policy: as far as they are asked for, they answer -ENODATA; not
/// together with _FOR_PLANS, _PLUGGED or _IDENTITY: -EINVAL
pub const MHP_SNAPSHOT_BLOCKS_ONLY: mhp_snapshot_flag = 64;

/// What a snapshot is to hold. Set size to sizeof(struct mhp_snapshot_opts).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct mhp_snapshot_opts {
    /// bytes of the struct that the caller knows
    pub size: usize,
    /// MHP_SNAPSHOT_..., or 0
    pub flags: u64,
    /// the name of a region, to read blocks of no other one: mhp_snapshot_new(); or NULL
    pub region: *const c_char,
    /// an earlier one, to read no block that it has: mhp_snapshot_new(); or NULL. No reference is
    /// kept
    pub base: *const mhp_snapshot,
}

/// What became of a setting that was borrowed.
pub type mhp_returned = c_uint;
/// it could not be read, or not be written
pub const MHP_RETURNED_UNKNOWN: mhp_returned = 0;
/// put back
pub const MHP_RETURNED_DONE: mhp_returned = 1;
/// was as before
pub const MHP_RETURNED_ALREADY: mhp_returned = 2;
/// somebody else changed it since: left alone
pub const MHP_RETURNED_CHANGED: mhp_returned = 3;

/// What is to become of the target.
pub type mhp_goal = c_uint;
/// none was set
pub const MHP_GOAL_UNKNOWN: mhp_goal = 0;
/// blocks present and offline
pub const MHP_GOAL_OFFLINE: mhp_goal = 1;
/// every block online, with the type set by mhp_request_set_online_type() or
/// mhp_request_set_default_type()
pub const MHP_GOAL_ONLINE: mhp_goal = 2;
/// no blocks left; mhp_request_set_driver() says who gets the device then
pub const MHP_GOAL_UNPLUGGED: mhp_goal = 3;
/// made System RAM, every block online with the type and never, not for a moment, in another zone
/// (but see MHP_RULE_PER_BLOCK)
pub const MHP_GOAL_PLUGGED: mhp_goal = 4;

/// Rules of a request, to be joined by |.
pub type mhp_rule = c_uint;
/// upon failure keep what worked instead of putting everything back
pub const MHP_RULE_KEEP: mhp_rule = 1;
/// memory that is online in another zone may be taken offline first
pub const MHP_RULE_REZONE: mhp_rule = 2;
/// online block by block where the whole device could be written at once. What has to be added
/// first, as MHP_ONLINE_KERNEL or MHP_ONLINE_MOVABLE, is added offline and then onlined
/// downwards: less work for the kernel the more blocks there are, but for a moment anybody may
/// online it elsewhere (MHP_WARNING_WINDOW; then it is put back). Needs a system's policy that is
/// offline, or MHP_RULE_BORROW; a conflict where a udev rule onlines memory, or where that is not
/// known
pub const MHP_RULE_PER_BLOCK: mhp_rule = 4;
/// the system's policy (auto_online_blocks) and the dax bus's drivers_autoprobe may be set to
/// something else while a device is plugged or unplugged; they are put back, after a kill by the
/// next apply or mhp_recover()
pub const MHP_RULE_BORROW: mhp_rule = 8;
/// once all memory of a CXL region, or of all of them, is unplugged, its decoders are turned off,
/// so that the hardware behind it is free for others. It cannot be undone. For MHP_GOAL_UNPLUGGED
/// without a driver; any other request gets a conflict
pub const MHP_RULE_RELEASE: mhp_rule = 16;
/// memory that a host plugs and unplugs (virtio-mem) may be onlined as MHP_ONLINE_KERNEL, though
/// the host hardly ever gets it back then
pub const MHP_RULE_KERNEL_ZONE: mhp_rule = 32;

/// What a step writes to.
pub type mhp_step_kind = c_uint;
/// not known
pub const MHP_STEP_UNKNOWN: mhp_step_kind = 0;
/// memoryN/state
pub const MHP_STEP_BLOCK: mhp_step_kind = 1;
/// daxX.Y/state: all ranges at once
pub const MHP_STEP_DEVICE: mhp_step_kind = 2;
/// the driver's unbind file
pub const MHP_STEP_UNBIND: mhp_step_kind = 3;
/// the driver's bind file, and where the kernel says ENODEV to that, new_id and remove_id
pub const MHP_STEP_BIND: mhp_step_kind = 4;
/// loads a driver's module
pub const MHP_STEP_LOAD: mhp_step_kind = 5;
/// a setting of the whole system, for a while
pub const MHP_STEP_BORROW: mhp_step_kind = 6;
/// ... put back, if it still is what was written
pub const MHP_STEP_RETURN: mhp_step_kind = 7;
/// a DIMM's eject file: the kernel does it later, and does not tell; apply waits until it is done
pub const MHP_STEP_EJECT: mhp_step_kind = 8;
/// memory is asked from the firmware, or given back, a block or an LMB at a time:
/// /sys/firmware/memory/memoryN/config (s390), /sys/kernel/dlpar (ppc64)
pub const MHP_STEP_CONFIGURE: mhp_step_kind = 9;
/// a CXL region's commit file: its decoders are turned off
pub const MHP_STEP_RELEASE: mhp_step_kind = 10;

/// What stands against a request, or is to be known about it.
pub type mhp_conflict_code = c_uint;
/// not known
pub const MHP_CONFLICT_UNKNOWN: mhp_conflict_code = 0;
/// online in another zone; MHP_RULE_REZONE
pub const MHP_CONFLICT_WRONG_ZONE: mhp_conflict_code = 1;
/// smaller than a memory block, or lies badly
pub const MHP_CONFLICT_NO_BLOCK: mhp_conflict_code = 2;
/// the device is not bound to kmem
pub const MHP_CONFLICT_NOT_BOUND: mhp_conflict_code = 3;
/// there is no block to change
pub const MHP_CONFLICT_ABSENT: mhp_conflict_code = 4;
/// memory without a driver: stays until reboot
pub const MHP_CONFLICT_STRANDED: mhp_conflict_code = 5;
/// valid_zones is "none": never goes offline
pub const MHP_CONFLICT_SPANS_ZONES: mhp_conflict_code = 6;
/// what the plan needs could not be read
pub const MHP_CONFLICT_UNREADABLE: mhp_conflict_code = 7;
/// somebody is offlining a block just now
pub const MHP_CONFLICT_GOING_OFFLINE: mhp_conflict_code = 8;
/// default asked for, and there is none
pub const MHP_CONFLICT_NO_DEFAULT: mhp_conflict_code = 9;
/// a range is another region's too
pub const MHP_CONFLICT_OVERLAP: mhp_conflict_code = 10;
/// what the plan needs is for root to read
pub const MHP_CONFLICT_NO_PERMISSION: mhp_conflict_code = 11;
/// the system's policy would online it elsewhere, and the request has no MHP_RULE_BORROW
pub const MHP_CONFLICT_POLICY: mhp_conflict_code = 12;
/// a udev rule would online it elsewhere; with MHP_RULE_PER_BLOCK: onlines memory at all, or may
pub const MHP_CONFLICT_UDEV_RULE: mhp_conflict_code = 13;
/// the kernel would bind other devices as well
pub const MHP_CONFLICT_OTHER_DEVICES: mhp_conflict_code = 14;
/// a part of a region, or of an LMB, cannot be plugged or unplugged
pub const MHP_CONFLICT_NOT_WHOLE: mhp_conflict_code = 15;
/// the target has not that much to choose from
pub const MHP_CONFLICT_TOO_FEW: mhp_conflict_code = 16;
/// no device that could be plugged, or another driver has it
pub const MHP_CONFLICT_NOT_DEVICE: mhp_conflict_code = 17;
/// this kernel takes no memory offline
pub const MHP_CONFLICT_NO_HOTREMOVE: mhp_conflict_code = 18;
/// only the host, or the firmware, can unplug it
pub const MHP_CONFLICT_HOST_DECIDES: mhp_conflict_code = 19;
/// borrowing in a container that does not share /run/libmhp with the host
pub const MHP_CONFLICT_CONTAINED: mhp_conflict_code = 20;
/// a size that is no multiple of the block size, or of an LMB's
pub const MHP_CONFLICT_NOT_ALIGNED: mhp_conflict_code = 21;
/// memory of that kind cannot: mhp_region_can()
pub const MHP_CONFLICT_NOT_ABLE: mhp_conflict_code = 22;
/// boot memory is changed by block, range or node only
pub const MHP_CONFLICT_BOOT_MEMORY: mhp_conflict_code = 23;
/// a CXL region, or a decoder of it, is locked: it stays as it is until a reboot
pub const MHP_CONFLICT_LOCKED: mhp_conflict_code = 24;
/// memory that the host is to have back would go to a kernel zone; MHP_RULE_KERNEL_ZONE
pub const MHP_CONFLICT_KERNEL_ZONE: mhp_conflict_code = 25;
/// memory outside whole blocks stays unused
pub const MHP_WARNING_LOST_BYTES: mhp_conflict_code = 64;
/// the device word disagrees with the blocks
pub const MHP_WARNING_STALE_WORD: mhp_conflict_code = 65;
/// after the plan the device word will
pub const MHP_WARNING_WORD_WILL_LIE: mhp_conflict_code = 66;
/// a step cannot be undone
pub const MHP_WARNING_NOT_UNDOABLE: mhp_conflict_code = 67;
/// a udev rule onlines memory, or may do so
pub const MHP_WARNING_UDEV_RULE: mhp_conflict_code = 68;
/// the kernel needs more memory to manage it than is free
pub const MHP_WARNING_MEMMAP: mhp_conflict_code = 69;
/// MOVABLE:KERNEL will be above auto_movable_ratio
pub const MHP_WARNING_RATIO: mhp_conflict_code = 70;
/// what a check needs could not be read
pub const MHP_WARNING_NOT_CHECKED: mhp_conflict_code = 71;
/// its driver may bring the memory back at any time
pub const MHP_WARNING_HOST_DECIDES: mhp_conflict_code = 72;
/// what others add while a setting is borrowed is onlined with it too
pub const MHP_WARNING_OTHERS: mhp_conflict_code = 73;
/// memory that the host is to have back goes, or may go, to a kernel zone
pub const MHP_WARNING_KERNEL_ZONE: mhp_conflict_code = 74;
/// so much is offline that its driver brings no more
pub const MHP_WARNING_HELD_OFFLINE: mhp_conflict_code = 75;
/// it comes offline, and until it is onlined anybody else may online it elsewhere;
/// MHP_RULE_PER_BLOCK
pub const MHP_WARNING_WINDOW: mhp_conflict_code = 76;

/// What progress functions return; anything else but 0 counts as MHP_CANCEL.
pub type mhp_cancel = c_uint;
/// stop, and put back what was changed
pub const MHP_CANCEL: mhp_cancel = 1;
/// stop putting it back, too
pub const MHP_CANCEL_UNDO: mhp_cancel = 2;

/// Called before the first step and after each one (but see MHP_APPLY_BY_TIME), between blocks
/// where a step for a whole device goes on block by block, about every 100 ms while the kernel
/// takes its time over a write or another user of libmhp is at work, and while things are put
/// back; in the thread that called mhp_apply(), before that returns. It must not use the context.
///
/// * `data`: as given in mhp_apply_opts
/// * `done_bytes`: memory of the steps carried out so far
/// * `total_bytes`: memory of all steps
/// * returns 0 to go on. MHP_CANCEL stops, as a failure would, and ends the write that is under
///   way: what was changed is put back unless the request has MHP_RULE_KEEP. It comes too late
///   once all is as wanted, and while things are put back it is not heeded: MHP_CANCEL_UNDO ends
///   that, too
pub type mhp_progress_fn =
    Option<unsafe extern "C" fn(
    data: *mut c_void,
    done_bytes: u64,
    total_bytes: u64,
) -> c_int>;

/// Milliseconds that a call may take where no deadline is given.
pub const MHP_TIMEOUT_DEFAULT_MS: i64 = 60000;

/// Milliseconds that putting back may take where no deadline is given.
pub const MHP_UNDO_TIMEOUT_DEFAULT_MS: i64 = 30000;

/// No deadline, where milliseconds are asked for.
pub const MHP_TIMEOUT_NONE: i64 = -1;

/// Flags of struct mhp_apply_opts.
pub type mhp_apply_flag = c_uint;
/// progress need not be called after each step of a block: about every 100 ms will do, so that
/// steps need not wait for it
pub const MHP_APPLY_BY_TIME: mhp_apply_flag = 1;

/// How to apply. Set size to sizeof(struct mhp_apply_opts), all else to 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct mhp_apply_opts {
    /// bytes of the struct that the caller knows
    pub size: usize,
    /// NULL for none
    pub progress: mhp_progress_fn,
    /// handed to progress
    pub progress_data: *mut c_void,
    /// deadline for all but putting back, waiting for other users of libmhp included; 0:
    /// MHP_TIMEOUT_DEFAULT_MS; MHP_TIMEOUT_NONE
    pub timeout_ms: i64,
    /// for putting back; 0: MHP_UNDO_TIMEOUT_DEFAULT_MS; MHP_TIMEOUT_NONE
    pub undo_timeout_ms: i64,
    /// enum mhp_apply_flag, or-ed
    pub flags: u64,
}

/// Who has done something, as far as that can be concluded.
pub type mhp_cause_kind = c_uint;
/// nothing tells: another program, an administrator
pub const MHP_CAUSE_UNKNOWN: mhp_cause_kind = 0;
/// mhp_apply() with this context
pub const MHP_CAUSE_SELF: mhp_cause_kind = 1;
/// another user of libmhp, or another context
pub const MHP_CAUSE_LIBMHP: mhp_cause_kind = 2;
/// the kernel, as its auto_online_blocks says
pub const MHP_CAUSE_SYSTEM_POLICY: mhp_cause_kind = 3;
/// a udev rule, whose file and line the text names
pub const MHP_CAUSE_UDEV_RULE: mhp_cause_kind = 4;
/// the driver of a device: it was bound or unbound, or its state file was written
pub const MHP_CAUSE_DEVICE: mhp_cause_kind = 5;
/// the host or the firmware, through its driver, such as virtio_mem or ACPI's
pub const MHP_CAUSE_HOST: mhp_cause_kind = 6;

/// How a plan ended.
pub type mhp_outcome = c_uint;
/// the true state could not be read, or may still change (MHP_REASON_QUEUED)
pub const MHP_OUTCOME_UNKNOWN: mhp_outcome = 0;
/// every block is as wanted, and has the driver that was asked for
pub const MHP_OUTCOME_DONE: mhp_outcome = 1;
/// failed; every block, driver and setting is as it was
pub const MHP_OUTCOME_UNDONE: mhp_outcome = 2;
/// failed; some blocks are changed, by this call or by others, or, with MHP_RULE_KEEP, some are
/// as wanted; or a setting could not be put back, even if all blocks are as wanted
pub const MHP_OUTCOME_PARTIAL: mhp_outcome = 3;
/// nothing was written: conflicts, stale, locked, pending, or cancelled or late before the first
/// write
pub const MHP_OUTCOME_REFUSED: mhp_outcome = 4;

/// Why a block ended as it did.
pub type mhp_reason = c_uint;
/// none of those below: see the errno value
pub const MHP_REASON_UNKNOWN: mhp_reason = 0;
/// changed as wanted
pub const MHP_REASON_DONE: mhp_reason = 1;
/// was as wanted, or somebody else did it
pub const MHP_REASON_ALREADY: mhp_reason = 2;
/// the call stopped before it came to it
pub const MHP_REASON_NOT_TRIED: mhp_reason = 3;
/// was changed, and put back as another failed
pub const MHP_REASON_UNDONE: mhp_reason = 4;
/// the plan has a conflict: see the plan
pub const MHP_REASON_CONFLICT: mhp_reason = 5;
/// was not as the plan expected
pub const MHP_REASON_STALE: mhp_reason = 6;
/// EBUSY: memory in use that cannot be moved
pub const MHP_REASON_BUSY: mhp_reason = 7;
/// online, but in another zone
pub const MHP_REASON_WRONG_ZONE: mhp_reason = 8;
/// valid_zones is "none"
pub const MHP_REASON_SPANS_ZONES: mhp_reason = 9;
/// EHWPOISON: holds broken memory
pub const MHP_REASON_POISONED: mhp_reason = 10;
/// EPERM: its owner in the kernel refused; on s390 before Linux 7.2 also: the storage could not
/// be attached
pub const MHP_REASON_VETOED: mhp_reason = 11;
/// EINTR: a signal ended the write
pub const MHP_REASON_INTERRUPTED: mhp_reason = 12;
/// ENOENT, ENODEV: the block or device is no more, or no driver takes it
pub const MHP_REASON_GONE: mhp_reason = 13;
/// EACCES: not root
pub const MHP_REASON_NO_PERMISSION: mhp_reason = 14;
/// EROFS: sysfs is mounted read-only
pub const MHP_REASON_READ_ONLY: mhp_reason = 15;
/// ENOMEM: the kernel lacks memory for it
pub const MHP_REASON_NO_MEMORY: mhp_reason = 16;
/// EAGAIN: refused for the moment
pub const MHP_REASON_TRY_AGAIN: mhp_reason = 17;
/// the write succeeded without effect
pub const MHP_REASON_NOT_TAKEN: mhp_reason = 18;
/// stays without a driver until reboot
pub const MHP_REASON_STRANDED: mhp_reason = 19;
/// the caller's progress function stopped it
pub const MHP_REASON_CANCELLED: mhp_reason = 20;
/// what it is now could not be read
pub const MHP_REASON_UNREADABLE: mhp_reason = 21;
/// EINVAL, and not because it was so already
pub const MHP_REASON_INVALID: mhp_reason = 22;
/// was changed, and could not be put back
pub const MHP_REASON_NOT_PUT_BACK: mhp_reason = 23;
/// pinned or busy until the deadline
pub const MHP_REASON_DEADLINE: mhp_reason = 24;
/// another user of libmhp was at work until the deadline: nothing was tried
pub const MHP_REASON_LOCKED: mhp_reason = 25;
/// EOPNOTSUPP: this kernel cannot; or a setting would be borrowed in a container
pub const MHP_REASON_UNSUPPORTED: mhp_reason = 26;
/// has a hole in it, so that it never goes offline
pub const MHP_REASON_HOLE: mhp_reason = 27;
/// EEXIST, or EBUSY to a driver: its addresses are taken
pub const MHP_REASON_TAKEN: mhp_reason = 28;
/// E2BIG: beyond the addresses that the kernel can map
pub const MHP_REASON_BEYOND: mhp_reason = 29;
/// the driver's module cannot be loaded
pub const MHP_REASON_MODULE: mhp_reason = 30;
/// the kernel would bind other devices as well
pub const MHP_REASON_OTHER_DEVICES: mhp_reason = 31;
/// what a killed user of libmhp has left borrowed could not be put back: nothing was tried
pub const MHP_REASON_PENDING: mhp_reason = 32;
/// the kernel took an eject, which may still be carried out: it was not done by the deadline, or
/// when the caller cancelled, or somebody brought a block online again
pub const MHP_REASON_QUEUED: mhp_reason = 33;
/// the kernel tried to eject it, and gave up
pub const MHP_REASON_GIVEN_UP: mhp_reason = 34;
/// EIO, EPERM of what asks it for memory: the firmware, or the hypervisor, refused
pub const MHP_REASON_FIRMWARE: mhp_reason = 35;

/// What happened.
pub type mhp_event_kind = c_uint;
/// not known
pub const MHP_EVENT_UNKNOWN: mhp_event_kind = 0;
/// a block has come
pub const MHP_EVENT_BLOCK_ADDED: mhp_event_kind = 1;
/// by a driver that gave up its device, also one that was online
pub const MHP_EVENT_BLOCK_REMOVED: mhp_event_kind = 2;
/// a block was onlined
pub const MHP_EVENT_BLOCK_ONLINE: mhp_event_kind = 3;
/// a block was taken offline
pub const MHP_EVENT_BLOCK_OFFLINE: mhp_event_kind = 4;
/// a node has come
pub const MHP_EVENT_NODE_ADDED: mhp_event_kind = 5;
/// a node has gone
pub const MHP_EVENT_NODE_REMOVED: mhp_event_kind = 6;
/// a memory tier has come
pub const MHP_EVENT_TIER_ADDED: mhp_event_kind = 7;
/// a memory tier has gone
pub const MHP_EVENT_TIER_REMOVED: mhp_event_kind = 8;
/// a dax device, a CXL region, a virtio-mem device; the name is the region's
pub const MHP_EVENT_DEVICE_ADDED: mhp_event_kind = 9;
/// such a device has gone
pub const MHP_EVENT_DEVICE_REMOVED: mhp_event_kind = 10;
/// a driver has it, and its probe has ended
pub const MHP_EVENT_DEVICE_BOUND: mhp_event_kind = 11;
/// no driver has it any more
pub const MHP_EVENT_DEVICE_UNBOUND: mhp_event_kind = 12;
/// a setting of the system; the name is its file's
pub const MHP_EVENT_POLICY_CHANGED: mhp_event_kind = 13;
/// events were lost: what follows until MHP_EVENT_RESYNCED was found by comparing with a fresh
/// snapshot
pub const MHP_EVENT_LOST: mhp_event_kind = 14;
/// all that differed has been told
pub const MHP_EVENT_RESYNCED: mhp_event_kind = 15;
/// (found) online as before, but in another zone, or in one that was not known before
pub const MHP_EVENT_BLOCK_ZONE: mhp_event_kind = 16;

/// Who tells of events.
pub type mhp_event_source = c_uint;
/// udevd where it runs (/run/udev/control is there) in our network namespace, else the kernel;
/// the simulated machine its own
pub const MHP_EVENT_SOURCE_AUTO: mhp_event_source = 0;
/// udevd, once its rules have been followed
pub const MHP_EVENT_SOURCE_UDEV: mhp_event_source = 1;
/// the kernel itself, as in an initrd or a container without udevd
pub const MHP_EVENT_SOURCE_KERNEL: mhp_event_source = 2;

/// Flags of a monitor, to be joined by |.
pub type mhp_monitor_flag = c_uint;
/// look in which zone a block came online
pub const MHP_MONITOR_ZONES: mhp_monitor_flag = 1;
/// conclude who is likely to have done it (mhp/cause.h); with zones, and with
/// MHP_SNAPSHOT_FOR_PLANS in its snapshots. A few more files are read for an event
pub const MHP_MONITOR_CAUSES: mhp_monitor_flag = 2;

/// Bytes that events waiting may take where nothing else is said.
pub const MHP_MONITOR_BUFFER_DEFAULT_BYTES: i64 = 64 << 20;

/// How to follow. Set size to sizeof(struct mhp_monitor_opts), all else to 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct mhp_monitor_opts {
    /// bytes of the struct that the caller knows
    pub size: usize,
    /// MHP_MONITOR_..., or 0
    pub flags: u64,
    /// who is to tell; 0: MHP_EVENT_SOURCE_AUTO
    pub source: mhp_event_source,
    /// 0
    pub reserved: u32,
    /// of what waits; a small message takes 1 KiB of it. 0: MHP_MONITOR_BUFFER_DEFAULT_BYTES.
    /// Without CAP_NET_ADMIN it is at most /proc/sys/net/core/rmem_max. Memory is used only for
    /// what does wait
    pub buffer_bytes: usize,
    /// MHP_SNAPSHOT_...: of the snapshots that it takes
    pub snapshot_flags: u64,
}

/// What of a region is waited for.
pub type mhp_wait = c_uint;
/// it is there; a slot has something in it
pub const MHP_WAIT_PRESENT: mhp_wait = 1;
/// it can be worked with: a driver has the device, and is done with adding its blocks. Told by
/// the device's state file (Linux 7.3), by the message that its driver's probe has ended, or by
/// all of its blocks being there. Before Linux 7.3 none of these may be seen of a device that was
/// bound before the call and lacks blocks, or hides where they are from a plain user. Memory that
/// has no device is ready once all of its blocks are there
pub const MHP_WAIT_READY: mhp_wait = 2;
/// it is not there any more; a slot is empty
pub const MHP_WAIT_GONE: mhp_wait = 3;

/// Asked while it is waited: before it waits, after events came, when a signal was caught, and as
/// often as tick_ms of struct mhp_wait_opts says; with all signals blocked but those that a fault
/// raises. It must not use the context.
///
/// * `data`: tick_data of struct mhp_wait_opts
/// * returns 0 to go on; anything else ends it with -ECANCELED
pub type mhp_tick_fn =
    Option<unsafe extern "C" fn(data: *mut c_void) -> c_int>;

/// How to wait. Set size to sizeof(struct mhp_wait_opts), all else to 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct mhp_wait_opts {
    /// bytes of the struct that the caller knows
    pub size: usize,
    /// 0: MHP_TIMEOUT_DEFAULT_MS; MHP_TIMEOUT_NONE (mhp/apply.h)
    pub timeout_ms: i64,
    /// who is to tell; 0: MHP_EVENT_SOURCE_AUTO
    pub source: mhp_event_source,
    /// tick is asked again so long after it was, at the latest, but for a look at the machine in
    /// between; so another thread can end it by a flag that tick reads. 0: only upon events and
    /// signals
    pub tick_ms: u32,
    /// NULL for none
    pub tick: mhp_tick_fn,
    /// handed to tick
    pub tick_data: *mut c_void,
    /// MHP_SNAPSHOT_..., of \*ret_snap
    pub snapshot_flags: u64,
}

extern "C" {
    /// Version of the library that is running, such as "1.0.0".
    ///
    /// * returns a constant string, never NULL
    pub fn mhp_get_version() -> *const c_char;
    /// Has the library that is running this feature? To be asked rather than its version.
    ///
    /// * `feature`: also one that only a later library knows
    /// * returns false also for what this library does not know
    pub fn mhp_has(feature: mhp_feature) -> bool;
    /// Value of one of the kernel's four words, with the kernel's strictness: case matters, one
    /// trailing newline is allowed, nothing else (mhp_online_type_from_str() in
    /// drivers/base/memory.c).
    ///
    /// * `str`: the word
    /// * `ret_type`: its value
    /// * returns 0; -EINVAL if it is not one of the words
    pub fn mhp_online_type_from_str(str: *const c_char, ret_type: *mut mhp_online_type) -> c_int;
    /// The kernel's word for a type.
    ///
    /// * `type`: the type
    /// * returns a constant string; NULL if type is not one of the four values
    pub fn mhp_online_type_to_str(type_: mhp_online_type) -> *const c_char;
    /// The word for a state: "offline", "online", "going-offline", and libmhp's own "absent",
    /// "mixed", "unknown".
    ///
    /// * `state`: the state
    /// * returns a constant string, never NULL
    pub fn mhp_state_to_str(state: mhp_state) -> *const c_char;
    /// The kernel's word for a zone ("Movable", "Normal", "none", ...), and libmhp's own "mixed"
    /// and "unknown".
    ///
    /// * `zone`: the zone
    /// * returns a constant string, never NULL
    pub fn mhp_zone_to_str(zone: mhp_zone) -> *const c_char;
    /// The word for a device state; "unknown" for what is not known.
    ///
    /// * `state`: the state
    /// * returns a constant string, never NULL
    pub fn mhp_device_state_to_str(state: mhp_device_state) -> *const c_char;
    /// The word for a kind of region: "dax", "cxl", "virtio-mem", "dimm", "s390-standby",
    /// "ppc64-lmb", "managed", "boot"; "unknown" for what is not known.
    ///
    /// * `kind`: the kind
    /// * returns a constant string, never NULL
    pub fn mhp_region_kind_to_str(kind: mhp_region_kind) -> *const c_char;
    /// Value of the word for a kind of region, exactly as mhp_region_kind_to_str() has it.
    ///
    /// * `str`: the word
    /// * `ret_kind`: its value, never MHP_REGION_UNKNOWN
    /// * returns 0; -EINVAL if it is not one of the words, or "unknown"
    pub fn mhp_region_kind_from_str(str: *const c_char, ret_kind: *mut mhp_region_kind) -> c_int;
    /// The word for a kind of node: "cpu", "cpu-less"; "unknown" for what is not known.
    ///
    /// * `kind`: the kind
    /// * returns a constant string, never NULL
    pub fn mhp_node_kind_to_str(kind: mhp_node_kind) -> *const c_char;
    /// Make a context.
    ///
    /// * `root`: directory that stands for "/" (below it sys/ and proc/); NULL or "/" for this
    ///   machine
    /// * `ret_ctx`: the context, with one reference, which the caller drops with mhp_ctx_unref()
    /// * returns 0; -ENOENT, -ENOTDIR, -EACCES and others if root cannot be opened; -ENOMEM
    pub fn mhp_ctx_new(root: *const c_char, ret_ctx: *mut *mut mhp_ctx) -> c_int;
    /// Take a reference.
    ///
    /// * `ctx`: the context; may be NULL
    /// * returns ctx, with one more reference; NULL if it is NULL
    pub fn mhp_ctx_ref(ctx: *mut mhp_ctx) -> *mut mhp_ctx;
    /// Drop a reference; the last one frees the context. NULL is fine.
    ///
    /// * `ctx`: the context; may be NULL
    /// * returns NULL
    pub fn mhp_ctx_unref(ctx: *mut mhp_ctx) -> *mut mhp_ctx;
    /// Have messages delivered: why mhp_snapshot_new(), mhp_fulfil(), mhp_apply() or
    /// mhp_recover() failed, or what they could not put back, with the file that it is about.
    ///
    /// * `ctx`: the context
    /// * `fn`: called in the thread that calls the library, and must not call it with this
    ///   context; NULL for none
    /// * `data`: handed to fn until another is set, or as long as the context lives: until the
    ///   last of its references goes, of which monitors and holds have one each
    pub fn mhp_ctx_set_log_fn(ctx: *mut mhp_ctx, fn_: mhp_log_fn, data: *mut c_void);
    /// Say by which name others get to see who works with this context, with the process's ID
    /// behind it: who keeps them waiting (mhp_apply(), mhp_recover()), has a hold
    /// (mhp_hold_take()), or did what an event tells of (mhp_event_get_cause()). For programs
    /// that an interpreter runs, which all would be "python3".
    ///
    /// * `ctx`: the context
    /// * `name`: what counts from now on, of which a copy is kept; others see it escaped. NULL:
    ///   the process's own, as at first
    /// * returns 0; -EINVAL it is empty, or has more than 63 bytes; -ENOMEM: it is as before
    pub fn mhp_ctx_set_program(ctx: *mut mhp_ctx, name: *const c_char) -> c_int;
    /// Take a capture of the machine. What cannot be read is in it as the name of the errno
    /// value; what vanishes meanwhile is not. Of the kernel's command line and of udev's rules
    /// only what is about memory is taken, whatever the flags.
    ///
    /// * `ctx`: the machine; another root, a capture or a simulated one as well
    /// * `opts`: NULL for the defaults
    /// * `ret_text`: the capture; the caller frees it with free()
    /// * returns 0; -ENODEV there is nothing to take; -EFBIG it would be larger than 512 MiB;
    ///   -E2BIG opts asks for what this library does not know; -EINVAL; -EMFILE, -ENFILE no more
    ///   files can be opened; -ENOMEM
    pub fn mhp_ctx_copy_capture(
        ctx: *mut mhp_ctx,
        opts: *const mhp_capture_opts,
        ret_text: *mut *mut c_char,
    ) -> c_int;
    /// Take a snapshot of blocks, nodes, regions and the system's policy.
    ///
    /// For one region (opts->region), what is read does not grow with the machine: the region is
    /// found by its name, its blocks by their addresses, and the states of all of them are read.
    /// The snapshot then holds that region and its blocks, and is for plans about them only. What
    /// is not known of it: other regions that claim the same block (no kernel makes such), or
    /// have the same identity; the parent of a dax device, unless MHP_SNAPSHOT_IDENTITY is set;
    /// what /proc/iomem says of a dax device or a DIMM (mhp_region_get_ram_driver()), unless that
    /// is; which blocks a node has (mhp_node_get_blocks_code()), and, unless
    /// MHP_SNAPSHOT_TOPOLOGY is set, other nodes and what a node has; whether the kernel can take
    /// memory away, while the region has no block. A DIMM whose slot does not name its blocks is
    /// asked for by each block.
    ///
    /// Some regions are not told without the others: CXL regions, memory that no provider is
    /// known for, boot memory, and a dax device on CXL with MHP_SNAPSHOT_IDENTITY. Then all
    /// regions and blocks are listed and held, but the states of other blocks are
    /// MHP_STATE_UNKNOWN: they are not read. And below another root than that of the running
    /// system, where the size of a page is not known, all states are read unless a good part of
    /// its RAM is online, in the usual pages of 4096 bytes.
    ///
    /// On top of an earlier snapshot (opts->base) everything is read anew and held, but for
    /// blocks that were online or offline then: their states and zones are as old as they were in
    /// base, unless they are opts->region's, which are read. So what regions and nodes come to is
    /// as old. A block of the same number may be another one by now; its node and its region are
    /// as they are now. What base has not read, or had inferred where this one is to be exact, is
    /// read. That opts->region is not there is no error then. Refreshing again and again needs no
    /// more memory.
    ///
    /// * `ctx`: the context
    /// * `opts`: NULL for the defaults
    /// * `ret_snap`: the snapshot, with one reference, which the caller drops with
    ///   mhp_snapshot_unref()
    /// * returns 0; -ENODEV no memory hotplug below this root (no usable
    ///   sys/devices/system/memory/block_size_bytes); -EBADMSG the block size is malformed;
    ///   -EACCES no permission; -E2BIG opts asks for what this library does not know; -ENOENT
    ///   there is no such region, and no base (by an identity it is found only if it was asked
    ///   for, and all are looked at); -EINVAL opts contradict each other, or base has blocks of
    ///   another size; -ENOMEM; -EIO and others: what the system answered when block size, list
    ///   of blocks, or of regions where one was to be found, were read. Anything less than that
    ///   does not fail the call: see mhp_snapshot_count_problems()
    pub fn mhp_snapshot_new(
        ctx: *mut mhp_ctx,
        opts: *const mhp_snapshot_opts,
        ret_snap: *mut *mut mhp_snapshot,
    ) -> c_int;
    /// Take a reference.
    ///
    /// * `snap`: the snapshot; may be NULL
    /// * returns snap, with one more reference; NULL if it is NULL
    pub fn mhp_snapshot_ref(snap: *mut mhp_snapshot) -> *mut mhp_snapshot;
    /// Drop a reference; the last one frees the snapshot and all that is borrowed from it. NULL
    /// is fine.
    ///
    /// * `snap`: the snapshot; may be NULL
    /// * returns NULL
    pub fn mhp_snapshot_unref(snap: *mut mhp_snapshot) -> *mut mhp_snapshot;
    /// What the snapshot holds beside what each one does.
    ///
    /// * `snap`: the snapshot
    /// * returns MHP_SNAPSHOT_...: what it was taken with, and what that implies
    pub fn mhp_snapshot_get_flags(snap: *const mhp_snapshot) -> u64;
    /// Size of every memory block.
    ///
    /// * `snap`: the snapshot
    /// * returns bytes, a power of two
    pub fn mhp_snapshot_get_block_size_bytes(snap: *const mhp_snapshot) -> u64;
    /// Number of memory blocks.
    ///
    /// * `snap`: the snapshot
    /// * returns how many
    pub fn mhp_snapshot_count_blocks(snap: *const mhp_snapshot) -> usize;
    /// A block by position; they are sorted by address.
    ///
    /// * `snap`: the snapshot
    /// * `index`: from 0
    /// * returns the block, borrowed; NULL if there are not that many
    pub fn mhp_snapshot_get_block(snap: *const mhp_snapshot, index: usize) -> *const mhp_block;
    /// A block by its number, the N of memoryN.
    ///
    /// * `snap`: the snapshot
    /// * `id`: the N of memoryN
    /// * returns the block, borrowed; NULL if there is none
    pub fn mhp_snapshot_find_block(snap: *const mhp_snapshot, id: u64) -> *const mhp_block;
    /// The region that a block belongs to: the deepest one with a range that holds the whole
    /// block; the one of kind MHP_REGION_BOOT if there is no other.
    ///
    /// * `snap`: the snapshot
    /// * `block`: one of its blocks
    /// * returns the region, borrowed; NULL if that is not known, because the ranges of some
    ///   region, or what is System RAM, could not be read
    pub fn mhp_snapshot_get_block_region(
        snap: *const mhp_snapshot,
        block: *const mhp_block,
    ) -> *const mhp_region;
    /// How much of a block is there: a host that plugs memory (virtio-mem) may give only a part
    /// of an online block, which then looks like any other. Of all other memory, every block is
    /// there as a whole. Told by /proc/kpageflags, for a snapshot with MHP_SNAPSHOT_PLUGGED.
    ///
    /// * `snap`: the snapshot
    /// * `block`: one of its blocks
    /// * `ret_bytes`: at most the block size
    /// * returns 0; -ENODATA the snapshot was taken without that flag, no host plugs this block,
    ///   or it is not online, so that the kernel does not tell; -ENOENT the kernel has no such
    ///   file; -EACCES needs root; other negative errno values: what reading it answered
    pub fn mhp_snapshot_get_block_plugged_bytes(
        snap: *const mhp_snapshot,
        block: *const mhp_block,
        ret_bytes: *mut u64,
    ) -> c_int;
    /// The text of valid_zones of a block where it has a word that libmhp does not know.
    ///
    /// * `snap`: the snapshot
    /// * `block`: one of its blocks
    /// * returns the text without its newline, borrowed, to be escaped before it goes to a
    ///   terminal; NULL if every word is known or nothing was read
    pub fn mhp_snapshot_get_block_zones_text(
        snap: *const mhp_snapshot,
        block: *const mhp_block,
    ) -> *const c_char;
    /// Number of NUMA nodes that have a directory; 0 on a kernel without NUMA.
    ///
    /// * `snap`: the snapshot
    /// * returns how many
    pub fn mhp_snapshot_count_nodes(snap: *const mhp_snapshot) -> usize;
    /// A node by position; they are sorted by number.
    ///
    /// * `snap`: the snapshot
    /// * `index`: from 0
    /// * returns the node, borrowed; NULL if there are not that many
    pub fn mhp_snapshot_get_node(snap: *const mhp_snapshot, index: usize) -> *const mhp_node;
    /// A node by number.
    ///
    /// * `snap`: the snapshot
    /// * `id`: the M of nodeM
    /// * returns the node, borrowed; NULL if there is none
    pub fn mhp_snapshot_find_node(snap: *const mhp_snapshot, id: c_int) -> *const mhp_node;
    /// Could nodes be listed? Without NUMA there are none, and that is no error.
    ///
    /// * `snap`: the snapshot
    /// * returns 0; a negative errno value if they, or some of them, could not
    pub fn mhp_snapshot_get_nodes_code(snap: *const mhp_snapshot) -> c_int;
    /// Could regions be listed? That there is no dax bus, or any other, is no error.
    ///
    /// * `snap`: the snapshot
    /// * returns 0; a negative errno value if they, or some of them, could not
    pub fn mhp_snapshot_get_regions_code(snap: *const mhp_snapshot) -> c_int;
    /// Number of regions.
    ///
    /// * `snap`: the snapshot
    /// * returns how many
    pub fn mhp_snapshot_count_regions(snap: *const mhp_snapshot) -> usize;
    /// A region by position; they are sorted by kind, then by name, numbers by value.
    ///
    /// * `snap`: the snapshot
    /// * `index`: from 0
    /// * returns the region, borrowed; NULL if there are not that many
    pub fn mhp_snapshot_get_region(snap: *const mhp_snapshot, index: usize) -> *const mhp_region;
    /// A region by name, such as "dax0.0", or by identity (mhp_region_get_identity()), which a
    /// snapshot without MHP_SNAPSHOT_IDENTITY does not know.
    ///
    /// * `snap`: the snapshot
    /// * `name`: its name, or its identity
    /// * returns the region, borrowed; NULL if there is none
    pub fn mhp_snapshot_find_region(
        snap: *const mhp_snapshot,
        name: *const c_char,
    ) -> *const mhp_region;
    /// Number of files that could not be read or understood.
    ///
    /// * `snap`: the snapshot
    /// * returns how many
    pub fn mhp_snapshot_count_problems(snap: *const mhp_snapshot) -> usize;
    /// What was wrong with a file.
    ///
    /// * `snap`: the snapshot
    /// * `index`: from 0
    /// * `ret_path`: the file, below the root, borrowed, to be escaped before it goes to a
    ///   terminal; may be NULL
    /// * `ret_code`: a negative errno value; -EBADMSG if it was read but makes no sense, -ERANGE
    ///   if its name has a number that is too large; may be NULL
    /// * `ret_text`: what stood in the file where it was read but makes no sense, else NULL;
    ///   borrowed, to be escaped before it goes to a terminal; may be NULL
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_snapshot_get_problem(
        snap: *const mhp_snapshot,
        index: usize,
        ret_path: *mut *const c_char,
        ret_code: *mut c_int,
        ret_text: *mut *const c_char,
    ) -> c_int;
    /// Is there something that a user of libmhp has begun and did not end? A setting of the
    /// system may be borrowed then; the next mhp_apply() by root, or mhp_recover(), puts it back.
    ///
    /// * `snap`: the snapshot
    /// * `ret_what`: who did what: "mhp\[123]: plug dax0.0 as online_movable"; borrowed, NULL if
    ///   there is nothing; printable; may be NULL
    /// * `ret_running`: whether he is still at work, so that it is no matter for mhp_recover();
    ///   may be NULL
    /// * returns 0; a negative errno value if that could not be read: it is a problem of the
    ///   snapshot too. -EACCES: something was begun, and only root can tell whether he is still
    ///   at work; -EBADMSG: the journal makes no sense
    pub fn mhp_snapshot_get_pending(
        snap: *const mhp_snapshot,
        ret_what: *mut *const c_char,
        ret_running: *mut bool,
    ) -> c_int;
    /// Number of a block: the N of memoryN. Its first byte is at N times the block size.
    ///
    /// * `block`: the block
    /// * returns the N of memoryN
    pub fn mhp_block_get_id(block: *const mhp_block) -> u64;
    /// State of a block.
    ///
    /// * `block`: the block
    /// * returns MHP_STATE_OFFLINE, _ONLINE, _GOING_OFFLINE, or _UNKNOWN
    pub fn mhp_block_get_state(block: *const mhp_block) -> mhp_state;
    /// Was the state of a block not read, but follows from what /proc/zoneinfo tells of its node?
    /// It is as sure as if it had been read when that was, but for a block that was going
    /// offline: that is online then or, near its end, offline.
    ///
    /// * `block`: the block
    /// * returns whether it was; false with MHP_SNAPSHOT_EXACT
    pub fn mhp_block_is_inferred(block: *const mhp_block) -> bool;
    /// NUMA node of a block.
    ///
    /// * `block`: the block
    /// * `ret_node`: the node; the lowest one if the block spans several
    /// * returns 0; -ENODATA if the kernel shows none
    pub fn mhp_block_get_node_id(block: *const mhp_block, ret_node: *mut c_int) -> c_int;
    /// Zone that an online block is in.
    ///
    /// * `block`: the block
    /// * returns the zone; MHP_ZONE_NONE if it spans several; MHP_ZONE_UNKNOWN if the block is
    ///   not online or the zone could not be read
    pub fn mhp_block_get_zone(block: *const mhp_block) -> mhp_zone;
    /// Number of words in valid_zones: of an online block the one zone that it is in, of another
    /// the zones that it may go to.
    ///
    /// * `block`: the block
    /// * returns 0 if it was not read (see mhp_snapshot_opts) or could not be
    pub fn mhp_block_count_zones(block: *const mhp_block) -> usize;
    /// A word of valid_zones. The first one of an offline block is where a plain "online" would
    /// go now.
    ///
    /// * `block`: the block
    /// * `index`: from 0
    /// * returns the zone; MHP_ZONE_UNKNOWN if there are not that many, or for a word that libmhp
    ///   does not know (see mhp_snapshot_get_block_zones_text())
    pub fn mhp_block_get_zone_at(block: *const mhp_block, index: usize) -> mhp_zone;
    /// Number of a node: the M of nodeM.
    ///
    /// * `node`: the node
    /// * returns the number, the M of nodeM
    pub fn mhp_node_get_id(node: *const mhp_node) -> c_int;
    /// Whether the node has processors (it is in node/has_cpu).
    ///
    /// * `node`: the node
    /// * `ret_has_cpu`: whether it has
    /// * returns 0; -ENODATA there is no such file; another negative errno value if it could not
    ///   be read, -EBADMSG if it makes no sense
    pub fn mhp_node_get_has_cpu(node: *const mhp_node, ret_has_cpu: *mut bool) -> c_int;
    /// Has the node processors, in a word?
    ///
    /// * `node`: the node
    /// * returns the kind; MHP_NODE_UNKNOWN where mhp_node_get_has_cpu() fails
    pub fn mhp_node_get_kind(node: *const mhp_node) -> mhp_node_kind;
    /// Whether the node has something beside processors that uses memory by itself, such as an
    /// accelerator (it is in node/has_generic_initiator, Linux 5.10).
    ///
    /// * `node`: the node
    /// * `ret_has_generic_initiator`: whether it has
    /// * returns as mhp_node_get_has_cpu(); -ENODATA also if the snapshot was made without
    ///   MHP_SNAPSHOT_TOPOLOGY
    pub fn mhp_node_get_has_generic_initiator(
        node: *const mhp_node,
        ret_has_generic_initiator: *mut bool,
    ) -> c_int;
    /// Whether the node has online memory (it is in node/has_memory).
    ///
    /// * `node`: the node
    /// * `ret_has_memory`: whether it has
    /// * returns as mhp_node_get_has_cpu()
    pub fn mhp_node_get_has_memory(node: *const mhp_node, ret_has_memory: *mut bool) -> c_int;
    /// Whether the node has online memory in a kernel zone (it is in node/has_normal_memory,
    /// which not every kernel has).
    ///
    /// * `node`: the node
    /// * `ret_has_normal_memory`: whether it has
    /// * returns as mhp_node_get_has_cpu()
    pub fn mhp_node_get_has_normal_memory(
        node: *const mhp_node,
        ret_has_normal_memory: *mut bool,
    ) -> c_int;
    /// Could the node's blocks be listed? If not, mhp_block_get_node_id() of some knows nothing,
    /// and mhp_node_count_blocks() counts too few.
    ///
    /// * `node`: the node
    /// * returns 0; -ENODATA if they were not, in a snapshot of one region; another negative
    ///   errno value if they could not
    pub fn mhp_node_get_blocks_code(node: *const mhp_node) -> c_int;
    /// Number of the node's memory blocks, whatever their state. A block that spans nodes counts
    /// on each of them; mhp_block_get_node_id() names the lowest.
    ///
    /// * `node`: the node
    /// * returns how many
    pub fn mhp_node_count_blocks(node: *const mhp_node) -> usize;
    /// Memory tier of the node: the T of memory_tierT. Of two tiers the lower number is the
    /// faster memory; DRAM is mostly 4.
    ///
    /// * `node`: the node
    /// * `ret_tier`: the tier
    /// * returns 0; -ENODATA it is in none, as a node without online memory, the kernel has no
    ///   tiers (before 6.1), or the snapshot was made without MHP_SNAPSHOT_TOPOLOGY; another
    ///   negative errno value if it, or a tier that may be it, could not be read; -EBADMSG if it
    ///   makes no sense, as where two tiers have the node
    pub fn mhp_node_get_tier(node: *const mhp_node, ret_tier: *mut c_int) -> c_int;
    /// Distance from the node to another one, as the firmware tells: 10 to itself, more to
    /// others.
    ///
    /// * `node`: the node
    /// * `to`: number of the other one
    /// * `ret_distance`: the distance, which has no unit
    /// * returns 0; -ENOENT the snapshot has no such node; -ENODATA the kernel tells none, or the
    ///   snapshot was made without MHP_SNAPSHOT_TOPOLOGY; -ESTALE nodes came or went meanwhile;
    ///   another negative errno value if it could not be read, -EBADMSG if it makes no sense
    pub fn mhp_node_get_distance(
        node: *const mhp_node,
        to: c_int,
        ret_distance: *mut c_uint,
    ) -> c_int;
    /// What reading the node's memory is rated at (HMAT, or CXL's CDAT): what the firmware or the
    /// device promises the best initiator, and not measured.
    ///
    /// * `node`: the node
    /// * `access`: whose accesses
    /// * `ret_mb_per_s`: MB/s, never 0
    /// * returns 0; -ENODATA the kernel does not know, or the snapshot was made without
    ///   MHP_SNAPSHOT_TOPOLOGY; -EINVAL access is none of these; another negative errno value if
    ///   it could not be read, -EBADMSG if it makes no sense
    pub fn mhp_node_get_read_bandwidth_mb_per_s(
        node: *const mhp_node,
        access: mhp_access,
        ret_mb_per_s: *mut u64,
    ) -> c_int;
    /// As mhp_node_get_read_bandwidth_mb_per_s(), of writing.
    ///
    /// * `node`: the node
    /// * `access`: whose accesses
    /// * `ret_mb_per_s`: MB/s, never 0
    /// * returns as mhp_node_get_read_bandwidth_mb_per_s()
    pub fn mhp_node_get_write_bandwidth_mb_per_s(
        node: *const mhp_node,
        access: mhp_access,
        ret_mb_per_s: *mut u64,
    ) -> c_int;
    /// As mhp_node_get_read_bandwidth_mb_per_s(): how long reading takes.
    ///
    /// * `node`: the node
    /// * `access`: whose accesses
    /// * `ret_ns`: nanoseconds, never 0
    /// * returns as mhp_node_get_read_bandwidth_mb_per_s()
    pub fn mhp_node_get_read_latency_ns(
        node: *const mhp_node,
        access: mhp_access,
        ret_ns: *mut u64,
    ) -> c_int;
    /// As mhp_node_get_read_latency_ns(), of writing.
    ///
    /// * `node`: the node
    /// * `access`: whose accesses
    /// * `ret_ns`: nanoseconds, never 0
    /// * returns as mhp_node_get_read_bandwidth_mb_per_s()
    pub fn mhp_node_get_write_latency_ns(
        node: *const mhp_node,
        access: mhp_access,
        ret_ns: *mut u64,
    ) -> c_int;
    /// Is it known which nodes these ratings are about?
    ///
    /// * `node`: the node
    /// * `access`: whose accesses
    /// * returns 0; otherwise as mhp_node_get_read_bandwidth_mb_per_s()
    pub fn mhp_node_get_initiators_code(node: *const mhp_node, access: mhp_access) -> c_int;
    /// Number of the nodes that the ratings are about.
    ///
    /// * `node`: the node
    /// * `access`: whose accesses
    /// * returns how many
    pub fn mhp_node_count_initiators(node: *const mhp_node, access: mhp_access) -> usize;
    /// A node that the ratings are about, by position; they are sorted by number.
    ///
    /// * `node`: the node whose memory it is
    /// * `access`: whose accesses
    /// * `index`: from 0
    /// * `ret_node`: number of the node they come from
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_node_get_initiator_id(
        node: *const mhp_node,
        access: mhp_access,
        index: usize,
        ret_node: *mut c_int,
    ) -> c_int;
    /// Is it known which caches stand before the node's memory (HMAT)?
    ///
    /// * `node`: the node
    /// * returns 0; -ENODATA the kernel does not know of any, or the snapshot was made without
    ///   MHP_SNAPSHOT_TOPOLOGY; another negative errno value if they could not be listed
    pub fn mhp_node_get_caches_code(node: *const mhp_node) -> c_int;
    /// Number of the caches before the node's memory, such as DRAM before slower memory.
    ///
    /// * `node`: the node
    /// * returns how many
    pub fn mhp_node_count_caches(node: *const mhp_node) -> usize;
    /// A cache before the node's memory, by position; they are sorted by level.
    ///
    /// * `node`: the node
    /// * `index`: from 0
    /// * `ret_level`: its level: 1 is the one next to the memory; may be NULL
    /// * `ret_size_bytes`: its size; may be NULL
    /// * returns 0; -EINVAL if there are not that many; -ENODATA its size is not known; another
    ///   negative errno value if that could not be read, -EBADMSG if it makes no sense
    pub fn mhp_node_get_cache(
        node: *const mhp_node,
        index: usize,
        ret_level: *mut c_uint,
        ret_size_bytes: *mut u64,
    ) -> c_int;
    /// Number of the regions that have memory on the node: those that own a block there, and
    /// those whose memory belongs to it once it is System RAM (mhp_region_get_node_id()), so that
    /// parents of regions are among them. Of a region whose ranges are not known
    /// (mhp_region_get_range_count()) only the latter is known.
    ///
    /// * `node`: the node
    /// * returns how many
    pub fn mhp_node_count_regions(node: *const mhp_node) -> usize;
    /// A region that has memory on the node, by position; they are in the snapshot's order.
    ///
    /// * `node`: the node
    /// * `index`: from 0
    /// * returns the region, borrowed; NULL if there are not that many
    pub fn mhp_node_get_region(node: *const mhp_node, index: usize) -> *const mhp_region;
    /// Is the node there because of regions only? Then it has no processors and no boot memory:
    /// it goes with the last block of these regions.
    ///
    /// * `node`: the node
    /// * `ret_is`: whether it is; a node without blocks is not
    /// * returns 0; a negative errno value if that cannot be told: has_cpu (-ENODATA: there is no
    ///   such file), the node's blocks, or what tells whose they are (-EACCES: needs root) could
    ///   not be read
    pub fn mhp_node_get_is_from_regions(node: *const mhp_node, ret_is: *mut bool) -> c_int;
    /// The region's name, such as "dax0.0": the kernel's, where it has one. s390's standby
    /// storage is "standby", the LMBs of a POWER partition are "lmb".
    ///
    /// * `region`: the region
    /// * returns borrowed, never NULL
    pub fn mhp_region_get_name(region: *const mhp_region) -> *const c_char;
    /// Origin of the region's memory.
    ///
    /// * `region`: the region
    /// * returns the kind
    pub fn mhp_region_get_kind(region: *const mhp_region) -> mhp_region_kind;
    /// The region's directory in sysfs.
    ///
    /// * `region`: the region
    /// * returns path below the root, such as "/sys/devices/platform/.../dax0.0", of one without
    ///   a device the directory that tells of it, or that of all memory blocks; borrowed, never
    ///   NULL; to be escaped before it goes to a terminal
    pub fn mhp_region_get_path(region: *const mhp_region) -> *const c_char;
    /// Node that the memory belongs to when it is System RAM.
    ///
    /// * `region`: the region
    /// * `ret_node`: its number, the M of nodeM; as the kernel tells it
    /// * returns 0; -ENODATA the kernel tells none; another negative errno value if it could not
    ///   be read, -EBADMSG if it makes no sense
    pub fn mhp_region_get_node_id(region: *const mhp_region, ret_node: *mut c_int) -> c_int;
    /// Driver that is bound to the device.
    ///
    /// * `region`: the region
    /// * `ret_driver`: the driver's name such as "kmem", borrowed, to be escaped before it goes
    ///   to a terminal; NULL if none is bound
    /// * returns 0; a negative errno value if it could not be read
    pub fn mhp_region_get_driver(
        region: *const mhp_region,
        ret_driver: *mut *const c_char,
    ) -> c_int;
    /// The driver's own word for the whole device (daxX.Y/state, Linux 7.3). It is a memory of
    /// the last request and no measurement: compare mhp_region_get_state().
    ///
    /// * `region`: the region
    /// * `ret_state`: its value; may be NULL
    /// * `ret_text`: the kernel's word, borrowed, to be escaped before it goes to a terminal; may
    ///   be NULL
    /// * returns 0; -ENODATA if there is no such file (older kernel, or not bound to kmem);
    ///   another negative errno value if it could not be read
    pub fn mhp_region_get_device_state(
        region: *const mhp_region,
        ret_state: *mut mhp_device_state,
        ret_text: *mut *const c_char,
    ) -> c_int;
    /// Driver that /proc/iomem names for the region's System RAM: the X of "System RAM (X)". It
    /// stays after that driver was unbound from memory that was online.
    ///
    /// * `region`: the region
    /// * `ret_driver`: borrowed, to be escaped before it goes to a terminal; NULL if the region
    ///   is not System RAM, or no driver's
    /// * returns 0; -ENODATA if it was not read (mhp_snapshot_new(), of one region); another
    ///   negative errno value if it could not be read (-EACCES: the addresses there are only for
    ///   CAP_SYS_ADMIN). A line that makes no sense is a problem of the snapshot, and skipped
    pub fn mhp_region_get_ram_driver(
        region: *const mhp_region,
        ret_driver: *mut *const c_char,
    ) -> c_int;
    /// Number of the region's physical ranges: an output, because it may not be known.
    ///
    /// * `region`: the region
    /// * `ret_count`: how many
    /// * returns 0; a negative errno value if they could not be read: -EACCES needs root,
    ///   -EBADMSG makes no sense. Such a region has no blocks here
    pub fn mhp_region_get_range_count(region: *const mhp_region, ret_count: *mut usize) -> c_int;
    /// A physical range of the region, untrimmed, in the kernel's order.
    ///
    /// * `region`: the region
    /// * `index`: from 0
    /// * `ret_start`: first byte's address
    /// * `ret_size_bytes`: length, not 0
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_region_get_range(
        region: *const mhp_region,
        index: usize,
        ret_start: *mut u64,
        ret_size_bytes: *mut u64,
    ) -> c_int;
    /// Number of runs of whole blocks inside the ranges, by address. Neighbouring runs are one.
    ///
    /// * `region`: the region
    /// * returns 0 if there is no whole block, or the ranges could not be read
    pub fn mhp_region_count_block_runs(region: *const mhp_region) -> usize;
    /// A run of block numbers inside the region, whether the blocks exist or not.
    ///
    /// * `region`: the region
    /// * `index`: from 0
    /// * `ret_first`: first block's number
    /// * `ret_count`: number of blocks, not 0
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_region_get_block_run(
        region: *const mhp_region,
        index: usize,
        ret_first: *mut u64,
        ret_count: *mut u64,
    ) -> c_int;
    /// Number of blocks that exist and that the region owns: each block has one owner, the
    /// deepest region that it lies in.
    ///
    /// * `region`: the region
    /// * returns 0 also if the ranges could not be read (mhp_region_get_range_count())
    pub fn mhp_region_count_blocks(region: *const mhp_region) -> usize;
    /// A block that the region owns, by position; they are sorted by address.
    ///
    /// * `region`: the region
    /// * `index`: from 0
    /// * returns the block, borrowed; NULL if there are not that many
    pub fn mhp_region_get_block(region: *const mhp_region, index: usize) -> *const mhp_block;
    /// State of the region, computed from its blocks: MHP_STATE_ONLINE or _OFFLINE if all of them
    /// are, MHP_STATE_ABSENT if none exists, else MHP_STATE_MIXED; a block that is missing or
    /// going offline makes it mixed too.
    ///
    /// * `region`: the region
    /// * returns the state; MHP_STATE_UNKNOWN if ranges or a block could not be read
    pub fn mhp_region_get_state(region: *const mhp_region) -> mhp_state;
    /// Zone of the region's online blocks.
    ///
    /// * `region`: the region
    /// * returns the zone; MHP_ZONE_MIXED if they differ; MHP_ZONE_UNKNOWN if none is online or
    ///   one could not be read
    pub fn mhp_region_get_zone(region: *const mhp_region) -> mhp_zone;
    /// Size of all ranges.
    ///
    /// * `region`: the region
    /// * `ret_bytes`: the size
    /// * returns 0, also where the kernel tells the size and not the ranges; a negative errno
    ///   value if it could not be read
    pub fn mhp_region_get_size_bytes(region: *const mhp_region, ret_bytes: *mut u64) -> c_int;
    /// Memory of the region that is in use: its online blocks. One whose state could not be read
    /// does not count.
    ///
    /// * `region`: the region
    /// * `ret_bytes`: how many
    /// * returns 0; a negative errno value if the ranges could not be read
    pub fn mhp_region_get_online_bytes(region: *const mhp_region, ret_bytes: *mut u64) -> c_int;
    /// Memory of the region that can never be used, because it does not fill a whole block.
    ///
    /// * `region`: the region
    /// * `ret_bytes`: how many
    /// * returns 0; a negative errno value if the ranges could not be read
    pub fn mhp_region_get_lost_bytes(region: *const mhp_region, ret_bytes: *mut u64) -> c_int;
    /// How much of the region's online blocks is there: less than mhp_region_get_online_bytes()
    /// if the host has given a part of some only. Offline blocks do not count.
    ///
    /// * `region`: the region
    /// * `ret_bytes`: how many
    /// * returns 0; else as mhp_snapshot_get_block_plugged_bytes() of an online block that is not
    ///   known, or why the ranges are not
    pub fn mhp_region_get_plugged_bytes(region: *const mhp_region, ret_bytes: *mut u64) -> c_int;
    /// A name that stays the same over reboots and does not depend on the order in which the
    /// kernel found things, such as "virtio-mem:0000:00:04.0". Accepted wherever a region's name
    /// is. Of a CXL region it is "cxl:SERIAL@DPA,...": of each memory device, in the order of
    /// interleaving, its serial number and where in the device's own addresses the region begins.
    /// A dax device of it adds "/" and its own number, the Y of daxX.Y; "hmem:ADDRESS" and
    /// "pmem:UUID" are other dax devices. libmhp(7) lists all forms. It is known of a snapshot
    /// with MHP_SNAPSHOT_IDENTITY.
    ///
    /// * `region`: the region
    /// * `ret_identity`: borrowed, printable, without blanks
    /// * returns 0; -ENODATA if it has none, or the snapshot was taken without that flag
    ///   (mhp_snapshot_get_flags()): it was not asked for; -ENOTUNIQ if another region has the
    ///   same, so that it names neither; another negative errno value if it could not be read
    ///   (-EACCES: needs root)
    pub fn mhp_region_get_identity(
        region: *const mhp_region,
        ret_identity: *mut *const c_char,
    ) -> c_int;
    /// The region that this one is made from: of a dax device on CXL memory the CXL region. A
    /// parent accepts the same verbs, for all that is made from it; blocks are owned by the
    /// deepest region only.
    ///
    /// * `region`: the region
    /// * returns borrowed from the snapshot; NULL if it is made from no other region
    pub fn mhp_region_get_parent(region: *const mhp_region) -> *const mhp_region;
    /// Is some other region of the snapshot made from this one? Its blocks are theirs then. Known
    /// when the snapshot is taken: nothing is walked.
    ///
    /// * `region`: the region
    /// * returns whether mhp_region_get_parent() of any region is this one
    pub fn mhp_region_has_children(region: *const mhp_region) -> bool;
    /// Number of memory blocks inside the region's ranges, whoever owns them: of a parent
    /// mhp_region_count_blocks() does not count those of the regions made from it.
    /// mhp_region_get_state(), mhp_region_get_zone() and mhp_region_get_online_bytes() are about
    /// these.
    ///
    /// * `region`: the region
    /// * returns 0 also if the ranges could not be read
    pub fn mhp_region_count_total_blocks(region: *const mhp_region) -> usize;
    /// Can this be done to the region? An answer for the region as such: a plan may still find
    /// that it cannot be done just now.
    ///
    /// * `region`: the region
    /// * `what`: what is to be done
    /// * `ret_why`: why it cannot be done, a part of a sentence ("is boot memory"), constant;
    ///   NULL if it can; may be NULL
    /// * returns whether it can; false also for a capability that is not known
    pub fn mhp_region_can(
        region: *const mhp_region,
        what: mhp_capability,
        ret_why: *mut *const c_char,
    ) -> bool;
    /// Number of facts that the region's origin tells of it, beside what has a function of its
    /// own here; 0 of a snapshot without MHP_SNAPSHOT_IDENTITY.
    ///
    /// * `region`: the region
    /// * returns how many
    pub fn mhp_region_count_facts(region: *const mhp_region) -> usize;
    /// A fact about the region, by position.
    ///
    /// * `region`: the region
    /// * `index`: from 0
    /// * `ret_name`: what it is, constant; libmhp(7) lists them with their units
    /// * `ret_text`: its value, borrowed, to be escaped before it goes to a terminal; NULL if it
    ///   could not be read; may be NULL
    /// * `ret_code`: 0; a negative errno value if it could not be read; may be NULL
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_region_get_fact(
        region: *const mhp_region,
        index: usize,
        ret_name: *mut *const c_char,
        ret_text: *mut *const c_char,
        ret_code: *mut c_int,
    ) -> c_int;
    /// A fact about the region, by name.
    ///
    /// * `region`: the region
    /// * `name`: such as "interleave_ways"
    /// * `ret_text`: its value, borrowed, to be escaped before it goes to a terminal
    /// * returns 0; -ENODATA if there is no such fact, or the snapshot was taken without
    ///   MHP_SNAPSHOT_IDENTITY; another negative errno value if it could not be read
    pub fn mhp_region_find_fact(
        region: *const mhp_region,
        name: *const c_char,
        ret_text: *mut *const c_char,
    ) -> c_int;
    /// Number of the devices that are behind the region, as far as they are known: the memory
    /// devices of a CXL region, a PCI or ACPI device; 0 of a snapshot without
    /// MHP_SNAPSHOT_IDENTITY.
    ///
    /// * `region`: the region
    /// * returns how many
    pub fn mhp_region_count_devices(region: *const mhp_region) -> usize;
    /// A device behind the region, by position: for interleaved memory in that order.
    ///
    /// * `region`: the region
    /// * `index`: from 0
    /// * `ret_name`: its name, such as "mem0" or "0000:00:04.0", borrowed; may be NULL
    /// * `ret_path`: its directory in sysfs, below the root, borrowed, or NULL for a target whose
    ///   memory device is not found; may be NULL. Both to be escaped before they go to a terminal
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_region_get_device(
        region: *const mhp_region,
        index: usize,
        ret_name: *mut *const c_char,
        ret_path: *mut *const c_char,
    ) -> c_int;
    /// Serial number of a device behind the region.
    ///
    /// * `region`: the region
    /// * `index`: from 0
    /// * `ret_serial`: the serial number
    /// * returns 0; -ENODATA if it has none; another negative errno value if it could not be
    ///   read; -EINVAL if there are not that many devices
    pub fn mhp_region_get_device_serial(
        region: *const mhp_region,
        index: usize,
        ret_serial: *mut u64,
    ) -> c_int;
    /// Node that a device behind the region is next to.
    ///
    /// * `region`: the region
    /// * `index`: from 0
    /// * `ret_node`: its number, the M of nodeM
    /// * returns 0; -ENODATA if that is not told; another negative errno value if it could not be
    ///   read; -EINVAL if there are not that many devices
    pub fn mhp_region_get_device_node_id(
        region: *const mhp_region,
        index: usize,
        ret_node: *mut c_int,
    ) -> c_int;
    /// What lies in a zone of a node; all 0 if the node has no such zone.
    ///
    /// * `node`: the node
    /// * `zone`: MHP_ZONE_DMA to MHP_ZONE_DEVICE; MHP_ZONE_UNKNOWN for those with a name never
    ///   seen
    /// * `ret_present`: bytes of memory; may be NULL
    /// * `ret_managed`: bytes that the kernel hands out, which is less; may be NULL
    /// * `ret_free`: bytes that are free; may be NULL
    /// * returns 0; -EINVAL zone is none of these; else as mhp_node_get_kernel_bytes()
    pub fn mhp_node_get_zone_bytes(
        node: *const mhp_node,
        zone: mhp_zone,
        ret_present: *mut u64,
        ret_managed: *mut u64,
        ret_free: *mut u64,
    ) -> c_int;
    /// Memory of a node in the zones that the kernel uses for itself: all but Movable and Device.
    ///
    /// * `node`: the node
    /// * `ret_bytes`: how many
    /// * returns 0; -ENODATA the snapshot was made without MHP_SNAPSHOT_TOPOLOGY and
    ///   MHP_SNAPSHOT_FOR_PLANS, there is no /proc/zoneinfo, or the size of a page cannot be
    ///   told; -ERANGE more than 2^64 bytes; another negative errno value if it could not be
    ///   read, -EBADMSG if it makes no sense
    pub fn mhp_node_get_kernel_bytes(node: *const mhp_node, ret_bytes: *mut u64) -> c_int;
    /// Memory of a node in Movable.
    ///
    /// * `node`: the node
    /// * `ret_bytes`: how many
    /// * returns 0; -ENODATA the snapshot was made without MHP_SNAPSHOT_TOPOLOGY and
    ///   MHP_SNAPSHOT_FOR_PLANS, there is no /proc/zoneinfo, or the size of a page cannot be
    ///   told; -ERANGE more than 2^64 bytes; another negative errno value if it could not be
    ///   read, -EBADMSG if it makes no sense
    pub fn mhp_node_get_movable_bytes(node: *const mhp_node, ret_bytes: *mut u64) -> c_int;
    /// The ratio MOVABLE:KERNEL of a node in percent, rounded up: what is compared with
    /// mhp_snapshot_get_auto_movable_ratio(). The kernel's own policy (auto-movable) is stricter:
    /// of kernel memory it counts only what was there at boot (auto_movable_stats_account_zone()
    /// in mm/memory_hotplug.c).
    ///
    /// * `node`: the node
    /// * `ret_percent`: such as 301
    /// * returns 0; -ENODATA also if the node has no memory in zones; -ERANGE all of it is in
    ///   Movable, so that there is no such number; else as mhp_node_get_kernel_bytes()
    pub fn mhp_node_get_movable_percent(node: *const mhp_node, ret_percent: *mut u64) -> c_int;
    /// As mhp_node_get_zone_bytes(), for all nodes together.
    ///
    /// * `snap`: the snapshot
    /// * `zone`: MHP_ZONE_DMA to MHP_ZONE_DEVICE; MHP_ZONE_UNKNOWN for those with a name never
    ///   seen
    /// * `ret_present`: bytes of memory; may be NULL
    /// * `ret_managed`: bytes that the kernel hands out, which is less; may be NULL
    /// * `ret_free`: bytes that are free; may be NULL
    /// * returns as mhp_node_get_zone_bytes()
    pub fn mhp_snapshot_get_zone_bytes(
        snap: *const mhp_snapshot,
        zone: mhp_zone,
        ret_present: *mut u64,
        ret_managed: *mut u64,
        ret_free: *mut u64,
    ) -> c_int;
    /// As mhp_node_get_kernel_bytes(), for all nodes together.
    ///
    /// * `snap`: the snapshot
    /// * `ret_bytes`: how many
    /// * returns as mhp_node_get_kernel_bytes()
    pub fn mhp_snapshot_get_kernel_bytes(snap: *const mhp_snapshot, ret_bytes: *mut u64) -> c_int;
    /// As mhp_node_get_movable_bytes(), for all nodes together.
    ///
    /// * `snap`: the snapshot
    /// * `ret_bytes`: how many
    /// * returns as mhp_node_get_movable_bytes()
    pub fn mhp_snapshot_get_movable_bytes(snap: *const mhp_snapshot, ret_bytes: *mut u64) -> c_int;
    /// As mhp_node_get_movable_percent(), for all nodes together.
    ///
    /// * `snap`: the snapshot
    /// * `ret_percent`: such as 301
    /// * returns as mhp_node_get_movable_percent()
    pub fn mhp_snapshot_get_movable_percent(
        snap: *const mhp_snapshot,
        ret_percent: *mut u64,
    ) -> c_int;
    /// The system's default online type (memory/auto_online_blocks), what the kernel calls
    /// mhp_get_default_online_type().
    ///
    /// * `snap`: the snapshot
    /// * `ret_type`: the type
    /// * returns 0; -ENODATA if the kernel has no such file; another negative errno value if it
    ///   could not be read, -EBADMSG if it is a word never seen
    pub fn mhp_snapshot_get_default_online_type(
        snap: *const mhp_snapshot,
        ret_type: *mut mhp_online_type,
    ) -> c_int;
    /// How the kernel chooses a zone for a plain "online" (memory_hotplug.online_policy).
    ///
    /// * `snap`: the snapshot
    /// * `ret_policy`: "contig-zones", "auto-movable" or a later kernel's word, borrowed, to be
    ///   escaped before it goes to a terminal
    /// * returns 0; -ENODATA if the kernel has no such file; another negative errno value if it
    ///   could not be read
    pub fn mhp_snapshot_get_online_policy(
        snap: *const mhp_snapshot,
        ret_policy: *mut *const c_char,
    ) -> c_int;
    /// How much memory the kernel onlines in Movable under the policy "auto-movable", in percent
    /// of what is in its own zones (memory_hotplug.auto_movable_ratio). Without that policy it is
    /// a measure of how much is reasonable.
    ///
    /// * `snap`: the snapshot
    /// * `ret_percent`: the ratio
    /// * returns 0; -ENODATA if the kernel has no such file (before 5.15); another negative errno
    ///   value if it could not be read, -EBADMSG if it is no number
    pub fn mhp_snapshot_get_auto_movable_ratio(
        snap: *const mhp_snapshot,
        ret_percent: *mut c_uint,
    ) -> c_int;
    /// Does that ratio hold for each node by itself, too
    /// (memory_hotplug.auto_movable_numa_aware)?
    ///
    /// * `snap`: the snapshot
    /// * `ret_aware`: whether it does
    /// * returns 0; -ENODATA if the kernel has no such file; another negative errno value if it
    ///   could not be read, -EBADMSG if it is neither Y nor N
    pub fn mhp_snapshot_get_auto_movable_numa_aware(
        snap: *const mhp_snapshot,
        ret_aware: *mut bool,
    ) -> c_int;
    /// May memory that is added hold what the kernel needs to manage it, instead of taking that
    /// from the kernel's zones (memory_hotplug.memmap_on_memory)? It is set at boot.
    ///
    /// * `snap`: the snapshot
    /// * `ret_word`: "Y", "N", "force" or a later kernel's word, borrowed, to be escaped before
    ///   it goes to a terminal
    /// * returns 0; -ENODATA if the kernel has no such file (before 5.13); another negative errno
    ///   value if it could not be read
    pub fn mhp_snapshot_get_memmap_on_memory(
        snap: *const mhp_snapshot,
        ret_word: *mut *const c_char,
    ) -> c_int;
    /// Can this kernel take memory offline (CONFIG_MEMORY_HOTREMOVE)?
    ///
    /// * `snap`: the snapshot
    /// * `ret_has`: whether it can
    /// * returns 0; -ENODATA if there is no block to tell it by, or the snapshot was made without
    ///   MHP_SNAPSHOT_FOR_PLANS; another negative errno value if it could not be found out
    pub fn mhp_snapshot_get_has_hotremove(snap: *const mhp_snapshot, ret_has: *mut bool) -> c_int;
    /// Are all udev rules known that online memory?
    ///
    /// * `snap`: the snapshot
    /// * returns 0; -ENODATA if the snapshot was made without MHP_SNAPSHOT_FOR_PLANS; another
    ///   negative errno value if a file, or a directory, could not be read
    ///   (mhp_snapshot_get_problem())
    pub fn mhp_snapshot_get_udev_rules_code(snap: *const mhp_snapshot) -> c_int;
    /// Number of udev rules that online memory as it is added, or may do so.
    ///
    /// * `snap`: the snapshot
    /// * returns how many
    pub fn mhp_snapshot_count_udev_rules(snap: *const mhp_snapshot) -> usize;
    /// A udev rule by position; they are in the order in which udev follows them. Only a block
    /// that is offline when udev gets to it is onlined by a rule: what the kernel onlines itself,
    /// by its policy or through the device, no rule can change.
    ///
    /// * `snap`: the snapshot
    /// * `index`: from 0
    /// * `ret_path`: the file, below the root, borrowed, to be escaped before it goes to a
    ///   terminal; may be NULL
    /// * `ret_line`: where in it the rule begins, from 1; may be NULL
    /// * `ret_word`: what it writes: "online", "online_kernel", "online_movable", or several of
    ///   them with "|" between if it is one of these; NULL if that is not known; borrowed; may be
    ///   NULL
    /// * `ret_may`: false: it onlines every block that is added and offline; true: that depends
    ///   on what only udev knows, such as the answer of another program, or it is about DAX
    ///   devices; may be NULL
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_snapshot_get_udev_rule(
        snap: *const mhp_snapshot,
        index: usize,
        ret_path: *mut *const c_char,
        ret_line: *mut c_uint,
        ret_word: *mut *const c_char,
        ret_may: *mut bool,
    ) -> c_int;
    /// Put back what was left behind, if anything was. Waits for the lock; does nothing while its
    /// owner lives. What could not be put back is no error of this call: see
    /// mhp_recovery_is_complete().
    ///
    /// * `ctx`: the context
    /// * `opts`: timeout_ms for the lock, and progress while it is waited for, with 0 of 0 bytes;
    ///   NULL for the defaults
    /// * `ret_recovery`: what was found, which the caller frees with mhp_recovery_free(). NULL if
    ///   nothing was
    /// * returns 0; -ETIMEDOUT the lock was held until the deadline (who by goes to the log
    ///   function); -ECANCELED by the progress function; -EBADMSG the journal is damaged (its
    ///   name and text go to the log function), and left for the administrator to read and
    ///   remove; -E2BIG opts asks for what this library does not know; -EINVAL; -ENOMEM; -EACCES,
    ///   -EROFS and others: the lock cannot be made, or the journal not be read
    pub fn mhp_recover(
        ctx: *mut mhp_ctx,
        opts: *const mhp_apply_opts,
        ret_recovery: *mut *mut mhp_recovery,
    ) -> c_int;
    /// Free a recovery that mhp_recover() gave. NULL is fine.
    ///
    /// * `recovery`: the recovery; may be NULL
    pub fn mhp_recovery_free(recovery: *mut mhp_recovery);
    /// Who had begun what and did not end it: "mhp\[123]: plug dax0.0 as online_movable".
    /// Printable.
    ///
    /// * `recovery`: the recovery
    /// * returns borrowed, never NULL
    pub fn mhp_recovery_get_transaction(recovery: *const mhp_recovery) -> *const c_char;
    /// Was everything put back that could be, so that nothing is pending any more?
    ///
    /// * `recovery`: the recovery
    /// * returns whether it was
    pub fn mhp_recovery_is_complete(recovery: *const mhp_recovery) -> bool;
    /// Number of settings that were borrowed, and of ids that a driver was given.
    ///
    /// * `recovery`: the recovery
    /// * returns how many
    pub fn mhp_recovery_count_settings(recovery: *const mhp_recovery) -> usize;
    /// A setting that was borrowed, or a driver's remove_id that is to take an id back.
    ///
    /// * `recovery`: the recovery
    /// * `index`: from 0
    /// * `ret_returned`: what became of it
    /// * `ret_path`: the file below the root, borrowed; may be NULL
    /// * `ret_before`: what stood there before, borrowed; "" for an id; may be NULL
    /// * `ret_ours`: what was written, or the id, borrowed; may be NULL
    /// * `ret_code`: why it was not put back, a negative errno value, with MHP_RETURNED_CHANGED
    ///   -ENOENT or -ENODEV if the file is gone; else 0; may be NULL
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_recovery_get_setting(
        recovery: *const mhp_recovery,
        index: usize,
        ret_returned: *mut mhp_returned,
        ret_path: *mut *const c_char,
        ret_before: *mut *const c_char,
        ret_ours: *mut *const c_char,
        ret_code: *mut c_int,
    ) -> c_int;
    /// A word for what became of a setting: "done", "already", "changed"; else "unknown".
    ///
    /// * `returned`: what became of it
    /// * returns a constant string, never NULL
    pub fn mhp_returned_to_str(returned: mhp_returned) -> *const c_char;
    /// Be the only one of a name, below this context's root, if nobody is yet. Waits for nobody.
    ///
    /// * `ctx`: the context, to which the hold keeps a reference
    /// * `name`: of 1 to 32 letters "a" to "z", digits and "-", which begins with a letter: the
    ///   file is /run/libmhp/NAME.lock below the root. "agent" is what mhp agent takes
    /// * `what`: what others get to see, behind the program's name and PID
    /// * `ret_hold`: the hold, which the caller lets go of with mhp_hold_free()
    /// * `ret_holder`: upon -EAGAIN the one who has it, as in "mhp\[123]: WHAT", printable, or
    ///   NULL if that is not known; the caller frees it with free(). Else NULL. May be NULL
    ///   itself
    /// * returns 0; -EAGAIN somebody has it; -EINVAL no such name can be; -EACCES, -EROFS,
    ///   -ENOSPC and others: directory or file cannot be made, of which the log function is told;
    ///   -ENOMEM
    pub fn mhp_hold_take(
        ctx: *mut mhp_ctx,
        name: *const c_char,
        what: *const c_char,
        ret_hold: *mut *mut mhp_hold,
        ret_holder: *mut *mut c_char,
    ) -> c_int;
    /// Let go of it. NULL is fine. The file stays, and says nothing. In a forked child this frees
    /// the child's copy only: the parent still has it.
    ///
    /// * `hold`: the hold; may be NULL
    pub fn mhp_hold_free(hold: *mut mhp_hold);
    /// Make an empty request.
    ///
    /// * `ret_request`: the request, which the caller frees with mhp_request_free()
    /// * returns 0; -ENOMEM
    pub fn mhp_request_new(ret_request: *mut *mut mhp_request) -> c_int;
    /// Free a request. NULL is fine.
    ///
    /// * `request`: the request; may be NULL
    pub fn mhp_request_free(request: *mut mhp_request);
    /// Set the target: one region.
    ///
    /// * `request`: the request
    /// * `name`: the region's name, such as "dax0.0", or its identity, which only a snapshot with
    ///   MHP_SNAPSHOT_IDENTITY knows; copied
    /// * returns 0; -EINVAL if it is empty; -ENOMEM
    pub fn mhp_request_set_region(request: *mut mhp_request, name: *const c_char) -> c_int;
    /// Set the target: the whole blocks inside a physical range.
    ///
    /// * `request`: the request
    /// * `start`: first byte's address
    /// * `size_bytes`: length
    /// * returns 0; -EINVAL if it is empty or ends beyond 2^64
    pub fn mhp_request_set_range(request: *mut mhp_request, start: u64, size_bytes: u64) -> c_int;
    /// Set the target: blocks by number; or, after another call of it, add some more. Any other
    /// target that was set is dropped.
    ///
    /// * `request`: the request
    /// * `first`: the N of memoryN
    /// * `count`: how many, upwards
    /// * returns 0; -EINVAL if there is none, or numbers are beyond what any machine has; -ENOMEM
    pub fn mhp_request_add_blocks(request: *mut mhp_request, first: u64, count: u64) -> c_int;
    /// Set the target: the blocks of a node. To plug or unplug: the devices whose memory belongs
    /// to it then.
    ///
    /// * `request`: the request
    /// * `node`: its number, the M of nodeM
    /// * returns 0; -EINVAL node is negative
    pub fn mhp_request_set_node(request: *mut mhp_request, node: c_int) -> c_int;
    /// Set the target: all regions of a kind.
    ///
    /// * `request`: the request
    /// * `kind`: the kind
    /// * returns 0; -EINVAL it is none
    pub fn mhp_request_set_kind(request: *mut mhp_request, kind: mhp_region_kind) -> c_int;
    /// Take only so much of the target: so many blocks that together they have this size. For
    /// MHP_GOAL_ONLINE they are chosen from those that are offline, for MHP_GOAL_OFFLINE from
    /// those that are online, so that asking twice takes twice as much. Onlined first is what a
    /// host plugs (virtio-mem), then what belongs to no region, then the rest of the region of
    /// which most is online, then other regions: what can be given back to its pool goes last.
    /// Taken offline first are blocks in Movable of the region of which least is online, then
    /// those of no region, then what a host plugs; blocks in a kernel zone go last. In a region
    /// the highest block comes first.
    ///
    /// For MHP_GOAL_PLUGGED and MHP_GOAL_UNPLUGGED they are chosen from regions of which a part
    /// can be plugged (MHP_CAN_PLUG_BLOCKS), from those that are not there or that are: the
    /// lowest ones come first; what is offline, then the highest ones go first, and what is in a
    /// kernel zone last.
    ///
    /// Blocks that are known never to go offline are not chosen. One that refuses all the same is
    /// not replaced by another: the request fails, and is undone.
    ///
    /// * `request`: the request
    /// * `size_bytes`: 0: all of it, the default. If it is no multiple of the block size, or of
    ///   the size of an LMB to plug or to unplug, or more than there is, or the goal is to plug
    ///   or to unplug and no part of the target can be, the plan has a conflict
    pub fn mhp_request_set_size_bytes(request: *mut mhp_request, size_bytes: u64);
    /// Name the driver that is to have the device once it is unplugged. For MHP_GOAL_UNPLUGGED.
    /// Without it the device stays with kmem where that can be (Linux 7.3), and else has no
    /// driver.
    ///
    /// * `request`: the request
    /// * `driver`: "device_dax"; NULL for none, the default
    /// * returns 0; -EINVAL if it is another one
    pub fn mhp_request_set_driver(request: *mut mhp_request, driver: *const c_char) -> c_int;
    /// Set the goal.
    ///
    /// * `request`: the request
    /// * `goal`: what is to become of the target
    /// * returns 0; -EINVAL if it is none
    pub fn mhp_request_set_goal(request: *mut mhp_request, goal: mhp_goal) -> c_int;
    /// Set how memory is to be onlined. MHP_OFFLINE makes MHP_GOAL_ONLINE the same as
    /// MHP_GOAL_OFFLINE, and plugs memory that stays offline.
    ///
    /// * `request`: the request
    /// * `type`: how to online it
    /// * returns 0; -EINVAL if type is not one of the four values
    pub fn mhp_request_set_online_type(request: *mut mhp_request, type_: mhp_online_type) -> c_int;
    /// Have memory onlined as the system does by default at the time of the snapshot
    /// (mhp_snapshot_get_default_online_type()), by name and not by leaving it out. If there is
    /// none, the plan has a conflict.
    ///
    /// * `request`: the request
    pub fn mhp_request_set_default_type(request: *mut mhp_request);
    /// Set the rules.
    ///
    /// * `request`: the request
    /// * `rules`: MHP_RULE_..., or 0, the default
    /// * returns 0; -E2BIG if one is not known
    pub fn mhp_request_set_rules(request: *mut mhp_request, rules: u64) -> c_int;
    /// Plan a request.
    ///
    /// * `snap`: the machine as it is; the plan keeps what it needs of it
    /// * `request`: what is wanted; the plan keeps what it needs of it
    /// * `ret_plan`: the plan, with one reference, which the caller drops with mhp_plan_unref().
    ///   Made also where conflicts forbid to apply it
    /// * returns 0; -ENOENT no such region or node; -EACCES and others: regions, or the blocks of
    ///   the node, could not be listed (mhp_snapshot_get_problem()); -EINVAL the request lacks a
    ///   target, a goal or an online type, names more blocks than any machine has, or is not
    ///   about just the region, or blocks of the region, that the snapshot is of; -ENOMEM
    pub fn mhp_plan_new(
        snap: *const mhp_snapshot,
        request: *const mhp_request,
        ret_plan: *mut *mut mhp_plan,
    ) -> c_int;
    /// Plan a request, and upon failure tell people why there is no plan: which target is
    /// missing, what the request lacks, which file has the regions and cannot be read. What
    /// stands against a plan that could be made, its conflicts tell.
    ///
    /// * `snap`: the machine as it is; the plan keeps what it needs of it
    /// * `request`: what is wanted; the plan keeps what it needs of it
    /// * `ret_plan`: as with mhp_plan_new(): the caller drops it with mhp_plan_unref()
    /// * `ret_why`: upon failure a line without a newline, printable, which the caller frees with
    ///   free(); NULL upon success and -ENOMEM
    /// * returns as mhp_plan_new()
    pub fn mhp_plan_new_why(
        snap: *const mhp_snapshot,
        request: *const mhp_request,
        ret_plan: *mut *mut mhp_plan,
        ret_why: *mut *mut c_char,
    ) -> c_int;
    /// Take a reference.
    ///
    /// * `plan`: the plan; may be NULL
    /// * returns plan, with one more reference; NULL if it is NULL
    pub fn mhp_plan_ref(plan: *mut mhp_plan) -> *mut mhp_plan;
    /// Drop a reference; the last one frees the plan. NULL is fine.
    ///
    /// * `plan`: the plan; may be NULL
    /// * returns NULL
    pub fn mhp_plan_unref(plan: *mut mhp_plan) -> *mut mhp_plan;
    /// Name of the region that the plan is about, however the request named it.
    ///
    /// * `plan`: the plan
    /// * returns borrowed; NULL if it is about something else than one region as a whole
    pub fn mhp_plan_get_region_name(plan: *const mhp_plan) -> *const c_char;
    /// What the plan is about, for people: "dax0.0", "node 1", "blocks 32-35", "4 GiB of node 1".
    /// Printable.
    ///
    /// * `plan`: the plan
    /// * returns borrowed, never NULL
    pub fn mhp_plan_get_target(plan: *const mhp_plan) -> *const c_char;
    /// Goal of the plan. MHP_GOAL_ONLINE with the type MHP_OFFLINE has become MHP_GOAL_OFFLINE.
    ///
    /// * `plan`: the plan
    /// * returns the goal
    pub fn mhp_plan_get_goal(plan: *const mhp_plan) -> mhp_goal;
    /// Type that memory is onlined with; the system's default where the request asked for that.
    /// MHP_OFFLINE if the goal is neither MHP_GOAL_ONLINE nor MHP_GOAL_PLUGGED, if memory is to
    /// be plugged and stay offline, and with MHP_CONFLICT_NO_DEFAULT.
    ///
    /// * `plan`: the plan
    /// * returns the type
    pub fn mhp_plan_get_online_type(plan: *const mhp_plan) -> mhp_online_type;
    /// Rules of the request: MHP_RULE_...
    ///
    /// * `plan`: the plan
    /// * returns MHP_RULE_..., or-ed
    pub fn mhp_plan_get_rules(plan: *const mhp_plan) -> u64;
    /// Number of steps.
    ///
    /// * `plan`: the plan
    /// * returns how many
    pub fn mhp_plan_count_steps(plan: *const mhp_plan) -> usize;
    /// A step by position.
    ///
    /// * `plan`: the plan
    /// * `index`: from 0
    /// * returns the step, borrowed; NULL if there are not that many
    pub fn mhp_plan_get_step(plan: *const mhp_plan, index: usize) -> *const mhp_step;
    /// Number of conflicts. With any, mhp_apply() writes nothing.
    ///
    /// * `plan`: the plan
    /// * returns how many
    pub fn mhp_plan_count_conflicts(plan: *const mhp_plan) -> usize;
    /// A conflict by position.
    ///
    /// * `plan`: the plan
    /// * `index`: from 0
    /// * returns the conflict, borrowed; NULL if there are not that many
    pub fn mhp_plan_get_conflict(plan: *const mhp_plan, index: usize) -> *const mhp_conflict;
    /// Number of warnings: what is to be known and does not stop the plan.
    ///
    /// * `plan`: the plan
    /// * returns how many
    pub fn mhp_plan_count_warnings(plan: *const mhp_plan) -> usize;
    /// A warning by position; it has the form of a conflict.
    ///
    /// * `plan`: the plan
    /// * `index`: from 0
    /// * returns the warning, borrowed; NULL if there are not that many
    pub fn mhp_plan_get_warning(plan: *const mhp_plan, index: usize) -> *const mhp_conflict;
    /// The plan as text for people: conflicts, warnings, steps.
    ///
    /// * `plan`: the plan
    /// * `ret_text`: lines, each with a newline; the caller frees it with free()
    /// * returns 0; -ENOMEM
    pub fn mhp_plan_copy_text(plan: *const mhp_plan, ret_text: *mut *mut c_char) -> c_int;
    /// The plan as text that mhp_plan_new_from_text() reads: what was found, what is wanted,
    /// conflicts and warnings. Steps are told in comments only.
    ///
    /// * `plan`: the plan
    /// * `ret_text`: lines, each with a newline; the caller frees it with free()
    /// * returns 0; -ENOMEM
    pub fn mhp_plan_copy_saved(plan: *const mhp_plan, ret_text: *mut *mut c_char) -> c_int;
    /// Make a plan of what mhp_plan_copy_saved() wrote, to look at or to apply later; when the
    /// machine moved meanwhile in a way that matters, mhp_apply() says so (MHP_REASON_STALE). The
    /// steps are planned anew from what was found then: no text makes a plan that this library
    /// would not have made.
    ///
    /// * `text`: the text; need not end in NUL
    /// * `length`: bytes of text
    /// * `ret_plan`: the plan, with one reference, which the caller drops with mhp_plan_unref()
    /// * `ret_line`: upon failure the number of the line at fault, from 1; the one after the last
    ///   if something is missing; may be NULL
    /// * returns 0; -EBADMSG the text is no plan, or one that nobody would have made; -E2BIG it
    ///   is one of a newer libmhp; -ENOMEM
    pub fn mhp_plan_new_from_text(
        text: *const c_char,
        length: usize,
        ret_plan: *mut *mut mhp_plan,
        ret_line: *mut c_uint,
    ) -> c_int;
    /// What a step writes to.
    ///
    /// * `step`: the step
    /// * returns the kind
    pub fn mhp_step_get_kind(step: *const mhp_step) -> mhp_step_kind;
    /// Number of physical ranges that a step changes; 0 for MHP_STEP_LOAD, MHP_STEP_BORROW and
    /// MHP_STEP_RETURN.
    ///
    /// * `step`: the step
    /// * returns how many
    pub fn mhp_step_count_ranges(step: *const mhp_step) -> usize;
    /// A physical range that a step changes: whole blocks.
    ///
    /// * `step`: the step
    /// * `index`: from 0
    /// * `ret_start`: first byte's address
    /// * `ret_size_bytes`: length
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_step_get_range(
        step: *const mhp_step,
        index: usize,
        ret_start: *mut u64,
        ret_size_bytes: *mut u64,
    ) -> c_int;
    /// The file that a step writes; for MHP_STEP_LOAD the module's directory.
    ///
    /// * `step`: the step
    /// * `ret_path`: path below the root; the caller frees it with free()
    /// * returns 0; -ENOMEM
    pub fn mhp_step_copy_path(step: *const mhp_step, ret_path: *mut *mut c_char) -> c_int;
    /// The word that a step writes: a state, a device's name, a setting, "0" to release; for
    /// MHP_STEP_LOAD the module's name.
    ///
    /// * `step`: the step
    /// * returns borrowed, never NULL
    pub fn mhp_step_get_word(step: *const mhp_step) -> *const c_char;
    /// State and zone that a step expects; if it meets anything else but what it wants, the
    /// machine has moved and the plan is stale. MHP_STATE_UNKNOWN if the step changes no range.
    ///
    /// * `step`: the step
    /// * `ret_state`: the state; of a device's blocks together. May be NULL
    /// * `ret_zone`: the zone; MHP_ZONE_UNKNOWN if not online. May be NULL
    pub fn mhp_step_get_expected(
        step: *const mhp_step,
        ret_state: *mut mhp_state,
        ret_zone: *mut mhp_zone,
    );
    /// State that a step is to lead to, and the type that decides its zone.
    ///
    /// * `step`: the step
    /// * `ret_state`: the state. May be NULL
    /// * `ret_type`: the type where the state is MHP_STATE_ONLINE, else MHP_OFFLINE. May be NULL
    pub fn mhp_step_get_wanted(
        step: *const mhp_step,
        ret_state: *mut mhp_state,
        ret_type: *mut mhp_online_type,
    );
    /// The first word that undoing a step writes. After a step for a whole device, blocks that
    /// were offline or in another zone are then put right one by one. For MHP_STEP_BIND it is
    /// written to the driver's unbind file, and the other way round.
    ///
    /// * `step`: the step
    /// * returns borrowed; NULL if the step cannot be undone, or is an undoing itself
    ///   (MHP_STEP_RETURN)
    pub fn mhp_step_get_undo_word(step: *const mhp_step) -> *const c_char;
    /// What a conflict or warning is about.
    ///
    /// * `conflict`: the conflict or warning
    /// * returns the code: MHP_CONFLICT_... or MHP_WARNING_...
    pub fn mhp_conflict_get_code(conflict: *const mhp_conflict) -> mhp_conflict_code;
    /// Number of blocks that it is about; 0 if it is about the region.
    ///
    /// * `conflict`: the conflict or warning
    /// * returns how many
    pub fn mhp_conflict_count_blocks(conflict: *const mhp_conflict) -> usize;
    /// A block that it is about.
    ///
    /// * `conflict`: the conflict
    /// * `index`: from 0; they are sorted
    /// * `ret_id`: the block's number
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_conflict_get_block_id(
        conflict: *const mhp_conflict,
        index: usize,
        ret_id: *mut u64,
    ) -> c_int;
    /// What is wrong, in one line of English without a newline, printable.
    ///
    /// * `conflict`: the conflict or warning
    /// * returns borrowed, never NULL
    pub fn mhp_conflict_get_message(conflict: *const mhp_conflict) -> *const c_char;
    /// What can be done, in one line of English without a newline, printable; names no program's
    /// option.
    ///
    /// * `conflict`: the conflict or warning
    /// * returns borrowed; NULL if there is nothing to say
    pub fn mhp_conflict_get_hint(conflict: *const mhp_conflict) -> *const c_char;
    /// A word for a code that stays the same: "wrong-zone", "lost-bytes", ...; else "unknown". A
    /// conflict and a warning can have the same one. libmhp(7) lists them.
    ///
    /// * `code`: the code, of a conflict or of a warning
    /// * returns a constant string, never NULL
    pub fn mhp_conflict_code_to_str(code: mhp_conflict_code) -> *const c_char;
    /// A word for a kind of step: "block", "device", "unbind", "bind", "load", "borrow",
    /// "return", "eject", "configure", "release"; else "unknown".
    ///
    /// * `kind`: the kind
    /// * returns a constant string, never NULL
    pub fn mhp_step_kind_to_str(kind: mhp_step_kind) -> *const c_char;
    /// A word for a goal: "offline", "online", "unplugged", "plugged"; else "unknown".
    ///
    /// * `goal`: the goal
    /// * returns a constant string, never NULL
    pub fn mhp_goal_to_str(goal: mhp_goal) -> *const c_char;
    /// Carry out a plan.
    ///
    /// First the lock that all users of libmhp share is taken (/run/libmhp/lock below the root),
    /// and what a user that was killed has left borrowed is put back (mhp_report_get_recovery()).
    /// Then each region is looked at again: with other ranges or another driver than planned for,
    /// nothing is written; of one whose host plugs and unplugs blocks (virtio-mem), blocks may
    /// have come and gone. Before the first step all blocks are looked at, and before each step
    /// those of which a write would not tell what they are; after the writes state and zone are
    /// read back. Of many blocks in a row /proc/zoneinfo may tell all that, as far as it proves
    /// it. What is found as wanted already counts as done. Upon failure everything that this call
    /// changed is put back, into the zone that it was in, unless the request has MHP_RULE_KEEP.
    /// No block outside the plan's target is touched. A plan with conflicts is refused. For one
    /// without steps nobody is waited for long: all is looked at, and what was left borrowed is
    /// put back if that can be done at once.
    ///
    /// That the machine refused is no error of this call: the report says so.
    ///
    /// Taking memory offline that cannot be moved would go on for ever: it is ended at the
    /// deadline, or by the progress function, without a signal handler and without a signal that
    /// the caller could see. Writes to a device's state, bind and unbind files that queue behind
    /// another writer in the kernel cannot be recalled: the call then returns late, and never
    /// leaves a writer behind. So it is with a module that is being loaded.
    ///
    /// An eject is carried out by the kernel, later: the call waits until the hardware has gone.
    /// If it ends before that, at the deadline or by the progress function, the eject may still
    /// come (MHP_REASON_QUEUED).
    ///
    /// * `ctx`: the context; of the same root as the snapshot
    /// * `plan`: the plan
    /// * `opts`: NULL for the defaults
    /// * `ret_report`: the report, which the caller frees with mhp_report_free(). Set whenever
    ///   anything was written
    /// * returns 0 the report tells the outcome. Else nothing of the plan was written: -E2BIG
    ///   opts asks for what this library does not know; -EINVAL; -ENOMEM; -EBADMSG the journal of
    ///   a user that was killed is damaged, and left for the administrator to read and remove;
    ///   -EACCES, -EROFS and others: the lock or the journal cannot be made or read (of these two
    ///   files and the damage the log function is told), or the directories of the device or of
    ///   memory blocks cannot be opened
    pub fn mhp_apply(
        ctx: *mut mhp_ctx,
        plan: *mut mhp_plan,
        opts: *const mhp_apply_opts,
        ret_report: *mut *mut mhp_report,
    ) -> c_int;
    /// The word for a kind of cause: "self", "libmhp", "system-policy", "udev-rule", "device",
    /// "host"; "unknown" for what is not known.
    ///
    /// * `kind`: the kind
    /// * returns a constant string, never NULL
    pub fn mhp_cause_kind_to_str(kind: mhp_cause_kind) -> *const c_char;
    /// Who is likely to have brought a region's memory where it is, or to have left it offline,
    /// from what the snapshot has found, without having seen it happen. No I/O.
    ///
    /// * `snap`: the snapshot; without MHP_SNAPSHOT_FOR_PLANS no udev rule is known
    /// * `region`: a region of that snapshot
    /// * `ret_kind`: the kind; may be NULL
    /// * `ret_text`: a part of a sentence, printable: "probably auto_online_blocks=online",
    ///   "perhaps /etc/udev/rules.d/40-memory.rules:3, which ...", "another program: ..."; the
    ///   caller frees it with free()
    /// * returns 0, also where the cause is not known; -ENOMEM
    pub fn mhp_region_guess_cause(
        snap: *const mhp_snapshot,
        region: *const mhp_region,
        ret_kind: *mut mhp_cause_kind,
        ret_text: *mut *mut c_char,
    ) -> c_int;
    /// Who is likely to have done what an event tells. Only of a monitor with MHP_MONITOR_CAUSES.
    /// Concluded from the system as it was when the event was taken, from udev rules as the
    /// monitor's last snapshot has them, and from /run/libmhp/acts.
    ///
    /// * `event`: the event
    /// * returns the kind; MHP_CAUSE_UNKNOWN also without that flag
    pub fn mhp_event_get_cause(event: *const mhp_event) -> mhp_cause_kind;
    /// The same in words, as with mhp_region_guess_cause(): "probably mhp\[123]: online dax0.0 as
    /// online_movable".
    ///
    /// * `event`: the event
    /// * returns a part of a sentence, printable, borrowed from the event; NULL: without that
    ///   flag, and of MHP_EVENT_LOST and MHP_EVENT_RESYNCED
    pub fn mhp_event_get_cause_text(event: *const mhp_event) -> *const c_char;
    /// Free a report. NULL is fine.
    ///
    /// * `report`: the report; may be NULL
    pub fn mhp_report_free(report: *mut mhp_report);
    /// How the plan ended.
    ///
    /// * `report`: the report
    /// * returns the outcome
    pub fn mhp_report_get_outcome(report: *const mhp_report) -> mhp_outcome;
    /// The plan that was carried out.
    ///
    /// * `report`: the report
    /// * returns borrowed, never NULL
    pub fn mhp_report_get_plan(report: *const mhp_report) -> *mut mhp_plan;
    /// The first thing that failed: why.
    ///
    /// * `report`: the report
    /// * returns MHP_REASON_DONE if nothing did, MHP_REASON_ALREADY if nothing had to be done
    pub fn mhp_report_get_reason(report: *const mhp_report) -> mhp_reason;
    /// The first thing that failed: the kernel's answer.
    ///
    /// * `report`: the report
    /// * returns a negative errno value, libmhp's own -ETIMEDOUT at the deadline and -ECANCELED
    ///   by the progress function among them; 0 if no system call failed
    pub fn mhp_report_get_code(report: *const mhp_report) -> c_int;
    /// What happened, in one line of English without a newline, printable: the block or device
    /// that failed, the file, the word written, the kernel's answer; and the same of the first
    /// thing that could not be put back.
    ///
    /// * `report`: the report
    /// * returns borrowed, never NULL
    pub fn mhp_report_get_message(report: *const mhp_report) -> *const c_char;
    /// What can be done, in one line of English without a newline, printable.
    ///
    /// * `report`: the report
    /// * returns borrowed; NULL if there is nothing to say
    pub fn mhp_report_get_hint(report: *const mhp_report) -> *const c_char;
    /// Number of blocks: those that the plan is about.
    ///
    /// * `report`: the report
    /// * returns how many
    pub fn mhp_report_count_results(report: *const mhp_report) -> usize;
    /// What became of a block, by position; they are sorted by address.
    ///
    /// * `report`: the report
    /// * `index`: from 0
    /// * returns borrowed; NULL if there are not that many
    pub fn mhp_report_get_result(report: *const mhp_report, index: usize) -> *const mhp_result;
    /// Number of a block: the N of memoryN.
    ///
    /// * `result`: the result
    /// * returns the N of memoryN
    pub fn mhp_result_get_id(result: *const mhp_result) -> u64;
    /// What the block was to become, in one word: "online", "online_kernel", "online_movable",
    /// "offline", "absent".
    ///
    /// * `result`: the result
    /// * returns a constant string, never NULL
    pub fn mhp_result_get_wanted_word(result: *const mhp_result) -> *const c_char;
    /// What the block was when the snapshot was taken.
    ///
    /// * `result`: the result
    /// * `ret_state`: may be NULL
    /// * `ret_zone`: MHP_ZONE_UNKNOWN if it was not online; may be NULL
    pub fn mhp_result_get_before(
        result: *const mhp_result,
        ret_state: *mut mhp_state,
        ret_zone: *mut mhp_zone,
    );
    /// What the block is now, as read back; as it was when planned for, where nothing was looked
    /// at (MHP_REASON_LOCKED, MHP_REASON_CONFLICT, MHP_REASON_PENDING).
    ///
    /// * `result`: the result
    /// * `ret_state`: may be NULL
    /// * `ret_zone`: MHP_ZONE_UNKNOWN if it is not online; may be NULL
    pub fn mhp_result_get_after(
        result: *const mhp_result,
        ret_state: *mut mhp_state,
        ret_zone: *mut mhp_zone,
    );
    /// The errno value that goes with the reason: the kernel's answer to the write, to this block
    /// or to its whole device, or to the read, that the reason is about.
    ///
    /// * `result`: the result
    /// * returns a negative errno value, as mhp_report_get_code(); 0 if there is none: the block
    ///   is as wanted, or nothing that was tried with it failed
    pub fn mhp_result_get_code(result: *const mhp_result) -> c_int;
    /// Why the block ended as it did. It never rests on the errno value alone: the block is
    /// looked at first.
    ///
    /// * `result`: the result
    /// * returns the reason
    pub fn mhp_result_get_reason(result: *const mhp_result) -> mhp_reason;
    /// Number of writes, in the order in which they were made.
    ///
    /// * `report`: the report
    /// * returns how many
    pub fn mhp_report_count_writes(report: *const mhp_report) -> usize;
    /// A write. The loading of a module is among them.
    ///
    /// * `report`: the report
    /// * `index`: from 0
    /// * `ret_path`: the file, below the root, borrowed, to be escaped before it goes to a
    ///   terminal; may be NULL
    /// * `ret_word`: what was written, borrowed; may be NULL
    /// * `ret_code`: the kernel's answer: 0 or a negative errno value; -ETIMEDOUT or -ECANCELED
    ///   if the write was ended; may be NULL
    /// * `ret_undo`: whether it was made to put something back; may be NULL
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_report_get_write(
        report: *const mhp_report,
        index: usize,
        ret_path: *mut *const c_char,
        ret_word: *mut *const c_char,
        ret_code: *mut c_int,
        ret_undo: *mut bool,
    ) -> c_int;
    /// What was left behind by a user of libmhp that was killed, and was put back before the
    /// plan's first step.
    ///
    /// * `report`: the report
    /// * returns borrowed; NULL if nothing was
    pub fn mhp_report_get_recovery(report: *const mhp_report) -> *const mhp_recovery;
    /// Number of blocks that others added while a setting of the system was borrowed: they were
    /// onlined as it says. Where they could not be listed, the message says so.
    ///
    /// * `report`: the report
    /// * returns how many are known
    pub fn mhp_report_count_other_blocks(report: *const mhp_report) -> usize;
    /// A block that others added meanwhile.
    ///
    /// * `report`: the report
    /// * `index`: from 0
    /// * `ret_id`: the N of memoryN
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_report_get_other_block_id(
        report: *const mhp_report,
        index: usize,
        ret_id: *mut u64,
    ) -> c_int;
    /// The driver's own word for the whole device, before and after.
    ///
    /// Blocks can be put back and the word not: it is then told here only. Both words are to be
    /// escaped before they go to a terminal.
    ///
    /// * `report`: the report
    /// * `ret_before`: borrowed; NULL if there was none, or the report is about several devices;
    ///   may be NULL
    /// * `ret_after`: borrowed; NULL likewise; may be NULL
    pub fn mhp_report_get_device_words(
        report: *const mhp_report,
        ret_before: *mut *const c_char,
        ret_after: *mut *const c_char,
    );
    /// A word for an outcome: "done", "undone", "partial", "refused"; else "unknown".
    ///
    /// * `outcome`: the outcome
    /// * returns a constant string, never NULL
    pub fn mhp_outcome_to_str(outcome: mhp_outcome) -> *const c_char;
    /// Is it one of the reasons for which a block, or the whole, is not as wanted? True of
    /// reasons that a later release brings and this one does not know.
    ///
    /// * `reason`: the reason
    /// * returns whether it is
    pub fn mhp_reason_is_failure(reason: mhp_reason) -> bool;
    /// A word for a reason that stays the same: "done", "busy", "wrong-zone", ...; else
    /// "unknown". libmhp(7) lists them, and what to do.
    ///
    /// * `reason`: the reason
    /// * returns a constant string, never NULL
    pub fn mhp_reason_to_str(reason: mhp_reason) -> *const c_char;
    /// Fulfil a request: take a snapshot (MHP_SNAPSHOT_FOR_PLANS), plan, apply. A plan with
    /// conflicts is a report of MHP_OUTCOME_REFUSED.
    ///
    /// * `ctx`: the context
    /// * `request`: what is wanted
    /// * `opts`: how to apply; NULL for the defaults
    /// * `ret_report`: the report, which the caller frees with mhp_report_free()
    /// * returns 0 the report tells the outcome; else as mhp_snapshot_new(), mhp_plan_new() and
    ///   mhp_apply()
    pub fn mhp_fulfil(
        ctx: *mut mhp_ctx,
        request: *const mhp_request,
        opts: *const mhp_apply_opts,
        ret_report: *mut *mut mhp_report,
    ) -> c_int;
    /// Online a region with a type.
    ///
    /// * `ctx`: the context
    /// * `region`: its name
    /// * `type`: how
    /// * `rules`: MHP_RULE_..., or 0
    /// * `ret_report`: the report, which the caller frees with mhp_report_free()
    /// * returns as mhp_fulfil(); -EINVAL region is empty, or type not known; -E2BIG a rule is
    ///   not
    pub fn mhp_online_region(
        ctx: *mut mhp_ctx,
        region: *const c_char,
        type_: mhp_online_type,
        rules: u64,
        ret_report: *mut *mut mhp_report,
    ) -> c_int;
    /// Take a region offline; its blocks stay present.
    ///
    /// * `ctx`: the context
    /// * `region`: its name
    /// * `rules`: MHP_RULE_..., or 0
    /// * `ret_report`: the report, which the caller frees with mhp_report_free()
    /// * returns as mhp_online_region()
    pub fn mhp_offline_region(
        ctx: *mut mhp_ctx,
        region: *const c_char,
        rules: u64,
        ret_report: *mut *mut mhp_report,
    ) -> c_int;
    /// Take a region out of System RAM: no blocks are left. Before Linux 7.3 the device has no
    /// driver then, and that cannot be undone.
    ///
    /// * `ctx`: the context
    /// * `region`: its name
    /// * `rules`: MHP_RULE_..., or 0
    /// * `ret_report`: the report, which the caller frees with mhp_report_free()
    /// * returns as mhp_online_region()
    pub fn mhp_unplug_region(
        ctx: *mut mhp_ctx,
        region: *const c_char,
        rules: u64,
        ret_report: *mut *mut mhp_report,
    ) -> c_int;
    /// Make a region that is no System RAM such, with a type: every block online in its zone, and
    /// never in another one. Settings of the system may be borrowed (MHP_RULE_BORROW is added to
    /// the rules). With MHP_OFFLINE it is there and stays offline.
    ///
    /// * `ctx`: the context
    /// * `region`: its name
    /// * `type`: how to online it
    /// * `rules`: MHP_RULE_..., or 0
    /// * `ret_report`: the report, which the caller frees with mhp_report_free()
    /// * returns as mhp_online_region()
    pub fn mhp_plug_region(
        ctx: *mut mhp_ctx,
        region: *const c_char,
        type_: mhp_online_type,
        rules: u64,
        ret_report: *mut *mut mhp_report,
    ) -> c_int;
    /// The word for a kind of event: "block-added", "policy-changed", "lost", ...; "unknown" for
    /// what is not known.
    ///
    /// * `kind`: the kind
    /// * returns a constant string, never NULL
    pub fn mhp_event_kind_to_str(kind: mhp_event_kind) -> *const c_char;
    /// What happened.
    ///
    /// * `event`: the event
    /// * returns the kind
    pub fn mhp_event_get_kind(event: *const mhp_event) -> mhp_event_kind;
    /// The kernel's number of the message that told it. Numbers ascend, where udevd passes
    /// messages on for each device only; one message may make several events.
    ///
    /// * `event`: the event
    /// * returns the number; 0: it was found, no message told it
    pub fn mhp_event_get_seqnum(event: *const mhp_event) -> u64;
    /// Was it found by comparing with a fresh snapshot, or by looking, rather than told by the
    /// kernel? As what follows MHP_EVENT_LOST, and each change of policy.
    ///
    /// * `event`: the event
    /// * returns whether it was
    pub fn mhp_event_is_found(event: *const mhp_event) -> bool;
    /// When it was received, or found.
    ///
    /// * `event`: the event
    /// * returns nanoseconds of CLOCK_REALTIME
    pub fn mhp_event_get_time_ns(event: *const mhp_event) -> i64;
    /// The block that it is about.
    ///
    /// * `event`: the event
    /// * `ret_id`: the N of memoryN
    /// * returns 0; -ENODATA it is not about a block
    pub fn mhp_event_get_block_id(event: *const mhp_event, ret_id: *mut u64) -> c_int;
    /// The node that came or went, or that of the block as far as its region
    /// (mhp_event_get_region_name()) or the monitor's last snapshot tells it.
    ///
    /// * `event`: the event
    /// * `ret_node`: its number, the M of nodeM
    /// * returns 0; -ENODATA not about a node, or not known
    pub fn mhp_event_get_node_id(event: *const mhp_event, ret_node: *mut c_int) -> c_int;
    /// What it is about: "memory36", "node1", "memory_tier4", "dax0.0", "auto_online_blocks".
    ///
    /// * `event`: the event
    /// * returns the name, printable, borrowed; "" for MHP_EVENT_LOST and MHP_EVENT_RESYNCED
    pub fn mhp_event_get_name(event: *const mhp_event) -> *const c_char;
    /// The region of the block or device, by the monitor's last snapshot and by what happened to
    /// devices since: one that an event tells of is looked at again. Where memory comes of a dax
    /// device that had no driver, or of nobody who is known, all devices are, once after each
    /// event of a device at most, as its size may have been changed. Of memory that somebody else
    /// than a device (MHP_EVENT_DEVICE_ADDED) has given since the region is not known.
    ///
    /// * `event`: the event
    /// * returns its name, borrowed; NULL: not known, the device is gone, or about neither
    pub fn mhp_event_get_region_name(event: *const mhp_event) -> *const c_char;
    /// What the block was. Of anything else that comes and goes the state is MHP_STATE_ABSENT or
    /// MHP_STATE_UNKNOWN.
    ///
    /// * `event`: the event
    /// * `ret_state`: its state; MHP_STATE_ABSENT: it was not there; may be NULL
    /// * `ret_zone`: where it was online; MHP_ZONE_UNKNOWN: not online, or not known; may be NULL
    pub fn mhp_event_get_before(
        event: *const mhp_event,
        ret_state: *mut mhp_state,
        ret_zone: *mut mhp_zone,
    );
    /// What the block is, as mhp_event_get_before(). The zone is only looked for with
    /// MHP_MONITOR_ZONES, and is that of the moment when the event was received.
    ///
    /// * `event`: the event
    /// * `ret_state`: its state; MHP_STATE_ABSENT: it is not there any more; may be NULL
    /// * `ret_zone`: where it is online; MHP_ZONE_UNKNOWN: not online, or not known; may be NULL
    pub fn mhp_event_get_after(
        event: *const mhp_event,
        ret_state: *mut mhp_state,
        ret_zone: *mut mhp_zone,
    );
    /// The setting's word before; the driver of MHP_EVENT_DEVICE_UNBOUND.
    ///
    /// * `event`: the event
    /// * returns the word, to be escaped before it goes to a terminal; borrowed; NULL: none
    pub fn mhp_event_get_word_before(event: *const mhp_event) -> *const c_char;
    /// The setting's word after; the driver of MHP_EVENT_DEVICE_BOUND.
    ///
    /// * `event`: the event
    /// * returns the word, to be escaped before it goes to a terminal; borrowed; NULL: none
    pub fn mhp_event_get_word_after(event: *const mhp_event) -> *const c_char;
    /// The event in words: "memory36 online in Movable (dax0.0)".
    ///
    /// * `event`: the event
    /// * `ret_text`: one printable line without a newline, which the caller frees with free()
    /// * returns 0; -ENOMEM
    pub fn mhp_event_copy_text(event: *const mhp_event, ret_text: *mut *mut c_char) -> c_int;
    /// Begin to follow the machine.
    ///
    /// * `ctx`: the context; a reference to it is kept
    /// * `opts`: NULL for the defaults
    /// * `ret_monitor`: the monitor, which the caller frees with mhp_monitor_free()
    /// * returns 0; -EOPNOTSUPP events of another root than "/" cannot be had, there is no such
    ///   source, or libmhp was built without libudev: the log function is told which; -E2BIG opts
    ///   asks for what this library does not know; -EINVAL no such source; what
    ///   mhp_snapshot_new() answers; -EMFILE and others: what opening the socket answered;
    ///   -ENOMEM
    pub fn mhp_monitor_new(
        ctx: *mut mhp_ctx,
        opts: *const mhp_monitor_opts,
        ret_monitor: *mut *mut mhp_monitor,
    ) -> c_int;
    /// Follow it no more. NULL is fine.
    ///
    /// * `monitor`: the monitor; may be NULL
    pub fn mhp_monitor_free(monitor: *mut mhp_monitor);
    /// Who tells of events: what MHP_EVENT_SOURCE_AUTO became.
    ///
    /// * `monitor`: the monitor
    /// * returns MHP_EVENT_SOURCE_UDEV or MHP_EVENT_SOURCE_KERNEL
    pub fn mhp_monitor_get_source(monitor: *const mhp_monitor) -> mhp_event_source;
    /// The descriptor to poll for POLLIN. It is level-triggered and the monitor's: neither read
    /// nor close it. What mhp_monitor_check() and mhp_monitor_refresh() find does not make it
    /// readable: take events after a call of these.
    ///
    /// * `monitor`: the monitor
    /// * `ret_fd`: the descriptor
    /// * returns 0; -EMFILE and others
    pub fn mhp_monitor_get_fd(monitor: *mut mhp_monitor, ret_fd: *mut c_int) -> c_int;
    /// Take the next event. Never waits, and each call does a bounded amount of work: a few files
    /// are read for a message, those of all devices (mhp_event_get_region_name()) after one that
    /// was about a device, and once after MHP_EVENT_LOST a snapshot is taken.
    ///
    /// * `monitor`: the monitor
    /// * `ret_event`: the event, borrowed from the monitor until the next call; NULL: none waits
    ///   now, poll
    /// * returns 0; -ENOMEM, what mhp_snapshot_new() answers where a fresh one is needed, or
    ///   other negative errno values of the socket: nothing is forgotten, and the next call tries
    ///   again. Call it again in a while, for the descriptor need not be readable
    pub fn mhp_monitor_next(monitor: *mut mhp_monitor, ret_event: *mut *const mhp_event) -> c_int;
    /// Look at what no message tells: the system's policy (auto_online_blocks, and online_policy,
    /// auto_movable_ratio, memmap_on_memory of the module memory_hotplug). What has changed waits
    /// as events. auto_online_blocks is looked at before each event anyway.
    ///
    /// * `monitor`: the monitor
    /// * returns 0; what cannot be read counts as not changed
    pub fn mhp_monitor_check(monitor: *mut mhp_monitor) -> c_int;
    /// Take a fresh snapshot, as if events had been lost: what differs waits as events, with
    /// MHP_EVENT_RESYNCED as the last one. Messages that it has overtaken are dropped.
    ///
    /// * `monitor`: the monitor
    /// * returns 0; what mhp_snapshot_new() answers: all is as before then
    pub fn mhp_monitor_refresh(monitor: *mut mhp_monitor) -> c_int;
    /// The snapshot that was taken last: by mhp_monitor_new(), mhp_monitor_refresh(), or after
    /// MHP_EVENT_LOST. Events are not applied to it.
    ///
    /// * `monitor`: the monitor
    /// * returns the snapshot, borrowed until the next one is taken, which mhp_monitor_next() may
    ///   do: take a reference to keep it
    pub fn mhp_monitor_get_snapshot(monitor: *const mhp_monitor) -> *mut mhp_snapshot;
    /// Number of blocks in a state, as events have led to.
    ///
    /// * `monitor`: the monitor
    /// * `state`: MHP_STATE_OFFLINE or MHP_STATE_ONLINE; one that was going offline when it was
    ///   looked at counts as online; MHP_STATE_UNKNOWN: all that are there
    /// * returns how many
    pub fn mhp_monitor_count_blocks(monitor: *const mhp_monitor, state: mhp_state) -> usize;
    /// A block as events have led to.
    ///
    /// * `monitor`: the monitor
    /// * `id`: the N of memoryN
    /// * `ret_state`: its state; MHP_STATE_ABSENT: there is none; may be NULL
    /// * `ret_zone`: where it is online; MHP_ZONE_UNKNOWN: not online, or not known; may be NULL
    pub fn mhp_monitor_get_block(
        monitor: *const mhp_monitor,
        id: u64,
        ret_state: *mut mhp_state,
        ret_zone: *mut mhp_zone,
    );
    /// Wait for a region.
    ///
    /// * `ctx`: the context
    /// * `region`: its name, or its identity (mhp_snapshot_find_region()), for which snapshots
    ///   are taken with MHP_SNAPSHOT_IDENTITY
    /// * `what`: what is waited for
    /// * `opts`: NULL for the defaults
    /// * `ret_snap`: the snapshot where it was found to be so, with one reference, which the
    ///   caller drops with mhp_snapshot_unref(); may be NULL
    /// * returns 0; -ETIMEDOUT the log function is told what was still missing; -ECANCELED tick
    ///   returned non-zero; -EINVAL; what mhp_monitor_new(), mhp_monitor_next() and
    ///   mhp_snapshot_new() answer
    pub fn mhp_wait_region(
        ctx: *mut mhp_ctx,
        region: *const c_char,
        what: mhp_wait,
        opts: *const mhp_wait_opts,
        ret_snap: *mut *mut mhp_snapshot,
    ) -> c_int;
    /// Wait until the machine is as a request wants it, by whomever that is done: until
    /// mhp_plan_new() gives a plan without steps and conflicts. A target that is not there yet is
    /// waited for.
    ///
    /// * `ctx`: the context
    /// * `request`: what is wanted
    /// * `opts`: NULL for the defaults
    /// * `ret_snap`: as with mhp_wait_region(): the caller drops it with mhp_snapshot_unref();
    ///   may be NULL
    /// * returns as mhp_wait_region(); also what mhp_plan_new() answers, but for -ENOENT
    pub fn mhp_wait_request(
        ctx: *mut mhp_ctx,
        request: *const mhp_request,
        opts: *const mhp_wait_opts,
        ret_snap: *mut *mut mhp_snapshot,
    ) -> c_int;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// Made by "cargo run -p declare" from the headers: change those.
use libmhp_sys as sys;

crate::words::enumerators! {
    /// What a library may be built without.
    Feature;
    /// libudev: events, mhp_monitor_new() and what needs it
    UDEV = sys::MHP_FEATURE_UDEV,
    /// libkmod: a driver's module is loaded where a plan needs it
    KMOD = sys::MHP_FEATURE_KMOD,
}

crate::words::enumerators! {
    /// How memory is onlined. Numbers and words are those of the kernel's enum mmop
    /// (include/linux/memory_hotplug.h).
    OnlineType, sys::mhp_online_type_to_str;
    /// "offline": present, not used
    OFFLINE = sys::MHP_OFFLINE,
    /// "online": the kernel chooses the zone
    ONLINE = sys::MHP_ONLINE,
    /// "online_kernel": a kernel zone
    ONLINE_KERNEL = sys::MHP_ONLINE_KERNEL,
    /// "online_movable": zone Movable
    ONLINE_MOVABLE = sys::MHP_ONLINE_MOVABLE,
}

crate::words::enumerators! {
    /// State of a memory block, as memoryN/state tells it.
    State, sys::mhp_state_to_str;
    /// unreadable, or a word never seen
    UNKNOWN = sys::MHP_STATE_UNKNOWN,
    /// there is no such block
    ABSENT = sys::MHP_STATE_ABSENT,
    /// there, and not used
    OFFLINE = sys::MHP_STATE_OFFLINE,
    /// in use
    ONLINE = sys::MHP_STATE_ONLINE,
    /// a writer is offlining it just now
    GOING_OFFLINE = sys::MHP_STATE_GOING_OFFLINE,
    /// of a region: its blocks differ
    MIXED = sys::MHP_STATE_MIXED,
}

crate::words::enumerators! {
    /// Zone of memory, as memoryN/valid_zones tells it.
    Zone, sys::mhp_zone_to_str;
    /// unreadable, or a word never seen
    UNKNOWN = sys::MHP_ZONE_UNKNOWN,
    /// "none": the block spans zones or nodes, it can never be offlined
    NONE = sys::MHP_ZONE_NONE,
    /// for devices' small addresses
    DMA = sys::MHP_ZONE_DMA,
    /// for 32-bit addresses
    DMA32 = sys::MHP_ZONE_DMA32,
    /// the usual kernel zone
    NORMAL = sys::MHP_ZONE_NORMAL,
    /// beyond what a 32-bit kernel maps
    HIGHMEM = sys::MHP_ZONE_HIGHMEM,
    /// Movable: what can be given back
    MOVABLE = sys::MHP_ZONE_MOVABLE,
    /// a driver's, for no program
    DEVICE = sys::MHP_ZONE_DEVICE,
    /// of a region: its online blocks differ
    MIXED = sys::MHP_ZONE_MIXED,
}

crate::words::enumerators! {
    /// What daxX.Y/state of the kmem driver claims (Linux 7.3).
    DeviceState, sys::mhp_device_state_to_str;
    /// a word never seen, or "unknown"
    UNKNOWN = sys::MHP_DEVICE_STATE_UNKNOWN,
    /// no System RAM
    UNPLUGGED = sys::MHP_DEVICE_STATE_UNPLUGGED,
    /// System RAM, offline
    OFFLINE = sys::MHP_DEVICE_STATE_OFFLINE,
    /// online, in whichever zone
    ONLINE = sys::MHP_DEVICE_STATE_ONLINE,
    /// online in a kernel zone
    ONLINE_KERNEL = sys::MHP_DEVICE_STATE_ONLINE_KERNEL,
    /// online in Movable
    ONLINE_MOVABLE = sys::MHP_DEVICE_STATE_ONLINE_MOVABLE,
}

crate::words::enumerators! {
    /// Origin of a region's memory.
    RegionKind, sys::mhp_region_kind_to_str;
    /// not known
    UNKNOWN = sys::MHP_REGION_UNKNOWN,
    /// a device of /sys/bus/dax
    DAX = sys::MHP_REGION_DAX,
    /// a volatile region of /sys/bus/cxl; what dax devices of it there are own its blocks
    CXL = sys::MHP_REGION_CXL,
    /// a virtio-mem device: the host plugs and unplugs
    VIRTIO_MEM = sys::MHP_REGION_VIRTIO_MEM,
    /// an ACPI memory device (PNP0C80)
    DIMM = sys::MHP_REGION_DIMM,
    /// s390 storage, /sys/firmware/memory (Linux 7.2)
    S390_STANDBY = sys::MHP_REGION_S390_STANDBY,
    /// logical memory blocks of a POWER partition
    PPC64_LMB = sys::MHP_REGION_PPC64_LMB,
    /// any other "System RAM (X)" of /proc/iomem
    MANAGED = sys::MHP_REGION_MANAGED,
    /// all that no other region has: memory from boot, and what was added since without a name of
    /// its own
    BOOT = sys::MHP_REGION_BOOT,
}

crate::words::enumerators! {
    /// What can be done to a region's memory: see mhp_region_can().
    Capability;
    /// its blocks, one by one
    ONLINE = sys::MHP_CAN_ONLINE,
    /// all of it by one write, which the kernel undoes if it cannot be added
    ONLINE_WHOLE = sys::MHP_CAN_ONLINE_WHOLE,
    /// its blocks, one by one
    OFFLINE = sys::MHP_CAN_OFFLINE,
    /// be made System RAM
    PLUG = sys::MHP_CAN_PLUG,
    /// ... and given back, a part of it only
    PLUG_BLOCKS = sys::MHP_CAN_PLUG_BLOCKS,
    /// as a whole: no block is left
    UNPLUG = sys::MHP_CAN_UNPLUG,
    /// the hardware behind it be given back
    RELEASE = sys::MHP_CAN_RELEASE,
}

crate::words::enumerators! {
    /// What a NUMA node has beside memory.
    NodeKind, sys::mhp_node_kind_to_str;
    /// unreadable
    UNKNOWN = sys::MHP_NODE_UNKNOWN,
    /// processors
    CPU = sys::MHP_NODE_CPU,
    /// none: memory only, or an accelerator's
    CPU_LESS = sys::MHP_NODE_CPU_LESS,
}

crate::words::enumerators! {
    /// Whose accesses the rating of a node's memory is about.
    Access;
    /// nobody's
    UNKNOWN = sys::MHP_ACCESS_UNKNOWN,
    /// those of the nearest nodes with anything that uses memory by itself (access0)
    ANY = sys::MHP_ACCESS_ANY,
    /// those of the nearest nodes with processors (access1)
    CPU = sys::MHP_ACCESS_CPU,
}

crate::words::flags! {
    /// Flags of a capture, to be joined by |.
    CaptureFlags;
    /// with serial numbers and the like, by which the machine, or a part of it, is known
    IDENTITY = sys::MHP_CAPTURE_IDENTITY,
}

crate::words::flags! {
    /// Flags of a snapshot, to be joined by |.
    SnapshotFlags;
    /// read valid_zones of offline blocks too, not of online ones only: a file each
    OFFLINE_ZONES = sys::MHP_SNAPSHOT_OFFLINE_ZONES,
    /// read what plans are checked against: udev's rules, free memory and the sizes of zones,
    /// whether the kernel can take memory away; a plan of a snapshot without it warns that this
    /// was not checked, where it matters. Identities are read, too (MHP_SNAPSHOT_IDENTITY): a
    /// request may name a region by one
    FOR_PLANS = sys::MHP_SNAPSHOT_FOR_PLANS,
    /// read what nodes are like: tiers, distances, bandwidth and so on (mhp/node.h), and the
    /// sizes of zones (mhp/zones.h): some 20 files a node at most, and none a block
    TOPOLOGY = sys::MHP_SNAPSHOT_TOPOLOGY,
    /// ask for each page of blocks that a host plugs in parts (virtio-mem) whether it is there: 8
    /// bytes are read for each of them
    PLUGGED = sys::MHP_SNAPSHOT_PLUGGED,
    /// read the state of every block, as MHP_SNAPSHOT_FOR_PLANS does, too; in which zone an
    /// online one is may follow from /proc/zoneinfo all the same. Without it, what /proc/zoneinfo
    /// proves is not read (mhp_block_is_inferred()); a block that is going offline is then online
    EXACT = sys::MHP_SNAPSHOT_EXACT,
    /// read what only shows a region, or names it: its identity, its facts, the devices behind
    /// it: some 10 files a region, of interleaved CXL memory more
    IDENTITY = sys::MHP_SNAPSHOT_IDENTITY,
    /// no regions and no system policy: as far as they are asked for, they answer -ENODATA; not
    /// together with _FOR_PLANS, _PLUGGED or _IDENTITY: -EINVAL
    BLOCKS_ONLY = sys::MHP_SNAPSHOT_BLOCKS_ONLY,
}

crate::words::enumerators! {
    /// What became of a setting that was borrowed.
    Returned, sys::mhp_returned_to_str;
    /// it could not be read, or not be written
    UNKNOWN = sys::MHP_RETURNED_UNKNOWN,
    /// put back
    DONE = sys::MHP_RETURNED_DONE,
    /// was as before
    ALREADY = sys::MHP_RETURNED_ALREADY,
    /// somebody else changed it since: left alone
    CHANGED = sys::MHP_RETURNED_CHANGED,
}

crate::words::enumerators! {
    /// What is to become of the target.
    Goal, sys::mhp_goal_to_str;
    /// none was set
    UNKNOWN = sys::MHP_GOAL_UNKNOWN,
    /// blocks present and offline
    OFFLINE = sys::MHP_GOAL_OFFLINE,
    /// every block online, with the type set by mhp_request_set_online_type() or
    /// mhp_request_set_default_type()
    ONLINE = sys::MHP_GOAL_ONLINE,
    /// no blocks left; mhp_request_set_driver() says who gets the device then
    UNPLUGGED = sys::MHP_GOAL_UNPLUGGED,
    /// made System RAM, every block online with the type and never, not for a moment, in another
    /// zone (but see MHP_RULE_PER_BLOCK)
    PLUGGED = sys::MHP_GOAL_PLUGGED,
}

crate::words::flags! {
    /// Rules of a request, to be joined by |.
    Rules;
    /// upon failure keep what worked instead of putting everything back
    KEEP = sys::MHP_RULE_KEEP,
    /// memory that is online in another zone may be taken offline first
    REZONE = sys::MHP_RULE_REZONE,
    /// online block by block where the whole device could be written at once. What has to be
    /// added first, as MHP_ONLINE_KERNEL or MHP_ONLINE_MOVABLE, is added offline and then onlined
    /// downwards: less work for the kernel the more blocks there are, but for a moment anybody
    /// may online it elsewhere (MHP_WARNING_WINDOW; then it is put back). Needs a system's policy
    /// that is offline, or MHP_RULE_BORROW; a conflict where a udev rule onlines memory, or where
    /// that is not known
    PER_BLOCK = sys::MHP_RULE_PER_BLOCK,
    /// the system's policy (auto_online_blocks) and the dax bus's drivers_autoprobe may be set to
    /// something else while a device is plugged or unplugged; they are put back, after a kill by
    /// the next apply or mhp_recover()
    BORROW = sys::MHP_RULE_BORROW,
    /// once all memory of a CXL region, or of all of them, is unplugged, its decoders are turned
    /// off, so that the hardware behind it is free for others. It cannot be undone. For
    /// MHP_GOAL_UNPLUGGED without a driver; any other request gets a conflict
    RELEASE = sys::MHP_RULE_RELEASE,
    /// memory that a host plugs and unplugs (virtio-mem) may be onlined as MHP_ONLINE_KERNEL,
    /// though the host hardly ever gets it back then
    KERNEL_ZONE = sys::MHP_RULE_KERNEL_ZONE,
}

crate::words::enumerators! {
    /// What a step writes to.
    StepKind, sys::mhp_step_kind_to_str;
    /// not known
    UNKNOWN = sys::MHP_STEP_UNKNOWN,
    /// memoryN/state
    BLOCK = sys::MHP_STEP_BLOCK,
    /// daxX.Y/state: all ranges at once
    DEVICE = sys::MHP_STEP_DEVICE,
    /// the driver's unbind file
    UNBIND = sys::MHP_STEP_UNBIND,
    /// the driver's bind file, and where the kernel says ENODEV to that, new_id and remove_id
    BIND = sys::MHP_STEP_BIND,
    /// loads a driver's module
    LOAD = sys::MHP_STEP_LOAD,
    /// a setting of the whole system, for a while
    BORROW = sys::MHP_STEP_BORROW,
    /// ... put back, if it still is what was written
    RETURN = sys::MHP_STEP_RETURN,
    /// a DIMM's eject file: the kernel does it later, and does not tell; apply waits until it is
    /// done
    EJECT = sys::MHP_STEP_EJECT,
    /// memory is asked from the firmware, or given back, a block or an LMB at a time:
    /// /sys/firmware/memory/memoryN/config (s390), /sys/kernel/dlpar (ppc64)
    CONFIGURE = sys::MHP_STEP_CONFIGURE,
    /// a CXL region's commit file: its decoders are turned off
    RELEASE = sys::MHP_STEP_RELEASE,
}

crate::words::enumerators! {
    /// What stands against a request, or is to be known about it.
    ConflictCode, sys::mhp_conflict_code_to_str;
    /// not known
    UNKNOWN = sys::MHP_CONFLICT_UNKNOWN,
    /// online in another zone; MHP_RULE_REZONE
    WRONG_ZONE = sys::MHP_CONFLICT_WRONG_ZONE,
    /// smaller than a memory block, or lies badly
    NO_BLOCK = sys::MHP_CONFLICT_NO_BLOCK,
    /// the device is not bound to kmem
    NOT_BOUND = sys::MHP_CONFLICT_NOT_BOUND,
    /// there is no block to change
    ABSENT = sys::MHP_CONFLICT_ABSENT,
    /// memory without a driver: stays until reboot
    STRANDED = sys::MHP_CONFLICT_STRANDED,
    /// valid_zones is "none": never goes offline
    SPANS_ZONES = sys::MHP_CONFLICT_SPANS_ZONES,
    /// what the plan needs could not be read
    UNREADABLE = sys::MHP_CONFLICT_UNREADABLE,
    /// somebody is offlining a block just now
    GOING_OFFLINE = sys::MHP_CONFLICT_GOING_OFFLINE,
    /// default asked for, and there is none
    NO_DEFAULT = sys::MHP_CONFLICT_NO_DEFAULT,
    /// a range is another region's too
    OVERLAP = sys::MHP_CONFLICT_OVERLAP,
    /// what the plan needs is for root to read
    NO_PERMISSION = sys::MHP_CONFLICT_NO_PERMISSION,
    /// the system's policy would online it elsewhere, and the request has no MHP_RULE_BORROW
    POLICY = sys::MHP_CONFLICT_POLICY,
    /// a udev rule would online it elsewhere; with MHP_RULE_PER_BLOCK: onlines memory at all, or
    /// may
    UDEV_RULE = sys::MHP_CONFLICT_UDEV_RULE,
    /// the kernel would bind other devices as well
    OTHER_DEVICES = sys::MHP_CONFLICT_OTHER_DEVICES,
    /// a part of a region, or of an LMB, cannot be plugged or unplugged
    NOT_WHOLE = sys::MHP_CONFLICT_NOT_WHOLE,
    /// the target has not that much to choose from
    TOO_FEW = sys::MHP_CONFLICT_TOO_FEW,
    /// no device that could be plugged, or another driver has it
    NOT_DEVICE = sys::MHP_CONFLICT_NOT_DEVICE,
    /// this kernel takes no memory offline
    NO_HOTREMOVE = sys::MHP_CONFLICT_NO_HOTREMOVE,
    /// only the host, or the firmware, can unplug it
    HOST_DECIDES = sys::MHP_CONFLICT_HOST_DECIDES,
    /// borrowing in a container that does not share /run/libmhp with the host
    CONTAINED = sys::MHP_CONFLICT_CONTAINED,
    /// a size that is no multiple of the block size, or of an LMB's
    NOT_ALIGNED = sys::MHP_CONFLICT_NOT_ALIGNED,
    /// memory of that kind cannot: mhp_region_can()
    NOT_ABLE = sys::MHP_CONFLICT_NOT_ABLE,
    /// boot memory is changed by block, range or node only
    BOOT_MEMORY = sys::MHP_CONFLICT_BOOT_MEMORY,
    /// a CXL region, or a decoder of it, is locked: it stays as it is until a reboot
    LOCKED = sys::MHP_CONFLICT_LOCKED,
    /// memory that the host is to have back would go to a kernel zone; MHP_RULE_KERNEL_ZONE
    KERNEL_ZONE = sys::MHP_CONFLICT_KERNEL_ZONE,
    /// memory outside whole blocks stays unused
    WARNING_LOST_BYTES = sys::MHP_WARNING_LOST_BYTES,
    /// the device word disagrees with the blocks
    WARNING_STALE_WORD = sys::MHP_WARNING_STALE_WORD,
    /// after the plan the device word will
    WARNING_WORD_WILL_LIE = sys::MHP_WARNING_WORD_WILL_LIE,
    /// a step cannot be undone
    WARNING_NOT_UNDOABLE = sys::MHP_WARNING_NOT_UNDOABLE,
    /// a udev rule onlines memory, or may do so
    WARNING_UDEV_RULE = sys::MHP_WARNING_UDEV_RULE,
    /// the kernel needs more memory to manage it than is free
    WARNING_MEMMAP = sys::MHP_WARNING_MEMMAP,
    /// MOVABLE:KERNEL will be above auto_movable_ratio
    WARNING_RATIO = sys::MHP_WARNING_RATIO,
    /// what a check needs could not be read
    WARNING_NOT_CHECKED = sys::MHP_WARNING_NOT_CHECKED,
    /// its driver may bring the memory back at any time
    WARNING_HOST_DECIDES = sys::MHP_WARNING_HOST_DECIDES,
    /// what others add while a setting is borrowed is onlined with it too
    WARNING_OTHERS = sys::MHP_WARNING_OTHERS,
    /// memory that the host is to have back goes, or may go, to a kernel zone
    WARNING_KERNEL_ZONE = sys::MHP_WARNING_KERNEL_ZONE,
    /// so much is offline that its driver brings no more
    WARNING_HELD_OFFLINE = sys::MHP_WARNING_HELD_OFFLINE,
    /// it comes offline, and until it is onlined anybody else may online it elsewhere;
    /// MHP_RULE_PER_BLOCK
    WARNING_WINDOW = sys::MHP_WARNING_WINDOW,
}

crate::words::enumerators! {
    /// What progress functions return; anything else but 0 counts as MHP_CANCEL.
    Cancel;
    /// stop, and put back what was changed
    CANCEL = sys::MHP_CANCEL,
    /// stop putting it back, too
    CANCEL_UNDO = sys::MHP_CANCEL_UNDO,
}

crate::words::flags! {
    /// Flags of struct mhp_apply_opts.
    ApplyFlags;
    /// progress need not be called after each step of a block: about every 100 ms will do, so
    /// that steps need not wait for it
    BY_TIME = sys::MHP_APPLY_BY_TIME,
}

crate::words::enumerators! {
    /// Who has done something, as far as that can be concluded.
    CauseKind, sys::mhp_cause_kind_to_str;
    /// nothing tells: another program, an administrator
    UNKNOWN = sys::MHP_CAUSE_UNKNOWN,
    /// mhp_apply() with this context
    SELF = sys::MHP_CAUSE_SELF,
    /// another user of libmhp, or another context
    LIBMHP = sys::MHP_CAUSE_LIBMHP,
    /// the kernel, as its auto_online_blocks says
    SYSTEM_POLICY = sys::MHP_CAUSE_SYSTEM_POLICY,
    /// a udev rule, whose file and line the text names
    UDEV_RULE = sys::MHP_CAUSE_UDEV_RULE,
    /// the driver of a device: it was bound or unbound, or its state file was written
    DEVICE = sys::MHP_CAUSE_DEVICE,
    /// the host or the firmware, through its driver, such as virtio_mem or ACPI's
    HOST = sys::MHP_CAUSE_HOST,
}

crate::words::enumerators! {
    /// How a plan ended.
    Outcome, sys::mhp_outcome_to_str;
    /// the true state could not be read, or may still change (MHP_REASON_QUEUED)
    UNKNOWN = sys::MHP_OUTCOME_UNKNOWN,
    /// every block is as wanted, and has the driver that was asked for
    DONE = sys::MHP_OUTCOME_DONE,
    /// failed; every block, driver and setting is as it was
    UNDONE = sys::MHP_OUTCOME_UNDONE,
    /// failed; some blocks are changed, by this call or by others, or, with MHP_RULE_KEEP, some
    /// are as wanted; or a setting could not be put back, even if all blocks are as wanted
    PARTIAL = sys::MHP_OUTCOME_PARTIAL,
    /// nothing was written: conflicts, stale, locked, pending, or cancelled or late before the
    /// first write
    REFUSED = sys::MHP_OUTCOME_REFUSED,
}

crate::words::enumerators! {
    /// Why a block ended as it did.
    Reason, sys::mhp_reason_to_str;
    /// none of those below: see the errno value
    UNKNOWN = sys::MHP_REASON_UNKNOWN,
    /// changed as wanted
    DONE = sys::MHP_REASON_DONE,
    /// was as wanted, or somebody else did it
    ALREADY = sys::MHP_REASON_ALREADY,
    /// the call stopped before it came to it
    NOT_TRIED = sys::MHP_REASON_NOT_TRIED,
    /// was changed, and put back as another failed
    UNDONE = sys::MHP_REASON_UNDONE,
    /// the plan has a conflict: see the plan
    CONFLICT = sys::MHP_REASON_CONFLICT,
    /// was not as the plan expected
    STALE = sys::MHP_REASON_STALE,
    /// EBUSY: memory in use that cannot be moved
    BUSY = sys::MHP_REASON_BUSY,
    /// online, but in another zone
    WRONG_ZONE = sys::MHP_REASON_WRONG_ZONE,
    /// valid_zones is "none"
    SPANS_ZONES = sys::MHP_REASON_SPANS_ZONES,
    /// EHWPOISON: holds broken memory
    POISONED = sys::MHP_REASON_POISONED,
    /// EPERM: its owner in the kernel refused; on s390 before Linux 7.2 also: the storage could
    /// not be attached
    VETOED = sys::MHP_REASON_VETOED,
    /// EINTR: a signal ended the write
    INTERRUPTED = sys::MHP_REASON_INTERRUPTED,
    /// ENOENT, ENODEV: the block or device is no more, or no driver takes it
    GONE = sys::MHP_REASON_GONE,
    /// EACCES: not root
    NO_PERMISSION = sys::MHP_REASON_NO_PERMISSION,
    /// EROFS: sysfs is mounted read-only
    READ_ONLY = sys::MHP_REASON_READ_ONLY,
    /// ENOMEM: the kernel lacks memory for it
    NO_MEMORY = sys::MHP_REASON_NO_MEMORY,
    /// EAGAIN: refused for the moment
    TRY_AGAIN = sys::MHP_REASON_TRY_AGAIN,
    /// the write succeeded without effect
    NOT_TAKEN = sys::MHP_REASON_NOT_TAKEN,
    /// stays without a driver until reboot
    STRANDED = sys::MHP_REASON_STRANDED,
    /// the caller's progress function stopped it
    CANCELLED = sys::MHP_REASON_CANCELLED,
    /// what it is now could not be read
    UNREADABLE = sys::MHP_REASON_UNREADABLE,
    /// EINVAL, and not because it was so already
    INVALID = sys::MHP_REASON_INVALID,
    /// was changed, and could not be put back
    NOT_PUT_BACK = sys::MHP_REASON_NOT_PUT_BACK,
    /// pinned or busy until the deadline
    DEADLINE = sys::MHP_REASON_DEADLINE,
    /// another user of libmhp was at work until the deadline: nothing was tried
    LOCKED = sys::MHP_REASON_LOCKED,
    /// EOPNOTSUPP: this kernel cannot; or a setting would be borrowed in a container
    UNSUPPORTED = sys::MHP_REASON_UNSUPPORTED,
    /// has a hole in it, so that it never goes offline
    HOLE = sys::MHP_REASON_HOLE,
    /// EEXIST, or EBUSY to a driver: its addresses are taken
    TAKEN = sys::MHP_REASON_TAKEN,
    /// E2BIG: beyond the addresses that the kernel can map
    BEYOND = sys::MHP_REASON_BEYOND,
    /// the driver's module cannot be loaded
    MODULE = sys::MHP_REASON_MODULE,
    /// the kernel would bind other devices as well
    OTHER_DEVICES = sys::MHP_REASON_OTHER_DEVICES,
    /// what a killed user of libmhp has left borrowed could not be put back: nothing was tried
    PENDING = sys::MHP_REASON_PENDING,
    /// the kernel took an eject, which may still be carried out: it was not done by the deadline,
    /// or when the caller cancelled, or somebody brought a block online again
    QUEUED = sys::MHP_REASON_QUEUED,
    /// the kernel tried to eject it, and gave up
    GIVEN_UP = sys::MHP_REASON_GIVEN_UP,
    /// EIO, EPERM of what asks it for memory: the firmware, or the hypervisor, refused
    FIRMWARE = sys::MHP_REASON_FIRMWARE,
}

crate::words::enumerators! {
    /// What happened.
    EventKind, sys::mhp_event_kind_to_str;
    /// not known
    UNKNOWN = sys::MHP_EVENT_UNKNOWN,
    /// a block has come
    BLOCK_ADDED = sys::MHP_EVENT_BLOCK_ADDED,
    /// by a driver that gave up its device, also one that was online
    BLOCK_REMOVED = sys::MHP_EVENT_BLOCK_REMOVED,
    /// a block was onlined
    BLOCK_ONLINE = sys::MHP_EVENT_BLOCK_ONLINE,
    /// a block was taken offline
    BLOCK_OFFLINE = sys::MHP_EVENT_BLOCK_OFFLINE,
    /// a node has come
    NODE_ADDED = sys::MHP_EVENT_NODE_ADDED,
    /// a node has gone
    NODE_REMOVED = sys::MHP_EVENT_NODE_REMOVED,
    /// a memory tier has come
    TIER_ADDED = sys::MHP_EVENT_TIER_ADDED,
    /// a memory tier has gone
    TIER_REMOVED = sys::MHP_EVENT_TIER_REMOVED,
    /// a dax device, a CXL region, a virtio-mem device; the name is the region's
    DEVICE_ADDED = sys::MHP_EVENT_DEVICE_ADDED,
    /// such a device has gone
    DEVICE_REMOVED = sys::MHP_EVENT_DEVICE_REMOVED,
    /// a driver has it, and its probe has ended
    DEVICE_BOUND = sys::MHP_EVENT_DEVICE_BOUND,
    /// no driver has it any more
    DEVICE_UNBOUND = sys::MHP_EVENT_DEVICE_UNBOUND,
    /// a setting of the system; the name is its file's
    POLICY_CHANGED = sys::MHP_EVENT_POLICY_CHANGED,
    /// events were lost: what follows until MHP_EVENT_RESYNCED was found by comparing with a
    /// fresh snapshot
    LOST = sys::MHP_EVENT_LOST,
    /// all that differed has been told
    RESYNCED = sys::MHP_EVENT_RESYNCED,
    /// (found) online as before, but in another zone, or in one that was not known before
    BLOCK_ZONE = sys::MHP_EVENT_BLOCK_ZONE,
}

crate::words::enumerators! {
    /// Who tells of events.
    EventSource;
    /// udevd where it runs (/run/udev/control is there) in our network namespace, else the
    /// kernel; the simulated machine its own
    AUTO = sys::MHP_EVENT_SOURCE_AUTO,
    /// udevd, once its rules have been followed
    UDEV = sys::MHP_EVENT_SOURCE_UDEV,
    /// the kernel itself, as in an initrd or a container without udevd
    KERNEL = sys::MHP_EVENT_SOURCE_KERNEL,
}

crate::words::flags! {
    /// Flags of a monitor, to be joined by |.
    MonitorFlags;
    /// look in which zone a block came online
    ZONES = sys::MHP_MONITOR_ZONES,
    /// conclude who is likely to have done it (mhp/cause.h); with zones, and with
    /// MHP_SNAPSHOT_FOR_PLANS in its snapshots. A few more files are read for an event
    CAUSES = sys::MHP_MONITOR_CAUSES,
}

crate::words::enumerators! {
    /// What of a region is waited for.
    WaitFor;
    /// it is there; a slot has something in it
    PRESENT = sys::MHP_WAIT_PRESENT,
    /// it can be worked with: a driver has the device, and is done with adding its blocks. Told
    /// by the device's state file (Linux 7.3), by the message that its driver's probe has ended,
    /// or by all of its blocks being there. Before Linux 7.3 none of these may be seen of a
    /// device that was bound before the call and lacks blocks, or hides where they are from a
    /// plain user. Memory that has no device is ready once all of its blocks are there
    READY = sys::MHP_WAIT_READY,
    /// it is not there any more; a slot is empty
    GONE = sys::MHP_WAIT_GONE,
}

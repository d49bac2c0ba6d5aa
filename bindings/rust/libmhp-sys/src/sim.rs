// SPDX-License-Identifier: LGPL-2.1-or-later
// Made by "cargo run -p declare" from the headers: change those.
use std::os::raw::{c_char, c_int, c_uint, c_void};

#[allow(unused_imports)]
use crate::mhp::*;

opaque!(mhp_sim);
opaque!(mhp_sim_listener);
opaque!(mhp_sim_builder);

/// Flags of a machine, to be joined by |.
pub type mhp_sim_flag = c_uint;
/// show the capture as it is, to look at: every write is refused with EROFS. Files may hold
/// anything then, also what no kernel says
pub const MHP_SIM_READ_ONLY: mhp_sim_flag = 1;

/// What reaches the machine through contexts, to be joined by |.
pub type mhp_sim_access = c_uint;
/// a file is read
pub const MHP_SIM_ACCESS_READ: mhp_sim_access = 1;
/// a file of the kernel is written
pub const MHP_SIM_ACCESS_WRITE: mhp_sim_access = 2;
/// a file or directory in /run is made, written, locked or removed
pub const MHP_SIM_ACCESS_RUN: mhp_sim_access = 4;
/// a module is loaded, or asked for
pub const MHP_SIM_ACCESS_LOAD: mhp_sim_access = 8;
/// a directory is opened or listed, a link read, a name or a lock looked for
pub const MHP_SIM_ACCESS_LOOK: mhp_sim_access = 16;

/// Any block, for mhp_sim_fail_block().
pub const MHP_SIM_ANY_BLOCK: u64 = u64::MAX;

/// How to make a machine. Set size to sizeof(struct mhp_sim_opts), all else to 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct mhp_sim_opts {
    /// bytes of the struct that the caller knows
    pub size: usize,
    /// MHP_SIM_..., or 0
    pub flags: u64,
    /// told why a capture is refused: file, line, text
    pub log_fn: mhp_log_fn,
    /// handed to log_fn
    pub log_data: *mut c_void,
}

/// The kernel that a machine acts as, with what Debian's configuration makes of it.
pub type mhp_sim_kernel = c_uint;
/// auto_online_blocks is offline
pub const MHP_SIM_KERNEL_6_1: mhp_sim_kernel = 1;
/// it is online; kmem takes dax devices by itself
pub const MHP_SIM_KERNEL_6_12: mhp_sim_kernel = 2;
/// the same; kmem has daxX.Y/state
pub const MHP_SIM_KERNEL_7_3: mhp_sim_kernel = 3;

/// What a CXL region is at boot, to be joined by |.
pub type mhp_sim_cxl_flag = c_uint;
/// firmware has locked it, and its decoders
pub const MHP_SIM_CXL_LOCKED: mhp_sim_cxl_flag = 1;
/// no driver has it: no dax device comes of it
pub const MHP_SIM_CXL_UNBOUND: mhp_sim_cxl_flag = 2;

extern "C" {
    /// Make a machine from a capture file.
    ///
    /// * `path`: the file, in this program's own file system
    /// * `opts`: NULL for the defaults
    /// * `ret_sim`: the machine, with one reference, which the caller drops with mhp_sim_unref()
    /// * returns 0; -EBADMSG the file is no capture, or tells of a machine that cannot be; -E2BIG
    ///   opts asks for what this library does not know; -EINVAL, for what is no regular file,
    ///   too, such as a pipe; -ENOMEM; else why it could not be read
    pub fn mhp_sim_new_from_capture(
        path: *const c_char,
        opts: *const mhp_sim_opts,
        ret_sim: *mut *mut mhp_sim,
    ) -> c_int;
    /// Make a machine from a capture in memory.
    ///
    /// * `text`: the capture; need not end in NUL
    /// * `length`: bytes of text
    /// * `opts`: NULL for the defaults
    /// * `ret_sim`: the machine, with one reference, which the caller drops with mhp_sim_unref()
    /// * returns as mhp_sim_new_from_capture()
    pub fn mhp_sim_new_from_text(
        text: *const c_char,
        length: usize,
        opts: *const mhp_sim_opts,
        ret_sim: *mut *mut mhp_sim,
    ) -> c_int;
    /// Take a reference.
    ///
    /// * `sim`: the machine; may be NULL
    /// * returns sim, with one more reference; NULL if it is NULL
    pub fn mhp_sim_ref(sim: *mut mhp_sim) -> *mut mhp_sim;
    /// Drop a reference; the last one frees the machine. NULL is fine.
    ///
    /// * `sim`: the machine; may be NULL
    /// * returns NULL
    pub fn mhp_sim_unref(sim: *mut mhp_sim) -> *mut mhp_sim;
    /// Make a context on the machine, for use with libmhp. It keeps a reference to the machine.
    ///
    /// * `sim`: the machine
    /// * `ret_ctx`: the context, with one reference, which the caller drops with mhp_ctx_unref()
    /// * returns 0; -ENOMEM
    pub fn mhp_sim_new_ctx(sim: *mut mhp_sim, ret_ctx: *mut *mut mhp_ctx) -> c_int;
    /// Write the machine as it is now as a capture. Without any write it is the one that the
    /// machine was made from; else its "# step:" and "# did:" lines give way to "# did: put WORD
    /// FILE: RESULT" for each write so far, failed ones too, in order (up to 1 MiB of them);
    /// likewise "load NAME" and "unload NAME" of modules, and "host" with what the host was asked
    /// for.
    ///
    /// * `sim`: the machine
    /// * `ret_text`: the capture; the caller frees it with free()
    /// * returns 0; -ENOMEM
    pub fn mhp_sim_copy_capture(sim: *mut mhp_sim, ret_text: *mut *mut c_char) -> c_int;
    /// Read a file of the machine, as another program would.
    ///
    /// * `sim`: the machine
    /// * `path`: such as "/sys/devices/system/memory/memory32/state"
    /// * `ret_text`: the text with its newline; the caller frees it with free()
    /// * returns 0; what the kernel would answer; -ENOMEM
    pub fn mhp_sim_read(
        sim: *mut mhp_sim,
        path: *const c_char,
        ret_text: *mut *mut c_char,
    ) -> c_int;
    /// Write a file of the machine, as another program or an administrator would. Does not count,
    /// meets no failure set by mhp_sim_fail_write() or mhp_sim_fail_at() and sets off no
    /// mhp_sim_race().
    ///
    /// * `sim`: the machine
    /// * `path`: such as "/sys/devices/system/memory/memory32/state"
    /// * `word`: what to write, with or without a newline at the end
    /// * returns 0; what the kernel would answer; -EINTR instead of waiting or going on for ever:
    ///   see mhp_sim_hang_block() and mhp_sim_hold_hotplug()
    pub fn mhp_sim_write(sim: *mut mhp_sim, path: *const c_char, word: *const c_char) -> c_int;
    /// Have reads of a file fail that come through contexts.
    ///
    /// * `sim`: the machine
    /// * `path`: the file; need not be there yet
    /// * `code`: a negative errno value
    /// * `times`: how often; 0 for always
    /// * returns 0; -EINVAL; -ELOOP, -ENOTDIR path leads nowhere; -ENOMEM
    pub fn mhp_sim_fail_read(
        sim: *mut mhp_sim,
        path: *const c_char,
        code: c_int,
        times: c_uint,
    ) -> c_int;
    /// Have writes to a file fail, before the machine looks at them: those that come through
    /// contexts. Of several failures of a file the oldest comes first.
    ///
    /// * `sim`: the machine
    /// * `path`: the file; if it is not there yet, with no symbolic link in it
    /// * `word`: only writes of this word, with or without a newline; NULL for any
    /// * `code`: a negative errno value
    /// * `times`: how often; 0 for always
    /// * returns as mhp_sim_fail_read()
    pub fn mhp_sim_fail_write(
        sim: *mut mhp_sim,
        path: *const c_char,
        word: *const c_char,
        code: c_int,
        times: c_uint,
    ) -> c_int;
    /// Have a block refuse, whichever file the request comes through. By its own files the write
    /// gets the code. A device that goes "unplugged" gets it too, and all its blocks are put
    /// back. Onlining by a device or by policy is told nothing: this block and those behind it in
    /// the range stay offline. A range that cannot be added is told only if it is its device's
    /// first one. Of DIMMs and virtio-mem nobody is told: see mhp_sim_plug_dimm(),
    /// mhp_sim_request_unplug_dimm(), mhp_sim_resize_virtio_mem().
    ///
    /// * `sim`: the machine
    /// * `id`: the N of memoryN; MHP_SIM_ANY_BLOCK: the next one that is asked, whichever, as
    ///   where another part of the kernel objects to any such change
    /// * `word`: "offline"; "online" for onlining with any type; "add" for the coming of the
    ///   range that the block is in
    /// * `code`: a negative errno value, as the kernel would answer
    /// * `times`: how often; 0 for always
    /// * returns 0; -EINVAL; -ENOMEM
    pub fn mhp_sim_fail_block(
        sim: *mut mhp_sim,
        id: u64,
        word: *const c_char,
        code: c_int,
        times: c_uint,
    ) -> c_int;
    /// Have another program act just before a write that comes through a context reaches the
    /// machine: it wins the race. It does so once; several that await the same file act in the
    /// order in which they were asked for.
    ///
    /// * `sim`: the machine
    /// * `path`: the file whose next write is awaited; if it is not there yet, with no symbolic
    ///   link in it
    /// * `act_path`: the file that the other program writes
    /// * `act_word`: what it writes; as with mhp_sim_write()
    /// * returns as mhp_sim_fail_read()
    pub fn mhp_sim_race(
        sim: *mut mhp_sim,
        path: *const c_char,
        act_path: *const c_char,
        act_word: *const c_char,
    ) -> c_int;
    /// Have one single access fail that comes through contexts, before the machine looks at it,
    /// whether it would have worked or not. With n from 1 to what mhp_sim_count() told of a run
    /// without failures, each one of that run fails in turn.
    ///
    /// * `sim`: the machine
    /// * `what`: enum mhp_sim_access: which accesses count
    /// * `path`: only those of this file; if it is not there yet, with no symbolic link in it. Of
    ///   a module, its driver: "/sys/bus/dax/drivers/kmem". NULL for any
    /// * `n`: which one of them, from now on; the next is 1
    /// * `code`: a negative errno value
    /// * returns as mhp_sim_fail_read()
    pub fn mhp_sim_fail_at(
        sim: *mut mhp_sim,
        what: u64,
        path: *const c_char,
        n: usize,
        code: c_int,
    ) -> c_int;
    /// Take back what is left of all that mhp_sim_fail_read(), mhp_sim_fail_write(),
    /// mhp_sim_fail_block() and mhp_sim_fail_at() asked for: the cause is gone, and a test sees
    /// whether its program gets on. What has failed stays as it is, and nobody is told. Hangs,
    /// pins, races, broken pages, modules and permissions stay.
    ///
    /// * `sim`: the machine
    pub fn mhp_sim_clear_failures(sim: *mut mhp_sim);
    /// Have another program act just before one single access that comes through contexts, once;
    /// as mhp_sim_race(), but at any of them: with n as for mhp_sim_fail_at(), between all that a
    /// program does in turn.
    ///
    /// * `sim`: the machine
    /// * `what`: enum mhp_sim_access: which accesses count
    /// * `path`: only those of this file; NULL for any
    /// * `n`: which one of them, from now on; the next is 1
    /// * `act_path`: the file that the other program writes
    /// * `act_word`: what it writes; as with mhp_sim_write()
    /// * returns as mhp_sim_fail_read()
    pub fn mhp_sim_race_at(
        sim: *mut mhp_sim,
        what: u64,
        path: *const c_char,
        n: usize,
        act_path: *const c_char,
        act_word: *const c_char,
    ) -> c_int;
    /// Number of accesses that came through contexts of this machine, failed ones too, but not
    /// those of contexts that were killed.
    ///
    /// * `sim`: the machine
    /// * `what`: enum mhp_sim_access: which ones
    /// * returns how many
    pub fn mhp_sim_count(sim: *const mhp_sim, what: u64) -> usize;
    /// Number of writes that came through contexts of this machine, failed ones too:
    /// mhp_sim_count() of MHP_SIM_ACCESS_WRITE.
    ///
    /// * `sim`: the machine
    /// * returns how many
    pub fn mhp_sim_count_writes(sim: *const mhp_sim) -> usize;
    /// Number of reads of files that came through contexts of this machine, failed ones too:
    /// mhp_sim_count() of MHP_SIM_ACCESS_READ.
    ///
    /// * `sim`: the machine
    /// * returns how many
    pub fn mhp_sim_count_reads(sim: *const mhp_sim) -> usize;
    /// Have file systems be mounted read-only, as in a container: what contexts ask for is
    /// refused with EROFS. The machine goes on, and others write as before.
    ///
    /// * `sim`: the machine
    /// * `what`: MHP_SIM_ACCESS_WRITE for /sys, MHP_SIM_ACCESS_RUN for /run; 0: none any more
    /// * returns 0; -EINVAL
    pub fn mhp_sim_set_read_only(sim: *mut mhp_sim, what: u64) -> c_int;
    /// Have contexts be in a container, whose /run is its own: or no more. At first they are not.
    ///
    /// * `sim`: the machine
    /// * `contained`: whether they are in one
    pub fn mhp_sim_set_contained(sim: *mut mhp_sim, contained: bool);
    /// Have contexts be a plain user's, who may write nothing, be it in /sys or in /run, and load
    /// no module: EACCES. What is for root alone cannot be read either, such as a device's
    /// resource and mappings, and /proc/iomem shows zeros for addresses. At first they are
    /// root's. The machine itself, mhp_sim_read() and mhp_sim_write() stay as they are.
    ///
    /// * `sim`: the machine
    /// * `privileged`: true: root's, false: a plain user's
    /// * returns 0
    pub fn mhp_sim_set_privileged(sim: *mut mhp_sim, privileged: bool) -> c_int;
    /// Kill the users of contexts, as by SIGKILL: after n more accesses that are
    /// MHP_SIM_ACCESS_WRITE, MHP_SIM_ACCESS_RUN or MHP_SIM_ACCESS_LOAD. The last one happens, or
    /// fails by itself. From then on contexts that have been made so far have no effect and
    /// everything fails with EIO; a write that hangs or waits ends as if it had never been. Their
    /// locks are free, their files stay. Contexts made later work. The call that was killed
    /// returns all the same, also with 0 and a report: neither is worth anything.
    ///
    /// * `sim`: the machine
    /// * `n`: how many more; 0: now
    pub fn mhp_sim_kill_after(sim: *mut mhp_sim, n: usize);
    /// Have a block not go offline: whoever tries, by the block's files or by its device's state,
    /// tries for ever and keeps the kernel's hotplug lock meanwhile. The block's state reads
    /// "going-offline". It ends when the writing thread is cancelled: everything is as before
    /// then. A write that cannot be cancelled would never end, and is answered with EINTR, as
    /// upon a signal; so is mhp_sim_write(). A DIMM's eject, which is the kernel's own, ends only
    /// with mhp_sim_release_block(). The driver of virtio-mem does not hang: it leaves the block
    /// where it is.
    ///
    /// * `sim`: the machine
    /// * `id`: the N of memoryN
    /// * `times`: how often; 0 for always
    /// * returns 0; -ENOMEM
    pub fn mhp_sim_hang_block(sim: *mut mhp_sim, id: u64, times: c_uint) -> c_int;
    /// Undo mhp_sim_hang_block(): the block can go offline, and a write that hangs because of it
    /// goes on.
    ///
    /// * `sim`: the machine
    /// * `id`: the N of memoryN
    pub fn mhp_sim_release_block(sim: *mut mhp_sim, id: u64);
    /// Have another program keep the kernel's hotplug lock, as by an offline that does not come
    /// to its end. Writes that need it wait: of blocks' files until their thread is cancelled, of
    /// a device's state and a driver's bind and unbind, and loading of a module, until the lock
    /// is free, whatever happens. mhp_sim_write() does not wait: it is answered with EINTR.
    ///
    /// * `sim`: the machine
    /// * returns 0; -EBUSY somebody has it
    pub fn mhp_sim_hold_hotplug(sim: *mut mhp_sim) -> c_int;
    /// Undo mhp_sim_hold_hotplug(): from another thread than those who wait, or from their
    /// progress function.
    ///
    /// * `sim`: the machine
    pub fn mhp_sim_release_hotplug(sim: *mut mhp_sim);
    /// Wait until so many writes hang or wait for the hotplug lock, now.
    ///
    /// * `sim`: the machine
    /// * `n`: how many writes
    pub fn mhp_sim_await_stuck(sim: *mut mhp_sim, n: usize);
    /// Have a udev rule bring memory online: when a write has added blocks, and the kernel is
    /// done with onlining, word is written to the state of those that are offline. By whomever
    /// the memory was added. No file shows the rule, so that no plan foresees it. A rule in a
    /// file, as by mhp_sim_builder_set() of "/etc/udev/rules.d/40-memory.rules", is the other way
    /// round: plans find it, and it does nothing.
    ///
    /// * `sim`: the machine
    /// * `word`: "online", "online_kernel" or "online_movable"; NULL: no rule any more
    /// * returns 0; -EINVAL; -ENOMEM
    pub fn mhp_sim_set_udev_rule(sim: *mut mhp_sim, word: *const c_char) -> c_int;
    /// Have a block vanish, online or not, just before a write that comes through a context
    /// reaches the machine; as mhp_sim_race().
    ///
    /// * `sim`: the machine
    /// * `path`: the file whose next write is awaited; NULL: now
    /// * `id`: the N of memoryN
    /// * returns as mhp_sim_fail_read(); now: -ENOENT there is no such block, -EBUSY somebody has
    ///   the hotplug lock, -EROFS MHP_SIM_READ_ONLY
    pub fn mhp_sim_race_remove(sim: *mut mhp_sim, path: *const c_char, id: u64) -> c_int;
    /// Have a block be put to a use that it cannot be taken from, as soon as it comes online the
    /// next time: from then on it refuses to go offline with EBUSY. Until then it can. If the
    /// block goes all the same, and comes back, so does this.
    ///
    /// * `sim`: the machine
    /// * `id`: the N of memoryN
    /// * `word`: "online_kernel": if it comes online in a kernel zone, "online_movable": in
    ///   Movable, "online": in any
    /// * returns 0; -EINVAL; -ENOMEM
    pub fn mhp_sim_pin_block(sim: *mut mhp_sim, id: u64, word: *const c_char) -> c_int;
    /// Have a page of a block be broken, be the block online or not: since Linux 6.2 it can go
    /// offline, and refuses to come online with EHWPOISON until it has been removed and added
    /// again. Before, the kernel onlines such memory. As with a write to hard_offline_page, which
    /// works for memory that is online only.
    ///
    /// * `sim`: the machine
    /// * `id`: the N of memoryN
    /// * returns 0; -ENOENT there is no such block; -EROFS MHP_SIM_READ_ONLY; -ENOMEM
    pub fn mhp_sim_poison_block(sim: *mut mhp_sim, id: u64) -> c_int;
    /// Say what loading a module answers whose driver is not there yet. At first there are "kmem"
    /// and "device_dax", and no others.
    ///
    /// * `sim`: the machine
    /// * `name`: the module
    /// * `code`: 0: it loads, and its driver, of the same name, takes the devices that are for it
    ///   unless drivers_autoprobe is 0; -ENOENT: there is no such module; -EPERM: it has an
    ///   install command; other negative errno values
    /// * returns 0; -EINVAL; -ENOMEM
    pub fn mhp_sim_set_module(sim: *mut mhp_sim, name: *const c_char, code: c_int) -> c_int;
    /// Unload a module, as rmmod would: its driver gives up its devices, memory that is online
    /// stays behind, and the driver's directory goes.
    ///
    /// * `sim`: the machine
    /// * `name`: the module, which is the driver's name
    /// * returns 0; -ENOENT it is not loaded; -EBUSY somebody has the hotplug lock; -EROFS
    ///   MHP_SIM_READ_ONLY; -EINVAL
    pub fn mhp_sim_unload_module(sim: *mut mhp_sim, name: *const c_char) -> c_int;
    /// As the host, put a DIMM into a slot, whose memory auto_online_blocks then brings online or
    /// not. The kernel needs its lock for hotplug for that: while somebody has it, the DIMM is in
    /// its slot ("status" of PNP0C80:NN) and its memory has yet to come. Memory that cannot be
    /// added, as told by mhp_sim_fail_block(), stays away, and nobody is told.
    ///
    /// * `sim`: the machine
    /// * `slot`: the NN of PNP0C80:NN, which is hexadecimal; one that the machine does not show
    ///   yet is made, up to 0xff
    /// * `node`: the node that the memory is to be on, one of those in
    ///   /sys/devices/system/node/possible
    /// * `start`: its first address, in bytes; a block begins there
    /// * `size`: bytes; whole blocks
    /// * returns 0; -EBUSY there is one in the slot; -EEXIST addresses are in use; -E2BIG it ends
    ///   beyond 2^52, or has more than 2^20 blocks; -EINVAL no whole blocks, no such slot, a node
    ///   that cannot be; -EOPNOTSUPP a machine without hotplug; -EROFS MHP_SIM_READ_ONLY; -ENOMEM
    pub fn mhp_sim_plug_dimm(
        sim: *mut mhp_sim,
        slot: c_uint,
        node: c_int,
        start: u64,
        size: u64,
    ) -> c_int;
    /// As the host, ask for a DIMM back. The kernel takes its blocks offline and ejects it, or,
    /// if one of them refuses, brings back online those that it took: then the slot's "status" is
    /// not 0. It tries each block that refuses a second time, so that one refusal is not enough;
    /// and they come back by a plain "online", maybe in another zone. As when "1" is written to
    /// the slot's "eject", that is done once nobody has the kernel's lock for hotplug: at once,
    /// before anybody can look, but where mhp_sim_hold_hotplug() or a block that hangs has it
    /// done later.
    ///
    /// * `sim`: the machine
    /// * `slot`: the NN of PNP0C80:NN, as with mhp_sim_plug_dimm()
    /// * returns 0: it is asked for; -ENODEV there is none in the slot; -EROFS MHP_SIM_READ_ONLY;
    ///   -ENOMEM
    pub fn mhp_sim_request_unplug_dimm(sim: *mut mhp_sim, slot: c_uint) -> c_int;
    /// As the host, have a virtio-mem device be larger or smaller. Its driver adds blocks, from
    /// below, as long as no more than 1 GiB, or two blocks, would be offline, and goes on once
    /// memory is onlined; it gives blocks back, offline ones first, then those in Movable, of
    /// each the highest first. What it cannot give back it tries again after every write to the
    /// machine. So it does where a block cannot be added for ENOMEM, EBUSY or EAGAIN; upon any
    /// other error it gives up for good. All that is done once nobody has the kernel's lock for
    /// hotplug, as with mhp_sim_request_unplug_dimm(). How much of a block is there contexts see
    /// with MHP_SNAPSHOT_PLUGGED.
    ///
    /// * `sim`: the machine
    /// * `device`: such as "virtio1"
    /// * `size`: bytes that are wanted: a multiple of the device's block size
    /// * returns 0: it is asked for; -ENODEV there is no such device; -EINVAL size is no
    ///   multiple, or more than the device can have; -EOPNOTSUPP the capture does not tell where
    ///   its memory is, as its driver is not loaded, or it is more than 2^20 blocks; -EROFS
    ///   MHP_SIM_READ_ONLY
    pub fn mhp_sim_resize_virtio_mem(sim: *mut mhp_sim, device: *const c_char, size: u64) -> c_int;
    /// Tell of a virtio-mem device what no file of a machine does.
    ///
    /// * `sim`: the machine
    /// * `device`: such as "virtio1"
    /// * `node`: where its memory comes; without this call where blocks of it are, else node 0
    /// * `block_size`: bytes that the host gives or takes at a time: a power of two, at least 2
    ///   MiB, which is what it is without this call. With less than a memory block, blocks can be
    ///   there in part; with more, memory comes and goes by several blocks
    /// * returns 0; -ENODEV there is no such device; -EINVAL no such size of a block, or a node
    ///   that cannot be; -EOPNOTSUPP, -EROFS as mhp_sim_resize_virtio_mem()
    pub fn mhp_sim_set_virtio_mem(
        sim: *mut mhp_sim,
        device: *const c_char,
        node: c_int,
        block_size: u64,
    ) -> c_int;
    /// Listen to the machine's uevents from now on, as a netlink socket does: to those of memory
    /// blocks, nodes, memory tiers, dax devices, their drivers and modules, and to those that
    /// somebody asks for by writing such as "change" to a file named uevent. As with Linux there
    /// are none of policy, of daxX.Y/state, of zones, and of what failed.
    ///
    /// One who does not receive in time loses events: once room of them wait, new ones do not
    /// reach this listener until it has received all that wait. The text is made only for those
    /// who listen; a machine without listeners just counts.
    ///
    /// * `sim`: the machine
    /// * `room`: how many may wait; 0 for 208, as in a socket with the kernel's default buffer
    /// * `ret_listener`: the listener, which the caller frees with mhp_sim_listener_free(); it
    ///   keeps a reference to the machine
    /// * returns 0; -EINVAL; -ENOMEM
    pub fn mhp_sim_listener_new(
        sim: *mut mhp_sim,
        room: usize,
        ret_listener: *mut *mut mhp_sim_listener,
    ) -> c_int;
    /// Receive the next event that waits, the oldest first. It is the kernel's message, with a
    /// newline for each NUL: "ACTION@DEVPATH", then "KEY=VALUE" lines, the last of which is
    /// SEQNUM. That begins behind what /sys/kernel/uevent_seqnum of the capture says, or with 1,
    /// and counts all events, received or not.
    ///
    /// * `listener`: the listener
    /// * `ret_text`: the message, which the caller frees with free(); NULL: none waits
    /// * returns 0; -ENOBUFS some were lost, which is told once, before the older ones that wait;
    ///   -EINVAL
    pub fn mhp_sim_listener_receive(
        listener: *mut mhp_sim_listener,
        ret_text: *mut *mut c_char,
    ) -> c_int;
    /// A descriptor that polls readable as long as mhp_sim_listener_receive() has something to
    /// tell. It is made when it is asked for first, and belongs to the listener: neither read nor
    /// close it.
    ///
    /// * `listener`: the listener
    /// * `ret_fd`: the descriptor
    /// * returns 0; -EINVAL; -EMFILE or others of eventfd(2)
    pub fn mhp_sim_listener_get_fd(listener: *mut mhp_sim_listener, ret_fd: *mut c_int) -> c_int;
    /// Listen no more. NULL is fine.
    ///
    /// * `listener`: the listener; may be NULL
    pub fn mhp_sim_listener_free(listener: *mut mhp_sim_listener);
    /// Have events be lost on their way: the next n reach nobody, and each listener is told by
    /// -ENOBUFS that some were lost. What they told of happens all the same.
    ///
    /// * `sim`: the machine
    /// * `n`: how many, instead of those that are still to be lost; 0: none
    /// * returns 0
    pub fn mhp_sim_lose_events(sim: *mut mhp_sim, n: usize) -> c_int;
    /// Make a builder: no nodes, no memory, blocks of 128 MiB.
    ///
    /// * `kernel`: the kernel that its machines act as
    /// * `ret_builder`: the builder, which the caller frees with mhp_sim_builder_free()
    /// * returns 0; -EINVAL no such kernel; -ENOMEM
    pub fn mhp_sim_builder_new(
        kernel: mhp_sim_kernel,
        ret_builder: *mut *mut mhp_sim_builder,
    ) -> c_int;
    /// Free a builder. Machines that it made stay. NULL is fine.
    ///
    /// * `builder`: the builder; may be NULL
    pub fn mhp_sim_builder_free(builder: *mut mhp_sim_builder);
    /// Have messages delivered: why a call on the builder is refused, with the value.
    ///
    /// * `builder`: the builder
    /// * `fn`: called in the thread that calls; NULL for none. Its path is NULL
    /// * `data`: handed to fn
    pub fn mhp_sim_builder_set_log_fn(
        builder: *mut mhp_sim_builder,
        fn_: mhp_log_fn,
        data: *mut c_void,
    );
    /// Say how large memory blocks are.
    ///
    /// * `builder`: the builder
    /// * `bytes`: how many: a power of two, from 16 MiB to 64 GiB
    /// * returns 0; -EINVAL no power of two; -ERANGE too small or too large
    pub fn mhp_sim_builder_set_block_size_bytes(builder: *mut mhp_sim_builder, bytes: u64) -> c_int;
    /// Add a node. One that has neither CPUs nor boot memory appears with its first hotplugged
    /// memory, as on a real machine.
    ///
    /// * `builder`: the builder
    /// * `id`: the N of nodeN
    /// * `n_cpus`: CPUs of it; 0 for memory only. CPUs are numbered in order of nodes
    /// * returns 0; -EEXIST; -ERANGE id is negative or not below 1024, or there are more than
    ///   8192 CPUs; -ENOMEM
    pub fn mhp_sim_builder_add_node(
        builder: *mut mhp_sim_builder,
        id: c_int,
        n_cpus: c_uint,
    ) -> c_int;
    /// Say how far a node is from another one, one way. Without it: 10 to itself, 20 to others.
    ///
    /// * `builder`: the builder
    /// * `from`: a node that was added
    /// * `to`: another node that was added
    /// * `distance`: the distance, which has no unit: from 11 to 254
    /// * returns 0; -EINVAL there is no such node, or it is the same; -ERANGE; -ENOMEM
    pub fn mhp_sim_builder_set_distance(
        builder: *mut mhp_sim_builder,
        from: c_int,
        to: c_int,
        distance: c_uint,
    ) -> c_int;
    /// Add boot memory: its blocks are there and online. What is at address 0 gets the holes of a
    /// PC below 1 MiB. Zones follow from the addresses: DMA below 16 MiB, DMA32 below 4 GiB,
    /// Normal above. A block that is in more than one of them, or in more than one node, has
    /// "none" in valid_zones; one that is not filled can never go offline.
    ///
    /// * `builder`: the builder
    /// * `node`: a node that was added
    /// * `start`: bytes, a multiple of 4096
    /// * `size`: bytes, a multiple of 4096
    /// * returns 0; -EINVAL no such node, no multiple of a page, size is 0; -EEXIST other memory
    ///   is there; -ERANGE it ends beyond 2^52; -ENOMEM
    pub fn mhp_sim_builder_add_memory(
        builder: *mut mhp_sim_builder,
        node: c_int,
        start: u64,
        size: u64,
    ) -> c_int;
    /// Add a dax device, or one more range to it. No driver has it; its region, which it shares
    /// with others daxN.\*, reaches from the first byte of theirs to the last.
    ///
    /// * `builder`: the builder
    /// * `name`: daxN.M; N below 1024
    /// * `node`: a node that was added, the same for all of the region
    /// * `start`: bytes, a multiple of 2 MiB
    /// * `size`: bytes, a multiple of 2 MiB
    /// * returns 0; -EINVAL no such node, another node than before, no such name, no multiple of
    ///   2 MiB, size is 0; -EEXIST other memory is there; -ERANGE; -ENOMEM
    pub fn mhp_sim_builder_add_dax(
        builder: *mut mhp_sim_builder,
        name: *const c_char,
        node: c_int,
        start: u64,
        size: u64,
    ) -> c_int;
    /// Add a virtio-mem device, of whose memory the host has given nothing yet: for
    /// mhp_sim_resize_virtio_mem(). Its driver is loaded and has it. It is the only device in PCI
    /// slot N + 2, as "/sys/devices/pci0000:00/0000:00:02.0/virtio0". No file tells the node and
    /// the block size: a machine made from this one's capture has to be told again, by
    /// mhp_sim_set_virtio_mem().
    ///
    /// ACPI DIMMs need no call here: mhp_sim_plug_dimm() makes the slot, on any node that was
    /// added.
    ///
    /// * `builder`: the builder
    /// * `device`: virtioN; N up to 29
    /// * `node`: a node that was added: where its memory comes
    /// * `start`: bytes, a multiple of block_size
    /// * `size`: bytes that it can have at most, a multiple of block_size. Only whole memory
    ///   blocks of these addresses are ever used, or, with a larger block_size, whole blocks of
    ///   that size
    /// * `block_size`: bytes that the host gives or takes at a time: a power of two, at least 2
    ///   MiB, as QEMU has it
    /// * returns 0; -EINVAL no such node, no such name, no such block size, no multiple of it,
    ///   size is 0; -EEXIST there is a device of this name, or other memory is there; -ERANGE;
    ///   -ENOMEM
    pub fn mhp_sim_builder_add_virtio_mem(
        builder: *mut mhp_sim_builder,
        device: *const c_char,
        node: c_int,
        start: u64,
        size: u64,
        block_size: u64,
    ) -> c_int;
    /// Add a CXL memory device: all of its memory is volatile. It hangs, as all of them do, on a
    /// port of its own below the only host bridge, "/sys/devices/pci0000:0c". It shows what
    /// drivers/cxl/core/memdev.c of the kernel has it show.
    ///
    /// * `builder`: the builder
    /// * `device`: memN; N up to 15
    /// * `node`: a node that was added: numa_node of the device. Its memory is on the node of its
    ///   window
    /// * `size`: bytes that it has, a multiple of 256 MiB
    /// * `serial`: its serial number
    /// * returns 0; -EINVAL no such node, no such name, no multiple of 256 MiB, size is 0;
    ///   -EEXIST there is a device of this name; -ERANGE; -ENOMEM
    pub fn mhp_sim_builder_add_cxl_memdev(
        builder: *mut mhp_sim_builder,
        device: *const c_char,
        node: c_int,
        size: u64,
        serial: u64,
    ) -> c_int;
    /// Add a window, "CXL Window N" in /proc/iomem and decoder0.N: the addresses that CXL memory
    /// can have. No file tells its node; a comment of the machine's capture does.
    ///
    /// * `builder`: the builder
    /// * `node`: a node that was added: where memory in this window comes
    /// * `start`: bytes, a multiple of 256 MiB
    /// * `size`: bytes, a multiple of 256 MiB
    /// * returns 0; -EINVAL no such node, no multiple of 256 MiB, size is 0; -EEXIST another
    ///   window, or a device's memory, is there; -ERANGE; -ENOMEM
    pub fn mhp_sim_builder_add_cxl_window(
        builder: *mut mhp_sim_builder,
        node: c_int,
        start: u64,
        size: u64,
    ) -> c_int;
    /// Add a region of CXL memory, committed, with equal shares of its devices. A dax device,
    /// daxN.0, comes of it, unless it has no driver, or boot memory was added where it is: then
    /// firmware has made it System RAM.
    ///
    /// * `builder`: the builder
    /// * `region`: regionN; N below 1024
    /// * `start`: bytes, a multiple of 256 MiB, in a window that was added
    /// * `size`: bytes, a multiple of 256 MiB for each device
    /// * `devices`: names of CXL memory devices that were added, in the order in which they are
    ///   interleaved
    /// * `n_devices`: how many: 1, 2, 3, 4, 6, 8, 12 or 16
    /// * `flags`: enum mhp_sim_cxl_flag, or 0
    /// * returns 0; -EINVAL no such name, no such device, or one that is in it twice, not that
    ///   many ways, no multiple of 256 MiB, in no window, unknown flags, or the kernel has no RAM
    ///   regions (6.1); -EEXIST there is a region of this name, or one at these addresses;
    ///   -ERANGE a device does not have so much left, or there are more than four regions;
    ///   -ENOMEM
    pub fn mhp_sim_builder_add_cxl_region(
        builder: *mut mhp_sim_builder,
        region: *const c_char,
        start: u64,
        size: u64,
        devices: *const *const c_char,
        n_devices: usize,
        flags: u64,
    ) -> c_int;
    /// Say what a file holds at boot. The last word for it counts.
    ///
    /// * `builder`: the builder
    /// * `what`: "auto_online_blocks"; of memory_hotplug "online_policy", "auto_movable_ratio",
    ///   "auto_movable_numa_aware", "memmap_on_memory"; "drivers_autoprobe" of the dax bus;
    ///   "cmdline", where "movable_node" counts; or the whole path of one of these, or of any
    ///   file that the machine would not have otherwise
    /// * `word`: its text; the newline at the end may be left out
    /// * returns 0; -EINVAL no kernel has this word there, or what names no file that can be set;
    ///   -ENOMEM
    pub fn mhp_sim_builder_set(
        builder: *mut mhp_sim_builder,
        what: *const c_char,
        word: *const c_char,
    ) -> c_int;
    /// Have a module be loaded at boot. The order counts: each takes the dax devices that it is
    /// for, and on kmem what it takes is System RAM then.
    ///
    /// * `builder`: the builder
    /// * `module`: "kmem" or "device_dax"
    /// * returns 0; -EINVAL any other; -EEXIST; -ENOMEM
    pub fn mhp_sim_builder_load(builder: *mut mhp_sim_builder, module: *const c_char) -> c_int;
    /// Make a machine.
    ///
    /// * `builder`: what it has
    /// * `opts`: NULL for the defaults; its log_fn is told why the machine cannot be, if the
    ///   builder has none
    /// * `ret_sim`: the machine, with one reference, which the caller drops with mhp_sim_unref()
    /// * returns 0; -EINVAL there is no boot memory, or a file was set where there is a
    ///   directory; -EBADMSG one was set to what no kernel says there; -EEXIST a dax region
    ///   reaches over other memory, or has the number of a CXL region, or boot memory is in a
    ///   window of CXL and not all in one region; -ERANGE more than 2^20 blocks, or a virtio-mem
    ///   device with more; -E2BIG opts asks for what this library does not know; -ENOMEM
    pub fn mhp_sim_new_from_builder(
        builder: *const mhp_sim_builder,
        opts: *const mhp_sim_opts,
        ret_sim: *mut *mut mhp_sim,
    ) -> c_int;
}

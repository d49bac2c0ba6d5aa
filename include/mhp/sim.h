/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/sim.h
 * @brief libmhp-sim: a simulated machine, to test programs that use libmhp
 * without root and without special hardware.
 *
 * A machine is made from a capture: the text of a real machine's sysfs, whose form
 * libmhp(7) describes; some are installed in share/libmhp/machines. Or it is made by
 * calls: mhp/sim-builder.h. It then acts as the kernel does: a write to memoryN/state
 * changes states and zones, a write to daxX.Y/state plugs and unplugs. Upon request it
 * misbehaves; a failure that is set with times 0 lasts until mhp_sim_clear_failures(). It
 * writes no file and needs no privilege.
 *
 * Several threads may use one machine at once, by contexts of their own or by the
 * functions here. Contexts are to the machine what processes are to a real one: they
 * share its files in /run, where one may hold libmhp's lock.
 *
 * What acts: memory blocks, their zones and nodes, auto_online_blocks, the parameters
 * of memory_hotplug with what online_policy=auto-movable makes of a plain "online",
 * hard_offline_page and soft_offline_page, dax devices with their size, mappings,
 * alignment and memmap_on_memory, the regions that they are cut from, the drivers of
 * their bus, its drivers_autoprobe and the modules of these, ACPI's slots for DIMMs,
 * virtio-mem devices, CXL memory from the decoders of devices up to the dax devices that
 * come of its regions, and what follows from all that in /proc/iomem, /proc/zoneinfo
 * and memory tiers; /run is for contexts to write. Which kernel it acts as is taken
 * from what the capture shows, such as daxX.Y/state for Linux 7.3. All of that is told
 * by uevents, mhp_sim_listener_new(), in the order in which that kernel tells it. All other
 * files keep their text; writing them fails with -EACCES, or with -EOPNOTSUPP
 * where a real machine would have done something. So does what needs to know more than
 * the capture tells: to bind a device or to change its size, if its ranges are not told,
 * or its region's size; to create one in such a region; to bind a virtio-mem device
 * whose memory is not in /proc/iomem. So do regions of persistent CXL memory.
 *
 *	struct mhp_sim *sim;
 *	struct mhp_ctx *ctx;
 *	r = mhp_sim_new_from_capture("machine.txt", NULL, &sim);
 *	mhp_sim_fail_block(sim, 34, "offline", -EBUSY, 1);
 *	r = mhp_sim_new_ctx(sim, &ctx);
 *	... everything of libmhp works on ctx ...
 */
#ifndef MHP_SIM_H
#define MHP_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mhp/context.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_sim;
struct mhp_sim_listener;

/** Flags of a machine, to be joined by |. @since 1.0 */
enum mhp_sim_flag {
	MHP_SIM_READ_ONLY = 1,		/**< show the capture as it is, to look at: every
					     write is refused with EROFS. Files may hold
					     anything then, also what no kernel says */
};

/** What reaches the machine through contexts, to be joined by |. @since 1.0 */
enum mhp_sim_access {
	MHP_SIM_ACCESS_READ = 1,	/**< a file is read */
	MHP_SIM_ACCESS_WRITE = 2,	/**< a file of the kernel is written */
	MHP_SIM_ACCESS_RUN = 4,		/**< a file or directory in /run is made, written,
					     locked or removed */
	MHP_SIM_ACCESS_LOAD = 8,	/**< a module is loaded, or asked for */
	MHP_SIM_ACCESS_LOOK = 16,	/**< a directory is opened or listed, a link read, a
					     name or a lock looked for */
};

/** Any block, for mhp_sim_fail_block(). @since 1.0 */
#define MHP_SIM_ANY_BLOCK UINT64_MAX

/** How to make a machine. Set size to sizeof(struct mhp_sim_opts), all else to 0. @since 1.0 */
struct mhp_sim_opts {
	size_t size;		/**< bytes of the struct that the caller knows */
	uint64_t flags;		/**< MHP_SIM_..., or 0 */
	mhp_log_fn log_fn;	/**< told why a capture is refused: file, line, text */
	void *log_data;		/**< handed to log_fn */
};

/**
 * Make a machine from a capture file.
 *
 * @param path     the file, in this program's own file system
 * @param opts     NULL for the defaults
 * @param ret_sim  the machine, with one reference, which the caller drops with
 *                 mhp_sim_unref()
 * @return 0; -EBADMSG the file is no capture, or tells of a machine that cannot
 *         be; -E2BIG opts asks for what this library does not know; -EINVAL, for what
 *         is no regular file, too, such as a pipe; -ENOMEM; else why it could not be read
 * @since 1.0
 */
int mhp_sim_new_from_capture(const char *path, const struct mhp_sim_opts *opts,
			     struct mhp_sim **ret_sim);

/**
 * Make a machine from a capture in memory.
 *
 * @param text     the capture; need not end in NUL
 * @param length   bytes of text
 * @param opts     NULL for the defaults
 * @param ret_sim  the machine, with one reference, which the caller drops with
 *                 mhp_sim_unref()
 * @return as mhp_sim_new_from_capture()
 * @since 1.0
 */
int mhp_sim_new_from_text(const char *text, size_t length, const struct mhp_sim_opts *opts,
			  struct mhp_sim **ret_sim);

/**
 * Take a reference.
 *
 * @param sim  the machine; may be NULL
 * @return sim, with one more reference; NULL if it is NULL
 * @since 1.0
 */
struct mhp_sim *mhp_sim_ref(struct mhp_sim *sim);

/**
 * Drop a reference; the last one frees the machine. NULL is fine.
 *
 * @param sim  the machine; may be NULL
 * @return NULL
 * @since 1.0
 */
struct mhp_sim *mhp_sim_unref(struct mhp_sim *sim);

/**
 * Make a context on the machine, for use with libmhp. It keeps a reference to
 * the machine.
 *
 * @param sim      the machine
 * @param ret_ctx  the context, with one reference, which the caller drops with
 *                 mhp_ctx_unref()
 * @return 0; -ENOMEM
 * @since 1.0
 */
int mhp_sim_new_ctx(struct mhp_sim *sim, struct mhp_ctx **ret_ctx);

/**
 * Write the machine as it is now as a capture. Without any write it is the one
 * that the machine was made from; else its "# step:" and "# did:" lines give way
 * to "# did: put WORD FILE: RESULT" for each write so far, failed ones too, in
 * order (up to 1 MiB of them); likewise "load NAME" and "unload NAME" of modules, and
 * "host" with what the host was asked for.
 *
 * @param sim       the machine
 * @param ret_text  the capture; the caller frees it with free()
 * @return 0; -ENOMEM
 * @since 1.0
 */
int mhp_sim_copy_capture(struct mhp_sim *sim, char **ret_text);

/**
 * Read a file of the machine, as another program would.
 *
 * @param sim       the machine
 * @param path      such as "/sys/devices/system/memory/memory32/state"
 * @param ret_text  the text with its newline; the caller frees it with free()
 * @return 0; what the kernel would answer; -ENOMEM
 * @since 1.0
 */
int mhp_sim_read(struct mhp_sim *sim, const char *path, char **ret_text);

/**
 * Write a file of the machine, as another program or an administrator would.
 * Does not count, meets no failure set by mhp_sim_fail_write() or mhp_sim_fail_at() and
 * sets off no mhp_sim_race().
 *
 * @param sim   the machine
 * @param path  such as "/sys/devices/system/memory/memory32/state"
 * @param word  what to write, with or without a newline at the end
 * @return 0; what the kernel would answer; -EINTR instead of waiting or going on for
 *         ever: see mhp_sim_hang_block() and mhp_sim_hold_hotplug()
 * @since 1.0
 */
int mhp_sim_write(struct mhp_sim *sim, const char *path, const char *word);

/**
 * Have reads of a file fail that come through contexts.
 *
 * @param sim    the machine
 * @param path   the file; need not be there yet
 * @param code   a negative errno value
 * @param times  how often; 0 for always
 * @return 0; -EINVAL; -ELOOP, -ENOTDIR path leads nowhere; -ENOMEM
 * @since 1.0
 */
int mhp_sim_fail_read(struct mhp_sim *sim, const char *path, int code, unsigned int times);

/**
 * Have writes to a file fail, before the machine looks at them: those that come
 * through contexts. Of several failures of a file the oldest comes first.
 *
 * @param sim    the machine
 * @param path   the file; if it is not there yet, with no symbolic link in it
 * @param word   only writes of this word, with or without a newline; NULL for any
 * @param code   a negative errno value
 * @param times  how often; 0 for always
 * @return as mhp_sim_fail_read()
 * @since 1.0
 */
int mhp_sim_fail_write(struct mhp_sim *sim, const char *path, const char *word, int code,
		       unsigned int times);

/**
 * Have a block refuse, whichever file the request comes through. By its own files
 * the write gets the code. A device that goes "unplugged" gets it too, and all
 * its blocks are put back. Onlining by a device or by policy is told nothing: this
 * block and those behind it in the range stay offline. A range that cannot be added
 * is told only if it is its device's first one. Of DIMMs and virtio-mem nobody is told:
 * see mhp_sim_plug_dimm(), mhp_sim_request_unplug_dimm(), mhp_sim_resize_virtio_mem().
 *
 * @param sim    the machine
 * @param id     the N of memoryN; MHP_SIM_ANY_BLOCK: the next one that is asked, whichever,
 *               as where another part of the kernel objects to any such change
 * @param word   "offline"; "online" for onlining with any type; "add" for the coming of
 *               the range that the block is in
 * @param code   a negative errno value, as the kernel would answer
 * @param times  how often; 0 for always
 * @return 0; -EINVAL; -ENOMEM
 * @since 1.0
 */
int mhp_sim_fail_block(struct mhp_sim *sim, uint64_t id, const char *word, int code,
		       unsigned int times);

/**
 * Have another program act just before a write that comes through a context
 * reaches the machine: it wins the race. It does so once; several that await the
 * same file act in the order in which they were asked for.
 *
 * @param sim       the machine
 * @param path      the file whose next write is awaited; if it is not there yet,
 *                  with no symbolic link in it
 * @param act_path  the file that the other program writes
 * @param act_word  what it writes; as with mhp_sim_write()
 * @return as mhp_sim_fail_read()
 * @since 1.0
 */
int mhp_sim_race(struct mhp_sim *sim, const char *path, const char *act_path,
		 const char *act_word);

/**
 * Have one single access fail that comes through contexts, before the machine looks
 * at it, whether it would have worked or not. With n from 1 to what mhp_sim_count()
 * told of a run without failures, each one of that run fails in turn.
 *
 * @param sim   the machine
 * @param what  enum mhp_sim_access: which accesses count
 * @param path  only those of this file; if it is not there yet, with no symbolic link
 *              in it. Of a module, its driver: "/sys/bus/dax/drivers/kmem". NULL for
 *              any
 * @param n     which one of them, from now on; the next is 1
 * @param code  a negative errno value
 * @return as mhp_sim_fail_read()
 * @since 1.0
 */
int mhp_sim_fail_at(struct mhp_sim *sim, uint64_t what, const char *path, size_t n,
		    int code);

/**
 * Take back what is left of all that mhp_sim_fail_read(), mhp_sim_fail_write(),
 * mhp_sim_fail_block() and mhp_sim_fail_at() asked for: the cause is gone, and a test
 * sees whether its program gets on. What has failed stays as it is, and nobody is
 * told. Hangs, pins, races, broken pages, modules and permissions stay.
 *
 * @param sim  the machine
 * @since 1.0
 */
void mhp_sim_clear_failures(struct mhp_sim *sim);

/**
 * Have another program act just before one single access that comes through
 * contexts, once; as mhp_sim_race(), but at any of them: with n as for
 * mhp_sim_fail_at(), between all that a program does in turn.
 *
 * @param sim       the machine
 * @param what      enum mhp_sim_access: which accesses count
 * @param path      only those of this file; NULL for any
 * @param n         which one of them, from now on; the next is 1
 * @param act_path  the file that the other program writes
 * @param act_word  what it writes; as with mhp_sim_write()
 * @return as mhp_sim_fail_read()
 * @since 1.0
 */
int mhp_sim_race_at(struct mhp_sim *sim, uint64_t what, const char *path, size_t n,
		    const char *act_path, const char *act_word);

/**
 * Number of accesses that came through contexts of this machine, failed ones too,
 * but not those of contexts that were killed.
 *
 * @param sim   the machine
 * @param what  enum mhp_sim_access: which ones
 * @return how many
 * @since 1.0
 */
size_t mhp_sim_count(const struct mhp_sim *sim, uint64_t what);

/**
 * Number of writes that came through contexts of this machine, failed ones too:
 * mhp_sim_count() of MHP_SIM_ACCESS_WRITE.
 *
 * @param sim  the machine
 * @return how many
 * @since 1.0
 */
size_t mhp_sim_count_writes(const struct mhp_sim *sim);

/**
 * Number of reads of files that came through contexts of this machine, failed
 * ones too: mhp_sim_count() of MHP_SIM_ACCESS_READ.
 *
 * @param sim  the machine
 * @return how many
 * @since 1.0
 */
size_t mhp_sim_count_reads(const struct mhp_sim *sim);

/**
 * Have file systems be mounted read-only, as in a container: what contexts ask for
 * is refused with EROFS. The machine goes on, and others write as before.
 *
 * @param sim   the machine
 * @param what  MHP_SIM_ACCESS_WRITE for /sys, MHP_SIM_ACCESS_RUN for /run; 0: none any more
 * @return 0; -EINVAL
 * @since 1.0
 */
int mhp_sim_set_read_only(struct mhp_sim *sim, uint64_t what);

/**
 * Have contexts be in a container, whose /run is its own: or no more. At first they
 * are not.
 *
 * @param sim        the machine
 * @param contained  whether they are in one
 * @since 1.0
 */
void mhp_sim_set_contained(struct mhp_sim *sim, bool contained);

/**
 * Have contexts be a plain user's, who may write nothing, be it in /sys or in /run, and
 * load no module: EACCES. What is for root alone cannot be read either, such as a
 * device's resource and mappings, and /proc/iomem shows zeros for addresses. At first
 * they are root's. The machine itself, mhp_sim_read() and mhp_sim_write() stay as they are.
 *
 * @param sim         the machine
 * @param privileged  true: root's, false: a plain user's
 * @return 0
 * @since 1.0
 */
int mhp_sim_set_privileged(struct mhp_sim *sim, bool privileged);

/**
 * Kill the users of contexts, as by SIGKILL: after n more accesses that are
 * MHP_SIM_ACCESS_WRITE, MHP_SIM_ACCESS_RUN or MHP_SIM_ACCESS_LOAD. The last one happens, or
 * fails by itself. From then on contexts that have been made so far have no effect and
 * everything fails with EIO; a write that hangs or waits ends as if it had never
 * been. Their locks are free, their files stay. Contexts made later work. The call that
 * was killed returns all the same, also with 0 and a report: neither is worth anything.
 *
 * @param sim  the machine
 * @param n    how many more; 0: now
 * @since 1.0
 */
void mhp_sim_kill_after(struct mhp_sim *sim, size_t n);

/**
 * Have a block not go offline: whoever tries, by the block's files or by its
 * device's state, tries for ever and keeps the kernel's hotplug lock meanwhile. The
 * block's state reads "going-offline". It ends when the writing thread is cancelled:
 * everything is as before then. A write that cannot be cancelled would never
 * end, and is answered with EINTR, as upon a signal; so is mhp_sim_write(). A DIMM's
 * eject, which is the kernel's own, ends only with mhp_sim_release_block(). The driver
 * of virtio-mem does not hang: it leaves the block where it is.
 *
 * @param sim    the machine
 * @param id     the N of memoryN
 * @param times  how often; 0 for always
 * @return 0; -ENOMEM
 * @since 1.0
 */
int mhp_sim_hang_block(struct mhp_sim *sim, uint64_t id, unsigned int times);

/**
 * Undo mhp_sim_hang_block(): the block can go offline, and a write that hangs
 * because of it goes on.
 *
 * @param sim  the machine
 * @param id   the N of memoryN
 * @since 1.0
 */
void mhp_sim_release_block(struct mhp_sim *sim, uint64_t id);

/**
 * Have another program keep the kernel's hotplug lock, as by an offline that does
 * not come to its end. Writes that need it wait: of blocks' files until their thread
 * is cancelled, of a device's state and a driver's bind and unbind, and loading of a
 * module, until the lock is free, whatever happens. mhp_sim_write() does not wait: it
 * is answered with EINTR.
 *
 * @param sim  the machine
 * @return 0; -EBUSY somebody has it
 * @since 1.0
 */
int mhp_sim_hold_hotplug(struct mhp_sim *sim);

/**
 * Undo mhp_sim_hold_hotplug(): from another thread than those who wait, or from their
 * progress function.
 *
 * @param sim  the machine
 * @since 1.0
 */
void mhp_sim_release_hotplug(struct mhp_sim *sim);

/**
 * Wait until so many writes hang or wait for the hotplug lock, now.
 *
 * @param sim  the machine
 * @param n    how many writes
 * @since 1.0
 */
void mhp_sim_await_stuck(struct mhp_sim *sim, size_t n);

/**
 * Have a udev rule bring memory online: when a write has added blocks, and
 * the kernel is done with onlining, word is written to the state of those that are
 * offline. By whomever the memory was added. No file shows the rule, so that no plan
 * foresees it. A rule in a file, as by mhp_sim_builder_set() of
 * "/etc/udev/rules.d/40-memory.rules", is the other way round: plans find it, and it
 * does nothing.
 *
 * @param sim   the machine
 * @param word  "online", "online_kernel" or "online_movable"; NULL: no rule any more
 * @return 0; -EINVAL; -ENOMEM
 * @since 1.0
 */
int mhp_sim_set_udev_rule(struct mhp_sim *sim, const char *word);

/**
 * Have a block vanish, online or not, just before a write that comes through a
 * context reaches the machine; as mhp_sim_race().
 *
 * @param sim   the machine
 * @param path  the file whose next write is awaited; NULL: now
 * @param id    the N of memoryN
 * @return as mhp_sim_fail_read(); now: -ENOENT there is no such block, -EBUSY somebody
 *         has the hotplug lock, -EROFS MHP_SIM_READ_ONLY
 * @since 1.0
 */
int mhp_sim_race_remove(struct mhp_sim *sim, const char *path, uint64_t id);

/**
 * Have a block be put to a use that it cannot be taken from, as soon as it comes
 * online the next time: from then on it refuses to go offline with EBUSY. Until
 * then it can. If the block goes all the same, and comes back, so does this.
 *
 * @param sim   the machine
 * @param id    the N of memoryN
 * @param word  "online_kernel": if it comes online in a kernel zone, "online_movable": in
 *              Movable, "online": in any
 * @return 0; -EINVAL; -ENOMEM
 * @since 1.0
 */
int mhp_sim_pin_block(struct mhp_sim *sim, uint64_t id, const char *word);

/**
 * Have a page of a block be broken, be the block online or not: since Linux 6.2 it can
 * go offline, and refuses to come online with EHWPOISON until it has been removed and
 * added again. Before, the kernel onlines such memory. As with a write to
 * hard_offline_page, which works for memory that is online only.
 *
 * @param sim    the machine
 * @param id     the N of memoryN
 * @return 0; -ENOENT there is no such block; -EROFS MHP_SIM_READ_ONLY; -ENOMEM
 * @since 1.0
 */
int mhp_sim_poison_block(struct mhp_sim *sim, uint64_t id);

/**
 * Say what loading a module answers whose driver is not there yet. At first there
 * are "kmem" and "device_dax", and no others.
 *
 * @param sim   the machine
 * @param name  the module
 * @param code  0: it loads, and its driver, of the same name, takes the devices that
 *              are for it unless drivers_autoprobe is 0; -ENOENT: there is no
 *              such module; -EPERM: it has an install command; other negative errno
 *              values
 * @return 0; -EINVAL; -ENOMEM
 * @since 1.0
 */
int mhp_sim_set_module(struct mhp_sim *sim, const char *name, int code);

/**
 * Unload a module, as rmmod would: its driver gives up its devices, memory that is
 * online stays behind, and the driver's directory goes.
 *
 * @param sim   the machine
 * @param name  the module, which is the driver's name
 * @return 0; -ENOENT it is not loaded; -EBUSY somebody has the hotplug lock; -EROFS
 *         MHP_SIM_READ_ONLY; -EINVAL
 * @since 1.0
 */
int mhp_sim_unload_module(struct mhp_sim *sim, const char *name);

/**
 * As the host, put a DIMM into a slot, whose memory auto_online_blocks then brings
 * online or not. The kernel needs its lock for hotplug for that: while somebody has it,
 * the DIMM is in its slot ("status" of PNP0C80:NN) and its memory has yet to come.
 * Memory that cannot be added, as told by mhp_sim_fail_block(), stays away, and nobody
 * is told.
 *
 * @param sim    the machine
 * @param slot   the NN of PNP0C80:NN, which is hexadecimal; one that the machine does
 *               not show yet is made, up to 0xff
 * @param node   the node that the memory is to be on, one of those in
 *               /sys/devices/system/node/possible
 * @param start  its first address, in bytes; a block begins there
 * @param size   bytes; whole blocks
 * @return 0; -EBUSY there is one in the slot; -EEXIST addresses are in use; -E2BIG it ends
 *         beyond 2^52, or has more than 2^20 blocks; -EINVAL no whole blocks, no such slot,
 *         a node that cannot be; -EOPNOTSUPP a machine without hotplug; -EROFS
 *         MHP_SIM_READ_ONLY; -ENOMEM
 * @since 1.0
 */
int mhp_sim_plug_dimm(struct mhp_sim *sim, unsigned int slot, int node, uint64_t start,
		      uint64_t size);

/**
 * As the host, ask for a DIMM back. The kernel takes its blocks offline and ejects it,
 * or, if one of them refuses, brings back online those that it took: then the slot's
 * "status" is not 0. It tries each block that refuses a second time, so that one refusal
 * is not enough; and they come back by a plain "online", maybe in another zone. As when
 * "1" is written to the slot's "eject", that is done once nobody has the kernel's lock for
 * hotplug: at once, before anybody can look, but where mhp_sim_hold_hotplug() or a block
 * that hangs has it done later.
 *
 * @param sim   the machine
 * @param slot  the NN of PNP0C80:NN, as with mhp_sim_plug_dimm()
 * @return 0: it is asked for; -ENODEV there is none in the slot; -EROFS
 *         MHP_SIM_READ_ONLY; -ENOMEM
 * @since 1.0
 */
int mhp_sim_request_unplug_dimm(struct mhp_sim *sim, unsigned int slot);

/**
 * As the host, have a virtio-mem device be larger or smaller. Its driver adds blocks, from
 * below, as long as no more than 1 GiB, or two blocks, would be offline, and goes
 * on once memory is onlined; it gives blocks back, offline ones first, then those in
 * Movable, of each the highest first. What it cannot give back it tries again after every
 * write to the machine. So it does where a block cannot be added for ENOMEM, EBUSY or
 * EAGAIN; upon any other error it gives up for good. All that is done once nobody has the
 * kernel's lock for hotplug, as with mhp_sim_request_unplug_dimm(). How much of a block
 * is there contexts see with MHP_SNAPSHOT_PLUGGED.
 *
 * @param sim     the machine
 * @param device  such as "virtio1"
 * @param size    bytes that are wanted: a multiple of the device's block size
 * @return 0: it is asked for; -ENODEV there is no such device; -EINVAL size is no multiple,
 *         or more than the device can have; -EOPNOTSUPP the capture does not tell where its
 *         memory is, as its driver is not loaded, or it is more than 2^20 blocks; -EROFS
 *         MHP_SIM_READ_ONLY
 * @since 1.0
 */
int mhp_sim_resize_virtio_mem(struct mhp_sim *sim, const char *device, uint64_t size);

/**
 * Tell of a virtio-mem device what no file of a machine does.
 *
 * @param sim         the machine
 * @param device      such as "virtio1"
 * @param node        where its memory comes; without this call where blocks of it are,
 *                    else node 0
 * @param block_size  bytes that the host gives or takes at a time: a power of two, at
 *                    least 2 MiB, which is what it is without this call. With less than a
 *                    memory block, blocks can be there in part; with more, memory comes
 *                    and goes by several blocks
 * @return 0; -ENODEV there is no such device; -EINVAL no such size of a block, or a node
 *         that cannot be; -EOPNOTSUPP, -EROFS as mhp_sim_resize_virtio_mem()
 * @since 1.0
 */
int mhp_sim_set_virtio_mem(struct mhp_sim *sim, const char *device, int node,
			   uint64_t block_size);

/**
 * Listen to the machine's uevents from now on, as a netlink socket does: to those of
 * memory blocks, nodes, memory tiers, dax devices, their drivers and modules, and to
 * those that somebody asks for by writing such as "change" to a file named uevent. As
 * with Linux there are none of policy, of daxX.Y/state, of zones, and of what failed.
 *
 * One who does not receive in time loses events: once room of them wait, new ones do
 * not reach this listener until it has received all that wait. The text is made only for
 * those who listen; a machine without listeners just counts.
 *
 * @param sim           the machine
 * @param room          how many may wait; 0 for 208, as in a socket with the kernel's
 *                      default buffer
 * @param ret_listener  the listener, which the caller frees with mhp_sim_listener_free();
 *                      it keeps a reference to the machine
 * @return 0; -EINVAL; -ENOMEM
 * @since 1.0
 */
int mhp_sim_listener_new(struct mhp_sim *sim, size_t room, struct mhp_sim_listener **ret_listener);

/**
 * Receive the next event that waits, the oldest first. It is the kernel's message, with a
 * newline for each NUL: "ACTION@DEVPATH", then "KEY=VALUE" lines, the last of which is
 * SEQNUM. That begins behind what /sys/kernel/uevent_seqnum of the capture says, or
 * with 1, and counts all events, received or not.
 *
 * @param listener  the listener
 * @param ret_text  the message, which the caller frees with free(); NULL: none waits
 * @return 0; -ENOBUFS some were lost, which is told once, before the older ones that
 *         wait; -EINVAL
 * @since 1.0
 */
int mhp_sim_listener_receive(struct mhp_sim_listener *listener, char **ret_text);

/**
 * A descriptor that polls readable as long as mhp_sim_listener_receive() has something to tell. It
 * is made when it is asked for first, and belongs to the listener: neither read nor
 * close it.
 *
 * @param listener  the listener
 * @param ret_fd    the descriptor
 * @return 0; -EINVAL; -EMFILE or others of eventfd(2)
 * @since 1.0
 */
int mhp_sim_listener_get_fd(struct mhp_sim_listener *listener, int *ret_fd);

/**
 * Listen no more. NULL is fine.
 *
 * @param listener  the listener; may be NULL
 * @since 1.0
 */
void mhp_sim_listener_free(struct mhp_sim_listener *listener);

/**
 * Have events be lost on their way: the next n reach nobody, and each listener is
 * told by -ENOBUFS that some were lost. What they told of happens all the same.
 *
 * @param sim  the machine
 * @param n    how many, instead of those that are still to be lost; 0: none
 * @return 0
 * @since 1.0
 */
int mhp_sim_lose_events(struct mhp_sim *sim, size_t n);

#ifdef __cplusplus
}
#endif

#endif /* MHP_SIM_H */

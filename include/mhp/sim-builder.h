/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/sim-builder.h
 * @brief Of libmhp-sim: a simulated machine by calls, without a capture.
 *
 * A builder takes what the machine is to have: nodes, boot memory, dax devices, virtio-mem
 * devices, CXL memory, words of policy. From the kernel that it is to act as follows which
 * files there are and what they say at boot. One builder can make many machines. One thread
 * at a time may use a builder.
 *
 *	struct mhp_sim_builder *builder;
 *	struct mhp_sim *sim;
 *	r = mhp_sim_builder_new(MHP_SIM_KERNEL_6_12, &builder);
 *	mhp_sim_builder_add_node(builder, 0, 2);
 *	mhp_sim_builder_add_node(builder, 1, 0);
 *	mhp_sim_builder_add_memory(builder, 0, 0, UINT64_C(1) << 30);
 *	mhp_sim_builder_add_dax(builder, "dax0.0", 1, UINT64_C(4) << 30, UINT64_C(1) << 30);
 *	r = mhp_sim_new_from_builder(builder, NULL, &sim);
 *	mhp_sim_builder_free(builder);
 */
#ifndef MHP_SIM_BUILDER_H
#define MHP_SIM_BUILDER_H

#include <stddef.h>
#include <stdint.h>

#include <mhp/context.h>
#include <mhp/sim.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_sim_builder;

/** The kernel that a machine acts as, with what Debian's configuration makes of it. @since 1.0 */
enum mhp_sim_kernel {
	MHP_SIM_KERNEL_6_1 = 1,		/**< auto_online_blocks is offline */
	MHP_SIM_KERNEL_6_12 = 2,	/**< it is online; kmem takes dax devices by itself */
	MHP_SIM_KERNEL_7_3 = 3,		/**< the same; kmem has daxX.Y/state */
};

/**
 * Make a builder: no nodes, no memory, blocks of 128 MiB.
 *
 * @param kernel       the kernel that its machines act as
 * @param ret_builder  the builder, which the caller frees with mhp_sim_builder_free()
 * @return 0; -EINVAL no such kernel; -ENOMEM
 * @since 1.0
 */
int mhp_sim_builder_new(enum mhp_sim_kernel kernel, struct mhp_sim_builder **ret_builder);

/**
 * Free a builder. Machines that it made stay. NULL is fine.
 *
 * @param builder  the builder; may be NULL
 * @since 1.0
 */
void mhp_sim_builder_free(struct mhp_sim_builder *builder);

/**
 * Have messages delivered: why a call on the builder is refused, with the value.
 *
 * @param builder  the builder
 * @param fn       called in the thread that calls; NULL for none. Its path is NULL
 * @param data     handed to fn
 * @since 1.0
 */
void mhp_sim_builder_set_log_fn(struct mhp_sim_builder *builder, mhp_log_fn fn, void *data);

/**
 * Say how large memory blocks are.
 *
 * @param builder  the builder
 * @param bytes    how many: a power of two, from 16 MiB to 64 GiB
 * @return 0; -EINVAL no power of two; -ERANGE too small or too large
 * @since 1.0
 */
int mhp_sim_builder_set_block_size_bytes(struct mhp_sim_builder *builder, uint64_t bytes);

/**
 * Add a node. One that has neither CPUs nor boot memory appears with its first
 * hotplugged memory, as on a real machine.
 *
 * @param builder  the builder
 * @param id       the N of nodeN
 * @param n_cpus   CPUs of it; 0 for memory only. CPUs are numbered in order of nodes
 * @return 0; -EEXIST; -ERANGE id is negative or not below 1024, or there are more than
 *         8192 CPUs; -ENOMEM
 * @since 1.0
 */
int mhp_sim_builder_add_node(struct mhp_sim_builder *builder, int id, unsigned int n_cpus);

/**
 * Say how far a node is from another one, one way. Without it: 10 to itself, 20 to
 * others.
 *
 * @param builder   the builder
 * @param from      a node that was added
 * @param to        another node that was added
 * @param distance  the distance, which has no unit: from 11 to 254
 * @return 0; -EINVAL there is no such node, or it is the same; -ERANGE; -ENOMEM
 * @since 1.0
 */
int mhp_sim_builder_set_distance(struct mhp_sim_builder *builder, int from, int to,
				 unsigned int distance);

/**
 * Add boot memory: its blocks are there and online. What is at address 0 gets the
 * holes of a PC below 1 MiB. Zones follow from the addresses: DMA below 16 MiB, DMA32
 * below 4 GiB, Normal above. A block that is in more than one of them, or in more than
 * one node, has "none" in valid_zones; one that is not filled can never go offline.
 *
 * @param builder  the builder
 * @param node     a node that was added
 * @param start    bytes, a multiple of 4096
 * @param size     bytes, a multiple of 4096
 * @return 0; -EINVAL no such node, no multiple of a page, size is 0; -EEXIST other memory
 *         is there; -ERANGE it ends beyond 2^52; -ENOMEM
 * @since 1.0
 */
int mhp_sim_builder_add_memory(struct mhp_sim_builder *builder, int node, uint64_t start,
			       uint64_t size);

/**
 * Add a dax device, or one more range to it. No driver has it; its region, which
 * it shares with others daxN.*, reaches from the first byte of theirs to the last.
 *
 * @param builder  the builder
 * @param name     daxN.M; N below 1024
 * @param node     a node that was added, the same for all of the region
 * @param start    bytes, a multiple of 2 MiB
 * @param size     bytes, a multiple of 2 MiB
 * @return 0; -EINVAL no such node, another node than before, no such name, no multiple of
 *         2 MiB, size is 0; -EEXIST other memory is there; -ERANGE; -ENOMEM
 * @since 1.0
 */
int mhp_sim_builder_add_dax(struct mhp_sim_builder *builder, const char *name, int node,
			    uint64_t start, uint64_t size);

/**
 * Add a virtio-mem device, of whose memory the host has given nothing yet: for
 * mhp_sim_resize_virtio_mem(). Its driver is loaded and has it. It is the only device in
 * PCI slot N + 2, as "/sys/devices/pci0000:00/0000:00:02.0/virtio0". No file tells the node
 * and the block size: a machine made from this one's capture has to be told again, by
 * mhp_sim_set_virtio_mem().
 *
 * ACPI DIMMs need no call here: mhp_sim_plug_dimm() makes the slot, on any node that was
 * added.
 *
 * @param builder     the builder
 * @param device      virtioN; N up to 29
 * @param node        a node that was added: where its memory comes
 * @param start       bytes, a multiple of block_size
 * @param size        bytes that it can have at most, a multiple of block_size. Only whole
 *                    memory blocks of these addresses are ever used, or, with a larger
 *                    block_size, whole blocks of that size
 * @param block_size  bytes that the host gives or takes at a time: a power of two, at
 *                    least 2 MiB, as QEMU has it
 * @return 0; -EINVAL no such node, no such name, no such block size, no multiple of it,
 *         size is 0; -EEXIST there is a device of this name, or other memory is there;
 *         -ERANGE; -ENOMEM
 * @since 1.0
 */
int mhp_sim_builder_add_virtio_mem(struct mhp_sim_builder *builder, const char *device,
				   int node, uint64_t start, uint64_t size,
				   uint64_t block_size);

/**
 * Add a CXL memory device: all of its memory is volatile. It hangs, as all of them do, on
 * a port of its own below the only host bridge, "/sys/devices/pci0000:0c". It shows what
 * drivers/cxl/core/memdev.c of the kernel has it show.
 *
 * @param builder  the builder
 * @param device   memN; N up to 15
 * @param node     a node that was added: numa_node of the device. Its memory is on the
 *                 node of its window
 * @param size     bytes that it has, a multiple of 256 MiB
 * @param serial   its serial number
 * @return 0; -EINVAL no such node, no such name, no multiple of 256 MiB, size is 0;
 *         -EEXIST there is a device of this name; -ERANGE; -ENOMEM
 * @since 1.0
 */
int mhp_sim_builder_add_cxl_memdev(struct mhp_sim_builder *builder, const char *device,
				   int node, uint64_t size, uint64_t serial);

/**
 * Add a window, "CXL Window N" in /proc/iomem and decoder0.N: the addresses that CXL memory
 * can have. No file tells its node; a comment of the machine's capture does.
 *
 * @param builder  the builder
 * @param node     a node that was added: where memory in this window comes
 * @param start    bytes, a multiple of 256 MiB
 * @param size     bytes, a multiple of 256 MiB
 * @return 0; -EINVAL no such node, no multiple of 256 MiB, size is 0; -EEXIST another
 *         window, or a device's memory, is there; -ERANGE; -ENOMEM
 * @since 1.0
 */
int mhp_sim_builder_add_cxl_window(struct mhp_sim_builder *builder, int node, uint64_t start,
				   uint64_t size);

/** What a CXL region is at boot, to be joined by |. @since 1.0 */
enum mhp_sim_cxl_flag {
	MHP_SIM_CXL_LOCKED = 1,		/**< firmware has locked it, and its decoders */
	MHP_SIM_CXL_UNBOUND = 2,	/**< no driver has it: no dax device comes of it */
};

/**
 * Add a region of CXL memory, committed, with equal shares of its devices. A dax device,
 * daxN.0, comes of it, unless it has no driver, or boot memory was added where it is: then
 * firmware has made it System RAM.
 *
 * @param builder    the builder
 * @param region     regionN; N below 1024
 * @param start      bytes, a multiple of 256 MiB, in a window that was added
 * @param size       bytes, a multiple of 256 MiB for each device
 * @param devices    names of CXL memory devices that were added, in the order in which they
 *                   are interleaved
 * @param n_devices  how many: 1, 2, 3, 4, 6, 8, 12 or 16
 * @param flags      enum mhp_sim_cxl_flag, or 0
 * @return 0; -EINVAL no such name, no such device, or one that is in it twice, not that
 *         many ways, no multiple of 256 MiB, in no window, unknown flags, or the kernel has
 *         no RAM regions (6.1); -EEXIST there is a region of this name, or one at these
 *         addresses; -ERANGE a device does not have so much left, or there are more than
 *         four regions; -ENOMEM
 * @since 1.0
 */
int mhp_sim_builder_add_cxl_region(struct mhp_sim_builder *builder, const char *region,
				   uint64_t start, uint64_t size, const char *const *devices,
				   size_t n_devices, uint64_t flags);

/**
 * Say what a file holds at boot. The last word for it counts.
 *
 * @param builder  the builder
 * @param what     "auto_online_blocks"; of memory_hotplug "online_policy",
 *                 "auto_movable_ratio", "auto_movable_numa_aware", "memmap_on_memory";
 *                 "drivers_autoprobe" of the dax bus; "cmdline", where "movable_node"
 *                 counts; or the whole path of one of these, or of any file that the machine would
 *                 not have otherwise
 * @param word     its text; the newline at the end may be left out
 * @return 0; -EINVAL no kernel has this word there, or what names no file that can be
 *         set; -ENOMEM
 * @since 1.0
 */
int mhp_sim_builder_set(struct mhp_sim_builder *builder, const char *what, const char *word);

/**
 * Have a module be loaded at boot. The order counts: each takes the dax devices that
 * it is for, and on kmem what it takes is System RAM then.
 *
 * @param builder  the builder
 * @param module   "kmem" or "device_dax"
 * @return 0; -EINVAL any other; -EEXIST; -ENOMEM
 * @since 1.0
 */
int mhp_sim_builder_load(struct mhp_sim_builder *builder, const char *module);

/**
 * Make a machine.
 *
 * @param builder  what it has
 * @param opts     NULL for the defaults; its log_fn is told why the machine cannot be, if
 *                 the builder has none
 * @param ret_sim  the machine, with one reference, which the caller drops with
 *                 mhp_sim_unref()
 * @return 0; -EINVAL there is no boot memory, or a file was set where there is a directory;
 *         -EBADMSG one was set to what no kernel says there; -EEXIST a dax region reaches
 *         over other memory, or has the number of a CXL region, or boot memory is in a
 *         window of CXL and not all in one region; -ERANGE more than 2^20 blocks, or a virtio-mem device with
 *         more; -E2BIG opts asks for what this library does not know; -ENOMEM
 * @since 1.0
 */
int mhp_sim_new_from_builder(const struct mhp_sim_builder *builder,
			     const struct mhp_sim_opts *opts, struct mhp_sim **ret_sim);

#ifdef __cplusplus
}
#endif

#endif /* MHP_SIM_BUILDER_H */

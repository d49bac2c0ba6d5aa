/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/region.h
 * @brief Memory of one origin, such as a DAX device or a DIMM: a list of physical ranges.
 *
 * A region's blocks are the whole blocks inside its ranges: a block that a range
 * covers in part only belongs to somebody else. State and zone are computed from
 * the blocks; the driver's own word (mhp_region_get_device_state()) is a claim
 * that may disagree.
 *
 * Regions are borrowed from a snapshot and live as long as it does.
 */
#ifndef MHP_REGION_H
#define MHP_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_region;
struct mhp_block;

/**
 * The region's name, such as "dax0.0": the kernel's, where it has one. s390's standby
 * storage is "standby", the LMBs of a POWER partition are "lmb".
 *
 * @param region  the region
 * @return borrowed, never NULL
 * @since 1.0
 */
const char *mhp_region_get_name(const struct mhp_region *region);

/**
 * Origin of the region's memory.
 *
 * @param region  the region
 * @return the kind
 * @since 1.0
 */
enum mhp_region_kind mhp_region_get_kind(const struct mhp_region *region);

/**
 * The region's directory in sysfs.
 *
 * @param region  the region
 * @return path below the root, such as "/sys/devices/platform/.../dax0.0", of one
 *         without a device the directory that tells of it, or that of all memory blocks;
 *         borrowed, never NULL; to be escaped before it goes to a terminal
 * @since 1.0
 */
const char *mhp_region_get_path(const struct mhp_region *region);

/**
 * Node that the memory belongs to when it is System RAM.
 *
 * @param region    the region
 * @param ret_node  its number, the M of nodeM; as the kernel tells it
 * @return 0; -ENODATA the kernel tells none; another negative errno value if it
 *         could not be read, -EBADMSG if it makes no sense
 * @since 1.0
 */
int mhp_region_get_node_id(const struct mhp_region *region, int *ret_node);

/**
 * Driver that is bound to the device.
 *
 * @param region      the region
 * @param ret_driver  the driver's name such as "kmem", borrowed, to be escaped
 *                    before it goes to a terminal; NULL if none is bound
 * @return 0; a negative errno value if it could not be read
 * @since 1.0
 */
int mhp_region_get_driver(const struct mhp_region *region, const char **ret_driver);

/**
 * The driver's own word for the whole device (daxX.Y/state, Linux 7.3). It is a
 * memory of the last request and no measurement: compare mhp_region_get_state().
 *
 * @param region     the region
 * @param ret_state  its value; may be NULL
 * @param ret_text   the kernel's word, borrowed, to be escaped before it goes to
 *                   a terminal; may be NULL
 * @return 0; -ENODATA if there is no such file (older kernel, or not bound to
 *         kmem); another negative errno value if it could not be read
 * @since 1.0
 */
int mhp_region_get_device_state(const struct mhp_region *region,
				enum mhp_device_state *ret_state, const char **ret_text);

/**
 * Driver that /proc/iomem names for the region's System RAM: the X of
 * "System RAM (X)". It stays after that driver was unbound from memory that was
 * online.
 *
 * @param region      the region
 * @param ret_driver  borrowed, to be escaped before it goes to a terminal; NULL if
 *                    the region is not System RAM, or no driver's
 * @return 0; -ENODATA if it was not read (mhp_snapshot_new(), of one region); another
 *         negative errno value if it could not be read (-EACCES: the
 *         addresses there are only for CAP_SYS_ADMIN). A line that makes no sense
 *         is a problem of the snapshot, and skipped
 * @since 1.0
 */
int mhp_region_get_ram_driver(const struct mhp_region *region, const char **ret_driver);

/**
 * Number of the region's physical ranges: an output, because it may not be known.
 *
 * @param region     the region
 * @param ret_count  how many
 * @return 0; a negative errno value if they could not be read: -EACCES needs
 *         root, -EBADMSG makes no sense. Such a region has no blocks here
 * @since 1.0
 */
int mhp_region_get_range_count(const struct mhp_region *region, size_t *ret_count);

/**
 * A physical range of the region, untrimmed, in the kernel's order.
 *
 * @param region          the region
 * @param index           from 0
 * @param ret_start       first byte's address
 * @param ret_size_bytes  length, not 0
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_region_get_range(const struct mhp_region *region, size_t index,
			 uint64_t *ret_start, uint64_t *ret_size_bytes);

/**
 * Number of runs of whole blocks inside the ranges, by address. Neighbouring
 * runs are one.
 *
 * @param region  the region
 * @return 0 if there is no whole block, or the ranges could not be read
 * @since 1.0
 */
size_t mhp_region_count_block_runs(const struct mhp_region *region);

/**
 * A run of block numbers inside the region, whether the blocks exist or not.
 *
 * @param region     the region
 * @param index      from 0
 * @param ret_first  first block's number
 * @param ret_count  number of blocks, not 0
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_region_get_block_run(const struct mhp_region *region, size_t index,
			     uint64_t *ret_first, uint64_t *ret_count);

/**
 * Number of blocks that exist and that the region owns: each block has one owner, the
 * deepest region that it lies in.
 *
 * @param region  the region
 * @return 0 also if the ranges could not be read (mhp_region_get_range_count())
 * @since 1.0
 */
size_t mhp_region_count_blocks(const struct mhp_region *region);

/**
 * A block that the region owns, by position; they are sorted by address.
 *
 * @param region  the region
 * @param index   from 0
 * @return the block, borrowed; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_block *mhp_region_get_block(const struct mhp_region *region, size_t index);

/**
 * State of the region, computed from its blocks: MHP_STATE_ONLINE or _OFFLINE if
 * all of them are, MHP_STATE_ABSENT if none exists, else MHP_STATE_MIXED; a
 * block that is missing or going offline makes it mixed too.
 *
 * @param region  the region
 * @return the state; MHP_STATE_UNKNOWN if ranges or a block could not be read
 * @since 1.0
 */
enum mhp_state mhp_region_get_state(const struct mhp_region *region);

/**
 * Zone of the region's online blocks.
 *
 * @param region  the region
 * @return the zone; MHP_ZONE_MIXED if they differ; MHP_ZONE_UNKNOWN if none is
 *         online or one could not be read
 * @since 1.0
 */
enum mhp_zone mhp_region_get_zone(const struct mhp_region *region);

/**
 * Size of all ranges.
 *
 * @param region     the region
 * @param ret_bytes  the size
 * @return 0, also where the kernel tells the size and not the ranges; a negative
 *         errno value if it could not be read
 * @since 1.0
 */
int mhp_region_get_size_bytes(const struct mhp_region *region, uint64_t *ret_bytes);

/**
 * Memory of the region that is in use: its online blocks. One whose state could
 * not be read does not count.
 *
 * @param region     the region
 * @param ret_bytes  how many
 * @return 0; a negative errno value if the ranges could not be read
 * @since 1.0
 */
int mhp_region_get_online_bytes(const struct mhp_region *region, uint64_t *ret_bytes);

/**
 * Memory of the region that can never be used, because it does not fill a whole
 * block.
 *
 * @param region     the region
 * @param ret_bytes  how many
 * @return 0; a negative errno value if the ranges could not be read
 * @since 1.0
 */
int mhp_region_get_lost_bytes(const struct mhp_region *region, uint64_t *ret_bytes);

/**
 * How much of the region's online blocks is there: less than
 * mhp_region_get_online_bytes() if the host has given a part of some only. Offline blocks
 * do not count.
 *
 * @param region     the region
 * @param ret_bytes  how many
 * @return 0; else as mhp_snapshot_get_block_plugged_bytes() of an online block that is
 *         not known, or why the ranges are not
 * @since 1.0
 */
int mhp_region_get_plugged_bytes(const struct mhp_region *region, uint64_t *ret_bytes);

/**
 * A name that stays the same over reboots and does not depend on the order in which
 * the kernel found things, such as "virtio-mem:0000:00:04.0". Accepted wherever a
 * region's name is. Of a CXL region it is "cxl:SERIAL@DPA,...": of each memory device, in
 * the order of interleaving, its serial number and where in the device's own addresses
 * the region begins. A dax device of it adds "/" and its own number, the Y of daxX.Y;
 * "hmem:ADDRESS" and "pmem:UUID" are other dax devices. libmhp(7) lists all forms. It is
 * known of a snapshot with MHP_SNAPSHOT_IDENTITY.
 *
 * @param region        the region
 * @param ret_identity  borrowed, printable, without blanks
 * @return 0; -ENODATA if it has none, or the snapshot was taken without that flag
 *         (mhp_snapshot_get_flags()): it was not asked for; -ENOTUNIQ if another region has
 *         the same, so that it names neither; another negative errno value if it could
 *         not be read (-EACCES: needs root)
 * @since 1.0
 */
int mhp_region_get_identity(const struct mhp_region *region, const char **ret_identity);

/**
 * The region that this one is made from: of a dax device on CXL memory the CXL region.
 * A parent accepts the same verbs, for all that is made from it; blocks are owned by
 * the deepest region only.
 *
 * @param region  the region
 * @return borrowed from the snapshot; NULL if it is made from no other region
 * @since 1.0
 */
const struct mhp_region *mhp_region_get_parent(const struct mhp_region *region);

/**
 * Is some other region of the snapshot made from this one? Its blocks are theirs then.
 * Known when the snapshot is taken: nothing is walked.
 *
 * @param region  the region
 * @return whether mhp_region_get_parent() of any region is this one
 * @since 1.0
 */
bool mhp_region_has_children(const struct mhp_region *region);

/**
 * Number of memory blocks inside the region's ranges, whoever owns them: of a parent
 * mhp_region_count_blocks() does not count those of the regions made from it.
 * mhp_region_get_state(), mhp_region_get_zone() and mhp_region_get_online_bytes() are
 * about these.
 *
 * @param region  the region
 * @return 0 also if the ranges could not be read
 * @since 1.0
 */
size_t mhp_region_count_total_blocks(const struct mhp_region *region);

/**
 * Can this be done to the region? An answer for the region as such: a plan may still
 * find that it cannot be done just now.
 *
 * @param region   the region
 * @param what     what is to be done
 * @param ret_why  why it cannot be done, a part of a sentence ("is boot memory"),
 *                 constant; NULL if it can; may be NULL
 * @return whether it can; false also for a capability that is not known
 * @since 1.0
 */
bool mhp_region_can(const struct mhp_region *region, enum mhp_capability what,
		    const char **ret_why);

/**
 * Number of facts that the region's origin tells of it, beside what has a function of
 * its own here; 0 of a snapshot without MHP_SNAPSHOT_IDENTITY.
 *
 * @param region  the region
 * @return how many
 * @since 1.0
 */
size_t mhp_region_count_facts(const struct mhp_region *region);

/**
 * A fact about the region, by position.
 *
 * @param region    the region
 * @param index     from 0
 * @param ret_name  what it is, constant; libmhp(7) lists them with their units
 * @param ret_text  its value, borrowed, to be escaped before it goes to a terminal;
 *                  NULL if it could not be read; may be NULL
 * @param ret_code  0; a negative errno value if it could not be read; may be NULL
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_region_get_fact(const struct mhp_region *region, size_t index, const char **ret_name,
			const char **ret_text, int *ret_code);

/**
 * A fact about the region, by name.
 *
 * @param region    the region
 * @param name      such as "interleave_ways"
 * @param ret_text  its value, borrowed, to be escaped before it goes to a terminal
 * @return 0; -ENODATA if there is no such fact, or the snapshot was taken without
 *         MHP_SNAPSHOT_IDENTITY; another negative errno value if it could not be read
 * @since 1.0
 */
int mhp_region_find_fact(const struct mhp_region *region, const char *name,
			 const char **ret_text);

/**
 * Number of the devices that are behind the region, as far as they are known: the
 * memory devices of a CXL region, a PCI or ACPI device; 0 of a snapshot without
 * MHP_SNAPSHOT_IDENTITY.
 *
 * @param region  the region
 * @return how many
 * @since 1.0
 */
size_t mhp_region_count_devices(const struct mhp_region *region);

/**
 * A device behind the region, by position: for interleaved memory in that order.
 *
 * @param region    the region
 * @param index     from 0
 * @param ret_name  its name, such as "mem0" or "0000:00:04.0", borrowed; may be NULL
 * @param ret_path  its directory in sysfs, below the root, borrowed, or NULL for a target
 *                  whose memory device is not found; may be NULL. Both to be escaped
 *                  before they go to a terminal
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_region_get_device(const struct mhp_region *region, size_t index, const char **ret_name,
			  const char **ret_path);

/**
 * Serial number of a device behind the region.
 *
 * @param region      the region
 * @param index       from 0
 * @param ret_serial  the serial number
 * @return 0; -ENODATA if it has none; another negative errno value if it could not be
 *         read; -EINVAL if there are not that many devices
 * @since 1.0
 */
int mhp_region_get_device_serial(const struct mhp_region *region, size_t index,
				 uint64_t *ret_serial);

/**
 * Node that a device behind the region is next to.
 *
 * @param region    the region
 * @param index     from 0
 * @param ret_node  its number, the M of nodeM
 * @return 0; -ENODATA if that is not told; another negative errno value if it could not
 *         be read; -EINVAL if there are not that many devices
 * @since 1.0
 */
int mhp_region_get_device_node_id(const struct mhp_region *region, size_t index, int *ret_node);

#ifdef __cplusplus
}
#endif

#endif /* MHP_REGION_H */

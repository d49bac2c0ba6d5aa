/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/types.h
 * @brief The words of the kernel and their values.
 *
 * Except for enum mhp_online_type, which has the kernel's own numbers, the
 * value 0 of every enumeration says "not known": a word that a later kernel may
 * bring. New values may be added at the end; treat what you do not know as 0.
 */
#ifndef MHP_TYPES_H
#define MHP_TYPES_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * How memory is onlined. Numbers and words are those of the kernel's enum mmop
 * (include/linux/memory_hotplug.h).
 *
 * @since 1.0
 */
enum mhp_online_type {
	MHP_OFFLINE = 0,		/**< "offline": present, not used */
	MHP_ONLINE = 1,			/**< "online": the kernel chooses the zone */
	MHP_ONLINE_KERNEL = 2,		/**< "online_kernel": a kernel zone */
	MHP_ONLINE_MOVABLE = 3,		/**< "online_movable": zone Movable */
};

/** State of a memory block, as memoryN/state tells it. @since 1.0 */
enum mhp_state {
	MHP_STATE_UNKNOWN = 0,		/**< unreadable, or a word never seen */
	MHP_STATE_ABSENT = 1,		/**< there is no such block */
	MHP_STATE_OFFLINE = 2,		/**< there, and not used */
	MHP_STATE_ONLINE = 3,		/**< in use */
	MHP_STATE_GOING_OFFLINE = 4,	/**< a writer is offlining it just now */
	MHP_STATE_MIXED = 5,		/**< of a region: its blocks differ */
};

/** Zone of memory, as memoryN/valid_zones tells it. @since 1.0 */
enum mhp_zone {
	MHP_ZONE_UNKNOWN = 0,		/**< unreadable, or a word never seen */
	MHP_ZONE_NONE = 1,		/**< "none": the block spans zones or nodes,
					     it can never be offlined */
	MHP_ZONE_DMA = 2,		/**< for devices' small addresses */
	MHP_ZONE_DMA32 = 3,		/**< for 32-bit addresses */
	MHP_ZONE_NORMAL = 4,		/**< the usual kernel zone */
	MHP_ZONE_HIGHMEM = 5,		/**< beyond what a 32-bit kernel maps */
	MHP_ZONE_MOVABLE = 6,		/**< Movable: what can be given back */
	MHP_ZONE_DEVICE = 7,		/**< a driver's, for no program */
	MHP_ZONE_MIXED = 8,		/**< of a region: its online blocks differ */
};

/** What daxX.Y/state of the kmem driver claims (Linux 7.3). @since 1.0 */
enum mhp_device_state {
	MHP_DEVICE_STATE_UNKNOWN = 0,	/**< a word never seen, or "unknown" */
	MHP_DEVICE_STATE_UNPLUGGED = 1,	/**< no System RAM */
	MHP_DEVICE_STATE_OFFLINE = 2,	/**< System RAM, offline */
	MHP_DEVICE_STATE_ONLINE = 3,	/**< online, in whichever zone */
	MHP_DEVICE_STATE_ONLINE_KERNEL = 4, /**< online in a kernel zone */
	MHP_DEVICE_STATE_ONLINE_MOVABLE = 5, /**< online in Movable */
};

/** Origin of a region's memory. @since 1.0 */
enum mhp_region_kind {
	MHP_REGION_UNKNOWN = 0,		/**< not known */
	MHP_REGION_DAX = 1,		/**< a device of /sys/bus/dax */
	MHP_REGION_CXL = 2,		/**< a volatile region of /sys/bus/cxl; what dax devices
					     of it there are own its blocks */
	MHP_REGION_VIRTIO_MEM = 3,	/**< a virtio-mem device: the host plugs and unplugs */
	MHP_REGION_DIMM = 4,		/**< an ACPI memory device (PNP0C80) */
	MHP_REGION_S390_STANDBY = 5,	/**< s390 storage, /sys/firmware/memory (Linux 7.2) */
	MHP_REGION_PPC64_LMB = 6,	/**< logical memory blocks of a POWER partition */
	MHP_REGION_MANAGED = 7,		/**< any other "System RAM (X)" of /proc/iomem */
	MHP_REGION_BOOT = 8,		/**< all that no other region has: memory from boot, and
					     what was added since without a name of its own */
};

/** What can be done to a region's memory: see mhp_region_can(). @since 1.0 */
enum mhp_capability {
	MHP_CAN_ONLINE = 1,		/**< its blocks, one by one */
	MHP_CAN_ONLINE_WHOLE = 2,	/**< all of it by one write, which the kernel undoes if
					     it cannot be added */
	MHP_CAN_OFFLINE = 3,		/**< its blocks, one by one */
	MHP_CAN_PLUG = 4,		/**< be made System RAM */
	MHP_CAN_PLUG_BLOCKS = 5,	/**< ... and given back, a part of it only */
	MHP_CAN_UNPLUG = 6,		/**< as a whole: no block is left */
	MHP_CAN_RELEASE = 7,		/**< the hardware behind it be given back */
};

/** What a NUMA node has beside memory. @since 1.0 */
enum mhp_node_kind {
	MHP_NODE_UNKNOWN = 0,		/**< unreadable */
	MHP_NODE_CPU = 1,		/**< processors */
	MHP_NODE_CPU_LESS = 2,		/**< none: memory only, or an accelerator's */
};

/** Whose accesses the rating of a node's memory is about. @since 1.0 */
enum mhp_access {
	MHP_ACCESS_UNKNOWN = 0,		/**< nobody's */
	MHP_ACCESS_ANY = 1,		/**< those of the nearest nodes with anything that
					     uses memory by itself (access0) */
	MHP_ACCESS_CPU = 2,		/**< those of the nearest nodes with processors
					     (access1) */
};

/**
 * Value of one of the kernel's four words, with the kernel's strictness: case
 * matters, one trailing newline is allowed, nothing else
 * (mhp_online_type_from_str() in drivers/base/memory.c).
 *
 * @param str       the word
 * @param ret_type  its value
 * @return 0; -EINVAL if it is not one of the words
 * @since 1.0
 */
int mhp_online_type_from_str(const char *str, enum mhp_online_type *ret_type);

/**
 * The kernel's word for a type.
 *
 * @param type  the type
 * @return a constant string; NULL if type is not one of the four values
 * @since 1.0
 */
const char *mhp_online_type_to_str(enum mhp_online_type type);

/**
 * The word for a state: "offline", "online", "going-offline", and libmhp's own
 * "absent", "mixed", "unknown".
 *
 * @param state  the state
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_state_to_str(enum mhp_state state);

/**
 * The kernel's word for a zone ("Movable", "Normal", "none", ...), and libmhp's
 * own "mixed" and "unknown".
 *
 * @param zone  the zone
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_zone_to_str(enum mhp_zone zone);

/**
 * The word for a device state; "unknown" for what is not known.
 *
 * @param state  the state
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_device_state_to_str(enum mhp_device_state state);

/**
 * The word for a kind of region: "dax", "cxl", "virtio-mem", "dimm", "s390-standby",
 * "ppc64-lmb", "managed", "boot"; "unknown" for what is not known.
 *
 * @param kind  the kind
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_region_kind_to_str(enum mhp_region_kind kind);

/**
 * Value of the word for a kind of region, exactly as mhp_region_kind_to_str() has it.
 *
 * @param str       the word
 * @param ret_kind  its value, never MHP_REGION_UNKNOWN
 * @return 0; -EINVAL if it is not one of the words, or "unknown"
 * @since 1.0
 */
int mhp_region_kind_from_str(const char *str, enum mhp_region_kind *ret_kind);

/**
 * The word for a kind of node: "cpu", "cpu-less"; "unknown" for what is not known.
 *
 * @param kind  the kind
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_node_kind_to_str(enum mhp_node_kind kind);

#ifdef __cplusplus
}
#endif

#endif /* MHP_TYPES_H */

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of the kernel that the model acts by, each with a name. Where the
 * model decides by one, it asks holds(): so that tests can tell which rules
 * they have met, and what they would make of a model that has one wrong.
 */
#ifndef SIM_RULES_H
#define SIM_RULES_H

#include <stdbool.h>
#include <stddef.h>

struct model;

/* on which kernels a rule can be met */
#define ON_6_1		1
#define ON_6_12		2
#define ON_7_3		4
#define ON_ALL		(ON_6_1 | ON_6_12 | ON_7_3)
#define SINCE_6_12	(ON_6_12 | ON_7_3)
#define UNTIL_6_12	(ON_6_1 | ON_6_12)
/* not by the machine that tests/differ has, which does not count it */
#define APART		16
#define ON_CXL		(SINCE_6_12 | APART)
/* only by a replay of what a kernel and its host did: no guest can do it by itself */
#define ON_REPLAY	8
/* of s390 and ppc64, as documentation and the kernel's source tell: none of ours shows it */
#define ON_DOCS		32

/* X(NAME, kernels, what the kernel does) */
#define RULES(X)								\
	/* machine.c, model.c: words */						\
	X(EMPTY_WRITE, ON_ALL, "writing nothing is taken, and nothing happens")	\
	X(WORD_CASE, ON_ALL, "words count letter by letter, large or small")	\
	X(WORD_BLANK, ON_ALL, "a blank behind a word makes it another one")	\
	X(WORD_NEWLINE, ON_ALL, "one newline at the end of a word does not count") \
	X(POLICY_JUNK, ON_ALL, "auto_online_blocks: any other word is EINVAL")	\
										\
	/* model-block.c, model-block-dir.c */					\
	X(STATE_JUNK, ON_ALL, "state: any other word is EINVAL")		\
	X(ONLINE_TWICE, ON_ALL, "state: online* of an online block is EINVAL")	\
	X(OFFLINE_TWICE, ON_ALL, "state: offline of an offline block is EINVAL") \
	X(TYPE_KEPT, ON_ALL, "online: 1 goes where a word went that state refused as there already") \
	X(BOOL_JUNK, ON_ALL, "online: what is no boolean is EINVAL")		\
	X(BOOL_TAIL, ON_ALL, "online: only the first letters of a boolean count") \
	X(ONE_TWICE, ON_ALL, "online: 1 to an online block does nothing")	\
	X(ZERO_TWICE, ON_ALL, "online: 0 to an offline block does nothing")	\
	X(SPANNING_STAYS, ON_ALL, "offlining a block that spans zones or nodes is EINVAL") \
	X(HOLE_STAYS, ON_ALL, "offlining a block with a hole in it is EINVAL")	\
	X(UNMOVABLE_STAYS, ON_ALL, "offlining a block that the kernel uses is EBUSY") \
	X(ZONES_ONLINE, ON_ALL, "valid_zones: of an online block, only its zone") \
	X(ZONES_GOING, ON_ALL, "valid_zones: while going offline, as if offline") \
	X(ZONES_FIRST, ON_ALL, "valid_zones: first where a plain online goes")	\
	X(ZONES_KERNEL, ON_ALL, "valid_zones: the kernel zone once")		\
	X(ZONES_MOVABLE, ON_ALL, "valid_zones: Movable once")			\
										\
	/* model-zone.c: choice, spans, sizes */				\
	X(KERNEL_ZONE, ON_ALL, "the kernel zone is the one that spans the address") \
	X(ONLINE_KERNEL, ON_ALL, "online_kernel goes to the kernel zone")	\
	X(ONLINE_MOVABLE, ON_ALL, "online_movable goes to Movable")		\
	X(CONTIG_KERNEL, ON_ALL, "inside a kernel zone only: online goes there") \
	X(CONTIG_MOVABLE, ON_ALL, "inside Movable only: online goes there")	\
	X(CONTIG_BOTH, ON_ALL, "inside both zones: online goes to the kernel zone") \
	X(CONTIG_NONE, ON_ALL, "inside neither zone: online goes to the kernel zone") \
	X(MOVABLE_NODE, ON_ALL, "booted with movable_node: if in doubt, Movable") \
	X(SPAN_GROWS_DOWN, ON_ALL, "a zone's span grows down to a new block")	\
	X(SPAN_GROWS_UP, ON_ALL, "a zone's span grows up to a new block")	\
	X(SPAN_SHRINKS_LOW, ON_ALL, "a zone's span ends above its lowest block that goes") \
	X(SPAN_SHRINKS_HIGH, ON_ALL, "a zone's span ends below its highest block that goes") \
	X(SPAN_SKIPS, ON_ALL, "a zone's edge passes over what is not the zone's") \
	X(SPAN_KEEPS_HOLES, ON_ALL, "a zone spans a block that goes from its middle") \
	X(SPAN_EMPTY, ON_ALL, "a zone without memory spans nothing")		\
	X(ALTMAP_NOT_MANAGED, SINCE_6_12, "pages of a block's own memory map are not managed") \
	X(MOVABLE_IS_MEMORY, ON_ALL, "has_memory: also with Movable alone")	\
	X(MOVABLE_NOT_NORMAL, ON_ALL, "has_normal_memory: not with Movable alone") \
										\
	/* model-node.c: nodes, distances, tiers */				\
	X(NODE_COMES, ON_ALL, "a node comes with its first block, offline as that is") \
	X(NODE_GOES, ON_ALL, "a node goes with its last block")			\
	X(NODE_CPU_STAYS, ON_ALL, "a node with CPUs stays without memory")	\
	X(OFFLINE_NO_MEMORY, ON_ALL, "has_memory: not with offline blocks alone") \
	X(DISTANCE_ONLINE, ON_ALL, "distance: a column for each node that is online") \
	X(DISTANCE_REMOTE, ON_ALL, "distance: another node is farther than oneself") \
	X(TIER_COMES, ON_ALL, "a node joins a tier with its first online block") \
	X(TIER_GOES, ON_ALL, "a node leaves its tier with its last online block") \
	X(TIER_SLOW, ON_ALL, "memory of which nothing is known is of a slow tier") \
	X(TIER_PLAIN, ON_REPLAY, "memory of no special kind is of DRAM's tier")	\
	X(TIER_SHARED, ON_ALL, "a tier stays as long as there is a node in it")	\
										\
	/* model-iomem.c */							\
	X(IOMEM_NESTS, ON_ALL, "iomem: a range stands inside what contains it")	\
										\
	/* model-dax.c: ranges, device_dax */					\
	X(ALIGN_UP, ON_ALL, "a range's start is rounded up to a block")		\
	X(ALIGN_DOWN, ON_ALL, "a range's end is rounded down to a block")	\
	X(DEVDAX_BUSY, ON_ALL, "device_dax: a range that is taken is EBUSY at first") \
	X(DEVDAX_LEAK, ON_ALL, "device_dax: a range that is taken is EINVAL later on") \
	X(UEVENT_DRIVER, ON_ALL, "uevent: names the driver that is bound")	\
										\
	/* model-kmem.c: memory comes */					\
	X(KMEM_ALL_EMPTY, ON_ALL, "kmem: no whole block in any range is EINVAL") \
	X(KMEM_EMPTY_RANGE, ON_ALL, "kmem: a range without a whole block is passed over") \
	X(KMEM_TAKEN, ON_ALL, "kmem: a range that is taken is EBUSY")		\
	X(KMEM_FIRST_RANGE, ON_ALL, "kmem: without any range so far, one that fails is told") \
	X(KMEM_LATER_RANGE, ON_ALL, "kmem: with a range there, others that fail are not told") \
	X(KMEM_RESERVES, ON_ALL, "kmem: only whole blocks are reserved in iomem") \
	X(KMEM_RAM, ON_ALL, "kmem: iomem says System RAM (kmem)")		\
	X(KMEM_ALTMAP, SINCE_6_12, "kmem: blocks have their own map if the device says so") \
	X(KMEM_POLICY, ON_ALL, "kmem: policy onlines what is bound")		\
	X(KMEM_STOPS, ON_ALL, "kmem: a block that will not online ends its range") \
	X(KMEM_SILENT, ON_ALL, "kmem: blocks that will not online are not told of") \
	X(KMEM_STATE, ON_7_3, "kmem: a device that is bound has a state")	\
	X(KMEM_STATE_WORD, ON_7_3, "kmem: the state is policy's word at first")	\
										\
	/* model-kmem.c: memory goes */						\
	X(UNPLUG_PUTS_BACK, ON_7_3, "unplugged: all or nothing")		\
	X(UNPLUG_ORDER, ON_7_3, "unplugged: blocks are put back in the order they went") \
	X(UNPLUG_KERNEL, ON_7_3, "unplugged: kernel memory is put back as such") \
	X(UNPLUG_MOVABLE, ON_7_3, "unplugged: Movable is put back as such")	\
	X(UNPLUG_OFFLINE, ON_7_3, "unplugged: what was offline is put back so")	\
	X(UNPLUG_OURS, ON_7_3, "unplugged: memory left behind earlier stays")	\
	X(UNBIND_STRANDS, ON_ALL, "unbind: a range with a block online stays behind") \
	X(UNBIND_EACH, ON_ALL, "unbind: a range all offline goes, whatever others do") \
	X(UNBIND_STATE, ON_7_3, "unbind: the state goes")			\
										\
	/* model-kmem.c: daxX.Y/state, from one word to another */		\
	X(DEVICE_JUNK, ON_7_3, "device state: any other word is EINVAL")	\
	X(DEVICE_OFFLINE, ON_7_3, "device state: offline is EINVAL")		\
	X(UNPLUGGED_UNPLUGGED, ON_7_3, "unplugged to unplugged: nothing happens") \
	X(UNPLUGGED_ONLINE, ON_7_3, "unplugged to online: memory comes")	\
	X(UNPLUGGED_KERNEL, ON_7_3, "unplugged to online_kernel: memory comes")	\
	X(UNPLUGGED_MOVABLE, ON_7_3, "unplugged to online_movable: memory comes") \
	X(OFFLINE_UNPLUGGED, ON_7_3, "offline to unplugged: memory goes")	\
	X(OFFLINE_ONLINE, ON_7_3, "offline to online: EBUSY")			\
	X(OFFLINE_KERNEL, ON_7_3, "offline to online_kernel: EBUSY")		\
	X(OFFLINE_MOVABLE, ON_7_3, "offline to online_movable: EBUSY")		\
	X(ONLINE_UNPLUGGED, ON_7_3, "online to unplugged: memory goes")		\
	X(ONLINE_ONLINE, ON_7_3, "online to online: nothing happens")		\
	X(ONLINE_TO_KERNEL, ON_7_3, "online to online_kernel: EBUSY")		\
	X(ONLINE_TO_MOVABLE, ON_7_3, "online to online_movable: EBUSY")		\
	X(KERNEL_UNPLUGGED, ON_7_3, "online_kernel to unplugged: memory goes")	\
	X(KERNEL_ONLINE, ON_7_3, "online_kernel to online: EBUSY")		\
	X(KERNEL_KERNEL, ON_7_3, "online_kernel to online_kernel: nothing happens") \
	X(KERNEL_MOVABLE, ON_7_3, "online_kernel to online_movable: EBUSY")	\
	X(MOVABLE_UNPLUGGED, ON_7_3, "online_movable to unplugged: memory goes") \
	X(MOVABLE_ONLINE, ON_7_3, "online_movable to online: EBUSY")		\
	X(MOVABLE_KERNEL, ON_7_3, "online_movable to online_kernel: EBUSY")	\
	X(MOVABLE_MOVABLE, ON_7_3, "online_movable to online_movable: nothing happens") \
										\
	/* model-driver.c */							\
	X(TAKES_DEVDAX, ON_6_1, "device_dax takes a device that nobody claims")	\
	X(TAKES_KMEM, SINCE_6_12, "kmem takes a device that nobody claims")	\
	X(BIND_TWICE, ON_ALL, "bind: EBUSY if a driver has the device")		\
	X(BIND_EMPTY, ON_ALL, "bind: ENXIO if the device's size is 0")		\
	X(BIND_UNKNOWN, ON_ALL, "bind: ENODEV without such a device")		\
	X(BIND_NO_MATCH, ON_ALL, "bind: ENODEV if the driver is not for the device") \
	X(UNBIND_NOT_BOUND, ON_ALL, "unbind: ENODEV if this driver does not have the device") \
	X(UNBIND_SILENT, ON_ALL, "unbind: memory that stays behind is not told of") \
	X(NEW_ID_NAME, ON_ALL, "new_id: what is no device's name is EINVAL")	\
	X(NEW_ID_ATTACHES, ON_ALL, "new_id: the driver takes the device at once") \
	X(NEW_ID_OTHERS, ON_ALL, "new_id: other devices are offered to the driver, too") \
	X(NEW_ID_SILENT, ON_ALL, "new_id: a device that cannot be taken is not told of") \
	X(REMOVE_ID_NAME, ON_ALL, "remove_id: what is no device's name is EINVAL") \
	X(REMOVE_ID_UNLISTED, ON_ALL, "remove_id: an id that is not there is fine") \
	X(REMOVE_ID_FORGETS, ON_ALL, "remove_id: the driver is for the device no more") \
	X(AUTOPROBE_WORD, ON_ALL, "drivers_autoprobe: all but 0 is 1")		\
										\
	/* model-dimm.c */							\
	X(DIMM_RAM, ON_REPLAY, "DIMM: iomem says plain System RAM")		\
	X(DIMM_MEMMAP, ON_REPLAY, "DIMM: its range is in /sys/firmware/memmap")	\
	X(DIMM_GROUP, ON_REPLAY, "DIMM: to auto-movable it is one device")	\
	X(DIMM_POLICY, ON_REPLAY, "DIMM: policy onlines what comes")		\
	X(DIMM_CONTAINER, ON_REPLAY, "DIMM: since 6.12 its container is told online last") \
	X(DIMM_PUTS_BACK, ON_REPLAY, "DIMM: if a block refuses, what was taken is put back") \
	X(DIMM_FORGETS_ZONE, ON_REPLAY, "DIMM: what is put back goes where a plain online goes") \
	X(DIMM_KEEPS_OFFLINE, ON_REPLAY, "DIMM: what was offline is put back so")	\
	X(EJECT_WORD, ON_REPLAY, "eject: what does not begin with 1 is EINVAL")	\
	X(EJECT_TAIL, ON_REPLAY, "eject: of 1, only that letter counts")		\
	X(EJECT_EMPTY, ON_REPLAY, "eject: ENODEV if the slot is empty")		\
										\
	/* model-vmem.c */							\
	X(VMEM_MERGES, ON_REPLAY, "virtio-mem: neighbours are one range in iomem") \
	X(VMEM_POLICY, ON_REPLAY, "virtio-mem: policy onlines what comes")	\
	X(VMEM_LOW_FIRST, ON_REPLAY, "virtio-mem: the lowest block comes first")	\
	X(VMEM_FILLS, ON_REPLAY, "virtio-mem: a block that is there in part is filled first") \
	X(VMEM_NOT_MANAGED, ON_REPLAY, "virtio-mem: what the host keeps is not managed") \
	X(VMEM_WAITS, ON_REPLAY, "virtio-mem: no more comes while too much is offline") \
	X(VMEM_GOES_ON, ON_REPLAY, "virtio-mem: more comes once half of that is online") \
	X(VMEM_HIGH_FIRST, ON_REPLAY, "virtio-mem: the highest block goes first") \
	X(VMEM_PART_FIRST, ON_REPLAY, "virtio-mem: what is there in part goes first") \
	X(VMEM_OFFLINE_FIRST, ON_REPLAY, "virtio-mem: what is offline goes before the rest") \
	X(VMEM_KERNEL_LAST, ON_REPLAY, "virtio-mem: what is in a kernel zone goes last") \
	X(VMEM_BIG_BLOCKS, ON_REPLAY, "virtio-mem: large blocks of the device's go as a whole") \
	X(VMEM_LEFT_BEHIND, ON_REPLAY, "virtio-mem: memory stays without its driver") \
	X(VMEM_LEFT_PART, ON_REPLAY, "virtio-mem: offline, what is there in part goes with the driver") \
	X(VMEM_LEFT_ONLINE, ON_REPLAY, "virtio-mem: unbound, what is there in part stays online") \
	X(VMEM_LEFT_BUSY, ON_REPLAY, "virtio-mem: bind is EBUSY if memory was left behind") \
										\
	/* event.c, and where events are sent */				\
	X(EVENT_NODE_FIRST, ON_7_3, "a node comes, then its blocks")		\
	X(EVENT_NODE_LATER, UNTIL_6_12, "blocks come, then their node")		\
	X(EVENT_TIER_FIRST, ON_ALL, "a tier comes and goes before the block's own event") \
	X(EVENT_DRIVER_LATER, ON_ALL, "a driver takes its devices, then it comes") \
	X(EVENT_UNBIND_NO_ALIAS, ON_ALL, "unbind tells no MODALIAS")		\
										\
	/* event-synth.c */							\
	X(EVENT_SYNTH_WORDS, ON_ALL, "uevent: EINVAL for what is no action")	\
	X(EVENT_SYNTH_UUID, ON_ALL, "uevent: SYNTH_UUID=0 if none is given")		\
	X(EVENT_SYNTH_SILENT, ON_ALL, "uevent: mappingK is of no subsystem and tells nobody") \
										\
	/* module.c */								\
	X(LOAD_PROBES, ON_ALL, "a driver that comes takes what it is for")	\
	X(LOAD_AUTOPROBE, ON_ALL, "a driver that comes takes nothing with drivers_autoprobe 0") \
	X(UNLOAD_ORDER, ON_ALL, "a driver that goes gives up first what it took last") \
	X(UNLOAD_SILENT, ON_ALL, "a module goes though its memory stays behind")	\
										\
	/* model-policy.c, model-zone.c */					\
	X(AUTO_MOVABLE, ON_ALL, "online_policy=auto-movable: plain online goes by the ratio") \
	X(GROUP_AS_WHOLE, ON_ALL, "auto-movable: a device is Movable as a whole, or not") \
	X(GROUP_STAYS_KERNEL, ON_ALL, "auto-movable: once a block is kernel, its device is") \
	X(ONLY_BOOT_EARNS, ON_ALL, "auto-movable: only boot memory earns Movable memory for all") \
	X(VMEM_EARNS, ON_REPLAY, "virtio-mem: to auto-movable its own kernel memory earns, too") \
	X(VMEM_APART, ON_REPLAY, "virtio-mem: others need not make up for its Movable memory") \
	X(VMEM_OWES, ON_REPLAY, "virtio-mem: boot memory that it needs is not there for others") \
	X(VMEM_UNIT_WHOLE, ON_REPLAY, "virtio-mem: large blocks are Movable as a whole, or not") \
	X(VMEM_UNIT_KERNEL, ON_REPLAY, "virtio-mem: once a part of such is kernel, all is") \
	X(RATIO_OF_ALL, ON_ALL, "auto_movable_ratio: of the whole machine")	\
	X(RATIO_OF_NODE, ON_ALL, "auto_movable_numa_aware: and of the node")	\
	X(POLICY_WORD, ON_ALL, "online_policy: another word is EINVAL")		\
	X(RATIO_NUMBER, ON_ALL, "auto_movable_ratio: no number is EINVAL, a big one ERANGE") \
	X(NUMA_AWARE_WORD, ON_ALL, "auto_movable_numa_aware: no boolean is EINVAL")	\
	/* poison.c */								\
	X(POISON_REFUSES_ONLINE, SINCE_6_12, "a block with a broken page is EHWPOISON to online") \
	X(POISON_FORGOTTEN, ON_6_1, "a block that goes offline forgets broken pages")	\
	X(HARD_ABSENT, ON_7_3, "hard_offline_page: where no memory is EBUSY")		\
	X(HARD_BLOCK_OFFLINE, ON_ALL, "hard_offline_page: of an offline block is ENXIO")	\
	X(HARD_TWICE, ON_ALL, "hard_offline_page: a broken page is EHWPOISON")		\
	X(HARD_KERNEL_PAGE, ON_ALL, "hard_offline_page: the kernel's own page is EBUSY")	\
	X(SOFT_ABSENT, ON_ALL, "soft_offline_page: where no memory is ENXIO")		\
	X(SOFT_KERNEL_PAGE, ON_ALL, "soft_offline_page: the kernel's own page is refused")	\
	X(SOFT_BLOCK_OFFLINE, ON_ALL, "soft_offline_page: of an offline block is EIO")	\
	/* model-region.c */							\
	X(CREATE_ONE, ON_ALL, "create: another number than 1 is EINVAL")		\
	X(CREATE_FULL, ON_ALL, "create: in a region without room is ENOSPC")		\
	X(DELETE_IN_USE, ON_ALL, "delete: a device that is bound or has a size is EBUSY")	\
	X(DELETE_FIRST, ON_ALL, "delete: the region's first device is EBUSY")		\
	/* model-resize.c */							\
	X(SIZE_UNIT, ON_ALL, "size: what is not aligned is EINVAL")			\
	X(SIZE_BOUND, ON_ALL, "size: of a device that is bound is EBUSY")		\
	X(SIZE_NO_SPACE, ON_ALL, "size: more than the region has is ENOSPC")		\
	X(SIZE_EXTENDS, ON_ALL, "size: the last mapping grows if there is room behind it")	\
	X(MAPPING_BUSY, ON_ALL, "mapping: a range that a device has is ENOMEM")		\
	X(MAPPING_UNIT, ON_ALL, "mapping: a length not aligned is ENXIO, since 6.12 ignored") \
	X(ALIGN_NUMBER, ON_ALL, "align: no number is ENXIO")				\
	X(ALIGN_PAGES, ON_ALL, "align: what is no page's size is EINVAL")		\
	X(ALIGN_BOUND, ON_ALL, "align: of a device that is bound is EBUSY")		\
	X(ALIGN_RANGES, ON_ALL, "align: one that the mappings do not have is EINVAL")	\
	X(MEMMAP_UNSUPPORTED, SINCE_6_12, "memmap_on_memory: 1 while it is off is EOPNOTSUPP") \
	X(MEMMAP_BOUND, SINCE_6_12, "memmap_on_memory: to change it while kmem has it is EBUSY")	\
	/* model-cxl-region.c */							\
	X(CXL_CREATE_NAME, ON_CXL, "create_ram_region: what is no region's name is EINVAL") \
	X(CXL_CREATE_NEXT, ON_CXL, "create_ram_region: not the next region is EBUSY")	\
	X(CXL_NUMBER_REUSED, ON_CXL, "CXL: a lower number that is free again is the next") \
	X(CXL_DELETE_UNKNOWN, ON_CXL, "delete_region: ENODEV without such a region")	\
	X(CXL_WAYS_NUMBER, ON_CXL, "interleave_ways: what no decoder can is EINVAL")	\
	X(CXL_WAYS_LATE, ON_CXL, "interleave_ways: of a region with a size is EBUSY")	\
	X(CXL_GRANULARITY_NUMBER, ON_CXL, "granularity: what no decoder can is EINVAL")	\
	X(CXL_GRANULARITY_LATE, ON_CXL, "granularity: of a region with a size is EBUSY") \
	X(CXL_SIZE_EARLY, ON_CXL, "CXL size: before ways and granularity is ENXIO")	\
	X(CXL_SIZE_UNIT, ON_CXL, "CXL size: no multiple of 256 MiB a way is EINVAL")	\
	X(CXL_SIZE_TWICE, ON_CXL, "CXL size: another one while there is one is EBUSY")	\
	X(CXL_SIZE_NO_SPACE, ON_CXL, "CXL size: more than the window has is ERANGE")	\
	X(CXL_SIZE_USED, ON_CXL, "CXL size: 0 with all targets there is EBUSY")		\
	X(CXL_TARGET_UNKNOWN, ON_CXL, "target: ENODEV without such a device")		\
	X(CXL_COMMIT_EARLY, ON_CXL, "commit: 1 without all targets is ENXIO")		\
	X(CXL_COMMIT_TWICE, ON_CXL, "commit: 1 to a committed region does nothing")	\
	X(CXL_COMMIT_LOCKED, ON_7_3 | APART, "commit: 0 to a locked region is EPERM")	\
	X(CXL_COMMIT_UNBINDS, ON_CXL, "commit: 0 takes the region from its driver")	\
	/* model-cxl-decoder.c */							\
	X(CXL_MODE_WORD, ON_CXL, "decoder's mode: any other word is EINVAL")		\
	X(CXL_MODE_USED, ON_CXL, "decoder's mode: of a programmed decoder is EBUSY")	\
	X(CXL_MODE_ABSENT, ON_CXL, "decoder's mode: what the device does not have is ENXIO") \
	X(CXL_DPA_UNIT, ON_CXL, "dpa_size: no multiple of 256 MiB is EINVAL")		\
	X(CXL_DPA_MODE, ON_CXL, "dpa_size: without a mode is EINVAL")			\
	X(CXL_DPA_NO_SPACE, ON_CXL, "dpa_size: more than the device has is ENOSPC")	\
	X(CXL_DPA_USED, ON_CXL, "dpa_size: of a decoder in a region is EBUSY")		\
	X(CXL_DPA_ORDER, ON_CXL, "dpa_size: not in the order of decoders is EBUSY")	\
	/* model-cxl-attach.c */							\
	X(CXL_HPA_ORDER, ON_CXL, "target: in a port that a higher region uses is EBUSY") \
	X(CXL_TARGET_MODE, ON_CXL, "target: of another mode is EINVAL")			\
	X(CXL_TARGET_EARLY, ON_CXL, "target: of a region without a size is ENXIO")	\
	X(CXL_TARGET_FULL, ON_CXL, "target: of a region that has all is EBUSY")		\
	X(CXL_TARGET_NO_DPA, ON_CXL, "target: without memory of its device is ENXIO")	\
	X(CXL_TARGET_SIZE, ON_CXL, "target: whose memory is no equal share is EINVAL")	\
	X(CXL_TARGET_TAKEN, ON_CXL, "target: where there is another one is EBUSY")	\
	X(CXL_TARGET_TWICE, ON_CXL, "target: of a device that is in already is EINVAL")	\
	X(CXL_COMMIT_ORDER, ON_CXL, "commit: not in the order of decoders is EBUSY")	\
	/* model-cxl-driver.c */							\
	X(CXL_BIND_UNKNOWN, ON_CXL, "cxl_region/bind: ENODEV without such a region")	\
	X(CXL_BIND_EARLY, ON_CXL, "cxl_region/bind: of one not committed is ENXIO")	\
	X(CXL_BIND_RAM, ON_CXL, "cxl_region/bind: what is System RAM gets no dax device") \
	X(CXL_UNBIND_NOT_BOUND, ON_CXL, "cxl_region/unbind: ENODEV if it is not bound")	\
	X(CXL_EVENT_DAX_LATER, ON_CXL, "a CXL region is bound, then its dax region")	\
	/* permission.c */							\
	X(PLAIN_READ, ON_ALL, "a plain user does not read resource and mappings: EACCES")	\
	X(PLAIN_WRITE, ON_ALL, "a plain user writes nothing: EACCES")			\
	X(PLAIN_IOMEM, ON_ALL, "a plain user sees zeros for addresses in /proc/iomem")	\
										\
	/* model-s390.c */							\
	X(CONFIG_TWICE, ON_DOCS, "config: what is so already is taken, and nothing happens") \
	X(CONFIG_BUSY, ON_DOCS, "config: 0 to a block that is not offline is EBUSY")	\
	X(CONFIG_POLICY, ON_DOCS, "config: policy onlines what comes")			\
	X(CONFIG_MEMMAP, ON_DOCS, "memmap_on_memory: of a block that is there is EBUSY") \
	X(CONFIG_NO_MEMMAP, ON_DOCS, "memmap_on_memory: 1 while it is off is EOPNOTSUPP") \
										\
	/* model-dlpar.c */							\
	X(DLPAR_WORD, ON_DOCS, "dlpar: an index that is no LMB's is EINVAL")		\
	X(DLPAR_TWICE, ON_DOCS, "dlpar: to add what is assigned is EINVAL")		\
	X(DLPAR_POLICY, ON_DOCS, "dlpar: policy onlines what comes")			\
	X(DLPAR_ONLINES, ON_DOCS, "dlpar: what policy leaves offline is onlined")	\
	X(DLPAR_UNADDS, ON_DOCS, "dlpar: an LMB that will not online goes again")	\
	X(DLPAR_OFFLINES, ON_DOCS, "dlpar: to remove an LMB takes it offline")

enum rule {
#define RULE_ENUM(name, kernels, text) RULE_##name,
	RULES(RULE_ENUM)
#undef RULE_ENUM
	RULES_COUNT
};

struct rules {
	unsigned long hits[RULES_COUNT];	/* how often it decided something */
	bool is_wrong[RULES_COUNT];		/* the model has it the other way round */
};

/*
 * Does the model act by this rule? True, but where a test had it turned round.
 * Asked last, where all else says that the rule decides:
 * if (block->state == MHP_STATE_ONLINE && holds(model, RULE_ONLINE_TWICE))
 */
bool holds(const struct model *model, enum rule rule);

const char *rule_name(enum rule rule);
const char *rule_text(enum rule rule);
unsigned int rule_kernels(enum rule rule);
/* RULES_COUNT: there is no such rule */
enum rule rule_find(const char *name);

#endif /* SIM_RULES_H */

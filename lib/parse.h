/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Kernel text to values: strict, without I/O. One trailing newline is allowed
 * (not in names of files, nor where a length is given), no other white space, no
 * sign, no junk. Digits are as the kernel prints them: decimal numbers without
 * leading zeros, hex in lower case. Outputs are written upon success only.
 * -EINVAL: the text is malformed; -ERANGE: only a number in it is too large.
 */
#ifndef MHP_PARSE_H
#define MHP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mhp/types.h>

/* decimal: "536870912" */
int parse_dec(const char *str, uint64_t *ret);
/* hex without 0x: "8000000" (block_size_bytes, phys_index) */
int parse_bare_hex(const char *str, uint64_t *ret);
/* hex with 0x: "0x100000000" (dax resource, mappingK) */
int parse_0x_hex(const char *str, uint64_t *ret);

/* "memory32" -> 32; "memory_failure" is no block. At most UINT64_MAX - 1: id + 1 fits */
int parse_block_name(const char *name, uint64_t *ret_id);
/* "node1" -> 1; at most INT_MAX */
int parse_node_name(const char *name, int *ret_node);
/* "mapping0" -> 0; at most INT_MAX */
int parse_mapping_name(const char *name, unsigned int *ret_index);
/* "memory_tier4" -> 4, "index1" (of a memory-side cache) -> 1; at most INT_MAX */
int parse_tier_name(const char *name, int *ret_tier);
int parse_cache_name(const char *name, unsigned int *ret_level);
/* "dax0.1" is a dax device's name, "dax_region" is not; numbers up to INT_MAX */
bool is_dax_name(const char *name);
/* "virtio0"; numbers up to INT_MAX */
bool is_virtio_name(const char *name);

/*
 * "0-1,4" -> fn(data, first, last) for each part, ascending and not overlapping;
 * the empty list is fine. Numbers are at most INT_MAX, which says nothing about how
 * many they are: "0-2147483647" is a list. fn is not called at all if the text is
 * malformed. Non-zero from fn ends it, and is returned.
 */
typedef int (*parse_list_fn)(void *data, unsigned int first, unsigned int last);
int parse_list(const char *str, parse_list_fn fn, void *data);

/*
 * nodeM/distance: exactly count numbers of at most INT_MAX, a single space between. There
 * may be one before the first: it is missing only before node 0
 * (node_read_distance() in drivers/base/node.c). -ERANGE if one is too large.
 */
int parse_numbers(const char *str, unsigned int *ret, size_t count);

/* A word is 1 to PARSE_MAX_WORD bytes of any value but white space. */
#define PARSE_MAX_WORD 32
/* memoryN/state; a word never seen is 0 with MHP_STATE_UNKNOWN; -EINVAL: not one word */
int parse_state(const char *str, enum mhp_state *ret);
/* daxX.Y/state, likewise */
int parse_device_state(const char *str, enum mhp_device_state *ret);

#define PARSE_MAX_ZONES 3
/*
 * valid_zones: one to PARSE_MAX_ZONES words with a single space between;
 * *ret_count words in ret_zones, MHP_ZONE_UNKNOWN for a word never seen. Others are
 * not touched. "none" stands alone.
 */
int parse_zones(const char *str, enum mhp_zone ret_zones[PARSE_MAX_ZONES], size_t *ret_count);

/*
 * types.c: one word, exactly length bytes. 0 for any that is not the kernel's own,
 * so also for "mixed" and "absent".
 */
enum mhp_state parse_state_word(const char *word, size_t length);
enum mhp_device_state parse_device_state_word(const char *word, size_t length);
enum mhp_zone parse_zone_word(const char *word, size_t length);

/* The kernel stops at 8. */
#define IOMEM_MAX_LEVEL 31
/* A line of /proc/iomem; name points into it and is not terminated. */
struct iomem_line {
	unsigned int level;		/* 0 = top, at most IOMEM_MAX_LEVEL */
	uint64_t start, end;		/* both inclusive, start <= end; 0, 0: hidden from us */
	const char *name;		/* any bytes, may be empty */
	size_t name_length;
};
/* line ends at length; -EINVAL if there is a newline in it */
int parse_iomem_line(const char *line, size_t length, struct iomem_line *ret);
/*
 * "System RAM (kmem)" -> the driver's name and its length; "System RAM" -> 0 with
 * *ret_driver NULL, *ret_length 0; -EINVAL for any other name and for an empty or
 * unclosed driver, or one that cannot be shown. As for the kernel, the last byte closes:
 * "(a(b)c)" is "a(b)c".
 */
int parse_system_ram(const char *name, size_t length, const char **ret_driver,
		     size_t *ret_length);

#endif /* MHP_PARSE_H */

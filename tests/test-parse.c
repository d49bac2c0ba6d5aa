// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Kernel text to values. The good texts are those that kernels 6.1, 6.12 and 7.3
 * showed; then what is malformed or hostile; then random bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "internal.h"

#define MAX UINT64_MAX
#define UNTOUCHED UINT64_C(0xdeadbeef)

/* xorshift64*: the same numbers in every run */
static uint64_t seed;

static uint64_t random_number(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * UINT64_C(0x2545f4914f6cdd1d);
}

static size_t random_below(size_t limit)
{
	return (size_t)(random_number() >> 11) % limit;
}

/* ---- one number ---- */

/* All of them as uint64_t, for one table. */
static int node_name(const char *name, uint64_t *ret)
{
	int node = (int)UNTOUCHED, r = parse_node_name(name, &node);

	*ret = node == (int)UNTOUCHED ? UNTOUCHED : (uint64_t)node;
	return r;
}

static int mapping_name(const char *name, uint64_t *ret)
{
	unsigned int index = UNTOUCHED;
	int r = parse_mapping_name(name, &index);

	*ret = index;
	return r;
}

static int tier_name(const char *name, uint64_t *ret)
{
	int tier = (int)UNTOUCHED, r = parse_tier_name(name, &tier);

	*ret = tier == (int)UNTOUCHED ? UNTOUCHED : (uint64_t)tier;
	return r;
}

static int cache_name(const char *name, uint64_t *ret)
{
	unsigned int level = UNTOUCHED;
	int r = parse_cache_name(name, &level);

	*ret = level;
	return r;
}

static int dax_name(const char *name, uint64_t *ret)
{
	if (!is_dax_name(name))
		return -EINVAL;
	*ret = 1;
	return 0;
}

static int virtio_name(const char *name, uint64_t *ret)
{
	if (!is_virtio_name(name))
		return -EINVAL;
	*ret = 1;
	return 0;
}

struct number_case {
	int (*parse)(const char *str, uint64_t *ret);
	const char *str;
	int r;
	uint64_t value;
};

static const struct number_case numbers[] = {
	/* size, align, target_node */
	{ parse_dec, "536870912", 0, 536870912 },
	{ parse_dec, "134217728\n", 0, 134217728 },
	{ parse_dec, "0", 0, 0 },
	{ parse_dec, "18446744073709551615", 0, MAX },
	{ parse_dec, "18446744073709551616", -ERANGE, 0 },
	{ parse_dec, "99999999999999999999999999\n", -ERANGE, 0 },
	{ parse_dec, "99999999999999999999999999x", -EINVAL, 0 },
	{ parse_dec, "", -EINVAL, 0 },
	{ parse_dec, "\n", -EINVAL, 0 },
	{ parse_dec, "1\n\n", -EINVAL, 0 },
	{ parse_dec, "\n1", -EINVAL, 0 },
	{ parse_dec, "1\r\n", -EINVAL, 0 },
	{ parse_dec, " 1", -EINVAL, 0 },
	{ parse_dec, "1 ", -EINVAL, 0 },
	{ parse_dec, "+1", -EINVAL, 0 },
	{ parse_dec, "-1", -EINVAL, 0 },
	{ parse_dec, "1a", -EINVAL, 0 },
	{ parse_dec, "1/", -EINVAL, 0 },
	{ parse_dec, "1:", -EINVAL, 0 },
	{ parse_dec, "0x1", -EINVAL, 0 },
	{ parse_dec, "010", -EINVAL, 0 },
	{ parse_dec, "00", -EINVAL, 0 },
	{ parse_dec, "1.5", -EINVAL, 0 },
	{ parse_dec, "1\xff", -EINVAL, 0 },

	/* block_size_bytes, phys_index */
	{ parse_bare_hex, "8000000", 0, 0x8000000 },
	{ parse_bare_hex, "8000000\n", 0, 0x8000000 },
	{ parse_bare_hex, "00000000\n", 0, 0 },
	{ parse_bare_hex, "00000020\n", 0, 32 },
	{ parse_bare_hex, "abcdef", 0, 0xabcdef },
	{ parse_bare_hex, "ffffffffffffffff", 0, MAX },
	{ parse_bare_hex, "0ffffffffffffffff", 0, MAX },
	{ parse_bare_hex, "10000000000000000", -ERANGE, 0 },
	{ parse_bare_hex, "fffffffffffffffff\n", -ERANGE, 0 },
	{ parse_bare_hex, "fffffffffffffffffg", -EINVAL, 0 },
	{ parse_bare_hex, "0x8000000", -EINVAL, 0 },
	{ parse_bare_hex, "ABCDEF", -EINVAL, 0 },
	{ parse_bare_hex, "-8", -EINVAL, 0 },
	{ parse_bare_hex, "8g", -EINVAL, 0 },
	{ parse_bare_hex, "8`", -EINVAL, 0 },
	{ parse_bare_hex, "8:", -EINVAL, 0 },
	{ parse_bare_hex, "8/", -EINVAL, 0 },
	{ parse_bare_hex, "", -EINVAL, 0 },

	/* resource, mappingK/start, end, page_offset */
	{ parse_0x_hex, "0x100000000\n", 0, 0x100000000 },
	{ parse_0x_hex, "0x11fffffff", 0, 0x11fffffff },
	{ parse_0x_hex, "0x0", 0, 0 },
	{ parse_0x_hex, "0xffffffffffffffff", 0, MAX },
	{ parse_0x_hex, "0x10000000000000000", -ERANGE, 0 },
	{ parse_0x_hex, "100000000", -EINVAL, 0 },
	{ parse_0x_hex, "0X10", -EINVAL, 0 },
	{ parse_0x_hex, "0xFF", -EINVAL, 0 },
	{ parse_0x_hex, "x10", -EINVAL, 0 },
	{ parse_0x_hex, "0x", -EINVAL, 0 },
	{ parse_0x_hex, "0x\n", -EINVAL, 0 },
	{ parse_0x_hex, "0", -EINVAL, 0 },
	{ parse_0x_hex, "", -EINVAL, 0 },
	{ parse_0x_hex, "0x 1", -EINVAL, 0 },
	{ parse_0x_hex, "0x-1", -EINVAL, 0 },
	{ parse_0x_hex, "0x0x1", -EINVAL, 0 },

	{ parse_block_name, "memory0", 0, 0 },
	{ parse_block_name, "memory32", 0, 32 },
	{ parse_block_name, "memory18446744073709551614", 0, MAX - 1 },
	{ parse_block_name, "memory18446744073709551615", -ERANGE, 0 },
	{ parse_block_name, "memory18446744073709551616", -ERANGE, 0 },
	{ parse_block_name, "memory", -EINVAL, 0 },
	{ parse_block_name, "memory_failure", -EINVAL, 0 },
	{ parse_block_name, "memory_tier4", -EINVAL, 0 },
	{ parse_block_name, "memory007", -EINVAL, 0 },
	{ parse_block_name, "memory00", -EINVAL, 0 },
	{ parse_block_name, "memory-1", -EINVAL, 0 },
	{ parse_block_name, "memory+1", -EINVAL, 0 },
	{ parse_block_name, "memory 1", -EINVAL, 0 },
	{ parse_block_name, "memory1x", -EINVAL, 0 },
	{ parse_block_name, "memory1\n", -EINVAL, 0 },
	{ parse_block_name, "Memory1", -EINVAL, 0 },
	{ parse_block_name, "xmemory1", -EINVAL, 0 },
	{ parse_block_name, "memor", -EINVAL, 0 },
	{ parse_block_name, "", -EINVAL, 0 },

	{ node_name, "node0", 0, 0 },
	{ node_name, "node1023", 0, 1023 },
	{ node_name, "node2147483647", 0, INT_MAX },
	{ node_name, "node2147483648", -ERANGE, 0 },
	{ node_name, "node4294967296", -ERANGE, 0 },
	{ node_name, "node", -EINVAL, 0 },
	{ node_name, "node01", -EINVAL, 0 },
	{ node_name, "node-1", -EINVAL, 0 },
	{ node_name, "node1\n", -EINVAL, 0 },
	{ node_name, "nodelist", -EINVAL, 0 },

	{ mapping_name, "mapping0", 0, 0 },
	{ mapping_name, "mapping1", 0, 1 },
	{ mapping_name, "mapping2147483647", 0, INT_MAX },
	{ mapping_name, "mapping2147483648", -ERANGE, 0 },
	{ mapping_name, "mapping4294967296", -ERANGE, 0 },
	{ mapping_name, "mapping", -EINVAL, 0 },
	{ mapping_name, "mapping00", -EINVAL, 0 },
	{ mapping_name, "mapping0\n", -EINVAL, 0 },

	{ tier_name, "memory_tier4", 0, 4 },
	{ tier_name, "memory_tier22", 0, 22 },
	{ tier_name, "memory_tier2147483647", 0, INT_MAX },
	{ tier_name, "memory_tier2147483648", -ERANGE, 0 },
	{ tier_name, "memory_tier-12", -EINVAL, 0 },
	{ tier_name, "memory_tier", -EINVAL, 0 },
	{ tier_name, "memory_tiering", -EINVAL, 0 },
	{ tier_name, "memory_tier04", -EINVAL, 0 },

	{ cache_name, "index1", 0, 1 },
	{ cache_name, "index2147483648", -ERANGE, 0 },
	{ cache_name, "index", -EINVAL, 0 },
	{ cache_name, "index-1", -EINVAL, 0 },

	{ dax_name, "dax0.0", 0, 1 },
	{ dax_name, "dax1.0", 0, 1 },
	{ dax_name, "dax12.345", 0, 1 },
	{ dax_name, "dax2147483647.0", 0, 1 },
	{ dax_name, "dax2147483648.0", -EINVAL, 0 },
	{ dax_name, "dax0.2147483648", -EINVAL, 0 },
	{ dax_name, "dax", -EINVAL, 0 },
	{ dax_name, "dax0", -EINVAL, 0 },
	{ dax_name, "dax0.", -EINVAL, 0 },
	{ dax_name, "dax.0", -EINVAL, 0 },
	{ dax_name, "dax0.0.0", -EINVAL, 0 },
	{ dax_name, "dax00.0", -EINVAL, 0 },
	{ dax_name, "dax0.00", -EINVAL, 0 },
	{ dax_name, "dax0.0\n", -EINVAL, 0 },
	{ dax_name, "dax0.-1", -EINVAL, 0 },
	{ dax_name, "dax0,0", -EINVAL, 0 },
	{ dax_name, "dax_region", -EINVAL, 0 },
	{ dax_name, "../dax0.0", -EINVAL, 0 },
	{ dax_name, "dax0.0/..", -EINVAL, 0 },

	{ virtio_name, "virtio0", 0, 1 },
	{ virtio_name, "virtio2147483647", 0, 1 },
	{ virtio_name, "virtio2147483648", -EINVAL, 0 },
	{ virtio_name, "virtio", -EINVAL, 0 },
	{ virtio_name, "virtio01", -EINVAL, 0 },
	{ virtio_name, "virtio0\n", -EINVAL, 0 },
	{ virtio_name, "virtio0 ", -EINVAL, 0 },
	{ virtio_name, "virtio-mem", -EINVAL, 0 },
	{ virtio_name, "../virtio0", -EINVAL, 0 },
	{ virtio_name, "0000:00:02.0: virtio0", -EINVAL, 0 },
};

static void one_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		const struct number_case *c = &numbers[i];
		uint64_t value = UNTOUCHED;
		int r = c->parse(c->str, &value);

		if (r != c->r || value != (r == 0 ? c->value : UNTOUCHED))
			fail_msg("\"%s\": %d, %" PRIu64, c->str, r, value);
	}
}

static void numbers_lead_back(void **state)
{
	static const struct {
		int (*parse)(const char *str, uint64_t *ret);
		const char *format;
	} ways[] = {
		{ parse_dec, "%" PRIu64 "\n" },
		{ parse_bare_hex, "%" PRIx64 "\n" },
		{ parse_bare_hex, "%08" PRIx64 },
		{ parse_0x_hex, "0x%" PRIx64 },
		{ parse_block_name, "memory%" PRIu64 },
	};

	(void)state;
	seed = 1;
	for (int i = 0; i < 5000; i++) {
		uint64_t value = random_number() >> random_below(64), got = ~value;
		char text[64];

		if (value == MAX)
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(ways); j++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(text, sizeof(text), ways[j].format, value);
#pragma GCC diagnostic pop
			assert_int_equal(ways[j].parse(text, &got), 0);
			assert_true(got == value);
		}
	}
}

/* ---- lists ---- */

struct parts {
	char text[128];
	int calls, stop_at;
};

/* Writes the list anew. */
static int add_part(void *data, unsigned int first, unsigned int last)
{
	struct parts *parts = data;
	size_t length = strlen(parts->text);

	if (++parts->calls == parts->stop_at)
		return 42;
	snprintf(parts->text + length, sizeof(parts->text) - length,
		 first == last ? "%s%u" : "%s%u-%u", length ? "," : "", first, last);
	return 0;
}

static void lists(void **state)
{
	static const char *const good[] = {
		/* online, possible, has_memory, cpulist, nodelist */
		"", "0", "1", "0-1", "0-2", "0-3", "1-2", "0,3",
		"0-1,4", "0,2,4-7,9", "3,1023", "0-1,2", "2147483647", "0-2147483647",
	};
	static const struct {
		const char *str;
		int r;
	} bad[] = {
		{ "1-", -EINVAL }, { "-1", -EINVAL }, { "-", -EINVAL }, { ",", -EINVAL },
		{ "1,,2", -EINVAL }, { "1,", -EINVAL }, { ",1", -EINVAL }, { "1,\n", -EINVAL },
		{ "2-1", -EINVAL }, { "2,1", -EINVAL }, { "0-3,2", -EINVAL }, { "1,1", -EINVAL },
		{ "0-3,3-4", -EINVAL }, { "1-2-3", -EINVAL }, { "1--2", -EINVAL },
		{ "0 1", -EINVAL }, { "0, 1", -EINVAL }, { " 0", -EINVAL }, { "0 ", -EINVAL },
		{ "01", -EINVAL }, { "0-01", -EINVAL }, { "+1", -EINVAL }, { "0x1", -EINVAL },
		{ "0-31:1/2", -EINVAL }, { "a", -EINVAL }, { "all", -EINVAL }, { "N", -EINVAL },
		{ "0\n\n", -EINVAL }, { "\n\n", -EINVAL }, { "0\n1", -EINVAL }, { " ", -EINVAL },
		{ "2147483648", -ERANGE }, { "0-2147483648", -ERANGE },
		{ "0,4294967296", -ERANGE }, { "4294967296-4294967297", -ERANGE },
		{ "4294967296-5", -ERANGE },
		{ "0-18446744073709551616\n", -ERANGE }, { "4294967296-", -EINVAL },
		{ "4294967296,", -EINVAL }, { "0-4294967296x", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct parts parts = { "", 0, 0 }, again = { "", 0, 0 };
		char line[64];

		assert_int_equal(parse_list(good[i], add_part, &parts), 0);
		assert_string_equal(parts.text, good[i]);
		snprintf(line, sizeof(line), "%s\n", good[i]);
		assert_int_equal(parse_list(line, add_part, &again), 0);
		assert_string_equal(again.text, good[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct parts parts = { "", 0, 0 };
		int r = parse_list(bad[i].str, add_part, &parts);

		if (r != bad[i].r || parts.calls != 0)
			fail_msg("\"%s\": %d after %d calls", bad[i].str, r, parts.calls);
	}
}

static void list_is_ended_by_the_callee(void **state)
{
	struct parts parts = { "", 0, 2 };

	(void)state;
	assert_int_equal(parse_list("0-1,4,6", add_part, &parts), 42);
	assert_int_equal(parts.calls, 2);
	assert_string_equal(parts.text, "0-1");
}

/* ---- words ---- */

#define WORD_32 "abcdefghijklmnopqrstuvwxyz012345"

static const char *const not_one_word[] = {
	"", "\n", "\n\n", " ", " online", "online ", "online \n", "online\n\n", "\nonline",
	"online offline", "online\njunk", "online\r\n", "online\tx", "online\vx", "online\f",
	WORD_32 "6",
};

static const char *const words_never_seen[] = {
	"Online", "ONLINE", "onlin", "onlinee", "absent", "mixed", "unknown", "going_offline",
	"ERROR-UNKNOWN-9", "1", "\x01\x02", "\xff\xfe\n", WORD_32, WORD_32 "\n",
};

static void block_states(void **state)
{
	static const struct {
		const char *str;
		enum mhp_state value;
	} good[] = {
		{ "online", MHP_STATE_ONLINE }, { "online\n", MHP_STATE_ONLINE },
		{ "offline\n", MHP_STATE_OFFLINE },
		{ "going-offline\n", MHP_STATE_GOING_OFFLINE },
		{ "online_movable\n", MHP_STATE_UNKNOWN }, { "unplugged", MHP_STATE_UNKNOWN },
	};
	enum mhp_state value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		value = (enum mhp_state)77;
		assert_int_equal(parse_state(good[i].str, &value), 0);
		assert_int_equal(value, good[i].value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(words_never_seen); i++) {
		value = (enum mhp_state)77;
		assert_int_equal(parse_state(words_never_seen[i], &value), 0);
		assert_int_equal(value, MHP_STATE_UNKNOWN);
	}
	value = (enum mhp_state)77;
	for (size_t i = 0; i < ARRAY_SIZE(not_one_word); i++)
		assert_int_equal(parse_state(not_one_word[i], &value), -EINVAL);
	assert_int_equal(value, 77);
}

static void device_states(void **state)
{
	static const struct {
		const char *str;
		enum mhp_device_state value;
	} good[] = {
		{ "unplugged\n", MHP_DEVICE_STATE_UNPLUGGED },
		{ "offline\n", MHP_DEVICE_STATE_OFFLINE },
		{ "online\n", MHP_DEVICE_STATE_ONLINE }, { "online", MHP_DEVICE_STATE_ONLINE },
		{ "online_kernel\n", MHP_DEVICE_STATE_ONLINE_KERNEL },
		{ "online_movable\n", MHP_DEVICE_STATE_ONLINE_MOVABLE },
		{ "unknown\n", MHP_DEVICE_STATE_UNKNOWN },
		{ "going-offline", MHP_DEVICE_STATE_UNKNOWN },
	};
	enum mhp_device_state value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		value = (enum mhp_device_state)77;
		assert_int_equal(parse_device_state(good[i].str, &value), 0);
		assert_int_equal(value, good[i].value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(words_never_seen); i++) {
		value = (enum mhp_device_state)77;
		assert_int_equal(parse_device_state(words_never_seen[i], &value), 0);
		assert_int_equal(value, MHP_DEVICE_STATE_UNKNOWN);
	}
	value = (enum mhp_device_state)77;
	for (size_t i = 0; i < ARRAY_SIZE(not_one_word); i++)
		assert_int_equal(parse_device_state(not_one_word[i], &value), -EINVAL);
	assert_int_equal(value, 77);
}

static void valid_zones(void **state)
{
	static const struct {
		const char *str;
		size_t count;		/* 0: refused */
		enum mhp_zone zones[PARSE_MAX_ZONES];
	} cases[] = {
		{ "none", 1, { MHP_ZONE_NONE } },
		{ "DMA32\n", 1, { MHP_ZONE_DMA32 } },
		{ "Normal\n", 1, { MHP_ZONE_NORMAL } },
		{ "Movable\n", 1, { MHP_ZONE_MOVABLE } },
		{ "Normal Movable\n", 2, { MHP_ZONE_NORMAL, MHP_ZONE_MOVABLE } },
		{ "Movable Normal\n", 2, { MHP_ZONE_MOVABLE, MHP_ZONE_NORMAL } },
		{ "DMA32 Movable\n", 2, { MHP_ZONE_DMA32, MHP_ZONE_MOVABLE } },
		/* not recorded, but possible */
		{ "HighMem Movable", 2, { MHP_ZONE_HIGHMEM, MHP_ZONE_MOVABLE } },
		{ "DMA Normal Movable", 3, { MHP_ZONE_DMA, MHP_ZONE_NORMAL, MHP_ZONE_MOVABLE } },
		{ "Device", 1, { MHP_ZONE_DEVICE } },
		/* a word never seen */
		{ "None", 1, { MHP_ZONE_UNKNOWN } },
		{ "mixed", 1, { MHP_ZONE_UNKNOWN } },
		{ "Normal Sticky Movable", 3, { MHP_ZONE_NORMAL, MHP_ZONE_UNKNOWN,
						MHP_ZONE_MOVABLE } },
		{ "\x01\xff Normal", 2, { MHP_ZONE_UNKNOWN, MHP_ZONE_NORMAL } },
		{ WORD_32 " Movable", 2, { MHP_ZONE_UNKNOWN, MHP_ZONE_MOVABLE } },
		{ WORD_32 "6 Movable", 0, { 0 } },
		{ "Movable " WORD_32 "6", 0, { 0 } },
		{ "", 0, { 0 } },
		{ "\n", 0, { 0 } },
		{ " ", 0, { 0 } },
		{ "Normal  Movable", 0, { 0 } },
		{ " Normal", 0, { 0 } },
		{ "Normal ", 0, { 0 } },
		{ "Normal \n", 0, { 0 } },
		{ "Normal\tMovable", 0, { 0 } },
		{ "Normal\nMovable", 0, { 0 } },
		{ "Normal\r\n", 0, { 0 } },
		{ "Normal\n\n", 0, { 0 } },
		{ "DMA DMA32 Normal Movable", 0, { 0 } },
		{ "none Normal", 0, { 0 } },
		{ "Normal none", 0, { 0 } },
		{ "none none", 0, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum mhp_zone zones[PARSE_MAX_ZONES] = { 77, 77, 77 };
		size_t count = 77;
		int r = parse_zones(cases[i].str, zones, &count);

		if (r != (cases[i].count ? 0 : -EINVAL) ||
		    count != (cases[i].count ?: 77))
			fail_msg("\"%s\": %d, %zu zones", cases[i].str, r, count);
		for (size_t j = 0; j < PARSE_MAX_ZONES; j++)
			assert_int_equal(zones[j], j < cases[i].count ? cases[i].zones[j] : 77);
	}
}

/* ---- /proc/iomem ---- */

static void iomem_lines(void **state)
{
	static const struct {
		const char *line;
		int r;
		unsigned int level;
		uint64_t start, end;
		const char *name;
	} cases[] = {
		{ "00000000-00000fff : Reserved", 0, 0, 0, 0xfff, "Reserved" },
		{ "00100000-3ffdffff : System RAM", 0, 0, 0x100000, 0x3ffdffff, "System RAM" },
		{ "100000000-11fffffff : dax0.0", 0, 0, 0x100000000, 0x11fffffff, "dax0.0" },
		{ "  100000000-11fffffff : System RAM (kmem)", 0, 1, 0x100000000, 0x11fffffff,
		  "System RAM (kmem)" },
		{ "  140000000-15fffffff : System RAM (virtio_mem)", 0, 1, 0x140000000,
		  0x15fffffff, "System RAM (virtio_mem)" },
		{ "      110000000-12fffffff : System RAM (kmem)", 0, 3, 0x110000000,
		  0x12fffffff, "System RAM (kmem)" },
		{ "      fe601080-fe6010d7 : endpoint3", 0, 3, 0xfe601080, 0xfe6010d7,
		  "endpoint3" },
		{ "  febff000-febfffff : 0000:00:02.0", 0, 1, 0xfebff000, 0xfebfffff,
		  "0000:00:02.0" },
		{ "b0000000-bfffffff : PCI ECAM 0000 [bus 00-ff]", 0, 0, 0xb0000000, 0xbfffffff,
		  "PCI ECAM 0000 [bus 00-ff]" },
		{ "fd00000000-ffffffffff : Reserved", 0, 0, 0xfd00000000, 0xffffffffff,
		  "Reserved" },
		{ "c000000000-c07fffffff : PCI Bus 0000:00", 0, 0, 0xc000000000, 0xc07fffffff,
		  "PCI Bus 0000:00" },
		/* not root */
		{ "  00000000-00000000 : System RAM (kmem)", 0, 1, 0, 0, "System RAM (kmem)" },
		{ "00000000-ffffffffffffffff : x", 0, 0, 0, MAX, "x" },
		{ "ffffffffffffffff-ffffffffffffffff : x", 0, 0, MAX, MAX, "x" },
		{ "00000000-00000fff : ", 0, 0, 0, 0xfff, "" },
		{ "00000000-00000fff :  : \x01\xff ", 0, 0, 0, 0xfff, " : \x01\xff " },
		{ "00000000-10000000000000000 : x", -ERANGE, 0, 0, 0, NULL },
		{ "10000000000000000-00000000 : x", -ERANGE, 0, 0, 0, NULL },
		{ "00000001-10000000000000000 x", -EINVAL, 0, 0, 0, NULL },
		{ "00001000-00000fff : x", -EINVAL, 0, 0, 0, NULL },
		{ "", -EINVAL, 0, 0, 0, NULL },
		{ "  ", -EINVAL, 0, 0, 0, NULL },
		{ "System RAM", -EINVAL, 0, 0, 0, NULL },
		{ " 00000000-00000fff : x", -EINVAL, 0, 0, 0, NULL },
		{ "   00000000-00000fff : x", -EINVAL, 0, 0, 0, NULL },
		{ "\t00000000-00000fff : x", -EINVAL, 0, 0, 0, NULL },
		{ "00000000", -EINVAL, 0, 0, 0, NULL },
		{ "00000000-", -EINVAL, 0, 0, 0, NULL },
		{ "00000000- : x", -EINVAL, 0, 0, 0, NULL },
		{ "-00000fff : x", -EINVAL, 0, 0, 0, NULL },
		{ "00000000-00000fff", -EINVAL, 0, 0, 0, NULL },
		{ "00000000-00000fff :", -EINVAL, 0, 0, 0, NULL },
		{ "00000000-00000fff: x", -EINVAL, 0, 0, 0, NULL },
		{ "00000000-00000fff  : x", -EINVAL, 0, 0, 0, NULL },
		{ "00000000 - 00000fff : x", -EINVAL, 0, 0, 0, NULL },
		{ "0x00000000-0x00000fff : x", -EINVAL, 0, 0, 0, NULL },
		{ "00000000-00000FFF : x", -EINVAL, 0, 0, 0, NULL },
		{ "00000000-00000ffg : x", -EINVAL, 0, 0, 0, NULL },
		{ "00000000-00000fff : x\n", -EINVAL, 0, 0, 0, NULL },
		{ "00000000-00000fff : x\ny", -EINVAL, 0, 0, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iomem_line line = { .name = "untouched" };
		int r = parse_iomem_line(cases[i].line, strlen(cases[i].line), &line);

		if (r != cases[i].r)
			fail_msg("\"%s\": %d", cases[i].line, r);
		if (r < 0) {
			assert_string_equal(line.name, "untouched");
			continue;
		}
		assert_int_equal(line.level, cases[i].level);
		assert_true(line.start == cases[i].start && line.end == cases[i].end);
		assert_int_equal(line.name_length, strlen(cases[i].name));
		assert_memory_equal(line.name, cases[i].name, line.name_length);
	}
}

static void iomem_line_ends_at_its_length(void **state)
{
	static const char text[] = "00000000-00000fff : System RAM (kmem)";
	struct iomem_line line;

	(void)state;
	for (size_t length = 0; length < strlen(text); length++)
		assert_int_equal(parse_iomem_line(text, length, &line), length < 20 ? -EINVAL : 0);
	assert_int_equal(parse_iomem_line(text, 30, &line), 0);
	assert_int_equal(line.name_length, 10);
	/* no NUL may stop it either */
	assert_int_equal(parse_iomem_line("0-1 : a\0b", 9, &line), 0);
	assert_int_equal(line.name_length, 3);
}

static void iomem_levels_have_an_end(void **state)
{
	char text[2 * (IOMEM_MAX_LEVEL + 1) + 8];
	struct iomem_line line;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text + sizeof(text) - 8, "0-1 : ab", 8);
	assert_int_equal(parse_iomem_line(text, sizeof(text), &line), -EINVAL);
	assert_int_equal(parse_iomem_line(text + 2, sizeof(text) - 2, &line), 0);
	assert_int_equal(line.level, IOMEM_MAX_LEVEL);
}

static void system_ram(void **state)
{
	static const struct {
		const char *name;
		const char *driver;	/* "": none, NULL: refused */
	} cases[] = {
		{ "System RAM", "" },
		{ "System RAM (kmem)", "kmem" },
		{ "System RAM (virtio_mem)", "virtio_mem" },
		{ "System RAM (x)", "x" },
		{ "System RAM (a b)", "a b" },
		{ "System RAM (a(b)c)", "a(b)c" },
		{ "System RAM ())", ")" },
		{ "System RAM ()", NULL },
		{ "System RAM (", NULL },
		{ "System RAM (kmem", NULL },
		{ "System RAM (kmem) ", NULL },
		{ "System RAM (kmem)x", NULL },
		{ "System RAM (k\aem)", NULL },
		{ "System RAM (k\x80m)", NULL },
		{ "System RAM kmem)", NULL },
		{ "System RAM(kmem)", NULL },
		{ "System RAM  (kmem)", NULL },
		{ "System RAM ", NULL },
		{ "System RAM\n", NULL },
		{ "System RA", NULL },
		{ "System RAMs", NULL },
		{ "system ram", NULL },
		{ " System RAM", NULL },
		{ "RAM buffer", NULL },
		{ "Soft Reserved", NULL },
		{ "dax0.0", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *want = cases[i].driver, *driver = "untouched";
		size_t length = 77;
		int r = parse_system_ram(cases[i].name, strlen(cases[i].name), &driver, &length);

		if (r != (want ? 0 : -EINVAL))
			fail_msg("\"%s\": %d", cases[i].name, r);
		assert_int_equal(length, want ? strlen(want) : 77);
		if (!want)
			assert_string_equal(driver, "untouched");
		else if (!*want)
			assert_null(driver);
		else
			assert_memory_equal(driver, want, length);
	}
}

/* ---- any bytes ---- */

static int check_part(void *data, unsigned int first, unsigned int last)
{
	uint64_t *next = data;

	assert_true(first >= *next && last >= first && last <= INT_MAX);
	*next = (uint64_t)last + 1;
	return 0;
}

/* text has a NUL behind length, and nothing behind that */
static void parse_all(const char *text, size_t length)
{
	static int (*const number[])(const char *, uint64_t *) = {
		parse_dec, parse_bare_hex, parse_0x_hex, parse_block_name, node_name, mapping_name,
		tier_name, cache_name, dax_name, virtio_name,
	};
	enum mhp_zone zones[PARSE_MAX_ZONES] = { 77, 77, 77 };
	enum mhp_device_state device_state = 77;
	enum mhp_state block_state = 77;
	enum mhp_online_type type = 77;
	struct iomem_line line;
	const char *driver;
	unsigned int columns[2] = { 77, 77 };
	uint64_t next = 0;
	size_t count = 77;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(number); i++) {
		uint64_t value = UNTOUCHED;

		r = number[i](text, &value);
		assert_true(r == 0 || ((r == -EINVAL || r == -ERANGE) && value == UNTOUCHED));
	}
	r = parse_list(text, check_part, &next);
	assert_true(r == 0 || ((r == -EINVAL || r == -ERANGE) && next == 0));
	r = parse_numbers(text, columns, ARRAY_SIZE(columns));
	assert_true(r == 0 || ((r == -EINVAL || r == -ERANGE) && columns[1] == 77));
	r = parse_state(text, &block_state);
	assert_int_equal(r, block_state == 77 ? -EINVAL : 0);
	r = parse_device_state(text, &device_state);
	assert_int_equal(r, device_state == 77 ? -EINVAL : 0);
	r = mhp_online_type_from_str(text, &type);
	assert_int_equal(r, type == 77 ? -EINVAL : 0);
	r = parse_zones(text, zones, &count);
	assert_int_equal(r, count == 77 ? -EINVAL : 0);
	assert_true(count == 77 || (count >= 1 && count <= PARSE_MAX_ZONES));
	r = parse_iomem_line(text, length, &line);
	if (r == 0) {
		assert_true(line.start <= line.end && line.level <= IOMEM_MAX_LEVEL);
		assert_ptr_equal(line.name + line.name_length, text + length);
	}
	r = parse_system_ram(text, length, &driver, &count);
	assert_true(r == -EINVAL || !driver || (driver > text && count > 0 && count < length));
}

/*
 * Noise, texts made of what means something somewhere, and good texts with a byte or
 * two changed; each in an allocation of its own size, for the sanitizer to watch.
 */
static void any_bytes(void **state)
{
	static const char *const good[] = {
		"memory32", "node1", "mapping0", "dax0.1", "0-1,4,6-7\n", "536870912\n",
		"8000000\n", "0x100000000\n", "going-offline\n", "online_movable\n",
		"DMA32 Normal Movable\n", "none\n", "18446744073709551615",
		"  100000000-11fffffff : System RAM (kmem)", "System RAM (kmem)",
	};
	static const char alphabet[] = "0123456789abcfx-,. :()\nmemorynodaxNolSystem RAM";

	(void)state;
	seed = 99;
	for (int i = 0; i < 60000; i++) {
		const char *from = good[random_below(ARRAY_SIZE(good))];
		size_t length = i % 3 == 2 ? strlen(from) : random_below(64), j;
		char *text = malloc(length + 1);

		assert_non_null(text);
		for (j = 0; j < length; j++)
			text[j] = i % 3 == 0 ? (char)random_below(256) :
				  i % 3 == 1 ? alphabet[random_below(strlen(alphabet))] : from[j];
		for (j = i % 3 == 2 ? random_below(3) : 0; j > 0; j--)
			text[random_below(length)] = random_below(2) ?
				alphabet[random_below(strlen(alphabet))] : (char)random_below(256);
		text[length] = '\0';
		parse_all(text, length);
		free(text);
	}
}

/* ---- columns of numbers ---- */

static void columns_of_numbers(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		int r;
		unsigned int last;
	} rows[] = {
		{ "10 20\n", 2, 0, 20 },
		{ "10", 1, 0, 10 },
		{ " 20 10\n", 2, 0, 10 },
		{ "10 2147483647", 2, 0, INT_MAX },
		{ "10 2147483648", 2, -ERANGE, 0 },
		{ "2147483648 x", 2, -EINVAL, 0 },
		{ "10 20\n", 1, -EINVAL, 0 },
		{ "10 20\n", 3, -EINVAL, 0 },
		{ "10  20\n", 2, -EINVAL, 0 },
		{ "  10 20\n", 2, -EINVAL, 0 },
		{ "10 20 \n", 2, -EINVAL, 0 },
		{ "10\t20\n", 2, -EINVAL, 0 },
		{ "10 -1\n", 2, -EINVAL, 0 },
		{ "10 0x14\n", 2, -EINVAL, 0 },
		{ "", 1, -EINVAL, 0 },
		{ "\n", 1, -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned int values[3] = { 7, 7, 7 };

		assert_int_equal(parse_numbers(rows[i].text, values, rows[i].count), rows[i].r);
		assert_int_equal(values[rows[i].count - 1], rows[i].r < 0 ? 7 : rows[i].last);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_number),
		cmocka_unit_test(numbers_lead_back),
		cmocka_unit_test(lists),
		cmocka_unit_test(list_is_ended_by_the_callee),
		cmocka_unit_test(columns_of_numbers),
		cmocka_unit_test(block_states),
		cmocka_unit_test(device_states),
		cmocka_unit_test(valid_zones),
		cmocka_unit_test(iomem_lines),
		cmocka_unit_test(iomem_line_ends_at_its_length),
		cmocka_unit_test(iomem_levels_have_an_end),
		cmocka_unit_test(system_ram),
		cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

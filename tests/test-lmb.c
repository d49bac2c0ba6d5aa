// SPDX-License-Identifier: LGPL-2.1-or-later
/* The list of LMBs: as the device tree has it, and as nobody would make it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lmb.h"

#define MIB (UINT64_C(1) << 20)

/* A property in the making. */
struct property {
	char bytes[4096];
	size_t length;
};

static void put(struct property *property, uint64_t number, int bytes)
{
	while (bytes-- > 0)
		property->bytes[property->length++] = (char)(number >> 8 * bytes);
}

static void put_set(struct property *property, uint32_t count, uint64_t address, uint32_t index,
		    uint32_t flags)
{
	put(property, count, 4);
	put(property, address, 8);
	put(property, index, 4);
	put(property, 7, 4);
	put(property, flags, 4);
}

static void put_one(struct property *property, uint64_t address, uint32_t index, uint32_t flags)
{
	put(property, address, 8);
	put(property, index, 4);
	put(property, 0, 4);
	put(property, 7, 4);
	put(property, flags, 4);
}

static int parse(const struct property *property, bool is_v2, struct lmb **ret, size_t *count)
{
	/* at the end of an allocation, for those who look beyond it */
	char *bytes = malloc(property->length + !property->length);
	int r;

	assert_non_null(bytes);
	memcpy(bytes, property->bytes, property->length);
	r = lmb_parse_list(bytes, property->length, is_v2, 256 * MIB, ret, count);
	free(bytes);
	return r;
}

static void check(const struct property *property, bool is_v2, int code)
{
	struct lmb *lmbs;
	size_t count;

	assert_int_equal(parse(property, is_v2, &lmbs, &count), code);
}

static void test_size(void **state)
{
	static const char good[8] = { 0, 0, 0, 0, 0x10, 0, 0, 0 };
	static const char odd[8] = { 0, 0, 0, 0, 0x11, 0, 0, 0 };
	static const char none[8] = { 0 };
	uint64_t size;

	(void)state;
	assert_int_equal(lmb_parse_size(good, sizeof(good), &size), 0);
	assert_int_equal(size, 256 * MIB);
	assert_int_equal(lmb_parse_size(good, 7, &size), -EBADMSG);
	assert_int_equal(lmb_parse_size(good, 0, &size), -EBADMSG);
	assert_int_equal(lmb_parse_size(odd, sizeof(odd), &size), -EBADMSG);
	assert_int_equal(lmb_parse_size(none, sizeof(none), &size), -EBADMSG);
}

static void test_v1(void **state)
{
	struct property property = { 0 };
	struct lmb *lmbs;
	size_t count;

	(void)state;
	put(&property, 2, 4);
	/* in any order */
	put_one(&property, 512 * MIB, 0x80000002, 0);
	put_one(&property, 0, 0x80000000, LMB_ASSIGNED | LMB_RESERVED);
	assert_int_equal(parse(&property, false, &lmbs, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(lmbs[0].address, 0);
	assert_int_equal(lmbs[0].index, 0x80000000);
	assert_int_equal(lmbs[0].flags, LMB_ASSIGNED | LMB_RESERVED);
	assert_int_equal(lmbs[0].place, 7);
	assert_int_equal(lmbs[1].address, 512 * MIB);
	free(lmbs);
}

static void test_v2(void **state)
{
	struct property property = { 0 };
	struct lmb *lmbs;
	size_t count;

	(void)state;
	put(&property, 3, 4);
	put_set(&property, 2, 0, 0x80000000, LMB_ASSIGNED);
	put_set(&property, 0, 0, 0, 0);
	put_set(&property, 3, 1024 * MIB, 0x80000004, 0);
	/* what is behind it does not count */
	put(&property, 99, 4);
	assert_int_equal(parse(&property, true, &lmbs, &count), 0);
	assert_int_equal(count, 5);
	assert_int_equal(lmbs[1].address, 256 * MIB);
	assert_int_equal(lmbs[1].index, 0x80000001);
	assert_int_equal(lmbs[4].address, 1536 * MIB);
	assert_int_equal(lmbs[4].index, 0x80000006);
	assert_int_equal(lmbs[4].flags, 0);
	free(lmbs);
	/* an empty list is one */
	property.length = 0;
	put(&property, 0, 4);
	assert_int_equal(parse(&property, true, &lmbs, &count), 0);
	assert_int_equal(count, 0);
	free(lmbs);
}

/* Every beginning of a list that is cut off. */
static void test_cut_off(void **state)
{
	struct property property = { 0 };

	(void)state;
	put(&property, 2, 4);
	put_set(&property, 1, 0, 0, 0);
	put_set(&property, 1, 256 * MIB, 1, 0);
	while (property.length-- > 0) {
		check(&property, true, -EBADMSG);
		check(&property, false, -EBADMSG);
	}
}

static void test_hostile(void **state)
{
	static const struct {
		uint32_t count;
		uint64_t address;
		uint32_t index;
		int code;
	} rows[] = {
		{ UINT32_MAX, 0, 0, -E2BIG },			/* 2^32 of them */
		{ MAX_LMBS + 1, 0, 0, -E2BIG },
		{ 2, UINT64_MAX - 256 * MIB + 1, 0, -EBADMSG },	/* beyond all addresses */
		{ 2, 0, UINT32_MAX, -EBADMSG },			/* beyond all indices */
		{ 1, 1, 0, -EBADMSG },				/* where none can begin */
		{ 1, 128 * MIB, 0, -EBADMSG },
		{ UINT32_MAX, UINT64_C(1) << 63, 0, -E2BIG },
	};
	struct property property;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		property.length = 0;
		put(&property, 1, 4);
		put_set(&property, rows[i].count, rows[i].address, rows[i].index, 0);
		check(&property, true, rows[i].code);
	}
	/* more entries than bytes */
	property.length = 0;
	put(&property, UINT32_MAX, 4);
	put_set(&property, 1, 0, 0, 0);
	check(&property, true, -EBADMSG);
	check(&property, false, -EBADMSG);
	/* too many together */
	property.length = 0;
	put(&property, 2, 4);
	put_set(&property, MAX_LMBS / 2, 0, 0, 0);
	put_set(&property, MAX_LMBS / 2 + 1, UINT64_C(1) << 60, 0, 0);
	check(&property, true, -E2BIG);
	/* one address twice */
	property.length = 0;
	put(&property, 2, 4);
	put_set(&property, 4, 0, 0, 0);
	put_set(&property, 1, 768 * MIB, 9, 0);
	check(&property, true, -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_v1),
		cmocka_unit_test(test_v2),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

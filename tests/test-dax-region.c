// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a dax device is made from, and the name that lasts. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fakesys.h"
#include "support/regions.h"

#define HMEM "/sys/devices/platform/hmem_platform.0/hmem.0"
#define ND "/sys/devices/LNXSYSTM:00/ACPI0012:00/ndbus0/region0"

static void check_identity(const struct mhp_snapshot *snap, const char *name,
			   const char *expected)
{
	const char *identity;

	assert_int_equal(mhp_region_get_identity(find_region(snap, name), &identity), 0);
	assert_string_equal(identity, expected);
	assert_ptr_equal(find_region(snap, identity), find_region(snap, name));
}

static void soft_reserved(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-split-bound");
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	const struct mhp_region *region = find_region(snap, "dax0.1");
	const char *name, *path;
	uint64_t serial;

	(void)state;
	check_fact(region, "origin", "hmem");
	check_fact(region, "dax_region", "0");
	check_fact(region, "dax_region_size", "1073741824");
	check_fact(region, "dax_region_available_size", "0");
	check_fact(region, "dax_region_align", "2097152");
	check_fact(region, "dax_region_static", "no");
	assert_int_equal(mhp_region_count_devices(region), 1);
	assert_int_equal(mhp_region_get_device(region, 0, &name, &path), 0);
	assert_string_equal(name, "hmem.0");
	assert_string_equal(path, HMEM);
	assert_int_equal(mhp_region_get_device_serial(region, 0, &serial), -ENODATA);
	assert_null(mhp_region_get_parent(region));
	check_identity(snap, "dax0.0", "hmem:0x100000000");
	check_identity(snap, "dax0.1", "hmem:0x120000000");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Of several ranges the lowest, wherever it stands. */
static void ranges(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-ranges-bound");
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);

	(void)state;
	check_identity(snap, "dax0.0", "hmem:0x100000000");
	check_identity(snap, "dax0.1", "hmem:0x110000000");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void plain_user(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct mhp_snapshot *snap;
	const char *identity;

	(void)state;
	fakesys_find(fs, HMEM "/dax0.0/mapping0/start")->code = -EACCES;
	fakesys_find(fs, HMEM "/dax_region/align")->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(mhp_region_get_identity(find_region(snap, "dax0.0"), &identity), -EACCES);
	assert_int_equal(fact_code(find_region(snap, "dax0.0"), "dax_region_align"), -EACCES);
	assert_int_equal(fact_code(find_region(snap, "dax0.0"), "ranges"), -ENODATA);
	check_fact(find_region(snap, "dax0.0"), "origin", "hmem");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void malformed(void **state)
{
	static const struct {
		const char *file, *text, *fact;
		int code;
	} rows[] = {
		{ "id", "x\n", "dax_region", -EBADMSG },
		{ "size", "99999999999999999999999\n", "dax_region_size", -EBADMSG },
		{ "size", NULL, "dax_region_size", -ENODATA },
		{ "available_size", "-1\n", "dax_region_available_size", -EBADMSG },
		{ "align", "\n", "dax_region_align", -EBADMSG },
		{ "seed", "\n", "dax_region_seed", -ENODATA },
		{ "seed", "../dax0.0\n", "dax_region_seed", -EBADMSG },
		{ "seed", "dax0.2\n", "dax_region_seed", 0 },
		{ "seed", NULL, "dax_region_seed", -ENODATA },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
		struct mhp_snapshot *snap;
		char path[128];

		snprintf(path, sizeof(path), HMEM "/dax_region/%s", rows[i].file);
		if (rows[i].text)
			fakesys_file(fs, path, rows[i].text);
		else
			fakesys_remove(fs, path);
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		assert_int_equal(fact_code(find_region(snap, "dax0.0"), rows[i].fact),
				 rows[i].code);
		assert_int_equal(mhp_snapshot_count_problems(snap), rows[i].code == -EBADMSG);
		check_identity(snap, "dax0.0", "hmem:0x100000000");
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* A bus never seen keeps its name; without one nothing is said. */
static void other_origin(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	const char *identity, *path;
	struct mhp_snapshot *snap;
	int code;

	(void)state;
	fakesys_link(fs, HMEM "/subsystem", "../../../../bus/gpu");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	check_fact(find_region(snap, "dax0.0"), "origin", "gpu");
	assert_int_equal(mhp_region_get_identity(find_region(snap, "dax0.0"), &identity),
			 -ENODATA);
	mhp_snapshot_unref(snap);
	fakesys_find(fs, HMEM "/subsystem")->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(fact_code(find_region(snap, "dax0.0"), "origin"), -EACCES);
	assert_int_equal(mhp_snapshot_get_problem(snap, 0, &path, &code, NULL), 0);
	assert_string_equal(path, HMEM "/subsystem");
	assert_int_equal(code, -EACCES);
	mhp_snapshot_unref(snap);
	fakesys_remove(fs, HMEM "/subsystem");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(fact_code(find_region(snap, "dax0.0"), "origin"), -ENODATA);
	check_fact(find_region(snap, "dax0.0"), "dax_region", "0");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* As dax_pmem makes it, from documentation: a static region on a namespace. */
static struct fakesys *pmem(void)
{
	struct fakesys *fs = fakesys_new_machine("7.3-plain-start");

	fakesys_link(fs, "/sys/bus/dax/devices/dax0.0", "../../../devices/LNXSYSTM:00/"
		     "ACPI0012:00/ndbus0/region0/dax0.1/dax0.0");
	fakesys_file(fs, ND "/dax0.1/dax0.0/size", "536870912\n");
	fakesys_file(fs, ND "/dax0.1/dax0.0/resource", "0x200000000\n");
	fakesys_file(fs, ND "/dax0.1/dax0.0/target_node", "2\n");
	fakesys_file(fs, ND "/dax0.1/dax0.0/mapping0/start", "0x200000000\n");
	fakesys_file(fs, ND "/dax0.1/dax0.0/mapping0/end", "0x21fffffff\n");
	fakesys_file(fs, ND "/dax0.1/dax_region/id", "0\n");
	fakesys_file(fs, ND "/dax0.1/dax_region/size", "536870912\n");
	fakesys_file(fs, ND "/dax0.1/dax_region/align", "2097152\n");
	fakesys_link(fs, ND "/dax0.1/subsystem", "../../../../../../bus/nd");
	fakesys_file(fs, ND "/dax0.1/namespace", "namespace0.0\n");
	fakesys_file(fs, ND "/dax0.1/numa_node", "0\n");
	fakesys_file(fs, ND "/namespace0.0/uuid", "8a2f5b7c-0d1e-4f3a-9b6c-5d4e3f2a1b0c\n");
	return fs;
}

static void persistent(void **state)
{
	struct fakesys *fs = pmem();
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	const struct mhp_region *region = find_region(snap, "dax0.0");
	const char *name, *identity;

	(void)state;
	check_fact(region, "origin", "pmem");
	check_fact(region, "dax_region_static", "yes");
	assert_int_equal(fact_code(region, "dax_region_available_size"), -ENODATA);
	assert_int_equal(mhp_region_get_device(region, 0, &name, NULL), 0);
	assert_string_equal(name, "dax0.1");
	check_identity(snap, "dax0.0", "pmem:8a2f5b7c-0d1e-4f3a-9b6c-5d4e3f2a1b0c");
	mhp_snapshot_unref(snap);

	/* without labels there is none */
	fakesys_remove(fs, ND "/namespace0.0/uuid");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(mhp_region_get_identity(find_region(snap, "dax0.0"), &identity),
			 -ENODATA);
	mhp_snapshot_unref(snap);
	fakesys_file(fs, ND "/namespace0.0/uuid", "not an uuid\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(mhp_region_get_identity(find_region(snap, "dax0.0"), &identity),
			 -EBADMSG);
	mhp_snapshot_unref(snap);
	fakesys_file(fs, ND "/dax0.1/namespace", "namespace/../../..\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(mhp_region_get_identity(find_region(snap, "dax0.0"), &identity),
			 -EBADMSG);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* The memory devices are those of the CXL region. */
static void cxl(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-cxl-many");
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	const struct mhp_region *region = find_region(snap, "dax0.0");
	uint64_t serial;

	(void)state;
	check_fact(region, "origin", "cxl");
	check_fact(region, "dax_region_size", "1073741824");
	assert_int_equal(mhp_region_count_devices(region), 2);
	assert_int_equal(mhp_region_get_device_serial(region, 1, &serial), 0);
	assert_true(serial == 0x1a2b00000002);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(soft_reserved, fakesys_free_all),
		cmocka_unit_test_teardown(ranges, fakesys_free_all),
		cmocka_unit_test_teardown(plain_user, fakesys_free_all),
		cmocka_unit_test_teardown(malformed, fakesys_free_all),
		cmocka_unit_test_teardown(other_origin, fakesys_free_all),
		cmocka_unit_test_teardown(persistent, fakesys_free_all),
		cmocka_unit_test_teardown(cxl, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A simulated machine with a context, and the last report. What the machine is
 * afterwards is read from the machine itself, not through the library.
 */
#ifndef MHP_TESTS_BENCH_H
#define MHP_TESTS_BENCH_H

#include <mhp/sim.h>

#include "internal.h"

#define HMEM_7_3 "7.3-hmem-bound.txt"		/* dax0.0: memory32 to memory35, node 1 */
#define HMEM_6_12 "6.12-hmem-bound.txt"
#define HMEM_6_1 "6.1-hmem-bound.txt"
#define RANGES_7_3 "7.3-hmem-ranges-bound.txt"	/* dax0.0: 32-33, 36-37; dax0.1: 34-35 */
#define S390_7_3 "7.3-s390-standby.txt"		/* standby: memory16 to memory31 */
#define PPC64_7_3 "7.3-ppc64-lmb.txt"		/* lmb: memory16 to memory31 */
#define PPC64_6_12 "6.12-ppc64-lmb-pairs.txt"	/* lmb: memory16 to memory29, two to an LMB */
#define DAX "/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0"
#define DEVICE DAX "/state"
#define KMEM "/sys/bus/dax/drivers/kmem"
#define UNBIND KMEM "/unbind"
#define DEVICE_DAX "/sys/bus/dax/drivers/device_dax"

struct bench {
	struct mhp_sim *sim;
	struct mhp_ctx *ctx;
	struct mhp_report *report;
	size_t writes;		/* of the last call */
};

/* Puts dax0.0, as captures of "bound" have it, back to no driver, as after a boot without kmem. */
void release_device(struct bench *bench);
void set_up(struct bench *bench, const char *machine);
void tear_down(struct bench *bench);
const char *block_file(unsigned int id, const char *file);
/* "absent", "offline", or the zone of an online block */
const char *is(struct bench *bench, unsigned int id);
void put(struct bench *bench, const char *path, const char *word);
void put_blocks(struct bench *bench, unsigned int first, unsigned int last,
		const char *word);
enum mhp_outcome online(struct bench *bench, enum mhp_online_type type, uint64_t rules);
enum mhp_outcome offline(struct bench *bench, uint64_t rules);
enum mhp_outcome unplug(struct bench *bench, uint64_t rules);
struct mhp_plan *planned(struct bench *bench, enum mhp_goal goal, enum mhp_online_type type,
			 uint64_t rules);
/* The same by a wish, see ask.h. */
struct mhp_plan *plan_of(struct bench *bench, const char *wish);
enum mhp_outcome fulfil(struct bench *bench, const char *wish, const struct mhp_apply_opts *opts);
/* Drops the plan. */
enum mhp_outcome apply_plan(struct bench *bench, struct mhp_plan *plan,
			    const struct mhp_apply_opts *opts);
const struct mhp_result *result(struct bench *bench, uint64_t id);
void assert_write(struct bench *bench, size_t index, const char *path, const char *word);
/*
 * Every write, as "35 34! unbind": blocks by number, a device and drivers' files by word;
 * ! where it was refused. Of device_dax "dax:bind"; of the policy "policy=WORD", of
 * drivers_autoprobe "autoprobe=WORD"; of modules "load:NAME"; of s390 storage that is
 * configured or deconfigured "+16" or "-16", of LMBs "+0x80000010" or "-0x80000010".
 */
char *copy_writes(struct bench *bench);
void assert_writes(struct bench *bench, const char *expected);
void assert_says(struct bench *bench, const char *part);

#define assert_blocks(bench, first, last, expected) \
	do { \
		for (unsigned int id_ = (first); id_ <= (last); id_++) \
			assert_string_equal(is(bench, id_), expected); \
	} while (0)

#define assert_reason(bench, id, expected) \
	assert_string_equal(mhp_reason_to_str(mhp_result_get_reason(result(bench, id))), expected)

#endif /* MHP_TESTS_BENCH_H */

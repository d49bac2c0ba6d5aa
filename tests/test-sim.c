// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The simulated machine as others meet it: through the table of a back end,
 * through a context, read only, misbehaving upon request, made from hostile
 * captures. How it acts is for test-model.c.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/mhp.h>

#include "../sim/sim.h"

#define MEMORY "/sys/devices/system/memory/"
#define STATE32 MEMORY "memory32/state"
#define STATE33 MEMORY "memory33/state"
#define DEVICE "/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0/"
#define DAX_STATE "/sys/bus/dax/devices/dax0.0/state"
#define KMEM "/sys/bus/dax/drivers/kmem/"

/* ---- helpers ---- */

static struct mhp_sim *open_machine(const char *name, uint64_t flags)
{
	struct mhp_sim_opts opts = { .size = sizeof(opts), .flags = flags };
	const char *data = getenv("TEST_DATA");
	struct mhp_sim *sim;
	char path[4096];

	snprintf(path, sizeof(path), "%s/machines/%s", data ? data : "tests", name);
	assert_int_equal(mhp_sim_new_from_capture(path, &opts, &sim), 0);
	return sim;
}

/* A machine, and a back end on it. */
struct bench {
	struct mhp_sim *sim;
	struct mhp_backend *be;
	const struct mhp_backend_ops *ops;
	struct mhp_dir *memory;
};

static struct bench set_up(const char *name, uint64_t flags)
{
	struct bench bench = { .sim = open_machine(name, flags) };

	assert_int_equal(backend_new(bench.sim, &bench.be), 0);
	bench.ops = bench.be->ops;
	assert_int_equal(bench.ops->open_dir(bench.be, MEMORY, &bench.memory), 0);
	return bench;
}

static void tear_down(struct bench *bench)
{
	bench->ops->close_dir(bench->be, bench->memory);
	bench->ops->free(bench->be);
	mhp_sim_unref(bench->sim);
}

static int do_write(struct bench *bench, const char *name, const char *word)
{
	return bench->ops->write(bench->be, bench->memory, name, word, false);
}

static void check_read(struct mhp_sim *sim, const char *path, const char *wanted)
{
	char *text = NULL;
	int r = mhp_sim_read(sim, path, &text);

	if (r < 0)
		fail_msg("%s: %d", path, r);
	if (strncmp(text, wanted, strlen(wanted)) || strcmp(text + strlen(wanted), "\n"))
		fail_msg("%s: %sand not %s", path, text, wanted);
	free(text);
}

/* ---- the table of a back end ---- */

static void test_open_dir(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);
	struct mhp_dir *dir;
	char bytes[64];
	size_t length;

	(void)state;
	assert_int_equal(bench.ops->open_dir(bench.be, "/", &dir), 0);
	assert_int_equal(bench.ops->read(bench.be, dir, "sys/devices/system/memory/memory32/state",
					 bytes, sizeof(bytes), &length), 0);
	bench.ops->close_dir(bench.be, dir);
	assert_int_equal(bench.ops->open_dir(bench.be, "", &dir), 0);
	bench.ops->close_dir(bench.be, dir);
	/* by a link */
	assert_int_equal(bench.ops->open_dir(bench.be, "/sys/bus/dax/devices/dax0.0", &dir), 0);
	assert_int_equal(bench.ops->read(bench.be, dir, "state", bytes, sizeof(bytes), &length), 0);
	assert_int_equal(length, 8);
	assert_memory_equal(bytes, "offline\n", 8);
	bench.ops->close_dir(bench.be, dir);
	assert_int_equal(bench.ops->open_dir(bench.be, "/sys/none", &dir), -ENOENT);
	assert_int_equal(bench.ops->open_dir(bench.be, STATE32, &dir), -ENOTDIR);
	assert_int_equal(bench.ops->open_dir(bench.be, STATE32 "/x", &dir), -ENOTDIR);
	/* a link whose target the capture does not have */
	assert_int_equal(bench.ops->open_dir(bench.be, MEMORY "memory32/subsystem", &dir), -ENOENT);
	tear_down(&bench);
}

static void test_names(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);
	char bytes[64], *text;
	size_t length;

	(void)state;
	/* below an open directory no link is followed, and nothing leads out of it */
	assert_int_equal(bench.ops->read(bench.be, bench.memory, "memory32/node1", bytes,
					 sizeof(bytes), &length), -ELOOP);
	assert_int_equal(bench.ops->read(bench.be, bench.memory, "memory32/node1/cpulist", bytes,
					 sizeof(bytes), &length), -ELOOP);
	assert_int_equal(bench.ops->exists(bench.be, bench.memory, "memory32/node1/cpulist"),
			 -ELOOP);
	assert_int_equal(bench.ops->read(bench.be, bench.memory, "../node/online", bytes,
					 sizeof(bytes), &length), -EXDEV);
	assert_int_equal(bench.ops->exists(bench.be, bench.memory, "memory32/.."), -EXDEV);
	assert_int_equal(bench.ops->exists(bench.be, bench.memory, STATE32), -EINVAL);
	assert_int_equal(do_write(&bench, "../memory/memory32/state", "online"), -EXDEV);
	assert_int_equal(bench.ops->read(bench.be, bench.memory, "memory32", bytes, sizeof(bytes),
					 &length), -EISDIR);
	assert_int_equal(bench.ops->read(bench.be, bench.memory, "memory99/state", bytes,
					 sizeof(bytes), &length), -ENOENT);
	assert_int_equal(bench.ops->read(bench.be, bench.memory, "soft_offline_page", bytes,
					 sizeof(bytes), &length), -EACCES);
	assert_int_equal(bench.ops->read_all(bench.be, bench.memory, "memory99/state", &text,
					     &length), -ENOENT);
	assert_int_equal(do_write(&bench, "memory32", "x"), -EISDIR);
	assert_int_equal(do_write(&bench, "memory32/node1", "x"), -ELOOP);
	assert_int_equal(do_write(&bench, "memory99/state", "online"), -ENOENT);
	assert_int_equal(do_write(&bench, "block_size_bytes", "1"), -EACCES);
	assert_int_equal(mhp_sim_write(bench.sim, "/sys/bus/dax/drivers_probe", "1"), -EOPNOTSUPP);
	tear_down(&bench);
}

static void test_read(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);
	char bytes[4];
	struct mhp_dir *proc;
	char *text;
	size_t length;

	(void)state;
	assert_int_equal(bench.ops->read(bench.be, bench.memory, "memory32/state", bytes,
					 sizeof(bytes), &length), 0);
	assert_int_equal(length, 4);
	assert_memory_equal(bytes, "offl", 4);
	assert_int_equal(bench.ops->read(bench.be, bench.memory, "uevent", bytes, sizeof(bytes),
					 &length), 0);
	assert_int_equal(length, 0);
	assert_int_equal(bench.ops->open_dir(bench.be, "/proc", &proc), 0);
	assert_int_equal(bench.ops->read_all(bench.be, proc, "iomem", &text, &length), 0);
	assert_int_equal(strlen(text), length);
	assert_non_null(strstr(text, "  100000000-11fffffff : System RAM (kmem)\n"));
	free(text);
	bench.ops->close_dir(bench.be, proc);
	assert_int_equal(mhp_sim_count_reads(bench.sim), 3);
	tear_down(&bench);
}

static void test_links(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);
	const char *wanted = "../../node/node1";
	char text[32];

	(void)state;
	assert_int_equal(bench.ops->read_link(bench.be, bench.memory, "memory32/node1", text,
					      strlen(wanted) + 1), 0);
	assert_string_equal(text, wanted);
	assert_int_equal(bench.ops->read_link(bench.be, bench.memory, "memory32/node1", text,
					      strlen(wanted)), -ENAMETOOLONG);
	assert_int_equal(bench.ops->read_link(bench.be, bench.memory, "memory32/state", text,
					      sizeof(text)), -EINVAL);
	assert_int_equal(bench.ops->read_link(bench.be, bench.memory, "memory32", text,
					      sizeof(text)), -EINVAL);
	assert_int_equal(bench.ops->read_link(bench.be, bench.memory, "memory32/node0", text,
					      sizeof(text)), -ENOENT);
	assert_int_equal(bench.ops->exists(bench.be, bench.memory, "memory32/node1"), 0);
	assert_int_equal(bench.ops->exists(bench.be, bench.memory, "memory32/subsystem"), 0);
	assert_int_equal(bench.ops->exists(bench.be, bench.memory, "memory32"), 0);
	assert_int_equal(bench.ops->exists(bench.be, bench.memory, ""), 0);
	assert_int_equal(bench.ops->exists(bench.be, bench.memory, "memory3"), 0);
	assert_int_equal(bench.ops->exists(bench.be, bench.memory, "memory36"), -ENOENT);
	tear_down(&bench);
}

static void check_look(const struct bench *bench, const char *name, enum mhp_entry_type type,
		       bool readable, bool unknown)
{
	struct mhp_entry entry;

	assert_int_equal(bench->ops->look(bench->be, bench->memory, name, &entry), 0);
	assert_int_equal(entry.type, type);
	assert_int_equal(entry.readable, readable);
	assert_int_equal(entry.unknown, unknown);
}

static void test_look(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);
	size_t reads = mhp_sim_count(bench.sim, MHP_SIM_ACCESS_READ);
	struct mhp_entry entry;
	struct node *node;

	(void)state;
	check_look(&bench, "memory32", MHP_ENTRY_DIR, true, false);
	check_look(&bench, "memory32/node1", MHP_ENTRY_LINK, true, false);
	check_look(&bench, "memory32/state", MHP_ENTRY_FILE, true, false);
	check_look(&bench, "memory32/phys_device", MHP_ENTRY_FILE, true, false);
	check_look(&bench, "hard_offline_page", MHP_ENTRY_FILE, false, false);
	node = tree_child(bench.memory->node, "crash_hotplug");
	node->code = NODE_BINARY;
	check_look(&bench, "crash_hotplug", MHP_ENTRY_FILE, true, true);
	node->code = -EACCES;
	check_look(&bench, "crash_hotplug", MHP_ENTRY_FILE, true, false);
	assert_int_equal(mhp_sim_count(bench.sim, MHP_SIM_ACCESS_READ), reads);
	assert_int_equal(bench.ops->look(bench.be, bench.memory, "none", &entry), -ENOENT);
	assert_int_equal(bench.ops->look(bench.be, bench.memory, "..", &entry), -EXDEV);
	assert_int_equal(bench.ops->look(bench.be, bench.memory, "memory32/node1/x", &entry),
			 -ELOOP);
	tear_down(&bench);
}

struct listing {
	struct bench *bench;
	struct buf names;
	int stop_after;
};

static int add_name(void *data, const char *name)
{
	struct listing *listing = data;

	buf_add(&listing->names, "%s ", name);
	return --listing->stop_after == 0 ? 17 : 0;
}

static void test_list(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);
	struct listing listing = { 0 };

	(void)state;
	assert_int_equal(bench.ops->list(bench.be, bench.memory, "memory32", add_name, &listing),
			 0);
	assert_string_equal(listing.names.str, "node1 online phys_device phys_index removable "
			    "state subsystem uevent valid_zones ");
	buf_free(&listing.names);
	listing.stop_after = 6;
	assert_int_equal(bench.ops->list(bench.be, bench.memory, "", add_name, &listing), 17);
	assert_string_equal(listing.names.str, "auto_online_blocks block_size_bytes crash_hotplug "
			    "hard_offline_page memory0 memory1 ");
	buf_free(&listing.names);
	assert_int_equal(bench.ops->list(bench.be, bench.memory, "none", add_name, &listing),
			 -ENOENT);
	assert_int_equal(bench.ops->list(bench.be, bench.memory, "uevent", add_name, &listing),
			 -ENOTDIR);
	assert_int_equal(bench.ops->list(bench.be, bench.memory, "memory32/node1", add_name,
					 &listing), -ELOOP);
	tear_down(&bench);
}

/* The directory may change under a listing, even go. */
static int unplug_once(void *data, const char *name)
{
	struct listing *listing = data;

	buf_add(&listing->names, "%s ", name);
	(void)mhp_sim_write(listing->bench->sim, DAX_STATE, "unplugged");
	return 0;
}

static void test_list_changes(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);
	struct listing listing = { .bench = &bench };

	(void)state;
	assert_int_equal(bench.ops->list(bench.be, bench.memory, "memory32", unplug_once,
					 &listing), 0);
	assert_non_null(strstr(listing.names.str, "valid_zones"));
	buf_free(&listing.names);
	assert_int_equal(bench.ops->list(bench.be, bench.memory, "", add_name, &listing), 0);
	assert_null(strstr(listing.names.str, "memory32"));
	buf_free(&listing.names);
	tear_down(&bench);
}

/* A handle outlives its directory, and a new directory of that name is not the old one. */
static void test_dead_dir(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);
	struct listing listing = { 0 };
	struct mhp_dir *dir, *node;
	char bytes[64];
	size_t length;

	(void)state;
	assert_int_equal(bench.ops->open_dir(bench.be, MEMORY "memory32", &dir), 0);
	assert_int_equal(bench.ops->open_dir(bench.be, "/sys/devices/system/node/node1", &node), 0);
	assert_int_equal(bench.ops->exists(bench.be, node, "memory32"), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(mhp_sim_write(bench.sim, DAX_STATE,
					       i ? "online_movable" : "unplugged"), 0);
		assert_int_equal(bench.ops->read(bench.be, dir, "state", bytes, sizeof(bytes),
						 &length), -ENOENT);
		assert_int_equal(bench.ops->write(bench.be, dir, "state", "online", false), -ENOENT);
		assert_int_equal(bench.ops->exists(bench.be, dir, "state"), -ENOENT);
		assert_int_equal(bench.ops->list(bench.be, dir, "", add_name, &listing), -ENOENT);
		assert_int_equal(bench.ops->exists(bench.be, node, "memory32"), -ENOENT);
		assert_int_equal(bench.ops->exists(bench.be, node, "distance"), -ENOENT);
	}
	bench.ops->close_dir(bench.be, dir);
	bench.ops->close_dir(bench.be, node);
	tear_down(&bench);
}

static void test_context(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt", 0);
	struct mhp_ctx *ctx, *other;

	(void)state;
	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	assert_int_equal(mhp_sim_new_ctx(sim, &other), 0);
	assert_ptr_equal(mhp_sim_ref(sim), sim);
	mhp_sim_unref(sim);
	mhp_ctx_unref(other);
	/* the context keeps the machine */
	mhp_sim_unref(sim);
	mhp_ctx_unref(ctx);
}

/* ---- misbehaving ---- */

static void test_fail_write(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);

	(void)state;
	assert_int_equal(mhp_sim_fail_write(bench.sim, STATE32, "online_movable", -EIO, 2), 0);
	assert_int_equal(mhp_sim_fail_write(bench.sim, STATE33, NULL, -EINTR, 0), 0);
	assert_int_equal(do_write(&bench, "memory32/state", "online_movable"), -EIO);
	/* another word, another file */
	assert_int_equal(do_write(&bench, "memory32/state", "online"), 0);
	assert_int_equal(do_write(&bench, "memory32/state", "offline"), 0);
	assert_int_equal(do_write(&bench, "memory34/state", "online_movable"), 0);
	assert_int_equal(do_write(&bench, "memory32/state", "online_movable\n"), -EIO);
	check_read(bench.sim, STATE32, "offline");
	assert_int_equal(do_write(&bench, "memory32/state", "online_movable"), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(do_write(&bench, "memory33/state", i % 2 ? "online" : "x"), -EINTR);
	/* others do not meet it */
	assert_int_equal(mhp_sim_write(bench.sim, STATE33, "online"), 0);
	assert_int_equal(mhp_sim_count_writes(bench.sim), 16);
	tear_down(&bench);
}

/* Failures of the same file: the oldest first. */
static void test_fail_write_order(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);

	(void)state;
	mhp_sim_fail_write(bench.sim, STATE32, NULL, -EBUSY, 1);
	mhp_sim_fail_write(bench.sim, STATE32, NULL, -EAGAIN, 1);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), -EBUSY);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), -EAGAIN);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), 0);
	tear_down(&bench);
}

static void test_fail_block(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);

	(void)state;
	mhp_sim_fail_block(bench.sim, 32, "offline", -EBUSY, 1);
	mhp_sim_fail_block(bench.sim, 32, "online", -EHWPOISON, 2);
	/* what the kernel finds out first is told first */
	assert_int_equal(do_write(&bench, "memory32/state", "bogus"), -EINVAL);
	assert_int_equal(do_write(&bench, "memory32/state", "offline"), -EINVAL);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), -EHWPOISON);
	assert_int_equal(mhp_sim_write(bench.sim, MEMORY "memory32/online", "1"), -EHWPOISON);
	check_read(bench.sim, STATE32, "offline");
	assert_int_equal(do_write(&bench, "memory32/state", "online_movable"), 0);
	assert_int_equal(do_write(&bench, "memory32/state", "offline"), -EBUSY);
	check_read(bench.sim, STATE32, "online");
	check_read(bench.sim, MEMORY "memory32/valid_zones", "Movable");
	assert_int_equal(do_write(&bench, "memory32/state", "offline"), 0);
	tear_down(&bench);
}

static void test_fail_any_block(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);

	(void)state;
	assert_int_equal(mhp_sim_fail_block(bench.sim, MHP_SIM_ANY_BLOCK, "online", -EPERM, 2), 0);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), -EPERM);
	assert_int_equal(do_write(&bench, "memory33/state", "online"), -EPERM);
	assert_int_equal(do_write(&bench, "memory33/state", "online"), 0);
	assert_int_equal(do_write(&bench, "memory34/state", "online"), 0);
	assert_int_equal(mhp_sim_fail_block(bench.sim, MHP_SIM_ANY_BLOCK, "offline", -EAGAIN, 0),
			 0);
	assert_int_equal(do_write(&bench, "memory33/state", "offline"), -EAGAIN);
	assert_int_equal(do_write(&bench, "memory34/state", "offline"), -EAGAIN);
	/* onlining is not offlining, and what is offline already is not asked */
	assert_int_equal(do_write(&bench, "memory32/state", "offline"), -EINVAL);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), 0);
	tear_down(&bench);
}

/* What is no failure stays; and it can fail again. */
static void test_clear_failures(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);
	char bytes[64];
	size_t length;

	(void)state;
	mhp_sim_clear_failures(bench.sim);
	mhp_sim_fail_write(bench.sim, STATE32, NULL, -EIO, 0);
	mhp_sim_fail_block(bench.sim, 33, "online", -EBUSY, 3);
	mhp_sim_fail_block(bench.sim, MHP_SIM_ANY_BLOCK, "offline", -EAGAIN, 0);
	mhp_sim_fail_read(bench.sim, STATE32, -EXFULL, 0);
	mhp_sim_race(bench.sim, STATE32, STATE33, "online");
	mhp_sim_pin_block(bench.sim, 33, "online");
	assert_int_equal(bench.ops->read(bench.be, bench.memory, "memory32/state", bytes,
					 sizeof(bytes), &length), -EXFULL);
	assert_int_equal(mhp_sim_write(bench.sim, STATE33, "online"), -EBUSY);
	mhp_sim_clear_failures(bench.sim);
	assert_int_equal(bench.ops->read(bench.be, bench.memory, "memory32/state", bytes,
					 sizeof(bytes), &length), 0);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), 0);
	check_read(bench.sim, STATE33, "online");
	assert_int_equal(do_write(&bench, "memory32/state", "offline"), 0);
	assert_int_equal(do_write(&bench, "memory33/state", "offline"), -EBUSY);
	mhp_sim_fail_write(bench.sim, STATE32, NULL, -EIO, 1);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), -EIO);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), 0);
	tear_down(&bench);
}

static enum mhp_outcome give_back(struct mhp_ctx *ctx)
{
	struct mhp_report *report = NULL;
	enum mhp_outcome outcome;

	assert_int_equal(mhp_offline_region(ctx, "dax0.0", 0, &report), 0);
	outcome = mhp_report_get_outcome(report);
	mhp_report_free(report);
	return outcome;
}

/* What tests of programs need it for: once the cause is gone, they get on. */
static void test_gets_on(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt", 0);
	struct mhp_ctx *ctx;

	(void)state;
	assert_int_equal(mhp_sim_write(sim, DAX_STATE, "unplugged"), 0);
	assert_int_equal(mhp_sim_write(sim, DAX_STATE, "online_movable"), 0);
	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	mhp_sim_fail_block(sim, 33, "offline", -EBUSY, 0);
	assert_int_equal(give_back(ctx), MHP_OUTCOME_UNDONE);
	mhp_sim_clear_failures(sim);
	assert_int_equal(give_back(ctx), MHP_OUTCOME_DONE);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
}

static void test_fail_wrong_use(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt", 0);

	(void)state;
	assert_int_equal(mhp_sim_fail_block(sim, 1, "online_movable", -EIO, 1), -EINVAL);
	assert_int_equal(mhp_sim_fail_block(sim, 1, NULL, -EIO, 1), -EINVAL);
	assert_int_equal(mhp_sim_fail_block(sim, 1, "online", EIO, 1), -EINVAL);
	assert_int_equal(mhp_sim_fail_block(sim, 1, "online", 0, 1), -EINVAL);
	assert_int_equal(mhp_sim_fail_block(sim, 1, "online", -4096, 1), -EINVAL);
	assert_int_equal(mhp_sim_fail_write(sim, NULL, NULL, -EIO, 1), -EINVAL);
	assert_int_equal(mhp_sim_fail_write(sim, "x", NULL, -EIO, 1), -EINVAL);
	assert_int_equal(mhp_sim_fail_write(sim, "/x", NULL, 1, 1), -EINVAL);
	assert_int_equal(mhp_sim_race(sim, "x", "/x", "y"), -EINVAL);
	assert_int_equal(mhp_sim_race(sim, "/x", "x", "y"), -EINVAL);
	assert_int_equal(mhp_sim_race(sim, "/x", "/x", NULL), -EINVAL);
	assert_int_equal(mhp_sim_race(sim, NULL, "/x", "y"), -EINVAL);
	mhp_sim_unref(sim);
}

static void test_race(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);

	(void)state;
	assert_int_equal(mhp_sim_race(bench.sim, STATE32, STATE32, "online_kernel"), 0);
	assert_int_equal(mhp_sim_race(bench.sim, STATE32, STATE33, "online"), 0);
	assert_int_equal(mhp_sim_race(bench.sim, STATE32, "/no/such/file", "x"), 0);
	/* another file does not set it off, nor does another program */
	assert_int_equal(do_write(&bench, "memory34/state", "online_movable"), 0);
	check_read(bench.sim, STATE32, "offline");
	assert_int_equal(mhp_sim_write(bench.sim, STATE32, "bogus"), -EINVAL);
	check_read(bench.sim, STATE33, "offline");
	assert_int_equal(do_write(&bench, "memory32/state", "online_movable"), -EINVAL);
	check_read(bench.sim, MEMORY "memory32/valid_zones", "Normal");
	check_read(bench.sim, STATE33, "online");
	/* once */
	assert_int_equal(do_write(&bench, "memory32/state", "offline"), 0);
	check_read(bench.sim, STATE32, "offline");
	assert_int_equal(mhp_sim_count_writes(bench.sim), 3);
	tear_down(&bench);
}

/* The block goes while its file is open. */
static void test_race_removes(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);

	(void)state;
	assert_int_equal(mhp_sim_race(bench.sim, STATE32, DAX_STATE, "unplugged"), 0);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), -ENODEV);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), -ENOENT);
	tear_down(&bench);
}

/* A race may set off no other race, or two could go on for ever. */
static void test_race_on_race(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);

	(void)state;
	assert_int_equal(mhp_sim_race(bench.sim, STATE32, STATE33, "online"), 0);
	assert_int_equal(mhp_sim_race(bench.sim, STATE33, STATE32, "online"), 0);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), 0);
	assert_int_equal(do_write(&bench, "memory33/state", "offline"), 0);
	tear_down(&bench);
}

static void test_did(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", 0);
	char *text;

	(void)state;
	do_write(&bench, "memory32/state", "online_movable");
	do_write(&bench, "memory32/state", "a\033b\n");
	mhp_sim_fail_write(bench.sim, STATE32, NULL, -EINTR, 1);
	do_write(&bench, "memory32/state", "offline");
	mhp_sim_write(bench.sim, DAX_STATE, "online");
	do_write(&bench, "memory99/state", "online");
	assert_int_equal(mhp_sim_copy_capture(bench.sim, &text), 0);
	assert_non_null(strstr(text, "# kernel: 7.3.4+deb13-amd64\n"
			       "# did: put online_movable " STATE32 ": ok\n"
			       "# did: put a\\x1bb " STATE32 ": EINVAL\n"
			       "# did: put offline " STATE32 ": EINTR\n"
			       "# did: put online " DEVICE "state: EBUSY\n"
			       "/sys/"));
	free(text);
	tear_down(&bench);
}

/* ---- read only ---- */

static void test_read_only(void **state)
{
	struct bench bench = set_up("7.3-hmem-bound.txt", MHP_SIM_READ_ONLY);
	char *before, *after, *state_text;

	(void)state;
	assert_int_equal(mhp_sim_copy_capture(bench.sim, &before), 0);
	mhp_sim_fail_write(bench.sim, STATE32, NULL, -EBUSY, 0);
	assert_int_equal(do_write(&bench, "memory32/state", "online"), -EROFS);
	assert_int_equal(do_write(&bench, "memory32/state", "bogus"), -EROFS);
	assert_int_equal(do_write(&bench, "block_size_bytes", "1"), -EROFS);
	assert_int_equal(do_write(&bench, "soft_offline_page", "1"), -EROFS);
	assert_int_equal(do_write(&bench, "memory99/state", "online"), -ENOENT);
	assert_int_equal(mhp_sim_write(bench.sim, KMEM "unbind", "dax0.0"), -EROFS);
	assert_int_equal(mhp_sim_poison_block(bench.sim, 32), -EROFS);
	assert_int_equal(mhp_sim_race_remove(bench.sim, NULL, 32), -EROFS);
	assert_int_equal(mhp_sim_unload_module(bench.sim, "kmem"), -EROFS);
	assert_int_equal(mhp_sim_count_writes(bench.sim), 5);
	check_read(bench.sim, STATE32, "offline");
	assert_int_equal(mhp_sim_copy_capture(bench.sim, &after), 0);
	/* but for what was tried */
	state_text = strstr(after, "\n/sys/");
	assert_string_equal(state_text, strstr(before, "\n/sys/"));
	free(before);
	free(after);
	tear_down(&bench);
}

/* ---- captures of machines that cannot be ---- */

struct complaint {
	int count;
	char message[1024];
};

static void note_complaint(void *data, int code, const char *path, const char *message)
{
	struct complaint *complaint = data;

	(void)path;
	assert_int_equal(code, -EBADMSG);
	complaint->count++;
	snprintf(complaint->message, sizeof(complaint->message), "%s", message);
}

/* A small machine, with one entry changed or added. */
static char *make_text(const char *entry)
{
	static const char *const entries[] = {
		MEMORY "auto_online_blocks: offline",
		MEMORY "block_size_bytes: 8000000",
		MEMORY "memory32/node1 -> ../../node/node1",
		MEMORY "memory32/online: 1",
		MEMORY "memory32/phys_index: 00000020",
		MEMORY "memory32/state: online",
		MEMORY "memory32/valid_zones: Movable",
		"/sys/devices/system/node/has_cpu: 0",
		"/sys/devices/system/node/has_memory: 0-1",
		"/sys/devices/system/node/has_normal_memory: 0",
		"/sys/devices/system/node/node0/cpulist: 0-1",
		"/sys/devices/system/node/node0/distance: 10 20",
		"/sys/devices/system/node/node1/distance: 20 10",
		"/sys/devices/system/node/node1/memory32 -> ../../memory/memory32",
		"/sys/devices/system/node/online: 0-1",
		"/sys/devices/system/node/possible: 0-3",
		"/sys/bus/dax/devices/dax0.0 -> ../../../devices/dax0.0",
		"/sys/bus/dax/drivers/kmem/bind: <write-only>",
		"/sys/bus/dax/drivers/kmem/new_id: <write-only>",
		"/sys/bus/dax/drivers/kmem/unbind: <write-only>",
		"/sys/devices/virtual/memory_tiering/memory_tier4/nodelist: 0",
		"/sys/devices/dax0.0/mapping0/end: 0x10fffffff",
		"/sys/devices/dax0.0/mapping0/start: 0x108000000",
		"/sys/devices/dax0.0/memmap_on_memory: 0",
		"/sys/devices/dax0.0/size: 134217728",
		"/sys/devices/dax0.0/target_node: 1",
		"/sys/devices/dax0.0/uevent: MODALIAS=dax:t0",
		"/proc/iomem: 100000000-107ffffff : System RAM",
	};
	size_t name = strcspn(entry, ":>");
	struct buf buf = { 0 };
	bool found = false;
	char *text;

	buf_add_str(&buf, "# kernel: 7.3.0\n");
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		if (!strncmp(entries[i], entry, name) && strchr(":>", entries[i][name])) {
			buf_add(&buf, "%s\n", entry);
			found = true;
		} else {
			buf_add(&buf, "%s\n", entries[i]);
		}
	}
	if (!found)
		buf_add(&buf, "%s\n", entry);
	assert_int_equal(buf_finish(&buf, &text), 0);
	return text;
}

static int make(const char *entry, struct complaint *complaint, struct mhp_sim **ret_sim)
{
	struct mhp_sim_opts opts = {
		.size = sizeof(opts), .log_fn = note_complaint, .log_data = complaint,
	};
	char *text = make_text(entry);
	int r;

	memset(complaint, 0, sizeof(*complaint));
	r = mhp_sim_new_from_text(text, strlen(text), &opts, ret_sim);
	free(text);
	return r;
}

static void test_small(void **state)
{
	struct complaint complaint;
	struct mhp_sim *sim;

	(void)state;
	assert_int_equal(make("/x: y", &complaint, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, STATE32, "offline"), 0);
	check_read(sim, "/sys/devices/system/node/has_memory", "0");
	assert_int_equal(mhp_sim_write(sim, KMEM "bind", "dax0.0"), 0);
	check_read(sim, MEMORY "memory33/phys_index", "00000021");
	check_read(sim, "/sys/bus/dax/devices/dax0.0/state", "offline");
	mhp_sim_unref(sim);
}

/* Of what makes a machine special, one thing at a time. */
static void test_special(void **state)
{
	struct complaint complaint;
	struct mhp_sim *sim;

	(void)state;
	/* a block in two zones, and one on two nodes */
	assert_int_equal(make(MEMORY "memory32/valid_zones: none", &complaint, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, STATE32, "offline"), -EINVAL);
	check_read(sim, MEMORY "memory32/valid_zones", "none");
	mhp_sim_unref(sim);
	assert_int_equal(make(MEMORY "memory32/node0 -> ../../node/node0", &complaint, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, STATE32, "offline"), -EINVAL);
	mhp_sim_unref(sim);
	/* a hole in it */
	assert_int_equal(make("/proc/iomem: 100000000-107fffffe : System RAM", &complaint, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, STATE32, "offline"), -EINVAL);
	mhp_sim_unref(sim);
	assert_int_equal(make("/proc/iomem:\n\t100000000-103ffffff : System RAM\n"
			      "\t  100000000-100ffffff : Kernel code\n"
			      "\t104000000-107ffffff : System RAM", &complaint, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, STATE32, "offline"), 0);
	mhp_sim_unref(sim);
	/* booted with movable_node */
	assert_int_equal(make("/proc/cmdline: root=/dev/x movable_node quiet", &complaint, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, STATE32, "offline"), 0);
	check_read(sim, MEMORY "memory32/valid_zones", "Movable Normal");
	mhp_sim_unref(sim);
	assert_int_equal(make("/proc/cmdline: no_movable_node movable_node=1", &complaint, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, STATE32, "offline"), 0);
	check_read(sim, MEMORY "memory32/valid_zones", "Normal Movable");
	mhp_sim_unref(sim);
	/* a node with processors stays without memory */
	assert_int_equal(make("/sys/devices/dax0.0/target_node: 0", &complaint, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, KMEM "bind", "dax0.0"), 0);
	assert_int_equal(mhp_sim_write(sim, KMEM "unbind", "dax0.0"), 0);
	check_read(sim, "/sys/devices/system/node/online", "0-1");
	check_read(sim, "/sys/devices/system/node/node0/cpulist", "0-1");
	mhp_sim_unref(sim);
	/* a node never seen before */
	assert_int_equal(make("/sys/devices/dax0.0/target_node: 3", &complaint, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, KMEM "bind", "dax0.0"), 0);
	check_read(sim, "/sys/devices/system/node/online", "0-1,3");
	check_read(sim, "/sys/devices/system/node/node3/distance", "20 20 10");
	check_read(sim, "/sys/devices/system/node/node0/distance", "10 20 20");
	assert_int_equal(mhp_sim_write(sim, MEMORY "memory33/state", "online"), 0);
	check_read(sim, "/sys/devices/virtual/memory_tiering/memory_tier22/nodelist", "3");
	mhp_sim_unref(sim);
	/* a device of size 0 */
	assert_int_equal(make("/sys/bus/dax/devices/dax9.0 -> ../../../devices/dax9.0\n"
			      "/sys/devices/dax9.0/size: 0\n"
			      "/sys/devices/dax9.0/memmap_on_memory: 0", &complaint, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, KMEM "bind", "dax9.0"), -ENXIO);
	mhp_sim_unref(sim);
	/* what the capture does not tell */
	assert_int_equal(make("/sys/devices/dax0.0/mapping0/end: <EACCES>", &complaint, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, KMEM "bind", "dax0.0"), -EOPNOTSUPP);
	mhp_sim_unref(sim);
}

static void test_impossible(void **state)
{
	static const struct {
		const char *entry;
		const char *message;	/* a piece of it */
	} bad[] = {
		{ MEMORY "block_size_bytes: junk", "block_size_bytes: no kernel says \"junk\"" },
		{ MEMORY "block_size_bytes: 0", "\"0\"" },
		{ MEMORY "block_size_bytes: 8000001", "\"8000001\"" },
		{ MEMORY "block_size_bytes: 800", "\"800\"" },
		{ MEMORY "block_size_bytes: 10000000000000000", "\"10000000000000000\"" },
		{ MEMORY "block_size_bytes: 8000000000000000", "\"8000000000000000\"" },
		{ MEMORY "auto_online_blocks: maybe", "auto_online_blocks: no kernel says" },
		{ MEMORY "memory32/state: sleeping", "memory32/state: no kernel says" },
		{ MEMORY "memory32/state: \033[1m", "\\x1b[1m" },
		{ MEMORY "memory32/valid_zones: Elsewhere", "memory32/valid_zones: " },
		{ MEMORY "memory32/valid_zones: Movable  Normal", "memory32/valid_zones: " },
		{ MEMORY "memory33554432/state: offline", "memory33554432: no kernel has this" },
		{ MEMORY "memory18446744073709551614/state: offline", "no kernel has this" },
		{ "/sys/devices/system/node/online: 1-0", "online: no kernel says \"1-0\"" },
		{ "/sys/devices/system/node/online: 0-2147483647", "node/online" },
		{ "/sys/devices/system/node/has_memory: x", "has_memory" },
		{ "/sys/devices/system/node/node0/distance: 10", "node0/distance" },
		{ "/sys/devices/system/node/node0/distance: 10 20 30", "node0/distance" },
		{ "/sys/devices/system/node/node0/distance: 10 -1", "node0/distance" },
		{ "/sys/devices/virtual/memory_tiering/memory_tier4/nodelist: 9999999", "nodelist" },
		{ "/sys/devices/dax0.0/mapping0/end: 0x107ffffff", "mapping0/end" },
		{ "/sys/devices/dax0.0/mapping0/end: 0xffffffffffffffff", "mapping0/end" },
		{ "/sys/devices/dax0.0/mapping0/end: 0x10000000000000000", "mapping0/end" },
		{ "/sys/devices/dax0.0/mapping0/start: 4", "mapping0/start" },
		{ "/sys/devices/dax0.0/target_node: 4096", "target_node" },
		{ "/sys/devices/dax0.0/target_node: -1", "target_node" },
		{ "/proc/iomem:\n\t0-1 : a\n\tjunk", "line 31: /proc/iomem: no kernel says \"junk\"" },
		{ "/proc/zoneinfo: junk", "/proc/zoneinfo: no kernel says \"junk\"" },
		{ "/proc/zoneinfo: Node7 0, zone Normal",
		  "/proc/zoneinfo: no kernel says \"Node7 0, zone Normal\"" },
		{ "/proc/zoneinfo:\n\tNode 0, zone Normal\n\t  pages free     x",
		  "/proc/zoneinfo: no kernel says \"Node 0, zone Normal\"" },
		{ "/proc/zoneinfo:\n\tNode 99999, zone Normal\n\t        present  0",
		  "/proc/zoneinfo" },
		{ "/proc/zoneinfo:\n\tNode 0, zone Normal\n\t        spanned  9\n"
		  "\t        present  9\n\t  start_pfn:           18446744073709551615",
		  "/proc/zoneinfo" },
	};
	struct complaint complaint;
	struct mhp_sim *sim;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int r = make(bad[i].entry, &complaint, &sim);

		if (r != -EBADMSG || complaint.count != 1 ||
		    !strstr(complaint.message, bad[i].message))
			fail_msg("%s: %d \"%s\"", bad[i].entry, r, complaint.message);
	}
}

/* Odd, but not refused: a machine that a real one may look like from afar. */
static void test_odd(void **state)
{
	static const char *const odd[] = {
		MEMORY "auto_online_blocks: <EACCES>",
		MEMORY "memory32/state: <EIO>",
		MEMORY "memory32/valid_zones: <EIO>",
		MEMORY "memory32/online: <EIO>",
		MEMORY "memory_failure/state: online",
		MEMORY "memory032/state: junk",
		MEMORY "memory99999999999999999999999/state: junk",
		MEMORY "memory33: a file",
		MEMORY "memory33 -> memory32",
		MEMORY "memory33/state -> ../memory32/state",
		MEMORY "memory33/node1/state: offline",
		MEMORY "block_size_bytes: <EACCES>",
		"/sys/devices/system/node/online: ",
		"/sys/devices/system/node/online: <EIO>",
		"/sys/devices/system/node/node0/distance: <EIO>",
		"/sys/devices/system/node/node99999999999/x: y",
		"/sys/devices/dax0.0/mapping0/end: <EACCES>",
		"/sys/devices/dax0.0/target_node: <ENOENT>",
		"/sys/devices/dax0.0/uevent: <EIO>",
		"/sys/devices/dax0.0/size: <EIO>",
		"/sys/bus/dax/devices/dax0.1 -> dax0.1",
		"/sys/bus/dax/devices/dax0.1 -> ../../../devices/dax0.0",
		"/sys/bus/dax/devices/dax0.1 -> ../../../..",
		"/sys/devices/dax0.0/driver -> ../../bus/dax/drivers/kmem",
		"/sys/devices/dax0.0/driver -> nowhere",
		"/sys/devices/dax0.0/driver: text",
		"/sys/devices/dax0.0/state: offline",
		"/proc/iomem: 00000000-00000000 : System RAM",
		"/proc/iomem: <EACCES>",
		"/proc/zoneinfo: Node 0, zone Normal",
		"/proc/zoneinfo: Node 1, zone Strange",
		"/proc/zoneinfo: ",
	};
	static const char *const writes[][2] = {
		{ STATE32, "offline" }, { STATE32, "online_movable" }, { STATE33, "online" },
		{ KMEM "bind", "dax0.0" }, { KMEM "bind", "dax0.1" }, { KMEM "unbind", "dax0.0" },
		{ KMEM "new_id", "dax0.0" },
		{ "/sys/devices/dax0.0/state", "unplugged" },
		{ "/sys/devices/dax0.0/state", "online" },
		{ MEMORY "memory33/state", "offline" },
	};
	struct complaint complaint;
	struct mhp_sim *sim;
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		int r = make(odd[i], &complaint, &sim);

		if (r < 0)
			fail_msg("%s: %d \"%s\"", odd[i], r, complaint.message);
		for (size_t j = 0; j < sizeof(writes) / sizeof(writes[0]); j++)
			(void)mhp_sim_write(sim, writes[j][0], writes[j][1]);
		assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
		free(text);
		mhp_sim_unref(sim);
	}
}

/* More than any machine has is refused where the memory would come. */
static void test_huge_range(void **state)
{
	static const char *const ends[] = {
		"/sys/devices/dax0.0/mapping0/end: 0xfffffffffffffffe",
		"/sys/devices/dax0.0/mapping0/end: 0xfffffffffffff",
		"/sys/devices/dax0.0/mapping0/end: 0x10000107ffffff",
	};
	struct complaint complaint;
	struct mhp_sim *sim;

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		assert_int_equal(make(ends[i], &complaint, &sim), 0);
		assert_int_equal(mhp_sim_write(sim, KMEM "bind", "dax0.0"), -E2BIG);
		assert_int_equal(mhp_sim_write(sim, MEMORY "memory33/state", "online"), -ENOENT);
		mhp_sim_unref(sim);
	}
	/* there are blocks in the way; a node that cannot be */
	assert_int_equal(make("/sys/devices/dax0.0/mapping0/start: 0x100000000", &complaint, &sim),
			 0);
	assert_int_equal(mhp_sim_write(sim, KMEM "bind", "dax0.0"), -EEXIST);
	mhp_sim_unref(sim);
	assert_int_equal(make("/sys/devices/dax0.0/target_node: 7", &complaint, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, KMEM "bind", "dax0.0"), -EINVAL);
	mhp_sim_unref(sim);
	assert_int_equal(make("/sys/devices/dax0.0/size: 0", &complaint, &sim), 0);
	mhp_sim_unref(sim);
}

/* Nothing to act on: it is shown as it is. */
static void test_no_hotplug(void **state)
{
	const char *text = "# kernel: 7.3.0\n"
			   "/sys/devices/system/node/online: 0\n"
			   "/proc/iomem: junk\n";
	struct mhp_sim *sim;

	(void)state;
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, "/proc/iomem", "x"), -EACCES);
	check_read(sim, "/proc/iomem", "junk");
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_dir),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_changes),
		cmocka_unit_test(test_dead_dir),
		cmocka_unit_test(test_context),
		cmocka_unit_test(test_fail_write),
		cmocka_unit_test(test_fail_write_order),
		cmocka_unit_test(test_fail_block),
		cmocka_unit_test(test_fail_any_block),
		cmocka_unit_test(test_clear_failures),
		cmocka_unit_test(test_gets_on),
		cmocka_unit_test(test_fail_wrong_use),
		cmocka_unit_test(test_race),
		cmocka_unit_test(test_race_removes),
		cmocka_unit_test(test_race_on_race),
		cmocka_unit_test(test_did),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_special),
		cmocka_unit_test(test_impossible),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_huge_range),
		cmocka_unit_test(test_no_hotplug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Captures that the library takes: of recorded machines, of trees that no kernel
 * makes, and of machines that change or fail meanwhile. Whatever it was taken of, a
 * capture of the capture is the same again.
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/sim.h>

#include "support/dump.h"
#include "support/fakesys.h"
#include "support/golden.h"

#define MEM MEMORY_PATH "/"
#define HMEM "7.3-hmem-bound.txt"
#define DEVICE "/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0"

static char *take(struct mhp_ctx *ctx, uint64_t flags)
{
	struct mhp_capture_opts opts = { .size = sizeof(opts), .flags = flags };
	char *text = NULL;

	assert_int_equal(mhp_ctx_copy_capture(ctx, &opts, &text), 0);
	return text;
}

static void complain(void *data, int code, const char *path, const char *message)
{
	(void)data, (void)path;
	print_message("%d: %s\n", code, message);
}

static struct mhp_sim *machine_of(const char *text, uint64_t flags)
{
	struct mhp_sim_opts opts = {
		.size = sizeof(opts), .flags = flags, .log_fn = complain,
	};
	struct mhp_sim *sim = NULL;

	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), &opts, &sim), 0);
	return sim;
}

static char *take_sim(struct mhp_sim *sim, uint64_t flags)
{
	struct mhp_ctx *ctx;
	char *text;

	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	text = take(ctx, flags);
	mhp_ctx_unref(ctx);
	return text;
}

/* A capture is too long to be printed: where do two begin to differ? */
static void assert_same(const char *text, const char *wanted)
{
	size_t at = 0;

	while (text[at] && text[at] == wanted[at])
		at++;
	if (!text[at] && !wanted[at])
		return;
	while (at > 0 && text[at - 1] != '\n')
		at--;
	fail_msg("\"%.*s\", and not \"%.*s\"", (int)strcspn(text + at, "\n"), text + at,
		 (int)strcspn(wanted + at, "\n"), wanted + at);
}

/* mode: MHP_SIM_READ_ONLY, or 0 for a machine that acts */
static void check_same(const char *text, uint64_t mode, uint64_t flags)
{
	struct mhp_sim *sim = machine_of(text, mode);
	char *again = take_sim(sim, flags), *own;

	assert_same(again, text);
	assert_int_equal(mhp_sim_copy_capture(sim, &own), 0);
	assert_same(own, text);
	free(own);
	free(again);
	mhp_sim_unref(sim);
}

static void assert_line(const char *text, const char *line)
{
	size_t length = strlen(line);

	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, line, length) && (at[length] == '\n' || !at[length]))
			return;
	}
	fail_msg("no line \"%s\"", line);
}

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in it", part);
}

/* ---- recorded machines ---- */

static char *dump_of(struct mhp_sim *sim)
{
	struct mhp_snapshot *snap = look_at(sim);
	char *text = dump(snap, false);

	mhp_snapshot_unref(snap);
	return text;
}

static void check_machine(const char *name)
{
	struct mhp_sim *recorded = open_machine(name), *again;
	char *text = take_sim(recorded, 0), *before, *after;

	check_same(text, MHP_SIM_READ_ONLY, 0);
	check_same(text, 0, 0);
	again = machine_of(text, 0);
	before = dump_of(recorded);
	after = dump_of(again);
	assert_string_equal(after, before);
	assert_memory_equal(text, "# kernel: ", 10);
	free(before);
	free(after);
	free(text);
	mhp_sim_unref(recorded);
	mhp_sim_unref(again);
}

static void machines(void **state)
{
	const char *data = getenv("TEST_DATA");
	char path[4096];
	struct dirent *entry;
	size_t count = 0;
	DIR *dir;

	(void)state;
	snprintf(path, sizeof(path), "%s/machines", data ? data : "tests");
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (!dot || strcmp(dot, ".txt"))
			continue;
		check_machine(entry->d_name);
		count++;
	}
	closedir(dir);
	assert_true(count > 20);
}

/* What the machine shows after it was changed is its capture as well. */
static void changed(void **state)
{
	static const char *const words[] = { "unplugged", "online_movable", "unplugged" };
	struct mhp_sim *sim = open_machine(HMEM);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		char *text;

		assert_int_equal(mhp_sim_write(sim, DEVICE "/state", words[i]), 0);
		text = take_sim(sim, 0);
		check_same(text, 0, 0);
		assert_true((strstr(text, MEM "memory32/state: online\n") != NULL) == (i == 1));
		assert_true((strstr(text, MEM "memory32/") != NULL) == (i == 1));
		free(text);
	}
	mhp_sim_unref(sim);
}

/* On disk, by either way to open files, and in memory it is the same. */
static void back_ends(void **state)
{
	char *texts[3] = { NULL };

	(void)state;
	for (enum fakesys_way way = FAKESYS_OPENAT2; way <= FAKESYS_MEMORY; way++) {
		struct fakesys *fs = fakesys_new_machine("7.3-hmem-ranges-bound");
		struct mhp_ctx *ctx = fakesys_ctx(fs, way);

		texts[way] = take(ctx, 0);
		mhp_ctx_unref(ctx);
		assert_same(texts[way], texts[0]);
		assert_line(texts[way], "/sys/bus/dax/drivers/kmem/new_id: <write-only>");
	}
	check_same(texts[0], MHP_SIM_READ_ONLY, 0);
	check_same(texts[0], 0, 0);
	for (size_t way = 0; way < ARRAY_SIZE(texts); way++)
		free(texts[way]);
}

/* ---- what is dangerous is not read ---- */

struct watch {
	size_t reads;
	bool zones;
};

static void watch_read(void *data, const char *path)
{
	static const char *const never[] = {
		"/online", "/probe", "/soft_offline_page", "/new_id", "/bind", "/unbind",
		"/compact", "/reclaim", "/eject", "/mapping", "/delete",
	};
	struct watch *watch = data;
	const char *name = strrchr(path, '/');

	watch->reads++;
	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (!strcmp(name, never[i]) && strcmp(path, NODE_PATH "/online"))
			fail_msg("%s was read", path);
	if (!strcmp(name, "/uevent") && strstr(path, "/memory/memory"))
		fail_msg("%s was read", path);
	if (!strcmp(name, "/valid_zones") && strstr(path, "/memory33/"))
		watch->zones = true;
}

static void hazards(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct watch watch = { 0 };
	struct mhp_ctx *ctx;
	char *text;

	(void)state;
	/* as it is while the block appears: kernels up to 6.12 may crash */
	fakesys_remove(fs, MEM "memory33/node1");
	fakesys_file(fs, MEM "memory34/state", "going-offline\n");
	fakesys_file(fs, MEM "memory35/state", "thinking\n");
	fakesys_file(fs, MEM "probe", "");
	fakesys_file(fs, MEM "memory33/power/control", "auto\n");
	fs->on_read = watch_read;
	fs->data = &watch;
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	text = take(ctx, 0);
	assert_true(watch.reads > 100);
	assert_false(watch.zones);
	assert_lacks(text, "memory33/valid_zones");
	assert_line(text, MEM "memory32/valid_zones: Normal Movable");
	assert_line(text, MEM "memory32/online: 0");
	assert_line(text, MEM "memory0/online: 1");
	assert_lacks(text, "memory34/online");
	assert_lacks(text, "memory35/online");
	assert_line(text, MEM "memory35/state: thinking");
	assert_line(text, MEM "probe: <write-only>");
	assert_line(text, MEM "memory33/uevent: ");
	assert_lacks(text, "/power");
	check_same(text, MHP_SIM_READ_ONLY, 0);
	mhp_ctx_unref(ctx);
	free(text);

	/* a kernel without NUMA has no such links, and no such bug */
	fakesys_remove(fs, NODE_PATH);
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	text = take(ctx, 0);
	assert_true(watch.zones);
	assert_line(text, MEM "memory33/valid_zones: Normal Movable");
	mhp_ctx_unref(ctx);
	free(text);
}

/* ---- trees that no kernel makes ---- */

static void set_bytes(struct fakesys *fs, const char *path, const char *bytes, size_t length)
{
	fakesys_set(fs, FAKESYS_FILE, path, bytes, length);
}

static struct fakesys *hostile_tree(void)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	char deep[1024] = MEMORY_PATH;
	char *large = malloc(10000);

	assert_non_null(large);
	memset(large, 'x', 10000);
	fakesys_set(fs, FAKESYS_FIFO, MEM "fifo", NULL, 0);
	fakesys_set(fs, FAKESYS_SOCKET, MEM "socket", NULL, 0);
	fakesys_link(fs, MEM "loop", "loop");
	fakesys_link(fs, MEM "up", "..");
	fakesys_link(fs, MEM "dangling", "../nowhere at all -> : ");
	fakesys_link(fs, MEM "lines", "a\n/sys/forged: 1");
	fakesys_file(fs, MEM "memory032/state", "offline\n");
	fakesys_file(fs, MEM "with space", "1\n");
	fakesys_file(fs, MEM "colon:", "1\n");
	fakesys_file(fs, MEM "lines\n/sys/forged", "1\n");
	fakesys_file(fs, MEM "\xc3\xa9", "1\n");
	fakesys_file(fs, MEM "a-empty", "");
	fakesys_file(fs, MEM "a-newline", "\n");
	fakesys_file(fs, MEM "a-newlines", "\n\n\n");
	fakesys_file(fs, MEM "a-tab", "\tx\n");
	fakesys_file(fs, MEM "a-no-newline", "x");
	fakesys_file(fs, MEM "a-colon", "x: y -> z: \n");
	fakesys_file(fs, MEM "a-code", "<EACCES>\n");
	fakesys_file(fs, MEM "a-no-code", "<ENONSENSE>\n");
	fakesys_file(fs, MEM "a-word", "<whatever>\n");
	fakesys_file(fs, MEM "a-comment", "# x\n# y\n");
	set_bytes(fs, MEM "b-nul", "a\0b\n", 4);
	set_bytes(fs, MEM "b-cr", "a\r\n", 3);
	set_bytes(fs, MEM "b-escape", "\033[2J\n", 5);
	set_bytes(fs, MEM "b-high", "\xff\xfe\n", 3);
	set_bytes(fs, MEM "large", large, 10000);
	for (size_t i = 0; i < 100; i++)
		strcat(deep, "/d");
	fakesys_file(fs, deep, "1\n");
	/* directories and files in each other's place */
	fakesys_remove(fs, NODE_PATH "/node0");
	fakesys_file(fs, NODE_PATH "/node0", "a file\n");
	fakesys_remove(fs, "/proc/iomem");
	fakesys_dir(fs, "/proc/iomem");
	/* links of devices that lead to what is none */
	fakesys_link(fs, DAX_DEVICES_PATH "/dax7.0", "../../../devices");
	fakesys_link(fs, DAX_DEVICES_PATH "/dax7.1", "../../../../../../etc/dax7.1");
	fakesys_link(fs, DAX_DEVICES_PATH "/dax7.2", "/");
	fakesys_link(fs, DAX_DEVICES_PATH "/dax7.3", "../../../devices/nowhere/dax7.3");
	fakesys_link(fs, DAX_DEVICES_PATH "/dax7.4", "dax7.4");
	fakesys_file(fs, "/etc/dax7.1/secret", "secret\n");
	fakesys_file(fs, "/sys/devices/secret/secret", "secret\n");
	fakesys_file(fs, "/secret", "secret\n");
	free(large);
	return fs;
}

static void hostile(void **state)
{
	static const char *const lines[] = {
		MEM "a-empty: ", MEM "a-newline: ", MEM "a-tab: \tx", MEM "a-no-newline: x",
		MEM "a-colon: x: y -> z: ", MEM "a-code: <binary>", MEM "a-no-code: <binary>",
		MEM "a-word: <binary>", MEM "a-comment:", "\t# y", MEM "b-nul: <binary>",
		MEM "b-cr: <binary>", MEM "b-escape: <binary>", MEM "b-high: <binary>",
		MEM "loop -> loop", MEM "up -> ..", MEM "dangling -> ../nowhere at all -> : ",
		MEM "memory032/state: offline", "/proc/iomem/", NODE_PATH "/node0: a file",
		DAX_DEVICES_PATH "/dax7.0 -> ../../../devices",
		DAX_DEVICES_PATH "/dax7.3 -> ../../../devices/nowhere/dax7.3",
	};
	static const char *const lacks[] = { "fifo", "socket", "space", "forged", "/colon:", "secret" };
	char *texts[3];

	(void)state;
	for (enum fakesys_way way = FAKESYS_OPENAT2; way <= FAKESYS_MEMORY; way++) {
		struct fakesys *fs = hostile_tree();
		struct mhp_ctx *ctx = fakesys_ctx(fs, way);

		texts[way] = take(ctx, 0);
		mhp_ctx_unref(ctx);
		assert_same(texts[way], texts[0]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_line(texts[0], lines[i]);
	for (size_t i = 0; i < ARRAY_SIZE(lacks); i++)
		assert_lacks(texts[0], lacks[i]);
	assert_non_null(strstr(texts[0], "/d: <ELOOP>\n"));
	assert_non_null(strstr(texts[0], MEM "large: xxxx"));
	check_same(texts[0], MHP_SIM_READ_ONLY, 0);
	for (size_t way = 0; way < ARRAY_SIZE(texts); way++)
		free(texts[way]);
}

/* A tree without any order: whatever comes out can be read again, and is the same then. */
static void nonsense(void **state)
{
	static const char bytes[] = "\0\n\r\t <>:/-#aE1\x7f\xff";
	uint64_t seed = 4;

	(void)state;
	for (int round = 0; round < 30; round++) {
		struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
		struct mhp_ctx *ctx;
		char *text;

		for (size_t i = 0; i < fs->count; i++) {
			struct fakesys_entry *entry = &fs->entries[i];

			if (fakesys_random(&seed, 6) || entry->type == FAKESYS_DIR)
				continue;
			for (size_t j = 0; j < entry->length; j++)
				if (entry->type == FAKESYS_FILE || entry->bytes[j] != '/')
					entry->bytes[j] = bytes[fakesys_random(&seed, sizeof(bytes) - 1)];
			if (!fakesys_random(&seed, 4))
				entry->code = -(int)(1 + fakesys_random(&seed, 40));
		}
		ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
		if (mhp_ctx_copy_capture(ctx, NULL, &text) == 0) {
			check_same(text, MHP_SIM_READ_ONLY, 0);
			free(text);
		}
		mhp_ctx_unref(ctx);
		fakesys_free(fs);
	}
}

/* Of the devices on its bus that one is taken which may be virtio-mem. */
static void virtio_devices(void **state)
{
	static const char path[] = "/sys/devices/pci0000:00/0000:00:03.0/virtio1";
	static const struct {
		const char *word;	/* NULL: there is no such file */
		int code;
		bool is_taken;
	} rows[] = {
		{ "0x0018\n", 0, true }, { "0x18\n", 0, true }, { "0x0001\n", 0, false },
		{ "24\n", 0, true }, { "0x0018\n", -EACCES, true }, { NULL, 0, true },
	};
	char file[128];

	(void)state;
	snprintf(file, sizeof(file), "%s/device", path);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine("7.3-virtio-mem-online");
		struct mhp_ctx *ctx;
		char *text;

		if (rows[i].word)
			fakesys_file(fs, file, rows[i].word);
		else
			fakesys_remove(fs, file);
		if (rows[i].code)
			fakesys_find(fs, file)->code = rows[i].code;
		ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
		text = take(ctx, 0);
		assert_int_equal(strstr(text, "/virtio1/driver -> ") != NULL,
				 rows[i].is_taken);
		mhp_ctx_unref(ctx);
		free(text);
		fakesys_free(fs);
	}
}

/* What may not be read is there by its errno value's name, and told of at the head. */
static void denied(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct mhp_ctx *ctx;
	char *text;

	(void)state;
	fakesys_find(fs, DEVICE "/mapping0/start")->code = -EACCES;
	fakesys_find(fs, DEVICE "/resource")->code = -EPERM;
	fakesys_find(fs, MEM "memory33/state")->code = -EIO;
	fakesys_find(fs, MEM "memory34/phys_device")->code = -EDOM;
	fakesys_find(fs, MEM "memory35/phys_device")->code = -ENODEV;
	fakesys_find(fs, NODE_PATH "/node1")->code = -EACCES;
	/* as who is not root sees it */
	fakesys_file(fs, "/proc/iomem", "00000000-00000000 : System RAM\n"
		     "  00000000-00000000 : Kernel code\n");
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	text = take(ctx, 0);
	assert_line(text, "# not permitted: 4, such as /proc/iomem");
	assert_line(text, "/proc/iomem: <EACCES>");
	assert_line(text, DEVICE "/mapping0/start: <EACCES>");
	assert_line(text, DEVICE "/resource: <EPERM>");
	assert_line(text, MEM "memory33/state: <EIO>");
	assert_lacks(text, "memory33/online");
	assert_line(text, MEM "memory34/phys_device: <EIO>");
	assert_line(text, MEM "memory35/phys_device: <ENODEV>");
	assert_line(text, NODE_PATH "/node1: <EACCES>");
	check_same(text, MHP_SIM_READ_ONLY, 0);
	mhp_ctx_unref(ctx);
	free(text);
}

/* ---- what tells which machine it is ---- */

static struct fakesys *private_tree(void)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	static const char *const files[] = {
		DEVICE "/serial", DEVICE "/uuid", DEVICE "/Serial_Number", DEVICE "/wwn",
		DEVICE "/unique_id", DEVICE "/id", DEVICE "/dimm_id", DEVICE "/x/asset_tag",
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		fakesys_file(fs, files[i], "S3CR3T\n");
	fakesys_file(fs, DEVICE "/region_uuid", "\n");
	fakesys_file(fs, DEVICE "/x/uevent", "DRIVER=kmem\nID_SERIAL=S3CR3T\nUUID=S3CR3T\n");
	fakesys_file(fs, "/proc/cmdline", "root=UUID=H1DDEN kernelcore=1G passwd=H1DDEN "
		     "memhp_default_state=online_movable memory_hotplug.online_policy=x quiet\n");
	fakesys_file(fs, "/proc/sys/kernel/hostname", "H1DDEN\n");
	fakesys_file(fs, "/etc/machine-id", "H1DDEN\n");
	return fs;
}

static void identity(void **state)
{
	struct fakesys *fs = private_tree();
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	char *text = take(ctx, 0), *all = take(ctx, MHP_CAPTURE_IDENTITY);

	(void)state;
	assert_lacks(text, "S3CR3T");
	assert_lacks(text, "H1DDEN");
	assert_lacks(all, "H1DDEN");
	assert_line(text, "# left out: what tells which machine this is (see --identity)");
	assert_line(text, "# left out: words of the command line that are not about memory");
	assert_line(text, DEVICE "/serial: <left-out>");
	assert_line(text, DEVICE "/x/asset_tag: <left-out>");
	assert_line(text, DEVICE "/region_uuid: ");
	assert_line(text, "\tID_SERIAL=<left-out>");
	assert_line(text, "\tDRIVER=kmem");
	assert_line(text, "/sys/devices/platform/hmem_platform.0/hmem.0/dax_region/id: 0");
	assert_line(text, "/proc/cmdline: kernelcore=1G memhp_default_state=online_movable "
		    "memory_hotplug.online_policy=x <left-out>");
	assert_line(all, DEVICE "/serial: S3CR3T");
	assert_line(all, "\tUUID=S3CR3T");
	check_same(text, MHP_SIM_READ_ONLY, 0);
	check_same(text, 0, 0);
	/* what was left out cannot be had later, and the capture goes on saying so */
	check_same(text, 0, MHP_CAPTURE_IDENTITY);
	check_same(all, 0, MHP_CAPTURE_IDENTITY);
	mhp_ctx_unref(ctx);
	free(text);
	free(all);
}

/* What is not shown at all has nothing left out. */
static void identity_of_binary(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	char *text;

	(void)state;
	fakesys_file(fs, "/proc/cmdline", "memmap=\x80 quiet\n");
	fakesys_file(fs, DEVICE "/x/uevent", "UUID=S3CR3T\nDRIVER=\x80\n");
	text = take(ctx, 0);
	assert_line(text, "/proc/cmdline: <binary>");
	assert_line(text, DEVICE "/x/uevent: <binary>");
	assert_lacks(text, "# left out");
	check_same(text, MHP_SIM_READ_ONLY, 0);
	mhp_ctx_unref(ctx);
	free(text);
}

/* ---- meanwhile ---- */

static size_t count_accesses(struct mhp_sim *sim)
{
	return mhp_sim_count(sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK);
}

/* Each access fails once: the capture tells of it, or lacks it, and can be read. */
static void each_access_fails(void **state)
{
	struct mhp_sim *sim = open_machine(HMEM);
	size_t total;
	char *text = take_sim(sim, 0);

	(void)state;
	total = count_accesses(sim);
	free(text);
	mhp_sim_unref(sim);
	for (size_t i = 1; i <= total; i += i < 300 ? 1 : 7) {
		struct mhp_ctx *ctx;
		int r;

		sim = open_machine(HMEM);
		assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
		assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK,
						 NULL, i,
						 i % 2 ? -EIO : -ENOMEM), 0);
		text = NULL;
		r = mhp_ctx_copy_capture(ctx, NULL, &text);
		if (r == 0)
			mhp_sim_unref(machine_of(text, MHP_SIM_READ_ONLY));
		else
			assert_int_equal(r, i % 2 ? -EIO : -ENOMEM);
		/* only without the root there is nothing at all */
		assert_true(r != -EIO || i < 40);
		free(text);
		mhp_ctx_unref(ctx);
		mhp_sim_unref(sim);
	}
}

/* The device's memory goes while it is being captured, at whatever moment. */
static void vanishing(void **state)
{
	struct mhp_sim *sim = open_machine(HMEM);
	char *text = take_sim(sim, 0);
	size_t total = count_accesses(sim);

	(void)state;
	free(text);
	mhp_sim_unref(sim);
	for (size_t i = 1; i <= total; i += 3) {
		sim = open_machine(HMEM);
		assert_int_equal(mhp_sim_race_at(sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK,
						 NULL, i,
						 DEVICE "/state", "unplugged"), 0);
		text = take_sim(sim, 0);
		assert_lacks(text, "<E");
		check_same(text, MHP_SIM_READ_ONLY, 0);
		free(text);
		mhp_sim_unref(sim);
	}
}

/* Two machines that differ by their number of blocks only. */
static size_t accesses_for(unsigned int blocks)
{
	struct fakesys *fs = fakesys_new();
	struct text text = { 0 };
	struct mhp_sim *sim;
	size_t count;
	char *str, *taken;

	text_add(&text, MEM "block_size_bytes: 8000000\n");
	for (unsigned int i = 0; i < blocks; i++)
		text_add(&text, MEM "memory%u/node0 -> ../../node/node0\n" MEM "memory%u/online: 0\n"
			 MEM "memory%u/state: offline\n" MEM "memory%u/valid_zones: Normal Movable\n",
			 i, i, i, i);
	text_add(&text, NODE_PATH "/node0/distance: 10\n");
	assert_int_equal(text_finish(&text, &str), 0);
	sim = machine_of(str, MHP_SIM_READ_ONLY);
	taken = take_sim(sim, 0);
	assert_same(taken, str);
	count = count_accesses(sim);
	free(taken);
	free(str);
	mhp_sim_unref(sim);
	fakesys_free(fs);
	return count;
}

static void linear(void **state)
{
	size_t none = accesses_for(1), some = accesses_for(101), many = accesses_for(1001);

	(void)state;
	assert_int_equal((many - some) / 900, (some - none) / 100);
	assert_int_equal((some - none) % 100, 0);
	/* look, open, list; of each of the four files: look, read */
	assert_in_range((some - none) / 100, 4, 12);
}

/* A machine with a DAX device that is not there, below as many directories. */
static size_t accesses_at_depth(unsigned int depth)
{
	struct text text = { 0 };
	struct mhp_sim *sim;
	size_t count;
	char *str, *taken;

	text_add(&text, MEM "block_size_bytes: 8000000\n"
		 DAX_DEVICES_PATH "/dax0.0 -> ../../../devices");
	while (depth-- > 0)
		text_add(&text, "/a");
	text_add(&text, "/dax0.0\n");
	assert_int_equal(text_finish(&text, &str), 0);
	sim = machine_of(str, MHP_SIM_READ_ONLY);
	taken = take_sim(sim, 0);
	assert_lacks(taken, "/sys/devices/a");
	count = count_accesses(sim);
	free(taken);
	free(str);
	mhp_sim_unref(sim);
	return count;
}

/* What no walk reaches is not looked for: a link of one path's length would be 4,000 places. */
static void too_deep(void **state)
{
	size_t none = accesses_at_depth(0), some = accesses_at_depth(28);

	(void)state;
	assert_in_range(some - none, 28, 4 * 28);
	assert_int_equal(accesses_at_depth(1900), accesses_at_depth(200));
	assert_true(accesses_at_depth(1900) < some);
}

/* ---- the call ---- */

static void options(void **state)
{
	struct mhp_capture_opts opts = { .size = sizeof(opts), .flags = 2 };
	struct mhp_sim *sim = open_machine(HMEM), *bare;
	struct mhp_ctx *ctx;
	char *text = NULL;

	(void)state;
	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	assert_int_equal(mhp_ctx_copy_capture(ctx, &opts, &text), -E2BIG);
	opts.size = 0;
	assert_int_equal(mhp_ctx_copy_capture(ctx, &opts, &text), -EINVAL);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);

	bare = machine_of("/etc/motd: nothing for us\n", MHP_SIM_READ_ONLY);
	assert_int_equal(mhp_sim_new_ctx(bare, &ctx), 0);
	assert_int_equal(mhp_ctx_copy_capture(ctx, NULL, &text), -ENODEV);
	assert_null(text);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(bare);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(machines),
		cmocka_unit_test(changed),
		cmocka_unit_test_teardown(back_ends, fakesys_free_all),
		cmocka_unit_test_teardown(hazards, fakesys_free_all),
		cmocka_unit_test_teardown(hostile, fakesys_free_all),
		cmocka_unit_test_teardown(nonsense, fakesys_free_all),
		cmocka_unit_test_teardown(virtio_devices, fakesys_free_all),
		cmocka_unit_test_teardown(denied, fakesys_free_all),
		cmocka_unit_test_teardown(identity, fakesys_free_all),
		cmocka_unit_test_teardown(identity_of_binary, fakesys_free_all),
		cmocka_unit_test(each_access_fails),
		cmocka_unit_test(vanishing),
		cmocka_unit_test(linear),
		cmocka_unit_test(too_deep),
		cmocka_unit_test(options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Captures of machines that cannot be, made from real ones by chance: they are refused,
 * or the machine acts somehow; nothing crashes, leaks or goes on for ever. The seed is
 * fixed. By hand, for longer: test-sim-hostile ROUNDS [SEED].
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

#include "internal.h"
#include "support/replay.h"

#define MEM "/sys/devices/system/memory/"
#define DAX "/sys/bus/dax/devices/"
#define DRIVERS "/sys/bus/dax/drivers/"
#define PARAMETERS "/sys/module/memory_hotplug/parameters/"
#define VIRTIO "/sys/bus/virtio/drivers/virtio_mem/"
#define CXL "/sys/bus/cxl/devices/"
#define CXL_DRIVER "/sys/bus/cxl/drivers/cxl_region/"
#define MAX_LINES 4096
#define MAX_LINE 4096

static unsigned long rounds = 150, seed = 4;
static bool loud;

static const char *const machines[] = {
	"7.3-hmem-ranges-bound.txt", "6.1-hmem-ranges-bound.txt", "7.3-dimm-mixed-new-node.txt",
	"7.3-virtio-mem-parts-part.txt", "6.1-virtio-mem-big-online.txt",
	"7.3-hmem-split-bound.txt", "6.12-dimm-mixed-policy.txt",
	"7.3-cxl-region-region.txt", "7.3-cxl-many.txt", "7.3-cxl-regions-region.txt",
	"7.3-s390-standby.txt", "6.12-ppc64-lmb-pairs.txt",
};

/* ---- chance ---- */

static uint64_t state;

/* xorshift */
static unsigned int below(unsigned int end)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned int)((state >> 16) % end);
}

#define PICK(list) ((list)[below((unsigned int)(sizeof(list) / sizeof((list)[0])))])

static const char *const words[] = {
	"", "0", "1", "-1", "4096", "18446744073709551615", "99999999999999999999", "none",
	"0x0", "0x100000000", "0xfffffffffffff", "0xffffffffffffffff", "online", "offline",
	"online_movable", "unplugged", "auto-movable", "1000", "0-4095", "Movable", "dax0.0",
	"dax0.7", "4294967296", "1073741824", "0x18", "0x0018", "<EIO>", "<write-only>",
	"<binary>", "region0", "region1", "decoder2.0", "decoder1.0", "0xffffffff", "2", "16",
};

/* ---- a capture and its lines ---- */

struct lines {
	char *list[MAX_LINES];
	unsigned int count;
};

static void take_apart(char *text, struct lines *lines)
{
	lines->count = 0;
	for (char *line = strtok(text, "\n"); line && lines->count < MAX_LINES / 2;
	     line = strtok(NULL, "\n"))
		lines->list[lines->count++] = strdup(line);
}

static char *put_together(const struct lines *lines)
{
	size_t length = 0, room = 1;
	char *text;

	for (unsigned int i = 0; i < lines->count; i++)
		room += strlen(lines->list[i]) + 1;
	text = malloc(room);
	assert_non_null(text);
	text[0] = '\0';
	for (unsigned int i = 0; i < lines->count; i++)
		length += (size_t)sprintf(text + length, "%s\n", lines->list[i]);
	return text;
}

static void free_lines(struct lines *lines)
{
	for (unsigned int i = 0; i < lines->count; i++)
		free(lines->list[i]);
}

static size_t path_length(const char *line)
{
	return strcspn(line, ": ");
}

/* Up to the slash before the last name, or before one further up. */
static size_t dir_length(const char *line)
{
	size_t length = path_length(line), n = 1 + below(3);

	while (n--)
		while (length > 0 && line[--length] != '/')
			;
	return length;
}

static void set_line(struct lines *lines, unsigned int at, const char *line)
{
	free(lines->list[at]);
	lines->list[at] = strdup(line);
}

/* Another number, name or word instead of one in the line. */
static void change_part(struct lines *lines, unsigned int at, const char *part)
{
	const char *line = lines->list[at];
	size_t begin = below((unsigned int)strlen(line) + 1), end;
	char changed[MAX_LINE];

	while (begin > 0 && !strchr("/ .-:x", line[begin - 1]))
		begin--;
	end = begin + strcspn(line + begin, "/ .-:");
	snprintf(changed, sizeof(changed), "%.*s%s%s", (int)begin, line, part, line + end);
	set_line(lines, at, changed);
}

static void insert_line(struct lines *lines, unsigned int at, const char *line)
{
	char *copy = strdup(line);

	assert_non_null(copy);
	memmove(&lines->list[at + 1], &lines->list[at],
		(lines->count - at) * sizeof(*lines->list));
	lines->list[at] = copy;
	lines->count++;
}

/* A directory stands, or is to be found, below another one. */
static void move_below(struct lines *lines, unsigned int at, const char *other)
{
	size_t where = path_length(other), dir = dir_length(lines->list[at]);
	char *old = strndup(lines->list[at], dir);
	char changed[MAX_LINE];
	const char *rest;

	if (below(2))
		where = dir_length(other);
	for (unsigned int i = 0; i < lines->count && dir > 1; i++) {
		if (strncmp(lines->list[i], old, dir) || lines->list[i][dir] != '/')
			continue;
		rest = lines->list[i] + dir;
		while (rest > lines->list[i] && rest[-1] != '/')
			rest--;
		snprintf(changed, sizeof(changed), "%.*s/%s", (int)where, other, rest);
		set_line(lines, i, changed);
	}
	/* links to it lead there still */
	snprintf(changed, sizeof(changed), "%s -> %.*s%s", old, (int)where, other,
		 strrchr(old, '/') ? strrchr(old, '/') : "");
	insert_line(lines, at, changed);
	free(old);
}

static void mutate(struct lines *lines)
{
	unsigned int at = below(lines->count);
	const char *line = lines->list[at], *other = lines->list[below(lines->count)];
	char changed[MAX_LINE], *copy;

	switch (below(9)) {
	case 0:
		free(lines->list[at]);
		memmove(&lines->list[at], &lines->list[at + 1],
			(--lines->count - at) * sizeof(*lines->list));
		break;
	case 1:
		insert_line(lines, below(lines->count), line);
		break;
	case 2:
		copy = strdup(other);
		change_part(lines, at, copy + dir_length(copy));
		free(copy);
		break;
	case 3:
		snprintf(changed, sizeof(changed), "%.*s: %s", (int)path_length(line), line,
			 PICK(words));
		set_line(lines, at, changed);
		break;
	case 4:
		snprintf(changed, sizeof(changed), "%.*s -> %.*s", (int)path_length(line), line,
			 (int)(below(2) ? dir_length(other) : path_length(other)), other);
		set_line(lines, at, changed);
		break;
	case 5:
		snprintf(changed, sizeof(changed), "%.*s%s", (int)path_length(line), line,
			 below(2) ? "/" : "/x: 1");
		set_line(lines, at, changed);
		break;
	case 6:
		copy = strdup(other);
		move_below(lines, at, copy);
		free(copy);
		break;
	default:
		change_part(lines, at, PICK(words));
	}
}

/* ---- what is done to the machine ---- */

static void put(struct mhp_sim *sim, const char *path, const char *word)
{
	(void)mhp_sim_write(sim, path, word);
}

/* A file of the machine, as its captures have them. */
static void put_any(struct mhp_sim *sim, const struct lines *lines)
{
	const char *line = lines->list[below(lines->count)];
	char path[MAX_LINE];

	snprintf(path, sizeof(path), "%.*s", (int)path_length(line), line);
	put(sim, path, PICK(words));
}

static void use_dax(struct mhp_sim *sim)
{
	static const char *const devices[] = { "dax0.0", "dax0.1", "dax1.0" };
	static const char *const files[] = {
		"kmem/bind", "kmem/unbind", "kmem/new_id", "device_dax/bind",
		"device_dax/unbind",
	};
	static const char *const attrs[] = { "state", "size", "mapping", "align", "uevent" };
	static const char *const values[] = {
		"unplugged", "online", "online_movable", "0", "268435456", "2097152",
		"1073741824", "100000000-10fffffff", "1000-fffffffffffffff", "add",
	};
	const char *device = PICK(devices);
	char path[256];

	snprintf(path, sizeof(path), DRIVERS "%s", PICK(files));
	put(sim, path, device);
	snprintf(path, sizeof(path), DAX "%s/%s", device, PICK(attrs));
	put(sim, path, PICK(values));
	snprintf(path, sizeof(path), DAX "%s/../dax_region/%s", PICK(devices),
		 below(2) ? "create" : "delete");
	put(sim, path, below(2) ? "1" : device);
}

static void use_cxl(struct mhp_sim *sim)
{
	static const char *const files[] = {
		"decoder0.0/create_ram_region", "decoder0.0/delete_region", "region0/commit",
		"region1/commit", "region0/size", "region2/size", "region0/interleave_ways",
		"region2/interleave_ways", "region0/interleave_granularity", "region0/target0",
		"region1/target0", "region0/target1", "decoder2.0/mode", "decoder2.0/dpa_size",
		"decoder3.1/dpa_size", "decoder4.0/mode",
	};
	static const char *const values[] = {
		"0", "1", "2", "16", "256", "0x10000000", "0x20000000", "0x40000000", "ram",
		"\n", "region0", "region1", "region2", "decoder2.0", "decoder3.0", "decoder5.0",
	};
	char path[256];

	for (unsigned int i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), CXL "%s", PICK(files));
		put(sim, path, PICK(values));
	}
	put(sim, below(2) ? CXL_DRIVER "bind" : CXL_DRIVER "unbind",
	    below(2) ? "region0" : "region1");
}

static void use_host(struct mhp_sim *sim)
{
	char device[16];

	snprintf(device, sizeof(device), "virtio%u", below(5));
	switch (below(8)) {
	case 0:
		(void)mhp_sim_plug_dimm(sim, below(4), (int)below(3),
					(uint64_t)(32 + below(16)) << 27,
					(uint64_t)(1 + below(3)) << 27);
		break;
	case 1:
		(void)mhp_sim_request_unplug_dimm(sim, below(4));
		break;
	case 2:
		(void)mhp_sim_resize_virtio_mem(sim, device, (uint64_t)below(600) << 21);
		break;
	case 3:
		(void)mhp_sim_set_virtio_mem(sim, device, (int)below(3),
					     (uint64_t)1 << (21 + below(10)));
		break;
	case 4:
		put(sim, below(2) ? VIRTIO "unbind" : VIRTIO "bind", device);
		break;
	case 5:
		(void)mhp_sim_race_remove(sim, NULL, below(64));
		break;
	case 6:
		(void)mhp_sim_unload_module(sim, below(2) ? "kmem" : "device_dax");
		break;
	default:
		(void)mhp_sim_poison_block(sim, below(64));
	}
}

/* s390's storage, and LMBs */
static void use_firmware(struct mhp_sim *sim)
{
	char path[128], word[64];

	snprintf(path, sizeof(path), "/sys/firmware/memory/memory%u/%s", below(34),
		 below(4) ? "config" : "memmap_on_memory");
	put(sim, path, below(2) ? "1" : "0");
	snprintf(word, sizeof(word), "memory %s index 0x%x", below(2) ? "add" : "remove",
		 0x80000000 + below(18));
	put(sim, "/sys/kernel/dlpar", word);
}

static void use_block(struct mhp_sim *sim)
{
	char path[128];

	snprintf(path, sizeof(path), MEM "memory%u/%s", below(64), below(2) ? "state" : "online");
	put(sim, path, PICK(words));
	put(sim, PARAMETERS "online_policy", below(2) ? "auto-movable" : "contig-zones");
	put(sim, MEM "auto_online_blocks", PICK(words));
}

static void look_at_it(struct mhp_sim *sim)
{
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;

	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	(void)ctx->be->ops->load_module(ctx->be, "kmem");
	if (mhp_snapshot_new(ctx, NULL, &snap) == 0)
		mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
}

static void drain(struct mhp_sim_listener *listener)
{
	char *text;

	do {
		text = NULL;
		(void)mhp_sim_listener_receive(listener, &text);
		free(text);
	} while (text);
}

/* What the machine shows can be read again: it is a capture whatever it tells. */
static void check_copy(struct mhp_sim *sim)
{
	struct mhp_sim_opts opts = { .size = sizeof(opts), .flags = MHP_SIM_READ_ONLY };
	struct mhp_sim *again;
	char *text;

	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), &opts, &again), 0);
	mhp_sim_unref(again);
	free(text);
}

static void use(struct mhp_sim *sim, const struct lines *lines)
{
	struct mhp_sim_listener *listener;

	assert_int_equal(mhp_sim_listener_new(sim, 16, &listener), 0);
	for (unsigned int i = 0; i < 30; i++) {
		put_any(sim, lines);
		use_dax(sim);
		if (sim->model.cxl)
			use_cxl(sim);
		use_host(sim);
		use_firmware(sim);
		use_block(sim);
	}
	drain(listener);
	check_copy(sim);
	look_at_it(sim);
	mhp_sim_listener_free(listener);
}

/* ---- by chance ---- */

static bool play(const char *machine, unsigned long round)
{
	char path[4096], *text;
	struct mhp_sim *sim;
	struct lines lines;
	int r;

	state = ((uint64_t)seed << 32) + round * UINT64_C(2654435761) + 1;
	text = read_file(machine_path(machine, path));
	take_apart(text, &lines);
	free(text);
	for (unsigned int n = 1 + below(4); n > 0; n--)
		mutate(&lines);
	text = put_together(&lines);
	if (loud) {
		FILE *file = fopen("hostile.txt", "w");

		fputs(text, file);
		fclose(file);
		fprintf(stderr, "%s, round %lu\n", machine, round);
	}
	r = mhp_sim_new_from_text(text, strlen(text), NULL, &sim);
	if (r == 0) {
		use(sim, &lines);
		mhp_sim_unref(sim);
	}
	free_lines(&lines);
	free(text);
	return r == 0;
}

static void test_chance(void **unused)
{
	unsigned long taken = 0;

	(void)unused;
	for (unsigned long i = 0; i < rounds; i++)
		taken += play(machines[i % (sizeof(machines) / sizeof(machines[0]))], i);
	/* else nothing was tried */
	assert_true(taken > rounds / 4);
	assert_true(taken < rounds);
}

/* ---- by design ---- */

/* Loads text; -EBADMSG, or the machine. */
static int load(const char *text, struct mhp_sim **ret_sim)
{
	return mhp_sim_new_from_text(text, strlen(text), NULL, ret_sim);
}

/* The machine with one piece of its text replaced, wherever that is. */
static int load_with(const char *machine, const char *old, const char *new,
		     struct mhp_sim **ret_sim)
{
	char path[4096], *text = read_file(machine_path(machine, path)), *rest = text, *at;
	struct buf buf = { 0 };
	int r;

	while ((at = strstr(rest, old))) {
		buf_add_bytes(&buf, rest, (size_t)(at - rest));
		buf_add_str(&buf, new);
		rest = at + strlen(old);
	}
	assert_ptr_not_equal(rest, text);
	buf_add_str(&buf, rest);
	r = load(buf.str, ret_sim);
	buf_free(&buf);
	free(text);
	return r;
}

/* All that memory can have, and more: nothing is counted block by block. */
static void test_vast_memory(void **unused)
{
	struct mhp_sim *sim;

	(void)unused;
	/* in /proc/iomem, too */
	assert_int_equal(load_with("7.3-hmem-ranges-bound.txt", "10fffffff", "fffffffffffffff",
				   &sim), 0);
	put(sim, DAX "dax0.0/state", "unplugged");
	put(sim, DRIVERS "kmem/unbind", "dax0.0");
	mhp_sim_unref(sim);
	assert_int_equal(load_with("7.3-virtio-mem-parts-part.txt", "1bfffffff : virtio0",
				   "7ffffffffffff : virtio0", &sim), 0);
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", 0), -EOPNOTSUPP);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 0, UINT64_C(1) << 48, UINT64_C(1) << 48),
			 -E2BIG);
	mhp_sim_unref(sim);
}

/* The parser goes to and fro between two blocks, each with more files at every turn. */
static void test_many_files(void **unused)
{
	struct buf buf = { 0 };
	struct mhp_sim *sim;

	(void)unused;
	for (unsigned int i = 0; i < 20000; i++)
		buf_add(&buf, "/memory0/%u: x\n/memory1/%u: x\n", i, i);
	assert_int_equal(load(buf.str, &sim), 0);
	mhp_sim_unref(sim);
	buf_free(&buf);
}

/* A block is on virtio's bus: its files may be those of another block. */
static void test_block_on_bus(void **unused)
{
	static const char text[] =
		"/proc/iomem:\n\t00000000-0fffffff : System RAM\n"
		"\t100000000-10fffffff : memory1\n"
		"/sys/bus/virtio/devices/memory1 -> ../../../devices/system/memory/memory1\n"
		"/sys/bus/virtio/drivers/virtio_mem/bind: <write-only>\n"
		"/sys/devices/system/memory/block_size_bytes: 8000000\n"
		"/sys/devices/system/memory/memory0/device: 0x0018\n"
		"/sys/devices/system/memory/memory0/state: online\n"
		"/sys/devices/system/memory/memory0/uevent: x\n"
		"/sys/devices/system/memory/memory1/device: 0x0018\n"
		"/sys/devices/system/memory/memory1/state: online\n"
		"/sys/devices/system/memory/memory1/uevent: x\n";
	struct mhp_sim *sim;

	(void)unused;
	assert_int_equal(load(text, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, VIRTIO "bind", "memory1"), -ENODEV);
	mhp_sim_unref(sim);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chance),
		cmocka_unit_test(test_vast_memory),
		cmocka_unit_test(test_many_files),
		cmocka_unit_test(test_block_on_bus),
	};

	if (argc > 1)
		rounds = strtoul(argv[1], NULL, 10);
	if (argc > 2)
		seed = strtoul(argv[2], NULL, 10);
	loud = argc > 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Trees that no kernel makes: some recorded machine's, or an empty one, with files, directories
 * and links put in, taken out, or made unreadable. Whatever it is: what the snapshot holds is
 * consistent, the same when it is taken again, and of a capture of it; each file that could not
 * be read is told of; plans write to what was asked for and to nothing else.
 *
 * A byte for the machine, a byte of flags, two of rules; then records: how, which of the machine's
 * entries (two bytes), and text, see change().
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/cause.h>
#include <mhp/mhp.h>
#include <mhp/sim.h>

#include "capture.h"
#include "fuzz.h"
#include "parse.h"
#include "support/dump.h"
#include "support/fakesys.h"

#define MAX_RECORDS 12
#define MAX_TEXT 2048

const char fuzz_name[] = "snapshot";

static const char *const names[] = {
	NULL, "7.3-hmem-ranges-bound", "6.1-hmem-bound", "7.3-virtio-mem-parts-part",
	"7.3-dimm-online", "7.3-s390-standby", "6.12-ppc64-lmb-pairs", "7.3-cxl-region-online",
};
static struct fakesys *machines[ARRAY_SIZE(names)];

static struct fakesys *machine_of(uint8_t number)
{
	size_t at = number % ARRAY_SIZE(names);
	/* another one's entries have names for an empty machine */
	size_t named = names[at] ? at : 1 + number / ARRAY_SIZE(names) % (ARRAY_SIZE(names) - 1);

	if (!machines[named])
		machines[named] = fakesys_new_machine(names[named]);
	return machines[named];
}

/* ---- the tree ---- */

struct input {
	const uint8_t *data;
	size_t left;
};

static uint8_t take(struct input *input)
{
	if (!input->left)
		return 0;
	input->left--;
	return *input->data++;
}

/* Up to a byte that ends it, or is the last one. */
static size_t take_text(struct input *input, uint8_t end, char text[MAX_TEXT])
{
	size_t length = 0;
	uint8_t byte;

	while (input->left && (byte = take(input)) != end)
		if (length < MAX_TEXT - 1)
			text[length++] = (char)byte;
	text[length] = '\0';
	return length;
}

/* Which a tree can have. */
static bool is_path(const char *path)
{
	size_t length;

	if (strlen(path) > 1000)
		return false;
	for (; *path == '/'; path += length + 1) {
		length = strcspn(path + 1, "/");
		if (!length || length > 255 || (length == 1 && path[1] == '.') ||
		    (length == 2 && !strncmp(path + 1, "..", 2)))
			return false;
	}
	return !*path;
}

/* What is below a file, or instead of a directory, goes. */
static void make_room(struct fakesys *fs, const char *path)
{
	struct fakesys_entry *entry;
	char above[MAX_TEXT];

	if (fakesys_find(fs, path))
		fakesys_remove(fs, path);
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(above, sizeof(above), "%.*s", (int)(slash - path), path);
		entry = fakesys_find(fs, above);
		if (entry && entry->type != FAKESYS_DIR)
			fakesys_remove(fs, above);
	}
}

enum how { TEXT, LINE, LINK, GONE, DIRECTORY, REFUSED, FIFO, PART };

static void put_part(struct fakesys *fs, const char *path, const char *text, size_t length)
{
	struct fakesys_entry *entry = fakesys_find(fs, path);
	size_t at;

	if (!entry || entry->type != FAKESYS_FILE || length < 2)
		return;
	at = ((unsigned char)text[0] | (size_t)(unsigned char)text[1] << 8) % (entry->length + 1);
	for (size_t i = 2; i < length && at < entry->length; i++)
		entry->bytes[at++] = text[i];
}

static void change(struct fakesys *fs, enum how how, const char *path, const char *text,
		   size_t length)
{
	static const int codes[] = { -EIO, -EACCES, -EPERM, -ENODEV };
	struct fakesys_entry *entry = fakesys_find(fs, path);
	char line[MAX_TEXT + 1];

	if (how == PART) {
		put_part(fs, path, text, length);
		return;
	}
	if (how == REFUSED) {
		if (entry && *path)
			entry->code = codes[(unsigned char)*text % ARRAY_SIZE(codes)];
		return;
	}
	make_room(fs, path);
	switch (how) {
	case TEXT:
		fakesys_set(fs, FAKESYS_FILE, path, text, length);
		break;
	case LINE:
		snprintf(line, sizeof(line), "%s\n", text);
		fakesys_file(fs, path, line);
		break;
	case LINK:
		if (*text)
			fakesys_link(fs, path, text);
		break;
	case DIRECTORY:
		fakesys_dir(fs, path);
		break;
	case FIFO:
		fakesys_set(fs, FAKESYS_FIFO, path, NULL, 0);
		break;
	default:
		break;
	}
}

/*
 * 3 bits: how; 0x08: a path follows, up to a newline, else an entry's number; 0x10: a name in the
 * entry's directory follows. Then a text, up to 0xff.
 */
static void take_record(struct input *input, struct fakesys *known, struct fakesys *fs)
{
	uint8_t how = take(input);
	char path[MAX_TEXT + 1100], name[MAX_TEXT], text[MAX_TEXT];
	size_t at, length;

	if (how & 0x08) {
		take_text(input, '\n', path);
	} else {
		at = take(input);
		at = (at | (size_t)take(input) << 8) % known->count;
		snprintf(path, sizeof(path), "%s", known->entries[at].path);
		if (how & 0x10) {
			take_text(input, '\n', name);
			if (strrchr(path, '/'))
				*strrchr(path, '/') = '\0';
			snprintf(path + strlen(path), sizeof(path) - strlen(path), "/%s", name);
		}
	}
	length = take_text(input, 0xff, text);
	if (!*path || !is_path(path))
		return;
	if (getenv("FUZZ_TELL"))
		fprintf(stderr, "%d %s: %s\n", how & 7, path, text);
	change(fs, how & 7, path, text, length);
}

static struct fakesys *tree_of(struct input *input)
{
	uint8_t number = take(input);
	struct fakesys *known = machine_of(number), *fs;

	fs = names[number % ARRAY_SIZE(names)] ? fakesys_copy(known) : fakesys_new();
	fakesys_find(known, "");
	for (size_t i = 0; i < MAX_RECORDS && input->left > 3; i++)
		take_record(input, known, fs);
	return fs;
}

/* ---- what must hold ---- */

/* What no other walk asks for. */
static void walk_region(const struct mhp_snapshot *snap, const struct mhp_region *region)
{
	const char *text = NULL, *name, *path, *why;
	enum mhp_cause_kind kind;
	uint64_t number;
	int r, node;
	char *line;

	FUZZ_CHECK(mhp_region_get_name(region) && *mhp_region_get_name(region));
	/* one of its kind has the name, maybe another one */
	FUZZ_CHECK(mhp_snapshot_find_region(snap, mhp_region_get_name(region)));
	mhp_region_get_path(region);
	r = mhp_region_get_identity(region, &text);
	FUZZ_CHECK(r < 0 || (text && *text));
	if (mhp_region_get_plugged_bytes(region, &number) == 0 &&
	    mhp_region_get_online_bytes(region, &number) == 0)
		FUZZ_CHECK(number <= UINT64_MAX / 2);
	for (const struct mhp_region *up = region; up; up = mhp_region_get_parent(up))
		FUZZ_CHECK(up == region || mhp_region_has_children(up));
	for (int what = 0; what < 8; what++) {
		why = NULL;
		if (!mhp_region_can(region, (enum mhp_capability)what, &why))
			FUZZ_CHECK(!why || fuzz_is_printable(why));
	}
	for (size_t i = 0; i < mhp_region_count_facts(region); i++) {
		FUZZ_CHECK(mhp_region_get_fact(region, i, &name, &text, &r) == 0);
		FUZZ_CHECK(name && *name && (r < 0) == (text == NULL));
	}
	for (size_t i = 0; i < mhp_region_count_devices(region); i++) {
		FUZZ_CHECK(mhp_region_get_device(region, i, &name, &path) == 0);
		/* a CXL target that is not found has no path, and keeps its place */
		FUZZ_CHECK(name && *name && (!path || *path == '/'));
		mhp_region_get_device_serial(region, i, &number);
		mhp_region_get_device_node_id(region, i, &node);
	}
	if (mhp_region_guess_cause(snap, region, &kind, &line) == 0) {
		FUZZ_CHECK(fuzz_is_printable(line));
		free(line);
	}
}

static void walk(const struct mhp_snapshot *snap)
{
	uint64_t a, b, c, size = mhp_snapshot_get_block_size_bytes(snap);
	const char *text;
	unsigned int line;
	bool may;

	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++)
		walk_region(snap, mhp_snapshot_get_region(snap, i));
	for (size_t i = 0; i < mhp_snapshot_count_blocks(snap); i++)
		if (mhp_snapshot_get_block_plugged_bytes(snap, mhp_snapshot_get_block(snap, i),
							 &a) == 0)
			FUZZ_CHECK(a <= size);
	for (size_t i = 0; i < mhp_snapshot_count_nodes(snap); i++) {
		const struct mhp_node *node = mhp_snapshot_get_node(snap, i);

		FUZZ_CHECK(mhp_snapshot_find_node(snap, mhp_node_get_id(node)) == node);
		for (int zone = 0; zone < 10; zone++)
			mhp_node_get_zone_bytes(node, (enum mhp_zone)zone, &a, &b, &c);
		mhp_node_get_kernel_bytes(node, &a);
		mhp_node_get_movable_bytes(node, &a);
		mhp_node_get_movable_percent(node, &a);
		for (size_t j = 0; j < mhp_node_count_regions(node); j++)
			FUZZ_CHECK(mhp_node_get_region(node, j));
		mhp_node_get_is_from_regions(node, &may);
	}
	for (int zone = 0; zone < 10; zone++)
		mhp_snapshot_get_zone_bytes(snap, (enum mhp_zone)zone, &a, &b, &c);
	mhp_snapshot_get_movable_percent(snap, &a);
	for (size_t i = 0; i < mhp_snapshot_count_udev_rules(snap); i++)
		FUZZ_CHECK(mhp_snapshot_get_udev_rule(snap, i, &text, &line, &text, &may) == 0);
}

/* A block that went while its file was open is no block. */
static bool is_gone(const struct fakesys_entry *entry)
{
	static const char memory[] = "/sys/devices/system/memory/memory";
	const char *name = strrchr(entry->path, '/');

	return entry->code == -ENODEV && !strcmp(name, "/state") &&
	       !strncmp(entry->path, memory, strlen(memory));
}

/*
 * Of which all is found without it: a DAX device's size only spares the list of its mappings, the
 * number of the last uevent some reads of blocks.
 */
static bool is_spare(struct fakesys *fs, const struct fakesys_entry *entry)
{
	size_t length = (size_t)(strrchr(entry->path, '/') + 1 - entry->path);

	/* what root only may read of a DAX region is no problem of the machine: a fact says so */
	if (entry->code == -EACCES && strstr(entry->path, "/dax_region/"))
		return true;
	if (!strcmp(entry->path, "/sys/kernel") ||
	    !strcmp(entry->path, "/sys/kernel/uevent_seqnum"))
		return true;
	if (strcmp(entry->path + length, "size"))
		return false;
	for (size_t i = 0; i < fs->count; i++)
		if (!strncmp(fs->entries[i].path, entry->path, length) &&
		    !strncmp(fs->entries[i].path + length, "mapping", strlen("mapping")))
			return true;
	return false;
}

/* Of a file that answered with an error, or is in a directory that did. */
static void check_told(const struct mhp_snapshot *snap, struct fakesys *fs)
{
	const char *path, *name, *its;
	bool told;

	for (size_t i = 0; i < fs->count; i++) {
		if (!fs->entries[i].was_refused || is_gone(&fs->entries[i]) ||
		    is_spare(fs, &fs->entries[i]))
			continue;
		name = strrchr(fs->entries[i].path, '/') + 1;
		told = false;
		for (size_t j = 0; !told && mhp_snapshot_get_problem(snap, j, &path, NULL, NULL) == 0;
		     j++) {
			its = strstr(path, name);
			told = its && (its == path || its[-1] == '/');
		}
		if (!told)
			FUZZ_FAIL("%s: %d, and nobody is told", fs->entries[i].path,
				  fs->entries[i].code);
	}
}

static bool region_has(const struct mhp_region *region, uint64_t first, uint64_t count)
{
	uint64_t its, n;

	for (size_t i = 0; mhp_region_get_block_run(region, i, &its, &n) == 0; i++)
		if (first >= its && first - its < n && count <= n - (first - its))
			return true;
	return false;
}

static bool is_part(const struct mhp_region *part, const struct mhp_region *region)
{
	while (part && part != region)
		part = mhp_region_get_parent(part);
	return part;
}

/* Its own, or those of a device on it: where its own range cannot be read only that has blocks. */
static bool has_part_with(const struct mhp_snapshot *snap, const struct mhp_region *region,
			  uint64_t first, uint64_t count)
{
	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++)
		if (is_part(mhp_snapshot_get_region(snap, i), region) &&
		    region_has(mhp_snapshot_get_region(snap, i), first, count))
			return true;
	return false;
}

static void check_steps(const struct mhp_snapshot *snap, const struct mhp_region *region,
			const struct mhp_plan *plan)
{
	uint64_t start, bytes, size = mhp_snapshot_get_block_size_bytes(snap);
	char *path;

	for (size_t i = 0; i < mhp_plan_count_steps(plan); i++) {
		const struct mhp_step *step = mhp_plan_get_step(plan, i);

		FUZZ_CHECK(mhp_step_copy_path(step, &path) == 0);
		free(path);
		for (size_t j = 0; mhp_step_get_range(step, j, &start, &bytes) == 0; j++)
			if (start % size || bytes % size || !bytes ||
			    !has_part_with(snap, region, start / size, bytes / size))
				FUZZ_FAIL("%s: a step for 0x%" PRIx64 "+0x%" PRIx64,
					  mhp_region_get_name(region), start, bytes);
	}
}

static void check_saved(struct mhp_plan *plan)
{
	char *text, *again;
	struct mhp_plan *other;
	unsigned int line;

	FUZZ_CHECK(mhp_plan_copy_saved(plan, &text) == 0);
	if (mhp_plan_new_from_text(text, strlen(text), &other, &line) < 0)
		FUZZ_FAIL("line %u of a saved plan:\n%s", line, text);
	FUZZ_CHECK(mhp_plan_copy_saved(other, &again) == 0);
	FUZZ_SAME(again, text, "a saved plan");
	mhp_plan_unref(other);
	free(again);
	free(text);
}

static void check_printable(const struct mhp_conflict *conflict)
{
	FUZZ_CHECK(fuzz_is_printable(mhp_conflict_get_message(conflict)));
	FUZZ_CHECK(!mhp_conflict_get_hint(conflict) ||
		   fuzz_is_printable(mhp_conflict_get_hint(conflict)));
}

static void plan_region(const struct mhp_snapshot *snap, const struct mhp_region *region,
			enum mhp_goal goal, enum mhp_online_type type, uint64_t rules)
{
	struct mhp_request *request;
	struct mhp_plan *plan;
	char *text;

	FUZZ_CHECK(mhp_request_new(&request) == 0);
	FUZZ_CHECK(mhp_request_set_region(request, mhp_region_get_name(region)) == 0);
	FUZZ_CHECK(mhp_request_set_goal(request, goal) == 0);
	FUZZ_CHECK(mhp_request_set_online_type(request, type) == 0);
	FUZZ_CHECK(mhp_request_set_rules(request, rules) == 0);
	FUZZ_CHECK(mhp_plan_new(snap, request, &plan) == 0);
	FUZZ_CHECK(mhp_plan_copy_text(plan, &text) == 0);
	free(text);
	for (size_t i = 0; i < mhp_plan_count_conflicts(plan); i++)
		check_printable(mhp_plan_get_conflict(plan, i));
	for (size_t i = 0; i < mhp_plan_count_warnings(plan); i++)
		check_printable(mhp_plan_get_warning(plan, i));
	/* by a name that two have it may be the other one */
	if (mhp_snapshot_find_region(snap, mhp_region_get_name(region)) == region)
		check_steps(snap, region, plan);
	check_saved(plan);
	mhp_plan_unref(plan);
	mhp_request_free(request);
}

static void plan_all(const struct mhp_snapshot *snap, uint64_t rules, uint8_t types)
{
	for (size_t i = 0; i < mhp_snapshot_count_regions(snap) && i < 16; i++)
		for (int goal = MHP_GOAL_OFFLINE; goal <= MHP_GOAL_PLUGGED; goal++)
			plan_region(snap, mhp_snapshot_get_region(snap, i), (enum mhp_goal)goal,
				    (enum mhp_online_type)(types >> (2 * (goal - 1)) & 3), rules);
}

static struct mhp_snapshot *snapshot_of(struct mhp_ctx *ctx, uint64_t flags,
				 const struct mhp_snapshot *base)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags, .base = base };
	struct mhp_snapshot *snap = NULL;
	int r = mhp_snapshot_new(ctx, &opts, &snap);

	FUZZ_CHECK((r == 0) == (snap != NULL));
	if (r < 0 && getenv("FUZZ_TELL"))
		fprintf(stderr, "no snapshot: %d\n", r);
	return snap;
}

static void check_same(const struct mhp_snapshot *snap, const struct mhp_snapshot *again,
		       const char *what, bool problems_too)
{
	char *a = dump(snap, false), *b = dump(again, false);

	FUZZ_SAME(b, a, what);
	free(a);
	free(b);
	if (!problems_too)
		return;
	a = dump_problems(snap);
	b = dump_problems(again);
	FUZZ_SAME(b, a, what);
	free(a);
	free(b);
}

/* ---- captures ---- */

static char *capture_of(struct mhp_ctx *ctx)
{
	struct mhp_capture_opts opts = {
		.size = sizeof(opts), .flags = MHP_CAPTURE_IDENTITY,
	};
	char *text = NULL;
	int r = mhp_ctx_copy_capture(ctx, &opts, &text);

	FUZZ_CHECK((r == 0) == (text != NULL));
	return text;
}

/* Whose name decides what is taken of it, once it is a file that says "<binary>". */
static bool has_odd_link(const struct fakesys *fs)
{
	for (size_t i = 0; i < fs->count; i++)
		if (fs->entries[i].type == FAKESYS_LINK && !is_printable(fs->entries[i].bytes))
			return true;
	return false;
}

/* What is in it may say what else is taken; in a capture nothing is. */
static bool has_refused_dir(const struct fakesys *fs)
{
	for (size_t i = 0; i < fs->count; i++)
		if (fs->entries[i].type == FAKESYS_DIR && fs->entries[i].code < 0)
			return true;
	return false;
}

/* Else a capture has "<binary>", which is read as another error, without the words, as nothing. */
static bool is_text(const struct fakesys_entry *entry)
{
	static const char tree[] = "/sys/firmware/devicetree/";

	return is_capture_text(entry->bytes, entry->length) ||
	       !strncmp(entry->path, tree, strlen(tree));
}

/* Whose zones a capture has; a snapshot also reads them by the node's link to the block. */
static bool has_node(const struct fakesys *fs, const char *zones)
{
	size_t length = (size_t)(strrchr(zones, '/') + 1 - zones);
	int node;

	for (size_t i = 0; i < fs->count; i++)
		if (!strncmp(fs->entries[i].path, zones, length) &&
		    parse_node_name(fs->entries[i].path + length, &node) == 0)
			return true;
	return false;
}

/*
 * In no capture: what is in a directory that cannot be listed, and can be known by its name;
 * FIFOs; links that cannot be read; what is in /run; that a file of /proc ends in the middle of
 * a line; what is no text; zones of a block that has no node.
 */
static bool has_whole_capture(const struct fakesys *fs)
{
	for (size_t i = 0; i < fs->count; i++) {
		const struct fakesys_entry *entry = &fs->entries[i];

		if (entry->type == FAKESYS_FIFO || !strncmp(entry->path, "/run", 4) ||
		    (entry->type == FAKESYS_LINK && entry->code < 0))
			return false;
		if (entry->type == FAKESYS_FILE && !is_text(entry))
			return false;
		if (entry->type == FAKESYS_FILE && !strncmp(entry->path, "/proc/", 6) &&
		    entry->length && entry->bytes[entry->length - 1] != '\n')
			return false;
		if (*entry->path && !strcmp(strrchr(entry->path, '/'), "/valid_zones") &&
		    !has_node(fs, entry->path))
			return false;
	}
	return !has_odd_link(fs) && !has_refused_dir(fs);
}

/* The same machine is seen in it. */
static void check_capture(struct mhp_ctx *ctx, struct fakesys *fs,
			  const struct mhp_snapshot *snap, uint64_t flags)
{
	struct mhp_sim_opts opts = { .size = sizeof(opts), .flags = MHP_SIM_READ_ONLY };
	char *text = capture_of(ctx), *again;
	struct mhp_snapshot *other;
	struct mhp_ctx *its;
	struct mhp_sim *sim;

	if (!text)
		return;
	if (getenv("FUZZ_TELL"))
		fprintf(stderr, "%s", text);
	if (mhp_sim_new_from_text(text, strlen(text), &opts, &sim) < 0)
		FUZZ_FAIL("a capture that cannot be read");
	FUZZ_CHECK(mhp_sim_new_ctx(sim, &its) == 0);
	again = capture_of(its);
	FUZZ_CHECK(again);
	if (!has_odd_link(fs) && !has_refused_dir(fs))
		FUZZ_SAME(again, text, "a capture of a capture");
	other = snapshot_of(its, flags, NULL);
	if ((other != NULL) != (snap != NULL) && has_whole_capture(fs))
		FUZZ_FAIL("there is %s snapshot of a capture", other ? "a" : "no");
	if (snap && other && has_whole_capture(fs))
		check_same(snap, other, "of a capture", false);
	mhp_snapshot_unref(other);
	mhp_ctx_unref(its);
	mhp_sim_unref(sim);
	free(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	uint64_t flags = take(&input) & 0x7f, rules = take(&input) & 0x3f;
	uint8_t types = take(&input);
	struct mhp_snapshot *snap, *again;
	struct fuzz_log log = { 0 };
	struct fakesys *fs;
	struct mhp_ctx *ctx;

	setenv("CMOCKA_TEST_ABORT", "1", 1);
	setenv("TEST_DATA", FUZZ_DATA, 0);
	fs = tree_of(&input);
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	mhp_ctx_set_log_fn(ctx, fuzz_log_fn, &log);
	snap = snapshot_of(ctx, flags, NULL);
	if (snap) {
		check_told(snap, fs);
		check_snapshot(snap);
		walk(snap);
		plan_all(snap, rules, types);
		again = snapshot_of(ctx, flags, NULL);
		FUZZ_CHECK(again);
		check_same(snap, again, "again", true);
		mhp_snapshot_unref(again);
		again = snapshot_of(ctx, flags, snap);
		FUZZ_CHECK(again);
		check_same(snap, again, "on top of itself", false);
		mhp_snapshot_unref(again);
	}
	check_capture(ctx, fs, snap, flags);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
	return 0;
}

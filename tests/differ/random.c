// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sequences of operations from a seed and from what a machine has, not from what
 * state it is in. The numbers are those of splitmix64 (Steele, Lea, Flood, 2014),
 * so that a seed means the same everywhere.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

#define AT_LEAST 20		/* operations of a sequence */
#define AT_MOST 32

uint64_t chance_next(struct chance *chance)
{
	uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void chance_seed(struct chance *chance, uint64_t seed, uint64_t sequence)
{
	chance->state = seed;
	chance->state = chance_next(chance) + sequence;
	chance->state = chance_next(chance);
}

uint64_t chance_below(struct chance *chance, uint64_t n)
{
	/* a little more of the low ones, which is no harm for n of this size */
	return chance_next(chance) % n;
}

/* ---- what there is ---- */

static void add_number(uint64_t **list, size_t *count, uint64_t number)
{
	*list = must(reallocarray(*list, *count + 1, sizeof(**list)));
	(*list)[(*count)++] = number;
}

void topology_read(const struct mhp_sim *sim, struct topology *ret)
{
	const struct model *model = &sim->model;

	*ret = (struct topology){ .sim = sim, .block_size = model->block_size };
	for (size_t i = 0; i < model->n_daxes; i++) {
		const struct dax *dax = model->daxes[i];

		ret->devices = must(reallocarray(ret->devices, ret->n_devices + 1,
						 sizeof(char *)));
		ret->devices[ret->n_devices++] = text_new("%s", dax->name);
		for (size_t j = 0; j < dax->n_ranges; j++)
			for (uint64_t k = 0; k < dax->ranges[j].run.count; k++)
				add_number(&ret->blocks, &ret->n_blocks,
					   dax->ranges[j].run.first + k);
	}
	for (size_t i = 0; i < model->n_blocks; i++)
		if (model->blocks[i]->zone == MHP_ZONE_NONE || model->blocks[i]->has_hole)
			add_number(&ret->boot, &ret->n_boot, model->blocks[i]->id);
	if (!ret->n_devices || !ret->n_blocks || !ret->n_boot)
		die("this machine has too little to do something to");
}

void topology_free(struct topology *topology)
{
	for (size_t i = 0; i < topology->n_devices; i++)
		free(topology->devices[i]);
	free(topology->devices);
	free(topology->blocks);
	free(topology->boot);
}

/* ---- making operations ---- */

struct maker {
	const struct topology *topology;
	struct chance chance;
	op_fn fn;
	void *data;
	size_t count;
	bool ended;		/* fn wants no more */
};

/* A word, and how often it is taken. */
struct choice {
	const char *word;
	unsigned int weight;
};

static const char *choose(struct maker *maker, const struct choice *choices)
{
	uint64_t sum = 0, at;

	for (size_t i = 0; choices[i].word; i++)
		sum += choices[i].weight;
	at = chance_below(&maker->chance, sum);
	while (at >= choices->weight)
		at -= choices++->weight;
	return choices->word;
}

static bool one_in(struct maker *maker, uint64_t n)
{
	return !chance_below(&maker->chance, n);
}

static void emit(struct maker *maker, struct op op)
{
	if (!maker->ended) {
		maker->count++;
		maker->ended = !maker->fn(maker->data, &op);
	}
	op_free(&op);
}

__attribute__((format(printf, 3, 4)))
static void emit_put(struct maker *maker, const char *word, const char *format, ...)
{
	char path[128];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	emit(maker, op_put(word, path));
}

static uint64_t some_block(struct maker *maker)
{
	return maker->topology->blocks[chance_below(&maker->chance, maker->topology->n_blocks)];
}

static const char *some_device(struct maker *maker)
{
	return maker->topology->devices[chance_below(&maker->chance, maker->topology->n_devices)];
}

static const char *some_driver(struct maker *maker)
{
	static const struct choice drivers[] = { { "kmem", 7 }, { "device_dax", 2 }, { NULL, 0 } };

	return choose(maker, drivers);
}

static const struct choice block_words[] = {
	{ "offline", 36 }, { "online_movable", 34 }, { "online", 14 }, { "online_kernel", 5 },
	{ "online_movable\n", 3 }, { "offline\n", 2 }, { "Online", 1 }, { "online ", 1 },
	{ "online\n\n", 1 }, { "", 1 }, { "unplugged", 1 }, { "going-offline", 1 }, { NULL, 0 },
};

static void make_block(struct maker *maker)
{
	emit_put(maker, choose(maker, block_words), "memory%" PRIu64 "/state", some_block(maker));
}

/* Several neighbours, so that zones come to be next to one another. */
static void make_blocks(struct maker *maker)
{
	static const struct choice words[] = {
		{ "offline", 3 }, { "online_movable", 4 }, { "online", 2 }, { NULL, 0 },
	};
	const char *word = choose(maker, words);
	uint64_t block = some_block(maker), count = 2 + chance_below(&maker->chance, 3);

	for (uint64_t i = 0; i < count; i++)
		emit_put(maker, word, "memory%" PRIu64 "/state", block + i);
}

static void make_online_file(struct maker *maker)
{
	static const struct choice words[] = {
		{ "0", 6 }, { "1", 5 }, { "y", 1 }, { "n", 1 }, { "on", 1 }, { "off", 1 },
		{ "Off", 1 }, { "true", 1 }, { "2", 1 }, { "o", 1 }, { "1\n", 1 }, { "", 1 }, { NULL, 0 },
	};

	emit_put(maker, choose(maker, words), "memory%" PRIu64 "/online", some_block(maker));
}

/* Memory that never goes, by whatever word; and what is not there. */
static void make_refused(struct maker *maker)
{
	static const struct choice words[] = {
		{ "offline", 3 }, { "online", 2 }, { "online_kernel", 1 }, { "online_movable", 2 },
		{ "junk", 1 }, { "", 1 }, { NULL, 0 },
	};
	static const struct choice absent[] = {
		{ "memory999/state", 2 }, { "memory999/online", 1 }, { "dax9.9/state", 1 },
		{ "dax0.0/nothing", 1 }, { "memory32/valid_zones", 1 },
		{ "dax0.0/target_node", 1 }, { "block_size_bytes", 1 }, { "memmap_on_memory", 1 }, { NULL, 0 },
	};
	const struct topology *topology = maker->topology;

	if (one_in(maker, 3))
		emit_put(maker, choose(maker, words), "%s", choose(maker, absent));
	else
		emit_put(maker, choose(maker, words), "memory%" PRIu64 "/%s",
			 topology->boot[chance_below(&maker->chance, topology->n_boot)],
			 one_in(maker, 4) ? "online" : "state");
}

static void make_device_state(struct maker *maker)
{
	static const struct choice words[] = {
		{ "unplugged", 12 }, { "online_movable", 9 }, { "online", 4 },
		{ "online_kernel", 1 }, { "offline", 2 }, { "junk", 1 }, { "", 1 }, { "unplugged\n", 1 },
		{ "Unplugged", 1 }, { NULL, 0 },
	};

	emit_put(maker, choose(maker, words), "%s/state", some_device(maker));
}

/* The usual way to another zone. */
static void make_replug(struct maker *maker)
{
	static const struct choice words[] = {
		{ "online_movable", 4 }, { "online", 2 }, { NULL, 0 },
	};
	const char *device = some_device(maker);

	emit_put(maker, "unplugged", "%s/state", device);
	emit_put(maker, choose(maker, words), "%s/state", device);
}

static const struct choice policies[] = {
	{ "offline", 5 }, { "online", 3 }, { "online_kernel", 1 }, { "online_movable", 6 },
	{ NULL, 0 },
};

static void make_policy(struct maker *maker)
{
	static const struct choice junk[] = {
		{ "unplugged", 1 }, { "Offline", 1 }, { "offline\n", 2 }, { "", 1 }, { "1", 1 },
		{ NULL, 0 },
	};

	emit_put(maker, choose(maker, one_in(maker, 5) ? junk : policies), "auto_online_blocks");
}

static void make_parameter(struct maker *maker)
{
	static const struct choice zones[] = {
		{ "auto-movable", 5 }, { "contig-zones", 2 }, { "auto-movable\n", 1 },
		{ "auto_movable", 1 }, { "", 1 }, { NULL, 0 },
	};
	static const struct choice ratios[] = {
		{ "301", 2 }, { "0", 1 }, { "50", 2 }, { "100", 2 }, { "1000", 2 }, { "300%", 1 },
		{ "-1", 1 }, { "0x64", 1 }, { "", 1 }, { NULL, 0 },
	};
	static const struct choice bools[] = {
		{ "N", 3 }, { "Y", 2 }, { "0", 1 }, { "on", 1 }, { "maybe", 1 }, { "", 1 },
		{ NULL, 0 },
	};

	switch (chance_below(&maker->chance, 3)) {
	case 0:
		emit_put(maker, choose(maker, zones), "online_policy");
		break;
	case 1:
		emit_put(maker, choose(maker, ratios), "auto_movable_ratio");
		break;
	default:
		emit_put(maker, choose(maker, bools), "auto_movable_numa_aware");
	}
}

/* ---- drivers ---- */

static void make_bind(struct maker *maker)
{
	static const struct choice files[] = {
		{ "bind", 6 }, { "new_id", 3 }, { "remove_id", 1 }, { NULL, 0 },
	};
	static const struct choice junk[] = {
		{ "dax9.9", 3 }, { "dax0", 1 }, { "dax0.0 ", 1 }, { "", 1 }, { "dax1.0\n", 2 },
		{ "DAX0.0", 1 }, { NULL, 0 },
	};
	const char *word = one_in(maker, 6) ? choose(maker, junk) : some_device(maker);

	emit_put(maker, word, "%s/%s", some_driver(maker), choose(maker, files));
}

static void take_offline(struct maker *maker, const char *device)
{
	const struct model *model = &maker->topology->sim->model;
	const struct dax *dax = NULL;

	/* where a device's memory is changes only by its size, and then little is lost */
	for (size_t i = 0; i < model->n_daxes; i++)
		if (!strcmp(model->daxes[i]->name, device))
			dax = model->daxes[i];
	for (size_t i = 0; dax && i < dax->n_ranges; i++)
		for (uint64_t j = 0; j < dax->ranges[i].run.count; j++)
			emit_put(maker, "offline", "memory%" PRIu64 "/state",
				 dax->ranges[i].run.first + j);
}

/* Memory that is online when its driver goes is lost until the next boot: rarely. */
static void make_unbind(struct maker *maker)
{
	const char *device = some_device(maker), *driver = some_driver(maker);

	if (!one_in(maker, 8)) {
		emit_put(maker, "unplugged", "%s/state", device);
		if (!strcmp(driver, "kmem"))
			take_offline(maker, device);
	}
	emit_put(maker, device, "%s/unbind", driver);
}

static void make_load(struct maker *maker)
{
	static const struct choice modules[] = {
		{ "kmem", 6 }, { "device_dax", 3 }, { "no_such_module", 1 }, { NULL, 0 },
	};
	struct op op = { .act = ACT_LOAD, .word = text_new("%s", choose(maker, modules)) };

	emit(maker, op);
}

static void make_unload(struct maker *maker)
{
	static const struct choice modules[] = {
		{ "device_dax", 5 }, { "kmem", 2 }, { "no_such_module", 1 }, { NULL, 0 },
	};
	const char *module = choose(maker, modules);
	struct op op = { .act = ACT_UNLOAD, .word = text_new("%s", module) };

	if (!strcmp(module, "kmem"))
		for (size_t i = 0; i < maker->topology->n_devices; i++) {
			emit_put(maker, "unplugged", "%s/state", maker->topology->devices[i]);
			take_offline(maker, maker->topology->devices[i]);
		}
	emit(maker, op);
}

static void make_autoprobe(struct maker *maker)
{
	static const struct choice words[] = {
		{ "0", 3 }, { "1", 5 }, { "junk", 1 }, { "", 1 }, { NULL, 0 },
	};

	emit_put(maker, choose(maker, words), "drivers_autoprobe");
}

static void make_memmap(struct maker *maker)
{
	static const struct choice words[] = {
		{ "1", 3 }, { "0", 3 }, { "2", 1 }, { "y", 1 }, { "", 1 }, { NULL, 0 },
	};

	emit_put(maker, choose(maker, words), "%s/memmap_on_memory", some_device(maker));
}

/* ---- how devices are cut ---- */

static void make_size(struct maker *maker)
{
	static const struct choice words[] = {
		{ "0", 2 }, { "134217728", 3 }, { "268435456", 3 }, { "402653184", 2 },
		{ "536870912", 2 }, { "2097152", 1 }, { "1", 1 }, { "junk", 1 }, { "", 1 },
		{ NULL, 0 },
	};

	emit_put(maker, choose(maker, words), "%s/size", some_device(maker));
}

/* Only what no kernel takes: what it takes of a bound device is for nobody to rely on. */
static void make_cut(struct maker *maker)
{
	static const struct choice aligns[] = {
		{ "2097152", 3 }, { "4096", 1 }, { "1073741824", 1 }, { "3", 1 }, { "junk", 1 },
		{ NULL, 0 },
	};
	static const struct choice mappings[] = {
		{ "0x1000-0x200fff", 2 }, { "junk", 1 }, { "0x1000", 1 }, { "", 1 }, { NULL, 0 },
	};

	if (one_in(maker, 2))
		emit_put(maker, choose(maker, aligns), "%s/align", some_device(maker));
	else
		emit_put(maker, choose(maker, mappings), "%s/mapping", some_device(maker));
}

static void make_region(struct maker *maker)
{
	static const struct choice words[] = {
		{ "1", 4 }, { "0", 1 }, { "2", 1 }, { "junk", 1 }, { "", 1 }, { NULL, 0 },
	};
	const char *device = some_device(maker), *region = some_device(maker);
	int id = atoi(region + strlen("dax"));

	if (one_in(maker, 2))
		emit_put(maker, choose(maker, words), "region%d/create", id);
	else
		emit_put(maker, one_in(maker, 4) ? "dax9.9" : device, "region%d/delete", id);
}

/* ---- trouble ---- */

/* What is not there cannot be broken; what is there may be somebody's. */
static void make_broken(struct maker *maker)
{
	static const struct choice words[] = {
		{ "0xfff00000000", 3 }, { "junk", 1 }, { "-1", 1 }, { "", 1 }, { NULL, 0 },
	};

	emit_put(maker, choose(maker, words), "%s_offline_page", one_in(maker, 2) ? "hard" : "soft");
}

static void make_uevent(struct maker *maker)
{
	static const struct choice words[] = {
		{ "change", 4 }, { "add\n", 1 }, { "offline", 1 }, { "junk", 1 }, { "", 1 },
		{ "change 12345678-1234-1234-1234-123456789abc A=1", 1 }, { NULL, 0 },
	};

	if (one_in(maker, 3))
		emit_put(maker, choose(maker, words), "%s/uevent", some_device(maker));
	else
		emit_put(maker, choose(maker, words), "memory%" PRIu64 "/uevent",
			 some_block(maker));
}

static void make_user(struct maker *maker)
{
	uint64_t count = 1 + chance_below(&maker->chance, 3);
	struct op op = { .act = ACT_USER, .word = text_new("nobody") };

	emit(maker, op);
	for (uint64_t i = 0; i < count; i++) {
		if (one_in(maker, 3))
			make_device_state(maker);
		else if (one_in(maker, 2))
			make_policy(maker);
		else
			make_block(maker);
	}
	op = (struct op){ .act = ACT_USER, .word = text_new("root") };
	emit(maker, op);
}

static void make_veto(struct maker *maker)
{
	static const struct choice acts[] = { { "offline", 3 }, { "online", 2 }, { NULL, 0 } };
	static const int codes[] = { -1, -11, -12, -16, -22 };
	const char *act = choose(maker, acts);
	uint64_t count = 1 + chance_below(&maker->chance, 3);
	struct op op = {
		.act = ACT_VETO, .word = text_new("%s", act),
		.code = codes[chance_below(&maker->chance, sizeof(codes) / sizeof(codes[0]))],
	};

	emit(maker, op);
	for (uint64_t i = 0; i < count; i++) {
		if (one_in(maker, 3))
			make_device_state(maker);
		else
			make_block(maker);
	}
	op = (struct op){ .act = ACT_VETO, .word = text_new("%s", act) };
	emit(maker, op);
}

/* ---- sequences ---- */

static const struct {
	unsigned int weight;
	void (*make)(struct maker *maker);
} kinds[] = {
	{ 30, make_block }, { 12, make_blocks }, { 7, make_online_file }, { 5, make_refused },
	{ 10, make_device_state }, { 6, make_replug }, { 5, make_policy }, { 4, make_parameter },
	{ 6, make_bind }, { 3, make_unbind }, { 2, make_load }, { 1, make_unload },
	{ 1, make_autoprobe }, { 2, make_memmap }, { 4, make_veto }, { 3, make_size },
	{ 1, make_cut }, { 2, make_region }, { 1, make_broken }, { 2, make_uevent },
	{ 1, make_user },
};

static void make_some(struct maker *maker)
{
	const size_t n = sizeof(kinds) / sizeof(kinds[0]);
	uint64_t sum = 0, at;
	size_t i = 0;

	for (size_t j = 0; j < n; j++)
		sum += kinds[j].weight;
	at = chance_below(&maker->chance, sum);
	while (at >= kinds[i].weight)
		at -= kinds[i++].weight;
	kinds[i].make(maker);
}

/* Mostly there is memory first, as nothing else is of much interest without. */
static void begin(struct maker *maker)
{
	const struct topology *topology = maker->topology;
	struct op op = { .act = ACT_LOAD, .word = text_new("kmem") };

	if (one_in(maker, 10)) {
		op_free(&op);
		return;
	}
	if (one_in(maker, 5))
		make_parameter(maker);
	emit_put(maker, choose(maker, policies), "auto_online_blocks");
	emit(maker, op);
	/* Linux 6.1's kmem waits to be told. */
	for (size_t i = 0; i < topology->n_devices; i++)
		if (!one_in(maker, 4))
			emit_put(maker, topology->devices[i], "kmem/new_id");
}

bool random_sequence(const struct topology *topology, uint64_t seed, uint64_t sequence,
		     op_fn fn, void *data)
{
	struct maker maker = { .topology = topology, .fn = fn, .data = data };
	uint64_t length;

	chance_seed(&maker.chance, seed, sequence);
	length = AT_LEAST + chance_below(&maker.chance, AT_MOST - AT_LEAST + 1);
	begin(&maker);
	while (maker.count < length && !maker.ended)
		make_some(&maker);
	return !maker.ended;
}

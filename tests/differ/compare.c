// SPDX-License-Identifier: LGPL-2.1-or-later
/* Two machines side by side: after each operation both must say the same. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

void pair_free(struct pair *pair)
{
	runner_free(&pair->real);
	runner_free(&pair->model);
	script_free(&pair->history);
}

static struct op copy_op(const struct op *op)
{
	struct op copy = *op;

	copy.word = op->word ? text_new("%s", op->word) : NULL;
	copy.path = op->path ? text_new("%s", op->path) : NULL;
	return copy;
}

/* ---- memory that a real kernel used itself ---- */

static bool has_gone(const struct answer *real, uint64_t id)
{
	char line[40];

	snprintf(line, sizeof(line), "offline memory%" PRIu64, id);
	for (size_t i = 0; i < real->events.count; i++)
		if (!strcmp(real->events.str[i], line))
			return true;
	return false;
}

/* The first of a run that is online and did not go; NULL: all went, or were not there */
static const struct block *find_stayed(const struct model *model, const struct block_run *run,
				       const struct answer *real)
{
	for (uint64_t i = 0; i < run->count; i++) {
		const struct block *block = block_find(model, run->first + i);

		if (block && block->state == MHP_STATE_ONLINE && !has_gone(real, block->id))
			return block;
	}
	return NULL;
}

static const struct block *find_refusing(const struct model *model, const struct op *op,
					 const struct answer *real)
{
	const struct block *block = NULL;
	char name[32], file[16];
	uint64_t id;

	if (sscanf(op->path, "/sys/devices/system/memory/memory%" SCNu64 "/%15s", &id, file) == 2)
		return find_stayed(model, &(struct block_run){ .first = id, .count = 1 }, real);
	if (sscanf(op->path, "/sys/bus/dax/devices/%31[^/]/%15s", name, file) != 2 ||
	    strcmp(file, "state"))
		return NULL;
	for (size_t i = 0; i < model->n_daxes; i++) {
		const struct dax *dax = model->daxes[i];

		if (strcmp(dax->name, name))
			continue;
		for (size_t j = 0; j < dax->n_ranges && !block; j++)
			if (dax->ranges[j].ours)
				block = find_stayed(model, &dax->ranges[j].run, real);
	}
	return block;
}

/*
 * Only where the operation would take memory offline, and the block is in a zone
 * that the kernel may use for itself; Movable has no such excuse. Most often it
 * refuses with EBUSY, seldom it is tried for ever.
 */
static void excuse(struct pair *pair, const struct op *op, struct answer *real)
{
	struct mhp_sim *sim = subject_sim(pair->model.subject);
	const struct block *block;

	if (!pair->here || (real->code != -EBUSY && real->code != -ETIME) || op->act != ACT_PUT)
		return;
	block = find_refusing(&sim->model, op, real);
	if (!block || block->zone == MHP_ZONE_MOVABLE || block->zone == MHP_ZONE_NONE)
		return;
	pair->in_use = block_find(&sim->model, block->id);
	if (real->code == -EBUSY) {
		/* isolation comes before notifiers are asked: so does this */
		pair->in_use->pinned = true;
		return;
	}
	real->code = -EINTR;
	if (mhp_sim_hang_block(sim, block->id, 1) < 0)
		die("no memory");
}

static void end_excuse(struct pair *pair)
{
	if (!pair->in_use)
		return;
	/* it refused, so that it is still there */
	if (pair->in_use->pinned)
		pair->in_use->pinned = false;
	else
		mhp_sim_release_block(subject_sim(pair->model.subject), pair->in_use->id);
	pair->in_use = NULL;
	pair->excused++;
}

/* ---- what real kernels do not survive ---- */

static bool has_online(const struct model *model, const struct dax *dax)
{
	for (size_t i = 0; i < dax->n_ranges; i++)
		for (uint64_t j = 0; dax->ranges[i].ours && j < dax->ranges[i].run.count; j++) {
			const struct block *block =
				block_find(model, dax->ranges[i].run.first + j);

			if (block && block->state != MHP_STATE_OFFLINE)
				return true;
		}
	return false;
}

/* Would it leave memory behind that is online? */
static bool would_strand(const struct model *model, const struct op *op)
{
	const struct dax *named;

	if (op->act == ACT_UNLOAD && !strcmp(op->word, "kmem")) {
		for (size_t i = 0; i < model->n_daxes; i++)
			if (is_kmem(model->daxes[i]->driver) && has_online(model, model->daxes[i]))
				return true;
		return false;
	}
	if (op->act != ACT_PUT || strcmp(op->path, "/sys/bus/dax/drivers/kmem/unbind"))
		return false;
	named = dax_find(model, op->word);
	return named && is_kmem(named->driver) && has_online(model, named);
}

/* Could it take this block offline? */
static bool may_go(const struct model *model, const struct op *op, const struct block *block)
{
	const struct block *first;
	uint64_t id;

	if (op->act != ACT_PUT)
		return false;
	if (sscanf(op->path, "/sys/devices/system/memory/memory%" SCNu64 "/", &id) == 1)
		return id == block->id;
	first = find_refusing(model, op, &(struct answer){ 0 });
	return first && first->numa == block->numa;
}

/*
 * mm/memory-tiers.c: where kmem left memory behind, the last block of the node that
 * goes offline was seen to be the end of the machine: memtier_hotplug_callback()
 * follows a NULL pointer, as if the node's memory type had been freed.
 */
static bool would_crash(const struct pair *pair, const struct op *op)
{
	const struct model *model = &subject_sim(pair->model.subject)->model;

	for (size_t i = 0; pair->has_stranded && i < model->n_numas; i++) {
		bool all = true, any = false;

		for (size_t j = 0; j < model->n_blocks; j++) {
			const struct block *block = model->blocks[j];

			if (block->numa != model->numas[i] || block->state == MHP_STATE_OFFLINE)
				continue;
			any = true;
			all = all && may_go(model, op, block);
		}
		if (any && all)
			return true;
	}
	return false;
}

/*
 * drivers/dax/kmem.c of 7.3, state_store(): "unplugged" was seen to crash where kmem had
 * passed over a range, not always: as if what it gives back for that one was whatever
 * had been in memory before.
 */
static bool would_give_back_nothing(const struct model *model, const struct op *op)
{
	char name[32], file[16];

	if (op->act != ACT_PUT || strncmp(op->word, "unplugged", 9) ||
	    sscanf(op->path, "/sys/bus/dax/devices/%31[^/]/%15s", name, file) != 2)
		return false;
	for (size_t i = 0; i < model->n_daxes; i++) {
		const struct dax *dax = model->daxes[i];

		if (strcmp(dax->name, name) || dax->state == MHP_DEVICE_STATE_UNPLUGGED)
			continue;
		for (size_t j = 0; j < dax->n_ranges; j++)
			if (!dax->ranges[j].ours)
				return true;
	}
	return false;
}

/* What happens to a device's range that is stranded, and cut: nobody knows. */
static bool would_cut(const struct op *op)
{
	const char *file = op->act == ACT_PUT ? strrchr(op->path, '/') : NULL;

	return file && (!strcmp(file, "/size") || !strcmp(file, "/delete"));
}

static bool is_skipped(struct pair *pair, const struct op *op)
{
	bool strands;

	if (!pair->here)
		return false;
	if (pair->has_stranded && would_cut(op)) {
		pair->skipped++;
		return true;
	}
	strands = would_strand(&subject_sim(pair->model.subject)->model, op);
	if ((strands && !pair->may_strand) || would_crash(pair, op) ||
	    would_give_back_nothing(&subject_sim(pair->model.subject)->model, op)) {
		pair->skipped++;
		return true;
	}
	pair->has_stranded |= strands;
	return false;
}

/* What memory_tierN says is anything from then on. */
static void forget_tiers(struct lines *lines)
{
	size_t kept = 0;

	for (size_t i = 0; i < lines->count; i++) {
		if (strstr(lines->str[i], "memory_tier"))
			free(lines->str[i]);
		else
			lines->str[kept++] = lines->str[i];
	}
	lines->count = kept;
}

/* ---- the comparison ---- */

static void print_answers(const struct pair *pair, const struct op *op, const struct answer *real,
			  const struct answer *model)
{
	char *text = op_text(op);

	fprintf(pair->out, "differ: operation %zu: %s\n", pair->done, text);
	free(text);
	fprintf(pair->out, "the %s:\n", pair->here ? "kernel" : "right model");
	answer_print(real, "\t", pair->out);
	fprintf(pair->out, "the %s:\n", pair->here ? "model" : "wrong model");
	answer_print(model, "\t", pair->out);
}

static void print_history(struct pair *pair)
{
	fputs("%%history\n", pair->out);
	script_print(&pair->history, pair->out);
	fputs("%%end\n", pair->out);
}

/* The views began the same, so that the same changes leave them the same. */
static bool same_answers(const struct answer *a, const struct answer *b)
{
	return a->code == b->code && lines_same(&a->events, &b->events) &&
	       lines_same(&a->changes, &b->changes);
}

bool pair_step(struct pair *pair, const struct op *op)
{
	struct op copy;
	struct answer real, model;
	bool same;

	if (is_skipped(pair, op))
		return true;
	copy = copy_op(op);
	script_add(&pair->history, &copy);
	pair->history.kernels = ON_ALL;
	runner_step(&pair->real, op, &real);
	excuse(pair, op, &real);
	runner_step(&pair->model, op, &model);
	if (pair->has_stranded) {
		forget_tiers(&real.events);
		forget_tiers(&real.changes);
		forget_tiers(&model.events);
		forget_tiers(&model.changes);
	}
	end_excuse(pair);
	pair->done++;
	same = same_answers(&real, &model);
	if (!same && pair->out) {
		print_answers(pair, op, &real, &model);
		print_history(pair);
	}
	answer_free(&real);
	answer_free(&model);
	return same;
}

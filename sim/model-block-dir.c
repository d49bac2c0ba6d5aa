// SPDX-License-Identifier: LGPL-2.1-or-later
/* Blocks' directories: their files, which are nearly the same for all of them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"
#include "words.h"

/* ---- files ---- */

static int state_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct block *block = owner;

	(void)sim;
	buf_add(buf, "%s\n", mhp_state_to_str(block->state));
	return 0;
}

static int state_store(struct mhp_sim *sim, void *owner, const char *word)
{
	const struct model *model = &sim->model;
	struct block *block = owner;
	enum mhp_online_type type;
	int r;

	if (parse_online_type(model, word, &type) < 0)
		return holds(model, RULE_STATE_JUNK) ? -EINVAL : 0;
	if (type == MHP_OFFLINE) {
		r = block_offline(sim, block);
		if (r > 0)
			return holds(model, RULE_OFFLINE_TWICE) ? -EINVAL : 0;
		return r;
	}
	r = block_online(sim, block, type);
	if (r > 0) {
		block->refused_type = type;
		return holds(model, RULE_ONLINE_TWICE) ? -EINVAL : 0;
	}
	return r;
}

/* Looked at before the lock is taken: only the word. */
static enum need state_need(struct mhp_sim *sim, void *owner, const char *word)
{
	enum mhp_online_type type;

	(void)owner;
	return parse_online_type(&sim->model, word, &type) < 0 ? NEEDS_NOTHING : NEEDS_HOTPLUG;
}

static int online_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct block *block = owner;

	(void)sim;
	buf_add_str(buf, block->state == MHP_STATE_OFFLINE ? "0\n" : "1\n");
	return 0;
}

int parse_kernel_bool(const struct model *model, const char *word, bool *ret)
{
	int r = parse_bool(word, ret);

	if (r == 0 && !same_word(word + (word[0] == 'o' || word[0] == 'O' ? 2 : 1), "") &&
	    !holds(model, RULE_BOOL_TAIL))
		r = -EINVAL;
	return r;
}

/*
 * drivers/base/memory.c, state_store() leaves the type with the block also where
 * device_online() does nothing; memory_subsys_online() takes one that it finds.
 */
static enum mhp_online_type kept_type(const struct model *model, const struct block *block)
{
	return block->refused_type != MHP_OFFLINE && holds(model, RULE_TYPE_KEPT) ?
	       block->refused_type : MHP_ONLINE;
}

static int online_store(struct mhp_sim *sim, void *owner, const char *word)
{
	const struct model *model = &sim->model;
	bool online;
	int r;

	if (parse_kernel_bool(model, word, &online) < 0)
		return holds(model, RULE_BOOL_JUNK) ? -EINVAL : 0;
	r = online ? block_online(sim, owner, kept_type(model, owner)) : block_offline(sim, owner);
	if (r > 0)
		return holds(model, online ? RULE_ONE_TWICE : RULE_ZERO_TWICE) ? 0 : -EINVAL;
	return r;
}

static enum need online_need(struct mhp_sim *sim, void *owner, const char *word)
{
	bool online;

	(void)owner;
	return parse_kernel_bool(&sim->model, word, &online) < 0 ? NEEDS_NOTHING : NEEDS_HOTPLUG;
}

static bool shows_its_zone(const struct model *model, const struct block *block)
{
	switch (block->state) {
	case MHP_STATE_ONLINE:
		return holds(model, RULE_ZONES_ONLINE);
	case MHP_STATE_GOING_OFFLINE:
		return !holds(model, RULE_ZONES_GOING);
	default:
		return false;
	}
}

static int phys_index_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct block *block = owner;

	(void)sim;
	buf_add(buf, "%08" PRIx64 "\n", block->id);
	return 0;
}

static int uevent_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)sim;
	(void)owner;
	(void)buf;
	return 0;
}

static int uevent_store(struct mhp_sim *sim, void *owner, const char *word)
{
	const struct block *block = owner;

	return event_synth(sim, word, block->dir, "memory", NULL);
}

/* Where a block is, or where it may go: first where a plain "online" would put it. */
static int valid_zones_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct model *model = &sim->model;
	const struct block *block = owner;
	enum mhp_zone first, kernel_zone;

	if (shows_its_zone(model, block)) {
		buf_add(buf, "%s\n", mhp_zone_to_str(block->zone));
		return 0;
	}
	first = zone_choose(model, block, MHP_ONLINE);
	kernel_zone = zone_choose(model, block, MHP_ONLINE_KERNEL);
	if (first != kernel_zone && !holds(model, RULE_ZONES_FIRST))
		first = kernel_zone;
	buf_add_str(buf, mhp_zone_to_str(first));
	if (kernel_zone != first || !holds(model, RULE_ZONES_KERNEL))
		buf_add(buf, " %s", mhp_zone_to_str(kernel_zone));
	if (first != MHP_ZONE_MOVABLE || !holds(model, RULE_ZONES_MOVABLE))
		buf_add(buf, " %s", mhp_zone_to_str(MHP_ZONE_MOVABLE));
	buf_add_str(buf, "\n");
	return 0;
}

static const struct attr state_attr = {
	.show = state_show, .store = state_store, .need = state_need,
};
static const struct attr online_attr = {
	.show = online_show, .store = online_store, .need = online_need,
};
static const struct attr valid_zones_attr = { .show = valid_zones_show };
static const struct attr phys_index_attr = { .show = phys_index_show };
static const struct attr uevent_attr = { .show = uevent_show, .store = uevent_store };

/* dir is a block's, or what some blocks' are like: that has no owner */
static void set_attrs(struct node *dir, struct block *block)
{
	struct node *online = tree_child(dir, "online");
	struct node *uevent = tree_child(dir, "uevent");
	struct node *zones = tree_child(dir, "valid_zones");

	dir->owner = block;
	if (event_may_act(uevent))
		model_set_attr(uevent, &uevent_attr, block);
	model_set_attr(tree_child(dir, "state"), &state_attr, block);
	if (online && online->code == NODE_READABLE)
		model_set_attr(online, &online_attr, block);
	if (zones && zones->code == NODE_READABLE)
		model_set_attr(zones, &valid_zones_attr, block);
}

/* ---- what directories of blocks are like ---- */

/* What a block that comes later looks like: as the ones that are there. */
static int make_template(struct model *model, const struct node *like)
{
	static const struct {
		const char *name, *text;
		enum node_type type;
	} entries[] = {
		{ "online", "", NODE_FILE },
		{ "phys_device", "0\n", NODE_FILE },
		{ "phys_index", "", NODE_FILE },
		{ "removable", "1\n", NODE_FILE },
		{ "state", "", NODE_FILE },
		{ "subsystem", "../../../../bus/memory", NODE_LINK },
		{ "uevent", "", NODE_FILE },
		{ "valid_zones", "", NODE_FILE },
	};
	int r = 0;

	model->block_template = node_new(NODE_DIR, "memory", 6, NULL);
	if (!model->block_template)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]) && r == 0; i++)
		if (!like || tree_child(like, entries[i].name))
			r = tree_add_new(model->block_template, entries[i].type, entries[i].name,
					 entries[i].text, NULL);
	return r;
}

/* The template, with the link to the block's node, if that has a directory. */
static int make_like(const struct model *model, const struct block *block,
		     struct node **ret_like)
{
	const struct numa *numa = block->numa;
	char *target = NULL;
	struct node *like;
	int r = 0;

	like = tree_clone(model->block_template, NULL);
	if (!like)
		return -ENOMEM;
	set_attrs(like, NULL);
	model_set_attr(tree_child(like, "phys_index"), &phys_index_attr, NULL);
	if (numa->dir) {
		target = tree_relative_path(block->dir, numa->dir);
		r = target ? tree_add_new(like, NODE_LINK, numa->dir->name, target, NULL) :
			     -ENOMEM;
		free(target);
	}
	if (r < 0) {
		node_unref(like);
		return r;
	}
	*ret_like = like;
	return 0;
}

/* Borrowed from the block's node. */
static int get_like(const struct model *model, struct block *block, struct node **ret_like)
{
	struct numa *numa = block->numa;
	struct node *like;
	int r;

	if (!numa->block_like ||
	    (numa->dir && !tree_child(numa->block_like, numa->dir->name))) {
		r = make_like(model, block, &like);
		if (r < 0)
			return r;
		node_unref(numa->block_like);
		numa->block_like = like;
	}
	*ret_like = numa->block_like;
	return 0;
}

/* One from the capture needs nodes only for what is its own. */
static int share_files(const struct model *model, struct block *block)
{
	struct node *index = tree_child(block->dir, "phys_index"), *like;
	char text[24];
	int r;

	snprintf(text, sizeof(text), "%08" PRIx64 "\n", block->id);
	if (index && index->text && !strcmp(index->text, text))
		model_set_attr(index, &phys_index_attr, block);
	r = get_like(model, block, &like);
	if (r == 0)
		tree_become_like(block->dir, like);
	return r;
}

/* ---- directories that are there, that come and go ---- */

int blocks_make_template(struct model *model)
{
	return model->block_template ? 0 : make_template(model, NULL);
}

int block_take_dir(struct model *model, struct block *block)
{
	int r = 0;

	set_attrs(block->dir, block);
	if (!model->block_template)
		r = make_template(model, block->dir);
	return r < 0 ? r : share_files(model, block);
}

int block_make_dir(struct model *model, struct block *block)
{
	struct node *dir, *like;
	char name[40];
	int r;

	snprintf(name, sizeof(name), "memory%" PRIu64, block->id);
	r = tree_add_new(model->memory_dir, NODE_DIR, name, NULL, &dir);
	if (r < 0)
		return r;
	node_keep(&block->dir, dir);
	r = get_like(model, block, &like);
	if (r < 0)
		return r;
	block->dir->owner = block;
	tree_begin_like(block->dir, like);
	return block->numa->dir ? tree_add_link(block->numa->dir, name, block->dir) : 0;
}

void block_remove_dir(struct block *block)
{
	if (!block->dir)
		return;
	tree_remove_child(block->numa->dir, block->dir->name);
	tree_remove(block->dir);
}

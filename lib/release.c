// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Gives the hardware behind a CXL region back, once nothing of it is memory: what is then
 * plugged would be stranded, so that it is looked at last of all before the write, and
 * again behind it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define COMMIT "commit"

/* ---- what was planned for ---- */

static int open_release(struct apply *apply, size_t index)
{
	const struct plan_release *planned = &apply->plan->releases[index];
	const struct found_region was = {
		/* without a driver it is released all the same */
		.provider = planned->provider, .name = planned->region, .path = planned->path,
		.any_driver = true, .runs = planned->runs, .n_runs = planned->n_runs,
	};
	const char *moved;
	int r, code;

	r = find_moved(apply, &was, &moved, &code);
	if (r == 0 && moved) {
		conclude_moved(apply, planned->region, code ? NULL : moved, code);
		return 1;
	}
	return r < 0 ? r : sysfs_open(apply->ctx, planned->path, &apply->releases[index].region);
}

int open_releases(struct apply *apply)
{
	int r = 0;

	for (size_t i = 0; i < apply->plan->n_releases && r == 0; i++)
		r = open_release(apply, i);
	return r;
}

void close_releases(struct apply *apply)
{
	for (size_t i = 0; i < apply->plan->n_releases && apply->releases; i++)
		sysfs_close(&apply->releases[i].region);
	free(apply->releases);
}

/* ---- look ---- */

int is_committed(struct apply *apply, size_t index)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r = -EIO;

	/* one failure says nothing, and what is said in the end rests on it */
	for (int i = 0; i < 3 && r < 0 && r != -ENOENT; i++)
		r = sysfs_read(&apply->releases[index].region, COMMIT, buf);
	if (r < 0)
		return r;
	return !strcmp(buf, "1") ? 1 : !strcmp(buf, "0") ? 0 : -EBADMSG;
}

bool is_release_met(struct apply *apply, size_t index)
{
	return is_committed(apply, index) == 0;
}

struct search {
	const struct plan_release *release;
	uint64_t found;
};

static int take_block(void *data, const char *name)
{
	struct search *search = data;
	uint64_t id;

	if (parse_block_name(name, &id) < 0)
		return 0;
	for (size_t i = 0; i < search->release->n_runs; i++) {
		const struct block_run *run = &search->release->runs[i];

		if (id >= run->first && id - run->first < run->count) {
			search->found = id;
			return 1;
		}
	}
	return 0;
}

/* Is there a block in its ranges, whoever has it? 1, with which, or 0. */
static int find_block(struct apply *apply, size_t index, uint64_t *ret_id)
{
	struct search search = { .release = &apply->plan->releases[index] };
	int r = sysfs_list(&apply->mem, "", take_block, &search);

	*ret_id = search.found;
	return r;
}

/* "dax_region0": the kernel names it after the region (devm_cxl_add_dax_region()) */
static int has_dax_region(struct apply *apply, size_t index)
{
	char *name;
	int r = copy_text(&name, "dax_%s", apply->plan->releases[index].region);

	if (r < 0)
		return r;
	r = sysfs_exists(&apply->releases[index].region, name);
	free(name);
	return r == -ENOENT ? 0 : r < 0 ? r : 1;
}

/* ---- the write ---- */

static void add_unreadable(struct text *text, const char *what, int code)
{
	text_add(text, "%s could not be read: ", what);
	text_add_code(text, code);
}

/* What somebody else has plugged is not ours to undo. */
static void leave_theirs(struct apply *apply)
{
	look_at_all(apply);
	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		if (apply->now[i].state != MHP_STATE_ABSENT)
			apply->acted[i] = false;
}

/* Nothing is written while anything is in doubt. */
static bool can_release(struct apply *apply, size_t index)
{
	struct sysfs_dir *region = &apply->releases[index].region;
	enum mhp_reason reason = MHP_REASON_UNREADABLE;
	char buf[MHP_ATTR_SIZE + 1];
	struct text text = { 0 };
	const char *hint = NULL;
	uint64_t id;
	int r;

	text_add(&text, ": %s is not released: ", apply->plan->releases[index].region);
	r = sysfs_read(region, "locked", buf);
	if (r < 0 && r != -ENOENT) {
		add_unreadable(&text, "whether it is locked", r);
	} else if (r == 0 && strcmp(buf, "0")) {
		reason = MHP_REASON_STALE;
		text_add(&text, "it is locked now");
	} else if ((r = find_block(apply, index, &id)) < 0) {
		add_unreadable(&text, MEMORY_PATH, r);
	} else if (r > 0) {
		reason = MHP_REASON_STALE;
		r = 0;
		leave_theirs(apply);
		text_add(&text, "memory%" PRIu64 " is there, which it would leave without a driver "
			 "until a reboot", id);
		hint = "somebody else plugs it too: look and plan again";
	} else {
		free(text.str);
		return true;
	}
	blame_release(apply, r, reason, hint, &text);
	return false;
}

static void blame_write(struct apply *apply, size_t index, int code)
{
	enum mhp_reason reason = apply->cut ? apply->cut : code < 0 ? judge_code(code) :
								      MHP_REASON_NOT_TAKEN;
	struct text text = { 0 };

	text_add(&text, ": writing \"0\" to ");
	text_add_escaped(&text, apply->report->release_paths[index]);
	text_add(&text, ": ");
	if (apply->cut)
		text_add(&text, apply->cut == MHP_REASON_DEADLINE ? "not done by the deadline" :
								    "cancelled");
	else if (code < 0)
		text_add_code(&text, code);
	else
		text_add(&text, "the kernel took it, but the decoders are still on");
	/* commit_store(): EPERM of one that is locked */
	blame_release(apply, code, reason, code == -EPERM ?
		      "it, or a decoder of it, is locked: it stays as it is until a reboot" : NULL,
		      &text);
}

/* The decoders are off: is nothing left of the region's memory? */
static void verify(struct apply *apply, size_t index)
{
	const char *region = apply->plan->releases[index].region;
	struct text text = { 0 };
	uint64_t id;
	int r;

	r = find_block(apply, index, &id);
	if (r > 0) {
		leave_theirs(apply);
		for (size_t i = 0; i < apply->plan->n_blocks; i++)
			if (apply->now[i].state != MHP_STATE_ABSENT)
				apply->report->blocks[i].reason = MHP_REASON_STRANDED;
		text_add(&text, ": memory%" PRIu64 " came just before %s was released, and stays "
			 "without a driver until a reboot: it must not be used", id, region);
		blame_release(apply, 0, MHP_REASON_STRANDED, NULL, &text);
		return;
	}
	r = has_dax_region(apply, index);
	if (r > 0) {
		text_add(&text, ": %s is released, but its dax device is still there", region);
		blame_release(apply, 0, MHP_REASON_NOT_TAKEN, NULL, &text);
	} else if (r < 0) {
		text_add(&text, ": %s is released, but ", region);
		add_unreadable(&text, "what is left of it", r);
		blame_release(apply, r, MHP_REASON_UNREADABLE, NULL, &text);
	}
}

void run_release_step(struct apply *apply, const struct mhp_step *step)
{
	struct apply_release *release = &apply->releases[step->release];
	int code;

	/* kept as it is where something failed: memory may be there still */
	if (is_failure(apply->report->reason) || is_release_met(apply, step->release))
		return;
	if (!can_release(apply, step->release))
		return;
	code = write_file(apply, &release->region, COMMIT,
			  apply->report->release_paths[step->release], step->word);
	release->written = code == 0 || is_release_met(apply, step->release);
	if (!is_release_met(apply, step->release))
		blame_write(apply, step->release, code);
	else
		verify(apply, step->release);
}

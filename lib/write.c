// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes that the kernel may take long over: the worker makes them, so that a
 * deadline or the caller can end them. Offlining has no limit in time of its own, and a
 * signal to the writing thread is all that ends it (offline_pages() in
 * mm/memory_hotplug.c).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "acts.h"

/* While things are put back, the first wish to cancel was heeded already. */
static bool wants_end(struct apply *apply)
{
	const struct mhp_apply_opts *opts = apply->opts;
	int answer = 0;

	if (opts->progress)
		answer = opts->progress(opts->progress_data, apply->done_bytes + apply->row_bytes,
					apply->total_bytes);
	/* what was said while a write could not be ended is not forgotten */
	apply->asked_to_end |= answer != 0;
	return apply->undoing ? answer == MHP_CANCEL_UNDO : apply->asked_to_end;
}

int ask_caller(void *data)
{
	return wants_end(data);
}

bool goes_on(struct apply *apply)
{
	if (apply->undoing) {
		if (!apply->undo_over && wants_end(apply)) {
			apply->undo_over = true;
			apply->cut = MHP_REASON_CANCELLED;
		} else if (!apply->undo_over && now_ns() >= apply->deadline) {
			apply->undo_over = true;
			apply->cut = MHP_REASON_DEADLINE;
		}
		return !apply->undo_over;
	}
	if (!apply->over && wants_end(apply))
		blame_end(apply, MHP_REASON_CANCELLED);
	else if (!apply->over && now_ns() >= apply->deadline)
		blame_end(apply, MHP_REASON_DEADLINE);
	return !apply->over;
}

/*
 * The kernel takes a device's blocks offline upwards and does not say which one it is
 * at: the one that reads going-offline. Those before it are done.
 */
static void watch_blocks(struct apply *apply)
{
	const struct mhp_plan *plan = apply->plan;
	const size_t ahead = 64;

	for (size_t i = apply->watched; i < plan->n_blocks && i < apply->watched + ahead; i++) {
		struct block_now now;

		block_look(&apply->mem, plan->blocks[i].id, plan->blocks[i].node,
			   apply->has_nodes, &now);
		if (now.state == MHP_STATE_GOING_OFFLINE) {
			apply->stuck = apply->watched = i;
			return;
		}
		if (i == apply->watched && now.state != MHP_STATE_ONLINE)
			apply->watched++;
	}
}

static int on_tick(void *data)
{
	struct apply *apply = data;

	if (apply->watched < apply->plan->n_blocks)
		watch_blocks(apply);
	if (!wants_end(apply) || apply->stubborn)
		return 0;
	apply->row_is_over = true;
	return 1;
}

struct job {
	struct apply *apply;
	struct sysfs_dir *dir;	/* NULL: load the module that name says */
	const char *name, *word;
	bool is_block;
};

static int do_job(void *data)
{
	const struct job *job = data;
	struct mhp_backend *be = job->apply->ctx->be;

	if (!job->dir)
		return be->ops->load_module(be, job->name);
	return sysfs_write(job->dir, job->name, job->word, true);
}

void keep_write(struct apply *apply, const char *path, const char *word, int code)
{
	struct mhp_report *report = apply->report;

	apply->is_seen = false;
	if (report->n_writes < report->writes_room)
		report->writes[report->n_writes++] = (struct report_write){
			.path = path, .word = word, .code = code, .undo = apply->undoing,
		};
}

bool may_have_written(const struct apply *apply, int code)
{
	return code == 0 || (apply->cut && !apply->untried);
}

int run_in_worker(struct apply *apply, int (*fn)(void *data), void *data, bool *ret_tried)
{
	int code = 0, r;

	*ret_tried = false;
	apply->untried = true;
	apply->cut = MHP_REASON_UNKNOWN;
	if (now_ns() >= apply->deadline) {
		apply->cut = MHP_REASON_DEADLINE;
		*(apply->undoing ? &apply->undo_over : &apply->over) = true;
		return -ETIMEDOUT;
	}
	note_begin(apply);
	r = worker_run(apply->worker, fn, data, apply->deadline, on_tick, apply, &code);
	if (r == -EAGAIN)
		return r;	/* no thread */
	*ret_tried = true;
	apply->untried = false;
	if (r == -ETIMEDOUT)
		apply->cut = MHP_REASON_DEADLINE;
	else if (r == -ECANCELED)
		apply->cut = MHP_REASON_CANCELLED;
	if (apply->cut && apply->undoing)
		apply->undo_over = true;
	else if (apply->cut)
		apply->over = true;
	return r < 0 ? r : code;
}

static int run_job(struct apply *apply, struct job *job, const char *path, const char *word)
{
	bool tried;
	int code;

	code = run_in_worker(apply, do_job, job, &tried);
	if (tried)
		keep_write(apply, path, word, code);
	/* what it caused in the way of events is not known */
	if (tried && (apply->cut || !job->is_block))
		apply->other_writes = true;
	else if (tried && code == 0)
		apply->n_events++;
	return code;
}

int write_file(struct apply *apply, struct sysfs_dir *dir, const char *name, const char *path,
	       const char *word)
{
	struct job job = { .apply = apply, .dir = dir, .name = name, .word = word };

	/* only what a device's write does is watched */
	apply->stuck = apply->watched = apply->plan->n_blocks;
	return run_job(apply, &job, path, word);
}

int write_in_any_case(struct apply *apply, struct sysfs_dir *dir, const char *name,
		      const char *path, const char *word)
{
	bool over = apply->over, undoing = apply->undoing, undo_over = apply->undo_over;
	bool untried = apply->untried;
	enum mhp_reason cut = apply->cut;
	int64_t deadline = apply->deadline;
	struct job job = { .apply = apply, .dir = dir, .name = name, .word = word };
	int code;

	apply->deadline = NEVER_NS;
	apply->undoing = true;
	apply->stubborn = true;
	apply->stuck = apply->watched = apply->plan->n_blocks;
	code = run_job(apply, &job, path, word);
	apply->stubborn = false;
	apply->deadline = deadline;
	apply->over = over;
	apply->undoing = undoing;
	apply->undo_over = undo_over;
	apply->untried = untried;
	apply->cut = cut;
	return code;
}

int write_block(struct apply *apply, size_t index, const char *word)
{
	struct mhp_result *result = &apply->report->blocks[index];
	struct job job = { .apply = apply, .dir = &apply->mem, .word = word, .is_block = true };
	char name[64];

	snprintf(name, sizeof(name), "memory%" PRIu64 "/state", result->id);
	job.name = name;
	apply->stuck = apply->watched = apply->plan->n_blocks;
	return run_job(apply, &job, result->path, word);
}

int write_device(struct apply *apply, size_t part, const char *word)
{
	struct job job = {
		.apply = apply, .dir = &apply->parts[part].device, .name = "state", .word = word,
	};

	apply->stuck = apply->plan->n_blocks;
	apply->watched = apply->plan->parts[part].first;
	return run_job(apply, &job, apply->report->device_paths[part], word);
}

int load_module(struct apply *apply, const char *name)
{
	struct job job = { .apply = apply, .name = name };

	apply->stuck = apply->watched = apply->plan->n_blocks;
	return run_job(apply, &job, !strcmp(name, "kmem") ? MODULE_PATH "/kmem" :
							    MODULE_PATH "/device_dax", name);
}

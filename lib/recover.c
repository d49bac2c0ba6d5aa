// SPDX-License-Identifier: LGPL-2.1-or-later
/* Puts back what the journal of a user that was killed says, and tells of it. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct returned {
	enum mhp_returned what;
	int code;
};
struct mhp_recovery {
	struct journal journal;
	struct returned *returned;	/* of each of its entries */
	bool complete;
};

/* ---- one entry ---- */

static struct returned because(enum mhp_returned what, int code)
{
	return (struct returned){ .what = what, .code = code };
}

/* Opens the file's directory; the file's name is the rest. */
static int open_dir_of(struct mhp_ctx *ctx, const char *path, struct sysfs_dir *ret_dir,
		       const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int r;

	dir = strndup(path, (size_t)(slash - path));
	if (!dir)
		return -ENOMEM;
	r = sysfs_open(ctx, dir, ret_dir);
	free(dir);
	*ret_name = slash + 1;
	return r;
}

/* The driver, or the bus, took the file and what it stood for with it. */
static bool is_gone(int code)
{
	return code == -ENOENT || code == -ENODEV;
}

static struct returned return_setting(struct sysfs_dir *dir, const char *name,
				      const struct journal_entry *entry)
{
	char now[MHP_ATTR_SIZE + 1];
	int r, code;

	r = sysfs_read(dir, name, now);
	if (r < 0)
		return because(is_gone(r) ? MHP_RETURNED_CHANGED : MHP_RETURNED_UNKNOWN, r);
	if (!strcmp(now, entry->before))
		return because(MHP_RETURNED_ALREADY, 0);
	if (strcmp(now, entry->ours))
		return because(MHP_RETURNED_CHANGED, 0);
	code = sysfs_write(dir, name, entry->before, false);
	/* whatever was said to that */
	r = sysfs_read(dir, name, now);
	if (r < 0)
		return because(MHP_RETURNED_UNKNOWN, r);
	if (!strcmp(now, entry->before))
		return because(MHP_RETURNED_DONE, 0);
	if (strcmp(now, entry->ours))
		return because(MHP_RETURNED_CHANGED, 0);
	return because(MHP_RETURNED_UNKNOWN, code < 0 ? code : -EIO);
}

/* remove_id takes an id that the driver does not know too (kernel-abi 4.2). */
static struct returned return_id(struct sysfs_dir *dir, const char *name,
				 const struct journal_entry *entry)
{
	int r;

	r = sysfs_write(dir, name, entry->ours, false);
	if (is_gone(r))
		return because(MHP_RETURNED_ALREADY, 0);
	return because(r < 0 ? MHP_RETURNED_UNKNOWN : MHP_RETURNED_DONE, r);
}

static void log_failure(struct mhp_ctx *ctx, const struct journal_entry *entry, int code)
{
	struct text text = { 0 };
	char *shown;

	text_add(&text, entry->kind == JOURNAL_ID ? "cannot write \"" : "cannot put back \"");
	text_add_escaped(&text, entry->kind == JOURNAL_ID ? entry->ours : entry->before);
	text_add(&text, "\"");
	if (text_finish(&text, &shown) < 0)
		return;
	ctx_log(ctx, code, entry->path, "%s", shown);
	free(shown);
}

static struct returned return_entry(struct mhp_ctx *ctx, const struct journal_entry *entry)
{
	struct returned returned;
	struct sysfs_dir dir;
	const char *name;
	int r;

	r = open_dir_of(ctx, entry->path, &dir, &name);
	if (is_gone(r) && entry->kind == JOURNAL_ID)
		returned = because(MHP_RETURNED_ALREADY, 0);
	else if (r < 0)
		returned = because(is_gone(r) ? MHP_RETURNED_CHANGED : MHP_RETURNED_UNKNOWN, r);
	else
		returned = entry->kind == JOURNAL_ID ? return_id(&dir, name, entry) :
			   return_setting(&dir, name, entry);
	if (r == 0)
		sysfs_close(&dir);
	if (returned.what == MHP_RETURNED_UNKNOWN)
		log_failure(ctx, entry, returned.code);
	return returned;
}

/* ---- all of them ---- */

/* Takes the journal over, upon failure too. */
static int recovery_new(struct journal *journal, struct mhp_recovery **ret_recovery)
{
	struct mhp_recovery *recovery = calloc(1, sizeof(*recovery));

	if (!recovery) {
		journal_free(journal);
		return -ENOMEM;
	}
	recovery->journal = *journal;
	recovery->returned = calloc(journal->count + 1, sizeof(*recovery->returned));
	if (!recovery->returned) {
		mhp_recovery_free(recovery);
		return -ENOMEM;
	}
	*ret_recovery = recovery;
	return 0;
}

/* Keeps in the journal what is still to be done. */
static void keep_rest(struct mhp_recovery *recovery)
{
	struct journal rest = recovery->journal;
	int r = 0;

	/* a journal that says more than there is to do does no harm the next time */
	rest.entries = calloc(rest.count + 1, sizeof(*rest.entries));
	if (!rest.entries)
		return;
	rest.count = 0;
	for (size_t i = 0; i < recovery->journal.count; i++)
		if (recovery->returned[i].what == MHP_RETURNED_UNKNOWN)
			rest.entries[rest.count++] = recovery->journal.entries[i];
	if (!rest.count)
		r = journal_remove(rest.run);
	else if (rest.count < recovery->journal.count)
		r = journal_write(&rest);
	recovery->complete = r == 0 && !rest.count;
	free(rest.entries);
}

int recover(struct mhp_ctx *ctx, struct sysfs_dir *run, struct mhp_recovery **ret)
{
	struct mhp_recovery *recovery = NULL;
	struct journal journal;
	int r;

	*ret = NULL;
	r = journal_load(run, &journal);
	if (r == -ENOENT)
		return 0;
	if (r == -ESTALE)
		return journal_remove(run);
	if (r == 0)
		r = recovery_new(&journal, &recovery);
	if (r)
		return r;
	/* what was done last comes first */
	for (size_t i = recovery->journal.count; i > 0; i--)
		recovery->returned[i - 1] = return_entry(ctx, &recovery->journal.entries[i - 1]);
	keep_rest(recovery);
	recovery->journal.run = NULL;
	*ret = recovery;
	return 0;
}

static int on_tick(void *data)
{
	const struct mhp_apply_opts *opts = data;

	return opts->progress(opts->progress_data, 0, 0);
}

static int recover_locked(struct mhp_ctx *ctx, const struct mhp_apply_opts *opts,
			  struct mhp_recovery **ret)
{
	struct mhp_apply_opts known = *opts;
	struct run_lock lock = { 0 };
	char *who, *holder = NULL;
	int r;

	r = lock_copy_who(ctx, "recover", &who);
	if (r < 0)
		return r;
	r = lock_take(ctx, who, deadline_ns(known.timeout_ms, MHP_TIMEOUT_DEFAULT_MS),
		      known.progress ? on_tick : NULL, &known, &lock, &holder);
	free(who);
	if (r == -ETIMEDOUT)
		ctx_log(ctx, r, RUN_PATH "/" LOCK_NAME, "held by %s",
			holder ? holder : "another user of libmhp");
	free(holder);
	if (r == 0)
		r = recover(ctx, &lock.run, ret);
	lock_release(&lock);
	return r;
}

MHP_EXPORT int mhp_recover(struct mhp_ctx *ctx, const struct mhp_apply_opts *opts,
			   struct mhp_recovery **ret_recovery)
{
	struct mhp_apply_opts known = { 0 };
	int r = 0, cancel_state;

	if (opts)
		r = opts_take(&known, sizeof(known), opts, opts->size);
	if (r == 0 && known.flags & ~(uint64_t)MHP_APPLY_BY_TIME)
		r = -E2BIG;
	if (r == 0 && known.timeout_ms < MHP_TIMEOUT_NONE)
		r = -EINVAL;
	if (r < 0)
		return r;
	/* the caller's thread is not to be ended with the lock in its hands */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	r = recover_locked(ctx, &known, ret_recovery);
	pthread_setcancelstate(cancel_state, NULL);
	return r;
}

/* ---- what became of it ---- */

MHP_EXPORT void mhp_recovery_free(struct mhp_recovery *recovery)
{
	if (!recovery)
		return;
	journal_free(&recovery->journal);
	free(recovery->returned);
	free(recovery);
}

MHP_EXPORT const char *mhp_recovery_get_transaction(const struct mhp_recovery *recovery)
{
	return recovery->journal.who;
}

MHP_EXPORT bool mhp_recovery_is_complete(const struct mhp_recovery *recovery)
{
	return recovery->complete;
}

MHP_EXPORT size_t mhp_recovery_count_settings(const struct mhp_recovery *recovery)
{
	return recovery->journal.count;
}

MHP_EXPORT int mhp_recovery_get_setting(const struct mhp_recovery *recovery, size_t index,
					enum mhp_returned *ret_returned, const char **ret_path,
					const char **ret_before, const char **ret_ours,
					int *ret_code)
{
	const struct journal_entry *entry;

	if (index >= recovery->journal.count)
		return -EINVAL;
	entry = &recovery->journal.entries[index];
	*ret_returned = recovery->returned[index].what;
	if (ret_path)
		*ret_path = entry->path;
	if (ret_before)
		*ret_before = entry->before ? entry->before : "";
	if (ret_ours)
		*ret_ours = entry->ours;
	if (ret_code)
		*ret_code = recovery->returned[index].code;
	return 0;
}

MHP_EXPORT const char *mhp_returned_to_str(enum mhp_returned returned)
{
	switch (returned) {
	case MHP_RETURNED_DONE:
		return "done";
	case MHP_RETURNED_ALREADY:
		return "already";
	case MHP_RETURNED_CHANGED:
		return "changed";
	default:
		return "unknown";
	}
}

/* ---- what is pending ---- */

void pending_free(struct pending *pending)
{
	free(pending->text);
	free(pending->what);
	*pending = (struct pending){ 0 };
}

/* Follows no link, as who takes the lock does not. */
static int open_run(struct mhp_ctx *ctx, struct sysfs_dir *ret_run)
{
	struct sysfs_dir parent;
	char *target;
	int r;

	r = sysfs_open(ctx, "/run", &parent);
	if (r < 0)
		return r;
	r = sysfs_read_link_name(&parent, &RUN_PATH[strlen("/run/")], &target);
	sysfs_close(&parent);
	if (r == 0) {
		free(target);
		return -ELOOP;
	}
	return r == -EINVAL ? sysfs_open(ctx, RUN_PATH, ret_run) : r;
}

/* One look; 1: there is something, with nobody at work on it. */
static int look_at_journal(struct sysfs_dir *run, struct pending *ret)
{
	struct mhp_ctx *ctx = run->ctx;
	struct journal journal;
	int r;

	ret->path = RUN_PATH "/" JOURNAL_NAME;
	r = journal_read(run, &journal, &ret->text);
	if (r < 0)
		return r;
	ret->what = journal.who;
	journal.who = NULL;
	journal_free(&journal);
	ret->path = RUN_PATH "/" LOCK_NAME;
	r = ctx->be->ops->is_locked(ctx->be, run->dir, LOCK_NAME);
	if (r < 0)
		return r;
	ret->running = r > 0;
	return r == 0;
}

/*
 * Whoever is found with a journal and without the lock may have come to his end
 * between these two looks: then the next one finds no journal, or another one's.
 */
static int look_twice(struct sysfs_dir *run, struct pending *ret)
{
	char *before = NULL;
	bool same = false;
	int r;

	for (int looks = 0; looks < 10 && !same; looks++) {
		free(before);
		before = ret->what;
		*ret = (struct pending){ 0 };
		r = look_at_journal(run, ret);
		if (r <= 0)
			break;
		same = is_same(before, ret->what);
	}
	free(before);
	return r < 0 ? r : 0;
}

int pending_read(struct mhp_ctx *ctx, struct pending *ret)
{
	struct pending pending = { .path = RUN_PATH };
	struct sysfs_dir run;
	int r;

	r = open_run(ctx, &run);
	if (r == 0) {
		r = look_twice(&run, &pending);
		sysfs_close(&run);
	}
	if (r == -ENOENT || r == -ESTALE)
		r = 0;
	if (r == -ENOMEM) {
		pending_free(&pending);
		return r;
	}
	pending.code = r;
	*ret = pending;
	return 0;
}

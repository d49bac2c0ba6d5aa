// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Files below /run/libmhp, by the first byte: the journal, the notes of what was done, and
 * who has a lock. What is read is written, and read as the same again; what makes no sense
 * is told with its line.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/mhp.h>
#include <mhp/sim.h>

#include "acts.h"
#include "fuzz.h"
#include "internal.h"

const char fuzz_name[] = "notes";

static const char machine[] =
	"/sys/devices/system/memory/block_size_bytes: 8000000\n"
	"/sys/devices/system/memory/memory0/node0 -> ../../node/node0\n"
	"/sys/devices/system/memory/memory0/state: online\n"
	"/sys/devices/system/node/node0/memory0 -> ../../memory/memory0\n";

struct place {
	struct mhp_ctx *ctx;
	struct sysfs_dir run;
	struct fuzz_log log;
};

static void set_up(struct place *place, const char *name, const char *text)
{
	struct mhp_backend *be;
	struct mhp_sim *sim;

	*place = (struct place){ 0 };
	FUZZ_CHECK(mhp_sim_new_from_text(machine, strlen(machine), NULL, &sim) == 0);
	FUZZ_CHECK(mhp_sim_new_ctx(sim, &place->ctx) == 0);
	mhp_sim_unref(sim);
	mhp_ctx_set_log_fn(place->ctx, fuzz_log_fn, &place->log);
	FUZZ_CHECK(lock_open_run(place->ctx, &place->run) == 0);
	be = place->ctx->be;
	FUZZ_CHECK(be->ops->replace(be, place->run.dir, name, text) == 0);
}

static void tear_down(struct place *place)
{
	sysfs_close(&place->run);
	mhp_ctx_unref(place->ctx);
}

/* What stands there now. */
static char *text_of(struct place *place, const char *name)
{
	struct mhp_backend *be = place->ctx->be;
	size_t length;
	char *text;

	FUZZ_CHECK(be->ops->read_all(be, place->run.dir, name, &text, &length) == 0);
	return text;
}

/* ---- the journal ---- */

static void check_journal(struct place *place, struct journal *journal)
{
	struct journal again;
	char *once, *twice, *bad;

	FUZZ_CHECK(journal->who && is_printable(journal->who));
	for (size_t i = 0; i < journal->count; i++) {
		const struct journal_entry *entry = &journal->entries[i];

		FUZZ_CHECK(!strncmp(entry->path, "/sys/", 5) && !strstr(entry->path, "/../"));
		FUZZ_CHECK(entry->ours && (entry->kind == JOURNAL_SETTING) == !!entry->before);
	}
	FUZZ_CHECK(journal_write(journal) == 0);
	once = text_of(place, JOURNAL_NAME);
	FUZZ_CHECK(journal_read(&place->run, &again, &bad) == 0 && !bad);
	FUZZ_CHECK(journal_write(&again) == 0);
	twice = text_of(place, JOURNAL_NAME);
	FUZZ_SAME(twice, once, "a journal");
	journal_free(&again);
	free(once);
	free(twice);
}

static void try_journal(const char *text)
{
	struct journal journal = { .who = NULL };
	struct place place;
	int r;

	set_up(&place, JOURNAL_NAME, text);
	r = journal_load(&place.run, &journal);
	FUZZ_CHECK(r == 0 || r == -EBADMSG);
	FUZZ_CHECK(place.log.count == (r < 0));
	if (r < 0)
		FUZZ_CHECK(place.log.code == r && strstr(place.log.last, "line ") && !journal.who);
	else
		check_journal(&place, &journal);
	journal_free(&journal);
	tear_down(&place);
}

/* ---- what was done ---- */

static void try_acts(const char *text, size_t length)
{
	struct acts *acts = malloc(sizeof(*acts)), *again = malloc(sizeof(*again));
	char *boot = NULL, *boot_again = NULL, *once, *twice;
	unsigned int line = 0;
	int r;

	FUZZ_CHECK(acts && again);
	r = acts_parse(text, length, acts, &boot, &line);
	if (r < 0) {
		FUZZ_CHECK(r == -EBADMSG && !acts->count && !boot);
	} else {
		FUZZ_CHECK(acts->count <= MAX_ACTS);
		for (size_t i = 0; i < acts->count; i++)
			FUZZ_CHECK(is_printable(acts->list[i].who) &&
				   acts->list[i].n_runs <= MAX_ACT_RUNS);
		FUZZ_CHECK(acts_render(acts, boot, &once) == 0);
		FUZZ_CHECK(acts_parse(once, strlen(once), again, &boot_again, &line) == 0);
		FUZZ_CHECK(acts_render(again, boot_again, &twice) == 0);
		FUZZ_SAME(twice, once, "notes of what was done");
		free(once);
		free(twice);
		free(boot_again);
	}
	free(boot);
	free(acts);
	free(again);
}

/* ---- a lock ---- */

static void try_holder(const char *text)
{
	struct place place;
	char *holder;

	set_up(&place, "agent.lock", text);
	holder = lock_copy_holder(&place.run, "agent.lock");
	FUZZ_CHECK(!holder || (*holder && is_printable(holder)));
	free(holder);
	tear_down(&place);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = fuzz_text(data + 1, size - 1);
	switch (data[0]) {
	case 'a':
		try_acts(text, strlen(text));
		break;
	case 'h':
		try_holder(text);
		break;
	default:
		try_journal(text);
		break;
	}
	free(text);
	return 0;
}

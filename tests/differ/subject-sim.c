// SPDX-License-Identifier: LGPL-2.1-or-later
/* The simulated machine as a subject. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

struct sim_subject {
	struct subject subject;
	struct mhp_sim *sim;
	struct mhp_sim_listener *listener;
};

struct mhp_sim *subject_sim(struct subject *subject)
{
	return ((struct sim_subject *)subject)->sim;
}

/* Not as another program, who may do anything: as this one, who may be nobody. */
static int sim_put(struct subject *subject, const char *path, const char *word)
{
	const char *name = strrchr(path, '/') + 1;
	char *dir_path = text_new("%.*s", (int)(name - path), path);
	struct mhp_dir *dir;
	int r = subject->be->ops->open_dir(subject->be, dir_path, &dir);

	free(dir_path);
	if (r < 0)
		return r;
	r = subject->be->ops->write(subject->be, dir, name, word, false);
	subject->be->ops->close_dir(subject->be, dir);
	return r;
}

static int sim_user(struct subject *subject, bool root)
{
	return mhp_sim_set_privileged(subject_sim(subject), root);
}

static int sim_load(struct subject *subject, const char *module)
{
	return subject->be->ops->load_module(subject->be, module);
}

static int sim_unload(struct subject *subject, const char *module)
{
	return mhp_sim_unload_module(subject_sim(subject), module);
}

/* There is no public way to take a failure back that lasts: agents' tests need none. */
static int sim_veto(struct subject *subject, const char *act, int code)
{
	struct mhp_sim *sim = subject_sim(subject);
	enum block_act wanted = strcmp(act, "online") ? BLOCK_OFFLINE : BLOCK_ONLINE;

	sim_lock(sim);
	for (size_t i = 0; i < sim->n_failures; i++)
		if (!sim->failures[i].path && sim->failures[i].block == MHP_SIM_ANY_BLOCK &&
		    sim->failures[i].act == wanted) {
			sim->failures[i].always = false;
			sim->failures[i].times = 0;
		}
	sim_unlock(sim);
	return code ? mhp_sim_fail_block(sim, MHP_SIM_ANY_BLOCK, act, code, 0) : 0;
}

static int sim_pin(struct subject *subject, uint64_t block)
{
	return mhp_sim_hang_block(subject_sim(subject), block, 0);
}

static int sim_unpin(struct subject *subject, uint64_t block)
{
	mhp_sim_release_block(subject_sim(subject), block);
	return 0;
}

static char *sim_next_event(struct subject *subject)
{
	char *text;
	int r = mhp_sim_listener_receive(((struct sim_subject *)subject)->listener, &text);

	if (r < 0)
		die("events of the simulated machine: %s", code_text(r));
	return text;
}

static void sim_free(struct subject *subject)
{
	mhp_sim_listener_free(((struct sim_subject *)subject)->listener);
	subject->be->ops->free(subject->be);
	mhp_sim_unref(subject_sim(subject));
	free(subject);
}

static const struct subject_ops sim_ops = {
	.put = sim_put,
	.load = sim_load,
	.unload = sim_unload,
	.veto = sim_veto,
	.pin = sim_pin,
	.unpin = sim_unpin,
	.user = sim_user,
	.next_event = sim_next_event,
	.free = sim_free,
};

static void complain(void *data, int code, const char *path, const char *message)
{
	(void)data;
	fprintf(stderr, "differ: %s: %s (%s)\n", path ? path : "the capture", message,
		code_text(code));
}

struct subject *subject_sim_new(const char *capture, size_t length, const char *name)
{
	struct mhp_sim_opts opts = { .size = sizeof(opts), .log_fn = complain };
	struct sim_subject *subject = must(calloc(1, sizeof(*subject)));
	int r;

	r = mhp_sim_new_from_text(capture, length, &opts, &subject->sim);
	if (r < 0)
		die("%s: no machine can be made of it: %s", name, code_text(r));
	/* one operation on a machine like that says less than this */
	if (backend_new(subject->sim, &subject->subject.be) < 0 ||
	    mhp_sim_listener_new(subject->sim, 4096, &subject->listener) < 0)
		die("no memory");
	subject->subject.ops = &sim_ops;
	return &subject->subject;
}

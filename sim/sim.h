/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of sim/ share: the machine itself, and how it misbehaves upon request. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <pthread.h>

#include <mhp/sim.h>

#include "backend.h"
#include "model.h"
#include "tree.h"

#define MHP_EXPORT __attribute__((visibility("default")))

/* what was done is told in a capture; no more than this of it is kept */
#define MAX_DID (1 << 20)

/* what a block refuses */
enum block_act {
	BLOCK_OFFLINE,
	BLOCK_ONLINE,
	BLOCK_ADD,
};

struct failure {
	char *path;		/* of a file, or NULL: of a block */
	bool read;		/* of the file, else a write to it */
	char *word;		/* NULL: any */
	uint64_t block;
	enum block_act act;
	int code;
	unsigned int times;	/* how often it still happens */
	bool always;
};

/* the one access of several that fails, or that another program comes before */
struct countdown {
	uint64_t what;		/* enum mhp_sim_access */
	char *path;		/* or NULL: any */
	size_t left;
	int code;		/* or 0 */
	char *act_path;		/* or NULL */
	char *act_word;
};

struct race {
	char *path;
	char *act_path;		/* NULL: a block goes */
	char *act_word;
	uint64_t block;
};

/* a block that will not go offline, until whoever tries is ended */
struct hang {
	uint64_t block;
	unsigned int times;
	bool always;
};

/* a block that stays once it is online in such a zone */
struct pin {
	uint64_t block;
	enum mhp_online_type type;
};

/* a module that does not load */
struct module {
	char *name;
	int code;
};

struct mhp_dir;

/* One context's view. The machine's contexts are numbered from 1. */
struct sim_backend {
	struct mhp_backend be;
	struct mhp_sim *sim;
	size_t number;
	bool dies;		/* with the act that it is at */
};

/* Held by a context; the kernel knows it by its file. */
struct mhp_lock {
	struct mhp_lock *next;
	struct sim_backend *be;
	struct node *file;
};

struct writer;
typedef bool (*wait_test)(const struct writer *writer);

/* A write of a file on its way. */
struct writer {
	struct writer *next;	/* of those that wait */
	wait_test waits;	/* as long as this says so */
	struct mhp_sim *sim;
	struct sim_backend *be;	/* NULL: another program */
	struct node *file;	/* with a reference */
	char *path;
	const char *word;
	bool can_end;
	struct block *hangs_at;	/* the block that will not go offline */
	bool released;		/* it may now */
};

#define ACCESS_KINDS 5		/* bits of enum mhp_sim_access */

/*
 * All is guarded by the mutex, but refs. Whoever waits, waits for changed, and looks
 * again. The mutex is given up nowhere else.
 */
struct mhp_sim {
	unsigned int refs;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool read_only;		/* MHP_SIM_READ_ONLY: there is no model */
	struct node *root;
	char *header;
	struct model model;
	struct rules rules;

	struct failure *failures;
	size_t n_failures;
	struct race *races;
	size_t n_races;
	struct countdown *countdowns;
	size_t n_countdowns;
	struct hang *hangs;
	size_t n_hangs;
	struct pin *pins;
	size_t n_pins;
	struct module *modules;
	size_t n_modules;
	uint64_t refused;	/* accesses that are answered with EROFS */
	bool contained;
	bool is_plain;		/* contexts are a plain user's */

	/* the kernel's lock for memory hotplug, where that is kept for longer */
	struct writer *hotplug;	/* hangs, and has it */
	bool hotplug_held;	/* another program has it */
	struct writer worker;	/* the kernel's own thread, if that is who hangs */
	struct block *hangs_at;	/* what made the write that is under way answer HANGS */
	struct writer *waiting;	/* all that hang or wait */

	char *udev_word;	/* NULL: no rule */
	struct block_run *added;	/* that the rule has yet to see */
	size_t n_added;

	size_t n_contexts;
	size_t n_dead;		/* contexts up to this one are */
	bool kill_is_due;
	size_t kill_left;	/* acts until then */
	struct mhp_lock *locks;

	struct mhp_sim_listener *listeners;
	size_t events_to_lose;	/* the next ones */
	uint64_t seqnum;	/* of the last event */

	size_t counts[ACCESS_KINDS];
	struct buf did;		/* "# did: put WORD FILE: RESULT", all writes */
};

static inline void sim_lock(const struct mhp_sim *sim)
{
	pthread_mutex_lock((pthread_mutex_t *)&sim->mutex);
}

static inline void sim_unlock(const struct mhp_sim *sim)
{
	pthread_mutex_unlock((pthread_mutex_t *)&sim->mutex);
}

/* ---- machine.c ---- */

int sim_take_opts(const struct mhp_sim_opts *theirs, struct mhp_sim_opts *ret);
/* Takes what capture holds over, also upon failure. */
int machine_new(struct capture *capture, const struct complaints *complaints, bool read_only,
		struct mhp_sim **ret_sim);
/* What a file holds now: its text, or the errno value of reading it. */
int node_render(struct mhp_sim *sim, struct node *file, struct buf *buf);
/* Remembers what was done, and its result, for the next capture. */
void note_write(struct mhp_sim *sim, const char *path, const char *word, int code);
void note_module(struct mhp_sim *sim, const char *act, const char *name, int code);
__attribute__((format(printf, 3, 4)))
void note_host(struct mhp_sim *sim, int code, const char *format, ...);
/* Writes a file; path is where it is. HANGS: nothing was done, see hotplug.c. */
int node_write(struct mhp_sim *sim, struct node *file, const char *path, const char *word);
/* A write by another program; it does not wait. */
int write_as_other(struct mhp_sim *sim, const char *path, const char *word);

/* ---- fail.c: what is told to fail ---- */

bool is_code(int code);
/* Where path leads to, links followed; itself if there is no such file yet. Takes the mutex. */
int real_path(struct mhp_sim *sim, const char *path, char **ret_path);
/* A negative errno value if this read, or write, is to fail, else 0. */
int sim_fails_read(struct mhp_sim *sim, const struct node *file);
int sim_fails_write(struct mhp_sim *sim, const char *path, const char *word);
int sim_fails_block(struct mhp_sim *sim, uint64_t id, enum block_act act);
void failures_free(struct mhp_sim *sim);

/* ---- access.c: what comes through contexts is counted, and ends with them ---- */

/*
 * An access begins, to name below from; with follow, name is a whole path. 0, or
 * what it answers.
 */
int access_begin(struct sim_backend *be, enum mhp_sim_access what, struct node *from,
		 const char *name, bool follow);
/* Where an access goes; a name that is not there is taken by its letters. NULL: no memory */
char *access_path(struct mhp_sim *sim, struct node *from, const char *name, bool follow);
/* It ends; r, or -EIO: its context did, too. */
int access_end(struct sim_backend *be, int r);
bool is_dead(const struct sim_backend *be);
void accesses_free(struct mhp_sim *sim);
void countdowns_clear_failures(struct mhp_sim *sim);

/* ---- hotplug.c: who waits, and who hangs ---- */

/* No errno value: a block will not go offline. Never leaves the machine. */
#define HANGS (-5000)

bool hotplug_is_taken(const struct mhp_sim *sim);
/* Will this block not go offline? Says so once. */
bool sim_hangs(struct mhp_sim *sim, struct block *block);
/* Waits for the lock if this write needs it. 0; -EIO the context ended; does not
 * return if the thread was. -EINTR: another program, who does not wait. */
int hotplug_wait(struct writer *writer);
/* as with a write that may not be ended */
int hotplug_wait_to_load(struct sim_backend *be);
/* A write answered HANGS: 0 write again; -EINTR; -EIO */
int hotplug_hang(struct writer *writer);
/* The same for the kernel's own thread, which goes on with follow_up() once it can. */
void hotplug_hang_worker(struct mhp_sim *sim);
/* Frees what the writer has, and ends its access. */
void writer_end(struct writer *writer);
void hotplug_free(struct mhp_sim *sim);

/* ---- others.c: other programs ---- */

/* Others act that were told to await a write to path. */
void race_act(struct mhp_sim *sim, const char *path);
/* Blocks are to come; have come. */
int udev_reserve(struct mhp_sim *sim);
void udev_note(struct mhp_sim *sim, const struct block_run *run);
/*
 * A write is over, or the hotplug lock is free: what the kernel's own threads have to
 * do is done, and what udev's rule is for.
 */
void follow_up(struct mhp_sim *sim);
/* Is this block, which came online, there to stay? */
bool sim_pins(const struct mhp_sim *sim, const struct block *block);
void others_free(struct mhp_sim *sim);

/* ---- module.c: modules come and go ---- */

#define DRIVERS_PATH "/sys/bus/dax/drivers"

int module_load(struct mhp_sim *sim, const char *name);
void modules_free(struct mhp_sim *sim);

/* ---- event.c: uevents ---- */

/* /sys/kernel/uevent_seqnum */
int events_load(struct mhp_sim *sim, const struct complaints *complaints);
/* Does anybody listen? Else keys need not be made. */
bool event_is_heard(const struct mhp_sim *sim);
/*
 * The device with this directory did, or went through, that action. keys: more
 * lines, "KEY=VALUE\n" each, or NULL. Without a directory there is no device.
 */
void event_send(struct mhp_sim *sim, const char *action, const struct node *dir,
		const char *subsystem, const char *keys);
/* ... one that no capture shows; devpath as in DEVPATH */
void event_send_path(struct mhp_sim *sim, const char *action, const char *devpath,
		     const char *subsystem, const char *keys);

/* For contexts: see mhp_backend_ops. */
int sim_open_events(struct mhp_backend *be, enum mhp_event_source source, size_t buffer_bytes,
		    enum mhp_event_source *ret_source, struct mhp_events **ret_events,
		    const char **ret_why);
int sim_get_events_fd(struct mhp_backend *be, struct mhp_events *events, int *ret_fd);
int sim_receive_event(struct mhp_backend *be, struct mhp_events *events,
		      struct mhp_message *ret_message, bool *ret_some);
void sim_close_events(struct mhp_backend *be, struct mhp_events *events);

/* ---- event-synth.c: the files named uevent ---- */

/* word was written to the device's uevent; subsystem NULL: it has none, and tells nobody. */
int event_synth(struct mhp_sim *sim, const char *word, const struct node *dir,
		const char *subsystem, const char *keys);
/* May this uevent of a device that has no keys of its own act? NULL: no */
bool event_may_act(const struct node *file);
/* Has it act: of a "node", "memory_tiering", "drivers", "mapping"; fine if there is none. */
void event_set_attr(struct node *dir, const char *kind);

/* ---- permission.c: what a plain user may not ---- */

/* 0 or -EACCES */
int may_read(const struct mhp_sim *sim, const struct node *file);
int may_write(const struct mhp_sim *sim, const struct node *file);
/* Has what was read of /proc/iomem be without addresses. */
void hide_addresses(const struct mhp_sim *sim, const struct node *file, struct buf *buf);

/* ---- run.c: files of the contexts' own ---- */

int run_make_dir(struct mhp_backend *be, const char *path);
int run_replace(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		const char *text);
int run_remove(struct mhp_backend *be, struct mhp_dir *dir, const char *name);
int run_lock(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
	     const char *holder, struct mhp_lock **ret_lock);
void run_unlock(struct mhp_backend *be, struct mhp_lock *lock);
int run_is_locked(struct mhp_backend *be, struct mhp_dir *dir, const char *name);
bool run_is_contained(struct mhp_backend *be);
/* Those of all dead contexts are nobody's any more. */
void locks_drop_dead(struct mhp_sim *sim);
/* Frees those that a context did not give back. */
void locks_free(struct sim_backend *be);

/* ---- backend.c ---- */

/* Held by reference: it stays valid, and empty, when its directory goes. */
struct mhp_dir {
	struct node *node;
};
/* Finds what name means below dir; borrowed. */
int dir_find(struct mhp_sim *sim, const struct mhp_dir *dir, const char *name,
	     struct node **ret_node);
static inline struct sim_backend *to_sim(struct mhp_backend *be)
{
	return (struct sim_backend *)be;
}
/* Takes a reference to the machine. */
int backend_new(struct mhp_sim *sim, struct mhp_backend **ret_be);

#endif /* SIM_SIM_H */

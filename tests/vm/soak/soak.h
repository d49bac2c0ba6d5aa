/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * soak: one process that uses libmhp for a long time, beside others that change the same memory;
 * see soak.c. What its files share, a banner for each.
 */
#ifndef SOAK_H
#define SOAK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <mhp/agenda.h>
#include <mhp/mhp.h>
#include <mhp/standing.h>

#define MEMORY "/sys/devices/system/memory"
#define DAX "/sys/bus/dax"
#define POLICY MEMORY "/auto_online_blocks"
#define AUTOPROBE DAX "/drivers_autoprobe"
#define RUN "/run/libmhp"

#define MAX_ID 128
#define MAX_REGIONS 8
#define WORD_SIZE 64

/* ---- chance: a seed means the same everywhere ---- */

struct chance {
	uint64_t state;
};

void chance_seed(struct chance *chance, uint64_t seed, unsigned int round, unsigned int actor);
unsigned int below(struct chance *chance, unsigned int n);
static inline bool one_in(struct chance *chance, unsigned int n)
{
	return below(chance, n) == 0;
}

/* ---- what all processes share ---- */

/* What is counted, and the words for it in the last lines. */
#define TALLIES(X)                                                                              \
	X(ROUNDS, "rounds") X(OFFLINES, "offline") X(ONLINES, "online") X(PLUGS, "plug")        \
	X(UNPLUGS, "unplug") X(AGENDAS, "agenda") X(WAITS, "wait") X(DONE, "done")              \
	X(ALREADY, "already") X(UNDONE, "undone") X(PARTIAL, "partial") X(REFUSED, "refused")   \
	X(UNKNOWN, "unknown") X(CANCELLED, "cancelled") X(LATE, "late") X(LOCKED, "locked")     \
	X(STALE, "stale") X(CONFLICTS, "conflict") X(SAVED, "saved-plan") X(PINS, "pinned")     \
	X(COMMANDS, "mhp") X(KILLS, "killed") X(LEFT, "left-borrowed")                          \
	X(OWN_RECOVERIES, "recovered-by-driver") X(MHP_RECOVERIES, "recovered-by-mhp")          \
	X(RAW, "raw-writes") X(RAW_REFUSED, "raw-refused") X(POLICIES, "policy-changes")        \
	X(CONTESTED, "policy-contested") X(OVERRUN, "policy-lost")                         \
	X(UNBINDS, "raw-unbinds") X(BINDS, "raw-binds")                                         \
	X(AGENTS, "agents") X(AGENT_KILLS, "agents-killed") X(RELOADS, "reloads")               \
	X(AGENT_DID, "agent-did") X(EVENTS, "events") X(LOST, "lost") X(RESYNCED, "resynced")   \
	X(BLOCKS, "blocks-checked") X(STRICT, "reports-checked") X(QUIET, "quiet-points")       \
	X(MAX_FDS, "max-fds") X(MAX_THREADS, "max-threads") X(MAX_HEAP, "max-heap-bytes")       \
	X(MAX_ANON, "max-anon-kib") X(AGENT_FDS, "agent-fds") X(AGENT_THREADS, "agent-threads") \
	X(AGENT_ANON, "agent-anon-kib") X(WRONG, "wrong")

enum tally {
#define TALLY(name, word) TALLY_##name,
	TALLIES(TALLY)
#undef TALLY
	TALLY_COUNT
};

struct shared {
	atomic_bool stop;		/* the others' part of the round is over */
	atomic_bool is_contested;	/* the last word of the policy came while it was borrowed */
	atomic_bool is_offline;		/* that word: offline, else online */
	atomic_ulong tally[TALLY_COUNT];
};

extern struct shared *shared;
extern unsigned int round_number;

void count(enum tally tally);
void highest(enum tally tally, unsigned long value);
unsigned long counted(enum tally tally);
/* Something is not as it should be: said at once, and counted. */
__attribute__((format(printf, 1, 2)))
void wrong(const char *format, ...);
/* For whoever looks for the reason of what is wrong. */
__attribute__((format(printf, 1, 2)))
void note(const char *format, ...);
/* The test itself cannot go on. */
__attribute__((noreturn, format(printf, 1, 2)))
void fail(const char *format, ...);

/* ---- facts.c: what is so, from sysfs and proc and never through libmhp ---- */

struct ids {
	bool has[MAX_ID];
};

struct region {
	char name[32];
	struct ids ids;
	uint64_t id[MAX_ID];
	size_t count;
	bool kernel;		/* may be in a kernel zone: its node has other memory, too */
};

struct place {
	enum mhp_state state;
	enum mhp_zone zone;	/* of an online block, else MHP_ZONE_UNKNOWN */
};

struct picture {
	struct place at[MAX_ID];
};

extern struct region regions[MAX_REGIONS];
extern size_t region_count;
extern uint64_t block_size;

__attribute__((format(printf, 3, 4)))
bool read_word(char *word, size_t size, const char *format, ...);
/* 0 or a negative errno value. */
__attribute__((format(printf, 2, 3)))
int write_word(const char *word, const char *format, ...);
void add_region(const char *name, const char *blocks);
/* One of those in the mask. */
const struct region *any_region(struct chance *chance, unsigned int mask);
void add_ids(struct ids *to, const struct ids *from);
extern const struct ids everything;
void read_picture(struct picture *picture);
bool same_place(const struct place *a, const struct place *b);
/* "32:online:Movable", in one of some buffers */
const char *place_text(uint64_t id, const struct place *place);
void read_settings(char *policy, char *autoprobe);
/* "-": none */
void read_driver(const struct region *region, char *driver);
/* Entries of a directory of a process, but for "." and ".."; -1: there is none. */
int count_entries(pid_t pid, const char *name);
/* A number of /proc/PID/status; 0: there is none. */
unsigned long read_status(pid_t pid, const char *key);
bool is_pending(void);
/* libmhp's own lock, as its users take it; -1: somebody has it. Closing lets go of it. */
int try_lock(void);
/* That changes whenever somebody takes the lock. */
uint64_t lock_time(void);
void pause_ms(unsigned int ms);

/* ---- actors.c: the others ---- */

enum actor { ACTOR_RAW, ACTOR_KILLER, ACTOR_AGENT, ACTOR_COUNT };

enum order_kind {
	ORDER_RUN = 1,		/* until shared->stop */
	ORDER_REST,		/* of the agent: nothing is wanted of any memory */
	ORDER_LEAVE,		/* of the killer: something is borrowed, and he who did it is dead */
	ORDER_END,
};

struct order {
	enum order_kind kind;
	unsigned int round;
	unsigned int mask;	/* the regions that it may change */
};

void actors_start(uint64_t seed);
void actor_tell(enum actor actor, enum order_kind kind, unsigned int mask);
void actor_wait(enum actor actor);
/* Run a program to its end, its output in a file; its status as the shell has it. */
int run_program(const char *const argv[], const char *output);
pid_t start_program(const char *const argv[], const char *output);

/* ---- follow.c: the driver's monitors, and what they and snapshots say ---- */

void must(int r, const char *what);
void follow_start(struct mhp_ctx *ctx);
/* Another monitor for this round, of so little room that it loses events. */
void follow_begin_round(void);
/* Now and then the text of an event is asked for. */
void follow_events(struct chance *chance);
/* The blocks of the scope are as events have led to. */
void follow_compare(const char *when, const struct picture *picture, const struct ids *scope);
/* Events and snapshots have the whole machine as it is. */
void follow_compare_all(const char *when);
void follow_let_go(void);
void follow_end(void);

/* ---- wish.c: what the driver wants ---- */

#define TEXT_SIZE 256

struct wish {
	struct mhp_request *request;
	enum mhp_goal goal;
	enum mhp_online_type type;
	uint64_t rules;
	struct ids target;
	bool kernel;			/* of a region that may be in a kernel zone */
	bool is_certain;		/* nothing about how it is done is left to chance */
	char text[TEXT_SIZE];
};

__attribute__((format(printf, 2, 3)))
void wish_say(struct wish *wish, const char *format, ...);
/* By chance, about regions of the mask. The request is the caller's to free. */
void wish_make(struct wish *wish, struct chance *chance, unsigned int mask);
void wish_make_certain(struct wish *wish, const struct region *region, enum mhp_goal goal);

/* ---- driver.c: the user of libmhp that never ends ---- */

enum phase {
	PHASE_SHARED,		/* others change the same regions */
	PHASE_APART,		/* others change other regions */
	PHASE_QUIET,		/* nobody else changes anything */
};

void driver_start(uint64_t seed);
void driver_begin_round(void);
/* So many things by chance, with the regions of the mask. */
void driver_run(enum phase phase, unsigned int mask, unsigned int n);
/* What has to have been seen, whatever chance wants. */
void driver_run_certain(void);
/* All regions to the state in which leaks are looked for. */
void driver_normalize(void);
void driver_recover(void);
/* Lets go of all that need not be kept. */
void driver_let_go(void);
void driver_end(void);

/* ---- check.c ---- */

/* Of a report on a region that nobody else changed. */
struct judged {
	const char *what;
	const struct ids *scope;	/* what nobody else changed */
	const struct ids *target;	/* what was asked for */
	struct picture before, after;
	bool may_be_partial;
	bool is_old;		/* the snapshot: a report that looked at nothing says the same */
};

void check_report(const struct judged *judged, const struct mhp_report *report);
/* Descriptors and threads of this process, in a round and at its end. */
void check_handles(const char *what, bool is_at_end);
/* Its memory, when it has nothing that it need not have. */
void check_memory(void);
void check_settings(const char *when, const char *policy, const char *autoprobe);
void check_nothing_held(const char *when);
/* No device lacks its driver while it has blocks. */
void check_none_stranded(const char *when);
/* No driver takes a device by an id that somebody left. */
void check_no_id_left(struct chance *chance);

#endif /* SOAK_H */

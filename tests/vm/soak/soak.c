// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One process that uses libmhp for a long time and never begins anew, beside others who change the
 * same memory: is each report true, and is nothing left behind?
 *
 *	soak [-s SEED] [-r ROUNDS] [-t SECONDS] REGION BLOCKS [REGION BLOCKS]...
 *
 * A round has two parts. First the driver (driver.c) and the others (actors.c) are at work at once:
 * in odd rounds one region is the driver's alone, whose reports must be true of it whatever the
 * others do to theirs; in even ones all are everybody's. Then the others stop, what they left is
 * recovered, and all must agree: events, snapshots and sysfs. Then the driver goes on alone, and
 * each of its reports is held against the whole machine (check.c).
 *
 * Ends with lines of "name=number" that tell what was seen. A SEED repeats the choices, not the
 * order in which processes come to run. The last region is one that may be in a kernel zone.
 */
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "soak.h"

#define NOTES "/tmp/soak.notes"
#define MANY_WRONG 20		/* and it is known that something is */

struct shared *shared;
unsigned int round_number;

static uint64_t seed = 1;
static FILE *notes;

/* ---- chance, and what is counted ---- */

void chance_seed(struct chance *chance, uint64_t from, unsigned int round, unsigned int actor)
{
	chance->state = (from * 1000003 + round) * 17 + actor + 1;
	for (int i = 0; i < 8; i++)
		(void)below(chance, 2);
}

unsigned int below(struct chance *chance, unsigned int n)
{
	/* xorshift64* */
	chance->state ^= chance->state >> 12;
	chance->state ^= chance->state << 25;
	chance->state ^= chance->state >> 27;
	return (unsigned int)((chance->state * UINT64_C(2685821657736338717) >> 33) % n);
}

void count(enum tally tally)
{
	atomic_fetch_add(&shared->tally[tally], 1);
}

void highest(enum tally tally, unsigned long value)
{
	if (value > atomic_load(&shared->tally[tally]))
		atomic_store(&shared->tally[tally], value);
}

unsigned long counted(enum tally tally)
{
	return atomic_load(&shared->tally[tally]);
}

void wrong(const char *format, ...)
{
	va_list args;

	count(TALLY_WRONG);
	fprintf(stderr, "seed %" PRIu64 ", round %u: ", seed, round_number);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void note(const char *format, ...)
{
	va_list args;

	fprintf(notes, "round %u: ", round_number);
	va_start(args, format);
	vfprintf(notes, format, args);
	va_end(args);
	fputc('\n', notes);
}

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

static void say_tallies(void)
{
	static const char *const words[] = {
#define WORD(name, word) word,
		TALLIES(WORD)
#undef WORD
	};
	size_t column = 0;

	for (size_t i = 0; i < TALLY_COUNT; i++) {
		char text[64];
		size_t n = (size_t)snprintf(text, sizeof(text), "%s=%lu", words[i],
					    counted((enum tally)i));

		column = column + n > 90 ? n : column + n + 1;
		printf("%s%s", i == 0 ? "" : column == n ? "\n" : " ", text);
	}
	printf("\n");
	fflush(stdout);
}

/* ---- a round ---- */

static unsigned int all_regions(void)
{
	return (1U << region_count) - 1;
}

static void run_together(void)
{
	unsigned int own = 1U << round_number / 2 % region_count, others = all_regions() & ~own;
	enum phase phase = round_number % 2 ? PHASE_APART : PHASE_SHARED;

	if (phase == PHASE_SHARED)
		own = others = all_regions();
	atomic_store(&shared->stop, false);
	for (enum actor i = 0; i < ACTOR_COUNT; i++)
		actor_tell(i, ORDER_RUN, others);
	driver_run(phase, own, 10);
	atomic_store(&shared->stop, true);
	for (enum actor i = 0; i < ACTOR_COUNT; i++)
		actor_wait(i);
	actor_tell(ACTOR_AGENT, ORDER_REST, 0);
	actor_wait(ACTOR_AGENT);
}

/* What somebody killed has left is put back by the next one, whoever it is. */
static void recover(void)
{
	const char *argv[] = { "mhp", "recover", NULL };
	bool was_pending = is_pending();
	int rc;

	if (round_number % 2) {
		driver_recover();
		return;
	}
	rc = run_program(argv, "/tmp/soak.recover");
	note("mhp recover: %d", rc);
	if (rc != 0)
		wrong("mhp recover ended with %d", rc);
	if (was_pending && !is_pending())
		count(TALLY_MHP_RECOVERIES);
}

/*
 * The others made the policy offline or online, and libmhp never borrows these here. A word that
 * was written in the moment in which somebody reads and writes it may be lost, as there is no way
 * to exclude that; one that was not must be there.
 */
static void check_policy(void)
{
	const char *want = atomic_load(&shared->is_offline) ? "offline" : "online";
	char policy[WORD_SIZE], autoprobe[WORD_SIZE];

	read_settings(policy, autoprobe);
	if (strcmp(policy, "offline") != 0 && strcmp(policy, "online") != 0)
		wrong("the policy has stayed borrowed: %s", policy);
	else if (strcmp(policy, want) != 0 && atomic_load(&shared->is_contested))
		count(TALLY_OVERRUN);
	else if (strcmp(policy, want) != 0)
		wrong("the policy is %s, not %s as was written last", policy, want);
	if (strcmp(autoprobe, "1") != 0)
		wrong("drivers_autoprobe has stayed borrowed: %s", autoprobe);
}

static void set_policy(const char *word)
{
	if (write_word(word, POLICY) < 0)
		fail("cannot set the policy %s", word);
	atomic_store(&shared->is_offline, strcmp(word, "offline") == 0);
	atomic_store(&shared->is_contested, false);
}

/* The policy is borrowed by somebody who is no more, and nobody else is there to put it back. */
static void leave_and_recover(void)
{
	set_policy(round_number % 4 < 2 ? "online" : "offline");
	actor_tell(ACTOR_KILLER, ORDER_LEAVE, all_regions());
	actor_wait(ACTOR_KILLER);
	recover();
	check_policy();
	check_nothing_held("after a recovery");
	follow_compare_all("after a recovery");
}

static void run_alone(void)
{
	static const char *const policies[] = { "offline", "online", "online_movable",
						"online_kernel" };

	set_policy(policies[round_number % 4]);
	write_word(round_number % 3 ? "1" : "0", AUTOPROBE);
	driver_run_certain();
	driver_run(PHASE_QUIET, all_regions(), 8);
	follow_compare_all("alone");
	check_none_stranded("alone");
	write_word("1", AUTOPROBE);
	set_policy(round_number / 4 % 2 ? "online" : "offline");
}

static void run_round(void)
{
	struct chance chance;

	round_number++;
	chance_seed(&chance, seed, round_number, 15);
	count(TALLY_ROUNDS);
	driver_begin_round();
	run_together();
	recover();
	check_policy();
	check_nothing_held("after the others");
	check_none_stranded("after the others");
	follow_compare_all("after the others");
	leave_and_recover();
	run_alone();
	driver_normalize();
	driver_let_go();
	check_handles("at the end of a round", true);
	check_memory();
	check_no_id_left(&chance);
}

/* ---- what has been seen ---- */

/* A test in which nothing happens proves nothing. */
static void check_mix(void)
{
	static const struct {
		enum tally tally;
		const char *what;
	} wanted[] = {
		{ TALLY_DONE, "done" }, { TALLY_UNDONE, "undone" }, { TALLY_REFUSED, "refused" },
		{ TALLY_CANCELLED, "cancelled" }, { TALLY_CONFLICTS, "conflict" },
		{ TALLY_LATE, "deadline" }, { TALLY_STRICT, "reports" }, { TALLY_PINS, "pinned" },
		{ TALLY_KILLS, "kills" }, { TALLY_LEFT, "kills that left something" },
		{ TALLY_OWN_RECOVERIES, "recovered by the driver" },
		{ TALLY_MHP_RECOVERIES, "recovered by mhp" }, { TALLY_RAW, "raw writes" },
		{ TALLY_POLICIES, "changes of the policy" },
		{ TALLY_AGENT_KILLS, "kills of the agent" }, { TALLY_AGENT_DID, "agent at work" },
		{ TALLY_RELOADS, "reloads" }, { TALLY_EVENTS, "events" }, { TALLY_LOST, "lost" },
		{ TALLY_RESYNCED, "resynced" }, { TALLY_PLUGS, "plug" }, { TALLY_UNPLUGS, "unplug" },
		{ TALLY_ONLINES, "online" }, { TALLY_OFFLINES, "offline" },
		{ TALLY_AGENDAS, "agendas" }, { TALLY_QUIET, "quiet points" },
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (counted(wanted[i].tally) == 0)
			wrong("none was seen: %s", wanted[i].what);
}

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

int main(int argc, char **argv)
{
	/* none is to come from the heap while it is looked at */
	static char buffers[3][BUFSIZ];
	unsigned int rounds = 0;
	char size[WORD_SIZE];
	time_t begin = now(), seconds = 0;
	int option;

	while ((option = getopt(argc, argv, "s:r:t:")) != -1)
		if (option == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (option == 'r')
			rounds = (unsigned int)strtoul(optarg, NULL, 10);
		else if (option == 't')
			seconds = strtol(optarg, NULL, 10);
		else
			return 2;
	if ((!rounds && !seconds) || (argc - optind) % 2 || argc == optind)
		fail("usage: soak [-s SEED] [-r ROUNDS] [-t SECONDS] REGION BLOCKS ...");
	for (; optind < argc; optind += 2)
		add_region(argv[optind], argv[optind + 1]);
	regions[region_count - 1].kernel = true;
	if (!read_word(size, sizeof(size), MEMORY "/block_size_bytes"))
		fail("no memory blocks");
	block_size = strtoull(size, NULL, 16);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED)
		fail("mmap: %s", strerror(errno));
#ifdef __GLIBC__
	/* what is in use is to be what is not freed */
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MXFAST, 0);
#endif
	setvbuf(stdout, buffers[0], _IOLBF, BUFSIZ);
	setvbuf(stderr, buffers[1], _IOLBF, BUFSIZ);
	notes = fopen(NOTES, "ae");
	if (!notes)
		fail("%s: %s", NOTES, strerror(errno));
	setvbuf(notes, buffers[2], _IOLBF, BUFSIZ);
	set_policy("offline");
	actors_start(seed);
	driver_start(seed);
	while ((!rounds || round_number < rounds) && (!seconds || now() - begin < seconds) &&
	       counted(TALLY_WRONG) < MANY_WRONG) {
		run_round();
		if (round_number % 10 == 0)
			say_tallies();
	}
	for (enum actor i = 0; i < ACTOR_COUNT; i++)
		actor_tell(i, ORDER_END, 0);
	driver_end();
	check_mix();
	say_tallies();
	return counted(TALLY_WRONG) ? 1 : 0;
}

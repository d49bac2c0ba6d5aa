// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Is what libmhp infers from /proc/zoneinfo always so? Blocks are flipped by chance, then every
 * block of a default snapshot and of an exact one is compared with what its files say.
 *
 *	infer [-r ROUNDS] [-b BUSY] [-s SEED] [-B BLOCKS]... [-d DEVICE BLOCKS]... [BLOCKS]...
 *
 * BLOCKS (a number, or FIRST-LAST) may be flipped; those of -B, boot memory, one at a time. The
 * kmem device of -d is unbound and bound, too, with its blocks. In the BUSY rounds that follow
 * the others, another process does so meanwhile and keeps a record: an answer must be what the
 * block was after the snapshot had begun; of one that nobody changed, what it is.
 *
 * Ends with a line "rounds R busy B wrong W inferred I read N ..."; at the first wrong answer it
 * says all there is to know and ends with 1. A SEED repeats the choices, not the kernel's answers.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mhp/mhp.h>

#define MEMORY "/sys/devices/system/memory"
#define KMEM "/sys/bus/dax/drivers/kmem"
#define MAX_BLOCKS 4096
#define MAX_RECORDS (1 << 20)
#define MAX_RUN 24
#define PATIENCE_S 2		/* for a block that does not go offline */
#define ANY_ZONE (-1)		/* the kernel chose, or will */

struct fact {
	enum mhp_state state;
	int zone;		/* enum mhp_zone, or ANY_ZONE */
	int node;
};

/* What the other process does: written before the kernel is asked, completed afterwards. */
struct record {
	uint64_t id;
	struct fact before, after;
	atomic_bool is_done;
};

static struct shared {
	_Atomic size_t count;
	atomic_bool stop;
	unsigned long refused, changed;
	struct record records[MAX_RECORDS];
} *shared;

static uint64_t ids[MAX_BLOCKS], boot[MAX_BLOCKS], device_ids[MAX_BLOCKS];
static size_t id_count, boot_count, device_count;
static const char *device;
static bool is_unbound;
static pid_t child;
static uint64_t chance;
static unsigned long inferred, answers, rounds_done, busy_done, changing;

static uint64_t below(uint64_t n)
{
	/* xorshift64*, so that a seed means the same everywhere */
	chance ^= chance >> 12;
	chance ^= chance << 25;
	chance ^= chance >> 27;
	return (chance * UINT64_C(2685821657736338717) >> 33) % n;
}

static void fail(const char *what, int code)
{
	fprintf(stderr, "%s: %s\n", what, strerror(code));
	exit(2);
}

/* ---- what the files say ---- */

__attribute__((format(printf, 3, 4)))
static bool read_word(char *word, size_t size, const char *format, ...)
{
	char path[PATH_MAX];
	ssize_t n;
	va_list args;
	int fd;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, word, size - 1);
	if (fd >= 0)
		close(fd);
	word[n > 0 ? n : 0] = '\0';
	word[strcspn(word, "\n")] = '\0';
	return n > 0;
}

static enum mhp_zone zone_named(const char *word)
{
	static const struct {
		const char *word;
		enum mhp_zone zone;
	} names[] = {
		{ "none", MHP_ZONE_NONE },     { "DMA", MHP_ZONE_DMA },
		{ "DMA32", MHP_ZONE_DMA32 },   { "Normal", MHP_ZONE_NORMAL },
		{ "Movable", MHP_ZONE_MOVABLE },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(word, names[i].word) == 0)
			return names[i].zone;
	return MHP_ZONE_UNKNOWN;
}

/* Its lowest node: a block of two is the lower one's in libmhp. It never gets another one. */
static int node_of(uint64_t id)
{
	static unsigned char known[MAX_BLOCKS];		/* and 1 */
	char path[PATH_MAX];

	if (id < MAX_BLOCKS && known[id])
		return known[id] - 1;
	for (int node = 0; node < 8; node++) {
		snprintf(path, sizeof(path), MEMORY "/memory%llu/node%d", (unsigned long long)id,
			 node);
		if (access(path, F_OK) != 0)
			continue;
		if (id < MAX_BLOCKS)
			known[id] = (unsigned char)(node + 1);
		return node;
	}
	return -1;
}

static struct fact fact_of(uint64_t id)
{
	struct fact fact = { MHP_STATE_ABSENT, MHP_ZONE_UNKNOWN, -1 };
	char word[64];

	if (!read_word(word, sizeof(word), MEMORY "/memory%llu/state", (unsigned long long)id))
		return fact;
	fact.state = strcmp(word, "online") == 0    ? MHP_STATE_ONLINE :
		     strcmp(word, "offline") == 0   ? MHP_STATE_OFFLINE :
		     strcmp(word, "going-offline") == 0 ? MHP_STATE_GOING_OFFLINE :
							  MHP_STATE_UNKNOWN;
	fact.node = node_of(id);
	/* Linux up to 6.12 can crash before there is a node */
	if (fact.state == MHP_STATE_ONLINE && fact.node >= 0 &&
	    read_word(word, sizeof(word), MEMORY "/memory%llu/valid_zones",
		      (unsigned long long)id))
		fact.zone = (int)zone_named(word);
	return fact;
}

/* ---- changing blocks ---- */

static int put(const char *path, const char *word)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r = 0;

	if (fd < 0)
		return errno;
	if (write(fd, word, strlen(word)) < 0)
		r = errno;
	close(fd);
	return r;
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
}

static struct record *record(uint64_t id, struct fact after)
{
	struct record *its = &shared->records[shared->count];

	its->id = id;
	its->before = fact_of(id);
	its->after = after;
	its->is_done = false;
	if (shared->count + 1 < MAX_RECORDS)
		shared->count++;
	else
		shared->stop = true;
	return its;
}

/* A kernel that does not let go is no error here. */
static void set(uint64_t id, const char *word)
{
	struct fact wanted = { MHP_STATE_ONLINE, ANY_ZONE, -1 };
	struct record *its;
	char path[PATH_MAX];

	if (strcmp(word, "offline") == 0)
		wanted = (struct fact){ MHP_STATE_OFFLINE, MHP_ZONE_UNKNOWN, -1 };
	else if (strcmp(word, "online_movable") == 0)
		wanted.zone = MHP_ZONE_MOVABLE;
	if (fact_of(id).state == wanted.state)
		return;
	its = record(id, wanted);
	snprintf(path, sizeof(path), MEMORY "/memory%llu/state", (unsigned long long)id);
	alarm(PATIENCE_S);
	if (put(path, word) != 0)
		shared->refused++;
	else
		shared->changed++;
	alarm(0);
	its->after = fact_of(id);
	its->is_done = true;
}

static const char *any_word(void)
{
	static const char *const words[] = { "online_movable", "online_movable", "online_movable",
					     "online_kernel", "online", "offline", "offline",
					     "offline" };

	return words[below(sizeof(words) / sizeof(words[0]))];
}

static void unbind_or_bind(void)
{
	struct fact away = { MHP_STATE_ABSENT, MHP_ZONE_UNKNOWN, -1 };
	struct fact there = { MHP_STATE_OFFLINE, MHP_ZONE_UNKNOWN, -1 };
	size_t first;
	int r;

	/* online memory would be stranded */
	for (size_t i = 0; i < device_count && !is_unbound; i++) {
		set(device_ids[i], "offline");
		if (fact_of(device_ids[i]).state != MHP_STATE_OFFLINE)
			return;
	}
	first = shared->count;
	for (size_t i = 0; i < device_count; i++)
		record(device_ids[i], is_unbound ? there : away);
	r = put(is_unbound ? KMEM "/bind" : KMEM "/unbind", device);
	if (r)
		fail(is_unbound ? "bind" : "unbind", r);
	is_unbound = !is_unbound;
	for (size_t i = first; i < shared->count; i++) {
		shared->records[i].after = fact_of(shared->records[i].id);
		shared->records[i].is_done = true;
	}
}

/* A run of blocks: all to one word, or to two in turn, or each to its own. */
static void flip_run(size_t first, size_t count)
{
	const char *words[2] = { any_word(), any_word() };
	unsigned int pattern = (unsigned int)below(4);
	bool down = below(2);

	for (size_t i = 0; i < count && !shared->stop; i++) {
		uint64_t id = ids[first + (down ? count - 1 - i : i)];

		set(id, pattern == 3 ? any_word() : words[pattern == 2 ? i % 2 : 0]);
	}
}

/*
 * What is ordinary, and mostly inferred: all of one word from some block on, or up to one. Then
 * none, one or two that are not so: where an inference that is too bold is wrong.
 */
static void flip_to_end(void)
{
	bool on = below(2);
	size_t first = below(2) ? 0 : (size_t)below(id_count);
	size_t last = below(2) ? id_count : first + (size_t)below(id_count - first) + 1;

	/* also what is in other zones */
	for (size_t i = on && below(2) ? id_count : 0; i > 0 && !shared->stop; i--)
		set(ids[i - 1], "offline");
	for (size_t i = last; i > first && !shared->stop; i--)
		set(ids[i - 1], on ? "online_movable" : "offline");
	for (uint64_t i = below(3); i > 0; i--)
		set(ids[first + below(last - first)], on ? "offline" : "online_movable");
}

static void flip_boot(void)
{
	/* one at a time: the machine needs the others */
	for (size_t i = 0; i < boot_count; i++)
		set(boot[i], below(2) ? "online" : "online_movable");
	set(boot[below(boot_count)], "offline");
}

static void flip(void)
{
	uint64_t what = below(16);
	size_t first, count;

	if (what < 1 && boot_count) {
		flip_boot();
	} else if (what < 3 && device) {
		unbind_or_bind();
	} else if (what < 6) {
		flip_to_end();
	} else {
		first = (size_t)below(id_count);
		count = below(4) ? 1 + (size_t)below(MAX_RUN) : 1;
		flip_run(first, count < id_count - first ? count : id_count - first);
	}
}

/*
 * A zone that grows and shrinks at an end all the time, with blocks beside it that are not its:
 * lines of /proc/zoneinfo that are of different moments would be about other blocks.
 */
static void flip_edge(void)
{
	size_t first = (size_t)below(id_count - 2), last = first + 2 + (size_t)below(8);
	bool low = below(4);

	if (last >= id_count)
		last = id_count - 1;
	for (size_t i = id_count; i > 0 && !shared->stop; i--)
		set(ids[i - 1], i - 1 >= first && i - 1 <= last ? "online_movable" : "offline");
	for (unsigned int i = 0; i < 64 && !shared->stop; i++)
		set(ids[low ? first : last], i % 2 ? "online_movable" : "offline");
}

/* ---- comparing ---- */

static struct mhp_snapshot *snapshot(struct mhp_ctx *ctx, uint64_t flags)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	struct mhp_snapshot *snap;
	int r = mhp_snapshot_new(ctx, &opts, &snap);

	if (r < 0)
		fail("snapshot", -r);
	return snap;
}

static struct fact said(const struct mhp_snapshot *snap, uint64_t id, bool *ret_inferred)
{
	const struct mhp_block *block = mhp_snapshot_find_block(snap, id);
	struct fact fact = { MHP_STATE_ABSENT, MHP_ZONE_UNKNOWN, -1 };

	*ret_inferred = block && mhp_block_is_inferred(block);
	if (!block)
		return fact;
	fact.state = mhp_block_get_state(block);
	fact.zone = (int)mhp_block_get_zone(block);
	if (mhp_block_get_node_id(block, &fact.node) < 0)
		fact.node = -1;
	return fact;
}

static bool is_same(const struct fact *a, const struct fact *b)
{
	return a->state == b->state && (a->zone == b->zone || a->zone == ANY_ZONE ||
					b->zone == ANY_ZONE);
}

static void print_zones(void)
{
	FILE *f = fopen("/proc/zoneinfo", "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "Node", 4) == 0 || strstr(line, " spanned ") ||
		    strstr(line, " present ") || strstr(line, "start_pfn"))
			fputs(line, stdout);
	if (f)
		fclose(f);
}

static void wrong(const char *what, uint64_t id, const struct fact *is, const struct fact *said_is,
		  bool was_inferred)
{
	printf("WRONG in round %lu of %lu busy ones: %s snapshot, block %llu: it is %s %s node %d, "
	       "said %s %s node %d%s\n", rounds_done, busy_done, what, (unsigned long long)id,
	       mhp_state_to_str(is->state),
	       is->zone < 0 ? "any" : mhp_zone_to_str((enum mhp_zone)is->zone), is->node,
	       mhp_state_to_str(said_is->state), mhp_zone_to_str((enum mhp_zone)said_is->zone),
	       said_is->node, was_inferred ? ", inferred" : "");
	for (size_t i = shared->count > 48 ? shared->count - 48 : 0; i < shared->count; i++)
		printf("record %zu: block %llu %s -> %s\n", i,
		       (unsigned long long)shared->records[i].id,
		       mhp_state_to_str(shared->records[i].before.state),
		       mhp_state_to_str(shared->records[i].after.state));
	for (uint64_t i = 0; i < MAX_BLOCKS; i++) {
		struct fact its = fact_of(i);

		if (its.state != MHP_STATE_ABSENT)
			printf("%llu:%s:%s:%d ", (unsigned long long)i,
			       mhp_state_to_str(its.state),
			       mhp_zone_to_str((enum mhp_zone)its.zone), its.node);
	}
	printf("\nrounds %lu busy %lu wrong 1\n", rounds_done, busy_done);
	print_zones();
	if (child > 0)
		kill(child, SIGKILL);
	exit(1);
}

static struct fact facts[MAX_BLOCKS];

/* Every block that there is, and no other, as its files say. How many were inferred? */
static size_t compare(const struct mhp_snapshot *snap, const char *what, uint64_t end)
{
	size_t count = 0;

	for (uint64_t id = 0; id < end; id++) {
		bool was_inferred;
		struct fact its = said(snap, id, &was_inferred), is = facts[id];

		if (its.state == MHP_STATE_ABSENT && is.state == MHP_STATE_ABSENT)
			continue;
		if (!is_same(&its, &is) || its.node != is.node)
			wrong(what, id, &is, &its, was_inferred);
		count += was_inferred;
	}
	return count;
}

static void rest(struct mhp_ctx *ctx, unsigned long rounds, uint64_t end)
{
	for (; rounds_done < rounds; rounds_done++) {
		/* mostly the short way, which has the same blocks */
		uint64_t flags = rounds_done % 8 ? MHP_SNAPSHOT_BLOCKS_ONLY : 0;
		struct mhp_snapshot *snap;

		flip();
		for (uint64_t id = 0; id < end; id++)
			facts[id] = fact_of(id);
		snap = snapshot(ctx, flags | MHP_SNAPSHOT_EXACT);
		if (compare(snap, "exact", end))
			fail("an exact snapshot infers", EINVAL);
		mhp_snapshot_unref(snap);
		snap = snapshot(ctx, flags);
		inferred += compare(snap, "default", end);
		answers += mhp_snapshot_count_blocks(snap);
		mhp_snapshot_unref(snap);
		shared->count = 0;
	}
}

/* ---- while another process flips ---- */

/* Was the block so at some time since the record had this many entries? */
static bool was_so(uint64_t id, const struct fact *its, const struct fact *at_first, size_t from,
		   size_t until, bool *ret_changed)
{
	bool so = is_same(its, at_first);

	*ret_changed = false;
	for (size_t i = from; i < until; i++) {
		const struct record *record = &shared->records[i];
		struct fact after = record->after, before = record->before;

		if (record->id != id)
			continue;
		*ret_changed = true;
		/* what is going offline is online to the last, and the zone is still its own */
		so |= is_same(its, &before) || is_same(its, &after);
		so |= its->state == MHP_STATE_GOING_OFFLINE &&
		      before.state == MHP_STATE_ONLINE;
	}
	return so;
}

static void busy_round(struct mhp_ctx *ctx, uint64_t end)
{
	size_t from = shared->count, until;
	struct mhp_snapshot *first, *snap, *last;

	/* what is under way still */
	while (from && !shared->records[from - 1].is_done)
		from--;
	first = snapshot(ctx, MHP_SNAPSHOT_BLOCKS_ONLY | MHP_SNAPSHOT_EXACT);
	snap = snapshot(ctx, MHP_SNAPSHOT_BLOCKS_ONLY);
	last = snapshot(ctx, MHP_SNAPSHOT_BLOCKS_ONLY | MHP_SNAPSHOT_EXACT);
	until = shared->count;
	for (uint64_t id = 0; id < end; id++) {
		bool was_inferred, changed, ignored;
		struct fact its = said(snap, id, &was_inferred);
		struct fact before = said(first, id, &ignored), after = said(last, id, &ignored);
		bool so = was_so(id, &its, &before, from, until, &changed);

		if (its.state == MHP_STATE_ABSENT && before.state == MHP_STATE_ABSENT && !changed)
			continue;
		if (!changed && !is_same(&before, &after))
			wrong("exact", id, &after, &before, false);
		/* read while it changed: state, then zone */
		if (changed && !was_inferred && its.zone == MHP_ZONE_UNKNOWN)
			so = true;
		if (!so)
			wrong(changed ? "default, changing," : "default, unchanged,", id, &before,
			      &its, was_inferred);
		inferred += was_inferred;
		answers++;
		changing += changed;
	}
	mhp_snapshot_unref(first);
	mhp_snapshot_unref(snap);
	mhp_snapshot_unref(last);
}

static void busy(struct mhp_ctx *ctx, unsigned long rounds, uint64_t end)
{
	int status;

	if (!rounds)
		return;
	child = fork();
	if (child < 0)
		fail("fork", errno);
	while (child == 0) {
		if (below(3))
			flip_edge();
		else
			flip();
		if (shared->stop)
			_exit(0);
	}
	for (; busy_done < rounds && !shared->stop; busy_done++)
		busy_round(ctx, end);
	shared->stop = true;
	if (waitpid(child, &status, 0) != child || status != 0)
		fail("the other process", ECHILD);
}

/* ---- */

static uint64_t add(uint64_t *list, size_t *count, const char *text)
{
	char *rest_of;
	uint64_t first = strtoull(text, &rest_of, 10);
	uint64_t last = *rest_of == '-' ? strtoull(rest_of + 1, NULL, 10) : first;

	for (uint64_t id = first; id <= last && *count < MAX_BLOCKS; id++)
		list[(*count)++] = id;
	return last + 1;
}

/* The end of all blocks, of those that may come, too. */
static uint64_t end_of(struct mhp_ctx *ctx, uint64_t end)
{
	struct mhp_snapshot *snap = snapshot(ctx, MHP_SNAPSHOT_BLOCKS_ONLY);
	size_t count = mhp_snapshot_count_blocks(snap);
	uint64_t last = count ? mhp_block_get_id(mhp_snapshot_get_block(snap, count - 1)) : 0;

	mhp_snapshot_unref(snap);
	return last < end ? end : last + 1;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_alarm };
	unsigned long rounds = 200, busy_rounds = 0;
	uint64_t end = 0, seed = 1;
	struct mhp_ctx *ctx;
	int c, r;

	while ((c = getopt(argc, argv, "r:b:s:B:d:")) != -1) {
		switch (c) {
		case 'r': rounds = strtoul(optarg, NULL, 10); break;
		case 'b': busy_rounds = strtoul(optarg, NULL, 10); break;
		case 's': seed = strtoull(optarg, NULL, 10); break;
		case 'B': end = higher(end, add(boot, &boot_count, optarg)); break;
		case 'd':
			device = optarg;
			if (optind < argc)
				add(device_ids, &device_count, argv[optind]);
			break;
		default: return 2;
		}
	}
	for (; optind < argc; optind++)
		end = higher(end, add(ids, &id_count, argv[optind]));
	if (!id_count) {
		fprintf(stderr, "no blocks to flip\n");
		return 2;
	}
	/* not 0, and not alike for seeds that are */
	chance = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		fail("mmap", errno);
	sigaction(SIGALRM, &action, NULL);
	r = mhp_ctx_new(NULL, &ctx);
	if (r < 0)
		fail("context", -r);
	end = end_of(ctx, end);
	if (end > MAX_BLOCKS)
		fail("too many blocks", E2BIG);
	rest(ctx, rounds, end);
	busy(ctx, busy_rounds, end);
	printf("rounds %lu busy %lu wrong 0 inferred %lu read %lu changing %lu, %lu changes %lu refused\n",
	       rounds_done, busy_done, inferred, answers - inferred, changing, shared->changed,
	       shared->refused);
	mhp_ctx_unref(ctx);
	return 0;
}

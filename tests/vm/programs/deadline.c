// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Take a region offline with a deadline, many times in one process.
 *
 *	deadline REGION BLOCK ROUNDS TIMEOUT_MS
 *
 * A line for each round, of words "name=value". What is true of BLOCK is read from sysfs, not
 * from libmhp: its state and zone afterwards, and when it was last seen on its way offline
 * (forward_ms; -1: never), which tells when the part of the call ended that is not undo.
 */
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mhp/mhp.h>

#define OUR_THREADS 2		/* main() and watch() */

static const char *block;
static atomic_llong last_seen_ms;
static atomic_bool watching;

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void read_word(const char *file, char *word, size_t size)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%s/%s", block, file);
	f = fopen(path, "re");
	if (!f || !fgets(word, (int)size, f))
		snprintf(word, size, "unreadable");
	if (f)
		fclose(f);
	word[strcspn(word, " \n")] = '\0';
}

/* Reading the state takes no lock in the kernel, whatever the block is about. */
static void *watch(void *unused)
{
	struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	char word[32];

	(void)unused;
	for (;;) {
		if (atomic_load(&watching)) {
			read_word("state", word, sizeof(word));
			if (strcmp(word, "going-offline") == 0)
				atomic_store(&last_seen_ms, now_ms());
		}
		nanosleep(&pause, NULL);
	}
	return NULL;
}

static int count_entries(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	if (!dir)
		return -1;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;		/* "." and ".." */
}

/* The kernel shows a thread for a moment longer than pthread_join() does: a second, at most. */
static int count_threads(void)
{
	struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	int n = 0;

	for (int i = 0; i < 100; i++) {
		n = count_entries("/proc/self/task");
		if (n == OUR_THREADS)
			break;
		nanosleep(&pause, NULL);
	}
	return n;
}

static int do_round(int number, struct mhp_ctx *ctx, const struct mhp_request *request,
		    int64_t timeout_ms)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = timeout_ms };
	struct mhp_report *report;
	char state[32], zone[32];
	long long begin, seen, end;
	int r;

	atomic_store(&last_seen_ms, -1);
	begin = now_ms();
	atomic_store(&watching, true);
	r = mhp_fulfil(ctx, request, &opts, &report);
	atomic_store(&watching, false);
	end = now_ms();
	if (r < 0) {
		fprintf(stderr, "mhp_fulfil: %s\n", strerror(-r));
		return r;
	}
	seen = atomic_load(&last_seen_ms);
	read_word("state", state, sizeof(state));
	read_word("valid_zones", zone, sizeof(zone));
	printf("round=%d outcome=%s reason=%s forward_ms=%lld total_ms=%lld state=%s zone=%s "
	       "fds=%d threads=%d\n", number, mhp_outcome_to_str(mhp_report_get_outcome(report)),
	       mhp_reason_to_str(mhp_report_get_reason(report)), seen < 0 ? -1 : seen - begin,
	       end - begin, state, zone, count_entries("/proc/self/fd"), count_threads());
	fflush(stdout);
	mhp_report_free(report);
	return 0;
}

int main(int argc, char **argv)
{
	struct mhp_request *request;
	struct mhp_ctx *ctx;
	pthread_t watcher;
	int r;

	if (argc != 5) {
		fprintf(stderr, "usage: %s REGION BLOCK ROUNDS TIMEOUT_MS\n", argv[0]);
		return 2;
	}
	block = argv[2];
	if (mhp_ctx_new(NULL, &ctx) < 0 || mhp_request_new(&request) < 0 ||
	    mhp_request_set_region(request, argv[1]) < 0 ||
	    mhp_request_set_goal(request, MHP_GOAL_OFFLINE) < 0 ||
	    pthread_create(&watcher, NULL, watch, NULL) != 0) {
		fprintf(stderr, "cannot begin\n");
		return 1;
	}
	for (int i = 1; i <= atoi(argv[3]); i++) {
		r = do_round(i, ctx, request, atoll(argv[4]));
		if (r < 0)
			return 1;
	}
	mhp_request_free(request);
	mhp_ctx_unref(ctx);
	return 0;
}

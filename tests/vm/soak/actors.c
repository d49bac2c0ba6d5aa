// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Those who change memory beside the driver, a process each, from the beginning to the end: one
 * writes sysfs by itself, one runs mhp and kills it, one has an agent under a policy that changes.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "soak.h"

#define MHP_OUTPUT "/tmp/soak.mhp"
#define AGENT_OUTPUT "/tmp/soak.agent"
#define POLICY_FILE "/etc/mhp/policy.d/50-soak.conf"
#define PATIENCE_MS 120000

static struct {
	int orders[2], answers[2];
	pid_t pid;
} actors[ACTOR_COUNT];

static struct chance chance;
static uint64_t seed;

/* ---- programs ---- */

pid_t start_program(const char *const argv[], const char *output)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork: %s", strerror(errno));
	if (pid == 0) {
		int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
		int out = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);

		dup2(in, STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
		/* execvp() changes none of them */
		execvp(argv[0], (char **)(uintptr_t)argv);
		_exit(127);
	}
	return pid;
}

static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int run_program(const char *const argv[], const char *output)
{
	pid_t pid = start_program(argv, output);
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("waitpid: %s", strerror(errno));
	return status_of(status);
}

/* ---- somebody who writes sysfs by himself ---- */

/* Offline and online, of which libmhp borrows neither here: so it is seen what stays borrowed. */
static void change_policy(void)
{
	bool to_offline = one_in(&chance, 2), contested = is_pending();
	uint64_t locked = lock_time();

	if (write_word(to_offline ? "offline" : "online", POLICY) < 0)
		wrong("the policy cannot be written");
	atomic_store(&shared->is_offline, to_offline);
	atomic_store(&shared->is_contested, contested || is_pending() || lock_time() != locked);
	count(TALLY_POLICIES);
	if (atomic_load(&shared->is_contested))
		count(TALLY_CONTESTED);
}

/* Unbinding what is online would strand it until a reboot: only what has no blocks, in peace. */
static void unbind(const struct region *region)
{
	char word[WORD_SIZE], driver[WORD_SIZE];
	int lock = try_lock();

	if (lock < 0)
		return;
	read_driver(region, driver);
	if (strcmp(driver, "kmem") == 0 &&
	    write_word("unplugged", DAX "/devices/%s/state", region->name) == 0 &&
	    read_word(word, sizeof(word), DAX "/devices/%s/state", region->name) &&
	    strcmp(word, "unplugged") == 0 &&
	    write_word(region->name, DAX "/drivers/kmem/unbind") == 0)
		count(TALLY_UNBINDS);
	note("unbinding %s by hand: it was %s, and has %s", region->name, driver,
	     read_word(word, sizeof(word), DAX "/devices/%s/state", region->name) ? word : "-");
	close(lock);
}

static void bind(const struct region *region)
{
	char driver[WORD_SIZE];

	read_driver(region, driver);
	if (strcmp(driver, "device_dax") == 0)
		write_word(region->name, DAX "/drivers/device_dax/unbind");
	if (write_word(region->name, DAX "/drivers/kmem/bind") == 0)
		count(TALLY_BINDS);
}

static void change_block(const struct region *region)
{
	static const char *const words[] = { "offline", "offline", "online", "online_movable",
					     "online_movable" };
	size_t at = below(&chance, (unsigned int)region->count);
	const char *word = words[below(&chance, 5)];
	int r;

	/* the lowest block of a kernel zone hardly ever leaves it */
	if (region->kernel && at > 0 && one_in(&chance, 16))
		word = "online_kernel";
	r = write_word(word, MEMORY "/memory%" PRIu64 "/state", region->id[at]);
	count(r < 0 ? TALLY_RAW_REFUSED : TALLY_RAW);
}

static void run_raw(const struct order *order)
{
	while (!atomic_load(&shared->stop)) {
		const struct region *region = any_region(&chance, order->mask);
		unsigned int what = below(&chance, 24);

		if (what == 0)
			change_policy();
		else if (what == 1)
			unbind(region);
		else if (what <= 3)
			bind(region);
		else if (what <= 14)
			change_block(region);
		else
			pause_ms(below(&chance, 40));
	}
}

/* ---- mhp, and somebody who kills it ---- */

#define MAX_WORDS 12

static void make_command(const struct region *region, const char *argv[MAX_WORDS])
{
	static const char *const commands[][MAX_WORDS] = {
		{ "mhp", "plug", NULL, "--type", "online_movable" },
		{ "mhp", "plug", NULL, "--type", "online_movable" },
		{ "mhp", "plug", NULL, "--type", "online_movable", "--per-block" },
		{ "mhp", "unplug", NULL, "--to", "device_dax" },
		{ "mhp", "unplug", NULL, "--to", "device_dax" },
		{ "mhp", "unplug", NULL },
		{ "mhp", "online", NULL, "--type", "online_movable" },
		{ "mhp", "online", NULL, "--type", "online_movable", "--per-block" },
		{ "mhp", "offline", NULL },
		{ "mhp", "recover" },
		{ "mhp", "list" },
	};
	unsigned int which = below(&chance, sizeof(commands) / sizeof(commands[0]));
	bool has_region = false;
	size_t n = 0;

	for (; n < 2; n++)
		argv[n] = commands[which][n];
	if (strcmp(argv[1], "recover") != 0 && strcmp(argv[1], "list") != 0) {
		argv[n++] = region->name;
		has_region = true;
	}
	for (size_t i = 3; has_region && commands[which][i]; i++)
		argv[n++] = commands[which][i];
	if (has_region) {
		argv[n++] = "--timeout";
		argv[n++] = "20";
	}
	argv[n] = NULL;
}

enum mercy { LET_IT_END, KILL_BY_CHANCE, KILL_WHEN_BORROWED, MERCIES };

/* Is it this process that has something borrowed, alive or dead? */
static bool has_borrowed(pid_t pid)
{
	char text[1024], who[32];
	int fd = open(RUN "/journal", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	snprintf(who, sizeof(who), "[%d]: ", (int)pid);
	return strstr(text, who) != NULL;
}

/* Returns its status; 137: it was killed. */
static int run_and_kill(const char *const argv[], enum mercy mercy)
{
	/* what a verb takes here, at most */
	unsigned int ms = below(&chance, mercy == KILL_BY_CHANCE ? 400 : 20);
	bool killed = false;
	pid_t pid = start_program(argv, MHP_OUTPUT);
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		bool is_time = mercy == KILL_BY_CHANCE || (mercy == KILL_WHEN_BORROWED &&
							   has_borrowed(pid));

		if (!killed && is_time && ms-- == 0) {
			kill(pid, SIGKILL);
			killed = true;
		}
		pause_ms(1);
	}
	count(TALLY_COMMANDS);
	if (status_of(status) == 128 + SIGKILL) {
		count(TALLY_KILLS);
		if (has_borrowed(pid))
			count(TALLY_LEFT);
	}
	return status_of(status);
}

static void say_output(const char *file)
{
	char text[2048];
	ssize_t n;
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	n = fd < 0 ? 0 : pread(fd, text, sizeof(text) - 1, 0);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	fprintf(stderr, "%s", text);
}

static void run_command(const struct order *order)
{
	const char *argv[MAX_WORDS];
	int rc;

	make_command(any_region(&chance, order->mask), argv);
	rc = run_and_kill(argv, below(&chance, MERCIES));
	note("%s %s %s: %d", argv[0], argv[1], argv[2] ? argv[2] : "", rc);
	if (rc == 0 || rc == 128 + SIGKILL ||
	    ((rc == 1 || rc == 3) && strcmp(argv[1], "list") != 0))
		return;
	wrong("%s %s %s ended with %d", argv[0], argv[1], argv[2] ? argv[2] : "", rc);
	say_output(MHP_OUTPUT);
}

static void run_killer(const struct order *order)
{
	while (!atomic_load(&shared->stop))
		run_command(order);
}

/* Nobody else is at work. It may be late, and what was borrowed is put back: then once more. */
static void leave_borrowed(const struct order *order)
{
	const struct region *region = any_region(&chance, order->mask);
	const char *unplug[] = { "mhp", "unplug", region->name, "--to", "device_dax", NULL };
	const char *plug[] = { "mhp", "plug", region->name, "--type", "online_movable", NULL };

	for (int i = 0; i < 20 && !is_pending(); i++) {
		(void)run_program(unplug, MHP_OUTPUT);
		(void)run_and_kill(plug, KILL_WHEN_BORROWED);
	}
}

/* ---- an agent ---- */

static pid_t agent;
static int agent_fds, agent_threads, agent_points;
static unsigned long agent_anon;

static void write_policy(unsigned int mask)
{
	static const char *const types[] = { "online_movable", "online_movable", "offline" };
	FILE *f = fopen(POLICY_FILE ".new", "we");

	if (!f)
		fail("%s: %s", POLICY_FILE, strerror(errno));
	for (size_t i = 0; i < region_count; i++) {
		fprintf(f, "[r%zu]\nname = %s\n", i, regions[i].name);
		if (!(mask >> i & 1) || one_in(&chance, 4)) {
			fprintf(f, "type = leave-alone\n");
			continue;
		}
		fprintf(f, "type = %s\n", types[below(&chance, 3)]);
		if (one_in(&chance, 2))
			fprintf(f, "elsewhere = rezone\n");
		if (one_in(&chance, 3))
			fprintf(f, "per-block = yes\n");
		if (one_in(&chance, 3))
			fprintf(f, "plug = no\n");
	}
	fclose(f);
	if (rename(POLICY_FILE ".new", POLICY_FILE) < 0)
		fail("%s: %s", POLICY_FILE, strerror(errno));
}

static void count_deeds(void)
{
	char line[512];
	FILE *f = fopen(AGENT_OUTPUT, "re");

	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, ": done, as wanted by"))
			count(TALLY_AGENT_DID);
	if (f)
		fclose(f);
	if (truncate(AGENT_OUTPUT, 0) < 0 && errno != ENOENT)
		fail("%s: %s", AGENT_OUTPUT, strerror(errno));
}

static void start_agent(void)
{
	const char *argv[] = { "mhp", "agent", "--timeout", "20", NULL };

	agent = start_program(argv, AGENT_OUTPUT);
	agent_points = 0;
	count(TALLY_AGENTS);
	/* from when on a signal does not end it */
	for (unsigned int ms = 0; !(read_status(agent, "SigBlk") & 1UL << (SIGHUP - 1)); ms += 10) {
		if (ms > PATIENCE_MS)
			fail("the agent does not come up");
		pause_ms(10);
	}
}

static void kill_agent(void)
{
	int status;

	kill(agent, SIGKILL);
	waitpid(agent, &status, 0);
	count(TALLY_AGENT_KILLS);
	count_deeds();
	start_agent();
}

static void must_live(void)
{
	int status;

	if (waitpid(agent, &status, WNOHANG) == 0)
		return;
	wrong("the agent ended by itself with %d", status_of(status));
	say_output(AGENT_OUTPUT);
	start_agent();
}

/* Some time, in which it is seen when the others' part is over. */
static void pause_or_stop(unsigned int ms)
{
	for (unsigned int i = 0; i < ms / 10 && !atomic_load(&shared->stop); i++)
		pause_ms(10);
}

static void run_agent(const struct order *order)
{
	bool to_kill = order->round % 8 == 2;

	if (!agent)
		start_agent();
	while (!atomic_load(&shared->stop)) {
		if (to_kill && one_in(&chance, 3)) {
			kill_agent();
			to_kill = false;
		} else if (one_in(&chance, 4)) {
			kill(agent, SIGUSR1);
		} else {
			write_policy(order->mask);
			kill(agent, SIGHUP);
			count(TALLY_RELOADS);
		}
		pause_or_stop(100 + below(&chance, 1500));
		must_live();
	}
	if (to_kill)
		kill_agent();
}

/* It has taken its signals, has no lock, and waits in poll(2), as often as it did before. */
static bool is_at_rest(unsigned long *switches)
{
	char call[WORD_SIZE];
	unsigned long now = read_status(agent, "voluntary_ctxt_switches");
	bool same = *switches == now;

	*switches = now;
	return read_word(call, sizeof(call), "/proc/%d/syscall", (int)agent) &&
	       (strncmp(call, "7 ", 2) == 0 || strncmp(call, "271 ", 4) == 0) &&
	       read_status(agent, "ShdPnd") == 0 && same;
}

static void rest_agent(const struct order *order)
{
	unsigned long switches = 0, anon;
	int fds, threads, calm = 0;

	(void)order;
	write_policy(0);
	must_live();
	kill(agent, SIGHUP);
	for (unsigned int ms = 0; calm < 5; ms += 100) {
		if (ms > PATIENCE_MS) {
			wrong("the agent does not come to rest");
			say_output(AGENT_OUTPUT);
			break;
		}
		pause_ms(100);
		must_live();
		calm = is_at_rest(&switches) ? calm + 1 : 0;
	}
	count_deeds();
	fds = count_entries(agent, "fd");
	threads = count_entries(agent, "task");
	anon = read_status(agent, "RssAnon");
	if (agent_points == 0) {
		agent_fds = fds;
		agent_threads = threads;
	}
	if (fds != agent_fds || threads != agent_threads)
		wrong("the agent at rest has %d descriptors and %d threads, not %d and %d", fds,
		      threads, agent_fds, agent_threads);
	/* what the heap has grown to is known after some rounds */
	if (agent_points < 3 && anon > agent_anon)
		agent_anon = anon;
	else if (agent_points >= 3 && anon > agent_anon + 512)
		wrong("the agent at rest has %lu KiB, not %lu", anon, agent_anon);
	if (agent_points == 0)
		agent_anon = anon;
	agent_points++;
	highest(TALLY_AGENT_FDS, (unsigned long)fds);
	highest(TALLY_AGENT_THREADS, (unsigned long)threads);
	highest(TALLY_AGENT_ANON, anon);
}

static void end_agent(void)
{
	int status;

	if (!agent)
		return;
	kill(agent, SIGTERM);
	waitpid(agent, &status, 0);
	if (status != 0)
		wrong("the agent that was asked to end ended with %d", status_of(status));
}

/* ---- orders ---- */

static void obey(enum actor actor, const struct order *order)
{
	chance_seed(&chance, seed, order->round, 1 + actor);
	round_number = order->round;
	if (order->kind == ORDER_REST)
		rest_agent(order);
	else if (order->kind == ORDER_LEAVE)
		leave_borrowed(order);
	else if (actor == ACTOR_RAW)
		run_raw(order);
	else if (actor == ACTOR_KILLER)
		run_killer(order);
	else
		run_agent(order);
}

__attribute__((noreturn))
static void be(enum actor actor)
{
	struct order order;

	while (read(actors[actor].orders[0], &order, sizeof(order)) == sizeof(order) &&
	       order.kind != ORDER_END) {
		obey(actor, &order);
		if (write(actors[actor].answers[1], "", 1) != 1)
			break;
	}
	if (actor == ACTOR_AGENT)
		end_agent();
	exit(0);
}

void actors_start(uint64_t the_seed)
{
	seed = the_seed;
	mkdir("/etc/mhp", 0755);
	mkdir("/etc/mhp/policy.d", 0755);
	for (enum actor i = 0; i < ACTOR_COUNT; i++) {
		if (pipe2(actors[i].orders, O_CLOEXEC) < 0 ||
		    pipe2(actors[i].answers, O_CLOEXEC) < 0)
			fail("pipe: %s", strerror(errno));
		actors[i].pid = fork();
		if (actors[i].pid < 0)
			fail("fork: %s", strerror(errno));
		if (actors[i].pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			be(i);
		}
		close(actors[i].orders[0]);
		close(actors[i].answers[1]);
	}
}

void actor_tell(enum actor actor, enum order_kind kind, unsigned int mask)
{
	struct order order = { .kind = kind, .round = round_number, .mask = mask };

	if (write(actors[actor].orders[1], &order, sizeof(order)) != sizeof(order))
		fail("actor %d is gone", (int)actor);
	if (kind == ORDER_END)
		waitpid(actors[actor].pid, NULL, 0);
}

void actor_wait(enum actor actor)
{
	char answer;

	if (read(actors[actor].answers[0], &answer, 1) != 1)
		fail("actor %d is gone", (int)actor);
}

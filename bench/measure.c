// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs commands in turn (A B C A B C ...), so that ratios hold while the speed of a
 * shared machine drifts, and prints medians as lines of "GROUP,NAME,MEASURE,VALUE".
 *
 * measure [-n ROUNDS] [-s SECONDS] GROUP [-- before CMD ...] -- NAME CMD ... [-- ...]
 *
 * A round before the first is not counted, unless ROUNDS is 0. A command that has taken SECONDS is not run
 * again, and where its first run took that long, that run counts. "before" is run before
 * each run of the next command, and not measured. Words like NAME=VALUE before a command
 * are of its environment.
 *
 * wall_ms, cpu_ms (user and system), rss_kib (peak), runs; inside_us where the command
 * tells it on standard error (lean.h); failed with what it printed there, or skipped
 * with that if it ends with 77.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS 24
#define ROUNDS 200

struct command {
	const char *name;
	char **args, **before;
	double wall_ms[ROUNDS], cpu_ms[ROUNDS], inside_us[ROUNDS];
	int runs, status;
	double total_ms;
	long rss_kib;
	char said[100];
};

static struct command commands[COMMANDS];
static int count, rounds = 7, errors;
static double seconds = 10;

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), compare);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static pid_t start(char **args)
{
	pid_t child = fork();
	int null;

	if (child != 0)
		return child;
	null = open("/dev/null", O_RDWR);
	if (null < 0)
		null = open("/", O_RDONLY);
	dup2(null, 0);
	dup2(null, 1);
	dup2(errors, 2);
	for (; strchr(args[0], '='); args++)
		putenv(args[0]);
	execvp(args[0], args);
	dprintf(2, "%s: cannot be run\n", args[0]);
	_exit(127);
}

static double now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double ms(const struct timeval *time)
{
	return (double)time->tv_sec * 1e3 + (double)time->tv_usec / 1e3;
}

/* One line for the table, in which a comma or a quote would be trouble. */
static void keep_words(struct command *command, char *text)
{
	size_t length = 0;

	for (; *text && *text != '\n' && length < sizeof(command->said) - 1; text++)
		command->said[length++] = strchr(",\"|", *text) ? ' ' : *text;
	command->said[length] = '\0';
}

/* Returns what it has told of itself, or -1. */
static double read_errors(struct command *command)
{
	char text[4096], *found;
	ssize_t length = pread(errors, text, sizeof(text) - 1, 0);

	text[length > 0 ? length : 0] = '\0';
	found = strstr(text, "inside_us ");
	if (command->status)
		keep_words(command, text);
	return found ? atof(found + strlen("inside_us ")) : -1;
}

static void empty_errors(void)
{
	if (ftruncate(errors, 0) < 0 || lseek(errors, 0, SEEK_SET) < 0)
		exit(1);
}

static void run(struct command *command, int counts)
{
	double began, wall, inside;
	struct rusage usage;
	int status, i;

	empty_errors();
	if (command->before)
		waitpid(start(command->before), &status, 0);
	empty_errors();
	began = now_ms();
	wait4(start(command->args), &status, 0, &usage);
	wall = now_ms() - began;
	command->status |= status;
	inside = read_errors(command);
	command->total_ms += wall;
	if (!counts && command->total_ms < seconds * 1e3)
		return;
	i = command->runs++;
	command->wall_ms[i] = wall;
	command->cpu_ms[i] = ms(&usage.ru_utime) + ms(&usage.ru_stime);
	command->inside_us[i] = inside;
	if (usage.ru_maxrss > command->rss_kib)
		command->rss_kib = usage.ru_maxrss;
}

static void print(const char *group, struct command *command)
{
	const char *name = command->name;
	int n = command->runs;

	if (command->status) {
		int skipped = WIFEXITED(command->status) && WEXITSTATUS(command->status) == 77;

		printf("%s,%s,%s,%s\n", group, name, skipped ? "skipped" : "failed",
		       command->said[0] ? command->said : "without a word");
		return;
	}
	printf("%s,%s,runs,%d\n", group, name, n);
	printf("%s,%s,wall_ms,%.3f\n", group, name, median(command->wall_ms, n));
	printf("%s,%s,cpu_ms,%.3f\n", group, name, median(command->cpu_ms, n));
	printf("%s,%s,rss_kib,%ld\n", group, name, command->rss_kib);
	if (command->inside_us[0] >= 0)
		printf("%s,%s,inside_us,%.2f\n", group, name, median(command->inside_us, n));
}

static int take(int argc, char **argv)
{
	char **before = NULL;
	int option;

	while ((option = getopt(argc, argv, "+n:s:")) != -1)
		if (option == 'n')
			rounds = atoi(optarg);
		else if (option == 's')
			seconds = atof(optarg);
		else
			return -1;
	for (int i = optind + 1; i < argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		argv[i] = NULL;
		if (i + 2 >= argc || count == COMMANDS)
			return -1;
		if (strcmp(argv[i + 1], "before") == 0) {
			before = argv + i + 2;
			continue;
		}
		commands[count].name = argv[i + 1];
		commands[count].args = argv + i + 2;
		commands[count++].before = before;
		before = NULL;
	}
	return count && rounds >= 0 && rounds < ROUNDS ? 0 : -1;
}

int main(int argc, char **argv)
{
	if (take(argc, argv) < 0) {
		fprintf(stderr, "usage: measure [-n ROUNDS] [-s SECONDS] GROUP -- NAME CMD ...\n");
		return 2;
	}
	errors = memfd_create("errors", MFD_CLOEXEC);
	for (int round = 0; round <= rounds; round++)
		for (int i = 0; i < count; i++)
			if (!commands[i].status && (commands[i].total_ms < seconds * 1e3))
				run(&commands[i], round > 0 || rounds == 0);
	for (int i = 0; i < count; i++)
		print(argv[optind], &commands[i]);
	return 0;
}

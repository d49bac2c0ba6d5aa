// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs a program again and again, each time with another of its allocations, opens or threads
 * made to fail (fail-calls.c), and says where what it does about it is not clean.
 *
 *	starve -p SHIM [-k memory|open|thread] [-l] [-n RUNS] [-s STRIDE] [-f FILE] [-b FILE]
 *		PROGRAM [ARGUMENT ...]
 *
 * First it runs without any failure. Then, whatever fails, it must end by itself, with that
 * exit code or 1, 3 or 4. With 0 it must have printed the same, and made the same file (-f), or
 * say in what it prints what it had not; with another code than the first run it must say so on
 * standard error. With 1 or 4 the file (-b) is as that one, or has not been made. -l: what fails
 * goes on to fail. -n: so many runs, or somewhat more, with calls from all over the first one
 * made to fail; -s: each one of so many, 1: all.
 *
 * Prints how many runs there were, and their exit codes. Exit code 1: not all were clean.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs longer than that hang. */
#define MAX_SECONDS 60

struct kind {
	const char *name;
	int code;
	const char *words[3];		/* of which it says one */
};

static const struct kind kinds[] = {
	{ "memory", ENOMEM, { "out of memory", "ENOMEM", "Cannot allocate memory" } },
	{ "open", EMFILE, { "EMFILE", "Too many open files", "No file descriptors" } },
	{ "thread", EAGAIN, { "EAGAIN", "Resource temporarily unavailable", "try again" } },
};

struct outcome {
	int status;			/* as of waitpid() */
	size_t calls;
	char *out, *err, *file;		/* file: NULL if there is none */
};

static const struct kind *kind = &kinds[0];
static const char *shim, *file_path, *before_path;
static char **command;
static bool is_lasting;
static int count_fd, out_fd, err_fd;
static volatile size_t *count;
static size_t failures;

static void die(const char *what)
{
	perror(what);
	exit(125);
}

static char *read_all(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = malloc((size_t)size + 1);

	if (size < 0 || !text || pread(fd, text, (size_t)size, 0) != size)
		die("read");
	text[size] = '\0';
	return text;
}

/* Without lines of comment, which say who made it, and when. */
static char *read_file(const char *path)
{
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char *text, *to;

	if (fd < 0)
		return NULL;
	text = to = read_all(fd);
	close(fd);
	for (char *line = text; *line;) {
		size_t length = strcspn(line, "\n") + 1;

		length -= !line[length - 1];
		if (*line != '#') {
			memmove(to, line, length);
			to += length;
		}
		line += length;
	}
	*to = '\0';
	return text;
}

/* "12:34:56.789", which is another one each time. */
static void forget_times(char *text)
{
	for (; *text; text++)
		for (char *at = text; *at && strchr("0123456789:.", *at) && at - text < 12; at++)
			if (at - text == 11 && text[2] == ':' && text[5] == ':' && text[8] == '.')
				memset(text, '#', 12);
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* ---- one run ---- */

static void execute(size_t at)
{
	char text[64];

	snprintf(text, sizeof(text), "%d %s %zu %d %d", count_fd, kind->name, at, is_lasting,
		 kind->code);
	setenv("FAIL_CALLS", text, 1);
	setenv("LD_PRELOAD", shim, 1);
	dup2(out_fd, STDOUT_FILENO);
	dup2(err_fd, STDERR_FILENO);
	alarm(MAX_SECONDS);
	execv(command[0], command);
	_exit(125);
}

static struct outcome run(size_t at)
{
	struct outcome outcome = { 0 };
	pid_t pid;

	if (ftruncate(out_fd, 0) < 0 || ftruncate(err_fd, 0) < 0)
		die("ftruncate");
	lseek(out_fd, 0, SEEK_SET);
	lseek(err_fd, 0, SEEK_SET);
	if (file_path)
		unlink(file_path);
	*count = 0;
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		execute(at);
	if (waitpid(pid, &outcome.status, 0) < 0)
		die("waitpid");
	outcome.calls = *count;
	outcome.out = read_all(out_fd);
	forget_times(outcome.out);
	outcome.err = read_all(err_fd);
	outcome.file = read_file(file_path);
	return outcome;
}

static void forget(struct outcome *outcome)
{
	free(outcome->out);
	free(outcome->err);
	free(outcome->file);
}

/* ---- was it clean? ---- */

__attribute__((format(printf, 3, 4)))
static void complain(size_t at, const struct outcome *outcome, const char *format, ...)
{
	va_list ap;

	if (++failures > 20)
		return;
	va_start(ap, format);
	printf("%s %zu%s of ", kind->name, at, is_lasting ? " and later" : "");
	for (char **word = command; *word; word++)
		printf("%s ", word == command ? "mhp" : *word);
	printf("\n  ");
	vprintf(format, ap);
	printf("\n  stdout: %.300s\n  stderr: %.300s\n", outcome->out, outcome->err);
	va_end(ap);
}

static bool tells(const char *text)
{
	for (size_t i = 0; i < sizeof(kind->words) / sizeof(kind->words[0]); i++)
		if (strstr(text, kind->words[i]))
			return true;
	return false;
}

/* A saved plan has codes as numbers. */
static bool tells_code(const char *file)
{
	char code[16];

	snprintf(code, sizeof(code), " -%d ", kind->code);
	return file && strstr(file, code);
}

static void check(size_t at, const struct outcome *now, const struct outcome *clean,
		  const char *before)
{
	int code = WEXITSTATUS(now->status);
	bool same = is_same(now->out, clean->out) && is_same(now->file, clean->file);
	bool told = tells(now->out) || tells(now->err) || tells_code(now->file);

	if (!WIFEXITED(now->status)) {
		complain(at, now, "ended by signal %d", WTERMSIG(now->status));
		return;
	}
	if (code != WEXITSTATUS(clean->status) && code != 1 && code != 3 && code != 4)
		complain(at, now, "exit code %d", code);
	if (code == 0 && !same && !told)
		complain(at, now, "exit code 0, and it is not the same");
	if (code != WEXITSTATUS(clean->status) && !tells(now->err))
		complain(at, now, "exit code %d, and it is not told why", code);
	/* of a device's word mhp says itself that it is another one */
	if ((code == 1 || code == 4) && before && now->file && !is_same(now->file, before) &&
	    !is_same(now->file, clean->file) && !strstr(now->err, "is another one now"))
		complain(at, now, "exit code %d, but %s is changed", code, file_path);
}

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

static void take_options(int argc, char **argv, size_t *ret_stride, size_t *ret_runs)
{
	int option;

	while ((option = getopt(argc, argv, "+p:k:ln:s:f:b:")) >= 0) {
		if (option == 'p')
			shim = optarg;
		else if (option == 'l')
			is_lasting = true;
		else if (option == 'n')
			*ret_runs = strtoul(optarg, NULL, 10);
		else if (option == 's')
			*ret_stride = strtoul(optarg, NULL, 10);
		else if (option == 'f')
			file_path = optarg;
		else if (option == 'b')
			before_path = optarg;
		else if (option == 'k')
			kind = find_kind(optarg);
		if (!kind)
			break;
	}
	if (optind >= argc || !shim || !kind) {
		fprintf(stderr, "usage: starve -p SHIM [-k KIND] [-l] [-n RUNS | -s STRIDE] [-f FILE] "
				"[-b FILE] PROGRAM [ARGUMENT ...]\n");
		exit(125);
	}
	command = argv + optind;
}

int main(int argc, char **argv)
{
	struct outcome clean, now;
	size_t stride = 0, wanted = 0, runs = 0, codes[256] = { 0 };
	char *before;

	take_options(argc, argv, &stride, &wanted);
	/* the one that the program gets: not closed by its execv() */
	count_fd = memfd_create("count", 0);
	out_fd = memfd_create("out", MFD_CLOEXEC);
	err_fd = memfd_create("err", MFD_CLOEXEC);
	if (count_fd < 0 || out_fd < 0 || err_fd < 0 || ftruncate(count_fd, sizeof(*count)) < 0)
		die("memfd_create");
	count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, count_fd, 0);
	if (count == MAP_FAILED)
		die("mmap");
	before = read_file(before_path);
	clean = run(0);
	/* of some there are none */
	if (!WIFEXITED(clean.status) || WEXITSTATUS(clean.status) == 127)
		complain(0, &clean, "it does not work at all");
	if (!stride)
		stride = wanted && clean.calls > wanted ? clean.calls / wanted : 1;
	/* the last ones are where it has done it, and tells */
	for (size_t at = 1; at <= clean.calls; at += stride, runs++) {
		now = run(clean.calls + 1 - at);
		check(clean.calls + 1 - at, &now, &clean, before);
		codes[WEXITSTATUS(now.status)]++;
		forget(&now);
	}
	printf("%s: %zu of %zu, %zu not clean; exit codes", kind->name, runs, clean.calls, failures);
	for (size_t i = 0; i < 256; i++)
		if (codes[i])
			printf(" %zu: %zu", i, codes[i]);
	printf("\n");
	forget(&clean);
	free(before);
	return failures != 0;
}

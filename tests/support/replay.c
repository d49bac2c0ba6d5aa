// SPDX-License-Identifier: LGPL-2.1-or-later
/* Captures of real machines; what was done to these, done again to the simulated one. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/golden.h"
#include "support/replay.h"

const char *machine_path(const char *name, char path[4096])
{
	const char *data = getenv("TEST_DATA");

	snprintf(path, 4096, "%s/machines/%s", data ? data : "tests", name);
	return path;
}

char *read_file(const char *path)
{
	struct buf buf = { 0 };
	char bytes[4096], *text;
	FILE *file = fopen(path, "r");
	size_t n;

	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add_bytes(&buf, bytes, n);
	fclose(file);
	assert_int_equal(buf_finish(&buf, &text), 0);
	return text;
}

/* ---- comparing ---- */

/*
 * Lines of a capture that a machine is not expected to bring about:
 *  - comments;
 *  - "pages free": a running kernel takes and frees pages all the time;
 *  - node0/meminfo and what /proc/zoneinfo has beside the sizes of zones: the
 *    recorder left it out in all steps but a scenario's first;
 *  - slots for DIMMs that are empty: the recorder left them out.
 */
struct view {
	bool in_meminfo, in_zoneinfo;
	const char *text;	/* as it was before it was taken apart */
};

/* "/.../PNP0C80:00/status": is that the slot of this line, and empty? */
static bool is_of_empty_slot(const struct view *view, const char *line)
{
	const char *slot = strstr(line, "/PNP0C80:");
	char status[32];

	/* the line of a block that points to a slot is no line of the slot */
	if (!slot || strlen(slot) < 11 || !strncmp(line, "/sys/devices/system/", 20))
		return false;
	snprintf(status, sizeof(status), "%.11s/status: 0\n", slot);
	return strstr(view->text, status) != NULL;
}

static bool is_compared(struct view *view, const char *line)
{
	static const char *const zone_lines[] = {
		"Node ", "        spanned ", "        present ", "        managed ",
		"  start_pfn:",
	};

	if (line[0] == '#')
		return false;
	if (line[0] != '\t') {
		view->in_meminfo = strstr(line, "/meminfo:") != NULL;
		view->in_zoneinfo = !strncmp(line, "/proc/zoneinfo:", 15);
		return !view->in_meminfo && !is_of_empty_slot(view, line);
	}
	if (view->in_meminfo)
		return false;
	if (!view->in_zoneinfo)
		return true;
	for (size_t i = 0; i < sizeof(zone_lines) / sizeof(zone_lines[0]); i++)
		if (!strncmp(line + 1, zone_lines[i], strlen(zone_lines[i])))
			return true;
	return false;
}

/* The next line that counts, its newline gone; NULL at the end. */
static char *next_line(char **at, struct view *view)
{
	char *line;

	while ((line = strsep(at, "\n")))
		if (*line && is_compared(view, line))
			return line;
	return NULL;
}

__attribute__((format(printf, 1, 2)))
static char *say(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	assert_true(vasprintf(&text, format, args) >= 0);
	va_end(args);
	return text;
}

static char *diff_captures(const char *name, char *got, char *wanted)
{
	struct view got_view = { .text = strdup(got) }, wanted_view = { .text = strdup(wanted) };
	char *x, *y, *diff = NULL;

	assert_true(got_view.text && wanted_view.text);
	do {
		x = next_line(&got, &got_view);
		y = next_line(&wanted, &wanted_view);
		if (!x != !y || (x && strcmp(x, y)))
			diff = say("%s: the kernel shows \"%s\", the machine \"%s\"", name,
				   y ? y : "no more", x ? x : "no more");
	} while (x && !diff);
	free((char *)got_view.text);
	free((char *)wanted_view.text);
	return diff;
}

static void check_no_diff(char *diff)
{
	if (diff)
		/* the text is lost with the test */
		fail_msg("%s", diff);
}

void compare_captures(const char *name, char *got, char *wanted)
{
	check_no_diff(diff_captures(name, got, wanted));
}

/* ---- events ---- */

/* What the machine has told since it was asked last, without the numbers. */
static char *take_events(struct mhp_sim_listener *listener)
{
	struct buf buf = { 0 };
	char *text;

	while (true) {
		assert_int_equal(mhp_sim_listener_receive(listener, &text), 0);
		if (!text)
			break;
		buf_add_bytes(&buf, text, (size_t)(strstr(text, "SEQNUM=") - text));
		buf_add_str(&buf, "\n");
		free(text);
	}
	assert_int_equal(buf_finish(&buf, &text), 0);
	return text;
}

/* The same events, in the same order, with the same keys. */
static char *diff_events(struct mhp_sim_listener *listener, const char *scenario,
			 const char *step)
{
	char name[128], path[4096], *wanted, *at, *end, *got = take_events(listener), *diff;

	snprintf(name, sizeof(name), "%s.uevents", scenario);
	wanted = read_file(machine_path(name, path));
	snprintf(name, sizeof(name), "## %s\n", step);
	at = strstr(wanted, name);
	if (!at)
		fail_msg("%s: no step %s", path, step);
	at += strlen(name);
	end = strstr(at, "## ");
	if (end)
		*end = '\0';
	diff = strcmp(got, at) ? say("%s, %s: the kernel sends\n%sand the machine\n%s", scenario,
				     step, at, got) : NULL;
	free(wanted);
	free(got);
	return diff;
}

void compare_events(struct mhp_sim_listener *listener, const char *scenario, const char *step)
{
	check_no_diff(diff_events(listener, scenario, step));
}

/* ---- doing again ---- */

static int parse_result(const char *name)
{
	for (int code = 1; code < 200; code++) {
		const char *known = code_to_name(code);

		if (known && !strcmp(known, name))
			return -code;
	}
	assert_string_equal(name, "ok");
	return 0;
}

/*
 * "# did: put WORD FILE: RESULT", or of the host
 *	plug-dimm SLOT START SIZE NODE
 *	unplug-dimm SLOT
 *	resize-virtio-mem DEVICE SIZE
 * "# did: load MODULE: RESULT",
 * and "# host: DEVICE NODE BLOCK-SIZE", of a virtio-mem device.
 */
static char *redo(struct mhp_sim *sim, const char *name, const char *line)
{
	char word[64], path[512], result[32] = "ok";
	uint64_t start, size;
	unsigned int slot;
	int node, r;

	if (sscanf(line, "# did: put %63s %511s %31s", word, path, result) == 3) {
		path[strlen(path) - 1] = '\0';		/* the colon */
		r = mhp_sim_write(sim, path, word);
	} else if (sscanf(line, "# did: host plug-dimm %u %" SCNx64 " %" SCNu64 " %d: %31s", &slot,
			  &start, &size, &node, result) == 5) {
		r = mhp_sim_plug_dimm(sim, slot, node, start, size);
	} else if (sscanf(line, "# did: host unplug-dimm %u: %31s", &slot, result) == 2) {
		r = mhp_sim_request_unplug_dimm(sim, slot);
	} else if (sscanf(line, "# did: host resize-virtio-mem %63s %" SCNu64 ": %31s", word, &size,
			  result) == 3) {
		r = mhp_sim_resize_virtio_mem(sim, word, size);
	} else if (sscanf(line, "# did: load %63[^:]: %31s", word, result) == 2) {
		sim_lock(sim);
		r = module_load(sim, word);
		sim_unlock(sim);
	} else if (sscanf(line, "# host: %63s %d %" SCNu64, word, &node, &size) == 3) {
		r = mhp_sim_set_virtio_mem(sim, word, node, size);
	} else {
		return NULL;
	}
	return r == parse_result(result) ? NULL : say("%s: %s: got %d", name, line, r);
}

/* NULL if there is no such capture: then there is nothing to compare */
static char *compare_step(struct mhp_sim *sim, const char *name, size_t *captures)
{
	char path[4096], *wanted, *got, *diff;
	FILE *file = fopen(machine_path(name, path), "r");

	if (!file)
		return NULL;
	fclose(file);
	wanted = read_file(path);
	assert_int_equal(mhp_sim_copy_capture(sim, &got), 0);
	diff = diff_captures(name, got, wanted);
	free(got);
	free(wanted);
	++*captures;
	return diff;
}

static void pin(struct mhp_sim *sim, const struct pinned *pinned, const char *step)
{
	if (pinned && !strcmp(step, pinned->before))
		assert_int_equal(mhp_sim_fail_block(sim, pinned->block, "offline", pinned->code,
						    0), 0);
}

char *replay_diff(const char *scenario, const char *start, const struct pinned *pinned,
		  enum rule wrong, size_t *ret_captures, unsigned long hits[RULES_COUNT])
{
	char name[128], step[64], path[4096], *steps, *at, *line, *diff = NULL;
	struct mhp_sim_listener *listener = NULL;
	struct mhp_sim *sim = NULL;
	bool started = false;	/* beyond the step that is started from */
	size_t captures = 0;

	snprintf(name, sizeof(name), "%s.steps", scenario);
	steps = read_file(machine_path(name, path));
	at = steps;
	while (!diff) {
		line = strsep(&at, "\n");
		/* is the step complete? */
		if (sim && (!line || !strncmp(line, "## ", 3)))
			diff = compare_step(sim, name, &captures);
		if (!diff && started && (!line || !strncmp(line, "## ", 3)))
			diff = diff_events(listener, scenario, step);
		if (!line || diff)
			break;
		if (!strncmp(line, "## ", 3)) {
			snprintf(step, sizeof(step), "%s", line + 3);
			snprintf(name, sizeof(name), "%s-%s.txt", scenario, step);
			started = sim != NULL;
			if (!sim && !strcmp(step, start)) {
				sim = open_machine(name);
				assert_int_equal(mhp_sim_listener_new(sim, 1000, &listener), 0);
				if (wrong < RULES_COUNT)
					sim->rules.is_wrong[wrong] = true;
			}
			if (sim)
				pin(sim, pinned, step);
		} else if (sim && (started || !strncmp(line, "# host: ", 8))) {
			diff = redo(sim, name, line);
		}
	}
	for (size_t i = 0; hits && i < RULES_COUNT; i++)
		hits[i] += sim->rules.hits[i];
	free(steps);
	mhp_sim_listener_free(listener);
	mhp_sim_unref(sim);
	*ret_captures = captures;
	return diff;
}

void replay(const char *scenario, const char *start, const struct pinned *pinned,
	    size_t wanted_captures)
{
	size_t captures;

	check_no_diff(replay_diff(scenario, start, pinned, RULES_COUNT, &captures, NULL));
	assert_int_equal(captures, wanted_captures);
}

/* ---- rules ---- */

static bool fails_with(const struct scenario *scenarios, size_t count, enum rule rule)
{
	bool fails = false;
	size_t captures;

	for (size_t i = 0; i < count && !fails; i++) {
		char *diff = replay_diff(scenarios[i].name, scenarios[i].start,
					 scenarios[i].pinned, rule, &captures, NULL);

		fails = diff != NULL;
		free(diff);
	}
	return fails;
}

static bool is_one_of(enum rule rule, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (!strncmp(rule_name(rule), *prefixes, strlen(*prefixes)))
			return true;
	return false;
}

void check_rules(const struct scenario *scenarios, size_t count, const char *const *prefixes)
{
	unsigned long hits[RULES_COUNT] = { 0 };
	size_t captures, bad = 0;

	for (size_t i = 0; i < count; i++)
		check_no_diff(replay_diff(scenarios[i].name, scenarios[i].start,
					  scenarios[i].pinned, RULES_COUNT, &captures, hits));
	for (enum rule rule = 0; rule < RULES_COUNT; rule++) {
		if (!is_one_of(rule, prefixes))
			continue;
		if (!hits[rule])
			print_error("%s: not met\n", rule_name(rule));
		else if (!fails_with(scenarios, count, rule))
			print_error("%s: nobody sees it turned round\n", rule_name(rule));
		else
			continue;
		bad++;
	}
	assert_int_equal(bad, 0);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes a plan of its text (save-plan.c). Only what was found is read, and has to be sound
 * (sound-plan.c); the steps are planned anew of it, so that no text makes a plan that was
 * not made here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

/* ---- values ---- */

struct reader {
	struct mhp_plan *plan;
	struct plan_part *part;		/* being read, or NULL */
	struct plan_release *release;	/* likewise */
	bool is_region;			/* the part that was begun last */
	size_t runs_room, units_room;
	size_t run;			/* of the next block ... */
	uint64_t offset;		/* ... and its place there */
	struct mhp_conflict *finding;	/* likewise */
	struct conflicts warnings;
	bool seen_goal, seen_size, seen_system, seen_done, ended;
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* -EBADMSG: not as text_add_escaped() writes it */
static int unescape(const char *value, char **ret)
{
	char *copy = malloc(strlen(value) + 1);
	size_t n = 0;

	if (!copy)
		return -ENOMEM;
	for (; *value; value++) {
		int high, low;

		if (*value != '\\') {
			copy[n++] = *value;
			continue;
		}
		high = value[1] == 'x' ? hex_digit(value[2]) : -1;
		low = high >= 0 ? hex_digit(value[3]) : -1;
		if (low < 0 || !(high || low)) {
			free(copy);
			return -EBADMSG;
		}
		copy[n++] = (char)(high << 4 | low);
		value += 3;
	}
	copy[n] = '\0';
	*ret = copy;
	return 0;
}

static int take_str(const char *value, char **ret)
{
	return *ret ? -EBADMSG : unescape(value, ret);
}

/* Text that is shown as it is. */
static int take_shown(const char *value, char **ret)
{
	char *str;
	int r = *ret ? -EBADMSG : unescape(value, &str);

	if (r == 0 && !is_printable(str)) {
		free(str);
		r = -EBADMSG;
	}
	if (r == 0)
		*ret = str;
	return r;
}

/* Exactly count numbers with a single space between. */
static int take_numbers(const char *value, int64_t *ret, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *end;

		if (!(*value >= '0' && *value <= '9') && *value != '-')
			return -EBADMSG;
		errno = 0;
		ret[i] = strtoll(value, &end, 10);
		if (errno || end == value || *end != (i + 1 < count ? ' ' : '\0'))
			return -EBADMSG;
		value = end + 1;
	}
	return 0;
}

static int take_number(const char *value, int64_t max, int64_t *ret)
{
	int r = take_numbers(value, ret, 1);

	return r < 0 ? r : *ret < 0 || *ret > max ? -EBADMSG : 0;
}

/* ---- facts ---- */

static int take_goal(struct reader *reader, const char *value)
{
	int64_t number;
	int r = take_number(value, MHP_GOAL_PLUGGED, &number);

	if (r == 0 && (!number || reader->seen_goal))
		r = -EBADMSG;
	reader->seen_goal = true;
	reader->plan->goal = (enum mhp_goal)number;
	return r;
}

static int take_type(struct reader *reader, const char *value)
{
	int64_t number;
	int r = take_number(value, MHP_ONLINE_MOVABLE, &number);

	if (r == 0)
		reader->plan->type = (enum mhp_online_type)number;
	return r;
}

static int take_rules(struct reader *reader, const char *value)
{
	int64_t number;
	int r = take_number(value, (int64_t)ALL_RULES, &number);

	if (r == 0)
		reader->plan->rules = (uint64_t)number;
	return r;
}

static int take_block_size(struct reader *reader, const char *value)
{
	int64_t number;
	int r = take_number(value, INT64_MAX, &number);

	if (r < 0 || reader->seen_size || number < 4096 || number & (number - 1))
		return -EBADMSG;
	reader->seen_size = true;
	reader->plan->block_size = (uint64_t)number;
	return 0;
}

static int take_system(struct reader *reader, const char *value)
{
	struct plan_system *system = &reader->plan->system;
	int64_t n[8];
	int r = take_numbers(value, n, ARRAY_SIZE(n));

	if (r < 0 || n[0] > 0 || n[0] < -4095 || n[1] < 0 || n[1] > MHP_ONLINE_MOVABLE ||
	    reader->seen_system)
		return -EBADMSG;
	for (size_t i = 2; i < ARRAY_SIZE(n); i++)
		if (n[i] != 0 && n[i] != 1)
			return -EBADMSG;
	reader->seen_system = true;
	*system = (struct plan_system){
		.policy_code = (int)n[0], .policy = (enum mhp_online_type)n[1], .has_kmem = n[2],
		.has_device_dax = n[3], .autoprobe = n[4], .contained = n[5], .has_nodes = n[6],
		.has_hotremove = n[7],
	};
	return 0;
}

/* Does the last part have the name that it must have, or none? */
static bool is_part_named(const struct reader *reader)
{
	const struct mhp_plan *plan = reader->plan;

	return !plan->n_parts ||
	       !plan->parts[plan->n_parts - 1].region == !reader->is_region;
}

static int take_part(struct reader *reader, const char *value)
{
	if ((strcmp(value, "region") && strcmp(value, "blocks")) || !is_part_named(reader) ||
	    reader->release)
		return -EBADMSG;
	reader->is_region = !strcmp(value, "region");
	reader->runs_room = reader->units_room = reader->run = 0;
	reader->offset = 0;
	return plan_add_part(reader->plan, &reader->part);
}

static int take_device_word(struct plan_part *part, const char *value)
{
	int r = take_str(value, &part->device_word);

	if (r == 0 && parse_device_state(part->device_word, &part->device_state) < 0)
		r = -EBADMSG;
	return r;
}

static int take_run(struct reader *reader, const char *value, struct block_run **ret_runs,
		    size_t *count)
{
	struct block_run *runs = *ret_runs;
	int64_t n[2];

	if (take_numbers(value, n, 2) < 0 || n[0] < 0 || (uint64_t)n[0] > BLOCK_MAX_ID ||
	    n[1] <= 0 || (uint64_t)n[1] > MAX_REGION_BLOCKS)
		return -EBADMSG;
	/* as of a snapshot: sorted, not touching */
	if (*count && (uint64_t)n[0] <= runs[*count - 1].first + runs[*count - 1].count)
		return -EBADMSG;
	if (*count == reader->runs_room) {
		size_t room = reader->runs_room ? 2 * reader->runs_room : 4;

		runs = reallocarray(runs, room, sizeof(*runs));
		if (!runs)
			return -ENOMEM;
		*ret_runs = runs;
		reader->runs_room = room;
	}
	runs[(*count)++] = (struct block_run){ (uint64_t)n[0], (uint64_t)n[1] };
	return 0;
}

/* They are the blocks of the runs, all of them, in order. */
static int take_unit(struct reader *reader, const char *value)
{
	struct plan_part *part = reader->part;
	struct block_unit *units;
	int64_t n[3];

	if (take_numbers(value, n, 3) < 0 || n[0] < 0 || (uint64_t)n[0] > BLOCK_MAX_ID ||
	    n[1] <= 0 || (uint64_t)n[1] > MAX_REGION_BLOCKS || n[2] < 0 || part->count)
		return -EBADMSG;
	if (part->n_units == reader->units_room) {
		size_t room = reader->units_room ? 2 * reader->units_room : 16;

		units = reallocarray(part->units, room, sizeof(*units));
		if (!units)
			return -ENOMEM;
		part->units = units;
		reader->units_room = room;
	}
	part->units[part->n_units++] = (struct block_unit){
		(uint64_t)n[0], (size_t)n[1], (uint64_t)n[2],
	};
	return 0;
}

/* The blocks of a part are those of its runs, all of them, in order. */
static int take_block(struct reader *reader, const char *value)
{
	const struct plan_part *part = reader->part;
	const struct block_run *run;
	int64_t n[4];

	if (take_numbers(value, n, 4) < 0 || reader->run == part->n_runs)
		return -EBADMSG;
	run = &part->runs[reader->run];
	if ((uint64_t)n[0] != run->first + reader->offset || n[1] < -1 || n[1] >= BLOCK_NO_NODE ||
	    n[2] < 0 || n[2] > MHP_STATE_GOING_OFFLINE || n[3] < 0 || n[3] > MHP_ZONE_DEVICE ||
	    (n[3] && n[2] != MHP_STATE_ONLINE))
		return -EBADMSG;
	if (++reader->offset == run->count) {
		reader->offset = 0;
		reader->run++;
	}
	return plan_add_block(reader->plan, &(struct plan_block){
		.id = (uint64_t)n[0], .node = (int)n[1], .state = (enum mhp_state)n[2],
		.zone = (enum mhp_zone)n[3],
	});
}

static int take_kind(const char *value, const struct provider **ret)
{
	for (size_t i = 0; i < n_providers && !*ret; i++)
		if (!strcmp(mhp_region_kind_to_str(providers[i]->kind), value))
			*ret = providers[i];
	return *ret ? 0 : -EBADMSG;
}

static int take_part_fact(struct reader *reader, const char *key, const char *value)
{
	struct plan_part *part = reader->part;
	int64_t number;
	int r;

	if (!strcmp(key, "kind"))
		return take_kind(value, &part->provider);
	if (!strcmp(key, "region"))
		return take_str(value, &part->region);
	if (!strcmp(key, "path"))
		return take_str(value, &part->path);
	if (!strcmp(key, "driver"))
		return take_str(value, &part->driver);
	if (!strcmp(key, "device-word"))
		return take_device_word(part, value);
	if (!strcmp(key, "run"))
		return part->count ? -EBADMSG :
				     take_run(reader, value, &part->runs, &part->n_runs);
	if (!strcmp(key, "unit"))
		return take_unit(reader, value);
	if (!strcmp(key, "block"))
		return take_block(reader, value);
	if (strcmp(key, "lost-bytes"))
		return -EBADMSG;
	r = take_number(value, INT64_MAX, &number);
	if (r == 0)
		part->lost_bytes = (uint64_t)number;
	return r;
}

/* ---- releases ---- */

/* Does the last one have all that it must have? */
static bool is_release_whole(const struct reader *reader)
{
	const struct plan_release *release = reader->release;

	return !release || (release->region && release->path && release->provider &&
			    reader->seen_done);
}

static int take_release(struct reader *reader, const char *value)
{
	int r;

	if (!is_release_whole(reader))
		return -EBADMSG;
	reader->part = NULL;
	reader->runs_room = 0;
	reader->seen_done = false;
	r = plan_add_release(reader->plan, &reader->release);
	return r < 0 ? r : take_str(value, &reader->release->region);
}

static int take_release_fact(struct reader *reader, const char *key, const char *value)
{
	struct plan_release *release = reader->release;
	int64_t number;
	int r;

	if (!strcmp(key, "kind"))
		return take_kind(value, &release->provider);
	if (!strcmp(key, "path"))
		return take_str(value, &release->path);
	if (!strcmp(key, "run"))
		return take_run(reader, value, &release->runs, &release->n_runs);
	if (strcmp(key, "is-done") || reader->seen_done)
		return -EBADMSG;
	r = take_number(value, 1, &number);
	if (r == 0)
		release->is_done = number;
	reader->seen_done = true;
	return r;
}

/* ---- conflicts and warnings ---- */

/* Texts of constant ones live as long as the library: those of a file must be kept. */
static int keep_hint(struct mhp_plan *plan, char *hint)
{
	char **hints = reallocarray(plan->hints, plan->n_hints + 1, sizeof(*hints));

	if (!hints) {
		free(hint);
		return -ENOMEM;
	}
	plan->hints = hints;
	hints[plan->n_hints++] = hint;
	return 0;
}

static int take_finding(struct reader *reader, const char *value, struct conflicts *list)
{
	struct mhp_conflict conflict = { 0 };
	struct text message = { 0 };
	int64_t number;
	int r = take_number(value, INT32_MAX, &number);

	if (r < 0)
		return r;
	conflict.code = (enum mhp_conflict_code)number;
	reader->part = NULL;
	text_add(&message, "%s", "");
	r = conflicts_add(list, &conflict, &message);
	if (r == 0)
		reader->finding = &list->list[list->count - 1];
	return r;
}

static int take_finding_fact(struct reader *reader, const char *key, const char *value)
{
	struct mhp_conflict *finding = reader->finding;
	uint64_t *blocks;
	char *str = NULL;
	int64_t number;
	int r;

	if (!strcmp(key, "about")) {
		if (take_number(value, (int64_t)BLOCK_MAX_ID, &number) < 0)
			return -EBADMSG;
		blocks = reallocarray(finding->blocks, finding->n_blocks + 1, sizeof(*blocks));
		if (!blocks)
			return -ENOMEM;
		finding->blocks = blocks;
		blocks[finding->n_blocks++] = (uint64_t)number;
		return 0;
	}
	r = take_shown(value, &str);
	if (r < 0)
		return r;
	if (!strcmp(key, "message")) {
		free(finding->message);
		finding->message = str;
		return 0;
	}
	if (strcmp(key, "hint")) {
		free(str);
		return -EBADMSG;
	}
	r = keep_hint(reader->plan, str);
	if (r == 0)
		finding->hint = str;
	return r;
}

/* ---- lines ---- */

static int take_fact(struct reader *reader, const char *key, const char *value)
{
	struct mhp_plan *plan = reader->plan;

	if (!strcmp(key, "conflict"))
		return take_finding(reader, value, &plan->conflicts);
	if (!strcmp(key, "warning"))
		return take_finding(reader, value, &reader->warnings);
	if (reader->finding)
		return take_finding_fact(reader, key, value);
	if (!strcmp(key, "part"))
		return take_part(reader, value);
	if (!strcmp(key, "release"))
		return take_release(reader, value);
	if (reader->release)
		return take_release_fact(reader, key, value);
	if (reader->part)
		return take_part_fact(reader, key, value);
	if (!strcmp(key, "target"))
		return take_shown(value, &plan->target);
	if (!strcmp(key, "goal"))
		return take_goal(reader, value);
	if (!strcmp(key, "type"))
		return take_type(reader, value);
	if (!strcmp(key, "rules"))
		return take_rules(reader, value);
	if (!strcmp(key, "to-driver"))
		return take_str(value, &plan->to_driver);
	if (!strcmp(key, "block-size"))
		return take_block_size(reader, value);
	return !strcmp(key, "system") ? take_system(reader, value) : -EBADMSG;
}

static int take_line(struct reader *reader, char *line, unsigned int number)
{
	int64_t format;
	char *colon;

	if (number == 1) {
		if (strncmp(line, "libmhp plan ", 12) || take_numbers(line + 12, &format, 1) < 0)
			return -EBADMSG;
		return format > PLAN_FORMAT ? -E2BIG : format == PLAN_FORMAT ? 0 : -EBADMSG;
	}
	if (*line == '#')
		return 0;
	if (reader->ended)
		return -EBADMSG;
	if (!strcmp(line, "end")) {
		reader->ended = true;
		return 0;
	}
	colon = strchr(line, ':');
	if (!colon || colon[1] != ' ')
		return -EBADMSG;
	*colon = '\0';
	return take_fact(reader, line, colon + 2);
}

/* Everything else is escaped. */
static bool is_clean(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

static int read_lines(struct reader *reader, const char *text, size_t length,
		      unsigned int *ret_line)
{
	const char *end = text + length;
	int r = 0;

	for (*ret_line = 1; text < end && r == 0; ++*ret_line) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		char *line;

		if (!newline || !is_clean(text, (size_t)(newline - text)))
			return -EBADMSG;
		line = strndup(text, (size_t)(newline - text));
		r = line ? take_line(reader, line, *ret_line) : -ENOMEM;
		free(line);
		if (r < 0)
			return r;
		text = newline + 1;
	}
	return 0;
}

/* ---- the whole ---- */

/* Does it say all that a plan must say? */
static bool is_whole(const struct reader *reader)
{
	return reader->ended && reader->seen_goal && reader->seen_size && reader->seen_system &&
	       reader->plan->target && is_part_named(reader) && is_release_whole(reader);
}

/* What planning says anew stands in the text already. */
static int plan_anew(struct reader *reader)
{
	struct mhp_plan *plan = reader->plan;
	int r = 0;

	if (!plan->conflicts.count) {
		r = plan_make_steps(plan);
		if (r == 0 && plan->conflicts.count)
			r = -EBADMSG;
	}
	conflicts_free(&plan->warnings);
	plan->warnings = reader->warnings;
	reader->warnings = (struct conflicts){ 0 };
	return r;
}

MHP_EXPORT int mhp_plan_new_from_text(const char *text, size_t length, struct mhp_plan **ret_plan,
				      unsigned int *ret_line)
{
	struct reader reader = { 0 };
	unsigned int line = 0;
	int r;

	reader.plan = calloc(1, sizeof(*reader.plan));
	if (!reader.plan)
		return -ENOMEM;
	reader.plan->refs = 1;
	reader.plan->is_saved = true;
	r = read_lines(&reader, text, length, &line);
	if (r == 0)
		r = is_whole(&reader) ? plan_check_sound(reader.plan) : -EBADMSG;
	if (r == 0)
		r = plan_anew(&reader);
	conflicts_free(&reader.warnings);
	if (r < 0) {
		if (ret_line)
			*ret_line = line;
		mhp_plan_unref(reader.plan);
		return r;
	}
	*ret_plan = reader.plan;
	return 0;
}

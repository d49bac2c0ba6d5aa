// SPDX-License-Identifier: LGPL-2.1-or-later
/* One operation on one machine, and the way back to how it began. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

void runner_init(struct runner *runner, struct subject *subject)
{
	struct lines old;

	runner->subject = subject;
	events_take(subject, &old);
	lines_free(&old);
	view_take(subject, NULL, &runner->view);
}

void runner_step(struct runner *runner, const struct op *op, struct answer *ret)
{
	struct lines view;

	*ret = (struct answer){ .known = true };
	ret->code = subject_do(runner->subject, op);
	events_take(runner->subject, &ret->events);
	view_take(runner->subject, &runner->view, &view);
	view_changes(&runner->view, &view, &ret->changes);
	lines_free(&runner->view);
	runner->view = view;
}

void runner_free(struct runner *runner)
{
	lines_free(&runner->view);
	subject_free(runner->subject);
}

const char *view_value(const struct lines *view, const char *key)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < view->count; i++)
		if (!strncmp(view->str[i], key, length) &&
		    !strncmp(view->str[i] + length, ": ", 2))
			return view->str[i] + length + 2;
	return NULL;
}

/* ---- putting back ---- */

static bool give(struct op op, op_fn fn, void *data)
{
	bool more = fn(data, &op);

	op_free(&op);
	return more;
}

static bool give_put(const char *word, const char *path, op_fn fn, void *data)
{
	return give(op_put(word, path), fn, data);
}

/* Keys of the view that begin and end so, as they are now: fn will change the view. */
static void find_keys(const struct lines *view, const char *begin, const char *end,
		      struct lines *ret)
{
	*ret = (struct lines){ 0 };
	for (size_t i = 0; i < view->count; i++) {
		size_t length = (size_t)(strstr(view->str[i], ": ") - view->str[i]);
		size_t tail = strlen(end);

		if (!strncmp(view->str[i], begin, strlen(begin)) && length >= tail &&
		    !strncmp(view->str[i] + length - tail, end, tail))
			lines_add(ret, must(strndup(view->str[i], length)));
	}
}

static bool is_block(const char *key)
{
	return !strncmp(key, "memory", 6) && key[6] >= '0' && key[6] <= '9';
}

static bool end_trouble(op_fn fn, void *data)
{
	struct op off = { .act = ACT_VETO, .word = must(strdup("offline")) };
	struct op on = { .act = ACT_VETO, .word = must(strdup("online")) };
	bool more = give(off, fn, data);

	return give(on, fn, data) && more;
}

static bool unplug_all(struct runner *runner, op_fn fn, void *data)
{
	struct lines keys;
	bool more = true;

	find_keys(&runner->view, "dax", "/state", &keys);
	for (size_t i = 0; i < keys.count && more; i++)
		if (strcmp(view_value(&runner->view, keys.str[i]), "unplugged"))
			more = give_put("unplugged", keys.str[i], fn, data);
	lines_free(&keys);
	return more;
}

static bool offline_all(struct runner *runner, const struct lines *boot, op_fn fn, void *data)
{
	struct lines keys;
	bool more = true;
	char path[64];

	find_keys(&runner->view, "memory", "", &keys);
	for (size_t i = 0; i < keys.count && more; i++) {
		const char *value = view_value(&runner->view, keys.str[i]);

		if (!is_block(keys.str[i]) || view_value(boot, keys.str[i]) || !value ||
		    strncmp(value, "online", 6))
			continue;
		snprintf(path, sizeof(path), "%.40s/state", keys.str[i]);
		more = give_put("offline", path, fn, data);
	}
	lines_free(&keys);
	return more;
}

/* Is any memory online that was not there in the beginning? */
static bool has_guests(const struct runner *runner, const struct lines *boot)
{
	struct lines keys;
	bool found = false;

	find_keys(&runner->view, "memory", "", &keys);
	for (size_t i = 0; i < keys.count && !found; i++)
		found = is_block(keys.str[i]) && !view_value(boot, keys.str[i]) &&
			!strncmp(view_value(&runner->view, keys.str[i]), "online", 6);
	lines_free(&keys);
	return found;
}

/* A driver that goes leaves memory behind that would not go offline. */
static bool unload_all(struct runner *runner, const struct lines *boot, op_fn fn, void *data)
{
	struct lines keys;
	bool more = true;

	if (has_guests(runner, boot))
		return true;

	find_keys(&runner->view, "driver ", "", &keys);
	for (size_t i = 0; i < keys.count && more; i++) {
		struct op op = { .act = ACT_UNLOAD, .word = must(strdup(keys.str[i] + 7)) };

		more = give(op, fn, data);
	}
	lines_free(&keys);
	return more;
}

static bool reset(struct runner *runner, const struct lines *boot, const char *begin,
		  const char *end, op_fn fn, void *data)
{
	struct lines keys;
	bool more = true;

	find_keys(boot, begin, end, &keys);
	for (size_t i = 0; i < keys.count && more; i++) {
		const char *old = view_value(boot, keys.str[i]);
		const char *now = view_value(&runner->view, keys.str[i]);

		if (now && strcmp(now, old))
			more = give_put(old, keys.str[i], fn, data);
	}
	lines_free(&keys);
	return more;
}

bool clean_up(struct runner *runner, const struct lines *boot, op_fn fn, void *data)
{
	return end_trouble(fn, data) &&
	       unplug_all(runner, fn, data) &&
	       offline_all(runner, boot, fn, data) &&
	       unload_all(runner, boot, fn, data) &&
	       reset(runner, boot, "auto_", "", fn, data) &&
	       reset(runner, boot, "online_policy", "", fn, data) &&
	       reset(runner, boot, "drivers_autoprobe", "", fn, data) &&
	       reset(runner, boot, "dax", "/memmap_on_memory", fn, data);
}

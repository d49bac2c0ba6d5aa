// SPDX-License-Identifier: LGPL-2.1-or-later
/* Uevents: what is compared of them. */
#include <stdlib.h>
#include <string.h>

#include "differ.h"

/* The value of KEY=; NULL. Ends at the newline. */
static char *get_key(const char *event, const char *key)
{
	size_t length = strlen(key);

	for (; *event; event += strcspn(event, "\n"), event += *event == '\n') {
		const char *value = event + length + 1;

		if (!strncmp(event, key, length) && event[length] == '=')
			return must(strndup(value, strcspn(value, "\n")));
	}
	return NULL;
}

/* "memory34" of a path of such a subsystem; NULL: it is not compared */
static const char *name_of(const char *subsystem, const char *path)
{
	static const char *const names[] = { "dax", "memory", "memory_tiering", "node" };
	const char *slash = strrchr(path, '/');

	/* others come and go with the modules that these need */
	if ((!strcmp(subsystem, "drivers") && !strncmp(path, "/bus/dax/", 9)) ||
	    !strcmp(path, "/module/kmem") || !strcmp(path, "/module/device_dax"))
		return path;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(subsystem, names[i]))
			return slash ? slash + 1 : path;
	return NULL;
}

/* "bind dax1.0 DRIVER=kmem MODALIAS=dax:t0" */
static char *normalise(const char *event)
{
	static const char *const keys[] = { "DRIVER", "MODALIAS", "SYNTH_UUID", "SYNTH_ARG_X" };
	char *action = get_key(event, "ACTION"), *path = get_key(event, "DEVPATH");
	char *subsystem = get_key(event, "SUBSYSTEM");
	const char *name = action && path && subsystem ? name_of(subsystem, path) : NULL;
	struct buf buf = { 0 };

	if (name)
		buf_add(&buf, "%s %s", action, name);
	for (size_t i = 0; name && i < sizeof(keys) / sizeof(keys[0]); i++) {
		char *value = get_key(event, keys[i]);

		if (value)
			buf_add(&buf, " %s=%s", keys[i], value);
		free(value);
	}
	free(action);
	free(path);
	free(subsystem);
	if (buf.failed)
		die("no memory");
	return buf.str;
}

void events_take(struct subject *subject, struct lines *ret)
{
	char *event, *line;

	*ret = (struct lines){ 0 };
	while ((event = subject->ops->next_event(subject))) {
		line = normalise(event);
		if (line)
			lines_add(ret, line);
		free(event);
	}
}

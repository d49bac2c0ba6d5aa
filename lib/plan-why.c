// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why there is no plan, for people: of what stands against a request conflicts tell. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "provider.h"

/* NULL: nothing */
static const char *find_missing(const struct mhp_request *request)
{
	if (!request->target)
		return "a target";
	if (!request->goal)
		return "a goal";
	if (request_is_typed(request) && !request->type_set)
		return "an online type";
	return NULL;
}

static void say_no_region(struct text *text, const struct mhp_snapshot *snap, const char *region)
{
	text_add(text, ": there is no such region");
	if (snap->has_only)
		text_add(text, "; the snapshot is of %s only",
			 snap->regions.list[snap->only].name);
	else if (may_be_identity(region) && !(snap->flags & MHP_SNAPSHOT_IDENTITY))
		text_add(text, ", unless it is an identity: the snapshot has none");
}

/* problem: NULL if no more is known than the code. */
static void say_not_listed(struct text *text, const char *what, const struct problem *problem,
			   int code)
{
	text_add(text, ": %s could not be listed: ", what);
	if (problem)
		text_add_problem(text, problem);
	else
		text_add_code(text, code);
}

static void say_no_regions(struct text *text, const struct mhp_snapshot *snap)
{
	const struct problem *found = NULL;

	for (size_t i = 0; i < snap->problems.count && !found; i++)
		if (snap->problems.list[i].code == snap->regions.code)
			found = &snap->problems.list[i];
	say_not_listed(text, "regions", found, snap->regions.code);
}

static void say_no_node(struct text *text, const struct mhp_snapshot *snap, int node, int code)
{
	bool is_listed = mhp_snapshot_find_node(snap, node) != NULL;
	char path[64] = NODE_PATH;

	if (is_listed)
		snprintf(path, sizeof(path), NODE_PATH "/node%d", node);
	say_not_listed(text, is_listed ? "its blocks" : "nodes",
		       problems_find(&snap->problems, path), code);
}

static void say_why(struct text *text, const struct mhp_snapshot *snap,
		    const struct mhp_request *request, int code)
{
	text_add_target(text, request);
	if (code == -EINVAL && snap->has_only)
		text_add(text, ": the snapshot is of %s only",
			 snap->regions.list[snap->only].name);
	else if (code == -EINVAL)
		text_add(text, ": more blocks than any machine has");
	else if (code == snap->regions.code && request->target != TARGET_NODE)
		say_no_regions(text, snap);
	else if (code == -ENOENT && request->target == TARGET_REGION)
		say_no_region(text, snap, request->region);
	else if (code == -ENOENT)
		text_add(text, ": there is no such node");
	else if (request->target == TARGET_NODE)
		say_no_node(text, snap, request->node, code);
	else {
		text_add(text, ": ");
		text_add_code(text, code);
	}
}

int plan_copy_why(const struct mhp_snapshot *snap, const struct mhp_request *request, int code,
		  char **ret_why)
{
	const char *missing = find_missing(request);
	struct text text = { 0 };

	if (missing)
		text_add(&text, "the request lacks %s", missing);
	else
		say_why(&text, snap, request, code);
	return text_finish(&text, ret_why);
}

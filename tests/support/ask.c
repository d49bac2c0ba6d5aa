// SPDX-License-Identifier: LGPL-2.1-or-later
/* Requests as tests write them down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/ask.h"

/* "32-33,36" */
static void add_blocks(struct mhp_request *request, const char *list)
{
	unsigned long long first, last;
	char *end;

	for (; *list; list = *end ? end + 1 : end) {
		first = last = strtoull(list, &end, 10);
		if (*end == '-')
			last = strtoull(end + 1, &end, 10);
		assert_int_equal(mhp_request_add_blocks(request, first, last - first + 1), 0);
	}
}

static enum mhp_region_kind kind_of(const char *word)
{
	enum mhp_region_kind kind = MHP_REGION_DAX;

	while (kind <= MHP_REGION_BOOT && strcmp(mhp_region_kind_to_str(kind), word))
		kind++;
	return kind;
}

static void set_target(struct mhp_request *request, const char *target)
{
	unsigned long long first, last;
	int node;

	if (sscanf(target, "node:%d", &node) == 1)
		assert_int_equal(mhp_request_set_node(request, node), 0);
	else if (!strncmp(target, "blocks:", strlen("blocks:")))
		add_blocks(request, target + strlen("blocks:"));
	else if (sscanf(target, "range:%llx-%llx", &first, &last) == 2)
		assert_int_equal(mhp_request_set_range(request, first, last - first + 1), 0);
	else if (!strncmp(target, "kind:", strlen("kind:")))
		assert_int_equal(mhp_request_set_kind(request,
						      kind_of(target + strlen("kind:"))), 0);
	else
		assert_int_equal(mhp_request_set_region(request, target), 0);
}

static void set_type(struct mhp_request *request, const char *type)
{
	enum mhp_online_type value;

	assert_non_null(type);
	if (!strcmp(type, "default")) {
		mhp_request_set_default_type(request);
		return;
	}
	assert_int_equal(mhp_online_type_from_str(type, &value), 0);
	assert_int_equal(mhp_request_set_online_type(request, value), 0);
}

static enum mhp_goal goal_of(const char *word)
{
	enum mhp_goal goal = MHP_GOAL_OFFLINE;

	assert_non_null(word);
	while (goal <= MHP_GOAL_PLUGGED && strcmp(mhp_goal_to_str(goal), word))
		goal++;
	return goal;
}

static uint64_t rule_of(const char *word)
{
	return !strcmp(word, "keep") ? MHP_RULE_KEEP :
	       !strcmp(word, "rezone") ? MHP_RULE_REZONE :
	       !strcmp(word, "borrow") ? MHP_RULE_BORROW :
	       !strcmp(word, "kernel-zone") ? MHP_RULE_KERNEL_ZONE :
	       !strcmp(word, "per-block") ? MHP_RULE_PER_BLOCK :
	       !strcmp(word, "release") ? MHP_RULE_RELEASE :
	       /* fails */ UINT64_C(1) << 63;
}

struct mhp_request *ask(const char *wish)
{
	struct mhp_request *request;
	char line[256], *word, *rest;
	uint64_t rules = 0;
	enum mhp_goal goal;

	assert_true(strlen(wish) < sizeof(line));
	strcpy(line, wish);
	assert_int_equal(mhp_request_new(&request), 0);
	set_target(request, strtok_r(line, " ", &rest));
	goal = goal_of(strtok_r(NULL, " ", &rest));
	assert_int_equal(mhp_request_set_goal(request, goal), 0);
	if (goal == MHP_GOAL_ONLINE || goal == MHP_GOAL_PLUGGED)
		set_type(request, strtok_r(NULL, " ", &rest));
	while ((word = strtok_r(NULL, " ", &rest))) {
		if (!strncmp(word, "to:", 3))
			assert_int_equal(mhp_request_set_driver(request, word + 3), 0);
		else if (!strncmp(word, "size:", 5))
			mhp_request_set_size_bytes(request, strtoull(word + 5, NULL, 10) << 20);
		else
			rules |= rule_of(word);
	}
	assert_int_equal(mhp_request_set_rules(request, rules), 0);
	return request;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* The command line as a request: the target, the goal, the rules. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* The library refused what only it can judge, or ran out of memory. */
static void check(int code, const char *option, const char *value)
{
	if (code == -ENOMEM)
		out_of_memory();
	if (code < 0)
		usage("--%s: no machine has \"%s\"", option, value);
}

static void set_range(struct mhp_request *request, const char *text)
{
	uint64_t start, end;
	int code = value_range(text, &start, &end);

	if (code == -EINVAL)
		usage("--range: \"%s\" is no range: it is 0xSTART-0xEND, the last byte "
		      "included, as in /proc/iomem", text);
	/* the size of all there is would be 2^64 */
	if (code < 0 || end - start == UINT64_MAX)
		usage("--range: no machine has \"%s\"", text);
	check(mhp_request_set_range(request, start, end - start + 1), "range", text);
}

static void set_blocks(struct mhp_request *request, const char *text)
{
	const char *rest = text;

	while (*rest) {
		uint64_t first, last;
		int code = value_next_blocks(&rest, &first, &last);

		if (code == -EINVAL)
			usage("--blocks: \"%s\" is no list of blocks such as 32-35,40", text);
		if (code == 0 && last - first == UINT64_MAX)
			code = -ERANGE;
		if (code == 0)
			code = mhp_request_add_blocks(request, first, last - first + 1);
		check(code, "blocks", text);
	}
}

static void set_node(struct mhp_request *request, const char *text)
{
	uint64_t node = 0;
	int code = value_number(text, &node);

	if (code == -EINVAL)
		usage("--node: \"%s\" is no number of a node", text);
	if (code == 0 && node > INT_MAX)
		code = -ERANGE;
	check(code < 0 ? code : mhp_request_set_node(request, (int)node), "node", text);
}

static void set_size(struct mhp_request *request, const char *text)
{
	uint64_t bytes = 0;
	int code = value_size(text, &bytes);

	if (code == -EINVAL)
		usage("--size: \"%s\" is no size: it is a number of bytes, or one with a binary "
		      "unit, K, M, G, T, P or E, such as 4G", text);
	if (code < 0)
		usage("--size: \"%s\" is larger than any machine's memory", text);
	if (bytes == 0)
		usage("--size: \"%s\" is nothing", text);
	mhp_request_set_size_bytes(request, bytes);
}

static void set_target(struct mhp_request *request, const struct options *options)
{
	if (options->region)
		check(mhp_request_set_region(request, options->region), "", options->region);
	else if (options->range)
		set_range(request, options->range);
	else if (options->blocks)
		set_blocks(request, options->blocks);
	else if (options->node)
		set_node(request, options->node);
	else
		check(mhp_request_set_kind(request, kind_of(options->kind)), "kind",
		      options->kind);
	if (options->size)
		set_size(request, options->size);
}

/* What an option says that was not given is never guessed; the caller checked that. */
static int set_goal(struct mhp_request *request, const struct options *options)
{
	switch (options->verb) {
	case VERB_OFFLINE:
		return mhp_request_set_goal(request, MHP_GOAL_OFFLINE);
	case VERB_UNPLUG:
		return mhp_request_set_goal(request, MHP_GOAL_UNPLUGGED);
	case VERB_PLUG:
		return mhp_request_set_goal(request, MHP_GOAL_PLUGGED);
	default:
		return mhp_request_set_goal(request, MHP_GOAL_ONLINE);
	}
}

static int set_type(struct mhp_request *request, const struct options *options)
{
	if (!options->type_word)
		return 0;
	if (!options->type_is_default)
		return mhp_request_set_online_type(request, options->type);
	mhp_request_set_default_type(request);
	return 0;
}

/* Ends the program where the command line makes no sense. */
struct mhp_request *request_new(const struct options *options)
{
	uint64_t rules = options->rules;
	bool may_borrow = options->verb == VERB_PLUG || options->verb == VERB_UNPLUG ||
			  (options->verb == VERB_ONLINE && rules & MHP_RULE_PER_BLOCK);
	struct mhp_request *request;
	int code;

	if (may_borrow && !options->no_borrow)
		rules |= MHP_RULE_BORROW;
	if (mhp_request_new(&request) < 0)
		out_of_memory();
	set_target(request, options);
	code = set_goal(request, options);
	if (code == 0)
		code = set_type(request, options);
	if (code == 0)
		code = mhp_request_set_rules(request, rules);
	if (code < 0)
		out_of_memory();
	code = mhp_request_set_driver(request, options->driver);
	if (code == -EINVAL)
		usage("--to: \"%s\" is no driver that could take the device: it is device_dax",
		      options->driver);
	check(code, "to", options->driver);
	return request;
}

/* The target as it was given, for messages about a request without a plan. */
char *request_target(const struct options *options)
{
	if (options->region)
		return text_format("%s", options->region);
	if (options->range)
		return text_format("range %s", options->range);
	if (options->blocks)
		return text_format("blocks %s", options->blocks);
	if (options->node)
		return text_format("node %s", options->node);
	return text_format("all of kind %s", options->kind);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the command line's options say, one by one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

static void take_once(const char **ret, int option, const char *value)
{
	if (*ret)
		usage("--%s is given twice", option_name(option));
	if (!*value)
		usage("--%s is empty", option_name(option));
	*ret = value;
}

static void take_type(struct options *options, const char *word)
{
	take_once(&options->type_word, OPT_TYPE, word);
	if (strcmp(word, "default") == 0)
		options->type_is_default = true;
	else if (strchr(word, '\n') || mhp_online_type_from_str(word, &options->type) < 0)
		usage("--type: \"%s\" is no online type: it is " TYPE_WORDS, word);
}

static void take_timeout(struct options *options, const char *word)
{
	int code;

	take_once(&options->timeout, OPT_TIMEOUT, word);
	if (strcmp(word, "none") == 0) {
		options->timeout_ms = MHP_TIMEOUT_NONE;
		return;
	}
	code = value_milliseconds(word, &options->timeout_ms);
	if (code == -ERANGE)
		usage("--timeout: \"%s\" is too long; \"none\" waits for ever", word);
	if (code < 0)
		usage("--timeout: \"%s\" is no number of seconds such as 2.5, nor \"none\"", word);
	if (options->timeout_ms == 0)
		usage("--timeout: \"%s\" is no time at all; \"none\" waits for ever", word);
}

/* BLOCK:WORD:ERRNO */
static void take_sim_fail(struct options *options, const char *value)
{
	static const char *const words[] = { "online", "offline" };
	struct sim_fail *fail = &options->sim_fail[options->sim_fail_count];
	const char *rest;
	char *end;

	if (options->sim_fail_count == ARRAY_SIZE(options->sim_fail))
		usage("--sim-fail: no more than %zu of them", ARRAY_SIZE(options->sim_fail));
	errno = 0;
	fail->block = strtoull(value, &end, 10);
	rest = end + 1;
	if (*value < '0' || *value > '9' || errno || *end != ':')
		usage("--sim-fail: \"%s\" begins with no block number", value);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t length = strlen(words[i]);

		if (strncmp(rest, words[i], length) == 0 && rest[length] == ':') {
			fail->word = words[i];
			fail->code = text_errno_value(rest + length + 1);
		}
	}
	if (!fail->word)
		usage("--sim-fail: \"%s\" names neither online nor offline", value);
	if (!fail->code)
		usage("--sim-fail: \"%s\" ends with no errno name such as EBUSY", value);
	options->sim_fail_count++;
}

static void take_sim_number(uint64_t *ret, const char **seen, int option, const char *value)
{
	take_once(seen, option, value);
	if (value_number(value, ret) < 0 ||
	    (option == OPT_SIM_KILL && (*ret == 0 || *ret > SIZE_MAX)))
		usage("--%s: \"%s\" is no number of a %s", option_name(option), value,
		      option == OPT_SIM_HANG ? "block" : "write, from 1");
}

static void take_color(struct options *options, const char *word)
{
	take_once(&options->colour, OPT_COLOR, word);
	if (strcmp(word, "auto") && strcmp(word, "always") && strcmp(word, "never"))
		usage("--color: \"%s\" is none of auto, always and never", word);
}

static void take_cell(struct options *options, const char *word)
{
	take_once(&options->per_cell_word, OPT_CELL, word);
	if (value_number(word, &options->per_cell) < 0 || options->per_cell == 0)
		usage("--cell: \"%s\" is no number of blocks", word);
}

static void take_policy(struct options *options, const char *path)
{
	if (options->policy_count == ARRAY_SIZE(options->policy))
		usage("--policy: no more than %zu of them", ARRAY_SIZE(options->policy));
	if (!*path)
		usage("--policy is empty");
	options->policy[options->policy_count++] = path;
}

/* One of the options that say what to do; false if it is another one. */
bool take_deed(struct options *options, int option, const char *value)
{
	switch (option) {
	case OPT_TYPE:
		take_type(options, value);
		break;
	case OPT_DRY_RUN:
		options->dry_run = true;
		break;
	case OPT_REZONE:
		options->rules |= MHP_RULE_REZONE;
		break;
	case OPT_KEEP:
		options->rules |= MHP_RULE_KEEP;
		break;
	case OPT_PER_BLOCK:
		options->rules |= MHP_RULE_PER_BLOCK;
		break;
	case OPT_KERNEL_ZONE:
		options->rules |= MHP_RULE_KERNEL_ZONE;
		break;
	case OPT_TO:
		take_once(&options->driver, option, value);
		break;
	case OPT_NO_BORROW:
		options->no_borrow = true;
		break;
	case OPT_RELEASE:
		options->rules |= MHP_RULE_RELEASE;
		break;
	case OPT_TIMEOUT:
		take_timeout(options, value);
		break;
	case OPT_SAVE:
		take_once(&options->save, option, value);
		break;
	case OPT_IDENTITY:
		options->identity = true;
		break;
	case OPT_EXACT:
		options->exact = true;
		break;
	case OPT_TREE:
		options->tree = true;
		break;
	case OPT_SVG:
		take_once(&options->svg, option, value);
		break;
	case OPT_COLOR:
		take_color(options, value);
		break;
	case OPT_CELL:
		take_cell(options, value);
		break;
	case OPT_POLICY:
		take_policy(options, value);
		break;
	case OPT_REMOVE:
		options->remove = true;
		break;
	case OPT_INITRD:
		options->initrd = true;
		break;
	case OPT_JSON:
		options->json = true;
		break;
	default:
		return false;
	}
	return true;
}

/* One of those of watch and wait; false if it is another one. */
bool take_watched(struct options *options, int option, const char *value)
{
	const struct {
		int option;
		const char **ret;	/* NULL: may be given several times */
		void (*take)(struct options *options, const char *value);
	} words[] = {
		{ OPT_COUNT, &options->count_word, take_count },
		{ OPT_BUFFER, &options->buffer, take_buffer },
		{ OPT_SOURCE, &options->source_word, take_source },
		{ OPT_FOR, &options->wait_for, take_wait_for },
		{ OPT_SIM_ACT, NULL, take_sim_act },
		{ OPT_SIM_LOSE, &options->sim_lose_word, take_sim_lose },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].option == option) {
			if (words[i].ret)
				take_once(words[i].ret, option, value);
			words[i].take(options, value);
			return true;
		}
	return false;
}

/* One of the options that say with what; false if it is another one. */
bool take_object(struct options *options, int option, const char *value)
{
	const struct {
		int option;
		const char **ret;
	} words[] = {
		{ OPT_RANGE, &options->range },
		{ OPT_BLOCKS, &options->blocks },
		{ OPT_NODE, &options->node },
		{ OPT_KIND, &options->kind },
		{ OPT_SIZE, &options->size },
		{ OPT_ROOT, &options->root },
		{ OPT_CAPTURE, &options->capture },
		{ OPT_SIM, &options->sim },
		{ OPT_SIM_SAVE, &options->sim_save },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].option == option) {
			take_once(words[i].ret, option, value);
			return true;
		}
	if (option == OPT_SIM_FAIL)
		take_sim_fail(options, value);
	else if (option == OPT_SIM_HANG)
		take_sim_number(&options->sim_hang, &options->sim_hang_word, option, value);
	else if (option == OPT_SIM_KILL)
		take_sim_number(&options->sim_kill, &options->sim_kill_word, option, value);
	else
		return false;
	return true;
}

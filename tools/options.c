// SPDX-License-Identifier: LGPL-2.1-or-later
/* The command line: which verb, which options, and what does not go together. */
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define PLAN_VERBS "online, offline, plug or unplug"
#define POLICY_VERBS "check, show, explain or claim"
#define TARGET_OPTIONS "--range, --blocks, --node or --kind"

static const struct option long_options[] = {
	{ "type", required_argument, NULL, OPT_TYPE },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "rezone", no_argument, NULL, OPT_REZONE },
	{ "keep", no_argument, NULL, OPT_KEEP },
	{ "per-block", no_argument, NULL, OPT_PER_BLOCK },
	{ "kernel-zone", no_argument, NULL, OPT_KERNEL_ZONE },
	{ "to", required_argument, NULL, OPT_TO },
	{ "no-borrow", no_argument, NULL, OPT_NO_BORROW },
	{ "release", no_argument, NULL, OPT_RELEASE },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "save", required_argument, NULL, OPT_SAVE },
	{ "identity", no_argument, NULL, OPT_IDENTITY },
	{ "tree", no_argument, NULL, OPT_TREE },
	{ "exact", no_argument, NULL, OPT_EXACT },
	{ "svg", required_argument, NULL, OPT_SVG },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "cell", required_argument, NULL, OPT_CELL },
	{ "count", required_argument, NULL, OPT_COUNT },
	{ "buffer", required_argument, NULL, OPT_BUFFER },
	{ "source", required_argument, NULL, OPT_SOURCE },
	{ "for", required_argument, NULL, OPT_FOR },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "remove", no_argument, NULL, OPT_REMOVE },
	{ "initrd", no_argument, NULL, OPT_INITRD },
	{ "range", required_argument, NULL, OPT_RANGE },
	{ "blocks", required_argument, NULL, OPT_BLOCKS },
	{ "node", required_argument, NULL, OPT_NODE },
	{ "kind", required_argument, NULL, OPT_KIND },
	{ "size", required_argument, NULL, OPT_SIZE },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "capture", required_argument, NULL, OPT_CAPTURE },
	{ "sim", required_argument, NULL, OPT_SIM },
	{ "sim-save", required_argument, NULL, OPT_SIM_SAVE },
	{ "sim-fail", required_argument, NULL, OPT_SIM_FAIL },
	{ "sim-hang", required_argument, NULL, OPT_SIM_HANG },
	{ "sim-kill", required_argument, NULL, OPT_SIM_KILL },
	{ "sim-act", required_argument, NULL, OPT_SIM_ACT },
	{ "sim-lose", required_argument, NULL, OPT_SIM_LOSE },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

#define BIT(option) (UINT64_C(1) << ((option) - OPT_TYPE))
#define TARGET_BITS (BIT(OPT_RANGE) | BIT(OPT_BLOCKS) | BIT(OPT_NODE) | BIT(OPT_KIND))
/* of every verb that can be planned */
#define PLAN_BITS \
	(TARGET_BITS | BIT(OPT_DRY_RUN) | BIT(OPT_KEEP) | BIT(OPT_TIMEOUT) | BIT(OPT_SAVE))

/* The word that a verb needs beside itself, or may have. */
enum operand {
	OPERAND_NONE, OPERAND_REGION, OPERAND_TARGET,
	OPERAND_MAY_FILE, OPERAND_MAY_FILES, OPERAND_MAY_REGION,
};

struct verb_info {
	const char *word;		/* or two, with a blank between */
	enum verb verb;
	enum operand operand;
	uint64_t options;
};

static const struct verb_info verbs[] = {
	{ "list", VERB_LIST, OPERAND_NONE, BIT(OPT_TREE) | BIT(OPT_EXACT) },
	{ "show", VERB_SHOW, OPERAND_REGION, BIT(OPT_EXACT) },
	{ "map", VERB_MAP, OPERAND_NONE, BIT(OPT_SVG) | BIT(OPT_COLOR) | BIT(OPT_CELL) |
					 BIT(OPT_EXACT) },
	{ "plan", VERB_PLAN, OPERAND_NONE, 0 },
	{ "online", VERB_ONLINE, OPERAND_TARGET, PLAN_BITS | BIT(OPT_SIZE) | BIT(OPT_TYPE) |
						 BIT(OPT_REZONE) | BIT(OPT_PER_BLOCK) |
						 BIT(OPT_KERNEL_ZONE) | BIT(OPT_NO_BORROW) },
	{ "offline", VERB_OFFLINE, OPERAND_TARGET, PLAN_BITS | BIT(OPT_SIZE) },
	{ "plug", VERB_PLUG, OPERAND_TARGET, PLAN_BITS | BIT(OPT_SIZE) | BIT(OPT_TYPE) |
	  BIT(OPT_PER_BLOCK) | BIT(OPT_NO_BORROW) },
	{ "unplug", VERB_UNPLUG, OPERAND_TARGET, PLAN_BITS | BIT(OPT_SIZE) | BIT(OPT_TO) |
	  BIT(OPT_NO_BORROW) | BIT(OPT_RELEASE) },
	{ "apply", VERB_APPLY, OPERAND_MAY_FILE, BIT(OPT_DRY_RUN) | BIT(OPT_TIMEOUT) |
						 BIT(OPT_POLICY) },
	{ "drift", VERB_DRIFT, OPERAND_MAY_REGION, BIT(OPT_POLICY) },
	{ "policy check", VERB_POLICY_CHECK, OPERAND_MAY_FILES, BIT(OPT_POLICY) },
	{ "policy show", VERB_POLICY_SHOW, OPERAND_NONE, BIT(OPT_POLICY) },
	{ "policy explain", VERB_POLICY_EXPLAIN, OPERAND_REGION, BIT(OPT_POLICY) },
	{ "policy claim", VERB_POLICY_CLAIM, OPERAND_NONE, BIT(OPT_DRY_RUN) | BIT(OPT_REMOVE) |
							   BIT(OPT_INITRD) },
	{ "recover", VERB_RECOVER, OPERAND_NONE, BIT(OPT_TIMEOUT) },
	{ "capture", VERB_CAPTURE, OPERAND_NONE, BIT(OPT_SAVE) | BIT(OPT_IDENTITY) },
	{ "watch", VERB_WATCH, OPERAND_MAY_REGION, BIT(OPT_COUNT) | BIT(OPT_TIMEOUT) |
						   BIT(OPT_BUFFER) | BIT(OPT_SOURCE) |
						   BIT(OPT_KIND) },
	{ "wait", VERB_WAIT, OPERAND_REGION, BIT(OPT_FOR) | BIT(OPT_TIMEOUT) | BIT(OPT_SOURCE) },
	{ "agent", VERB_AGENT, OPERAND_NONE, BIT(OPT_DRY_RUN) | BIT(OPT_TIMEOUT) |
					     BIT(OPT_BUFFER) | BIT(OPT_SOURCE) |
					     BIT(OPT_POLICY) },
};

void usage(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		out_of_memory();
	va_end(args);
	complain("%s; see mhp --help", text);
	free(text);
	exit(EXIT_USAGE);
}

const char *option_name(int value)
{
	size_t i = 0;

	while (long_options[i].val != value)
		i++;
	return long_options[i].name;
}

/* A verb of one word or two, of which *next moves to the last; NULL if it is none. */
static const struct verb_info *find_verb(char **words, size_t count, size_t *next)
{
	const char *second = *next + 1 < count ? words[*next + 1] : NULL;
	const char *word = words[*next];
	size_t length = strlen(word);
	bool is_group = false;

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strncmp(verbs[i].word, word, length) != 0 || !length)
			continue;
		if (!verbs[i].word[length])
			return &verbs[i];
		if (verbs[i].word[length] != ' ')
			continue;
		is_group = true;
		if (second && strcmp(verbs[i].word + length + 1, second) == 0) {
			++*next;
			return &verbs[i];
		}
	}
	if (is_group && second)
		usage("%s: \"%s\" is none of " POLICY_VERBS, word, second);
	if (is_group)
		usage("%s: it needs another word: " POLICY_VERBS, word);
	return NULL;
}

/* The verb, and for plan the other one; *next moves behind them. */
static const struct verb_info *take_verb(struct options *options, char **words, size_t count,
					 size_t *next)
{
	const struct verb_info *info;

	for (;; ++*next) {
		if (*next == count)
			usage("%s", *next ? "plan: it needs a verb: " PLAN_VERBS :
			      "a verb is missing");
		info = find_verb(words, count, next);
		if (!info)
			usage("\"%s\" is no verb", words[*next]);
		if (*next && strcmp(words[0], "plan") == 0 && info->operand != OPERAND_TARGET)
			usage("plan: it goes with " PLAN_VERBS ", not with \"%s\"", info->word);
		if (info->verb != VERB_PLAN)
			break;
		options->dry_run = true;
	}
	++*next;
	options->verb = info->verb;
	return info;
}

static void check_target(const struct options *options, const char *verb)
{
	int targets = !!options->region + !!options->range + !!options->blocks +
		      !!options->node + !!options->kind;

	if (targets == 0)
		usage("%s: it needs a region, such as dax0.0, which mhp list shows, or "
		      TARGET_OPTIONS, verb);
	if (targets > 1)
		usage("%s: a region, --range, --blocks, --node and --kind exclude each other",
		      verb);
}

/* What stands behind the verb. */
static void take_operand(struct options *options, const struct verb_info *info, char **words,
			 size_t count)
{
	size_t next = 0;

	if (info->operand == OPERAND_MAY_FILES) {
		options->files = words;
		options->file_count = next = count;
	} else if (info->operand == OPERAND_MAY_FILE && count) {
		options->plan_file = words[next++];
	} else if (info->operand != OPERAND_NONE && count) {
		options->region = words[next++];
	}
	if (next < count)
		usage("%s: \"%s\" is one word too many", info->word, words[next]);
	if (options->region && !*options->region)
		usage("%s: the region's name is empty", info->word);
	for (size_t i = 0; i < options->file_count; i++)
		if (!*words[i])
			usage("%s: the file's name is empty", info->word);
	if (options->plan_file && !*options->plan_file)
		usage("%s: the file's name is empty", info->word);
}

/* Words beside options: the verb, for plan another one, the region or file. */
static void take_words(struct options *options, char **words, size_t count, uint64_t used)
{
	size_t next = 0;
	const struct verb_info *info = take_verb(options, words, count, &next);

	take_operand(options, info, words + next, count - next);
	for (int option = OPT_TYPE; option <= OPT_SIZE; option++)
		if (used & BIT(option) & ~info->options)
			usage("%s: it does not go with --%s", info->word, option_name(option));
	if (info->operand == OPERAND_REGION && !options->region)
		usage("%s: it needs a region, such as dax0.0; mhp list shows them", info->word);
	if (info->operand == OPERAND_TARGET)
		check_target(options, info->word);
	if (options->plan_file && options->policy_count)
		usage("%s: a saved plan does not go with --policy", info->word);
	if (options->file_count && options->policy_count)
		usage("%s: name files, or --policy; not both", info->word);
	if (options->initrd && options->dry_run)
		usage("%s: --initrd runs a command, which --dry-run only shows", info->word);
	if ((info->options & BIT(OPT_TYPE)) && !options->type_word)
		usage("%s: name a type with --type, as memory in the wrong zone may stay "
		      "there until reboot: " TYPE_WORDS, info->word);
	if (options->verb == VERB_ONLINE && options->no_borrow &&
	    !(options->rules & MHP_RULE_PER_BLOCK))
		usage("%s: --no-borrow goes with --per-block: nothing is borrowed without it",
		      info->word);
	if (options->driver && options->rules & MHP_RULE_RELEASE)
		usage("%s: --to and --release exclude each other, as no device is left", info->word);
	if (options->json && (options->verb == VERB_CAPTURE || options->verb == VERB_MAP))
		usage("%s: it does not go with --json", info->word);
	if (options->save && !options->dry_run && options->verb != VERB_CAPTURE)
		usage("%s: --save needs --dry-run, or mhp plan %s", info->word, info->word);
	if (options->svg && (options->colour || options->per_cell_word))
		usage("%s: --svg does not go with --%s", info->word,
		      options->colour ? "color" : "cell");
	if (info->operand == OPERAND_TARGET)
		options->request = request_new(options);
}

static void check_machine(const struct options *options)
{
	if (options->verb == VERB_POLICY_CLAIM && (options->sim || options->capture))
		usage("policy claim: it is a file of a machine or its image: it goes with --root, "
		      "not with --%s", options->sim ? "sim" : "capture");
	if (options->initrd && options->root)
		usage("policy claim: --initrd runs a command of this machine: not with --root");
	if (!!options->root + !!options->capture + !!options->sim > 1)
		usage("--root, --capture and --sim exclude each other");
	if (options->sim_save && !options->sim)
		usage("--sim-save needs --sim");
	if (options->sim_fail_count && !options->sim)
		usage("--sim-fail needs --sim");
	if (options->sim_hang_word && !options->sim)
		usage("--sim-hang needs --sim");
	if (options->sim_kill_word && !options->sim)
		usage("--sim-kill needs --sim");
	if ((options->sim_act_count || options->sim_lose_word) &&
	    (!options->sim || (options->verb != VERB_WATCH && options->verb != VERB_WAIT &&
			       options->verb != VERB_AGENT)))
		usage("--sim-act and --sim-lose need --sim, and go with watch, wait and agent");
	if (options->verb == VERB_AGENT && (options->root || options->capture))
		usage("agent: it needs events, which a machine of --%s has not; --sim makes one "
		      "of a capture", options->root ? "root" : "capture");
	if (options->verb == VERB_AGENT && options->json)
		usage("agent: it does not go with --json; mhp watch --json tells events");
	if (options->verb == VERB_WATCH && options->capture)
		usage("watch: in a capture nothing happens; --sim makes a machine of it");
	if (options->verb == VERB_WATCH && options->kind)
		kind_of(options->kind);
	if (options->verb == VERB_WATCH && options->region && options->kind)
		usage("watch: a region and --kind exclude each other");
}

static void complain_option(int option, char **argv)
{
	if (option == ':')
		usage("%s: a value is missing", argv[optind - 1]);
	if (optopt >= OPT_TYPE)
		usage("--%s takes no value", option_name(optopt));
	if (optopt)
		usage("-%c is no option", optopt);
	usage("%s is no option, or short for several", argv[optind - 1]);
}

/* Returns false if the program is done already. */
bool options_parse(struct options *options, int argc, char **argv)
{
	char **words = calloc((size_t)argc + 1, sizeof(*words));
	uint64_t used = 0;
	size_t count = 0;
	int option;

	if (!words)
		out_of_memory();

	/* '-': verbs and options in any order, whatever POSIXLY_CORRECT says */
	while ((option = getopt_long(argc, argv, "-:hV", long_options, NULL)) != -1) {
		if (option >= OPT_TYPE && option <= OPT_SIZE)
			used |= BIT(option);
		if (option == 1) {
			words[count++] = optarg;
		} else if (option == 'h') {
			free(words);
			help_say();
			return false;
		} else if (option == 'V') {
			free(words);
			say("mhp %s\n", MHP_VERSION);
			return false;
		} else if (!take_deed(options, option, optarg) &&
			   !take_watched(options, option, optarg) &&
			   !take_object(options, option, optarg)) {
			complain_option(option, argv);
		}
	}
	for (; optind < argc; optind++)		/* after "--" */
		words[count++] = argv[optind];
	take_words(options, words, count, used);
	check_machine(options);
	options->words = words;
	return true;
}

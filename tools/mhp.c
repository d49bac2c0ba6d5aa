// SPDX-License-Identifier: LGPL-2.1-or-later
/* mhp: memory hotplug from the command line. Options, and which verb runs. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

#define TYPE_WORDS "online, online_kernel, online_movable, offline or default"

enum {
	OPT_TYPE = 256, OPT_DRY_RUN, OPT_REZONE, OPT_KEEP, OPT_PER_BLOCK,
	OPT_JSON, OPT_ROOT, OPT_CAPTURE, OPT_SIM, OPT_SIM_SAVE, OPT_SIM_FAIL,
};

static const struct option long_options[] = {
	{ "type", required_argument, NULL, OPT_TYPE },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "rezone", no_argument, NULL, OPT_REZONE },
	{ "keep", no_argument, NULL, OPT_KEEP },
	{ "per-block", no_argument, NULL, OPT_PER_BLOCK },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "capture", required_argument, NULL, OPT_CAPTURE },
	{ "sim", required_argument, NULL, OPT_SIM },
	{ "sim-save", required_argument, NULL, OPT_SIM_SAVE },
	{ "sim-fail", required_argument, NULL, OPT_SIM_FAIL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* Options that only some verbs have a use for. */
#define BIT(option) (1u << ((option) - OPT_TYPE))

static const struct {
	const char *word;
	enum verb verb;
	bool region;
	unsigned int options;
} verbs[] = {
	{ "list", VERB_LIST, false, 0 },
	{ "show", VERB_SHOW, true, 0 },
	{ "plan", VERB_PLAN, true, 0 },
	{ "online", VERB_ONLINE, true, BIT(OPT_TYPE) | BIT(OPT_DRY_RUN) | BIT(OPT_REZONE) |
					BIT(OPT_KEEP) | BIT(OPT_PER_BLOCK) },
	{ "offline", VERB_OFFLINE, true, BIT(OPT_DRY_RUN) | BIT(OPT_KEEP) },
	{ "unplug", VERB_UNPLUG, true, BIT(OPT_DRY_RUN) | BIT(OPT_KEEP) },
};

static const char help[] =
"Usage: mhp [OPTION...] list\n"
"       mhp [OPTION...] show REGION\n"
"       mhp [OPTION...] online REGION --type TYPE\n"
"       mhp [OPTION...] offline REGION\n"
"       mhp [OPTION...] unplug REGION\n"
"       mhp [OPTION...] plan online|offline|unplug REGION\n"
"\n"
"List hot-pluggable memory, online it with an explicit type, take it offline or\n"
"give it back. What was done is verified; upon failure it is put back.\n"
"\n"
"  --type TYPE       online, online_kernel, online_movable, offline, or default:\n"
"                    the system's default online type at this moment\n"
"  --rezone          memory online in another zone may be taken offline first\n"
"  --keep            upon failure keep what worked\n"
"  --per-block       online block by block, not the whole device at once\n"
"  --dry-run         show the plan and write nothing, as \"mhp plan\" does\n"
"  --json            print JSON\n"
"\n"
"  --root DIR        use DIR/sys and DIR/proc\n"
"  --capture FILE    look at a recorded machine; nothing can be changed\n"
"  --sim FILE        use a simulated machine made from a recorded one\n"
"  --sim-save FILE   write the simulated machine, as it then is, to FILE\n"
"  --sim-fail BLOCK:online|offline:ERRNO\n"
"                    have the simulated machine refuse, as in 35:online:EBUSY\n"
"\n"
"  -h, --help        this text\n"
"  -V, --version     the version\n"
"\n"
"Exit code: 0 as asked, 1 refused or undone, 2 usage, 3 partial,\n"
"4 no permission. See mhp(1).\n";

__attribute__((format(printf, 1, 2), noreturn))
static void usage(const char *format, ...)
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

/* Upon exit: what was printed must have arrived. */
static int finish(int r)
{
	char *why;

	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout) && close(STDOUT_FILENO) == 0)
		return r;
	why = errno ? text_error(errno) : text_format("some of it could not be written");
	complain("standard output: %s", why);
	free(why);
	return r ? r : EXIT_REFUSED;
}

static void take_once(const char **ret, const char *option, const char *value)
{
	if (*ret)
		usage("--%s is given twice", option);
	if (!*value)
		usage("--%s is empty", option);
	*ret = value;
}

static void take_type(struct options *options, const char *word)
{
	take_once(&options->type_word, "type", word);
	if (strcmp(word, "default") == 0)
		options->type_is_default = true;
	else if (strchr(word, '\n') || mhp_online_type_from_str(word, &options->type) < 0)
		usage("--type: \"%s\" is no online type: it is " TYPE_WORDS, word);
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

static const char *option_name(int value)
{
	size_t i = 0;

	while (long_options[i].val != value)
		i++;
	return long_options[i].name;
}

/* Words beside options: the verb, for plan another one, the region. */
static void take_words(struct options *options, char **words, size_t count, unsigned int used)
{
	size_t next = 0, verb = 0;

	for (;; next++) {
		if (next == count)
			usage("%s", next ? "plan: it needs a verb: online, offline or unplug" :
			      "a verb is missing");
		for (verb = 0; verb < ARRAY_SIZE(verbs); verb++)
			if (strcmp(words[next], verbs[verb].word) == 0)
				break;
		if (verb == ARRAY_SIZE(verbs))
			usage("\"%s\" is no verb", words[next]);
		if (next && !(verbs[verb].options & BIT(OPT_DRY_RUN)))
			usage("plan: it goes with online, offline or unplug, not with \"%s\"",
			      words[next]);
		if (verbs[verb].verb != VERB_PLAN)
			break;
		options->dry_run = true;
	}
	next++;
	options->verb = verbs[verb].verb;

	if (verbs[verb].region && next == count)
		usage("%s: it needs a region, such as dax0.0; mhp list shows them",
		      verbs[verb].word);
	if (verbs[verb].region)
		options->region = words[next++];
	if (options->region && !*options->region)
		usage("%s: the region's name is empty", verbs[verb].word);
	if (next < count)
		usage("%s: \"%s\" is one word too many", verbs[verb].word, words[next]);

	for (int option = OPT_TYPE; option <= OPT_PER_BLOCK; option++)
		if (used & BIT(option) & ~verbs[verb].options)
			usage("%s: it does not go with --%s", verbs[verb].word,
			      option_name(option));
	if (options->verb == VERB_ONLINE && !options->type_word)
		usage("online: name a type with --type, as memory in the wrong zone may stay "
		      "there until reboot: " TYPE_WORDS);
}

static void check_machine(const struct options *options)
{
	if (!!options->root + !!options->capture + !!options->sim > 1)
		usage("--root, --capture and --sim exclude each other");
	if (options->sim_save && !options->sim)
		usage("--sim-save needs --sim");
	if (options->sim_fail_count && !options->sim)
		usage("--sim-fail needs --sim");
}

/* Returns false if the program is done already. */
static bool parse_options(struct options *options, int argc, char **argv)
{
	unsigned int used = 0;
	char *words[4];
	size_t count = 0;
	int option;

	/* '-': verbs and options in any order, whatever POSIXLY_CORRECT says */
	while ((option = getopt_long(argc, argv, "-:hV", long_options, NULL)) != -1) {
		if (option >= OPT_TYPE && option <= OPT_PER_BLOCK)
			used |= BIT(option);
		switch (option) {
		case 1:
			if (count == ARRAY_SIZE(words))
				usage("\"%s\" is one word too many", optarg);
			words[count++] = optarg;
			break;
		case OPT_TYPE:
			take_type(options, optarg);
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
		case OPT_JSON:
			options->json = true;
			break;
		case OPT_ROOT:
			take_once(&options->root, "root", optarg);
			break;
		case OPT_CAPTURE:
			take_once(&options->capture, "capture", optarg);
			break;
		case OPT_SIM:
			take_once(&options->sim, "sim", optarg);
			break;
		case OPT_SIM_SAVE:
			take_once(&options->sim_save, "sim-save", optarg);
			break;
		case OPT_SIM_FAIL:
			take_sim_fail(options, optarg);
			break;
		case 'h':
			say("%s", help);
			return false;
		case 'V':
			say("mhp %s\n", MHP_VERSION);
			return false;
		case ':':
			usage("%s: a value is missing", argv[optind - 1]);
		default:
			if (optopt > OPT_TYPE || optopt == OPT_TYPE)
				usage("--%s takes no value", option_name(optopt));
			if (optopt)
				usage("-%c is no option", optopt);
			usage("%s is no option, or short for several", argv[optind - 1]);
		}
	}
	for (; optind < argc; optind++) {	/* after "--" */
		if (count == ARRAY_SIZE(words))
			usage("\"%s\" is one word too many", argv[optind]);
		words[count++] = argv[optind];
	}
	take_words(options, words, count, used);
	check_machine(options);
	return true;
}

/*
 * A program may be started with standard output closed. The next file opened
 * would take its place, and be written to.
 */
static void occupy_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			_exit(EXIT_REFUSED);
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct machine machine;
	int r, saved;

	occupy_standard_files();
	if (!parse_options(&options, argc, argv))
		return finish(EXIT_AS_ASKED);

	r = machine_open(&machine, &options);
	if (r == EXIT_AS_ASKED) {
		switch (options.verb) {
		case VERB_LIST:
			r = verb_list(&machine);
			break;
		case VERB_SHOW:
			r = verb_show(&machine);
			break;
		default:
			r = verb_act(&machine);
			break;
		}
	}
	saved = machine_close(&machine);
	return finish(r ? r : saved);
}

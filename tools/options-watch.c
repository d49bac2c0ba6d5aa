// SPDX-License-Identifier: LGPL-2.1-or-later
/* Options of mhp watch and mhp wait. */
#include <errno.h>
#include <string.h>

#include "tool.h"

void take_count(struct options *options, const char *word)
{
	if (value_number(word, &options->count) < 0 || options->count == 0)
		usage("--count: \"%s\" is no number of events", word);
}

void take_buffer(struct options *options, const char *word)
{
	uint64_t bytes;

	if (value_size(word, &bytes) < 0 || bytes == 0 || bytes > SIZE_MAX)
		usage("--buffer: \"%s\" is no size of a buffer, such as 64M", word);
	options->buffer_bytes = (size_t)bytes;
}

void take_source(struct options *options, const char *word)
{
	if (strcmp(word, "udev") == 0)
		options->source = MHP_EVENT_SOURCE_UDEV;
	else if (strcmp(word, "kernel") == 0)
		options->source = MHP_EVENT_SOURCE_KERNEL;
	else if (strcmp(word, "auto") != 0)
		usage("--source: \"%s\" is none of auto, udev and kernel", word);
}

void take_wait_for(struct options *options, const char *word)
{
	options->waited = wait_find(word);
	if (!options->waited)
		usage("--for: \"%s\" is nothing to wait for: it is ready, present, gone, online, "
		      "online_kernel, online_movable, offline or unplugged", word);
}

/* PATH=WORD; the first "=", as no path of the kernel's has one */
void take_sim_act(struct options *options, const char *word)
{
	if (options->sim_act_count == ARRAY_SIZE(options->sim_act))
		usage("--sim-act: no more than %zu of them", ARRAY_SIZE(options->sim_act));
	if (*word != '/' || !strchr(word, '='))
		usage("--sim-act: \"%s\" is not a file of the machine, \"=\" and a word", word);
	options->sim_act[options->sim_act_count++] = word;
}

void take_sim_lose(struct options *options, const char *word)
{
	if (value_number(word, &options->sim_lose) < 0 || options->sim_lose > SIZE_MAX)
		usage("--sim-lose: \"%s\" is no number of events", word);
}

enum mhp_region_kind kind_of(const char *word)
{
	enum mhp_region_kind kind = MHP_REGION_UNKNOWN;

	if (mhp_region_kind_from_str(word, &kind) < 0)
		usage("--kind: \"%s\" is no kind of region such as dax; mhp list shows them", word);
	return kind;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is in a file, as far as it goes into a capture: nothing private, nothing vast. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"

/* By which a machine, or a part of it, is known; in uevents as a part of the key. */
static const char *const identities[] = {
	"*asset*", "*guid*", "*mac_addr*", "*serial*", "*unique_id*", "*uniq", "*uuid*",
	"*wwid*", "*wwn*", "dimm_id",
};

/* Words of the command line that are about memory; others may tell anything. */
static const char *const parameters[] = {
	"acpi_no_memhotplug", "cma=*", "crashkernel=*", "cxl*", "dax*", "efi=*", "hmem*",
	"hugetlb_cma=*", "kernelcore=*", "kmem*", "mem=*", "memhp_default_state=*", "memmap=*",
	"memory_hotplug.*", "movable_node", "movablecore=*", "numa=*", "numa_balancing=*",
	"virtio_mem.*",
};

/* Of the lines of /proc/zoneinfo: the rest is statistics, much of it for each processor. */
static const char *const zone_lines[] = {
	"Node *", "*pages free *", "* spanned *", "* present *", "* managed *", "*start_pfn:*",
};

static bool matches(const char *const *patterns, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (fnmatch(patterns[i], word, FNM_CASEFOLD) == 0)
			return true;
	return false;
}

static bool is_identity(const char *path, const char *name)
{
	static const char counted[] = "/dax_region/id";
	size_t length = strlen(path);

	/* a CXL device's nvdimm says its serial number there; a DAX region counts */
	if (!strcmp(name, "id"))
		return length < strlen(counted) ||
		       strcmp(path + length - strlen(counted), counted);
	return matches(identities, ARRAY_SIZE(identities), name);
}

bool is_capture_text(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((bytes[i] < ' ' || bytes[i] > '~') && bytes[i] != '\n' && bytes[i] != '\t')
			return false;
	/* such words say why there is no text */
	if (length && bytes[length - 1] == '\n')
		length--;
	return length < 3 || bytes[0] != '<' || bytes[length - 1] != '>' ||
	       (length == strlen(LEFT_OUT) && !memcmp(bytes, LEFT_OUT, length));
}

/* ---- line by line ---- */

/* Takes a line, or a word, off the text, as a string; NULL: there is none. */
static char *take_part(const char **at, const char *end, char separator)
{
	const char *stop;
	char *part;

	stop = memchr(*at, separator, (size_t)(end - *at));
	if (!stop)
		stop = end;
	part = strndup(*at, (size_t)(stop - *at));
	*at = stop < end ? stop + 1 : end;
	return part;
}

/* Adds what is to be kept of a part. */
typedef void (*keep_fn)(struct text *text, char *part);

static int keep_parts(const char *bytes, size_t length, char separator, keep_fn keep, char **ret)
{
	const char *at = bytes, *end = bytes + length;
	struct text text = { 0 };
	char *part;

	while (at < end) {
		part = take_part(&at, end, separator);
		if (!part) {
			free(text.str);
			return -ENOMEM;
		}
		keep(&text, part);
		free(part);
	}
	return text_finish(&text, ret);
}

static void keep_zone_line(struct text *text, char *line)
{
	if (matches(zone_lines, ARRAY_SIZE(zone_lines), line))
		text_add(text, "%s\n", line);
}

/* "SERIAL=..." of a uevent */
static void keep_uevent_line(struct text *text, char *line)
{
	char *value = strchr(line, '=');

	if (value) {
		*value = '\0';
		if (matches(identities, ARRAY_SIZE(identities), line)) {
			text_add(text, "%s=" LEFT_OUT "\n", line);
			return;
		}
		*value = '=';
	}
	text_add(text, "%s\n", line);
}

static void keep_parameter(struct text *text, char *word)
{
	if (matches(parameters, ARRAY_SIZE(parameters), word))
		text_add(text, "%s%s", text->length ? " " : "", word);
}

static int reduce_command_line(const char *bytes, size_t length, char **ret)
{
	const char *mark = "";
	char *kept;
	int r;

	if (length && bytes[length - 1] == '\n')
		length--;
	r = keep_parts(bytes, length, ' ', keep_parameter, &kept);
	if (r < 0)
		return r;
	/* the words are those that were there; what is missing are others */
	if (strlen(kept) < length)
		mark = *kept ? " " LEFT_OUT : LEFT_OUT;
	r = copy_text(ret, "%s%s\n", kept, mark);
	free(kept);
	return r;
}

/* Whoever may not see addresses sees zeros (kernel/resource.c: r_show()). */
static bool is_hidden_iomem(const char *bytes, size_t length)
{
	const char *at = bytes, *end = bytes + length, *colon;

	while (at < end) {
		colon = memchr(at, ':', (size_t)(end - at));
		for (; at < end && (colon ? at < colon : true); at++)
			if (!strchr(" 0-", *at))
				return false;
		at = memchr(at, '\n', (size_t)(end - at));
		at = at ? at + 1 : end;
	}
	return length > 0;
}

int reduce_text(const char *path, const char *bytes, size_t length, bool identity, char **ret)
{
	const char *name = strrchr(path, '/') + 1;

	*ret = NULL;
	if (!strcmp(path, "/proc/cmdline"))
		return reduce_command_line(bytes, length, ret);
	if (!strcmp(path, "/proc/iomem"))
		return is_hidden_iomem(bytes, length) ? -EACCES : 0;
	if (!strcmp(path, "/proc/zoneinfo"))
		return keep_parts(bytes, length, '\n', keep_zone_line, ret);
	if (identity || !length || (length == 1 && *bytes == '\n'))
		return 0;
	if (!strcmp(name, "uevent"))
		return keep_parts(bytes, length, '\n', keep_uevent_line, ret);
	return is_identity(path, name) ? copy_text(ret, LEFT_OUT "\n") : 0;
}

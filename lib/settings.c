// SPDX-License-Identifier: LGPL-2.1-or-later
/* Settings of the system, which no uevent tells of: they are looked at. */
#include <errno.h>
#include <string.h>

#include "monitor.h"

#define PARAMETERS_PATH "/sys/module/memory_hotplug/parameters"

/* The first one is a file of the directory of blocks, the others are parameters. */
static const char *const names[MONITOR_SETTINGS] = {
	"auto_online_blocks", "online_policy", "auto_movable_ratio", "memmap_on_memory",
};

const char *setting_name(size_t index)
{
	return names[index];
}

/* What is too long to be told is no word of the kernel's. */
static void read_setting(struct setting *setting, struct sysfs_dir *dir, const char *name)
{
	char buf[MHP_ATTR_SIZE + 1], word[EVENT_NAME_SIZE];
	int r = sysfs_read(dir, name, buf);

	if (r == 0 && copy_name(word, buf))
		memcpy(setting->now, word, sizeof(word));
	else if (r == -ENOENT)
		setting->now[0] = '\0';
}

static void look_at_parameters(struct settings *settings, struct mhp_ctx *ctx)
{
	struct sysfs_dir dir;

	if (sysfs_open(ctx, PARAMETERS_PATH, &dir) < 0)
		return;
	for (size_t i = 1; i < MONITOR_SETTINGS; i++)
		read_setting(&settings->list[i], &dir, names[i]);
	sysfs_close(&dir);
}

void settings_look(struct settings *settings, struct mhp_ctx *ctx, struct sysfs_dir *mem,
		   bool all)
{
	read_setting(&settings->list[0], mem, names[0]);
	if (all)
		look_at_parameters(settings, ctx);
}

size_t settings_find_changed(const struct settings *settings)
{
	size_t i = 0;

	while (i < MONITOR_SETTINGS && !strcmp(settings->list[i].word, settings->list[i].now))
		i++;
	return i;
}

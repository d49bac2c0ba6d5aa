// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the early claim meets on a machine: is it there, where can it have no effect, and
 * what loads kmem all the same. "blacklist" is about a module's own aliases, and about what
 * asks libkmod to heed it: udev and systemd-modules-load do, modprobe does not.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const char *const modprobe_dirs[] = {
	"/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d",
	"/usr/lib/modprobe.d", "/lib/modprobe.d", NULL,
};
static const char *const load_dirs[] = {
	"/etc/modules-load.d", "/run/modules-load.d", "/usr/local/lib/modules-load.d",
	"/usr/lib/modules-load.d", "/lib/modules-load.d", NULL,
};
static const char *const udev_dirs[] = {
	"/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d",
	"/usr/lib/udev/rules.d", "/lib/udev/rules.d", NULL,
};
static const char *const daxctl_dirs[] = { "/etc/daxctl.conf.d", NULL };
static const char *const dracut_dirs[] = {
	"/etc/dracut.conf.d", "/usr/local/lib/dracut/dracut.conf.d",
	"/usr/lib/dracut/dracut.conf.d", NULL,
};

__attribute__((format(printf, 5, 6)))
static void note(struct claim_look *look, const char *code, const char *path,
		 unsigned int line, const char *format, ...)
{
	struct claim_note *notes = realloc(look->notes, (look->count + 1) * sizeof(*notes));
	va_list args;
	char *text;

	if (!notes)
		out_of_memory();
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		out_of_memory();
	va_end(args);
	notes[look->count++] = (struct claim_note){
		.code = code,
		.path = text_format("%s", path),
		.line = line,
		.text = text,
	};
	look->notes = notes;
}

/* ---- modprobe.d ---- */

static bool is_own(const char *path)
{
	return strcmp(path, CLAIM_DIR "/" CLAIM_NAME) == 0;
}

static void take_modprobe(void *data, const char *path, unsigned int line, const char *text)
{
	struct claim_look *look = data;
	const char *rest;

	if (!conf_mentions(text, "kmem"))
		return;
	if (conf_begins(text, "blacklist", &rest)) {
		look->is_claimed = true;
		if (!is_own(path))
			note(look, "blacklist", path, line,
			     "udev does not load kmem by this line, too");
	} else if (conf_begins(text, "install", &rest) || conf_begins(text, "softdep", &rest) ||
		   conf_begins(text, "weakdep", &rest)) {
		bool is_kmem = conf_mentions(rest, "kmem") && strncmp(rest, "kmem", 4) == 0;

		if (!is_kmem)
			note(look, "loads", path, line,
			     "this line loads kmem, whatever the claim says: remove it");
		else if (conf_begins(text, "install", &rest))
			note(look, "install", path, line,
			     "a command stands in place of kmem: neither udev nor mhp loads it");
	} else if (conf_begins(text, "alias", &rest) && conf_begins(rest, "kmem", &rest)) {
		note(look, "alias", path, line,
		     "the name kmem means another module: mhp does not load kmem");
	}
}

/* ---- what loads it by name ---- */

static void take_load(void *data, const char *path, unsigned int line, const char *text)
{
	if (strncmp(text, "kmem", 4) == 0 && conf_mentions(text, "kmem"))
		note(data, "modules-load", path, line,
		     "it names kmem: systemd passes over that while the claim stands, other init "
		     "systems load it: remove the line");
}

static void take_initrd(void *data, const char *path, unsigned int line, const char *text)
{
	if (conf_mentions(text, "kmem") && !strstr(text, "omit_drivers") &&
	    !strstr(text, "add_drivers"))
		note(data, "initrd", path, line,
		     "it has the initrd load kmem, whatever the claim says: remove it");
}

static void take_udev(void *data, const char *path, unsigned int line, const char *text)
{
	if (strstr(text, "modprobe") && conf_mentions(text, "kmem"))
		note(data, "udev-rule", path, line,
		     "this rule loads kmem, whatever the claim says: remove it");
}

/* ---- daxctl, which is started by a udev rule of its own ---- */

struct daxctl_config {
	char *path;
	unsigned int line;
};

static void take_daxctl(void *data, const char *path, unsigned int line, const char *text)
{
	struct daxctl_config *found = data;

	if (!found->path && strncmp(text, "mode", 4) == 0 && strstr(text, "system-ram")) {
		found->path = text_format("%s", path);
		found->line = line;
	}
}

static void look_at_daxctl(struct claim_look *look, const struct below *below)
{
	struct daxctl_config found = { 0 };
	char *rule = NULL;

	for (size_t i = 0; udev_dirs[i]; i++) {
		char *path = text_format("%s/90-daxctl-device.rules", udev_dirs[i]);

		if (!rule && below_has(below, path))
			rule = path;
		else
			free(path);
	}
	/* a link to /dev/null switches it off */
	if (!rule || below_is_link(below, rule)) {
		free(rule);
		return;
	}
	conf_read_dirs(below, daxctl_dirs, ".conf", take_daxctl, &found);
	if (found.path)
		note(look, "daxctl", found.path, found.line,
		     "daxctl makes this device System RAM by itself as it appears (%s): remove it "
		     "here, or leave it alone in the standing policy", rule);
	else
		note(look, "daxctl", rule, 0,
		     "daxctl makes devices System RAM that /etc/daxctl.conf.d names; now it names "
		     "none");
	free(found.path);
	free(rule);
}

/* ---- the kernel itself ---- */

/* The line of modules.builtin ends with the file's name. */
static bool lists_kmem(const char *text)
{
	const char *at = strstr(text, "/kmem.ko");

	return at && (at[8] == '\n' || at[8] == '\0');
}

static void look_at_kernels(struct claim_look *look, const struct below *below)
{
	char **names;

	if (below_list(below, "/lib/modules", &names) < 0)
		return;
	for (size_t i = 0; names[i]; i++) {
		char *path = text_format("/lib/modules/%s/modules.builtin", names[i]);
		char *text = NULL;

		if (below_read(below, path, &text) == 0) {
			look->kernels++;
			if (lists_kmem(text)) {
				look->built_in++;
				note(look, "built-in", path, 0,
				     "this kernel has kmem built in: the claim has no effect "
				     "there; memhp_default_state=offline on its command line "
				     "leaves the memory to mhp");
			}
		}
		free(text);
		free(path);
		free(names[i]);
	}
	free(names);
}

static void look_at_running(struct claim_look *look, const struct below *below)
{
	if (below_has(below, "/sys/module/kmem/initstate")) {
		note(look, "loaded", "/sys/module/kmem", 0,
		     "kmem is loaded by now: the claim begins with the next boot");
	} else if (below_has(below, "/sys/bus/dax/drivers/kmem") && look->built_in == 0) {
		look->kernels++;
		look->built_in++;
		note(look, "built-in", "/sys/bus/dax/drivers/kmem", 0,
		     "the running kernel has kmem built in: the claim has no effect there; "
		     "memhp_default_state=offline on its command line leaves the memory to mhp");
	}
}

/* "key=a,b": is name among them? */
static bool has_parameter(const char *line, const char *key, const char *name)
{
	size_t length = strlen(key);

	for (const char *at = line; (at = strstr(at, key)); at += length) {
		size_t values = strcspn(at + length, " \n");
		char *list;
		bool has;

		if (at != line && at[-1] != ' ')
			continue;
		list = text_format("%.*s", (int)values, at + length);
		has = conf_mentions(list, name);
		free(list);
		if (has)
			return true;
	}
	return false;
}

static void look_at_command_line(struct claim_look *look, const struct below *below)
{
	char *line;

	if (below_read(below, "/proc/cmdline", &line) < 0)
		return;
	if (has_parameter(line, "modprobe.blacklist=", "kmem"))
		look->is_claimed = true;
	if (has_parameter(line, "module_blacklist=", "kmem"))
		note(look, "forbidden", "/proc/cmdline", 0,
		     "module_blacklist=kmem forbids kmem altogether: mhp cannot load it either");
	if (has_parameter(line, "modules_load=", "kmem") ||
	    has_parameter(line, "modules-load=", "kmem") ||
	    has_parameter(line, "rd.driver.pre=", "kmem"))
		note(look, "loads", "/proc/cmdline", 0,
		     "it has kmem loaded at boot, whatever the claim says");
	free(line);
}

void claim_look(struct claim_look *look, const struct below *below)
{
	*look = (struct claim_look){ 0 };
	conf_read_dirs(below, modprobe_dirs, ".conf", take_modprobe, look);
	conf_read_dirs(below, load_dirs, ".conf", take_load, look);
	conf_read_file(below, "/etc/modules", take_load, look);
	conf_read_file(below, "/etc/initramfs-tools/modules", take_initrd, look);
	conf_read_dirs(below, dracut_dirs, ".conf", take_initrd, look);
	conf_read_file(below, "/etc/dracut.conf", take_initrd, look);
	conf_read_dirs(below, udev_dirs, ".rules", take_udev, look);
	look_at_daxctl(look, below);
	look_at_kernels(look, below);
	look_at_running(look, below);
	look_at_command_line(look, below);
}

void claim_look_end(struct claim_look *look)
{
	for (size_t i = 0; i < look->count; i++) {
		free(look->notes[i].path);
		free(look->notes[i].text);
	}
	free(look->notes);
}

/* Does something load kmem that no "blacklist" keeps from it? */
static bool is_evaded(const struct claim_look *look)
{
	static const char *const codes[] = { "loads", "initrd", "udev-rule" };

	for (size_t i = 0; i < look->count; i++) {
		const struct claim_note *note = &look->notes[i];

		for (size_t k = 0; k < ARRAY_SIZE(codes); k++)
			if (strcmp(note->code, codes[k]) == 0)
				return true;
		/* the line that names a device */
		if (strcmp(note->code, "daxctl") == 0 && note->line)
			return true;
	}
	return false;
}

enum claimed claim_find(const struct options *options)
{
	enum claimed claim = CLAIM_MISSING;
	struct claim_look look;
	struct below below;

	/* what a capture has of a machine is not its modprobe.d */
	if (options->capture || options->sim || below_begin(&below, options->root) < 0)
		return CLAIM_UNKNOWN;
	claim_look(&look, &below);
	if (look.kernels && look.built_in == look.kernels)
		claim = CLAIM_USELESS;
	else if (look.is_claimed)
		claim = is_evaded(&look) ? CLAIM_EVADED : CLAIM_THERE;
	claim_look_end(&look);
	below_end(&below);
	return claim;
}

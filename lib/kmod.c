// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Loads modules by name; the only caller of libkmod. By name, because all drivers
 * of the dax bus share one alias: "dax:t0" would load each of them.
 */
#include <errno.h>

#include "internal.h"

#ifdef HAVE_LIBKMOD
#include <libkmod.h>
#include <string.h>

/* The library does not print, and libkmod would. */
static void be_silent(void *data, int priority, const char *file, int line, const char *fn,
		      const char *format, va_list args)
{
	(void)data, (void)priority, (void)file, (void)line, (void)fn, (void)format, (void)args;
}

static bool is_loaded(const struct kmod_module *mod)
{
	int state = kmod_module_get_initstate(mod);

	return state == KMOD_MODULE_LIVE || state == KMOD_MODULE_BUILTIN;
}

/* "alias kmem off", and the like: for modprobe that name means something else. */
static bool is_renamed(struct kmod_ctx *kmod, const char *name)
{
	struct kmod_config_iter *iter = kmod_config_get_aliases(kmod);
	bool found = false;

	while (iter && !found && kmod_config_iter_next(iter))
		found = !strcmp(kmod_config_iter_get_key(iter), name) &&
			strcmp(kmod_config_iter_get_value(iter), name);
	kmod_config_iter_free_iter(iter);
	return found;
}

/*
 * Looked up here too, not left to refuse_command(): libkmod passes over a module's
 * command where it has softdeps, and what it needs would be loaded by then.
 */
static bool has_command(const struct kmod_module *mod)
{
	struct kmod_list *deps, *item;
	bool found = kmod_module_get_install_commands(mod) != NULL;

	deps = kmod_module_get_dependencies(mod);
	kmod_list_foreach(item, deps) {
		struct kmod_module *dep = kmod_module_get_module(item);

		if (kmod_module_get_install_commands(dep) && !is_loaded(dep))
			found = true;
		kmod_module_unref(dep);
	}
	kmod_module_unref_list(deps);
	return found;
}

/* Of what a softdep names: that is passed over where it fails, as modprobe does. */
static int refuse_command(struct kmod_module *mod, const char *command, void *data)
{
	(void)mod, (void)command, (void)data;
	return -EPERM;
}

static int probe(struct kmod_ctx *kmod, struct kmod_module *mod)
{
	int r;

	if (is_loaded(mod))
		return 0;
	if (is_renamed(kmod, kmod_module_get_name(mod)) || has_command(mod))
		return -EPERM;
	/* none of the flags that a "blacklist" line stops */
	r = kmod_module_probe_insert_module(mod, 0, NULL, refuse_command, NULL, NULL);
	switch (r) {
	case -EEXIST:
		return 0;
	case -ENOSYS:	/* libkmod before 31: not in the index of modules */
		return -ENOENT;
	case -EPERM:	/* the kernel's: no capability, or modules_disabled */
		return -EACCES;
	default:
		return r;
	}
}

int kmod_load_from(const char *modules, const char *const *config, const char *name)
{
	struct kmod_module *mod = NULL;
	struct kmod_ctx *kmod;
	int r;

	kmod = kmod_new(modules, config);
	if (!kmod)
		return -ENOMEM;
	kmod_set_log_fn(kmod, be_silent, NULL);
	r = kmod_module_new_from_name(kmod, name, &mod);
	if (r == 0)
		r = probe(kmod, mod);
	kmod_module_unref(mod);
	kmod_unref(kmod);
	return r;
}

#else /* HAVE_LIBKMOD */

int kmod_load_from(const char *modules, const char *const *config, const char *name)
{
	(void)modules, (void)config, (void)name;
	return -EOPNOTSUPP;
}

#endif /* HAVE_LIBKMOD */

int kmod_load(const char *name)
{
	return kmod_load_from(NULL, NULL, name);
}

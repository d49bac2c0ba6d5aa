// SPDX-License-Identifier: LGPL-2.1-or-later
/* Modules with drivers of the dax bus, and dax_cxl: loaded by name, and unloaded. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model-cxl.h"
#include "sim.h"

#define DAX_CXL "dax_cxl"

void modules_free(struct mhp_sim *sim)
{
	for (size_t i = 0; i < sim->n_modules; i++)
		free(sim->modules[i].name);
	free(sim->modules);
}

/* What loading it answers. */
static int module_code(const struct mhp_sim *sim, const char *name)
{
	for (size_t i = 0; i < sim->n_modules; i++)
		if (!strcmp(sim->modules[i].name, name))
			return sim->modules[i].code;
	return strcmp(name, "kmem") && strcmp(name, "device_dax") && strcmp(name, DAX_CXL) ?
	       -ENOENT : 0;
}

/* ---- loading ---- */

static int add_module_link(struct node *dir, const char *name)
{
	struct buf buf = { 0 };
	char *target;
	int r;

	buf_add(&buf, "../../../../module/%s", name);
	r = buf_finish(&buf, &target);
	if (r < 0)
		return r;
	r = tree_add_new(dir, NODE_LINK, "module", target, NULL);
	free(target);
	return r;
}

/* The driver's files, as captures have them. */
static int fill_dir(struct node *dir)
{
	static const char *const files[] = { "bind", "new_id", "remove_id", "uevent", "unbind" };
	struct node *file;
	int r = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && r == 0; i++) {
		r = tree_add_new(dir, NODE_FILE, files[i], NULL, &file);
		if (r == 0)
			file->code = NODE_WRITE_ONLY;
	}
	return r < 0 ? r : add_module_link(dir, dir->name);
}

/* drivers/base/bus.c, bus_add_driver() */
static bool probes(const struct model *model)
{
	return model->autoprobe ? holds(model, RULE_LOAD_PROBES) :
				  !holds(model, RULE_LOAD_AUTOPROBE);
}

/* Captures do not show modules themselves. */
static void tell(struct mhp_sim *sim, const char *name, const char *action)
{
	struct buf path = { 0 };

	if (event_is_heard(sim))
		buf_add(&path, "/module/%s", name);
	event_send_path(sim, action, path.failed ? NULL : path.str, "module", NULL);
	buf_free(&path);
}

/* cxl_dax_region is of the bus of CXL, and can only be had by being loaded. */
static int load_dax_cxl(struct mhp_sim *sim)
{
	struct node *drivers = model_dir(sim, CXL_DRIVERS_PATH), *dir, *file;
	int r;

	if (sim->read_only)
		return -EROFS;
	if (!drivers || !sim->model.cxl)
		return -ENOENT;
	r = tree_add_new(drivers, NODE_DIR, "cxl_dax_region", NULL, &dir);
	if (r < 0)
		return r;
	r = tree_add_new(dir, NODE_FILE, "uevent", NULL, &file);
	if (r == 0) {
		file->code = NODE_WRITE_ONLY;
		r = add_module_link(dir, DAX_CXL);
	}
	if (r < 0) {
		tree_remove(dir);
		return r;
	}
	/* drivers/dax/cxl.c registers it when the module is there already */
	tell(sim, DAX_CXL, "add");
	event_send(sim, "add", dir, "drivers", NULL);
	cxl_dax_driver_add(sim, dir);
	return 0;
}

static int load(struct mhp_sim *sim, const char *name)
{
	struct node *drivers = model_dir(sim, DRIVERS_PATH), *dir;
	struct driver *driver;
	bool probe, driver_first;
	int r;

	if (sim->read_only)
		return -EROFS;
	if (!drivers || !sim->model.active)
		/* a kernel without dax, or without memory hotplug, has none of them */
		return -ENOENT;
	r = tree_add_new(drivers, NODE_DIR, name, NULL, &dir);
	if (r < 0)
		return r;
	r = fill_dir(dir);
	if (r == 0)
		r = driver_add(sim, dir, &driver);
	if (r < 0) {
		tree_remove(dir);
		return r;
	}
	probe = probes(&sim->model);
	driver_first = probe && !holds(&sim->model, RULE_EVENT_DRIVER_LATER);
	if (driver_first)
		event_send(sim, "add", dir, "drivers", NULL);
	if (probe)
		driver_attach_all(sim, driver);
	if (!driver_first)
		event_send(sim, "add", dir, "drivers", NULL);
	tell(sim, name, "add");
	return 0;
}

static bool is_loaded(struct mhp_sim *sim, const char *name)
{
	if (!strcmp(name, DAX_CXL))
		return sim->model.cxl && sim->model.cxl->dax_driver;
	return tree_child(model_dir(sim, DRIVERS_PATH), name) != NULL;
}

int module_load(struct mhp_sim *sim, const char *name)
{
	int r;

	if (is_loaded(sim, name))
		return 0;
	/* what is not there, or refused by name, is found out first */
	r = module_code(sim, name);
	if (r == 0)
		r = sim->is_plain ? -EACCES :
		    strcmp(name, DAX_CXL) ? load(sim, name) : load_dax_cxl(sim);
	note_module(sim, "load", name, r);
	return r;
}

/* ---- by an administrator ---- */

MHP_EXPORT int mhp_sim_set_module(struct mhp_sim *sim, const char *name, int code)
{
	struct module *list;
	char *copy;

	if (!name || (code && !is_code(code)))
		return -EINVAL;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	sim_lock(sim);
	for (size_t i = 0; i < sim->n_modules; i++)
		if (!strcmp(sim->modules[i].name, name)) {
			sim->modules[i].code = code;
			sim_unlock(sim);
			free(copy);
			return 0;
		}
	list = reallocarray(sim->modules, sim->n_modules + 1, sizeof(*list));
	if (list) {
		sim->modules = list;
		list[sim->n_modules++] = (struct module){ copy, code };
	} else {
		free(copy);
	}
	sim_unlock(sim);
	return list ? 0 : -ENOMEM;
}

MHP_EXPORT int mhp_sim_unload_module(struct mhp_sim *sim, const char *name)
{
	struct driver *driver;
	int r = 0;

	if (!name)
		return -EINVAL;
	if (sim->read_only)
		return -EROFS;
	sim_lock(sim);
	driver = driver_find(&sim->model, name);
	if (!driver) {
		r = -ENOENT;
	} else if (hotplug_is_taken(sim)) {
		r = -EBUSY;
	} else {
		if (driver_remove(sim, driver) && !holds(&sim->model, RULE_UNLOAD_SILENT))
			r = -EBUSY;
		tell(sim, name, "remove");
	}
	note_module(sim, "unload", name, r);
	sim_unlock(sim);
	return r;
}

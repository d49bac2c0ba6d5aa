// SPDX-License-Identifier: LGPL-2.1-or-later
/* Drivers of the dax bus: bind, unbind, new_id, remove_id. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

void driver_free(struct driver *driver)
{
	for (size_t i = 0; i < driver->n_ids; i++)
		free(driver->ids[i]);
	free(driver->ids);
	free(driver);
}

struct driver *driver_find(const struct model *model, const char *name)
{
	for (size_t i = 0; i < model->n_drivers; i++)
		if (!strcmp(model->drivers[i]->name, name))
			return model->drivers[i];
	return NULL;
}

/* ---- which device a driver takes ---- */

static size_t find_id(const struct driver *driver, const char *id, size_t length)
{
	size_t i;

	for (i = 0; i < driver->n_ids; i++)
		if (!strncmp(driver->ids[i], id, length) && !driver->ids[i][length])
			break;
	return i;
}

int driver_add_id(struct driver *driver, const char *id, size_t length)
{
	char **ids, *copy;

	if (find_id(driver, id, length) < driver->n_ids)
		return 0;
	copy = strndup(id, length);
	ids = reallocarray(driver->ids, driver->n_ids + 1, sizeof(char *));
	if (ids)
		driver->ids = ids;
	if (!copy || !ids) {
		free(copy);
		return -ENOMEM;
	}
	ids[driver->n_ids++] = copy;
	return 0;
}

/*
 * drivers/dax/bus.c, dax_match_type(): memory that is meant to be divided is kmem's
 * since 6.3; before, and what else there is, it is device_dax's.
 */
bool driver_is_for(const struct model *model, const struct driver *driver, const struct dax *dax)
{
	if (model->kmem_by_default && !dax->is_static)
		return is_kmem(driver);
	return !strcmp(driver->name, "device_dax");
}

static bool takes(const struct model *model, const struct driver *driver, const struct dax *dax)
{
	return find_id(driver, dax->name, strlen(dax->name)) < driver->n_ids ||
	       driver_is_for(model, driver, dax);
}

/* ---- attaching ---- */

static void remove_link(const struct node *dir, const char *name)
{
	struct node *link = tree_child(dir, name);

	if (link)
		tree_remove(link);
}

static int add_link(struct node *dir, const char *name, const struct node *to)
{
	char *target = tree_relative_path(dir, to);
	int r;

	if (!target)
		return -ENOMEM;
	r = tree_add_new(dir, NODE_LINK, name, target, NULL);
	free(target);
	return r;
}

static int attach(struct mhp_sim *sim, struct driver *driver, struct dax *dax)
{
	int r;

	if (dax->driver)
		return -EBUSY;
	if (dax->has_ranges && !dax->n_ranges)
		/* a device of size 0 */
		return -ENXIO;
	r = add_link(dax->dir, "driver", driver->dir);
	if (r == 0)
		r = add_link(driver->dir, dax->name, dax->dir);
	if (r == 0)
		r = is_kmem(driver) ? kmem_probe(sim, dax) : devdax_probe(sim, dax);
	if (r < 0) {
		remove_link(dax->dir, "driver");
		remove_link(driver->dir, dax->name);
		return r;
	}
	dax->driver = driver;
	return 0;
}

static void detach(struct mhp_sim *sim, struct dax *dax)
{
	if (is_kmem(dax->driver))
		kmem_remove(sim, dax);
	else
		devdax_remove(sim, dax);
	remove_link(dax->dir, "driver");
	remove_link(dax->driver->dir, dax->name);
	dax->driver = NULL;
}

void driver_attach_all(struct mhp_sim *sim, struct driver *driver)
{
	struct model *model = &sim->model;

	for (size_t i = 0; i < model->n_daxes; i++)
		if (takes(model, driver, model->daxes[i]))
			/* one that is bound stays where it is */
			(void)attach(sim, driver, model->daxes[i]);
}

/* ---- files ---- */

/* kmem adds and removes memory; whether it is about to is not looked into. */
static enum need driver_need(struct mhp_sim *sim, void *owner, const char *word)
{
	(void)sim;
	return *word && is_kmem(owner) ? NEEDS_HOTPLUG_D : NEEDS_NOTHING;
}

static int bind_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct dax *dax = dax_find(&sim->model, word);

	if (!*word)
		return 0;
	if (!dax || !takes(&sim->model, owner, dax))
		return -ENODEV;
	return attach(sim, owner, dax);
}

static int unbind_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct dax *dax = dax_find(&sim->model, word);

	if (!*word)
		return 0;
	if (!dax || dax->driver != owner)
		return -ENODEV;
	detach(sim, dax);
	return 0;
}

/* Length of the device's name that word is, without its newline; 0 if it is none. */
static size_t parse_id(const char *word)
{
	char name[32];
	size_t length = strcspn(word, "\n");

	if (length >= sizeof(name) || (word[length] && word[length + 1]))
		return 0;
	memcpy(name, word, length);
	name[length] = '\0';
	return is_dax_name(name) ? length : 0;
}

/* Every device without a driver is offered, not only the new one. */
static int new_id_store(struct mhp_sim *sim, void *owner, const char *word)
{
	size_t length = parse_id(word);
	int r;

	if (!*word)
		return 0;
	if (!length)
		return -EINVAL;
	r = driver_add_id(owner, word, length);
	if (r == 0)
		driver_attach_all(sim, owner);
	return r;
}

static int remove_id_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct driver *driver = owner;
	size_t length = parse_id(word), at;

	(void)sim;
	if (!*word)
		return 0;
	if (!length)
		return -EINVAL;
	at = find_id(driver, word, length);
	if (at < driver->n_ids) {
		free(driver->ids[at]);
		driver->ids[at] = driver->ids[--driver->n_ids];
	}
	return 0;
}

static const struct attr bind_attr = { .store = bind_store, .need = driver_need };
static const struct attr unbind_attr = { .store = unbind_store, .need = driver_need };
static const struct attr new_id_attr = { .store = new_id_store, .need = driver_need };
static const struct attr remove_id_attr = { .store = remove_id_store };

/* Whether a driver takes devices by itself once it is loaded. */
static int autoprobe_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)owner;
	buf_add(buf, "%s\n", sim->model.autoprobe ? "1" : "0");
	return 0;
}

static int autoprobe_store(struct mhp_sim *sim, void *owner, const char *word)
{
	(void)owner;
	if (*word)
		sim->model.autoprobe = word[0] != '0';
	return 0;
}

static const struct attr autoprobe_attr = {
	.show = autoprobe_show, .store = autoprobe_store,
};

/* ---- coming and going ---- */

int driver_add(struct mhp_sim *sim, struct node *dir, struct driver **ret_driver)
{
	struct model *model = &sim->model;
	struct driver *driver = calloc(1, sizeof(*driver));
	struct driver **list;

	list = reallocarray(model->drivers, model->n_drivers + 1, sizeof(*list));
	if (list)
		model->drivers = list;
	if (!driver || !list) {
		free(driver);
		return -ENOMEM;
	}
	driver->name = dir->name;
	driver->dir = dir;
	list[model->n_drivers++] = driver;
	model_set_attr(tree_child(dir, "bind"), &bind_attr, driver);
	model_set_attr(tree_child(dir, "unbind"), &unbind_attr, driver);
	model_set_attr(tree_child(dir, "new_id"), &new_id_attr, driver);
	model_set_attr(tree_child(dir, "remove_id"), &remove_id_attr, driver);
	if (ret_driver)
		*ret_driver = driver;
	return 0;
}

void driver_remove(struct mhp_sim *sim, struct driver *driver)
{
	struct model *model = &sim->model;
	size_t at = 0;

	for (size_t i = 0; i < model->n_daxes; i++)
		if (model->daxes[i]->driver == driver)
			detach(sim, model->daxes[i]);
	while (model->drivers[at] != driver)
		at++;
	model->drivers[at] = model->drivers[--model->n_drivers];
	tree_remove(driver->dir);
	driver_free(driver);
}

/* ---- from the capture ---- */

int drivers_load(struct mhp_sim *sim)
{
	struct node *dir = model_dir(sim, DRIVERS_PATH);
	struct node *file = model_file(sim, "/sys/bus/dax/drivers_autoprobe");
	struct node **children;
	size_t count;
	int r;

	sim->model.autoprobe = true;
	if (file && file->text) {
		sim->model.autoprobe = file->text[0] != '0';
		model_set_attr(file, &autoprobe_attr, NULL);
	}
	if (!dir)
		return 0;
	r = tree_copy_children(dir, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r == 0; i++)
		if (children[i]->type == NODE_DIR)
			r = driver_add(sim, children[i], NULL);
	tree_free_children(children, count);
	return r;
}

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
	node_unref(driver->dir);
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
	bool takes_kmem = false;

	if (!dax->is_static)
		takes_kmem = model->kmem_by_default ? holds(model, RULE_TAKES_KMEM) :
						      !holds(model, RULE_TAKES_DEVDAX);
	return !strcmp(driver->name, takes_kmem ? "kmem" : "device_dax");
}

static bool takes(const struct model *model, const struct driver *driver, const struct dax *dax)
{
	return find_id(driver, dax->name, strlen(dax->name)) < driver->n_ids ||
	       driver_is_for(model, driver, dax);
}

/* ---- attaching ---- */

static int attach(struct mhp_sim *sim, struct driver *driver, struct dax *dax)
{
	int r;

	if (dax->driver)
		return holds(&sim->model, RULE_BIND_TWICE) ? -EBUSY : -ENODEV;
	/* a device of size 0 */
	if (dax->has_ranges && !dax->n_ranges)
		return holds(&sim->model, RULE_BIND_EMPTY) ? -ENXIO : -EINVAL;
	r = tree_add_link(dax->dir, "driver", driver->dir);
	if (r == 0)
		r = tree_add_link(driver->dir, dax->name, dax->dir);
	if (r == 0)
		r = is_kmem(driver) ? kmem_probe(sim, dax) : devdax_probe(sim, dax);
	if (r < 0) {
		tree_remove_child(dax->dir, "driver");
		tree_remove_child(driver->dir, dax->name);
		return r;
	}
	dax->driver = driver;
	dax->turn = ++sim->model.turns;
	region_bound(dax);
	dax_tell(sim, dax, "bind");
	return 0;
}

bool driver_detach(struct mhp_sim *sim, struct dax *dax)
{
	bool stays = false;

	if (is_kmem(dax->driver))
		stays = kmem_remove(sim, dax);
	else
		devdax_remove(sim, dax);
	tree_remove_child(dax->dir, "driver");
	tree_remove_child(dax->driver->dir, dax->name);
	dax->driver = NULL;
	dax_tell(sim, dax, "unbind");
	return stays;
}

/* One that is bound stays where it is. */
static bool is_offered(const struct model *model, const struct driver *driver,
		       const struct dax *dax)
{
	return !dax->driver && takes(model, driver, dax);
}

void driver_attach_all(struct mhp_sim *sim, struct driver *driver)
{
	struct model *model = &sim->model;

	for (size_t i = 0; i < model->n_daxes; i++)
		if (is_offered(model, driver, model->daxes[i]))
			(void)attach(sim, driver, model->daxes[i]);
}

/* drivers/base/dd.c, __device_attach() */
void drivers_offer(struct mhp_sim *sim, struct dax *dax)
{
	struct model *model = &sim->model;

	for (size_t i = 0; model->autoprobe && i < model->n_drivers && !dax->driver; i++)
		if (takes(model, model->drivers[i], dax))
			(void)attach(sim, model->drivers[i], dax);
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

	if (!dax)
		return holds(&sim->model, RULE_BIND_UNKNOWN) ? -ENODEV : 0;
	if (!takes(&sim->model, owner, dax) && holds(&sim->model, RULE_BIND_NO_MATCH))
		return -ENODEV;
	return attach(sim, owner, dax);
}

static int unbind_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct dax *dax = dax_find(&sim->model, word);

	if (!dax || dax->driver != owner)
		return holds(&sim->model, RULE_UNBIND_NOT_BOUND) ? -ENODEV : 0;
	if (driver_detach(sim, dax) && !holds(&sim->model, RULE_UNBIND_SILENT))
		return -EBUSY;
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

/* drivers/dax/bus.c, do_id_store(): every device is offered, not only the new one */
static int new_id_store(struct mhp_sim *sim, void *owner, const char *word)
{
	const struct model *model = &sim->model;
	size_t length = parse_id(word);
	int r;

	if (!length)
		return holds(model, RULE_NEW_ID_NAME) ? -EINVAL : 0;
	r = driver_add_id(owner, word, length);
	if (r == 0 && !holds(model, RULE_NEW_ID_ATTACHES))
		return 0;
	for (size_t i = 0; i < model->n_daxes && r == 0; i++) {
		struct dax *dax = model->daxes[i];

		if (!is_offered(model, owner, dax))
			continue;
		if (!same_word(word, dax->name) && !holds(model, RULE_NEW_ID_OTHERS))
			continue;
		r = attach(sim, owner, dax);
		if (r < 0 && holds(model, RULE_NEW_ID_SILENT))
			r = 0;
	}
	return r;
}

static int remove_id_store(struct mhp_sim *sim, void *owner, const char *word)
{
	const struct model *model = &sim->model;
	struct driver *driver = owner;
	size_t length = parse_id(word), at;

	if (!length)
		return holds(model, RULE_REMOVE_ID_NAME) ? -EINVAL : 0;
	at = find_id(driver, word, length);
	if (at == driver->n_ids)
		return holds(model, RULE_REMOVE_ID_UNLISTED) ? 0 : -ENODEV;
	if (holds(model, RULE_REMOVE_ID_FORGETS)) {
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
	/* drivers/base/bus.c, drivers_autoprobe_store() */
	if (word[0] != '0' && word[0] != '1' && !holds(&sim->model, RULE_AUTOPROBE_WORD))
		return -EINVAL;
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
	node_keep(&driver->dir, dir);
	list[model->n_drivers++] = driver;
	model_set_attr(tree_child(dir, "bind"), &bind_attr, driver);
	model_set_attr(tree_child(dir, "unbind"), &unbind_attr, driver);
	model_set_attr(tree_child(dir, "new_id"), &new_id_attr, driver);
	model_set_attr(tree_child(dir, "remove_id"), &remove_id_attr, driver);
	event_set_attr(dir, "drivers");
	if (ret_driver)
		*ret_driver = driver;
	return 0;
}

/* drivers/base/dd.c, driver_detach(): the device that was bound last is given up first. */
static struct dax *next_to_detach(const struct model *model, const struct driver *driver)
{
	bool last = holds(model, RULE_UNLOAD_ORDER);
	struct dax *next = NULL;

	for (size_t i = 0; i < model->n_daxes; i++) {
		struct dax *dax = model->daxes[i];

		/* those that were bound in the capture: in their order */
		if (dax->driver == driver &&
		    (!next || (last ? dax->turn >= next->turn : dax->turn < next->turn)))
			next = dax;
	}
	return next;
}

bool driver_remove(struct mhp_sim *sim, struct driver *driver)
{
	struct model *model = &sim->model;
	bool stays = false;
	struct dax *dax;
	size_t at = 0;

	while ((dax = next_to_detach(model, driver)))
		stays |= driver_detach(sim, dax);
	while (model->drivers[at] != driver)
		at++;
	model->drivers[at] = model->drivers[--model->n_drivers];
	event_send(sim, "remove", driver->dir, "drivers", NULL);
	tree_remove(driver->dir);
	driver_free(driver);
	return stays;
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

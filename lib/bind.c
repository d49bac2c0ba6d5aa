// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Who has a device. Both drivers' bind and unbind files answer when the driver is done
 * (really_probe() in drivers/base/dd.c), so that what came, or stayed, can be
 * looked at right after.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

enum file { BIND, UNBIND, NEW_ID, REMOVE_ID };

/* What the report tells must outlive us. */
static const char *const paths[2][4] = {
	{ DAX_DRIVERS_PATH "/kmem/bind", DAX_DRIVERS_PATH "/kmem/unbind",
	  DAX_DRIVERS_PATH "/kmem/new_id", DAX_DRIVERS_PATH "/kmem/remove_id" },
	{ DAX_DRIVERS_PATH "/device_dax/bind", DAX_DRIVERS_PATH "/device_dax/unbind",
	  DAX_DRIVERS_PATH "/device_dax/new_id", DAX_DRIVERS_PATH "/device_dax/remove_id" },
};

static const char *driver_path(const char *driver, enum file file)
{
	return paths[!strcmp(driver, "device_dax")][file];
}

/* They come with the modules. What it answers is not the kernel's answer to a write. */
static int open_drivers(struct apply *apply)
{
	int r;

	if (apply->drivers.dir)
		return 0;
	r = sysfs_open(apply->ctx, DAX_DRIVERS_PATH, &apply->drivers);
	return r == -ENODEV ? -ENOENT : r;
}

static int write_driver(struct apply *apply, const char *driver, enum file file, const char *word)
{
	const char *path = driver_path(driver, file);
	int r = open_drivers(apply);

	if (r < 0)
		return r;
	return write_file(apply, &apply->drivers, path + strlen(DAX_DRIVERS_PATH "/"), path, word);
}

/* Is this the device's driver now? NULL: none. 1, 0, or why that is not known. */
static int check_driver(struct sysfs_dir *device, const char *driver)
{
	char *now = NULL;
	int r = -EIO;

	for (int i = 0; i < 3 && r < 0 && r != -ENOENT; i++)
		r = sysfs_read_link_name(device, "driver", &now);
	if (r == 0)
		r = driver && !strcmp(now, driver);
	else if (r == -ENOENT)
		r = !driver;
	free(now);
	return r;
}

/* Likewise; a write that was taken stands for what cannot be read. */
static bool has_driver_after(struct sysfs_dir *device, const char *driver, int code)
{
	int r = check_driver(device, driver);

	return r < 0 ? code == 0 : r;
}

/* What cannot be read is as it was found, or as it was made: if nothing has failed. */
static bool has_driver_now(struct apply *apply, size_t index, const char *driver)
{
	const struct apply_part *part = &apply->parts[index];
	int r = check_driver(&apply->parts[index].device, driver);

	if (r >= 0)
		return r;
	if (is_failure(apply->report->reason))
		return false;
	return part->bound || (!part->unbound && !part->released &&
			       is_same(apply->plan->parts[index].driver, driver));
}

bool is_driver_met(struct apply *apply, size_t index)
{
	const struct mhp_plan *plan = apply->plan;

	if (!plan->parts[index].region || !plan->parts[index].provider->changes_driver)
		return true;
	if (plan->goal == MHP_GOAL_PLUGGED ||
	    (plan->goal == MHP_GOAL_ONLINE && apply->parts[index].unbound))
		return has_driver_now(apply, index, "kmem");
	return plan->goal != MHP_GOAL_UNPLUGGED || !plan->to_driver ||
	       has_driver_now(apply, index, plan->to_driver);
}

bool is_driver_as_before(struct apply *apply, size_t index)
{
	const struct apply_part *part = &apply->parts[index];

	return !(part->bound || part->unbound || part->released) ||
	       check_driver(&apply->parts[index].device, apply->plan->parts[index].driver) == 1;
}

static bool any_failed(const struct apply *apply, size_t index)
{
	const struct plan_part *part = &apply->plan->parts[index];

	for (size_t i = part->first; i < part->first + part->count; i++)
		if (has_failed(apply, i))
			return true;
	return false;
}

/* ---- load ---- */

/* A driver that comes takes all devices without one, unless the bus is told not to probe. */
static bool is_autoprobe_off(struct apply *apply, const struct mhp_step *step)
{
	struct sysfs_dir bus = { 0 };
	char now[MHP_ATTR_SIZE + 1];
	int r;

	r = sysfs_open(apply->ctx, DAX_BUS_PATH, &bus);
	if (r == 0)
		r = sysfs_read(&bus, "drivers_autoprobe", now);
	sysfs_close(&bus);
	/* no bus: no device either */
	if (r == -ENOENT || (r == 0 && !strcmp(now, "0")))
		return true;
	blame_setting_moved(apply, step->part, DAX_AUTOPROBE_PATH, r, now, "0",
			    "a driver that is loaded would bind other devices too");
	apply->over = true;
	return false;
}

static bool is_loaded(struct apply *apply, const struct mhp_step *step)
{
	char path[64];

	snprintf(path, sizeof(path), DAX_DRIVERS_PATH "/%s", step->driver);
	return sysfs_dir_exists(apply->ctx, path) == 1;
}

void run_load_step(struct apply *apply, const struct mhp_step *step)
{
	struct text text = { 0 };
	int code;

	if (is_loaded(apply, step) || !is_autoprobe_off(apply, step))
		return;
	code = load_module(apply, step->word);
	if (is_loaded(apply, step))
		return;
	text_add(&text, "loading the module %s: ", step->word);
	if (code == -EPERM)
		text_add(&text, "modprobe's configuration has an install command for it, which is not run");
	else if (code < 0)
		text_add_code(&text, code);
	else
		text_add(&text, "it is there, but not its driver");
	blame_text(apply, step->part, code, apply->cut ? apply->cut : MHP_REASON_MODULE, NULL, &text);
	apply->over = true;
}

/* ---- bind ---- */

/* What the kernel would bind together with a device whose id a driver is told. */
struct others {
	struct apply *apply;
	struct sysfs_dir bus;
	const char *name;
	bool is_static, idle;
	struct text found;
};

/* A device of pmem: its region cannot make devices (drivers/dax/bus.c: is_static()). */
static int check_static(struct others *others, const char *name, bool *ret_static)
{
	struct sysfs_dir device = { 0 };
	char *path, *slash;
	int r;

	r = sysfs_copy_link_path(&others->bus, name, &path);
	if (r < 0)
		return r;
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	r = sysfs_open(others->apply->ctx, path, &device);
	if (r == 0)
		*ret_static = sysfs_exists(&device, "dax_region/create") == -ENOENT;
	sysfs_close(&device);
	free(path);
	return r;
}

/*
 * Writing new_id binds every device without a driver that the driver matches
 * (driver_attach()). Ours it did not match, so neither one of its kind; but kmem
 * matches all that are not static, from 6.3 on, unless dax_hmem made them with
 * region_idle; device_dax matches those that kmem does not.
 */
static int take_other(void *data, const char *name)
{
	struct others *others = data;
	struct sysfs_dir device = { 0 };
	bool is_static = false, unbound;
	char *path;
	int r;

	if (!strcmp(name, others->name))
		return 0;
	r = sysfs_copy_link_path(&others->bus, name, &path);
	if (r == 0)
		r = sysfs_open(others->apply->ctx, path, &device);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	/* who cannot be read may be without one */
	unbound = check_driver(&device, NULL) != 0;
	sysfs_close(&device);
	free(path);
	if (!unbound)
		return 0;
	r = check_static(others, name, &is_static);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (is_static == others->is_static && !others->idle)
		return 0;
	text_add(&others->found, "%s", others->found.length ? ", " : "");
	text_add_escaped(&others->found, name);
	return 0;
}

static bool has_idle_regions(struct mhp_ctx *ctx)
{
	struct sysfs_dir dir = { 0 };
	char buf[MHP_ATTR_SIZE + 1];
	bool idle;

	if (sysfs_open(ctx, MODULE_PATH "/dax_hmem/parameters", &dir) < 0)
		return false;
	idle = sysfs_read(&dir, "region_idle", buf) == 0 && strcmp(buf, "N");
	sysfs_close(&dir);
	return idle;
}

/* Names them in *ret, which stays NULL if there are none. */
static int find_others(struct apply *apply, const char *name, char **ret)
{
	struct others others = { .apply = apply, .name = name };
	int r;

	others.idle = has_idle_regions(apply->ctx);
	r = sysfs_open(apply->ctx, DAX_DEVICES_PATH, &others.bus);
	if (r == 0)
		r = check_static(&others, name, &others.is_static);
	if (r == 0)
		r = sysfs_list(&others.bus, "", take_other, &others);
	sysfs_close(&others.bus);
	if (r == 0 && others.found.length)
		return text_finish(&others.found, ret);
	free(others.found.str);
	return r;
}

/* The driver is to forget the device's name again, or it would bind it whenever it comes. */
static void remove_id(struct apply *apply, const char *driver, const char *name)
{
	const char *path = driver_path(driver, REMOVE_ID);
	int code = -EIO;

	/* an id that stays binds the device some day: some patience */
	for (int i = 0; i < 3 && code < 0 && code != -ENOENT; i++)
		code = write_in_any_case(apply, &apply->drivers,
					 path + strlen(DAX_DRIVERS_PATH "/"), path, name);
	if (code < 0 && code != -ENOENT)
		blame_borrowed(apply, code, path, name);
	else if (!apply->not_returned)
		journal_drop(&apply->journal);
}

/* What came of binding. */
struct bound {
	int code;		/* 0: the driver has it */
	bool ours;		/* ... by what we wrote */
	const char *path;	/* what was written last; NULL: it did not come to that */
	char *others;		/* who would have been bound too: it was not tried */
};

/* The driver does not match it: it is told the device's name, and to forget it again. */
static void bind_by_id(struct apply *apply, size_t part, const char *driver, struct bound *bound)
{
	const char *name = apply->plan->parts[part].region;

	bound->path = NULL;
	bound->code = journal_add(&apply->journal, JOURNAL_ID, driver_path(driver, REMOVE_ID),
				  name, NULL);
	if (bound->code < 0)
		return;
	/* it is bound here and now, and why it was not is not told ... */
	bound->path = driver_path(driver, NEW_ID);
	bound->code = write_driver(apply, driver, NEW_ID, name);
	/* ... but here */
	if (bound->code == 0 && check_driver(&apply->parts[part].device, driver) == 0) {
		bound->path = driver_path(driver, BIND);
		bound->code = write_driver(apply, driver, BIND, name);
	}
	remove_id(apply, driver, name);
}

static void bind_device(struct apply *apply, size_t part, const char *driver,
			struct bound *bound)
{
	const char *name = apply->plan->parts[part].region;
	int r;

	*bound = (struct bound){ .code = open_drivers(apply) };
	if (bound->code < 0)
		return;
	bound->path = driver_path(driver, BIND);
	bound->code = write_driver(apply, driver, BIND, name);
	if (bound->code == -ENODEV) {
		r = find_others(apply, name, &bound->others);
		if (r < 0)
			*bound = (struct bound){ .code = r };
		else if (!bound->others)
			bind_by_id(apply, part, driver, bound);
	}
	/* or was somebody else faster? */
	bound->ours = may_have_written(apply, bound->code);
	if (has_driver_after(&apply->parts[part].device, driver, bound->code))
		bound->code = 0;
	else if (bound->code == 0)
		bound->code = -ENODEV;
}

static void blame_bound(struct apply *apply, size_t part, const char *driver,
			const struct bound *bound)
{
	const char *name = apply->plan->parts[part].region;
	struct text text = { 0 };

	if (bound->others) {
		text_add(&text, "%s does not match it, and telling it the device's name would "
			 "bind also %s", driver, bound->others);
		blame_text(apply, part, 0, MHP_REASON_OTHER_DEVICES, NULL, &text);
	} else if (bound->path) {
		blame_device(apply, part, bound->code, apply->cut ? apply->cut :
			     bound->code == -EBUSY ? MHP_REASON_TAKEN : judge_code(bound->code),
			     bound->path, name);
	} else {
		text_add(&text, "%s does not match it, and what that takes failed: ", driver);
		text_add_code(&text, bound->code);
		blame_text(apply, part, bound->code, judge_code(bound->code), NULL, &text);
	}
}

bool is_policy_as_planned(struct apply *apply, const struct mhp_step *step,
			  enum mhp_online_type policy)
{
	char now[MHP_ATTR_SIZE + 1];
	int r;

	r = sysfs_read(&apply->mem, "auto_online_blocks", now);
	if (r == -ENOENT && policy == MHP_OFFLINE)
		return true;
	if (r == 0 && !strcmp(now, online_word(policy)))
		return true;
	blame_setting_moved(apply, step->part, POLICY_PATH, r, now, online_word(policy), NULL);
	return false;
}

void run_bind_step(struct apply *apply, const struct mhp_step *step)
{
	struct apply_part *part = &apply->parts[step->part];
	const struct plan_part *planned = &apply->plan->parts[step->part];
	bool kmem = !strcmp(step->driver, "kmem");
	struct bound bound = { 0 };

	if (any_failed(apply, step->part))
		return;
	look_at_part(apply, step->part);
	if (check_driver(&part->device, step->driver) != 1) {
		for (size_t i = planned->first; i < planned->first + planned->count; i++)
			if (apply->now[i].state != MHP_STATE_ABSENT) {
				blame_stale(apply, i, MHP_STATE_ABSENT, MHP_ZONE_UNKNOWN);
				return;
			}
		if (kmem && !is_policy_as_planned(apply, step, step->type))
			return;
		bind_device(apply, step->part, step->driver, &bound);
		part->bound = bound.code == 0 && bound.ours;
	}
	look_after_adding(apply, step->part, part->bound ? 0 : -EBUSY);
	if (bound.code < 0)
		blame_bound(apply, step->part, step->driver, &bound);
	else if (kmem && !is_step_met_by_all(apply, step))
		online_leftovers(apply, step->part, driver_path(step->driver, BIND), step->word);
	free(bound.others);
}

/* ---- unbind ---- */

/*
 * It had no file of its own yet when that was planned, as kmem was just being bound to it. By that
 * all blocks can go first; those that are offline only might be onlined by anybody in between.
 */
static void blame_half_made(struct apply *apply, size_t part)
{
	struct text text = { 0 };

	text_add(&text, "the driver was not done with it when this was planned");
	blame_text(apply, part, 0, MHP_REASON_STALE, "plan again", &text);
}

/* Any other block would stay without a driver until a reboot. */
static bool can_unbind(struct apply *apply, const struct mhp_step *step)
{
	const struct plan_part *part = &apply->plan->parts[step->part];
	bool must_go = step->expected_state == MHP_STATE_ABSENT, is_any = false;

	look_at_part(apply, step->part);
	for (size_t i = part->first; i < part->first + part->count; i++) {
		if (apply->now[i].state == MHP_STATE_ABSENT)
			continue;
		if (must_go || apply->now[i].state != MHP_STATE_OFFLINE) {
			blame_stale(apply, i, step->expected_state, MHP_ZONE_UNKNOWN);
			return false;
		}
		is_any = true;
	}
	if (!is_any || !has_device_file(apply, step->part))
		return true;
	blame_half_made(apply, step->part);
	return false;
}

void run_unbind_step(struct apply *apply, const struct mhp_step *step)
{
	const char *path = driver_path(step->driver, UNBIND);
	struct apply_part *part = &apply->parts[step->part];
	bool kmem = !strcmp(step->driver, "kmem");
	int code;

	/* kept blocks may be online still */
	if (any_failed(apply, step->part))
		return;
	if (check_driver(&part->device, step->driver) == 0) {
		/* somebody else was faster */
		look_at_part(apply, step->part);
		if (!is_step_met_by_all(apply, step))
			blame_left_behind(apply, step, true, path);
		return;
	}
	if (!can_unbind(apply, step))
		return;
	/* under another one it could neither be bound nor find its way back */
	if (kmem && step->undo_word && !is_policy_as_planned(apply, step, MHP_OFFLINE))
		return;
	code = write_driver(apply, step->driver, UNBIND, step->word);
	if (!has_driver_after(&part->device, NULL, code)) {
		blame_device(apply, step->part, code, apply->cut ? apply->cut : code < 0 ?
			     judge_code(code) : MHP_REASON_NOT_TAKEN, path, step->word);
		return;
	}
	if (kmem)
		part->unbound = true;
	else
		part->released = true;
	look_after_removing(apply, step->part, 0);
	if (!is_step_met_by_all(apply, step))
		blame_left_behind(apply, step, true, path);
}

/* ---- the way back ---- */

/* kmem lets go of what this call bound, once no block would stay behind. */
static bool undo_bind(struct apply *apply, size_t index, const char *driver)
{
	const struct plan_part *part = &apply->plan->parts[index];
	const char *path = driver_path(driver, UNBIND);
	bool must_go = has_device_file(apply, index);
	int code;

	look_at_part(apply, index);
	for (size_t i = part->first; i < part->first + part->count; i++)
		if (apply->now[i].state != MHP_STATE_ABSENT &&
		    (must_go || apply->now[i].state != MHP_STATE_OFFLINE))
			return false;	/* told as one that is not as before */
	code = write_driver(apply, driver, UNBIND, part->region);
	look_at_part(apply, index);
	if (!has_driver_after(&apply->parts[index].device, NULL, code)) {
		blame_device(apply, index, code, code < 0 ? judge_code(code) :
			     MHP_REASON_NOT_TAKEN, path, part->region);
		return false;
	}
	for (size_t i = part->first; i < part->first + part->count; i++)
		if (apply->now[i].state != MHP_STATE_ABSENT)
			blame_block(apply, i, 0, MHP_REASON_STRANDED, path, part->region);
	return true;
}

/* The step that took kmem from the part; NULL: there is no way back from it. */
static const struct mhp_step *find_way_back(const struct apply *apply, size_t index)
{
	for (size_t i = 0; i < apply->plan->n_steps; i++) {
		const struct mhp_step *step = &apply->plan->steps[i];

		if (step->kind == MHP_STEP_UNBIND && step->part == index && step->undo_word)
			return step;
	}
	return NULL;
}

/* It had no blocks: it comes back with blocks that are offline, and is unplugged. */
static void undo_unbinding(struct apply *apply, size_t index)
{
	const struct mhp_step *step = find_way_back(apply, index);
	struct bound bound;

	/* what was bound since is unplugged by now */
	if (!step || check_driver(&apply->parts[index].device, NULL) != 1 ||
	    !is_policy_as_planned(apply, step, MHP_OFFLINE))
		return;
	bind_device(apply, index, "kmem", &bound);
	if (bound.code == 0) {
		look_after_adding(apply, index, bound.ours ? 0 : -EBUSY);
		if (bound.ours)
			undo_device(apply, index,
				    mhp_device_state_to_str(MHP_DEVICE_STATE_UNPLUGGED));
	} else {
		blame_bound(apply, index, "kmem", &bound);
	}
	free(bound.others);
}

void undo_binding(struct apply *apply, size_t index)
{
	const char *driver = apply->plan->goal == MHP_GOAL_UNPLUGGED ? apply->plan->to_driver :
								       "kmem";
	struct apply_part *part = &apply->parts[index];
	struct bound bound;

	if (!goes_on(apply))
		return;
	if (part->unbound) {
		undo_unbinding(apply, index);
		return;
	}
	if (part->bound && !undo_bind(apply, index, driver))
		return;
	if (!part->released || !goes_on(apply))
		return;
	bind_device(apply, index, "device_dax", &bound);
	if (bound.code < 0)
		blame_bound(apply, index, "device_dax", &bound);
	free(bound.others);
}

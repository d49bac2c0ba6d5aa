// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Steps that change who has a device: plug makes it System RAM with a type, unplug
 * gives it back. Memory that kmem adds is onlined by the system's policy, on all
 * kernels: to give one device its own type without a window, the policy is
 * borrowed. Loading a driver binds every device that matches and has none, so
 * drivers_autoprobe is borrowed as 0 meanwhile (bus_add_driver() in
 * drivers/base/bus.c).
 *
 * The kernel onlines what it adds upwards, at a cost that is quadratic (order.c). Who asks
 * for it (MHP_RULE_PER_BLOCK) gets it added offline and onlined downwards, with a window:
 * the policy is borrowed as "offline". Also where kmem has it, unplugged (7.3): nothing but
 * a bind adds blocks and leaves them offline.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

#define HINT_REBOOT "such memory can be onlined and offlined block by block, and leaves upon a reboot only"

/* ---- single steps ---- */

/*
 * All blocks have gone (7.3), or are offline: an online one would stay behind. What kmem
 * gave up nobody can give it back as it was, but for what comes back offline and can then be
 * unplugged (comes_back).
 */
static int add_unbind(struct plan_part *part, const char *driver, bool comes_back)
{
	bool kmem = !strcmp(driver, "kmem");
	struct mhp_step step = {
		.kind = MHP_STEP_UNBIND,
		.part = part_index(part),
		.driver = driver,
		.word = part->region,
		.undo_word = kmem && !comes_back ? NULL : part->region,
		.expected_state = kmem && !part->device_word ? MHP_STATE_OFFLINE :
							       MHP_STATE_ABSENT,
		.wanted_state = MHP_STATE_ABSENT,
	};
	struct mhp_conflict warning = { .code = MHP_WARNING_NOT_UNDOABLE };
	struct text text = { 0 };
	int r = plan_add_step(part->plan, &step);

	if (r < 0 || step.undo_word)
		return r;
	text_add(&text, "unbinding %s from kmem cannot be undone", part->region);
	if (!part->device_word)
		text_add(&text, "; a block that another program onlines just before it stays "
			 "without a driver until reboot");
	return conflicts_add(&part->plan->warnings, &warning, &text);
}

static int add_bind(struct plan_part *part, const char *driver, enum mhp_state wanted,
		    enum mhp_online_type type)
{
	struct mhp_step step = {
		.kind = MHP_STEP_BIND,
		.part = part_index(part),
		.driver = driver,
		.word = part->region,
		.undo_word = part->region,
		.expected_state = MHP_STATE_ABSENT,
		.wanted_state = wanted,
		.type = type,
	};

	return plan_add_step(part->plan, &step);
}

/* ---- plug ---- */

static bool has_driver(const struct plan_part *part, const char *driver)
{
	return part->driver && !strcmp(part->driver, driver);
}

bool is_added_per_block(const struct plan_part *part)
{
	const struct mhp_plan *plan = part->plan;

	if (!(plan->rules & MHP_RULE_PER_BLOCK) || !part->region ||
	    !part->provider->changes_driver)
		return false;
	/* where the kernel chooses the zone it goes upwards in any case */
	if (plan->type != MHP_ONLINE_KERNEL && plan->type != MHP_ONLINE_MOVABLE)
		return false;
	if (is_bound(part))
		return device_says(part, "unplugged") && !count_blocks(part, is_present);
	return plan->goal == MHP_GOAL_PLUGGED;
}

bool plan_adds_per_block(const struct mhp_plan *plan)
{
	for (size_t i = 0; i < plan->n_parts; i++)
		if (is_added_per_block(&plan->parts[i]))
			return true;
	return false;
}

/* Does kmem have to be bound to it? What is unplugged cannot be plugged as "offline" else. */
static bool needs_binding(const struct plan_part *part)
{
	if (!part->region || !part->provider->changes_driver)
		return false;
	if (is_added_per_block(part))
		return true;
	return part->plan->goal == MHP_GOAL_PLUGGED &&
	       (!is_bound(part) || (part->plan->type == MHP_OFFLINE &&
				    device_says(part, "unplugged")));
}

/* As what are blocks to come, so that the plan can make of them what is wanted? */
static enum mhp_online_type wanted_at_adding(const struct mhp_plan *plan)
{
	return plan_adds_per_block(plan) ? MHP_OFFLINE : plan->type;
}

static bool is_borrowed(const struct mhp_plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].kind == MHP_STEP_BORROW && !strcmp(plan->steps[i].path, path))
			return true;
	return false;
}

enum mhp_online_type plan_type_at_adding(const struct mhp_plan *plan)
{
	if (is_borrowed(plan, POLICY_PATH))
		return wanted_at_adding(plan);
	/* a kernel without the file onlines nothing by itself */
	return plan->system.policy_code == 0 ? plan->system.policy : MHP_OFFLINE;
}

int plan_bind(struct plan_part *part)
{
	struct mhp_plan *plan = part->plan;
	enum mhp_online_type type = plan_type_at_adding(plan);
	int r = 0;

	if (part->driver)
		r = add_unbind(part, is_bound(part) ? "kmem" : "device_dax",
			       type == MHP_OFFLINE);
	if (r == 0)
		r = add_bind(part, "kmem", type == MHP_OFFLINE ? MHP_STATE_OFFLINE :
								 MHP_STATE_ONLINE, type);
	if (r == 0 && type == MHP_OFFLINE && plan->type != MHP_OFFLINE &&
	    !is_added_per_block(part))
		r = plan_online_blocks(part);
	return r;
}

static int compare_downwards(const void *a, const void *b)
{
	const struct mhp_step *x = a, *y = b;
	uint64_t x_id = x->plan->blocks[x->block].id, y_id = y->plan->blocks[y->block].id;

	return x_id > y_id ? -1 : x_id < y_id;
}

/* Downwards also from part to part: they may be of one zone. */
int plan_online_added(struct mhp_plan *plan)
{
	size_t first = plan->n_steps;
	int r = 0;

	for (size_t i = 0; i < plan->n_parts && r == 0; i++)
		if (is_added_per_block(&plan->parts[i]))
			r = plan_online_blocks(&plan->parts[i]);
	if (plan->n_steps > first)
		qsort(plan->steps + first, plan->n_steps - first, sizeof(*plan->steps),
		      compare_downwards);
	return r;
}

int plan_plug(struct plan_part *part)
{
	struct mhp_plan *plan = part->plan;
	struct text text = { 0 };
	char *message;
	int r;

	if (!part->region)
		return find_fault(part, MHP_CONFLICT_NOT_DEVICE,
				  "has memory that belongs to no device which could be plugged",
				  NULL);
	if (!needs_binding(part)) {
		if (count_blocks(part, is_met) == part->count)
			return 0;
		return plan->type == MHP_OFFLINE ? plan_offline(part) : plan_online(part);
	}
	if (count_blocks(part, is_present))
		return find_faults(part, MHP_CONFLICT_STRANDED, is_present,
				   "stayed behind when the driver was unbound from them",
				   HINT_REBOOT);
	if (!part->driver || is_bound(part) || has_driver(part, "device_dax"))
		return plan_bind(part);
	text_add(&text, "has the driver ");
	text_add_escaped(&text, part->driver);
	r = text_finish(&text, &message);
	if (r < 0)
		return r;
	r = find_fault(part, MHP_CONFLICT_NOT_DEVICE, message, "unbind it from that driver first");
	free(message);
	return r;
}

/* ---- unplug ---- */

static int plan_remove(struct plan_part *part)
{
	int r;

	if (!is_bound(part) || device_says(part, "unplugged"))
		return find_faults(part, MHP_CONFLICT_STRANDED, is_present,
				   "stayed behind when the driver was unbound from them",
				   HINT_REBOOT);
	if (part->device_word)
		return plan_unplug_device(part);
	r = find_faults(part, MHP_CONFLICT_SPANS_ZONES, spans_zones,
			"span zones and can never go offline", NULL);
	return r < 0 ? r : plan_offline_blocks(part, is_online);
}

int plan_unplug(struct plan_part *part)
{
	if (!part->region)
		return find_faults(part, MHP_CONFLICT_NOT_WHOLE, is_present,
				   "are no region as a whole, and no kernel can remove single "
				   "blocks", "take them offline, or name the region");
	return count_blocks(part, is_present) ? plan_remove(part) : 0;
}

int plan_leave(struct plan_part *part)
{
	struct mhp_plan *plan = part->plan;
	bool give = plan->to_driver && !has_driver(part, plan->to_driver);
	int r = 0;

	if (give && part->driver && !is_bound(part))
		return find_fault(part, MHP_CONFLICT_NOT_DEVICE, "has another driver",
				  "unbind it from that driver first");
	/* before 7.3 unbinding is what removes the blocks */
	if (is_bound(part) &&
	    (give || (!part->device_word && count_blocks(part, is_present))))
		r = add_unbind(part, "kmem", false);
	if (r == 0 && give)
		r = add_bind(part, "device_dax", MHP_STATE_ABSENT, MHP_OFFLINE);
	return r;
}

/* ---- borrowing ---- */

static int find_system_fault(struct mhp_plan *plan, enum mhp_conflict_code code,
			     const char *message, const char *hint)
{
	struct mhp_conflict conflict = { .code = code, .hint = hint };
	struct text text = { 0 };

	text_add(&text, "%s %s", plan->target, message);
	return conflicts_add(&plan->conflicts, &conflict, &text);
}

static int borrow(struct mhp_plan *plan, const char *path, const char *word, const char *before)
{
	struct mhp_step step = {
		.kind = MHP_STEP_BORROW, .path = path, .word = word, .undo_word = before,
	};

	if (plan->system.contained)
		return find_system_fault(plan, MHP_CONFLICT_CONTAINED,
				"needs a setting of the whole system to be borrowed, and this is a "
				"container with a " RUN_PATH " of its own, or has no /proc, by "
				"which that is told",
				"run it on the host, or share the host's " RUN_PATH);
	return plan_add_step(plan, &step);
}

static int borrow_policy(struct mhp_plan *plan)
{
	struct mhp_conflict conflict = {
		.code = MHP_CONFLICT_POLICY,
		.hint = "allow the policy to be borrowed, or set it to the wanted type first",
	};
	const struct plan_system *system = &plan->system;
	enum mhp_online_type wanted = wanted_at_adding(plan);
	bool per_block = plan_adds_per_block(plan);
	struct text text = { 0 };

	if (system->policy_code == -ENODATA ||
	    (system->policy_code == 0 && system->policy == wanted))
		return 0;
	if (system->policy_code < 0)
		return find_system_fault(plan, MHP_CONFLICT_UNREADABLE,
				"is onlined by the system's policy when it comes, and "
				POLICY_PATH " could not be read", NULL);
	if (!(plan->rules & MHP_RULE_BORROW)) {
		if (system->policy == MHP_OFFLINE || !is_elsewhere(system->policy, wanted))
			return 0;
		text_add(&text, "%s would be onlined as %s by the system's policy (" POLICY_PATH
			 "), and is to be %s%s", plan->target, online_word(system->policy),
			 per_block ? "added offline and onlined block by block as " : "",
			 online_word(plan->type));
		if (per_block)
			conflict.hint = "allow the policy to be borrowed, or set it to offline first";
		return conflicts_add(&plan->conflicts, &conflict, &text);
	}
	return borrow(plan, POLICY_PATH, online_word(wanted), online_word(system->policy));
}

static int warn_of_others(struct mhp_plan *plan)
{
	struct mhp_conflict warning = { .code = MHP_WARNING_OTHERS };
	struct text text = { 0 };

	text_add(&text, "memory that anybody else adds while the policy is borrowed becomes %s too",
		 online_word(wanted_at_adding(plan)));
	return conflicts_add(&plan->warnings, &warning, &text);
}

static bool is_given(const struct plan_part *part)
{
	return part->region && part->provider->changes_driver &&
	       !has_driver(part, part->plan->to_driver);
}

/* The driver that some part needs and that is not there yet; NULL: none. */
static const char *missing_driver(const struct mhp_plan *plan)
{
	bool plug = plan->goal == MHP_GOAL_PLUGGED;
	bool give = plan->goal == MHP_GOAL_UNPLUGGED && plan->to_driver;

	if (!(plug && !plan->system.has_kmem) && !(give && !plan->system.has_device_dax))
		return NULL;
	for (size_t i = 0; i < plan->n_parts; i++)
		if (plug ? needs_binding(&plan->parts[i]) : is_given(&plan->parts[i]))
			return plug ? "kmem" : "device_dax";
	return NULL;
}

static int give_back(struct mhp_plan *plan, const char *path, const char *word)
{
	struct mhp_step step = { .kind = MHP_STEP_RETURN, .path = path, .word = word };

	return plan_add_step(plan, &step);
}

/* First of all, and with autoprobe back at once: devices that come meanwhile are not probed. */
static int plan_load(struct mhp_plan *plan, const char *driver)
{
	struct mhp_step load = { .kind = MHP_STEP_LOAD, .driver = driver, .word = driver };
	bool probes = plan->system.autoprobe;
	int r = 0;

	if (probes && !(plan->rules & MHP_RULE_BORROW))
		return find_system_fault(plan, MHP_CONFLICT_OTHER_DEVICES,
					 "needs a driver to be loaded, which would bind every device "
					 "of the dax bus that has none",
					 "load the driver's module first, or allow to borrow the "
					 "bus's drivers_autoprobe");
	if (probes)
		r = borrow(plan, DAX_AUTOPROBE_PATH, "0", "1");
	if (r == 0)
		r = plan_add_step(plan, &load);
	if (r == 0 && probes)
		r = give_back(plan, DAX_AUTOPROBE_PATH, "1");
	return r;
}

/* Are there units that are to come? */
static bool adds_units(const struct plan_part *part)
{
	return part->provider && part->provider->plugs_blocks && count_blocks(part, is_absent);
}

int plan_begin_borrowing(struct mhp_plan *plan)
{
	const char *driver = missing_driver(plan);
	bool binds = false;
	int r = 0;

	if (driver)
		r = plan_load(plan, driver);
	for (size_t i = 0; i < plan->n_parts; i++)
		binds |= needs_binding(&plan->parts[i]) ||
			 (plan->goal == MHP_GOAL_PLUGGED && adds_units(&plan->parts[i]));
	return r < 0 || !binds ? r : borrow_policy(plan);
}

int plan_end_borrowing(struct mhp_plan *plan)
{
	int r;

	if (plan->conflicts.count || !is_borrowed(plan, POLICY_PATH))
		return 0;
	r = warn_of_others(plan);
	return r < 0 ? r : give_back(plan, POLICY_PATH, online_word(plan->system.policy));
}

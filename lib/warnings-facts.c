// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the machine around a plan has against it: its udev rules, which
 * online memory elsewhere before the plan does; what the kernel needs to manage
 * more memory; how much of it is in Movable then.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "internal.h"
#include "udev.h"

static int warn(struct mhp_plan *plan, enum mhp_conflict_code code, struct text *text,
		const char *hint)
{
	struct mhp_conflict warning = { .code = code, .hint = hint };

	return conflicts_add(&plan->warnings, &warning, text);
}

static int forbid(struct mhp_plan *plan, enum mhp_conflict_code code, struct text *text,
		  const char *hint)
{
	struct mhp_conflict conflict = { .code = code, .hint = hint };

	return conflicts_add(&plan->conflicts, &conflict, text);
}

/* ---- what was not checked ---- */

/* The first file at or below one of some paths that was not understood, or not read. */
static void add_not_checked(struct text *text, const struct mhp_snapshot *snap,
			    const char *what, int code, const char *const *paths)
{
	const struct problem *problem = NULL;

	for (; *paths && !problem; paths++)
		problem = problems_find(&snap->problems, *paths);
	text_add(text, "%s: ", what);
	if (problem)
		text_add_problem(text, problem);
	else
		text_add_code(text, code);
}

static int warn_not_checked(struct mhp_plan *plan, const struct mhp_snapshot *snap,
			    const char *what, int code, const char *const *paths)
{
	struct text text = { 0 };

	add_not_checked(&text, snap, what, code, paths);
	return warn(plan, MHP_WARNING_NOT_CHECKED, &text, NULL);
}

static int warn_not_gathered(struct mhp_plan *plan)
{
	struct text text = { 0 };

	text_add(&text, "udev rules, free memory and the ratio of Movable were not checked: the "
		 "snapshot was made without MHP_SNAPSHOT_FOR_PLANS");
	return warn(plan, MHP_WARNING_NOT_CHECKED, &text, NULL);
}

/* ---- what the plan does, as far as it matters here ---- */

/* What a plan adds to Movable, and takes from the kernel's zones; in blocks. */
struct shift {
	uint64_t to_movable, from_kernel;
};

struct outlook {
	struct mhp_plan *plan;
	const struct mhp_snapshot *snap;
	bool is_bound_anew;	/* a driver is bound: the kernel adds blocks as its policy says */
	uint64_t needs_memmap;	/* blocks whose memmap comes from the kernel's zones */
	struct shift all, *nodes;	/* nodes as in the snapshot */
};

/* The region that a block belongs to, or will. */
static const struct mhp_region *find_owner(const struct mhp_snapshot *snap, uint64_t id)
{
	const struct mhp_block *block = snapshot_find_block(snap, id);
	const struct mhp_region *region;

	if (block)
		return mhp_snapshot_get_block_region(snap, block);
	region = regions_find_block(&snap->regions, REGION_DEEP, id);
	return region ? region : regions_find_block(&snap->regions, REGION_ABOVE, id);
}

/* Written to the device, a type goes to its blocks under the kernel's own lock. */
static bool device_can_add(const struct mhp_plan *plan, const struct mhp_region *region)
{
	return region && is_same(region->driver, "kmem") && plan->type != MHP_OFFLINE &&
	       region->device_state == MHP_DEVICE_STATE_UNPLUGGED;
}

/* Both the device and the system must say so. */
static bool holds_memmap(const struct mhp_snapshot *snap, const struct mhp_region *region)
{
	return region && region->holds_memmap && snap->policy.memmap_code == 0 &&
	       !is_same(snap->policy.memmap, "N");
}

static void add_shift(struct outlook *outlook, const struct plan_block *block,
		      const struct mhp_region *region)
{
	const struct mhp_block *now = snapshot_find_block(outlook->snap, block->id);
	bool from_kernel = block->state == MHP_STATE_ONLINE && zone_is_kernel(block->zone);
	const struct mhp_node *known;
	int node = now && now->node != BLOCK_NO_NODE ? (int)now->node :
		   region && region->node_code == 0 ? region->node : -1;

	outlook->all.to_movable++;
	outlook->all.from_kernel += from_kernel;
	known = snapshot_find_node(outlook->snap, node);
	if (!known)
		return;
	outlook->nodes[known - outlook->snap->nodes].to_movable++;
	outlook->nodes[known - outlook->snap->nodes].from_kernel += from_kernel;
}

static void look_ahead(struct outlook *outlook)
{
	const struct mhp_plan *plan = outlook->plan;

	for (size_t i = 0; i < plan->n_blocks; i++) {
		const struct plan_block *block = &plan->blocks[i];
		const struct mhp_region *region = find_owner(outlook->snap, block->id);

		if (block->state == MHP_STATE_ABSENT) {
			outlook->needs_memmap += !holds_memmap(outlook->snap, region);
			outlook->is_bound_anew |= plan->goal == MHP_GOAL_PLUGGED &&
						  !device_can_add(plan, region);
		}
		if (plan->type == MHP_ONLINE_MOVABLE &&
		    !is_as_wanted(MHP_GOAL_ONLINE, plan->type, block->state, block->zone))
			add_shift(outlook, block, region);
	}
}

/* ---- who else onlines it ---- */

#define HINT_MASK "an empty file of the same name in /etc/udev/rules.d masks it"
#define HINT_MASK_OR_BORROW HINT_MASK "; or allow the system's policy to be borrowed"

/* "dax0.0 would be onlined as online by ", which the caller goes on with */
static void add_onlined(struct text *text, const struct mhp_plan *plan, const char *verb,
			const char *word)
{
	text_add(text, "%s %s be onlined", mhp_plan_get_target(plan), verb);
	if (word)
		text_add(text, " as %s", word);
	text_add(text, " by ");
}

/* ", and is to be online_movable" */
static void add_wish(struct text *text, const struct mhp_plan *plan)
{
	if (plan->type == MHP_OFFLINE)
		text_add(text, ", and is to stay offline");
	else
		text_add(text, ", and is to be %s", online_word(plan->type));
}

static void add_rule(struct text *text, const struct mhp_plan *plan, const char *verb,
		     const struct udev_rule *rule)
{
	add_onlined(text, plan, verb, udev_rule_word(rule));
	text_add(text, "the udev rule ");
	text_add_escaped(text, rule->path);
	text_add(text, ":%u", rule->line);
	add_wish(text, plan);
}

static const char *const rules_paths[] = {
	"/etc/udev", "/run/udev", "/usr/local/lib/udev", "/usr/lib/udev", "/lib/udev", NULL,
};
#define RULES_UNKNOWN "not all udev rules are known"

static int check_rules(struct outlook *outlook, bool can_borrow)
{
	const struct udev_rules *rules = &outlook->snap->facts.udev;
	struct mhp_plan *plan = outlook->plan;
	const char *hint = can_borrow ? HINT_MASK_OR_BORROW : HINT_MASK;
	const struct udev_rule *rule;
	enum rule_danger danger;
	struct text text = { 0 };
	int r = 0;

	danger = find_dangerous_rule(rules, plan->type, &rule);
	if (danger == RULE_WOULD) {
		add_rule(&text, plan, "would", rule);
		return forbid(plan, MHP_CONFLICT_UDEV_RULE, &text, hint);
	}
	if (danger == RULE_MAY) {
		add_rule(&text, plan, "may", rule);
		r = warn(plan, MHP_WARNING_UDEV_RULE, &text, hint);
	}
	if (r == 0 && rules->code < 0)
		r = warn_not_checked(plan, outlook->snap, RULES_UNKNOWN, rules->code,
				     rules_paths);
	return r;
}

/* ---- what comes offline, to be onlined block by block ---- */

#define HINT_WHOLE "have it onlined as a whole, not block by block"

/*
 * A rule that is certain to online what comes, else one that may; NULL: none. The device is
 * there and is bound only, so that what happens when one appears does not matter.
 */
static const struct udev_rule *find_onlining_rule(const struct udev_rules *rules)
{
	const struct udev_rule *may = NULL;

	for (size_t i = 0; i < rules->count; i++) {
		const struct udev_rule *rule = &rules->list[i];

		if (!rule->may)
			return rule;
		if (!may && (!rule->dax || rule->bound))
			may = rule;
	}
	return may;
}

/*
 * Whatever a rule makes of it, right or wrong, and whether it does so for certain: it would
 * be at work in the midst of ours. Nobody runs into that without having asked for it.
 */
static int check_window(struct outlook *outlook)
{
	const struct udev_rules *rules = &outlook->snap->facts.udev;
	const struct udev_rule *rule = find_onlining_rule(rules);
	bool gathered = outlook->snap->facts.gathered;
	struct mhp_plan *plan = outlook->plan;
	struct text text = { 0 };

	if (rule) {
		add_rule(&text, plan, rule->may ? "may" : "would", rule);
		text_add(&text, " block by block");
		return forbid(plan, MHP_CONFLICT_UDEV_RULE, &text, HINT_WHOLE "; or: " HINT_MASK);
	}
	if (!gathered || rules->code < 0) {
		text_add(&text, "memory of %s would come offline, and ", mhp_plan_get_target(plan));
		if (gathered)
			add_not_checked(&text, outlook->snap, RULES_UNKNOWN, rules->code,
					rules_paths);
		else
			text_add(&text, "which udev rules online it then is not known: the snapshot "
				 "was made without MHP_SNAPSHOT_FOR_PLANS");
		return forbid(plan, MHP_CONFLICT_UNREADABLE, &text, HINT_WHOLE);
	}
	text_add(&text, "memory of %s comes offline, and until a block is %s anybody else may "
		 "online it elsewhere", mhp_plan_get_target(plan), online_word(plan->type));
	return warn(plan, MHP_WARNING_WINDOW, &text, NULL);
}

/*
 * Binding adds blocks under the system's policy, and what that onlines no rule can online
 * elsewhere: the kernel holds its lock meanwhile. Blocks that it leaves offline are
 * udev's as soon as ours.
 */
static int check_others(struct outlook *outlook)
{
	const struct plan_system *system = &outlook->plan->system;
	struct mhp_plan *plan = outlook->plan;
	bool borrows = plan->rules & MHP_RULE_BORROW;
	/* without the file there is no such policy: before 4.6 */
	enum mhp_online_type type = system->policy_code < 0 ? MHP_OFFLINE : system->policy;

	if (plan_adds_per_block(plan))
		return check_window(outlook);
	if (!outlook->is_bound_anew)
		return 0;
	if (borrows && system->policy_code == 0)
		type = plan->type;
	if (type != MHP_OFFLINE || !outlook->snap->facts.gathered)
		return 0;
	return check_rules(outlook, !borrows && plan->type != MHP_OFFLINE);
}

/* ---- memory that the kernel needs, and the ratio ---- */

static uint64_t saturate(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* Not to the byte: what is free changes all the time. */
static void add_rough_bytes(struct text *text, uint64_t bytes)
{
	text_add_bytes(text, bytes >> 20 ? bytes >> 20 << 20 : bytes);
}

static int check_memmap(struct outlook *outlook)
{
	const struct facts *facts = &outlook->snap->facts;
	struct mhp_plan *plan = outlook->plan;
	struct text text = { 0 };
	struct zone_sums sums;
	uint64_t added = saturate(outlook->needs_memmap, plan->block_size);
	uint64_t need = memmap_bytes(added, facts->page_size), free;

	zoneinfo_sum(&facts->zones, -1, &sums);
	free = saturate(sums.kernel_free, facts->page_size);
	if (need <= free)
		return 0;
	text_add(&text, "to manage ");
	text_add_bytes(&text, added);
	text_add(&text, " more the kernel needs ");
	text_add_bytes(&text, need);
	text_add(&text, " in its own zones, where ");
	add_rough_bytes(&text, free);
	text_add(&text, " are free");
	return warn(plan, MHP_WARNING_MEMMAP, &text,
		    "free some memory first, or add less at a time");
}

/* Warns if what is in Movable then, on a node or (-1) on all of them, is too much. */
static int check_ratio_of(struct outlook *outlook, int node, const struct shift *shift,
			  bool *ret_above)
{
	const struct facts *facts = &outlook->snap->facts;
	unsigned int limit = outlook->snap->policy.ratio_percent;
	uint64_t pages = outlook->plan->block_size / facts->page_size;
	uint64_t moved = saturate(shift->to_movable, pages);
	uint64_t taken = saturate(shift->from_kernel, pages);
	struct text text = { 0 };
	struct zone_sums sums;
	uint64_t percent;

	zoneinfo_sum(&facts->zones, node, &sums);
	if (__builtin_add_overflow(sums.movable_present, moved, &sums.movable_present))
		sums.movable_present = UINT64_MAX;
	sums.kernel_present -= taken < sums.kernel_present ? taken : sums.kernel_present;
	/* a node that has none for the kernel is meant to be all Movable */
	if (!shift->to_movable || (node >= 0 && !sums.kernel_present))
		return 0;
	*ret_above = is_above_ratio(sums.movable_present, sums.kernel_present, limit);
	if (!*ret_above)
		return 0;
	percent = ratio_percent(sums.movable_present, sums.kernel_present);
	text_add(&text, "Movable will have ");
	add_rough_bytes(&text, saturate(sums.movable_present, facts->page_size));
	text_add(&text, " and the kernel's zones ");
	add_rough_bytes(&text, saturate(sums.kernel_present, facts->page_size));
	if (node >= 0)
		text_add(&text, " on node %d", node);
	if (percent != UINT64_MAX)
		text_add(&text, ", %" PRIu64 " %%", percent);
	text_add(&text, ": more than auto_movable_ratio, %u %%", limit);
	return warn(outlook->plan, MHP_WARNING_RATIO, &text,
		    "the kernel may run short of memory for itself; online some of it as "
		    "online_kernel");
}

static int check_ratio(struct outlook *outlook)
{
	static const char *const path[] = {
		"/sys/module/memory_hotplug/parameters", NULL,
	};
	const struct mhp_snapshot *snap = outlook->snap;
	bool above = false;
	int r;

	if (snap->policy.ratio_code == -ENODATA)
		return 0;	/* before 5.15 nobody had set one */
	if (snap->policy.ratio_code < 0)
		return warn_not_checked(outlook->plan, snap, "the ratio of Movable was not checked",
					snap->policy.ratio_code, path);
	r = check_ratio_of(outlook, -1, &outlook->all, &above);
	if (snap->policy.numa_aware_code < 0 || !snap->policy.numa_aware)
		return r;
	/* once is enough */
	for (size_t i = 0; i < snap->n_nodes && r == 0 && !above; i++)
		r = check_ratio_of(outlook, snap->nodes[i].id, &outlook->nodes[i], &above);
	return r;
}

static int check_sizes(struct outlook *outlook)
{
	static const char *const path[] = { "/proc/zoneinfo", NULL };
	int code = outlook->snap->facts.zones.code, r = 0;

	if (!outlook->needs_memmap && !outlook->all.to_movable)
		return 0;
	if (!outlook->snap->facts.gathered)
		return warn_not_gathered(outlook->plan);
	if (code < 0)
		return warn_not_checked(outlook->plan, outlook->snap,
					"free memory and the ratio of Movable were not checked",
					code, path);
	if (outlook->needs_memmap)
		r = check_memmap(outlook);
	if (r == 0 && outlook->all.to_movable)
		r = check_ratio(outlook);
	return r;
}

/* ---- the whole ---- */

int plan_add_fact_warnings(struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	struct outlook outlook = { .plan = plan, .snap = snap };
	/* of a plan that cannot be carried out nobody wants to know what it would lead to */
	int r;

	if (plan->conflicts.count)
		return 0;
	if (plan->goal != MHP_GOAL_ONLINE && plan->goal != MHP_GOAL_PLUGGED)
		return 0;
	outlook.nodes = calloc(snap->n_nodes + 1, sizeof(*outlook.nodes));
	if (!outlook.nodes)
		return -ENOMEM;
	look_ahead(&outlook);
	r = check_others(&outlook);
	if (r == 0 && !plan->conflicts.count)
		r = check_sizes(&outlook);
	free(outlook.nodes);
	return r;
}

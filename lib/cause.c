// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Conclusions from where memory is. The kernel onlines what is added by its policy before
 * anybody hears of it (memory_block_online() below the hotplug lock, mm/memory_hotplug.c), so
 * that a udev rule gets only what that policy leaves offline.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cause.h"
#include "udev.h"

MHP_EXPORT const char *mhp_cause_kind_to_str(enum mhp_cause_kind kind)
{
	static const char *const words[] = {
		[MHP_CAUSE_UNKNOWN] = "unknown",
		[MHP_CAUSE_SELF] = "self",
		[MHP_CAUSE_LIBMHP] = "libmhp",
		[MHP_CAUSE_SYSTEM_POLICY] = "system-policy",
		[MHP_CAUSE_UDEV_RULE] = "udev-rule",
		[MHP_CAUSE_DEVICE] = "device",
		[MHP_CAUSE_HOST] = "host",
	};

	return (size_t)kind < ARRAY_SIZE(words) ? words[kind] : words[0];
}

/* ---- text ---- */

__attribute__((format(printf, 2, 0)))
static void add_va(struct cause *cause, const char *format, va_list ap)
{
	size_t length = strlen(cause->text);

	vsnprintf(cause->text + length, sizeof(cause->text) - length, format, ap);
}

void cause_set(struct cause *cause, enum mhp_cause_kind kind, const char *format, ...)
{
	va_list ap;

	cause->kind = kind;
	*cause->text = '\0';
	va_start(ap, format);
	add_va(cause, format, ap);
	va_end(ap);
}

void cause_add(struct cause *cause, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add_va(cause, format, ap);
	va_end(ap);
}

void cause_add_escaped(struct cause *cause, const char *str)
{
	for (; *str; str++) {
		unsigned char c = (unsigned char)*str;

		cause_add(cause, c >= ' ' && c <= '~' && c != '\\' ? "%c" : "\\x%02x", c);
	}
}

static const char *sureness(bool sure)
{
	return sure ? "probably" : "perhaps";
}

/* ---- does it fit? ---- */

/*
 * A plain "online" under contig-zones goes to Movable only where Movable is already
 * (default_zone_for_pfn()), which nobody sees afterwards.
 */
enum cause_fit type_fits_zone(enum mhp_online_type type, enum mhp_zone zone, bool auto_movable)
{
	bool kernel = zone_is_kernel(zone), movable = zone == MHP_ZONE_MOVABLE;

	if (type == MHP_OFFLINE)
		return FITS_NOT;
	if (zone == MHP_ZONE_UNKNOWN)
		return FITS_PERHAPS;
	switch (type) {
	case MHP_ONLINE_KERNEL:
		return kernel ? FITS : FITS_NOT;
	case MHP_ONLINE_MOVABLE:
		return movable ? FITS : FITS_NOT;
	default:
		if (kernel || (movable && auto_movable))
			return FITS;
		return movable || zone == MHP_ZONE_MIXED ? FITS_PERHAPS : FITS_NOT;
	}
}

/* The best that any of the words of a rule comes to. */
static enum cause_fit rule_fits(const struct udev_rule *rule, enum mhp_zone zone,
				bool auto_movable)
{
	enum cause_fit best = FITS_NOT, fit;
	bool all = rule->types != 0;

	for (enum mhp_online_type type = MHP_ONLINE; type <= MHP_ONLINE_MOVABLE; type++) {
		if (rule->types && !(rule->types & 1U << type))
			continue;
		fit = type_fits_zone(type, zone, auto_movable);
		if (fit > best)
			best = fit;
		all &= fit == FITS;
	}
	return best == FITS && !all ? FITS_PERHAPS : best;
}

/* ---- udev rules ---- */

/* The first that may have onlined it there; behind one that is certain no other gets to act. */
static const struct udev_rule *find_rule(const struct cause_system *system,
					 const struct cause_memory *memory, bool *ret_sure)
{
	const struct udev_rules *rules = system->udev;

	for (size_t i = 0; i < rules->count; i++) {
		const struct udev_rule *rule = &rules->list[i];
		enum cause_fit fit = FITS_NOT;

		if (!rule->dax || memory->kind == MHP_REGION_DAX)
			fit = rule_fits(rule, memory->zone, system->auto_movable);
		if (fit != FITS_NOT) {
			*ret_sure = fit == FITS && !rule->may && !memory->is_part;
			return rule;
		}
		if (!rule->may)
			break;
	}
	return NULL;
}

static void name_rule(struct cause *ret, const struct udev_rule *rule)
{
	const char *word = udev_rule_word(rule);

	cause_add_escaped(ret, rule->path ? rule->path : "a udev rule");
	cause_add(ret, ":%u", rule->line);
	if (word)
		cause_add(ret, ", which onlines as %s", word);
}

static bool set_rule(const struct cause_system *system, const struct cause_memory *memory,
		     struct cause *ret)
{
	const struct udev_rule *rule;
	bool sure;

	rule = find_rule(system, memory, &sure);
	if (!rule)
		return false;
	cause_set(ret, MHP_CAUSE_UDEV_RULE, "%s the udev rule ", sureness(sure));
	name_rule(ret, rule);
	return true;
}

/* Nothing that is known has done it, for ... */
static void set_unknown(const struct cause_system *system, struct cause *ret)
{
	cause_set(ret, MHP_CAUSE_UNKNOWN, "another program%s: ",
		  system->udev->code ? ", or a udev rule (not all are known)" : "");
}

/* ---- online ---- */

static enum mhp_online_type device_type(enum mhp_device_state state)
{
	switch (state) {
	case MHP_DEVICE_STATE_ONLINE:
		return MHP_ONLINE;
	case MHP_DEVICE_STATE_ONLINE_KERNEL:
		return MHP_ONLINE_KERNEL;
	case MHP_DEVICE_STATE_ONLINE_MOVABLE:
		return MHP_ONLINE_MOVABLE;
	default:
		return MHP_OFFLINE;
	}
}

static bool has_policy(const struct cause_system *system)
{
	return system->policy_code == 0 && system->policy != MHP_OFFLINE;
}

/*
 * A device with a word for itself is online by that word, or somebody was at its blocks
 * one by one. It has it by a write, or from the policy when it was bound
 * (drivers/dax/kmem.c, Linux 7.3).
 */
static void set_by_device(const struct cause_system *system, const struct cause_memory *memory,
			  struct cause *ret)
{
	enum mhp_online_type type = device_type(memory->device_state);
	enum cause_fit fit = type_fits_zone(type, memory->zone, system->auto_movable);
	bool sure = fit == FITS && !memory->is_part;
	const char *name = memory->region ? memory->region : "the device";

	if (fit != FITS_NOT && has_policy(system) && system->policy == type) {
		cause_set(ret, MHP_CAUSE_SYSTEM_POLICY, "%s auto_online_blocks=%s, which the "
			  "state file of ", sureness(sure), online_word(type));
		cause_add_escaped(ret, name);
		cause_add(ret, " says too");
	} else if (fit != FITS_NOT) {
		cause_set(ret, MHP_CAUSE_DEVICE, "%s whoever wrote %s to the state file of ",
			  sureness(sure), online_word(type));
		cause_add_escaped(ret, name);
		cause_add(ret, ", or auto_online_blocks when it was bound");
	} else if (memory->device_state != MHP_DEVICE_STATE_OFFLINE ||
		   !set_rule(system, memory, ret)) {
		set_unknown(system, ret);
		cause_add(ret, "the state file of ");
		cause_add_escaped(ret, name);
		cause_add(ret, " says %s", mhp_device_state_to_str(memory->device_state));
	}
}

/* dlpar_online_lmb() in arch/powerpc/platforms/pseries/hotplug-memory.c: whatever the policy */
static bool is_lmb_online(const struct cause_system *system, const struct cause_memory *memory)
{
	return memory->kind == MHP_REGION_PPC64_LMB &&
	       type_fits_zone(MHP_ONLINE, memory->zone, system->auto_movable) != FITS_NOT;
}

static void set_no_match(const struct cause_system *system, struct cause *ret)
{
	set_unknown(system, ret);
	if (has_policy(system))
		cause_add(ret, "auto_online_blocks=%s would online it elsewhere",
			  online_word(system->policy));
	else
		cause_add(ret, "neither auto_online_blocks nor a udev rule that is known "
			  "onlines it so");
}

void cause_of_online(const struct cause_system *system, const struct cause_memory *memory,
		     struct cause *ret)
{
	enum cause_fit fit = FITS_NOT;

	if (memory->kind == MHP_REGION_DAX && memory->device_code == 0 &&
	    memory->device_state != MHP_DEVICE_STATE_UNKNOWN) {
		set_by_device(system, memory, ret);
		return;
	}
	if (has_policy(system))
		fit = type_fits_zone(system->policy, memory->zone, system->auto_movable);
	if (fit != FITS_NOT)
		cause_set(ret, MHP_CAUSE_SYSTEM_POLICY, "%s auto_online_blocks=%s",
			  sureness(fit == FITS && !memory->is_part), online_word(system->policy));
	else if (is_lmb_online(system, memory))
		cause_set(ret, MHP_CAUSE_HOST, "perhaps the host, whose memory the kernel "
			  "onlines as it comes");
	else if (has_policy(system) || !set_rule(system, memory, ret))
		set_no_match(system, ret);
}

/* ---- offline ---- */

/* The one that leaves nothing offline; NULL: none, or they are not known. */
static const struct udev_rule *find_certain_rule(const struct udev_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		if (!rules->list[i].may && !rules->list[i].dax)
			return &rules->list[i];
	return NULL;
}

void cause_of_offline(const struct cause_system *system, const struct cause_memory *memory,
		      struct cause *ret)
{
	const struct udev_rule *rule = find_certain_rule(system->udev);
	bool has_word = memory->kind == MHP_REGION_DAX && memory->device_code == 0;

	if (has_word && device_type(memory->device_state) != MHP_OFFLINE) {
		set_unknown(system, ret);
		cause_add(ret, "the state file of ");
		cause_add_escaped(ret, memory->region ? memory->region : "the device");
		cause_add(ret, " says %s; or it could not be onlined",
			  mhp_device_state_to_str(memory->device_state));
	} else if (!has_word && has_policy(system)) {
		cause_set(ret, MHP_CAUSE_UNKNOWN, "another program that took it offline, for "
			  "auto_online_blocks=%s; or it could not be onlined",
			  online_word(system->policy));
	} else if (rule) {
		cause_set(ret, MHP_CAUSE_UNKNOWN, "another program that took it offline, or a "
			  "udev that is not at work, for the rule ");
		name_rule(ret, rule);
	} else if (has_word && has_policy(system)) {
		cause_set(ret, MHP_CAUSE_SYSTEM_POLICY, "perhaps auto_online_blocks=offline "
			  "when it was bound");
	} else if (system->policy_code == 0) {
		cause_set(ret, MHP_CAUSE_SYSTEM_POLICY, "%s auto_online_blocks=offline",
			  sureness(!system->udev->count && !system->udev->code));
	} else {
		cause_set(ret, MHP_CAUSE_UNKNOWN, "nobody who brought it online");
	}
}

/* ---- not there ---- */

void cause_of_absence(const struct cause_memory *memory, struct cause *ret)
{
	switch (memory->kind) {
	case MHP_REGION_VIRTIO_MEM:
		cause_set(ret, MHP_CAUSE_HOST, "probably the host, which has given none");
		break;
	case MHP_REGION_DIMM:
		cause_set(ret, MHP_CAUSE_HOST, "probably the host: there is none in the slot, or "
			  "it was ejected");
		break;
	case MHP_REGION_DAX:
		if (memory->device_code == 0)
			cause_set(ret, MHP_CAUSE_DEVICE, "its state file says %s",
				  mhp_device_state_to_str(memory->device_state));
		else
			cause_set(ret, MHP_CAUSE_DEVICE, "the driver kmem has not brought it");
		break;
	default:
		cause_set(ret, MHP_CAUSE_UNKNOWN, "nobody who brought it");
	}
}

/* ---- of a region, as it is found ---- */

/* The deepest one with blocks: its device has a word, and its parent none. */
static const struct mhp_region *find_child(const struct mhp_snapshot *snap,
					   const struct mhp_region *region)
{
	for (size_t i = 0; i < snap->regions.count && region->has_children; i++) {
		const struct mhp_region *child = &snap->regions.list[i];

		if (child->parent == region && child->n_total)
			return find_child(snap, child);
	}
	return region;
}

static void guess(const struct cause_system *system, const struct mhp_region *region,
		  struct cause *ret)
{
	struct cause_memory memory = {
		.kind = region->kind, .region = region->name, .zone = region->zone,
		.is_part = region->state == MHP_STATE_MIXED,
		.device_code = region->device_state_code, .device_state = region->device_state,
	};

	if (region->ranges_code < 0 || region->state == MHP_STATE_UNKNOWN)
		cause_set(ret, MHP_CAUSE_UNKNOWN, "not known: its memory could not be read");
	else if (!region->n_total)
		cause_of_absence(&memory, ret);
	else if (region->kind == MHP_REGION_BOOT)
		cause_set(ret, MHP_CAUSE_UNKNOWN, "not known: it was there from boot, or has come "
			  "without a name");
	else if (region->online_bytes)
		cause_of_online(system, &memory, ret);
	else
		cause_of_offline(system, &memory, ret);
}

MHP_EXPORT int mhp_region_guess_cause(const struct mhp_snapshot *snap,
				      const struct mhp_region *region,
				      enum mhp_cause_kind *ret_kind, char **ret_text)
{
	const struct system_policy *policy = &snap->policy;
	const struct cause_system system = {
		.policy_code = policy->default_code, .policy = policy->default_type,
		.auto_movable = policy->online_policy_code == 0 &&
				is_same(policy->online_policy, "auto-movable"),
		.udev = &snap->facts.udev,
	};
	struct cause cause = { 0 };
	char *text;

	guess(&system, find_child(snap, region), &cause);
	text = strdup(cause.text);
	if (!text)
		return -ENOMEM;
	if (ret_kind)
		*ret_kind = cause.kind;
	*ret_text = text;
	return 0;
}

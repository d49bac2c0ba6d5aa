// SPDX-License-Identifier: LGPL-2.1-or-later
/* Arithmetic and judgement of what surrounds a plan: no I/O, no text. */
#include "internal.h"
#include "udev.h"

bool is_elsewhere(enum mhp_online_type type, enum mhp_online_type wanted)
{
	if (type == MHP_OFFLINE || wanted == MHP_ONLINE)
		return false;
	return type != wanted;
}

/* Of the types that a rule may write, all, some or none would be wrong. */
static enum rule_danger judge_rule(const struct udev_rule *rule, enum mhp_online_type wanted)
{
	unsigned int wrong = 0, right = 0;

	for (enum mhp_online_type type = MHP_ONLINE; type <= MHP_ONLINE_MOVABLE; type++) {
		if (rule->types && !(rule->types & 1U << type))
			continue;
		if (is_elsewhere(type, wanted))
			wrong++;
		else
			right++;
	}
	if (!wrong)
		return RULE_NONE;
	return rule->may || right ? RULE_MAY : RULE_WOULD;
}

/*
 * Rules are tried in order, and the first that is certain to online a block leaves
 * nothing to do for those behind it.
 */
enum rule_danger find_dangerous_rule(const struct udev_rules *rules, enum mhp_online_type wanted,
				     const struct udev_rule **ret_rule)
{
	const struct udev_rule *may = NULL, *dax = NULL;

	for (size_t i = 0; i < rules->count; i++) {
		const struct udev_rule *rule = &rules->list[i];
		enum rule_danger danger = judge_rule(rule, wanted);

		if (danger == RULE_WOULD) {
			*ret_rule = rule;
			return RULE_WOULD;
		}
		if (danger == RULE_MAY && rule->dax && !dax)
			dax = rule;
		else if (danger == RULE_MAY && !rule->dax && !may)
			may = rule;
		if (!rule->may)
			break;
	}
	*ret_rule = may ? may : dax;
	return *ret_rule ? RULE_MAY : RULE_NONE;
}

/* ---- memory that the kernel needs, and the ratio ---- */

/* sizeof(struct page) on every 64-bit kernel as distributions build it (kernel-abi 1.7) */
#define MEMMAP_BYTES_PER_PAGE 64

uint64_t memmap_bytes(uint64_t added_bytes, uint64_t page_size)
{
	uint64_t pages = added_bytes / page_size + (added_bytes % page_size != 0), bytes;

	return __builtin_mul_overflow(pages, MEMMAP_BYTES_PER_PAGE, &bytes) ? UINT64_MAX : bytes;
}

bool is_above_ratio(uint64_t movable, uint64_t kernel, unsigned int percent)
{
	uint64_t have, most;

	/* so much kernel memory that there is no limit */
	if (__builtin_mul_overflow(kernel, percent, &most))
		return false;
	return __builtin_mul_overflow(movable, 100, &have) || have > most;
}

uint64_t ratio_percent(uint64_t movable, uint64_t kernel)
{
	uint64_t hundred;

	if (!kernel || __builtin_mul_overflow(movable, 100, &hundred))
		return UINT64_MAX;
	return hundred / kernel + (hundred % kernel != 0);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Steps for hardware that is given back as a whole: all of its blocks go offline by hand,
 * then it is ejected.
 */
#include "internal.h"

static bool is_in_kernel_zone(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_online(plan, block) && zone_is_kernel(block->zone);
}

static bool is_in_other_zone(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_online(plan, block) && !zone_is_kernel(block->zone);
}

/*
 * What the kernel needs to manage blocks in Movable may lie in those of a kernel zone,
 * which go last. By hand, as the kernel's own way back forgets zones (acpi_bus_online() in
 * drivers/acpi/scan.c onlines by the default policy).
 */
int plan_eject_blocks(struct plan_part *part)
{
	int r;

	r = find_faults(part, MHP_CONFLICT_SPANS_ZONES, spans_zones,
			"span zones and can never go offline", NULL);
	if (r == 0)
		r = plan_offline_blocks(part, is_in_other_zone);
	return r < 0 ? r : plan_offline_blocks(part, is_in_kernel_zone);
}

/* Once all parts are offline: the kernel then has nothing to take offline, or to bring back. */
int plan_eject(struct plan_part *part)
{
	struct mhp_conflict warning = { .code = MHP_WARNING_NOT_UNDOABLE };
	struct mhp_step step = {
		.kind = MHP_STEP_EJECT,
		.part = part_index(part),
		.word = "1",
		.expected_state = MHP_STATE_OFFLINE,
		.wanted_state = MHP_STATE_ABSENT,
	};
	struct text text = { 0 };
	int r;

	if (!count_blocks(part, is_present))
		return 0;
	r = plan_add_step(part->plan, &step);
	if (r < 0)
		return r;
	text_add(&text, "ejecting %s cannot be undone; the kernel does it some time after it was "
		 "asked, and does not tell if it fails", part->region);
	return conflicts_add(&part->plan->warnings, &warning, &text);
}

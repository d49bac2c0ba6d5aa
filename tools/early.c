// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory of dax devices that somebody onlined before the standing policy could be applied,
 * and what keeps that from happening at the next boot.
 */
#include <stdlib.h>

#include <mhp/agenda.h>
#include <mhp/cause.h>
#include <mhp/mhp.h>
#include <mhp/standing.h>

#include "early.h"

/* Online as the rule does not want it: only plugging would have been faster. */
static bool is_online_otherwise(const struct mhp_agenda_item *item)
{
	const struct mhp_drift *drift;
	enum mhp_online_type type;

	if (mhp_agenda_item_get_online_type(item, &type) < 0)
		return false;
	for (size_t i = 0; (drift = mhp_agenda_item_get_drift(item, i)); i++)
		if (mhp_drift_get_kind(drift) == MHP_DRIFT_ZONE ||
		    (mhp_drift_get_kind(drift) == MHP_DRIFT_STATE && type == MHP_OFFLINE))
			return true;
	return false;
}

bool item_is_early(const struct mhp_agenda *agenda, const struct mhp_agenda_item *item)
{
	const struct mhp_region *region = mhp_agenda_item_get_region(item);
	const struct mhp_standing_rule *rule = mhp_agenda_item_get_rule(item);
	enum mhp_cause_kind cause = MHP_CAUSE_UNKNOWN;
	char *text = NULL;

	if (!rule || mhp_standing_rule_get_wish(rule) != MHP_WISH_TYPE ||
	    !mhp_standing_rule_can_plug(rule) ||
	    mhp_region_get_kind(region) != MHP_REGION_DAX || !is_online_otherwise(item))
		return false;
	if (mhp_region_guess_cause(mhp_agenda_get_snapshot(agenda), region, &cause, &text) < 0)
		return false;
	free(text);
	return cause == MHP_CAUSE_SYSTEM_POLICY || cause == MHP_CAUSE_UDEV_RULE ||
	       cause == MHP_CAUSE_DEVICE;
}

const char *early_way_out(enum claimed claim)
{
	switch (claim) {
	case CLAIM_MISSING:
		return "mhp policy claim: from the next boot on udev does not load kmem, and the "
		       "device waits for mhp agent or mhp apply";
	case CLAIM_THERE:
		return "the early claim is there, for the next boot; if it was at this one, the "
		       "initrd is older: mhp policy claim tells how to build it";
	case CLAIM_EVADED:
		return "the early claim is there, and something loads kmem all the same: mhp policy "
		       "claim tells what";
	case CLAIM_USELESS:
		return "kmem is built into the kernel, where no early claim helps: "
		       "memhp_default_state=offline on its command line, and no udev rule that "
		       "onlines memory";
	case CLAIM_UNKNOWN:
	default:
		return "mhp policy claim, if it is not there yet: from the next boot on udev does "
		       "not load kmem, and the device waits for mhp agent or mhp apply";
	}
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was onlined before the standing policy could be applied: for drift, explain, agent. */
#ifndef EARLY_H
#define EARLY_H

#include <stdbool.h>

struct mhp_agenda;
struct mhp_agenda_item;

/* Is the early claim in place? */
enum claimed {
	CLAIM_UNKNOWN,			/* not of a machine whose files are to be had */
	CLAIM_MISSING,
	CLAIM_THERE,
	CLAIM_EVADED,			/* something loads kmem all the same */
	CLAIM_USELESS,			/* each kernel has kmem built in */
};

/*
 * Is it memory of a dax device that the rule would have plugged with its type, if it had
 * not been online otherwise by then?
 */
bool item_is_early(const struct mhp_agenda *agenda, const struct mhp_agenda_item *item);
/* What keeps that from happening again; one line, a constant. */
const char *early_way_out(enum claimed claim);

#endif /* EARLY_H */

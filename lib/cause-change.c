// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Who is likely to have done what was seen to happen: one of the acts that users of libmhp
 * have noted, or else what follows from how the machine is.
 */
#include "cause.h"

#define NS_PER_S INT64_C(1000000000)
/* Events without numbers: how long after an act one is still taken for its own. */
#define LATE_NS (5 * NS_PER_S)
/* Without an end: longer than any act takes that has a deadline. */
#define MOST_NS (300 * NS_PER_S)

/* ---- acts ---- */

static bool runs_touch(const struct act *act, const struct block_run *runs, size_t count)
{
	for (size_t i = 0; i < act->n_runs; i++)
		for (size_t j = 0; j < count; j++)
			if (act->runs[i].first < runs[j].first + runs[j].count &&
			    runs[j].first < act->runs[i].first + act->runs[i].count)
				return true;
	return false;
}

static bool is_about(const struct act *act, const struct cause_change *change)
{
	if (change->kind == MHP_EVENT_POLICY_CHANGED)
		return act->policy;
	return change->has_block ? act_has_block(act, change->id) :
				   runs_touch(act, change->runs, change->n_runs);
}

/* Of one that is known to have come to its end, or to be at work. */
static enum cause_fit act_fits(const struct act *act, const struct cause_change *change)
{
	if (!change->seqnum)
		return act->begin_ns <= change->time_ns &&
		       (!act->ended || act->end_ns >= change->since_ns) ? FITS_PERHAPS : FITS_NOT;
	if (!act->has_seqnums)
		return act->begin_ns <= change->time_ns &&
		       (!act->ended || act->end_ns >= change->time_ns - LATE_NS) ?
		       FITS_PERHAPS : FITS_NOT;
	if (change->seqnum <= act->first_seqnum ||
	    (act->ended && change->seqnum > act->last_seqnum))
		return FITS_NOT;
	return act->is_rough ? FITS_PERHAPS : FITS;
}

static enum cause_fit judge_act(const struct act *act, enum cause_lock lock,
				const struct cause_change *change, bool *ret_killed)
{
	enum cause_fit fit = is_about(act, change) ? act_fits(act, change) : FITS_NOT;

	*ret_killed = act->was_killed || (!act->ended && lock == LOCK_FREE);
	if (*ret_killed && change->time_ns - act->begin_ns > MOST_NS)
		return FITS_NOT;
	if (fit == FITS && (*ret_killed || (!act->ended && lock != LOCK_HELD)))
		return FITS_PERHAPS;
	return fit;
}

bool cause_from_acts(const struct acts *acts, enum cause_lock lock, bool is_self,
		     const struct cause_change *change, struct cause *ret)
{
	enum cause_fit best = FITS_NOT, fit;
	bool killed;

	for (size_t i = acts->count; i > 0 && best != FITS; i--) {
		const struct act *act = &acts->list[i - 1];

		fit = judge_act(act, lock, change, &killed);
		if (fit <= best)
			continue;
		best = fit;
		cause_set(ret, is_self ? MHP_CAUSE_SELF : MHP_CAUSE_LIBMHP, "%s %s%s%s",
			  fit == FITS ? "probably" : "perhaps",
			  is_self ? "this program itself, " : "", act->who,
			  killed ? ", which was killed" : "");
	}
	return best != FITS_NOT;
}

/* ---- all else ---- */

static void add_device(const struct cause_change *change, struct cause *ret)
{
	cause_add_escaped(ret, change->memory.region ? change->memory.region : "the device");
}

static bool has_word(const struct cause_change *change)
{
	return change->memory.kind == MHP_REGION_DAX && change->memory.device_code == 0;
}

static void of_coming(const struct cause_change *change, struct cause *ret)
{
	switch (change->memory.kind) {
	case MHP_REGION_DAX:
		cause_set(ret, MHP_CAUSE_DEVICE, "probably whoever %s ", has_word(change) ?
			  "wrote to the state file or bound" : "bound");
		add_device(change, ret);
		cause_add(ret, ", or loaded the driver");
		break;
	case MHP_REGION_VIRTIO_MEM:
		cause_set(ret, MHP_CAUSE_HOST, "%s the host, by virtio_mem",
			  change->memory.is_guess ? "perhaps" : "probably");
		break;
	case MHP_REGION_DIMM:
		cause_set(ret, MHP_CAUSE_HOST, "%s the host or firmware, by ACPI",
			  change->memory.is_guess ? "perhaps" : "probably");
		break;
	case MHP_REGION_PPC64_LMB:
		cause_set(ret, MHP_CAUSE_HOST, "perhaps the host, by drmgr");
		break;
	case MHP_REGION_S390_STANDBY:
		cause_set(ret, MHP_CAUSE_UNKNOWN, "another program, which configured it");
		break;
	case MHP_REGION_MANAGED:
		cause_set(ret, MHP_CAUSE_DEVICE, "probably the driver that manages it");
		break;
	default:
		cause_set(ret, MHP_CAUSE_UNKNOWN, "a driver, the host or the firmware");
	}
}

static void of_going(const struct cause_change *change, struct cause *ret)
{
	switch (change->memory.kind) {
	case MHP_REGION_DAX:
		cause_set(ret, MHP_CAUSE_DEVICE, "probably whoever %s ", has_word(change) ?
			  "wrote to the state file or unbound" : "unbound");
		add_device(change, ret);
		cause_add(ret, ", or removed the driver");
		break;
	case MHP_REGION_S390_STANDBY:
		cause_set(ret, MHP_CAUSE_UNKNOWN, "another program, which deconfigured it");
		break;
	default:
		of_coming(change, ret);
	}
}

static void of_offline(const struct cause_change *change, struct cause *ret)
{
	switch (change->memory.kind) {
	case MHP_REGION_VIRTIO_MEM:
	case MHP_REGION_DIMM:
	case MHP_REGION_PPC64_LMB:
		cause_set(ret, MHP_CAUSE_HOST, "perhaps the host, which takes it back");
		return;
	default:
		break;
	}
	if (has_word(change) && change->memory.device_state == MHP_DEVICE_STATE_UNPLUGGED) {
		cause_set(ret, MHP_CAUSE_DEVICE,
			  "probably whoever wrote unplugged to the state file of ");
		add_device(change, ret);
	} else {
		cause_set(ret, MHP_CAUSE_UNKNOWN, "another program, which took it offline");
	}
}

static void of_online(const struct cause_system *system, const struct cause_change *change,
		      struct cause *ret)
{
	if (change->is_first)
		cause_of_online(system, &change->memory, ret);
	else
		cause_set(ret, MHP_CAUSE_UNKNOWN, "another program: it was there before, offline");
}

/* Devices of which the kernel tells: of the dax bus, CXL regions, of virtio-mem. */
static void of_device(const struct cause_change *change, struct cause *ret)
{
	bool bound = change->kind == MHP_EVENT_DEVICE_BOUND;

	if (change->kind == MHP_EVENT_DEVICE_ADDED || change->kind == MHP_EVENT_DEVICE_REMOVED) {
		cause_set(ret, MHP_CAUSE_UNKNOWN, "another program, the hardware or its driver");
		return;
	}
	cause_set(ret, MHP_CAUSE_DEVICE, "probably whoever %s it, or %s the driver",
		  bound ? "bound" : "unbound", bound ? "loaded" : "removed");
	if (change->driver) {
		cause_add(ret, " ");
		cause_add_escaped(ret, change->driver);
	}
}

void cause_of_change(const struct cause_system *system, const struct cause_change *change,
		     struct cause *ret)
{
	cause_set(ret, MHP_CAUSE_UNKNOWN, "%s", "");
	switch (change->kind) {
	case MHP_EVENT_BLOCK_ADDED:
		of_coming(change, ret);
		break;
	case MHP_EVENT_BLOCK_REMOVED:
		of_going(change, ret);
		break;
	case MHP_EVENT_BLOCK_ONLINE:
		of_online(system, change, ret);
		break;
	case MHP_EVENT_BLOCK_OFFLINE:
		of_offline(change, ret);
		break;
	case MHP_EVENT_BLOCK_ZONE:
		cause_set(ret, MHP_CAUSE_UNKNOWN, "another program, which took it offline and "
			  "online again");
		break;
	case MHP_EVENT_DEVICE_ADDED:
	case MHP_EVENT_DEVICE_REMOVED:
	case MHP_EVENT_DEVICE_BOUND:
	case MHP_EVENT_DEVICE_UNBOUND:
		of_device(change, ret);
		break;
	case MHP_EVENT_NODE_ADDED:
	case MHP_EVENT_NODE_REMOVED:
	case MHP_EVENT_TIER_ADDED:
	case MHP_EVENT_TIER_REMOVED:
		cause_set(ret, MHP_CAUSE_UNKNOWN, "whoever brought or took its memory");
		break;
	case MHP_EVENT_POLICY_CHANGED:
		cause_set(ret, MHP_CAUSE_UNKNOWN, "another program");
		break;
	default:
		break;
	}
}

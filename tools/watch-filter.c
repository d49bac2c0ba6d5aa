// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which events are about a region, or a kind of region. A region that comes while we
 * watch is looked at once; a region that goes is still known by what was seen of it.
 */
#include <stdlib.h>
#include <string.h>

#include "watch.h"

void filter_begin(struct filter *filter, const struct options *options,
		  const struct mhp_monitor *monitor)
{
	struct mhp_snapshot *snap = mhp_monitor_get_snapshot(monitor);
	const struct mhp_region *region = NULL;

	*filter = (struct filter){ .kind = options->kind, .snap = mhp_snapshot_ref(snap) };
	if (!options->region)
		return;
	/* by identity, too; it may yet come, by its name or as what has that identity then */
	region = mhp_snapshot_find_region(snap, options->region);
	filter->sought = region ? NULL : options->region;
	filter->region_copy = text_format("%s", region ? mhp_region_get_name(region) :
					  options->region);
	filter->region = filter->region_copy;
}

void filter_end(struct filter *filter)
{
	free(filter->region_copy);
	mhp_snapshot_unref(filter->snap);
}

static void find_sought(struct filter *filter)
{
	const struct mhp_region *region = NULL;

	if (filter->sought)
		region = mhp_snapshot_find_region(filter->snap, filter->sought);
	if (!region)
		return;
	free(filter->region_copy);
	filter->region_copy = text_format("%s", mhp_region_get_name(region));
	filter->region = filter->region_copy;
	filter->sought = NULL;
}

static int renew(struct filter *filter, struct machine *machine,
		 const struct mhp_monitor *monitor, bool is_found)
{
	struct mhp_snapshot *snap = mhp_monitor_get_snapshot(monitor);
	int r = EXIT_AS_ASKED;

	if (is_found)			/* in one that was taken just now */
		mhp_snapshot_ref(snap);
	else
		r = machine_snapshot(machine, filter->sought ? MHP_SNAPSHOT_IDENTITY : 0, &snap);
	if (r)
		return r;
	mhp_snapshot_unref(filter->snap);
	filter->snap = snap;
	find_sought(filter);
	return EXIT_AS_ASKED;
}

static bool has_blocks(const struct filter *filter, const char *name)
{
	const struct mhp_region *region = mhp_snapshot_find_region(filter->snap, name);

	return region && mhp_region_count_block_runs(region);
}

/* When a device is added nothing may be known of it yet but its name. */
static int follow_device(struct filter *filter, struct machine *machine,
			 const struct mhp_monitor *monitor, const struct mhp_event *event)
{
	const char *name = mhp_event_get_region_name(event);
	int r;

	if (!filter->sought || !name || filter->is_no_use || has_blocks(filter, name))
		return EXIT_AS_ASKED;
	r = renew(filter, machine, monitor, mhp_event_is_found(event));
	filter->is_no_use = r || !has_blocks(filter, name);
	return r;
}

/* Whose block it is or, if it is not there, would be: of several, the one made of others. */
static const struct mhp_region *region_of_block(const struct mhp_snapshot *snap, uint64_t id)
{
	const struct mhp_block *block = mhp_snapshot_find_block(snap, id);
	const struct mhp_region *region, *found = NULL;
	uint64_t first, count;

	if (block)
		return mhp_snapshot_get_block_region(snap, block);
	for (size_t i = 0; (region = mhp_snapshot_get_region(snap, i)); i++)
		for (size_t k = 0; mhp_region_get_block_run(region, k, &first, &count) == 0; k++)
			if (id >= first && id - first < count &&
			    (!found || mhp_region_get_parent(region) == found))
				found = region;
	return found;
}

/*
 * Memory comes of nobody whom the monitor knows: a host may have given it. Where looking
 * does not help (as for who is not root) it is not done for each block.
 */
static int follow_block(struct filter *filter, struct machine *machine,
			const struct mhp_monitor *monitor, const struct mhp_event *event)
{
	uint64_t id = 0;
	int r;

	mhp_event_get_block_id(event, &id);
	if (filter->is_no_use || region_of_block(filter->snap, id))
		return EXIT_AS_ASKED;
	r = renew(filter, machine, monitor, mhp_event_is_found(event));
	filter->is_no_use = r || !region_of_block(filter->snap, id);
	return r;
}

int filter_follow(struct filter *filter, struct machine *machine,
		  const struct mhp_monitor *monitor, const struct mhp_event *event)
{
	bool is_filtered = filter->region || filter->kind;
	const char *name = mhp_event_get_name(event);

	switch (mhp_event_get_kind(event)) {
	case MHP_EVENT_DEVICE_ADDED:
		filter->is_no_use = false;
		/* of which kind is it, and what is it made of? */
		if (!is_filtered || mhp_snapshot_find_region(filter->snap, name))
			return EXIT_AS_ASKED;
		return renew(filter, machine, monitor, mhp_event_is_found(event));
	case MHP_EVENT_DEVICE_BOUND:
		return follow_device(filter, machine, monitor, event);
	case MHP_EVENT_BLOCK_ADDED:
		return mhp_event_get_region_name(event) ?
		       follow_device(filter, machine, monitor, event) :
		       follow_block(filter, machine, monitor, event);
	default:
		return EXIT_AS_ASKED;
	}
}

/* Of devices the monitor knows better: it follows them. */
static bool is_followed(const struct mhp_region *region)
{
	enum mhp_region_kind kind = mhp_region_get_kind(region);

	return kind == MHP_REGION_DAX || kind == MHP_REGION_CXL || kind == MHP_REGION_VIRTIO_MEM;
}

const char *filter_region(const struct filter *filter, const struct mhp_event *event)
{
	const char *name = mhp_event_get_region_name(event);
	const struct mhp_region *region = NULL;
	uint64_t id;

	if (!name && mhp_event_get_block_id(event, &id) == 0)
		region = region_of_block(filter->snap, id);
	return region && !is_followed(region) ? mhp_region_get_name(region) : name;
}

bool filter_wants_region(const struct filter *filter, const struct mhp_region *region)
{
	if (!filter->region && !filter->kind)
		return true;
	/* and what is made of one that is asked for */
	for (; region; region = mhp_region_get_parent(region)) {
		const char *kind = mhp_region_kind_to_str(mhp_region_get_kind(region));

		if (filter->region && strcmp(mhp_region_get_name(region), filter->region) == 0)
			return true;
		if (filter->kind && strcmp(kind, filter->kind) == 0)
			return true;
	}
	return false;
}

bool filter_wants(const struct filter *filter, const struct mhp_event *event)
{
	const char *name;

	if (!filter->region && !filter->kind)
		return true;
	switch (mhp_event_get_kind(event)) {
	case MHP_EVENT_LOST:
	case MHP_EVENT_RESYNCED:
	case MHP_EVENT_POLICY_CHANGED:		/* it decides about all regions */
		return true;
	case MHP_EVENT_UNKNOWN:
		return true;
	default:
		break;
	}
	name = filter_region(filter, event);
	if (!name)
		name = mhp_event_get_name(event);
	if (filter->region && strcmp(name, filter->region) == 0)
		return true;
	return filter_wants_region(filter, mhp_snapshot_find_region(filter->snap, name));
}

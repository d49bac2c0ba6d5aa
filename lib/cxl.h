/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CXL regions: what provider-cxl.c and cxl-devices.c share. */
#ifndef MHP_CXL_H
#define MHP_CXL_H

#include "provider.h"

/* "region0" */
bool cxl_is_region_name(const char *name);

/* resource and size of a region; *ret_start is UINT64_MAX where it has no addresses yet. */
int cxl_read_resource(struct sysfs_dir *dir, uint64_t *ret_start, struct problems *problems);
int cxl_read_size(struct sysfs_dir *dir, uint64_t *ret_size, struct problems *problems);

/* A decoder on the way to a region's memory. */
struct cxl_decoder {
	char *region;		/* its name */
	int code;		/* 0: is_locked holds */
	bool is_locked;
};

/* Those that are part of a region; what a bus that is looked through has as its data. */
struct cxl_decoders {
	struct cxl_decoder *list;
	size_t count;
	bool has_asked;		/* they were looked for */
	int code;		/* of one of which it is not known whom it serves */
};

/*
 * The memory devices behind a region: devices, identity, and the facts "interleave_ways" and
 * "interleave_granularity". -ENOMEM
 */
int cxl_find_devices(struct bus *bus, struct sysfs_dir *dir, struct mhp_region *region);
/* The fact "locked". -ENOMEM */
int cxl_find_lock(struct bus *bus, struct sysfs_dir *dir, struct mhp_region *region);
void cxl_decoders_free(struct cxl_decoders *decoders);

#endif /* MHP_CXL_H */

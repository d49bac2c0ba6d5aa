/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CXL regions: what provider-cxl.c and cxl-devices.c share. */
#ifndef MHP_CXL_H
#define MHP_CXL_H

#include "provider.h"

#define CXL_DEVICES_PATH "/sys/bus/cxl/devices"
/* drivers/cxl/cxl.h: CXL_DECODER_MAX_INTERLEAVE */
#define CXL_MAX_WAYS 16

/* "region0", and of a decoder "decoder2.0" */
bool cxl_is_region_name(const char *name);
bool cxl_is_decoder_name(const char *name);

/* resource and size of a region; *ret_start is UINT64_MAX where it has no addresses yet. */
int cxl_read_resource(struct sysfs_dir *dir, uint64_t *ret_start, struct problems *problems);
int cxl_read_size(struct sysfs_dir *dir, uint64_t *ret_size, struct problems *problems);

/* A decoder on the way to a region's memory. */
struct cxl_decoder {
	char *region;		/* its name */
	int code;		/* 0: is_locked holds */
	bool is_locked;
};

/* The bus, while its regions are looked for. */
struct cxl_bus {
	struct sysfs_dir dir;
	struct problems *problems;
	struct cxl_decoder *decoders;	/* that are part of a region */
	size_t n_decoders;
	bool has_decoders;	/* they were looked for */
};

/*
 * The memory devices, and the decoders, behind a region: devices, identity, and the facts
 * "interleave_ways", "interleave_granularity" and "locked". -ENOMEM
 */
int cxl_find_devices(struct cxl_bus *bus, struct sysfs_dir *dir, struct mhp_region *region);
void cxl_bus_close(struct cxl_bus *bus);

#endif /* MHP_CXL_H */

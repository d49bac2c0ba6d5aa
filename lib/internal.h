/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of lib/ share; a banner for each source file. */
#ifndef MHP_INTERNAL_H
#define MHP_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <mhp/mhp.h>

#include "parse.h"
#include "range.h"

#define MHP_EXPORT __attribute__((visibility("default")))
#define MEMORY_PATH "/sys/devices/system/memory"
#define NODE_PATH "/sys/devices/system/node"
#define DAX_DEVICES_PATH "/sys/bus/dax/devices"
#define DAX_DRIVERS_PATH "/sys/bus/dax/drivers"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Beyond what any architecture has: 2^24 blocks of 16 MiB are 256 TiB. */
#define MAX_REGION_BLOCKS (UINT64_C(1) << 24)

#endif /* MHP_INTERNAL_H */

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Each dax device and how many of its blocks are online, as a program that uses
 * libdaxctl asks for it. /sys and /dev have to be the tree.
 */
#include <daxctl/libdaxctl.h>
#include <stdio.h>

int main(void)
{
	struct daxctl_region *region;
	struct daxctl_ctx *ctx;
	struct daxctl_dev *dev;
	int devices = 0;

	if (daxctl_new(&ctx) < 0)
		return 1;
	daxctl_region_foreach(ctx, region)
		daxctl_dev_foreach(region, dev) {
			struct daxctl_memory *memory = daxctl_dev_get_memory(dev);

			if (!memory)
				continue;
			devices++;
			printf("%s %d\n", daxctl_dev_get_devname(dev),
			       daxctl_memory_is_online(memory));
		}
	daxctl_unref(ctx);
	if (devices == 0)
		fprintf(stderr, "no device found\n");
	return devices == 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints the capture of a large host that does not exist: 65,536 blocks, 8 nodes with
 * CPUs and 8 of CXL-like memory, each a dax device with kmem, online as movable; of the
 * last device every other block is offline. Stored it would be 38 MB.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/sim-builder.h>
#include <mhp/sim.h>

#define NODES 8
#define BLOCK (UINT64_C(128) << 20)
#define BOOT_BLOCKS 7168	/* of each node */
#define DAX_BLOCKS 1024		/* of each device */

static int add_node(struct mhp_sim_builder *builder, unsigned int n)
{
	uint64_t boot = BOOT_BLOCKS * BLOCK, dax = DAX_BLOCKS * BLOCK;
	char name[32];
	int r;

	snprintf(name, sizeof(name), "dax%u.0", n);
	r = mhp_sim_builder_add_node(builder, (int)n, 32);
	if (r == 0)
		r = mhp_sim_builder_add_node(builder, (int)(NODES + n), 0);
	if (r == 0)
		r = mhp_sim_builder_add_memory(builder, (int)n, n * boot, boot);
	if (r == 0)
		r = mhp_sim_builder_add_dax(builder, name, (int)(NODES + n),
					    NODES * boot + n * dax, dax);
	return r;
}

static int make(struct mhp_sim **ret_sim)
{
	struct mhp_sim_builder *builder;
	int r;

	r = mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder);
	if (r < 0)
		return r;
	for (unsigned int n = 0; n < NODES && r == 0; n++)
		r = add_node(builder, n);
	if (r == 0)
		r = mhp_sim_builder_set(builder, "auto_online_blocks", "online_movable");
	if (r == 0)
		r = mhp_sim_builder_load(builder, "kmem");
	if (r == 0)
		r = mhp_sim_new_from_builder(builder, NULL, ret_sim);
	mhp_sim_builder_free(builder);
	return r;
}

static int set_offline(struct mhp_sim *sim)
{
	unsigned int end = NODES * (BOOT_BLOCKS + DAX_BLOCKS);
	char path[128];
	int r = 0;

	for (unsigned int id = end - DAX_BLOCKS; id < end && r == 0; id += 2) {
		snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%u/state", id);
		r = mhp_sim_write(sim, path, "offline");
	}
	return r;
}

int main(void)
{
	struct mhp_sim *sim = NULL;
	char *text = NULL;
	int r;

	r = make(&sim);
	if (r == 0)
		r = set_offline(sim);
	if (r == 0)
		r = mhp_sim_copy_capture(sim, &text);
	if (r)
		fprintf(stderr, "make-big: %s\n", strerror(-r));
	else if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
		r = -1;
	free(text);
	mhp_sim_unref(sim);
	return r ? 1 : 0;
}

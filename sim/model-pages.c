// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * /proc/kpageflags, as far as it tells what of a block the host has: 8 bytes for each
 * page, of which two bits matter here (fs/proc/page.c). No capture has it.
 */
#include <errno.h>
#include <string.h>

#include "model.h"
#include "sim.h"

/* include/uapi/linux/kernel-page-flags.h */
#define KPF_NOPAGE	(UINT64_C(1) << 20)
#define KPF_OFFLINE	(UINT64_C(1) << 23)

/* Which pages of a block the host has is not part of the model: the last ones. */
static uint64_t flags_of(const struct model *model, uint64_t pfn)
{
	const struct block *block = block_find(model, pfn / model->block_pages);

	if (!block || block->state == MHP_STATE_OFFLINE)
		return KPF_NOPAGE;
	return pfn % model->block_pages >= model->block_pages - block->unplugged_pages ?
	       KPF_OFFLINE : 0;
}

/* Behind the last block that there is. */
static uint64_t end_pfn(const struct model *model)
{
	return model->n_blocks ?
	       (model->blocks[model->n_blocks - 1]->id + 1) * model->block_pages : 0;
}

int pages_read(const struct mhp_sim *sim, uint64_t offset, void *buf, size_t size,
	       size_t *ret_length)
{
	const struct model *model = &sim->model;
	uint64_t pfn = offset / sizeof(uint64_t), flags;
	size_t length = 0;

	if (sim->is_plain)
		return -EACCES;
	/* kpagemap_read() */
	if (offset % sizeof(flags) || size % sizeof(flags))
		return -EINVAL;
	for (; length < size && pfn < end_pfn(model); pfn++, length += sizeof(flags)) {
		flags = flags_of(model, pfn);
		memcpy((char *)buf + length, &flags, sizeof(flags));
	}
	*ret_length = length;
	return 0;
}

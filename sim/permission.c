// SPDX-License-Identifier: LGPL-2.1-or-later
/* A plain user: what contexts may not read, write or make then, and what they see instead. */
#include <errno.h>
#include <string.h>

#include "parse.h"
#include "sim.h"

MHP_EXPORT int mhp_sim_set_privileged(struct mhp_sim *sim, bool privileged)
{
	sim_lock(sim);
	sim->is_plain = !privileged;
	sim_unlock(sim);
	return 0;
}

/* Those with mode 0400: all that tells of physical addresses, and a region's alignment. */
static bool is_for_root(const struct node *file)
{
	const char *parent = file->parent ? file->parent->name : "";
	unsigned int index;

	if (is_dax_name(parent))
		return !strcmp(file->name, "resource");
	if (parse_mapping_name(parent, &index) == 0)
		return !strcmp(file->name, "start") || !strcmp(file->name, "end") ||
		       !strcmp(file->name, "page_offset");
	if (!strncmp(parent, "decoder", 7))
		return !strcmp(file->name, "start");
	return !strcmp(parent, "dax_region") && !strcmp(file->name, "align");
}

int may_read(const struct mhp_sim *sim, const struct node *file)
{
	if (!sim->is_plain || file->type != NODE_FILE)
		return 0;
	if (file->ours)
		/* a lock's file has mode 0600 */
		return -EACCES;
	return is_for_root(file) && holds(&sim->model, RULE_PLAIN_READ) ? -EACCES : 0;
}

/* 0644 at most, and belongs to root: what else is wrong with it is not looked at. */
int may_write(const struct mhp_sim *sim, const struct node *file)
{
	return sim->is_plain && file->type == NODE_FILE && holds(&sim->model, RULE_PLAIN_WRITE) ?
	       -EACCES : 0;
}

/* "  100000000-13fffffff : name": kernel/resource.c, r_show() */
static size_t hide_line(struct buf *to, const char *line)
{
	const char *at = line + strspn(line, " "), *dash, *end;
	size_t length = strcspn(line, "\n");

	length += line[length] == '\n';
	dash = at + strspn(at, "0123456789abcdef");
	end = *dash == '-' ? dash + 1 + strspn(dash + 1, "0123456789abcdef") : dash;
	if (end == dash || *end != ' ') {
		buf_add_bytes(to, line, length);
		return length;
	}
	buf_add_bytes(to, line, (size_t)(at - line));
	buf_add_str(to, "00000000-00000000");
	buf_add_bytes(to, end, length - (size_t)(end - line));
	return length;
}

void hide_addresses(const struct mhp_sim *sim, const struct node *file, struct buf *buf)
{
	struct buf hidden = { 0 };

	if (!sim->is_plain || strcmp(file->name, "iomem") || !file->parent ||
	    strcmp(file->parent->name, "proc") || file->parent->parent != sim->root ||
	    !buf->str || !holds(&sim->model, RULE_PLAIN_IOMEM))
		return;
	for (const char *line = buf->str; *line;)
		line += hide_line(&hidden, line);
	buf_free(buf);
	*buf = hidden;
}

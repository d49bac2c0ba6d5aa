// SPDX-License-Identifier: LGPL-2.1-or-later
/* What stands against a plan, or is to be known about it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "internal.h"

int conflicts_add(struct conflicts *list, struct mhp_conflict *conflict,
		  struct text *message)
{
	struct mhp_conflict *more;

	if (text_finish(message, &conflict->message) < 0)
		goto fail;
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 4;

		more = reallocarray(list->list, room, sizeof(*more));
		if (!more)
			goto fail;
		list->list = more;
		list->room = room;
	}
	list->list[list->count++] = *conflict;
	return 0;
fail:
	free(conflict->message);
	free(conflict->blocks);
	return -ENOMEM;
}

void conflicts_free(struct conflicts *conflicts)
{
	for (size_t i = 0; i < conflicts->count; i++) {
		free(conflicts->list[i].blocks);
		free(conflicts->list[i].message);
	}
	free(conflicts->list);
}

MHP_EXPORT enum mhp_conflict_code mhp_conflict_get_code(const struct mhp_conflict *conflict)
{
	return conflict->code;
}

MHP_EXPORT size_t mhp_conflict_count_blocks(const struct mhp_conflict *conflict)
{
	return conflict->n_blocks;
}

MHP_EXPORT int mhp_conflict_get_block_id(const struct mhp_conflict *conflict, size_t index,
				      uint64_t *ret_id)
{
	if (index >= conflict->n_blocks)
		return -EINVAL;
	*ret_id = conflict->blocks[index];
	return 0;
}

MHP_EXPORT const char *mhp_conflict_get_message(const struct mhp_conflict *conflict)
{
	return conflict->message;
}

MHP_EXPORT const char *mhp_conflict_get_hint(const struct mhp_conflict *conflict)
{
	return conflict->hint;
}

MHP_EXPORT const char *mhp_conflict_code_to_str(enum mhp_conflict_code code)
{
	switch (code) {
	case MHP_CONFLICT_WRONG_ZONE:
		return "wrong-zone";
	case MHP_CONFLICT_NO_BLOCK:
		return "no-block";
	case MHP_CONFLICT_NOT_BOUND:
		return "not-bound";
	case MHP_CONFLICT_ABSENT:
		return "absent";
	case MHP_CONFLICT_STRANDED:
		return "stranded";
	case MHP_CONFLICT_SPANS_ZONES:
		return "spans-zones";
	case MHP_CONFLICT_UNREADABLE:
		return "unreadable";
	case MHP_CONFLICT_GOING_OFFLINE:
		return "going-offline";
	case MHP_CONFLICT_NO_DEFAULT:
		return "no-default";
	case MHP_CONFLICT_OVERLAP:
		return "overlap";
	case MHP_CONFLICT_NO_PERMISSION:
		return "no-permission";
	case MHP_WARNING_LOST_BYTES:
		return "lost-bytes";
	case MHP_WARNING_STALE_WORD:
		return "stale-word";
	case MHP_WARNING_WORD_WILL_LIE:
		return "word-will-lie";
	case MHP_WARNING_NOT_UNDOABLE:
		return "not-undoable";
	case MHP_CONFLICT_POLICY:
		return "policy";
	case MHP_CONFLICT_UDEV_RULE:
		return "udev-rule";
	case MHP_CONFLICT_OTHER_DEVICES:
		return "other-devices";
	case MHP_CONFLICT_NOT_WHOLE:
		return "not-whole";
	case MHP_CONFLICT_TOO_FEW:
		return "too-few";
	case MHP_CONFLICT_NOT_DEVICE:
		return "not-device";
	case MHP_CONFLICT_NO_HOTREMOVE:
		return "no-hotremove";
	case MHP_CONFLICT_HOST_DECIDES:
		return "host-decides";
	case MHP_CONFLICT_CONTAINED:
		return "contained";
	case MHP_CONFLICT_NOT_ALIGNED:
		return "not-aligned";
	case MHP_CONFLICT_NOT_ABLE:
		return "not-able";
	case MHP_CONFLICT_BOOT_MEMORY:
		return "boot-memory";
	case MHP_CONFLICT_LOCKED:
		return "locked";
	case MHP_WARNING_UDEV_RULE:
		return "udev-rule";
	case MHP_WARNING_MEMMAP:
		return "memmap";
	case MHP_WARNING_RATIO:
		return "ratio";
	case MHP_WARNING_NOT_CHECKED:
		return "not-checked";
	case MHP_WARNING_HOST_DECIDES:
		return "host-decides";
	case MHP_WARNING_OTHERS:
		return "others";
	case MHP_CONFLICT_KERNEL_ZONE:
	case MHP_WARNING_KERNEL_ZONE:
		return "kernel-zone";
	case MHP_WARNING_HELD_OFFLINE:
		return "held-offline";
	case MHP_WARNING_WINDOW:
		return "window";
	case MHP_CONFLICT_UNKNOWN:
		break;
	}
	return "unknown";
}

void text_add_ids(struct text *text, const uint64_t *ids, size_t count)
{
	for (size_t i = 0, j; i < count; i = j) {
		for (j = i + 1; j < count && ids[j] == ids[j - 1] + 1; j++)
			;
		text_add(text, i ? ",%" PRIu64 : "%" PRIu64, ids[i]);
		if (j - i > 1)
			text_add(text, "-%" PRIu64, ids[j - 1]);
	}
}

void text_add_conflicts(struct text *text, const char *what, const struct conflicts *found)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct mhp_conflict *conflict = &found->list[i];

		text_add(text, "%s %s: %s\n", what, mhp_conflict_code_to_str(conflict->code),
			 conflict->message);
		if (conflict->hint)
			text_add(text, "  hint: %s\n", conflict->hint);
	}
}

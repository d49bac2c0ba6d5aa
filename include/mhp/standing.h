/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/standing.h
 * @brief The standing policy: rules in files that say what is to become of which memory,
 * from now on. Of libmhp-policy, and not in mhp/mhp.h.
 *
 * Files are those named *.conf in /etc/mhp/policy.d, /run/mhp/policy.d,
 * /usr/local/lib/mhp/policy.d and /usr/lib/mhp/policy.d. A file hides those of the same
 * name in later directories; an empty one, or a link to /dev/null, has no rules and hides
 * too. All are sorted by name, whatever their directory, and their rules follow one
 * another as written. The first rule that matches a region decides. mhp-policy(5) tells
 * the format.
 *
 * A standing policy never changes once it is made, but for mhp_standing_add_text() before
 * anybody else has a reference, and may be read from any thread. Rules and texts are borrowed from it and live as long as it
 * does. It is made also where files are wrong: then it has errors, and should not be
 * acted upon.
 *
 *	struct mhp_standing *standing;
 *	r = mhp_standing_new(ctx, &standing);
 *	for (size_t i = 0; i < mhp_standing_count_errors(standing); i++)
 *		if (mhp_standing_get_error(standing, i, &file, &line, &message) == 0)
 *			fprintf(stderr, "%s:%u: %s\n", file, line, message);
 *	mhp_standing_unref(standing);
 */
#ifndef MHP_STANDING_H
#define MHP_STANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_ctx;
struct mhp_snapshot;
struct mhp_region;
struct mhp_standing;
struct mhp_standing_rule;

/** What a rule wants of the memory of a region. @since 1.0 */
enum mhp_wish {
	MHP_WISH_UNKNOWN = 0,		/**< the rule has an error */
	MHP_WISH_LEAVE_ALONE = 1,	/**< nothing: it stays as it is */
	MHP_WISH_TYPE = 2,		/**< mhp_standing_rule_get_online_type() */
	MHP_WISH_DEFAULT = 3,		/**< as mhp_request_set_default_type() */
};

/** Does a rule match a region? @since 1.0 */
enum mhp_match {
	MHP_MATCH_UNKNOWN = 0,		/**< what it compares could not be read, or is not in
					     the snapshot, or the rule has an error */
	MHP_MATCH_NO = 1,		/**< it does not */
	MHP_MATCH_YES = 2,		/**< it does */
};

/**
 * Read the standing policy of the machine.
 *
 * @param ctx           the context: files are read below its root, or of its simulated
 *                      machine
 * @param ret_standing  the standing policy, with one reference, which the caller drops with
 *                      mhp_standing_unref(); without rules where there are no files
 * @return 0, also if there are errors in it: a file that could not be read is one of
 *         them; -ENOMEM
 * @since 1.0
 */
int mhp_standing_new(struct mhp_ctx *ctx, struct mhp_standing **ret_standing);

/**
 * Make a standing policy from a text.
 *
 * @param file          name of the file, for messages; copied
 * @param text          what stands in it
 * @param length        its bytes
 * @param ret_standing  the standing policy, with one reference, which the caller drops with
 *                      mhp_standing_unref()
 * @return 0, also if there are errors in it; -ENOMEM
 * @since 1.0
 */
int mhp_standing_new_from_text(const char *file, const char *text, size_t length,
			       struct mhp_standing **ret_standing);

/**
 * Add the rules of a text after those that are there: as of one more file. For who makes
 * a standing policy, before anybody else gets to have a reference: warnings that were got from
 * it, and their texts, are not valid any more.
 *
 * @param standing  the standing policy
 * @param file      name of the file, for messages; copied
 * @param text      what stands in it
 * @param length    its bytes
 * @return 0, also if there are errors in it; -EBUSY there are other references to it, such as
 *         an agenda's; -ENOMEM, and then it is of no use any more
 * @since 1.0
 */
int mhp_standing_add_text(struct mhp_standing *standing, const char *file, const char *text,
			  size_t length);

/**
 * Take a reference.
 *
 * @param standing  the standing policy; may be NULL
 * @return standing, with one more reference; NULL if it is NULL
 * @since 1.0
 */
struct mhp_standing *mhp_standing_ref(struct mhp_standing *standing);

/**
 * Drop a reference; the last one frees it and all that is borrowed from it. NULL is fine.
 *
 * @param standing  the standing policy; may be NULL
 * @return NULL
 * @since 1.0
 */
struct mhp_standing *mhp_standing_unref(struct mhp_standing *standing);

/* ---- what is wrong ---- */

/**
 * Number of errors. With any, do not act upon the standing policy: a rule that is wrong, or
 * could not be read, may be the one that was meant to decide.
 *
 * @param standing  the standing policy
 * @return how many
 * @since 1.0
 */
size_t mhp_standing_count_errors(const struct mhp_standing *standing);

/**
 * An error, by position; they are in the order of files, then of lines.
 *
 * @param standing     the standing policy
 * @param index        from 0
 * @param ret_file     the file, or the directory that could not be listed, borrowed, to be
 *                     escaped before it goes to a terminal; may be NULL
 * @param ret_line     from 1; 0: about the file as a whole, which could not be read; may be
 *                     NULL
 * @param ret_message  what is wrong, with what is allowed: "type = movable: not one of
 *                     online_movable, ..."; borrowed, printable; may be NULL
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_standing_get_error(const struct mhp_standing *standing, size_t index,
			   const char **ret_file, unsigned int *ret_line,
			   const char **ret_message);

/**
 * Number of warnings: what is allowed and yet hardly meant, such as a rule that is never
 * reached.
 *
 * @param standing  the standing policy
 * @return how many
 * @since 1.0
 */
size_t mhp_standing_count_warnings(const struct mhp_standing *standing);

/**
 * A warning, by position: as mhp_standing_get_error().
 *
 * @param standing     the standing policy
 * @param index        from 0
 * @param ret_file     the file, borrowed, to be escaped before it goes to a terminal; may
 *                     be NULL
 * @param ret_line     from 1; may be NULL
 * @param ret_message  what is odd, borrowed, printable; may be NULL
 * @return as mhp_standing_get_error()
 * @since 1.0
 */
int mhp_standing_get_warning(const struct mhp_standing *standing, size_t index,
			     const char **ret_file, unsigned int *ret_line,
			     const char **ret_message);

/* ---- files ---- */

/**
 * Number of files, hidden ones too.
 *
 * @param standing  the standing policy
 * @return how many
 * @since 1.0
 */
size_t mhp_standing_count_files(const struct mhp_standing *standing);

/**
 * A file, by position; they are sorted by name, those of one name by directory.
 *
 * @param standing       the standing policy
 * @param index          from 0
 * @param ret_path       borrowed, to be escaped before it goes to a terminal; may be NULL
 * @param ret_masks      whether it is empty or a link to /dev/null; may be NULL
 * @param ret_hidden_by  path of the file that hides it, so that it is not read, borrowed;
 *                       NULL: none; may be NULL
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_standing_get_file(const struct mhp_standing *standing, size_t index,
			  const char **ret_path, bool *ret_masks, const char **ret_hidden_by);

/* ---- rules ---- */

/**
 * Number of rules, those with errors too.
 *
 * @param standing  the standing policy
 * @return how many
 * @since 1.0
 */
size_t mhp_standing_count_rules(const struct mhp_standing *standing);

/**
 * A rule, by position: in the order in which they are asked.
 *
 * @param standing  the standing policy
 * @param index     from 0
 * @return the rule, borrowed; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_standing_rule *mhp_standing_get_rule(const struct mhp_standing *standing,
						      size_t index);

/**
 * Name of the rule: its section's. Rules of two files may have the same.
 *
 * @param rule  the rule
 * @return borrowed, never NULL, printable
 * @since 1.0
 */
const char *mhp_standing_rule_get_name(const struct mhp_standing_rule *rule);

/**
 * File that the rule stands in.
 *
 * @param rule  the rule
 * @return borrowed, never NULL, to be escaped before it goes to a terminal
 * @since 1.0
 */
const char *mhp_standing_rule_get_file(const struct mhp_standing_rule *rule);

/**
 * Line where the rule begins, from 1.
 *
 * @param rule  the rule
 * @return the line
 * @since 1.0
 */
unsigned int mhp_standing_rule_get_line(const struct mhp_standing_rule *rule);

/**
 * Line where a key of the rule stands, from 1.
 *
 * @param rule  the rule
 * @param key   such as "type"
 * @return 0 if the rule does not have it
 * @since 1.0
 */
unsigned int mhp_standing_rule_get_key_line(const struct mhp_standing_rule *rule,
					    const char *key);

/**
 * What the rule wants.
 *
 * @param rule  the rule
 * @return the wish
 * @since 1.0
 */
enum mhp_wish mhp_standing_rule_get_wish(const struct mhp_standing_rule *rule);

/**
 * How memory is to be onlined (type).
 *
 * @param rule      the rule
 * @param ret_type  the type
 * @return 0; -ENODATA unless the rule has MHP_WISH_TYPE
 * @since 1.0
 */
int mhp_standing_rule_get_online_type(const struct mhp_standing_rule *rule,
				      enum mhp_online_type *ret_type);

/**
 * Of the memory of two regions, that of the lower order is handled first (order).
 *
 * @param rule  the rule
 * @return 0 to 65535; 100 unless it is given
 * @since 1.0
 */
unsigned int mhp_standing_rule_get_order(const struct mhp_standing_rule *rule);

/**
 * How much of the machine may be in zone Movable, for each 100 in kernel zones; what would
 * exceed that is onlined as MHP_ONLINE_KERNEL instead (max-movable-ratio).
 *
 * @param rule         the rule
 * @param ret_percent  the limit
 * @return 0; -ENODATA there is no such limit
 * @since 1.0
 */
int mhp_standing_rule_get_max_movable_ratio(const struct mhp_standing_rule *rule,
					    unsigned int *ret_percent);

/**
 * Rules of the request that the rule comes to: MHP_RULE_REZONE (elsewhere = rezone),
 * MHP_RULE_PER_BLOCK, MHP_RULE_KERNEL_ZONE.
 *
 * @param rule  the rule
 * @return MHP_RULE_..., or-ed; 0 for none
 * @since 1.0
 */
uint64_t mhp_standing_rule_get_rules(const struct mhp_standing_rule *rule);

/**
 * Is memory plugged that is not System RAM yet (plug = yes or persistent)? That is the
 * default, unless the rule leaves memory alone.
 *
 * @param rule  the rule
 * @return whether it is
 * @since 1.0
 */
bool mhp_standing_rule_can_plug(const struct mhp_standing_rule *rule);

/**
 * Is persistent memory plugged, too, so that what is on it is lost (plug = persistent)?
 *
 * @param rule  the rule
 * @return whether it is
 * @since 1.0
 */
bool mhp_standing_rule_can_plug_persistent(const struct mhp_standing_rule *rule);

/**
 * The rule as text, as it could stand in a file, with a newline at the end of each line.
 * What is as by default is left out. Of a rule with errors it is what was understood.
 *
 * @param rule      the rule
 * @param ret_text  printable but for the newlines; the caller frees it with free()
 * @return 0; -ENOMEM
 * @since 1.0
 */
int mhp_standing_rule_copy_text(const struct mhp_standing_rule *rule, char **ret_text);

/* ---- matching ---- */

/**
 * Does a rule match a region? All that is given must. A rule for tier needs a snapshot
 * with MHP_SNAPSHOT_TOPOLOGY, one for identity MHP_SNAPSHOT_IDENTITY: without, what it
 * compares is not known. Boot memory is matched only by a rule that has kind = boot.
 *
 * @param rule     the rule
 * @param snap     the snapshot that the region is from
 * @param region   the region
 * @param ret_why  which key decided, and what the region has: "kind = dax cxl (line 3): it
 *                 is virtio-mem"; with MHP_MATCH_YES all of them. Printable; the caller
 *                 frees it with free(); NULL if memory ran out; may be NULL
 * @return the answer; MHP_MATCH_UNKNOWN if no key says no, and something could not be
 *         read, or was not asked for
 * @since 1.0
 */
enum mhp_match mhp_standing_rule_match(const struct mhp_standing_rule *rule,
				       const struct mhp_snapshot *snap,
				       const struct mhp_region *region, char **ret_why);

/**
 * The rule that decides about a region: the first one that matches.
 *
 * @param standing  the standing policy
 * @param snap      the snapshot that the region is from
 * @param region    the region
 * @param ret_rule  MHP_MATCH_YES: the rule. MHP_MATCH_UNKNOWN: the first one of which it
 *                  cannot be told whether it matches, while none before it does.
 *                  MHP_MATCH_NO: NULL. It is borrowed from the standing policy
 * @param ret_why   as of mhp_standing_rule_match(), for this rule; the caller frees it with
 *                  free(); NULL without a rule; may be NULL
 * @return the answer
 * @since 1.0
 */
enum mhp_match mhp_standing_find_rule(const struct mhp_standing *standing,
				      const struct mhp_snapshot *snap,
				      const struct mhp_region *region,
				      const struct mhp_standing_rule **ret_rule, char **ret_why);

#ifdef __cplusplus
}
#endif

#endif /* MHP_STANDING_H */

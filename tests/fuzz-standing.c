// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Files of a standing policy, mutated: whatever stands in them, nothing crashes, every
 * error has its file and line, and rules without errors are the same once they were
 * written and read again.
 *
 *	tests/fuzz-standing [--rounds N] [--seed S]
 *
 * Round I has the seed S + I: one that failed is run again by its own seed and --rounds 1.
 */
#include <getopt.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/sim.h>
#include <mhp/standing.h>

#include "support/fakesys.h"

#define ROUNDS 20000
#define MAX_BYTES 65536
#define FILE_NAME "fuzz.conf"
#define MACHINE "7.3-cxl-many.txt"

struct seed {
	char *bytes;
	size_t length;
};

struct fuzz {
	struct seed *seeds;
	size_t n_seeds;
	struct mhp_snapshot *snap;
	uint64_t random;
	char text[MAX_BYTES];	/* of this round */
	size_t length;
	size_t n_right, n_errors;	/* to see that both kinds are there */
};

__attribute__((noreturn))
static void die(const char *what)
{
	fprintf(stderr, "fuzz-standing: %s\n", what);
	exit(1);
}

static size_t pick(struct fuzz *fuzz, size_t limit)
{
	return fakesys_random(&fuzz->random, limit);
}

/* ---- mutations ---- */

static void insert(struct fuzz *fuzz, size_t at, const char *bytes, size_t length)
{
	if (fuzz->length + length > MAX_BYTES)
		return;
	memmove(fuzz->text + at + length, fuzz->text + at, fuzz->length - at);
	memmove(fuzz->text + at, bytes, length);
	fuzz->length += length;
}

static void erase(struct fuzz *fuzz, size_t at, size_t length)
{
	memmove(fuzz->text + at, fuzz->text + at + length, fuzz->length - at - length);
	fuzz->length -= length;
}

static size_t pick_place(struct fuzz *fuzz)
{
	return pick(fuzz, fuzz->length + 1);
}

/* A line, with its newline: where it begins, and its length. */
static size_t pick_line(struct fuzz *fuzz, size_t *ret_length)
{
	size_t begin = pick_place(fuzz), end = begin;

	while (begin && fuzz->text[begin - 1] != '\n')
		begin--;
	while (end < fuzz->length && fuzz->text[end] != '\n')
		end++;
	*ret_length = end - begin + (end < fuzz->length);
	return begin;
}

static void flip(struct fuzz *fuzz)
{
	if (fuzz->length)
		fuzz->text[pick(fuzz, fuzz->length)] ^= (char)(1 << pick(fuzz, 8));
}

static void put_byte(struct fuzz *fuzz)
{
	char byte = (char)pick(fuzz, 256);

	insert(fuzz, pick_place(fuzz), &byte, 1);
}

#define WORD(str) { str, sizeof(str) - 1 }

static void put_word(struct fuzz *fuzz)
{
	static const struct {
		const char *bytes;
		size_t length;
	} words[] = {
		WORD("["), WORD("]"), WORD("\n["), WORD("]\n"), WORD("="), WORD(" = "), WORD(":"),
		WORD(";"), WORD(" ;"), WORD("\n;"), WORD("#"), WORD("\n#"), WORD("\n "),
		WORD("\n\t"), WORD("\n"), WORD("\r\n"), WORD("\r"), WORD("\0"), WORD(" "),
		WORD("\t"), WORD("\v"), WORD("\f"), WORD("\""), WORD("\\"), WORD("\\\n"),
		WORD("\xef\xbb\xbf"), WORD("\xc3\xa4"), WORD("\xff"), WORD("\xa0"), WORD("\x85"),
		WORD("\ntype = online_movable\n"), WORD("\n[x]\ntype = offline\n"),
		WORD("\nkind = dax cxl\n"), WORD("\nnode = 1 3-5\n"), WORD("\nname = dax*\n"),
		WORD("\nram = System RAM (kmem)\n"), WORD("\nmin-size = 4G\n"),
		WORD("\nplug = persistent\n"), WORD("\nname =;x"), WORD(" #x"),
		WORD(" [x"), WORD("-"), WORD("0-2147483647"),
		WORD("18446744073709551615"), WORD("18446744073709551616"), WORD("4294967296"),
		WORD("*"), WORD("[!a-z]?"), WORD("[]"), WORD("%s%n"), WORD("boot"), WORD("default"),
		WORD("leave-alone"),
	};
	size_t i = pick(fuzz, ARRAY_SIZE(words));

	insert(fuzz, pick_place(fuzz), words[i].bytes, words[i].length);
}

static void cut(struct fuzz *fuzz)
{
	size_t at = pick_place(fuzz), most = fuzz->length - at;

	erase(fuzz, at, pick(fuzz, (most < 40 ? most : 40) + 1));
}

static void cut_line(struct fuzz *fuzz)
{
	size_t length, at = pick_line(fuzz, &length);

	erase(fuzz, at, length);
}

static void copy_line(struct fuzz *fuzz)
{
	size_t length, from = pick_line(fuzz, &length), to, other;
	char line[512];

	if (length > sizeof(line))
		length = sizeof(line);
	memcpy(line, fuzz->text + from, length);
	to = pick_line(fuzz, &other);
	insert(fuzz, to, line, length);
}

static void splice(struct fuzz *fuzz)
{
	const struct seed *other = &fuzz->seeds[pick(fuzz, fuzz->n_seeds)];
	size_t from = pick(fuzz, other->length), length = pick(fuzz, other->length - from + 1);

	insert(fuzz, pick_place(fuzz), other->bytes + from, length);
}

/* Around what libinih cuts: names at 50 bytes, lines at 200. */
static void put_long(struct fuzz *fuzz)
{
	static const size_t lengths[] = { 20, 47, 100, 140, 180, 197, 400, 5000 };
	static const char fill[] = "xa0 \t=-*";
	size_t length = lengths[pick(fuzz, ARRAY_SIZE(lengths))] + pick(fuzz, 8);
	char bytes[5008];

	memset(bytes, fill[pick(fuzz, sizeof(fill) - 1)], length);
	insert(fuzz, pick_place(fuzz), bytes, length);
}

static void make_text(struct fuzz *fuzz)
{
	static void (*const mutations[])(struct fuzz *fuzz) = {
		flip, put_byte, put_word, put_word, cut, cut_line, copy_line, splice, put_long,
	};
	const struct seed *seed = &fuzz->seeds[pick(fuzz, fuzz->n_seeds)];

	memcpy(fuzz->text, seed->bytes, seed->length);
	fuzz->length = seed->length;
	for (size_t n = pick(fuzz, 8); n > 0; n--)
		mutations[pick(fuzz, ARRAY_SIZE(mutations))](fuzz);
}

/* ---- what must hold ---- */

static struct mhp_standing *parse(const char *text, size_t length)
{
	struct mhp_standing *standing;
	char *copy = malloc(length ? length : 1);	/* so that what is behind it is noticed */

	if (!copy)
		die("no memory");
	memcpy(copy, text, length);
	if (mhp_standing_new_from_text(FILE_NAME, copy, length, &standing) < 0)
		die("no memory");
	free(copy);
	return standing;
}

static const char *check_note(const char *file, unsigned int line, const char *message,
			      unsigned int lines)
{
	if (strcmp(file, FILE_NAME))
		return "an error without its file";
	if (!line || line > lines)
		return "an error without its line";
	if (!*message || !is_printable(message))
		return "a message that cannot be printed";
	if (!strcmp(message, "is not understood"))
		return "libinih reads a line otherwise than we do";
	return NULL;
}

static const char *check_notes(const struct mhp_standing *standing, const struct fuzz *fuzz)
{
	const char *file, *message, *wrong = NULL;
	unsigned int lines = 1, line;

	for (size_t i = 0; i < fuzz->length; i++)
		lines += fuzz->text[i] == '\n';
	for (size_t i = 0; !wrong &&
	     mhp_standing_get_error(standing, i, &file, &line, &message) == 0; i++)
		wrong = check_note(file, line, message, lines);
	for (size_t i = 0; !wrong &&
	     mhp_standing_get_warning(standing, i, &file, &line, &message) == 0; i++)
		wrong = check_note(file, line, message, lines);
	return wrong;
}

static char *text_of(const struct mhp_standing *standing)
{
	struct text text = { 0 };
	char *str;

	for (size_t i = 0; i < mhp_standing_count_rules(standing); i++) {
		if (mhp_standing_rule_copy_text(mhp_standing_get_rule(standing, i), &str) < 0)
			die("no memory");
		text_add(&text, "%s", str);
		free(str);
	}
	if (text_finish(&text, &str) < 0)
		die("no memory");
	return str;
}

static bool is_same_rule(const struct mhp_standing_rule *a, const struct mhp_standing_rule *b)
{
	enum mhp_online_type a_type = MHP_OFFLINE, b_type = MHP_OFFLINE;
	unsigned int a_ratio = 0, b_ratio = 0;

	mhp_standing_rule_get_online_type(a, &a_type);
	mhp_standing_rule_get_online_type(b, &b_type);
	mhp_standing_rule_get_max_movable_ratio(a, &a_ratio);
	mhp_standing_rule_get_max_movable_ratio(b, &b_ratio);
	return !strcmp(mhp_standing_rule_get_name(a), mhp_standing_rule_get_name(b)) &&
	       mhp_standing_rule_get_wish(a) == mhp_standing_rule_get_wish(b) &&
	       mhp_standing_rule_get_order(a) == mhp_standing_rule_get_order(b) &&
	       mhp_standing_rule_get_rules(a) == mhp_standing_rule_get_rules(b) &&
	       mhp_standing_rule_can_plug(a) == mhp_standing_rule_can_plug(b) &&
	       mhp_standing_rule_can_plug_persistent(a) ==
	       mhp_standing_rule_can_plug_persistent(b) && a_type == b_type && a_ratio == b_ratio;
}

/* Lines that begin a rule, if there is no error. */
static size_t count_sections(const struct fuzz *fuzz)
{
	size_t count = 0, bom = fuzz->length >= 3 && !memcmp(fuzz->text, "\xef\xbb\xbf", 3) ? 3 : 0;

	for (size_t i = bom; i < fuzz->length; i++)
		count += fuzz->text[i] == '[' && (i == bom || fuzz->text[i - 1] == '\n');
	return count;
}

static const char *check_again(const struct fuzz *fuzz, const struct mhp_standing *standing)
{
	char *once = text_of(standing), *twice;
	struct mhp_standing *again = parse(once, strlen(once));
	const char *wrong = NULL;

	twice = text_of(again);
	if (mhp_standing_count_rules(standing) != count_sections(fuzz))
		wrong = "a rule was lost";
	if (mhp_standing_count_errors(again) || strcmp(once, twice) ||
	    mhp_standing_count_rules(again) != mhp_standing_count_rules(standing))
		wrong = "the text of rules is read otherwise";
	for (size_t i = 0; i < mhp_standing_count_rules(standing) && !wrong; i++)
		if (!is_same_rule(mhp_standing_get_rule(standing, i),
				  mhp_standing_get_rule(again, i)))
			wrong = "a rule is another one once it was written";
	mhp_standing_unref(again);
	free(twice);
	free(once);
	return wrong;
}

static const char *check_matches(const struct fuzz *fuzz, const struct mhp_standing *standing)
{
	const struct mhp_standing_rule *rule;
	const char *wrong = NULL;
	enum mhp_match match;
	char *why;

	for (size_t i = 0; i < mhp_snapshot_count_regions(fuzz->snap) && !wrong; i++) {
		match = mhp_standing_find_rule(standing, fuzz->snap,
					       mhp_snapshot_get_region(fuzz->snap, i), &rule, &why);
		if (!rule != (match == MHP_MATCH_NO) || !rule != !why)
			wrong = "an answer without its rule";
		else if (why && !is_printable(why))
			wrong = "a reason that cannot be printed";
		free(why);
	}
	return wrong;
}

static const char *run_round(struct fuzz *fuzz, uint64_t seed)
{
	struct mhp_standing *standing;
	const char *wrong;

	/* not 0, which the generator would stay at; far from that of the next round */
	fuzz->random = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	make_text(fuzz);
	standing = parse(fuzz->text, fuzz->length);
	wrong = check_notes(standing, fuzz);
	if (mhp_standing_count_errors(standing)) {
		fuzz->n_errors++;
		free(text_of(standing));
	} else {
		fuzz->n_right++;
		if (!wrong)
			wrong = check_again(fuzz, standing);
	}
	if (!wrong)
		wrong = check_matches(fuzz, standing);
	mhp_standing_unref(standing);
	return wrong;
}

/* ---- the whole ---- */

static void read_seed(struct fuzz *fuzz, const char *path)
{
	FILE *file = fopen(path, "r");
	struct seed *seed = &fuzz->seeds[fuzz->n_seeds++];

	seed->bytes = malloc(MAX_BYTES / 2);
	if (!file || !seed->bytes)
		die("a seed cannot be read");
	seed->length = fread(seed->bytes, 1, MAX_BYTES / 2, file);
	fclose(file);
}

static void set_up(struct fuzz *fuzz)
{
	struct mhp_snapshot_opts opts = {
		.size = sizeof(opts), .flags = MHP_SNAPSHOT_TOPOLOGY | MHP_SNAPSHOT_IDENTITY,
	};
	const char *data = getenv("TEST_DATA");
	char path[4096];
	struct mhp_sim *sim;
	struct mhp_ctx *ctx;
	glob_t found;

	if (!data)
		data = "tests";
	snprintf(path, sizeof(path), "%s/policies/*.conf", data);
	if (glob(path, 0, NULL, &found))
		die("no seeds: set TEST_DATA to the folder tests of the sources");
	fuzz->seeds = calloc(found.gl_pathc, sizeof(*fuzz->seeds));
	if (!fuzz->seeds)
		die("no memory");
	for (size_t i = 0; i < found.gl_pathc; i++)
		read_seed(fuzz, found.gl_pathv[i]);
	globfree(&found);
	snprintf(path, sizeof(path), "%s/machines/%s", data, MACHINE);
	if (mhp_sim_new_from_capture(path, NULL, &sim) < 0 || mhp_sim_new_ctx(sim, &ctx) < 0 ||
	    mhp_snapshot_new(ctx, &opts, &fuzz->snap) < 0)
		die("no machine");
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
}

static void tear_down(struct fuzz *fuzz)
{
	for (size_t i = 0; i < fuzz->n_seeds; i++)
		free(fuzz->seeds[i].bytes);
	free(fuzz->seeds);
	mhp_snapshot_unref(fuzz->snap);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "rounds", required_argument, NULL, 'r' },
		{ "seed", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	static struct fuzz fuzz;
	uint64_t rounds = ROUNDS, seed = 1;
	const char *wrong = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'r')
			rounds = strtoull(optarg, NULL, 10);
		else if (option == 's')
			seed = strtoull(optarg, NULL, 10);
		else
			return 2;
	}
	set_up(&fuzz);
	for (uint64_t i = 0; i < rounds && !wrong; i++) {
		wrong = run_round(&fuzz, seed + i);
		if (!wrong)
			continue;
		fprintf(stderr, "fuzz-standing: --seed %llu --rounds 1: %s\n",
			(unsigned long long)(seed + i), wrong);
		fwrite(fuzz.text, 1, fuzz.length, stderr);
	}
	printf("%llu rounds from %llu on: %zu without errors, %zu with\n",
	       (unsigned long long)rounds, (unsigned long long)seed, fuzz.n_right,
	       fuzz.n_errors);
	if (!wrong && rounds >= ROUNDS && (!fuzz.n_right || !fuzz.n_errors)) {
		fprintf(stderr, "fuzz-standing: all texts are of one kind\n");
		wrong = "";
	}
	tear_down(&fuzz);
	return wrong ? 1 : 0;
}

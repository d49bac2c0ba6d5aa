// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tables on standard output, by libsmartcols. */
#include <stdlib.h>
#include <string.h>

#include <libsmartcols/libsmartcols.h>

#include "tool.h"

struct libscols_table *table_new(const struct table_column *columns, size_t count)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		out_of_memory();
	for (size_t i = 0; i < count; i++) {
		int flags = columns[i].right ? SCOLS_FL_RIGHT : 0;
		struct libscols_column *column;

		column = scols_table_new_column(table, columns[i].name, 0, flags);
		if (!column)
			out_of_memory();
		/* cells are escaped already; else the \ of \xNN would be once more */
		scols_column_set_safechars(column, "\\");
	}
	return table;
}

/* above may be NULL */
struct libscols_line *table_add_below(struct libscols_table *table, struct libscols_line *above)
{
	struct libscols_line *line = scols_table_new_line(table, above);

	if (!line)
		out_of_memory();
	return line;
}

struct libscols_line *table_add_line(struct libscols_table *table)
{
	return table_add_below(table, NULL);
}

void table_set(struct libscols_line *line, size_t column, const char *text)
{
	char *copy = text_copy(text);

	if (scols_line_refer_data(line, column, copy) < 0)
		out_of_memory();
}

void table_hide(struct libscols_table *table, size_t column)
{
	struct libscols_column *col = scols_table_get_column(table, column);

	scols_column_set_flags(col, scols_column_get_flags(col) | SCOLS_FL_HIDDEN);
}

void table_print(struct libscols_table *table)
{
	if (scols_print_table(table) < 0)
		out_of_memory();
}

void table_free(struct libscols_table *table)
{
	scols_unref_table(table);
}

/* ---- trees ---- */

static const struct {
	const char *ascii, *utf8;
} symbols[] = {
	{ "|-", "├─" }, { "| ", "│ " }, { "`-", "└─" }, { "  ", "  " },
};

static void set_symbols(struct libscols_table *table)
{
	struct libscols_symbols *ascii = scols_new_symbols();

	if (!ascii || scols_symbols_set_branch(ascii, symbols[0].ascii) < 0 ||
	    scols_symbols_set_vertical(ascii, symbols[1].ascii) < 0 ||
	    scols_symbols_set_right(ascii, symbols[2].ascii) < 0 ||
	    scols_table_set_symbols(table, ascii) < 0)
		out_of_memory();
	scols_unref_symbols(ascii);
}

static const char *utf8_symbol(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++)
		if (strncmp(text, symbols[i].ascii, 2) == 0)
			return symbols[i].utf8;
	return NULL;
}

/* libsmartcols lets pass what the locale has, and we load none (see terminal.c). */
static void print_line(const char *line, int length)
{
	const char *symbol;

	while (length > 2 && terminal_has_utf8() && (symbol = utf8_symbol(line))) {
		say("%s", symbol);
		line += 2;
		length -= 2;
	}
	while (length && line[length - 1] == ' ')
		length--;
	say("%.*s\n", length, line);
}

/* The first column is the tree. */
struct libscols_table *table_new_tree(const struct table_column *columns, size_t count)
{
	struct libscols_table *table = table_new(columns, count);

	if (scols_column_set_flags(scols_table_get_column(table, 0), SCOLS_FL_TREE) < 0)
		out_of_memory();
	set_symbols(table);
	return table;
}

void table_print_tree(struct libscols_table *table)
{
	char *text;

	if (scols_print_table_to_string(table, &text) < 0)
		out_of_memory();
	for (char *line = text; *line;) {
		int length = (int)strcspn(line, "\n");

		print_line(line, length);
		line += length;
		line += *line == '\n';
	}
	free(text);
}

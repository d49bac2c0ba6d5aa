// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tables on standard output, by libsmartcols. */
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

struct libscols_line *table_add_line(struct libscols_table *table)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	if (!line)
		out_of_memory();
	return line;
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

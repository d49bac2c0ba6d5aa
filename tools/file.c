// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files of the user's own: saved plans and simulated machines. */
#include <errno.h>
#include <stdlib.h>

#include "tool.h"

/* No plan and no machine is as large; /dev/zero is. */
#define FILE_MAX_BYTES (64u << 20)

int file_save(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");
	int code = 0;

	if (!file)
		return -errno;
	if (fputs(text, file) == EOF || fflush(file) == EOF)
		code = -errno;
	if (fclose(file) == EOF && code == 0)
		code = -errno;
	return code;
}

/* The whole of it, which the caller frees. */
int file_load(const char *path, char **ret_text, size_t *ret_length)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t length = 0, size = 0;
	int code = 0;

	if (!file)
		return -errno;
	do {
		if (length == size) {
			size = size ? 2 * size : 65536;
			text = realloc(text, size);
			if (!text)
				out_of_memory();
		}
		length += fread(text + length, 1, size - length, file);
		if (ferror(file))
			code = -errno;
		else if (length > FILE_MAX_BYTES)
			code = -EFBIG;
	} while (code == 0 && !feof(file));
	fclose(file);
	if (code < 0) {
		free(text);
		return code;
	}
	*ret_text = text;
	*ret_length = length;
	return 0;
}

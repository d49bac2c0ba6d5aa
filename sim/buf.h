/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing text. Once memory ran out it stays failed; that is asked once, at the end. */
#ifndef SIM_BUF_H
#define SIM_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *str;
	size_t length, size;
	bool failed;
};

__attribute__((format(printf, 2, 3)))
void buf_add(struct buf *buf, const char *format, ...);
void buf_add_bytes(struct buf *buf, const char *bytes, size_t length);
void buf_add_str(struct buf *buf, const char *str);
/* printable, for messages: other bytes as \xNN, and no more than some 60 of them */
void buf_add_escaped(struct buf *buf, const char *bytes, size_t length);
void buf_free(struct buf *buf);
/* Gives the text away, never NULL; -ENOMEM */
int buf_finish(struct buf *buf, char **ret_str);

#endif /* SIM_BUF_H */

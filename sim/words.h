/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words as the kernel takes them, more kindly than libmhp does. */
#ifndef SIM_WORDS_H
#define SIM_WORDS_H

#include <stdbool.h>
#include <stdint.h>

/* kstrtobool(): only the first letters count. -EINVAL */
int parse_bool(const char *word, bool *ret);
/*
 * kstrtoull(), and with a max what is narrower: a plus sign and one newline may be there.
 * Base 0: 0x, or 0 for octal, says which. -EINVAL no number, -ERANGE too big
 */
int parse_number(const char *word, unsigned int base, uint64_t max, uint64_t *ret);

#endif /* SIM_WORDS_H */

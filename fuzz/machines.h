/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recorded machines, and how bytes choose what is done to one: operations of six bytes, so that
 * what libFuzzer inserts and takes out is a whole one now and then.
 */
#ifndef MHP_FUZZ_MACHINES_H
#define MHP_FUZZ_MACHINES_H

#include <mhp/sim.h>

#include "fuzz.h"

#define MACHINE_REGIONS 16

struct machine {
	const char *name;
	char *text;
	size_t length;
	char *regions[MACHINE_REGIONS];
	size_t n_regions;
	uint64_t blocks[64];	/* of the regions, there or not */
	size_t n_blocks;
};

/* There is one for each number. */
const struct machine *machine_get(unsigned int number);
struct mhp_sim *machine_start(const struct machine *machine);

/* What is left of the input. */
struct input {
	const uint8_t *data;
	size_t left;
};

struct op {
	uint8_t code, a, b, c, d, e;
};

/* 0 where nothing is left */
uint8_t input_byte(struct input *input);
/* false: nothing is left; what is missing of the last one is 0 */
bool input_op(struct input *input, struct op *ret);

#define PICK(list, byte) ((list)[(byte) % (sizeof(list) / sizeof((list)[0]))])

const char *pick_region(const struct machine *machine, uint8_t byte);
uint64_t pick_block(const struct machine *machine, uint8_t byte);
/* A negative errno value. */
int pick_code(uint8_t byte);

/*
 * Somebody else does something to the machine: a program, the administrator, the host, by
 * op's a to e. What comes of it is nobody's concern here.
 */
void act_as_other(struct mhp_sim *sim, const struct machine *machine, const struct op *op);
/* The file that op's b to d choose, with a word for it; good until the next call. */
const char *pick_file(const struct machine *machine, const struct op *op, const char **ret_word);

#endif /* MHP_FUZZ_MACHINES_H */

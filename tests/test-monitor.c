// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Following a simulated machine: what is told, what is lost, and that the state which events
 * lead to is the machine's in the end.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/sim-builder.h>

#include "support/bench.h"
#include "support/mirror.h"

#define POLICY POLICY_PATH

static void heard(struct mirror *mirror, const char *wanted)
{
	char *all = mirror_copy_heard(mirror);

	assert_string_equal(all, wanted);
	free(all);
}

/* ---- what is told ---- */

static void test_blocks(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	heard(&mirror, "");
	put_blocks(&bench, 32, 33, "online_movable");
	heard(&mirror, "memory_tier22 added; memory32 online in Movable (dax0.0); "
		       "memory33 online in Movable (dax0.0)");
	put_blocks(&bench, 32, 32, "offline");
	heard(&mirror, "memory32 offline, was in Movable (dax0.0)");
	put_blocks(&bench, 33, 33, "offline");
	heard(&mirror, "memory_tier22 removed; memory33 offline, was in Movable (dax0.0)");
	mirror_check(&mirror, bench.ctx, "in the end");
	mirror_end(&mirror);
	tear_down(&bench);
}

static void test_device(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	put(&bench, DEVICE, "unplugged");
	put(&bench, UNBIND, "dax0.0");
	heard(&mirror,
	      "memory32 removed (dax0.0); memory33 removed (dax0.0); memory34 removed (dax0.0); "
	      "memory35 removed (dax0.0); node1 removed; dax0.0 unbound from kmem");
	put(&bench, POLICY, "online_movable");
	put(&bench, KMEM "/bind", "dax0.0");
	heard(&mirror,
	      "auto_online_blocks is online_movable, was offline!; node1 added; "
	      "memory32 added (dax0.0); memory33 added (dax0.0); memory34 added (dax0.0); "
	      "memory35 added (dax0.0); memory_tier22 added; "
	      "memory32 online in Movable (dax0.0); memory33 online in Movable (dax0.0); "
	      "memory34 online in Movable (dax0.0); memory35 online in Movable (dax0.0); "
	      "dax0.0 bound to kmem");
	mirror_check(&mirror, bench.ctx, "in the end");
	mirror_end(&mirror);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

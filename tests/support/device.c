// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who has dax0.0, and how the system is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/device.h"

void set_up_free(struct bench *bench, const char *machine)
{
	set_up(bench, machine);
	release_device(bench);
}

void give_to_device_dax(struct bench *bench)
{
	put(bench, DEVICE_DAX "/new_id", "dax0.0");
	put(bench, DEVICE_DAX "/remove_id", "dax0.0");
}

void unload(struct bench *bench, const char *module)
{
	assert_int_equal(mhp_sim_unload_module(bench->sim, module), 0);
}

void check_settings(struct bench *bench, const struct world *before)
{
	struct world now = world_of(bench->sim);

	assert_true(same_settings(&now, before));
	assert_false(now.journal);
}

void check_driver(struct bench *bench, const char *device, const char *driver)
{
	struct world now = world_of(bench->sim);
	const char *its = driver_of(&now, device);

	if (!its || !driver)
		assert_ptr_equal(its, driver);
	else
		assert_string_equal(its, driver);
}

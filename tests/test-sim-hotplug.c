// SPDX-License-Identifier: LGPL-2.1-or-later
/* The simulated machine's hotplug lock: writes that hang, writes that wait, their end. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/desk.h"

#define DAX_STATE DAX "dax0.0/state"

/* Blocks 32 to 35 are a device's, and Movable. */
static struct mhp_sim *movable_machine(void)
{
	struct mhp_sim *sim = desk_machine("7.3-hmem-bound.txt");

	assert_int_equal(mhp_sim_write(sim, DAX_STATE, "unplugged"), 0);
	assert_int_equal(mhp_sim_write(sim, DAX_STATE, "online_movable"), 0);
	return sim;
}

/* A write in a thread of its own, with cancellation disabled but where it is not. */
struct job {
	struct desk desk;
	pthread_t thread;
	const char *path, *word;
	bool can_end;
	bool told;		/* to end, before it begins */
	int code;
};

static void *write_it(void *data)
{
	struct job *job = data;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	if (job->told)
		pthread_cancel(pthread_self());
	if (!job->path)
		job->code = job->desk.ops->load_module(job->desk.be, job->word);
	else if (!strncmp(job->path, "/sys/bus/", 9))
		job->code = desk_put(&job->desk, job->path, job->word);
	else
		job->code = desk_write(&job->desk, job->path, job->word, job->can_end);
	return NULL;
}

static void start(struct job *job, struct mhp_sim *sim, const char *path, const char *word,
		  bool can_end)
{
	*job = (struct job){ .desk = desk_at(sim), .path = path, .word = word, .can_end = can_end,
			     .code = 1 };
	assert_int_equal(pthread_create(&job->thread, NULL, write_it, job), 0);
}

static void check_end(struct job *job, int code)
{
	void *result;

	assert_int_equal(pthread_join(job->thread, &result), 0);
	assert_null(result);
	assert_int_equal(job->code, code);
	desk_leave(&job->desk);
}

static void check_cancelled(struct job *job)
{
	void *result;

	assert_int_equal(pthread_cancel(job->thread), 0);
	assert_int_equal(pthread_join(job->thread, &result), 0);
	assert_ptr_equal(result, PTHREAD_CANCELED);
	assert_int_equal(job->code, 1);
	desk_leave(&job->desk);
}

static const char device_state[] =
	"/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0/state";

static void test_hang_cancel(void **state)
{
	struct mhp_sim *sim = movable_machine();
	struct job job;
	char *text;

	(void)state;
	assert_int_equal(mhp_sim_hang_block(sim, 33, 1), 0);
	start(&job, sim, STATE33, "offline", true);
	mhp_sim_await_stuck(sim, 1);
	check_shows(sim, STATE33, "going-offline");
	check_shows(sim, MEMORY "memory33/valid_zones", "Movable Normal");
	/* another one's */
	mhp_sim_release_block(sim, 32);
	check_shows(sim, STATE33, "going-offline");
	check_cancelled(&job);
	check_is(sim, 33, "Movable");
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_non_null(strstr(text, "# did: put offline " STATE33 ": EINTR\n/sys"));
	free(text);
	/* once */
	assert_int_equal(mhp_sim_write(sim, STATE33, "offline"), 0);
	mhp_sim_unref(sim);
}

/* All blocks are as before, and the device says what it said. */
static void test_hang_device(void **state)
{
	struct mhp_sim *sim = movable_machine();
	struct job job;

	(void)state;
	assert_int_equal(mhp_sim_hang_block(sim, 34, 1), 0);
	start(&job, sim, device_state, "unplugged", true);
	mhp_sim_await_stuck(sim, 1);
	check_shows(sim, MEMORY "memory34/state", "going-offline");
	check_cancelled(&job);
	for (unsigned int id = 32; id <= 35; id++)
		check_is(sim, id, "Movable");
	check_shows(sim, DAX_STATE, "online_movable");
	assert_int_equal(mhp_sim_write(sim, DAX_STATE, "unplugged"), 0);
	check_is(sim, 34, "absent");
	mhp_sim_unref(sim);
}

static void test_hang_no_end(void **state)
{
	struct mhp_sim *sim = movable_machine();
	struct desk desk = desk_at(sim);

	(void)state;
	assert_int_equal(mhp_sim_hang_block(sim, 33, 3), 0);
	assert_int_equal(desk_write(&desk, STATE33, "offline", false), -EINTR);
	assert_int_equal(mhp_sim_write(sim, STATE33, "offline"), -EINTR);
	assert_int_equal(mhp_sim_write(sim, DAX_STATE, "unplugged"), -EINTR);
	for (unsigned int id = 32; id <= 35; id++)
		check_is(sim, id, "Movable");
	assert_int_equal(desk_write(&desk, STATE33, "offline", false), 0);
	/* onlining does not hang */
	assert_int_equal(mhp_sim_hang_block(sim, 33, 0), 0);
	assert_int_equal(desk_write(&desk, STATE33, "online", false), 0);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

static void test_hang_release(void **state)
{
	struct mhp_sim *sim = movable_machine();
	struct job job;

	(void)state;
	assert_int_equal(mhp_sim_hang_block(sim, 33, 0), 0);
	assert_int_equal(mhp_sim_hang_block(sim, 35, 1), 0);
	start(&job, sim, device_state, "unplugged", true);
	mhp_sim_await_stuck(sim, 1);
	mhp_sim_release_block(sim, 32);
	mhp_sim_release_block(sim, 33);
	/* on to the next one */
	mhp_sim_await_stuck(sim, 1);
	check_shows(sim, MEMORY "memory35/state", "going-offline");
	mhp_sim_release_block(sim, 35);
	check_end(&job, 0);
	check_is(sim, 33, "absent");
	check_shows(sim, DAX_STATE, "unplugged");
	mhp_sim_unref(sim);
}

/* While one hangs, others wait for it: some until they are cancelled, too. */
static void test_hang_others(void **state)
{
	struct mhp_sim *sim = movable_machine();
	struct job hangs, block, device, free_one;

	(void)state;
	assert_int_equal(mhp_sim_hang_block(sim, 33, 1), 0);
	start(&hangs, sim, STATE33, "offline", true);
	mhp_sim_await_stuck(sim, 1);
	start(&block, sim, STATE32, "offline", true);
	start(&device, sim, device_state, "unplugged", true);
	mhp_sim_await_stuck(sim, 3);
	/* nobody else waits: with what needs no lock, with words that nobody knows */
	start(&free_one, sim, POLICY, "online", true);
	check_end(&free_one, 0);
	start(&free_one, sim, STATE32, "bogus", true);
	check_end(&free_one, -EINVAL);
	start(&free_one, sim, device_state, "online_kernel", true);
	check_end(&free_one, -EBUSY);
	assert_int_equal(mhp_sim_write(sim, STATE32, "offline"), -EINTR);
	assert_int_equal(mhp_sim_race_remove(sim, NULL, 32), -EBUSY);
	assert_int_equal(mhp_sim_unload_module(sim, "kmem"), -EBUSY);
	assert_int_equal(mhp_sim_hold_hotplug(sim), -EBUSY);
	check_cancelled(&block);
	check_is(sim, 32, "Movable");
	check_cancelled(&hangs);
	/* and now the device gets its turn, and 33 does not hang twice */
	check_end(&device, 0);
	check_is(sim, 32, "absent");
	mhp_sim_unref(sim);
}

/* A second writer of the same file waits, whatever its word is. */
static void test_hang_same_file(void **state)
{
	struct mhp_sim *sim = movable_machine();
	struct job hangs, second;

	(void)state;
	assert_int_equal(mhp_sim_hang_block(sim, 33, 1), 0);
	start(&hangs, sim, device_state, "unplugged", true);
	mhp_sim_await_stuck(sim, 1);
	start(&second, sim, device_state, "online_kernel", true);
	mhp_sim_await_stuck(sim, 2);
	/* kernel-abi 4.4: this one cannot be called back */
	assert_int_equal(pthread_cancel(second.thread), 0);
	check_cancelled(&hangs);
	check_end(&second, -EBUSY);
	mhp_sim_unref(sim);
}

static void test_hold(void **state)
{
	struct mhp_sim *sim = movable_machine();
	struct job block, patient, device, unbind;

	(void)state;
	assert_int_equal(mhp_sim_hold_hotplug(sim), 0);
	assert_int_equal(mhp_sim_hold_hotplug(sim), -EBUSY);
	start(&block, sim, STATE32, "offline", true);
	start(&patient, sim, MEMORY "memory35/online", "0", false);
	start(&device, sim, device_state, "unplugged", true);
	start(&unbind, sim, KMEM "unbind", "dax0.0", false);
	mhp_sim_await_stuck(sim, 4);
	assert_int_equal(mhp_sim_write(sim, STATE33, "offline"), -EINTR);
	assert_int_equal(mhp_sim_write(sim, STATE33, "bogus"), -EINVAL);
	check_cancelled(&block);
	/* told to end, and not able to */
	assert_int_equal(pthread_cancel(device.thread), 0);
	assert_int_equal(pthread_cancel(patient.thread), 0);
	mhp_sim_release_hotplug(sim);
	assert_int_equal(pthread_join(device.thread, NULL), 0);
	assert_int_equal(pthread_join(patient.thread, NULL), 0);
	assert_int_equal(pthread_join(unbind.thread, NULL), 0);
	/* in whichever order */
	assert_int_equal(unbind.code, 0);
	assert_true(device.code == 0 || device.code == -ENODEV);
	assert_true(patient.code == 0 || patient.code == -ENODEV);
	desk_leave(&device.desk);
	desk_leave(&patient.desk);
	desk_leave(&unbind.desk);
	check_shows(sim, DAX_STATE, NULL);
	mhp_sim_unref(sim);
}

/* The file goes while its writer waits for the lock. */
static void test_hold_load(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-hmem-unbound.txt");
	struct job load;

	(void)state;
	assert_int_equal(mhp_sim_unload_module(sim, "kmem"), 0);
	assert_int_equal(mhp_sim_hold_hotplug(sim), 0);
	start(&load, sim, NULL, "kmem", false);
	mhp_sim_await_stuck(sim, 1);
	check_shows(sim, KMEM "bind", NULL);
	mhp_sim_release_hotplug(sim);
	check_end(&load, 0);
	check_shows(sim, DAX "dax0.0/target_node", "1");
	mhp_sim_unref(sim);
}

/* Who was told to end before he began does not write: write(2) looks first. */
static void test_cancel_first(void **state)
{
	struct mhp_sim *sim = movable_machine();

	(void)state;
	for (int can_end = 0; can_end <= 1; can_end++) {
		struct job job = {
			.desk = desk_at(sim), .path = STATE33, .word = "offline",
			.can_end = can_end, .told = true, .code = 1,
		};

		assert_int_equal(pthread_create(&job.thread, NULL, write_it, &job), 0);
		assert_int_equal(pthread_join(job.thread, NULL), 0);
		assert_int_equal(job.code, can_end ? 1 : 0);
		check_is(sim, 33, can_end ? "Movable" : "offline");
		desk_leave(&job.desk);
		(void)mhp_sim_write(sim, STATE33, "online_movable");
	}
	mhp_sim_unref(sim);
}

/* SIGKILL ends who hangs and who waits; the memory is put back. */
static void test_kill(void **state)
{
	struct mhp_sim *sim = movable_machine();
	struct job hangs, waits, device;

	(void)state;
	assert_int_equal(mhp_sim_hang_block(sim, 33, 0), 0);
	start(&hangs, sim, STATE33, "offline", true);
	mhp_sim_await_stuck(sim, 1);
	start(&waits, sim, STATE32, "offline", false);
	start(&device, sim, device_state, "unplugged", false);
	mhp_sim_await_stuck(sim, 3);
	mhp_sim_kill_after(sim, 0);
	check_end(&hangs, -EIO);
	check_end(&waits, -EIO);
	check_end(&device, -EIO);
	for (unsigned int id = 32; id <= 35; id++)
		check_is(sim, id, "Movable");
	mhp_sim_release_block(sim, 33);
	assert_int_equal(mhp_sim_write(sim, DAX_STATE, "unplugged"), 0);
	mhp_sim_unref(sim);
}

/* ---- many threads ---- */

#define HAMMERS 4
#define ROUNDS 300

struct hammer {
	struct mhp_sim *sim;
	unsigned int number;
};

static void *hammer(void *data)
{
	const struct hammer *mine = data;
	struct desk desk = desk_at(mine->sim);
	char path[128];

	snprintf(path, sizeof(path), MEMORY "memory%u/state", 32 + mine->number % 2);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		(void)desk_write(&desk, path, i % 2 ? "online_movable" : "offline", i % 3);
		(void)desk_read(&desk, path, NULL);
		(void)desk_read(&desk, "/proc/iomem", NULL);
		if (i % 16 == mine->number)
			(void)desk_put(&desk, DAX_STATE, i % 32 < 16 ? "unplugged" : "online_movable");
	}
	desk_leave(&desk);
	return NULL;
}

static void test_hammer(void **state)
{
	struct mhp_sim *sim = movable_machine();
	struct hammer hammers[HAMMERS];
	pthread_t threads[HAMMERS];

	(void)state;
	for (unsigned int i = 0; i < HAMMERS; i++) {
		hammers[i] = (struct hammer){ sim, i };
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, &hammers[i]), 0);
	}
	for (unsigned int i = 0; i < HAMMERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	(void)mhp_sim_write(sim, DAX_STATE, "unplugged");
	assert_int_equal(mhp_sim_write(sim, DAX_STATE, "online_movable"), 0);
	for (unsigned int id = 32; id <= 35; id++)
		check_is(sim, id, "Movable");
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hang_cancel),
		cmocka_unit_test(test_hang_device),
		cmocka_unit_test(test_hang_no_end),
		cmocka_unit_test(test_hang_release),
		cmocka_unit_test(test_hang_others),
		cmocka_unit_test(test_hang_same_file),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_hold_load),
		cmocka_unit_test(test_cancel_first),
		cmocka_unit_test(test_kill),
		cmocka_unit_test(test_hammer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

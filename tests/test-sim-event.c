// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Uevents of the simulated machine: their text, what sends none, and who listens.
 * Their order is compared with the kernel's own in test-model.c.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/desk.h"

#define BOUND "7.3-hmem-bound.txt"
#define DEVICE_STATE DAX "dax0.0/state"

static struct mhp_sim_listener *listen_to(struct mhp_sim *sim, size_t room)
{
	struct mhp_sim_listener *listener;

	assert_int_equal(mhp_sim_listener_new(sim, room, &listener), 0);
	return listener;
}

/* What waits, in short: "online memory32, remove node1"; "LOST" for -ENOBUFS. */
static const char *heard(struct mhp_sim_listener *listener)
{
	static char all[4096];
	char *text, *action;
	int r;

	all[0] = '\0';
	while (true) {
		r = mhp_sim_listener_receive(listener, &text);
		if (r == 0 && !text)
			return all;
		if (*all)
			strcat(all, ", ");
		if (r < 0) {
			assert_int_equal(r, -ENOBUFS);
			strcat(all, "LOST");
			continue;
		}
		action = strtok(text, "@");
		strcat(all, action);
		strcat(all, " ");
		strcat(all, strrchr(strtok(NULL, "\n"), '/') + 1);
		free(text);
	}
}

static void check_heard(struct mhp_sim_listener *listener, const char *wanted)
{
	assert_string_equal(heard(listener), wanted);
}

static void put(struct mhp_sim *sim, const char *path, const char *word, int wanted)
{
	int r = mhp_sim_write(sim, path, word);

	if (r != wanted)
		fail_msg("put %s %s: %d and not %d", word, path, r, wanted);
}

static void check_next(struct mhp_sim_listener *listener, const char *wanted)
{
	char *text;

	assert_int_equal(mhp_sim_listener_receive(listener, &text), 0);
	assert_non_null(text);
	assert_string_equal(text, wanted);
	free(text);
}

/* ---- what is sent ---- */

static void test_text(void **state)
{
	struct mhp_sim *sim = desk_machine(BOUND);
	struct mhp_sim_listener *listener = listen_to(sim, 0);

	(void)state;
	put(sim, STATE32, "online_movable", 0);
	check_next(listener,
		   "add@/devices/virtual/memory_tiering/memory_tier22\n"
		   "ACTION=add\n"
		   "DEVPATH=/devices/virtual/memory_tiering/memory_tier22\n"
		   "SUBSYSTEM=memory_tiering\n"
		   "SEQNUM=1\n");
	check_next(listener,
		   "online@/devices/system/memory/memory32\n"
		   "ACTION=online\n"
		   "DEVPATH=/devices/system/memory/memory32\n"
		   "SUBSYSTEM=memory\n"
		   "SEQNUM=2\n");
	put(sim, KMEM "unbind", "dax0.0", 0);
	check_next(listener,
		   "unbind@/devices/platform/hmem_platform.0/hmem.0/dax0.0\n"
		   "ACTION=unbind\n"
		   "DEVPATH=/devices/platform/hmem_platform.0/hmem.0/dax0.0\n"
		   "SUBSYSTEM=dax\n"
		   "MAJOR=251\n"
		   "MINOR=0\n"
		   "DEVNAME=dax0.0\n"
		   "SEQNUM=3\n");
	check_heard(listener, "");
	mhp_sim_listener_free(listener);
	mhp_sim_unref(sim);
}

/* What the kernel refuses, or has no event for. */
static void test_silence(void **state)
{
	static const struct {
		const char *path, *word;
		int code;
	} writes[] = {
		{ STATE32, "offline", -EINVAL },
		{ STATE32, "onlin", -EINVAL },
		{ STATE32, "", 0 },
		{ MEMORY "memory1/state", "online", -EINVAL },
		{ MEMORY "memory1/online", "1", 0 },
		{ MEMORY "memory0/state", "offline", -EINVAL },
		{ STATE33, "online", -EIO },
		{ POLICY, "online_movable", 0 },
		{ DEVICE_STATE, "online", -EBUSY },
		{ DEVICE_STATE, "offline", -EINVAL },
		{ KMEM "bind", "dax0.0", -EBUSY },
		{ DEVDAX "bind", "dax0.0", -ENODEV },
		{ DEVDAX "unbind", "dax0.0", -ENODEV },
		{ KMEM "remove_id", "dax0.0", 0 },
		{ "/sys/bus/dax/drivers_autoprobe", "0", 0 },
		{ MEMORY "memory40/state", "online", -ENOENT },
	};
	struct mhp_sim *sim = desk_machine(BOUND);
	struct mhp_sim_listener *listener = listen_to(sim, 0);

	(void)state;
	mhp_sim_fail_block(sim, 33, "online", -EIO, 0);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		put(sim, writes[i].path, writes[i].word, writes[i].code);
		check_heard(listener, "");
	}
	assert_int_equal(sim->seqnum, 0);
	mhp_sim_listener_free(listener);
	mhp_sim_unref(sim);
}

/* kernel-abi 8: offline for each block that it took, then online for each given back. */
static void test_rolled_back(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-hmem-state-online.txt");
	struct mhp_sim_listener *listener = listen_to(sim, 0);

	(void)state;
	mhp_sim_fail_block(sim, 34, "offline", -EBUSY, 1);
	put(sim, DEVICE_STATE, "unplugged", -EBUSY);
	check_heard(listener, "offline memory32, offline memory33, online memory32, "
			      "online memory33");
	put(sim, DEVICE_STATE, "unplugged", 0);
	check_heard(listener, "offline memory32, offline memory33, offline memory34, "
			      "remove memory_tier22, offline memory35, "
			      "remove memory32, remove memory33, remove memory34, "
			      "remove memory35, remove node1");
	mhp_sim_listener_free(listener);
	mhp_sim_unref(sim);
}

/* Memory that is online stays, and so does its node: nothing to tell but the unbind. */
static void test_stuck(void **state)
{
	struct mhp_sim *sim = desk_machine(BOUND);
	struct mhp_sim_listener *listener;

	(void)state;
	put(sim, STATE33, "online", 0);
	listener = listen_to(sim, 0);
	put(sim, KMEM "unbind", "dax0.0", 0);
	check_heard(listener, "unbind dax0.0");
	put(sim, KMEM "bind", "dax0.0", -EBUSY);
	check_heard(listener, "");
	assert_int_equal(mhp_sim_race_remove(sim, NULL, 33), 0);
	check_heard(listener, "remove memory_tier22, offline memory33, remove memory33");
	mhp_sim_listener_free(listener);
	mhp_sim_unref(sim);
}

/* All of a range come before the first one is online; the node as the kernel has it. */
static void test_bind_online(void **state)
{
	static const struct {
		const char *machine, *events;
	} cases[] = {
		{ BOUND,
		  "add node1, add memory32, add memory33, add memory34, add memory35, "
		  "add memory_tier22, online memory32, online memory33, online memory34, "
		  "online memory35, bind dax0.0" },
		{ "6.12-hmem-bound.txt",
		  "add memory32, add memory33, add memory34, add memory35, add node1, "
		  "add memory_tier22, online memory32, online memory33, online memory34, "
		  "online memory35, bind dax0.0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mhp_sim *sim = desk_machine(cases[i].machine);
		struct mhp_sim_listener *listener = listen_to(sim, 0);

		put(sim, KMEM "unbind", "dax0.0", 0);
		check_heard(listener, "remove memory32, remove memory33, remove memory34, "
				      "remove memory35, remove node1, unbind dax0.0");
		put(sim, POLICY, "online_movable", 0);
		put(sim, KMEM "bind", "dax0.0", 0);
		check_heard(listener, cases[i].events);
		mhp_sim_listener_free(listener);
		mhp_sim_unref(sim);
	}
}

/* As recorded on all three kernels: "rmmod kmem", with its memory offline, "modprobe kmem". */
static void test_modules(void **state)
{
	struct mhp_sim *sim = desk_machine(BOUND);
	struct mhp_sim_listener *listener = listen_to(sim, 0);
	struct desk desk = desk_at(sim);

	(void)state;
	assert_int_equal(mhp_sim_unload_module(sim, "kmem"), 0);
	check_heard(listener, "remove memory32, remove memory33, remove memory34, "
			      "remove memory35, remove node1, unbind dax0.0, "
			      "remove kmem, remove kmem");
	assert_int_equal(desk.ops->load_module(desk.be, "nonsense"), -ENOENT);
	check_heard(listener, "");
	put(sim, POLICY, "offline", 0);
	assert_int_equal(desk.ops->load_module(desk.be, "kmem"), 0);
	check_heard(listener, "add node1, add memory32, add memory33, add memory34, "
			      "add memory35, bind dax0.0, add kmem, add kmem");
	/* it is there already */
	assert_int_equal(desk.ops->load_module(desk.be, "kmem"), 0);
	check_heard(listener, "");
	assert_int_equal(mhp_sim_unload_module(sim, "device_dax"), 0);
	check_next(listener, "remove@/bus/dax/drivers/device_dax\nACTION=remove\n"
			     "DEVPATH=/bus/dax/drivers/device_dax\nSUBSYSTEM=drivers\n"
			     "SEQNUM=17\n");
	check_next(listener, "remove@/module/device_dax\nACTION=remove\n"
			     "DEVPATH=/module/device_dax\nSUBSYSTEM=module\nSEQNUM=18\n");
	desk_leave(&desk);
	mhp_sim_listener_free(listener);
	mhp_sim_unref(sim);
}

/* ---- numbers ---- */

#define SEQNUM "/sys/kernel/uevent_seqnum"

static int machine_with_seqnum(const char *number, struct mhp_sim **ret_sim)
{
	struct mhp_sim *sim = desk_machine(BOUND);
	char *text, *more;
	int r;

	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	mhp_sim_unref(sim);
	assert_true(asprintf(&more, "%s" SEQNUM ": %s\n", text, number) > 0);
	r = mhp_sim_new_from_text(more, strlen(more), NULL, ret_sim);
	free(text);
	free(more);
	return r;
}

static void test_seqnum(void **state)
{
	struct mhp_sim_listener *listener;
	struct mhp_sim *sim;
	char *text;

	(void)state;
	assert_int_equal(machine_with_seqnum("junk", &sim), -EBADMSG);
	assert_int_equal(machine_with_seqnum("18446744073709551616", &sim), -EBADMSG);
	assert_int_equal(machine_with_seqnum("837", &sim), 0);
	check_shows(sim, SEQNUM, "837");
	/* counted although nobody listens */
	put(sim, STATE32, "online", 0);
	check_shows(sim, SEQNUM, "839");
	put(sim, SEQNUM, "1", -EACCES);
	listener = listen_to(sim, 0);
	put(sim, STATE32, "offline", 0);
	assert_int_equal(mhp_sim_listener_receive(listener, &text), 0);
	assert_non_null(strstr(text, "SEQNUM=840\n"));
	free(text);
	mhp_sim_listener_free(listener);
	mhp_sim_unref(sim);
}

/* ---- who listens ---- */

static void test_several(void **state)
{
	struct mhp_sim *sim = desk_machine(BOUND);
	struct mhp_sim_listener *first = listen_to(sim, 0), *second, *third;
	char *text;

	(void)state;
	put(sim, STATE32, "online", 0);
	second = listen_to(sim, 0);
	third = listen_to(sim, 0);
	put(sim, STATE33, "online", 0);
	/* in the middle of all; with something that waits */
	mhp_sim_listener_free(second);
	check_heard(first, "add memory_tier22, online memory32, online memory33");
	put(sim, STATE33, "offline", 0);
	mhp_sim_listener_free(first);
	/* the machine is there as long as somebody listens */
	mhp_sim_unref(sim);
	check_heard(third, "online memory33, offline memory33");
	mhp_sim_listener_free(third);
	mhp_sim_listener_free(NULL);

	sim = desk_machine(BOUND);
	assert_int_equal(mhp_sim_listener_new(sim, 0, NULL), -EINVAL);
	first = listen_to(sim, 0);
	assert_int_equal(mhp_sim_listener_receive(first, NULL), -EINVAL);
	assert_int_equal(mhp_sim_listener_get_fd(first, NULL), -EINVAL);
	text = (char *)"untouched";
	assert_int_equal(mhp_sim_listener_receive(first, &text), 0);
	assert_null(text);
	mhp_sim_listener_free(first);
	mhp_sim_unref(sim);
}

static void toggle(struct mhp_sim *sim, unsigned int count)
{
	while (count--) {
		put(sim, MEMORY "memory5/online", "0", 0);
		put(sim, MEMORY "memory5/online", "1", 0);
	}
}

/* As seen on all three kernels: full once, a socket takes nothing until it is empty. */
static void test_full(void **state)
{
	struct mhp_sim *sim = desk_machine(BOUND);
	struct mhp_sim_listener *small = listen_to(sim, 3), *large = listen_to(sim, 0);
	char *text;

	(void)state;
	toggle(sim, 3);
	assert_int_equal(mhp_sim_listener_receive(small, &text), -ENOBUFS);
	check_next(small, "offline@/devices/system/memory/memory5\nACTION=offline\n"
			  "DEVPATH=/devices/system/memory/memory5\nSUBSYSTEM=memory\n"
			  "SEQNUM=1\n");
	/* there is room, but it is not told of that, nor that this is lost, too */
	put(sim, STATE33, "online", 0);
	check_heard(small, "online memory5, offline memory5");
	put(sim, STATE33, "offline", 0);
	check_heard(small, "remove memory_tier22, offline memory33");
	check_heard(large, "offline memory5, online memory5, offline memory5, online memory5, "
			   "offline memory5, online memory5, add memory_tier22, "
			   "online memory33, remove memory_tier22, offline memory33");
	/* exactly full is not too full */
	toggle(sim, 104);
	assert_int_equal(mhp_sim_listener_receive(large, &text), 0);
	free(text);
	toggle(sim, 1);
	assert_int_equal(mhp_sim_listener_receive(large, &text), -ENOBUFS);
	/* what waits is freed */
	mhp_sim_listener_free(large);
	mhp_sim_listener_free(small);
	mhp_sim_unref(sim);
}

static void test_lost(void **state)
{
	struct mhp_sim *sim = desk_machine(BOUND);
	struct mhp_sim_listener *a = listen_to(sim, 0), *b = listen_to(sim, 0);

	(void)state;
	toggle(sim, 1);
	assert_int_equal(mhp_sim_lose_events(sim, 3), 0);
	put(sim, STATE32, "online", 0);
	check_heard(b, "LOST, offline memory5, online memory5");
	put(sim, STATE33, "online", 0);
	put(sim, STATE33, "offline", 0);
	check_heard(a, "LOST, offline memory5, online memory5, offline memory33");
	check_heard(b, "LOST, offline memory33");
	check_is(sim, 32, "Normal");
	assert_int_equal(sim->seqnum, 6);
	/* none after all */
	mhp_sim_lose_events(sim, 5);
	mhp_sim_lose_events(sim, 0);
	toggle(sim, 1);
	check_heard(a, "offline memory5, online memory5");
	mhp_sim_listener_free(a);
	mhp_sim_listener_free(b);
	mhp_sim_unref(sim);
}

static bool is_readable(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	assert_true(poll(&poller, 1, 0) >= 0);
	return poller.revents == POLLIN;
}

/* the lowest one */
static int unused_fd(void)
{
	int fd = dup(0);

	assert_true(fd >= 0);
	close(fd);
	return fd;
}

static void test_fd(void **state)
{
	struct mhp_sim *sim = desk_machine(BOUND);
	int fd, again, unused = unused_fd();
	struct mhp_sim_listener *listener = listen_to(sim, 2);
	char *text;

	(void)state;
	put(sim, STATE32, "online", 0);
	/* none is taken until somebody asks */
	assert_int_equal(unused_fd(), unused);
	assert_int_equal(mhp_sim_listener_get_fd(listener, &fd), 0);
	assert_int_equal(fd, unused);
	assert_int_equal(mhp_sim_listener_get_fd(listener, &again), 0);
	assert_int_equal(fd, again);
	/* something waited already */
	assert_true(is_readable(fd));
	assert_int_equal(mhp_sim_listener_receive(listener, &text), 0);
	free(text);
	assert_true(is_readable(fd));
	check_heard(listener, "online memory32");
	assert_false(is_readable(fd));
	toggle(sim, 2);
	assert_true(is_readable(fd));
	check_heard(listener, "LOST, offline memory5, online memory5");
	assert_false(is_readable(fd));
	/* loss alone is something to tell */
	mhp_sim_lose_events(sim, 1);
	put(sim, STATE33, "online", 0);
	assert_true(is_readable(fd));
	check_heard(listener, "LOST");
	assert_false(is_readable(fd));
	mhp_sim_listener_free(listener);
	assert_int_equal(unused_fd(), unused);
	mhp_sim_unref(sim);
}

#define ROUNDS 200

static void *toggle_all(void *data)
{
	toggle(data, ROUNDS);
	return NULL;
}

/* One thread changes things, another one sleeps until there is something to receive. */
static void test_threads(void **state)
{
	struct mhp_sim *sim = desk_machine(BOUND);
	struct mhp_sim_listener *listener = listen_to(sim, 2 * ROUNDS);
	struct pollfd poller = { .events = POLLIN };
	pthread_t thread;
	size_t count = 0;
	char *text;

	(void)state;
	assert_int_equal(mhp_sim_listener_get_fd(listener, &poller.fd), 0);
	assert_int_equal(pthread_create(&thread, NULL, toggle_all, sim), 0);
	while (count < 2 * ROUNDS) {
		/* a minute is for ever: to fail, not to hang */
		assert_int_equal(poll(&poller, 1, 60000), 1);
		assert_int_equal(mhp_sim_listener_receive(listener, &text), 0);
		assert_non_null(text);
		free(text);
		count++;
	}
	pthread_join(thread, NULL);
	check_heard(listener, "");
	mhp_sim_listener_free(listener);
	mhp_sim_unref(sim);
}

/* ---- rules ---- */

static struct mhp_sim *wrong_machine(const char *name, enum rule rule)
{
	struct mhp_sim *sim = desk_machine(name);

	sim->rules.is_wrong[rule] = true;
	return sim;
}

/* Turned round, a rule of the order shows; it is asked only where it decides. */
static void test_wrong_order(void **state)
{
	static const struct {
		enum rule rule;
		const char *machine, *events;
	} cases[] = {
		{ RULE_EVENT_NODE_FIRST, BOUND, "add memory35, add node1, " },
		{ RULE_EVENT_NODE_LATER, "6.12-hmem-bound.txt", "add node1, add memory32, " },
		{ RULE_EVENT_TIER_FIRST, BOUND, "online memory32, add memory_tier22, " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mhp_sim *sim = wrong_machine(cases[i].machine, cases[i].rule);
		struct mhp_sim_listener *listener = listen_to(sim, 0);

		put(sim, KMEM "unbind", "dax0.0", 0);
		(void)heard(listener);
		put(sim, POLICY, "online", 0);
		put(sim, KMEM "bind", "dax0.0", 0);
		assert_non_null(strstr(heard(listener), cases[i].events));
		assert_int_equal(sim->rules.hits[cases[i].rule], 1);
		mhp_sim_listener_free(listener);
		mhp_sim_unref(sim);
	}
}

static void test_wrong_driver(void **state)
{
	struct mhp_sim *sim = wrong_machine(BOUND, RULE_EVENT_DRIVER_LATER);
	struct mhp_sim_listener *listener;
	struct desk desk = desk_at(sim);

	(void)state;
	assert_int_equal(mhp_sim_unload_module(sim, "kmem"), 0);
	listener = listen_to(sim, 0);
	assert_int_equal(desk.ops->load_module(desk.be, "kmem"), 0);
	assert_non_null(strstr(heard(listener), "add kmem, add node1, "));
	assert_int_equal(sim->rules.hits[RULE_EVENT_DRIVER_LATER], 1);
	mhp_sim_listener_free(listener);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

static void test_wrong_alias(void **state)
{
	struct mhp_sim *sim = wrong_machine(BOUND, RULE_EVENT_UNBIND_NO_ALIAS);
	struct mhp_sim_listener *listener;
	char *text;

	(void)state;
	put(sim, STATE32, "online", 0);
	listener = listen_to(sim, 0);
	put(sim, KMEM "unbind", "dax0.0", 0);
	assert_int_equal(mhp_sim_listener_receive(listener, &text), 0);
	assert_non_null(strstr(text, "MODALIAS=dax:t0\nSEQNUM"));
	assert_int_equal(sim->rules.hits[RULE_EVENT_UNBIND_NO_ALIAS], 1);
	free(text);
	mhp_sim_listener_free(listener);
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_rolled_back),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_bind_online),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_seqnum),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_fd),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_wrong_order),
		cmocka_unit_test(test_wrong_driver),
		cmocka_unit_test(test_wrong_alias),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

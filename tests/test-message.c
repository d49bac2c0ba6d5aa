// SPDX-License-Identifier: LGPL-2.1-or-later
/* What uevents tell, and that any message is harmless. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor.h"

#define MEMORY "/devices/system/memory/"
#define HMEM "/devices/platform/hmem_platform.0/hmem.0/"

static bool reads(const char *action, const char *devpath, const char *subsystem,
		  struct news *news)
{
	struct mhp_message message = {
		.action = action,
		.devpath = devpath,
		.subsystem = subsystem,
		.driver = "kmem",
		.seqnum = 7,
	};

	return message_read(&message, news);
}

static void test_ours(void **state)
{
	struct news news;

	(void)state;
	assert_true(reads("online", MEMORY "memory36", "memory", &news));
	assert_int_equal(news.subject, SUBJECT_BLOCK);
	assert_int_equal(news.action, ACTION_ONLINE);
	assert_int_equal(news.id, 36);
	assert_int_equal(news.seqnum, 7);
	assert_null(news.driver);
	assert_true(reads("remove", "/devices/system/node/node1", "node", &news));
	assert_int_equal(news.subject, SUBJECT_NODE);
	assert_int_equal(news.node, 1);
	assert_true(reads("add", "/devices/virtual/memory_tiering/memory_tier4", "memory_tiering",
			  &news));
	assert_int_equal(news.subject, SUBJECT_TIER);
	assert_true(reads("bind", HMEM "dax0.0", "dax", &news));
	assert_int_equal(news.subject, SUBJECT_DEVICE);
	assert_string_equal(news.name, "dax0.0");
	assert_string_equal(news.driver, "kmem");
	assert_true(reads("unbind", HMEM "dax0.0", "dax", &news));
	assert_null(news.driver);
	assert_true(reads("add", "/devices/platform/ACPI0017:00/root0/decoder0.0/region0", "cxl",
			  &news));
	assert_false(news.if_known);
	assert_true(reads("bind", "/devices/pci0000:00/0000:00:04.0/virtio1", "virtio", &news));
	assert_true(news.if_known);
}

static void test_virtio_mem(void **state)
{
	struct mhp_message message = {
		.action = "bind",
		.devpath = "/devices/pci0000:00/0000:00:04.0/virtio1",
		.subsystem = "virtio",
		.driver = "virtio_mem",
		.modalias = "virtio:d00000018v00001AF4",
		.seqnum = 1,
	};
	struct news news;

	(void)state;
	assert_true(message_read(&message, &news));
	assert_false(news.if_known);
	/* a disk */
	message.modalias = "virtio:d00000002v00001AF4";
	assert_true(message_read(&message, &news));
	assert_true(news.if_known);
}

/* Who is bound to nobody, or to what no driver can be called, has no driver that is known. */
static void test_odd_driver(void **state)
{
	char name[EVENT_NAME_SIZE + 1] = "";
	struct mhp_message message = {
		.action = "bind", .devpath = HMEM "dax0.0", .subsystem = "dax", .driver = name,
		.seqnum = 7,
	};
	struct news news;

	(void)state;
	assert_true(message_read(&message, &news));
	assert_null(news.driver);
	memset(name, 'x', EVENT_NAME_SIZE);
	assert_true(message_read(&message, &news));
	assert_null(news.driver);
	name[EVENT_NAME_SIZE - 1] = '\0';
	assert_true(message_read(&message, &news));
	assert_ptr_equal(news.driver, name);
}

static void test_not_ours(void **state)
{
	static const char *const lines[][3] = {
		{ "change", MEMORY "memory36", "memory" },
		{ "move", MEMORY "memory36", "memory" },
		{ "", MEMORY "memory36", "memory" },
		{ "bind", MEMORY "memory36", "memory" },
		{ "online", "/devices/system/node/node1", "node" },
		{ "online", HMEM "dax0.0", "dax" },
		{ "online", MEMORY "memory", "memory" },
		{ "online", MEMORY "memory36x", "memory" },
		{ "online", MEMORY "memory036", "memory" },
		{ "online", MEMORY "memory-1", "memory" },
		{ "online", MEMORY "memory 36", "memory" },
		{ "online", MEMORY "memory36\n", "memory" },
		{ "online", MEMORY "memory\x1b[31m36", "memory" },
		{ "online", MEMORY "memory18446744073709551615", "memory" },
		{ "online", MEMORY "memory18446744073709551616", "memory" },
		{ "online", MEMORY "memory1099511627776", "memory" },
		{ "online", MEMORY "sub/memory36", "memory" },
		{ "online", MEMORY "memory36/", "memory" },
		{ "online", MEMORY, "memory" },
		{ "online", "/devices/system/memory", "memory" },
		{ "online", "memory36", "memory" },
		{ "online", "", "memory" },
		{ "online", "/", "memory" },
		{ "online", "/memory36", "memory" },
		{ "online", "/devices/system/memorymemory36", "memory" },
		{ "online", MEMORY "memory36", "" },
		{ "online", MEMORY "memory36", "block" },
		{ "add", "/devices/system/node/node2147483648", "node" },
		{ "add", "/devices/virtual/memory_tiering/memory_tierx", "memory_tiering" },
		{ "add", "/devices/virtual/x/memory_tier4", "memory_tiering" },
		{ "add", HMEM "dax0", "dax" },
		{ "add", HMEM "dax0.0/../../secret/dax0.0", "dax" },
		{ "add", "/devices/platform/region", "cxl" },
		{ "add", "/devices/platform/region01", "cxl" },
		{ "add", "/devices/platform/endpoint0", "cxl" },
		{ "add", "/devices/platform/region99999999999999999999", "cxl" },
	};
	struct news news;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (reads(lines[i][0], lines[i][1], lines[i][2], &news))
			fail_msg("%s %s (%s) was read", lines[i][0], lines[i][1], lines[i][2]);
}

static void test_keys_missing(void **state)
{
	const struct mhp_message whole = {
		.action = "online", .devpath = MEMORY "memory36", .subsystem = "memory",
		.seqnum = 7,
	};
	struct mhp_message message = { 0 };
	struct news news;

	(void)state;
	assert_true(message_read(&whole, &news));
	assert_false(message_read(&message, &news));
	message = whole;
	message.action = NULL;
	assert_false(message_read(&message, &news));
	message = whole;
	message.devpath = NULL;
	assert_false(message_read(&message, &news));
	message = whole;
	message.subsystem = NULL;
	assert_false(message_read(&message, &news));
	message = whole;
	message.seqnum = 0;
	assert_false(message_read(&message, &news));
}

/* ---- any bytes ---- */

static unsigned int seed;

static size_t random_below(size_t limit)
{
	return (size_t)rand_r(&seed) % limit;
}

/* Most of it is what a message could have; then some bytes are others. */
static const char *mutate(char *buf, size_t size, const char *from)
{
	size_t length;

	snprintf(buf, size, "%s", from);
	length = strlen(buf);
	for (size_t i = random_below(4); i > 0 && length; i--) {
		size_t at = random_below(length);

		switch (random_below(4)) {
		case 0:
			buf[at] = (char)(rand_r(&seed) >> 5);
			break;
		case 1:
			memmove(buf + at, buf + at + 1, length - at);
			break;
		case 2:
			buf[at] = "/.0-9\\%"[random_below(7)];
			break;
		default:
			/* twice as long */
			if (2 * length + 1 < size)
				memcpy(buf + length, buf, length), buf[2 * length] = '\0';
			break;
		}
		length = strlen(buf);
	}
	return buf;
}

static void check_read(const struct news *news, const struct mhp_message *message)
{
	assert_true(news->seqnum == message->seqnum && news->seqnum);
	assert_true(strlen(news->name) < EVENT_NAME_SIZE);
	assert_true(is_printable(news->name));
	assert_null(strchr(news->name, '/'));
	if (news->subject == SUBJECT_BLOCK)
		assert_true(news->id <= BLOCK_MAX_ID);
	if (news->subject == SUBJECT_NODE)
		assert_true(news->node >= 0);
}

static void test_fuzz(void **state)
{
	static const char *const actions[] = { "add", "remove", "online", "offline", "bind",
					       "unbind", "change" };
	static const char *const paths[][2] = {
		{ MEMORY "memory36", "memory" },
		{ "/devices/system/node/node1", "node" },
		{ "/devices/virtual/memory_tiering/memory_tier4", "memory_tiering" },
		{ HMEM "dax0.0", "dax" },
		{ "/devices/platform/ACPI0017:00/root0/decoder0.0/region0", "cxl" },
		{ "/devices/pci0000:00/0000:00:04.0/virtio1", "virtio" },
	};
	size_t read = 0;

	(void)state;
	seed = 1;
	for (int i = 0; i < 200000; i++) {
		const char *const *path = paths[random_below(ARRAY_SIZE(paths))];
		char action[32], devpath[512], subsystem[64], driver[128];
		struct mhp_message message = {
			.action = mutate(action, sizeof(action),
					 actions[random_below(ARRAY_SIZE(actions))]),
			.devpath = mutate(devpath, sizeof(devpath), path[0]),
			.subsystem = mutate(subsystem, sizeof(subsystem), path[1]),
			.driver = mutate(driver, sizeof(driver), "kmem"),
			.seqnum = random_below(1000),
		};
		struct news news;

		if (!message_read(&message, &news))
			continue;
		read++;
		check_read(&news, &message);
	}
	assert_true(read > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_virtio_mem),
		cmocka_unit_test(test_odd_driver),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_keys_missing),
		cmocka_unit_test(test_fuzz),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libudev on this machine, in a network namespace of its own: messages are sent there as
 * udevd sends them, and nobody else gets any. Where no such namespace can be had, only
 * opening is tried.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "host.h"

#define DEFAULT_BYTES ((size_t)MHP_MONITOR_BUFFER_DEFAULT_BYTES)

static bool is_apart;		/* in a namespace of our own, as root of it */
static int sender = -1;

static void go_apart(void)
{
	unsigned int uid = getuid();
	FILE *map;

	if (!uid) {
		is_apart = unshare(CLONE_NEWNET) == 0;
		return;
	}
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return;
	map = fopen("/proc/self/uid_map", "w");
	if (!map)
		return;
	fprintf(map, "0 %u 1\n", uid);
	is_apart = fclose(map) == 0 && getuid() == 0;
}

/* ---- the back end ---- */

struct ear {
	struct mhp_backend *be;
	struct mhp_events *events;
	enum mhp_event_source source;
	const char *why;
};

static int listen_at(struct ear *ear, const char *root, enum mhp_event_source source,
		     size_t bytes)
{
	int r;

	memset(ear, 0, sizeof(*ear));
	assert_int_equal(host_new(root, true, &ear->be), 0);
	r = ear->be->ops->open_events(ear->be, source, bytes, &ear->source, &ear->events,
				      &ear->why);
#ifndef HAVE_LIBUDEV
	assert_int_equal(r, -EOPNOTSUPP);
	assert_non_null(ear->why);
	ear->be->ops->free(ear->be);
	skip();
#endif
	return r;
}

static void listen_to(struct ear *ear, enum mhp_event_source source, size_t bytes)
{
	assert_int_equal(listen_at(ear, "/", source, bytes), 0);
}

static void listen_no_more(struct ear *ear)
{
	if (ear->events)
		ear->be->ops->close_events(ear->be, ear->events);
	ear->be->ops->free(ear->be);
}

static int receive(struct ear *ear, struct mhp_message *message, bool *some)
{
	return ear->be->ops->receive_event(ear->be, ear->events, message, some);
}

/* ---- messages as udevd sends them: src/libsystemd/sd-device/device-monitor.c ---- */

struct header {
	char prefix[8];
	uint32_t magic, header_size, properties_off, properties_length;
	uint32_t subsystem_hash, devtype_hash, tag_high, tag_low;
};

/* MurmurHash2, by which the kernel filters */
static uint32_t hash(const char *str)
{
	const uint32_t factor = 0x5bd1e995;
	uint32_t length = (uint32_t)strlen(str), value = length, part;

	for (; length >= 4; length -= 4, str += 4) {
		memcpy(&part, str, sizeof(part));
		part *= factor;
		part ^= part >> 24;
		value = value * factor ^ part * factor;
	}
	for (uint32_t i = length; i > 0; i--)
		value ^= (uint32_t)(unsigned char)str[i - 1] << (8 * (i - 1));
	if (length)
		value *= factor;
	value ^= value >> 13;
	value *= factor;
	return value ^ value >> 15;
}

static void send_bytes(const struct header *header, const char *properties, size_t length)
{
	struct sockaddr_nl group = { .nl_family = AF_NETLINK, .nl_groups = 2 };
	struct iovec parts[] = {
		{ (void *)header, sizeof(*header) }, { (void *)properties, length },
	};
	struct msghdr message = {
		.msg_name = &group, .msg_namelen = sizeof(group),
		.msg_iov = parts, .msg_iovlen = 2,
	};

	/* nobody who listens, or not all of them got it: no matter */
	sendmsg(sender, &message, 0);
}

/* Keys in one text, with a newline behind each. */
static void send_keys(const char *subsystem, const char *keys)
{
	struct header header = {
		.prefix = "libudev",
		.magic = htonl(0xfeedcafe),
		.header_size = sizeof(header),
		.properties_off = sizeof(header),
		.properties_length = (uint32_t)strlen(keys),
		.subsystem_hash = htonl(hash(subsystem)),
	};
	char *copy = strdup(keys);

	assert_non_null(copy);
	for (char *at = copy; *at; at++)
		if (*at == '\n')
			*at = '\0';
	send_bytes(&header, copy, strlen(keys));
	free(copy);
}

static void send_block(unsigned int id, unsigned int seqnum)
{
	char keys[256];

	snprintf(keys, sizeof(keys), "ACTION=online\nDEVPATH=/devices/system/memory/memory%u\n"
		 "SUBSYSTEM=memory\nSEQNUM=%u\n", id, seqnum);
	send_keys("memory", keys);
}

static void need_namespace(void)
{
	if (!is_apart)
		skip();
	if (sender < 0)
		sender = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	assert_true(sender >= 0);
}

/* ---- tests ---- */

static void test_open(void **state)
{
	bool there = access("/run/udev/control", F_OK) == 0, some;
	struct mhp_message message;
	struct ear ear;
	int fd;

	(void)state;
	listen_to(&ear, MHP_EVENT_SOURCE_KERNEL, DEFAULT_BYTES);
	assert_int_equal(ear.source, MHP_EVENT_SOURCE_KERNEL);
	assert_int_equal(ear.be->ops->get_events_fd(ear.be, ear.events, &fd), 0);
	assert_true(fd >= 0);
	listen_no_more(&ear);
	listen_to(&ear, MHP_EVENT_SOURCE_AUTO, DEFAULT_BYTES);
	/* udevd, if there is one, is in another namespace, and would not be heard */
	assert_int_equal(ear.source, there && !is_apart ? MHP_EVENT_SOURCE_UDEV :
							  MHP_EVENT_SOURCE_KERNEL);
	listen_no_more(&ear);
	if (!is_apart)
		return;
	listen_to(&ear, MHP_EVENT_SOURCE_UDEV, DEFAULT_BYTES);
	assert_int_equal(receive(&ear, &message, &some), 0);
	assert_false(some);
	listen_no_more(&ear);
}

static void test_other_root(void **state)
{
	struct ear ear;

	(void)state;
	assert_int_equal(listen_at(&ear, "/usr", MHP_EVENT_SOURCE_AUTO, DEFAULT_BYTES),
			 -EOPNOTSUPP);
	assert_string_equal(ear.why,
			    "events are those of this machine, and cannot be had of another root");
	listen_no_more(&ear);
}

static void test_buffer(void **state)
{
	socklen_t length = sizeof(int);
	int fd, size, most = 0;
	struct ear ear;
	FILE *file;

	(void)state;
	file = fopen("/proc/sys/net/core/rmem_max", "r");
	if (file && fscanf(file, "%d", &most) != 1)
		most = 0;
	if (file)
		fclose(file);
	listen_to(&ear, MHP_EVENT_SOURCE_KERNEL, DEFAULT_BYTES);
	assert_int_equal(ear.be->ops->get_events_fd(ear.be, ear.events, &fd), 0);
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, &length), 0);
	/* the kernel doubles it; as much as was asked for, or as a plain user may have */
	assert_true(size >= (int)DEFAULT_BYTES || size >= most);
	listen_no_more(&ear);
}

static void test_message(void **state)
{
	struct mhp_message message;
	struct ear ear;
	bool some;

	(void)state;
	need_namespace();
	listen_to(&ear, MHP_EVENT_SOURCE_UDEV, DEFAULT_BYTES);
	send_keys("dax", "ACTION=bind\nDEVPATH=/devices/platform/hmem.0/dax0.0\nSUBSYSTEM=dax\n"
			 "DRIVER=kmem\nMODALIAS=dax:t0\nSEQNUM=900\n");
	/* the kernel drops it for us */
	send_keys("block", "ACTION=add\nDEVPATH=/devices/virtual/block/loop0\n"
			   "SUBSYSTEM=block\nSEQNUM=901\n");
	send_block(36, 902);
	assert_int_equal(receive(&ear, &message, &some), 0);
	assert_true(some);
	assert_string_equal(message.action, "bind");
	assert_string_equal(message.devpath, "/devices/platform/hmem.0/dax0.0");
	assert_string_equal(message.subsystem, "dax");
	assert_string_equal(message.driver, "kmem");
	assert_string_equal(message.modalias, "dax:t0");
	assert_int_equal(message.seqnum, 900);
	assert_int_equal(receive(&ear, &message, &some), 0);
	assert_true(some);
	assert_string_equal(message.action, "online");
	assert_string_equal(message.devpath, "/devices/system/memory/memory36");
	assert_null(message.driver);
	assert_int_equal(message.seqnum, 902);
	assert_int_equal(receive(&ear, &message, &some), 0);
	assert_false(some);
	listen_no_more(&ear);
}

/* Told first, and once; then those that were queued before. */
static void test_lost(void **state)
{
	struct mhp_message message;
	unsigned int count = 0;
	struct ear ear;
	bool some;

	(void)state;
	need_namespace();
	listen_to(&ear, MHP_EVENT_SOURCE_UDEV, 4096);
	for (unsigned int i = 1; i <= 100; i++)
		send_block(i, i);
	assert_int_equal(receive(&ear, &message, &some), -ENOBUFS);
	while (receive(&ear, &message, &some) == 0 && some)
		assert_int_equal(message.seqnum, ++count);
	assert_in_range(count, 1, 99);
	/* all that waited was taken: it goes on */
	send_block(200, 200);
	assert_int_equal(receive(&ear, &message, &some), 0);
	assert_true(some);
	assert_int_equal(message.seqnum, 200);
	listen_no_more(&ear);
}

/* What makes no sense is nothing, and what comes after it is received. */
static void test_malformed(void **state)
{
	static const char *const keys[] = {
		"\n", "ACTION=\n", "ACTION=online\n", "SEQNUM=1\n",
		"ACTION=online\nDEVPATH=/devices/system/memory/memory1\nSUBSYSTEM=memory\n",
		"ACTION=online\nDEVPATH=../x\nSUBSYSTEM=memory\nSEQNUM=1\n",
		"ACTION=online\nDEVPATH=/devices/system/memory/memory1\nSUBSYSTEM=memory\nSEQNUM=x\n",
		("ACTION=never seen\nDEVPATH=/devices/system/memory/memory1\nSUBSYSTEM=memory\n"
		 "SEQNUM=1\n"),
	};
	struct header header = { .prefix = "libudev", .properties_off = 5000 };
	struct mhp_message message = { 0 };
	struct ear ear;
	bool some = true;

	(void)state;
	need_namespace();
	listen_to(&ear, MHP_EVENT_SOURCE_UDEV, DEFAULT_BYTES);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		send_keys("memory", keys[i]);
	send_bytes(&header, "x", 1);
	header.magic = htonl(0xfeedcafe);
	header.subsystem_hash = htonl(hash("memory"));
	send_bytes(&header, "x", 1);
	send_block(36, 902);
	do {
		assert_int_equal(receive(&ear, &message, &some), 0);
		if (!some)
			fail_msg("no message is left, and the good one was not received");
	} while (message.seqnum != 902);
	assert_string_equal(message.devpath, "/devices/system/memory/memory36");
	listen_no_more(&ear);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_other_root),
		cmocka_unit_test(test_buffer),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_malformed),
	};

	go_apart();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

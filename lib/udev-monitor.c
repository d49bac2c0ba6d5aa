// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Uevents of this machine: the only caller of libudev, which knows no other root. From
 * udevd it lets through only messages sent by root, and the kernel drops those of
 * other subsystems for us; the kernel's own messages are filtered in message.c.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host.h"

#ifdef HAVE_LIBUDEV
#include <libudev.h>

struct mhp_events {
	struct udev *udev;
	struct udev_monitor *monitor;
	struct udev_device *device;	/* the last message's */
};

#define UDEV_RUN "/run/udev"
#define CONTROL "control"	/* udevd makes it, and removes it when it ends */

/*
 * udevd's messages do not leave its network namespace. A container may have the host's
 * /run/udev, and a namespace of its own: nobody would be heard there, while the kernel tells
 * all but those that belong to users' namespaces. Sockets are listed where they were made.
 * Where that cannot be known, the answer is yes.
 */
static bool is_udevd_near(struct host *host)
{
	struct mhp_backend *be = &host->be;
	struct mhp_dir *dir;
	char path[64], *text;
	size_t length;
	bool near;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/net", (int)getpid(), (int)gettid());
	if (be->ops->open_dir(be, path, &dir) < 0)
		return true;
	r = be->ops->read_all(be, dir, "unix", &text, &length);
	be->ops->close_dir(be, dir);
	if (r < 0)
		return true;
	near = strstr(text, " " UDEV_RUN "/" CONTROL "\n");
	free(text);
	return near;
}

static bool is_udevd_there(struct host *host)
{
	struct mhp_dir *dir;
	bool there;

	if (host->be.ops->open_dir(&host->be, UDEV_RUN, &dir) < 0)
		return false;
	there = host->be.ops->exists(&host->be, dir, CONTROL) == 0;
	host->be.ops->close_dir(&host->be, dir);
	return there && is_udevd_near(host);
}

/* In the kernel, for messages of udevd only: those have a tag that it can look at. */
static int add_filters(struct udev_monitor *monitor)
{
	static const char *const subsystems[] = {
		"memory", "node", "memory_tiering", "dax", "cxl", "virtio",
	};

	for (size_t i = 0; i < ARRAY_SIZE(subsystems); i++) {
		int r = udev_monitor_filter_add_match_subsystem_devtype(monitor, subsystems[i],
									NULL);

		if (r < 0)
			return r;
	}
	return 0;
}

/* As large as we may: by SO_RCVBUFFORCE, which is for root, else up to rmem_max. */
static void set_buffer(struct udev_monitor *monitor, size_t bytes)
{
	/* the kernel doubles it for its own needs, and stops at INT_MAX */
	int size = bytes > INT32_MAX / 2 ? INT32_MAX / 2 : (int)bytes;

	if (udev_monitor_set_receive_buffer_size(monitor, size) < 0)
		setsockopt(udev_monitor_get_fd(monitor), SOL_SOCKET, SO_RCVBUF, &size,
			   sizeof(size));
}

static int begin(struct mhp_events *events, const char *group, size_t buffer_bytes)
{
	int r;

	events->udev = udev_new();
	if (!events->udev)
		return -ENOMEM;
	errno = 0;
	events->monitor = udev_monitor_new_from_netlink(events->udev, group);
	if (!events->monitor)
		return errno ? -errno : -ENOMEM;
	set_buffer(events->monitor, buffer_bytes);
	r = add_filters(events->monitor);
	if (r == 0)
		r = udev_monitor_enable_receiving(events->monitor);
	return r < 0 ? r : 0;
}

int host_open_events(struct mhp_backend *be, enum mhp_event_source source,
		     size_t buffer_bytes, enum mhp_event_source *ret_source,
		     struct mhp_events **ret_events, const char **ret_why)
{
	struct host *host = to_host(be);
	struct mhp_events *events;
	int r;

	if (!host->is_real) {
		*ret_why = "events are those of this machine, and cannot be had of another root";
		return -EOPNOTSUPP;
	}
	if (source == MHP_EVENT_SOURCE_AUTO)
		source = is_udevd_there(host) ? MHP_EVENT_SOURCE_UDEV : MHP_EVENT_SOURCE_KERNEL;
	events = calloc(1, sizeof(*events));
	if (!events)
		return -ENOMEM;
	r = begin(events, source == MHP_EVENT_SOURCE_UDEV ? "udev" : "kernel", buffer_bytes);
	if (r < 0) {
		host_close_events(be, events);
		return r;
	}
	*ret_source = source;
	*ret_events = events;
	return 0;
}

int host_get_events_fd(struct mhp_backend *be, struct mhp_events *events, int *ret_fd)
{
	int fd = udev_monitor_get_fd(events->monitor);

	(void)be;
	if (fd < 0)
		return fd;
	*ret_fd = fd;
	return 0;
}

/* It answers EAGAIN, or another error, also for a message that it has dropped as malformed. */
static bool is_more_there(struct mhp_events *events)
{
	struct pollfd fd = {
		.fd = udev_monitor_get_fd(events->monitor),
		.events = POLLIN,
	};

	return poll(&fd, 1, 0) > 0;
}

int host_receive_event(struct mhp_backend *be, struct mhp_events *events,
		       struct mhp_message *ret_message, bool *ret_some)
{
	struct udev_device *device;

	(void)be;
	udev_device_unref(events->device);
	errno = 0;
	device = events->device = udev_monitor_receive_device(events->monitor);
	if (!device) {
		if (errno == ENOBUFS || errno == ENOMEM)
			return -errno;
		*ret_message = (struct mhp_message){ 0 };
		*ret_some = is_more_there(events);
		return 0;
	}
	*ret_some = true;
	*ret_message = (struct mhp_message){
		.action = udev_device_get_action(device),
		.devpath = udev_device_get_devpath(device),
		.subsystem = udev_device_get_subsystem(device),
		/* not udev_device_get_driver(), which looks who has it now */
		.driver = udev_device_get_property_value(device, "DRIVER"),
		.modalias = udev_device_get_property_value(device, "MODALIAS"),
		.synth_uuid = udev_device_get_property_value(device, "SYNTH_UUID"),
		.seqnum = udev_device_get_seqnum(device),
	};
	return 0;
}

void host_close_events(struct mhp_backend *be, struct mhp_events *events)
{
	(void)be;
	udev_device_unref(events->device);
	udev_monitor_unref(events->monitor);
	udev_unref(events->udev);
	free(events);
}

#else /* HAVE_LIBUDEV */

int host_open_events(struct mhp_backend *be, enum mhp_event_source source,
		     size_t buffer_bytes, enum mhp_event_source *ret_source,
		     struct mhp_events **ret_events, const char **ret_why)
{
	(void)be;
	(void)source;
	(void)buffer_bytes;
	(void)ret_source;
	(void)ret_events;
	*ret_why = "libmhp was built without libudev, and has no events";
	return -EOPNOTSUPP;
}

/* None of these is ever called: there is nothing to call them with. */
int host_get_events_fd(struct mhp_backend *be, struct mhp_events *events, int *ret_fd)
{
	(void)be;
	(void)events;
	(void)ret_fd;
	return -EOPNOTSUPP;
}

int host_receive_event(struct mhp_backend *be, struct mhp_events *events,
		       struct mhp_message *ret_message, bool *ret_some)
{
	(void)be;
	(void)events;
	(void)ret_message;
	(void)ret_some;
	return -EOPNOTSUPP;
}

void host_close_events(struct mhp_backend *be, struct mhp_events *events)
{
	(void)be;
	(void)events;
}

#endif /* HAVE_LIBUDEV */

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The memory blocks and their states as a program that uses libudev finds them. In a
 * tree of files it wants SYSTEMD_DEVICE_VERIFY_SYSFS=0, and /sys has to be the tree.
 */
#include <libudev.h>
#include <stdio.h>
#include <string.h>

static int is_online(struct udev *udev, const char *path)
{
	struct udev_device *device = udev_device_new_from_syspath(udev, path);
	const char *state;
	int online;

	if (!device)
		return 0;
	state = udev_device_get_sysattr_value(device, "state");
	online = state && strcmp(state, "online") == 0;
	udev_device_unref(device);
	return online;
}

int main(void)
{
	struct udev *udev = udev_new();
	struct udev_enumerate *blocks = udev_enumerate_new(udev);
	unsigned long count = 0, online = 0;
	struct udev_list_entry *entry;

	udev_enumerate_add_match_subsystem(blocks, "memory");
	udev_enumerate_scan_devices(blocks);
	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(blocks)) {
		count++;
		online += (unsigned long)is_online(udev, udev_list_entry_get_name(entry));
	}
	udev_enumerate_unref(blocks);
	udev_unref(udev);
	printf("%lu blocks, %lu online\n", count, online);
	return count == 0;
}

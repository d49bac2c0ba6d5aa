# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086 # lists of words
# what: systemd boots: udev loads kmem, whose memory goes where the system's policy says; not where kmem is blacklisted
# machine: one
# needs: nothing systemd
# guests: 2

prepare() {
	policy online
	mkdir -p /etc/modprobe.d
	[ $GUEST = 1 ] || echo 'blacklist kmem' >/etc/modprobe.d/test.conf
}
before_boot prepare

udev_settled
like "systemd is done" "$(systemctl is-system-running)" '^(running|starting)$'
is "nothing failed" "$(systemctl --failed --no-legend --plain)" ""
is "the policy is as it was set before" "$(cat $M/auto_online_blocks)" online
check "udev loaded dax_hmem" [ -d /sys/module/dax_hmem ]
check "udev loaded device_dax" [ -d /sys/module/device_dax ]
if [ $GUEST = 2 ]; then
	check "udev did not load kmem" [ ! -d /sys/module/kmem ]
	isnt "kmem has no device" "$(driver dax0.0)" kmem
	uniform "there is no memory" absent - $(blocks_of dax0.0)
	check "it can be loaded by its name" modprobe kmem
else
	check "udev loaded kmem" [ -d /sys/module/kmem ]
	# Before 6.3 kmem takes no device by itself.
	[ "$(driver dax0.0)" = device_dax ] || uniform "all of it is in Normal" online Normal $(blocks_of dax0.0)
fi

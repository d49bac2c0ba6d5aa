# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: mhp agent and mhp watch do nothing at all while what happens is not their business
# machine: one
# timeout: 400

uptime() { cut -d . -f 1 /proc/uptime; }

# What makes no uevents, for as long as anybody might want to look by the clock
busy() {
	end=$(($(uptime) + 30)) i=0
	while [ $(uptime) -lt $end ] || [ $i -lt 50 ]; do
		i=$((i + 1))
		dd if=/dev/zero of=/tmp/busy bs=64k count=16 2>/dev/null
		for n in $B; do
			state $n
			zone $n
		done >/dev/null
	done
	note "$i rounds of other work"
}

# And what makes some, of other devices
uevents() {
	busy
	modprobe memory-notifier-error-inject
	modprobe -r memory-notifier-error-inject
	udevadm trigger --action=change --subsystem-match=tty --subsystem-match=mem --subsystem-match=pci
	udev_settled
}

# efforts PID ...: of each of them
efforts() {
	for p; do
		effort $p
	done
}

# idle WHAT COMMAND PID ...: these do nothing meanwhile
idle() {
	what=$1 others=$2
	shift 2
	for p; do
		wait_for is_calm $p || bail "$what: process $p does not come to rest"
	done
	at=$(efforts "$@") seqnum=$(cat /sys/kernel/uevent_seqnum)
	$others
	note "uevents meanwhile: $(($(cat /sys/kernel/uevent_seqnum) - seqnum))"
	is "$what: at work neither often nor long meanwhile" "$(efforts "$@")" "$at"
}

# heeds WHAT PID: what is its business it sees
heeds() {
	at=$(effort $2)
	mhp unplug dax0.0 >/tmp/out 2>&1 || bail "cannot unplug dax0.0: $(cat /tmp/out)"
	wait_for all_are online Movable $B || agent_log
	uniform "$1: it sees what is its business" online Movable $B
	isnt "$1: and that is to be seen" "$(effort $2)" "$at"
}

load_dax
policy online
by_hand dax0.0
B=$(blocks_of dax0.0)
standing 'type = online_movable'

start_agent --source kernel
wait_for all_are online Movable $B || bail "not as wanted: $(cat /tmp/agent.log)"
idle "agent, kernel's events" busy $agent
heeds "agent, kernel's events" $agent
stop_agent "kernel's events"

start_udevd $(online_rule)
: >/tmp/agent.log
start_agent --source udev
mhp watch >/tmp/watch.out 2>&1 &
watcher=$!
wait_for grep -q . /tmp/watch.out || bail "mhp watch says nothing"
idle "agent and watch, udev's events" uevents $agent $watcher
heeds "agent, udev's events" $agent
stop_agent "udev's events"
kill $watcher

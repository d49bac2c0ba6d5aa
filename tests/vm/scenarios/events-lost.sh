# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: mhp watch does not read for a while: it tells that events were lost, and misses nothing in the end
# machine: many
# timeout: 300

# watch SOURCE: mhp watch in the background, leaves it in $watcher; it waits for events now
watch() {
	: >/tmp/watch.out
	mhp watch --json --source $1 --buffer 32K >/tmp/watch.out 2>/tmp/watch.err &
	watcher=$!
	wait_for [ -s /tmp/watch.out ] || bail "mhp watch says nothing: $(cat /tmp/watch.err)"
	wait_for at_rest $watcher || bail "mhp watch is not at rest"
}

# What the lines so far lead to: "N STATE ZONE" of each block.
told() {
	jq -n -r 'reduce inputs as $e ({};
		if $e.event == "begin" then
			reduce $e.blocks[] as $b (.; .["\($b.id)"] = "\($b.state) \($b.zone)")
		elif $e.block == null then .
		elif $e.after == "absent" then del(.["\($e.block)"])
		else .["\($e.block)"] = "\($e.after) \($e.zone_after)" end)
		| to_entries[] | "\(.key) \(.value)"' /tmp/watch.out | sort -n
}

# The truth, in the same words
sysfs() {
	for n in $(all_blocks); do
		z=$(zone $n)
		[ "$z" != - ] || z=null
		echo $n $(state $n) $z
	done
}

heard() { grep -q "\"event\":\"$1\"" /tmp/watch.out; }
heard_of() { jq -r --arg e $1 'select(.event == $e) | .name' /tmp/watch.out 2>/dev/null | grep -q -x "$2"; }

# behind WHAT SOURCE COMMAND ...: it is done while mhp watch sleeps
behind() {
	what=$1
	watch $2
	shift 2
	kill -STOP $watcher
	"$@"
	[ -z "$udevd" ] || udev_settled
	kill -CONT $watcher
	check "$what: it is told that events were lost" wait_for heard lost
	check "$what: and when all is known again" wait_for heard resynced
	# From now on it hears again.
	set_state $high offline
	check "$what: the next one is heard" wait_for heard_of block-offline memory$high
	told >/tmp/told
	sysfs >/tmp/sysfs
	check "$what: what it told is what is there" cmp /tmp/told /tmp/sysfs
	isnt "$what: some of it was found, not heard" "$(jq -r 'select(.found == true) | .event' /tmp/watch.out | grep -c block-)" 0
	is "$what: lost and found again once each" "$(jq -r .event /tmp/watch.out | grep -E -c '^(lost|resynced)$')" 2
	mhp list --json | jq -r '.blocks[] | "\(.id) \(.state) \(if .state == "online" then .zones[0] else null end)"' |
		sort -n >/tmp/listed
	check "$what: as mhp list has it" cmp /tmp/told /tmp/listed
	kill -TERM $watcher
	wait $watcher
	is "$what: status" $? 0
	is "$what: no complaint" "$(cat /tmp/watch.err)" ""
	set_state $high online_movable
}

add() { bind online_movable; }

# Every block goes, half of them come back, and the lowest is in another zone than before.
change() {
	for n in $B; do
		set_state $n offline
		[ $((n % 2)) -eq 0 ] || set_state $n online_movable
	done
	set_state $low online_kernel
}

udevd=
load_dax
[ "$(driver dax0.0)" = - ] || unbind dax0.0
B=$(blocks_of dax0.0)
is "512 blocks" "$(echo $B | wc -w)" 512
low=$(nth 1 $B) high=$(nth 512 $B)
behind "kernel, they come" kernel add
uniform "all are there" online Movable $B
start_udevd /dev/null
behind "udev, they change" udev change

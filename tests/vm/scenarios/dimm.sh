# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what helpers leave
# what: a DIMM is plugged by the host, onlined, ejected; what cannot leave keeps its zones
# machine: dimm
# timeout: 300

policy offline
watch_others
before=$(settings)
plug_dimm d0 512M 1
D=$dimm B=$(blocks_of_dimm $dimm)
exits "list" 0 mhp list --json
json "it is listed" ".regions[] | select(.name == \"$D\") | .kind" dimm
owns "plugged" $D $B

exits "online" 0 mhp online $D --type online_movable
uniform "every block is in Movable" online Movable $B
no_writes "a plan of the unplugging" 0 mhp plan unplug $D
exits "unplug" 0 mhp unplug $D
uniform "every block is gone" absent - $B
is "its slot is empty" "$(cat $ACPI/$D/status)" 0
check "its host has it back" wait_for dimm_is d0 gone
owns "an empty slot" $D

# stays WHAT STATUS COMMAND ...: it ends so, states and zones are as they were, and nobody was asked
# to take the DIMM
stays() {
	_stays=$1 _want=$2
	shift 2
	_picture=$(picture $B)
	host dimm d0 || bail "$answer"
	_was=$answer
	exits "$_stays" $_want "$@"
	is "$_stays: every block is as it was" "$(picture $B)" "$_picture"
	host dimm d0 || bail "$answer"
	is "$_stays: nothing was ejected" "$answer" "$_was"
}

# eject_after SCRIPT: unplug it, with that right before the eject
eject_after() {
	printf 'quiet=yes\n. /vm/lib.sh\n%s\n' "$1" >/tmp/meanwhile
	INSTEAD="sh /tmp/meanwhile >/tmp/meanwhile.log 2>&1"
	export INSTEAD
	run kill-at /tmp/calls /eject mhp unplug $D
	unset INSTEAD
	is "others were faster" "$(grep -c 'write .*/eject$' /tmp/calls) $(cat /tmp/meanwhile.log)" "1 "
}

plug_dimm d0 512M 1
D=$dimm B=$(blocks_of_dimm $dimm)
first=$(nth 1 $B)
rest=${B#"$first "}
exits "online again" 0 mhp online $D --type online_movable

pin_page $(nth 2 $B)
stays "unplug with a page pinned" 1 mhp unplug $D --timeout 3
kill $pinner
wait $pinner

# The kernel is told to eject nothing: seen before, and found out at the last moment.
ENABLED=/sys/firmware/acpi/hotplug/memory/enabled
echo 0 >$ENABLED
stays "unplug while ejects are switched off" 1 mhp unplug $D
echo 1 >$ENABLED
eject_after "echo 0 >$ENABLED"
is "an eject that is refused" $rc 1
uniform "an eject that is refused: every block is back in Movable" online Movable $B
echo 1 >$ENABLED

# An eject that fails: somebody has a block online again, with memory of the kernel in it.
eject_after "set_state $first online_kernel; pin 1"
is "an eject that fails" $rc 3
is "an eject that fails: a block is in Normal" "$(picture $first)" "$first:online:Normal"
uniform "an eject that fails: the others are back in Movable" online Movable $rest
stays "unplug with kernel memory in it" 1 mhp unplug $D
names "unplug with kernel memory in it: it names the block" $first
others_same "no other block was touched"
is "the settings are as before" "$(settings)" "$before"
nothing_pending "in the end"

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: mhp capture; a machine simulated from it answers as this one; who may not read all
# machine: two-nodes ranges unaligned
# timeout: 300

X=/tmp/x.txt

# capture WHAT: take one, which is the same when it is taken again
capture() {
	exits "$1: capture" 0 mhp capture --save $X
	is "$1: nothing was refused" "$err" ""
	mhp --capture $X capture >/tmp/again.txt
	check "$1: the same again" cmp $X /tmp/again.txt
	mhp --sim $X capture >/tmp/again.txt
	check "$1: simulated, the same again" cmp $X /tmp/again.txt
	mhp --sim $X --sim-save /tmp/again.txt list >/tmp/list.txt
	check "$1: simulated and saved, the same again" cmp $X /tmp/again.txt
}

# What a list has of a machine, but for the free memory, which is another one each time.
list_of() { # list_of OPTION ...
	mhp list --json "$@" | jq -S -c 'del(.. | .free_bytes?)'
}

# no_reading_of_risk: nothing was opened that waits, or acts
no_reading_of_risk() {
	sed -n 's/.* = [0-9]*<\(.*\)>$/\1/p' /tmp/strace | sort -u >/tmp/opened
	isnt "the trace sees it read blocks" "$(grep -c '/memory[0-9]*/state$' /tmp/opened)" 0
	is "it reads nothing of risk" \
		"$(grep -E '/memory[0-9]+/(online|uevent)$|_offline_page$|/(un)?bind$|_id$|/probe$|/compact$|/reclaim$' /tmp/opened)" ""
}

# alike WHAT COMMAND ...: mhp ... here and on the machine simulated from a capture of before
# ends alike, with the same picture
alike() {
	_alike=$1
	shift
	exits "$_alike: capture before" 0 mhp capture --save $X
	mhp "$@" --sim $X --sim-save /tmp/sim.txt >/tmp/sim.out 2>/tmp/sim.err
	_sim_rc=$?
	run mhp "$@"
	is "$_alike: same status" "$_sim_rc" "$rc"
	is "$_alike: same words" "$(cat /tmp/sim.out)" "$out"
	list_of --capture /tmp/sim.txt >/tmp/sim.json
	list_of >/tmp/real.json
	# The kernel drops an empty node, or not, as it likes; the blocks and regions must agree.
	for _part in blocks regions nodes default_online_type; do
		is "$_alike: $_part" "$(jq -S -c .$_part /tmp/sim.json)" "$(jq -S -c .$_part /tmp/real.json)"
	done
	# What the kernel says of each block is what the simulated one says.
	capture_lines /tmp/sim.txt >/tmp/sim.lines
	mhp capture | capture_lines >/tmp/real.lines
	is "$_alike: files of blocks, nodes and devices" "$(diff /tmp/sim.lines /tmp/real.lines | head -n 12)" ""
}

# Those lines of a capture that do not depend on how much memory is free, or on what came before.
capture_lines() { grep -v -E '^#|^	|uevent_seqnum|zoneinfo' "$@"; }

mhp capture >/tmp/bare.txt
check "before anything is loaded" grep -q '^# kernel: ' /tmp/bare.txt
mhp --capture /tmp/bare.txt capture >/tmp/again.txt
check "before anything is loaded: the same again" cmp /tmp/bare.txt /tmp/again.txt
mhp --sim /tmp/bare.txt capture >/tmp/again.txt
check "before anything is loaded: simulated, the same again" cmp /tmp/bare.txt /tmp/again.txt

bind offline
capture "bound"
is "the kernel is named" "$(sed -n 's/^# kernel: //p' $X)" "$(uname -r)"
is "the list of the capture is that of the machine" "$(list_of --capture $X)" "$(list_of)"
no_writes "capture" 0 mhp capture
run strace -f -y -o /tmp/strace -e trace=open,openat,openat2 mhp capture
no_reading_of_risk

B=$(blocks_of dax0.0)
set -- $B
for n; do
	[ $# -gt $(($(echo $B | wc -w) / 2)) ] || break
	set_state $n online_movable || bail "block $n does not go online"
	shift
done
capture "half online"
is "half online: the list" "$(list_of --capture $X)" "$(list_of)"

alike "online" online dax0.0 --type online_movable
alike "offline" offline dax0.0
alike "unplug" unplug dax0.0
capture "in the end"

# Somebody who is not root: works, says what may not be read, and can be read again.
chmod 777 /tmp
as_nobody mhp capture
is "not root: status" "$rc" 0
like "not root: is told" "$err" 'files that may not be read: [0-9]+, such as /proc/iomem; run as root'
cp /tmp/out /tmp/nobody.txt
check "not root: addresses are kept back" grep -q '^/proc/iomem: <EACCES>$' /tmp/nobody.txt
mhp --capture /tmp/nobody.txt capture >/tmp/again.txt
check "not root: the same again" cmp /tmp/nobody.txt /tmp/again.txt
exits "not root: list" 0 mhp --capture /tmp/nobody.txt list

# A block on its way offline is looked at without waiting for it.
if ! has_word dax0.0; then
	bind offline dax0.0
fi
exits "online once more" 0 mhp online dax0.0 --type online_movable
set -- $B
hold_lock $1
RUN_LIMIT=20 exits "going offline: capture" 0 mhp capture --save $X
check "going offline: is told" grep -q "^$M/memory$1/state: going-offline\$" $X
is "going offline: online is not read" "$(grep "^$M/memory$1/online" $X)" ""
release_lock
mhp --capture $X capture >/tmp/again.txt
check "going offline: the same again" cmp $X /tmp/again.txt

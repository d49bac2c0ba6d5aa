# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC1091,SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: what onlining and offlining cost, by the order of the blocks, and who does it
# machine: bench-region
# icount: 0
# timeout: 1200

# row TABLE NAME INSTRUCTIONS: for bench/vm/table.awk. Per block of so many.
row() {
	echo "%row|$1|$2|$3|$n"
}

measure() { # measure TABLE NAME COMMAND ...: its first number
	_table=$1 _name=$2
	shift 2
	if "$@" >/tmp/took 2>/tmp/error; then
		row "$_table" "$_name" "$(cut -d ' ' -f 1 /tmp/took)"
	else
		_rc=$?
		note "$_name: status $_rc: $(head -n 2 /tmp/error)"
		[ $_rc -eq 77 ] || failed="$failed $_name"
		return $_rc
	fi
}

# blocks_are STATE ZONE: all of the region
blocks_are() { uniform "$n blocks are $1" $1 $2 $(echo $B | cut -d ' ' -f 1-$n); }

failed=
bind offline
B=$(blocks_of dax0.0)
first=$(nth 1 $B) all=$(echo $B | wc -w)

# Not counted: other work of the kernel after boot.
guest-write down $first $((first + all - 1)) online_movable >/dev/null
guest-write lowest-last $first $((first + all - 1)) offline >/dev/null
mhp list >/dev/null

n=$all
guest-apply dax0.0 online-per-block >/tmp/on 2>&1 || bail "cannot online: $(cat /tmp/on)"
blocks_are online Movable
guest-apply dax0.0 offline >/tmp/off 2>&1 || bail "cannot offline: $(cat /tmp/off)"
blocks_are offline -
for what in online offline; do
	[ $what = online ] && file=/tmp/on || file=/tmp/off
	row $what "libmhp, mhp_apply()" $(cut -d ' ' -f 1 $file)
	row $what "libmhp, snapshot and plan before it" $(cut -d ' ' -f 2 $file)
done
for n in 128 $all; do
	last=$((first + n - 1))
	on="order: online" off="order: offline"
	[ $n -lt $all ] || on=online off=offline
	measure "$on" "floor, downwards" guest-write down $first $last online_movable
	measure "$off" "floor, lowest last" guest-write lowest-last $first $last offline
	measure "$on" "floor, upwards" guest-write up $first $last online_movable
	measure "$off" "floor, upwards" guest-write up $first $last offline
done

# Processes, with what it takes to start one.
measure online "mhp --per-block (process)" guest-write run mhp online dax0.0 --type online_movable --per-block
measure offline "mhp (process)" guest-write run mhp offline dax0.0
if [ -x "$(command -v chmem)" ]; then
	# It takes memory to Movable if that is what the zone is called.
	measure online "chmem (process)" guest-write run chmem -e -z Movable -b $first-$last
	measure offline "chmem (process)" guest-write run chmem -d -b $first-$last
fi
if [ -x "$(command -v daxctl)" ]; then
	measure online "daxctl (process)" guest-write run daxctl online-memory dax0.0
	measure offline "daxctl (process)" guest-write run daxctl offline-memory dax0.0
fi

# What it does where nothing else is asked for: from 7.3 on, one write for the whole device.
measure online "libmhp without MHP_RULE_PER_BLOCK" guest-apply dax0.0 online
measure offline "libmhp after that" guest-apply dax0.0 offline

# From no blocks to blocks online, where the kernel can give them back without an unbind.
if has_word dax0.0; then
	put unplugged $DAX/dax0.0/state
	measure plug "floor, the whole device" guest-write whole $DAX/dax0.0/state online_movable
	measure unplug "floor, the whole device" guest-write whole $DAX/dax0.0/state unplugged
	measure plug "libmhp, block by block" guest-apply dax0.0 plug-per-block &&
		blocks_are online Movable
fi
is "all could be measured" "$failed" ""

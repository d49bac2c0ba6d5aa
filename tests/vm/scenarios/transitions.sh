# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: every request from every word of the device state: what the kernel's table of them allows and refuses
# machine: boot-node
# kernels: 7.3

bind offline
B=$(blocks_of dax0.0)
watch_others $B

# At its node's end of boot memory the region can leave a kernel zone, too.
# from WORD: the device state is this, and the blocks agree with it
from() {
	if [ "$(word dax0.0)" != unplugged ]; then
		echo unplugged >$DAX/dax0.0/state || bail "cannot unplug by hand, from $(word dax0.0)"
	fi
	case $1 in
	unplugged) ;;
	offline)
		unbind dax0.0
		bind_kmem dax0.0
		;;
	*) echo $1 >$DAX/dax0.0/state || bail "cannot write $1 by hand" ;;
	esac
	[ "$(word dax0.0)" = $1 ] || bail "the word is $(word dax0.0), not $1"
	was=$(picture $B)
}

# to FROM STATUS WORD STATE ZONE VERB ...: one cell; the word "-" for one that is not told
to() {
	from $1
	what="$1, $6 ${9:-${8:-}}"
	want=$2 told=$3 s=$4 z=$5
	shift 5
	exits "$what" $want mhp $1 dax0.0 $(shift; echo "$@")
	uniform "$what: blocks" $s $z $B
	[ $told = - ] || is "$what: word" "$(word dax0.0)" $told
}

# met FROM STATUS VERB ...: one that changes nothing
met() {
	from $1
	what="$1, $3 ${5:-${4:-}}" want=$2
	shift 2
	no_writes "$what" $want mhp $1 dax0.0 $(shift; echo "$@")
	is "$what: nothing happened" "$(picture $B)" "$was"
}

met unplugged 0 unplug
to unplugged 0 online online Normal online --type online
to unplugged 0 online_kernel online Normal online --type online_kernel
to unplugged 0 online_movable online Movable online --type online_movable

to offline 0 unplugged absent - unplug
to offline 0 online online Normal online --type online
to offline 0 online_kernel online Normal online --type online_kernel
to offline 0 online_movable online Movable online --type online_movable
met offline 0 offline

for w in online online_kernel; do
	to $w 0 unplugged absent - unplug
	met $w 0 online --type online
	met $w 0 online --type online_kernel
	met $w 1 online --type online_movable
	to $w 0 online_movable online Movable online --type online_movable --rezone
	# The word cannot be made to say so: it is what was asked for last.
	to $w 0 $w offline - offline
done

to online_movable 0 unplugged absent - unplug
met online_movable 0 online --type online
met online_movable 0 online --type online_movable
met online_movable 1 online --type online_kernel
to online_movable 0 online_kernel online Normal online --type online_kernel --rezone
to online_movable 0 online_movable offline - offline

# As plug sees them: it is System RAM already, and of which type.
for w in online_movable unplugged offline; do
	to $w 0 online_movable online Movable plug --type online_movable
done
others_same "boot memory is as it was"

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: blocks, a range, a node, a kind, and a part by size, instead of a region's name
# machine: two-nodes

bind offline
B0=$(blocks_of dax0.0) B1=$(blocks_of dax1.0)
set -- $B0
watch_others $B0 $B1
size=$(block_size)
address() { printf '0x%x' $(($1 * size)); }
last_of() { printf '0x%x' $((($1 + 1) * size - 1)); }
M_TYPE="--type online_movable"
all_offline() {
	exits "offline all" 0 mhp offline --kind dax
	uniform "all offline" offline - $B0 $B1
}
count() { # count STATE N ...: how many of these are so
	_s=$1 _c=0
	shift
	for _n; do
		[ "$(state $_n)" = $_s ] && _c=$((_c + 1))
	done
	echo $_c
}

exits "blocks" 0 mhp online --blocks $1-$2,$5 $M_TYPE
uniform "these are online" online Movable $1 $2 $5
uniform "no other one is" offline - $3 $4 $6 $7 $8 $B1
no_writes "blocks again" 0 mhp online --blocks $1-$2,$5 $M_TYPE
exits "offline blocks" 0 mhp offline --blocks $2
uniform "it is offline" offline - $2
uniform "the others are not" online Movable $1 $5
all_offline

exits "a range" 0 mhp online --range $(address $3)-$(last_of $4) $M_TYPE
uniform "its blocks are online" online Movable $3 $4
uniform "no other one is" offline - $1 $2 $5 $6 $7 $8 $B1
exits "a range that has parts of blocks" 0 mhp offline --range $(address $3)-$(address $4)
uniform "the whole blocks only" offline - $3
uniform "not the one in part" online Movable $4
all_offline

exits "a node" 0 mhp online --node $(target_node dax1.0) $M_TYPE
uniform "its blocks are online" online Movable $B1
uniform "no other one is" offline - $B0
exits "a kind" 0 mhp online --kind dax $M_TYPE
uniform "both regions are online" online Movable $B0 $B1
all_offline

exits "a part by size" 0 mhp online dax0.0 --size $((3 * size)) $M_TYPE
is "three are online" "$(count online $B0)" 3
uniform "of that region only" offline - $B1
exits "more of it" 0 mhp online dax0.0 --size $((2 * size >> 20))M $M_TYPE
is "five are online" "$(count online $B0)" 5
exits "less of it" 0 mhp offline dax0.0 --size $size
is "four are" "$(count online $B0)" 4
exits "more than there is" 1 mhp online dax0.0 --size $((5 * size)) $M_TYPE
is "four are still" "$(count online $B0)" 4
exits "not whole blocks" 1 mhp online dax0.0 --size $((size / 2)) $M_TYPE
exits "a part of a node" 0 mhp online --node $(target_node dax1.0) --size $((2 * size)) $M_TYPE
is "two are online" "$(count online $B1)" 2
is "the first region is as it was" "$(count online $B0)" 4
all_offline

exits "no such block" 1 mhp online --blocks 9999 $M_TYPE
exits "no such node" 1 mhp online --node 7 $M_TYPE
exits "a list that is none" 2 mhp online --blocks 5-3 $M_TYPE
exits "two targets" 2 mhp online dax0.0 --node 1 $M_TYPE
uniform "nothing happened" offline - $B0 $B1
others_same "boot memory is as it was"

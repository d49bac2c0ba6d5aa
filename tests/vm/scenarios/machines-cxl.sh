# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what helpers leave
# what: CXL devices come up and regions can be made of them: plain, interleaved (needs no mhp)
# machine: cxl cxl-two
# kernels: 6.12 7.3
# needs: nothing

FIRST=0xc0ffee01 SECOND=0xc0ffee02
load_cxl
watch_others
check "no region yet" [ ! -e $CXL/region0 ]

# region_is WHAT BLOCKS: the last region has that many blocks, on the window's node, and no other
# memory came.
region_is() {
	B=$(blocks_of_cxl $region)
	is "$1: blocks" "$(echo $B | wc -w)" "$2"
	is "$1: the same by its dax device" "$(blocks_of $dax)" "$B"
	is "$1: node" "$(target_node $dax)" 1
	is "$1: driver" "$(driver $dax)" kmem
	uniform "$1: offline" offline - $B
}

# gives_back: the last region's memory can be onlined as Movable, and leave
gives_back() {
	for n in $B; do
		set_state $n online_movable || bail "block $n does not go online"
	done
	uniform "online in Movable" online Movable $B
	by_hand $dax
	others_same "no other block was touched"
	free_region $region
	check "$region is gone" [ ! -e $CXL/$region ]
}

case $MACHINE in
cxl)
	is "serial numbers" "$(cxl_serials | tr '\n' ' ')" "$FIRST "
	cxl_dax offline 512M $FIRST
	region_is "a region" 4
	gives_back
	cxl_dax offline 256M $FIRST
	region_is "a smaller one" 2
	gives_back
	;;
cxl-two)
	is "serial numbers" "$(cxl_serials | tr '\n' ' ')" "$FIRST $SECOND "
	cxl_dax offline 512M $FIRST $SECOND
	is "ways" "$(cat $CXL/$region/interleave_ways)" 2
	region_is "interleaved" 4
	gives_back
	cxl_dax offline 256M $SECOND
	region_is "of one" 2
	cxl_dax offline 256M $FIRST
	region_is "and of the other" 2
	gives_back
	;;
esac

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what helpers leave
# what: CXL regions: parent of their dax device, plugged and unplugged by either name, released
# machine: cxl cxl-two
# kernels: 6.12 7.3
# timeout: 300

case $MACHINE in
cxl) serials=0xc0ffee01 ;;
cxl-two) serials="0xc0ffee01 0xc0ffee02" ;;
esac
cxl_dax offline 512M $serials
B=$(blocks_of_cxl $region)
before=$(settings)
watch_others $B

exits "list" 0 mhp list --json
json "the region is listed" ".regions[] | select(.name == \"$region\") | .kind" cxl
json "its dax device, too" ".regions[] | select(.name == \"$dax\") | .kind" dax
json "as its child" ".regions[] | select(.name == \"$dax\") | .parent" $region
owns "the deepest region has the blocks" $dax $B
owns "the CXL region has none of its own" $region
exits "show the region" 0 mhp show $region
for s in $serials; do
	like "a device's serial number is shown" "$out" "$(printf '0x%x|%d' $s $s)"
done

exits "online by the region's name" 0 mhp online $region --type online_movable
uniform "every block is in Movable" online Movable $B
exits "unplug by the region's name" 0 mhp unplug $region
uniform "every block is gone" absent - $B
is "the region is still committed" "$(cat $CXL/$region/commit)" 1
exits "plug by the device's name" 0 mhp plug $dax --type online_movable
uniform "every block is in Movable again" online Movable $B
exits "unplug by the device's name" 0 mhp unplug $dax
uniform "every block is gone again" absent - $B
exits "plug by the region's name" 0 mhp plug $region --type online_movable
uniform "every block is in Movable once more" online Movable $B

# A decommit strands what is online: it comes after the unplugging, or not at all.
if [ $MACHINE = cxl ]; then # interleaved memory is slow to be searched for a page
	pin_page $(nth 2 $B)
	exits "release with a page pinned" 1 mhp unplug $region --release --timeout 3
	uniform "every block is as it was" online Movable $B
	is "the region is committed as before" "$(cat $CXL/$region/commit)" 1
	kill $pinner
	wait $pinner
fi
no_writes "a plan of the release" 0 mhp plan unplug $region --release
exits "release" 0 mhp unplug $region --release
uniform "no block is left" absent - $B
is "the region is not committed" "$(cat $CXL/$region/commit)" 0
check "its dax device is gone" [ ! -e $DAX/$dax ]
exits "release again: so already" 0 mhp unplug $region --release
exits "list what is released" 0 mhp list --json
json "the region is still listed" "[.regions[] | select(.name == \"$region\")] | length" 1
json "its device is not" "[.regions[] | select(.name == \"$dax\")] | length" 0
free_region $region

# Two regions on one node: each has its own.
if [ $MACHINE = cxl-two ]; then
	cxl_dax offline 256M 0xc0ffee01
	one=$dax ONE=$(blocks_of_cxl $region) first=$region
	cxl_dax offline 256M 0xc0ffee02
	TWO=$(blocks_of_cxl $region)
	owns "two regions, the first" $one $ONE
	owns "two regions, the second" $dax $TWO
	exits "online both" 0 mhp online --kind cxl --type online_movable
	uniform "both are in Movable" online Movable $ONE $TWO
	exits "release the first" 0 mhp unplug $first --release
	uniform "its blocks are gone" absent - $ONE
	uniform "the other is as it was" online Movable $TWO
	exits "unplug the second" 0 mhp unplug $region
	uniform "its blocks are gone, too" absent - $TWO
	check "the node is gone" [ ! -e /sys/devices/system/node/node1 ]
fi
others_same "no other block was touched"
is "the settings are as before" "$(settings)" "$before"
nothing_pending "in the end"

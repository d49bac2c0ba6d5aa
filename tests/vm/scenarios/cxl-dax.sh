# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what helpers leave
# what: a dax device of a CXL region, plain or interleaved, is plugged, used, and given back
# machine: cxl cxl-two
# kernels: 6.12 7.3

# 6.1 makes no volatile region.
case $MACHINE in
cxl) cxl_dax offline 512M 0xc0ffee01 ;;
cxl-two) cxl_dax offline 512M 0xc0ffee01 0xc0ffee02 ;;
esac
B=$(blocks_of_cxl $region)
before=$(settings)
watch_others $B
owns "at first" $dax $B

exits "online" 0 mhp online $dax --type online_movable
uniform "every block is in Movable" online Movable $B
owns "online" $dax $B
exits "offline" 0 mhp offline $dax
uniform "every block is offline" offline - $B
exits "unplug" 0 mhp unplug $dax
uniform "every block is gone" absent - $B
exits "plug" 0 mhp plug $dax --type online_movable
uniform "every block is in Movable again" online Movable $B
is "driver" "$(driver $dax)" kmem
exits "give back" 0 mhp unplug $dax --to device_dax
is "driver then" "$(driver $dax)" device_dax
uniform "no block is left" absent - $B
others_same "no other block was touched"
is "the settings are as before" "$(settings)" "$before"
nothing_pending "in the end"

unbind $dax
free_region $region
exits "without the region" 0 mhp list --json
json "nothing of it is listed" '[.regions[] | select(.kind == "dax" or .kind == "cxl")] | length' 0

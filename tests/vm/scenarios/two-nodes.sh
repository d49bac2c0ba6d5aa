# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: two regions on two nodes: a request for one leaves the other alone
# machine: two-nodes

bind offline
B0=$(blocks_of dax0.0) B1=$(blocks_of dax1.0)
isnt "two nodes" "$(target_node dax0.0)" "$(target_node dax1.0)"
watch_others $B0 $B1

exits "online the first" 0 mhp online dax0.0 --type online_movable
uniform "the first is online" online Movable $B0
uniform "the second is offline" offline - $B1
exits "online the second" 0 mhp online dax1.0 --type online_kernel
uniform "the second is online" online Normal $B1
uniform "the first is as it was" online Movable $B0
exits "offline the first" 0 mhp offline dax0.0
uniform "the first is offline" offline - $B0
uniform "the second is as it was" online Normal $B1
exits "unplug the first" 0 mhp unplug dax0.0
uniform "the first is gone" absent - $B0
uniform "the second is as it was again" online Normal $B1
check "its node is gone" [ ! -e /sys/devices/system/node/node1 ]
check "the second's node is not" [ -e /sys/devices/system/node/node2 ]
others_same "boot memory is as it was"

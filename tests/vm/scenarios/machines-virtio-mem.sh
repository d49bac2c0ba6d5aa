# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what helpers leave
# what: a virtio-mem device grows and shrinks as its host wants (needs no mhp)
# machine: virtio-mem
# needs: nothing

start_virtio_mem offline
is "a virtio-mem device" "$(virtio_mems | wc -l)" 1
is "nothing plugged" "$(blocks_of_virtio $vm)" ""
watch_others

resize vm0 256M
B=$(blocks_of_virtio $vm)
is "256 MiB are two blocks" "$(echo $B | wc -w)" 2
uniform "offline" offline - $B
is "the node came with them" "$(node_of $(nth 1 $B))" 1
# A block of which half is plugged is a whole one here.
resize vm0 320M
is "320 MiB are three" "$(blocks_of_virtio $vm | wc -w)" 3
B=$(blocks_of_virtio $vm)
for n in $B; do
	set_state $n online_movable || bail "block $n does not go online"
done
uniform "online in Movable" online Movable $B
shrink vm0 128M 1
uniform "it shrinks, online as it is" online Movable $(blocks_of_virtio $vm)
is "128 MiB are one" "$(blocks_of_virtio $vm | wc -w)" 1
shrink vm0 0M 0
is "and none" "$(blocks_of_virtio $vm)" ""
check "the node is gone" wait_for [ ! -e /sys/devices/system/node/node1 ]
others_same "boot memory is as it was"

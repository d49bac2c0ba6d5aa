# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what helpers leave
# what: virtio-mem grows and shrinks by its host, is online Movable, and is the host's to unplug
# machine: virtio-mem
# timeout: 240

start_virtio_mem offline
watch_others
exits "list" 0 mhp list --json
json "the device is listed" ".regions[] | select(.name == \"$vm\") | .kind" virtio-mem
owns "it has nothing yet" $vm
exits "nothing to online" 1 mhp online $vm --type online_movable
one_line "nothing to online"

resize vm0 256M
B=$(blocks_of_virtio $vm)
owns "256 MiB" $vm $B
exits "online" 0 mhp online $vm --type online_movable
uniform "every block is in Movable" online Movable $B

# Half a block.
resize vm0 320M
B=$(blocks_of_virtio $vm)
is "320 MiB are three blocks" "$(echo $B | wc -w)" 3
owns "320 MiB" $vm $B
exits "online what has come" 0 mhp online $vm --type online_movable
uniform "every block is in Movable again" online Movable $B
exits "the same again" 0 mhp online $vm --type online_movable
like "there is nothing to do" "$out" 'already'

# not_done WHAT COMMAND ...: a clear answer, and nothing is written
not_done() {
	_not_done=$1
	shift
	no_writes "$_not_done" 1 "$@"
	uniform "$_not_done: every block is as it was" online Movable $B
}

not_done "unplug" mhp unplug $vm
like "unplug: whose it is to decide" "$out $err" 'host'
not_done "unplug of a block" mhp unplug --blocks $(nth 1 $B)
like "unplug of a block: whose it is to decide" "$out $err" 'host'
not_done "plug" mhp plug $vm --type online_kernel
exits "offline" 0 mhp offline --blocks $(nth 3 $B)
exits "a kernel zone is refused" 1 mhp online $vm --type online_kernel
uniform "nothing was onlined" offline - $(nth 3 $B)
like "and the message names the zone" "$out $err" 'kernel'
exits "unless it is allowed" 0 mhp online --blocks $(nth 3 $B) --type online_kernel --kernel-zone
uniform "online in a kernel zone" online Normal $(nth 3 $B)
exits "back into Movable" 0 mhp online $vm --type online_movable --rezone
uniform "every block is in Movable then" online Movable $B

shrink vm0 128M 1
B=$(blocks_of_virtio $vm)
is "128 MiB are one block" "$(echo $B | wc -w)" 1
owns "128 MiB" $vm $B
uniform "it is online as before" online Movable $B
shrink vm0 0M 0
is "the host has all back" "$(blocks_of_virtio $vm)" ""
owns "nothing" $vm
others_same "no other block was touched"
nothing_pending "in the end"

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what helpers leave
# what: how much of a virtio-mem device's blocks is there, and what is for its host to decide
# machine: virtio-mem
# allow: still has system memory added

# offline_bytes BLOCK: of an online one what is logically offline, page by page (KPF_OFFLINE)
offline_bytes() {
	pages=$(($(block_size) / 4096))
	dd if=/proc/kpageflags bs=8 skip=$(($1 * pages)) count=$pages 2>/dev/null |
		od -An -v -t x8 -w8 |
		awk '{ if (substr($1, length($1) - 5, 1) ~ /[89a-f]/) n++ } END { print n * 4096 }'
}
block_size() { echo $((0x$(cat /sys/devices/system/memory/block_size_bytes))); }

shown() { mhp show $vm --json >/tmp/shown.json; } # for the checks of jq below
field() { jq -c "$1" /tmp/shown.json; }

start_virtio_mem offline
shown
is "it is there without memory" "$(field .region.state)" '"absent"'
is "its kind" "$(field .region.kind)" '"virtio-mem"'

# ---- parts of blocks ----

resize vm0 322M
B=$(blocks_of_virtio $vm)
exits "online" 0 mhp online $vm --type online_movable
uniform "all of it is in Movable" online Movable $B
shown
is "what is plugged" "$(field .region.plugged_bytes)" $((322 << 20))
is "what is online" "$(field .region.online_bytes)" $((384 << 20))
is "its last block" "$(field '.blocks[-1].plugged_bytes')" $((66 << 20))
for n in $B; do
	is "block $n, page by page" "$(field ".blocks[] | select(.id == $n).plugged_bytes")" \
		$(($(block_size) - $(offline_bytes $n)))
done
resize vm0 258M
shown
is "one sub-block of 2 MiB" "$(field '.blocks[-1].plugged_bytes')" $((2 << 20))

# ---- what is not for us ----

exits "unplug" 1 mhp unplug $vm
exits "plug" 1 mhp plug $vm --type online_movable
set_state $(nth 1 $B) offline
exits "a kernel zone" 1 mhp online $vm --type online_kernel
is "it is as it was" "$(state $(nth 1 $B))" offline
exits "the same by number" 1 mhp online --blocks $(nth 1 $B) --type online_kernel
exits "a kernel zone by name" 0 mhp online --blocks $(nth 1 $B) --type online_kernel --kernel-zone
is "it is there" "$(zone $(nth 1 $B))" Normal

# ---- its driver goes ----

echo $vm >/sys/bus/virtio/drivers/virtio_mem/unbind
shown
is "no driver" "$(field .region.driver)" null
like "the memory is still its own" "$(field '[.blocks[].region] | unique')" "\"$vm\""
exits "offline, without a driver" 0 mhp offline --blocks $(nth 2 $B)
is "so it is" "$(state $(nth 2 $B))" offline

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086 # lists of words
# what: the kernel does what the scenarios stand on, and the tools work (needs no mhp)
# machine: one
# needs: nothing

check "jq works" sh -c 'echo "{\"a\":1}" | jq -e ".a == 1"'
check "strace works" strace -o /tmp/trace true
bind offline
B=$(blocks_of dax0.0)
watch_others $B
low=$(nth 1 $B)
mid=$(nth 5 $B)

for n in $B; do
	set_state "$n" online_movable
done
uniform "online_movable per block" online Movable $B
check "online_movable on an online block is refused" sh -c "! echo online_movable >$M/memory$low/state"
for n in $B; do
	set_state "$n" offline
done
uniform "offline per block" offline - $B
others_same "boot memory is as it was"

inject online 11
check "an injected error refuses" sh -c "! echo online_movable >$M/memory$low/state"
is "and the block stays offline" "$(state "$low")" offline
inject online 0

# The block that is first gets the pins.
set_state "$mid" online_kernel
pin 1
for n in $B; do
	set_state "$n" online_kernel
done
uniform "online_kernel per block" online Normal $B
is "one block is pinned" "$(pinned $B)" "$mid"
uniform "the others came back" online Normal $B

if has_word dax0.0; then
	is "device state: the policy at bind" "$(word dax0.0)" offline
	check "unplugging pinned memory is refused" sh -c "! echo unplugged >$DAX/dax0.0/state"
	uniform "and rolled back" online Normal $B
else
	skip "device state" "not in this kernel"
fi

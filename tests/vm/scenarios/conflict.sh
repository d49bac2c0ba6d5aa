# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: memory that the policy onlined in another zone: refused, re-zoned, or put back
# machine: rezone

bind online
boot=$(device_on_node 0) own=$(device_on_node 1)
BOOT=$(blocks_of $boot) OWN=$(blocks_of $own)
watch_others $BOOT $OWN
uniform "the policy onlined all in Normal" online Normal $BOOT $OWN

for d in $boot $own; do
	no_writes "$d: another zone is a conflict" 1 mhp online $d --type online_movable
	like "$d: the message names the zone" "$out $err" 'normal'
	like "$d: and the way out" "$out $err" '--rezone'
done
exits "the plan is refused too" 1 mhp plan online $boot --type online_movable
no_writes "a plan with --rezone" 0 mhp plan online $boot --type online_movable --rezone
uniform "nothing happened" online Normal $BOOT $OWN

exits "--rezone beside boot memory" 0 mhp online $boot --type online_movable --rezone
uniform "every block is in Movable" online Movable $BOOT
has_word $boot && is "the device state says so" "$(word $boot)" online_movable
uniform "the other region is as it was" online Normal $OWN

# On a node of its own the lowest block takes the node's own kernel memory: 7.3 does that by
# itself, before 7.3 it takes some other kernel memory there.
pin 1
low=$(nth 1 $OWN)
is "the lowest block is pinned" "$(pinned $OWN)" "$low"
uniform "all of it in Normal" online Normal $OWN
word_before=$(word $own)
exits "--rezone where a block is pinned" 1 mhp online $own --type online_movable --rezone
uniform "every block is back in Normal" online Normal $OWN
is "the device state is as it was" "$(word $own)" "$word_before"
names "the message names the pinned block" "$low"
like "and why" "$out $err" 'busy'

exits "the same as JSON" 1 mhp online $own --type online_movable --rezone --json
json "outcome" '.outcome' undone
json "no block has changed" '[.blocks[] | select(.before != .after)] | length' 0
json "all blocks are told of" '[.blocks[].id] | map(tostring) | join(" ")' "${OWN% }"
json "the pinned one has a reason" "[.blocks[] | select(.id == $low and .errno > 0 and .reason != null)] | length" 1
uniform "every block is back in Normal again" online Normal $OWN
uniform "the first region is as it was" online Movable $BOOT
others_same "boot memory is as it was"

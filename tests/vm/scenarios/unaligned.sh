# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: a region that starts and ends inside a block: only the whole blocks are touched
# machine: unaligned

bind offline
B=$(blocks_of dax0.0)
first=$(nth 1 $B)
below=$((first - 1)) above=$((first + $(echo $B | wc -w)))
is "6 whole blocks" "$(as_list $B)" 33-38
# Half of each is the region's. The kernel never offlines them, as that half is a hole.
is "the edges are boot memory" "$(picture $below $above)" "$below:online:Normal $above:online:Normal"
watch_others $B

for edge in $below $above; do
	exits "an edge" 1 mhp offline --blocks $edge --json
	json "an edge: reason" .reason hole
	json "an edge: errno" .errno 22
	true_report "an edge"
	like "an edge: people are told" "$err" 'hole'
done
no_writes "a block of many zones" 1 mhp offline --blocks 0
names "a block of many zones is named" 0
others_same "nothing has happened to them"

exits "list" 0 mhp list --json
json "blocks" '.regions[0].blocks' 33-38
json "lost bytes" '.regions[0].lost_bytes' "$(lost_bytes dax0.0)"
json "the edges are boot memory" "[.blocks[] | select(.id == $below or .id == $above) | .region] | tostring" '["boot","boot"]'

exits "online" 0 mhp online dax0.0 --type online_movable
uniform "the whole blocks are online" online Movable $B
others_same "the edges are as they were"
exits "offline" 0 mhp offline dax0.0
uniform "the whole blocks are offline" offline - $B
others_same "the edges are as they were after offline"

exits "online again" 0 mhp online dax0.0 --type online_movable
exits "unplug" 0 mhp unplug dax0.0
uniform "the whole blocks are gone" absent - $B
others_same "the edges are as they were in the end"

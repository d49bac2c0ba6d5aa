# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: a device with two ranges, and another one's blocks between them
# machine: ranges

bind offline
B=$(blocks_of dax0.0) N=$(blocks_of dax0.1)
is "two ranges" "$(as_list $B)" 32-34,37-39
is "the neighbour is between" "$(as_list $N)" 35-36
watch_others $B $N

exits "list" 0 mhp list --json
json "both ranges" '.regions[] | select(.name == "dax0.0") | .ranges | length' 2
json "blocks" '.regions[] | select(.name == "dax0.0") | .blocks' 32-34,37-39
json "the neighbour's" '.regions[] | select(.name == "dax0.1") | .blocks' 35-36

exits "online" 0 mhp online dax0.0 --type online_movable
uniform "both ranges are online" online Movable $B
uniform "the neighbour is offline" offline - $N
exits "offline" 0 mhp offline dax0.0
uniform "both ranges are offline" offline - $B

exits "online the neighbour" 0 mhp online dax0.1 --type online_movable
uniform "the neighbour is online" online Movable $N
uniform "both ranges are offline still" offline - $B
exits "online beside it" 0 mhp online dax0.0 --type online_movable
uniform "both ranges are online again" online Movable $B
exits "offline beside it" 0 mhp offline dax0.0
uniform "both ranges are offline again" offline - $B
uniform "the neighbour is as it was" online Movable $N
exits "unplug" 0 mhp unplug dax0.0
uniform "both ranges are gone" absent - $B
uniform "the neighbour is as it was again" online Movable $N
is "the neighbour is bound" "$(driver dax0.1)" kmem
if has_word dax0.0; then
	exits "online from unplugged" 0 mhp online dax0.0 --type online_movable
	uniform "both ranges are back" online Movable $B
	uniform "the neighbour is as it was in the end" online Movable $N
fi
others_same "boot memory is as it was"

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: the kernel refuses every block: success of a write is not believed, nothing is left behind
# machine: one

bind offline
B=$(blocks_of dax0.0)
watch_others $B

# On 7.3 the device state takes the word and says so, though no block goes online.
inject online 11
exits "online, every block refused" 1 mhp online dax0.0 --type online_movable
uniform "all offline" offline - $B
names "the message names a block" "($(echo $B | tr ' ' '|'))"
exits "per block" 1 mhp online dax0.0 --type online_movable --per-block
uniform "all offline again" offline - $B
exits "per block, as JSON" 1 mhp online dax0.0 --type online_movable --per-block --json
json "outcome" '.outcome' undone
like "errno and reason of one" "$(jq -c '[.blocks[] | select(.errno > 0 and .reason != null) | .id]' /tmp/out)" '[0-9]'
inject online 0
exits "online, nobody refuses" 0 mhp online dax0.0 --type online_movable
uniform "all online" online Movable $B

# 1: EPERM, which is the kernel's word for a plain veto, not a lack of permission.
inject offline 1
word_before=$(word dax0.0)
exits "offline, every block refused" 1 mhp offline dax0.0
uniform "all online still" online Movable $B
exits "unplug, every block refused" 1 mhp unplug dax0.0
uniform "all online after unplug" online Movable $B
is "still bound" "$(driver dax0.0)" kmem
is "the device state is as it was" "$(word dax0.0)" "$word_before"
inject offline 0
exits "unplug, nobody refuses" 0 mhp unplug dax0.0
uniform "all gone" absent - $B
others_same "boot memory is as it was"

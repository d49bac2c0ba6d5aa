# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: one of two ranges was left without a driver: the other comes and goes, and all is told
# machine: ranges

bind online_movable dax0.0
policy offline
B=$(blocks_of dax0.0)
set -- $B
FIRST="$1 $2 $3" SECOND="$4 $5 $6"
before=$(settings)
watch_others $B
for n in $FIRST; do
	set_state $n offline || bail "block $n does not go offline"
done
unbind dax0.0
uniform "the first range left" absent - $FIRST
uniform "the second is stuck" online Movable $SECOND

# A bind would succeed, without the second range.
exits "plug" 1 mhp plug dax0.0 --type online_movable --json
json "plug: outcome" .outcome refused
json "plug: reason" .reason conflict
json "plug: the message names the stuck range" '.message | test("37-39")' true
uniform "plug: the stuck range is as it was" online Movable $SECOND
uniform "plug: nothing else came" absent - $FIRST
is "plug: the settings are as before" "$(settings)" "$before"
nothing_pending "plug"

# Bound by hand, as others would.
bind_kmem dax0.0
is "bound without the stuck range" "$(driver dax0.0)" kmem
exits "online" 0 mhp online dax0.0 --type online_movable --per-block
uniform "all online" online Movable $B
run mhp unplug dax0.0
like "unplug: status" $rc '^[13]$'
names "unplug: the message names a stuck block" "($(echo $SECOND | tr ' ' '|'))"
uniform "unplug: the stuck range is there" online Movable $SECOND
others_same "nothing else was touched"

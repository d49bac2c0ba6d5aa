# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: a plan that was saved is carried out later, unless the machine has moved
# machine: rezone

bind offline
B=$(blocks_of dax0.0) O=$(blocks_of dax1.0)
watch_others $B $O
T="--type online_movable"

no_writes "plan" 0 mhp plan online dax0.0 $T --per-block --save /tmp/plan
check "it is saved" [ -s /tmp/plan ]
set_state $(nth 3 $B) online_kernel
exits "a block went online elsewhere: apply" 1 mhp apply /tmp/plan --json
json "outcome" .outcome refused
json "reason" .reason stale
is "no other block was touched" "$(picture $B | tr ' ' '\n' | grep -c ':offline:')" 7
set_state $(nth 3 $B) offline || bail "block $(nth 3 $B) does not go offline"

set_state $(nth 1 $O) online_movable
exits "another region moved: apply" 0 mhp apply /tmp/plan --json
json "outcome of the other" .outcome "done"
uniform "all online" online Movable $B
set_state $(nth 1 $O) offline
run mhp apply /tmp/plan
like "the same plan again" $rc '^[01]$'
uniform "all online still" online Movable $B

exits "plan unplug" 0 mhp plan unplug dax0.0 --save /tmp/unplug
by_hand dax0.0
exits "the device left: apply" 1 mhp apply /tmp/unplug
like "it says so" "$err" 'not what was planned for'
exits "the same as JSON" 1 mhp apply /tmp/unplug --json
json "outcome, device left" .outcome refused
json "reason, device left" .reason stale
exits "plan plug" 0 mhp plan plug dax0.0 $T --save /tmp/plug
before=$(settings)
exits "apply plug" 0 mhp apply /tmp/plug
uniform "plugged" online Movable $B
is "the settings are as before" "$(settings)" "$before"
uniform "the other region is as it was" offline - $O

echo rubbish >/tmp/rubbish
exits "no plan" 1 mhp apply /tmp/rubbish
one_line "no plan"
head -n 5 /tmp/plug >/tmp/cut
exits "half a plan" 1 mhp apply /tmp/cut
one_line "half a plan"
exits "no file" 1 mhp apply /tmp/no-such-file
one_line "no file"
others_same "boot memory is as it was"

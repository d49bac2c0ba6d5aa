# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: memory that an unbind by others left without a driver: what plug, unplug and the rest say
# machine: one

bind online_movable
policy offline
B=$(blocks_of dax0.0)
before=$(settings)
watch_others $B
unbind dax0.0
uniform "the unbind left it online" online Movable $B
is "without a driver" "$(driver dax0.0)" -

# not_done WHAT COMMAND ...: a clear answer, nothing changed, nothing left borrowed
not_done() {
	what=$1
	shift
	run "$@"
	like "$what: status" $rc '^[13]$'
	one_line "$what"
	like "$what: says why" "$err" 'strand|stay|taken|until a reboot|without a driver'
	uniform "$what: the blocks are as they were" online Movable $B
	is "$what: the settings are as before" "$(settings)" "$before"
	nothing_pending "$what"
}

not_done "plug" mhp plug dax0.0 --type online_movable
is "no driver after plug" "$(driver dax0.0)" -
not_done "unplug" mhp unplug dax0.0
not_done "unplug to device_dax" mhp unplug dax0.0 --to device_dax
is "no driver after unplug" "$(driver dax0.0)" -
exits "list" 0 mhp list
exits "show" 0 mhp show dax0.0

# Its blocks can be used as before, one by one, and never leave.
exits "offline" 0 mhp offline dax0.0
uniform "blocks are offline" offline - $B
run mhp unplug dax0.0
like "unplug, blocks offline: status" $rc '^[13]$'
uniform "they stay" offline - $B
exits "online" 0 mhp online dax0.0 --type online_movable
uniform "blocks are online" online Movable $B
others_same "boot memory is as it was"

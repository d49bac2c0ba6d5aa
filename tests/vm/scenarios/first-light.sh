# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: one region: online_movable, again, offline, online, unplug, and back where the kernel can
# machine: one

bind offline
B=$(blocks_of dax0.0)
watch_others $B
is "8 blocks" "$(echo $B | wc -w)" 8
uniform "all offline" offline - $B

exits "list" 0 mhp list
like "names the region" "$out" 'dax0\.0'
exits "show" 0 mhp show dax0.0
like "tells its blocks" "$out" "$(as_list $B)"

no_writes "plan" 0 mhp plan online dax0.0 --type online_movable
no_writes "dry run" 0 mhp online dax0.0 --type online_movable --dry-run
uniform "all offline still" offline - $B

exits "online, movable" 0 mhp online dax0.0 --type online_movable
uniform "every block is online in Movable" online Movable $B
others_same "boot memory is as it was"
has_word dax0.0 && is "the device state says so" "$(word dax0.0)" online_movable

no_writes "the same again" 0 mhp online dax0.0 --type online_movable
uniform "still Movable" online Movable $B
mount -o remount,bind,ro /sys
exits "the same again, sysfs read-only" 0 mhp online dax0.0 --type online_movable
mount -o remount,bind,rw /sys

exits "offline" 0 mhp offline dax0.0
uniform "blocks are there, offline" offline - $B
is "the driver stays" "$(driver dax0.0)" kmem
no_writes "offline again" 0 mhp offline dax0.0

# On 7.3 the device state says online_movable now, which is not so.
exits "online again" 0 mhp online dax0.0 --type online_movable
uniform "Movable again" online Movable $B

exits "unplug" 0 mhp unplug dax0.0
uniform "no blocks left" absent - $B
others_same "boot memory is as it was after unplug"
if has_word dax0.0; then
	is "still bound" "$(driver dax0.0)" kmem
	is "device state" "$(word dax0.0)" unplugged
	no_writes "unplug again" 0 mhp unplug dax0.0
	exits "online what was unplugged" 0 mhp online dax0.0 --type online_movable
	uniform "Movable once more" online Movable $B
else
	is "unbound" "$(driver dax0.0)" -
	no_writes "unplug again" 0 mhp unplug dax0.0
	# Plugging is another verb's: no blocks, no driver, so nothing to online.
	no_writes "online what was unplugged" 1 mhp online dax0.0 --type online_movable
	# The region is not stranded: it can be had back.
	bind offline dax0.0
	uniform "bound again" offline - $B
fi
others_same "boot memory is as it was in the end"

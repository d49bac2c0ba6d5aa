# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: what cannot be done is said in one clear line
# machine: tiny

bind offline
B=$(blocks_of dax1.0)
watch_others

refused() { # refused WHAT STATUS REGEX COMMAND ...
	_r_what=$1 _r_want=$2 _r_like=$3
	shift 3
	exits "$_r_what: status" $_r_want "$@"
	one_line "$_r_what"
	like "$_r_what: says" "$err" "$_r_like"
	others_same "$_r_what: nothing happened"
}

refused "unknown region" 1 'dax9\.9' mhp online dax9.9 --type online_movable
refused "unknown region to offline" 1 'dax9\.9' mhp offline dax9.9
refused "unknown region to unplug" 1 'dax9\.9' mhp unplug dax9.9
refused "unknown region to show" 1 'dax9\.9' mhp show dax9.9
run mhp online ../../bus/dax/devices/dax1.0 --type online_movable
like "a name that leads elsewhere: status" $rc '^(1|2)$'
others_same "a name that leads elsewhere: nothing happened"
refused "smaller than a block" 1 'dax0\.0.*block' mhp online dax0.0 --type online_movable

for word in movable Online_Movable 'online_movable ' online_movabl ''; do
	exits "wrong word '$word'" 2 mhp online dax1.0 --type "$word"
	like "wrong word '$word': the line says which" "$err" "${word:-type}"
done
exits "unknown verb" 2 mhp onlin dax1.0
exits "no region" 2 mhp online --type online_movable
exits "unknown option" 2 mhp online dax1.0 --type online_movable --force
others_same "wrong words: nothing happened"

as_nobody mhp online dax1.0 --type online_movable
is "not root: status" $rc 4
one_line "not root"
like "not root: says" "$err" 'permission|root'
as_nobody mhp offline dax1.0
uniform "not root: nothing happened" offline - $B
as_nobody mhp list
is "not root: list works" $rc 0
as_nobody mhp list --json
is "not root: list --json works" $rc 0
json "not root: ranges are null, not empty" '[.regions[] | select(.kind == "dax").ranges] | tostring' '[null,null]'
json "not root: and there are errors that say why" '[.errors[] | select(.path | test("mapping|resource"))] | length > 0' true

mount -o remount,bind,ro /sys
run mhp online dax1.0 --type online_movable
like "read-only sysfs: status" $rc '^(1|4)$'
one_line "read-only sysfs"
like "read-only sysfs: says" "$err" 'read-only'
exits "read-only sysfs: list works" 0 mhp list
mount -o remount,bind,rw /sys
uniform "read-only sysfs: nothing happened" offline - $B

mount -t tmpfs none $M
run mhp list
isnt "no memory hotplug in the kernel: status" $rc 0
one_line "no memory hotplug in the kernel"
like "no memory hotplug in the kernel: says" "$err" 'hotplug|devices/system/memory'
umount $M

# After all that, it still works.
exits "online" 0 mhp online dax1.0 --type online_movable
uniform "online" online Movable $B

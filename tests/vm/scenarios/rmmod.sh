# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: kmem was unloaded under memory in use: what is stuck is told of, the other region still works
# machine: two-nodes

unbound
policy online_movable
modprobe kmem || bail "cannot load kmem"
bind_kmem dax0.0
[ "$(driver dax1.0)" = - ] || by_hand dax1.0
policy offline
B=$(blocks_of dax0.0) OTHER=$(blocks_of dax1.0)
before=$(settings)
watch_others $B $OTHER
uniform "online" online Movable $B
check "the kernel lets kmem go" modprobe -r kmem
uniform "the memory is online still" online Movable $B
check "no kmem" [ ! -d $DRIVERS/kmem ]

exits "list" 0 mhp list --json
json "list: it has no driver" '.regions[] | select(.name == "dax0.0") | .driver | tostring' null
json "list: its memory is seen as what it is" '[.blocks[] | select(.region == "dax0.0" and .state == "online")] | length' 8

for verb in "plug dax0.0 --type online_movable" "unplug dax0.0" "unplug dax0.0 --to device_dax"; do
	no_writes "$verb" 1 mhp $verb
	like "$verb: says why" "$err" 'stayed behind|strand|reboot'
	uniform "$verb: the memory is as it was" online Movable $B
done
check "kmem is not loaded for it" [ ! -d $DRIVERS/kmem ]

# Loading kmem again tries every unbound device: the stuck one answers EBUSY to the kernel.
exits "plug the other" 0 mhp plug dax1.0 --type online_movable
uniform "the other is online" online Movable $OTHER
is "the stuck one has no driver" "$(driver dax0.0)" -
uniform "the stuck one is as it was" online Movable $B
is "the settings are as before" "$(settings)" "$before"
nothing_pending "the other plugged"
exits "unplug the other" 0 mhp unplug dax1.0
uniform "the other is gone" absent - $OTHER

# The stuck blocks work as before, one by one.
exits "offline" 0 mhp offline dax0.0
uniform "stuck, offline" offline - $B
exits "online" 0 mhp online dax0.0 --type online_movable
uniform "stuck, online" online Movable $B
others_same "boot memory is as it was"

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: one of four unbound devices is plugged, with kmem loaded or not: the others stay as they are
# machine: four

# The drivers of all devices but one.
drivers_beside() {
	for d in $(devices); do
		[ $d = $1 ] || echo $d=$(driver $d)
	done | tr '\n' ' '
}

# round WHAT DEVICE TYPE ZONE: plug it, and give it back
round() {
	what=$1 dev=$2 B=$(blocks_of $2)
	beside=$(drivers_beside $dev) before=$(settings)
	watch_others $B
	no_writes "$what: plan" 0 mhp plan plug $dev --type $3
	exits "$what: plug" 0 mhp plug $dev --type $3
	is "$what: it is System RAM" "$(driver $dev)" kmem
	uniform "$what: every block is in $4" online $4 $B
	is "$what: the other devices are as they were" "$(drivers_beside $dev)" "$beside"
	others_same "$what: no other block came"
	is "$what: the settings are as before" "$(settings)" "$before"
	nothing_pending "$what"
	no_writes "$what: plug again" 0 mhp plug $dev --type $3
	exits "$what: unplug" 0 mhp unplug $dev --to device_dax
	uniform "$what: no blocks are left" absent - $B
	is "$what: device_dax has it" "$(driver $dev)" device_dax
	is "$what: the other devices are as they were again" "$(drivers_beside $dev)" "$beside"
	is "$what: the settings are as before again" "$(settings)" "$before"
	nothing_pending "$what, unplugged"
}

unbound
policy offline
check "kmem is not loaded" [ ! -d $DRIVERS/kmem ]
is "no device has a driver" "$(drivers_beside none)" "dax0.0=- dax1.0=- dax2.0=- dax3.0=- "
round "kmem not loaded" dax1.0 online_movable Movable
check "kmem is loaded now" [ -d $DRIVERS/kmem ]
round "kmem loaded" dax2.0 online_movable Movable
round "from device_dax" dax1.0 online_movable Movable

# Loaded again, kmem would bind what has no driver under the policy of that moment.
modprobe -r kmem || bail "cannot unload kmem"
policy online
round "kmem not loaded, policy online" dax0.0 online_movable Movable

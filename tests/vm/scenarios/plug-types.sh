# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: plug with each type under each policy of the system; refused without borrowing
# machine: eight

unbound
modprobe -r kmem 2>/dev/null
next=1

# plugged DEVICE TYPE STATE ZONE: plugs it; "any" zone is one that the kernel chose
plugged() {
	B=$(blocks_of $1)
	before=$(settings)
	what="$2 under $(cat $M/auto_online_blocks)"
	exits "$what" 0 mhp plug $1 --type $2 --json
	json "$what: outcome" .outcome "done"
	json "$what: what others added" '.other_blocks | length' 0
	zone=$4
	[ $zone = any ] && zone=$(zone $(nth 1 $B))
	uniform "$what: every block" $3 $zone $B
	is "$what: the settings are as before" "$(settings)" "$before"
	has_word $1 && is "$what: the device state" "$(word $1)" $2
	nothing_pending "$what"
}

# Memory in a kernel zone may not come back, so each of those plugs has a device of its own.
for p in offline online online_kernel online_movable; do
	policy $p
	for t in online_movable offline; do
		if [ $t = offline ]; then
			plugged dax0.0 $t offline -
		else
			plugged dax0.0 $t online Movable
		fi
		exits "unplug" 0 mhp unplug dax0.0 --to device_dax
		uniform "unplugged" absent - $(blocks_of dax0.0)
	done
	[ $next -gt 6 ] && continue
	plugged dax$next.0 online_kernel online Normal
	plugged dax$((next + 1)).0 online online any
	next=$((next + 2))
done

policy online
no_writes "without borrowing" 1 mhp plug dax7.0 --type online_movable --no-borrow
is "it has no driver still" "$(driver dax7.0)" -
policy online_movable
exits "nothing has to be borrowed" 0 mhp plug dax7.0 --type default
uniform "the default's zone" online Movable $(blocks_of dax7.0)

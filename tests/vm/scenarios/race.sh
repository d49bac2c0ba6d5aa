# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2015,SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: udevd has a rule that onlines memory: plug wins every time, doing it by hand does not
# machine: two-nodes
# full-timeout: 1500

load_dax
policy offline
by_hand dax0.0
by_hand dax1.0
B=$(blocks_of dax0.0)
start_udevd "$(online_rule)"
before=$(settings)
no_writes "what a rule onlines cannot be kept offline" 1 mhp plug dax0.0 --type offline
like "the rule is named" "$err" '40-scenario.rules'
N=$(rounds 5 50)
won=0 handled=0 i=0
while [ $i -lt $N ]; do
	i=$((i + 1))
	udev_settled
	: >/tmp/udevd.log
	mhp plug dax0.0 --type online_movable >/tmp/out 2>/tmp/err || {
		note "round $i: $(cat /tmp/out /tmp/err)"
		break
	}
	udev_settled
	lost=
	for n in $B; do
		[ $(state $n):$(zone $n) = online:Movable ] || lost="$lost $(picture $n)"
	done
	missed=$(unhandled $B)
	[ -z "$lost" ] && won=$((won + 1)) || note "round $i: lost$lost"
	[ -z "$missed" ] && handled=$((handled + 1)) || note "round $i: not handled: $missed"
	mhp unplug dax0.0 >/tmp/out 2>/tmp/err || {
		note "round $i, unplug: $(cat /tmp/out /tmp/err)"
		break
	}
	by_hand dax0.0
done
did $i
is "every block Movable in each of $N rounds" $won $N
is "udevd handled every block's event in each" $handled $N
is "the settings are as before" "$(settings)" "$before"
nothing_pending "after all rounds"

# The control, without borrowing. In a kernel zone memory may stay, so that it ends with the
# first block that udevd has.
B=$(blocks_of dax1.0)
lost=
for i in 1 2 3 4 5 6 7 8 9 10; do
	bind_kmem dax1.0 || bail "cannot bind dax1.0"
	for n in $B; do
		set_state $n online_movable
	done
	udev_settled
	for n in $B; do
		[ $(state $n):$(zone $n) = online:Movable ] || lost="$lost $(picture $n)"
	done
	[ -z "$lost" ] || break
	by_hand dax1.0
done
note "by hand, round $i: lost$lost"
isnt "by hand some block is lost to udevd" "$lost" ""

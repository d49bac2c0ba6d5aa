# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: mhp killed before each of its system calls that write: what it borrowed is put back afterwards
# machine: two-nodes
# timeout: 400
# full-timeout: 3600

# Every call in turn, or one of some.
step=$(rounds 4 1)
T="--type online_movable"

# after_kill WHAT: what a kill left is shown, put back, and shown no more. Adds to $wrong.
after_kill() {
	mhp list --json >/tmp/list 2>&1 || wrong="$wrong list fails: $(cat /tmp/list);"
	pending=$(jq -c .recovery_pending /tmp/list)
	if [ "$(settings)" != "$before" ]; then
		[ "$pending" != null ] || wrong="$wrong nothing is pending though settings are $(settings);"
	fi
	if [ "$pending" != null ]; then
		[ "$(jq -r .recovery_pending.running /tmp/list)" = false ] || wrong="$wrong said to be running: $pending;"
		jq -r .recovery_pending.what /tmp/list | grep -q "$1 dax0.0" || wrong="$wrong pending is $pending;"
		was_pending=$((was_pending + 1))
	fi
	mhp recover >/tmp/out 2>&1 || wrong="$wrong recover: $? $(cat /tmp/out);"
	[ "$pending" = null ] || grep -q "$1 dax0.0" /tmp/out || wrong="$wrong recover does not name it: $(cat /tmp/out);"
	[ "$(settings)" = "$before" ] || wrong="$wrong settings $(settings), not $before;"
	[ "$(mhp list --json | jq -c .recovery_pending)" = null ] || wrong="$wrong pending still;"
	! has_id $1 || wrong="$wrong kmem has the id still;"
	is_unlocked >/dev/null || wrong="$wrong the lock is held;"
}

# Does kmem take the device by an id that was written to it, and stays? That can only be seen where
# kmem does not take such devices by itself, that is up to 6.2.
takes() { echo $1 2>/dev/null >$DRIVERS/kmem/bind; }
has_id() { # has_id VERB: of plug, as before an unplug it was our own hand
	[ $1 = plug ] && [ $native = no ] && [ -d $DRIVERS/kmem ] || return 1
	by_hand dax0.0
	takes dax0.0
}

# kills VERB WHAT PREPARE COMMAND ...: until it survives
kills() {
	verb=$1 what=$2 prepare=$3
	shift 3
	k=1 was_pending=0 kills=0
	while :; do
		$prepare
		before=$(settings)
		wrong=
		kill-at /tmp/calls $k "$@" >/tmp/out 2>/tmp/err
		rc=$?
		[ $rc = 137 ] || break
		after_kill $verb
		kills=$((kills + 1))
		is "$what: killed before call $(tail -n 1 /tmp/calls)" "$wrong" ""
		k=$((k + step))
		[ $k -lt 500 ] || bail "$what: no end"
	done
	did $kills
	is "$what: survives in the end" $rc 0
	[ $rc = 0 ] || note "$(cat /tmp/out /tmp/err)"
	is "$what: it made fewer calls" "$(($(wc -l </tmp/calls) < k))" 1
	[ $verb != plug ] || isnt "$what: some kills left something borrowed" $was_pending 0
	is "$what: the settings are as before" "$(settings)" "$before"
}

fresh() {
	by_hand dax0.0
}

fresh_without_kmem() {
	by_hand dax0.0
	modprobe -r kmem || bail "cannot unload kmem"
}

with_memory() {
	by_hand dax0.0
	policy online_movable
	bind_kmem dax0.0
	policy offline
	uniform_quiet || bail "dax0.0 is not online: $(picture $B)"
}

uniform_quiet() {
	for n in $B; do
		[ $(state $n):$(zone $n) = online:Movable ] || return 1
	done
}

load_dax
policy offline
by_hand dax1.0
native=no
takes dax1.0 && native=yes
by_hand dax0.0
by_hand dax1.0
B=$(blocks_of dax0.0)
kills plug "plug, kmem not loaded" fresh_without_kmem mhp plug dax0.0 $T
uniform "plugged in the end" online Movable $B
kills plug "plug" fresh mhp plug dax0.0 $T
uniform "plugged in the end again" online Movable $B
kills unplug "unplug" with_memory mhp unplug dax0.0 --to device_dax
uniform "unplugged in the end" absent - $B
is "device_dax has it" "$(driver dax0.0)" device_dax

# The next apply puts it back, too, and its report says so.
kill-at /tmp/calls 0 mhp plug dax0.0 $T
k=$(grep -n ' write .*auto_online_blocks' /tmp/calls | head -n 1 | cut -d : -f 1)
fresh
before=$(settings)
run kill-at /tmp/calls $((k + 1)) mhp plug dax0.0 $T
is "killed while the policy was borrowed" $rc 137
isnt "which is not as before" "$(settings)" "$before"
by_hand dax0.0
exits "another apply" 0 mhp plug dax1.0 $T --json
json "its report has the recovery" '.recovery.what | test("plug dax0.0")' true
is "the settings are as before after it" "$(settings)" "$before"
nothing_pending "after another apply"
uniform "it did its work" online Movable $(blocks_of dax1.0)
exits "recover, when nothing is pending" 0 mhp recover
like "it says so" "$out $err" 'nothing'

# What somebody else changed meanwhile stays.
run kill-at /tmp/calls $((k + 1)) mhp plug dax0.0 $T
policy online_kernel
exits "recover after a change by others" 0 mhp recover
is "the others' policy stays" "$(cat $M/auto_online_blocks)" online_kernel
nothing_pending "after a change by others"

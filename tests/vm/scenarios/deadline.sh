# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: an offline that would spin for ever ends at the deadline, ten times in one process, and by Ctrl-C
# machine: two-nodes
# icount: 3

# In milliseconds: the deadline, and by when the forward part must have ended.
LIMIT=2000 END=2500
# shellcheck disable=SC2034 # for "run"
RUN_LIMIT=300

bind online_movable
B=$(blocks_of dax0.0)
bad=$(nth 5 $B) other=$(nth 3 $(blocks_of dax1.0))
word_before=$(word dax0.0)
watch_others $B

leaks() { # leaks WHAT: of the last rounds
	is "$1: no descriptor leaked" "$(cut -d ' ' -f 8 /tmp/out | sort -u | wc -l)" 1
	is "$1: no thread leaked" "$(cut -d ' ' -f 9 /tmp/out | sort -u)" threads=2
}

# rounds_of WHAT BLOCK FIELD: ten rounds; FIELD is the time that the deadline is about
rounds_of() {
	exits "$1: ten rounds in one process" 0 deadline dax0.0 $2 10 $LIMIT
	did 10
	is "$1: each of them" "$(wc -l </tmp/out)" 10
	is "$1: undone, by the deadline, online, zone unchanged" "$(cut -d ' ' -f 2,3,6,7 /tmp/out | sort -u)" \
		"outcome=undone reason=deadline state=online zone=Movable"
	tr ' ' '\n' </tmp/out | sed -n "s/^$3=//p" >/tmp/times
	is "$1: the forward part ended not before and not late" \
		"$(awk -v a=$((LIMIT - 100)) -v b=$END '$1 < a || $1 > b' /tmp/times | tr '\n' ' ')" ""
	leaks "$1"
	uniform "$1: everything was put back" online Movable $B
	check "$1: a block goes offline right afterwards" set_state $(nth 1 $B) offline
	set_state $(nth 1 $B) online_movable
}

pin_page $bad
rounds_of "pinned" $bad forward_ms

exits "mhp, as JSON" 1 mhp offline dax0.0 --timeout 2 --json
json "outcome" .outcome undone
json "reason" .reason deadline
json "the block's reason" ".blocks[] | select(.id == $bad) | .reason" deadline
json "no block has changed" '[.blocks[] | select(.before != .after)] | length' 0
uniform "everything was put back by mhp" online Movable $B
exits "mhp unplug" 1 mhp unplug dax0.0 --timeout 2
names "the message names the block" $bad
uniform "everything was put back by unplug" online Movable $B
is "the driver has it still" "$(driver dax0.0)" kmem
is "the device state is as it was" "$(word dax0.0)" "$word_before"

# cancelled SIGNAL VERB: as from a terminal, while the block is on its way offline
cancelled() {
	(wait_for state_is $bad going-offline && kill -$1 $(pidof mhp)) &
	exits "$2 and SIG$1" 1 mhp $2 dax0.0 --timeout none
	wait $!
	like "$2 and SIG$1: says so" "$err" 'cancelled'
	uniform "$2 and SIG$1: everything was put back" online Movable $B
}
cancelled INT offline
cancelled TERM offline
has_word dax0.0 || cancelled INT unplug

# Behind another writer of the device state the call is late, as documented, and leaves nobody behind.
if has_word dax0.0; then
	cat >/tmp/overtake <<END
quiet=yes
. /vm/lib.sh
(echo unplugged >$DAX/dax0.0/state) 2>/dev/null &
writer=\$!
wait_for state_is $bad going-offline
# Twice the deadline.
(sleep 4; kill -9 \$writer) &
END
	INSTEAD="sh /tmp/overtake >/tmp/overtake.log 2>&1"
	export INSTEAD
	exits "behind another writer" 1 kill-at /tmp/calls dax0.0/state mhp unplug dax0.0 --timeout 2 --json
	unset INSTEAD
	is "behind another writer: it was overtaken" \
		"$(grep -c 'write .*/dax0.0/state$' /tmp/calls) $(cat /tmp/overtake.log)" "1 "
	json "behind another writer: outcome" .outcome undone
	json "behind another writer: reason" .reason deadline
	uniform "behind another writer: all are online" online Movable $B
	is "behind another writer: the driver has it still" "$(driver dax0.0)" kmem
fi

kill $pinner
wait $pinner
exits "once nothing is pinned" 0 mhp offline dax0.0
uniform "all offline" offline - $B
exits "and online again" 0 mhp online dax0.0 --type online_movable --per-block
uniform "all online" online Movable $B
others_same "nothing else was touched"

# Another process spins in the kernel and has its lock.
hold_lock $other
rounds_of_locked() {
	exits "locked: ten rounds in one process" 0 deadline dax0.0 $bad 10 $LIMIT
	did 10
	is "locked: undone, by the deadline, online, zone unchanged" "$(cut -d ' ' -f 2,3,6,7 /tmp/out | sort -u)" \
		"outcome=undone reason=deadline state=online zone=Movable"
	tr ' ' '\n' </tmp/out | sed -n 's/^total_ms=//p' >/tmp/times
	is "locked: it ended not before and not late" \
		"$(awk -v a=$((LIMIT - 100)) -v b=$END '$1 < a || $1 > b' /tmp/times | tr '\n' ' ')" ""
	leaks locked
}
rounds_of_locked
release_lock
uniform "all are online still" online Movable $B
exits "once the lock is free" 0 mhp offline dax0.0
uniform "all offline in the end" offline - $B

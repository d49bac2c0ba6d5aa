# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: Ctrl-C between two blocks, in an offline that spins, and twice: put back, kept, or left as told
# machine: one

bind offline
B=$(blocks_of dax0.0)
watch_others $B
bad=$(nth 5 $B)
ONLINE="mhp online dax0.0 --type online_movable --per-block"
INSTEAD="kill -INT \$(pidof mhp)"

# writes_of LOG: "1 memory39 2 memory38 ...", in order: how often each block was written to
writes_of() {
	sed -n 's|^[0-9]* write .*/\(memory[0-9]*\)/state$|\1|p' $1 | awk '
		!n[$1]++ { order[++m] = $1 }
		END { for (i = 1; i <= m; i++) printf "%s%d:%s", (i == 1 ? "" : " "), n[order[i]], order[i] }'
}
# call_of LOG N: which call was the Nth that wrote to a block
call_of() { grep 'write .*/memory[0-9]*/state$' $1 | sed -n "$2{s/ .*//;p}"; }

# The first of all calls makes the folder of the lock, too.
exits "one block" 0 mhp online --blocks $(nth 1 $B) --type online_movable
exits "and back" 0 mhp offline dax0.0
exits "online" 0 kill-at /tmp/calls 0 $ONLINE
third=$(call_of /tmp/calls 3)
exits "offline" 0 mhp offline dax0.0
set -- $B
shift $(($# - 3))

# --- before the third block's write, which waits until the wish was heard: within 100 ms
HOLD=1
export INSTEAD HOLD
exits "online, interrupted" 1 kill-at /tmp/calls $third $ONLINE
names "it says why" cancelled
is "three blocks were written to, and put back" "$(writes_of /tmp/calls)" "2:memory$3 2:memory$2 2:memory$1"
uniform "all offline as before" offline - $B
nothing_pending "interrupted"

exits "online and keep, interrupted" 3 kill-at /tmp/calls $third $ONLINE --keep
uniform "the three highest are kept" online Movable "$@"
unset INSTEAD HOLD
exits "online the rest" 0 mhp online dax0.0 --type online_movable --per-block
uniform "all online" online Movable $B

# --- in an offline that spins
pin_page $bad
interrupt() { wait_for state_is $bad going-offline && kill -INT $(pidof mhp); }
interrupt &
exits "offline, interrupted" 1 kill-at /tmp/calls 0 mhp offline dax0.0 --timeout none
names "it says why, too" cancelled
uniform "all online as before" online Movable $B
interrupt &
exits "the same as JSON" 1 mhp offline dax0.0 --timeout none --json
json "outcome" .outcome undone
json "reason" .reason cancelled
json "the block's reason" ".blocks[] | select(.id == $bad) | .reason" cancelled
json "no block has changed" '[.blocks[] | select(.before != .after)] | length' 0

# --- Ctrl-Z ends the kernel's attempt, too, and nobody has asked to cancel
(wait_for state_is $bad going-offline && kill -STOP $(pidof mhp) && wait_for state_is $bad online
	kill -CONT $(pidof mhp)) &
exits "stopped and continued" 1 mhp offline dax0.0 --timeout 20 --json
json "stopped: outcome" .outcome undone
json "stopped: reason" '.reason | . == "interrupted" or . == "deadline"' true
true_report "stopped"
uniform "stopped: all online as before" online Movable $B

# --- and again, while it puts back
at=$(grep -n "write .*/memory$bad/state\$" /tmp/calls | head -n 1 | cut -d : -f 1)
undo=$(nth 2 $(sed -n "$at,\$s|^\([0-9]*\) write .*/memory[0-9]*/state\$|\1|p" /tmp/calls))
isnt "it wrote to put back" "$undo" ""
interrupt &
INSTEAD="kill -INT \$(pidof mhp)"
export INSTEAD
exits "interrupted twice" 3 kill-at /tmp/calls "$undo" mhp offline dax0.0 --timeout none --json
unset INSTEAD
json "twice: outcome" .outcome partial
json "twice: what was not put back is named" '[.blocks[] | select(.after == "offline" and .reason == "not-put-back") | .id] | length > 0' true
json "twice: and is all that is offline" '[.blocks[] | select(.after == "offline" and .reason != "not-put-back")] | length' 0
LEFT=$(jq -r '.blocks[] | select(.after == "offline") | .id' /tmp/out)
uniform "twice: they are offline" offline - $LEFT
uniform "twice: the others are online" online Movable $(for n in $B; do echo "$LEFT" | grep -qx $n || echo $n; done)
nothing_pending "interrupted twice"
kill $pinner
wait $pinner
exits "offline in the end" 0 mhp offline dax0.0
uniform "all offline in the end" offline - $B
others_same "boot memory is as it was"

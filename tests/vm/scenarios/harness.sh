# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: what makes trouble in other scenarios does make it: pins, the hotplug lock, kills, udev
# machine: two-nodes

bind offline
B0=$(blocks_of dax0.0) B1=$(blocks_of dax1.0)
first=$(nth 1 $B0) second=$(nth 2 $B0) other=$(nth 1 $B1)
for n in $first $second $other; do
	set_state $n online_movable || bail "cannot online block $n"
done

pin_page $first
run timeout 1 sh -c "echo offline >$M/memory$first/state"
is "a block with a pinned page does not go offline" $rc 143
uniform "it is online as before" online Movable $first
kill $pinner
wait $pinner
check "without the pin it does" set_state $first offline
set_state $first online_movable

hold_lock $second
run timeout 1 sh -c "echo offline >$M/memory$first/state"
is "while a process has the hotplug lock, no other block goes offline" $rc 143
is "the other block" "$(picture $first)" "$first:online:Movable"
release_lock
uniform "the holder's block is online as before" online Movable $second
check "the lock is free" set_state $first offline

# Two calls of each line write: the opening, as it may empty the file, and the write.
cat >/tmp/writes <<'END'
echo online_movable | tee "$1" >/dev/null
echo offline | tee "$1" >/dev/null
END
F=$M/memory$first/state
run kill-at /tmp/calls 0 sh /tmp/writes $F
is "kill-at lets a program end" $rc 0
is "it counts what writes" "$(cut -d ' ' -f 2,3 /tmp/calls | tr '\n' ' ')" \
	"open $F write $F open $F write $F "
uniform "the program did its work" offline - $first
run kill-at /tmp/calls 2 sh /tmp/writes $F
is "killed at the first write" $rc 137
uniform "which was not made" offline - $first
run kill-at /tmp/calls 4 sh /tmp/writes $F
is "killed at the second" $rc 137
uniform "after the first was" online Movable $first

# udev onlines what comes; who onlines it by hand, another way, is too late for some of it.
for n in $B0 $B1; do
	[ $(state $n) = offline ] || set_state $n offline
done
by_hand dax1.0
start_udevd "$(online_rule)"
bind_kmem dax1.0
udev_settled
is "udevd handled every block" "$(unhandled $B1)" ""
uniform "and onlined it" online Normal $B1
stop_udevd
check "it is gone" [ ! -e /proc/$udevd ]

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: the device state tells of the last request, not of the blocks: every way in which it can be stale
# machine: one
# kernels: 7.3

bind offline
B=$(blocks_of dax0.0)
low=$(nth 1 $B)
watch_others $B
again() { # again POLICY: bound anew under it
	by_hand dax0.0
	policy $1
	bind_kmem dax0.0
	policy offline
}
onlined() { # onlined WORD: every block by hand
	for n in $B; do
		set_state $n $1 || bail "block $n does not take $1"
	done
}

# --- bound under offline, the blocks onlined by somebody
onlined online_movable
is "the word is not true" "$(word dax0.0)" offline
no_writes "as wanted, whatever the word" 0 mhp online dax0.0 --type online_movable
exits "offline" 0 mhp offline dax0.0
uniform "blocks are offline" offline - $B
exits "online" 0 mhp online dax0.0 --type online_movable
uniform "blocks are online" online Movable $B
is "the word is true, as it was written as a whole" "$(word dax0.0)" online_movable

# --- one block of them
again offline
set_state $low online_movable
exits "one online: the rest" 0 mhp online dax0.0 --type online_movable
uniform "all are online" online Movable $B
exits "unplug with a stale word" 0 mhp unplug dax0.0
uniform "no blocks left" absent - $B
is "the word is true" "$(word dax0.0)" unplugged

# --- online_movable, then offline one by one: writing the word again does nothing
exits "plugged again" 0 mhp online dax0.0 --type online_movable
for n in $B; do
	set_state $n offline
done
is "the word says what was" "$(word dax0.0)" online_movable
exits "the same word" 0 mhp online dax0.0 --type online_movable
uniform "all are online, not only by the word" online Movable $B
for n in $B; do
	set_state $n offline
done
exits "another word, which the kernel would refuse" 0 mhp online dax0.0 --type online_kernel
uniform "all are in Normal" online Normal $B
is "and the word says so" "$(word dax0.0)" online_kernel

# --- mixed zones behind one word; a new guest's worth of memory is not needed: zone Movable again
exits "a conflict with the zone" 1 mhp online dax0.0 --type online_movable
uniform "nothing happened" online Normal $B
others_same "boot memory is as it was"

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: one block of eight cannot go offline: the others go back, or stay with --keep
# machine: one

bind offline
B=$(blocks_of dax0.0)
watch_others $B
bad=$(nth 5 $B)
GOOD=$(for n in $B; do [ $n = $bad ] || echo $n; done)
# The block that is there alone takes the kernel's memory.
set_state $bad online_kernel
pin 1
for n in $GOOD; do
	set_state $n online_kernel
done
is "one block is pinned" "$(pinned $B)" "$bad"
uniform "all are in Normal" online Normal $B
word_before=$(word dax0.0)

exits "offline" 1 mhp offline dax0.0
uniform "all went back to Normal" online Normal $B
names "the message names the block" $bad
like "and why" "$out $err" 'busy'

exits "offline, as JSON" 1 mhp offline dax0.0 --json
json "outcome" '.outcome' undone
json "no block has changed" '[.blocks[] | select(.before != .after)] | length' 0
json "the block's errno and reason" "[.blocks[] | select(.id == $bad and .errno > 0 and .reason != null)] | length" 1
uniform "all went back again" online Normal $B

exits "unplug" 1 mhp unplug dax0.0
uniform "all are in Normal still" online Normal $B
is "the driver is not taken from memory in use" "$(driver dax0.0)" kmem
is "the device state is as it was" "$(word dax0.0)" "$word_before"
names "the message names the block of unplug" $bad

exits "offline --keep" 3 mhp offline dax0.0 --keep
uniform "the seven are offline" offline - $GOOD
uniform "the one is online" online Normal $bad
names "the message names the block of --keep" $bad
exits "offline --keep, as JSON" 3 mhp offline dax0.0 --keep --json
json "outcome of --keep" '.outcome' partial
uniform "the seven are offline still" offline - $GOOD
uniform "the one is online still" online Normal $bad

exits "online what went offline" 0 mhp online dax0.0 --type online_kernel
uniform "all are in Normal once more" online Normal $B
others_same "boot memory is as it was"

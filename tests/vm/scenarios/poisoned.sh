# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: one block of eight is poisoned and cannot go online
# machine: one

bind offline
B=$(blocks_of dax0.0)
watch_others $B
bad=$(nth 4 $B)
GOOD=$(for n in $B; do [ $n = $bad ] || echo $n; done)
set_state $bad online_movable || bail "cannot online block $bad"
check "poison" poison $bad
set_state $bad offline || bail "cannot offline the poisoned block"
if set_state $bad online_movable; then
	# Before 6.12 the kernel does not look at that: it onlines what is broken, and says nothing.
	set_state $bad offline || bail "cannot offline the poisoned block again"
	exits "online" 0 mhp online dax0.0 --type online_movable --per-block
	uniform "all are online, the broken one, too" online Movable $B
	exits "unplug" 0 mhp unplug dax0.0
	uniform "all gone" absent - $B
	others_same "boot memory is as it was"
	finish
fi
uniform "all offline" offline - $B

exits "online" 1 mhp online dax0.0 --type online_movable --per-block
uniform "all went back to offline" offline - $B
names "the message names the block" $bad
like "and why" "$out $err" 'poison'

exits "online, as JSON" 1 mhp online dax0.0 --type online_movable --per-block --json
json "outcome" '.outcome' undone
json "no block has changed" '[.blocks[] | select(.before != .after)] | length' 0
json "the block's errno and reason" "[.blocks[] | select(.id == $bad and .errno > 0 and .reason != null)] | length" 1
uniform "all went back again" offline - $B

exits "online --keep" 3 mhp online dax0.0 --type online_movable --per-block --keep
uniform "the seven are online" online Movable $GOOD
uniform "the one is offline" offline - $bad
exits "offline" 0 mhp offline dax0.0
uniform "all offline again" offline - $B

if has_word dax0.0; then
	# Unplugged and added again, the block is another one, without the poison.
	exits "online as a whole" 0 mhp online dax0.0 --type online_movable
	uniform "all online" online Movable $B
else
	exits "unplug" 0 mhp unplug dax0.0
	uniform "all gone" absent - $B
	bind offline dax0.0
	exits "online after unplug" 0 mhp online dax0.0 --type online_movable
	uniform "all online" online Movable $B
fi
others_same "boot memory is as it was"

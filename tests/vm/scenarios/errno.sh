# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: every errno of a notifier, when going online and offline: the documented reason
# machine: one

bind offline
B=$(blocks_of dax0.0)
watch_others $B

# errno, and what libmhp calls it
WORDS="1:vetoed 16:busy 11:try-again 12:no-memory 22:invalid"

for w in $WORDS; do
	e=${w%:*} reason=${w#*:}
	inject online $e
	exits "online, errno $e" 1 mhp online dax0.0 --type online_movable --per-block --json
	json "online, errno $e: outcome" .outcome undone
	json "online, errno $e: reason" .reason $reason
	json "online, errno $e: the one that was tried" \
		'[.blocks[] | select(.errno > 0) | "\(.errno) \(.reason)"] | unique | join(", ")' "$e $reason"
	uniform "online, errno $e: all offline" offline - $B
done
inject online 0

exits "online" 0 mhp online dax0.0 --type online_movable
for w in $WORDS; do
	e=${w%:*} reason=${w#*:}
	inject offline $e
	exits "offline, errno $e" 1 mhp offline dax0.0 --json
	json "offline, errno $e: outcome" .outcome undone
	json "offline, errno $e: reason" .reason $reason
	json "offline, errno $e: those that were tried" \
		'[.blocks[] | select(.errno > 0) | "\(.errno) \(.reason)"] | unique | join(", ")' "$e $reason"
	uniform "offline, errno $e: all online" online Movable $B
	exits "unplug, errno $e" 1 mhp unplug dax0.0 --json
	json "unplug, errno $e: outcome" .outcome undone
	json "unplug, errno $e: reason" .reason $reason
	uniform "unplug, errno $e: all online" online Movable $B
	is "unplug, errno $e: still bound" "$(driver dax0.0)" kmem
done
inject offline 0
exits "unplug" 0 mhp unplug dax0.0 --to device_dax

# A bind succeeds whatever becomes of the blocks.
policy offline
before=$(settings)
for w in $WORDS; do
	e=${w%:*}
	inject online $e
	exits "plug, errno $e" 1 mhp plug dax0.0 --type online_movable --json
	json "plug, errno $e: outcome" .outcome undone
	json "plug, errno $e: a reason" '.reason | . != null and . != "done" and . != "unknown"' true
	uniform "plug, errno $e: no blocks are left" absent - $B
	is "plug, errno $e: the driver is as before" "$(driver dax0.0)" device_dax
	is "plug, errno $e: the settings are as before" "$(settings)" "$before"
	nothing_pending "plug, errno $e"
done
inject online 0
exits "plug" 0 mhp plug dax0.0 --type online_movable
uniform "all online in the end" online Movable $B
others_same "boot memory is as it was"

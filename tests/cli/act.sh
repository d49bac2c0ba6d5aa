#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp plan, online, offline, unplug on simulated machines: what they do, what
# they say, and with which exit code. The state is read from what was saved.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

# ---- the main job on 7.3: as a whole, verified, and back ----

cp "$cxl" "$m"
act 0 plan online dax0.0 --type online_movable
no_err
out_has 'online_movable'
remember
act 0 online dax0.0 --type online_movable --dry-run
unchanged
run 0 plan online dax0.0 --type online_movable --sim "$m"
cp "$tmp/out" "$tmp/plan"
run 0 online --dry-run --sim "$m" --type online_movable dax0.0
cmp -s "$tmp/out" "$tmp/plan" || fail "--dry-run and plan differ"

act 0 online dax0.0 --type online_movable
no_err
out_has 'dax0.0: 4 blocks online in Movable (512 MiB)'
for block in 34 35 36 37; do
	state $block online
	zone $block Movable
done
grep -q '/dax0.0/state: online_movable$' "$m" || fail "$last: the device's word is another one"

# once more: nothing to do, nothing written
remember
grep -c '^# did: ' "$m" >"$tmp/did"
act 0 online dax0.0 --type online_movable
no_err
out_has 'dax0.0: already online in Movable, nothing to do'
unchanged
act 0 online dax0.0 --type online_movable --json
json '[.outcome, .reason, .writes]' '["done","already",[]]'
act 0 plan online dax0.0 --type online_movable --json
json '[.steps, .conflicts]' '[[],[]]'
[ "$(grep -c '^# did: ' "$m")" = "$(cat "$tmp/did")" ] || fail "$last: something was written"
# "online" leaves the zone to the kernel: it is so too
act 0 online dax0.0 --type online
out_has 'nothing to do'

# another zone: a conflict, with the way out
act 1 online dax0.0 --type online_kernel
no_out
err_has 'mhp: dax0.0: '
err_has '34-37'
err_has '--rezone'
unchanged
act 1 online dax0.0 --type online_kernel --json
json '[.outcome, .reason, .writes]' '["refused","conflict",[]]'
json '[.conflicts[] | [.code, .blocks]]' '[["wrong-zone","34-37"]]'
json '[.blocks[] | [.id, .wanted, .before, .after, .errno, .reason]] | .[0]' \
	'[34,"online_kernel","online_movable","online_movable",0,"conflict"]'
act 1 plan online dax0.0 --type online_kernel --json
json '[.steps, .conflicts[0].code]' '[[],"wrong-zone"]'
act 1 plan online dax0.0 --type online_kernel
out_has 'conflict wrong-zone'
unchanged

# ... which works
act 0 online dax0.0 --type online_kernel --rezone
out_has '4 blocks online in Normal'
zone 34 Normal

# offline, unplug, and their second times
act 0 offline dax0.0
out_has 'dax0.0: 4 blocks offline (512 MiB)'
err_has 'note'			# the device's word lies now
state 34 offline
act 0 offline dax0.0
out_has 'dax0.0: already offline, nothing to do'
act 0 unplug dax0.0
out_has 'dax0.0: unplugged'
state 34 ''
act 0 unplug dax0.0
out_has 'dax0.0: already unplugged, nothing to do'
act 0 list
grep -Eq '^dax0\.0 .* absent +- +34-37$' "$tmp/out" || fail "$last: $(cat "$tmp/out")"
act 0 list --json
json '.regions[0] | [.state, .zone, .blocks, .online_bytes, .device_state]' \
	'["absent",null,"34-37",0,"unplugged"]'
act 1 offline dax0.0
err_has 'mhp: dax0.0: '
err_has '34-37'
act 0 online dax0.0 --type online
out_has '4 blocks online in '

# "default" is what auto_online_blocks says
cp "$cxl" "$m"
act 0 online dax0.0 --type default
out_has 'dax0.0: already offline, nothing to do'
sed 's|/auto_online_blocks: offline|/auto_online_blocks: online_movable|' "$cxl" >"$m"
act 0 online dax0.0 --type default
out_has '4 blocks online in Movable'

# ---- JSON of a plan and of a report ----

cp "$cxl" "$m"
act 0 plan online dax0.0 --type online_movable --rezone --keep --json
path=/sys/devices/platform/ACPI0017:00/root0/decoder0.0/region0/dax_region0/dax0.0/state
json '[.schema, .region, .goal, .type, .rules]' \
	'[1,"dax0.0","online","online_movable",["keep","rezone"]]'
json '.steps | length' 2
json '.steps[1] | del(.undo)' "{\"kind\":\"device\",\"path\":\"$path\",\"word\":\"online_movable\",\"ranges\":[{\"start\":\"0x110000000\",\"size\":536870912}],\"expected\":\"absent\",\"wanted\":\"online_movable\"}"
json '.warnings' '[]'
act 0 plan online dax0.0 --type online_kernel --per-block --json
json '[.steps[] | [.kind, .path, .word, .expected, .wanted, .undo]] | .[0]' \
	'["block","/sys/devices/system/memory/memory37/state","online_kernel","offline","online_kernel","offline"]'
json '[.steps[].ranges[0].start]' '["0x128000000","0x120000000","0x118000000","0x110000000"]'
json '[.warnings[].code]' '["word-will-lie"]'
act 0 plan unplug dax0.0 --json
json '[.goal, .type]' '["unplugged",null]'

act 0 online dax0.0 --type online_kernel --per-block --json
no_err
json '[.schema, .outcome, .region, .goal, .type, .rules, .reason]' \
	'[1,"done","dax0.0","online","online_kernel",["per-block","borrow"],"done"]'
json '[.device_state_before, .device_state_after]' '["offline","offline"]'
json '.blocks[3]' '{"id":37,"wanted":"online_kernel","before":"offline","after":"online_kernel","errno":0,"reason":"done","zone_before":null,"zone_after":"Normal"}'
json '.writes[0]' '{"path":"/sys/devices/system/memory/memory37/state","word":"online_kernel","errno":0,"undo":false}'
json '.writes | length' 4

# ---- failures ----

# one of four: undone, the block and the kernel's answer are named
for how in '' --per-block; do
	cp "$cxl" "$m"
	# shellcheck disable=SC2086
	run 1 online dax0.0 --type online_movable $how --sim "$m" --sim-save "$m" \
		--sim-fail 36:online:EHWPOISON
	no_out
	err_has 'mhp: dax0.0: memory36: '
	err_has '"online_movable"'
	err_has '/sys/devices/system/memory/memory36/state'
	err_has 'EHWPOISON'
	err_has 'put back'
	for block in 34 35 36 37; do
		state $block offline
	done
done
run 1 online dax0.0 --type online_movable --sim "$cxl" --sim-fail 36:online:EHWPOISON --json
json '[.outcome, .reason]' '["undone","poisoned"]'
json '[.blocks[] | [.id, .before, .after, .errno, .reason]]' '[[34,"offline","offline",0,"undone"],[35,"offline","offline",0,"undone"],[36,"offline","offline",133,"poisoned"],[37,"offline","offline",0,"undone"]]'
json_holds '[.writes[] | select(.undo)] | length > 0'

# ... kept: exit code 3
cp "$cxl" "$m"
run 3 online dax0.0 --type online_movable --keep --sim "$m" --sim-save "$m" \
	--sim-fail 36:online:EHWPOISON
out_has '3 blocks online in Movable (384 MiB): 34-35,37; 1 block offline (128 MiB): 36'
err_has 'mhp: dax0.0: memory36: '
err_has 'kept'
state 34 online
state 35 online
state 36 offline
state 37 online
# once more: some is as asked, and some is not
run 3 online dax0.0 --type online_movable --keep --sim "$m" --json --sim-fail 36:online:EHWPOISON
json '[.outcome, [.blocks[].reason]]' '["partial",["already","already","poisoned","already"]]'
# what was kept is a start: the rest follows
act 0 online dax0.0 --type online_movable

# no undo helps where the way back is barred
cp "$cxl" "$m"
act 0 online dax0.0 --type online_movable
run 3 unplug dax0.0 --sim "$m" --sim-fail 34:offline:EBUSY --sim-fail 36:online:EBUSY --keep
out_has '34'
err_has 'memory34'
run 1 unplug dax0.0 --sim "$m" --sim-save "$m" --sim-fail 34:offline:EBUSY
err_has 'memory34'
err_has 'EBUSY'
for block in 34 35 36 37; do
	state $block online
	zone $block Movable
done
run 1 offline dax0.0 --sim "$m" --sim-save "$m" --sim-fail 35:offline:EBUSY
err_has '"offline"'
state 37 online

# ---- one bad block of eight ----

cp "$machines/7.3-eight-bound.txt" "$m"
remember
for how in '' --per-block; do
	# shellcheck disable=SC2086
	run 1 online dax0.0 --type online_kernel $how --sim "$m" --sim-save "$tmp/after" \
		--sim-fail 35:online:EHWPOISON
	err_has 'memory35'
	for block in 32 33 34 35 36 37 38 39; do
		grep -q "^/sys/devices/system/memory/memory$block/state: offline$" "$tmp/after" ||
			fail "$last: memory$block is not offline"
	done
	# shellcheck disable=SC2086
	run 3 online dax0.0 --type online_kernel $how --keep --sim "$m" --sim-fail 35:online:EHWPOISON
	out_has '7 blocks online in Normal (896 MiB): 32-34,36-39; 1 block offline (128 MiB): 35'
done

# ---- the policy was faster: online in Normal ----

cp "$machines/7.3-hmem-online-policy.txt" "$m"
act 1 online dax0.0 --type online_movable
err_has 'Normal'
err_has '--rezone'
remember
run 1 online dax0.0 --type online_movable --rezone --sim "$m" --sim-save "$m" \
	--sim-fail 32:offline:EBUSY
err_has 'mhp: dax0.0: memory32: '
err_has '"offline"'
err_has 'EBUSY'
unchanged
act 0 online dax0.0 --type online_movable --rezone
out_has '4 blocks online in Movable'
zone 32 Movable

# ---- a region without a whole block, and a block on its way out ----

run 1 online dax0.0 --type online --sim "$machines/7.3-hmem-tiny-bound.txt"
err_has 'mhp: dax0.0: '
err_has 'no whole memory block'
run 1 offline dax0.0 --capture "$machines/7.3-pinned-going-offline.txt"
err_has '33'
run 0 list --capture "$machines/7.3-pinned-going-offline.txt" --json
json '.regions[0].state' '"mixed"'
json_holds '[.blocks[] | select(.state == "going-offline")] | length == 1'

# ---- a device of two ranges, and a neighbour between them ----

cp "$machines/7.3-hmem-ranges-bound.txt" "$m"
act 0 online dax0.0 --type online_movable --per-block
out_has '4 blocks online in Movable'
err_has 'mhp: dax0.0: note: '
for block in 32 33 36 37; do state $block online; done
for block in 34 35; do state $block offline; done
act 0 unplug dax0.1
for block in 32 33 36 37; do state $block online; done
act 0 list --json
json '[.regions[] | [.name, .blocks, .state, .zone, .device_state]]' \
	'[["dax0.0","32-33,36-37","online","Movable","offline"],["dax0.1","34-35","absent",null,"unplugged"],["boot","0-7","online","mixed",null]]'
act 0 list
out_has 'DEVICE SAYS'
act 0 unplug dax0.0
state 32 ''

# ---- not aligned: what is lost is said ----

cp "$machines/7.3-hmem-unaligned-bound.txt" "$m"
act 0 list
out_has LOST
act 0 online dax0.0 --type online_movable
out_has '2 blocks online in Movable (256 MiB)'
err_has 'mhp: dax0.0: note: '
err_has '160 MiB'

# ---- a kernel without the device's state: block by block, then unbind ----

cp "$machines/6.1-hmem-bound.txt" "$m"
act 0 online dax0.0 --type online_movable
out_has 'online in Movable'
act 0 plan unplug dax0.0 --json
json '[.steps[].kind] | [.[0], .[-1]]' '["block","unbind"]'
json '.steps[-1] | [.path, .word, .undo]' '["/sys/bus/dax/drivers/kmem/unbind","dax0.0",null]'
json '[.warnings[].code]' '["not-undoable"]'
act 0 unplug dax0.0
no_err
out_has 'dax0.0: unplugged'
act 0 list --json
json '.regions[0] | [.state, .driver, .device_state]' '["absent",null,null]'
act 1 online dax0.0 --type online_movable
err_has 'mhp: dax0.0: '
err_has 'kmem'

# ---- a capture is only to look at ----

online=$machines/7.3-hmem-online.txt
cp "$online" "$tmp/capture"
for args in 'offline dax0.0' 'unplug dax0.0' 'online dax0.0 --type online_kernel --rezone'; do
	# shellcheck disable=SC2086
	run 1 $args --capture "$tmp/capture"
	no_out
	err_has 'EROFS'
	err_has '--sim'
	cmp -s "$tmp/capture" "$online" || fail "$last: the capture changed"
done
run 0 online dax0.0 --type online_movable --capture "$online"
run 0 plan unplug dax0.0 --capture "$online"
# nor does a simulated machine write into its capture
run 0 unplug dax0.0 --sim "$tmp/capture"
cmp -s "$tmp/capture" "$online" || fail "$last: the capture changed"

# ---- a region that is none ----

for args in 'online dax1.0 --type online' 'offline dax1.0' 'unplug dax1.0' 'plan unplug dax1.0' \
	'unplug dax1.0 --json' 'offline dax0' 'offline memory34' 'offline ../dax0.0'; do
	# shellcheck disable=SC2086
	run 1 $args --sim "$cxl"
	no_out
	err_has 'no such region; there are dax0.0, region0'
done

finish

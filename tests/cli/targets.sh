#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Targets other than one region: a range, blocks, a node, all of a kind, and a part
# of these by size. No block outside of what was asked for ever changes.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

# dax0.0 is memory32-33 and memory36-37, dax0.1 between them; all of node 1
start() { cp "$machines/7.3-hmem-ranges-bound.txt" "$m"; }

# online BLOCKS: these hot-pluggable blocks are online now, and no other one
online()
{
	found=$(sed -n 's|^/sys/devices/system/memory/memory\(3[2-7]\)/state: online$|\1|p' "$m" |
		sort -n | tr '\n' ' ')
	[ "$found" = "${1:+$1 }" ] || fail "$last: online are $found, expected $1"
}

# ---- blocks, ranges ----

start
act 0 online --blocks 36-37 --type online_movable
out_has 'blocks 36-37: 2 blocks online in Movable (256 MiB)'
online '36 37'
act 0 online --blocks 36-37 --type online_movable
out_has 'blocks 36-37: already online in Movable, nothing to do'
act 0 online --blocks 34,32 --type online_movable
online '32 34 36 37'
act 0 offline --blocks 32,36
out_has 'blocks 32,36: 2 blocks offline (256 MiB)'
online '34 37'
# of several regions, overlapping, in any order
act 0 offline --blocks 37,34-37,32-33,32
online ''

act 0 online --range 0x120000000-0x127ffffff --type online_movable
out_has '0x120000000-0x127ffffff: 1 block online in Movable (128 MiB)'
online 36
# a byte less than two blocks is one
act 0 offline --range 0x120000000-0x127ffffff
act 0 online --range 0x120000000-0x12ffffffe --type online_movable
online 36
act 0 online --range 0x11fffffff-0x130000000 --type online_movable
online '36 37'
for range in 0x120000001-0x127ffffff 0x120000000-0x127fffffe 0x120000000-0x120000000; do
	act 1 offline --range $range
	err_has "mhp: $range: "
	online '36 37'
done

# ---- nodes and kinds ----

start
act 0 online --node 1 --type online_movable
out_has 'node 1: 6 blocks online in Movable (768 MiB)'
online '32 33 34 35 36 37'
act 0 offline --kind dax
out_has 'all dax regions: 6 blocks offline (768 MiB)'
online ''
act 0 unplug --kind dax
out_has 'all dax regions: unplugged, no blocks left (768 MiB)'
act 0 list --json
json '[.regions[] | [.name, .state, .driver]]' '[["dax0.0","absent","kmem"],["dax0.1","absent","kmem"],["boot","online",null]]'
act 0 unplug --kind dax
out_has 'all dax regions: already unplugged, nothing to do'
act 0 plug --kind dax --type online_movable
online '32 33 34 35 36 37'
start
act 0 unplug --node 1
act 0 plug --node 1 --type online_movable
out_has 'node 1: plugged: 6 blocks online in Movable (768 MiB)'

# boot memory is never unplugged, nor a part of a region
start
remember
act 1 unplug --node 0
unchanged
for target in '--blocks 34' '--blocks 32-33' '--range 0x110000000-0x117ffffff'; do
	# shellcheck disable=SC2086
	act 1 unplug $target --json
	json '[.outcome, [.conflicts[].code]]' '["refused",["not-whole"]]'
	unchanged
done
# it is guarded: by its name nothing at all is done to it
for verb in 'online --type online_movable' offline unplug 'plug --type online'; do
	# shellcheck disable=SC2086
	act 1 $verb boot --json
	json '[.outcome, [.conflicts[].code]]' '["refused",["boot-memory"]]'
	unchanged
	# shellcheck disable=SC2086
	act 1 $verb --kind boot --json
	json '[.outcome, [.conflicts[].code]]' '["refused",["boot-memory"]]'
done
# but a region is one however it is named
act 0 unplug --blocks 34-35
act 0 list --json
json '[.regions[].state]' '["offline","absent","online"]'

# ---- JSON, and text, of what is no single region ----

start
act 0 plan online --node 1 --type online_movable --json
json '[.target, .region]' '["node 1",null]'
json_holds '[.steps[].ranges[].start] | all(. >= "0x100000000" and . < "0x130000000")'
act 0 online --node 1 --type online_movable --json
json '[.outcome, .target, .region, (.blocks | length)]' '["done","node 1",null,6]'
act 0 plan offline --node 1
out_has 'node 1: '
act 1 online --node 1 --type online_kernel
no_out
err_has 'mhp: node 1: '
err_has '--rezone takes them offline first'
act 0 offline dax0.1
act 0 plan online dax0.1 --type online_movable --json
json '[.target, .region]' '["dax0.1","dax0.1"]'

# all or nothing also over several regions
start
run 1 online --node 1 --type online_movable --sim "$m" --sim-save "$m" --sim-fail 32:online:EHWPOISON
err_has 'mhp: node 1: '
err_has 'memory32'
online ''
run 3 online --node 1 --type online_movable --keep --sim "$m" --sim-save "$m" \
	--sim-fail 33:online:EHWPOISON
out_has 'node 1: 5 blocks online in Movable (640 MiB): 32,34-37; 1 block offline (128 MiB): 33'
online '32 34 35 36 37'

# ---- by size: whole regions as far as can be, so that they can be given back ----

start
act 0 online --node 1 --size 256M --type online_movable
out_has '256 MiB of node 1: 2 blocks online in Movable (256 MiB)'
act 0 online --node 1 --size 268435456 --type online_movable
# one region is used up before another one is touched
online '32 33 36 37'
act 0 offline --node 1 --size 128MiB
out_has '128 MiB of node 1: 1 block offline (128 MiB)'
act 0 offline --node 1 --size 384m
online ''
act 0 online dax0.1 --size 128M --type online_movable
online 35
act 0 online --kind dax --size 128M --type online_movable
online '34 35'			# the region that is nearest to being complete
act 0 offline --blocks 32-35 --size 128M
act 0 list --json
json '[.regions[:-1][].online_bytes] | add' 134217728

start
remember
for args in 'online --type online' offline; do
	# shellcheck disable=SC2086
	act 1 $args --node 1 --size 100G
	err_has 'mhp: 100 GiB of node 1: '
	# shellcheck disable=SC2086
	act 1 $args --node 1 --size 100M
	err_has 'mhp: 100 MiB of node 1: '
	err_has 'multiple of the block size'
done
act 1 plan online --node 1 --size 1G --type online --json
json '[.steps, [.conflicts[].code]]' '[[],["too-few"]]'
act 1 plan online --node 1 --size 1 --type online --json
json '[.steps, [.conflicts[].code]]' '[[],["not-aligned"]]'
unchanged

# ---- what is not there ----

act 1 offline --node 7
err_has 'mhp: node 7: there is no such memory'
act 1 offline --blocks 500
err_has 'mhp: blocks 500: 1 of 1 blocks (500) does not exist: no memory is plugged there; name only'
act 1 offline --blocks 37-38
err_has 38
act 1 offline --range 0x200000000-0x2ffffffff
err_has 'mhp: 0x200000000-0x2ffffffff: has no whole memory block now'
act 1 plug --node 7 --type online
err_has 'mhp: node 7: '
unchanged
run 1 offline --kind dax --sim "$machines/7.3-plain-start.txt"
err_has 'mhp: all dax regions: have no memory block now'
run 1 offline --blocks 0-16777215 --sim "$machines/7.3-plain-start.txt"
err_has 'mhp: blocks 0-16777215: '

finish

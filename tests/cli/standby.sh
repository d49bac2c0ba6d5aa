#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Memory that comes block by block, s390's standby storage, and LMB by LMB, ppc64's.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

policy=/sys/devices/system/memory/auto_online_blocks
storage=/sys/firmware/memory

start() { cp "$machines/$1.txt" "$m"; }

# config BLOCK WORD: of the saved machine
config() { attribute "$storage/memory$1/config" "$2"; }

# ---- s390 ----

start 7.3-s390-standby
remember
run 0 list --sim "$m"
out_has 'standby s390-standby 4 GiB    0 -      absent -     16-31'
out_has 'boot    boot         4 GiB'
run 0 show s390-standby --sim "$m"
out_has "$storage"
run 0 list --json --sim "$m"
json '.regions[0] | [.name, .kind]' '["standby","s390-standby"]'

act 0 plan plug standby --size 1G --type online_movable
out_has "standby: write \"1\" to $storage/memory16/config (absent -> online_movable; undo: \"0\")"
unchanged
act 0 plan plug standby --size 256M --type online_movable --json
json '[.steps[] | [.kind, .path, .word, .undo]] | .[1]' \
	"[\"configure\",\"$storage/memory16/config\",\"1\",\"0\"]"
json '.steps[1] | [.ranges, .expected, .wanted]' \
	'[[{"start":"0x100000000","size":268435456}],"absent","online_movable"]'

act 0 plug standby --size 1G --type online_movable
out_has '1 GiB of standby: plugged: 4 blocks online in Movable (1 GiB)'
for block in 16 17 18 19; do
	zone $block Movable
	config $block 1
done
config 20 0
attribute $policy offline
act 0 plug --blocks 24-25 --type online_kernel
zone 24 Normal
act 0 unplug standby --size 512M
out_has '512 MiB of standby: unplugged, no blocks left (512 MiB)'
config 19 0
config 18 0
config 17 1
zone 24 Normal
act 1 unplug standby --size 256M --release --json
json '[.outcome, .conflicts[].code]' '["refused","not-able"]'
act 1 unplug standby --size 2G
err_has 'there are only 1 GiB (4 blocks) that can be unplugged'
act 1 unplug --blocks 0-1
err_has 'no region as a whole'
act 1 plug standby --size 100M --type online
err_has 'no multiple of the block size, 256 MiB'
act 1 unplug boot --size 256M
err_has 'regions are plugged and unplugged as a whole'

# a plan that was saved
act 0 plan plug standby --size 256M --type online_movable --save "$tmp/plan"
act 0 apply "$tmp/plan"
config 18 1

# refused, and put back
remember
run 1 unplug standby --sim "$m" --sim-save "$m" --sim-fail 16:offline:EBUSY
err_has 'memory16'
unchanged
act 0 unplug standby
out_has 'standby: unplugged, no blocks left (1.25 GiB)'
act 0 unplug standby
out_has 'already unplugged'
grep -v '^#' "$machines/7.3-s390-standby.txt" >"$tmp/before"
unchanged

# a recorded machine is what was recorded; its storage is in a capture
act 0 plug --blocks 20 --type online_movable
run 0 capture --sim "$m"
grep -q "^$storage/memory20/config: 1$" "$tmp/out" || fail 'the capture has no storage'
cp "$tmp/out" "$tmp/again"
run 0 list --capture "$tmp/again"
out_has 'standby s390-standby 4 GiB    0 -      mixed  Movable 16-31'

# ---- s390 before 7.2: it is there from boot, offline ----

start 6.12-s390-standby
act 0 online --blocks 16-17 --type online_movable
zone 16 Movable
act 1 online --blocks 18 --type online_movable --sim-fail 18:online:EPERM
err_has 's390'
run 1 show standby --sim "$m"

# ---- ppc64 ----

start 7.3-ppc64-lmb
act 0 plug lmb --size 512M --type online_movable
out_has '512 MiB of lmb: plugged: 2 blocks online in Movable (512 MiB)'
zone 17 Movable
attribute $policy offline
act 1 plug --blocks 18 --type offline
err_has 'cannot be plugged and stay offline'
act 1 plug --blocks 18 --type online_movable --no-borrow
err_has 'without --no-borrow'
act 0 plan unplug lmb
out_has 'write "memory remove index 0x80000010" to /sys/kernel/dlpar'
act 0 unplug --kind ppc64-lmb
grep -v '^#' "$machines/7.3-ppc64-lmb.txt" >"$tmp/before"
unchanged
run 0 capture --sim "$m"
grep -q 'ibm,dynamic-memory-v2: <hex 00000002' "$tmp/out" || fail 'the capture has no list of LMBs'
cp "$tmp/out" "$tmp/again"
run 0 list --capture "$tmp/again"
out_has 'lmb    ppc64-lmb 4 GiB    - -      absent -      16-31'

start 6.12-ppc64-lmb-pairs
act 1 plug --blocks 16-18 --type online
err_has 'blocks 18-19 come and go together only'
act 0 plug --blocks 16-19 --type online_movable
zone 19 Movable

finish

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Memory that a host plugs and unplugs: what mhp shows, does, and leaves to the host.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

# virtio1 has blocks 40 to 43 on node 1, online in Movable
online=$machines/7.3-virtio-mem-online.txt

# start BLOCKS: the machine begins anew, with these offline, if any
start()
{
	cp "$online" "$m"
	[ -z "$1" ] || act 0 offline --blocks "$1"
	sed -i 's|^\(/sys/.*/auto_online_blocks\): .*|\1: online_kernel|' "$m"
}

# ---- it is shown ----

run 0 --capture "$online" list
grep -Eq '^virtio1 +virtio-mem +512 MiB +1 +virtio_mem +online +Movable +40-43$' "$tmp/out" ||
	fail "$last: no line of virtio1: $(cat "$tmp/out")"
run 0 --capture "$online" show virtio-mem:0000:00:03.0
out_has '0x140000000-0x15fffffff  512 MiB'
out_lacks 'plugged        '		# no capture tells
out_has '  distance     20 to node 0'
run 0 --capture "$online" show virtio1 --json
json '.region.kind' '"virtio-mem"'
json '.region.plugged_bytes' null
json '.region.blocks' '"40-43"'
json '[.blocks[].region] | unique' '["virtio1"]'
run 0 --sim "$online" show virtio1
grep -Eq '^plugged +512 MiB$' "$tmp/out" || fail "$last: $(cat "$tmp/out")"
run 0 --sim "$online" show virtio1 --json
json '.region.plugged_bytes' 536870912
json '[.blocks[].plugged_bytes] | unique' '[134217728]'

# It has a driver, and no memory.
run 0 --capture "$machines/7.3-virtio-mem-start.txt" show virtio1
grep -Eq '^state +absent$' "$tmp/out" || fail "$last: $(cat "$tmp/out")"
# It has memory, and no driver.
run 0 --capture "$machines/7.3-virtio-mem-bind-left-part.txt" list
grep -Eq '^virtio0 +virtio-mem +256 MiB +1 +- +online +mixed +40-41$' "$tmp/out" ||
	fail "$last: no line of virtio0: $(cat "$tmp/out")"

# ---- block by block, with a type ----

start 40-43
act 0 online virtio1 --type online_movable
out_has '4 blocks online in Movable'
for block in 40 41 42 43; do zone $block Movable; done
act 0 plan offline virtio1
out_has 'warning held-offline'
act 0 offline virtio1
err_has 'note: the driver of virtio1 may remove blocks'
err_has 'note: virtio1 will have all of its memory offline'
for block in 40 41 42 43; do state $block offline; done

# A plain "online" of the first block would go to Normal.
start 40-43
act 0 plan online virtio1 --type online
out_has 'warning kernel-zone: virtio1: 4 blocks of virtio1 (40-43) will go to a kernel zone'
act 0 plan online virtio1 --type online_movable
out_lacks 'kernel-zone'

# ---- kernel zones by name only ----

start 42-43
remember
for target in virtio1 '--blocks 42' '--range 0x140000000-0x17fffffff' '--node 1' \
	'--kind virtio-mem'; do
	for type in online_kernel default; do
		# shellcheck disable=SC2086 # words
		act 1 online $target --type $type --rezone
		err_has 'kernel zone'
		unchanged
	done
done
act 1 online virtio1 --type online_kernel --rezone --json
json '[.conflicts[].code]' '["kernel-zone"]'
unchanged
act 1 online virtio1 --type online_kernel --rezone
err_has '; --kernel-zone allows a kernel zone'
act 0 online --blocks 42-43 --type online_kernel --kernel-zone
zone 42 Normal
zone 41 Movable
run 2 offline virtio1 --kernel-zone --sim "$m"
err_has 'kernel-zone'

# ---- what the host decides ----

start ""
remember
act 1 unplug virtio1
err_has 'by the host only'
err_has 'taken offline'
act 1 unplug --blocks 41
err_has 'by the host only'
act 1 plug virtio1 --type online_movable
err_has 'ask the host for more'
act 1 unplug --kind virtio-mem
err_has 'by the host only'
act 1 unplug virtio1 --size 128M
err_has '128 MiB of virtio1: virtio1 is plugged and unplugged by the host only; ask the host for it'
act 1 plug --kind virtio-mem --size 128M --type online_movable
err_has 'by the host only; ask the host for more'
unchanged
cp "$machines/7.3-virtio-mem-start.txt" "$m"
act 1 online virtio1 --type online_movable
err_has 'ask the host for some'
cp "$machines/7.3-virtio-mem-bind-left-part.txt" "$m"
act 1 unplug virtio0
err_has 'reboot'

# ---- a plan that waits ----

start 42-43
act 0 plan online virtio1 --type online_movable --save "$tmp/plan"
act 0 apply "$tmp/plan"
zone 42 Movable
zone 43 Movable
start 42-43
act 0 plan online virtio1 --type online_kernel --kernel-zone --rezone --save "$tmp/plan"
sed 's/^rules: .*/rules: 2/' "$tmp/plan" >"$tmp/changed"
remember
run 1 apply "$tmp/changed" --sim "$m"
unchanged

finish

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp wait: until a region is there, ready, gone, or as it is wanted; or until the deadline,
# with what was missing. On a simulated machine it is over when nothing happens any more.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

mem=/sys/devices/system/memory
drivers=/sys/bus/dax/drivers
hmem=/sys/devices/platform/hmem_platform.0/hmem.0

# does DEED...: makes of them the options for what others do; in $acts
does()
{
	acts=
	for deed; do acts="$acts --sim-act $deed"; done
}

# waits CODE CAPTURE ARGS: on that machine, where others do $acts
waits()
{
	code=$1
	cp "$machines/$2.txt" "$m"
	shift 2
	# shellcheck disable=SC2086
	run "$code" wait "$@" --sim "$m" --sim-save "$m" $acts
}

# ---- what is so already is not waited for: nobody acts ----

does $mem/memory32/state=offline
for args in '' '--for ready' '--for present' '--for online' '--for online_movable'; do
	# shellcheck disable=SC2086
	waits 0 7.3-hmem-online dax0.0 $args
	no_err
	out_has 'dax0.0: '
	state 32 online
done
out_has 'dax0.0: online_movable: online in Movable, blocks 32-35'
waits 0 7.3-hmem-bound dax0.0 --for offline
state 33 offline
waits 0 7.3-hmem-unplugged dax0.0 --for unplugged
waits 0 7.3-hmem-bound dax9.0 --for gone
out_has 'dax9.0: gone'
waits 0 7.3-hmem-online dax0.0 --for online --json
json '[.schema, .region.name, .region.state, (.blocks | length)]' '[1,"dax0.0","online",4]'
waits 0 7.3-hmem-bound dax9.0 --for gone --json
json '[.schema, .region]' '[1,null]'
# by identity, too
identity=$("$MHP" show dax0.0 --json --sim "$m" | jq -r .region.identity)
waits 0 7.3-hmem-bound "$identity" --for ready
# what cannot be looked at is not gone
sed '/^.sys.bus.dax.devices/d' "$machines/7.3-hmem-bound.txt" >"$tmp/unread"
echo '/sys/bus/dax/devices: no directory' >>"$tmp/unread"
run 1 wait dax0.0 --for gone --sim "$tmp/unread"
err_has 'dax0.0: not gone'

# ---- others do it: block by block, by device, by driver; the policy is no event ----

does $mem/memory32/state=online_movable $mem/memory33/state=online_movable \
	$mem/auto_online_blocks=online $mem/memory34/state=online_movable $mem/memory35/state=online_movable
for lost in '' '--sim-lose 100'; do
	for machine in 7.3-hmem-bound 6.12-hmem-bound 6.1-hmem-bound; do
		# shellcheck disable=SC2086
		waits 0 $machine dax0.0 --for online_movable $lost
		no_err
		state 35 online
	done
done
waits 0 7.3-hmem-bound dax0.0 --for online
does $mem/memory32/state=offline $mem/memory33/state=offline $mem/memory34/state=offline \
	$mem/memory35/state=offline $mem/memory32/state=online
waits 0 7.3-hmem-online dax0.0 --for offline
state 32 offline			# it had ended by then
does $hmem/dax0.0/state=unplugged
waits 0 7.3-hmem-online dax0.0 --for unplugged
state 32 ''
does $drivers/kmem/unbind=dax0.0 $drivers/kmem/bind=dax0.0
waits 0 7.3-hmem-online dax0.0		# it is as it was: nobody acts
state 32 online

# one that comes
does $hmem/dax0.0/state=unplugged $drivers/kmem/unbind=dax0.0 $hmem/dax0.0/size=268435456 \
	$hmem/dax_region/create=1 $hmem/dax0.1/size=268435456 $drivers/kmem/new_id=dax0.1 \
	$mem/memory34/state=online $mem/memory35/state=online
waits 0 7.3-hmem-bound dax0.1 --for present
state 34 ''
waits 0 7.3-hmem-bound dax0.1 --for ready
state 34 offline
waits 0 7.3-hmem-bound dax0.1 --for online
state 35 online
# ... and goes
does $hmem/dax0.1/state=unplugged $drivers/kmem/unbind=dax0.1 $hmem/dax0.1/size=0 \
	$hmem/dax_region/delete=dax0.1
cp "$m" "$tmp/two"
# shellcheck disable=SC2086
run 0 wait dax0.1 --for gone --sim "$tmp/two" $acts
out_has 'dax0.1: gone'

# ---- what does not come ----

does $mem/memory32/state=online_movable
waits 1 7.3-hmem-bound dax0.0 --for online_movable
no_out
err_has 'mhp: dax0.0: not online_movable, and nothing happens any more'
waits 1 7.3-hmem-bound dax0.0 --for gone --json
no_out
# in another zone it is not what was waited for
does $mem/memory32/state=online_kernel $mem/memory33/state=online_kernel \
	$mem/memory34/state=online_kernel $mem/memory35/state=online_kernel
waits 1 7.3-hmem-bound dax0.0 --for online_movable
waits 0 7.3-hmem-bound dax0.0 --for online_kernel
# somebody else cannot do it
does $mem/memory99/state=online $mem/memory32/state=online
waits 1 7.3-hmem-bound dax0.0 --for online
err_has "mhp: --sim-act: $mem/memory99/state: \"online\": "
state 32 offline

# ---- the deadline, on this machine if it can be watched here ----

last='wait on this machine'
if "$MHP" watch --timeout 0.001 >"$tmp/out" 2>"$tmp/err"; then
	run 1 wait no-such-region --for present --timeout 0.01
	no_out
	err_has 'mhp: no-such-region: '
	err_has 'no region no-such-region'
	run 0 wait no-such-region --for gone
fi
run 1 wait dax0.0 --root "$tmp"
err_has 'mhp: '

finish

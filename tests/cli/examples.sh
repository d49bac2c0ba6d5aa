#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The examples do what they say, on a tree. It does not act as the kernel does:
# what was written stays there.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"

: "${top_builddir:?is to be the folder where the examples were built}"
root=$tmp/root
mem=$root/sys/devices/system/memory
make_tree "$cxl" "$root"

# example NAME CODE ARGS
example()
{
	MHP=$examples/$1
	shift
	run "$@"
}

example list-regions 0 "$root"
no_err
out_has 'dax0.0: offline, 0 of 512 MiB in use, 0 MiB lost'
out_has '0x110000000-0x12fffffff'
out_has 'memory37 offline'
example list-regions 1 "$tmp/nowhere"
err_has "$tmp/nowhere"
rm "$mem/memory35/state"
example list-regions 0 "$root"
out_has 'memory35 unknown'
err_has '/sys/devices/system/memory/memory35/state: No such file'
echo offline >"$mem/memory35/state"

example online-region 2
example online-region 2 dax0.0 movable "$root"
err_has usage
example online-region 1 dax1.0 online_movable "$root"
err_has 'dax1.0'
example online-region 0 dax0.0 offline "$root"
no_err
out_has 'done: dax0.0'
out_has 'memory37 offline'

# in another zone: refused when asked to ask, and tried when allowed to
for block in 34 35 36 37; do
	echo online >"$mem/memory$block/state"
	echo Normal >"$mem/memory$block/valid_zones"
done
example online-region 0 dax0.0 online_kernel "$root"
out_has 'nothing to do'
out_has 'memory37 online, zone Normal'
example handle-failure 2
find "$root" -type f -exec cat {} + >"$tmp/before"
MHP=$examples/handle-failure
"$MHP" dax0.0 ask "$root" >"$tmp/out" 2>&1 && fail "handle-failure: a wrong zone is no success"
last='handle-failure ask'
out_has 'refused'
out_has 'what helps'
find "$root" -type f -exec cat {} + >"$tmp/after"
cmp -s "$tmp/before" "$tmp/after" || fail "handle-failure ask: something was written"
"$MHP" dax0.0 rezone "$root" >"$tmp/out" 2>&1 && fail "handle-failure: a tree cannot obey"
last='handle-failure rezone'
out_lacks 'refused'
out_has 'memory34: '
find "$root" -type f -exec cat {} + >"$tmp/after"
cmp -s "$tmp/before" "$tmp/after" && fail "handle-failure rezone: nothing was written"

# as wanted already; no such region, no such time
for block in 34 35 36 37; do
	echo online >"$mem/memory$block/state"
	echo Movable >"$mem/memory$block/valid_zones"
done
example plug-region 0 dax0.0 10 "$root"
out_has 'done: dax0.0'
example plug-region 1 dax1.0 10 "$root"
err_has 'dax1.0'
example plug-region 2 dax0.0 0 "$root"
err_has usage
example plug-region 2
# a tree cannot obey: that is told, and how far it was
rm -rf "$root"
make_tree "$cxl" "$root"
MHP=$examples/plug-region
last='plug-region'
"$MHP" dax0.0 10 "$root" >"$tmp/out" 2>&1 && fail "plug-region: a tree cannot obey"
out_has 'dax0.0: 512 of '
out_has 'memory34'
if grep -q '^done: ' "$tmp/out"; then fail "$last: $(cat "$tmp/out")"; fi

# an agent to begin with, on a simulated machine: it plugs what is there, and what comes
cp "$machines/7.3-hmem-bound.txt" "$m"
hmem=/sys/devices/platform/hmem_platform.0/hmem.0
drivers=/sys/bus/dax/drivers
example agent 2 --simulate
# told WORDS: the region and the outcome of each line
told()
{
	found=$(sed -E 's/^([a-z]+): ([a-z0-9.]+).*/\2=\1/' "$tmp/out" | tr '\n' ' ')
	[ "$found" = "$1 " ] || { fail "$last: $found, expected $1"; show out; }
}
example agent 0 --sim "$m"
told 'dax0.0=done'
divide="$hmem/dax0.0/size=268435456 $hmem/dax_region/create=1 $hmem/dax0.1/size=268435456"
# shellcheck disable=SC2086
example agent 0 --sim "$m" $hmem/dax0.0/state=unplugged $drivers/kmem/unbind=dax0.0 $divide \
	$drivers/device_dax/new_id=dax0.1
told 'dax0.0=done dax0.1=refused dax0.1=done'
out_has 'must reach from one block boundary to another'
# a region that fails: it is told, tried three times, as putting it back makes events, and
# others are not left out
# shellcheck disable=SC2086
example agent 0 --sim "$m" $hmem/dax0.0/state=unplugged $drivers/kmem/unbind=dax0.0 -33=online $divide \
	$drivers/device_dax/new_id=dax0.0 $drivers/kmem/bind=dax0.1 \
	$drivers/device_dax/unbind=dax0.0 $drivers/device_dax/bind=dax0.0
told 'dax0.0=done dax0.1=refused dax0.0=undone dax0.0=undone dax0.0=undone dax0.1=done'
out_has 'undone: dax0.0: memory33: '
no_err
example agent 1 --sim "$machines/7.3-hmem-online.txt" $hmem/no-such-file=1
err_has 'No such file'
MHP=$examples/agent
[ "$(wc -l <"$top_srcdir/examples/agent.c")" -lt 225 ] || fail "examples/agent.c is long"

# an agent on a simulated machine; the man page has it whole, but for its first line
example test-agent 0
no_err
[ ! -s "$tmp/out" ] || fail "$last: $(cat "$tmp/out")"
sed -n '/^\.Bd -literal$/,/^\.Ed$/p' "$top_srcdir/man/libmhp-sim.7" | sed -e '1d' -e '$d' -e 's/\\e/\\/g' \
	>"$tmp/page"
sed 1d "$top_srcdir/examples/test-agent.c" | cmp - "$tmp/page" ||
	fail "examples/test-agent.c is not what libmhp-sim(7) shows"
[ "$(wc -l <"$top_srcdir/examples/test-agent.c")" -lt 40 ] || fail "examples/test-agent.c is long"

finish

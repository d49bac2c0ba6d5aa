#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A host of 65,536 blocks, which is generated: it is listed, shown and planned for as
# any other, and its capture is the same after a round trip.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"

: "${top_builddir:?is to be the folder where make-big was built}"
big=$tmp/big.txt
"$top_builddir/tests/support/make-big" >"$big" || fail "make-big: exit code $?"

run 0 --sim "$big" --sim-save "$tmp/saved" list
no_err
out_has 'dax0.0 dax  128 GiB    8 kmem   online Movable                57344-58367'
out_has 'dax7.0 dax  128 GiB   15 kmem   mixed  Movable online_movable 64512-65535'
out_has 'boot   boot   7 TiB    - -      online mixed                  0-57343'
cmp -s "$big" "$tmp/saved" || fail "the capture is another one after a round trip"

# as a capture to look at, all blocks
run 0 --capture "$big" list --json
no_err
blocks=$(grep -c '^      "id": [0-9]*,$' "$tmp/out")
[ "$blocks" -eq $((65536 + 16)) ] || fail "$blocks blocks and nodes in the list"

run 0 --sim "$big" show dax7.0
no_err
out_has 'in use         64 GiB'
out_has '  65535           128 MiB  online  node 15  in Movable'

# every other block of it is offline
run 0 --sim "$big" plan online dax7.0 --type online_movable
no_err
out_has '512. memory64512: '

# 8,192 blocks go at once, and who watches can keep 64 events: he ends with the truth
command -v jq >/dev/null || finish
acts=
for n in 0 1 2 3 4 5 6 7; do
	acts="$acts --sim-act /sys/devices/platform/hmem_platform.0/hmem.$n/dax$n.0/state=unplugged"
done
# shellcheck disable=SC2086
run 0 --sim "$big" --sim-save "$m" watch --json --buffer 64K $acts
follow >"$tmp/now"
out_has '"event":"lost"'
truth >"$tmp/expected"
cmp -s "$tmp/expected" "$tmp/now" || fail "$last: not the truth"
[ "$(grep -c '^  "memory' "$tmp/now")" -eq 57344 ] || fail "$last: not all blocks went"

finish

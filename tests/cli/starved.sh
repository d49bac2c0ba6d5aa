#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp, each verb, while allocations, opens or threads fail (support/starve.c): it ends by
# itself, with a code that mhp(1) has, says why, and what it has made is whole. Here a few of
# them fail; with MHP_FULL_SWEEP=1, as "make check-full" has it, each one does.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"

: "${top_builddir:?is to be the folder where starve was built}"

starve=$top_builddir/tests/support/starve
shim=$top_builddir/tests/support/.libs/libfail-calls.so
hmem=7.3-hmem-bound
stride=
[ -z "${MHP_FULL_SWEEP-}" ] || stride=1

[ -e "$shim" ] || { echo "SKIP: not with this C library, or no shared libraries"; exit 77; }
# what comes first is the sanitizer's own malloc(), which it cannot do without
if ldd "$MHP" 2>/dev/null | grep -q 'lib[a-z]*san'; then
	echo "SKIP: built with sanitizers, which are preloaded themselves"
	exit 77
fi

# starved RUNS KINDS ARGS: so many of each kind, and of those that go on to fail
starved()
{
	runs=$1
	kinds=$2
	shift 2
	last="mhp $*"
	: >"$tmp/runs"
	for kind in $kinds; do
		for lasting in '' -l; do
			# shellcheck disable=SC2086
			"$starve" -p "$shim" -k "$kind" $lasting ${stride:+-s 1} -n "$runs" \
				-f "$tmp/made" -b "$tmp/before" "$MHP" "$@" >"$tmp/one" ||
				{ fail "$last: not clean:"; cat "$tmp/one"; }
			tail -n 1 "$tmp/one" >>"$tmp/runs"
		done
	done
}

# acts RUNS ARGS: on a simulated machine $m, which is saved
acts()
{
	runs=$1
	shift
	cp "$m" "$tmp/before"
	starved "$runs" 'memory thread' "$@" --sim "$m" --sim-save "$tmp/made"
}

# ---- what only looks ----

rm -f "$tmp/before"
make_tree "$machines/$hmem.txt" "$tmp/root"
printf '[a]\nname = dax0.0\ntype = online_movable\n' >"$tmp/own.conf"

for args in list 'list --json' 'show dax0.0 --json' map \
	'plan online dax0.0 --type online_movable --json' "drift --policy $tmp/own.conf" \
	"policy explain dax0.0 --policy $tmp/own.conf"; do
	# shellcheck disable=SC2086
	starved 2 'memory open' $args --root "$tmp/root"
done
starved 2 'memory open' capture --root "$tmp/root" --output "$tmp/made"
starved 2 'memory open' plan online dax0.0 --type online_movable --root "$tmp/root" \
	--save "$tmp/made"

# ---- what changes memory ----

cp "$machines/$hmem.txt" "$m"
acts 4 online dax0.0 --type online_movable
acts 6 online dax0.0 --type online_movable --json
# done, and no memory to tell it: nobody may take that for refused
has runs ' 3: '
acts 2 unplug dax0.0
acts 3 apply --policy "$tmp/own.conf"
acts 3 agent --policy "$tmp/own.conf"
act 0 online dax0.0 --type online_movable
acts 2 offline dax0.0 --json
acts 2 watch --sim-act /sys/devices/system/memory/memory32/state=offline
acts 2 wait dax0.0 --for online
cp "$machines/7.3-hmem-unbound.txt" "$m"
acts 4 plug dax0.0 --type online_movable

finish

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Output that does not arrive is an error, and never ends up elsewhere.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"

[ -c /dev/full ] || { echo "SKIP: there is no /dev/full"; exit 77; }

for args in --help --version list 'list --tree' 'list --json' 'show dax0.0' 'show dax0.0 --json' map \
	'plan unplug dax0.0' 'plan unplug dax0.0 --json' 'unplug dax0.0' 'offline dax0.0' \
	'online dax0.0 --type online_movable' 'online dax0.0 --type online_movable --json'; do
	last="mhp --sim ... $args >/dev/full"
	got=0
	# shellcheck disable=SC2086
	"$MHP" --sim "$cxl" $args >/dev/full 2>"$tmp/err" || got=$?
	[ "$got" -eq 1 ] || fail "$last: exit code $got"
	err_has 'standard output: ENOSPC'

	last="mhp --sim ... $args >&-"
	got=0
	# shellcheck disable=SC2086
	"$MHP" --sim "$cxl" $args >&- 2>"$tmp/err" || got=$?
	[ "$got" -eq 1 ] || fail "$last: exit code $got"
	err_has 'standard output: EBADF'
done

# a failure that is worse keeps its exit code
got=0
"$MHP" --sim "$cxl" online dax0.0 --type online_movable --keep --sim-fail 36:online:EBUSY \
	>/dev/full 2>"$tmp/err" || got=$?
[ "$got" -eq 3 ] || fail "$last: exit code $got"

# All closed: the first file opened is not taken for standard output.
root=$tmp/root
make_tree "$cxl" "$root"
find "$root" -type f -exec cat {} + >"$tmp/before"
for args in list 'list --json' 'offline dax0.0'; do
	# shellcheck disable=SC2086
	"$MHP" --root "$root" $args <&- >&- 2>&- && fail "mhp $args: all closed, and all well"
done
find "$root" -type f -exec cat {} + >"$tmp/after"
cmp -s "$tmp/before" "$tmp/after" || fail "output went into the machine's files"

# the simulated machine, to be saved where that does not work
run 1 --sim "$cxl" --sim-save /dev/full list
err_has '/dev/full: the simulated machine was not saved: ENOSPC'
run 1 --sim "$cxl" --sim-save "$tmp/nowhere/m.txt" list
err_has "$tmp/nowhere/m.txt"
run 3 --sim "$cxl" --sim-save "$tmp/m.txt" --keep online dax0.0 --type online_movable \
	--sim-fail 36:online:EBUSY
[ -s "$tmp/m.txt" ] || fail "$last: saves nothing"

finish

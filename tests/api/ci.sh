#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What CI runs: nothing that is to have its turn is left out of all of them, and all of it is there
# to be run. A part that is misspelt would else be seen only by the submission whose turn it is.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"

ci=$top_srcdir/.ci/run

parts() { bash "$ci" --list "$@" | LC_ALL=C sort; }

parts --all >"$tmp/all"
parts --turn 0 >"$tmp/always"
n=0
while [ "$((n += 1))" -lt 32 ]; do
	parts --turn "$n" >"$tmp/turn"
	comm -12 "$tmp/always" "$tmp/turn" >"$tmp/both"
	mv "$tmp/both" "$tmp/always"
done
comm -23 "$tmp/all" "$tmp/always" >"$tmp/long"

# each port is a part, the others are their targets
longs=$(grep -c '^port\|^target' "$tmp/long")
! grep -qx 'target check-ports' "$tmp/long" || longs=$((longs - 1))
[ "$longs" -gt 1 ] || error ".ci/run: nothing is in turn"

# at whichever it begins
for first in 0 5 551; do
	n=$first
	while [ "$n" -lt $((first + longs)) ]; do
		parts --turn "$n"
		n=$((n + 1))
	done | LC_ALL=C sort -u >"$tmp/turns"
	comm -23 "$tmp/all" "$tmp/turns" >"$tmp/never"
	while read -r part; do
		error ".ci/run: '$part' is not in $longs turns from $first on"
	done <"$tmp/never"
done

# ---- each can be run ----

while read -r kind name; do
	case $kind in
	packages)
		sed -n '/^packages()/,/^}/p' "$top_srcdir/quickstart" | grep -q "^[[:space:]]*$name)" ||
			error "quickstart: packages '$name' are not known" ;;
	target)
		grep -q -E "^([a-z-]+ )*$name( [a-z-]+)*:" "$top_builddir/Makefile" ||
			error "Makefile: no target $name" ;;
	port)
		grep -q "^${name}[[:space:]]" "$top_srcdir/tests/ports/architectures" ||
			error "tests/ports/architectures: no $name" ;;
	esac
done <"$tmp/all"

finish

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Each defect of another tool that tests/peers/README.md has is tested under its name, and each
# test there has its line; of daxctl's, which are numbered, none is left out.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"

peers=$top_srcdir/tests/peers
LAST_OF_DAXCTL=14

# "FILE CASE" of what is to be, and of what is run
awk -F'|' '
	$3 ~ /`[a-z-]+\.c`/ { gsub(/[` ]/, "", $3); file = $3; next }
	file { gsub(/[`,]/, " ", $3); n = split($3, names, / +/)
	       for (i = 1; i <= n; i++) if (names[i]) print file, names[i] }' \
	"$peers/README.md" | sort >"$tmp/listed"
for file in "$peers"/*.c; do
	sed -n "s/^.*cmocka_unit_test[a-z_]*(\([a-zA-Z0-9_]*\).*/${file##*/} \1/p" "$file"
done | sort >"$tmp/run"
[ -s "$tmp/listed" ] || error "tests/peers/README.md: no list was found"

comm -23 "$tmp/listed" "$tmp/run" >"$tmp/missing"
while read -r file name; do
	error "tests/peers/README.md: $name is not run by $file"
done <"$tmp/missing"
comm -13 "$tmp/listed" "$tmp/run" >"$tmp/unlisted"
while read -r file name; do
	error "tests/peers/$file: $name has no line in README.md"
done <"$tmp/unlisted"

# named after what it is about
while read -r file name; do
	prefix=$(basename "$file" .c | tr - _)_
	[ "${name#"$prefix"}" != "$name" ] || error "tests/peers/$file: $name is not $prefix..."
done <"$tmp/run"
i=0
while [ "$((i += 1))" -le "$LAST_OF_DAXCTL" ]; do
	grep -q "^daxctl\.c daxctl_D${i}_" "$tmp/run" || error "tests/peers: D$i has no test"
	grep -q "^| D$i: " "$peers/README.md" || error "tests/peers/README.md: D$i has no line"
done

finish

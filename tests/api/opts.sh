#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Structs of options grow in both directions: a program that was compiled with an older header
# works and gets the defaults, one with a newer header works as long as it does not ask for
# what is new, and is told -E2BIG if it does. By such programs (opts-caller.c), made with
# headers of which every struct of options is cut, or has a field more.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"
export LC_ALL=C

caller=$top_srcdir/tests/api/opts-caller.c
capture=$TEST_DATA/machines/7.3-hmem-ranges-bound.txt
[ -f "$top_builddir/lib/.libs/libmhp.so" ] || { echo "no shared library was built"; exit 77; }

# header_copies FOLDER CHANGE: first: each struct of options has its first field only; last:
# all but the last one; same; grown: one more
header_copies()
{
	mkdir -p "$1/mhp"
	for h in $MHP_HEADERS; do
		# without comments a line is a field
		sed -E ':a; s,/\*([^*]|\*+[^/*])*\*+/,,g; /\/\*/ { N; b a }' "$(header_path "$h")" |
		awk -v change="$2" '
			/^struct mhp_[a-z_]+_opts \{/ { inside = 1; n = 0; print; next }
			inside && /^\};/ {
				if (change == "first") n = 1
				if (change == "last") n--
				for (i = 1; i <= n; i++) print field[i]
				if (change == "grown") print "\tuint64_t grown;"
				inside = 0
				print
				next
			}
			inside { if (/;/) field[++n] = $0; next }
			{ print }
		' >"$1/mhp/$h"
	done
}

# make_caller NAME CHANGE OPTION...
make_caller()
{
	name=$1
	header_copies "$tmp/include-$name" "$2"
	shift 2
	# shellcheck disable=SC2086 # lists of words
	$CC -std=gnu11 -Wall -Wextra -Werror -g ${MHP_TEST_SANITIZERS:-} -pthread \
		-I "$tmp/include-$name" "$@" -o "$tmp/$name" "$caller" \
		-L"$top_builddir/sim/.libs" -L"$top_builddir/policy/.libs" \
		-L"$top_builddir/lib/.libs" -lmhp-sim -lmhp-policy -lmhp
}

# try NAME VALUE: prints the sizes of the structs to $tmp/NAME.sizes
try()
{
	"$tmp/$1" "$capture" "$2" >"$tmp/out" 2>"$tmp/err" || {
		status=$?
		[ "$status" -ne 126 ] || { echo "programs of this compiler do not run here"; exit 77; }
		cat "$tmp/err"
		error "caller with $1 options, $2: status $status"
	}
	sort -u "$tmp/out" >"$tmp/$1.sizes"
}

make_caller first first && try first 0
make_caller last last && try last 0
make_caller same same -DWITH_FLAGS && try same 0 && try same flag
make_caller grown grown -DWITH_FLAGS -DGROWN && try grown 0 && try grown 1 && try grown flag

# ---- the test tests something, and forgets nothing ----

# smaller A B: is each struct smaller in A?
smaller()
{
	join "$tmp/$1.sizes" "$tmp/$2.sizes" | awk '$2 >= $3 { print $1 }' >"$tmp/not"
	while read -r struct; do
		error "struct $struct: as large in \"$1\" as in \"$2\""
	done <"$tmp/not"
}
smaller last same
smaller same grown
smaller first grown

for h in $MHP_HEADERS; do
	own_text "$h"
	echo ";"
done | tr -s '[:space:]' ' ' | tr ';' '\n' >"$tmp/statements"
grep -oE 'struct mhp_[a-z_]+_opts \{' "$tmp/statements" | cut -d' ' -f2 | sort >"$tmp/structs"
[ -s "$tmp/structs" ] || error "no struct of options found"
cut -d' ' -f1 "$tmp/same.sizes" | comm -23 "$tmp/structs" - >"$tmp/forgotten"
# all functions that take options
grep -E '_opts \*' "$tmp/statements" | grep -oE '\<mhp_[a-z0-9_]+ ?\(' | tr -d ' (' >"$tmp/functions"
while read -r function; do
	grep -q "answered(\"$function\"" "$caller" || echo "$function()"
done <"$tmp/functions" >>"$tmp/forgotten"
while read -r name; do
	error "tests/api/opts-caller.c: forgets $name"
done <"$tmp/forgotten"
echo "$(wc -l <"$tmp/structs") structs, $(wc -l <"$tmp/functions") functions"
finish

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# No public name lacks its text: purpose; each parameter, with unit or meaning; return
# codes; who owns a pointer that comes back, or how long it is good; since when. What is
# asked of a comment is in man/header2man, which makes the pages of section 3 of them.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"
export LC_ALL=C

perl=${PERL:-perl}
if ! "$perl" -e 1 2>/dev/null; then
	[ -z "${CI:-}" ] || { error "perl is missing"; finish; }
	echo "no perl, which reads the headers"
	exit 77
fi

set --
for h in $MHP_HEADERS; do
	path=$(header_path "$h") || { error "$path: missing"; continue; }
	set -- "$@" "$path"
done

"$perl" "$top_srcdir/man/header2man" --check "$@" >"$tmp/check" || errors=$((errors + 1))
cat "$tmp/check"

# Nothing escapes the check: it has seen what the compiler sees.
"$perl" "$top_srcdir/man/header2man" --list "$@" >"$tmp/list" ||
	error "the headers cannot be read"
# unseen WHAT FILE: names in a sorted FILE of which the list says nothing
unseen()
{
	sed -n "s/^$1 //p" "$tmp/list" | sort >"$tmp/listed"
	[ -s "$tmp/listed" ] || error "no $1 found at all"
	comm -13 "$tmp/listed" "$2" >"$tmp/unseen"
	while read -r name; do
		error "$name: $1 that man/header2man has not seen"
	done <"$tmp/unseen"
}

for h in $MHP_HEADERS; do
	prototypes "$h"
done | sort -u >"$tmp/functions"
unseen function "$tmp/functions"

# Of the preprocessed text: no comments, each header once.
for h in $MHP_HEADERS; do
	echo "#include <mhp/$h>"
done >"$tmp/all.c"
compile "$CC" -std=c11 -E -P "$tmp/all.c" >"$tmp/all.i" || error "the headers do not compile"
grep -oE '\<MHP_[A-Z0-9_]+ = ' "$tmp/all.i" | sed 's/ = //' | sort -u >"$tmp/enumerators"
unseen enumerator "$tmp/enumerators"
for kind in enum struct; do
	grep -oE "\\<$kind mhp_[a-z0-9_]+ *\\{" "$tmp/all.i" | sed "s/^$kind *//; s/ *{//" |
		sort -u >"$tmp/$kind"
	unseen "$kind" "$tmp/$kind"
done
compile "$CC" -std=c11 -E -dM "$tmp/all.c" >"$tmp/all.m" || error "the headers do not compile"
sed -nE 's/^#define (MHP_[A-Z0-9_]+).*/\1/p' "$tmp/all.m" | grep -v '_H$' | sort -u >"$tmp/macros"
unseen macro "$tmp/macros"

finish

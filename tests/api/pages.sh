#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Section 3 of the manual: a page for each function, type and header, and neither mandoc nor
# groff has anything to say against one; nor against the pages written by hand.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"
export LC_ALL=C

pages=$top_builddir/man/man3
[ -d "$pages" ] || pages=$top_srcdir/man/man3

# have PROGRAM: is it there? Where all must be tested, it has to be.
have()
{
	command -v "$1" >/dev/null && return
	if [ -n "${CI:-}" ]; then
		error "$1 is missing"
	else
		echo "no $1: the pages were not looked at by it"
	fi
	return 1
}

# A page for everything, and of nothing else.
for h in $MHP_HEADERS; do
	echo "mhp_$h"
	prototypes "$h"
	echo "#include <mhp/$h>"
done >"$tmp/mixed"
grep -v '^#' "$tmp/mixed" >"$tmp/wanted"
grep '^#' "$tmp/mixed" >"$tmp/all.c"
compile "$CC" -std=c11 -E -P "$tmp/all.c" >"$tmp/all.i" || error "the headers do not compile"
grep -oE '\<(enum|struct) mhp_[a-z0-9_]+ *\{' "$tmp/all.i" |
	sed 's/^[a-z]* *//; s/ *{//' >>"$tmp/wanted"
grep -oE '\<typedef [^(]*\(\*mhp_[a-z0-9_]+' "$tmp/all.i" | sed 's/.*\*//' >>"$tmp/wanted"
sort -u "$tmp/wanted" >"$tmp/wanted.sorted"
for f in "$pages"/*.3; do
	f=${f##*/}
	echo "${f%.3}"
done | sort >"$tmp/there"
comm -23 "$tmp/wanted.sorted" "$tmp/there" | sed 's/^/error: no page of /' >"$tmp/lacking"
comm -13 "$tmp/wanted.sorted" "$tmp/there" | sed 's/^/error: a page of nothing: /' >>"$tmp/lacking"
if [ -s "$tmp/lacking" ]; then
	cat "$tmp/lacking"
	error "pages and headers differ"
fi
echo "$(wc -l <"$tmp/there") pages in section 3"

# Of mandoc's lint all that is worse than a matter of style, such as which system the page
# is of, or that a page which is named is not installed.
if have mandoc; then
	mandoc -T lint -W warning "$top_srcdir"/man/*.[1-8] "$pages"/*.3 >"$tmp/lint" ||
		error "mandoc finds something wrong"
	cat "$tmp/lint"
fi

# groff: all warnings but that a line cannot be broken, as where a function's name is as
# long as a line.
if have groff; then
	groff -mandoc -Tutf8 -ww -W break -z "$top_srcdir"/man/*.[1-8] "$pages"/*.3 \
		>"$tmp/groff" 2>&1 || error "groff fails"
	[ ! -s "$tmp/groff" ] || error "groff warns: $(head -n 20 "$tmp/groff")"
fi

# "man -k" and "whatis" find it by the NAME section.
if have lexgrog; then
	lexgrog "$pages"/*.3 >"$tmp/names" || error "no name can be read in a page"
	grep -v '^[^ ]*/\(mhp_[A-Za-z0-9_.-]*\)\.3: "\1 - .' "$tmp/names" >"$tmp/unnamed" || true
	[ ! -s "$tmp/unnamed" ] || error "name and page differ: $(head -n 5 "$tmp/unnamed")"
fi
finish

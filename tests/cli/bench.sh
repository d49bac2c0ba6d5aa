#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# "make bench", very short: every table and the plot are made, what libmhp finds is what
# stands in the files, and it can do its part of each. Nothing here is about time.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need strace
need xmllint

: "${top_srcdir:?is to be the folder of the sources}"
: "${top_builddir:?is to be the folder where the programs were built}"

export BENCH_N=256 BENCH_ROUNDS=0 BENCH_DEVICES=1 BENCH_TRACE=no
# a leak checker cannot be traced
export ASAN_OPTIONS=detect_leaks=0

# shortly PLACE: empty for a namespace, if there is one
shortly()
{
	last="bench/run, place \"$1\""
	BENCH_PLACE=$1 "$top_srcdir/bench/run" --build "$top_builddir" --out "$tmp/out.d" \
		>"$tmp/out" 2>"$tmp/err" || { fail "$last: failed"; show err; }
	out_has 'all right'
	for row in 'x floor-zone, in process' '| lsmem, x libmhp' 'system calls of libmhp' \
		'exact: libmhp, x floor-ls' 'fragmented: lsmem' 'daxctl list' \
		'online a region of 8 among 256' 'offline a region of 8' 'chmem, x libmhp' \
		'bytes for each block' '## 256 blocks' '## 256 blocks, every second one offline' \
		'## 1 dax devices'; do
		out_has "$row"
	done
	grep '^| \(libmhp\|`mhp\|floor\)' "$tmp/out" >"$tmp/ours"
	if grep -e failed -e skipped -e wrong "$tmp/ours" >"$tmp/bad"; then
		fail "$last: libmhp could not do its part:"
		show bad
	fi
	xmllint --noout "$tmp/out.d/cost.svg" || fail "$last: the plot is no XML"
}

shortly ''
shortly folder
out_has 'no mount namespaces'
finish

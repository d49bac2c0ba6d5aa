#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What a program pays when it loads a library of ours: which other libraries come with it,
# that nothing of ours runs then, that nothing can be written that is shared by all who use it
# in a process, and how much the loader has to read and to relocate.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"
export LC_ALL=C

# With sanitizers all of this is theirs.
[ -z "${MHP_TEST_SANITIZERS:-}" ] || { echo "not with sanitizers"; exit 77; }
[ -f "$top_builddir/lib/.libs/libmhp.so" ] || { echo "no shared library was built"; exit 77; }

# The C library and its loader, and the compiler's helpers (64-bit division on some
# 32-bit machines; of libmhp on glibc see lib/worker.c).
COMMON='libc\.so\.6|libc\.so|libc\.musl-.*|ld-.*|ld64\.so.*|libgcc_s\.so\.1'

# needs LIBRARY PATTERN: nothing but that
needs()
{
	needed_by "$1" >"$tmp/needed"
	grep -vxE "$COMMON${2:+|$2}" "$tmp/needed" >"$tmp/more" || true
	while read -r more; do
		error "${1##*/}: brings $more"
	done <"$tmp/more"
}

# sections FILE: "MEMBER NAME BYTES" of each section of an archive's members
sections()
{
	"${READELF:-readelf}" -SW "$1" | sed -n 's/^File: //p; s/^ *\[ *[0-9]*\] *//p' | awk '
		NF == 1 { member = $1; next }
		$1 ~ /^\./ { print member, $1, $5 }
	'
}

# has_no_state ARCHIVE: of our own objects, what runs at loading and what can be written.
# .data.rel.ro is written by the loader only, which then protects it.
has_no_state()
{
	[ -f "$1" ] || { echo "${1##*/}: was not built, so that state was not looked for"; return 0; }
	sections "$1" >"$tmp/sections"
	grep -q ' \.text' "$tmp/sections" || error "${1##*/}: its sections cannot be read"
	grep -vE ' 0+$' "$tmp/sections" >"$tmp/used" || true
	grep -E ' \.(preinit_array|init_array|fini_array|ctors|dtors|init|fini)[. ]' "$tmp/used" |
	while read -r member section _; do
		echo "$member: $section: a constructor or a destructor"
	done >"$tmp/state"
	grep -E ' \.(data|bss|tdata|tbss|sdata|sbss|ldata|lbss)[. ]' "$tmp/used" |
		grep -vE ' \.data\.rel\.ro[. ]' |
	while read -r member section bytes; do
		echo "$member: $section: 0x$bytes bytes can be written: no global state"
	done >>"$tmp/state"
	while read -r line; do
		error "$line"
	done <"$tmp/state"
	# common symbols have no section
	nm_of -g "$1" 2>/dev/null | grep -E ' C ' >"$tmp/common" || true
	while read -r _ _ name; do
		error "${1##*/}: $name: can be written: no global state"
	done <"$tmp/common"
}

# costs LIBRARY RELOCATIONS KIBIBYTES: at most
costs()
{
	name=${1##*/}
	"${READELF:-readelf}" -rW "$1" >"$tmp/relocations"
	relative=$(grep -cE ' R_[A-Z0-9_]*_RELATIVE ' "$tmp/relocations") || true
	symbols=$(grep -cE ' R_[A-Z0-9_]+ ' "$tmp/relocations") || true
	symbols=$((symbols - relative))
	# what the loader maps: neither symbols for a debugger nor what describes types
	bytes=0
	for memory in $("${READELF:-readelf}" -lW "$1" | awk '$1 == "LOAD" { print $6 }'); do
		bytes=$((bytes + memory))
	done
	echo "$name: $relative relative relocations (at most $2), $symbols with a symbol," \
		"$((bytes / 1024)) KiB mapped (at most $3)"
	[ "$relative" -le "$2" ] || error "$name: $relative relative relocations, not $2 at most"
	[ "$bytes" -le $(($3 * 1024)) ] || error "$name: $((bytes / 1024)) KiB, not $3 at most"
}

# Budgets. A relative relocation is a pointer in a constant table: words of the kernel, the
# providers' functions, files of the simulated machine. Each takes the loader some
# nanoseconds (1,000 of them: 3 us), and 8 bytes of a page that processes cannot share. So
# they may be as many as make the tables readable; the bounds are a third or more above what there
# is, so that a table that grew by accident is seen. Likewise the size, which compilers differ in.
needs "$top_builddir/lib/.libs/libmhp.so" 'libudev\.so\.1|libkmod\.so\.2'
has_no_state "$top_builddir/lib/.libs/libmhp.a"
costs "$top_builddir/lib/.libs/libmhp.so" 800 768

needs "$top_builddir/policy/.libs/libmhp-policy.so" 'libmhp\.so\.1|libinih\.so\.[01]'
has_no_state "$top_builddir/policy/.libs/libmhp-policy.a"
costs "$top_builddir/policy/.libs/libmhp-policy.so" 250 192

needs "$top_builddir/sim/.libs/libmhp-sim.so" 'libmhp\.so\.1'
has_no_state "$top_builddir/sim/.libs/libmhp-sim.a"
costs "$top_builddir/sim/.libs/libmhp-sim.so" 1200 576
finish

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For each library: prototypes in the headers = names in the map = names the
# shared library exports (in the map's nodes) = names marked with MHP_EXPORT.
# mhp_private_* are apart: never in a header, all of libmhp's in a node that has the whole
# version, so that libmhp-policy and libmhp-sim of another release are not loaded with it.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"
export LC_ALL=C

# map_names MAP: "name node" of every name under "global:".
map_names()
{
	sed -e 's,/\*.*\*/,,' -e '\,/\*,,\,\*/,d' -e 's/[{};]/\n/g' "$1" | awk '
		$1 == "global:" || $1 == "local:" { part = $1; sub(/(global|local):/, "") }
		NF == 0 { next }
		/^[ \t]*LIBMHP_[A-Z0-9_.]+[ \t]*$/ { node = $1; part = ""; next }
		part == "global:" { print $NF, node }
	' | sort
}

# so_names LIBRARY: "name node" of every name it exports.
so_names()
{
	nm_of -D --defined-only --with-symbol-versions "$1" >"$tmp/nm" || return 1
	awk '$2 != "A" { sub(/@+/, " ", $3); print $3 }' "$tmp/nm" | sort
}

# marked_names ARCHIVE: names with default visibility, as MHP_EXPORT gives it.
marked_names()
{
	"${READELF:-readelf}" -sW "$1" >"$tmp/readelf" || return 1
	awk '$5 == "GLOBAL" && $6 == "DEFAULT" && $7 != "UND" && $8 !~ /^__/ { print $8 }' \
		"$tmp/readelf" | sort -u
}

# differ MESSAGE A B: report each line of file A that is not in file B.
differ()
{
	comm -23 "$2" "$3" >"$tmp/differ"
	while read -r line; do
		error "$1: $line"
	done <"$tmp/differ"
}

# check LIBRARY MAP HEADER...: LIBRARY is a path without .so or .a
check()
{
	lib=$1 map=$2 name=${1##*/}
	shift 2

	map_names "$top_srcdir/$map" >"$tmp/map-all"
	grep -v '^mhp_private_' "$tmp/map-all" >"$tmp/map" || true
	[ -s "$tmp/map" ] || { error "$map: no names found in it"; return; }
	grep '[*?]' "$tmp/map" >"$tmp/wild" || true
	while read -r wild _; do
		error "$map: $wild: name each function, no wildcards"
	done <"$tmp/wild"
	cut -d' ' -f1 "$tmp/map" | sort >"$tmp/map-names"
	uniq -d "$tmp/map-names" >"$tmp/twice"
	while read -r twice; do
		error "$map: $twice: named twice"
	done <"$tmp/twice"

	for h; do
		prototypes "$h" || error "mhp/$h: cannot be read by $CC"
	done | sort -u >"$tmp/headers"
	[ -s "$tmp/headers" ] || error "$name: no prototypes found in its headers"

	differ "$name: in $map, but in no header" "$tmp/map-names" "$tmp/headers"
	differ "$name: in a header, but not in $map" "$tmp/headers" "$tmp/map-names"

	if [ -f "$lib.so" ]; then
		so_names "$lib.so" >"$tmp/so-all"
		grep -v '^mhp_private_' "$tmp/so-all" >"$tmp/so" || true
		differ "$name: in $map, but not exported (no definition, or no MHP_EXPORT)" \
			"$tmp/map" "$tmp/so"
		differ "$name: exported, but not in $map" "$tmp/so" "$tmp/map"
		grep '^mhp_private_' "$tmp/so-all" | grep -v " $private_node\$" >"$tmp/private" || true
		while read -r private; do
			error "$name: not in the node $private_node: $private"
		done <"$tmp/private"
	else
		echo "$name: no shared library was built: its exports were not tested"
		skipped=yes
	fi

	if [ -f "$lib.a" ]; then
		# libmhp-policy.a and libmhp-sim.a have libmhp's parsers in it, with their marks.
		marked_names "$lib.a" >"$tmp/marked-all"
		grep -v '^mhp_private_' "$tmp/marked-all" >"$tmp/marked" || true
		map_names "$top_srcdir/lib/libmhp.map" | cut -d' ' -f1 |
			sort -u - "$tmp/map-names" >"$tmp/may-be-marked"
		differ "$name: MHP_EXPORT, but not in $map" "$tmp/marked" "$tmp/may-be-marked"
	fi
}

skipped=no
private_node=LIBMHP_PRIVATE_$(sed -n 's/^#define PACKAGE_VERSION "\(.*\)"$/\1/p' \
	"$top_builddir/config.h")
grep -q "^$private_node {\$" "$top_srcdir/lib/libmhp.map" ||
	error "lib/libmhp.map: no node $private_node, though that is the version"
libmhp_headers=
for h in $MHP_HEADERS; do
	! is_main_header "$h" || libmhp_headers="$libmhp_headers $h"
done

# shellcheck disable=SC2086
check "$top_builddir/lib/.libs/libmhp" lib/libmhp.map $libmhp_headers
# shellcheck disable=SC2086
check "$top_builddir/policy/.libs/libmhp-policy" policy/libmhp-policy.map $POLICY_HEADERS
# shellcheck disable=SC2086
check "$top_builddir/sim/.libs/libmhp-sim" sim/libmhp-sim.map $SIM_HEADERS

[ "$errors" -gt 0 ] || [ "$skipped" = no ] || exit 77
finish

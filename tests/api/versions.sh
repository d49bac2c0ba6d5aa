#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The packages are of this version, of the libraries by their sonames, and Debian's symbols
# files name what the maps do. debian/ is in the repository only.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"
export LC_ALL=C

# is_version WHERE VERSION
is_version()
{
	[ "$2" = "$version" ] || error "$1: ${2:-no version}, not $version as in configure.ac"
}

version=$(sed -n 's/^#define PACKAGE_VERSION "\(.*\)"$/\1/p' "$top_builddir/config.h")
[ -n "$version" ] || error "config.h: no version"

spec=$top_srcdir/packaging/libmhp.spec
is_version "${spec##*/}" "$(sed -n 's/^Version: *//p' "$spec")"
is_version "${spec##*/}, newest change" \
	"$(sed -n '/^%changelog/,$s/^\* .* - \(.*\)-[^-]*$/\1/p' "$spec" | head -n 1)"

# Bindings and the collection. Python's asks the library that it is built with; Go's has none.
for crate in libmhp-sys mhp; do
	is_version "$crate/Cargo.toml" \
		"$(sed -n 's/^version = "\(.*\)"$/\1/p' "$top_srcdir/bindings/rust/$crate/Cargo.toml")"
done
is_version mhp/Cargo.toml,\ libmhp-sys \
	"$(sed -n 's/^libmhp-sys = .* version = "\([^"]*\)".*/\1/p' "$top_srcdir/bindings/rust/mhp/Cargo.toml")"
is_version Cargo.lock "$(sed -n '/^name = "mhp"$/,/^version/s/^version = "\(.*\)"$/\1/p' \
	"$top_srcdir/bindings/rust/Cargo.lock")"
is_version galaxy.yml "$(sed -n 's/^version: //p' "$top_srcdir/fleet/ansible/galaxy.yml")"
is_version fleet/ansible/README.md \
	"$(sed -n 's/.*libmhp-mhp-\(.*\)\.tar\.gz$/\1/p' "$top_srcdir/fleet/ansible/README.md")"

debian=$top_srcdir/debian
if [ ! -d "$debian" ]; then
	[ "$errors" -eq 0 ] || finish
	echo "no debian/ here: its versions were not compared"
	exit 77
fi
is_version debian/changelog "$(sed -n '1s/^libmhp (\(.*\)-[^-]*) .*/\1/p' "$debian/changelog")"

# What a user of libmhp's private names depends on: this release, and no other.
is_version "debian/libmhp1.symbols, private names" \
	"$(sed -n 's/^| libmhp1 (>= \(.*\)), libmhp1 (<< \1\.~)$/\1/p' "$debian/libmhp1.symbols")"

# named MAP: " NAME@NODE" of each public name and node, as symbols files have them.
named()
{
	sed -e 's,/\*.*\*/,,' -e '\,/\*,,\,\*/,d' -e 's/[{};]/\n/g' "$1" | awk '
		/^[ \t]*LIBMHP_[A-Z0-9_.]+[ \t]*$/ {
			node = $1
			if (node !~ /^LIBMHP_PRIVATE/)
				print " " node "@" node
		}
		/^[ \t]*mhp_[a-z0-9_]+[ \t]*$/ { print " " $1 "@" node }
	' | sort
}

# compare PACKAGE MAP
compare()
{
	symbols=debian/$1.symbols
	sed -n 's/^\( [A-Za-z][^ ]*@[^ ]*\) .*/\1/p' "$top_srcdir/$symbols" | sort >"$tmp/symbols"
	named "$top_srcdir/$2" >"$tmp/named"
	[ -s "$tmp/named" ] || error "$2: no names found in it"
	comm -23 "$tmp/named" "$tmp/symbols" >"$tmp/missing"
	while read -r name; do
		error "$symbols: in $2, but not here; add the line \" $name $version\""
	done <"$tmp/missing"
	comm -13 "$tmp/named" "$tmp/symbols" >"$tmp/gone"
	while read -r name; do
		error "$symbols: $name: not in $2"
	done <"$tmp/gone"
}

compare libmhp1 lib/libmhp.map
compare libmhp-policy1 policy/libmhp-policy.map
compare libmhp-sim sim/libmhp-sim.map

# soname NAME VERSION-INFO: libNAME.so's, as debian/ has it
soname()
{
	so=$(sed -n 's/^m4_define(\['"$2"'\], \[\([0-9]*\):[0-9]*:\([0-9]*\)\])$/\1 \2/p' \
		"$top_srcdir/configure.ac" | { read -r current age; echo "$1.so.$((current - age))"; })
	grep -q "^$so " "$debian"/*.symbols ||
		error "debian/*.symbols: none for $so"
}
soname libmhp libmhp_lt_version
soname libmhp-policy libmhp_policy_lt_version
soname libmhp-sim libmhp_sim_lt_version
finish

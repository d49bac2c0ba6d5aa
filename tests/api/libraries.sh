#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the libraries bring with them. glibc ends a thread with the help of libgcc_s, and
# aborts the program if that is not installed when it comes to it. The parser of the
# standing policy's files is for libmhp-policy alone.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"

# needed LIBRARY: what libLIBRARY.so brings, to $tmp/needed
needed()
{
	needed_by "$1" >"$tmp/needed"
	[ -s "$tmp/needed" ] || error "${1##*/}: needs no library at all?"
}

so=$top_builddir/lib/.libs/libmhp.so
[ -f "$so" ] || { echo "no shared library was built"; exit 77; }
needed "$so"
if grep -q '^libc\.so\.' "$tmp/needed" && ! grep -q '^libgcc_s\.so\.' "$tmp/needed"; then
	error "libmhp.so: not linked with libgcc_s"
fi
for name in udev kmod; do
	macro=HAVE_LIB$(echo "$name" | tr '[:lower:]' '[:upper:]')
	if grep -q "^#define $macro 1" "$top_builddir/config.h"; then
		grep -q "^lib$name\.so\." "$tmp/needed" ||
			error "libmhp.so: is to use lib$name, and does not"
		grep -q "^Libs.private:.* -l$name " "$top_builddir/libmhp.pc" ||
			error "libmhp.pc: lib$name is missing"
	elif grep -q "^lib$name\.so\." "$tmp/needed"; then
		error "libmhp.so: uses lib$name, which it was built without"
	fi
done
! grep '^libinih' "$tmp/needed" || error "libmhp.so: linked with the parser of INI files"

needed "$top_builddir/policy/.libs/libmhp-policy.so"
# linked statically, it is not seen: tests/ports/musl
for name in ${MHP_TEST_STATIC_INIH-libinih} libmhp; do
	grep -q "^$name\.so\." "$tmp/needed" || error "libmhp-policy.so: not linked with $name"
done
finish

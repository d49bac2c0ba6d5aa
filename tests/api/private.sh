#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# libmhp-policy and libmhp-sim use what libmhp keeps private, which is another with each
# release: with libmhp of another one they are not loaded, rather than misbehave.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"
export LC_ALL=C

version=$(sed -n 's/^#define PACKAGE_VERSION "\(.*\)"$/\1/p' "$top_builddir/config.h")
# As long as this one, for it is written in its place.
other=$(echo "$version" | tr '0-9' '1-90')
so=$top_builddir/lib/.libs/libmhp.so.1
[ -f "$so" ] || { echo "no shared library was built"; exit 77; }

mkdir "$tmp/other"
sed "s/LIBMHP_PRIVATE_$version/LIBMHP_PRIVATE_$other/g" "$so" >"$tmp/other/libmhp.so.1"
chmod +x "$tmp/other/libmhp.so.1"
! cmp -s "$so" "$tmp/other/libmhp.so.1" || error "libmhp has no node LIBMHP_PRIVATE_$version"

echo 'int main(void) { return 0; }' >"$tmp/program.c"
for name in libmhp-policy libmhp-sim; do
	dir=$top_builddir/${name#libmhp-}/.libs
	# shellcheck disable=SC2086 # a list of words
	$CC ${MHP_TEST_SANITIZERS:-} -o "$tmp/program" "$tmp/program.c" \
		-Wl,--no-as-needed -L"$dir" -l"${name#lib}" -L"$top_builddir/lib/.libs" -lmhp ||
		{ error "$name: cannot be linked with"; continue; }
	needed_by "$tmp/program" | grep -q '^libc\.so\.6$' ||
		{ echo "not glibc: its loader does not look at versions"; exit 77; }
	status=0
	"$tmp/program" >"$tmp/out" 2>&1 || status=$?
	[ "$status" -ne 126 ] || { echo "programs of this compiler do not run here"; exit 77; }
	if [ "$status" -ne 0 ]; then
		cat "$tmp/out"
		error "$name: not loaded with libmhp of the same release"
	elif LD_LIBRARY_PATH="$tmp/other:$LD_LIBRARY_PATH" "$tmp/program" >"$tmp/out" 2>&1; then
		error "$name: loaded with libmhp of another release"
	elif ! grep -q "LIBMHP_PRIVATE_$version' not found .*$name\.so" "$tmp/out"; then
		cat "$tmp/out"
		error "$name: does not say that libmhp is of another release"
	fi
done
finish

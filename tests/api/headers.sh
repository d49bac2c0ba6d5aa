#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every public header can be included alone, by strict C11 and by C++17, and its
# functions have C linkage there. mhp.h includes all of libmhp's. No header is
# forgotten by "make install".
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"

STRICT="-pedantic -Wall -Wextra -Werror -fsyntax-only"

for h in $MHP_HEADERS; do
	header_path "$h" >/dev/null || { error "include/mhp/$h: listed in include/Makemodule.am, but missing"; continue; }

	printf '#include <mhp/%s>\nextern int not_empty;\n' "$h" >"$tmp/alone.c"
	# shellcheck disable=SC2086
	compile "$CC" -std=c11 $STRICT "$tmp/alone.c" ||
		error "mhp/$h: does not compile alone as C11"

	if [ -n "${CXX:-}" ]; then
		cp "$tmp/alone.c" "$tmp/alone.cc"
		# shellcheck disable=SC2086
		compile "$CXX" -std=c++17 $STRICT "$tmp/alone.cc" ||
			error "mhp/$h: does not compile alone as C++17"

		# Take the address of each function: its name must not be mangled.
		{
			echo "#include <mhp/$h>"
			echo "typedef void (*fn)(void);"
			echo "extern const fn all[] = { nullptr,"
			prototypes "$h" | sed 's/.*/	reinterpret_cast<fn>(\&&),/'
			echo "};"
		} >"$tmp/linkage.cc"
		if compile "$CXX" -std=c++17 -c -o "$tmp/linkage.o" "$tmp/linkage.cc"; then
			nm_of -C -u "$tmp/linkage.o" >"$tmp/linkage.nm"
			mangled=$(grep -F '(' "$tmp/linkage.nm" || true)
			[ -z "$mangled" ] || error "mhp/$h: no extern \"C\" around" "$mangled"
		else
			error "mhp/$h: the addresses of its functions cannot be taken in C++"
		fi
	fi

	case $h in
	mhp.h) ;;
	*)
		! is_main_header "$h" ||
		grep -q "^#include <mhp/$h>" "$(header_path mhp.h)" ||
			error "mhp/mhp.h: does not include mhp/$h"
		;;
	esac
done
[ -n "${CXX:-}" ] || echo "no C++ compiler: C++ was not tested"

for path in "$top_srcdir"/include/mhp/*.h; do
	h=${path##*/}
	case " $MHP_HEADERS " in
	*" $h "*) ;;
	*) error "include/mhp/$h: not listed in include/Makemodule.am, so not installed" ;;
	esac
done

finish

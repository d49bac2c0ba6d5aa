#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The scripts here notice what they are for: a copy of what they look at is broken in five
# ways, and for each of them the script that "make check" runs must fail, and say why. They
# pass with the copy as it is.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"
export LC_ALL=C

tree=$tmp/tree
SCRIPTS="documented frozen macros symbols"

# restore: the copy, as the sources are. What was built stays where it is: by their own
# errors, the scripts are to notice before anybody relinks.
restore()
{
	rm -rf "$tree"
	mkdir -p "$tree/include" "$tree/tests" "$tree/man"
	cp -R "$top_srcdir/include/mhp" "$tree/include"
	cp -R "$top_srcdir/tests/api" "$tree/tests"
	cp "$top_srcdir/man/header2man" "$tree/man"
	for map in lib/libmhp policy/libmhp-policy sim/libmhp-sim; do
		mkdir -p "$tree/${map%/*}"
		cp "$top_srcdir/$map.map" "$tree/$map.map"
	done
	chmod -R u+w "$tree"
}

# run SCRIPT: with the copy; its output is in $tmp/out
run()
{
	top_srcdir=$tree "$tree/tests/api/$1.sh" >"$tmp/out" 2>&1
}

# edit FILE COMMAND...: change a file of the copy by a filter, which must find something to change
edit()
{
	file=$tree/$1
	shift
	"$@" <"$file" >"$tmp/edited"
	! cmp -s "$file" "$tmp/edited" || error "$name: $file has nothing to break any more"
	cat "$tmp/edited" >"$file"
}

# fails SCRIPT PATTERN: as it must, and with a line that matches
fails()
{
	case " $skipped " in
	*" $1 "*) return 0 ;;
	esac
	if run "$1"; then
		error "$name: tests/api/$1.sh passes all the same"
	elif ! grep -q "^error: .*$2" "$tmp/out"; then
		sed 's/^/    /' "$tmp/out"
		error "$name: tests/api/$1.sh fails, but not with \"$2\""
	else
		echo "$name: tests/api/$1.sh: $(grep -m 1 "^error: .*$2" "$tmp/out")"
	fi
}

name=unbroken skipped=
restore
for script in $SCRIPTS; do
	status=0
	run "$script" || status=$?
	case $status in
	0) ;;
	77) skipped="$skipped $script" ;;
	*) tail -n 20 "$tmp/out"; error "unbroken: tests/api/$script.sh fails" ;;
	esac
done
[ "$errors" -eq 0 ] || finish

name="symbol dropped from the map"
edit lib/libmhp.map sed '/^	mhp_snapshot_new;$/d'
fails symbols "in a header, but not in lib/libmhp.map: mhp_snapshot_new$"
restore

name="type of a parameter changed"
edit include/mhp/snapshot.h sed '/mhp_snapshot_find_block(/s/uint64_t id/uint32_t id/'
fails frozen "removed or changed: function mhp_snapshot_find_block: "
restore

name="field inserted in the middle of options"
edit include/mhp/apply.h sed 's/^	int64_t timeout_ms;/	uint64_t inserted;\n&/'
fails frozen "removed or changed: layout [a-z0-9-]* mhp_apply_opts timeout_ms "
restore

name="public macro without MHP_"
edit include/mhp/apply.h sed 's/^#define MHP_TIMEOUT_NONE /#define TIMEOUT_FOREVER (-1)\n&/'
fails macros "mhp/apply.h: macro without MHP_ in front, .*TIMEOUT_FOREVER"
restore

name="undocumented function"
# shellcheck disable=SC2016 # for awk
edit include/mhp/snapshot.h awk '
	/^\/\*\*/ { text = ""; inside = 1 }
	inside { text = text $0 "\n"; if (/\*\//) { inside = 0; ready = 1 } next }
	ready { ready = 0; if (!/mhp_snapshot_find_block\(/) printf "%s", text }
	{ print }'
fails documented "mhp_snapshot_find_block: no comment"

if [ "$errors" -eq 0 ] && [ -n "$skipped" ]; then
	echo "not tested, as these are skipped here:$skipped"
	exit 77
fi
finish

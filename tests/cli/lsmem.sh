#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The example lsmem shows what the real lsmem does, cell by cell, on machines of x86,
# arm64 and s390.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need lsmem

: "${top_builddir:?is to be the folder where the examples were built}"
example=$examples/lsmem
all=RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES
export LC_ALL=C

# how wide its columns are, and whether a line ends with blanks, is lsmem's own matter
squeeze() { tr -s ' ' <"$1" | sed -e 's/^ //' -e 's/ $//'; }

# same ROOT ARGS: both print the same
same()
{
	root=$1
	shift
	last="lsmem -s $root $*"
	lsmem -s "$root" "$@" >"$tmp/theirs" || fail "$last: exit code $?"
	"$example" -s "$root" "$@" >"$tmp/ours" 2>"$tmp/err" || fail "$last: ours: exit code $?"
	no_err
	case " $* " in
	*' -r '*) ;;		# a blank between cells, also where these are empty
	*)
		for side in theirs ours; do
			squeeze "$tmp/$side" >"$tmp/squeezed"
			mv "$tmp/squeezed" "$tmp/$side"
		done
	esac
	cmp -s "$tmp/theirs" "$tmp/ours" && return
	fail "$last:"
	diff "$tmp/theirs" "$tmp/ours" >"$tmp/diff"
	show diff
}

# all that its options choose between
compare()
{
	same "$1"
	same "$1" -b -a
	same "$1" -r -o "$all"
	same "$1" -r -b -a -o "$all"
	same "$1" -r -o BLOCK,RANGE		# nothing splits but holes
	same "$1" -r -o node,range
	same "$1" -r -o REMOVABLE,BLOCK
	same "$1" -o ZONES,SIZE
}

# rename_blocks ROOT BY: as if memory began so many blocks lower
rename_blocks()
{
	for block in $(find "$1/sys/devices/system/memory" -maxdepth 1 -name 'memory[0-9]*' |
			sed 's/.*memory//' | sort -n); do
		mv "$1/sys/devices/system/memory/memory$block" \
			"$1/sys/devices/system/memory/memory$((block - $2))"
		for link in "$1"/sys/devices/system/node/node*/memory"$block"; do
			[ -L "$link" ] || continue
			ln -s "../../memory/memory$((block - $2))" "${link%"$block"}$((block - $2))"
			rm "$link"
		done
	done
}

lsmem_sees_zones()
{
	lsmem -s "$1" -r -n -o ZONES >"$tmp/out" 2>/dev/null
	grep -q . "$tmp/out"
}

for machine in 6.1-hmem-online 6.12-hmem-multi-online 6.12-virtio-mem-start \
	6.12-s390-attached 7.3-boot-node-online 7.3-dimm-mixed-new-node \
	7.3-hmem-one-offline 7.3-hmem-ranges-bound 7.3-pinned-going-offline; do
	make_tree "$machines/$machine.txt" "$tmp/$machine"
	compare "$tmp/$machine"
done

# arm64: memory begins far above 0. There older lsmem look for zones at memory0 and show
# none; then it is moved down to see them, and seen in its place but for the zones.
for machine in 6.12-arm64-plugged:8 6.12-arm64-64k:4; do
	first=${machine#*:}
	root=$tmp/${machine%:*}
	make_tree "$machines/${machine%:*}.txt" "$root"
	if lsmem_sees_zones "$root"; then
		compare "$root"
		continue
	fi
	same "$root"
	same "$root" -r -b -a -o RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE
	same "$root" -r -o RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE
	"$example" -s "$root" -r -a -o ZONES,NODE,STATE >"$tmp/in-place"
	rename_blocks "$root" "$first"
	compare "$root"
	"$example" -s "$root" -r -a -o ZONES,NODE,STATE >"$tmp/moved"
	cmp -s "$tmp/in-place" "$tmp/moved" || fail "$machine: other zones where it belongs"
done

# a kernel that cannot take memory away has no valid_zones, and no zones to show
root=$tmp/6.1-hmem-online
find "$root" -name valid_zones -exec rm {} +
find "$root" -name removable -exec sh -c 'for f; do echo 0 >"$f"; done' sh {} +
same "$root"
same "$root" -r -o "$all"

# words and numbers that are rare: a zone never seen, a size with a fraction, no state
root=$tmp/7.3-hmem-one-offline
mem=$root/sys/devices/system/memory
echo Frozen >"$mem/memory1/valid_zones"
echo HighMem >"$mem/memory2/valid_zones"
echo Device >"$mem/memory3/valid_zones"
echo blue >"$mem/memory5/state"
compare "$root"
for size in 100000 40000000 10000000000; do
	echo "$size" >"$mem/block_size_bytes"
	same "$root" -o size,state
done

# what cannot be asked for
MHP=$example
run 2 -o RANGE,COLOUR
err_has usage
run 1 -s "$tmp/nowhere"
err_has "$tmp/nowhere"

finish

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC1091,SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: what it costs to learn the states of 4,120 blocks
# machine: bench-blocks
# kernels: 7.3 6.12
# icount: 0
# timeout: 1500

row() { # row TABLE NAME INSTRUCTIONS
	echo "%row|$1|$2|$3|$n"
}

# inside TABLE NAME COMMAND ...: the best of some rounds in one process; it says "inside_us N"
inside() {
	_table=$1 _name=$2
	shift 2
	[ -x "$(command -v "$1")" ] || return 0
	"$@" -r 3 >/dev/null 2>/tmp/inside || failed="$failed $_name"
	row "$_table" "$_name" "$(sed -n 's/^inside_us \([0-9]*\)\.\([0-9][0-9]\).*/\1\20/p' /tmp/inside | sed 's/^0*//')"
}

process() { # process TABLE NAME COMMAND ...
	_table=$1 _name=$2
	shift 2
	[ -x "$(command -v "$1")" ] || return 0
	guest-write run "$@" >/dev/null 2>&1
	_took=$(guest-write run "$@") || failed="$failed $_name"
	row "$_table" "$_name" "$_took"
}

scan() { # scan TABLE: everybody
	inside "$1" "libmhp, mhp_snapshot_new()" ours-scan
	inside "$1" "libmhp, blocks only" ours-scan -b
	inside "$1" "libmhp, exact" ours-scan -e
	inside "$1" "floor-zone" floor-zone
	inside "$1" "floor-ls" floor-ls
}

failed=
load_dax
d=dax0.0
[ "$(driver $d)" = - ] || unbind $d
put 1 $DAX/$d/memmap_on_memory
bind offline
n=$(all_blocks | wc -l)
set -- $(ranges_of $d)
first=$(($1 / $(block_size)))
is "blocks of the region" $(($(all_blocks | tail -n 1) - first + 1)) 4096

scan "discovery, all of the region offline"
process "discovery, all of the region offline" "mhp list (process)" mhp list
process "discovery, all of the region offline" "floor-zone (process)" floor-zone
process "discovery, all of the region offline" "floor-ls (process)" floor-ls
process "discovery, all of the region offline" "lsmem (process)" lsmem -J -b
guest-write down $first $((first + 511)) online_movable >/dev/null || bail "cannot online"
scan "discovery, an eighth online"
i=$((first + 513))
while [ $i -lt $((first + 640)) ]; do
	guest-write down $i $i online_movable >/dev/null
	i=$((i + 2))
done
scan "discovery, an eighth online, then every second one of 128"
is "all could be measured" "$failed" ""

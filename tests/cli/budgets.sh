#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What each verb may cost in system calls: so many reads of attributes for each block, and
# some for the verb itself, whatever the number of blocks. What it takes to start the program,
# and what only gets memory, does not count. Limits are to go down.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"

: "${top_builddir:?is to be the folder where count-calls and make-tree were built}"

# BLOCKS READS CONSTANT VERB: reads a block are of state, and of valid_zones
limits='
1024 0 210 list
1024 0 220 show dax0.0
1024 0 260 show dax9.9
65536 0 210 list
1024 0 920 plan online dax0.0 --type online_movable
65536 0 920 plan online dax0.0 --type online_movable
'
# 128 KiB of names in a call, in the directory of blocks and in those of the nodes
blocks_a_listing=2000

# Trees are large, and a disk is slow.
trees=$tmp
if [ -d /dev/shm ] && [ -w /dev/shm ]; then
	trees=$(mktemp -d /dev/shm/libmhp-XXXXXX)
	trap 'rm -rf "$tmp" "$trees"' EXIT
fi

# calls ARGS: how many mhp makes goes to $calls
calls()
{
	last="mhp $*"
	got=0
	"$top_builddir/tests/support/count-calls" -o "$tmp/calls" "$MHP" "$@" \
		>"$tmp/out" 2>"$tmp/err" || got=$?
	if [ "$got" -eq 77 ]; then
		sed 's/^/SKIP: /' "$tmp/err"
		exit 77
	fi
	calls=$(($(sed -n 's/^total //p' "$tmp/calls") - $(sed -n 's/^memory //p' "$tmp/calls")))
}

# LeakSanitizer cannot be traced; what it and the others do is not the program's
if [ "${MHP_TEST_SANITIZERS:-}" ]; then
	echo "SKIP: built with sanitizers"
	exit 77
fi
calls --version
start=$calls

# the calls that a read takes are the same for all
per_read=
for blocks in $(printf '%s' "$limits" | sed -n 's/ .*//p' | sort -nu); do
	per_read=$("$top_builddir/tests/support/make-tree" "$trees/$blocks" "$blocks") ||
		fail "make-tree: exit code $?"
done

while read -r blocks reads constant verb; do
	[ "$blocks" ] || continue
	# shellcheck disable=SC2086 # words of the verb
	calls --root "$trees/$blocks" $verb
	used=$((calls - start))
	limit=$((reads * per_read * blocks + blocks / blocks_a_listing + constant))
	echo "$verb, $blocks blocks: $used system calls of $limit"
	if [ "$used" -gt "$limit" ]; then
		fail "$last: $used system calls, more than $limit"
		show calls
	fi
done <<END
$limits
END

# what is said on standard error is written in a piece, not by the character
for length in 1 100; do
	calls --root "$trees/1024" show "$(printf "%${length}s" '' | tr ' ' x)"
	err_has 'no such region'
	[ "$length" -eq 1 ] || [ "$calls" -eq "$said" ] ||
		fail "$last: $calls system calls, for a shorter name $said"
	said=$calls
done

finish

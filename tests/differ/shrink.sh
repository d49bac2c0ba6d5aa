#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A difference is found by chance, and shrunk to the few operations that it takes.
set -eu
differ=$top_builddir/tests/differ/differ
machine=$TEST_DATA/differ/machines/7.3.txt

# shrinks RULE SEED N: a model with this rule wrong differs, and N operations show it
shrinks() {
	status=0
	"$differ" random --machine "$machine" --kernel 7.3 --wrong "$1" --seed "$2" --count 60 \
		>shrink-$1.tmp || status=$?
	[ $status -eq 1 ] || { echo "$1: status $status, and not 1"; exit 1; }
	"$TEST_DATA/differ/shrink" --kernel 7.3 --differ "$differ" --machine "$machine" --wrong "$1" \
		shrink-$1.tmp >shrink-$1.script 2>shrink-$1.log
	n=$(grep -c '^[a-z]' shrink-$1.script)
	if [ "$n" -gt "$3" ]; then
		echo "$1: $n operations, and not $3"
		cat shrink-$1.script
		exit 1
	fi
	# It has the right model's answers: that one passes, the wrong one does not.
	"$differ" check --machine "$machine" --kernel 7.3 shrink-$1.script >/dev/null
	! "$differ" check --machine "$machine" --kernel 7.3 --wrong "$1" shrink-$1.script >/dev/null
	rm -f shrink-$1.*
}

shrinks ONLINE_TWICE 1 2
shrinks MOVABLE_UNPLUGGED 1 4
shrinks SPAN_SHRINKS_LOW 1 6

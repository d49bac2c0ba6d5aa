# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: users of libmhp queue for each other, and say whom they wait for
# machine: two-nodes

bind online_movable
B0=$(blocks_of dax0.0) B1=$(blocks_of dax1.0)
bad=$(nth 3 $B0)

# begin: an mhp that does not come to an end while a page is pinned
begin() {
	pin_page $bad
	mhp offline dax0.0 --timeout none >/tmp/first.out 2>&1 &
	first=$!
	wait_for state_is $bad going-offline || bail "block $bad is $(state $bad)"
}

begin
exits "another region, one second" 1 mhp offline dax1.0 --timeout 1
one_line "locked"
names "the message names who has the lock" $first
uniform "nothing was tried" online Movable $B1
exits "the same as JSON" 1 mhp offline dax1.0 --timeout 1 --json
json "outcome" .outcome refused
json "reason" .reason locked
exits "who looks does not wait" 0 mhp list
exits "nor who plans" 0 mhp plan offline dax1.0
exits "recover, one second" 1 mhp recover --timeout 1

# With more time it waits for its turn.
mhp offline dax1.0 >/tmp/second.out 2>&1 &
second=$!
kill $pinner
wait $pinner
wait $first
is "the first did its work" $? 0
wait $second
is "the second did, after it" $? 0
uniform "both regions are offline" offline - $B0 $B1

# A killed one leaves no lock.
exits "online" 0 mhp online dax0.0 --type online_movable --per-block
begin
kill -9 $first
wait $first
wait_for state_is $bad online || bail "block $bad is $(state $bad)"
exits "after a kill the lock is free" 0 mhp online dax1.0 --type online_movable
uniform "it did its work" online Movable $B1
nothing_pending "in the end"

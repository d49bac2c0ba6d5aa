# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: two processes on different regions and on the same: no deadlock, no lie, no lost undo
# machine: two-nodes
# timeout: 400
# full-timeout: 3600

# Memory that is online is always in Movable, so that all can always be undone.
T="--type online_movable"
N=$(rounds 12 200)
bind online_movable
policy offline
before=$(settings)
# shellcheck disable=SC2153 # from outside
note "seed $SEED"

# agent NAME REGION SEED: N verbs by chance; every answer that is none goes to /tmp/NAME
agent() {
	: >/tmp/$1
	# shellcheck disable=SC2013 # words
	for verb in $(awk -v seed=$3 -v n=$N 'BEGIN {
		srand(seed)
		split("online offline plug unplug online-pb", verbs)
		for (i = 0; i < n; i++)
			print verbs[1 + int(rand() * 5)]
	}'); do
		case $verb in
		online) set -- $1 $2 $3 mhp online $2 $T ;;
		online-pb) set -- $1 $2 $3 mhp online $2 $T --per-block ;;
		plug) set -- $1 $2 $3 mhp plug $2 $T ;;
		*) set -- $1 $2 $3 mhp $verb $2 ;;
		esac
		name=$1 region=$2 seed=$3
		shift 3
		timeout 120 "$@" --json >/tmp/$name.out 2>/tmp/$name.err
		status=$?
		outcome=$(jq -r '.outcome + " " + .reason' /tmp/$name.out 2>/dev/null)
		case "$status $outcome" in
		"0 done "* | "1 undone "* | "1 refused "*) echo "$verb $outcome" >>/tmp/$name.done ;;
		# Refused before there was a plan: the region has no driver, or is none now.
		"1 ") [ -s /tmp/$name.err ] || echo "$verb: 1, and nothing said" >>/tmp/$name ;;
		*) echo "$verb: $status $outcome: $(cat /tmp/$name.err)" >>/tmp/$name ;;
		esac
		set -- $name $region $seed
	done
	echo end >>/tmp/$1.done
}

# together WHAT REGION REGION: two of them at a time
together() {
	rm -f /tmp/a.done /tmp/b.done
	agent a $2 $SEED &
	a=$!
	agent b $3 $((SEED + 1)) &
	b=$!
	wait $a
	wait $b
	is "$1: the first got an answer each time" "$(cat /tmp/a)" ""
	is "$1: the second got an answer each time" "$(cat /tmp/b)" ""
	is "$1: both came to an end" "$(cat /tmp/[ab].done | grep -c '^end')" 2
	did $((2 * N))
	isnt "$1: some was done" "$(cat /tmp/[ab].done | grep -c ' done ')" 0
	note "$(cat /tmp/[ab].done | sort | uniq -c)"
	is "$1: the settings are as before" "$(settings)" "$before"
	nothing_pending "$1"
	for d in $2 $3; do
		exits "$1: unplug $d in the end" 0 mhp unplug $d
		uniform "$1: no blocks of $d are left" absent - $(blocks_of $d)
	done
}

together "two regions" dax0.0 dax1.0
together "one region" dax0.0 dax0.0

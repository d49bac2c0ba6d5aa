# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: mhp agent killed before each of its calls that write, and when chance wants it: the next one finishes, nothing stays borrowed; never two agents
# machine: two-nodes
# timeout: 900
# full-timeout: 3600

# Every call in turn, or one of some.
step=$(rounds 5 1)

# as_wanted: every block is, and nobody is at work on it
as_wanted() { all_are online Movable $B && [ "$(settings)" = "$before" ] && is_unlocked; }
done_with() { as_wanted && at_rest $1; }

# converges WHAT: an agent that comes now
converges() {
	start_agent
	wait_for done_with $agent || agent_log
	uniform "$1: the next agent finishes" online Movable $B
	is "$1: the settings are as before" "$(settings)" "$before"
	is "$1: nothing is pending" "$(mhp list --json | jq -c .recovery_pending)" null
	stop_agent "$1"
}

fresh() {
	by_hand dax0.0
	by_hand dax1.0
	: >/tmp/agent.log
}

# The program that kill-at has begun
child_of() { cat /proc/$1/task/$1/children 2>/dev/null | tr -d ' '; }
is_over() {
	kill -0 $1 2>/dev/null || return 0
	child=$(child_of $1)	# none: kill-at is about to end, too
	[ -n "$child" ] && done_with $child
}

load_dax
policy offline
before=$(settings)
B="$(blocks_of dax0.0)$(blocks_of dax1.0)"
standing 'type = online_movable'

# kill_before CALL: leaves its status in $rc, which is 137, or that of one that ended before
kill_before() {
	fresh
	kill-at /tmp/calls $1 mhp agent >>/tmp/agent.log 2>&1 </dev/null &
	killer=$!
	wait_for is_over $killer || bail "before call $1: neither killed nor done: $(cat /tmp/agent.log)"
	# What it does when it ends has calls that count, too.
	kill -TERM $(child_of $killer) 2>/dev/null
	wait $killer
	rc=$?
}

k=1 killed=0
while kill_before $k && [ $rc = 137 ]; do
	converges "killed before call $(tail -n 1 /tmp/calls)"
	killed=$((killed + 1))
	k=$((k + step))
	[ $k -lt 500 ] || bail "no end"
done
did $killed
is "one that is not killed ends well" $rc 0
is "it made fewer calls" "$(($(wc -l </tmp/calls) < k))" 1

kill_before $(($(grep -n ' write .*auto_online_blocks' /tmp/calls | head -n 1 | cut -d : -f 1) + 1))
is "killed while it had borrowed the policy" $rc 137
isnt "which it has left so" "$(settings)" "$before"
converges "killed while it had borrowed the policy"
check "the next agent says what it put back" said 'recovered'

# Like numbers for like seeds
chance=$SEED
random() { # random N: 0 to N - 1, in $chance
	chance=$(((chance * 1103515245 + 12345) % 2147483648))
	random=$((chance / 65536 % $1))
}

N=$(rounds 5 50) i=0
while [ $i -lt $N ]; do
	i=$((i + 1))
	fresh
	start_agent
	random 2000
	usleep $((random * 1000))
	random 2
	[ $random -eq 0 ] || (mhp unplug dax1.0 >/dev/null 2>&1) &
	random 500
	usleep $((random * 1000))
	kill -9 $agent
	wait $agent
	wait
	converges "killed by chance, $i"
done
did $N

start_agent
wait_for done_with $agent || agent_log
exits "another agent" 1 mhp agent

like "another agent is told who is at work" "$err" "agent.*$agent"
uniform "all is as wanted" online Movable $B
kill -9 $agent
wait $agent
converges "killed at rest"
nothing_pending "in the end"

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: mhp agent and a block that never goes offline: some tries, ever rarer, each told once, nothing in between
# machine: one
# timeout: 300
# full-timeout: 2400

bind online_movable
policy offline
B=$(blocks_of dax0.0)
before=$(settings)
stuck=$(nth 3 $B)
pin_page $stuck
standing 'type = offline'
N=$(rounds 4 10)
start_agent --timeout 2

# patience SECONDS COMMAND ...: as wait_for, for so long
patience() {
	_patience=$1
	shift
	while [ $_patience -gt 0 ]; do
		wait_for "$@" && return
		_patience=$((_patience - 20))
	done
	return 1
}

tries() { grep -E -c ': (try [0-9]+ of 10 failed|given up after 10 tries)' /tmp/agent.log; }

try=1
while [ $try -le $N ]; do
	if [ $try -lt 10 ]; then
		check "try $try fails" patience $((20 + (1 << try))) said "dax0.0: try $try of 10 failed"
	else
		check "the last try fails" patience 1200 said "dax0.0: given up after 10 tries"
	fi
	wait_for is_unlocked
	uniform "try $try: put back" online Movable $B
	# The next one is in eight seconds and more. What was put back was heard of, too.
	[ $try -lt 4 ] || {
		check "try $try: it comes to rest" wait_for is_calm $agent
		is "try $try: before it tries again" "$(tries)" $try
	}
	try=$((try + 1))
done
agent_log
is "each try is told once" "$(tries)" $N
# Beside two lines a try: capabilities, the policy, the way out at boot.
check "and little else" [ "$(wc -l </tmp/agent.log)" -le $((2 * N + 3)) ]
like "the block is named" "$(cat /tmp/agent.log)" "(memory|block )${stuck}[^0-9]"
is "the settings are as before" "$(settings)" "$before"

# What was pinned is free: it is tried again.
kill -9 $pinner
wait $pinner
[ $N -lt 10 ] || kill -HUP $agent
patience 40 all_are offline - $B
uniform "free again: all as wanted" offline - $B
stop_agent "in the end"
nothing_pending "in the end"

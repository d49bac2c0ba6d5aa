#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp agent on a simulated machine, where others act, and which then comes to its end;
# how it stops; what is said, and to whom. That time goes by is for test-agent.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"

: "${top_builddir:?is to be the folder where on-terminal was built}"
terminal=$top_builddir/tests/support/on-terminal
export TERM=dumb
TERM_=15 INT=2

m=$tmp/m.txt
dax=/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0
policy=/sys/devices/system/memory/auto_online_blocks

# machine RULE-LINE...: dax0.0 is 32-35, bound and offline, on a machine that counts events
machine()
{
	cp "$machines/7.3-hmem-bound.txt" "$m"
	{
		echo '/sys/kernel/uevent_seqnum: 100'
		echo '/etc/mhp/policy.d/50-pool.conf:'
		printf '\t%s\n' "$@"
	} >>"$m"
}

# zones WANTED: of memory32 to memory35, in what was saved
zones()
{
	found=$(sed -nE "s,^/sys/devices/system/memory/memory3[2-5]/(valid_zones|state): ,,p" \
		"$tmp/after" | sort | uniq | tr '\n' ' ')
	[ "$found" = "$1" ] || fail "$last: zones and states are $found, expected $1"
}

# agent CODE ARGS
agent()
{
	code=$1
	shift
	run "$code" agent --sim "$m" --sim-save "$tmp/after" "$@"
	no_out
}

# ---- what it is for ----

machine '[pool]' 'kind = dax' 'type = online_movable'
agent 0
err_has 'mhp: standing policy: 1 rule'
err_has 'mhp: dax0.0: done, as wanted by [pool] (/etc/mhp/policy.d/50-pool.conf:1) (4 blocks)'
zones 'Movable online '

agent 0 --sim-act "$policy=online" --sim-act "$dax/state=unplugged" \
	--sim-act "$dax/state=unplugged"
zones 'Movable online '
err_has 'auto_online_blocks is online, was offline; cause: another program'
err_has 'Z: memory32-35 offline (dax0.0); cause: '
[ "$(grep -c 'dax0.0: done' "$tmp/err")" -eq 3 ] || { fail "$last: not three times"; show err; }

# told by nobody
agent 0 --sim-lose 100000 --sim-act "$dax/state=unplugged"
err_has 'mhp: events were lost, at '
if grep 'not by this agent.*lost' "$tmp/err"; then fail "$last: that is no deed of others"; fi
zones 'Movable online '

agent 0 --dry-run --sim-act "$policy=online"
err_has 'dax0.0: not yet as wanted by [pool]'
err_has 'dax0.0: would: '
zones 'Normal Movable offline '

# faster than the agent: who, and what keeps that from happening again
cp "$m" "$tmp/bound.txt"
cp "$machines/7.3-hmem-online-policy.txt" "$m"
printf '[pool]\nkind = dax\ntype = online_movable\n' >"$tmp/own.conf"
agent 0 --policy "$tmp/own.conf"
err_has 'dax0.0: cause: probably auto_online_blocks=online'
err_has 'dax0.0: way out: say elsewhere = rezone in rule pool'
err_has 'dax0.0: way out at boot: mhp policy claim, if it is not there yet'
# ... and where the kernel has used it by then
echo 'elsewhere = rezone' >>"$tmp/own.conf"
timeout -s TERM 60 "$terminal" --at 'next one in' "$TERM_" "$MHP" agent --sim "$m" \
	--policy "$tmp/own.conf" --sim-fail 33:offline:EBUSY >"$tmp/out" 2>"$tmp/err"
last='mhp agent that cannot rezone'
err_has 'dax0.0: try 1 of 10 failed'
err_has 'dax0.0: way out at boot: mhp policy claim, if it is not there yet'
cp "$tmp/bound.txt" "$m"

# a policy elsewhere
printf '[pool]\nkind = dax\ntype = online_kernel\n' >"$tmp/own.conf"
agent 0 --policy "$tmp/own.conf"
zones 'Normal online '
agent 0 --policy "$tmp/none.conf"
err_has 'none.conf: ENOENT'
err_has 'the standing policy could not be read: see the line before'
zones 'Normal Movable offline '

# ---- a standing policy with errors ----

machine '[pool]' 'kind = dax' 'type = sideways' '[rest]' 'kind = dax' 'type = online'
agent 0
err_has 'mhp: /etc/mhp/policy.d/50-pool.conf:3: '
err_has 'no rule of it is acted upon'
zones 'Normal Movable offline '

# ... and with what is hardly meant, which is told as mhp policy check does
machine '[pool]' 'kind = dax' 'type = online_movable' 'kernel-zone = yes'
agent 0
err_has 'mhp: /etc/mhp/policy.d/50-pool.conf:4: warning: kernel-zone = yes has no effect'
zones 'Movable online '

machine '# nothing yet'
agent 0
err_has 'no rules, nothing will be done'

# ---- stopped while it is at work ----

machine '[pool]' 'kind = dax' 'type = online_movable'
agent 0
cp "$tmp/after" "$m"
sed -i 's/type = online_movable/type = offline/' "$m"
for signal in $TERM_ $INT; do
	last="mhp agent, and signal $signal"
	got=0
	"$terminal" --at 'dax0.0: 4 steps' "$signal" "$MHP" agent --timeout none --sim "$m" \
		--sim-hang 32 --sim-save "$tmp/after" >"$tmp/out" 2>"$tmp/err" || got=$?
	[ "$got" -eq 0 ] || { fail "$last: exit code $got"; show out err; }
	err_has 'stopping (SIG'
	err_has 'dax0.0: cancelled; '
	zones 'Movable online '
done

# killed, and the next one puts back what was borrowed
for n in 2 4 6 8; do
	machine '[pool]' 'kind = dax' 'type = online_movable'
	last="mhp agent --sim-kill $n"
	"$MHP" agent --sim "$m" --sim-save "$tmp/after" --sim-kill "$n" 2>"$tmp/err"
	[ $? -eq 137 ] || { fail "$last: not killed"; show err; }
	cp "$tmp/after" "$m"
	agent 0
	zones 'Movable online '
	grep -q "^$policy: offline" "$tmp/after" || fail "$last, then again: still borrowed"
done

# ---- the journal of systemd ----

machine '[pool]' 'kind = dax' 'type = online_movable'
last='mhp agent for the journal'
# what both are redirected to is the stream
JOURNAL_STREAM=$(stat -L -c %d:%i /dev/fd/9 9>"$tmp/err") "$MHP" agent --sim "$m" \
	2>"$tmp/err" || fail "$last"
grep -q '^<6>standing policy: 1 rule$' "$tmp/err" || { fail "$last:"; show err; }
grep -q '^<5>dax0.0: done' "$tmp/err" || { fail "$last:"; show err; }
JOURNAL_STREAM=1:1 "$MHP" agent --sim "$m" 2>"$tmp/err"
grep -q '^mhp: dax0.0: done' "$tmp/err" || { fail "$last, of somebody else:"; show err; }

# ---- usage ----

run 2 agent --root /nowhere
err_has 'agent: it needs events'
run 2 agent --capture "$m"
err_has 'agent: it needs events'
run 2 agent --json
err_has 'agent: it does not go with --json'
run 2 agent dax0.0
err_has 'one word too many'
run 2 agent --type online
err_has 'agent: it does not go with --type'

finish

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: systemd boots with the early claim and mhp-agent.service: all of dax is in Movable, against system policy and udev rule; without the claim that is told, and repaired
# machine: rezone
# needs: systemd
# guests: 2
# timeout: 900

prepare() {
	policy online
	watch_onlining
	mkdir -p /etc/udev/rules.d
	cp $(online_rule) /etc/udev/rules.d/40-scenario.rules
	standing 'type = online_movable'
	if [ $GUEST = 1 ]; then
		mhp policy claim || bail "no claim"
		systemctl enable mhp-agent || bail "the agent cannot be enabled"
	else
		# Others start it when a dax device comes (70-mhp.rules); here it is to be seen without it.
		systemctl mask mhp-agent
		# Before 6.3 kmem takes no device by itself: what daxctl and its like do at boot.
		cat >/etc/udev/rules.d/90-scenario.rules <<-'END'
			ACTION=="add", SUBSYSTEM=="dax", RUN+="/bin/sh -c 'echo %k >/sys/bus/dax/drivers/device_dax/unbind; echo %k >/sys/bus/dax/drivers/kmem/new_id'"
		END
	fi
}
before_boot prepare

udev_settled
boot=$(device_on_node 0) own=$(device_on_node 1)
BOOT=$(blocks_of $boot) OWN=$(blocks_of $own)
before="online 1"

agent_log() { journalctl --no-pager -o cat -u mhp-agent | sed 's/^/# agent: /'; }

# as_wanted: the agent has all of it in Movable, and nothing is borrowed
as_wanted() { all_are online Movable $BOOT $OWN && [ "$(settings)" = "$before" ] && is_unlocked; }

confined() {
	pid=$(systemctl show -P MainPID mhp-agent)
	is "the agent cannot have more rights" "$(sed -n 's/^NoNewPrivs:\t//p' /proc/$pid/status)" 1
	is "its calls are filtered" "$(sed -n 's/^Seccomp:\t//p' /proc/$pid/status)" 2
	like "the root is read-only for it" "$(grep ' / ' /proc/$pid/mounts)" ' ro[, ]'
	is "it has few capabilities" "$(sed -n 's/^CapBnd:\t//p' /proc/$pid/status)" "$(printf '%016x' $((1 << 12 | 1 << 16 | 1 << 21)))"
}

if [ $GUEST = 1 ]; then
	wait_for as_wanted || agent_log
	only_movable "after boot, $boot" $BOOT
	only_movable "after boot, $own" $OWN
	is "after boot: the system's policy is as it was" "$(settings)" "$before"
	is "the agent is up" "$(systemctl is-active mhp-agent)" active
	like "it tells how it is" "$(systemctl show -P StatusText mhp-agent)" '2 regions as wanted, 0 not'
	confined
	exits "drift" 0 mhp drift
	# A round: one of them goes, by mhp's hand, and comes back by the agent's.
	N=20 i=0
	while [ $i -lt $N ]; do
		i=$((i + 1))
		watch_onlining
		[ $((i % 2)) -eq 0 ] && gone=$boot || gone=$own
		[ $((i % 4)) -lt 2 ] && to= || to="--to device_dax"
		mhp unplug $gone $to >/tmp/out 2>&1 || bail "round $i, unplug $gone $to: $(cat /tmp/out)"
		wait_for as_wanted || agent_log | tail -n 20
		udev_settled
		only_movable "round $i, $gone $to" $(blocks_of $gone)
		uniform "round $i: all of it, still" online Movable $BOOT $OWN
		[ $failures -eq 0 ] || bail "no more rounds"
	done
	did $N
	is "the settings are as before" "$(settings)" "$before"
	is "the agent is up still" "$(systemctl is-active mhp-agent)" active
	is "it was never started anew" "$(systemctl show -P NRestarts mhp-agent)" 0

	kill -9 $(systemctl show -P MainPID mhp-agent)
	watch_onlining
	exits "while it is dead: unplug" 0 mhp unplug $own
	wait_for as_wanted || agent_log | tail -n 20
	only_movable "another one" $OWN
	is "systemd started it anew" "$(systemctl show -P NRestarts mhp-agent)" 1
	exits "stop" 0 systemctl stop mhp-agent
	is "it ended well" "$(systemctl show -P Result mhp-agent)" success
	nothing_pending "stopped"
	finish
fi

wait_for all_are online Normal $BOOT $OWN || bail "not in Normal: $(picture $BOOT $OWN)"
exits "without the claim: drift" 1 mhp drift
like "without the claim: what" "$out" 'Normal'
like "without the claim: the cause" "$out" 'auto_online_blocks|40-scenario.rules:1'
like "without the claim: the way out" "$out" 'rezone|claim'
exits "without the claim: apply" 1 mhp apply
uniform "without the claim: it is left as it is" online Normal $BOOT $OWN
systemctl unmask mhp-agent
exits "agent" 0 systemctl start mhp-agent
is "agent: up" "$(systemctl is-active mhp-agent)" active
uniform "agent: what is elsewhere is only told" online Normal $BOOT $OWN
like "agent: told" "$(agent_log)" 'Normal'
agent_log
standing 'type = online_movable' 'elsewhere = rezone'
exits "reload" 0 systemctl reload mhp-agent
# A node's lowest block may hold its own memory, and then all of its region stays.
given_up() { systemctl show -P StatusText mhp-agent | grep -q '1 region as wanted, 1 not'; }
repaired() { all_are online Movable $BOOT && { as_wanted || given_up; }; }
wait_for repaired
agent_log
# It would try again.
exits "rezone: stop" 0 systemctl stop mhp-agent
uniform "rezone: what can be is repaired" online Movable $BOOT
if all_are online Movable $OWN; then
	exits "rezone: drift" 0 mhp drift
else
	uniform "rezone: what cannot be is as before" online Normal $OWN
	like "rezone: that is told" "$(agent_log)" "$own: try 1 of 10 failed"
	exits "rezone: drift" 1 mhp drift
fi

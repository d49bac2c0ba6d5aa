# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC1091,SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: the tables of docs/privileges.md are true: each verb as root, without capabilities, with CAP_SYS_ADMIN only, as a user, in a container, in a user namespace, without /proc
# machine: one
# kernels: 7.3
# copy: docs/privileges.md tests/support/privileges.sh
# guests: 7
# timeout: 600

. /vm/privileges.sh

said=/tmp/said
bad=0

# As systems have it: else an ordinary user could make /run/libmhp, and all others would refuse it.
chmod 755 /run
load_dax
policy offline
by_hand dax0.0
B=$(blocks_of dax0.0)
# not what is wanted: so plug has to borrow it
policy online
standing 'type = online_movable'
settings=$(settings)

is_so() { # is_so STATE
	case $1 in
	online) all_are online Movable $B ;;
	*) all_are $1 - $B ;;
	esac
}

bring_to() { # bring_to STATE
	is_so $1 && return
	case $1 in
	online)
		mhp plug dax0.0 --type online_movable
		;;
	offline)
		mhp plug dax0.0 --type offline || mhp offline dax0.0
		;;
	absent)
		mhp unplug dax0.0 --to device_dax
		;;
	esac >/tmp/before 2>&1
	is_so $1 || bail "not $1 but $(picture $B): $(tail -n 1 /tmp/before)"
}

before() {
	bring_to $2
	# a plan is about a machine as it is
	case $1 in
	"apply "*)
		mhp plan online dax0.0 --type online_movable --save /tmp/online.plan >/dev/null || bail "no plan"
		chmod 644 /tmp/online.plan
		;;
	esac
	rm -rf /etc/modprobe.d/mhp-claim.conf /run/libmhp
}

has_said_all() {
	while IFS= read -r words; do
		grep -qF -e "$words" $said || return
	done <$said.want
}

has_ended() { ! kill -0 $pid 2>/dev/null; }
has_said_all_or_ended() { has_said_all || has_ended; }

try() {
	status=0
	if [ "$2" = agent ]; then
		situation $1 mhp agent >$said 2>&1 </dev/null &
		pid=$!
		wait_for has_said_all_or_ended
		kill -TERM $pid 2>/dev/null
		wait $pid || status=$?
	else
		timeout 60 situation $1 mhp $2 >$said 2>&1 </dev/null || status=$?
	fi
	note "$1: mhp $2 -> $status"
	head -n 12 $said | cut -c 1-400 | sed 's/^/#   /'
}

wrong() {
	bad=$((bad + 1))
	not_ok "$1: $2"
}

judge() {
	[ $status -eq $2 ] || wrong "$1" "exit code $status, not $2"
	is_so $3 || wrong "$1" "is to be $3, and is $(picture $B)"
	[ "$(settings)" = "$settings" ] || wrong "$1" "settings are $(settings)"
	[ ! -e /run/libmhp/journal ] || wrong "$1" "something is pending"
}

# A column in each guest.
column=$(nth $GUEST $SITUATIONS)
if situation $column true 2>/tmp/check.log; then
	try_table /vm/privileges.md $column
	[ $bad -gt 0 ] || ok "$column: as the table says"
else
	skip "$column" "$(cat /tmp/check.log)"
fi

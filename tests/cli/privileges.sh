#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The tables of docs/privileges.md, cell by cell: each verb with fewer rights, by real
# namespaces, capabilities and mounts. The machine is a tree that is "/" there, with owners
# and modes as sysfs has them. What a tree does not do by itself, the addresses that the
# kernel hides in /proc/iomem, is put there; vm/scenarios/privileges.sh has the kernel do it.

: "${TEST_DATA:?is to be the path of the folder tests}"
: "${top_srcdir:?is to be the folder of the sources}"
: "${top_builddir:?is to be the folder where situation was built}"

if [ -z "${INSIDE:-}" ]; then
	[ -z "${MHP_TEST_SANITIZERS:-}" ] || { echo "SKIP: a sanitizer needs /proc"; exit 77; }
	[ "$(id -u)" -eq 0 ] || { echo "SKIP: only root can make the situations"; exit 77; }
	unshare --mount --pid --fork true 2>/dev/null || { echo "SKIP: no namespaces here"; exit 77; }
	INSIDE=$(mktemp -d) && chmod 755 "$INSIDE" || exit 1
	export INSIDE
	status=0
	unshare --mount --propagation private sh "$0" || status=$?
	rm -rf "$INSIDE"
	exit $status
fi

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
# shellcheck source=tests/support/privileges.sh
. "$TEST_DATA/support/privileges.sh"

table=$top_srcdir/docs/privileges.md
situation=$top_builddir/tests/vm/programs/situation
root=$INSIDE/root

# ---- three trees, of a simulated machine ----

make_state()
{
	make_tree "$m" "$root/trees/$1"
	find "$root/trees/$1/sys" -type f -exec chmod 644 {} +
	find "$root/trees/$1/sys" -type f \( -path '*/mapping0/*' -o -name resource \) -exec chmod 400 {} +
	# as for who lacks CAP_SYS_ADMIN
	sed -E 's/[0-9a-f]{8,}-[0-9a-f]{8,} :/00000000-00000000 :/' "$root/trees/$1/proc/iomem" \
		>"$root/trees/$1/proc/hidden"
	awk '/^\/proc\/zoneinfo:/ { on = 1; next } /^\t/ && on { print substr($0, 2); next } { on = 0 }' \
		"$m" >"$root/trees/$1/proc/zoneinfo"
}

mkdir -p "$root" && mount -t tmpfs -o mode=755 root "$root" || { echo "SKIP: no tmpfs here"; exit 77; }
cp "$machines/7.3-hmem-bound.txt" "$m"
make_state offline
act 0 online dax0.0 --type online_movable
make_state online
act 0 unplug dax0.0 --to device_dax
make_state absent
[ $failures -eq 0 ] || finish

# ---- "/", where they are mounted ----

cd "$root" || exit 1
mkdir -p sys proc run tmp dev old etc/mhp/policy.d tmp/work
chmod 1777 tmp
# lend DIR: at the same place, read-only
lend()
{
	mkdir -p "./$1" && mount --bind "$1" "./$1" && mount -o remount,bind,ro "./$1" || exit 1
}
for dir in /usr "$top_srcdir" "$top_builddir"; do
	lend "$dir"
done
for dir in /bin /lib* /sbin; do
	if [ -L "$dir" ]; then cp -P "$dir" .; else lend "$dir"; fi
done
# nothing is loaded into the kernel of this machine
[ ! -d usr/lib/modules ] || mount -t tmpfs none usr/lib/modules || exit 1
[ ! -d lib/modules ] || mount -t tmpfs none lib/modules || exit 1
# awk is found by way of it
[ ! -d /etc/alternatives ] || cp -a /etc/alternatives etc
mount -t proc proc proc && mount -t devtmpfs dev dev || exit 1
printf '[pool]\nkind = dax\ntype = online_movable\n' >etc/mhp/policy.d/50-pool.conf
pivot_root . old || { echo "SKIP: no pivot_root here"; exit 77; }
umount -l /old || exit 1
cd / || exit 1
# From here on /sys is a tree's.
[ ! -e /sys/devices/system/cpu/online ] && [ ! -e /sys/kernel/mm ] || { echo "FAIL: a real /sys"; exit 1; }
# All goes with the outer one's folder.
trap '' EXIT
tmp=/tmp/work said=/tmp/work/said
PATH=/usr/bin:/usr/sbin:/bin:/sbin

# ---- what the tables are tried with ----

umount_all()
{
	for dir in /sys /proc/iomem /proc/zoneinfo; do
		umount "$dir" 2>/dev/null
	done
}

can_write()
{
	case $1 in
	root | bare-root | no-proc) true ;;
	*) false ;;
	esac
}

# picture STATE: of all that may be written there
picture()
{
	(cd "/trees/$1/sys" && find . -type f ! -path './kernel/*' -exec cksum {} +)
}

# settle STATE SITUATION: unless it is so already
settle()
{
	[ "$1 $2" = "${settled:-}" ] && return
	umount_all
	case $2 in
	root | sys-admin | no-proc) iomem=iomem ;;
	*) iomem=hidden ;;
	esac
	mount --bind "/trees/$1/sys" /sys && mount --bind "/trees/$1/proc/$iomem" /proc/iomem &&
		mount --bind "/trees/$1/proc/zoneinfo" /proc/zoneinfo || exit 1
	settled="$1 $2"
}

# What is written stays there as a word, and is no state: who can write has a copy.
before()
{
	rm -rf /run/* /etc/modprobe.d /trees/copy
	if is_write "$1" && can_write "$column"; then
		cp -a "/trees/$2" /trees/copy
		settle copy "$column"
		settled=
	else
		settle "$2" "$column"
	fi
}

try()
{
	case $2 in
	agent) try_agent "$1" ;;
	*)
		status=0
		# shellcheck disable=SC2086 # words
		"$situation" "$1" "$MHP" $2 >"$said" 2>&1 </dev/null || status=$?
		;;
	esac
}

has_said_all()
{
	while IFS= read -r words; do
		grep -qF -e "$words" "$said" || return
	done <"$said.want"
}

# Until it has said what it is to say.
try_agent()
{
	rm -f $tmp/fifo
	mkfifo $tmp/fifo
	timeout 30 "$situation" "$1" "$MHP" agent >$tmp/fifo 2>&1 </dev/null &
	pid=$!
	: >"$said"
	while IFS= read -r line; do
		printf '%s\n' "$line" >>"$said"
		has_said_all && kill -TERM $pid 2>/dev/null
	done <$tmp/fifo
	status=0
	wait $pid || status=$?
}

wrong()
{
	fail "$1: $2"
	sed -n '1,6s/^/  /p' "$said"
}

# Where the kernel would act, a tree does not: it is enough that it was tried.
judge()
{
	if is_write "${1#*: mhp }" && [ "$2" -eq 0 ]; then
		if [ $status -eq 4 ] || grep -qE 'EACCES|EPERM|EROFS' "$said"; then
			wrong "$1" "exit code $status, and refused"
		fi
		return
	fi
	[ $status -eq "$2" ] || wrong "$1" "exit code $status, not $2"
	! is_write "${1#*: mhp }" || [ "$(picture "$3")" = "$(cat "/trees/$3/picture")" ] ||
		wrong "$1" "it has changed something"
}

settle offline root
"$MHP" plan online dax0.0 --type online_movable --save /tmp/online.plan >"$tmp/out" || fail "no plan"
chmod 644 /tmp/online.plan
for state in offline online absent; do
	picture $state >/trees/$state/picture
done
for column in $SITUATIONS; do
	settle online "$column"
	if ! "$situation" "$column" true 2>"$said"; then
		echo "SKIP: $column: $(cat "$said")"
		skipped=yes
		continue
	fi
	try_table "$table" "$column"
done

# ---- what is in the hands of others is not root's ----

conf=/etc/mhp/policy.d/50-pool.conf
settle online root
refused="others than root may change it, so it is no policy of root's"

# is_refused PATH: with all that acts upon the policy
is_refused()
{
	run 1 policy check
	out_has "$1: $refused"
	run 1 apply
	err_has "$1: $refused"
}

for mode in 646 666; do
	chmod $mode $conf
	is_refused $conf
done
chmod 664 $conf
run 0 policy check
chmod 644 $conf
chown 1000 $conf
is_refused $conf
# whoever may write can empty it, too, so that it masks
: >$conf
is_refused $conf
printf '[pool]\nkind = dax\ntype = online_movable\n' >$conf
mv $conf $tmp/theirs
ln -s $tmp/theirs $conf
is_refused $conf
rm $conf
mv $tmp/theirs $conf
chown 0 $conf
run 0 policy check
# and where links lead, the directories are asked
mkdir -m 755 $tmp/ours $tmp/theirs
mv $conf $tmp/theirs/policy
ln -s $tmp/theirs/policy $tmp/ours/link
ln -s $tmp/ours/link $conf
run 0 policy check
chmod 1777 $tmp/theirs
is_refused $conf
chmod 755 $tmp/theirs
chown 1000 $tmp/theirs
is_refused $conf
chown 0 $tmp/theirs
chmod 777 $tmp/ours
is_refused $conf
rm $conf
mv $tmp/theirs/policy $conf
rm -r $tmp/ours $tmp/theirs
run 0 policy check
chmod 757 ${conf%/*}
is_refused ${conf%/*}
# as kubelet has it
mount --bind ${conf%/*} ${conf%/*} && mount -o remount,bind,ro ${conf%/*} || fail "no read-only mount"
run 0 policy check
umount ${conf%/*}
chmod 755 ${conf%/*}
run 0 apply

mkdir -p /run/libmhp && chmod 777 /run/libmhp
for verb in recover 'offline dax0.0'; do
	# shellcheck disable=SC2086 # words
	run 4 $verb
	err_has '/run/libmhp: others than root may write to it'
done
chmod 755 /run/libmhp
chown 1000 /run/libmhp
run 4 recover
rm -r /run/libmhp
mkdir -m 755 $tmp/theirs
ln -s $tmp/theirs /run/libmhp
run 1 recover
err_has '/run/libmhp'
[ -z "$(ls $tmp/theirs)" ] || fail "$last: it has followed a link"
rm /run/libmhp

# ---- what the agent keeps ----

# kept UID WHAT: of the agent that $situation made, when it is at work
kept()
{
	last="$1: what the agent keeps"
	rm -f $tmp/fifo
	mkfifo $tmp/fifo
	"$situation" "$1" "$MHP" agent >$tmp/fifo 2>&1 </dev/null &
	pid=$!
	: >"$said"
	while IFS= read -r line; do
		printf '%s\n' "$line" >>"$said"
		case $line in
		*"as wanted"*)
			cat /proc/$pid/status >$tmp/status
			kill -TERM $pid
			;;
		esac
	done <$tmp/fifo
	wait $pid || fail "$last: it ended with $?: $(cat "$said")"
	for set in CapPrm CapEff CapBnd; do
		grep -q "^$set:	$2\$" $tmp/status || fail "$last: $(grep "^$set" $tmp/status)"
	done
	for set in CapInh CapAmb; do
		grep -q "^$set:	0*\$" $tmp/status || fail "$last: $(grep "^$set" $tmp/status)"
	done
	grep -q '^NoNewPrivs:	1$' $tmp/status || fail "$last: $(grep NoNewPrivs $tmp/status)"
	grep -q '^Umask:	0077$' $tmp/status || fail "$last: $(grep Umask $tmp/status)"
}

[ -n "${skipped:-}" ] || {
	kept root "$(printf '%016x' $((1 << 12 | 1 << 16 | 1 << 21)))"
	grep -q '^mhp: capabilities: CAP_NET_ADMIN, CAP_SYS_MODULE, CAP_SYS_ADMIN; no new ones$' "$said" ||
		fail "$last: it says: $(head -n 1 "$said")"
	kept bare-root "$(printf '%016x' 0)"
}

[ $failures -eq 0 ] || exit 1
[ -z "${skipped:-}" ] || exit 77

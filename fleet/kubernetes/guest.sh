# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2016,SC2046,SC2086,SC2154,SC2174,SC2317 # lists of words; what "run" leaves; Markdown; wait_for
# what: mhp agent as the DaemonSet has it, and without each of the things that it has
# machine: two-nodes
# timeout: 300
#
# For tests/vm/guest, which is the node; "check" puts into /kube what kubelet would get: the
# image, a bundle for each variation of the pod, and the README, whose words are compared.

README=/kube/README.md
: >/tmp/shown

# ---- the README's tables: "| `WHAT` ... | why | what is said without it |" ----

row() { grep -F "| \`$1\`" $README | cut -d '|' -f 3-; } # row WHAT

# as_readme WHAT FILE: what that line quotes stands in the file
as_readme() {
	row "$1" | grep -o '`[^`]*`' | tr -d '`' >/tmp/quotes
	check "$1: the README quotes what is said" [ -s /tmp/quotes ]
	while read -r quote; do
		check "$1: $quote" grep -F -e "$quote" "$2"
	done </tmp/quotes
	echo "$1" >>/tmp/shown
}

# ---- kubelet and runtime ----

# What it does before the container is started: the manifest says which directories it makes.
directories() { # directories BUNDLE
	while read -r type path; do
		case $type in
		Directory) [ -d $path ] || bail "$1: kubelet would wait for $path" ;;
		DirectoryOrCreate) mkdir -p -m 755 $path ;;
		*) bail "$1: unknown type of directory: $type" ;;
		esac
	done <$K/$1/directories
}

K=/kube
oci() { runc --root /run/runc "$@"; }
not_said() { ! said "$1"; }
is_running() { [ "$(oci state $1 2>/dev/null | jq -r .status)" = running ]; }

# pod BUNDLE: its container; the process is $pod, which ends as it does, its log /tmp/agent.log
pod() {
	directories $1
	name=$1
	: >/tmp/agent.log
	# The guest's root is its initrd, from which no process can pivot.
	oci run --no-pivot --bundle $K/$1 $1 >>/tmp/agent.log 2>&1 </dev/null &
	pod=$!
}

# at_work: it has looked at all
at_work() {
	wait_for said 'dax1.0: .*as wanted' && wait_for as_wanted && return
	agent_log
}

inside() { # inside COMMAND ...: as "kubectl exec" and probes do
	run runc --root /run/runc exec $name "$@"
}

running() { oci state $name | jq .pid; } # its process, as the node sees it

# ends WHAT STATUS: upon SIGTERM
ends() {
	oci kill $name TERM
	wait $pod
	is "$1: its status" $? $2
}

over() { # without a word about how
	oci kill $name TERM 2>/dev/null
	wait $pod
	agent_log
}

as_wanted() { all_are online Movable $B && [ "$(settings)" = "$before" ] && is_unlocked; }

fresh() {
	by_hand dax0.0
	by_hand dax1.0
}

mount -t cgroup2 none /sys/fs/cgroup || bail "no cgroups"
load_dax
policy offline
before=$(settings)
fresh
B="$(blocks_of dax0.0)$(blocks_of dax1.0)"
mkdir -p /etc/udev/rules.d /usr/lib/udev/rules.d
# The node's own mhp has the same policy.
mkdir -p /etc/mhp/policy.d
cp $K/all/volumes/policy/*.conf /etc/mhp/policy.d

# ---- as the manifest has it ----

echo 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online"' >/tmp/node.rules
start_udevd /tmp/node.rules
pod all
at_work
uniform "the policy of the ConfigMap is carried out" online Movable $B
is "the policy of the kernel is as before" "$(settings)" "$before"
is "no capability" "$(sed -n 's/^CapEff:\t//p' /proc/$(running)/status)" 0000000000000000
inside $(cat $K/all/probe)
is "readinessProbe: its status where all is as wanted" $rc 0
echo readinessProbe >>/tmp/shown

run mhp agent
is "the node's own agent is told of it" $rc 1
cp /tmp/err /tmp/second

: >/tmp/watch
oci exec all /usr/bin/mhp watch --json >/tmp/watch 2>&1 </dev/null &
wait_for grep -q . /tmp/watch
like "udevd is heard" "$(head -n 1 /tmp/watch)" '"source":"udev"'
mhp unplug dax0.0 >/dev/null || bail "cannot unplug dax0.0"
wait_for as_wanted || agent_log
uniform "what others change is seen, and put right" online Movable $B
check "who it was is known across the container's border" said 'cause: probably mhp\[[0-9]*\]: unplug dax0.0'

kill $!
ends "it is asked to stop" 0
[ -z "${SHORT:-}" ] || finish

# A change that cannot come to its end, as a page of it does not move, is under way.
cp $K/all/volumes/policy/50-pool.conf /tmp/policy
sed 's/online_movable/offline/' /tmp/policy >$K/all/volumes/policy/..data/50-pool.conf
stuck=$(nth 2 $(blocks_of dax0.0))
pin_page $stuck
pod all
check "block $stuck does not go offline" wait_for state_is $stuck going-offline
ends "it is asked to stop while it changes something" 0
agent_log
cp /tmp/agent.log /tmp/stopped
uniform "all was put back first" online Movable $(blocks_of dax0.0)
kill -9 $pinner
wait $pinner
cp /tmp/policy $K/all/volumes/policy/..data/50-pool.conf
as_readme terminationGracePeriodSeconds /tmp/stopped

# ---- without what is mounted ----

fresh
pod no-devices
wait_for said EROFS
over
as_readme /sys/devices /tmp/agent.log
pod no-bus
wait_for said EROFS
over
as_readme /sys/bus /tmp/agent.log
rmdir $K/rootfs/run/libmhp
pod no-run
wait_for said EROFS
over
as_readme /run/libmhp /tmp/agent.log
uniform "without these nothing is changed" absent - $B
pod no-policy
wait_for said 'no rules'
inside /usr/bin/mhp plan plug dax0.0 --type offline
cp /tmp/out /tmp/foreseen
over
as_readme /etc/mhp/policy.d /tmp/agent.log
pod no-rules
wait_for said 'no rules'
inside /usr/bin/mhp plan plug dax0.0 --type offline
over
as_readme /etc/udev /tmp/foreseen

# heard WHAT: of a change, from the kernel
heard() {
	at_work
	inside /usr/bin/mhp watch --json --timeout 1 --count 1
	cp /tmp/out /tmp/watch
	mhp unplug dax0.0 >/dev/null || bail "cannot unplug dax0.0"
	wait_for as_wanted || agent_log
	uniform "$1: changes are heard of" online Movable $B
	over
	as_readme $1 /tmp/watch
}
pod no-udev
heard /run/udev
pod no-network
heard hostNetwork

stop_udevd
rm /etc/udev/rules.d/40-scenario.rules
mkdir /run/udev

# ---- whose lock and journal ----

# borrowed: somebody on the node was killed while the policy of the kernel was borrowed
borrowed() {
	by_hand dax0.0
	k=1
	while kill-at /tmp/calls $k mhp plug dax0.0 --type online_movable >/dev/null 2>&1; [ $? = 137 ]; do
		[ "$(settings)" = "$before" ] || return 0
		k=$((k + 1))
	done
	bail "nothing was borrowed"
}
borrowed
pod all
at_work
cat /tmp/agent.log /tmp/second >/tmp/shared
over
is "the node's lock and journal: the policy of the kernel is put back" "$(settings)" "$before"
as_readme hostPath /tmp/shared
borrowed
pod empty-run
wait_for all_are online Movable $B
wait_for said 'dax1.0: .*as wanted'
isnt "with an emptyDir it is not" "$(settings)" "$before"
mhp agent >/tmp/second 2>&1 </dev/null &
second=$!
wait_for grep -q -s 'dax1.0: .*as wanted' /tmp/second
check "and two agents are at work" is_running empty-run
kill $second
wait $second
over

# ---- who it is ----

fresh
pod nobody
wait $pod
is "runAsUser: its status" $? 4
agent_log
as_readme runAsUser /tmp/agent.log

# ---- what the manifest does not give ----

modprobe -r kmem || bail "cannot unload kmem"
pod all
wait_for said 'loading the module'
cp /tmp/agent.log /tmp/no-module
modprobe kmem
at_work
uniform "SYS_MODULE: it goes on when the node has loaded kmem" online Movable $B
as_readme SYS_MODULE /tmp/no-module
inside /usr/bin/mhp list
cat /tmp/out /tmp/err >/tmp/list
as_readme SYS_ADMIN /tmp/list
as_readme hostPID /run/libmhp/agent.lock
over

# lost WHAT: more events than most kernels' buffers hold, while it does not read them
echo 212992 >/proc/sys/net/core/rmem_max
lost() {
	at_work
	kill -STOP $(running)
	i=0
	while [ $i -lt 600 ]; do
		echo change >$M/memory32/uevent
		i=$((i + 1))
	done
	kill -CONT $(running)
	mhp unplug dax0.0 >/dev/null || bail "cannot unplug dax0.0"
	wait_for as_wanted || agent_log
	uniform "$1: seen nevertheless" online Movable $B
	over
}
pod all
lost "without NET_ADMIN"
as_readme NET_ADMIN /tmp/agent.log
pod net-admin
lost "with NET_ADMIN"
check "NET_ADMIN: with it none is lost" not_said lost

is "each line of the README was shown" "$(sort -u /tmp/shown)" \
	"$(sed -n 's/^| `\([^`]*\)`.*/\1/p' $README | sort -u)"
nothing_pending "in the end"

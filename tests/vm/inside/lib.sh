# SPDX-License-Identifier: LGPL-2.1-or-later
# What scenarios are written with. It reads and writes sysfs by itself, never through libmhp.
# shellcheck shell=dash disable=SC1091,SC2034
set -u
. /vm/env

M=/sys/devices/system/memory
DAX=/sys/bus/dax/devices
DRIVERS=/sys/bus/dax/drivers
CXL=/sys/bus/cxl/devices
ACPI=/sys/bus/acpi/devices
checks=0
failures=0
finished=
BOOTING=${BOOTING:-}
quiet=${quiet:-$BOOTING}

# --- checks, printed in the TAP format

note() { echo "$*" | sed 's/^/# /'; }

ok() {
	checks=$((checks + 1))
	echo "ok $checks - $*"
}

not_ok() {
	checks=$((checks + 1))
	failures=$((failures + 1))
	echo "not ok $checks - $*"
}

skip() { # skip WHAT WHY
	checks=$((checks + 1))
	echo "ok $checks - $1 # SKIP $2"
}

# check WHAT COMMAND ...: the command succeeds
check() {
	_what=$1
	shift
	if "$@" >/tmp/check.log 2>&1; then
		ok "$_what"
	else
		not_ok "$_what"
		note "failed: $*"
		head -n 20 /tmp/check.log | sed 's/^/#   /'
	fi
}

is() { # is WHAT GOT WANT
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1"
		note "got:  $2"
		note "want: $3"
	fi
}

isnt() { # isnt WHAT GOT UNWANTED
	if [ "$2" != "$3" ]; then
		ok "$1"
	else
		not_ok "$1"
		note "got:  $2, which it should not be"
	fi
}

like() { # like WHAT TEXT REGEX
	if printf '%s\n' "$2" | grep -q -i -E -e "$3"; then
		ok "$1"
	else
		not_ok "$1"
		note "got:  $2"
		note "want: something like $3"
	fi
}

unlike() { # unlike WHAT TEXT REGEX
	if printf '%s\n' "$2" | grep -q -i -E -e "$3"; then
		not_ok "$1"
		note "got:      $2"
		note "unwanted: $3"
	else
		ok "$1"
	fi
}

# The scenario cannot go on: what it stands on is not there.
bail() {
	not_ok "$*"
	exit 1
}

finish() {
	finished=yes
	exit 0
}

at_exit() {
	_status=$?
	[ -n "$quiet" ] && exit $_status
	if [ -z "$finished" ]; then
		[ "$failures" -gt 0 ] || not_ok "the scenario ended early, with status $_status"
	elif [ "$checks" -eq 0 ]; then
		not_ok "the scenario checked nothing"
	fi
	echo "1..$checks"
	[ "$failures" -eq 0 ] || exit 1
	exit 0
}
trap at_exit EXIT

# before_boot COMMAND ...: in a guest with systemd it is run before systemd is, in the system that
# boots then; what stands above it in the scenario, too
before_boot() {
	[ -n "$BOOTING" ] || return 0
	"$@"
	exit
}

# How much of something to do: rounds SHORT LONG, where LONG is for "run --full"
rounds() {
	[ -n "${FULL:-}" ] && echo "$2" || echo "$1"
}

# did N: for the table of results: so many rounds were done
did() { note "rounds: $1"; }

# --- running the program under test

# run COMMAND ...: leaves its status in $rc, its output in $out and $err. A command that does not
# end is told so by status 143 (the guest's own limit would not say which command it was).
run() {
	timeout "${RUN_LIMIT:-60}" "$@" >/tmp/out 2>/tmp/err </dev/null
	rc=$?
	out=$(cat /tmp/out)
	err=$(cat /tmp/err)
	note "\$ $*"
	[ "$rc" -eq 143 ] && note "did not end within ${RUN_LIMIT:-60} s"
	head -n 40 /tmp/out | cut -c 1-2000 | sed 's/^/#   /'
	head -n 40 /tmp/err | cut -c 1-2000 | sed 's/^/#   ! /'
	note "-> $rc"
}

# exits WHAT STATUS COMMAND ...: run it, and check its status
exits() {
	_what=$1 _want=$2
	shift 2
	run "$@"
	is "$_what" "$rc" "$_want"
}

# one_line WHAT: the last command said exactly one line on stderr
one_line() {
	is "$1: one line on stderr" "$(printf '%s' "$err" | grep -c '')" 1
}

# json WHAT FILTER WANT: the last command's output through jq
json() {
	_got=$(jq -r "$2" /tmp/out 2>&1)
	is "$1" "$_got" "$3"
}

as_nobody() { # as_nobody COMMAND ...: for "run"
	chpst_env="PATH=$PATH LD_LIBRARY_PATH=$LD_LIBRARY_PATH"
	run su -s /bin/sh nobody -c "$chpst_env exec $*"
}

# no_writes WHAT STATUS COMMAND ...: the command ends so, and opens no file of sysfs for writing
no_writes() {
	_what=$1 _want=$2
	shift 2
	run strace -f -y -o /tmp/strace -e trace=open,openat,openat2,creat "$@"
	is "$_what: status" "$rc" "$_want"
	grep '= [0-9]*</sys/' /tmp/strace >/tmp/strace.sys
	isnt "$_what: the trace sees it read sysfs" "$(wc -l </tmp/strace.sys)" 0
	is "$_what: writes nothing" "$(grep -E 'O_WRONLY|O_RDWR|O_CREAT' /tmp/strace.sys | head -n 3)" ""
}

# true_report WHAT: what the last command's report, as JSON, says of each block is so
true_report() {
	_wrong='' _said=0
	while read -r _n _s _z; do
		_said=$((_said + 1))
		[ "$(state "$_n"):$(zone "$_n")" = "${_s%%_*}:$_z" ] ||
			_wrong="$_wrong $_n:$_s:$_z, but $(state "$_n"):$(zone "$_n")"
	done <<END
$(jq -r '.blocks[] | "\(.id) \(.after) \(.zone_after // "-")"' /tmp/out 2>&1)
END
	[ $_said -gt 0 ] || _wrong="(no blocks at all)"
	is "$1: the report is true of every block" "$_wrong" ""
}

# --- facts, read from sysfs

block_size() { echo $((0x$(cat $M/block_size_bytes))); }

# Every memory block's number, in order.
all_blocks() {
	for _b in "$M"/memory[0-9]*; do
		echo "${_b##*/memory}"
	done | sort -n
}

state() { # state N
	cat "$M/memory$1/state" 2>/dev/null || echo absent
}

# Kernels up to 6.12 can crash when valid_zones is read before the block's node link is there.
zones() { # zones N: the text of valid_zones
	for _l in "$M/memory$1"/node[0-9]*; do
		[ -L "$_l" ] || { echo -; return; }
		break
	done
	cat "$M/memory$1/valid_zones" 2>/dev/null || echo -
}

zone() { # zone N: the zone of an online block, "-" for others
	if [ "$(state "$1")" = online ]; then
		zones "$1"
	else
		echo -
	fi
}

node_of() { # node_of N
	for _l in "$M/memory$1"/node[0-9]*; do
		[ -L "$_l" ] && echo "${_l##*/node}"
	done | sort -n | head -n 1
}

# picture [N ...]: "32:online:Movable 33:offline:-", of all blocks by default
picture() {
	# shellcheck disable=SC2046
	[ $# -gt 0 ] || set -- $(all_blocks)
	_picture=
	for _n; do
		_picture="$_picture $_n:$(state "$_n"):$(zone "$_n")"
	done
	echo "${_picture# }"
}

# uniform WHAT STATE ZONE N ...: every one of these blocks is so
uniform() {
	_what=$1 _s=$2 _z=$3
	shift 3
	_wrong=
	for _n; do
		[ "$(state "$_n"):$(zone "$_n")" = "$_s:$_z" ] || _wrong="$_wrong $_n:$(state "$_n"):$(zone "$_n")"
	done
	[ $# -gt 0 ] || _wrong=" (no blocks at all)"
	is "$_what" "$_wrong" ""
}

# others N ...: the blocks there are but these
others() {
	for _n in $(all_blocks); do
		case " $* " in
		*" $_n "*) ;;
		*) echo "$_n" ;;
		esac
	done
}

devices() {
	for _d in "$DAX"/dax*; do
		[ -e "$_d" ] && echo "${_d##*/}"
	done | sort
}

# ranges_of DEV: "START END" of each range, as decimal numbers, the end exclusive
ranges_of() {
	for _m in "$DAX/$1"/mapping[0-9]*; do
		[ -d "$_m" ] || continue
		echo "$(($(cat "$_m/start"))) $(($(cat "$_m/end") + 1))"
	done
}

# bare: the dax devices, cut as the machine says, and no driver for them
bare() {
	modprobe dax_hmem || bail "cannot load dax_hmem"
	wait_for have_devices "$(wanted_regions)" || bail "the kernel made $(devices | wc -l) dax devices of $(wanted_regions) regions"
	cut_devices
}

# The whole blocks inside a device's ranges, in order, there or not.
blocks_of() { # blocks_of DEV
	_bs=$(block_size)
	ranges_of "$1" | while read -r _start _end; do
		_n=$(((_start + _bs - 1) / _bs))
		while [ $(((_n + 1) * _bs)) -le "$_end" ]; do
			echo $_n
			_n=$((_n + 1))
		done
	done | sort -n | tr '\n' ' '
}

# The blocks there are in a range, in order.
blocks_in() { # blocks_in START END
	_bs=$(block_size)
	for _n in $(all_blocks); do
		[ $((_n * _bs)) -ge "$1" ] && [ $(((_n + 1) * _bs)) -le "$2" ] && echo "$_n"
	done | tr '\n' ' '
}

# iomem NAME: "START END" of what /proc/iomem calls so, as decimal numbers, the end exclusive
iomem() {
	sed -n "s/^ *\([0-9a-f]*\)-\([0-9a-f]*\) : $1\$/\1 \2/p" /proc/iomem | while read -r _start _end; do
		echo "$((0x$_start)) $((0x$_end + 1))"
	done
}

# The blocks there are of a virtio-mem device, whose range has its name.
blocks_of_virtio() { # blocks_of_virtio DEV
	# shellcheck disable=SC2046
	blocks_in $(iomem "$1")
}

# The blocks of a DIMM, which the kernel has as its physical nodes.
blocks_of_dimm() { # blocks_of_dimm DEV
	for _l in "$ACPI/$1"/physical_node*; do
		[ -L "$_l" ] && basename "$(readlink "$_l")"
	done | sed 's/memory//' | sort -n | tr '\n' ' '
}

# The blocks there are of a CXL region.
blocks_of_cxl() { # blocks_of_cxl REGION
	_at=$(($(cat "$CXL/$1/resource")))
	blocks_in $_at $((_at + $(cat "$CXL/$1/size")))
}

virtio_mems() { # the virtio-mem devices
	grep -l '^0x0018$' /sys/bus/virtio/devices/*/device 2>/dev/null | sed 's|.*/\([^/]*\)/device|\1|'
}

dimms() { # the slots that have a DIMM
	grep -l '^15$' $ACPI/PNP0C80:*/status 2>/dev/null | sed 's|.*/\([^/]*\)/status|\1|'
}

# Bytes of a device's ranges that are in no whole block.
lost_bytes() { # lost_bytes DEV
	_sum=0
	for _r in $(ranges_of "$1" | tr ' ' ':'); do
		_sum=$((_sum + ${_r#*:} - ${_r%:*}))
	done
	_count=$(blocks_of "$1" | wc -w)
	echo $((_sum - _count * $(block_size)))
}

driver() { # driver DEV: its driver, or "-"
	if [ -L "$DAX/$1/driver" ]; then
		basename "$(readlink "$DAX/$1/driver")"
	else
		echo -
	fi
}

target_node() { cat "$DAX/$1/target_node"; }

# Linux 7.3's device state: the word, or "-". The file is there while kmem has the device.
word() { cat "$DAX/$1/state" 2>/dev/null || echo -; }
has_word() { [ -e "$DAX/$1/state" ]; }

device_on_node() { # device_on_node N: the first dax device whose memory goes there
	for _d in $(devices); do
		[ "$(target_node "$_d")" = "$1" ] && { echo "$_d"; return; }
	done
}

nth() { # nth N WORD ...: the Nth word, 1 the first
	shift "$1"
	echo "$1"
}

# as_list N ...: "32-34,36"
as_list() {
	_from='' _last='' _list=''
	for _n; do
		if [ -z "$_from" ]; then
			_from=$_n
		elif [ "$_n" -ne $((_last + 1)) ]; then
			[ "$_from" = "$_last" ] && _list="$_list,$_from" || _list="$_list,$_from-$_last"
			_from=$_n
		fi
		_last=$_n
	done
	[ -n "$_from" ] && { [ "$_from" = "$_last" ] && _list="$_list,$_from" || _list="$_list,$_from-$_last"; }
	echo "${_list#,}"
}

# --- setting the scene

policy() { # policy WORD
	echo "$1" >$M/auto_online_blocks
	[ "$(cat $M/auto_online_blocks)" = "$1" ] || bail "cannot set the policy $1"
}

bytes() {
	case $1 in
	*G) echo $((${1%G} << 30)) ;;
	*M) echo $((${1%M} << 20)) ;;
	*) echo "$1" ;;
	esac
}

wanted_regions() { grep -c '^region ' /vm/machine; }

# Waits for a condition that the kernel brings about by itself, 20 s at most.
wait_for() {
	_left=200
	until "$@"; do
		_left=$((_left - 1))
		[ $_left -gt 0 ] || return 1
		usleep 100000
	done
}

have_devices() { [ "$(devices | wc -l)" -ge "$1" ]; }

# Makes the dax devices, cut as the machine says, and loads kmem without letting it bind.
load_dax() {
	[ -e /tmp/dax.loaded ] && return
	bare
	modprobe device_dax || bail "cannot load device_dax"
	echo 0 >/sys/bus/dax/drivers_autoprobe
	modprobe kmem || bail "cannot load kmem"
	echo 1 >/sys/bus/dax/drivers_autoprobe
	: >/tmp/dax.loaded
}

# Makes the dax devices and has no driver for them; kmem is not even loaded.
unbound() {
	bare
	modprobe device_dax || bail "cannot load device_dax"
	for _dev in $(devices); do
		[ "$(driver "$_dev")" = - ] || unbind "$_dev"
	done
}

unbind() { # unbind DEV
	echo "$1" >"$DRIVERS/$(driver "$1")/unbind" || bail "cannot unbind $1"
}

# by_hand DEV: no System RAM, and no driver, whatever it was. Its blocks must go offline.
by_hand() {
	for _n in $(blocks_of "$1"); do
		[ "$(state "$_n")" != online ] || set_state "$_n" offline || bail "block $_n of $1 does not go offline"
	done
	[ "$(driver "$1")" = - ] || unbind "$1"
	for _n in $(blocks_of "$1"); do
		[ "$(state "$_n")" = absent ] || bail "block $_n of $1 is stranded"
	done
}

# "cut DEV SIZE" of the machine: DEV, made if need be, grows by SIZE out of its region.
cut_devices() {
	grep -q '^cut ' /vm/machine || return 0
	_shrunk=
	while read -r _key _dev _size; do
		[ "$_key" = cut ] || continue
		_seed=${_dev%.*}.0
		case " $_shrunk " in
		*" $_seed "*) ;;
		*)
			echo 0 >"$DAX/$_seed/size" || bail "cannot shrink $_seed"
			_shrunk="$_shrunk $_seed"
			;;
		esac
		if [ ! -e "$DAX/$_dev" ]; then
			echo 1 >"$(readlink -f "$DAX/$_seed")/../dax_region/create" || bail "cannot create $_dev"
		fi
		_now=$(cat "$DAX/$_dev/size")
		echo $((_now + $(bytes "$_size"))) >"$DAX/$_dev/size" || bail "cannot give $_size to $_dev"
		[ "$(cat "$DAX/$_dev/size")" -eq $((_now + $(bytes "$_size"))) ] || bail "$_dev did not grow by $_size"
	done </vm/machine
}

# bind_kmem DEV: as that kernel wants it; the policy in force decides what becomes of the blocks.
bind_kmem() {
	[ "$(driver "$1")" = kmem ] && return
	[ "$(driver "$1")" = - ] || echo "$1" >"$DRIVERS/$(driver "$1")/unbind" || return
	echo "$1" >$DRIVERS/kmem/bind 2>/dev/null ||
		# Before 6.3 kmem does not know the device until it is told.
		echo "$1" >$DRIVERS/kmem/new_id
	[ "$(driver "$1")" = kmem ]
}

# bind POLICY [DEV ...]: these devices (default: all) to kmem under this policy, which stays
bind() {
	load_dax
	policy "$1"
	shift
	# shellcheck disable=SC2046
	[ $# -gt 0 ] || set -- $(devices)
	for _dev; do
		bind_kmem "$_dev" && continue
		# kmem refuses a device that has no whole block.
		[ -z "$(blocks_of "$_dev")" ] || bail "cannot bind $_dev to kmem"
	done
}

# --- CXL regions, made and taken back by hand

# The serial numbers of the CXL devices that have come up.
cxl_serials() {
	for _e in "$CXL"/endpoint*; do
		[ -e "$_e/uport" ] && cat "$_e/uport/serial"
	done | sort
}

have_cxl() { [ "$(cxl_serials | wc -l)" -ge "$1" ]; }

load_cxl() {
	for _m in cxl_acpi cxl_pci cxl_port cxl_mem dax_cxl; do
		modprobe $_m || bail "cannot load $_m"
	done
	wait_for have_cxl "$(grep -c '^cxl ' /vm/machine)" || bail "CXL devices that came up: $(cxl_serials | wc -l)"
}

# The first free decoder of the endpoint of the device with this serial number.
cxl_decoder() { # cxl_decoder SERIAL
	for _e in "$CXL"/endpoint*; do
		[ $(($(cat "$_e/uport/serial"))) -eq $(($1)) ] || continue
		for _d in "$_e"/decoder*; do
			[ $(($(cat "$_d/dpa_size"))) -eq 0 ] && { echo "${_d##*/}"; return; }
		done
	done
}

put() { # put WORD FILE
	sh -c "echo $1 >$2" 2>/dev/null || bail "cannot write '$1' to $2"
}

# make_region SIZE SERIAL ...: a volatile region of the devices with these serial numbers, interleaved
# if they are several, committed and with its driver. Leaves its name in $region.
make_region() {
	_root=$CXL/decoder0.0
	_size=$(bytes "$1")
	shift
	region=$(cat $_root/create_ram_region)
	put "$region" $_root/create_ram_region
	_region=$CXL/$region
	put "$(cat $_root/interleave_granularity)" "$_region/interleave_granularity"
	put $# "$_region/interleave_ways"
	put "$_size" "$_region/size"
	_position=0
	for _serial; do
		_decoder=$(cxl_decoder "$_serial")
		[ -n "$_decoder" ] || bail "no decoder is free for $_serial"
		put ram "$CXL/$_decoder/mode"
		put $((_size / $#)) "$CXL/$_decoder/dpa_size"
		put "$_decoder" "$_region/target$_position"
		_position=$((_position + 1))
	done
	put 1 "$_region/commit"
	put "$region" /sys/bus/cxl/drivers/cxl_region/bind
}

# cxl_dax POLICY SIZE SERIAL ...: a region whose dax device has kmem under this policy, which stays.
# Leaves the region's name in $region, the device's in $dax.
cxl_dax() {
	load_cxl
	load_dax
	policy "$1"
	shift
	echo 0 >/sys/bus/dax/drivers_autoprobe
	make_region "$@"
	dax=dax${region#region}.0
	wait_for [ -e "$DAX/$dax" ] || bail "the kernel made no $dax of $region"
	echo 1 >/sys/bus/dax/drivers_autoprobe
	bind_kmem "$dax" || bail "cannot bind $dax to kmem"
}

free_region() { # free_region REGION: its memory must be gone
	[ -z "$(blocks_of_cxl "$1")" ] || bail "$1 still has memory, which would be gone under the kernel"
	_decoders=$(cat "$CXL/$1"/target[0-9]*)
	put 0 "$CXL/$1/commit"
	put "$1" $CXL/decoder0.0/delete_region
	for _decoder in $_decoders; do
		put 0 "$CXL/$_decoder/dpa_size"
	done
}

# What a scenario must not touch is as it was.
watch_others() { # watch_others N ...: all blocks but these
	watched=$(others "$@")
	# shellcheck disable=SC2086
	watched_picture=$(picture $watched)
}

others_same() { # others_same WHAT
	# shellcheck disable=SC2086
	is "$1" "$(picture $watched)" "$watched_picture"
}

# --- every onlining of a block there was, by whoever: what no look at sysfs can tell afterwards

T=/sys/kernel/tracing

# watch_onlining: from now on, and none of before
watch_onlining() {
	[ -e $T/kprobe_events ] || mount -t tracefs none $T || bail "cannot mount tracefs"
	# int online_pages(unsigned long pfn, unsigned long nr_pages, struct zone *zone, ...), mm/memory_hotplug.c
	[ -d $T/events/kprobes/vm_online ] ||
		echo 'p:vm_online online_pages pfn=%di zone=%dx' >$T/kprobe_events || bail "cannot trace online_pages()"
	echo 1 >$T/events/kprobes/vm_online/enable
	: >$T/trace
}

# onlined N ...: "BLOCK ZONE" of each onlining of these blocks. A zone is an address: what tells it
# from the others is where a block is that is known.
onlined() {
	_pages=$(($(block_size) / 4096))
	sed -n 's/.* vm_online: .* pfn=\(0x[0-9a-f]*\) zone=\(0x[0-9a-f]*\).*/\1 \2/p' $T/trace | while read -r _pfn _zone; do
		_n=$((_pfn / _pages))
		case " $* " in
		*" $_n "*) echo "$_n $_zone" ;;
		esac
	done
}

# only_movable WHAT N ...: these blocks are in Movable, and since watch_onlining none was elsewhere.
# They are of one node.
only_movable() {
	_where=$1
	shift
	uniform "$_where: in Movable" online Movable "$@"
	onlined "$@" >/tmp/onlined
	is "$_where: each was put online" "$(cut -d ' ' -f 1 /tmp/onlined | sort -n -u | tr '\n' ' ')" "$(echo "$*" | sed 's/ *$/ /')"
	is "$_where: in no other zone meanwhile" "$(cut -d ' ' -f 2 /tmp/onlined | sort -u | wc -l)" 1
}

# --- programs that wait for events

# at_rest PID: each of its threads waits for a descriptor, or for another thread
at_rest() {
	for _t in "/proc/$1"/task/*/syscall; do
		read -r _call _rest 2>/dev/null <"$_t" || return 1
		case $_call in
		7 | 232 | 270 | 271 | 281 | 202) ;; # poll, epoll_wait, pselect6, ppoll, epoll_pwait, futex
		*) return 1 ;;
		esac
	done
}

# effort PID: how often its threads were at work so far, and their ticks of processor time
effort() {
	for _t in "/proc/$1"/task/*; do
		echo "$(sed -n 's/^\(non\)\{0,1\}voluntary_ctxt_switches:\t//p' "$_t/status" | tr '\n' ' ')" \
			"$(sed 's/.*) //' "$_t/stat" | cut -d ' ' -f 12,13)"
	done
}

# is_calm PID: it was not at work for a second. For wait_for
is_calm() {
	_effort=$(effort "$1")
	sleep 1
	at_rest "$1" && [ "$(effort "$1")" = "$_effort" ]
}

# --- a standing policy, and who sees to it

# standing LINE ...: the standing policy is one rule, about dax devices, with these lines
standing() {
	mkdir -p /etc/mhp/policy.d
	{
		echo '[test]'
		echo 'kind = dax'
		for _l; do
			echo "$_l"
		done
	} >/etc/mhp/policy.d/50-test.conf
}

# start_agent OPTION ...: mhp agent, in $agent, its log at the end of /tmp/agent.log
start_agent() {
	mhp agent "$@" >>/tmp/agent.log 2>&1 </dev/null &
	agent=$!
}

stop_agent() { # stop_agent WHAT: it ends when it is asked to
	kill -TERM "$agent"
	wait "$agent"
	is "$1: the agent's status" $? 0
}

# all_are STATE ZONE N ...: for wait_for
all_are() {
	_s=$1 _z=$2
	shift 2
	for _n; do
		[ "$(state "$_n"):$(zone "$_n")" = "$_s:$_z" ] || return 1
	done
}

said() { grep -q -E -e "$1" /tmp/agent.log; } # said REGEX: the agent has; for wait_for

# agent_log: what it said so far, as notes
agent_log() { sed 's/^/# agent: /' /tmp/agent.log; }

# --- making trouble

set_state() { # set_state N WORD: false when the kernel refuses
	sh -c "echo $2 >$M/memory$1/state" 2>/dev/null
}

# pin NODE: unmovable kernel memory on a node. Its blocks that are online in a kernel zone take
# it: thousands of empty files of a tmpfs, made under a cpuset, are slab memory there.
pin() {
	mkdir -p /tmp/cgroup /tmp/pins
	if [ ! -d /tmp/cgroup/pins ]; then
		mount -t cgroup2 none /tmp/cgroup || bail "cannot mount cgroup2"
		echo +cpuset >/tmp/cgroup/cgroup.subtree_control || bail "no cpusets here"
		mkdir /tmp/cgroup/pins
	fi
	echo "$1" >/tmp/cgroup/pins/cpuset.mems || bail "no cpuset on node $1"
	sh -c 'echo $$ >/tmp/cgroup/pins/cgroup.procs
		i=0
		while [ $i -lt 3000 ]; do : >/tmp/pins/$i; i=$((i + 1)); done'
}

# pinned N ...: those blocks of these that the kernel does not offline. They must be online in a
# kernel zone, and are so again afterwards.
pinned() {
	for _n; do
		if set_state "$_n" offline; then
			set_state "$_n" online_kernel || echo "lost$_n"
		else
			echo "$_n"
		fi
	done
}

# poison N: broken memory in a block, which must be online. 1 MiB in, where nobody has it yet.
poison() {
	printf '0x%x\n' $(($1 * $(block_size) + (1 << 20))) >$M/hard_offline_page
}

# inject online|offline ERRNO: what the kernel says to every block from now on; 0: normal again
inject() {
	if [ ! -d /sys/kernel/debug/notifier-error-inject ]; then
		[ -d /sys/kernel/debug/block ] || mount -t debugfs none /sys/kernel/debug
		modprobe memory-notifier-error-inject || bail "cannot load memory-notifier-error-inject"
	fi
	case $1 in
	online) _file=MEM_GOING_ONLINE ;;
	offline) _file=MEM_GOING_OFFLINE ;;
	esac
	echo "-$2" | sed 's/^-0$/0/' >/sys/kernel/debug/notifier-error-inject/memory/actions/"$_file"/error ||
		bail "cannot inject errors"
}

# pin_page N: a process holds a page of block N, which must be online: taking it offline never
# ends, in any zone. Leaves the process in $pinner.
pin_page() {
	rm -f /tmp/pin-page
	pin-page "$1" >/tmp/pin-page 2>&1 &
	pinner=$!
	wait_for grep -q -s . /tmp/pin-page || bail "no page of block $1 within 20 s"
	grep -q pinned /tmp/pin-page || bail "cannot pin a page of block $1: $(cat /tmp/pin-page)"
}

state_is() { [ "$(state "$1")" = "$2" ]; } # state_is N WORD

# hold_lock N: another process takes block N, whose page it pins, offline for ever: it has the
# kernel's hotplug lock until release_lock
hold_lock() {
	held=$1
	pin_page "$held"
	sh -c "echo offline >$M/memory$held/state" &
	holder=$!
	wait_for state_is "$held" going-offline || bail "block $held is $(state "$held"), not on its way offline"
}

release_lock() {
	kill -9 "$holder" "$pinner"
	wait "$holder" "$pinner"
	wait_for state_is "$held" online || bail "block $held did not come back"
}

# --- the host's side of the guest

# host REQUEST WORD ...: ask for it. Leaves the answer in $answer, or why there is none, and fails.
# The requests are those of tests/vm/host; machines with "slots" or "virtio-mem" have it.
host() {
	_count=$(($(cat /tmp/host.count 2>/dev/null || echo 0) + 1))
	echo $_count >/tmp/host.count
	answer="this machine has nobody to ask"
	stty raw -echo <>/dev/ttyS2 2>/dev/null || return
	exec 9<>/dev/ttyS2
	echo "$_count $*" >&9
	answer="no answer from the host within 30 s" _rc=1
	# shellcheck disable=SC3045 # busybox has it
	while read -r -t 30 _n _word _text <&9; do
		# Some other number is the late answer to somebody who gave up.
		[ "$_n" = $_count ] || continue
		answer=$_text
		[ "$_word" = ok ] && _rc=0
		break
	done
	exec 9>&-
	note "host $*: $answer"
	return $_rc
}

# start_virtio_mem POLICY: the drivers, under this policy, which stays. Leaves the device in $vm, or
# the first of several.
start_virtio_mem() {
	policy "$1"
	modprobe virtio_pci || bail "cannot load virtio_pci"
	modprobe virtio_mem || bail "cannot load virtio_mem"
	wait_for has_virtio_mem || bail "no virtio-mem device"
	vm=$(virtio_mems | head -n 1)
}

# The driver has reserved the device's range.
has_virtio_mem() { [ -n "$(iomem "$(virtio_mems | head -n 1)")" ]; }

# resize NAME SIZE: the host wants so much of the device plugged; waits until it is
resize() {
	host resize-virtio-mem "$@" || bail "cannot resize $1: $answer"
	wait_for plugged_is "$@" || bail "$1 has not $2 plugged: $answer (plugged, requested)"
}

# shrink NAME SIZE COUNT: likewise, and waits until so many blocks of $vm are left: the host has its
# memory before the driver takes the block out of the system (drivers/virtio/virtio_mem.c)
shrink() {
	resize "$1" "$2"
	wait_for has_blocks "$3" || note "blocks of $vm: $(blocks_of_virtio "$vm")"
}

has_blocks() { [ "$(blocks_of_virtio "$vm" | wc -w)" -eq "$1" ]; }

plugged_is() { # plugged_is NAME SIZE: for wait_for
	host virtio-mem "$1" >/dev/null
	[ "${answer%% *}" = "$(bytes "$2")" ]
}

# dimm_is NAME WORDS: for wait_for
dimm_is() {
	host dimm "$1" >/dev/null
	[ "$answer" = "$2" ]
}

# plug_dimm NAME SIZE NODE: leaves its device in $dimm, when all of its blocks are there
plug_dimm() {
	_had=" $(dimms | tr '\n' ' ')"
	host plug-dimm "$@" || bail "cannot plug DIMM $1: $answer"
	wait_for new_dimm $(($(bytes "$2") / $(block_size))) || bail "DIMM $1 does not come"
}

new_dimm() { # new_dimm BLOCKS: one that is not in $_had has that many
	for dimm in $(dimms); do
		case $_had in
		*" $dimm "*) ;;
		*) [ "$(blocks_of_dimm "$dimm" | wc -w)" -eq "$1" ] && return ;;
		esac
	done
	return 1
}

# --- udev: Debian's systemd-udevd, with the scenario's rules only

# start_udevd RULES: a file of rules, also for programs that read them
start_udevd() {
	mkdir -p /etc/udev/rules.d
	cp "$1" /etc/udev/rules.d/40-scenario.rules
	: >/tmp/udevd.log
	systemd-udevd --debug >>/tmp/udevd.log 2>&1 &
	udevd=$!
	# Its socket is there before it listens to the kernel.
	wait_for udevadm control --ping --timeout=5 2>/dev/null || bail "udevd does not start: $(tail -n 3 /tmp/udevd.log)"
}

udev_settled() {
	udevadm settle --timeout=60 || bail "udevd does not come to an end"
}

# unhandled N ...: those of these blocks whose "add" event udevd's log does not show as done
unhandled() {
	for _n; do
		grep -q "^memory$_n: Device processed (SEQNUM=[0-9]*, ACTION=add)" /tmp/udevd.log || echo "$_n"
	done
}

stop_udevd() {
	udev_settled
	# Its helpers end with it. Asked to end, it was once seen not to.
	kill -9 "$udevd"
	wait "$udevd"
	rm -rf /run/udev
}

# What RHEL and others have: every block that comes goes online, as the kernel likes.
online_rule() {
	echo 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online"' >/tmp/online.rules
	echo /tmp/online.rules
}

# --- borrowed settings

settings() { echo "$(cat $M/auto_online_blocks) $(cat /sys/bus/dax/drivers_autoprobe)"; }

# nothing_pending WHAT: no journal, and the lock is nobody's
nothing_pending() {
	run mhp list --json
	json "$1: nothing is pending" '.recovery_pending | tostring' null
	check "$1: the lock is free" is_unlocked
}

# Nobody has libmhp's lock. The kernel knows locks by their file's device and number.
is_unlocked() {
	[ -e /run/libmhp/lock ] || return 0
	! grep ":$(stat -c %i /run/libmhp/lock) " /proc/locks
}

# owns WHAT REGION [N ...]: by mhp, the region has these blocks and no other, and each block there
# is is listed once
owns() {
	_what=$1 _region=$2
	shift 2
	mhp list --json >/tmp/owners 2>&1
	is "$_what: blocks of $_region" "$(jq -r ".blocks[] | select(.region == \"$_region\") | .id" /tmp/owners 2>&1 | sort -n | tr '\n' ' ')" \
		"$(echo "$*" | tr ' ' '\n' | grep . | sort -n | tr '\n' ' ')"
	is "$_what: each block is listed once" "$(jq -r '.blocks[].id' /tmp/owners 2>&1 | sort -n)" "$(all_blocks)"
}

# names WHAT N: the last command's message names this block
names() {
	like "$1" "$(echo "$err $out" | tr '\n' ' ')" "(^|[^0-9])$2([^0-9]|\$)"
}

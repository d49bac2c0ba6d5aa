#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp watch: a line for each event. Who follows the lines ends with the truth, also where
# events are lost; signals, the time and a reader that goes end it.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

: "${top_builddir:?is to be the folder where on-terminal was built}"
terminal=$top_builddir/tests/support/on-terminal
export TERM=xterm
mem=/sys/devices/system/memory
drivers=/sys/bus/dax/drivers
hmem=/sys/devices/platform/hmem_platform.0/hmem.0

# does DEED...: makes of them the options for what others do; in $acts
does()
{
	acts=
	for deed; do acts="$acts --sim-act $deed"; done
}

# watch CODE ARGS: on machine m, where others do $acts
watch()
{
	code=$1
	shift
	# shellcheck disable=SC2086
	act "$code" watch "$@" $acts
}

# lines TEXT...: these and no others were printed, without the time and the cause
lines()
{
	printf '%s\n' "$@" >"$tmp/expected"
	sed -e 's/^[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]\{3\} //' -e 's/; \(probably\|perhaps\|another\) .*//' \
		"$tmp/out" >"$tmp/lines"
	cmp -s "$tmp/expected" "$tmp/lines" && return
	fail "$last:"
	diff "$tmp/expected" "$tmp/lines"
}

# ---- for people ----

cp "$machines/7.3-hmem-bound.txt" "$m"
does $mem/memory32/state=online_movable $mem/auto_online_blocks=online $mem/memory33/state=online \
	$mem/memory32/state=offline $hmem/dax0.0/state=unplugged $drivers/kmem/unbind=dax0.0
watch 0
err_has 'mhp: watching what the kernel tells: 12 blocks, 8 online; 2 regions'
lines 'memory_tier22: added' 'memory32 (dax0.0): offline -> online in Movable' \
	'auto_online_blocks: offline -> online' 'memory33 (dax0.0): offline -> online in Normal' \
	'memory32 (dax0.0): online in Movable -> offline' 'memory_tier22: removed' \
	'memory33 (dax0.0): online in Normal -> offline' \
	'memory32 (dax0.0): offline -> absent' 'memory33 (dax0.0): offline -> absent' \
	'memory34 (dax0.0): offline -> absent' 'memory35 (dax0.0): offline -> absent' \
	'node1: removed' 'dax0.0: unbound from kmem'

# who is likely to have done it
cp "$machines/7.3-hmem-bound.txt" "$m"
does $drivers/kmem/unbind=dax0.0 $mem/auto_online_blocks=online $drivers/kmem/bind=dax0.0
watch 0
out_has 'memory32 (dax0.0): offline -> online in Normal; probably auto_online_blocks=online'
cp "$machines/7.3-hmem-bound.txt" "$m"
watch 0 --json
json 'select(.event == "block-online" and .block == 32) | [.cause, .after]' '["system-policy","online"]'
json_holds 'select(.event == "block-online" and .block == 32).cause_text | contains("auto_online_blocks=online")'
json 'select(.event == "begin") | has("cause")' false

# nobody does anything, or only what no event tells
does
watch 0
[ ! -s "$tmp/out" ] || fail "$last: $(cat "$tmp/out")"
does $mem/auto_online_blocks=online_movable
watch 0
lines 'auto_online_blocks: online -> online_movable'

# what nobody can do is told, and what others do then all the same
cp "$machines/7.3-hmem-bound.txt" "$m"
does $mem/memory32/state=online $mem/memory99/state=online $mem/memory33/state=online
# shellcheck disable=SC2086
"$MHP" watch --sim "$m" $acts >"$tmp/out" 2>"$tmp/err" && fail 'a write that fails is no success'
last='watch, others fail'
err_has "mhp: --sim-act: $mem/memory99/state: \"online\": "
out_has 'memory33 (dax0.0): offline -> online'

# ---- one region, one kind ----

cp "$machines/6.12-hmem-multi-bound.txt" "$m"
does $mem/memory32/state=online_movable $drivers/kmem/unbind=dax1.0 $mem/auto_online_blocks=online
watch 0
out_has 'memory32 (dax0.0): '
out_has 'dax1.0: unbound from kmem'
cp "$machines/6.12-hmem-multi-bound.txt" "$m"
watch 0 dax1.0
err_has '; only of dax1.0'
out_has 'dax1.0: unbound from kmem'
out_has '(dax1.0): offline -> absent'
out_has 'auto_online_blocks'		# it decides about all
out_lacks 'memory32'
out_lacks tier
cp "$machines/6.12-hmem-multi-bound.txt" "$m"
watch 0 --kind dimm
lines 'auto_online_blocks: offline -> online'
cp "$machines/6.12-hmem-multi-bound.txt" "$m"
watch 0 dax9.0
err_has 'mhp: dax9.0: not there yet'
# by identity, and of what dax devices are made from
cp "$machines/6.12-hmem-multi-bound.txt" "$m"
identity=$("$MHP" show dax0.0 --json --sim "$m" | jq -r .region.identity)
watch 0 "$identity"
out_has 'memory32 (dax0.0): '
out_lacks dax1.0
cp "$cxl" "$m"
does $mem/memory34/state=online_movable $mem/memory3/state=offline
watch 0 --kind cxl --json
json 'select(.block != null) | [.name, .region]' '["memory34","dax0.0"]'
cp "$cxl" "$m"
watch 0 region0 --json
json 'select(.event == "begin") | [.only_region, (.blocks | length)]' '["region0",4]'

# one that comes while we watch, and its blocks
cp "$machines/7.3-hmem-bound.txt" "$m"
does $hmem/dax0.0/state=unplugged $drivers/kmem/unbind=dax0.0 $hmem/dax0.0/size=268435456 \
	$hmem/dax_region/create=1 $hmem/dax0.1/size=268435456 $drivers/kmem/new_id=dax0.1 \
	$mem/memory35/state=online_movable
watch 0 dax0.1
err_has 'not there yet'
out_has 'dax0.1: added'
out_has 'dax0.1: bound to kmem'
out_has 'memory34 (dax0.1): absent -> offline'
out_has 'memory35 (dax0.1): offline -> online in Movable'
out_lacks '(dax0.0)'
out_has 'memory34 (dax0.1): absent -> offline; probably whoever wrote to the state file or bound dax0.1,'

# the same by its identity, which it has once it has a size
cp "$machines/7.3-hmem-bound.txt" "$m"
watch 0 hmem:0x110000000
err_has 'not there yet'
out_has 'memory34 (dax0.1): absent -> offline'
out_has 'memory35 (dax0.1): absent -> offline'
out_has 'memory35 (dax0.1): offline -> online in Movable'
out_has 'dax0.1: bound to kmem'
out_lacks '(dax0.0)'

# ---- JSON: one object a line, with the same keys always ----

cp "$machines/7.3-hmem-bound.txt" "$m"
does $mem/memory32/state=online_movable $mem/auto_online_blocks=online $drivers/kmem/unbind=dax0.0
before=$(date -u +%Y-%m-%dT%H:%M:%S)
watch 0 --json
no_err
after=$(date -u +%Y-%m-%dT%H:%M:%S.999999Z)
[ "$(wc -l <"$tmp/out")" -eq "$(jq -s length "$tmp/out")" ] || fail "$last: an object is not a line"
[ "$(jq -c 'select(.event != "begin") | keys' "$tmp/out" | sort -u | wc -l)" -eq 1 ] ||
	fail "$last: keys differ"
cp "$tmp/out" "$tmp/stream"
jq -s --arg before "$before" --arg after "$after" '{
	begin: (.[0] | [.event, .schema, .source, .auto_online_blocks, .only_region]),
	others: .[1:] | all(.event != "begin"),
	times: all(.time | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{6}Z$")),
	now: all(.time >= $before and .time <= $after),
	order: (map(.seqnum | numbers) | . == sort),
	block: (map(select(.block == 32))[0] | [.event, .name, .node, .region, .before, .after,
		.zone_before, .zone_after, .found, .text]),
	policy: (map(select(.event == "policy-changed"))[0] | [.name, .before, .after, .seqnum, .found]),
	device: (map(select(.event == "device-unbound"))[0] | [.name, .region, .before, .after, .block])
}' "$tmp/stream" >"$tmp/out"
json .begin '["begin",1,"kernel","offline",null]'
json .others true
json .times true
json .now true
json .order true
json .block '["block-online","memory32",1,"dax0.0","offline","online",null,"Movable",false,"memory32 online in Movable (dax0.0)"]'
json .policy '["auto_online_blocks","offline","online",null,true]'
json .device '["dax0.0","dax0.0","kmem",null,null]'

# ---- who follows the lines ends with the truth ----

# ends_true CAPTURE ARGS: others do $acts on it
ends_true()
{
	cp "$machines/$1.txt" "$m"
	shift
	truth >"$tmp/before"
	watch 0 --json "$@"
	truth >"$tmp/expected"
	follow >"$tmp/now"
	cmp -s "$tmp/expected" "$tmp/now" ||
		{ fail "$last: not the truth:"; diff "$tmp/expected" "$tmp/now"; }
	if cmp -s "$tmp/expected" "$tmp/before"; then fail "$last: nothing has happened"; fi
}

bind="$drivers/kmem/unbind=dax0.0 $mem/auto_online_blocks=online_movable $drivers/kmem/bind=dax0.0"
for lost in '' '--sim-lose 3' '--sim-lose 1000' '--buffer 2K'; do
	# shellcheck disable=SC2086
	does $bind $mem/memory33/state=offline $mem/auto_online_blocks=online
	for machine in 7.3-hmem-bound 6.12-hmem-bound 6.1-hmem-bound; do
		# shellcheck disable=SC2086
		ends_true $machine $lost
	done
	does $hmem/dax0.0/state=unplugged $hmem/dax0.0/state=online_movable $mem/memory34/state=offline \
		$mem/memory34/state=online_kernel $mem/memory34/state=offline \
		$hmem/dax0.0/state=unplugged $drivers/kmem/unbind=dax0.0 $hmem/dax0.0/size=268435456 \
		$hmem/dax_region/create=1 $hmem/dax0.1/size=268435456 $drivers/kmem/new_id=dax0.1 \
		$mem/memory35/state=online_movable
	# shellcheck disable=SC2086
	ends_true 7.3-hmem-bound $lost
	jq -sc 'map(.event | select(. == "lost" or . == "resynced")) | unique' "$tmp/out" >"$tmp/found"
	cp "$tmp/found" "$tmp/out"
	[ -n "$lost" ] && json . '["lost","resynced"]'
	[ -n "$lost" ] || json . '[]'
done

# what was found is told so, and between the two only
cp "$machines/7.3-hmem-bound.txt" "$m"
does $drivers/kmem/unbind=dax0.0 $drivers/kmem/bind=dax0.0
watch 0 --json --sim-lose 2
jq -s 'map(.event) as $events | ($events | index("lost")) as $from | ($events | index("resynced")) as $to |
	{ found: .[$from + 1:$to] | all(.found and .seqnum == null), some: ($to - $from > 2),
	  others: .[$to + 1:] | (all(.found | not) and length > 2) }' "$tmp/out" >"$tmp/found"
cp "$tmp/found" "$tmp/out"
json . '{"found":true,"some":true,"others":true}'

# ---- how it ends ----

cp "$machines/7.3-hmem-bound.txt" "$m"
does $mem/memory32/state=online_movable $mem/memory33/state=online_movable $mem/memory34/state=online_movable
watch 0 dax0.0 --count 2
lines 'memory32 (dax0.0): offline -> online in Movable' 'memory33 (dax0.0): offline -> online in Movable'
state 34 offline			# it had ended by then
cp "$machines/7.3-hmem-bound.txt" "$m"
# shellcheck disable=SC2086
run 1 watch --json dax0.0 --count 9 --sim "$m" $acts
err_has 'mhp: watch: it ended after 3 of 9 events'

run 1 watch --source udev --json --sim "$m"
no_out
err_has 'mhp: watch: '
run 1 watch --json --root "$tmp"
err_has 'mhp: watch: '

# On this machine, if it can be watched here: it says nothing, and waits.
last='watch on this machine'
if "$MHP" watch --timeout 0.001 >"$tmp/out" 2>"$tmp/err"; then
	err_has 'mhp: watching what '

	# signals end it, as asked; more than one event may come here, so nothing else is looked at
	for signal in 2 15 1; do
		"$terminal" --at 'mhp: watching what' $signal "$MHP" watch >"$tmp/out" 2>"$tmp/err" ||
			fail "watch, signal $signal: exit code $?"
	done

	# each line is there at once; SIGUSR1 has it look at the settings, and it goes on
	mkfifo "$tmp/fifo"
	"$MHP" watch --json >"$tmp/fifo" 2>"$tmp/err" &
	child=$!
	exec 3<"$tmp/fifo"
	read -r line <&3
	case $line in '{"event":"begin",'*) ;; *) fail "watch --json begins with $line" ;; esac
	kill -USR1 $child
	kill -TERM $child
	wait $child || fail "watch, SIGUSR1, SIGTERM: exit code $?"
	exec 3<&-
	no_err

	# who reads goes: so does it, without a word, though nothing happens
	"$MHP" watch --json >"$tmp/fifo" 2>"$tmp/err" &
	child=$!
	exec 3<"$tmp/fifo"
	read -r line <&3
	exec 3<&-
	wait $child || fail "watch, nobody reads: exit code $?"
	no_err

	run 1 watch --json --count 100000 --timeout 0.001
	err_has 'of 100000 events'
else
	echo "this machine cannot be watched: $(cat "$tmp/err")"
fi

finish

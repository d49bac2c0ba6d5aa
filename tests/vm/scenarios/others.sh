# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: others change a block, take the device, add memory or set the policy right before our write
# machine: two-nodes

bind offline
B=$(blocks_of dax0.0) O=$(blocks_of dax1.0)
before=$(settings)
watch_others $B $O
# Blocks go online downwards: two are by the time of this one.
third=$(nth 6 $B)
ONLINE="mhp online dax0.0 --type online_movable --per-block --json"
PLUG="mhp plug dax0.0 --type online_movable --json"

# meanwhile FILE SCRIPT STATUS COMMAND ...: the script runs right before the first write to FILE
meanwhile() {
	file=$1 want=$3
	printf 'quiet=yes\n. /vm/lib.sh\n%s\n' "$2" >/tmp/meanwhile
	shift 3
	INSTEAD="sh /tmp/meanwhile >/tmp/meanwhile.log 2>&1"
	export INSTEAD
	run kill-at /tmp/calls $file "$@"
	unset INSTEAD
	is "$what: status" $rc $want
	is "$what: others were faster" "$(grep -c "write .*$file\$" /tmp/calls) $(cat /tmp/meanwhile.log)" "1 "
	true_report "$what"
}

what="a block goes online by others, as wanted"
meanwhile memory$third/state "set_state $third online_movable" 0 $ONLINE
json "$what: outcome" .outcome "done"
json "$what: its reason" ".blocks[] | select(.id == $third) | .reason" already
uniform "$what: all are online" online Movable $B

exits "offline" 0 mhp offline dax0.0
what="a block goes online by others, elsewhere"
meanwhile memory$third/state "set_state $third online_kernel" 3 $ONLINE
json "$what: outcome" .outcome partial
json "$what: reason" .reason wrong-zone
names "$what: the block is named" $third
uniform "$what: it stays so" online Normal $third
uniform "$what: what was changed was put back" offline - $(for n in $B; do [ $n = $third ] || echo $n; done)
set_state $third offline || bail "block $third does not go offline"

what="a block goes offline by others, as wanted"
exits "online" 0 mhp online dax0.0 --type online_movable --per-block
meanwhile memory$third/state "set_state $third offline" 0 mhp offline dax0.0 --json
json "$what: its reason" ".blocks[] | select(.id == $third) | .reason" already
uniform "$what: all are offline" offline - $B

what="the device leaves"
meanwhile memory$third/state "by_hand dax0.0" 3 $ONLINE
json "$what: reason" .reason gone
json "$what: errno" ".blocks[] | select(.id == $third) | .errno" 19
uniform "$what: nothing came back" absent - $B
nothing_pending "$what"

by_hand dax1.0
what="others add memory while the policy is borrowed"
meanwhile kmem/bind "bind_kmem dax1.0" 0 $PLUG
json "$what: the report lists it" .other_blocks "$(as_list $O)"
uniform "$what: it is online as the policy was" online Movable $O
uniform "$what: plugged" online Movable $B
is "$what: the settings are as before" "$(settings)" "$before"
nothing_pending "$what"

by_hand dax0.0
what="others set the policy while it is borrowed"
printf 'quiet=yes\n. /vm/lib.sh\npolicy online\n' >/tmp/meanwhile
INSTEAD="sh /tmp/meanwhile"
export INSTEAD
run kill-at /tmp/calls kmem/bind $PLUG
unset INSTEAD
like "$what: status" $rc '^[13]$'
true_report "$what"
json "$what: reason" .reason wrong-zone
is "$what: theirs stays" "$(cat $M/auto_online_blocks)" online
nothing_pending "$what"
others_same "boot memory is as it was"

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: --per-block adds memory offline and onlines it downwards; undone where one refuses or others are faster, refused where a udev rule onlines memory
# machine: one
# timeout: 400

unbound
B=$(blocks_of dax0.0)
mid=$(nth 5 $B)
watch_others $B
type="--type online_movable"
down=$(echo $B | tr ' ' '\n' | sort -n -r | tr '\n' ' ')

# plugged_per_block WHAT COMMAND ...: every block by itself, downwards, and nothing is left borrowed
plugged_per_block() {
	what=$1
	shift
	before=$(settings)
	watch_onlining
	exits "$what" 0 "$@" $type --per-block --json
	json "$what: outcome" .outcome "done"
	true_report "$what"
	only_movable "$what" $B
	onlined $B >/tmp/order
	is "$what: downwards" "$(cut -d ' ' -f 1 /tmp/order | tr '\n' ' ')" "$down"
	is "$what: the settings are as before" "$(settings)" "$before"
	is "$what: the driver" "$(driver dax0.0)" kmem
	nothing_pending "$what"
}

free_again() { # no memory, no driver
	exits "unplug" 0 mhp unplug dax0.0
	[ "$(driver dax0.0)" = - ] || by_hand dax0.0
	uniform "unplugged" absent - $B
	is "no driver" "$(driver dax0.0)" -
}

# ---- a device without a driver, under each policy ----

for p in online_kernel offline; do
	policy $p
	plugged_per_block "plug under $p" mhp plug dax0.0
	has_word dax0.0 && is "the kernel's word is that of the bind" "$(word dax0.0)" offline
	free_again
done
policy online
run mhp plan plug dax0.0 $type --per-block
like "the plan tells of the window" "$out" 'warning window: .*dax0.0 comes offline'

# ---- one that kmem has, without a block (7.3) ----

if exits "plug as a whole" 0 mhp plug dax0.0 $type && has_word dax0.0; then
	for verb in plug online; do
		exits "unplug" 0 mhp unplug dax0.0
		is "it is unplugged" "$(word dax0.0)" unplugged
		plugged_per_block "$verb what is unplugged" mhp $verb dax0.0
	done
	exits "unplug" 0 mhp unplug dax0.0
else
	exits "nothing is added: it is online" 0 mhp online dax0.0 $type --per-block
	free_again
fi

# ---- all of it, or nothing ----

was="$(driver dax0.0) $(word dax0.0)"

# as_before WHAT: nothing of the memory is left, and who had the device has it
as_before() {
	uniform "$1: no block is left" absent - $B
	is "$1: driver and word are as before" "$(driver dax0.0) $(word dax0.0)" "$was"
	is "$1: the settings are as before" "$(settings)" "$before"
	nothing_pending "$1"
}

before=$(settings)
if has_word dax0.0; then verb=online; else verb=plug; fi
inject online 11
exits "a notifier refuses" 1 mhp $verb dax0.0 $type --per-block --json
json "outcome" .outcome undone
json "of the highest block, which comes first" '.blocks[-1] | [.id, .errno] | map(tostring) | join(" ")' "$(nth 1 $down) 11"
inject online 0
as_before "a notifier refuses"

# faster WORD: somebody else onlines the block in the middle, right before it is the highest one's turn
faster() {
	INSTEAD="echo $1 >$M/memory$mid/state"
	export INSTEAD
	run kill-at /tmp/calls memory$(nth 1 $down)/state mhp $verb dax0.0 $type --per-block --json
	unset INSTEAD
}

faster online_movable
is "somebody is faster, in the same zone" $rc 0
uniform "all is in Movable" online Movable $B
exits "unplug" 0 mhp unplug dax0.0
[ $verb = online ] || [ "$(driver dax0.0)" = - ] || by_hand dax0.0
as_before "unplugged"

# ---- killed: the policy comes back ----

for at in kmem/bind memory$mid/state; do
	kill-at /tmp/calls $at mhp $verb dax0.0 $type --per-block >/tmp/out 2>/tmp/err
	is "killed before $at" $? 137
	run mhp recover
	is "the settings are as before" "$(settings)" "$before"
	exits "plugged by the next one" 0 mhp plug dax0.0 $type --per-block
	uniform "all is in Movable" online Movable $B
	exits "unplug" 0 mhp unplug dax0.0
	[ $verb = online ] || [ "$(driver dax0.0)" = - ] || by_hand dax0.0
done
as_before "after kills"

# ---- never where a rule onlines memory, or that is not known ----

mkdir -p /etc/udev/rules.d
cp $(online_rule) /etc/udev/rules.d/40-scenario.rules
no_writes "a rule" 1 mhp $verb dax0.0 $type --per-block
like "it is named" "$err" '/etc/udev/rules.d/40-scenario.rules:1'
run mhp plan $verb dax0.0 $type --per-block --json
json "the conflict" '.conflicts[0].code' udev-rule
sed -i 's/="online"$/="online_movable"/' /etc/udev/rules.d/40-scenario.rules
no_writes "a rule of the same type" 1 mhp $verb dax0.0 $type --per-block
exits "as a whole it is no matter" 0 mhp $verb dax0.0 $type
uniform "all is in Movable" online Movable $B
rm /etc/udev/rules.d/40-scenario.rules
no_writes "without borrowing" 0 mhp $verb dax0.0 $type --per-block --no-borrow
exits "unplug" 0 mhp unplug dax0.0
no_writes "without borrowing it would be onlined as a whole" 1 mhp $verb dax0.0 $type --per-block --no-borrow

# ---- others are faster, elsewhere: the kernel may hold on to what is in its zones at once ----

policy online
faster online_kernel
isnt "somebody is faster, elsewhere" $rc 0
like "it is put back, or what is left is told" "$(jq -r .outcome /tmp/out)" '^(undone|partial)$'
like "the reason" "$(jq -r .reason /tmp/out)" '^(stale|wrong-zone)$'
names "it is named" $mid
true_report "somebody is faster, elsewhere"
is "the settings are as before" "$(settings)" "$before"
nothing_pending "somebody is faster, elsewhere"
others_same "boot memory is as it was"

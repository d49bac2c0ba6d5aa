#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp plug and unplug --to: a device becomes System RAM with the type that was asked
# for, whatever the system's policy says, and others are left alone.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

policy=/sys/devices/system/memory/auto_online_blocks
autoprobe=/sys/bus/dax/drivers_autoprobe

# start CAPTURE [POLICY]: the machine begins as this one
start()
{
	sed "s|^$policy: .*|$policy: ${2:-offline}|" "$machines/$1.txt" >"$m"
}

# free KERNEL-SCENARIO [POLICY]: its devices have no driver, and no memory is left of them
free()
{
	cp "$machines/$1-bound.txt" "$m"
	act 0 unplug --kind dax --to device_dax
	sed -e "s|^$policy: .*|$policy: ${2:-offline}|" -e '\|/drivers/device_dax/dax[0-9.]* -> |d' \
		-e '\|/driver -> .*/drivers/device_dax$|d' -e '/^	DRIVER=device_dax$/d' \
		-e '/^	.* : dax[0-9.]*$/d' "$m" >"$tmp/free"
	cp "$tmp/free" "$m"
}

# without MODULE: it is not loaded
without()
{
	sed -i -e "\\|^/sys/bus/dax/drivers/$1/|d" -e "\\|^/sys/module/$1/|d" "$m"
}

# driver REGION VALUE: as JSON
driver()
{
	"$MHP" list --json --sim "$m" >"$tmp/out" 2>"$tmp/err"
	json ".regions[] | select(.name == \"$1\").driver" "$2"
}

# ---- on every kernel, and with every policy ----

for machine in 7.3-hmem 6.12-hmem 6.1-hmem; do
	for before in offline online online_kernel online_movable; do
		free $machine $before
		remember
		act 0 plan plug dax0.0 --type online_movable
		unchanged
		act 0 plug dax0.0 --type online_movable
		out_has 'dax0.0: plugged: 4 blocks online in Movable (512 MiB)'
		for block in 32 33 34 35; do
			state $block online
			zone $block Movable
		done
		settings $before 1
		driver dax0.0 '"kmem"'
		remember
		act 0 plug dax0.0 --type online_movable
		no_err
		out_has 'dax0.0: already plugged in Movable, nothing to do'
		unchanged
	done
	free $machine online_movable
	act 0 plug dax0.0 --type online_kernel
	out_has 'dax0.0: plugged: 4 blocks online in Normal (512 MiB)'
	settings online_movable 1
	free $machine online
	act 0 plug dax0.0 --type offline
	out_has 'dax0.0: plugged: 4 blocks offline (512 MiB)'
	state 32 offline
	settings online 1
	act 0 plug dax0.0 --type offline
	out_has 'dax0.0: already plugged, nothing to do'
	free $machine online_movable
	act 0 plug dax0.0 --type default
	out_has 'dax0.0: plugged: 4 blocks online in Movable'
done

# ---- what is borrowed is to be seen ----

free 7.3-hmem
act 0 plan plug dax0.0 --type online_movable --json
json '[.schema, .target, .region, .goal, .type, .rules]' \
	'[1,"dax0.0","dax0.0","plugged","online_movable",["borrow"]]'
json '[.steps[] | [.kind, .path, .word]]' "[[\"borrow\",\"$policy\",\"online_movable\"],[\"bind\",\"/sys/bus/dax/drivers/kmem/bind\",\"dax0.0\"],[\"return\",\"$policy\",\"offline\"]]"
json '.steps[0] | [.ranges, .expected, .wanted, .undo]' '[[],null,null,"offline"]'
json '.steps[1] | [.ranges, .expected, .wanted]' \
	'[[{"start":"0x100000000","size":536870912}],"absent","online_movable"]'
json_holds '[.warnings[].code] | contains(["others"])'
act 0 plan plug dax0.0 --type online_movable
out_has "$policy"
out_has '/sys/bus/dax/drivers/kmem/bind'
act 0 plug dax0.0 --type online_movable --json
no_err
json '[.schema, .outcome, .target, .region, .goal, .type, .reason]' \
	'[1,"done","dax0.0","dax0.0","plugged","online_movable","done"]'
json '[.other_blocks, .recovery]' '["",null]'
json '[.writes[] | [.path, .word, .errno]]' "[[\"$policy\",\"online_movable\",0],[\"/sys/bus/dax/drivers/kmem/bind\",\"dax0.0\",0],[\"$policy\",\"offline\",0]]"
json '[.blocks[] | [.id, .before, .after, .reason]] | .[0]' '[32,"absent","online_movable","done"]'

# ---- it can be forbidden ----

free 7.3-hmem online
remember
act 1 plug dax0.0 --type online_movable --no-borrow
no_out
err_has 'mhp: dax0.0: '
err_has 'without --no-borrow'
unchanged
act 1 plug dax0.0 --type online_movable --no-borrow --json
json '[.outcome, .rules, [.conflicts[].code], .writes]' '["refused",[],["policy"],[]]'
# where the policy does not matter it is no hindrance
free 7.3-hmem offline
act 0 plug dax0.0 --type online_movable --no-borrow
out_has 'dax0.0: plugged: 4 blocks online in Movable (512 MiB)'
free 7.3-hmem online_movable
act 0 plug dax0.0 --type online_movable --no-borrow
out_has 'dax0.0: plugged: 4 blocks online in Movable (512 MiB)'

# ---- to device_dax, and back ----

for machine in 7.3-hmem 6.12-hmem 6.1-hmem; do
	free $machine
	act 0 plug dax0.0 --type online_movable
	act 0 plan unplug dax0.0 --to device_dax --json
	json '.steps[-1] | [.kind, .path, .word]' \
		'["bind","/sys/bus/dax/drivers/device_dax/bind","dax0.0"]'
	act 0 unplug dax0.0 --to device_dax
	out_has 'dax0.0: unplugged, no blocks left (512 MiB)'
	state 32 ''
	driver dax0.0 '"device_dax"'
	settings offline 1
	act 0 unplug dax0.0 --to device_dax
	out_has 'dax0.0: already unplugged, nothing to do'
	act 0 plug dax0.0 --type online_kernel
	out_has 'dax0.0: plugged: 4 blocks online in Normal (512 MiB)'
	driver dax0.0 '"kmem"'
	settings offline 1
done

# ---- kmem is not loaded: it is, and binds nobody else ----

free 7.3-hmem-ranges online
without kmem
act 0 plan plug dax0.0 --type online_movable --json
json '[.steps[].kind]' '["borrow","load","return","borrow","bind","return"]'
json_holds "[.steps[] | select(.kind == \"borrow\").path] == [\"$policy\",\"$autoprobe\"] or
	[.steps[] | select(.kind == \"borrow\").path] == [\"$autoprobe\",\"$policy\"]"
json '.steps[1] | [.word, .ranges, .expected, .wanted]' '["kmem",[],null,null]'
act 0 plug dax0.0 --type online_movable
out_has 'dax0.0: plugged: 4 blocks online in Movable (512 MiB)'
for block in 32 33 36 37; do zone $block Movable; done
driver dax0.0 '"kmem"'
driver dax0.1 null
state 34 ''
settings online 1

free 7.3-hmem-ranges
without kmem
remember
act 1 plug dax0.0 --type online_movable --no-borrow
err_has 'mhp: dax0.0: '
unchanged
act 1 plan plug dax0.0 --type online_movable --no-borrow --json
json '[.conflicts[].code]' '["other-devices"]'

# one of four, kmem loaded
start 6.12-hmem-multi-bound
for region in dax0.0 dax1.0 dax2.0 dax3.0; do
	act 0 unplug $region
	driver $region null
done
act 0 plug dax1.0 --type online_movable
out_has 'dax1.0: plugged: '
driver dax1.0 '"kmem"'
for region in dax0.0 dax2.0 dax3.0; do driver $region null; done

# ---- failures: as before, and the policy too ----

for machine in 7.3-hmem 6.12-hmem; do
	free $machine online
	run 1 plug dax0.0 --type online_movable --sim "$m" --sim-save "$m" \
		--sim-fail 34:online:EHWPOISON
	no_out
	err_has 'mhp: dax0.0: memory34: '
	err_has 'EHWPOISON'
	err_has 'put back'
	for block in 32 33 34 35; do state $block ''; done
	settings online 1
	driver dax0.0 null

	free $machine online
	run 3 plug dax0.0 --type online_movable --keep --sim "$m" --sim-save "$m" \
		--sim-fail 34:online:EHWPOISON
	out_has '3 blocks online in Movable (384 MiB): 32-33,35; 1 block offline (128 MiB): 34'
	err_has 'kept'
	state 34 offline
	zone 32 Movable
	settings online 1
	driver dax0.0 '"kmem"'
	act 0 plug dax0.0 --type online_movable
	out_has 'dax0.0: plugged: 4 blocks online in Movable'
done

# ---- block by block: added offline, onlined downwards, and only if that is asked for ----

for machine in 7.3-hmem 6.12-hmem 6.1-hmem; do
	free $machine online
	act 0 plug dax0.0 --type online_movable --per-block
	no_err
	out_has 'dax0.0: plugged: 4 blocks online in Movable (512 MiB)'
	settings online 1
done
free 7.3-hmem online
act 0 plan plug dax0.0 --type online_kernel --per-block --json
json '.rules' '["per-block","borrow"]'
json '[.steps[] | [.kind, .word]]' '[["borrow","offline"],["bind","dax0.0"],["return","online"],["block","online_kernel"],["block","online_kernel"],["block","online_kernel"],["block","online_kernel"]]'
json '[.steps[3:][].ranges[0].start]' '["0x118000000","0x110000000","0x108000000","0x100000000"]'
json '[.warnings[].code]' '["others","window"]'
act 0 plan plug dax0.0 --type online_kernel --per-block
out_has 'warning window: memory of dax0.0 comes offline'
# of what kmem has, and has no block
start 7.3-hmem-unplugged online
act 0 online dax0.0 --type online_movable --per-block
out_has 'dax0.0: 4 blocks online in Movable (512 MiB)'
err_has "the driver's word for it is \"offline\""
settings online 1
start 7.3-hmem-unplugged online
act 1 online dax0.0 --type online_movable --per-block --no-borrow
err_has 'without --no-borrow'
run 1 online dax0.0 --type online_movable --per-block --sim "$m" --sim-save "$m" \
	--sim-fail 33:online:EHWPOISON
err_has 'put back'
for block in 32 33 34 35; do state $block ''; done
driver dax0.0 '"kmem"'
settings online 1

# ---- what cannot be plugged ----

start 7.3-hmem-online-policy online
act 1 plug dax0.0 --type online_movable
err_has 'mhp: dax0.0: '
err_has 'Normal'
err_has 'mhp online --rezone'
start 7.3-hmem-tiny-bound
act 1 plug dax0.0 --type online
err_has 'no whole memory block'
start 7.3-plain-start
act 1 plug dax0.0 --type online
err_has 'no such region; there is none on this machine'
# memory that an unbind has left behind
start 7.3-hmem-unbound
act 1 plug dax0.0 --type online
err_has '32-35'
err_has 'reboot'
run 1 plug dax0.0 --type online_movable --capture "$machines/6.12-hmem-unbound.txt"
no_out
err_has 'EROFS'

# a deadline is no hindrance to what takes no time
for timeout in none 0.001 2.5 100000; do
	free 7.3-hmem
	act 0 plug dax0.0 --type online_movable --timeout 60
	act 0 unplug dax0.0 --timeout "$timeout" --dry-run
done

finish

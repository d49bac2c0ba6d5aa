#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# DIMMs by the program: listed, onlined, ejected, or put back as they were.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

slot=/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0A06:04/PNP0C80:00

for machine in 7.3-dimm-mixed 6.12-dimm-mixed 6.1-dimm-mixed; do
	cp "$machines/$machine-plugged.txt" "$m"
	run 0 list --sim "$m"
	out_has 'PNP0C80:00 dimm  512 MiB    0'
	act 0 online --blocks 40-41 --type online_movable
	act 0 online --blocks 42 --type online_kernel

	# what would be done, in order
	run 0 plan unplug PNP0C80:00 --sim "$m"
	out_has 'PNP0C80:00: unplugged: 4 steps'
	out_has 'warning not-undoable: ejecting PNP0C80:00 cannot be undone'
	out_has "4. PNP0C80:00: write \"1\" to $slot/eject (offline -> absent; cannot be undone)"
	run 0 plan unplug PNP0C80:00 --json --sim "$m"
	json '[.steps[].kind]' '["block","block","block","eject"]'
	json '[.steps[].ranges[].start]' \
		'["0x148000000","0x140000000","0x150000000","0x140000000"]'
	json '.steps[3].wanted' '"absent"'
	json '.steps[3].undo' null

	# a block that stays: all are where they were
	remember
	act 1 unplug PNP0C80:00 --sim-fail 42:offline:EBUSY --sim-fail 42:offline:EBUSY
	err_has 'memory42'
	err_has 'all was put back as it was'
	unchanged
	act 1 unplug PNP0C80:00 --sim-hang 40 --timeout 0.1
	err_has 'deadline'
	unchanged

	# it is the host that plugs it
	act 1 plug PNP0C80:00 --type online_movable
	err_has 'PNP0C80:00: is plugged by the host'
	act 1 unplug PNP0C80:00 --to device_dax
	err_has 'no device that a driver could be given'
	unchanged

	# now and later, by name and by identity
	run 0 plan unplug PNP0C80:00 --save "$tmp/plan" --sim "$m"
	cp "$m" "$tmp/copy"
	act 0 apply "$tmp/plan"
	out_has 'PNP0C80:00: unplugged, no blocks left (512 MiB)'
	attribute "$slot/status" 0
	act 1 apply "$tmp/plan"
	err_has 'it is not what was planned for'
	cp "$tmp/copy" "$m"
	act 0 unplug dimm:_SB_.MHPC.MP00 --json
	json .outcome '"done"'
	json '[.blocks[].after] | unique' '["absent"]'
	json '.writes[-1].word' '"1"'

	# an empty slot
	remember
	act 0 unplug PNP0C80:00
	out_has 'already unplugged, nothing to do'
	act 0 unplug --kind dimm
	act 1 online PNP0C80:00 --type online
	err_has 'PNP0C80:00: is an empty slot'
	act 1 plug PNP0C80:00 --type online_movable
	run 0 list --sim "$m"
	out_has 'PNP0C80:00 dimm'
	unchanged
done

# with hotplug of memory switched off
cp "$machines/7.3-dimm-mixed-plugged.txt" "$m"
echo '/sys/firmware/acpi/hotplug/memory/enabled: 0' >>"$m"
act 1 unplug PNP0C80:00
err_has '/sys/firmware/acpi/hotplug/memory/enabled says 0'

# all but the addresses is for everybody to see
grep -v '^/proc/iomem' "$machines/7.3-dimm-online.txt" | grep -v '^	.* : ' >"$m"
run 0 list --json --capture "$m"
json '.regions[] | select(.kind == "dimm").blocks' '"40-41"'

finish

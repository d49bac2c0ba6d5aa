#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# CXL regions: seen, planned for by whatever name, and released.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

many=$machines/7.3-cxl-many.txt
decoder=/sys/devices/platform/ACPI0017:00/root0/decoder0.0
identity=cxl:0x3c4d00000003@0x0,0x3c4d00000004@0x0

# seen: the blocks are those of the dax device, the region has totals
run 0 --capture "$many" list
grep -Eq '^region0 +cxl +1 GiB +1 +cxl_region +offline +- +34-41$' "$tmp/out" ||
	fail "$last: no line of region0: $(cat "$tmp/out")"
grep -Eq '^region1 +cxl +1 GiB +- +- +absent +- +42-49$' "$tmp/out" ||
	fail "$last: no line of region1: $(cat "$tmp/out")"
run 0 --capture "$many" list --json
json '[.regions[] | select(.kind == "cxl") | .name]' '["region0","region1"]'
json '[.blocks[] | select(.region == "region0")] | length' 0
json '[.blocks[] | select(.region == "dax0.0")] | length' 8
run 0 --capture "$many" show region1
out_has "$decoder/region1"
run 0 --capture "$many" show "$identity"
out_has 'region1'

# planned
run 0 --capture "$many" plan unplug "$identity" --release
out_has 'release region1: its decoders are turned off, the pool slice is free'
out_has 'warning not-undoable: releasing region1 cannot be undone'
run 0 --capture "$many" plan unplug region1 --release --json
json '.rules' '["borrow","release"]'
json '.steps[0] | [.kind, .path, .word, .expected, .wanted, .undo]' \
	"[\"release\",\"$decoder/region1/commit\",\"0\",\"absent\",\"absent\",null]"

# refused: locked, no CXL region, no dax device to plug
run 1 --capture "$many" plan unplug region0 --release
err_has 'mhp: region0: is locked: its decoders stay on until a reboot'
run 1 --capture "$many" plan unplug region0 --release --json
json '.conflicts[0].code' '"locked"'
run 1 --capture "$many" plan unplug dax0.0 --release
err_has 'is no hardware of its own'
run 1 --capture "$many" plan unplug --node 1 --release
err_has 'cannot be released'
run 1 --capture "$many" plan plug region1 --type online_movable
err_has 'region1: has no dax device: the driver cxl_region does not have it'
err_has 'dax_cxl'
run 2 unplug region0 --release --to device_dax
err_has 'exclude each other'
run 2 offline region0 --release
err_has 'does not go with --release'

# a parent takes the verbs of what is made from it
cp "$cxl" "$m"
act 0 online region0 --type online_movable
out_has 'region0: 4 blocks online in Movable (512 MiB)'
zone 34 Movable
act 0 unplug region0
out_has 'region0: unplugged, no blocks left (512 MiB)'

# carried out
cp "$cxl" "$m"
act 0 online region0 --type online_movable
act 0 unplug region0 --release
out_has 'region0: unplugged and released: no blocks left (512 MiB), its decoders are off'
no_err
attribute "$decoder/region0/commit" 0
act 0 unplug region0 --release
out_has 'region0: already unplugged and released, nothing to do'
act 1 online region0 --type online_movable
err_has 'region0: has no dax device: its decoders are off'
act 1 unplug region0 --to device_dax
err_has 'region0: is no device that a driver could be given'

# a saved plan keeps it
cp "$cxl" "$m"
run 0 --sim "$m" plan unplug region0 --release --save "$tmp/plan"
act 0 apply "$tmp/plan"
out_has 'released'
attribute "$decoder/region0/commit" 0

# a block that is busy: nothing is released
cp "$cxl" "$m"
act 0 online region0 --type online_movable
act 1 unplug region0 --release --sim-fail 36:offline:EBUSY
err_has 'EBUSY'
attribute "$decoder/region0/commit" 1
zone 36 Movable

finish

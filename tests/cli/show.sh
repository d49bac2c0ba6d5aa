#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp show: where a region comes from, what can be done to it, the node it is on; and why
# something could not be read.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq
many=$machines/7.3-cxl-many.txt

# section FROM TO: the lines from one to another one, as on standard input
section()
{
	cat >"$tmp/expected"
	sed -n "/^$1/,/^$2/p" "$tmp/out" >"$tmp/found"
	cmp -s "$tmp/expected" "$tmp/found" && return
	fail "$last:"
	diff "$tmp/expected" "$tmp/found" >"$tmp/diff"
	show diff
}

# a parent: its devices, and the blocks that what is made of it owns
run 0 --capture "$many" show region0
no_err
section region 'made of' <<'EOF2'
region         region0
kind           cxl
identity       cxl:0x1a2b00000001@0x0,0x1a2b00000002@0x0
made of it     dax0.0 (dax)
EOF2
section devices facts <<'EOF2'
devices        mem0, serial 0x1a2b00000001, next to node 0
                 /sys/devices/pci0000:0c/0000:0c:00.0/0000:0d:00.0/mem0
               mem1, serial 0x1a2b00000002, next to node 0
                 /sys/devices/pci0000:0c/0000:0c:01.0/0000:0e:00.0/mem1
facts
EOF2
out_has '  interleave_ways        2'
section 'node 1' blocks <<'EOF2'
node 1
  kind         cpu-less
  distance     20 to node 0
  memory of    dax0.0; it goes with them
blocks         34-41
EOF2
out_has '               8 that exist, 8 owned by what is made of it'
out_has '  34-41             1 GiB  offline  node 1  may go to Normal Movable  of dax0.0'
run 0 --capture "$many" show region0 --json
json '.region | [.owned_blocks, .total_blocks, .parent, .identity]' \
	'[0,8,null,"cxl:0x1a2b00000001@0x0,0x1a2b00000002@0x0"]'
json '.region.devices[1] | del(.path)' '{"name":"mem1","serial":"0x1a2b00000002","node":0}'
json .region.facts.interleave_ways '"2"'
json '.node | [.id, .kind]' '[1,"cpu-less"]'

# a child has what its parent has, and is found by what never changes
run 0 --capture "$many" show 'cxl:0x1a2b00000001@0x0,0x1a2b00000002@0x0/0'
section region 'made from' <<'EOF2'
region         dax0.0
kind           dax
identity       cxl:0x1a2b00000001@0x0,0x1a2b00000002@0x0/0
made from      region0 (cxl)
EOF2
out_has 'devices        mem0, serial 0x1a2b00000001'
out_lacks 'owned by'
run 0 --capture "$many" show dax0.0 --json
json '.region | [.parent, [.devices[].name], .owned_blocks, .total_blocks]' \
	'["region0",["mem0","mem1"],8,8]'

# what it cannot, and why: for one reason in one line
run 0 --capture "$many" show region1
out_has 'can            unplug, release'
out_has 'cannot         online, online-whole, offline, plug: it has no dax device'
out_has '               plug-blocks: it is plugged and unplugged as a whole'
if grep -q '^node [0-9]' "$tmp/out"; then fail "$last: it is on no node yet"; fi
run 0 --capture "$many" show region1 --json
json '.region.cannot | [.online[0:17], .unplug]' '["has no dax device",null]'
json .node null

# a plain user's view
sed 's|/serial: .*|/serial: <EACCES>|' "$many" >"$tmp/secret.txt"
run 0 --capture "$tmp/secret.txt" show region0
out_has 'identity       unreadable: EACCES (Permission denied), needs root'
out_has 'devices        mem0, serial unreadable: EACCES (Permission denied), needs root, next to'
run 0 --capture "$tmp/secret.txt" show region0 --json
json '.region | [.identity, .devices[].serial]' '[null,null,null]'
json_holds '[.errors[] | select(.errno == 13 and (.path | endswith("/serial")))] | length > 0'

# what the firmware promises of the node's memory
cp "$machines/7.3-hmem-online.txt" "$tmp/rated.txt"
node=/sys/devices/system/node/node1
cat >>"$tmp/rated.txt" <<EOF2
$node/access1/initiators/node0 -> ../../node0
$node/access1/initiators/read_bandwidth: 30000
$node/access1/initiators/write_bandwidth: 25000
$node/access1/initiators/read_latency: 250
$node/access1/initiators/write_latency: 300
$node/memory_side_cache/index1/size: 1073741824
EOF2
run 0 --capture "$tmp/rated.txt" show dax0.0
no_err
section 'node 1' '  memory of' <<'EOF2'
node 1
  kind         cpu-less
  tier         22
  distance     20 to node 0
  bandwidth    read 30000 MB/s, write 25000 MB/s, from node 0
  latency      read 250 ns, write 300 ns, from node 0
  caches       level 1 of 1 GiB
  zones        Movable 512 MiB, 512 MiB free
  memory of    dax0.0; it goes with them
EOF2
sed "s|\($node/distance\): .*|\1: <EACCES>|" "$tmp/rated.txt" >"$tmp/far.txt"
run 0 --capture "$tmp/far.txt" show dax0.0
out_has '  distance     unreadable: EACCES (Permission denied), needs root'

run 0 --capture "$tmp/rated.txt" show dax0.0 --json
json '.node | [.id, .kind, .tier, .access.cpu.read_bandwidth_mb_per_s]' '[1,"cpu-less",22,30000]'

# what it can and cannot, for one reason in one line
run 0 --capture "$cxl" show dax0.0
out_has 'can            online, online-whole, offline, plug, unplug'
out_has 'cannot         plug-blocks: it is plugged and unplugged as a whole'
run 0 --capture "$cxl" show boot
out_has 'can            -'
out_has 'cannot         online, online-whole, offline, plug, plug-blocks, unplug, release: it is memory'
out_has '  0               128 MiB  online  node 0  spans zones, can never go offline'
run 0 --capture "$cxl" show boot --json
json '[.region.cannot[]] | unique | length' 1
json '.region | [.owned_blocks, .total_blocks, .parent, .devices]' '[8,8,null,[]]'

# a plain user's view
sed 's/^\(	 *\)[0-9a-f]*-[0-9a-f]* :/\100000000-00000000 :/' "$machines/7.3-boot-node-online.txt" \
	>"$tmp/plain.txt"
run 0 --capture "$tmp/plain.txt" show boot
out_has 'ranges         unreadable: EACCES (Permission denied), needs root'
out_has 'blocks         unreadable: EACCES (Permission denied), needs root'
run 0 --capture "$tmp/plain.txt" show boot --json
json '.region | [.ranges, .owned_blocks, .total_blocks]' '[null,null,null]'

finish

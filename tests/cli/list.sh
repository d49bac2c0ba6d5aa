#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp list and mhp show, on every recorded machine, as text and as JSON.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

# What holds of every machine: types, and what fits what.
cat >"$tmp/sound" <<'EOF2'
def ids: if . == "" then [] else
	[split(",")[] | split("-") | map(tonumber) | range(.[0]; .[-1] + 1)] end;
. as $top |
.schema == 1 and
(.block_size_bytes | . > 0) and
(.default_online_type | . == null or
	IN("offline", "online", "online_kernel", "online_movable")) and
(.errors | type == "array") and
([.blocks[] |
	(.id | type == "number") and
	(.state | . == null or IN("online", "offline", "going-offline")) and
	(.zones | . == null or (type == "array" and length > 0)) and
	(.region as $name | $name == null or any($top.regions[]; .name == $name))] | all) and
([.blocks[].id] | . == sort and . == unique) and
([.nodes[] |
	.id as $node |
	(.blocks | ids) == [$top.blocks[] | select(.node == $node).id] and
	.online_bytes == ([$top.blocks[] | select(.node == $node and .state == "online")] |
		length) * $top.block_size_bytes and
	(.kind | IN("cpu", "cpu-less")) and
	(.tier | . == null or type == "number") and
	([.distances[].node] == [$top.nodes[].id]) and
	([.zones[].present_bytes] | add // 0) == .kernel_bytes + .movable_bytes and
	# blocks may have holes; one that is going offline still is in its zone
	.kernel_bytes + .movable_bytes <= ([$top.blocks[] |
		select(.node == $node and .state != "offline")] | length) *
		$top.block_size_bytes and
	([.regions[] as $name | $top.regions[] | select(.name == $name)] | length) ==
		(.regions | length)] | all) and
([.nodes[].movable_bytes] | add) == .movable_bytes and
([.blocks[] | select(.region) |
	.node as $node | .region as $region |
	$node == null or ($top.nodes[] | select(.id == $node).regions | index($region) != null)
	] | all) and
([.regions[] |
	.name as $name |
	[$top.blocks[] | select(.region == $name)] as $mine |
	(.blocks // "" | ids) as $ids |
	(.state | . == null or IN("online", "offline", "mixed", "absent")) and
	(.ranges | . == null or (all(.[]; .start | startswith("0x")) and all(.[]; .size > 0))) and
	(.ranges == null or (([.ranges[].size] | add // 0) == .size_bytes and
		.size_bytes - .lost_bytes == (.blocks | ids | length) * $top.block_size_bytes and
		($mine | map(.id)) - (.blocks | ids) == [] and
		.online_bytes == ([$top.blocks[] | select(.state == "online") | .id as $id |
			select($ids | index($id))] | length) * $top.block_size_bytes and
		.owned_blocks == ($mine | length) and .total_blocks >= .owned_blocks)) and
	(.parent as $parent | $parent == null or any($top.regions[]; .name == $parent)) and
	(any($top.regions[]; .parent == $name) or .total_blocks == .owned_blocks) and
	(if .state == "online" or .state == "offline" then
		.state as $state | all($mine[]; .state == $state) else true end) and
	(if .state == "absent" then $mine == [] else true end) and
	(if .zone == null or .zone == "mixed" then true else
		.zone as $zone | all($mine[]; .state != "online" or .zones[0] == $zone) end)] | all)
EOF2

# Of each region on its own: the same as in the list, but for what is read for one region only.
# An argument: the list. Input: what "show" prints, of each region in turn.
cat >"$tmp/same" <<'EOF2'
$list[0] as $list |
[inputs] as $shown |
($shown | map(.region.name)) == ($list.regions | map(.name)),
($shown[] |
	.region.name as $name |
	.schema == 1 and
	(.region | del(.plugged_bytes)) ==
		($list.regions[] | select(.name == $name) | del(.plugged_bytes)) and
	.blocks == [$list.blocks[] | select(.region == $name)])
EOF2

for machine in "$machines"/*.txt; do
	run 0 --capture "$machine" list
	no_err
	out_has 'block size'
	cp "$tmp/out" "$tmp/text"
	run 0 --capture "$machine" list --json
	no_err
	cp "$tmp/out" "$tmp/list"
	# a verdict, and the names of the regions
	jq -r "($(cat "$tmp/sound") and .errors == []), .regions[].name" "$tmp/list" \
		>"$tmp/verdict" 2>&1
	read -r verdict <"$tmp/verdict"
	[ "$verdict" = true ] || {
		fail "$last: JSON is not sound: $(cat "$tmp/verdict")"
		continue
	}
	: >"$tmp/shown"
	for region in $(sed 1d "$tmp/verdict"); do
		grep -q "^$region " "$tmp/text" || fail "$last: $region is not in the table"
		run 0 --capture "$machine" show "$region"
		no_err
		out_has "$region"
		run 0 --capture "$machine" show "$region" --json
		no_err
		cat "$tmp/out" >>"$tmp/shown"
	done
	verdict=$(jq -n --slurpfile list "$tmp/list" "$(cat "$tmp/same")" "$tmp/shown" 2>&1 | sort -u)
	[ "$verdict" = true ] || fail "$machine: show tells other things than list: $verdict"
done

# One machine in full.
run 0 --capture "$cxl" list --json
json .block_size_bytes 134217728
json .default_online_type '"offline"'
json .online_policy '"contig-zones"'
json '.nodes[1]' '{"id":1,"has_cpu":false,"has_memory":false,"has_normal_memory":false,"blocks":"34-37","online_bytes":0,"kind":"cpu-less","has_generic_initiator":false,"tier":null,"distances":[{"node":0,"distance":20},{"node":1,"distance":10}],"access":{"any":null,"cpu":null},"caches":null,"kernel_bytes":0,"movable_bytes":0,"movable_percent":null,"zones":[],"regions":["dax0.0"],"is_from_regions":true}'
json '.nodes[0] | [.kind, .tier, .kernel_bytes, .movable_bytes, .movable_percent, .regions, .is_from_regions]' \
	'["cpu",4,1073209344,0,0,["boot"],false]'
json '.nodes[0].zones[0]' '{"zone":"DMA","present_bytes":16375808,"managed_bytes":15728640,"free_bytes":15597568}'
json '[.kernel_bytes, .movable_bytes, .movable_percent]' '[1073209344,0,0]'
json '[.regions[].name]' '["dax0.0","region0","boot"]'
json '.regions[0] | del(.path)' '{"name":"dax0.0","kind":"dax","ranges":[{"start":"0x110000000","size":536870912}],"blocks":"34-37","node":1,"driver":"kmem","ram_driver":"kmem","device_state":"offline","state":"offline","zone":null,"size_bytes":536870912,"online_bytes":0,"lost_bytes":0,"owned_blocks":4,"total_blocks":4,"identity":null,"parent":"region0","devices":[{"name":"mem0","path":"/sys/devices/pci0000:0c/0000:0c:00.0/0000:0d:00.0/mem0","serial":null,"node":null}],"facts":{"origin":"cxl","dax_region":"0","dax_region_size":"536870912","dax_region_available_size":"0","dax_region_align":"2097152","dax_region_seed":null,"dax_region_static":"no"},"cannot":{"online":null,"online-whole":null,"offline":null,"plug":null,"plug-blocks":"is plugged and unplugged as a whole","unplug":null,"release":"is no hardware of its own"}}'
json '.regions[0].path' '"/sys/devices/platform/ACPI0017:00/root0/decoder0.0/region0/dax_region0/dax0.0"'
json '.blocks | length' 12
json '.blocks[0]' '{"id":0,"state":"online","zones":["none"],"node":0,"region":"boot"}'
json '.blocks[11]' '{"id":37,"state":"offline","zones":["Normal","Movable"],"node":1,"region":"dax0.0"}'

run 0 --capture "$cxl" list
grep -Eq '^dax0\.0 +dax +512 MiB +1 +kmem +offline +- +34-37$' "$tmp/out" ||
	fail "$last: no line of dax0.0: $(cat "$tmp/out")"
out_lacks DEVICE		# it agrees with the blocks
out_lacks LOST			# nothing is
grep -Eq '^region0 +cxl +512 MiB +1 +cxl_region +offline +- +34-37$' "$tmp/out" ||
	fail "$last: no line of region0: $(cat "$tmp/out")"
grep -Eq '^boot +boot +1 GiB +0 +- +online +mixed +0-7$' "$tmp/out" ||
	fail "$last: no line of boot memory: $(cat "$tmp/out")"

run 0 --capture "$cxl" show dax0.0
out_has '0x110000000-0x12fffffff  512 MiB'
out_has 'may go to Normal Movable'
out_has 'can            online, online-whole, offline, plug, unplug'
out_has 'cannot         plug-blocks: it is plugged and unplugged as a whole'
run 0 --capture "$cxl" show boot
out_has 'can            -'
out_has 'offline, plug, plug-blocks, unplug, release: it is memory that the machine was booted with'

# Nodes: what all have in common has no column.
run 0 --capture "$cxl" list
grep -Eq '^NODE KIND +TIER ONLINE OFFLINE MOVABLE:KERNEL DISTANCE REGIONS$' "$tmp/out" ||
	fail "$last: $(cat "$tmp/out")"
grep -Eq '^ +0 cpu +4 +1 GiB +- +0:1 +10 boot$' "$tmp/out" || fail "$last: $(cat "$tmp/out")"
grep -Eq '^ +1 cpu-less +- +- +512 MiB +- +20 dax0\.0$' "$tmp/out" ||
	fail "$last: $(cat "$tmp/out")"
out_has 'movable:kernel       0:1 (0 B : 1023.49 MiB)'
run 0 --capture "$machines/6.12-hmem-multi-online.txt" list
grep -Eq '^ +3 cpu-less +4 +512 MiB +3\.0:1 +20 dax2\.0,dax3\.0,boot$' "$tmp/out" ||
	fail "$last: $(cat "$tmp/out")"
grep -Eq '^ +1 cpu-less +22 +256 MiB +1:0 +20 dax0\.0$' "$tmp/out" ||
	fail "$last: $(cat "$tmp/out")"
run 0 --capture "$machines/7.3-plain-start.txt" list
grep -Eq '^NODE KIND TIER ONLINE MOVABLE:KERNEL REGIONS$' "$tmp/out" ||
	fail "$last: $(cat "$tmp/out")"

# With what HMAT tells; access0 also knows of nodes that are no processors.
node1=/sys/devices/system/node/node1
{
	cat "$cxl"
	printf '%s\n' "$node1/access0/initiators/node0 -> ../../../node0" \
		"$node1/access0/initiators/read_bandwidth: 12800" \
		"$node1/access0/initiators/read_latency: 250" \
		"$node1/access0/initiators/write_bandwidth: 0" \
		"$node1/access0/initiators/write_latency: 300" \
		"$node1/access1/initiators/node0 -> ../../../node0" \
		"$node1/access1/initiators/read_latency: 350" \
		"$node1/memory_side_cache/index1/size: 1048576"
} >"$tmp/hmat"
for way in --capture --sim; do
	run 0 "$way" "$tmp/hmat" list
	no_err
	grep -Eq ' DISTANCE BANDWIDTH LATENCY REGIONS$' "$tmp/out" || fail "$last: $(cat "$tmp/out")"
	grep -Eq '^ +1 cpu-less .* 20 12\.8 GB/s +350 ns dax0\.0$' "$tmp/out" ||
		fail "$last: $(cat "$tmp/out")"
	run 0 "$way" "$tmp/hmat" list --json
	no_err
	json '.nodes[1].access' '{"any":{"initiators":[0],"read_bandwidth_mb_per_s":12800,"write_bandwidth_mb_per_s":null,"read_latency_ns":250,"write_latency_ns":300},"cpu":{"initiators":[0],"read_bandwidth_mb_per_s":null,"write_bandwidth_mb_per_s":null,"read_latency_ns":350,"write_latency_ns":null}}'
	json '.nodes[1].caches' '[{"level":1,"size_bytes":1048576}]'
done
# a capture of it has it, too
run 0 --sim "$tmp/hmat" capture
cp "$tmp/out" "$tmp/again"
run 0 --capture "$tmp/again" list --json
json '.nodes[1].access.any.read_latency_ns' 250
json '.nodes[1].access.any.initiators' '[0]'

# What makes no sense is told, and costs nothing else.
sed "s|^$node1/distance: .*|$node1/distance: 20|" "$cxl" >"$tmp/odd"
run 0 --capture "$tmp/odd" list
err_has "$node1/distance"
grep -Eq '^ +1 cpu-less +- +- +512 MiB +- +\? dax0\.0$' "$tmp/out" || fail "$last: $(cat "$tmp/out")"
run 0 --capture "$tmp/odd" list --json
json '.nodes[1].distances' null
json '.errors' "[{\"path\":\"$node1/distance\",\"errno\":74,\"name\":\"EBADMSG\",\"text\":\"20\"}]"

# What is no machine.
run 1 --capture "$cxl" show dax0.1
no_out
err_has 'mhp: dax0.1: no such region; there are dax0.0, region0'
run 1 --capture "$cxl" show dax0.1 --json
no_out
run 1 --capture "$tmp/nowhere" list
no_out
err_has "$tmp/nowhere"
err_has 'ENOENT'
run 1 --capture "$tmp" list
err_has "$tmp"
printf 'this is no capture\n' >"$tmp/bad"
run 1 --capture "$tmp/bad" list --json
no_out
err_has "$tmp/bad"
: >"$tmp/empty"
run 1 --capture "$tmp/empty" list
err_has 'mhp: '
printf '# kernel: 7.3\n/proc/iomem: \n' >"$tmp/bare"
run 1 --capture "$tmp/bare" list
err_has 'no memory hotplug here'

# ---- states that are not read ----

# a block that goes offline has all its pages until it is: only its own file tells
tree=$tmp/many
"${top_builddir:?is to be the folder where make-tree was built}"/tests/support/make-tree "$tree" 128 >/dev/null ||
	fail "make-tree: exit code $?"
rm "$tree/sys/devices/system/memory/memory9/state"
echo going-offline >"$tree/sys/devices/system/memory/memory9/state"
run 0 --root "$tree" --json list
json '.blocks[] | select(.id == 9).state' '"online"'
run 0 --root "$tree" --json --exact list
json '.blocks[] | select(.id == 9).state' '"going-offline"'

finish

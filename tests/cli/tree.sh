#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp list --tree: what is made from what; every region and every block is in it once.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq
export LC_ALL=C

# expect: what was printed is as on standard input
expect()
{
	cat >"$tmp/expected"
	cmp -s "$tmp/expected" "$tmp/out" && return
	fail "$last:"
	diff "$tmp/expected" "$tmp/out" >"$tmp/diff"
	show diff
}

# Of each machine: regions and blocks are those of the list, none twice.
cat >"$tmp/sound" <<'EOF2'
def ids: if . == "" then [] else
	[split(",")[] | split("-") | map(tonumber) | range(.[0]; .[-1] + 1)] end;
. as $top |
[.tree[] | recurse(.children[]?)] as $all |
([$all[] | select(.type == "region").name] | sort) == ([.regions[].name] | sort) and
([$all[] | select(.type == "blocks" and .state != "absent").blocks | ids[]] | sort) ==
	[.blocks[].id] and
([$all[] | select(.type == "blocks").blocks | ids[]] | length == (unique | length)) and
([$all[] | select(.type == "region") | .name as $name |
	[.children[] | select(.type == "blocks" and .state != "absent").blocks | ids[]] ==
		[$top.blocks[] | select(.region == $name).id]] | all) and
([$all[] | select(.type == "blocks") | .state as $state | .zone as $zone | .node as $node |
	.blocks | ids[] | . as $id | $top.blocks[] | select(.id == $id) |
	.state == $state and .node == $node and
	($state != "online" or .zones == null or .zones[0] == $zone)] | all) and
([.regions[] | select(.parent) | .name as $name | .parent as $parent |
	any($all[]; .type == "region" and .name == $parent and
		any(.children[] | recurse(.children[]?); .name == $name))] | all)
EOF2

for machine in "$machines"/*.txt; do
	run 0 --capture "$machine" list --tree --json
	no_err
	jq -e -f "$tmp/sound" "$tmp/out" >"$tmp/verdict" 2>&1 ||
		fail "$last: it is not sound: $(cat "$tmp/verdict")"
done

# interleaved devices in one line; a region without a dax device
run 0 --capture "$machines/7.3-cxl-many.txt" list --tree
no_err
sed 's/ *cxl:0x.*//; s/ *IDENTITY//' "$tmp/out" >"$tmp/cut"
mv "$tmp/cut" "$tmp/out"
expect <<'EOF2'
NAME                KIND          SIZE NODE DRIVER     STATE   ZONE
mem0 + mem1         device                0                          serial 0x1a2b00000001 + 0x1a2b00000002
`-region0           cxl          1 GiB    1 cxl_region offline -
  `-dax_region0     dax-region
    `-dax0.0        dax          1 GiB    1 kmem       offline -
      `-memory34-41 blocks       1 GiB    1            offline -
mem2 + mem3         device                0                          serial 0x3c4d00000003 + 0x3c4d00000004
`-region1           cxl          1 GiB    - -          absent  -
  `-memory42-49     blocks       1 GiB    -            absent  -
boot                boot         1 GiB    0 -          online  mixed
|-memory0           block      128 MiB    0            online  none
`-memory1-7         blocks     896 MiB    0            online  DMA32
EOF2
run 0 --capture "$machines/7.3-cxl-many.txt" list --tree --json
json '.tree[0] | [.type, [.devices[].serial], .children[0].name, .children[0].children[0].type]' \
	'["devices",["0x1a2b00000001","0x1a2b00000002"],"region0","dax-region"]'
run 0 --capture "$machines/7.3-cxl-regions-region.txt" list --tree --json
json '[.tree[] | select(.type == "devices") | [.name, .children[].name]]' \
	'[["mem0","region0"],["mem1","region1"]]'

run 0 --capture "$machines/7.3-hmem-split-bound.txt" list --tree
no_err
expect <<'EOF2'
NAME            KIND      SIZE NODE DRIVER STATE   ZONE  IDENTITY
hmem.0          device            0
|-dax0.0        dax    512 MiB    1 kmem   offline -     hmem:0x100000000
| `-memory32-35 blocks 512 MiB    1        offline -
`-dax0.1        dax    512 MiB    1 kmem   offline -     hmem:0x120000000
  `-memory36-39 blocks 512 MiB    1        offline -
boot            boot     1 GiB    0 -      online  mixed
|-memory0       block  128 MiB    0        online  none
`-memory1-7     blocks 896 MiB    0        online  DMA32
EOF2

# what is absent is told, between what is not
cp "$machines/7.3-hmem-ranges-bound.txt" "$m"
act 0 unplug dax0.1
act 0 online --blocks 36 --type online_movable
LC_ALL=C.UTF-8 act 0 list --tree
sed -n 2,7p "$tmp/out" >"$tmp/cut"
mv "$tmp/cut" "$tmp/out"
expect <<'EOF2'
hmem.0          device            0
├─dax0.0        dax    512 MiB    1 kmem   mixed   Movable hmem:0x100000000
│ ├─memory32-33 blocks 256 MiB    1        offline -
│ ├─memory36    block  128 MiB    1        online  Movable
│ └─memory37    block  128 MiB    1        offline -
└─dax0.1        dax    256 MiB    1 kmem   absent  -       hmem:0x110000000
EOF2
act 0 list --tree --json
json '[.tree[0].children[1].children[] | [.type, .blocks, .state, .zone, .node]]' \
	'[["blocks","34-35","absent",null,1]]'

# who owns it only root is told
sed 's/^\(	 *\)[0-9a-f]*-[0-9a-f]* :/\100000000-00000000 :/' "$machines/7.3-hmem-online.txt" \
	>"$tmp/plain.txt"
run 0 --capture "$tmp/plain.txt" list --tree
err_has '/proc/iomem: not permitted'
grep -Eq '^boot +boot +needs root ' "$tmp/out" || fail "$last: no line of boot memory"
grep -qx 'owner not known' "$tmp/out" || fail "$last: blocks have an owner"
out_has '|-memory0 '
run 0 --capture "$tmp/plain.txt" list --tree --json
json '[.tree[] | [.type, .name]]' '[["devices","hmem.0"],["region","boot"],["owner-not-known","owner not known"]]'

run 2 show dax0.0 --tree
run 2 map --tree

finish

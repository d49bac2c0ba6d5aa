# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086 # lists of words
# what: each machine has the shape that its file promises (needs no mhp)
# machine: one two-nodes unaligned ranges boot-node rezone tiny four eight rated
# needs: nothing

shape() {
	for d in $(devices); do
		echo "$d node$(target_node "$d") $(as_list $(blocks_of "$d")) lost $(($(lost_bytes "$d") >> 20))M"
	done
}

is "blocks of 128 MiB" "$(block_size)" 134217728
before=$(all_blocks)
bind offline
note "$(shape)"
case $MACHINE in
one | rated)
	want="dax0.0 node1 32-39 lost 0M"
	;;
two-nodes)
	want="dax0.0 node1 32-39 lost 0M
dax1.0 node2 41-48 lost 0M"
	;;
unaligned)
	want="dax0.0 node1 33-38 lost 128M"
	;;
ranges)
	want="dax0.0 node1 32-34,37-39 lost 0M
dax0.1 node1 35-36 lost 0M"
	;;
boot-node)
	want="dax0.0 node0 40-47 lost 0M"
	;;
rezone)
	want="dax0.0 node0 40-47 lost 0M
dax1.0 node1 49-56 lost 0M"
	;;
four)
	want="dax0.0 node1 32-34 lost 0M
dax1.0 node1 36-38 lost 0M
dax2.0 node1 40-42 lost 0M
dax3.0 node1 44-46 lost 0M"
	;;
eight)
	want=$(for i in 0 1 2 3 4 5 6 7; do echo "dax$i.0 node1 $((32 + 3 * i))-$((33 + 3 * i)) lost 0M"; done)
	;;
tiny)
	want="dax0.0 node1  lost 64M
dax1.0 node1 36-39 lost 0M"
	;;
esac
is "devices, nodes, blocks and lost bytes" "$(shape)" "$want"

added=
for d in $(devices); do
	if [ -z "$(blocks_of "$d")" ]; then
		isnt "kmem refuses $d, which has no whole block" "$(driver "$d")" kmem
		continue
	fi
	is "$d is bound to kmem" "$(driver "$d")" kmem
	uniform "its blocks are there, offline" offline - $(blocks_of "$d")
	for n in $(blocks_of "$d"); do
		[ "$(node_of "$n")" = "$(target_node "$d")" ] || not_ok "block $n is on node $(node_of "$n")"
		added="$added $n"
	done
done
is "no other block came" "$(as_list $(others $added))" "$(as_list $before)"

case $MACHINE in
unaligned)
	is "the blocks at the edges are boot memory" "$(picture 32 39)" "32:online:Normal 39:online:Normal"
	;;
boot-node | rezone)
	is "node 0 has boot memory in zone Normal" "$(zone 38) $(node_of 38)" "Normal 0"
	;;
esac

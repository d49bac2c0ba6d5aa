# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: what firmware rates a node's memory at (HMAT), its tier, distance and zones
# machine: rated

bind offline
NODES=/sys/devices/system/node
TIERS=/sys/devices/virtual/memory_tiering

# the node of the dax device, in the list
node_says() { # node_says WHAT EXPRESSION WANTED
	json "$1" ".nodes[] | select(.id == 1) | $2" "$3"
}

exits "list" 0 mhp list --json
node_says "offline memory is in no tier" '.tier' null
node_says "nor in a zone" '.movable_bytes + .kernel_bytes' 0
node_says "the node is its region's" '[.kind, .is_from_regions, .regions[]] | join(" ")' \
	'cpu-less true dax0.0'

exits "online" 0 mhp online dax0.0 --type online_movable
exits "list again" 0 mhp list --json
for access in any:0 cpu:1; do
	dir=$NODES/node1/access${access#*:}/initiators
	for word in read write; do
		node_says "$word bandwidth, ${access%:*}" \
			".access.${access%:*}.${word}_bandwidth_mb_per_s" "$(cat $dir/${word}_bandwidth)"
		node_says "$word latency, ${access%:*}" \
			".access.${access%:*}.${word}_latency_ns" "$(cat $dir/${word}_latency)"
	done
	node_says "of node 0, ${access%:*}" ".access.${access%:*}.initiators[]" 0
done
node_says "the bandwidth is the one that was given" .access.any.read_bandwidth_mb_per_s 5120
node_says "the latency likewise" .access.any.read_latency_ns 300
node_says "a cache before it" '.caches[] | "\(.level) \(.size_bytes)"' \
	"1 $(cat $NODES/node1/memory_side_cache/index1/size)"
tier=$(grep -lx 1 $TIERS/memory_tier*/nodelist)
tier=${tier%/nodelist}
node_says "tier" .tier "${tier##*memory_tier}"
node_says "distances" '[.distances[].distance] | join(" ")' "$(cat $NODES/node1/distance)"
node_says "zones" '[.zones[] | select(.present_bytes > 0) | .zone] | join(" ")' Movable
node_says "all of it" .movable_bytes $(($(blocks_of dax0.0 | wc -w) * $(block_size)))
node_says "for which there is no ratio" .movable_percent null
as_nobody mhp list --json
is "a plain user: exit status" "$rc" 0
node_says "is the same" '"\(.tier) \(.access.any.read_latency_ns)"' "${tier##*memory_tier} 300"

exits "unplug" 0 mhp unplug dax0.0
exits "list once more" 0 mhp list --json
node_says "the node is gone" .id ''
check "it is" [ ! -e $NODES/node1 ]

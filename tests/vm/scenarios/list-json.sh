# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: list --json says what sysfs says, state by state
# machine: two-nodes unaligned ranges tiny

# The same facts as JSON, from sysfs: one object per line.
facts() {
	for d in $(devices); do
		count=0 on=0 off=0 away=0 ranges=''
		for r in $(ranges_of $d | tr ' ' ':'); do
			ranges="$ranges${ranges:+,}{\"start\":\"$(printf '0x%x' ${r%:*})\",\"size\":$((${r#*:} - ${r%:*}))}"
		done
		for n in $(blocks_of $d); do
			count=$((count + 1))
			case $(state $n) in
			online) on=$((on + 1)) ;;
			offline) off=$((off + 1)) ;;
			absent) away=$((away + 1)) ;;
			esac
		done
		case $count in
		"$on") s=online ;;
		"$off") s=offline ;;
		"$away") s=absent ;;
		*) s=mixed ;;
		esac
		[ $count -gt 0 ] || s=absent
		printf '{"name":"%s","kind":"dax","ranges":[%s],"blocks":"%s","node":%d,"driver":%s,"device_state":%s,"state":"%s","online_bytes":%d,"lost_bytes":%d}\n' \
			$d "$ranges" "$(as_list $(blocks_of $d))" $(target_node $d) "$(text $(driver $d))" \
			"$(text $(word $d))" $s $((on * $(block_size))) $(lost_bytes $d)
	done
}

text() {
	[ "$1" = - ] && echo null || echo "\"$1\""
}

# What is no device's is boot memory. Zones of what is online: a block that spans zones has none to tell.
block_facts() {
	for d in $(devices); do
		for n in $(blocks_of $d); do
			echo "$n $d"
		done
	done >/tmp/owners
	for n in $(all_blocks); do
		z=null
		[ "$(zone $n)" = - ] || [ "$(zone $n)" = none ] || z="[\"$(zone $n)\"]"
		owner=$(sed -n "s/^$n //p" /tmp/owners)
		printf '{"id":%d,"state":"%s","zones":%s,"node":%d,"region":%s}\n' $n $(state $n) "$z" \
			$(node_of $n) "$(text ${owner:-boot})"
	done
}

compare() { # compare WHAT
	exits "$1: list" 0 mhp list --json
	facts | jq -S -c . >/tmp/want
	jq -S -c '.regions | map(select(.kind == "dax")) | sort_by(.name)[] | {name, kind, ranges, blocks, node, driver, device_state, state, online_bytes, lost_bytes}' \
		/tmp/out >/tmp/got
	is "$1: regions" "$(cat /tmp/got)" "$(cat /tmp/want)"
	block_facts | jq -S -c . >/tmp/want
	jq -S -c '.blocks | sort_by(.id)[] | {id, state, node, region, zones: (if .state == "online" and .zones != ["none"] and .zones != [] then .zones else null end)}' \
		/tmp/out >/tmp/got
	is "$1: blocks" "$(cat /tmp/got)" "$(cat /tmp/want)"
	json "$1: block size" .block_size_bytes $(block_size)
	json "$1: default" .default_online_type $(cat $M/auto_online_blocks)
	json "$1: online policy" .online_policy $(cat /sys/module/memory_hotplug/parameters/online_policy)
	json "$1: nodes" '[.nodes[].id | tostring] | join(" ")' \
		"$(for n in /sys/devices/system/node/node[0-9]*; do echo ${n##*node}; done | sort -n | tr '\n' ' ' | sed 's/ $//')"
	json "$1: nothing was unreadable" '.errors | length' 0
	json "$1: schema" .schema 1
}

load_dax
compare "no driver of ours"
bind offline
compare "bound, offline"
last=$(devices | tail -n 1)
B=$(blocks_of $last)
set_state $(nth 1 $B) online_movable
compare "one block online"
json "mixed" ".regions[] | select(.name == \"$last\") | .state" mixed
exits "online" 0 mhp online $last --type online_movable
compare "one region online"
json "its zone" ".regions[] | select(.name == \"$last\") | .zone" Movable
policy online_kernel
exits "unplug" 0 mhp unplug $last
compare "unplugged"

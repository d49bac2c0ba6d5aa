# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: mhp drift: what is not as the standing policy wants it, who is likely to have done it, and how to repair it; mhp apply does
# machine: boot-node

# drifts WHAT KIND CAUSE: as JSON, of dax0.0. The word of 7.3 may be another drift.
drifts() {
	no_writes "$1: drift" 1 mhp drift --json
	json "$1: kind" '[.items[] | select(.region == "dax0.0") | .drifts[].kind] - ["word"] | join(" ")' "$2"
	like "$1: cause" "$(jq -r '.items[] | select(.region == "dax0.0") | .cause | tostring' /tmp/out)" "$3"
}

standing 'type = online_movable'
load_dax
policy offline
by_hand dax0.0
B=$(blocks_of dax0.0)
drifts "not plugged" not-plugged .

start_udevd "$(online_rule)"
bind_kmem dax0.0 || bail "cannot bind dax0.0"
wait_for all_are online Normal $B
udev_settled
drifts "a rule was faster" zone '40-scenario.rules:1'
run mhp drift
like "the way out" "$out" 'rezone'
stop_udevd
rm /etc/udev/rules.d/40-scenario.rules

by_hand dax0.0
policy online
bind_kmem dax0.0 || bail "cannot bind dax0.0"
drifts "the system's policy" zone 'auto_online_blocks'

by_hand dax0.0
policy offline
bind_kmem dax0.0 || bail "cannot bind dax0.0"
drifts "offline" state .
no_writes "apply, dry run" 0 mhp apply --dry-run
uniform "nothing was done" offline - $B
exits "apply" 0 mhp apply
uniform "as wanted" online Movable $B
no_writes "apply again" 0 mhp apply
no_writes "no drift" 0 mhp drift
nothing_pending "in the end"

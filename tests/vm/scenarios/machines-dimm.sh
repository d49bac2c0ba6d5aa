# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what helpers leave
# what: DIMMs are plugged, and leave when host or guest want it, or do not (needs no mhp)
# machine: dimm
# needs: nothing

policy offline
is "no DIMM yet" "$(dimms)" ""
watch_others
plug_dimm d0 256M 1
D0=$dimm B=$(blocks_of_dimm $dimm)
is "256 MiB are two blocks" "$(echo $B | wc -w)" 2
for n in $B; do
	is "block $n names its DIMM" "$(basename $(readlink $M/memory$n/firmware_node))" $dimm
	is "and is on its node" "$(node_of $n)" 1
done
uniform "offline" offline - $B
for n in $B; do
	set_state $n online_movable || bail "block $n does not go online"
done
plug_dimm d1 128M 0
isnt "the second one has another slot" $dimm $D0
is "its block" "$(blocks_of_dimm $dimm | wc -w)" 1

host unplug-dimm d0 || bail "$answer"
check "the guest gives what it can" wait_for dimm_is d0 gone
is "its blocks are gone" "$(blocks_of_dimm $D0)" ""
is "its slot is empty" "$(cat $ACPI/$D0/status)" 0
set_state $(blocks_of_dimm $dimm) online_movable
echo 1 >$ACPI/$dimm/eject
check "the guest ejects the other" wait_for dimm_is d1 gone

plug_dimm d0 256M 1
B=$(blocks_of_dimm $dimm)
for n in $B; do
	set_state $n online_kernel || bail "block $n does not go online"
done
pin 1
isnt "some block is pinned" "$(pinned $B)" ""
host unplug-dimm d0 || bail "$answer"
check "what it cannot give is refused" wait_for dimm_is d0 "refused 130"
uniform "and stays" online Normal $B
others_same "boot memory is as it was"

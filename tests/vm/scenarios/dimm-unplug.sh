# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what helpers leave
# what: mhp unplug ejects a DIMM, or puts every block back into the zone it was in
# machine: dimm
# timeout: 400

policy offline
watch_others
OVERTAKE="sh /tmp/overtake >/tmp/overtake.log 2>&1"

# plug NAME SIZE NODE: all Movable; leaves its slot in $D and its blocks in $B
plug() {
	plug_dimm "$@"
	D=$dimm B=$(blocks_of_dimm $dimm)
	for n in $B; do
		set_state $n online_movable || bail "block $n does not go online"
	done
}

# --- it goes: offline by hand, ejected, gone for the host too
plug d0 512M 1
is "512 MiB are four blocks" "$(echo $B | wc -w)" 4
set_state $(nth 4 $B) offline
exits "plan" 0 mhp plan unplug $D
like "the plan ejects at the end" "$out" 'write "1" to .*/eject'
exits "unplug" 0 mhp unplug $D
check "the host has it back" wait_for dimm_is d0 gone
is "its blocks are gone" "$(blocks_of_dimm $D)" ""
is "its slot is empty" "$(cat $ACPI/$D/status)" 0
exits "again: nothing to do" 0 mhp unplug $D
like "and says so" "$out" 'already'
others_same "boot memory is as it was"

# --- by the name that lasts
plug d1 256M 1
exits "unplug by identity" 0 mhp unplug "dimm:$(sed 's/^\\//' $ACPI/$D/path)"
check "the host has it back, too" wait_for dimm_is d1 gone

# --- a page that something holds, in Movable: all come back, into Movable
plug d2 512M 1
pin_page $(nth 2 $B)
run mhp unplug $D --timeout 3
is "held: status" $rc 1
one_line "held"
names "held: the block" $(nth 2 $B)
uniform "held: all are back in Movable" online Movable $B
is "held: nothing was ejected" "$(cat $ACPI/$D/status)" 15
kill -9 $pinner
wait $pinner

# --- somebody brings a block back after the last look, and holds a page of it: the kernel tries
# for as long as that, and may have it still
cat >/tmp/overtake <<END
quiet=yes
. /vm/lib.sh
set_state $(nth 2 $B) online_movable
pin_page $(nth 2 $B)
END
export INSTEAD="$OVERTAKE"
exits "overtaken" 3 kill-at /tmp/calls $D/eject mhp unplug $D --timeout 3 --json
unset INSTEAD
json "overtaken: outcome" .outcome unknown
json "overtaken: reason" .reason queued
names "overtaken: the block that the kernel is at" "memory$(nth 2 $B) is going-offline"
is "overtaken: the DIMM is there" "$(cat $ACPI/$D/status)" 15
kill -9 $(pidof pin-page)
check "then the eject is carried out" wait_for dimm_is d2 gone
is "overtaken: all blocks are gone" "$(blocks_of_dimm $D)" ""

# --- the same into a kernel zone, where the kernel puts memory of its own: it gives up, and does
# not tell. If it was seen to try, that is known.
plug d3 512M 1
cat >/tmp/overtake <<END
quiet=yes
. /vm/lib.sh
set_state $(nth 2 $B) online_kernel
pin 1
END
export INSTEAD="$OVERTAKE"
exits "given up" 3 kill-at /tmp/calls $D/eject mhp unplug $D --json
unset INSTEAD
like "given up: what is known" "$(jq -r '.outcome + " " + .reason' /tmp/out)" \
	'^(unknown queued|partial given-up)$'
names "given up: the block" "memory$(nth 2 $B) is online in Normal"
check "given up: the host was refused" wait_for dimm_is d3 "refused 130"
uniform "given up: the others are back in Movable" online Movable $(nth 1 $B) $(nth 3 $B) $(nth 4 $B)

# --- memory of the kernel's, and others in Movable: each comes back into its zone
before=$(picture $B)
run mhp unplug $D
is "kernel memory: status" $rc 1
one_line "kernel memory"
is "kernel memory: each block is in its zone" "$(picture $B)" "$before"
is "kernel memory: the DIMM is there" "$(cat $ACPI/$D/status)" 15

# --- what the kernel itself makes of such a DIMM: why mhp does it by hand
host unplug-dimm d3 || bail "$answer"
check "the kernel tries and refuses" wait_for dimm_is d3 "refused 130"
note "after the kernel's own try: $(picture $B)"
others_same "boot memory is as it was"

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: somebody onlines memory between the last look and the unbind: no kernel prevents it, mhp says what is stuck
# machine: one

bind online_movable
policy offline
B=$(blocks_of dax0.0)
watch_others $B
before=$(settings)
low=$(nth 1 $B)

# overtaken SCRIPT COMMAND ...: the script runs right before the command unbinds
overtaken() {
	printf 'quiet=yes\n. /vm/lib.sh\n%s\n' "$1" >/tmp/overtake
	shift
	INSTEAD="sh /tmp/overtake >/tmp/overtake.log 2>&1"
	export INSTEAD
	run kill-at /tmp/calls kmem/unbind "$@"
	unset INSTEAD
	is "it was overtaken" "$(grep -c 'write .*kmem/unbind$' /tmp/calls) $(cat /tmp/overtake.log)" "1 "
}

run mhp plan unplug dax0.0 --to device_dax
like "the plan says that there is no way back from the unbind" "$out" 'unbind.*cannot be undone'

if has_word dax0.0; then
	# It plugs the memory again, and is at the next thing, for longer than our deadline: the
	# unbind waits for it, as nothing can recall it.
	overtaken "echo online_movable >$DAX/dax0.0/state
		pin_page $low
		(echo unplugged >$DAX/dax0.0/state) 2>/dev/null &
		writer=\$!
		wait_for state_is $low going-offline
		(sleep 5; kill -9 \$writer \$pinner) >/dev/null 2>&1 &" \
		mhp unplug dax0.0 --to device_dax --timeout 2 --json
else
	overtaken "set_state $low online_movable" mhp unplug dax0.0 --to device_dax --json
fi
is "status" $rc 3
json "outcome" .outcome partial
json "reason" .reason stranded
json "every block that is stuck is named" '[.blocks[] | select(.reason == "stranded") | .id] | map(tostring) | join(" ")' "${B% }"
like "and people are told so" "$err" 'stayed behind|strand|reboot'
is "device_dax does not have it" "$(driver dax0.0)" -
is "the settings are as before" "$(settings)" "$before"
nothing_pending "afterwards"
isnt "it is stuck" "$(state $low)" absent

# What the kernel says to device_dax from now on: the addresses are taken, then a leftover of that.
# From 6.3 on device_dax does not know the device until it is told, and tries it then without a word.
by_device_dax() { sh -c "echo dax0.0 >$DRIVERS/device_dax/$1" 2>&1 | grep -o '[^ :][^:]*$'; }
first=$(by_device_dax bind)
if [ "$first" = "No such device" ]; then
	by_device_dax new_id
else
	is "bind by hand" "$first" "Device or resource busy"
fi
is "bind by hand again" "$(by_device_dax bind)" "Invalid argument"
exits "unplug to device_dax" 1 mhp unplug dax0.0 --to device_dax
like "it says why" "$err" 'stayed behind|strand|reboot'
exits "plug" 1 mhp plug dax0.0 --type online_movable
is "no driver still" "$(driver dax0.0)" -
exits "its blocks can be used" 0 mhp online dax0.0 --type online_movable
uniform "online" online Movable $B
others_same "boot memory is as it was"

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086 # lists of words
# what: operations by chance, on this kernel and on the simulated machine side by side
# machine: differ
# guests: 3
# full-guests: 50
# timeout: 300
# full-timeout: 600

KERNEL=$(uname -r | sed 's/^\([0-9]*\.[0-9]*\)\..*/\1/')
total=$(rounds 50 1000)
first=$((total * (${GUEST:-1} - 1) / ${GUESTS:-1}))
count=$((total * ${GUEST:-1} / ${GUESTS:-1} - first))

bare
# Whoever dies of this kernel's faults is to be told at once.
echo 1 >/proc/sys/kernel/panic_on_oops
differ capture --here --kernel "$KERNEL" >/tmp/machine.txt || bail "no capture of this guest"
exits "the scripts hold on a simulated machine made from this guest" 0 \
	differ check --machine /tmp/machine.txt --kernel "$KERNEL" --hits /tmp/hits /vm/differ/scripts/*.script
RUN_LIMIT=500 exits "sequences $first to $((first + count - 1)) of seed $SEED" 0 \
	differ random --here --kernel "$KERNEL" --seed "$SEED" --first $first --count $count --hits /tmp/hits
[ "$rc" -eq 0 ] || sed -n '/^%%history/,/^%%end/p' /tmp/out | sed 's/^/# /'
did $count
exits "nearly all rules of the model were met" 0 differ coverage --kernel "$KERNEL" /tmp/hits
sed 's/^/# /' /tmp/out

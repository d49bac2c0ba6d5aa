# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2153,SC2154 # lists of words; what "run" and others leave
# what: one process uses libmhp for long beside others who kill, write by hand, and an agent: each report is true, nothing is left
# machine: soak
# kernels: 7.3
# timeout: 900
# full-timeout: 3000

# With the device's word only can the others unbind a device without stranding its memory.
bind offline
check "the kernel has the device's word" has_word dax0.0
set --
for d in $(devices); do
	set -- "$@" $d $(as_list $(blocks_of $d))
done
note "seed $SEED"
# Each block that is freed is counted as such.
GLIBC_TUNABLES=glibc.malloc.tcache_count=0
export GLIBC_TUNABLES
if [ -n "${FULL:-}" ]; then
	set -- -t 1800 "$@"
else
	set -- -r 3 "$@"
fi
# Said while it runs, as it takes long.
{
	timeout 2700 soak -s $SEED "$@" 2>&1 </dev/null
	echo $? >/tmp/rc
} | tee /tmp/out | sed 's/^/#   /'
rc=$(cat /tmp/rc)
[ "$rc" -eq 0 ] || tail -n 40 /tmp/soak.notes | cut -c 1-500 | sed 's/^/#   . /'
is "soak -s $SEED: nothing is wrong" "$rc" 0
did "$(sed -n 's/.*rounds=\([0-9]*\).*/\1/p' /tmp/out | tail -n 1)"
nothing_pending "in the end"

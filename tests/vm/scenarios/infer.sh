# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2153,SC2154 # lists of words; what "run" and others leave
# what: what libmhp infers from /proc/zoneinfo is so, whatever the blocks are, and while they change
# machine: infer infer-simple
# timeout: 600
# full-guests: 4
# full-timeout: 3600

# Memory maps in the blocks themselves, where the kernel can have them: of one region on the machine
# "infer", of all on the other.
load_dax
for d in $(devices); do
	[ $MACHINE = infer-simple ] || [ $d = dax1.0 ] || continue
	[ "$(driver $d)" = - ] || unbind $d
	[ ! -e $DAX/$d/memmap_on_memory ] || echo 1 >$DAX/$d/memmap_on_memory || bail "no memory map on $d"
done
bind offline
set --
for d in $(devices); do
	isnt "$d has blocks" "$(blocks_of $d)" ""
	note "$d: memory map on memory: $(cat $DAX/$d/memmap_on_memory 2>/dev/null || echo never)"
	[ $d != dax1.0 ] || set -- "$@" -d $d
	set -- "$@" $(as_list $(blocks_of $d))
done
if [ $MACHINE = infer ]; then
	set -- "$@" -B 171-175
	is "a block is of two nodes" "$(ls -d $M/memory40/node*)" "$(echo $M/memory40/node0; echo $M/memory40/node1)"
fi

N=$(($(rounds 200 1700) / ${GUESTS:-1}))
busy=$((N / 4))
seed=$((SEED * 8 + ${GUEST:-0}))
RUN_LIMIT=3000 exits "what is inferred is so, seed $seed" 0 infer -r $((N - busy)) -b $busy -s $seed "$@"
[ "$rc" -eq 0 ] || sed 's/^/# /' /tmp/out
isnt "and much is" "$(sed -n 's/.* inferred \([0-9]*\) .*/\1/p' /tmp/out)" 0
did $N

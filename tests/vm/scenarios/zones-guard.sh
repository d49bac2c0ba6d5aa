# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: valid_zones read through the node's link while blocks come: it does not crash the kernel
# machine: one
# kernels: 6.1 6.12

# HOW=bare (guest --set) shows that this kernel does crash otherwise; the guest is to die at once then.
echo 1 >/proc/sys/kernel/panic_on_oops
bind offline
B=$(blocks_of dax0.0)
node=$(target_node dax0.0)
N=24
before=$(picture $B)
readers=
for i in 1 2; do
	read-zones ${HOW:-linked} $node $(nth 1 $B) $(nth 8 $B) >/tmp/answers.$i &
	readers="$readers $!"
done
i=0
while [ $i -lt $N ]; do
	unbind dax0.0
	[ $(state $(nth 1 $B)) = absent ] || bail "the blocks did not go"
	bind_kmem dax0.0 || bail "cannot bind dax0.0"
	i=$((i + 1))
done
did $i
kill -TERM $readers
for p in $readers; do
	wait $p
	is "reader $p is well" $? 0
done
note "$(cat /tmp/answers.*)"
unlike "each got answers" "$(cat /tmp/answers.*)" "answers 0 "
is "the blocks are there as before" "$(picture $B)" "$before"
exits "mhp" 0 mhp list

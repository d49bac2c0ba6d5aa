# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: a word for the device, and blocks in two zones behind it; making the blocks uniform again
# machine: boot-node
# kernels: 7.3

bind online_movable
B=$(blocks_of dax0.0)
policy offline
watch_others $B
bad=$(nth 8 $B)
set_state $bad offline
set_state $bad online_kernel || bail "block $bad does not go to Normal"
is "two zones, one word" "$(zone $bad) $(word dax0.0)" "Normal online_movable"

exits "list" 0 mhp list --json
json "it is mixed" '.regions[0].zone' mixed
no_writes "refused" 1 mhp online dax0.0 --type online_movable
names "the message names the block" $bad
exits "--rezone" 0 mhp online dax0.0 --type online_movable --rezone
uniform "every block is in Movable" online Movable $B

# Offline refused by the kernel: the word stays, the blocks, too.
set_state $bad offline
set_state $bad online_kernel
inject offline 16
exits "--rezone, refused by the kernel" 1 mhp online dax0.0 --type online_movable --rezone
is "zones as before" "$(zone $(nth 1 $B)) $(zone $bad)" "Movable Normal"
exits "unplug, refused by the kernel" 1 mhp unplug dax0.0
is "zones as before again" "$(zone $(nth 1 $B)) $(zone $bad)" "Movable Normal"
inject offline 0
exits "unplug" 0 mhp unplug dax0.0
uniform "no blocks left" absent - $B
others_same "boot memory is as it was"

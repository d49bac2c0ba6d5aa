# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: each online type, and the system's default by name
# machine: boot-node

bind offline
B=$(blocks_of dax0.0)
watch_others $B

exits "online_kernel" 0 mhp online dax0.0 --type online_kernel
uniform "every block is in Normal" online Normal $B
no_writes "online_kernel again" 0 mhp online dax0.0 --type online_kernel
no_writes "plain online is met by any zone" 0 mhp online dax0.0 --type online
exits "offline" 0 mhp offline dax0.0
uniform "offline" offline - $B

# Beside boot memory in Normal and no Movable memory, the kernel chooses Normal.
exits "online" 0 mhp online dax0.0 --type online
uniform "the kernel chose Normal" online Normal $B
exits "offline again" 0 mhp offline dax0.0
uniform "offline again" offline - $B

policy online_movable
exits "default" 0 mhp online dax0.0 --type default
uniform "the default's zone" online Movable $B
is "the policy is not touched" "$(cat $M/auto_online_blocks)" online_movable
exits "unplug" 0 mhp unplug dax0.0
uniform "gone" absent - $B
others_same "boot memory is as it was"

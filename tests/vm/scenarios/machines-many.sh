# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2002,SC2046,SC2086 # lists of words
# what: the machine "many": 512 blocks of one region
# machine: many
# needs: nothing

bind offline
B=$(blocks_of dax0.0)
is "it has 512 blocks" "$(echo $B | wc -w)" 512
is "all offline" "$(cat $(echo $B | sed "s|[0-9]*|$M/memory&/state|g") | sort | uniq -c | tr -s ' ')" " 512 offline"
check "boot memory holds the memory map" [ $(($(sed -n 's/MemAvailable: *\([0-9]*\) .*/\1/p' /proc/meminfo) >> 10)) -gt 512 ]

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: Ctrl-C between two blocks: what was changed is put back, or kept when told so
# machine: one

# A signal comes with the third write, as from a terminal.
third_write="strace -o /tmp/trace -e trace=write -e inject=write:signal=INT:when=3"

bind offline
B=$(blocks_of dax0.0)
watch_others $B

exits "online, interrupted" 1 $third_write mhp online dax0.0 --type online_movable --per-block
one_line "interrupted"
names "it says why" cancelled
is "three blocks were online by then" "$(grep -c '^write.*"online_movable"' /tmp/trace)" 3
is "and were taken offline" "$(grep -c '^write.*"offline"' /tmp/trace)" 3
uniform "all offline as before" offline - $B

exits "online and keep, interrupted" 3 $third_write mhp online dax0.0 --type online_movable --per-block --keep
set -- $B
shift $(($# - 3))
uniform "the three highest are kept" online Movable "$@"
exits "online the rest" 0 mhp online dax0.0 --type online_movable
uniform "all online" online Movable $B
others_same "boot memory is as it was"

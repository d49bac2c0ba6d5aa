#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp map: the same picture as letters, with UTF-8, in colour, and as SVG; of large
# machines, holes, blocks of all kinds, and of names that could do harm.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need xmllint
need script

: "${top_builddir:?is to be the folder where make-big was built}"
export LC_ALL=C
unset NO_COLOR
escape=$(printf '\033')
svg=$tmp/map.svg

# expect: what was printed is as on standard input
expect()
{
	cat >"$tmp/expected"
	cmp -s "$tmp/expected" "$tmp/out" && return
	fail "$last:"
	diff "$tmp/expected" "$tmp/out" >"$tmp/diff"
	show diff
}

# sound FILE: it is XML
sound()
{
	[ -s "$1" ] || { fail "$last: no picture"; return; }
	xmllint --noout "$1" 2>"$tmp/err" || { fail "$last: no XML:"; show err; }
}

# in_svg NUMBER TEXT: it has so many of them
in_svg()
{
	found=$(grep -cF -e "$2" "$svg")
	[ "$found" -eq "$1" ] || fail "$last: $found lines with \"$2\", expected $1"
}

# ---- machines as they are ----

# a hole that belongs to another region, and one that is too long to be drawn
run 0 --capture "$machines/7.3-hmem-ranges-bound.txt" map
no_err
expect <<'EOF2'
node 0: 1 GiB online (spans zones 128 MiB, DMA32 896 MiB)
  boot
  0x0         XTTTTTTT

node 1: 768 MiB offline
  dax0.0 (dax, kmem): 512 MiB offline
  0x100000000 --  --
  dax0.1 (dax, kmem): 256 MiB offline
  0x110000000 --

A cell is one block of 128 MiB.
T DMA32  X spans zones  - offline
EOF2
run 0 --capture "$machines/6.12-arm64-64k.txt" map
no_err
expect <<'EOF2'
node 0: 8 GiB online (DMA 2 GiB, Normal 6 GiB)
  boot
  0x80000000    DDDD
  0x100000000   (no memory: 510 GiB)
  0x8080000000  NNNNNNNNNNNN

node 1: 6 GiB online (Normal), 2 GiB offline
  boot
  0x10080000000 NNNNNNNNNNNN----

A cell is one block of 512 MiB.
N Normal  D DMA  - offline
EOF2
run 0 --capture "$machines/7.3-hmem-unplugged.txt" map
expect <<'EOF2'
node 0: 1 GiB online (spans zones 128 MiB, DMA32 896 MiB)
  boot
  0x0         XTTTTTTT

node 1: 512 MiB absent
  dax0.0 (dax, kmem)
  0x100000000 ....

A cell is one block of 128 MiB.
T DMA32  X spans zones  . absent
EOF2

# simulated: what was changed is seen
cp "$cxl" "$m"
act 0 online dax0.0 --type online_movable
act 0 offline --blocks 36
act 0 map
out_has '  0x110000000 MM-M'

# ---- cells of several blocks ----

run 0 --capture "$machines/7.3-hmem-one-offline.txt" map --cell 3
expect <<'EOF2'
node 0: 1 GiB online (spans zones 128 MiB, DMA32 896 MiB)
  boot
  0x0         *TT

node 1: 384 MiB online (Movable), 128 MiB offline
  dax0.0 (dax, kmem)
  0x100000000 Mm

A cell is 3 blocks of 128 MiB, together 384 MiB.
M Movable  T DMA32  * several zones
small letter: only a part of it is online
EOF2

# all of a large machine at one look, and quickly
"$top_builddir/tests/support/make-big" >"$tmp/big.txt" || fail "make-big: exit code $?"
run 0 --capture "$tmp/big.txt" map
no_err
out_has 'A cell is 32 blocks of 128 MiB, together 4 GiB.'
out_has '  0x7e000000000 mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm'
[ "$(wc -l <"$tmp/out")" -lt 100 ] || fail "$last: $(wc -l <"$tmp/out") lines"
awk 'length > 80' "$tmp/out" | grep -q '' && fail "$last: lines are too long"
run 0 --capture "$tmp/big.txt" map --cell 1000000000000
out_has '  0x7e000000000 m'
run 0 --capture "$tmp/big.txt" map --svg "$svg"
no_out
no_err
sound "$svg"
in_svg 1 'a cell is 8 blocks of 128 MiB, together 1 GiB'
in_svg 1 'memory64512–65535'
[ "$(wc -c <"$svg")" -lt 1000000 ] || fail "$last: it is large"

# ---- blocks of all kinds, and a name that could do harm ----

root=$tmp/root
mem=$root/sys/devices/system/memory
make_tree "$machines/6.12-hmem-multi-online.txt" "$root"
echo DMA >"$mem/memory1/valid_zones"
echo HighMem >"$mem/memory2/valid_zones"
echo Normal >"$mem/memory3/valid_zones"
echo Frozen >"$mem/memory4/valid_zones"
echo going-offline >"$mem/memory33/state"
echo offline >"$mem/memory34/state"
echo offline >"$mem/memory35/state"
echo blue >"$mem/memory36/state"
echo Device >"$mem/memory37/valid_zones"
rm -r "$mem/memory39"
run 0 --root "$root" map
expect <<'EOF2'
node 0: 1 GiB online (zone unknown 128 MiB, spans zones 128 MiB, DMA 128 MiB, DMA32 384 MiB, Normal 128 MiB, HighMem 128 MiB)
  boot
  0x0         XDHNOTTT

node 1: 128 MiB online (Movable), 128 MiB going offline
  dax0.0 (dax, kmem)
  0x100000000 M~

node 2: 256 MiB offline, 128 MiB in a state that could not be read
  dax1.0 (dax, kmem)
  0x110000000 --?

node 3: 384 MiB online (Normal 128 MiB, Movable 128 MiB, Device 128 MiB), 128 MiB absent
  dax2.0 (dax, kmem): 128 MiB online (Device)
  0x128000000 V
  boot: 128 MiB online (Normal)
  0x130000000 N
  dax3.0 (dax, kmem): 128 MiB online (Movable), 128 MiB absent
  0x138000000 .M

A cell is one block of 128 MiB.
V Device  M Movable  H HighMem  N Normal  T DMA32  D DMA  X spans zones
O zone unknown  ~ going offline  - offline  ? state unknown  . absent
EOF2
err_has 'memory36/state: makes no sense: "blue"'
run 0 --root "$root" map --cell 8
out_has '0x100000000 m'
out_has '0x110000000 ,'
out_has ', offline, a part of it'

run 0 --root "$root" map --svg "$svg"
no_out
sound "$svg"
# each run of blocks says where it is and whose
sed -n '/<title>memory34/,/<\/title>/p' "$svg" | sed 's/^.*<title>//; s/<\/title>.*$//' >"$tmp/out"
expect <<'EOF2'
memory34–35
0x110000000–0x11fffffff
256 MiB offline
dax1.0 (dax, kmem), node 2
EOF2
for colour in '#009e73' '#0072b2' '#56b4e9' '#cc79a7' '#e69f00' '#7f5539' '#d55e00' \
	'url(#going)' 'url(#unknown)'; do
	grep -qF "$colour" "$svg" || fail "$last: nothing is $colour"
done

junk=$(printf 'k<m&e"m\047>\033[31m\302\205\357\277\277\377')
for driver in "$root"/sys/devices/platform/*/dax0.0/driver; do
	ln -sfn "../../bus/dax/drivers/$junk" "$driver"
done
run 0 --root "$root" map --svg "$svg"
sound "$svg"
in_svg 3 'k&lt;m&amp;e&quot;m&#39;&gt;\x1b[31m\xc2\x85\xef\xbf\xbf\xff'
run 0 --root "$root" map --color=never
out_has 'm'\''>\x1b[31m\xc2\x85'
if grep -q "$escape" "$tmp/out"; then fail "$last: the driver's name is raw"; fi

# ---- addresses that may not be read, no region at all, no block ----

sed -e 's|^\(/sys/devices/.*/dax0.0/mapping0/[a-z]*\): .*|\1: <EACCES>|' \
	-e 's|^\(/sys/devices/.*/dax0.0/resource\): .*|\1: <EACCES>|' \
	"$machines/7.3-hmem-offline.txt" >"$tmp/secret.txt"
run 0 --capture "$tmp/secret.txt" map
out_has 'dax0.0: addresses unreadable: EACCES (Permission denied), needs root'
out_has '  0x100000000 ----'
out_lacks '  dax0.0 (dax'
run 0 --capture "$tmp/secret.txt" map --svg "$svg"
sound "$svg"
in_svg 1 'addresses unreadable: EACCES (Permission denied), needs root'
grep -v memory/memory "$machines/7.3-plain-start.txt" >"$tmp/none.txt"
run 0 --capture "$tmp/none.txt" map
out_has 'no blocks'
run 0 --capture "$tmp/none.txt" map --svg "$svg"
sound "$svg"
in_svg 1 'no blocks'

# ---- colour and characters ----

one=$machines/7.3-hmem-one-offline.txt
for args in '' --color=auto --color=never; do
	# shellcheck disable=SC2086
	run 0 --capture "$one" map $args
	out_lacks "$escape"
	out_has 'MMM-'
done
NO_COLOR=1 run 0 --capture "$one" map --color always
out_has "${escape}[0;32mMMM${escape}[0m-"
LC_ALL='' LC_CTYPE=xx_YY.UTF-8 run 0 --capture "$one" map
out_has 'MMM░'
LC_ALL='' LC_CTYPE=xx_YY.utf8 run 0 --capture "$one" map --color always
out_has "${escape}[0;32m███${escape}[0m░"
LC_ALL=xx_YY.ISO-8859-1 run 0 --capture "$one" map
out_has 'MMM-'
LC_ALL=C.UTF-8 run 0 --capture "$one" map --color always --cell 3
out_has "${escape}[0;36;41m▚"
out_has "${escape}[0;32m█▒"

# on a terminal: coloured unless it was asked not to, and as wide as that is
# terminal VARIABLE=VALUE...: of mhp map there; its output is in $tmp/out
terminal()
{
	last="mhp map on a terminal, $*"
	env "$@" script -qec "stty cols 200; '$MHP' --capture '$one' map" /dev/null \
		</dev/null >"$tmp/out" 2>&1 || fail "$last: exit code $?"
}
terminal TERM=xterm
out_has "${escape}[0;32m"
terminal TERM=xterm NO_COLOR=
out_has "${escape}[0;32m"
terminal TERM=xterm NO_COLOR=1
out_lacks "$escape"
out_has 'MMM-'
terminal TERM=dumb
out_lacks "$escape"

# ---- what cannot be ----

run 1 --capture "$one" map --svg "$tmp/nowhere/map.svg"
no_out
err_has "$tmp/nowhere/map.svg: the map was not saved: ENOENT"
run 1 --capture "$one" map --svg /dev/full
err_has 'the map was not saved: ENOSPC'
for args in 'map dax0.0' 'map --json' 'map --color=blue' 'map --cell 0' 'map --cell x' \
	'map --cell -1' 'map --svg x --cell 2' 'map --svg x --color never' 'list --svg x' \
	'show dax0.0 --cell 2' 'map --type online' 'map --svg'; do
	# shellcheck disable=SC2086
	run 2 $args
	no_out
	err_has 'see mhp --help'
done

finish

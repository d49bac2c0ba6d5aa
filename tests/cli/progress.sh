#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The progress bar: on a terminal only, never wider than it, and gone at the end.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

: "${top_builddir:?is to be the folder where on-terminal was built}"
# block by block, so that there is something to draw
old=$machines/6.1-hmem-bound.txt
terminal=$top_builddir/tests/support/on-terminal
export TERM=xterm
esc=$(printf '\033')
cr=$(printf '\r')

# Not on a terminal there is none, and no control character.
run 0 online dax0.0 --type online_movable --sim "$cxl"
no_err

# on_terminal CODE COLUMNS ARGS: as run, with standard error on a terminal
on_terminal()
{
	code=$1
	columns=$2
	shift 2
	last="on a terminal: mhp $*"
	got=0
	"$terminal" --columns "$columns" "$MHP" "$@" >"$tmp/out" 2>"$tmp/err" || got=$?
	[ "$got" -eq "$code" ] || { fail "$last: exit code $got, expected $code"; show out err; }
	# each time that a line was drawn, and what is left at the end
	tr '\r' '\n' <"$tmp/err" | sed "s/$esc\\[K//g" >"$tmp/lines"
	awk -v esc="$esc" -v cr="$cr" '
		BEGIN { RS = "\001" }
		{
			n = split($0, part, cr)
			shown = part[1]
			for (i = 2; i <= n; i++) {
				if (index(part[i], esc "[K") == 1)
					shown = substr(part[i], length(esc "[K") + 1)
				else
					shown = part[i]
			}
			gsub(esc "\\[K", "", shown)
			printf "%s", shown
		}' "$tmp/err" >"$tmp/left"
}

# bars TEXT: there was a line with it
bars()
{
	grep -q -e "$1" "$tmp/lines" && return
	fail "$last: no line with $1:"
	show lines
}

nothing_left()
{
	[ -s "$tmp/left" ] || return 0
	fail "$last: left on the terminal:"
	show left
}

# sound COLUMNS: \r and erasing are all that is not text, and no line is too long
sound()
{
	sed "s/$esc\\[K//g" "$tmp/err" | tr -d '\r\n' | LC_ALL=C grep -q '[^ -~]' &&
		fail "$last: more than carriage returns and erasing: $(od -c "$tmp/err" | head -5)"
	awk -v columns="$1" '!/^mhp: / && length($0) >= columns { exit 1 }' "$tmp/lines" ||
		fail "$last: a line fills the terminal: $(cat "$tmp/lines")"
}

on_terminal 0 80 online dax0.0 --type online_movable --sim "$old"
out_has 'dax0.0: 4 blocks online in Movable (512 MiB)'
bars '^\[#*-*\]  *[0-9]*%  .* of 512 MiB  0:[0-9][0-9]$'
nothing_left
sound 80

# as wide as the terminal has room for
for columns in 120 60 40 30 12 5 2 1; do
	on_terminal 0 $columns online dax0.0 --type online_movable --sim "$old"
	sound $((columns > 1 ? columns : 2))
	nothing_left
done
on_terminal 0 30 online dax0.0 --type online_movable --sim "$old"
bars '% .* of'
on_terminal 0 0 online dax0.0 --type online_movable --sim "$old"
sound 80			# a terminal that does not know its width
bars '^\['

# JSON goes elsewhere, and stays JSON
on_terminal 0 80 online dax0.0 --type online_movable --sim "$old" --json
json .outcome '"done"'
bars '%'
nothing_left

# an error is what is left
on_terminal 1 80 online dax0.0 --type online_movable --sim "$old" \
	--sim-fail 34:online:EHWPOISON
bars '%'
grep -q '^mhp: dax0.0: memory34: ' "$tmp/left" || fail "$last: left is: $(cat "$tmp/left")"
[ "$(wc -l <"$tmp/left")" -eq 1 ] || fail "$last: left is: $(cat "$tmp/left")"

# nothing to draw for what changes nothing
for args in list 'show dax0.0' 'plan online dax0.0 --type online_movable' \
	'offline dax0.0 --dry-run'; do
	# shellcheck disable=SC2086
	on_terminal 0 80 $args --sim "$cxl"
	no_err
done

# nor on a terminal that cannot erase
for term in dumb ''; do
	TERM=$term
	on_terminal 0 80 online dax0.0 --type online_movable --sim "$old"
	no_err
done

finish

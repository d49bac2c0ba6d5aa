#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every transcript in README.md and docs/ is typed again, and says the same. A transcript is
# an indented block that begins with "$ "; "..." stands for any text in a line, and alone in
# a line for any lines. Those of a file follow one another in one shell.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

: "${top_srcdir:?is to be the folder of the sources}"
LC_ALL=C.UTF-8
export LC_ALL machines

# take_apart FILE DIR: command N goes to DIR/N.sh, what it is to say to DIR/N.want
take_apart()
{
	awk -v dir="$2" '
		function begin(text) { n++; name = sprintf("%s/%03d", dir, n); blank = 0
			printf "" >(name ".want"); print text >(name ".sh"); print NR >(name ".line") }
		/^    \$ / { begin(substr($0, 7)); on = 1; more = 1; next }
		on && more && /^    >( |$)/ { print substr($0, 7) >(name ".sh"); next }
		/^    / && on { for (; blank; blank--) print "" >(name ".want")
			print substr($0, 5) >(name ".want"); more = 0; next }
		/^$/ { blank++; next }
		{ on = 0 }' "$1"
}

# is_alike WANT GOT: with "..." for anything
is_alike()
{
	awk '
		function line(want, got,  n, i, part, at) {
			n = split(want, part, /\.\.\./)
			if (n < 2)
				return want == got
			if (index(got, part[1]) != 1 || length(got) < length(want) - 3 * (n - 1))
				return 0
			got = substr(got, length(part[1]) + 1)
			for (i = 2; i < n; i++) {
				at = index(got, part[i])
				if (!at)
					return 0
				got = substr(got, at + length(part[i]))
			}
			return substr(got, length(got) - length(part[n]) + 1) == part[n]
		}
		function alike(i, j) {
			for (; i <= n_want; i++) {
				if (want[i] == "...") {
					for (; j <= n_got + 1; j++)
						if (alike(i + 1, j))
							return 1
					return 0
				}
				if (j > n_got || !line(want[i], got[j]))
					return 0
				j++
			}
			return j == n_got + 1
		}
		{ sub(/ +$/, "") }
		FILENAME == ARGV[1] { want[++n_want] = $0; next }
		{ got[++n_got] = $0 }
		END { exit !alike(1, 1) }' "$1" "$2"
}

# replay FILE
replay()
{
	name=$(basename "$1" .md)
	parts=$tmp/$name.parts
	mkdir -p "$parts" "$tmp/$name/build/tools"
	ln -s "$MHP" "$tmp/$name/build/tools/mhp"
	ln -s "$TEST_DATA" "$tmp/$name/tests"
	take_apart "$1" "$parts"
	for part in "$parts"/*.sh; do
		[ -e "$part" ] || return 0
		echo "{"
		cat "$part"
		echo "} >'${part%.sh}.got' 2>&1 </dev/null"
	done >"$tmp/$name.all"
	(cd "$tmp/$name" && PATH=$tmp/$name/build/tools:$PATH sh "$tmp/$name.all") ||
		: "the last command may fail"
	for part in "$parts"/*.sh; do
		part=${part%.sh}
		n_replayed=$((n_replayed + 1))
		is_alike "$part.want" "$part.got" && continue
		fail "${1#"$top_srcdir"/}:$(cat "$part.line"): $(cat "$part.sh")"
		diff "$part.want" "$part.got" | sed 's/^/  /'
	done
}

# ---- it can tell ----

printf '%s\n' 'dax0.0: ... blocks' '...' 'end' >"$tmp/want"
printf '%s\n' 'dax0.0: 4 blocks' 'x' 'y' 'end' >"$tmp/got"
is_alike "$tmp/want" "$tmp/got" || fail "a transcript with ... is not matched"
printf '%s\n' 'dax0.0: 4 blocks' 'x' 'y' >"$tmp/got"
is_alike "$tmp/want" "$tmp/got" && fail "a line that is missing is not seen"
printf '%s\n' 'dax0.0: 4 block' 'end' >"$tmp/got"
is_alike "$tmp/want" "$tmp/got" && fail "a line that differs is not seen"

# ---- all of them ----

n_replayed=0
for file in "$top_srcdir"/README.md "$top_srcdir"/docs/*.md; do
	before=$n_replayed
	replay "$file"
	echo "${file#"$top_srcdir"/}: $((n_replayed - before)) commands"
	# who has no sources has the machines that are installed
	# shellcheck disable=SC2013,SC2016 # words; the variable is the transcript's
	for machine in $(grep -o '\$machines/[^ ]*\.txt' "$file" | sort -u); do
		grep -q "tests/machines/${machine#*/}\( .\)\{0,1\}$" "$top_srcdir/sim/Makemodule.am" ||
			fail "$file: $machine is not installed"
	done
done
[ "$n_replayed" -gt 20 ] || fail "only $n_replayed commands were found"

# ---- what "make bench" writes into README.md finds its place ----

for mark in 'made by make bench' 'end of it'; do
	[ "$(grep -cx "<!-- $mark -->" "$top_srcdir/README.md")" = 1 ] ||
		fail "README.md: not one line <!-- $mark -->"
done

# one screen, or near
[ "$(wc -l <"$top_srcdir/README.md")" -le 80 ] || fail "README.md is longer than a screen"

finish

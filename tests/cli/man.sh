#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The manual has every verb and option that the program has, every key of a rule, and none
# besides; and each field of --json. Its form is looked at by tests/api/pages.sh.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"

: "${top_srcdir:?is to be the folder of the sources}"
man=$top_srcdir/man

# same WHAT A B: two lists in $tmp, sorted here
same()
{
	sort -u "$tmp/$2" -o "$tmp/$2"
	sort -u "$tmp/$3" -o "$tmp/$3"
	[ -s "$tmp/$2" ] || fail "$1: $2 is empty"
	cmp -s "$tmp/$2" "$tmp/$3" && return
	fail "$1: < only in $2, > only in $3:"
	diff "$tmp/$2" "$tmp/$3" | grep '^[<>]'
}

# section HEADING: of mhp.1, up to the next one of its kind
section()
{
	awk -v heading="$1" '$0 == heading { on = 1; next }
		on && substr($0, 1, 4) == substr(heading, 1, 4) { exit } on' "$man/mhp.1"
}

# ---- options ----

# what one line of the manual has: .It Fl h , Fl \-help
in_manual() { sed -n '/^\.It Fl /p' | grep -o 'Fl \\-[a-z][a-z-]*' | sed 's/^Fl \\-/--/'; }

run 0 --help
cp "$tmp/out" "$tmp/usage"
sed '1,/^$/d' "$tmp/usage" | grep -o '^ *\(-., \)\{0,1\}--[a-z-]*' | grep -o -e '--[a-z-]*' >"$tmp/help"
section '.Sh OPTIONS' | in_manual >"$tmp/manual"
same options help manual
# ... nor does any stay untold that the program takes
sed -n 's/^	{ "\([a-z-]*\)", [a-z]*_argument, .*/--\1/p' "$top_srcdir/tools/options.c" >"$tmp/source"
same options help source
# ... and the verbs' lines have no others
sed '/^$/q' "$tmp/usage" | grep -o -e '--[a-z-]*' >"$tmp/lines"
cat "$tmp/lines" "$tmp/help" >"$tmp/both"
same 'options of the usage lines' help both

# ---- verbs ----

sed '/^$/q' "$tmp/usage" | sed -n 's/.*\[OPTION\.\.\.\] \([a-z]* \{0,1\}[a-z]*\).*/\1/p' |
	sed -e 's/^\(plan\|wait\) .*/\1/' -e 's/ $//' >"$tmp/verbs"
section '.Sh SYNOPSIS' | sed -n 's/^\.Cm //p' | sed 's/^plan .*/plan/' >"$tmp/synopsis"
same verbs verbs synopsis
section '.Ss Verbs' | sed -n '/^\.Sh/q; s/^\.It Cm \(policy [a-z]*\|[a-z]*\).*/\1/p' >"$tmp/told"
same verbs verbs told
# ... each of which is there indeed, with its help
while read -r verb; do
	# shellcheck disable=SC2086 # "policy check" is two words
	run 0 $verb --help
	cmp -s "$tmp/out" "$tmp/usage" || fail "mhp $verb --help: other than mhp --help"
	sed -n 's/^	{ "\('"$verb"'\)", VERB_.*/\1/p' "$top_srcdir/tools/options.c"
done <"$tmp/verbs" >"$tmp/there"
same verbs verbs there
sed -n 's/^	{ "\([a-z ]*\)", VERB_.*/\1/p' "$top_srcdir/tools/options.c" >"$tmp/source"
same verbs verbs source

# ---- what --json has ----

grep -hoE '\<json_[a-z_]*\([^"]*"[a-z_]+"' "$top_srcdir"/tools/*.c | grep -oE '"[a-z_]+"' | tr -d '"' |
	sort -u >"$tmp/fields"
[ "$(wc -l <"$tmp/fields")" -gt 100 ] || fail "fields of --json were not found"
section '.Ss JSON' >"$tmp/json"
while read -r field; do
	grep -qE "(^|[ ,.(])$field([ ,.;\\[]|\$)" "$tmp/json" || fail "mhp.1: JSON has no $field"
done <"$tmp/fields"

# ---- keys of rules ----

# a key that is none has all of them told
printf '[x]\nzzzzzzzz = 1\n' >"$tmp/rules.conf"
"$MHP" policy check "$tmp/rules.conf" --sim "$cxl" >"$tmp/out" 2>&1 && fail "no key zzzzzzzz"
sed -n 's/.*no such key; there are//p' "$tmp/out" | tr -d ' ' | tr ',' '\n' >"$tmp/keys"
sed -n '/^\.Ss What a rule matches/,/^\.Sh/s/^\.It Cm //p' "$man/mhp-policy.5" |
	sed 's/ , /\n/g' >"$tmp/manual"
same keys keys manual

# ---- files that the program knows, by their names in the manual ----

for path in /etc/mhp/policy.d /run/libmhp/lock /run/libmhp/journal /run/libmhp/agent.lock \
	/etc/modprobe.d/mhp-claim.conf; do
	section '.Sh FILES' | grep -qF "$path" || fail "mhp.1: FILES has no $path"
done

finish

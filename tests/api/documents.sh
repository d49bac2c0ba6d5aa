#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Programs in docs/ compile, as C11; and what README.md, docs/ and the manual name of the
# libraries is there: functions and constants. A name that ends in "_" stands for several.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"

# ---- programs ----

for doc in "$top_srcdir"/README.md "$top_srcdir"/docs/*.md; do
	name=$(basename "$doc" .md)
	awk -v dir="$tmp/$name" '
		/^```c$/ { file = dir "-" ++n ".c"; print "#line " NR + 1 >file; next }
		/^```$/ { file = ""; next }
		file { print >file }' "$doc"
	for program in "$tmp/$name"-*.c; do
		[ -e "$program" ] || continue
		compile "$CC" -std=c11 -pedantic -Wall -Wextra -Werror -fsyntax-only "$program" ||
			error "docs: a program in $name.md does not compile"
	done
done

# ---- names ----

for h in $MHP_HEADERS; do
	prototypes "$h" >"$tmp/of-header" || error "mhp/$h: cannot be read by $CC"
	cat "$tmp/of-header" >>"$tmp/functions"
	cat "$(header_path "$h")" >>"$tmp/headers"
done
{
	cat "$tmp/functions"
	grep -oE '\<MHP_[A-Z0-9_]+|\<mhp_[a-z0-9_]+_fn\>' "$tmp/headers"
	grep -oE '\<(struct|enum) mhp_[a-z0-9_]+' "$tmp/headers" | sed 's/.* //'
	echo mhp_private_
	# the variables of Ansible's role
	grep -ohE '\<mhp_[a-z0-9_]+' "$top_srcdir"/fleet/ansible/roles/*/meta/argument_specs.yml
} >"$tmp/names"

for doc in "$top_srcdir"/README.md "$top_srcdir"/NEWS "$top_srcdir"/docs/*.md "$top_srcdir"/man/*.[157]; do
	# those of the simulated machine's rules, or of examples, are others
	grep -noE '\<(mhp_[a-z0-9_]+|MHP_[A-Z0-9_]+)' "$doc" | sort -t: -u -k2,2 >"$tmp/mentioned"
	while IFS=: read -r line name; do
		case $name in
		*_) grep -q "^$name" "$tmp/names" && continue ;;
		*) grep -qx "$name" "$tmp/names" && continue ;;
		esac
		error "${doc#"$top_srcdir"/}:$line: $name is in no header"
	done <"$tmp/mentioned"
done

# ---- what a user can ask for is in the story ----

# told PAGE NAME...
told()
{
	page=$1
	shift
	for name; do
		grep -qw -e "$name" "$top_srcdir/man/$page" || error "man/$page: has no $name"
	done
}

# flags and rules
# shellcheck disable=SC2046 # a list of words
told libmhp.7 $(grep -oE '^	MHP_(APPLY|CAPTURE|MONITOR|RULE|SNAPSHOT)_[A-Z_]+ = ' "$tmp/headers" |
	tr -d '\t =')
# what the simulated machine can be asked for
# shellcheck disable=SC2046
told libmhp-sim.7 $(grep '^mhp_sim_' "$tmp/functions" | grep -v '_\(un\)\{0,1\}ref$')

finish

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# No binding forgets a public function, and docs/bindings.md has what their tables have. What
# looks after that notices what it is for.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"

bindings=$top_srcdir/bindings

# ---- bindings/complete ----

printf 'X_1.0 {\nglobal:\n\tmhp_a_get;\n\tmhp_b_free;\n\tmhp_c_new;\nlocal:\n\t*;\n};\nP {\nglobal:\n\tmhp_private_*;\n\tmhp_private_x;\n};\n' \
	>"$tmp/x.map"

# judged CODE WANT: of the table on standard input; WANT is all that is said
judged()
{
	code=0
	cat >"$tmp/table"
	"$bindings/complete" "$tmp/table" "$tmp/x.map" >"$tmp/said" || code=$?
	said=$(sed "s|^$tmp/||" "$tmp/said" | tr '\n' ';')
	[ "$code" -eq "$1" ] || error "complete: exit code $code, not $1: $said"
	[ "$said" = "$2;" ] || error "complete: says $said not $2;"
}

printf '# of a language\nmhp_a_get\tA.get\nmhp_b_free\t-\tthe object does it\nmhp_c_new\tC\n' |
	judged 0 '3 functions: 2 wrapped, 1 left out'
printf 'mhp_a_get\tA.get\nmhp_c_new\tC\n' |
	judged 1 'table: mhp_b_free is missing;3 functions: 2 wrapped, 0 left out'
printf 'mhp_a_get\tA.get\nmhp_b_free\tB\nmhp_c_new\tC\nmhp_d\tD\n' |
	judged 1 'table: 4: mhp_d: there is no such function;3 functions: 4 wrapped, 0 left out'
printf 'mhp_b_free\tB\nmhp_a_get\tA\nmhp_a_get\tA\nmhp_c_new\tC\n' |
	judged 1 'table: 2: mhp_a_get does not belong behind mhp_b_free;table: 3: mhp_a_get is there twice;3 functions: 4 wrapped, 0 left out'
printf 'mhp_a_get A\nmhp_a_get\tA\nmhp_b_free\t-\nmhp_c_new\tC\tmore\n' |
	judged 1 'table: 1: begins with no function: mhp_a_get A;table: 3: mhp_b_free: neither a name, nor - and a reason;table: 4: mhp_c_new: neither a name, nor - and a reason;3 functions: 1 wrapped, 0 left out'
printf 'mhp_a_get\t\nmhp_b_free\t-\t \nmhp_c_new\tC\n' |
	judged 1 'table: 1: mhp_a_get: neither a name, nor - and a reason;table: 2: mhp_b_free: neither a name, nor - and a reason;3 functions: 1 wrapped, 0 left out'
printf 'mhp_a_get\tA\nmhp_b_free\tB\nmhp_c_new\tC\nmhp_private_x\tX\n' |
	judged 1 'table: 4: mhp_private_x: there is no such function;3 functions: 4 wrapped, 0 left out'
: >"$tmp/x.map"
: | judged 1 'table: the maps have no functions;0 functions: 0 wrapped, 0 left out'

# ---- the tables, as far as they are there ----

all=yes
for language in python go rust; do
	if [ ! -f "$bindings/$language/functions" ]; then
		echo "no bindings/$language/functions"
		all=
	elif ! "$bindings/complete" "$bindings/$language/functions" >"$tmp/said"; then
		error "bindings/$language/functions: $(cat "$tmp/said")"
	fi
done

# ---- bindings/table ----

for language in python go rust; do
	mkdir -p "$tmp/tables/$language"
	printf '#\nmhp_apply\t%s.apply\nmhp_ctx_ref\t-\tthe object has it\nmhp_ctx_unref\t-\tthe object has it\n' \
		"$language" >"$tmp/tables/$language/functions"
done
printf 'mhp_sim_new_ctx\tSim::ctx\nmhp_sim_ref\t-\tClone\n' >>"$tmp/tables/rust/functions"
"$bindings/table" "$tmp/tables" >"$tmp/page.md"
# shellcheck disable=SC2016 # Markdown
for line in '## libmhp-policy' '| C | Python | Go | Rust |' \
	'| `mhp_apply` | `python.apply` | `go.apply` | `rust.apply` |' \
	'| `mhp_ctx_unref` | -<sup>1</sup> | -<sup>1</sup> | -<sup>1</sup> |' \
	'| `mhp_sim_new_ctx` | | | `Sim::ctx` |' '| `mhp_sim_ref` | | | -<sup>1</sup> |' \
	'1. the object has it' '1. Clone'; do
	grep -qxF -e "$line" "$tmp/page.md" || error "bindings/table: no line \"$line\""
done
grep -q mhp_private "$tmp/page.md" && error "bindings/table: has what is private"
"$bindings/table" >"$tmp/page.md"
if [ -n "$all" ] && ! diff -u "$top_srcdir/docs/bindings.md" "$tmp/page.md" >"$tmp/said"; then
	error "docs/bindings.md is out of date: make bindings-update makes it anew"
	head -n 20 "$tmp/said"
fi
finish

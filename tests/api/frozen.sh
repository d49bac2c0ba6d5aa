#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What programs were compiled with stays as it was: each function's types, each value, each
# field's place is in frozen.txt. What was removed or changed is an error; so is what was
# added, until "make abi-baseline" has put it into that file, for a reviewer to see. Structs
# of options have size first, and no padding that a new field could come to lie in: an old
# caller does not clear it.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"
# shellcheck source=tests/api/interface.sh
. "$top_srcdir/tests/api/interface.sh"
export LC_ALL=C

golden=$top_srcdir/tests/api/frozen.txt
MODELS="lp64 ilp32 ilp32-packed"

# report WHAT FILE: each line is an error
report()
{
	while read -r line; do
		error "$1: $line"
	done <"$2"
}

interface >"$tmp/interface"
sed -n 's/^error //p' "$tmp/interface" >"$tmp/errors"
report "public headers" "$tmp/errors"
sed -i '/^error /d' "$tmp/interface"
models=$(sed -n 's/^layout \([a-z0-9-]*\) .*/\1/p' "$tmp/interface" | sort -u | tr '\n' ' ')
[ -n "$models" ] || error "$CC tells no layout: $(cat "$tmp/layout.err")"

# ---- the compiler agrees with what was read from the text ----

sed '/^layout /!d' "$tmp/interface" >"$tmp/layouts"
{
	all_headers
	echo "extern int not_empty;"
	sed -nE 's/^function ([a-z0-9_]+): (.*) (\(.*\))$/\2 \1\3;/p' "$tmp/interface"
	sed -nE 's/^enum ([a-z0-9_]+) ([A-Z0-9_]+) (-?[0-9]+)$/\
_Static_assert(\2 == \3, "\2"); _Static_assert(sizeof(enum \1) == 4, "\1");/p' "$tmp/interface"
} >"$tmp/agree.c"
compile "$CC" -std=c11 -Wall -Wextra -Werror -fsyntax-only "$tmp/agree.c" ||
	error "the headers were not understood"

# ---- structs of options ----

awk '
	$4 == "-" { size[$2 " " $3] = $5; next }
	{
		key = $2 " " $3
		n[key]++
		name[key, n[key]] = $4; start[key, n[key]] = $5; bytes[key, n[key]] = $6
	}
	END {
		for (key in size) {
			end = 0
			split(key, part, " ")
			# in the order of addresses
			for (i = 1; i <= n[key]; i++)
				for (j = i + 1; j <= n[key]; j++)
					if (start[key, j] + 0 < start[key, i] + 0) {
						t = name[key, i]; name[key, i] = name[key, j]; name[key, j] = t
						t = start[key, i]; start[key, i] = start[key, j]; start[key, j] = t
						t = bytes[key, i]; bytes[key, i] = bytes[key, j]; bytes[key, j] = t
					}
			if (name[key, 1] != "size")
				print part[2] ": its first field is " name[key, 1] ", not size"
			for (i = 1; i <= n[key]; i++) {
				if (start[key, i] != end && part[1] == "lp64")
					print part[2] ": padding before " name[key, i] " (" part[1] ")"
				end = start[key, i] + bytes[key, i]
			}
			if (end != size[key])
				print part[2] ": padding at its end (" part[1] ")"
		}
	}
' "$tmp/layouts" | sort >"$tmp/padding"
report "options" "$tmp/padding"
grep ' 01 ' "$tmp/structs" | grep -v ' 01 size_t size$' >"$tmp/sizes" || true
report "options: size_t size is not first" "$tmp/sizes"

# ---- as it was ----

# Of models that this compiler does not have nothing can be said.
for model in $MODELS; do
	case " $models " in
	*" $model "*) ;;
	*) echo "layout $model " ;;
	esac
done >"$tmp/unknown"
[ -f "$golden" ] || : >"$tmp/empty"
grep -v '^#' "$([ -f "$golden" ] && echo "$golden" || echo "$tmp/empty")" |
	grep -vFf "$tmp/unknown" | sort >"$tmp/golden" || true
comm -23 "$tmp/golden" "$tmp/interface" >"$tmp/gone"
comm -13 "$tmp/golden" "$tmp/interface" >"$tmp/added"

if [ "${1:-}" = --update ]; then
	[ "$errors" -eq 0 ] || finish
	[ ! -s "$tmp/unknown" ] ||
		{ error "not all models: $(tr '\n' ' ' <"$tmp/unknown"); gcc for x86 has them"; finish; }
	# Options may grow: then they are larger, and what was there stays where it was.
	grep -v '^layout [^ ]* [^ ]* - ' "$tmp/gone" >"$tmp/refused" || true
	if [ -s "$tmp/refused" ] && [ "${ABI_BREAK:-}" != yes ]; then
		report "removed or changed" "$tmp/refused"
		finish
	fi
	{
		cat <<-END
		# SPDX-License-Identifier: LGPL-2.1-or-later
		# The public interface, made by "make abi-baseline" and compared by tests/api/frozen.sh.
		# Of a struct: size, alignment; of its fields: place, size; for each model of data.
		END
		cat "$tmp/interface"
	} >"$golden"
	echo "$(wc -l <"$tmp/added") lines added, $(wc -l <"$tmp/gone") gone: $golden"
	exit 0
fi

report "removed or changed" "$tmp/gone"
report "added, or what it was changed to" "$tmp/added"
if [ -s "$tmp/added" ] && [ ! -s "$tmp/gone" ]; then
	echo "If it is meant to be public: make abi-baseline, and commit tests/api/frozen.txt and abi/."
fi
echo "compared: $(wc -l <"$tmp/interface") lines; layouts: $models"
finish

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154
#
# Sourced after lib.sh: what the public headers come to, as lines that can be compared. Nothing
# but the compiler is needed, and none of its programs is run, so that it may be a cross compiler.

# Values of these change with each release.
CHANGING_MACROS="MHP_VERSION MHP_VERSION_MAJOR MHP_VERSION_MINOR MHP_VERSION_PATCH"

# declarations NAME: what one header declares itself, as lines:
#   enum ENUM ENUMERATOR VALUE
#   function NAME: TYPE (TYPES OF PARAMETERS)
#   struct STRUCT NUMBER FIELD
#   typedef TEXT
# and "error TEXT" for what this cannot read, or what no public header should have.
declarations()
{
	own_text "$1" | tr '\n' ' ' | sed -e 's/[[:space:]][[:space:]]*/ /g' -e 's/_Bool/bool/g' |
	awk '
		function trim(s) { gsub(/^ +| +$/, "", s); return s }
		function enumerators(name, body,   i, n, parts, pair) {
			n = split(body, parts, ",")
			for (i = 1; i <= n; i++) {
				if (trim(parts[i]) == "")
					continue
				if (split(parts[i], pair, "=") != 2 || trim(pair[2]) !~ /^-?[0-9]+$/) {
					print "error enum " name ":" parts[i] ": its value is not written out"
					continue
				}
				print "enum " name " " trim(pair[1]) " " trim(pair[2])
			}
		}
		function fields(name, body,   i, n, parts) {
			if (name !~ /_opts$/)
				print "error struct " name ": is neither opaque nor one of options"
			n = split(body, parts, ";")
			for (i = 1; i < n; i++) {
				if (parts[i] ~ /[,:\[]/ && parts[i] !~ /\(\*/)
					print "error struct " name ":" parts[i] ": more than a plain field"
				printf "struct %s %02d %s\n", name, i, trim(parts[i])
			}
		}
		function prototype(text,   name, type, list, i, n, parts, p, sum) {
			match(text, /mhp_[a-z0-9_]+ ?\(/)
			name = substr(text, RSTART, RLENGTH - 1)
			type = trim(substr(text, 1, RSTART - 1))
			list = trim(substr(text, RSTART + RLENGTH))
			if (RSTART == 0 || list !~ /\)$/) {
				print "error " text ": not understood"
				return
			}
			sub(/\)$/, "", list)
			n = split(list, parts, ",")
			for (i = 1; i <= n; i++) {
				p = trim(parts[i])
				if (p != "void" && (p ~ /[(\[]/ || !sub(/ ?[a-z_0-9]+$/, "", p) ||
				    p == "" || p == "const" || p == "struct"))
					print "error " name ": parameter" parts[i] ": not understood"
				sum = sum (i > 1 ? ", " : "") p
			}
			print "function " trim(name) ": " type " (" sum ")"
		}
		function statement(text,   body, name) {
			text = trim(text)
			if (text == "" || text ~ /^(struct|enum) [a-z_0-9]+$/)
				return
			if (text ~ /^(struct|enum) [a-z_0-9]+ ?\{.*\}$/) {
				name = text
				sub(/^[a-z]+ /, "", name)
				sub(/ ?\{.*/, "", name)
				body = text
				sub(/^[^{]*\{/, "", body)
				sub(/\}$/, "", body)
				if (text ~ /^enum/)
					enumerators(name, body)
				else
					fields(name, body)
			} else if (text ~ /^typedef /) {
				print text
			} else if (text ~ /\(/ && text !~ /[{}=]/) {
				prototype(text)
			} else {
				print "error " text ": what is this in a public header?"
			}
		}
		{
			depth = 0
			text = ""
			n = length($0)
			for (i = 1; i <= n; i++) {
				c = substr($0, i, 1)
				if (c == "{") depth++
				if (c == "}") depth--
				if (c == ";" && depth == 0) { statement(text); text = "" }
				else text = text c
			}
			statement(text)
		}'
}

# all_headers: one C file that includes each of them
all_headers()
{
	for h in $MHP_HEADERS; do
		echo "#include <mhp/$h>"
	done
}

# macros: "macro DEFINITION" of each one but the headers' guards
macros()
{
	all_headers >"$tmp/macros.c"
	compile "$CC" -std=c11 -E -dM "$tmp/macros.c" |
		sed -nE 's/[[:space:]]+/ /g; s/^#define (MHP_[A-Z0-9_]+)/macro \1/p' |
		grep -vE '^macro MHP_[A-Z_]+_H ?$' >"$tmp/macros"
	for name in $CHANGING_MACROS; do
		sed -i "/^macro $name /d" "$tmp/macros"
	done
	cat "$tmp/macros"
}

# layout OPTION...: "layout MODEL STRUCT FIELD OFFSET SIZE" of each field in $tmp/structs, and
# "layout MODEL STRUCT - SIZE ALIGNMENT"; nothing if the compiler knows no such options. Read
# from its assembly, so that no program of that model needs to run.
layout()
{
	{
		all_headers
		cat <<-'END'
		#include <stddef.h>
		#define TELL(what, a, b) \
			__asm__ volatile("\n.ascii \"->" what " %c0 %c1\"" : : \
					 "i"(a), "i"(b))
		/* a compiler may have a model for which the C library is not there */
		_Static_assert(sizeof(uint64_t) == 8, "headers of another model");
		struct model { char c; uint64_t u; };
		void layout(void);
		void layout(void)
		{
			TELL("model", sizeof(void *), offsetof(struct model, u));
		END
		while read -r _ name _ field; do
			field=$(echo "$field" | sed -E 's/.*\(\*([a-z_0-9]+)\).*/\1/; s/.*[ *]//')
			echo "TELL(\"$name $field\", offsetof(struct $name, $field)," \
				"sizeof(((struct $name *)0)->$field));"
		done <"$tmp/structs"
		cut -d' ' -f2 "$tmp/structs" | sort -u | while read -r name; do
			echo "TELL(\"$name -\", sizeof(struct $name), _Alignof(struct $name));"
		done
		echo "}"
	} >"$tmp/layout.c"
	compile "$CC" "$@" -std=gnu11 -O1 -S -o "$tmp/layout.s" "$tmp/layout.c" 2>"$tmp/layout.err" ||
		return 0
	sed -n 's/.*->\(.*\)".*/\1/p' "$tmp/layout.s" >"$tmp/layout"
	case $(sed -n 's/^model //p' "$tmp/layout") in
	"8 8") model=lp64 ;;
	"4 8") model=ilp32 ;;
	"4 4") model=ilp32-packed ;;	# i386: 64-bit values at any multiple of 4
	*) echo "error an unknown model of data"; return 0 ;;
	esac
	sed -n "/^model/d; s/^/layout $model /p" "$tmp/layout"
}

# interface: all lines. Of layouts those of the compiler's own model, and of others as far as
# it has them.
interface()
{
	for h in $MHP_HEADERS; do
		declarations "$h"
	done >"$tmp/declarations"
	grep '^struct ' "$tmp/declarations" >"$tmp/structs" || true
	{
		cat "$tmp/declarations"
		macros
		layout
		# -ffreestanding: of the C library there may be no headers for these
		layout -m64 -ffreestanding
		layout -m32 -ffreestanding
		layout -m32 -ffreestanding -malign-double
	} | sort -u
}

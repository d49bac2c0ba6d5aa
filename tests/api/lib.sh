# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# Shared by the scripts here, which "make check" runs: where the public headers
# are, and which functions they declare.

: "${top_srcdir:?is set by make check}" "${top_builddir:?is set by make check}"
: "${MHP_HEADERS:?is set by make check}" "${CC:?is set by make check}"

# The headers of libmhp-policy and of libmhp-sim; all others are libmhp's.
# shellcheck disable=SC2034
POLICY_HEADERS="agenda.h standing.h"
# shellcheck disable=SC2034
SIM_HEADERS="sim-builder.h sim.h"

# is_main_header NAME: of libmhp itself?
is_main_header()
{
	case " $POLICY_HEADERS $SIM_HEADERS " in
	*" $1 "*) return 1 ;;
	esac
	return 0
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
errors=0

# error MESSAGE: tell, and go on to find more.
error()
{
	echo "error: $*"
	errors=$((errors + 1))
}

# finish: exit status of the script.
finish()
{
	[ "$errors" -eq 0 ] || { echo "$errors error(s)"; exit 1; }
	exit 0
}

# header_path NAME: where a header is; version.h is made by configure.
header_path()
{
	for d in "$top_srcdir" "$top_builddir"; do
		[ ! -f "$d/include/mhp/$1" ] || { echo "$d/include/mhp/$1"; return 0; }
	done
	echo "$top_srcdir/include/mhp/$1"
	return 1
}

# compile COMPILER ARGUMENT...: with the public headers only, not config.h.
compile()
{
	# Unquoted: compilers may come with options ("gcc -m32").
	compiler=$1
	shift
	# shellcheck disable=SC2086
	$compiler -I "$top_srcdir/include" -I "$top_builddir/include" "$@"
}

# nm_of ARGUMENT...: libtool's $NM has options in it.
nm_of()
{
	# shellcheck disable=SC2086
	${NM:-nm} "$@"
}

# needed_by FILE: the shared libraries that it brings
needed_by()
{
	"${READELF:-readelf}" -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p'
}

# own_text NAME: what one header has itself, preprocessed, without what it includes.
own_text()
{
	echo "#include <mhp/$1>" >"$tmp/own.c"
	compile "$CC" -std=c11 -E "$tmp/own.c" >"$tmp/own.i" || return 1
	# Lines such as '# 12 "/usr/include/mhp/plan.h" 1' tell whose text follows.
	awk -v name="/mhp/$1" '
		/^# [0-9]+ "/ {
			file = $0
			sub(/^# [0-9]+ "/, "", file)
			sub(/"[ 0-9]*$/, "", file)
			own = substr(file, length(file) - length(name) + 1) == name
			next
		}
		own { printf "%s ", $0 }
	' "$tmp/own.i"
}

# prototypes NAME: functions that one header declares itself, one per line.
prototypes()
{
	own_text "$1" >"$tmp/prototypes" || return 1
	grep -oE '\<mhp_[a-z0-9_]+ *\(' "$tmp/prototypes" | tr -d ' (' | sort -u
}

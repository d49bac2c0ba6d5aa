# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For the tests of the program mhp: run it, and say what differs from what was
# expected. Each test reads this file first, and ends with "finish".

set -u

: "${MHP:?is to be the path of the program}"
: "${TEST_DATA:?is to be the path of the folder tests}"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failures=0
last=
machines=$TEST_DATA/machines
# shellcheck disable=SC2034 # tests use it
cxl=$machines/7.3-cxl-region-region.txt
# The examples themselves: libtool's wrappers start slowly.
# shellcheck disable=SC2034
examples=${top_builddir:-}/examples/.libs
[ -d "$examples" ] || examples=${top_builddir:-}/examples

fail()
{
	printf 'FAIL: %s\n' "$*"
	failures=$((failures + 1))
}

finish()
{
	[ "$failures" -eq 0 ] || exit 1
	exit 0
}

# show FILE...: the beginning of files in $tmp
show()
{
	for file; do
		sed -n '1,20s/^/  /p' "$tmp/$file"
	done
}

# need PROGRAM: skip the test where it is missing
need()
{
	command -v "$1" >/dev/null || { echo "SKIP: $1 is missing"; exit 77; }
}

# Programs of a build for coverage write, wherever they are, what they have reached.
need_no_coverage()
{
	case ${MHP_TEST_SANITIZERS:-} in
	*-fprofile*) echo "SKIP: it writes what it has reached"; exit 77 ;;
	esac
}

# run CODE ARGS: its exit code must be CODE; the output is in $tmp/out and $tmp/err
run()
{
	want=$1
	shift
	last="mhp $*"
	got=0
	"$MHP" "$@" >"$tmp/out" 2>"$tmp/err" || got=$?
	if [ "$got" -ne "$want" ]; then
		fail "$last: exit code $got, expected $want"
		show out err
	fi
	# of an error there is exactly one line
	if [ "$want" -ne 0 ] && [ "$(wc -l <"$tmp/err")" -ne 1 ]; then
		fail "$last: not one line on standard error:"
		show err
	fi
}

has()
{
	grep -qF -e "$2" "$tmp/$1" && return
	fail "$last: no \"$2\" in:"
	show "$1"
}

out_has() { has out "$1"; }
err_has() { has err "$1"; }

out_lacks()
{
	grep -qF -e "$1" "$tmp/out" || return 0
	fail "$last: \"$1\" in:"
	show out
}

no_out()
{
	[ -s "$tmp/out" ] || return 0
	fail "$last: prints something:"
	show out
}

no_err()
{
	[ -s "$tmp/err" ] || return 0
	fail "$last: complains:"
	show err
}

# json EXPRESSION VALUE: of the last output, by jq
json()
{
	found=$(jq -c "$1" "$tmp/out" 2>&1) || found="no JSON: $found"
	[ "$found" = "$2" ] || fail "$last: $1 is $found, expected $2"
}

# json_holds EXPRESSION: an expression that must be true
json_holds() { json "$1" true; }

# make_tree CAPTURE DIR: a capture's files, links and folders below DIR; in one process, as there
# are hundreds. Of what stands on several lines it has /proc/iomem.
make_tree()
{
	perl -e '
	use strict;
	use File::Path "make_path";
	my ($root, $iomem, $on) = shift;
	sub place { my $path = $root . shift; make_path($path =~ m,^(.*)/,); $path }
	sub put { my ($to, $text) = @_; open(my $out, ">", place($to)) or die "$to: $!"; print $out $text }
	while (<>) {
		next if /^#/ || /: </;
		if (/^\t(.*)/s) { $iomem .= $1 if $on; next }
		$on = m,^/proc/iomem:$,;
		if (/^(\S*) -> (.*)/) { symlink($2, place($1)) or die "$1: $!" }
		elsif (m,^(.*/)$,) { place($1) }
		elsif (/^(.*?): (.*)/s) { put($1, $2) }
	}
	put("/proc/iomem", $iomem);
	' "$2" "$1"
}

# leave_journal ROOT PATH OURS BEFORE: as somebody would who was killed
leave_journal()
{
	mkdir -p "$1/run/libmhp"
	printf 'libmhp journal 1\nwho "mhp[7]: plug dax0.0 as %s"\nsetting "%s" "%s" "%s"\nend\n' \
		"$3" "$2" "$3" "$4" >"$1/run/libmhp/journal"
}

# ---- a simulated machine that goes on from call to call ----

m=$tmp/m.txt

# act CODE ARGS: go on with machine m from where the last call left it
act()
{
	code=$1
	shift
	run "$code" "$@" --sim "$m" --sim-save "$m"
}

# state BLOCK WORD: of the saved machine
state()
{
	found=$(sed -n "s|^/sys/devices/system/memory/memory$1/state: ||p" "$m")
	[ "$found" = "$2" ] || fail "$last: memory$1 is \"$found\", expected \"$2\""
}

zone()
{
	found=$(sed -n "s|^/sys/devices/system/memory/memory$1/valid_zones: ||p" "$m")
	[ "$found" = "$2" ] || fail "$last: memory$1 has zones \"$found\", expected \"$2\""
}

# unchanged: the machine's files are those of the file $tmp/before
unchanged()
{
	grep -v '^#' "$m" >"$tmp/now"
	cmp -s "$tmp/before" "$tmp/now" && return
	fail "$last: the machine changed:"
	diff "$tmp/before" "$tmp/now" >"$tmp/diff"
	show diff
}

remember() { grep -v '^#' "$m" >"$tmp/before"; }

# attribute PATH WORD: a file of the saved machine
attribute()
{
	found=$(sed -n "s|^$1: ||p" "$m")
	[ "$found" = "$2" ] || fail "$last: $1 is \"$found\", expected \"$2\""
}

# settings POLICY AUTOPROBE: of the saved machine, and nothing is to be put back
settings()
{
	attribute /sys/devices/system/memory/auto_online_blocks "$1"
	attribute /sys/bus/dax/drivers_autoprobe "$2"
	if grep -q '^/run/libmhp/' "$m"; then fail "$last: $(grep '^/run/libmhp/' "$m")"; fi
}

# ---- who follows the lines of mhp watch --json ----

# follow: what the lines of $tmp/out lead to. One flat object, which jq changes in place.
follow()
{
	jq -n 'reduce inputs as $e (null;
		if $e.event == "begin" then
			[{ key: "policy", value: $e.auto_online_blocks },
			 ($e.blocks[] | { key: "memory\(.id)", value: [.state, .zone] }),
			 ($e.regions[] | { key: .name, value: .driver })] | from_entries
		elif $e.block != null and $e.after == "absent" then del(.[$e.name])
		elif $e.block != null then .[$e.name] = [$e.after, $e.zone_after]
		elif $e.name == "auto_online_blocks" then .policy = $e.after
		elif $e.event == "device-removed" then del(.[$e.name])
		elif $e.event | startswith("device-") then .[$e.name] = $e.after
		else . end)' -S "$tmp/out"
}

# truth: the same of machine m as it is then
truth()
{
	"$MHP" list --json --sim "$m" | jq -S '
		[{ key: "policy", value: .default_online_type },
		 (.blocks[] | { key: "memory\(.id)",
			value: [.state, if .state == "online" then .zones[0] else null end] }),
		 (.regions[] | { key: .name, value: .driver })] | from_entries'
}

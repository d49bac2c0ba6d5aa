#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Below another root: nothing outside of it is opened, whatever its links say,
# and where all is as wanted nothing is written. By system calls, with strace.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need strace
need jq

# a leak checker cannot be traced
export ASAN_OPTIONS=detect_leaks=0

need_no_coverage
root=$tmp/root
strace -o "$tmp/probe" true 2>"$tmp/err" || { echo "SKIP: strace: $(cat "$tmp/err")"; exit 77; }

# traced CODE ARGS: as run, below the root; the system calls are in $tmp/trace
traced()
{
	code=$1
	shift
	plain=$MHP
	MHP=strace
	run "$code" -f -y -o "$tmp/trace" -e trace='%file,openat2,write,pwrite64,writev' -- "$plain" --root "$root" "$@"
	last="mhp --root $root $*"
	MHP=$plain

	# from the first look at the root on, all that is opened is below it
	awk -v root="$root" -v sanitizers="${MHP_TEST_SANITIZERS:-}" '
	/^[0-9]* *(execve|write|writev|close|exit)/ { next }
	!on { if (index($0, root)) on = 1; else next }
	/\/proc\/self\// && sanitizers { next }
	/ = -1 E/ { next }
	# is it the real root? of which a look from outside is enough
	/newfstatat\(AT_FDCWD[^,]*, "\/", / { next }
	/AT_FDCWD[^,]*, "/ {
		path = $0; sub(/.*AT_FDCWD[^,]*, "/, "", path); sub(/".*/, "", path)
		if (path != root && index(path, root "/") != 1) print
	}
	/^[0-9]* *(open|openat|openat2)\(/ {
		path = $0
		if (!sub(/.* = [0-9]+</, "", path)) { print; next }
		sub(/>[^>]*$/, "", path)
		if (path != root && index(path, root "/") != 1) print
	}' "$tmp/trace" >"$tmp/outside"
	grep -q "$root" "$tmp/trace" || fail "$last: does not look at the root"
	[ -s "$tmp/outside" ] || return 0
	fail "$last: goes outside of the root:"
	show outside
}

# nothing was written but to standard output and standard error
wrote_nothing()
{
	grep -E '^[0-9]* *(write|pwrite64|writev)\(' "$tmp/trace" |
		grep -vE '\((1|2)<' >"$tmp/writes"
	grep -E 'O_(WRONLY|RDWR|CREAT|TRUNC)' "$tmp/trace" |
		grep -vE ' = -1 E|/dev/(tty|null)' >>"$tmp/writes"
	[ -s "$tmp/writes" ] || return 0
	fail "$last: writes:"
	show writes
}

make_tree "$cxl" "$root"

traced 0 list
out_has dax0.0
wrote_nothing
traced 0 list --json
json '[.regions[].name]' '["dax0.0","region0","boot"]'
json '.errors' '[]'
traced 0 show dax0.0
traced 0 list --tree
traced 0 map
wrote_nothing
traced 0 plan online dax0.0 --type online_movable
wrote_nothing
traced 0 plan unplug dax0.0
traced 1 show dax7.7
err_has 'no such region'

# the standing policy, and the early claim
mkdir -p "$root/etc/mhp/policy.d" "$root/usr/lib"
ln -s usr/lib "$root/lib"
ln -s "$TEST_DATA" "$root/usr/local"
printf '[pool]\ntype = offline\n' >"$root/etc/mhp/policy.d/a.conf"
for verb in 'policy check' 'policy show' 'policy explain dax0.0' drift apply 'apply --dry-run' \
	'policy claim --dry-run'; do
	# shellcheck disable=SC2086
	traced 0 $verb
	wrote_nothing
done
traced 0 policy claim
[ -e "$root/etc/modprobe.d/mhp-claim.conf" ] || fail "$last: writes nothing"
traced 0 policy claim
wrote_nothing
traced 0 policy claim --remove

# as wanted already: no write, success
traced 0 offline dax0.0
out_has 'already offline, nothing to do'
wrote_nothing

# A tree does not act as the kernel does: the word that was written stands there, and
# is no state; so it is put back.
traced 1 online dax0.0 --type online_movable --per-block
grep -q 'memory37/state>, "online_movable"' "$tmp/trace" ||
	fail "$last: nothing was written to the highest block"
[ "$(cat "$root/sys/devices/system/memory/memory7/state")" = online ] ||
	fail "$last: a block of others was written to"

# Links that lead out, as an attribute and as a folder, absolute and relative.
outside=$tmp/outside-tree
mkdir -p "$outside/memory9"
echo offline >"$outside/state"
echo offline >"$outside/memory9/state"
mem=$root/sys/devices/system/memory
rm -rf "$root"
make_tree "$cxl" "$root"
ln -sf "$outside/state" "$mem/memory34/state"
ln -sf ../../../../../../../../../../../../../../../../.."$outside"/state "$mem/memory35/state"
ln -s "$outside/memory9" "$mem/memory9"
ln -s / "$mem/memory10"
ln -s . "$mem/memory11"
ln -s memory12 "$mem/memory12"
ln -s "$outside" "$root/sys/bus/dax/devices/dax1.0"
ln -s dax2.0 "$root/sys/bus/dax/devices/dax2.0"
for verb in list 'list --json' 'show dax0.0' 'show dax1.0'; do
	# shellcheck disable=SC2086
	traced 0 $verb
	wrote_nothing
done
traced 1 online dax0.0 --type online_movable
traced 1 offline dax0.0
traced 1 unplug dax1.0
[ "$(cat "$outside/state" "$outside/memory9/state" | sort -u)" = offline ] ||
	fail "something outside of the root was written to"

# Started with standard files closed: none of the machine's takes their place.
rm -rf "$root"
make_tree "$cxl" "$root"
strace -f -y -o "$tmp/trace" -e trace=%file,openat2 -- "$MHP" --root "$root" \
	online dax0.0 --type online_movable --per-block <&- >&- 2>&-
grep -q "= [0-9]*<$root/.*/memory37/state>" "$tmp/trace" || fail "all closed: $(tail -1 "$tmp/trace")"
if grep -E "= [012]<$root" "$tmp/trace" >"$tmp/taken"; then
	fail "all closed: a file of the machine is standard input, output or error:"
	show taken
fi

# The root itself may be a link, and relative.
rm -rf "$root"
make_tree "$cxl" "$tmp/real-root"
(cd "$tmp" && "$MHP" list --root ./real-root >"$tmp/out" 2>&1) || fail "a relative root: $(cat "$tmp/out")"
ln -s real-root "$tmp/link"
run 0 list --root "$tmp/link"
run 1 list --root "$tmp/nowhere"
err_has "$tmp/nowhere"
run 1 list --root "$tmp/real-root/proc/iomem"
err_has iomem
run 1 list --root "$outside"
err_has 'no memory hotplug here'

finish

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A simulated machine writes no file, wants no privilege, and has no thread of its own: by
# system calls, with strace.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need strace
need_no_coverage

# a leak checker cannot be traced
export ASAN_OPTIONS=detect_leaks=0
strace -o "$tmp/probe" true 2>"$tmp/err" || { echo "SKIP: strace: $(cat "$tmp/err")"; exit 77; }

# traced WHAT COMMAND: it opens files of this machine only to read them, and asks for no privilege
traced()
{
	last=$1
	shift
	strace -f -o "$tmp/trace" "$@" >"$tmp/out" 2>&1 || fail "$last: status $?: $(cat "$tmp/out")"
	grep -q '^[0-9]* *exit_group' "$tmp/trace" || fail "$last: the trace has no end"
	grep -E '(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)|^[0-9]* *(mkdir|rmdir|unlink|rename|link|symlink|mknod|truncate|chmod|chown|mount|socket|set[a-z]*uid|cap[gs]et|init_module)' \
		"$tmp/trace" | grep -v '"/dev/\(null\|tty\)"\|^[0-9]* *set_' >"$tmp/taken" || :
	[ ! -s "$tmp/taken" ] || { fail "$last:"; show taken; }
}

program=$examples/test-agent
traced "test-agent" "$program"
# each thread that was begun, which are libmhp's own, has ended before the program does
begun=$(grep -c 'clone3\{0,1\}(.*CLONE_THREAD.* = [0-9]\|resumed>.* => {parent_tid' "$tmp/trace" || :)
ended=$(grep -c '^[0-9]* *exit(' "$tmp/trace" || :)
[ "$begun" -gt 0 ] || fail "test-agent: no thread was seen: the trace does not tell"
[ "$ended" -eq "$begun" ] || fail "test-agent: $begun threads began, $ended ended"

# looking starts none at all
traced "mhp list" "$MHP" list --sim "$cxl"
if grep -q CLONE_THREAD "$tmp/trace"; then fail "mhp list: a thread was begun"; fi
traced "mhp offline" "$MHP" offline dax0.0 --sim "$cxl"
traced "mhp plug" "$MHP" plug dax0.0 --type online_movable --sim "$cxl"

finish

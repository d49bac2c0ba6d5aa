# SPDX-License-Identifier: LGPL-2.1-or-later
# Shared by clang and musl: this machine, but another compiler or C library. They build in a
# folder of their own, run the tests there, and end with the totals.
# shellcheck shell=sh disable=SC2034

PORTS=$(dirname "$(readlink -f "$0")")
ME=${0##*/}
top=$(readlink -f "$PORTS/../..")
build=$ME
jobs=$(nproc)
passed=0 failed=0 skipped=0

say() { echo "$ME: $*" >&2; }

# Where something is missing there is nothing to be seen, which CI does not take for an answer.
missing() {
	say "$@"
	[ "${CI:-}" != true ] || exit 1
	exit 77
}

take_options() {
	while [ $# -gt 0 ]; do
		case $1 in
		--build) build=${2:?}; shift ;;
		--jobs) jobs=${2:?}; shift ;;
		*)
			usage
			[ "$1" = --help ] && exit 0
			exit 2
			;;
		esac
		shift
	done
	[ -f "$top/configure" ] || { say "no configure, please run autoreconf -i"; exit 2; }
	[ ! -f "$top/config.status" ] ||
		missing "the source folder itself was configured; please run 'make distclean' in it"
	mkdir -p "$build"
	cd "$build" || exit
	dir=$PWD
	log=$dir/$ME.log
	: >"$log"
}

quietly() { # quietly WHAT COMMAND ...: where it fails, the end of the log
	say "$1"
	shift
	"$@" >>"$log" 2>&1 </dev/null && return 0
	tail -n 40 "$log" >&2
	say "failed: $* (all output: $log)"
	return 1
}

# A break outside the tests, such as a warning of the compiler, counts as one failure.
try() { quietly "$@" && passed=$((passed + 1)) || failed=$((failed + 1)); }

# Of configure and libtool: where it is not bash they need half the time.
export CONFIG_SHELL=/bin/sh

build_with() { # build_with OPTION ...: configure, everything, the programs of the tests
	if [ ! -f Makefile ] || [ -n "$(find "$top/configure" -newer Makefile)" ]; then
		quietly "configuring $*" "$top/configure" --enable-werror CFLAGS='-g -O1' "$@" || return 1
	fi
	quietly compiling make -k -j"$jobs" all &&
		quietly "compiling the tests" make -k -j"$jobs" check TESTS=
}

run_tests() { # run_tests [PATTERN]: without those that make's PATTERN names
	find . -name '*.trs' -exec rm {} +
	say testing
	tests=$(make -s --no-print-directory \
		--eval="tests-of:; @echo \$(filter-out ${1:-},\$(TESTS))" tests-of)
	make -s -k -j"$jobs" check VERBOSE=1 TESTS="$tests" >"$dir/check.log" 2>&1 </dev/null || :
	# shellcheck disable=SC2046 # three numbers
	set -- $(find . -name '*.trs' -exec cat {} + | awk '
		$1 != ":test-result:" { next }
		$2 == "PASS" || $2 == "XFAIL" { passed++; next }
		$2 == "SKIP" { skipped++; next }
		{ failed++ }
		END { print passed + 0, failed + 0, skipped + 0 }')
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
	if [ "$1" -eq 0 ] || [ "$2" -gt 0 ]; then
		cat "$dir/check.log" >&2
	fi
	[ "$1" -gt 0 ] || failed=$((failed + 1))
}

totals() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
}

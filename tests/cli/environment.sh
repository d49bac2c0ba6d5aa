#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp does the same whatever the environment says, but for what mhp(1) lists below ENVIRONMENT;
# and it lists all that is asked for, by mhp itself or by a library.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"

: "${top_srcdir:?is to be the folder of the sources}"

export LC_ALL=C
printf '[pool]\nkind = dax\ntype = online_movable\n' >"$tmp/pool.conf"
make_tree "$cxl" "$tmp/root"

# every COMMAND...: with all verbs that come to an end
every()
{
	for args in list 'list --json' 'list --tree' 'show dax0.0' map drift capture recover apply \
		'plan online dax0.0 --type online_movable' 'online dax0.0 --type online_movable' \
		'offline dax0.0' 'unplug dax0.0' 'policy check' 'policy show' 'policy explain dax0.0' \
		'watch --count 1 --sim-act /sys/devices/system/memory/auto_online_blocks=online' \
		agent 'wait dax0.0 --for online --timeout 0.1' 'show dax7.7' 'no-verb' --help; do
		policy=
		case $args in
		policy* | apply | drift | agent) policy="--policy $tmp/pool.conf" ;;
		esac
		echo "== $args"
		# shellcheck disable=SC2086 # words
		"$@" $args $policy --sim "$cxl" 2>&1 || echo "exit code $?"
	done
	for args in list recover 'policy claim' 'policy claim --remove' 'offline dax0.0'; do
		echo "== $args"
		# shellcheck disable=SC2086 # words
		"$@" $args --root "$tmp/root" 2>&1 || echo "exit code $?"
	done
}

# what differs from run to run: times, and process numbers
steady()
{
	sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+Z?/TIME/g; s/[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z?/TIME/g; s/mhp\[[0-9]+\]/mhp[PID]/g'
}

bare="env -i LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}"
# shellcheck disable=SC2086 # words
every $bare "$MHP" | steady >"$tmp/bare"
# shellcheck disable=SC2086 # words
every $bare LC_ALL=xx_XX LANGUAGE=xx TZ=:/dev/zero TMPDIR=/nowhere HOME=/nowhere PATH=/nowhere \
	PWD=/nowhere SHELL=/nowhere USER=nobody COLUMNS=7 LINES=1 POSIXLY_CORRECT=1 \
	MHP_ROOT=/nowhere MHP_DEBUG=1 LIBMHP_LOG=debug KMOD_LOG=7 MODPROBE_OPTIONS=-r \
	SYSTEMD_LOG_LEVEL=debug UDEV_LOG=debug UDEV_CONFIG_FILE=/nowhere \
	JOURNAL_STREAM=7:7 NOTIFY_SOCKET=/nowhere LISTEN_FDS=3 LISTEN_PID=1 WATCHDOG_USEC=1 \
	SUDO_USER=x XDG_CONFIG_HOME=/nowhere MALLOC_CHECK_=0 GCONV_PATH=/nowhere \
	"$MHP" | steady >"$tmp/hostile"
last='a hostile environment'
[ "$(wc -l <"$tmp/bare")" -gt 300 ] || { fail "$last: nearly nothing was said"; show bare; }
if ! diff "$tmp/bare" "$tmp/hostile" >"$tmp/diff"; then
	fail "$last: what mhp says differs"
	show diff
fi

# What is asked for, on a terminal, too. A sanitizer wants to be loaded first.
[ -z "${MHP_TEST_SANITIZERS:-}" ] || finish
"${CC:?is set by make check}" -shared -fPIC -o "$tmp/say-getenv.so" \
	"$TEST_DATA/support/say-getenv.c" 2>"$tmp/err" || { echo "note: no compiler for it"; finish; }
asked=$tmp/asked
# shellcheck disable=SC2086 # words
every $bare LD_PRELOAD="$tmp/say-getenv.so" SAY_GETENV="$asked" NOTIFY_SOCKET=/nowhere \
	"$MHP" >"$tmp/said"
if command -v script >/dev/null; then
	for args in list map 'offline dax0.0'; do
		script -qec "env TERM=dumb LD_PRELOAD=$tmp/say-getenv.so SAY_GETENV=$asked $MHP $args --sim $cxl" \
			/dev/null >"$tmp/said" 2>&1
	done
fi
last='the environment'
[ -s "$asked" ] || fail "$last: it asks for nothing"
sed -n '/^\.Sh ENVIRONMENT/,/^\.Sh FILES/p' "$top_srcdir/man/mhp.1" >"$tmp/man"
sort -u "$asked" >"$tmp/names"
while read -r name; do
	grep -q "Ev.* $name\\( \\|\$\\)" "$tmp/man" || fail "$last: mhp(1) does not tell of $name"
done <"$tmp/names"
grep -o 'Ev [A-Za-z0-9_ ,]*' "$tmp/man" | tr -c 'A-Za-z0-9_\n' ' ' | tr ' ' '\n' | grep '[A-Z]' |
	while read -r name; do
		[ "$name" = Ev ] || grep -qx "$name" "$tmp/names" ||
			echo "note: nobody asked for $name here"
	done

finish

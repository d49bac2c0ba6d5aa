#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is installed for systemd: it understands the unit, which is confined; the options of
# the program are those of the unit; rule and tmpfiles name what is there.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"

: "${top_srcdir:?is to be the folder of the sources}"
: "${top_builddir:?is to be the folder where the unit was made}"

# Of 10; 9.6 is a service without any of that. It is what SECURITY.md says, or less.
EXPOSURE_MAX=$(sed -n 's/.*rates it \([0-9.]*\) of 10.*/\1/p' "$top_srcdir/SECURITY.md")
last='SECURITY.md'
[ -n "$EXPOSURE_MAX" ] || { fail "$last does not tell how exposed the unit is"; EXPOSURE_MAX=0; }

made=$top_builddir/systemd/mhp-agent.service
unit=$tmp/mhp-agent.service

last='the unit'
grep '@[a-z]*@' "$made" && fail "$last: something was not put in"
start=$(sed -n 's/^ExecStart=//p' "$made")
case $start in
/*/mhp\ agent) ;;
*) fail "$last: ExecStart=$start" ;;
esac

# as the program takes it: what ends at once for another reason is not usage
run 2 ${start#* } --capture /nowhere
err_has 'agent: '

last='the udev rule'
grep -q 'SYSTEMD_WANTS}+="mhp-agent.service"' "$top_srcdir/systemd/70-mhp.rules" ||
	fail "$last names another unit"
last='tmpfiles'
grep -q '^d /run/libmhp 0755 root root' "$top_srcdir/systemd/mhp.conf" || fail "$last"

need systemd-analyze
# a program that is there is to be started
sed "s,^ExecStart=[^ ]*,ExecStart=$(command -v true)," "$made" >"$unit"
last='systemd-analyze verify'
systemd-analyze --man=no verify "$unit" >"$tmp/out" 2>&1 ||
	{ fail "$last: status $?"; show out; }
# what it does not know is a line, and no failure
grep 'mhp-agent' "$tmp/out" && fail "$last complains"

last='systemd-analyze security'
if systemd-analyze --offline=yes security "$unit" >"$tmp/out" 2>&1; then
	exposure=$(sed -n 's/.*exposure level for mhp-agent.service: \([0-9.]*\).*/\1/p' "$tmp/out")
	echo "exposure: ${exposure:-not told} of 10"
	[ -n "$exposure" ] && awk -v is="$exposure" -v max="$EXPOSURE_MAX" 'BEGIN { exit is > max }' ||
		{ fail "$last: exposure $exposure, more than $EXPOSURE_MAX"; }
else
	echo "note: this systemd-analyze cannot judge a file"
fi

finish

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The demonstration of the quick start works, and notices when it does not.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"

: "${top_srcdir:?is to be the folder of the sources}"
demo=$top_srcdir/examples/demo.sh
program=$MHP
MHP=$demo

run 0 --mhp "$program" --machine "$cxl"
no_err
out_has '$ mhp list'
out_has '$ mhp plan online dax0.0 --type online_movable'
out_has 'dax0.0: 4 blocks online in Movable (512 MiB)'
out_has 'nothing to do'
out_has '--rezone'
out_has '(exit code 1)'
out_has 'not done by the deadline; all was put back as it was'
out_has '$ mhp unplug dax0.0 --to device_dax'
out_has 'borrow /sys/devices/system/memory/auto_online_blocks as "online_movable"'
out_has 'dax0.0: plugged: 4 blocks online in Movable (512 MiB)'
out_has 'default online type  online'
out_has 'dax0.0: unplugged'

# a program that always succeeds does not pass
printf '#!/bin/sh\nexit 0\n' >"$tmp/yes"
chmod 755 "$tmp/yes"
run 1 --mhp "$tmp/yes" --machine "$cxl"
err_has 'exit code 0 where 1 was expected'
run 1 --mhp "$program" --machine "$machines/7.3-hmem-tiny-bound.txt" --region dax0.0
err_has 'was expected'
run 2 --mhp "$program"
err_has usage
run 2 --mhp "$program" --real --machine "$cxl"
run 2 --frobnicate

finish

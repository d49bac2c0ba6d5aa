#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What makes no sense on the command line: exit code 2, one line, nothing on
# standard output, and no machine is looked at.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"

# a machine that cannot be opened, to see that it is not even tried
nowhere="--root $tmp/nowhere"

# usage TEXT ARGS
usage()
{
	text=$1
	shift
	# shellcheck disable=SC2086
	run 2 $nowhere "$@"
	no_out
	err_has "mhp: "
	err_has "$text"
	err_has "see mhp --help"
}

usage 'a verb is missing'
usage '"frobnicate" is no verb' frobnicate
usage '"LIST" is no verb' LIST
usage '"" is no verb' ''
usage '"dax0.0" is one word too many' list dax0.0
usage 'show: it needs a region' show
usage 'online: it needs a region' online --type online
usage "the region's name is empty" show ''
usage '"dax0.1" is one word too many' offline dax0.0 dax0.1
usage 'one word too many' a b c d e
usage 'plan: it needs a verb' plan
usage 'not with "list"' plan list
usage 'not with "plan"' plan plan online dax0.0

# a type is never guessed, and only the kernel's words will do
for verb in online 'plan online'; do
	# shellcheck disable=SC2086
	usage 'name a type with --type' $verb dax0.0
	err_has 'online, online_kernel, online_movable, offline or default'
done
for word in movable Online online_movabl ' online' 'online ' 'online
' online_movable_ unplugged; do
	usage 'is no online type' online dax0.0 --type "$word"
	err_has 'online, online_kernel, online_movable, offline or default'
done
usage '--type is empty' online dax0.0 --type ''
usage '--type: a value is missing' online dax0.0 --type
usage '--type is given twice' online dax0.0 --type online --type offline

# options that the verb has no use for
usage 'offline: it does not go with --type' offline dax0.0 --type online
usage 'unplug: it does not go with --rezone' unplug dax0.0 --rezone
usage 'list: it does not go with --dry-run' list --dry-run
usage 'show: it does not go with --keep' show dax0.0 --keep
usage 'offline: it does not go with --per-block' plan offline dax0.0 --per-block
usage 'list: it does not go with --type' list --type online

usage '--frobnicate is no option' list --frobnicate
usage '-x is no option' list -x
usage '--json takes no value' list --json=yes
usage '--capture: a value is missing' list --capture

# control characters of a word do not reach the terminal
usage '"a\x1b[31m" is no verb' "$(printf 'a\033[31m')"

nowhere=
usage 'exclude each other' list --root / --capture x
usage 'exclude each other' list --sim y --capture x
usage '--sim-save needs --sim' list --sim-save x
usage '--sim-save needs --sim' list --sim-save x --capture y
usage '--sim-fail needs --sim' list --sim-fail 1:online:EBUSY
usage 'begins with no block number' list --sim x --sim-fail a:online:EBUSY
usage 'begins with no block number' list --sim x --sim-fail -1:online:EBUSY
usage 'begins with no block number' list --sim x --sim-fail 99999999999999999999:online:EBUSY
usage 'names neither online nor offline' list --sim x --sim-fail 1:onlin:EBUSY
usage 'ends with no errno name' list --sim x --sim-fail 1:online:EBUSI
usage 'ends with no errno name' list --sim x --sim-fail 1:online:
usage 'begins with no block number' list --sim x --sim-fail ''

# what is no mistake
run 0 --help
no_err
out_has 'Usage: mhp'
out_has 'online_movable'
out_has '4 no permission'
run 0 list -h --frobnicate
run 0 --version
no_err
grep -qx 'mhp [0-9][0-9.]*' "$tmp/out" || fail "$last: $(cat "$tmp/out")"

finish

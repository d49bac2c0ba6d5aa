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
usage '"a" is no verb' a b c d e
usage '"c" is one word too many' list c d e f g
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

for verb in plug 'plan plug'; do
	# shellcheck disable=SC2086
	usage 'plug: name a type with --type' $verb dax0.0
done

# a target, and one only
for verb in 'online --type online' offline 'plug --type online' unplug 'plan offline'; do
	# shellcheck disable=SC2086
	usage 'it needs a region' $verb
	err_has '--range, --blocks, --node or --kind'
	for target in '--range 0x0-0xfff' '--blocks 1' '--node 0' '--kind dax'; do
		# shellcheck disable=SC2086
		usage 'exclude each other' $verb dax0.0 $target
	done
	# shellcheck disable=SC2086
	usage 'exclude each other' $verb --node 0 --blocks 1
done
usage '--node is given twice' offline --node 0 --node 1
usage '--range is given twice' offline --range 0x0-0x1 --range 0x0-0x1
usage '--blocks is empty' offline --blocks ''

for range in 100-200 0x100-200 x 0x-0x1 0x1-0x 0x0 0x0- -0x1 0x200-0x1ff '0x0-0x1 ' ' 0x0-0x1' \
	0X0-0X1 0x0-0x1-0x2 0x0--0x1 0x0,0x1 0x-1-0x5; do
	usage "--range: \"$range\" is no range" offline --range "$range"
	err_has '0xSTART-0xEND, the last byte included'
done
for range in 0x0-0xffffffffffffffff 0x0-0x10000000000000000 0x10000000000000000-0x10000000000000001; do
	usage "--range: no machine has \"$range\"" offline --range "$range"
done

for blocks in a 32- -32 32--35 35-32 ',' '32,' ',32' 32,,33 '32, 33' ' 32' +32 0x20 32-34-36 memory32 32:34; do
	usage "--blocks: \"$blocks\" is no list" offline --blocks "$blocks"
	err_has 'such as 32-35,40'
done
for blocks in 18446744073709551616 0-18446744073709551615 1,99999999999999999999-99999999999999999999 \
	18446744073709551615; do
	usage "--blocks: no machine has \"$blocks\"" offline --blocks "$blocks"
done

for node in a -1 1.0 ' 1' 0x1 1,2 node1; do
	usage "--node: \"$node\" is no number of a node" offline --node "$node"
done
for node in 2147483648 18446744073709551616; do
	usage "--node: no machine has \"$node\"" offline --node "$node"
done
for kind in DAX daxx da unknown 1; do
	usage "--kind: \"$kind\" is no kind of region such as dax" offline --kind "$kind"
done

for size in a 4X 4GB -4G +4G 4.5G ' 4G' '4 G' '4 ' 4GiBs 0x1000 G 4Gi; do
	usage "--size: \"$size\" is no size" offline --node 1 --size "$size"
	err_has 'such as 4G'
done
for size in 16E 17179869184G 18446744073709551616 18446744073709551616K 999999999999999999999999; do
	usage "--size: \"$size\" is larger than any machine's memory" offline --node 1 --size "$size"
done
for size in 0 0G 0KiB; do
	usage "--size: \"$size\" is nothing" offline --node 1 --size "$size"
done
usage '--size is given twice' offline dax0.0 --size 1G --size 1G
usage 'show: it does not go with --node' show --node 0
usage 'list: it does not go with --kind' list --kind dax

# time
for timeout in a -1 1s 1.5.0 .5 1. ' 1' 1e3 0x1 inf None +1 1,5; do
	usage "--timeout: \"$timeout\" is no number of seconds" offline dax0.0 --timeout "$timeout"
done
for timeout in 0 0.0 0.000000 00; do
	usage "--timeout: \"$timeout\" is no time at all" offline dax0.0 --timeout "$timeout"
done
for timeout in 9223372036854775807 9223372036854775 18446744073709551616 99999999999999999999999.5; do
	usage "--timeout: \"$timeout\" is too long" offline dax0.0 --timeout "$timeout"
	err_has '"none" waits for ever'
done
usage '--timeout is given twice' offline dax0.0 --timeout 1 --timeout none
usage 'list: it does not go with --timeout' list --timeout 1
usage 'show: it does not go with --timeout' show dax0.0 --timeout 1

# who gets the device
usage '--to: "kmem" is no driver that could take the device' unplug dax0.0 --to kmem
usage '--to is empty' unplug dax0.0 --to ''
usage 'offline: it does not go with --to' offline dax0.0 --to device_dax
usage 'plug: it does not go with --to' plug dax0.0 --type online --to device_dax
usage 'online: --no-borrow goes with --per-block' online dax0.0 --type online --no-borrow
usage 'plug: it does not go with --rezone' plug dax0.0 --type online --rezone
usage 'unplug: it does not go with --per-block' unplug dax0.0 --per-block

# saved plans, recovery
usage '--save needs --dry-run, or mhp plan offline' offline dax0.0 --save "$tmp/plan"
usage '--save is empty' plan offline dax0.0 --save ''
usage 'list: it does not go with --save' list --save "$tmp/plan"
usage "apply: the file's name is empty" apply ''
usage 'apply: a saved plan does not go with --policy' apply a --policy b
usage '"b" is one word too many' apply a b
usage 'apply: it does not go with --type' apply a --type online
usage 'apply: it does not go with --keep' apply a --keep
usage 'apply: it does not go with --node' apply a --node 1
usage 'apply: it does not go with --save' apply a --dry-run --save b
usage 'not with "apply"' plan apply a
usage 'not with "recover"' plan recover
usage '"dax0.0" is one word too many' recover dax0.0
usage 'recover: it does not go with --dry-run' recover --dry-run
usage 'recover: it does not go with --keep' recover --keep

# the standing policy
usage 'policy: it needs another word: check, show, explain or claim' policy
usage 'policy: "frobnicate" is none of check, show, explain or claim' policy frobnicate
usage 'policy: "--" is ' policy -- --
usage '"poli" is no verb' poli claim
usage 'is no verb' 'policy claimX'
usage '"x" is one word too many' policy claim x
usage 'not with "policy claim"' plan policy claim
usage 'policy claim: it does not go with --type' policy claim --type online
usage 'policy claim: --initrd runs a command, which --dry-run only shows' policy claim --initrd --dry-run
usage 'not with --root' policy claim --initrd
usage 'list: it does not go with --remove' list --remove
usage 'policy explain: it needs a region' policy explain
usage '"b" is one word too many' policy explain a b
usage '"x" is one word too many' policy show x
usage "policy check: the file's name is empty" policy check ''
usage 'policy check: name files, or --policy; not both' policy check a --policy b
usage 'policy check: it does not go with --dry-run' policy check --dry-run
usage '"b" is one word too many' drift a b
usage "drift: the region's name is empty" drift ''
usage 'drift: it does not go with --timeout' drift --timeout 1
usage '--policy is empty' drift --policy ''
usage 'list: it does not go with --policy' list --policy x
many=$(for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do printf ' --policy %s' "$i"; done)
# shellcheck disable=SC2086
usage '--policy: no more than 16 of them' drift $many
usage 'not with "drift"' plan drift
[ ! -e "$tmp/plan" ] || fail 'a plan was saved'

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

usage 'it goes with --root, not with --sim' policy claim --sim x
usage 'it goes with --root, not with --capture' policy claim --capture x

usage '--sim-hang needs --sim' list --sim-hang 1
usage '--sim-kill needs --sim' list --sim-kill 1
usage '--sim-hang: "a" is no number of a block' list --sim x --sim-hang a
usage '--sim-hang: "-1" is no number' list --sim x --sim-hang -1
usage '--sim-kill: "0" is no number of a write' list --sim x --sim-kill 0
usage '--sim-kill: "18446744073709551616" is no number' list --sim x --sim-kill 18446744073709551616
usage '--sim-hang is given twice' list --sim x --sim-hang 1 --sim-hang 2

# watch and wait
usage 'wait: it needs a region' wait
usage 'wait: it does not go with --node' wait --node 1
usage '"dax0.1" is one word too many' watch dax0.0 dax0.1
usage 'watch: it does not go with --node' watch --node 1
usage 'watch: it does not go with --for' watch --for online
usage 'wait: it does not go with --count' wait dax0.0 --count 1
usage 'list: it does not go with --source' list --source kernel
usage 'not with "wait"' plan wait dax0.0
for count in 0 -1 a 1.5 18446744073709551616; do
	usage "--count: \"$count\" is no number of events" watch --count "$count"
done
for size in 0 4GB a -1 16E; do
	usage "--buffer: \"$size\" is no size of a buffer" watch --buffer "$size"
done
usage '--source: "Udev" is none of auto, udev and kernel' watch --source Udev
usage '--source is given twice' watch --source udev --source udev
usage '--for: "movable" is nothing to wait for' wait dax0.0 --for movable
err_has 'online_movable'
usage '--for is empty' wait dax0.0 --for ''
usage '--sim-act: "x" is not a file of the machine' watch --sim-act x
usage '--sim-act: "x=y" is not a file of the machine' watch --sim-act x=y
usage '--sim-act: "/x" is not a file of the machine' watch --sim-act /x
usage '--sim-lose: "-1" is no number of events' watch --sim-lose -1
usage '--timeout: "0" is no time at all' watch --timeout 0
nowhere=
usage '--sim-act and --sim-lose need --sim' watch --sim-act /x=y
usage '--sim-act and --sim-lose need --sim' wait dax0.0 --sim-lose 1
usage '--sim-act and --sim-lose need --sim, and go with watch, wait and agent' list --sim x --sim-act /x=y
usage 'watch: in a capture nothing happens' watch --capture x
usage 'a region and --kind exclude each other' watch dax0.0 --kind dax --sim x
usage '--kind: "daxx" is no kind of region such as dax' watch --kind daxx --sim x

# what is no mistake
run 0 --help
no_err
out_has 'Usage: mhp'
out_has 'online_movable'
out_has '4 no permission'
for word in plug unplug apply drift 'policy check' 'policy show' 'policy explain' 'policy claim' recover \
	watch wait --for --count --source --range --blocks --node --kind --size --to --no-borrow \
	--timeout --save; do
	out_has "$word"
done
if LC_ALL=C grep -q '.\{81\}' "$tmp/out"; then fail "$last: a line is longer than 80"; fi
run 0 list -h --frobnicate
run 0 --version
no_err
grep -qx 'mhp [0-9][0-9.]*' "$tmp/out" || fail "$last: $(cat "$tmp/out")"

finish

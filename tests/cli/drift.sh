#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp drift: where word, blocks, zones and the standing policy disagree, who did it, and what
# repairs it: which it does.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

rules=$tmp/rules.conf
cat >"$rules" <<END
[pool]
kind = dax
type = online_movable
END

# drift CODE ARGS: of machine m
drift()
{
	code=$1
	shift
	run "$code" drift "$@" --policy "$rules" --sim "$m"
}

# none
cp "$cxl" "$m"
act 0 online dax0.0 --type online_movable
drift 0
no_err
out_has 'no drift in 1 region'
drift 0 --json
no_err
json '[.schema, .items]' '[1,[]]'
drift 0 dax0.0
# ... which says little where there are no rules
run 0 drift --sim "$m"
out_has 'no drift in 1 region'
err_has 'the standing policy has no rules'
drift 1 dax3.0
no_out
err_has 'dax3.0: no such region'
drift 1 region0
no_out
err_has 'regions that are made of it'

# in another zone: told is by whom, and what would repair it
cp "$machines/7.3-hmem-online-policy.txt" "$m"
remember
drift 1
out_has 'dax0.0: memory32-35 are online in Normal, not in Movable'
out_has "  rule     [pool] $rules:1: online_movable"
out_has '  cause    probably auto_online_blocks=online'
out_has '  way out  say elsewhere = rezone in rule pool'
out_has '  repair   mhp online dax0.0 --type online_movable --rezone'
out_lacks '  because '
err_has '1 of 1 region has drifted'
drift 1 --json
json '[.items[] | [.region, .state, .type, .now]]' '[["dax0.0","blocked","online_movable","online_kernel"]]'
json '[.items[].drifts[] | [.kind, .blocks]]' '[["zone","32-35"]]'
json '.items[0].cause.kind' '"system-policy"'
json_holds '.items[0].at_boot | contains("mhp policy claim, if it is not there yet")'
json_holds '.items[0].repair.rules | index("rezone") != null'
unchanged
# ... and it does
act 0 online dax0.0 --type online_movable --rezone
drift 0
drift 0 --json
json .items '[]'

# what the rule allows the command says, too: else it would be refused
cp "$machines/7.3-virtio-mem-online.txt" "$m"
cat >"$tmp/kernel.conf" <<END
[host]
kind = virtio-mem
type = online_kernel
kernel-zone = yes
per-block = yes
END
run 1 drift --policy "$tmp/kernel.conf" --sim "$m"
repair=$(sed -n 's/^  repair   mhp //p' "$tmp/out")
[ "$repair" = 'online virtio1 --type online_kernel --rezone --per-block --kernel-zone' ] ||
	fail "$last: $repair"
# shellcheck disable=SC2086
act 0 $repair
run 0 drift --policy "$tmp/kernel.conf" --sim "$m"

# the early claim keeps it from happening again: told by what is there
root=$tmp/root
make_tree "$machines/7.3-hmem-online-policy.txt" "$root"
# a module there
mkdir -p "$root/sys/module/kmem"
echo live >"$root/sys/module/kmem/initstate"

# at_boot WORDS: of dax0.0; none: nothing is to be said of it
at_boot()
{
	run 1 drift --policy "$rules" --root "$root"
	out_has '  cause    '
	if [ "$1" ]; then out_has "  at boot  $1"; else out_lacks 'at boot'; fi
	run 0 policy explain dax0.0 --policy "$rules" --root "$root"
	out_has '  cause    '
	if [ "$1" ]; then out_has "  at boot  $1"; else out_lacks 'at boot'; fi
}

at_boot 'mhp policy claim: from the next boot on udev does not load kmem'
out_has '  way out  say elsewhere = rezone in rule pool'
mkdir "$root/etc"
run 0 policy claim --root "$root"
at_boot 'the early claim is there, for the next boot'
mkdir -p "$root/etc/udev/rules.d"
echo 'SUBSYSTEM=="dax", RUN+="/sbin/modprobe kmem"' >"$root/etc/udev/rules.d/90-x.rules"
at_boot 'the early claim is there, and something loads kmem all the same'
mkdir -p "$root/lib/modules/7.3"
echo kernel/drivers/dax/kmem.ko >"$root/lib/modules/7.3/modules.builtin"
at_boot 'kmem is built into the kernel, where no early claim helps: memhp_default_state=offline'
rm -r "${root:?}/lib" "${root:?}/etc"
# that it was found so is what this rule wants, or nobody is to plug it
printf '[pool]\nkind = dax\ntype = online_movable\nplug = no\n' >"$rules"
at_boot ''
# a udev rule has done it
printf '[pool]\nkind = dax\ntype = online_movable\n' >"$rules"
word=$root/sys/bus/dax/devices/dax0.0/state
echo offline >"$word"
echo offline >"$root/sys/devices/system/memory/auto_online_blocks"
mkdir -p "$root/etc/udev/rules.d"
echo 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online"' \
	>"$root/etc/udev/rules.d/40-x.rules"
at_boot 'mhp policy claim: from the next boot on'
run 1 drift --policy "$rules" --root "$root" --json
json '.items[0].cause.kind' '"udev-rule"'
# nobody who comes at boot
echo online_movable >"$root/sys/devices/system/memory/auto_online_blocks"
rm "$root/etc/udev/rules.d/40-x.rules"
at_boot ''

# offline is wanted, and will be; until the next boot
printf '[pool]\nkind = dax\ntype = offline\n' >"$rules"
echo online >"$root/sys/devices/system/memory/auto_online_blocks"
echo online >"$word"
at_boot 'mhp policy claim: from the next boot on'
out_has '  repair   mhp apply'
printf '[pool]\nkind = dax\ntype = online_movable\n' >"$rules"

# the device's word alone is drift, too, and no rule is needed for it
cp "$machines/7.3-hmem-one-offline.txt" "$m"
drift 1
out_has "the driver's word for it is \"offline\""
out_has 'dax0.0: memory35 is offline, not online_movable'
out_has '  repair   mhp apply'
drift 1 --json
json '[.items[].drifts[] | [.kind, .blocks]] | sort' '[["state","35"],["word","32-34"]]'
: >"$tmp/none.conf"
run 1 drift --policy "$tmp/none.conf" --sim "$m"
out_has "the driver's word for it is \"offline\""
out_lacks '  rule '

# what is not known may be drift: in one line, and no success
unknown=$machines/7.3-cxl-region-unbound.txt
printf '[pool]\nkind = dax\ntier = 4\ntype = online_movable\n' >"$tmp/tier.conf"
run 1 drift --policy "$tmp/tier.conf" --sim "$unknown"
no_out
err_has "mhp: dax0.0: whether rule pool ($tmp/tier.conf:1) is about it is not known: tier = 4"
run 1 drift --policy "$tmp/tier.conf" --sim "$unknown" --json
json '[.items[] | [.region, .state, .drifts]]' '[["dax0.0","undecided",[]]]'
sed 's|\(/mapping[0-9]*/start\): .*|\1: <EACCES>|' "$machines/7.3-hmem-unbound.txt" >"$tmp/e.txt"
run 4 drift --policy "$rules" --capture "$tmp/e.txt"
no_out
err_has 'mhp: dax0.0: cannot be planned for: its physical ranges could not be read: '
err_has '; run as root'

# the ratio guard's type is what it is to be
{ cat "$rules"; echo 'max-movable-ratio = 1'; } >"$tmp/guard.conf"
run 1 drift --policy "$tmp/guard.conf" --sim "$unknown"
out_has 'dax0.0: is not System RAM, and is to be online_kernel'
out_has '           online_kernel instead of online_movable: MOVABLE:KERNEL would be 50 %, above 1 %'

# not plugged
cp "$machines/7.3-cxl-regions-unbound.txt" "$m"
drift 1
out_has 'dax0.0: is not System RAM'
out_has 'dax1.0: is not System RAM'
err_has '2 of 2 regions have drifted'
drift 1 dax1.0
out_lacks dax0.0
err_has '1 of 1 region has drifted'
act 0 apply --policy "$rules"
drift 0
out_has 'no drift in 2 regions'

finish

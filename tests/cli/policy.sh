#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp policy check, show, explain: what is wrong by file and line, which rule decides about
# which region, and why no other one does.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

dir=$tmp/policy.d
mkdir "$dir"
cat >"$dir/50-pool.conf" <<END
# memory of the pool
[virtual]
kind = virtio-mem
type = online
[pool]
kind = dax cxl
node = 1-3
type = online_movable
order = 10
max-movable-ratio = 300
END
cat >"$dir/90-rest.conf" <<END
[rest]
type = leave-alone
END
echo '[not read' >"$dir/README"
echo '[nor this' >"$dir/.50-pool.conf"
bound=$machines/7.3-hmem-bound.txt

# ---- check ----

run 0 policy check --policy "$dir" --sim "$bound"
no_err
[ "$(cat "$tmp/out")" = '2 files, 3 rules: no errors' ] || fail "$last: $(cat "$tmp/out")"
run 0 policy check "$dir/" --sim "$bound" --json
json '[.files[].path]' "[\"$dir/50-pool.conf\",\"$dir/90-rest.conf\"]"
run 0 policy check "$dir/90-rest.conf" --sim "$bound"
no_err
out_has '1 file, 1 rule: no errors'
run 0 policy check "$dir" "$dir/90-rest.conf" --sim "$bound" --json
no_err
json '[.schema, .errors, .missing_claim]' '[1,[],null]'
json '[.rules[].name]' '["virtual","pool","rest","rest"]'
json '.rules[1] | [.line, .type, .order, .max_movable_ratio, .plug, .rules]' \
	'[5,"online_movable",10,300,"yes",[]]'
json '.rules[1].keys' '{"kind":"dax cxl","node":"1-3","type":"online_movable","order":"10","max-movable-ratio":"300"}'
json_holds '.warnings | length == 1 and .[0].line == 1'
json '[.files[] | [.masks, .hidden_by]]' '[[false,null],[false,null],[false,null]]'

# every error, with file and line; nothing of it is acted upon
cat >"$tmp/bad.conf" <<END
[a]
kind = daxx
type = movable
[b]
type = online
orderr = 1
END
run 1 policy check "$tmp/bad.conf" --sim "$bound"
for line in 2 3 6; do out_has "$tmp/bad.conf:$line: "; done
err_has 'the standing policy has 3 errors, and is not acted upon'
run 1 policy check "$tmp/bad.conf" "$dir" --sim "$bound" --json
json '[.errors[].line]' '[2,3,6]'
json_holds '[.errors[].file | endswith("bad.conf")] | all'
for verb in 'policy show' 'policy explain dax0.0' drift apply 'apply --dry-run' 'apply --json'; do
	# shellcheck disable=SC2086
	run 1 $verb --policy "$dir" --policy "$tmp/bad.conf" --sim "$bound"
	no_out
	err_has "$tmp/bad.conf:2: "
	err_has 'and 2 more: see mhp policy check'
done

run 1 policy check "$tmp/nowhere" --sim "$bound"
no_out
err_has "$tmp/nowhere: ENOENT"
for verb in drift apply 'policy show'; do
	# shellcheck disable=SC2086
	run 1 $verb --policy "$tmp/nowhere" --sim "$bound"
	no_out
	err_has "$tmp/nowhere: ENOENT"
done
mkdir "$tmp/empty"
for verb in 'policy check' 'policy show' apply; do
	# shellcheck disable=SC2086
	run 0 $verb --policy "$tmp/empty" --sim "$bound"
	err_has 'note: the standing policy has no rules'
done

# what others wrote does not reach the terminal raw
printf '[a]\ntype = \033[31mx\n' >"$tmp/$(printf 'a\033b').conf"
run 1 policy check "$tmp/$(printf 'a\033b').conf" --sim "$bound"
out_has 'a\x1bb.conf:2: '
if grep -q "$(printf '\033')" "$tmp/out"; then fail "$last: raw: $(cat "$tmp/out")"; fi

# ---- show ----

run 0 policy show --policy "$dir" --sim "$bound"
no_err
grep -Eq "^pool +$dir/50-pool.conf:5 +kind = dax cxl, node = 1-3 +online_movable +10 +max-movable-ratio = 300\$" \
	"$tmp/out" || { fail "$last: the rule:"; show out; }
grep -Eq '^rest .* everything +leave-alone +100 +-$' "$tmp/out" || { fail "$last:"; show out; }
grep -Eq '^dax0.0 +dax +offline +pool +online_movable +to be done by mhp apply$' "$tmp/out" ||
	{ fail "$last: the region:"; show out; }
out_lacks boot
run 0 policy show --policy "$dir/90-rest.conf" --sim "$bound"
out_lacks OTHER
grep -Eq '^dax0.0 .* rest +- +left alone$' "$tmp/out" || { fail "$last:"; show out; }
run 0 policy show --policy "$dir/50-pool.conf" --sim "$machines/7.3-boot-node-online.txt" --json
json '[.rules[].name]' '["virtual","pool"]'
json_holds '[.items[].region] | index("boot") != null'
json_holds '[.items[] | has("outcome")] | any | not'

# ---- explain ----

run 0 policy explain dax0.0 --policy "$dir" --sim "$bound"
no_err
out_has "rule [virtual] $dir/50-pool.conf:2"
out_has '  no       kind = virtio-mem (line 3): it is dax'
out_has "rule [pool] $dir/50-pool.conf:5"
out_has '  matches  kind = dax cxl (line 6): it is dax; node = 1-3 (line 7)'
out_has '  wants    online_movable (line 8)'
out_has 'MOVABLE:KERNEL would be above 300 %'
out_has '  is       offline'
out_has '  wanted   online_movable'
out_has '  state    to be done by mhp apply'
out_has '  repair   mhp apply'
out_has 'write "online_movable"'
out_lacks '[rest]'
run 0 policy explain hmem:0x100000000 --policy "$dir" --sim "$bound" --json
json .region '"dax0.0"'
json '[.rules[] | [.name, .match]]' '[["virtual","no"],["pool","yes"]]'
json '.rules[1].line' 5
json '.item | [.state, .type, .now, .rule.name, .guard, .why]' \
	'["to-do","online_movable","offline","pool",null,null]'
json '[.item.drifts[] | [.kind, .blocks]]' '[["state","32-35"]]'
json '.item.repair | [.goal, (.steps | length)]' '["online",2]'

run 0 policy explain dax0.0 --policy "$dir/90-rest.conf" --sim "$bound"
out_has '  wants    leave-alone (line 2): nothing is done to it'
out_has '  state    left alone'
run 0 policy explain boot --policy "$dir" --sim "$bound"
out_has 'no rule is about it'
run 0 policy explain dax0.0 --policy "$tmp/empty" --sim "$bound"
out_has 'there are no rules'

# nothing is said of what cannot be done to such a region
cat >"$tmp/all.conf" <<END
[all]
kind = boot virtio-mem dimm dax
type = online_kernel
max-movable-ratio = 300
kernel-zone = yes
END
kernel_zone='in a kernel zone also what the host is to have back'
run 0 policy explain dax0.0 --policy "$tmp/all.conf" --sim "$bound"
out_has '           plugged if it is not System RAM'
out_has '           online elsewhere: '
out_lacks "$kernel_zone"
run 0 policy explain virtio1 --policy "$tmp/all.conf" --sim "$machines/7.3-virtio-mem-online.txt"
out_lacks 'System RAM'
out_has '           online elsewhere: '
out_has "           $kernel_zone"
run 0 policy explain PNP0C80:01 --policy "$tmp/all.conf" --sim "$machines/7.3-dimm-ejected.txt"
out_lacks 'System RAM'
run 0 policy explain boot --policy "$tmp/all.conf" --sim "$bound"
out_has '  wants    online_kernel (line 3)'
out_has '           nothing is done to boot memory, whatever a rule wants'
for text in 'System RAM' 'elsewhere' 'MOVABLE:KERNEL would' "$kernel_zone"; do out_lacks "$text"; done

# of what is not known no later rule is asked
cat >"$tmp/tier.conf" <<END
[fast]
kind = dax
tier = 4
type = online_movable
[rest]
type = online
END
run 0 policy explain dax0.0 --policy "$tmp/tier.conf" --sim "$machines/7.3-cxl-region-unbound.txt"
out_has '  unknown  tier = 4 (line 3): '
out_has '  state    not known'
for text in '[rest]' '  wants ' 'no rule is about it' '  repair '; do out_lacks "$text"; done
run 0 policy explain dax0.0 --policy "$tmp/tier.conf" --json \
	--sim "$machines/7.3-cxl-region-unbound.txt"
json '[[.rules[].match], .item.state, .item.rule]' '[["unknown"],"undecided",null]'

# what others are made of has no memory of its own
run 0 policy explain region0 --policy "$dir" --sim "$cxl"
out_has 'its memory belongs to what is made of it: dax0.0'
run 0 policy explain region0 --policy "$dir" --sim "$cxl" --json
json .item null
run 0 policy explain dax0.0 --policy "$dir" --sim "$cxl"
out_has 'made from region0 (cxl)'

run 1 policy explain dax7.0 --policy "$dir" --sim "$bound"
no_out
err_has 'dax7.0: no such region; there is dax0.0'

# online elsewhere: the likely cause, and what to do
run 0 policy explain dax0.0 --policy "$dir" --sim "$machines/7.3-hmem-online-policy.txt"
out_has '  state    not as wanted, and stays so'
out_has 'are online in Normal, not in Movable'
out_has '  cause    probably auto_online_blocks=online'
out_has '  way out  say elsewhere = rezone'
out_has '  repair   mhp online dax0.0 --type online_movable --rezone'

# ---- the claim that is missing: below a root, where modprobe.d can be looked at ----

root=$tmp/root
make_tree "$bound" "$root"
mkdir -p "$root/sys/module/kmem"
echo live >"$root/sys/module/kmem/initstate"
auto=$root/sys/devices/system/memory/auto_online_blocks
one=$dir/50-pool.conf
echo online >"$auto"
run 0 policy check "$one" --root "$root"
no_err
out_has '[pool] wants online_movable of dax devices'
out_has 'auto_online_blocks is online) onlines them at boot'
out_has 'mhp policy claim'
run 0 policy check "$one" --root "$root" --json
json_holds '.missing_claim | contains("mhp policy claim")'
# not where they are onlined so, nor where no rule is about them
echo online_movable >"$auto"
run 0 policy check "$one" --root "$root"
out_lacks claim
echo online >"$auto"
sed 's/^kind = dax cxl/kind = dimm/' "$one" >"$tmp/dimm.conf"
run 0 policy check "$tmp/dimm.conf" --root "$root"
out_lacks 'mhp policy claim'
for kind in 'kind = cxl' ''; do
	sed "s/^kind = dax cxl/$kind/" "$one" >"$tmp/kind.conf"
	run 0 policy check "$tmp/kind.conf" --root "$root"
	out_has 'mhp policy claim'
done
# a udev rule
echo offline >"$auto"
run 0 policy check "$one" --root "$root"
out_lacks claim
mkdir -p "$root/etc/udev/rules.d"
echo 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online"' >"$root/etc/udev/rules.d/40-x.rules"
run 0 policy check "$one" --root "$root"
out_has 'a udev rule (/etc/udev/rules.d/40-x.rules:1) onlines them at boot'
# ... with the type that is wanted
sed -i 's/"online"$/"online_movable"/' "$root/etc/udev/rules.d/40-x.rules"
run 0 policy check "$one" --root "$root"
out_lacks claim
sed -i 's/"online_movable"$/"online"/' "$root/etc/udev/rules.d/40-x.rules"
run 0 policy claim --root "$root"
run 0 policy check "$one" --root "$root"
out_lacks 'mhp policy claim'

# ---- the machine's own files: below the root, which hide one another ----

mkdir -p "$root/etc/mhp/policy.d" "$root/run/mhp/policy.d" "$root/usr/lib/mhp/policy.d"
run 0 policy show --root "$root"
out_has 'no rule is about it'
err_has 'there are none in /etc/mhp/policy.d/*.conf'
cp "$dir/50-pool.conf" "$dir/90-rest.conf" "$root/usr/lib/mhp/policy.d"
cp "$dir/90-rest.conf" "$root/usr/lib/mhp/policy.d/60-masked.conf"
cp "$dir/90-rest.conf" "$root/run/mhp/policy.d"
ln -s /dev/null "$root/etc/mhp/policy.d/60-masked.conf"
run 0 policy check --root "$root"
out_has '/etc/mhp/policy.d/60-masked.conf: empty: '
out_has '/usr/lib/mhp/policy.d/60-masked.conf: not read: /etc/mhp/policy.d/60-masked.conf hides it'
out_has '/usr/lib/mhp/policy.d/90-rest.conf: not read: /run/mhp/policy.d/90-rest.conf hides it'
out_has '2 files, 3 rules: no errors'
run 0 policy check --root "$root" --json
json '[.files[] | select(.hidden_by) | .path]' \
	'["/usr/lib/mhp/policy.d/60-masked.conf","/usr/lib/mhp/policy.d/90-rest.conf"]'
json '[.rules[].file]' '["/usr/lib/mhp/policy.d/50-pool.conf","/usr/lib/mhp/policy.d/50-pool.conf","/run/mhp/policy.d/90-rest.conf"]'
# --policy comes in their place
run 0 policy show --root "$root" --policy "$dir/90-rest.conf" --json
json '[.rules[].name]' '["rest"]'
mkdir "$root/etc/mhp/policy.d/70-folder.conf"
run 1 policy check --root "$root"
out_has '/etc/mhp/policy.d/70-folder.conf: '
run 1 policy explain dax0.0 --root "$root"
err_has '/etc/mhp/policy.d/70-folder.conf: '

# an image has rules and no memory
mkdir -p "$tmp/image/etc/mhp/policy.d"
printf '[pool]\nkind = dax\ntype = online_movable\n' >"$tmp/image/etc/mhp/policy.d/50-pool.conf"
run 0 policy check --root "$tmp/image"
no_err
out_has '1 file, 1 rule: no errors'

finish

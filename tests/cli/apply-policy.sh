#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp apply without a file: the machine is brought to its standing policy, each region by
# itself, and nothing is done the second time.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

rules=$tmp/rules.conf
cat >"$rules" <<END
[pool]
kind = dax
type = online_movable
END

# apply CODE ARGS: on machine m
apply()
{
	code=$1
	shift
	act "$code" apply --policy "$rules" "$@"
}

# ---- plugged, each with its type, and idempotent ----

cp "$machines/7.3-cxl-regions-unbound.txt" "$m"
remember
apply 0 --dry-run
no_err
out_has 'dax0.0: plugged as online_movable'
out_has 'dax1.0: plugged as online_movable'
out_has '2 regions to be changed, 0 as wanted'
unchanged
apply 0 --dry-run --json
json '[.items[] | select(.state == "to-do") | .region]' '["dax0.0","dax1.0"]'
unchanged

apply 0
no_err
out_has 'dax0.0: plugged: 4 blocks online in Movable'
out_has 'dax1.0: plugged: 4 blocks online in Movable'
out_has '2 regions as wanted'
settings offline 1
remember
apply 0
no_err
[ "$(cat "$tmp/out")" = '2 regions as wanted' ] || fail "$last: $(cat "$tmp/out")"
unchanged
apply 0 --dry-run
[ "$(cat "$tmp/out")" = '2 regions as wanted' ] || fail "$last: $(cat "$tmp/out")"
apply 0 --json
json '[.schema, .outcome]' '[1,"done"]'
json '[.items[] | select(.rule) | [.region, .state, .outcome, .reason, .report]]' \
	'[["dax0.0","met","done","already",null],["dax1.0","met","done","already",null]]'
unchanged

# the simulated machine's own files
cp "$machines/7.3-hmem-bound.txt" "$m"
printf '/etc/mhp/policy.d/10-a.conf:\n\t[own]\n\ttype = online_kernel\n' >>"$m"
act 0 apply --json
json '[.items[] | select(.rule) | [.region, .rule.file, .outcome]]' \
	'[["dax0.0","/etc/mhp/policy.d/10-a.conf","done"]]'
zone 35 Normal

# ---- one refuses, the other one goes on ----

cp "$machines/7.3-cxl-regions-unbound.txt" "$m"
run 3 apply --policy "$rules" --sim "$m" --sim-save "$m" --sim-fail 34:online:EHWPOISON
out_has 'dax1.0: plugged: 4 blocks online in Movable'
out_has '1 of 2 regions as wanted'
err_has 'mhp: dax0.0: memory34: '
err_has 'all was put back as it was'
state 34 ''
settings offline 1
cp "$machines/7.3-cxl-regions-unbound.txt" "$m"
run 3 apply --policy "$rules" --sim "$m" --json --sim-fail 34:online:EHWPOISON
json .outcome '"partial"'
json '[.items[] | select(.rule) | [.region, .outcome, .reason, .errno]]' \
	'[["dax0.0","undone","poisoned",133],["dax1.0","done","done",0]]'
json '.items[0].report | [.outcome, .target]' '["undone","dax0.0"]'
# both
run 1 apply --policy "$rules" --sim "$machines/7.3-hmem-bound.txt" --sim-fail 34:online:EHWPOISON
out_has '0 of 1 region as wanted'

# ---- online elsewhere: reported, or rezoned if the rule says so ----

cp "$machines/7.3-hmem-online-policy.txt" "$m"
remember
for args in '' --dry-run --json '--dry-run --json'; do
	# shellcheck disable=SC2086
	apply 1 $args
	err_has 'mhp: dax0.0: '
	err_has 'online in Normal, not in Movable'
	err_has 'elsewhere = rezone'
	unchanged
done
apply 1 --json
json '[.outcome, .items[0].state, .items[0].reason]' '["refused","blocked","conflict"]'
apply 1 --dry-run
out_has '0 regions to be changed, 0 as wanted, 1 not as wanted, and stays so'
echo 'elsewhere = rezone' >>"$rules"
apply 0
out_has 'dax0.0: 4 blocks online in Movable'
zone 32 Movable
sed -i '/elsewhere/d' "$rules"

# ---- what no rule is about, and what is left alone, is told in short ----

cp "$machines/7.3-cxl-regions-unbound.txt" "$m"
cat >"$tmp/one.conf" <<END
[one]
name = dax1.0
type = online_kernel
END
act 0 apply --policy "$tmp/one.conf" --dry-run
err_has 'mhp: note: no rule is about: dax0.0'
act 0 apply --policy "$tmp/one.conf"
err_has 'mhp: note: no rule is about: dax0.0'
out_has '1 region as wanted'
zone 38 Normal
cat >"$tmp/alone.conf" <<END
[alone]
type = leave-alone
END
act 0 apply --policy "$tmp/alone.conf"
err_has 'mhp: note: left alone, as their rules say: dax0.0, dax1.0'
out_has 'nothing to do'

# ... without rules that is all there is to tell
printf '# none\n' >"$tmp/none.conf"
act 0 apply --policy "$tmp/none.conf"
err_has 'mhp: note: the standing policy has no rules'
[ "$(wc -l <"$tmp/err")" -eq 1 ] || { fail "$last:"; show err; }

# ---- the ratio guard says why ----

sed 's/$/\n/' "$rules" >"$tmp/guard.conf"
echo 'max-movable-ratio = 1' >>"$tmp/guard.conf"
cp "$machines/7.3-cxl-regions-unbound.txt" "$m"
act 0 apply --policy "$tmp/guard.conf" --dry-run
out_has 'note: online_kernel instead of online_movable'
act 0 apply --policy "$tmp/guard.conf"
out_has 'dax0.0: plugged: 4 blocks online in Normal'
err_has 'dax0.0: note: online_kernel instead of online_movable'

# ---- a kill in between ----

cp "$machines/7.3-cxl-regions-unbound.txt" "$m"
run 137 apply --policy "$rules" --sim "$m" --sim-save "$m" --sim-kill 8
apply 0
out_has '2 regions as wanted'
settings offline 1

# ---- captures, and time ----

run 1 apply --policy "$rules" --capture "$machines/7.3-hmem-bound.txt"
no_out
err_has '--sim makes a machine of it'
run 0 apply --policy "$rules" --capture "$machines/7.3-hmem-bound.txt" --dry-run
# what only root could read
sed 's|\(/mapping[0-9]*/start\): .*|\1: <EACCES>|' "$machines/7.3-hmem-unbound.txt" >"$tmp/e.txt"
for args in '' --json; do
	# shellcheck disable=SC2086
	run 4 apply --policy "$rules" --capture "$tmp/e.txt" --dry-run $args
	err_has 'mhp: dax0.0: cannot be planned for: its physical ranges could not be read: '
	err_has '; run as root'
done
echo 'elsewhere = rezone' >>"$rules"
run 1 apply --policy "$rules" --sim "$machines/7.3-hmem-online-policy.txt" --sim-hang 33 --timeout 0.2
err_has 'mhp: dax0.0: '
err_has 'not done by the deadline'

finish

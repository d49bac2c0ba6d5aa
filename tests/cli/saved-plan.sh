#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A plan is saved, looked at, and applied later: as it was shown, or not at all.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

plan=$tmp/the.plan

# ---- the same plan, whichever way it goes ----

# verb and its machine
while read -r machine verb; do
	cp "$machines/$machine.txt" "$m"
	remember
	rm -f "$plan"
	# shellcheck disable=SC2086
	run 0 plan $verb --sim "$m"
	cp "$tmp/out" "$tmp/text"
	# shellcheck disable=SC2086
	act 0 plan $verb --save "$plan"
	no_err
	cmp -s "$tmp/out" "$tmp/text" || fail "$last: --save changes what is printed"
	[ -s "$plan" ] || fail "$last: saves nothing"
	unchanged
	cp "$plan" "$tmp/first"
	# shellcheck disable=SC2086
	act 0 $verb --dry-run --save "$plan"
	cmp -s "$plan" "$tmp/first" || fail "$last: saves another plan"

	act 0 apply "$plan" --dry-run
	no_err
	cmp -s "$tmp/out" "$tmp/text" || { fail "$last: shows another plan"; show out; }
	unchanged
	# shellcheck disable=SC2086
	run 0 plan $verb --sim "$m" --json
	cp "$tmp/out" "$tmp/text"
	act 0 apply "$plan" --dry-run --json
	cmp -s "$tmp/out" "$tmp/text" || fail "$last: JSON of another plan"
	unchanged

	# what is done, and said, is the same as at once
	# shellcheck disable=SC2086
	run 0 $verb --sim "$m" --sim-save "$tmp/at-once"
	cp "$tmp/out" "$tmp/text"
	act 0 apply "$plan"
	cmp -s "$tmp/out" "$tmp/text" || { fail "$last: says something else:"; show out text; }
	grep -v '^#' "$tmp/at-once" >"$tmp/before"
	unchanged
done <<END
7.3-cxl-region-region online dax0.0 --type online_movable
7.3-cxl-region-region online dax0.0 --type online_kernel --per-block
7.3-cxl-region-region unplug dax0.0
7.3-cxl-region-region offline dax0.0
6.12-hmem-online offline dax0.0
6.12-hmem-online online dax0.0 --type online_movable --rezone
6.1-hmem-online unplug dax0.0
6.12-hmem-unbound plug dax0.0 --type online_movable
6.12-hmem-unbound plug dax0.0 --type online_movable --per-block
7.3-hmem-unplugged online dax0.0 --type online_kernel --per-block
6.1-hmem-unbound plug dax0.0 --type online_kernel --no-borrow
6.1-hmem-bound unplug dax0.0 --to device_dax
7.3-hmem-ranges-bound online --node 1 --type online_movable
7.3-hmem-ranges-bound online --node 1 --size 256M --type online_movable
7.3-hmem-ranges-bound online --blocks 32,35 --type online_movable
7.3-hmem-ranges-bound unplug --kind dax
7.3-hmem-unaligned-bound online dax0.0 --type online_movable
END

# ---- the machine moves ----

cp "$cxl" "$m"
act 0 plan online dax0.0 --type online_movable --save "$plan"
# somebody else did it
act 0 online dax0.0 --type online_movable
remember
act 0 apply "$plan"
unchanged
# somebody else did another thing
cp "$cxl" "$m"
act 0 online dax0.0 --type online_kernel
remember
act 1 apply "$plan"
no_out
err_has 'mhp: dax0.0: '
err_has 'nothing was changed'
unchanged
act 1 apply "$plan" --json
json '[.outcome, .reason]' '["refused","stale"]'
# another machine altogether
run 1 apply "$plan" --sim "$machines/7.3-hmem-bound.txt"
no_out
err_has 'mhp: dax0.0: '
run 1 apply "$plan" --sim "$machines/7.3-plain-start.txt"
err_has 'mhp: dax0.0: '

# ---- rules and conflicts are part of it ----

cp "$cxl" "$m"
act 0 plan online dax0.0 --type online_movable --keep --per-block --save "$plan"
act 0 apply "$plan" --dry-run --json
json .rules '["keep","per-block","borrow"]'
run 3 apply "$plan" --sim "$m" --sim-fail 36:online:EHWPOISON
err_has 'what worked was kept'
cp "$cxl" "$m"
act 0 online dax0.0 --type online_kernel
remember
act 1 plan online dax0.0 --type online_movable --save "$plan"
err_has '--rezone'
for args in '' --dry-run; do
	# shellcheck disable=SC2086
	act 1 apply "$plan" $args
	err_has 'mhp: dax0.0: '
	err_has '34-37'
done
unchanged

# ---- what is no plan ----

# bad TEXT ARGS: applying it, and looking at it, fails with this text
bad()
{
	text=$1
	shift
	for args in '' --dry-run; do
		# shellcheck disable=SC2086
		run 1 apply "$@" $args --sim "$cxl"
		no_out
		err_has "mhp: $1: "
		err_has "$text"
	done
}

bad ENOENT "$tmp/nowhere"
bad EISDIR "$tmp"
[ ! -c /dev/zero ] || bad EFBIG /dev/zero
bad 'line 1' "$cxl"
: >"$tmp/empty"
bad 'line ' "$tmp/empty"
# rules of a standing policy: said is how they are applied
printf '[pool]\nkind = dax\ntype = online_movable\n' >"$tmp/rules"
bad "no saved plan; for a standing policy: mhp apply --policy $tmp/rules" "$tmp/rules"
printf '[pool]\nkind = dax\ntype = sideways\n' >"$tmp/wrong.conf"
bad "mhp apply --policy $tmp/wrong.conf" "$tmp/wrong.conf"
bad "mhp apply --policy $tmp" "$tmp"
run 1 apply "$cxl" --sim "$cxl"
if grep -q -e --policy "$tmp/err"; then fail "$last: no policy: $(cat "$tmp/err")"; fi
printf 'x' >"$tmp/x"
bad 'line 1' "$tmp/x"
printf '\000\377\033[31m\n' >"$tmp/x"
bad 'line 1' "$tmp/x"

# each line in turn: gone, twice, cut short, with something behind it. What is still
# taken for a plan shows as one.
cp "$cxl" "$m"
act 0 plan online dax0.0 --type online_movable --save "$plan"
lines=$(wc -l <"$plan")
i=0
while [ $i -lt "$lines" ]; do
	i=$((i + 1))
	for edit in "${i}d" "${i}p" "${i}s/.\$//" "${i}s/\$/ x/" "${i}s/[0-9]/99999999999999999999/" \
		"${i}s/^/x/" "${i}q"; do
		sed "$edit" "$plan" >"$tmp/x"
		last="apply of a plan with sed $edit"
		got=0
		"$MHP" apply "$tmp/x" --dry-run --sim "$cxl" >"$tmp/out" 2>"$tmp/err" || got=$?
		case $got in
		0) out_has dax0.0 ;;
		1) [ "$(wc -l <"$tmp/err")" -eq 1 ] || fail "$last: not one line" ;;
		*) fail "$last: exit code $got"; show err ;;
		esac
	done
done

# ---- what cannot be saved ----

run 1 plan offline dax0.0 --sim "$cxl" --save "$tmp/nowhere/plan"
no_out
err_has "$tmp/nowhere/plan: the plan was not saved: ENOENT"
[ ! -c /dev/full ] || {
	run 1 plan offline dax0.0 --sim "$cxl" --save /dev/full
	err_has '/dev/full: the plan was not saved: ENOSPC'
}
# there is none to save
run 1 plan offline dax9.9 --sim "$cxl" --save "$tmp/none"
[ ! -e "$tmp/none" ] || fail "$last: saves something"

finish

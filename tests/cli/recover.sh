#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp recover: what a killed mhp left borrowed is put back, and until then it is to
# be seen. The program is killed at each of its acts in turn.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

: "${top_builddir:?is to be the folder where hold-lock was built}"
policy=/sys/devices/system/memory/auto_online_blocks

# ---- nothing ----

cp "$cxl" "$m"
remember
act 0 recover
no_err
out_has 'nothing to recover'
act 0 recover --json --timeout 5
json . '{"schema":1,"recovery":null}'
unchanged
act 0 list
out_lacks 'recovery pending'
out_lacks 'at work'
act 0 list --json
json .recovery_pending null
act 0 show dax0.0 --json
json .recovery_pending null

# ---- killed at each act ----

# start POLICY: a machine where kmem has to be loaded
start()
{
	sed -e "s|^$policy: .*|$policy: $1|" -e '\|^/sys/bus/dax/drivers/kmem/|d' \
		-e '\|^/sys/module/kmem/|d' "$machines/6.12-hmem-ranges-unbound.txt" >"$m"
}

pending=0
kill=0
while :; do
	kill=$((kill + 1))
	start online
	got=0
	last="killed at act $kill: mhp plug dax0.0"
	"$MHP" plug dax0.0 --type online_movable --sim "$m" --sim-save "$m" --sim-kill "$kill" \
		>"$tmp/out" 2>"$tmp/err" || got=$?
	[ "$got" -ne 0 ] || break
	[ "$got" -eq 137 ] || fail "$last: exit code $got"
	no_out
	err_has 'killed'
	[ "$kill" -lt 1000 ] || { fail "$last: never done"; break; }

	act 0 list --json
	cp "$tmp/out" "$tmp/list"
	if [ "$(jq .recovery_pending "$tmp/list")" = null ]; then
		settings online 1
		act 0 recover
		out_has 'nothing to recover'
		continue
	fi
	pending=$((pending + 1))
	json '.recovery_pending.running' false
	json_holds '.recovery_pending.what | test("^mhp\\[[0-9]+\\]: .*dax0\\.0.* as online_movable$")'
	for verb in list 'show dax0.0'; do
		# shellcheck disable=SC2086
		act 0 $verb
		out_has 'recovery pending: mhp['
		out_has ' as online_movable; mhp recover puts back what it borrowed'
	done
	cp "$m" "$tmp/left"
	if grep -q "^$policy: online_movable$" "$m"; then cp "$m" "$tmp/borrowed"; fi

	# by mhp recover
	act 0 recover
	no_err
	out_has 'unfinished: mhp['
	out_has 'its blocks stay as they are'
	if grep -q '^[[:space:]]setting ' "$tmp/left"; then
		out_lacks 'nothing was borrowed'
	else
		out_has 'nothing was borrowed'
	fi
	settings online 1
	act 0 list
	out_lacks 'recovery pending'
	act 0 recover
	out_has 'nothing to recover'

	# the same in JSON
	cp "$tmp/left" "$m"
	act 0 recover --json
	json .recovery.complete true
	json_holds '[.recovery.settings[] |
		(.path | startswith("/sys/")) and (.returned | IN("done", "already")) and
		.errno == 0] | all'
	settings online 1

	# by the next one who changes something, who says so
	cp "$tmp/left" "$m"
	act 0 unplug dax0.1 --to device_dax
	err_has 'note: recovered first what was not finished: mhp['
	settings online 1
	cp "$tmp/left" "$m"
	act 0 unplug dax0.1 --to device_dax --json
	json .recovery.complete true
	no_err

	# a plan only looks, and what another one changed meanwhile is left alone
	cp "$tmp/left" "$m"
	remember
	act 0 plan unplug dax0.1 --to device_dax
	unchanged
	if grep -q "^$policy: online_movable$" "$m"; then
		sed -i "s|^$policy: .*|$policy: online_kernel|" "$m"
		act 0 recover
		out_has "$policy: left alone"
		settings online_kernel 1
	fi
done
[ "$pending" -ge 4 ] || fail "only $pending of $kill acts left something behind"
out_has 'dax0.0: plugged: 4 blocks online in Movable'
settings online 1

# a capture cannot be changed
[ -s "$tmp/borrowed" ] || fail 'the policy was never borrowed'
run 1 recover --capture "$tmp/borrowed"
no_out
err_has 'mhp: recover: '
err_has 'EROFS'
err_has '--sim'
run 0 list --capture "$tmp/borrowed"
out_has 'recovery pending: '

# ---- below a root ----

# what cannot be read cannot be put back, and stays pending
root=$tmp/root
make_tree "$cxl" "$root"
mv "$root$policy" "$tmp/policy"
mkdir "$root$policy"
leave_journal "$root" $policy online_movable online
run 0 list --root "$root"
out_has 'recovery pending: mhp[7]: plug dax0.0 as online_movable; mhp recover'
run 1 recover --root "$root"
out_has 'unfinished: mhp[7]: plug dax0.0 as online_movable'
out_has "$policy: not put back: E"
err_has "mhp: $policy: not put back: E"
err_has 'mhp recover tries it again'
run 1 recover --root "$root" --json
json '.recovery | [.what, .complete]' '["mhp[7]: plug dax0.0 as online_movable",false]'
json '.recovery.settings | map(del(.errno))' "[{\"path\":\"$policy\",\"before\":\"online\",\"ours\":\"online_movable\",\"returned\":\"unknown\"}]"
json_holds '.recovery.settings[0].errno > 0'
run 0 show dax0.0 --root "$root"
out_has 'recovery pending: '
# whoever comes next does not go on as if nothing was
"$MHP" unplug dax0.0 --root "$root" >"$tmp/out" 2>"$tmp/err" && fail 'unplug with a rest to recover'
last='mhp unplug dax0.0'
[ -e "$root/run/libmhp/journal" ] || fail "$last: the journal is gone"

# now it can; somebody else changed it; it is as it was; it is gone
rmdir "$root$policy"
echo online_movable >"$root$policy"
run 0 recover --root "$root"
out_has "$policy: put back"
[ "$(cat "$root$policy")" = online ] || fail "$last: it is $(cat "$root$policy")"
leave_journal "$root" $policy online_movable online
echo online_kernel >"$root$policy"
run 0 recover --root "$root"
out_has "$policy: left alone: somebody changed it"
[ "$(cat "$root$policy")" = online_kernel ] || fail "$last: it was changed"
leave_journal "$root" $policy online_movable online_kernel
run 0 recover --root "$root" --json
json '[.recovery.complete, .recovery.settings[].returned]' '[true,"already"]'
leave_journal "$root" $policy online_movable online
mv "$root$policy" "$tmp/policy"
run 0 recover --root "$root"
out_has "$policy: gone"
mv "$tmp/policy" "$root$policy"
run 0 list --root "$root"
out_lacks 'recovery pending'

# a journal that makes no sense is named, and left
echo nonsense >"$root/run/libmhp/journal"
run 1 recover --root "$root"
no_out
err_has 'mhp: recover: /run/libmhp/journal: '
err_has 'nonsense'
err_has 'by hand'
run 0 list --root "$root"
err_has '/run/libmhp/journal'
run 0 list --root "$root" --json
json .recovery_pending null
json_holds '[.errors[] | select(.path == "/run/libmhp/journal" and (.text | contains("nonsense")))] | length == 1'
rm "$root/run/libmhp/journal"

# ---- while somebody is at work ----

program=$MHP
lock=$root/run/libmhp/lock
leave_journal "$root" $policy online_movable online
echo 'mhp[9]: plug dax9.9 as online_movable' >"$lock"
cat >"$tmp/held" <<END
#!/bin/sh
exec '$top_builddir/tests/support/hold-lock' '$lock' '$program' "\$@"
END
chmod 755 "$tmp/held"
MHP=$tmp/held
run 0 list --root "$root"
out_has 'at work: mhp[7]: plug dax0.0 as online_movable'
out_lacks 'recovery pending'
run 0 list --root "$root" --json
json '.recovery_pending' '{"what":"mhp[7]: plug dax0.0 as online_movable","running":true}'
run 1 recover --root "$root" --timeout 0.1
no_out
err_has 'held by mhp[9]: plug dax9.9 as online_movable'
err_has '--timeout'
for verb in 'unplug dax0.0' 'online dax0.0 --type online_movable'; do
	# shellcheck disable=SC2086
	run 1 $verb --root "$root" --timeout 0.1
	no_out
	err_has 'mhp: dax0.0: '
	err_has 'mhp[9]: plug dax9.9 as online_movable'
	err_has 'nothing was changed'
	# shellcheck disable=SC2086
	run 1 $verb --root "$root" --timeout 0.1 --json
	json '[.outcome, .reason, .writes]' '["refused","locked",[]]'
done
# nobody needs the lock to look
run 0 plan unplug dax0.0 --root "$root"

finish

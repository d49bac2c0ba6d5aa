#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A block that does not go offline: it is ended by the deadline or by signals, and what
# was changed is put back, or not if that is asked for too.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

: "${top_builddir:?is to be the folder where on-terminal was built}"
terminal=$top_builddir/tests/support/on-terminal
export TERM=xterm
INT=2 TERM_=15 HUP=1
old=$machines/6.1-hmem-online.txt	# block by block: 33, 34, 35, and 32 last

# start: all is online in Movable
start()
{
	cp "$old" "$m"
	act 0 online dax0.0 --type online_movable --rezone
	remember
}

# ---- the deadline ----

start
for args in '' --json; do
	# shellcheck disable=SC2086
	run 1 offline dax0.0 --timeout 0.2 $args --sim "$m" --sim-save "$tmp/after" --sim-hang 35
	err_has 'mhp: dax0.0: memory35: '
	err_has 'put back'
	grep -v '^#' "$tmp/after" >"$tmp/now"
	cmp -s "$tmp/before" "$tmp/now" || { fail "$last: not as before"; diff "$tmp/before" "$tmp/now"; }
done
json '[.outcome, .reason]' '["undone","deadline"]'
json '[.blocks[] | [.id, .after, .reason]]' '[[32,"online_movable","not-tried"],[33,"online_movable","undone"],[34,"online_movable","undone"],[35,"online_movable","deadline"]]'
run 3 offline dax0.0 --keep --timeout 0.2 --sim "$m" --sim-hang 35
out_has ': 33-34'
err_has 'kept'

# ---- signals ----

# signalled CODE WHEN ARGS: as run, on a terminal; WHEN is "TEXT SIGNAL", once or more
signalled()
{
	code=$1
	when=$2
	shift 2
	last="signalled ($when): mhp $*"
	got=0
	# shellcheck disable=SC2046,SC2086
	"$terminal" $(printf -- '--at %s %s ' $when) "$MHP" "$@" --sim "$m" \
		--sim-save "$tmp/after" >"$tmp/out" 2>"$tmp/err" || got=$?
	[ "$got" -eq "$code" ] || { fail "$last: exit code $got, expected $code"; show out err; }
	grep -v '^#' "$tmp/after" >"$tmp/now"
	rm -f "$tmp/after"
}

as_before()
{
	cmp -s "$tmp/before" "$tmp/now" && return
	fail "$last: not as before"
	diff "$tmp/before" "$tmp/now" >"$tmp/diff"
	show diff
}

# While the kernel has the write, once: all is put back, and it says so. Half is done
# then, and the bar stands still.
for signal in $INT $TERM_ $HUP; do
	signalled 1 "50% $signal" offline dax0.0 --sim-hang 35
	no_out
	err_has 'mhp: cancelling; what was changed is put back (again: stop that too)'
	err_has 'put back as it was'
	as_before
done
signalled 1 "50% $INT" offline dax0.0 --sim-hang 35 --json
json '[.outcome, .reason]' '["undone","cancelled"]'
json_holds '[.blocks[].after] | all(. == "online_movable")'
signalled 3 "50% $INT" offline dax0.0 --sim-hang 35 --keep
err_has 'mhp: cancelling; what worked is kept'
out_has '2 blocks offline (256 MiB): 33-34'

# A terminal that goes away says it twice: that is one request.
signalled 1 "50% $HUP cancelling $HUP" offline dax0.0 --sim-hang 35
as_before

# Ignored, as by nohup, it stays so.
program=$MHP
cat >"$tmp/nohup" <<END
#!/bin/sh
trap '' $HUP
exec '$program' "\$@"
END
chmod 755 "$tmp/nohup"
MHP=$tmp/nohup
signalled 1 "50% $HUP % $INT" offline dax0.0 --sim-hang 35
err_has 'cancelling'
as_before
MHP=$program

# Putting back hangs: a second request stops that, and what stays is named. The highest
# block is onlined first, and will not go offline again; another one fails, so that all
# has to be put back, however fast we are.
act 0 offline dax0.0
remember
for second in $INT $TERM_; do
	signalled 3 "100% $INT cancelling $second" online dax0.0 --type online_movable --sim-hang 35 \
		--sim-fail 32:online:EHWPOISON
	err_has 'mhp: cancelling; '
	err_has 'mhp: putting back is stopped, too (again: end at once)'
	err_has 'mhp: dax0.0: '
	err_has 'not all could be put back'
	# not because the time for it was over
	if grep -q deadline "$tmp/err"; then fail "$last:"; show err; fi
	grep -q 'online in Movable ([^)]*): [0-9,-]*35' "$tmp/out" || { fail "$last:"; show out; }
done

finish

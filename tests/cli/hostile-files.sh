#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Trees with something else in the place of a file: a FIFO, a link in a circle or out of the
# tree, a device, a file without an end; and names that would make lines of their own. mhp does
# not wait, does not follow, does not repeat what could be taken for its own words.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq
export LC_ALL=C

# what hangs is a failure like others
mhp=$MHP
MHP=$tmp/patient
printf '#!/bin/sh\nexec timeout -k 5 60 "%s" "$@"\n' "$mhp" >"$MHP"
chmod +x "$MHP"

root=$tmp/root
mem=$root/sys/devices/system/memory
secret=$tmp/secret
echo classified >"$secret"

# fresh CAPTURE: the tree anew
fresh()
{
	[ -d "$tmp/$1" ] || make_tree "$machines/$1.txt" "$tmp/$1"
	rm -rf "$root"
	cp -R "$tmp/$1" "$root"
	dax=$root/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0
}

# harmless: the last output has neither what is outside of the tree, nor raw bytes, but for those
# of the picture, nor a line that a name has made
harmless()
{
	cat "$tmp/out" "$tmp/err" >"$tmp/all"
	case $last in
	*' map') set -- "$(printf '[\001-\010\013-\037\177]')" ;;
	*) set -- "$(printf '[^\t -~]')" ;;
	esac
	grep -q -e classified -e '^INJECTED' -e "$1" "$tmp/all" || return 0
	fail "$last: says what it should not:"
	grep -e classified -e '^INJECTED' -e "$1" "$tmp/all" | head -5 | od -c
}

# looks WHAT VERB...: none of them that only show fails, or is harmful
looks()
{
	what=$1
	shift
	for verb; do
		got=0
		last="$what: mhp --root ... $verb"
		# shellcheck disable=SC2086
		"$MHP" --root "$root" $verb >"$tmp/out" 2>"$tmp/err" || got=$?
		[ "$got" -le 1 ] || { fail "$last: exit code $got"; show err; }
		harmless
	done
}

look_at_all()
{
	looks "$1" list 'list --tree' 'list --json' 'show dax0.0' 'show dax0.0 --json' map \
		"map --svg $tmp/map.svg" 'policy explain dax0.0' drift capture
}

# refused PART ARGS: with a reason that has PART in it
refused()
{
	part=$1
	shift
	run 1 --root "$root" "$@"
	err_has "$part"
	harmless
}

# ---- names and words that would make lines, or turn them around ----

fresh 7.3-hmem-bound
evil=$(printf 'x\nINJECTED region dax9.9 online\n\033[2J\342\200\256x\377')
long=$(head -c 255 /dev/zero | tr '\0' n)
printf '%s' "$evil" >"$root/sys/module/memory_hotplug/parameters/online_policy"
printf '%s' "$evil" >"$mem/auto_online_blocks"
printf 'Normal %s' "$evil" >"$mem/memory7/valid_zones"
printf '%s' "$evil" >"$dax/state"
printf '%s' "$evil" >"$dax/target_node"
ln -sfn "../../bus/dax/drivers/$evil" "$dax/driver"
mkdir "$mem/memory$evil" "$root/sys/devices/system/node/node$evil" "$mem/$long"
ln -s ../../devices/x "$root/sys/bus/dax/devices/dax$evil"
rules=$root/etc/udev/rules.d
policies=$root/etc/mhp/policy.d
mkdir -p "$rules" "$policies"
printf 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online"\n' >"$rules/40-$evil.rules"
cp "$rules/40-$evil.rules" "$rules/$(echo "$long" | cut -c 1-249).rules"
printf '[pool]\nkind = dax\ntype = online_movable\n%s\n' "$evil" >"$policies/10-$evil.conf"
printf '100000000-11fffffff : System RAM (%b)\n' 'x\033[2J' >>"$root/proc/iomem"
look_at_all names
run 0 --root "$root" list --json
json '.default_online_type' null
for wish in 'online dax0.0 --type online_movable' 'plan online dax0.0 --type online' \
	'unplug dax0.0' 'plug dax0.0 --type online_movable'; do
	# shellcheck disable=SC2086
	run 1 --root "$root" $wish
	harmless
done
run 1 --root "$root" show "$evil"
harmless

# ---- FIFOs, which would have a reader wait, or a writer ----

fresh 7.3-hmem-bound
find "$root" -type f ! -name block_size_bytes >"$tmp/files"
xargs rm <"$tmp/files"
xargs mkfifo <"$tmp/files"
look_at_all FIFOs
refused 'EINVAL' online dax0.0 --type online_movable
refused 'EINVAL' unplug dax0.0

# only to be written, so that nobody has looked at them: with a reader and without
fresh 6.12-hmem-bound
mkdir -p "$root/run"
rm -f "$root/sys/bus/dax/drivers/kmem/unbind"
mkfifo "$root/sys/bus/dax/drivers/kmem/unbind"
refused '/unbind' unplug dax0.0
exec 3<>"$root/sys/bus/dax/drivers/kmem/unbind"
refused '/unbind' unplug dax0.0
exec 3<&-
rm "$root/sys/bus/dax/drivers/kmem/unbind"
ln -s "$secret" "$root/sys/bus/dax/drivers/kmem/unbind"
refused '/unbind' unplug dax0.0
[ "$(cat "$secret")" = classified ] || fail "$last: writes outside of the tree"

# ---- links ----

fresh 7.3-hmem-bound
for file in memory32/state memory33/valid_zones auto_online_blocks; do
	rm -f "$mem/$file"
	ln -s "$secret" "$mem/$file"
done
rm -f "$root/proc/iomem" "$dax/size"
ln -s "$secret" "$root/proc/iomem"
ln -s size "$dax/size"
ln -s "$tmp" "$root/etc"
ln -s "$tmp" "$root/run"
mkdir -p "$tmp/mhp/policy.d" "$tmp/udev/rules.d"
cp "$secret" "$tmp/mhp/policy.d/10-secret.conf"
echo 'SUBSYSTEM=="memory", ATTR{state}="classified"' >"$tmp/udev/rules.d/10-secret.rules"
look_at_all 'links out'
refused '' online dax0.0 --type online_movable
[ "$(cat "$secret")" = classified ] || fail "$last: writes outside of the tree"
[ ! -e "$tmp/libmhp" ] || fail "$last: makes a directory outside of the tree"

# ---- configuration ----

fresh 7.3-hmem-bound
mkdir -p "$rules" "$policies" "$root/dev"
mknod "$root/dev/zero" c 1 5 2>/dev/null || mkfifo "$root/dev/zero"
for dir in "$rules" "$policies"; do
	ending=conf
	[ "$dir" = "$policies" ] || ending=rules
	mkfifo "$dir/10-fifo.$ending"
	ln -s /dev/zero "$dir/20-zero.$ending"
	ln -s 30-loop.$ending "$dir/30-loop.$ending"
	ln -s "$secret" "$dir/40-out.$ending"
	truncate -s 1G "$dir/50-vast.$ending"
	mkdir "$dir/60-dir.$ending"
	mkfifo "$dir/fifo"
	ln -s fifo "$dir/70-to-fifo.$ending"
done
printf '[pool]\nkind = dax\ntype = online_movable\n' >"$policies/90-good.conf"
looks configuration list 'policy explain dax0.0' 'list --json'
run 1 --root "$root" policy check
for file in 10-fifo 20-zero 30-loop 40-out 50-vast 60-dir 70-to-fifo; do
	out_has "$file.conf"
done

# ---- /run/libmhp ----

# hostile KIND FILE
hostile()
{
	rm -rf "$2"
	case $1 in
	fifo) mkfifo "$2" ;;
	dir) mkdir "$2" ;;
	link) ln -s "$secret" "$2" ;;
	loop) ln -s "$(basename "$2")" "$2" ;;
	vast) truncate -s 1G "$2" ;;
	esac
}

fresh 6.12-hmem-bound
mkdir -p "$root/run/libmhp"
for name in lock journal; do
	for kind in fifo dir link loop vast; do
		hostile "$kind" "$root/run/libmhp/$name"
		looks "$kind for $name" list recover
		# a lock that is only large is a lock; all else is a reason to write nothing
		[ "$name $kind" = 'lock vast' ] ||
			refused "/run/libmhp/$name" online dax0.0 --type online_movable
	done
	rm -rf "$root/run/libmhp"/*
done
for kind in fifo link loop; do
	hostile "$kind" "$root/run/libmhp"
	refused '/run/libmhp' online dax0.0 --type online_movable
done
[ "$(cat "$mem"/memory3[2-5]/state | sort -u)" = offline ] || fail "$last: writes all the same"
[ "$(cat "$secret")" = classified ] || fail "$last: writes outside of the tree"

# ---- files that the user names ----

fresh 7.3-hmem-bound
for verb in 'apply /dev/zero' "policy check --policy /dev/zero"; do
	# shellcheck disable=SC2086
	"$MHP" --root "$root" $verb >"$tmp/out" 2>"$tmp/err" && fail "mhp $verb: is done"
	cat "$tmp/out" "$tmp/err" | grep -q EFBIG || { fail "mhp $verb: no EFBIG"; show out err; }
done
mkfifo "$tmp/fifo"
for file in /dev/zero "$tmp/fifo" /dev/tty "$tmp"; do
	for option in --capture --sim; do
		"$MHP" list "$option" "$file" >"$tmp/out" 2>"$tmp/err" && fail "mhp list $option $file: is done"
		[ "$(wc -l <"$tmp/err")" -eq 1 ] || { fail "mhp list $option $file:"; show err; }
	done
done
yes '[pool]' | "$MHP" --root "$root" policy check --policy /dev/stdin >"$tmp/out" 2>"$tmp/err" &&
	fail "policy check of a pipe without an end"

# ---- numbers ----

fresh 7.3-hmem-bound
for wish in 'online --blocks 18446744073709551615' 'online --blocks 0-18446744073709551615' \
	'online --range 0xffffffffffffffff-0xffffffffffffffff' 'online --node 2147483647' \
	'online --node 4294967297' 'online dax0.0 --size 18446744073709551615' \
	'online dax0.0 --size 16E' 'online dax0.0 --size 99999999999999999999G'; do
	got=0
	# shellcheck disable=SC2086
	"$MHP" --root "$root" plan $wish --type online_movable >"$tmp/out" 2>"$tmp/err" || got=$?
	[ "$got" -eq 1 ] || [ "$got" -eq 2 ] || { fail "mhp plan $wish: exit code $got"; show out err; }
done

finish

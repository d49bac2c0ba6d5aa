#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A tree with bytes in it that could do harm: nothing of them reaches a terminal
# as it is, JSON stays JSON, and every file that makes no sense is named.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq
# characters beyond ASCII are ours with UTF-8 only
export LC_ALL=C

root=$tmp/root
mem=$root/sys/devices/system/memory
make_tree "$cxl" "$root"
dax=$(echo "$root"/sys/devices/platform/*/root0/decoder0.0/region0/dax_region0/dax0.0)

# only what is printed on every terminal, line by line
printable()
{
	for file in out err; do
		if LC_ALL=C grep -q '[^ -~]' "$tmp/$file"; then
			fail "$last: raw bytes in $file:"
			LC_ALL=C sed -n '/[^ -~]/p' "$tmp/$file" | od -c | head -20
		fi
	done
}

rules=$tmp/rules.conf
printf '[pool]\ntype = online_movable\nmax-movable-ratio = 100\n' >"$rules"

# everything that only shows; the files with faults are in $names
show_all()
{
	for verb in list 'list --tree' 'show dax0.0' "policy show --policy $rules" \
		"policy explain dax0.0 --policy $rules"; do
		# shellcheck disable=SC2086
		run 0 --root "$root" $verb
		printable
		# shellcheck disable=SC2086
		run 0 --root "$root" --json $verb
		no_err
		printable
		json .schema 1
	done
}

# has_error FILE ERRNO: in errors[] of the last JSON
has_error()
{
	json_holds "[.errors[] | select(.path == \"$1\" and .errno == $2)] | length == 1"
}

# escape sequences, DEL, a C1 control character, broken and overlong UTF-8
junk=$(printf '\033]0;x\007\177\302\233\377\300\200\342\200')
policy=$root/sys/module/memory_hotplug/parameters/online_policy
printf '%s\n' "$junk" >"$policy"
printf '%s\n' "$junk" >"$mem/auto_online_blocks"
printf '%s\n' "$junk" >"$dax/state"
printf '%s\n' "$junk" >"$mem/memory34/state"
printf 'Normal %s\n' "$junk" >"$mem/memory35/valid_zones"
ln -sfn "../../bus/dax/drivers/$junk" "$dax/driver"
show_all
run 0 --root "$root" list --json
has_error /sys/devices/system/memory/memory34/state 74
has_error /sys/devices/system/memory/auto_online_blocks 74
json '.blocks[] | select(.id == 34).state' null
json .default_online_type null
run 0 --root "$root" list
err_has /sys/devices/system/memory/memory34/state
run 1 --root "$root" online dax0.0 --type online
printable
run 1 --root "$root" plan online dax0.0 --type default
printable

# a refusal names the file, and what stood there
rm -rf "$root"
make_tree "$cxl" "$root"
echo x >"$dax/mapping0/end"
run 1 --root "$root" online dax0.0 --type online
err_has '/mapping0/end: "x" is not understood'
rm -rf "$root"
make_tree "$cxl" "$root"
echo online >"$mem/memory36/state"
echo Weird >"$mem/memory36/valid_zones"
run 1 --root "$root" online dax0.0 --type online_movable
err_has '/memory36/valid_zones: "Weird" is not understood'
echo gone >"$mem/memory36/state"
run 1 --root "$root" online dax0.0 --type online_movable
err_has '/memory36/state: "gone" is not understood'
rm -rf "$root"
make_tree "$cxl" "$root"
echo nonsense >"$mem/auto_online_blocks"
run 1 --root "$root" online dax0.0 --type default
err_has '/auto_online_blocks'
err_has 'not understood'
echo frobnicating >"$dax/state"
run 1 --root "$root" online dax0.0 --type online_movable
err_has 'whose word for it no kernel had yet'
no_out

# what cannot be listed is null, and is not taken for empty
rm -rf "$root"
make_tree "$cxl" "$root"
rm -rf "$root/sys/bus/dax/devices"
ln -s devices "$root/sys/bus/dax/devices"
run 0 --root "$root" list --json
json .regions null
has_error /sys/bus/dax/devices 40
run 0 --root "$root" list
out_has 'could not be listed'
for verb in 'show dax0.0' 'unplug dax0.0' 'plan offline dax0.0'; do
	# shellcheck disable=SC2086
	run 1 --root "$root" $verb
	err_has '/sys/bus/dax/devices: ELOOP'
done
rm -rf "$root"
make_tree "$cxl" "$root"
rm -rf "$root/sys/devices/system/node"
ln -s node "$root/sys/devices/system/node"
run 0 --root "$root" list --json
json .nodes null
has_error /sys/devices/system/node 40

rm -rf "$root"
make_tree "$cxl" "$root"

# a newline in a name makes no line of its own
printf 'x\nblock size           1 TiB\n' >"$policy"
ln -sfn "../../bus/dax/drivers/x
state          online" "$dax/driver"
run 0 --root "$root" list
[ "$(grep -c '^block size' "$tmp/out")" -eq 1 ] || { fail "$last: two block sizes"; show out; }
out_has 'x\x0ablock size'
run 0 --root "$root" show dax0.0
[ "$(grep -c '^state ' "$tmp/out")" -eq 1 ] || { fail "$last: two states"; show out; }
out_has 'x\x0astate'

# what is UTF-8 survives in JSON
rm -rf "$root"
make_tree "$cxl" "$root"
printf 'gr\303\274n \360\237\230\200\n' >"$policy"
run 0 --root "$root" list --json
printable
json .online_policy "\"$(printf 'gr\303\274n \360\237\230\200')\""
printf 'a\377b\n' >"$policy"
run 0 --root "$root" list --json
json .online_policy '"a\\xffb"'

# files cut short, too large, with a NUL, of nonsense numbers
for text in '' '\n' '0' '8000000 8000000' '0x8000000' '7ffffff' 'ffffffffffffffffffff' '\0' \
	'-1' '10000000000000000'; do
	printf '%b' "$text" >"$mem/block_size_bytes"
	for verb in list 'show dax0.0' 'unplug dax0.0' 'list --json'; do
		# shellcheck disable=SC2086
		run 1 --root "$root" $verb
		no_out
		printable
		err_has block_size_bytes
	done
done
echo 8000000 >"$mem/block_size_bytes"

head -c 100000 /dev/zero | tr '\0' x >"$mem/memory36/state"
head -c 100000 /dev/zero >"$mem/memory37/state"
echo 99999999999999999999 >"$dax/size"
echo 0xffffffffffffffff >"$dax/mapping0/end"
echo 0 >"$dax/mapping0/start"
mkdir "$mem/memory_failure" "$mem/memory" "$mem/memory0x10" "$mem/memory99999999999999999999" \
	"$mem/memory-1"
show_all
run 1 --root "$root" online dax0.0 --type online_movable
printable
run 1 --root "$root" unplug dax0.0
run 0 --root "$root" list --json
json '[.blocks[].id] | max' 37
for range in '0x200000000 0x1ffffffff' 'x 0x1ffffffff' '0x100000000 ' '18446744073709551615 0'; do
	echo "${range% *}" >"$dax/mapping0/start"
	echo "${range#* }" >"$dax/mapping0/end"
	show_all
	run 0 --root "$root" list --json
	json '.regions[0].ranges' null
	json_holds '[.errors[] | select(.path | contains("/mapping0/"))] | length > 0'
	run 1 --root "$root" online dax0.0 --type online_movable
	printable
done

finish

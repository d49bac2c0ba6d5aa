#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Not being allowed to is exit code 4, and the line says what helps.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

root=$tmp/root
make_tree "$cxl" "$root"
mem=$root/sys/devices/system/memory
dax=$(echo "$root"/sys/devices/platform/*/root0/decoder0.0/region0/dax_region0/dax0.0)
find "$root" -type f -exec chmod 444 {} +
# the lock can be taken, unless a test says otherwise
mkdir -p "$root/run/libmhp"
chmod 777 "$root/run/libmhp"
chmod 755 "$tmp"

# As root every file can be written: be somebody else.
if [ "$(id -u)" -eq 0 ]; then
	need setpriv
	plain=$MHP
	cat >"$tmp/mhp" <<END
#!/bin/sh
LLVM_PROFILE_FILE=/dev/null exec setpriv --reuid 65534 --regid 65534 --clear-groups -- "$plain" "\$@"
END
	chmod 755 "$tmp/mhp"
	MHP=$tmp/mhp
	"$MHP" --version >/dev/null 2>&1 || { echo "SKIP: others cannot run $plain"; exit 77; }
fi

# the machine can be seen, and not be written
run 0 --root "$root" list
run 4 --root "$root" online dax0.0 --type online_movable
no_out
err_has 'mhp: dax0.0: '
err_has 'EACCES'
err_has '/dax0.0/state'
err_has 'nothing was changed'
err_has 'root'
run 4 --root "$root" online dax0.0 --type online_movable --per-block
err_has '/memory/memory37/state'
err_has '"online_movable"'
run 4 --root "$root" unplug dax0.0 --json
json .reason '"no-permission"'
run 0 --root "$root" offline dax0.0
run 0 --root "$root" plan unplug dax0.0

printf '[pool]\nkind = dax\ntype = online_movable\n' >"$tmp/pool.conf"
chmod 644 "$tmp/pool.conf"
for args in '' --json; do
	# shellcheck disable=SC2086
	run 4 --root "$root" apply --policy "$tmp/pool.conf" $args
	err_has 'mhp: dax0.0: '
	err_has 'EACCES'
done

# nor can what was borrowed be put back
leave_journal "$root" /sys/devices/system/memory/auto_online_blocks offline online_kernel
chmod 644 "$root/run/libmhp/journal"
run 4 --root "$root" recover
out_has 'unfinished: mhp[7]: '
err_has '/auto_online_blocks: not put back: EACCES'
err_has 'run as root'
run 0 --root "$root" list
out_has 'recovery pending: '
rm "$root/run/libmhp/journal"

# nor can the lock be taken
rm -f "$root/run/libmhp/lock"
chmod 555 "$root/run/libmhp"
for verb in 'online dax0.0 --type online_movable' recover; do
	# shellcheck disable=SC2086
	run 4 --root "$root" $verb
	no_out
	err_has '/run/libmhp'
	err_has 'EACCES'
	err_has 'run as root'
done
chmod 777 "$root/run/libmhp"

# as on a real machine, the addresses cannot be seen
chmod 400 "$dax/resource" "$dax"/mapping0/* "$root/proc/iomem"
if [ "$(id -u)" -ne 0 ]; then
	chmod 0 "$dax/resource" "$dax"/mapping0/* "$root/proc/iomem"
fi
# ... but those of a CXL region: a device that is as large as it has them all
run 0 --root "$root" list
err_has 'run as root'
run 0 --root "$root" list --json
json '.regions[0] | [.name, .blocks, .state]' '["dax0.0","34-37","offline"]'
json '[.blocks[] | select(.region == "dax0.0") | .id]' '[34,35,36,37]'
json '[.blocks[] | select(.region != null and .region != "dax0.0")]' '[]'
json_holds '[.errors[].path | select(contains("/mapping0/"))] | length > 0'
run 4 --root "$root" online dax0.0 --type online_kernel
err_has 'EACCES'
chmod 644 "$dax/size"
echo 268435456 >"$dax/size"
run 0 --root "$root" list
out_has 'unknown'
err_has 'run as root'
run 0 --root "$root" list --json
json '.regions[0] | [.ranges, .blocks, .state, .zone, .online_bytes, .lost_bytes]' \
	'[null,null,null,null,null,null]'
json_holds '[.errors[] | select(.errno == 13 and .name == "EACCES")] | length > 0'
json_holds '[.errors[].path | select(contains("/mapping0/"))] | length > 0'
json '[.blocks[] | select(.region != null)]' '[]'
for verb in 'offline dax0.0' 'unplug dax0.0' 'plan offline dax0.0' \
	'online dax0.0 --type online_kernel' 'online dax0.0 --type online --dry-run'; do
	# shellcheck disable=SC2086
	run 4 --root "$root" $verb
	err_has 'mhp: dax0.0: '
	err_has 'EACCES'
	err_has 'root'
done
chmod 0 "$mem"
run 4 --root "$root" list
err_has '/sys/devices/system/memory'
err_has 'EACCES'
chmod 755 "$mem"

# a root, a capture that cannot be opened
chmod 0 "$root"
run 4 --root "$root" list
err_has EACCES
chmod 755 "$root"
: >"$tmp/capture"
chmod 0 "$tmp/capture"
run 4 --capture "$tmp/capture" list
err_has "$tmp/capture"

finish

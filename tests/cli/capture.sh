#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp capture: what it writes is read by --capture and --sim, and captured again it is the
# same, byte by byte. It tells nobody which machine it is, unless asked to.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

x=$tmp/x.txt

# same_again FILE: captured again it is the same, looked at and simulated; so is the machine
# that is simulated and saved
same_again()
{
	run 0 --capture "$1" capture
	cmp -s "$tmp/out" "$1" || fail "$last: not the same again"
	run 0 --sim "$1" --sim-save "$tmp/saved" capture --save "$tmp/again"
	no_out
	cmp -s "$tmp/again" "$1" || fail "$last: not the same again"
	cmp -s "$tmp/saved" "$1" || fail "$last: the machine is not saved as it began"
}

# ---- recorded machines; test-capture-machine.c does the same with all of them ----

for machine in 6.1-hmem-bound 6.12-hmem-multi-bound 7.3-cxl-region-region 7.3-dimm-online \
	7.3-hmem-ranges-bound 7.3-hmem-unaligned-online 7.3-pinned-going-offline \
	7.3-plain-start 7.3-virtio-mem-online; do
	machine=$machines/$machine.txt
	run 0 --capture "$machine" capture
	no_err
	cp "$tmp/out" "$x"
	same_again "$x"
	head -n 1 "$x" | grep -q '^# kernel: [67]\.' || fail "$machine: no kernel at its head"
	run 0 --capture "$machine" list --json
	cp "$tmp/out" "$tmp/before"
	run 0 --capture "$x" list --json
	cmp -s "$tmp/out" "$tmp/before" || fail "$last: not the machine that was captured"
done

# One that has changed, and goes on changing.
cp "$machines/7.3-hmem-ranges-bound.txt" "$m"
act 0 capture --save "$m"
act 0 online dax0.0 --type online_movable
run 0 --sim "$m" capture --save "$x"
same_again "$x"
grep -q '^/sys/devices/system/memory/memory37/state: online$' "$x" || fail "memory37 is not online in it"
cp "$x" "$m"
act 0 offline dax0.0
state 37 offline
act 0 unplug dax0.1
state 34 ''

# ---- another root ----

root=$tmp/root
make_tree "$cxl" "$root"
run 0 --root "$root" capture --save "$x"
no_err
no_out
same_again "$x"
cp "$x" "$m"
act 0 online dax0.0 --type online_movable
state 34 online
act 0 unplug dax0.0
state 34 ''

# What has no place in a capture, and what must not be waited for.
mem=$root/sys/devices/system/memory
mkfifo "$mem/fifo" "$mem/memory34/fifo"
ln -s . "$mem/memory34/loop"
ln -s /etc/passwd "$mem/passwd"
mkdir -p "$root/etc"
echo secret >"$root/etc/passwd"
printf 'a\033[2Jb\n' >"$mem/escape"
run 0 --root "$root" capture --save "$x"
same_again "$x"
grep -q fifo "$x" && fail "a FIFO is in the capture"
grep -q secret "$x" && fail "a link was followed"
grep -q '^/sys/devices/system/memory/memory34/loop -> \.$' "$x" || fail "a loop is not in the capture"
grep -q '^/sys/devices/system/memory/escape: <binary>$' "$x" || fail "control characters are not kept back"

# ---- a broken tree ----

broken=$machines/broken/tree.txt
run 0 --capture "$broken" capture
grep -v '^#' "$broken" >"$tmp/a"
grep -v '^#' "$tmp/out" >"$tmp/b"
cmp -s "$tmp/a" "$tmp/b" || fail "$last: not what is in it"
cp "$tmp/out" "$x"
run 0 --capture "$x" capture
cmp -s "$tmp/out" "$x" || fail "$last: not the same again"
run 0 --capture "$x" list
err_has 'memory1/state: EIO'
err_has 'memory32/state: makes no sense: "thinking"'
grep -Eq '^dax3\.0 +dax +\? ' "$tmp/out" || fail "$last: no line of dax3.0"
run 1 --sim "$x" list
err_has 'no kernel says "sometimes" there'

# ---- without serial numbers there is no identity, and nothing is wrong ----

run 0 --sim "$machines/7.3-cxl-many.txt" capture
cp "$tmp/out" "$x"
grep -q '/mem0/serial: <left-out>' "$x" || fail "$last: a serial number"
run 0 --capture "$x" show region0
no_err
grep -Eq '^identity +-$' "$tmp/out" || fail "$last: $(cat "$tmp/out")"
run 0 --capture "$x" list --json
json '[.regions[].identity, .errors[]] | unique' '[null]'

# ---- which machine it is ----

root=$tmp/private
make_tree "$cxl" "$root"
dev=/sys/devices/platform/ACPI0017:00/root0/decoder0.0/region0
for file in serial uuid wwn id; do
	echo S3CR3T >"$root$dev/$file"
done
mkdir -p "$root/proc/sys/kernel" "$root/etc/udev/rules.d"
echo H1DDEN >"$root/proc/sys/kernel/hostname"
echo 7.3.4 >"$root/proc/sys/kernel/osrelease"
echo 'root=UUID=H1DDEN kernelcore=1G key=H1DDEN' >"$root/proc/cmdline"
cat >"$root/etc/udev/rules.d/40-memory.rules" <<'END'
# H1DDEN
SUBSYSTEM=="net", ATTR{address}=="H1DDEN", NAME="lan"
SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online"
END
run 0 --root "$root" capture
out_lacks S3CR3T
out_lacks H1DDEN
out_has 'see --identity'
out_has "$dev/serial: <left-out>"
out_has '/proc/cmdline: kernelcore=1G <left-out>'
out_has '# kernel: 7.3.4'
cp "$tmp/out" "$x"
same_again "$x"
# the rule is at its place
run 0 --root "$root" plan online dax0.0 --type online_movable --json
cp "$tmp/out" "$tmp/before"
run 0 --capture "$x" plan online dax0.0 --type online_movable --json
cmp -s "$tmp/out" "$tmp/before" || fail "$last: not the plan of the machine that was captured"
run 0 --root "$root" capture --identity
out_has "$dev/serial: S3CR3T"
out_has "$dev/id: S3CR3T"
out_lacks H1DDEN
out_lacks 'see --identity'
cp "$tmp/out" "$x"
run 0 --capture "$x" capture --identity
cmp -s "$tmp/out" "$x" || fail "$last: not the same again"
run 0 --capture "$x" capture
out_lacks S3CR3T

# ---- where it goes ----

run 1 --capture "$x" capture --save "$tmp/nowhere/x"
no_out
err_has "$tmp/nowhere/x: the capture was not saved: ENOENT"
mkdir "$tmp/empty"
run 1 --root "$tmp/empty" capture
no_out
err_has 'there is nothing to capture'
run 2 --capture "$x" capture --json
err_has 'it does not go with --json'
run 2 --capture "$x" capture dax0.0
run 2 --capture "$x" list --identity
run 2 --capture "$x" plan capture

# ---- somebody who may not read all ----

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$tmp"
	chmod 600 "$root/proc/iomem" "$root$dev/dax_region0/dax0.0/mapping0/start"
	plain=$MHP
	cat >"$tmp/mhp" <<END
#!/bin/sh
LLVM_PROFILE_FILE=/dev/null exec setpriv --reuid 65534 --regid 65534 --clear-groups -- "$plain" "\$@"
END
	chmod 755 "$tmp/mhp"
	if "$tmp/mhp" --version >/dev/null 2>&1; then
		MHP=$tmp/mhp
		run 0 --root "$root" capture
		err_has 'files that may not be read: 2, such as /proc/iomem; run as root'
		out_has '# not permitted: 2, such as /proc/iomem'
		out_has '/proc/iomem: <EACCES>'
		out_has 'mapping0/start: <EACCES>'
		out_has 'mapping0/end: 0x12fffffff'
		MHP=$plain
		cp "$tmp/out" "$x"
		run 0 --capture "$x" capture
		cmp -s "$tmp/out" "$x" || fail "$last: not the same again"
		run 0 --capture "$x" list
	fi
fi

finish

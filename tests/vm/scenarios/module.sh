# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; what "run" leaves
# what: kmem as modprobe's configuration has it: blacklisted is no matter by name, "install" is not run, missing is said
# machine: one

unbound
policy offline
B=$(blocks_of dax0.0)
before=$(settings)
watch_others $B
mkdir -p /etc/modprobe.d
PLUG="mhp plug dax0.0 --type online_movable"

# refused WHAT: nothing has come of it
refused() {
	run $PLUG --json
	is "$1: status" $rc 1
	json "$1: reason" .reason module
	one_line "$1"
	names "$1: the line says which" kmem
	check "$1: kmem is not loaded" [ ! -d $DRIVERS/kmem ]
	uniform "$1: no blocks" absent - $B
	is "$1: the settings are as before" "$(settings)" "$before"
	nothing_pending "$1"
}

echo 'install kmem /bin/touch /tmp/was-run' >/etc/modprobe.d/kmem.conf
refused "an install command"
check "an install command: it was not run" [ ! -e /tmp/was-run ]
rm /etc/modprobe.d/kmem.conf

file=$(modinfo -n kmem)
mv "$file" /tmp/away
refused "the file is missing"
echo rubbish >"$file"
refused "the file is no module"
mv /tmp/away "$file"

echo 'blacklist kmem' >/etc/modprobe.d/kmem.conf
exits "blacklisted: plug" 0 $PLUG
uniform "blacklisted: plugged" online Movable $B
is "blacklisted: the settings are as before" "$(settings)" "$before"
nothing_pending "blacklisted"
others_same "boot memory is as it was"

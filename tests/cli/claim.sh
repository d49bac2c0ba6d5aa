#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mhp policy claim: one file below the root, written as a whole, and what is told of what
# it meets there. No machine is needed, nor looked at: an image has none.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"
need jq

root=$tmp/root
file=$root/etc/modprobe.d/mhp-claim.conf

# claim CODE ARGS: on the root
claim()
{
	code=$1
	shift
	run "$code" policy claim --root "$root" "$@"
}

fresh()
{
	rm -rf "$root"
	mkdir -p "$root/etc"
}

# ---- written, again, removed, again ----

fresh
claim 0 --dry-run
no_err
out_has '/etc/modprobe.d/mhp-claim.conf: to be written'
out_has '  blacklist kmem'
[ ! -e "$root/etc/modprobe.d" ] || fail "$last: writes"

claim 0
no_err
out_has '/etc/modprobe.d/mhp-claim.conf: written'
out_has 'next: build the initrd anew'
out_has 'mhp-agent.service is not installed'
[ "$(grep -v '^#' "$file")" = 'blacklist kmem' ] || fail "$last: $(cat "$file")"
[ "$(stat -c %a "$file")" = 644 ] || fail "$last: mode $(stat -c %a "$file")"
[ "$(ls -A "$root/etc/modprobe.d")" = mhp-claim.conf ] || fail "$last: $(ls -A "$root/etc/modprobe.d")"
stat -c '%i %y' "$file" >"$tmp/first"

claim 0
out_has 'already there, nothing to do'
claim 0 --dry-run
out_has 'already there, nothing to do'
stat -c '%i %y' "$file" | cmp -s - "$tmp/first" || fail "$last: writes again"
claim 0 --json
json '[.schema, .outcome, .dry_run, .path]' '[1,"already",false,"/etc/modprobe.d/mhp-claim.conf"]'
json '[.kernels, .kernels_built_in, .initrd_command, .agent, .notes]' '[0,0,null,"missing",[]]'

claim 0 --remove --dry-run
out_has 'to be removed'
[ -e "$file" ] || fail "$last: removes"
claim 0 --remove
out_has 'removed: udev loads kmem'
[ ! -e "$file" ] || fail "$last: it is there"
claim 0 --remove --json
json .outcome '"absent"'

# that of an earlier release is ours, too
claim 0
sed -i 's/^# With it.*/# an older text/' "$file"
claim 0
out_has ': written'
if grep -q older "$file"; then fail "$last: it is the old one"; fi

# ---- what others wrote is left alone ----

for text in 'blacklist kmem' 'options kmem x=1' ''; do
	echo "$text" >"$file"
	for args in '' --remove --dry-run; do
		# shellcheck disable=SC2086
		claim 1 $args
		no_out
		err_has 'mhp-claim.conf: not written by mhp'
		[ "$(cat "$file")" = "$text" ] || fail "$last: changes it"
	done
done
rm "$file"
claim 0
echo 'options kmem x=1' >>"$file"
claim 1 --remove
err_has 'somebody added other lines'
ln -sf /dev/null "$file"
claim 1
err_has 'it is a link'
rm "$file"
mkdir "$file"
claim 1
err_has EISDIR
rmdir "$file"

# ---- links do not lead outside ----

outside=$tmp/outside
mkdir -p "$outside"
rm -r "$root/etc/modprobe.d"
ln -s "$outside" "$root/etc/modprobe.d"
claim 1
no_out
[ -z "$(ls -A "$outside")" ] || fail "$last: writes outside of the root"
mkdir -p "$root$outside"
claim 0
[ -e "$root$outside/mhp-claim.conf" ] || fail "$last: not below the root"
fresh
ln -s "$outside" "$root/usr"
touch "$outside/secret.conf"
claim 0
[ "$(ls -A "$outside")" = secret.conf ] || fail "$last: writes outside of the root"

run 1 policy claim --root "$tmp/nowhere"
err_has "$tmp/nowhere"
rm -r "$root/etc"
claim 1
err_has ENOENT

# ---- what builds the initrd, and the agent ----

fresh
mkdir -p "$root/usr/sbin" "$root/usr/lib/systemd/system" "$root/etc/systemd/system"
ln -s usr/sbin "$root/sbin"
: >"$root/usr/sbin/dracut"
claim 0 --json
json .initrd_command null
chmod 755 "$root/usr/sbin/dracut"
: >"$root/usr/lib/systemd/system/mhp-agent.service"
claim 0
out_has "next: chroot $root dracut --force --regenerate-all"
out_has "next: chroot $root systemctl enable mhp-agent.service"
claim 0 --json
json '[.initrd_command, .agent]' "[\"chroot $root dracut --force --regenerate-all\",\"installed\"]"
mkdir "$root/etc/systemd/system/multi-user.target.wants"
ln -s /usr/lib/systemd/system/mhp-agent.service \
	"$root/etc/systemd/system/multi-user.target.wants/"
: >"$root/usr/sbin/update-initramfs"
chmod 755 "$root/usr/sbin/update-initramfs"
claim 0
out_has 'update-initramfs -u -k all'
out_lacks systemctl
claim 0 --remove
out_has 'update-initramfs -u -k all'
out_lacks systemctl

# ---- what the claim meets ----

# meets CODE PATH LINE: one note, and no other
meets()
{
	claim 0 --json
	json '[.notes[] | [.code, .path, .line]]' "[[\"$1\",\"$2\",$3]]"
	claim 0
	err_has 'mhp: note: '
	err_has "$2"
}

# put PATH TEXT
put()
{
	mkdir -p "$root/${1%/*}"
	printf '%s\n' "$2" >"$root/$1"
}

fresh
put lib/modules/6.1/modules.builtin 'kernel/drivers/dax/dax.ko
kernel/drivers/dax/kmem.ko'
put lib/modules/7.3/modules.builtin 'kernel/drivers/dax/kmem.ko.old'
meets built-in /lib/modules/6.1/modules.builtin null
err_has 'memhp_default_state=offline'
claim 0 --json
json '[.kernels, .kernels_built_in]' '[2,1]'

fresh
put sys/module/kmem/initstate live
mkdir -p "$root/sys/bus/dax/drivers/kmem"
meets loaded /sys/module/kmem null
rm -r "$root/sys/module"
meets built-in /sys/bus/dax/drivers/kmem null

fresh
put etc/modprobe.d/a.conf '# install x kmem
softdep dax_hmem \
   post: kmem
softdep other post: kmemleak'
meets loads /etc/modprobe.d/a.conf 2
put etc/modprobe.d/a.conf 'install kmem /bin/false'
meets install /etc/modprobe.d/a.conf 1
put etc/modprobe.d/a.conf 'alias kmem off'
meets alias /etc/modprobe.d/a.conf 1
# a file hides those of its name
put usr/lib/modprobe.d/a.conf 'install dax modprobe kmem'
put etc/modprobe.d/a.conf ''
claim 0
no_err
rm "$root/etc/modprobe.d/a.conf"
meets loads /usr/lib/modprobe.d/a.conf 1
put usr/lib/modprobe.d/a.conf 'softdep kmem pre: dax'
claim 0
no_err
put usr/lib/modprobe.d/a.conf 'blacklist kmem'
meets blacklist /usr/lib/modprobe.d/a.conf 1

fresh
put etc/modules '# kmem
kmem'
meets modules-load /etc/modules 2
fresh
put etc/modules-load.d/x.conf 'kmem'
meets modules-load /etc/modules-load.d/x.conf 1
fresh
put etc/initramfs-tools/modules 'kmem'
meets initrd /etc/initramfs-tools/modules 1
fresh
put etc/dracut.conf.d/x.conf 'add_drivers+=" kmem "
force_drivers+=" kmem "'
meets initrd /etc/dracut.conf.d/x.conf 2

fresh
put usr/lib/udev/rules.d/50-udev-default.rules 'KERNEL=="mem|kmem|port", GROUP="kmem"'
put etc/udev/rules.d/90-x.rules 'SUBSYSTEM=="dax", RUN+="/sbin/modprobe kmem"'
meets udev-rule /etc/udev/rules.d/90-x.rules 1

fresh
put usr/lib/udev/rules.d/90-daxctl-device.rules x
meets daxctl /usr/lib/udev/rules.d/90-daxctl-device.rules null
put etc/daxctl.conf.d/a.conf '[reconfigure-device x]
# mode = devdax
mode = system-ram'
meets daxctl /etc/daxctl.conf.d/a.conf 3
mkdir -p "$root/etc/udev/rules.d"
ln -s /dev/null "$root/etc/udev/rules.d/90-daxctl-device.rules"
claim 0
no_err

fresh
put proc/cmdline 'quiet xmodule_blacklist=kmem module_blacklist=floppy,kmem2'
claim 0
no_err
put proc/cmdline 'quiet module_blacklist=floppy,kmem'
meets forbidden /proc/cmdline null
put proc/cmdline 'modules_load=kmem,dax quiet'
meets loads /proc/cmdline null

# what others wrote does not reach the terminal raw
fresh
mkdir -p "$root/etc/modprobe.d"
printf 'install dax modprobe kmem\n' >"$root/etc/modprobe.d/$(printf 'a\033[31m').conf"
claim 0
err_has 'a\x1b[31m.conf:1'
# nor does anything wait
fresh
mkdir -p "$root/etc/modprobe.d"
mkfifo "$root/etc/modprobe.d/a.conf"
claim 0
no_err

# ---- no permission ----

fresh
mkdir -p "$root/etc/modprobe.d"
chmod 755 "$tmp"
chmod 555 "$root/etc/modprobe.d"
plain=$MHP
if [ "$(id -u)" -eq 0 ]; then
	need setpriv
	cat >"$tmp/mhp" <<END
#!/bin/sh
LLVM_PROFILE_FILE=/dev/null exec setpriv --reuid 65534 --regid 65534 --clear-groups -- "$plain" "\$@"
END
	chmod 755 "$tmp/mhp"
	MHP=$tmp/mhp
fi
if "$MHP" --version >/dev/null 2>&1; then
	claim 4
	no_out
	err_has 'EACCES'
	err_has 'run as root'
	[ -z "$(ls -A "$root/etc/modprobe.d")" ] || fail "$last: $(ls -A "$root/etc/modprobe.d")"
	run 4 policy claim --initrd
	no_out
	err_has 'only root'
fi
MHP=$plain

# ---- --initrd: on the real root, which is another one here ----

inside()
{
	unshare -rm -- sh -ec 'mount -t tmpfs none /etc; mount -t tmpfs none /usr/local/sbin
		printf "#!/bin/sh\necho building \$*\nexit \${BUILD:-0}\n" >/usr/local/sbin/update-initramfs
		chmod 755 /usr/local/sbin/update-initramfs
		exec "$@"' sh "$@"
}

if inside true 2>/dev/null; then
	MHP=inside
	run 0 "$plain" policy claim --initrd
	out_has '/etc/modprobe.d/mhp-claim.conf: written'
	out_has 'building -u -k all'
	out_lacks 'next: update-initramfs'
	BUILD=3
	export BUILD
	last='--initrd that fails'
	got=0
	inside "$plain" policy claim --initrd >"$tmp/out" 2>"$tmp/err" || got=$?
	[ "$got" -eq 1 ] || fail "$last: exit code $got"
	err_has 'ended with exit code 3'
	unset BUILD
	run 0 "$plain" policy claim --initrd --json
	json '[.outcome, .initrd_command]' '["written","update-initramfs -u -k all"]'
	err_has 'building -u -k all'
	MHP=$plain
fi
[ ! -e /etc/modprobe.d/mhp-claim.conf ] || fail 'this machine was claimed'

finish

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154 # debian-test says where to work, common.sh where from
#
# Clean chroots of Debian 12, for debian-test: one base system, made once a week and kept with
# the packages that were installed into its copies, in the cache of the tests in virtual
# machines. With it and them no network is needed. All that comes out of the cache is compared
# with the checksums of what was put there.

SUITE=bookworm
# Changes of how the base system is made get a new number.
BASE_FORMAT=1
BASE_MAX_AGE_DAYS=7

our_cache() {
	find_cache
	CACHE=$CACHE/debian
}

# lock_cache: until this script ends, its part of the cache is ours alone.
lock_cache() {
	our_cache
	ARCHIVES=$CACHE/archives
	BASE=$CACHE/base-$SUITE-$BASE_FORMAT.tar
	mkdir -p "$ARCHIVES/partial"
	exec 9>"$CACHE/lock"
	flock -n 9 || {
		say "another one is at work, waiting for it"
		flock 9
	}
	rm -f "$CACHE"/new.*
}

# check_archives: throw away what is not as it was left.
check_archives() {
	(
		cd "$ARCHIVES" || exit
		sha256sum -c ../archives.sha256 2>/dev/null | sed -n 's/: OK$//p' | sort >../new.good
		for f in *.deb; do
			grep -qxF -e "$f" ../new.good || rm -f "$f"
		done
		rm -f ../new.good partial/*
	)
}

# keep_archives: remember what was downloaded, which apt has compared with the signed lists.
keep_archives() {
	(
		cd "$ARCHIVES" || exit
		find . -maxdepth 1 -name '*.deb' -printf '%P\n' | sort | xargs -r sha256sum >../new.sums
		mv ../new.sums ../archives.sha256
	)
}

base_is_good() {
	[ -n "$(find "$BASE" -mtime "-$BASE_MAX_AGE_DAYS" 2>/dev/null)" ] &&
		(cd "$CACHE" && sha256sum --status -c "$BASE.sha256" 2>/dev/null)
}

# make_base: the base system, from the archive that this machine's apt knows, and in its way.
make_base() {
	command -v mmdebstrap >/dev/null || cannot "no mmdebstrap (./quickstart packages debian)"
	find_archives
	say "making a base system of $SUITE"
	env -u APT_CONFIG apt-config dump | grep '^Acquire::' >"$work/apt.conf" || :
	cat >>"$work/apt.conf" <<-END_CONF
	Acquire::AllowInsecureRepositories "false";
	Acquire::AllowWeakRepositories "false";
	Acquire::Languages "none";
	APT::Install-Recommends "false";
	END_CONF
	cat >"$work/sources.list" <<-END_SOURCES
	deb [signed-by=$keyring] $debian $SUITE main
	deb [signed-by=$keyring] $security $SUITE-security main
	END_SOURCES
	mmdebstrap --quiet --mode=root --variant=minbase --format=tar \
		--aptopt="$work/apt.conf" --dpkgopt=force-unsafe-io --skip=cleanup/apt/lists \
		"$SUITE" "$CACHE/new.tar" "$work/sources.list" >"$work/base.log" 2>&1 || {
		tail -n 20 "$work/base.log" >&2
		cannot "a base system cannot be made"
	}
	sha256sum "$CACHE/new.tar" | sed "s,$CACHE/new.tar,$BASE," >"$CACHE/new.sum"
	mv "$CACHE/new.tar" "$BASE"
	mv "$CACHE/new.sum" "$BASE.sha256"
	new_base=yes
}

get_base() {
	new_base=no
	base_is_good || make_base
	check_archives
}

# new_root DIR: a fresh chroot, which starts no services.
new_root() {
	mkdir "$1"
	tar -C "$1" --numeric-owner -xpf "$BASE"
	mount -t proc proc "$1/proc"
	mount -t devpts -o newinstance,ptmxmode=666 devpts "$1/dev/pts"
	ln -sf pts/ptmx "$1/dev/ptmx"
	mount --bind "$ARCHIVES" "$1/var/cache/apt/archives"
	cp -L /etc/resolv.conf /etc/hosts "$1/etc" 2>/dev/null || :
	printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
	chmod 755 "$1/usr/sbin/policy-rc.d"
	[ "$new_base" = no ] || in_root "$1" apt-get -qq autoclean
	new_base=no
}

# in_root DIR COMMAND...
in_root() {
	_root=$1
	shift
	env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive \
		${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
		chroot "$_root" "$@"
}

# as_builder DIR SCRIPT: in /build, as somebody who may do nothing, and without a network.
as_builder() {
	env -i HOME=/nonexistent PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
		unshare --net chroot --userspec=builder "$1" sh -euc "cd /build; $2"
}

# install_in DIR apt-get's ARGUMENT...: lists may be older than the archive.
install_in() {
	_to=$1
	shift
	in_root "$_to" apt-get -qq -y --no-install-recommends "$@" || {
		in_root "$_to" apt-get -qq update
		in_root "$_to" apt-get -qq -y --no-install-recommends "$@"
	}
}

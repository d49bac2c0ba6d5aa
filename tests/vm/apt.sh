# SPDX-License-Identifier: LGPL-2.1-or-later
# A scratch apt for fetch and for tests/ports: own sources and lists, the machine's way to reach
# the network. Nothing is installed. Needs common.sh, and CACHE and tmp.
# shellcheck shell=sh

tmp=${tmp:?}
CACHE=${CACHE:?}

find_archives

mkdir -p "$tmp/empty"
# An empty status file makes apt resolve every library: an unpacked program brings its own.
: >"$tmp/status"

# use_suites FOR [ARCHITECTURE]: apt works with those suites whose third word in "suites" is that.
# Each set has lists of its own, as otherwise apt would mix releases: the newest library of all.
use_suites() {
	_arch=${2:-amd64}
	mkdir -p "$CACHE/apt/$1/lists/partial" "$CACHE/apt/cache/archives/partial"
	data "$VM/suites" | tr -s ' ' | while read -r _suite _archive _for; do
		[ "$_for" = "$1" ] || continue
		case $_archive in
		debian) echo "deb [arch=$_arch signed-by=$keyring] $debian $_suite main" ;;
		security) echo "deb [arch=$_arch signed-by=$keyring] $security $_suite main" ;;
		*) die "$VM/suites: unknown archive '$_archive'" ;;
		esac
	done >"$tmp/$1.list"
	: >"$tmp/$1.preferences"
	# Backports count less by themselves.
	[ "$1" != cxl ] ||
		printf 'Package: qemu-* seabios\nPin: release n=*-backports\nPin-Priority: 500\n' >"$tmp/$1.preferences"
	{
		env -u APT_CONFIG apt-config dump | grep '^Acquire::' || :
		cat <<END
APT::Architecture "$_arch";
APT::Architectures "$_arch";
APT::Install-Recommends "false";
APT::Get::AllowUnauthenticated "false";
APT::Sandbox::User "root";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::Languages "none";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "$tmp/empty";
Dir::Etc::sourcelist "$tmp/$1.list";
Dir::Etc::sourceparts "$tmp/empty";
Dir::Etc::preferences "$tmp/$1.preferences";
Dir::Etc::preferencesparts "$tmp/empty";
Dir::State "$CACHE/apt/$1";
Dir::State::status "$tmp/status";
Dir::State::extended_states "$tmp/extended_states";
Dir::Cache "$CACHE/apt/cache";
Dir::Log "$tmp";
END
	} >"$tmp/$1.conf"
	export APT_CONFIG="$tmp/$1.conf"
}

update() { # update FOR [ARCHITECTURE]: use these suites, with the archive's lists as they are now
	use_suites "$@"
	apt-get -q update >"$tmp/update.log" 2>&1 && ! grep -q '^[WE]: .*\(Failed\|fetch\)' "$tmp/update.log"
}

download() { # download DIR PACKAGE[=VERSION] ...: the packages, checked by apt, into DIR
	_dir=$1
	shift
	mkdir -p "$_dir"
	(cd "$_dir" && apt-get -q download "$@") >"$tmp/download.log" 2>&1 && return 0
	tail -n 5 "$tmp/download.log" >&2
	cannot "cannot download: $*"
}

# Everything that PACKAGE ... need, themselves included, as NAME=VERSION.
closure() {
	apt-get -q -s install --no-install-recommends "$@" 2>"$tmp/resolve.log" |
		sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p'
}

# SPDX-License-Identifier: LGPL-2.1-or-later
# Shared by fetch, guest, run and packaging/debian-test: where things are, and how they complain.
# shellcheck shell=sh disable=SC2034

VM=${VM:?}
ME=${0##*/}

say() { echo "$ME: $*" >&2; }

die() {
	say "$@"
	exit 2
}

# No way to get what a guest needs: 77 is the word for "skipped" in automake's test drivers.
cannot() {
	say "$@"
	exit 77
}

# The lines of a data file without comments, tabs as spaces.
data() { sed -e 's/[ \t]*#.*//' -e '/^[ \t]*$/d' "$1" | tr '\t' ' '; }

find_cache() {
	if [ -n "${LIBMHP_VM_CACHE:-}" ]; then
		CACHE=$LIBMHP_VM_CACHE
	elif [ -n "${XDG_CACHE_HOME:-}" ]; then
		CACHE=$XDG_CACHE_HOME/libmhp/vm
	elif [ -n "${HOME:-}" ]; then
		CACHE=$HOME/.cache/libmhp/vm
	else
		die "no place for a cache: set LIBMHP_VM_CACHE or HOME"
	fi
	case $CACHE in
	/*) ;;
	*) die "the cache '$CACHE' must be an absolute path" ;;
	esac
}

all_series() { data "$VM/kernels" | cut -d ' ' -f 1; }

needs_cxl() { grep -q '^cxl ' "$VM/machines/$1"; } # needs_cxl MACHINE

# The first release of QEMU whose CXL memory can be used as memory.
CXL_QEMU=10

new_enough() { # new_enough FILE: what "qemu-system-x86_64 --version" said there is such a release
	[ "$(sed -n '1s/.* version \([0-9]*\)\..*/\1/p' "$1")" -ge "$CXL_QEMU" ] 2>/dev/null
}

# The machine's own QEMU is one of these.
qemu_has_cxl() {
	command -v qemu-system-x86_64 >/dev/null || return 1
	qemu-system-x86_64 --version | new_enough /dev/stdin
}

# Run a program of an unpacked Debian tree with that tree's own libraries.
unpacked() {
	_root=$1 _prog=$2
	shift 2
	"$_root/lib64/ld-linux-x86-64.so.2" --library-path \
		"$_root/lib:$_root/lib/x86_64-linux-gnu:$_root/usr/lib/x86_64-linux-gnu" \
		"$_root/$_prog" "$@"
}


# --- Debian's archives, from the machine's own configuration of apt

# "RELEASE|URI" of each configured source, lists downloaded or not.
configured_sources() {
	# shellcheck disable=SC2016 # the words in $() are apt's
	apt-get indextargets --no-release-info --format '$(RELEASE)|$(REPO_URI)' 'Created-By: Packages' \
		2>/dev/null | sort -u
}

archive_of() { # archive_of debian|security
	configured_sources | while IFS='|' read -r _suite _uri; do
		case $1,$_suite in
		security,*-security) echo "$_uri" ;;
		debian,*-security) ;;
		debian,bookworm* | debian,trixie* | debian,forky* | debian,duke*) echo "$_uri" ;;
		debian,oldstable* | debian,stable* | debian,testing | debian,unstable | debian,sid) echo "$_uri" ;;
		esac
	done | head -n 1
}

# find_archives: sets debian and security to their addresses, and keyring to what has signed them.
find_archives() {
	debian=${LIBMHP_VM_DEBIAN:-$(archive_of debian)}
	[ -n "$debian" ] || cannot "apt's configuration names no Debian archive (set LIBMHP_VM_DEBIAN to one's address)"
	security=${LIBMHP_VM_SECURITY:-$(archive_of security)}
	# Debian's archives live side by side under these two names.
	[ -n "$security" ] || security=${debian%/}-security/

	keyring=
	for k in debian-archive-keyring.gpg debian-archive-keyring.pgp; do
		[ -z "$keyring" ] && [ -r "/usr/share/keyrings/$k" ] && keyring=/usr/share/keyrings/$k
	done
	[ -n "$keyring" ] || cannot "no Debian keyring in /usr/share/keyrings (package debian-archive-keyring)"
}

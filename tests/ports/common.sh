# SPDX-License-Identifier: LGPL-2.1-or-later
# Shared by sysroot and run: the architectures, and where things are.
# shellcheck shell=sh disable=SC2034

PORTS=${PORTS_DIR:?}
VM=$PORTS/../vm
. "$VM/common.sh"

all_architectures() { data "$PORTS/architectures" | tr -s ' ' | cut -d ' ' -f 1; }

# use_architecture ARCH: sets arch, and its names: of the tools, of the libraries, QEMU's
use_architecture() {
	arch=$1
	# shellcheck disable=SC2046 # words
	set -- $(data "$PORTS/architectures" | tr -s ' ' | grep "^$1 ")
	[ $# -ge 4 ] || die "unknown architecture '$arch'; known: $(all_architectures | tr '\n' ' ')"
	host=$2
	libraries=$3
	qemu=$4
}

# use_cache ARCH: sets CACHE to what is kept of the architecture, below that of tests/vm
use_cache() {
	find_cache
	CACHE=$CACHE/ports/$1
}

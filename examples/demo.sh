#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What mhp is for, step by step: memory behind CXL goes into the right zone, is
# verified, a wrong request is refused, a failure is put back, and the memory is
# given back.
#
#	demo.sh --mhp PATH --machine FILE   on a simulated machine, without root
#	demo.sh --mhp PATH --real           on this machine; it changes its memory!
#
# It fails where a step does not end as it should.

set -eu

mhp=mhp machine='' real='' region=dax0.0

usage()
{
	echo "usage: $0 [--mhp PATH] [--region NAME] --machine FILE | --real" >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	--real) real=yes; shift; continue ;;
	esac
	[ $# -ge 2 ] || usage
	case $1 in
	--mhp) mhp=$2 ;;
	--machine) machine=$2 ;;
	--region) region=$2 ;;
	*) usage ;;
	esac
	shift 2
done
[ -n "$machine" ] || [ -n "$real" ] || usage
[ -z "$machine" ] || [ -z "$real" ] || usage

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if [ -n "$machine" ]; then
	cp -- "$machine" "$dir/host.txt"
fi

say()
{
	printf '\n# %s\n' "$@"
}

# step CODE ARGS: show a command, run it, and insist on its exit code. On the
# simulated machine it goes on from where the last one left it.
step()
{
	want=$1
	shift
	if [ -z "$real" ]; then
		case $1 in
		list|plan) set -- "$@" --sim host.txt ;;
		*) set -- "$@" --sim host.txt --sim-save host.txt ;;
		esac
	fi
	printf '$ mhp %s\n' "$*"
	got=0
	(cd "$dir" && exec "$mhp" "$@") 2>&1 || got=$?
	if [ "$got" -ne "$want" ]; then
		echo "demo: exit code $got where $want was expected" >&2
		exit 1
	fi
	[ "$got" -eq 0 ] || echo "(exit code $got)"
}

case $mhp in
*/*) mhp=$(cd "$(dirname "$mhp")" && pwd)/$(basename "$mhp") ;;
esac

if [ -n "$real" ]; then
	say "This machine's hot-pluggable memory:"
else
	say "A simulated host with memory behind CXL, and what is there of it:"
fi
step 0 list

say "The plan to online it in zone Movable, where it can be taken back from. Nothing is written yet:"
step 0 plan online "$region" --type online_movable

if [ -z "$real" ]; then
	say "Suppose that one block has gone bad. Then all is put back, and the block is named:"
	step 1 online "$region" --type online_movable --sim-fail 36:online:EHWPOISON
	step 0 list
fi

say "So online it. The state and the zone of every block are read back:"
step 0 online "$region" --type online_movable
step 0 list

say "Asked for again, there is nothing to do, and nothing is written:"
step 0 online "$region" --type online_movable

say "Memory that is in use in one zone does not change to another by the way:"
step 1 online "$region" --type online_kernel

say "Give it back. No block is left:"
step 0 unplug "$region"
step 0 list

printf '\n'

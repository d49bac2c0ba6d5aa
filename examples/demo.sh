#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What mhp is for, step by step: memory behind CXL goes into the right zone, is
# verified, a wrong request is refused, a failure is put back, what would go on for
# ever is ended, and the memory is given back and plugged again.
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

dir=$(mktemp -d) policy=/sys/devices/system/memory/auto_online_blocks before=''
clean_up()
{
	[ -z "$before" ] || echo "$before" >"$policy"
	rm -rf "$dir"
}
trap clean_up EXIT
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

# set_policy WORD: what the kernel is to do with memory that comes.
set_policy()
{
	printf '$ echo %s >%s\n' "$1" "$policy"
	if [ -n "$real" ]; then
		before=$(cat "$policy")
		echo "$1" >"$policy"
	else
		sed "s,^$policy: .*,$policy: $1," "$dir/host.txt" >"$dir/new.txt"
		mv "$dir/new.txt" "$dir/host.txt"
	fi
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

if [ -z "$real" ]; then
	say "Taking memory offline that something keeps in place goes on for ever. It is ended in time:"
	step 1 offline "$region" --sim-hang 37 --timeout 2
fi

say "Give it back. No block is left, and programs can map the device:"
step 0 unplug "$region" --to device_dax
step 0 list

say "Here the policy has the kernel choose a zone for memory that comes; this is to be in Movable:"
set_policy online
step 0 plan plug "$region" --type online_movable

say "So the policy is borrowed, and put back. No block was in another zone at any moment:"
step 0 plug "$region" --type online_movable
step 0 list

say "And give it back once more:"
step 0 unplug "$region"

printf '\n'

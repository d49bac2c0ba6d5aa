# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2154 # what "host" leaves
# what: a scenario asks the host's side for something, and is told when it cannot be (needs no mhp)
# machine: dimm
# kernels: 7.3
# needs: nothing

asks() { # asks WHAT STATUS REGEX REQUEST ...: it ends so, with such an answer
	_asks=$1 _want=$2 _like=$3
	shift 3
	host "$@"
	is "$_asks" $? "$_want"
	like "$_asks: the answer" "$answer" "$_like"
}

host ping || bail "$answer"
is "somebody is there" "$answer" pong
asks "an unknown request" 1 "unknown request 'make-tea now'" make-tea now
asks "no request" 1 unknown
asks "a word too few" 1 'too few words' plug-dimm d0 128M
asks "a bad name" 1 'bad name' plug-dimm 'd"0' 128M 0
asks "a bad size" 1 'bad number' plug-dimm d0 much 0
asks "a DIMM that is not there" 1 'no DIMM d0' unplug-dimm d0
asks "the same, for its state" 1 'no DIMM d0' dimm d0
asks "what QEMU refuses" 1 'node' plug-dimm d0 128M 9
asks "too much" 1 'not enough space' plug-dimm d0 3G 0
asks "a device that is not there" 1 'vm0' resize-virtio-mem vm0 0
asks "after all that, a good one" 0 '^$' plug-dimm d0 128M 0
asks "the same name again" 1 'already' plug-dimm d0 128M 0
asks "it is there" 0 '^plugged$' dimm d0
# Whose answer was not read.
echo "7777 ping" >/dev/ttyS2
asks "a late answer is nobody else's" 0 '^plugged$' dimm d0

# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=dash disable=SC2046,SC2086 # lists of words
# what: the scripts of tests/differ get the answers from this kernel that they expect
# machine: differ
# guests: 8
# timeout: 240

SCRIPTS=/vm/differ/scripts
KERNEL=$(uname -r | sed 's/^\([0-9]*\.[0-9]*\)\..*/\1/')

# What leaves memory behind wants a kernel for itself; the rest goes into the first guest.
if [ "${GUEST:-1}" -eq 1 ]; then
	mine=$(grep -L '^# alone:' $SCRIPTS/*.script)
	# Memory that the kernel used may stay, and then no other script can begin: those last.
	risky=$(grep -l ': online node[0-9]* Normal$' $mine)
	mine="$(echo "$mine" | grep -vxF "$risky") $risky"
else
	mine=$(grep -l '^# alone:' $SCRIPTS/*.script | awk -v g="$GUEST" -v n="$GUESTS" 'NR % (n - 1) == g - 2')
fi

bare
for s in $mine; do
	grep -q '^# alone:' "$s" || continue
	run differ check --here --kernel "$KERNEL" "$s"
	is "${s##*/}: $(sed -n 's/^# what: //p' "$s")" "$rc" 0
done
[ "${GUEST:-1}" -ne 1 ] && finish

RUN_LIMIT=200 run differ check --here --kernel "$KERNEL" $mine
for s in $mine; do
	name=${s##*/}
	what="$name: $(sed -n 's/^# what: //p' "$s")"
	case $(grep "^script $name: " /tmp/out) in
	*": ok") ok "$what" ;;
	*": cut short"*) skip "$what" "the kernel used memory that was to go" ;;
	"") grep -q "^# kernels:" "$s" && skip "$what" "not for $KERNEL" || not_ok "$what" ;;
	*) not_ok "$what" ;;
	esac
done
is "differ: status" "$rc" 0

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the examples do is what bindings/golden has, and what other languages' have to do; and
# the script that compares notices who does otherwise.

# shellcheck source=tests/cli/lib.sh
. "$TEST_DATA/cli/lib.sh"

: "${top_builddir:?is to be the folder where the examples were built}"
golden=${top_srcdir:?is set by make check}/bindings/golden/run
last=$golden

"$golden" "$examples" >"$tmp/out" 2>&1 || { fail "$last: exit code $?"; cat "$tmp/out"; }
tail -n 1 "$tmp/out" | grep -qE '^[1-9][0-9]+ passed, 0 failed, 0 skipped$' ||
	fail "$last: $(tail -n 1 "$tmp/out")"

# one that says other words, one that ends otherwise, one that writes, one that is not there
mkdir "$tmp/other"
for program in agent handle-failure list-regions lsmem online-region plug-region; do
	printf '#!/bin/sh\nexec "%s" "$@"\n' "$(realpath "$examples/$program")" \
		>"$tmp/other/$program"
	chmod +x "$tmp/other/$program"
done
sed -i 's/^exec \(.*\)/\1 | sed s,dax0.0:,dax9.9:,/' "$tmp/other/list-regions"
sed -i 's/^exec \(.*\)/\1; exit 3/' "$tmp/other/lsmem"
# shellcheck disable=SC2016 # it is the script's own
sed -i 's,^exec,[ ! -d "$3/sys" ] || echo new >"$3/sys/new"; exec,' "$tmp/other/handle-failure"
sed -i 's/^exec \(.*\)/\1 2>\/dev\/null/' "$tmp/other/online-region"
if "$golden" "$tmp/other" >"$tmp/out" 2>&1; then fail "$last: all is well with others"; fi
for case in list-regions-7.3-hmem-online lsmem-all handle-failure-ask online-region-usage \
	online-region-no-region test-agent; do
	out_has "FAIL $case"
done
out_has '+	dax9.9: online in Movable'
out_has '+lsmem: exit code 3'
out_has '+	> /sys/new:new'
out_has 'standard error has no "usage:"'
out_has 'test-agent is missing'
out_has 'ok agent-failure'
out_has 'ok online-region-offline'

finish

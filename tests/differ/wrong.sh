#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A model that has a rule wrong is caught: each rule in turn, by a script, or by chance.
set -eu
exec "$top_builddir/tests/differ/differ" wrong --machines "$TEST_DATA/differ/machines" \
	--elsewhere "$TEST_DATA/differ/elsewhere" --seed 7 --count 40 "$TEST_DATA"/differ/scripts/*.script

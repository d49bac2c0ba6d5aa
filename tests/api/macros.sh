#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every macro that a public header defines begins with MHP_, and each header is
# guarded by MHP_<NAME>_H.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"

for h in $MHP_HEADERS; do
	path=$(header_path "$h") || { error "$path: missing"; continue; }

	foreign=$(grep -nE '^[[:space:]]*#[[:space:]]*define[[:space:]]' "$path" |
		grep -vE '#[[:space:]]*define[[:space:]]+MHP_' || true)
	[ -z "$foreign" ] || error "mhp/$h: macro without MHP_ in front, line $foreign"

	guard=MHP_$(echo "${h%.h}" | tr 'a-z-' 'A-Z_')_H
	if ! grep -q "^#ifndef $guard\$" "$path" || ! grep -q "^#define $guard\$" "$path"; then
		error "mhp/$h: not guarded by $guard"
	fi
done

finish

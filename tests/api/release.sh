#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# packaging/release refuses what is not to be released: in a repository of its own, with the
# libraries that were built here.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"
export LC_ALL=C

command -v git >/dev/null || { echo "no git"; exit 77; }
[ -z "${MHP_TEST_SANITIZERS:-}" ] || { echo "not with sanitizers"; exit 77; }

repo=$tmp/repo
mkdir -p "$repo/lib" "$repo/abi" "$repo/packaging"
cp "$top_srcdir/configure.ac" "$top_srcdir/NEWS" "$repo/"
cp "$top_srcdir/lib/libmhp.map" "$repo/lib/"
cp "$top_srcdir"/abi/* "$repo/abi/"
cp "$top_srcdir/packaging/release" "$repo/packaging/"
chmod -R u+w "$repo"
cd "$repo"

# Nobody's settings, and no repository around this one.
GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null HOME=$tmp
GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@localhost
GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@localhost
export GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM HOME
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
git init -q .

version=$(sed -n 's/^#define PACKAGE_VERSION "\(.*\)"$/\1/p' "$top_builddir/config.h")
sed -i "0,/^$version, .*/s//$version, 2026-01-01/" NEWS

commit()
{
	git add -A
	git commit -q --allow-empty -m "$1"
}

# refuses PATTERN OPTION...: with a reason like that; then all is as before
refuses()
{
	pattern=$1
	shift
	if packaging/release --dry-run "$@" >"$tmp/out" 2>&1; then
		error "not refused, as it should be with: $pattern"
	elif ! grep -q "refused: .*$pattern" "$tmp/out"; then
		sed 's/^/    /' "$tmp/out"
		error "refused, but not with: $pattern"
	fi
	git reset -q --hard good
	git clean -qfdx
}

# accepts OPTION...
accepts()
{
	packaging/release --dry-run "$@" >"$tmp/out" 2>&1 || {
		sed 's/^/    /' "$tmp/out"
		error "refused, though nothing is wrong: $*"
	}
}

commit "all in order"
git branch -q good
accepts

echo >new-file
refuses "the tree is not clean: ?? new-file"
echo >>configure.ac
refuses "the tree is not clean: *M configure.ac"

sed -i "0,/^$version, .*/s//$version, unreleased/" NEWS
commit "no date"
refuses "NEWS: its newest heading is \"$version, unreleased\""
sed -i "0,/^$version, .*/s//9.9.9, 2026-01-01/" NEWS
commit "another version"
refuses "NEWS: its newest heading is \"9.9.9"
sed -i 's/^LIBMHP_PRIVATE_.* {/LIBMHP_PRIVATE_9.9.9 {/' lib/libmhp.map
commit "another node"
refuses "no node LIBMHP_PRIVATE_$version"
sed -i 's/^m4_define(\[mhp_version_patch\].*/m4_define([mhp_version_patch], [99])/' configure.ac
commit "another version in configure.ac"
refuses "NEWS: its newest heading"
git tag "v$version"
refuses "there is a tag v$version already"
git tag -d "v$version" >/dev/null

# ---- libtool's versions, after a release before this one ----

# Without abidiff, or where the libraries are not as the baseline has them, which is for
# "make check-abi" to tell. With another C library they differ in what uint64_t is made of.
if ! CI='' top_builddir=$top_builddir abi/check >"$tmp/out" 2>&1 || grep -q 'but for' "$tmp/out"; then
	[ "$errors" -eq 0 ] || finish
	echo "libtool's versions were not tested: $(head -n 1 "$tmp/out")"
	exit 77
fi

# set_lt VERSION: of libmhp, in configure.ac
set_lt()
{
	sed -i "s/^m4_define(\[libmhp_lt_version\].*/m4_define([libmhp_lt_version], [$1])/" configure.ac
}

# last_release EDIT: make a release v0.1.0 with 4:5:2, whose baseline sed changes; a library of which
# nothing changed but the code must have 1 more in revision
last_release()
{
	git checkout -q --detach good
	set_lt 4:5:2
	for name in libmhp_policy libmhp_sim; do
		sed -i "s/^m4_define(\[${name}_lt_version\].*/m4_define([${name}_lt_version], [1:0:0])/" \
			configure.ac
	done
	sed -i "$1" abi/libmhp.abi
	commit "released"
	git tag -f v0.1.0 >/dev/null 2>&1
	sed -i 's/^\(m4_define(\[libmhp_[a-z]*_lt_version\], \[\)1:0:0\])/\11:1:0])/' configure.ac
	git checkout -q good -- abi
	commit "after it"
	git branch -qf good
	git checkout -q good
}

# next VERSION PATTERN: libmhp with that version is refused so, or accepted if there is none
next()
{
	set_lt "$1"
	commit "$1"
	if [ -n "$2" ]; then
		refuses "$2" --build "$top_builddir"
	else
		accepts --build "$top_builddir"
		git reset -q --hard good
	fi
}

# ---- what it leaves ----

mkdir "$tmp/build"
for dir in lib policy sim; do
	ln -s "$top_builddir/$dir" "$tmp/build/$dir"
done
if packaging/release --build "$tmp/build" --output "$tmp/release" >"$tmp/out" 2>&1; then
	error "a release without a tarball"
fi
echo tarball >"$tmp/build/libmhp-$version.tar.gz"
if ! packaging/release --build "$tmp/build" --output "$tmp/release" >"$tmp/out" 2>&1; then
	sed 's/^/    /' "$tmp/out"
	error "no release, though nothing is wrong"
fi
(cd "$tmp/release" && sha256sum --quiet -c "libmhp-$version.tar.gz.sha256") ||
	error "no tarball with its checksum"
[ "$(git rev-parse "v$version^{commit}")" = "$(git rev-parse good)" ] || error "no tag v$version"
git tag -d "v$version" >/dev/null

last_release 's/^$//'
next 4:5:2 "libmhp: same since v0.1.0, so 4:5:2 has to become 4:6:2, not 4:5:2"
next 4:6:2 ""

# The function is not in the old baseline: it was added.
last_release '/<elf-symbol name=.mhp_wait_region. /d
	/<function-decl name=.mhp_wait_region. /,/<\/function-decl>/d'
next 4:6:2 "libmhp: added since v0.1.0, so 4:5:2 has to become 5:0:3, not 4:6:2"
next 5:0:3 ""

# It had another type.
last_release "/<enumerator name='MHP_STATE_OFFLINE'/s/value='2'/value='12'/"
next 5:0:3 "libmhp: broken since v0.1.0, so 4:5:2 has to become 5:0:0, not 5:0:3"
next 5:0:0 ""

# The baseline in the tree is not what the libraries have.
sed -i '/<elf-symbol name=.mhp_wait_region. /d
	/<function-decl name=.mhp_wait_region. /,/<\/function-decl>/d' abi/libmhp.abi
commit "no new baseline"
refuses "abi/: not what the libraries have" --build "$top_builddir"
finish

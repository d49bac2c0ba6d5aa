#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The libraries can be linked by a setuid program: they ask for no environment variable and no
# locale, start no program, print nothing, and do not end the process. By the names that they
# need of others.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"

# What somebody who is called by others must not do.
never='getenv secure_getenv __secure_getenv environ _environ __environ putenv setenv unsetenv clearenv
setlocale newlocale uselocale bindtextdomain
system popen posix_spawn posix_spawnp execl execle execlp execv execve execveat execvp execvpe fexecve fork vfork clone
dlopen tmpnam tempnam mktemp tmpfile
exit _exit _Exit quick_exit atexit err errx warn warnx error
printf puts putchar perror psignal stdout stderr
signal sigaction raise kill umask chdir setuid seteuid setgid'

case ${MHP_TEST_SANITIZERS:-} in
*-fprofile*) echo "SKIP: coverage is counted by what asks and prints"; exit 77 ;;
esac
found=0
for lib in lib/libmhp policy/libmhp-policy sim/libmhp-sim; do
	so=$top_builddir/${lib%/*}/.libs/${lib##*/}.so
	[ -e "$so" ] || continue
	found=$((found + 1))
	nm_of -D --undefined-only "$so" >"$tmp/nm"
	sed 's/.* U //; s/@.*//' "$tmp/nm" >"$tmp/needs"
	grep -q . "$tmp/needs" || error "$so: needs nothing at all"
	for name in $never; do
		if grep -qx "$name" "$tmp/needs"; then error "$so: needs $name()"; fi
	done
done
[ $found -gt 0 ] || { echo "SKIP: no shared libraries"; exit 77; }
finish

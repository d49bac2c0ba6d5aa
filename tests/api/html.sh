#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The manual as HTML: made by mandoc, and no link in it is dead.
set -eu
# shellcheck source=tests/api/lib.sh
. "${top_srcdir:?is set by make check}/tests/api/lib.sh"
export LC_ALL=C

for program in perl mandoc; do
	command -v "$program" >/dev/null && continue
	[ -z "${CI:-}" ] || { error "$program is missing"; finish; }
	echo "no $program, which makes HTML"
	exit 77
done

pages=$top_builddir/man/man3
[ -d "$pages" ] || pages=$top_srcdir/man/man3
perl "$top_srcdir/man/man2html" "$tmp/html" "$top_srcdir/man/libmhp.css" \
	"$top_srcdir"/man/*.[1-8] "$pages"/*.3 || error "man2html fails"

# What a link leads to must be there: the file, and in it the id.
cat >"$tmp/links.pl" <<'END'
use strict;
use warnings;
my (%ids, @links, %linked, $bad);
$bad = 0;
for my $path (glob "$ARGV[0]/*.html") {
	my ($name) = $path =~ m{([^/]+)$};
	open my $in, '<', $path or die "$path: $!\n";
	local $/;
	my $text = <$in>;
	$ids{$name}{''} = 1;
	while ($text =~ /<[^>]*?\bid="([^"]*)"/g) {
		$bad += print "error: $name: id $1 twice\n" if $ids{$name}{$1}++;
	}
	push @links, [$name, $1] while $text =~ /<[^>]*?\b(?:href|src)="([^"]*)"/g;
}
for my $l (@links) {
	my ($from, $to) = @$l;
	my ($file, $id) = $to =~ /^([^#]*)#?(.*)$/;
	next if $file eq 'libmhp.css' && -s "$ARGV[0]/libmhp.css";
	$file = $from if $file eq '';
	$linked{$file} = 1 if $from eq 'index.html';
	next if $ids{$file} && $ids{$file}{$id};
	$bad += print "error: $from: dead link to $to\n";
}
for my $name (sort keys %ids) {
	next if $name eq 'index.html' || $linked{$name};
	$bad += print "error: $name: not in the index\n";
}
printf "%d pages, %d links\n", scalar keys %ids, scalar @links;
exit($bad || @links < 1000 ? 1 : 0);
END
perl "$tmp/links.pl" "$tmp/html" || error "links are dead"
if command -v xmllint >/dev/null; then
	# It is well-formed XML too, so that no < or & of a text got lost.
	xmllint --noout "$tmp"/html/*.html 2>"$tmp/xml" ||
		error "not well-formed: $(head -n 5 "$tmp/xml")"
fi
finish

# SPDX-License-Identifier: LGPL-2.1-or-later
#
# table.awk MACHINE CSV: results as Markdown. Lines of CSV are N,GROUP,NAME,MEASURE,VALUE.
# With -v short=1 what README.md quotes of it.

NR == FNR {
	machine = machine "- " $0 "\n"
	next
}

{
	split($0, f, ",")
	text = substr($0, length(f[1] f[2] f[3] f[4]) + 5)
	value[f[1], f[2], f[3], f[4]] = text
	if (f[2] == "whole" && !(f[1] in seen)) {
		seen[f[1]] = 1
		sizes[++size_count] = f[1] + 0
		if (f[1] + 0 > most) most = f[1] + 0
		if (!least || f[1] + 0 < least) least = f[1] + 0
	}
	if (f[2] == "devices") devices = f[1]
	if (f[2] == "online" && !(f[1] in among)) {
		among[f[1]] = 1
		if (!(few) || f[1] + 0 < few) few = f[1] + 0
	}
}

function get(n, group, name, measure) {
	return value[n, group, name, measure]
}

# Why there is no value.
function reason(n, group, name) {
	if ((n, group, name, "skipped") in value) return "skipped: " get(n, group, name, "skipped")
	if ((n, group, name, "failed") in value) return "failed: " get(n, group, name, "failed")
	return "not measured"
}

function thousands(number,    s) {
	s = sprintf("%d", number)
	while (s ~ /[0-9][0-9][0-9][0-9]/ && match(s, /[0-9][0-9][0-9]($|,)/))
		s = substr(s, 1, RSTART - 1) "," substr(s, RSTART)
	sub(/^,/, "", s)
	return s
}

function digits(number) {
	if (number == "") return "-"
	number += 0
	return number >= 100 ? thousands(number + 0.5) : number >= 10 ? sprintf("%.1f", number) : \
		sprintf("%.2f", number)
}

# goal WHAT LIMIT: "<= 1.15"; measured is a number, or why there is none
function goal(what, limit, measured,    f, met) {
	split(limit, f, " ")
	if (measured !~ /^-?[0-9.]+$/) {
		met = limit == "" ? "" : "?"
	} else {
		met = limit == "" ? "" : f[1] == "<=" ? measured + 0 <= f[2] : measured + 0 >= f[2]
		if (met != "") met = met ? "yes" : "**no**"
		measured = digits(measured + 0)
	}
	printf "| %s | %s | %s | %s |\n", what, limit == "" ? "-" : limit, measured, met
}

function ratio(n, group, a, b, measure) {
	if (get(n, group, a, measure) == "") return reason(n, group, a)
	if (get(n, group, b, measure) + 0 == 0) return reason(n, group, b)
	return get(n, group, a, measure) / get(n, group, b, measure)
}

# The answer of qemu-ga, which runs already, and the whole process of ours.
function ga_ratio(n) {
	if (get(n, "whole", "qemu-ga", "inside_us") == "") return reason(n, "whole", "qemu-ga")
	return get(n, "whole", "qemu-ga", "inside_us") / 1000 / get(n, "whole", "ours", "wall_ms")
}

# System calls without those of starting up.
function calls(n, group, name, idle) {
	if (get(n, group, name, "calls") == "")
		return (n, group, "all", "calls-skipped") in value ? \
			"skipped: " get(n, group, "all", "calls-skipped") : reason(n, group, name)
	return get(n, group, name, "calls") - get(n, group, idle, "calls")
}

function calls_a_block(n, group,    c) {
	c = calls(n, group, "ours-region", "idle-region")
	if (c !~ /^[0-9]/) return c
	return (c - 30 > 0 ? c - 30 : 0) / get(n, group, "region", "blocks")
}

function both(n, name, measure) {
	if (get(n, "online", name, measure) == "" || get(n, "offline", name, measure) == "")
		return ""
	return get(n, "online", name, measure) + get(n, "offline", name, measure)
}

function both_ratio(n, a, b,    x, y) {
	x = both(n, a, "cpu_ms")
	y = both(n, b, "cpu_ms")
	if (x == "") return get(n, "online", a, "cpu_ms") == "" ? reason(n, "online", a) : \
		reason(n, "offline", a)
	if (y == "") return get(n, "online", b, "cpu_ms") == "" ? reason(n, "online", b) : \
		reason(n, "offline", b)
	return x / y
}

function row(n, group, process, name, called, base,    c, inside) {
	if (get(n, group, name, "cpu_ms") == "") {
		printf "| %s | %s | | | | | | |\n", called, reason(n, group, name)
		return
	}
	inside = process == "" ? get(n, group, name, "inside_us") : get(n, process, name, "inside_us")
	c = get(n, group, name, "calls")
	printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", called,
		inside == "" ? "-" : digits(inside / 1000), digits(get(n, group, name, "cpu_ms")),
		digits(get(n, group, name, "wall_ms")), digits(get(n, group, name, "rss_kib") / 1024),
		c == "" ? "-" : thousands(c), c == "" ? "-" : digits(c / per),
		digits(get(n, group, name, "cpu_ms") / get(n, group, base, "cpu_ms"))
}

function head(title, base, what) {
	printf "\n## %s\n\n", title
	printf "| program | in process, ms | CPU ms | wall ms | MiB | "
	printf "system calls | a %s | CPU, x %s |\n", what, base
	print "| --- | --- | --- | --- | --- | --- | --- | --- |"
}

function discovery(n) {
	per = n
	head(thousands(n) " blocks", "floor-zone", "block")
	row(n, "whole", "process", "floor-zone", "floor-zone", "floor-zone")
	row(n, "whole", "process", "ours", "libmhp", "floor-zone")
	row(n, "whole", "process", "ours-blocks", "libmhp, blocks only", "floor-zone")
	row(n, "whole", "process", "ours-exact", "libmhp, exact", "floor-zone")
	row(n, "whole", "process", "floor-ls", "floor-ls", "floor-zone")
	row(n, "whole", "", "mhp-list", "`mhp list`", "floor-zone")
	row(n, "whole", "", "lsmem", "lsmem", "floor-zone")
	row(n, "whole", "", "qemu-ga", "qemu-ga (its answer; a client's CPU)", "floor-zone")
	row(n, "whole", "", "python", "Python loop", "floor-zone")
	row(n, "whole", "", "libudev", "libudev", "floor-zone")
}

function fragmented(n) {
	per = n
	head(thousands(n) " blocks, every second one offline", "floor-ls", "block")
	row(n, "fragmented", "fragmented-process", "floor-ls", "floor-ls", "floor-ls")
	row(n, "fragmented", "fragmented-process", "floor-zone", "floor-zone", "floor-ls")
	row(n, "fragmented", "fragmented-process", "ours", "libmhp", "floor-ls")
	row(n, "fragmented", "fragmented-process", "ours-exact", "libmhp, exact", "floor-ls")
	row(n, "fragmented", "", "mhp-list", "`mhp list`", "floor-ls")
	row(n, "fragmented", "", "lsmem", "lsmem", "floor-ls")
}

function region(n, group) {
	per = get(n, group, "region", "blocks")
	head("A region of " per " blocks among " thousands(n) ": " group, "floor-write",
	     "block of it")
	row(n, group, "", "floor-write", "floor-write", "floor-write")
	row(n, group, "", "ours-region", "libmhp, verified", "floor-write")
	row(n, group, "", "mhp-region", "`mhp " group "`", "floor-write")
	row(n, group, "", "chmem", "chmem", "floor-write")
	row(n, group, "", "daxctl", "daxctl", "floor-write")
}

function device_list(n) {
	per = n
	head(thousands(n) " dax devices and their states", "floor-zone", "device")
	row(n, "devices", "", "floor-zone", "floor-zone (blocks)", "floor-zone")
	row(n, "devices", "", "floor-ls", "floor-ls (blocks)", "floor-zone")
	row(n, "devices", "", "ours-devices", "libmhp", "floor-zone")
	row(n, "devices", "", "mhp-list", "`mhp list`", "floor-zone")
	row(n, "devices", "", "daxctl-list", "`daxctl list`", "floor-zone")
	row(n, "devices", "", "libdaxctl", "libdaxctl, is it online", "floor-zone")
}

# What each block adds, where there are two numbers of them; malloc rounds.
function bytes_a_block(    kept) {
	kept = get(most, "memory", "ours", "kept_bytes")
	if (least == most || get(least, "memory", "ours", "kept_bytes") == "") return kept / most
	kept -= get(least, "memory", "ours", "kept_bytes")
	return int(kept / (most - least) * 100 + 0.5) / 100
}

function wrongs(    key, f, bad, all) {
	for (key in value) {
		split(key, f, SUBSEP)
		if (f[4] != "answer") continue
		all++
		if (value[key] == "wrong")
			bad = bad (bad == "" ? "" : "; ") f[3] " (" f[2] ", " f[1] ")"
	}
	return bad == "" ? all " answers compared with the files: all right" : "wrong: " bad
}

function goals(    n, s, w) {
	n = most
	s = " of " thousands(n) " blocks"
	print "| what | goal | measured | met |\n| --- | --- | --- | --- |"
	goal("discovery" s ": libmhp, x floor-zone, in process", "<= 1.15",
	     ratio(n, "process", "ours", "floor-zone", "inside_us"))
	goal("the same, blocks only", "<= 1.15",
	     ratio(n, "process", "ours-blocks", "floor-zone", "inside_us"))
	goal("lsmem, x libmhp", ">= 20", ratio(n, "whole", "lsmem", "ours", "cpu_ms"))
	goal("Python loop, x libmhp", ">= 50", ratio(n, "whole", "python", "ours", "cpu_ms"))
	goal("libudev, x libmhp", ">= 200", ratio(n, "whole", "libudev", "ours", "cpu_ms"))
	goal("qemu-ga's answer, x libmhp, wall clock", "", ga_ratio(n))
	goal("system calls of libmhp", "<= " int(100 + n / 1000), calls(n, "whole", "ours", "idle"))
	goal("exact: libmhp, x floor-ls, in process", "<= 1.1",
	     ratio(n, "process", "ours-exact", "floor-ls", "inside_us"))
	goal("exact: lsmem, x libmhp", ">= 3", ratio(n, "whole", "lsmem", "ours-exact", "cpu_ms"))
	goal("fragmented: libmhp, x floor-ls, in process", "<= 1.1",
	     ratio(n, "fragmented-process", "ours", "floor-ls", "inside_us"))
	goal("fragmented: lsmem, x libmhp", ">= 3",
	     ratio(n, "fragmented", "lsmem", "ours", "cpu_ms"))
	for (w = 1; w <= 2; w++) {
		n = w == 1 ? few : most
		if (w == 2 && few == most) break
		s = " a region of " get(n, "online", "region", "blocks") " among " thousands(n)
		goal("online" s ": system calls a block beyond 30", "<= 9", calls_a_block(n, "online"))
		goal("offline" s ": the same", "<= 9", calls_a_block(n, "offline"))
	}
	goal("online and offline" s ": chmem, x libmhp", ">= 25",
	     both_ratio(n, "chmem", "ours-region"))
	goal("the same: libmhp, x floor-write", "", both_ratio(n, "ours-region", "floor-write"))
	goal("list of " devices " dax devices: `daxctl list`, x libmhp", ">= 400",
	     ratio(devices, "devices", "daxctl-list", "ours-devices", "cpu_ms"))
	goal("snapshot: bytes for each block more", "<= 16", bytes_a_block())
	goal("snapshot: heap peak, MiB (massif)", "<= 1.5",
	     get(n, "memory", "ours", "peak_bytes") == "" ? reason(n, "memory", "massif") : \
	     get(n, "memory", "ours", "peak_bytes") / 1048576)
	goal("snapshot: bytes of growth over 100 more", "<= 0",
	     get(n, "memory", "ours", "growth_bytes"))
}

# "21.3 times", or "?": the table tells why.
function times(number) {
	return (number ~ /^[0-9.]+$/ ? digits(number) : "?") " times"
}

function quote(    n) {
	n = most
	printf "- All of %s blocks with their states: ", thousands(n)
	printf "lsmem takes %s the CPU time of a program with libmhp,\n",
		times(ratio(n, "whole", "lsmem", "ours", "cpu_ms"))
	printf "  a Python loop %s, libudev %s.\n",
		times(ratio(n, "whole", "python", "ours", "cpu_ms")),
		times(ratio(n, "whole", "libudev", "ours", "cpu_ms"))
	printf "- A region of %d among them online, and offline again, ",
		get(n, "online", "region", "blocks")
	printf "each block verified: chmem takes %s that,\n  and verifies nothing.\n",
		times(both_ratio(n, "chmem", "ours-region"))
	printf "- %s DAX devices with their states: `daxctl list` takes %s that.\n",
		thousands(devices),
		times(ratio(devices, "devices", "daxctl-list", "ours-devices", "cpu_ms"))
}

END {
	if (short) {
		quote()
		exit
	}
	print "# What libmhp costs beside its floors and its peers\n"
	print "Made by `make bench RECORD=1`; `README.md` here tells what each program does."
	print "Numbers are of this machine and of this moment: only ratios mean something. All of"
	print "a table ran in turn, and medians are given. CPU time is that of the whole process,"
	print "user and system, start-up included; ratios are of it where nothing else is said."
	print "In process is CPU time, too, the best of 5 in each process.\n"
	print machine
	print wrongs() ".\n"
	print "## Goals\n"
	goals()
	print "\n![CPU time against the number of blocks](cost.svg)"
	for (i = 1; i <= size_count; i++) discovery(sizes[i])
	fragmented(most)
	for (pass = 1; pass <= 2; pass++) {
		n = pass == 1 ? few : most
		if (pass == 2 && few == most) break
		region(n, "online")
		region(n, "offline")
	}
	device_list(devices)
}

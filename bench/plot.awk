# SPDX-License-Identifier: LGPL-2.1-or-later
#
# plot.awk CSV: CPU time of whole processes against the number of blocks, as SVG; both
# axes logarithmic. Readable on light and on dark ground.

BEGIN {
	FS = ","
	width = 790; height = 480
	left = 70; right = 590; top = 44; bottom = 420
	list = "floor-zone ours ours-blocks floor-ls ours-exact mhp-list lsmem python libudev"
	labels["floor-zone"] = "floor: zoneinfo"
	labels["ours"] = "libmhp"
	labels["ours-blocks"] = "libmhp, blocks only"
	labels["ours-exact"] = "libmhp, exact"
	labels["floor-ls"] = "floor: each state"
	labels["mhp-list"] = "mhp list"
	labels["lsmem"] = "lsmem"
	labels["python"] = "Python loop"
	labels["libudev"] = "libudev"
	count = split(list, names, " ")
}

$2 == "whole" && $4 == "cpu_ms" {
	ms[$3, $1] = $5
	if (!($1 in seen)) {
		seen[$1] = 1
		sizes[++size_count] = $1 + 0
	}
	if (!lowest || $5 + 0 < lowest) lowest = $5 + 0
	if ($5 + 0 > highest) highest = $5 + 0
	if (!fewest || $1 + 0 < fewest) fewest = $1 + 0
	if ($1 + 0 > most) most = $1 + 0
}

function log10(x) { return log(x) / log(10) }

function x_of(n) {
	if (most == fewest) return (left + right) / 2
	return left + (right - left) * (log(n) - log(fewest)) / (log(most) - log(fewest))
}

function y_of(v) { return bottom - (bottom - top) * (log10(v) - floor_y) / (ceil_y - floor_y) }

function thousands(n,    s) {
	s = n ""
	if (length(s) > 3) s = substr(s, 1, length(s) - 3) "," substr(s, length(s) - 2)
	return s
}

# Rules of its own for light ground, and again for dark.
function colours(ink, grid, ours, floor, peer) {
	printf "text { fill: %s } .grid { stroke: %s } .axis { stroke: %s }\n", ink, grid, ink
	printf "polyline.ours { stroke: %s } circle.ours, text.ours { fill: %s }\n", ours, ours
	printf "polyline.floor { stroke: %s } circle.floor, text.floor { fill: %s }\n", floor, floor
	printf "polyline.peer { stroke: %s } circle.peer, text.peer { fill: %s }\n", peer, peer
}

function style() {
	print "<style>"
	print "svg { font: 13px sans-serif }"
	print "polyline { fill: none; stroke-width: 1.8 }"
	print "polyline.ours { stroke-width: 3 } polyline.floor { stroke-dasharray: 5 4 }"
	print "text.ours { font-weight: bold }"
	print ".ground { fill: #fff }"
	colours("#222", "#ddd", "#0b6bcb", "#6b6b6b", "#b3450f")
	print "@media (prefers-color-scheme: dark) {"
	print ".ground { fill: #16181c }"
	colours("#e6e6e6", "#3a3d42", "#6cb6ff", "#a0a0a0", "#ff9d66")
	print "}"
	print "</style>"
	printf "<rect class=\"ground\" width=\"%d\" height=\"%d\"/>\n", width, height
}

function segment(class, x1, y1, x2, y2) {
	printf "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", class,
		x1, y1, x2, y2
}

function middle(x, y, text) {
	printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>\n", x, y, text
}

function axes(    p, i, v) {
	for (p = floor_y; p <= ceil_y; p++) {
		v = y_of(10 ^ p)
		segment("grid", left, v, right, v)
		printf "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", left - 8, v + 4,
			p < 0 ? sprintf("%.*f", -p, 10 ^ p) : thousands(10 ^ p)
	}
	for (i = 1; i <= size_count; i++) {
		v = x_of(sizes[i])
		segment("grid", v, top, v, bottom)
		middle(v, bottom + 20, thousands(sizes[i]))
	}
	segment("axis", left, bottom, right, bottom)
	segment("axis", left, top, left, bottom)
	middle((left + right) / 2, bottom + 44, "memory blocks")
	printf "<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n",
		(top + bottom) / 2, "CPU time, ms"
	printf "<text x=\"%d\" y=\"24\" font-weight=\"bold\">%s</text>\n", left,
		"Listing all memory blocks: CPU time of the whole process"
}

function class_of(name) {
	return name ~ /^floor/ ? "floor" : name ~ /^(ours|mhp)/ ? "ours" : "peer"
}

function line(name,    i, points, n, v) {
	for (i = 1; i <= size_count; i++) {
		n = sizes[i]
		if (!((name, n) in ms)) continue
		v = ms[name, n]
		points = points sprintf("%.1f,%.1f ", x_of(n), y_of(v))
		printf "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n", class_of(name),
			x_of(n), y_of(v)
		end[name] = y_of(v)
	}
	if (points == "") return
	printf "<polyline class=\"%s\" points=\"%s\"/>\n", class_of(name), points
	shown[++shown_count] = name
}

# From the top down, none nearer than 15 to the next; then up again where that went too far.
function label_lines(    i, j, t, where) {
	for (i = 1; i <= shown_count; i++)
		for (j = i + 1; j <= shown_count; j++)
			if (end[shown[j]] < end[shown[i]]) {
				t = shown[i]
				shown[i] = shown[j]
				shown[j] = t
			}
	for (i = 1; i <= shown_count; i++) {
		where[i] = end[shown[i]]
		if (i > 1 && where[i] < where[i - 1] + 15) where[i] = where[i - 1] + 15
	}
	for (i = shown_count; i >= 1; i--) {
		if (i == shown_count && where[i] > bottom) where[i] = bottom
		if (i < shown_count && where[i] > where[i + 1] - 15) where[i] = where[i + 1] - 15
	}
	for (i = 1; i <= shown_count; i++) {
		t = shown[i]
		segment("grid", x_of(most) + 5, end[t], right + 24, where[i])
		printf "<text class=\"%s\" x=\"%d\" y=\"%.1f\">%s</text>\n", class_of(t), right + 28,
			where[i] + 4, labels[t]
	}
}

END {
	if (!size_count) exit 1
	floor_y = int(log10(lowest))
	while (10 ^ floor_y > lowest) floor_y--
	ceil_y = floor_y + 1
	while (10 ^ ceil_y < highest) ceil_y++
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" ", width, height
	printf "viewBox=\"0 0 %d %d\" role=\"img\">\n", width, height
	print "<title>CPU time of listing memory blocks against their number</title>"
	style()
	axes()
	for (k = 1; k <= count; k++) line(names[k])
	label_lines()
	print "</svg>"
}

# SPDX-License-Identifier: LGPL-2.1-or-later
# "%row|TABLE|NAME|NANOSECONDS|BLOCKS" of each kernel, after a line "%kernel RELEASE", to tables in
# Markdown: thousand instructions a block, and the ratio to the first row of its table.
BEGIN { FS = "|" }
/^%kernel / {
	sub(/^%kernel /, "")
	kernel = $0
	if (!(kernel in seen)) {
		seen[kernel] = 1
		kernels[++kernel_count] = kernel
	}
}
/^%row\|/ && $4 > 0 {
	if (!(($2) in first)) {
		tables[++table_count] = $2
		first[$2] = $3
	}
	if (!(($2, $3) in row_seen)) {
		row_seen[$2, $3] = 1
		rows[$2, ++row_count[$2]] = $3
	}
	cost[$2, $3, kernel] = $4 / $5 / 1000
	blocks[$2] = $5
}
function cell(table, name, kernel,    value, base) {
	if (!((table, name, kernel) in cost))
		return "-"
	value = cost[table, name, kernel]
	base = cost[table, first[table], kernel]
	return sprintf(value < 10 ? "%.3f" : "%.1f", value) (base > 0 ? sprintf(" (%.3f)", value / base) : "")
}
END {
	for (t = 1; t <= table_count; t++) {
		table = tables[t]
		printf "### %s%s, %d blocks\n\n| |", toupper(substr(table, 1, 1)), substr(table, 2), blocks[table]
		for (k = 1; k <= kernel_count; k++)
			printf " %s |", kernels[k]
		printf "\n|---|"
		for (k = 1; k <= kernel_count; k++)
			printf "---|"
		print ""
		for (r = 1; r <= row_count[table]; r++) {
			printf "| %s |", rows[table, r]
			for (k = 1; k <= kernel_count; k++)
				printf " %s |", cell(table, rows[table, r], kernels[k])
			print ""
		}
		print ""
	}
}

// SPDX-License-Identifier: LGPL-2.1-or-later

// Lsmem shows what lsmem(1) of util-linux shows, from a snapshot: ranges of blocks that look
// alike, and the totals. Its options have the same names here.
//
//	lsmem [-a] [-b] [-r] [-o COLUMN,...] [-s ROOT]
package main

import (
	"fmt"
	"os"
	"strings"

	"libmhp.invalid/mhp"
)

const columns = "RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES"

type view struct {
	snap            *mhp.Snapshot
	columns         []string // to be shown, in this order
	all, bytes, raw bool
}

// A run is blocks with neighbouring numbers that look like the first one.
type run struct {
	block mhp.Block
	count uint64
}

// size makes "3G", "1.5G": one decimal, rounded.
func (v *view) size(size uint64) string {
	if v.bytes {
		return fmt.Sprint(size)
	}
	unit := 0
	for unit < 6 && size>>(10*(unit+1)) != 0 {
		unit++
	}
	tenths := size >> (10 * unit) * 10
	if unit > 0 {
		tenths += (size>>(10*(unit-1))&1023*1000/1024 + 50) / 100
	}
	return strings.TrimSuffix(fmt.Sprintf("%d.%d", tenths/10, tenths%10), ".0") +
		"BKMGTPE"[unit:unit+1]
}

func zones(block mhp.Block) string {
	var words []string
	for _, zone := range block.Zones() {
		switch zone { // three words are spelt otherwise than the kernel does it
		case mhp.ZoneNone:
			words = append(words, "None")
		case mhp.ZoneHighmem:
			words = append(words, "Highmem")
		case mhp.ZoneUnknown:
			words = append(words, "Unknown")
		default:
			words = append(words, zone.String())
		}
	}
	return strings.Join(words, "/")
}

func (v *view) cell(r run, column string) string {
	size, first := v.snap.BlockSizeBytes(), r.block.ID()
	last := first + r.count - 1
	state := r.block.State()
	switch column {
	case "RANGE":
		return fmt.Sprintf("0x%016x-0x%016x", first*size, last*size+(size-1))
	case "SIZE":
		return v.size(r.count * size)
	case "STATE":
		switch state {
		case mhp.StateUnknown:
			return "?"
		case mhp.StateGoingOffline:
			return "on->off"
		}
		return state.String()
	case "REMOVABLE": // since Linux 5.7 it is about the kernel, not about the block
		if state != mhp.StateOnline {
			return ""
		}
		if can, _ := v.snap.HasHotremove(); can {
			return "yes"
		}
		return "no"
	case "BLOCK":
		if first == last {
			return fmt.Sprint(first)
		}
		return fmt.Sprintf("%d-%d", first, last)
	case "NODE":
		if node, err := r.block.NodeID(); err == nil {
			return fmt.Sprint(node)
		}
		return ""
	}
	return zones(r.block)
}

// In one line? If what is shown of them is the same; "removable" is so for all blocks.
func (v *view) alike(r, next run) bool {
	if v.all || next.block.ID() != r.block.ID()+r.count {
		return false
	}
	for _, column := range v.columns {
		switch column {
		case "STATE", "NODE", "ZONES":
			if v.cell(r, column) != v.cell(next, column) {
				return false
			}
		}
	}
	return true
}

func (v *view) printTable(runs []run) {
	rows := [][]string{v.columns}
	for _, r := range runs {
		row := make([]string, len(v.columns))
		for i, column := range v.columns {
			row[i] = v.cell(r, column)
		}
		rows = append(rows, row)
	}
	widths := make([]int, len(v.columns))
	for _, row := range rows {
		for i, cell := range row {
			if len(cell) > widths[i] {
				widths[i] = len(cell)
			}
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			width, end := widths[i], " "
			if i == len(row)-1 {
				end = "\n"
			}
			if v.columns[i] == "RANGE" {
				width = -width
			}
			if v.raw || width < 0 && end == "\n" {
				width = 0
			}
			fmt.Printf("%*s%s", width, cell, end)
		}
	}
}

func (v *view) print() {
	var runs []run
	var blocks, online uint64
	for _, block := range v.snap.Blocks() {
		next := run{block, 1}
		blocks++
		if block.State() == mhp.StateOnline {
			online++
		}
		if n := len(runs); n > 0 && v.alike(runs[n-1], next) {
			runs[n-1].count++
		} else {
			runs = append(runs, next)
		}
	}
	v.printTable(runs)
	if v.raw {
		return
	}
	size, width := v.snap.BlockSizeBytes(), 5
	if v.bytes {
		width = 15
	}
	fmt.Printf("\nMemory block size:      %*s\n", width, v.size(size))
	fmt.Printf("Total online memory:    %*s\n", width, v.size(online*size))
	fmt.Printf("Total offline memory:   %*s\n", width, v.size((blocks-online)*size))
}

// setColumns takes a list of columns.
func (v *view) setColumns(list string) bool {
	v.columns = nil
	for _, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
		word = strings.ToUpper(word)
		if !strings.Contains(","+columns+",", ","+word+",") {
			return false
		}
		v.columns = append(v.columns, word)
	}
	return len(v.columns) > 0 && len(v.columns) <= 7
}

func look(root string) (*mhp.Snapshot, error) {
	c, err := mhp.NewContext(root)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.Snapshot(&mhp.SnapshotOptions{
		Flags: mhp.SnapshotOfflineZones | mhp.SnapshotForPlans,
	})
}

// options takes them as getopt(3) does, "-abr" and "-sROOT" too; false: there is no such option.
func (v *view) options(args []string) (root string, ok bool) {
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		letters := args[0][1:]
		args = args[1:]
		for i := range letters {
			v.all = v.all || letters[i] == 'a'
			v.bytes = v.bytes || letters[i] == 'b'
			v.raw = v.raw || letters[i] == 'r'
			if strings.IndexByte("abr", letters[i]) >= 0 {
				continue
			}
			value := letters[i+1:]
			if value == "" && len(args) > 0 {
				value, args = args[0], args[1:]
			}
			if letters[i] == 's' {
				root = value
			} else if letters[i] != 'o' || !v.setColumns(value) {
				return "", false
			}
			break
		}
	}
	return root, true
}

func main() {
	v := &view{columns: strings.Split(columns, ",")[:5]}
	root, ok := v.options(os.Args[1:])
	if !ok {
		fmt.Fprintln(os.Stderr, "usage: lsmem [-a] [-b] [-r] [-o COLUMN,...] [-s ROOT]")
		os.Exit(2)
	}
	snap, err := look(root)
	if err != nil {
		fmt.Fprintln(os.Stderr, "lsmem:", err)
		os.Exit(1)
	}
	defer snap.Close()
	v.snap = snap
	v.print()
}

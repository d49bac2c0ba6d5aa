#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What lsmem(1) of util-linux shows, from a snapshot: ranges of blocks that look alike, and the
totals. Its options have the same names here.

    lsmem.py [-a] [-b] [-r] [-o COLUMN,...] [-s ROOT]
"""

import argparse
import sys
from dataclasses import dataclass

import mhp

NAMES = ("RANGE", "SIZE", "STATE", "REMOVABLE", "BLOCK", "NODE", "ZONES")
SPLITTING = {"STATE", "NODE", "ZONES"}  # "removable" is the same for all blocks
# three words are spelt otherwise than the kernel does it
ZONES = {mhp.Zone.NONE: "None", mhp.Zone.HIGHMEM: "Highmem", mhp.Zone.UNKNOWN: "Unknown"}
STATES = {mhp.State.UNKNOWN: "?", mhp.State.GOING_OFFLINE: "on->off"}


@dataclass
class Run:
    """Blocks with neighbouring numbers that look like the first one."""

    block: mhp.Block
    count: int = 1


@dataclass
class View:
    snap: mhp.Snapshot
    options: argparse.Namespace

    def size(self, size: int) -> str:
        """ "3G", "1.5G": one decimal, rounded."""
        if self.options.b:
            return str(size)
        unit = max(0, (size.bit_length() - 1) // 10)
        part = (size >> 10 * (unit - 1) & 1023) * 1000 // 1024 if unit else 0
        tenths = (size >> 10 * unit) * 10 + (part + 50) // 100
        return f"{tenths // 10}{f'.{tenths % 10}' if tenths % 10 else ''}{'BKMGTPE'[unit]}"

    def cell(self, run: Run, column: str) -> str:
        block, size = run.block, self.snap.block_size_bytes
        first, last = block.id, block.id + run.count - 1
        if column == "RANGE":
            return f"0x{first * size:016x}-0x{(last + 1) * size - 1:016x}"
        if column == "SIZE":
            return self.size(run.count * size)
        if column == "STATE":
            return STATES.get(block.state, str(block.state))
        if column == "REMOVABLE":  # since Linux 5.7 it is about the kernel, not about the block
            can = "yes" if self.snap.policy.has_hotremove else "no"
            return can if block.state is mhp.State.ONLINE else ""
        if column == "BLOCK":
            return str(first) if first == last else f"{first}-{last}"
        if column == "NODE":
            return "" if block.node_id is None else str(block.node_id)
        return "/".join(ZONES.get(zone, str(zone)) for zone in block.zones)

    def look_alike(self, run: Run, block: mhp.Block) -> bool:
        """In one line? If what is shown of them is the same."""
        if self.options.a or block.id != run.block.id + run.count:
            return False
        columns = SPLITTING.intersection(self.options.o)
        return all(self.cell(run, column) == self.cell(Run(block), column) for column in columns)

    def show(self) -> None:
        runs: list[Run] = []
        online = 0
        for block in self.snap.blocks:
            online += block.state is mhp.State.ONLINE
            if runs and self.look_alike(runs[-1], block):
                runs[-1].count += 1
            else:
                runs.append(Run(block))
        self.show_rows(
            [self.options.o, *([self.cell(r, c) for c in self.options.o] for r in runs)]
        )
        if self.options.r:
            return
        size, width = self.snap.block_size_bytes, 15 if self.options.b else 5
        offline = len(self.snap.blocks) - online
        print(f"\nMemory block size:      {self.size(size):>{width}}")
        print(f"Total online memory:    {self.size(online * size):>{width}}")
        print(f"Total offline memory:   {self.size(offline * size):>{width}}")

    def show_rows(self, rows: list[list[str]]) -> None:
        columns: list[str] = self.options.o
        widths = [max(map(len, column)) for column in zip(*rows)]
        if self.options.r:
            widths = [0] * len(widths)
        elif columns[-1] == "RANGE":
            widths[-1] = 0
        aligns = ["<" if column == "RANGE" else ">" for column in columns]
        for row in rows:
            print(" ".join(f"{c:{a}{w}}" for c, a, w in zip(row, aligns, widths)))


def columns(text: str) -> list[str]:
    names = [name.upper() for name in text.split(",") if name]
    if not names or len(names) > len(NAMES) or not set(names) <= set(NAMES):
        raise argparse.ArgumentTypeError(f"no columns: {text}")
    return names


def main() -> int:
    parser = argparse.ArgumentParser(prog="lsmem.py", add_help=False)
    for flag in "-a", "-b", "-r":
        parser.add_argument(flag, action="store_true")
    parser.add_argument("-o", type=columns, default=list(NAMES[:5]), metavar="COLUMN,...")
    parser.add_argument("-s", metavar="ROOT")
    options = parser.parse_args()
    try:
        with mhp.Context(options.s) as ctx:
            flags = mhp.SnapshotFlag.OFFLINE_ZONES | mhp.SnapshotFlag.FOR_PLANS
            View(ctx.snapshot(flags), options).show()
    except mhp.Error as error:
        print(f"lsmem.py: {options.s or '/'}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""List the regions of hot-pluggable memory: where they are, and what they do.

    list-regions.py [ROOT]

Run it as root: addresses of memory are a secret of the administrator's.
"""

import os
import sys

import mhp


def show(region: mhp.Region) -> None:
    text = f"{region.name}: {region.state}"
    if region.zone is not mhp.Zone.UNKNOWN:
        text += f" in {region.zone}"
    # A region is a list of ranges, and other memory may lie between them.
    if region.ranges is None:
        print(f"{text}, its addresses could not be read")
        return
    if region.size_bytes is not None and region.online_bytes is not None:
        text += f", {region.online_bytes >> 20} of {region.size_bytes >> 20} MiB in use"
        text += f", {(region.lost_bytes or 0) >> 20} MiB lost to alignment"
    print(text)
    for part in region.ranges:
        print(f"  {part.start:#x}-{part.start + part.size_bytes - 1:#x}")

    # Its blocks are the whole blocks inside the ranges, as far as they exist.
    for block in region.blocks:
        print(f"  memory{block.id} {block.state}")


def main(root: str | None = None) -> int:
    try:
        with mhp.Context(root) as ctx:
            snap = ctx.snapshot()
    except mhp.Error as error:
        print(f"{root or '/'}: {error}", file=sys.stderr)
        return 1
    for region in snap.regions:
        show(region)

    # What could not be read is "unknown" above, and never left out here.
    for problem in snap.problems:
        print(f"{problem.path}: {os.strerror(problem.errno)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The loop that an agent's author writes: a dict for each memory block.

peer-loop.py [ROOT]
"""
import glob
import os
import re
import sys


def blocks(root, attributes=("state", "removable", "valid_zones")):
    found = []
    for folder in glob.glob(root + "/sys/devices/system/memory/memory[0-9]*"):
        block = {"id": int(re.search(r"(\d+)$", folder).group(1))}
        for name in attributes:
            with open(os.path.join(folder, name)) as file:
                block[name] = file.read().strip()
        block["node"] = [int(n[4:]) for n in os.listdir(folder) if n.startswith("node")]
        found.append(block)
    return sorted(found, key=lambda block: block["id"])


if __name__ == "__main__":
    all_blocks = blocks(sys.argv[1] if len(sys.argv) > 1 else "")
    online = sum(block["state"] == "online" for block in all_blocks)
    print(len(all_blocks), "blocks,", online, "online")

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Online a region with an explicit type, and be sure of it.

    online-region.py REGION online|online_kernel|online_movable [ROOT]

Either every block ends online in the zone that the type names, or everything is as it was before.
"""

import sys

import mhp


def main(args: list[str]) -> int:
    try:
        region, word, *root = args
        online_type = mhp.OnlineType.from_str(word)
        if len(root) > 1:
            raise ValueError
    except ValueError:
        print(
            "usage: online-region.py REGION online|online_kernel|online_movable [ROOT]",
            file=sys.stderr,
        )
        return 2
    try:
        # Snapshot, plan, apply in one call. No rules: memory that is online in another zone is
        # left alone, and upon failure everything is put back.
        with mhp.Context(*root) as ctx:
            report = ctx.online(region, online_type)
    except mhp.Error as error:  # the machine was not touched
        print(f"{region}: {error}", file=sys.stderr)
        return 1

    # That the machine refused is no exception: the report tells.
    print(f"{report.outcome}: {report.message}")

    # The state and zone of every block were read back.
    for block in report.results:
        print(f"  memory{block.id} {block.state_after}, zone {block.zone_after}")
    return 0 if report.is_done else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

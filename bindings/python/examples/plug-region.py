#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Make a DAX device System RAM in zone Movable, with a deadline, and show how far it is.

    plug-region.py REGION SECONDS [ROOT]

No block of it is online in another zone at any moment: while the kernel adds the memory, the
system's policy is set to what is wanted here, and put back afterwards. Upon failure, at the
deadline, or by Ctrl-C, the device is as it was.
"""

import sys

import mhp


def main(args: list[str]) -> int:
    try:
        region, seconds, *root = args
        if len(root) > 1 or not int(seconds) > 0:
            raise ValueError
    except ValueError:
        print("usage: plug-region.py REGION SECONDS [ROOT]", file=sys.stderr)
        return 2

    def show(done: int, total: int) -> None:
        """Called every 100 ms or so; what it raises stops it, and puts everything back."""
        print(f"{region}: {done >> 20} of {total >> 20} MiB", file=sys.stderr)

    try:
        with mhp.Context(*root) as ctx:
            report = ctx.plug(
                region, mhp.OnlineType.ONLINE_MOVABLE, timeout=int(seconds), progress=show
            )
    except mhp.Error as error:  # the machine was not touched
        print(f"{region}: {error}", file=sys.stderr)
        return 1

    # Reason.DEADLINE, Reason.LOCKED, ... are told in words, too.
    print(f"{report.outcome}: {report.message}")
    if report.hint:
        print(f"what helps: {report.hint}")
    return 0 if report.is_done else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

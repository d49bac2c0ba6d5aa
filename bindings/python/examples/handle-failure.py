#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""React to a failure: find out which block it was, and why, and whether another rule helps.

    handle-failure.py REGION ask|rezone [ROOT]

The region is to be online in zone Movable. With "rezone" memory that is online in another zone
may be taken offline for it.
"""

import sys

import mhp

MOVABLE = mhp.OnlineType.ONLINE_MOVABLE


def explain(report: mhp.Report) -> None:
    """What happened, and the blocks to blame for it."""
    print(f"{report.outcome}: {report.message}")
    if report.hint:
        print(f"what helps: {report.hint}")
    for block in report.results:
        if block.reason.is_failure:  # not those put back because another one failed
            print(f"memory{block.id}: {block.reason}")


def main(args: list[str]) -> int:
    if len(args) not in (2, 3) or args[1] not in ("ask", "rezone"):
        print("usage: handle-failure.py REGION ask|rezone [ROOT]", file=sys.stderr)
        return 2
    region, word, *root = args
    try:
        with mhp.Context(*root) as ctx:
            report = ctx.online(region, MOVABLE)
            # Before anything was written: does this conflict stand in the way?
            codes = [conflict.code for conflict in report.plan.conflicts]
            if word == "rezone" and mhp.ConflictCode.WRONG_ZONE in codes:
                # its contents have to move elsewhere meanwhile: never without being asked
                report = ctx.online(region, MOVABLE, mhp.Rule.REZONE)
    except mhp.Error as error:
        print(f"{region}: {error}", file=sys.stderr)
        return 1
    explain(report)
    if report.outcome in (mhp.Outcome.REFUSED, mhp.Outcome.UNDONE):
        return 1  # all is as it was: it may be tried again later
    return 0 if report.is_done else 3  # some is changed: somebody must look at it


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

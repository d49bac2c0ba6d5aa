# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the tests: run.py FOLDER BINDING [MODULE], in namespaces of its own (see ../check).

Each function named test_... of the modules below is one, in the order in which they stand.
"""
import importlib
import pathlib
import sys
import traceback

MODULES = ("test_collection", "test_run", "test_check_mode", "test_failures", "test_modules")


class Skip(Exception):
    """What a test needs is missing."""


def main():
    work, binding = pathlib.Path(sys.argv[1]), sys.argv[2]
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    only = sys.argv[3:]
    for name in MODULES:
        module = importlib.import_module(name)
        is_wanted = not only or name in only
        if not is_wanted and name != MODULES[0]:  # which installs what the others use
            continue
        context = module.prepare(work, binding)
        for test, function in list(vars(module).items()):
            if not is_wanted or not test.startswith("test_"):
                continue
            label = f"{name[5:]} {test[5:].replace('_', '-')}"
            try:
                function(context)
            except Skip as reason:
                counts["skipped"] += 1
                print(f"skip {label}: {reason}", flush=True)
            except Exception:  # whatever a test raises, the others go on
                counts["failed"] += 1
                print("\n".join(traceback.format_exc().splitlines()[-60:]))
                print(f"FAIL {label}", flush=True)
            else:
                counts["passed"] += 1
                print(f"ok {label}", flush=True)
    print(", ".join(f"{n} {what}" for what, n in counts.items()))
    return counts["failed"] != 0 or counts["passed"] == 0


if __name__ == "__main__":
    sys.exit(main())

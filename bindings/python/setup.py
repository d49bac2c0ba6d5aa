# SPDX-License-Identifier: LGPL-2.1-or-later
"""Build the binding: its version is that of the libmhp that it is built with."""

import subprocess
from email import message_from_string
from pathlib import Path

from setuptools import setup


def version() -> str:
    info = Path(__file__).with_name("PKG-INFO")  # of an sdist
    if info.exists():
        return str(message_from_string(info.read_text(encoding="utf-8"))["Version"])
    command = ["pkg-config", "--modversion", "libmhp"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:  # it has said what it has not found
        raise SystemExit("libmhp, libmhp-policy and libmhp-sim are needed: see README.md, Install")
    return done.stdout.strip()


setup(
    version=version(),
    cffi_modules=[
        "build_ffi.py:libmhp",
        "build_ffi.py:libmhp_policy",
        "build_ffi.py:libmhp_sim",
    ],
    options={"bdist_wheel": {"py_limited_api": "cp310"}},
)

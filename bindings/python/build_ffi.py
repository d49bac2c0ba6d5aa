# SPDX-License-Identifier: LGPL-2.1-or-later
"""What cffi is told of the three libraries: their installed headers, and nothing else.

The compiler's preprocessor reads the headers; what comes from <mhp/...> is declared to cffi as
it is. So no prototype, struct or number of an enumerator stands here a second time.
"""

import os
import re
import shlex
import subprocess
from typing import Any, Dict, Iterable, List, Optional, Set, Tuple

import cffi

# What the library calls goes to Python by these: see mhp/_call.py.
CALLBACKS = """
extern "Python" void mhp_py_log(void *data, int code, const char *path, const char *message);
extern "Python" int mhp_py_progress(void *data, uint64_t done_bytes, uint64_t total_bytes);
extern "Python" int mhp_py_tick(void *data);
void free(void *memory);
"""

MARKER = re.compile(r'# \d+ "(.*)"')
HEADER = re.compile(r"(?:^|/)mhp/[a-z-]+\.h$")
NUMBER = re.compile(r"#define (MHP_\w+) [^\"]*\d")  # not: those with arguments, guards, texts


def pkg_config(*arguments: str) -> List[str]:
    done = subprocess.run(["pkg-config", *arguments], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:  # it has said what it has not found
        raise SystemExit("libmhp, libmhp-policy and libmhp-sim are needed: see README.md, Install")
    return shlex.split(done.stdout)


def preprocess(includes: str, flags: Iterable[str]) -> List[Tuple[str, str]]:
    """The lines that remain of these #includes, each with the header that it is from."""
    command = [*shlex.split(os.environ.get("CC") or "cc"), "-E", "-dD", "-D__attribute__(x)="]
    text = subprocess.run(
        [*command, *flags, "-"], check=True, input=includes, stdout=subprocess.PIPE, text=True
    ).stdout
    header = ""
    lines = []
    for line in text.splitlines():
        marker = MARKER.match(line)
        if marker:
            header = marker.group(1)
        elif HEADER.search(header):
            lines.append((header, line))
    return lines


def declarations(lines: Iterable[Tuple[str, str]], known: Set[str]) -> str:
    """As cffi wants it: macros that are numbers without their values, which the compiler tells."""
    out = []
    for header, line in lines:
        if header in known:
            continue
        number = NUMBER.match(line)
        if number and not number.group(1).startswith("MHP_VERSION"):
            out.append(f"#define {number.group(1)} ...")
        elif not line.startswith("#"):
            out.append(line)
    return "\n".join(out)


class Builder:
    """The three modules; each knows what the one before has declared."""

    def __init__(self) -> None:
        self.known: Set[str] = set()
        self.base: Optional[Any] = None

    def module(self, name: str, package: str, headers: Iterable[str], callbacks: str = "") -> Any:
        cflags = pkg_config("--cflags", package)
        includes = "#include <stdlib.h>\n" + "".join(f"#include <{h}>\n" for h in headers)
        lines = preprocess(includes, cflags)
        ffi = cffi.FFI()
        if self.base is not None:
            ffi.include(self.base)
        ffi.cdef(declarations(lines, self.known) + callbacks)
        ffi.set_source(
            name,
            includes,
            extra_compile_args=[f for f in cflags if not f.startswith("-I")],
            include_dirs=[f[2:] for f in cflags if f.startswith("-I")],
            **self.linking(package),
        )
        if self.base is None:
            self.base = ffi
            self.known = {header for header, _ in lines}
        return ffi

    @staticmethod
    def linking(package: str) -> Dict[str, Any]:
        flags = pkg_config("--libs", package)
        return {
            "library_dirs": [f[2:] for f in flags if f.startswith("-L")],
            "libraries": [f[2:] for f in flags if f.startswith("-l")],
            "extra_link_args": [f for f in flags if f[:2] not in ("-L", "-l")],
        }


_builder = Builder()
libmhp = _builder.module("mhp._libmhp", "libmhp", ["mhp/mhp.h"], CALLBACKS)
libmhp_policy = _builder.module(
    "mhp.policy._libmhp_policy", "libmhp-policy", ["mhp/mhp.h", "mhp/standing.h", "mhp/agenda.h"]
)
libmhp_sim = _builder.module(
    "mhp.sim._libmhp_sim", "libmhp-sim", ["mhp/mhp.h", "mhp/sim.h", "mhp/sim-builder.h"]
)

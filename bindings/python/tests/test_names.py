# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nothing is forgotten: functions, enumerators, documentation."""

import dataclasses
import importlib
import inspect
import os
import re
import unittest
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import mhp
import mhp.policy
import mhp.sim

PACKAGE = Path(mhp.__file__).parent
SOURCES = [*PACKAGE.glob("*.py"), *PACKAGE.glob("*/*.py")]
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
HEADERS = Path(os.environ["PREFIX"]) / "include" / "mhp"
TABLE = Path(__file__).parent.parent / "functions"
PUBLIC = (mhp, mhp.policy, mhp.sim)


def public_items() -> Iterator[tuple[str, object]]:
    """All that a user sees, with its name."""
    for module in PUBLIC:
        yield module.__name__, module
        for name, item in vars(module).items():
            if name.startswith("_") or isinstance(item, ModuleType):
                continue
            yield f"{module.__name__}.{name}", item
            if not inspect.isclass(item):
                continue
            for inner, value in vars(item).items():
                if not inner.startswith("_") and (callable(value) or isinstance(value, property)):
                    yield f"{module.__name__}.{name}.{inner}", value


class Names(unittest.TestCase):
    def test_functions(self) -> None:
        """What the table says is there, and calls that function."""
        called = set(re.findall(r"\b(?:lib|base)\.(mhp_[a-z0-9_]+)", SOURCE))
        for line in TABLE.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                continue
            function, name, *_ = line.split("\t")
            with self.subTest(function):
                self.assertEqual(function in called, name != "-")
                if name != "-":
                    module, item = "mhp", name.removeprefix("mhp.")
                    for package in ("policy", "sim"):
                        if item.startswith(package + "."):
                            module, item = f"mhp.{package}", item.removeprefix(package + ".")
                    found: object = importlib.import_module(module)
                    for part in item.split("."):
                        found = getattr(found, part)

    def test_enumerators(self) -> None:
        """Each one of the headers has a member of the same name."""
        named = re.findall(r"^    (\w+) = lib\.(MHP_\w+)", SOURCE, re.MULTILINE)
        used = set(re.findall(r"\b(?:lib|base)\.(MHP_\w+)", SOURCE))
        found = set()
        for header in HEADERS.glob("*.h"):
            text = header.read_text(encoding="utf-8")
            for body in re.findall(r"^enum mhp_\w+ \{(.*?)^\};", text, re.MULTILINE | re.DOTALL):
                found |= set(re.findall(r"\b(MHP_\w+) = ", body))
        self.assertGreater(len(found), 200)
        self.assertEqual(sorted(found - used), [])
        for name, constant in named:
            self.assertTrue(constant.endswith(name.removeprefix("V")), f"{name} = {constant}")

    def test_all_is_documented(self) -> None:
        for name, item in public_items():
            if isinstance(item, (int, float)):
                continue
            with self.subTest(name):
                doc = inspect.getdoc(item)
                self.assertTrue(doc and not doc.startswith(name.rsplit(".")[-1] + "("))

    def test_values_are_frozen(self) -> None:
        for name, item in public_items():
            if inspect.isclass(item) and dataclasses.is_dataclass(item):
                with self.subTest(name):
                    self.assertTrue(item.__dataclass_params__.frozen)
                    self.assertFalse(hasattr(item, "__dict__") and "__dict__" in vars(item))

    def test_is_typed(self) -> None:
        self.assertTrue((PACKAGE / "py.typed").exists())

    def test_agent_is_not_linked_to_the_simulated_machine(self) -> None:
        for module, package in (
            ("_libmhp", ""),
            ("_libmhp_policy", "policy"),
            ("_libmhp_sim", "sim"),
        ):
            for path in (PACKAGE / package).glob(f"{module}.*so"):
                data = path.read_bytes()
                self.assertEqual(b"libmhp-sim.so" in data, package == "sim")
                self.assertEqual(b"libmhp-policy.so" in data, package == "policy")
                break
            else:
                self.fail(f"no {module}")


if __name__ == "__main__":
    unittest.main()

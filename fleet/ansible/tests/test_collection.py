# SPDX-License-Identifier: LGPL-2.1-or-later
"""The collection as such: it is built and installed, and its documents are right."""
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile

import yaml

from fleet import TESTS, run

SOURCE = TESTS.parent
MODULES = ("mhp_facts", "mhp_policy", "mhp_region")
# Of ansible-test those that need nothing from elsewhere.
SANITY = ("action-plugin-docs", "changelog", "compile", "empty-init", "future-import-boilerplate",
          "ignores", "line-endings", "metaclass-boilerplate", "no-assert", "no-basestring",
          "no-get-exception", "no-illegal-filenames", "no-main-display", "no-smart-quotes",
          "no-unicode-literals", "replace-urlopen", "shebang", "symlinks",
          "use-argspec-type-path", "use-compat-six")


class Collection:
    """Where it is installed."""

    def __init__(self, work):
        self.work = work
        self.root = work / "collections"
        self.folder = self.root / "ansible_collections/libmhp/mhp"
        self.environment = {
            "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(work / "home"),
            "ANSIBLE_HOME": str(work / "home"), "ANSIBLE_COLLECTIONS_PATH": str(self.root),
            "ANSIBLE_NOCOLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, *command, **options):
        """A command of ansible's, which knows only this collection."""
        return run(*command, env=self.environment, **options)


def prepare(work, binding):
    """Builds it from the sources, and installs it without a network, as its README says."""
    del binding
    collection = Collection(work)
    collection.run("ansible-galaxy", "collection", "build", SOURCE, "--output-path", work)
    tarball = work / f"libmhp-mhp-{version()}.tar.gz"
    collection.run("ansible-galaxy", "collection", "install", tarball, "--offline",
                   "--collections-path", collection.root)
    return collection


def version():
    """Of the collection."""
    return yaml.safe_load((SOURCE / "galaxy.yml").read_text())["version"]


def document(collection, module):
    """What ansible-doc reads of a module."""
    text = collection.run("ansible-doc", "-t", "module", "--json", f"libmhp.mhp.{module}")
    return json.loads(text)[f"libmhp.mhp.{module}"]


def test_version_is_that_of_the_library(collection):
    del collection
    library = run("pkg-config", "--modversion", "libmhp").strip()
    assert version() == library, (version(), library)


def test_tarball_has_what_is_installed_only(collection):
    with tarfile.open(collection.work / f"libmhp-mhp-{version()}.tar.gz") as tarball:
        names = {member.name for member in tarball if member.isfile()}
    assert "plugins/modules/mhp_region.py" in names, names
    assert not [name for name in names if name.startswith(("tests", "check", "Makemodule"))], names


def test_ansible_doc(collection):
    for module in MODULES:
        text = collection.run("ansible-doc", "-t", "module", f"libmhp.mhp.{module}")
        assert "EXAMPLES:" in text and "RETURN VALUES:" in text, text
        assert not re.search(r"\b[A-Z]\([a-z]", text), text
    text = collection.run("ansible-doc", "-t", "role", "libmhp.mhp.policy")
    assert "mhp_policy_content" in text, text


def arguments(collection, module):
    """argument_spec of a module, as it gives it to AnsibleModule."""
    import ansible.module_utils.basic
    found = {}

    class Stop(Exception):
        """Enough."""

    def note(*_, **options):
        found.update(options)
        raise Stop

    sys.path.insert(0, str(collection.root))
    original, ansible.module_utils.basic.AnsibleModule = \
        ansible.module_utils.basic.AnsibleModule, note
    try:
        path = collection.folder / f"plugins/modules/{module}.py"
        spec = importlib.util.spec_from_file_location(module, path)
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
        loaded.main()
    except Stop:
        pass
    finally:
        ansible.module_utils.basic.AnsibleModule = original
        sys.path.remove(str(collection.root))
    spec = dict(found["argument_spec"])
    if found.get("add_file_common_args"):
        spec.update({key: value for key, value in
                     ansible.module_utils.basic.FILE_COMMON_ARGUMENTS.items() if key not in spec})
    return spec


def test_documents_have_the_options(collection):
    for module in MODULES:
        documented = document(collection, module)["doc"]["options"]
        spec = arguments(collection, module)
        assert sorted(documented) == sorted(spec), (module, sorted(documented), sorted(spec))
        for name, option in spec.items():
            for key in ("type", "required", "default", "choices", "elements"):
                told, is_so = documented[name].get(key), option.get(key)
                if key == "required":
                    told, is_so = bool(told), bool(is_so)
                if name in ("mode", "owner", "group", "seuser", "serole", "selevel", "setype",
                            "attributes", "unsafe_writes"):
                    continue  # ansible's own
                assert told == is_so, (module, name, key, told, is_so)


def test_examples_and_return_values(collection):
    """Examples have options that there are."""
    for module in MODULES:
        told = document(collection, module)
        options = set(told["doc"]["options"]) | {"name"}
        name = f"libmhp.mhp.{module}"
        tasks = [task for task in yaml.safe_load(told["examples"]) if name in task]
        assert tasks, module
        for task in tasks:
            assert set(task[name]) <= options, (module, task)


def test_sanity(collection):
    """ansible-test looks at a copy, as it has to be in a folder of its own kind."""
    root = collection.work / "sanity"
    copy = root / "ansible_collections/libmhp/mhp"
    shutil.copytree(collection.folder, copy)
    (copy / "tests").mkdir()
    shutil.copy(TESTS / "config.yml", copy / "tests")
    python = "{}.{}".format(*sys.version_info)
    words = [word for name in SANITY for word in ("--test", name)]
    collection.run("ansible-test", "sanity", "--python", python, *words, cwd=copy)


def test_validate_modules(collection):
    """ansible-test's own look at modules, where what it needs is installed."""
    from run import Skip
    tool = shutil.which("ansible-test")
    library = run("/usr/bin/python3", "-c",
                  "import ansible, os; print(os.path.dirname(os.path.dirname(ansible.__file__)))")
    validator = f"{library.strip()}/ansible_test/_util/controller/sanity/validate-modules"
    if not tool or not os.path.exists(validator):
        raise Skip("no validate-modules")
    if importlib.util.find_spec("voluptuous") is None:
        raise Skip("no python3-voluptuous")
    copy = collection.work / "sanity/ansible_collections/libmhp/mhp"
    environment = {**collection.environment, "PYTHONPATH": str(collection.work / "sanity")}
    done = subprocess.run(
        ["/usr/bin/python3", f"{validator}/validate.py", "--format", "json",
         "--collection", "ansible_collections/libmhp/mhp", "--collection-version", version(),
         *[f"plugins/modules/{module}.py" for module in MODULES]],
        cwd=copy, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    found = json.loads(done.stdout)
    # Not everything is under ansible's own licence.
    errors = [error for each in found.values() for error in each["errors"]
              if error["code"] not in ("missing-gplv3-license",)]
    assert not errors, "\n".join(f"{error['code']}: {error['msg']}" for error in errors)


def test_yaml(collection):
    """Each file of YAML is some."""
    del collection
    for path in [*SOURCE.rglob("*.yml")]:
        yaml.safe_load(path.read_text())

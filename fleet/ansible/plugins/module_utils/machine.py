# SPDX-License-Identifier: LGPL-2.1-or-later
"""The machine that a module is about: the host, a folder that stands for it, or, for tests, one
that is simulated from a file and kept there."""
import errno
import os
import shutil
import tempfile
import traceback

from ansible.module_utils.basic import missing_required_lib

from ansible_collections.libmhp.mhp.plugins.module_utils.results import text

try:
    import mhp
    import mhp.policy
    MISSING = None
except ImportError as error:
    mhp = None
    MISSING, WHY_MISSING = traceback.format_exc(), error

# plugins/doc_fragments/machine.py tells of them.
ARGUMENTS = dict(
    root=dict(type="path"),
    simulation=dict(type="path"),
    simulation_fail=dict(type="list", elements="str", default=[]),
)


class Machine:
    """Where a module looks, and what it changes. To be saved when it is done."""

    def __init__(self, module, told):
        self.module = module
        self.told = told  # of the result what is so, whatever becomes of the rest
        self.root = module.params["root"]
        self.file = module.params["simulation"]
        self.simulated = self._simulate() if self.file else None
        self.files = mhp.Context(self.root, program="ansible")
        self.context = self.files
        if self.simulated:
            self.context = self.simulated.context(program="ansible")

    def _simulate(self):
        try:
            import mhp.sim
        except ImportError as why:
            self.module.fail_json(msg=missing("mhp.sim", why), exception=traceback.format_exc())
        simulated = mhp.sim.Machine.from_capture(self.file)
        self.module.warn(f"simulated from {self.file}: of this host's memory nothing is looked "
                         "at, and nothing changed")
        codes = {name: code for code, name in errno.errorcode.items()}
        for refusal in self.module.params["simulation_fail"]:
            try:
                block, verb, name = refusal.split(":")
                simulated.fail_block(int(block), verb, codes[name])
            except (ValueError, OverflowError, KeyError):
                self.module.fail_json(
                    msg=f"simulation_fail: {refusal!r} is not BLOCK:VERB:ERRNO")
        return simulated

    def save(self):
        """Keeps what has become of a simulated machine."""
        if not self.simulated or self.module.check_mode:
            return
        text = self.simulated.capture()
        with open(self.file, encoding="utf-8", errors="surrogateescape") as file:
            if file.read() == text:
                return
        handle, path = tempfile.mkstemp(dir=os.path.dirname(self.file))
        self.module.add_cleanup_file(path)
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        shutil.copymode(self.file, path)
        os.replace(path, self.file)


def timeout(module):
    """Of the options, as the binding has it."""
    return module.params["timeout"] or None


def missing(library, why):
    """What to install."""
    told = missing_required_lib(library, reason="to look at memory, and to change it")
    return f"{why}: {told} On Debian the package python3-mhp has it."


def pending_of(snapshot):
    """What somebody has begun and not ended; what only root is told is among the problems."""
    try:
        return snapshot.pending
    except mhp.Error:
        return None


def warn_of_pending(module, snapshot):
    """Somebody was killed, and nothing that is done now puts back what he had borrowed."""
    pending = pending_of(snapshot)
    if pending and not pending.is_running:
        module.warn(f"recovery pending: {text(pending.what)}; the next change, or mhp recover, "
                    "puts back what was borrowed")


def run(module, work):
    """Has work(module, machine) make the result, and tells what failed in libmhp."""
    if MISSING:
        module.fail_json(msg=missing("mhp", WHY_MISSING), exception=MISSING)
    if module.params["simulation_fail"] and not module.params["simulation"]:
        module.fail_json(msg="simulation_fail is for a simulation only")
    if module.params.get("timeout", 0) < 0:
        module.fail_json(msg="timeout is less than nothing")
    result = {}
    try:
        machine = Machine(module, result)
        result.update(work(module, machine))
        machine.save()
    except (OSError, ValueError) as error:  # an mhp.Error is one of them
        result.update(failed=True, msg=text(str(error)), exception=traceback.format_exc())
        if isinstance(error, mhp.Error):
            result = {"path": text(error.path), **result, "errno": error.errno}
    if not module._diff:
        result.pop("diff", None)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)

#!/usr/bin/python
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A file of the standing policy: see DOCUMENTATION."""

DOCUMENTATION = r"""
module: mhp_policy
short_description: Deploy a file of the standing policy of memory, and apply the policy
description:
  - Puts a file of rules, mhp-policy(5), into C(/etc/mhp/policy.d). It is read by libmhp-policy
    first, as C(mhp policy check) does, and a file with an error is not put in place. A reader
    sees the old file or the new one.
  - With I(apply) the memory is then brought to the standing policy, that of all files, as
    C(mhp apply) does. Regions are handled one after the other, each by itself. What refuses is put
    back, and the others go on.
  - Where C(mhp agent) runs, it reads the files upon C(systemctl reload mhp-agent); the role
    C(libmhp.mhp.policy) does that.
author:
  - libmhp maintainers (!UNKNOWN)
version_added: 1.0.0
extends_documentation_fragment:
  - libmhp.mhp.machine
  - ansible.builtin.files
attributes:
  check_mode:
    description: The file is read, what would become of the memory is planned, nothing written.
    support: full
  diff_mode:
    description: The file before and after, and with I(apply) what becomes of blocks.
    support: full
options:
  name:
    description:
      - Name of the file, with or without C(.conf). Such names begin with two digits and a dash;
        files are read in the order of their names.
    type: str
    required: true
  state:
    description: Whether there is to be such a file.
    type: str
    choices: [present, absent]
    default: present
  content:
    description: What the file is to say.
    type: str
  src:
    description:
      - A file that has it, where the playbook runs, such as in the folder C(files) beside it; with
        I(remote_src) on the host.
    type: path
  remote_src:
    description: Whether I(src) is on the host.
    type: bool
    default: false
  path:
    description: Folder of the file, below I(root). It is made if it is not there.
    type: path
    default: /etc/mhp/policy.d
  backup:
    description: Whether to keep what was there, beside it, under a name that is not read.
    type: bool
    default: false
  apply:
    description: Whether to bring the memory to the standing policy then.
    type: bool
    default: false
  timeout:
    description:
      - With I(apply), seconds for each region, but for putting back; C(0) for as long as it takes.
    type: float
    default: 60
seealso:
  - module: libmhp.mhp.mhp_facts
  - module: libmhp.mhp.mhp_region
"""

EXAMPLES = r"""
- name: All memory of CXL to zone Movable, now and from now on
  libmhp.mhp.mhp_policy:
    name: 50-pool
    content: |
      [pool]
      kind = cxl
      type = online_movable
      elsewhere = rezone
    apply: true

- name: The file beside the playbook
  libmhp.mhp.mhp_policy:
    name: 40-spare
    src: spare.conf
    backup: true

- name: Bring the memory to what is left when a rule is gone
  libmhp.mhp.mhp_policy:
    name: 40-spare
    state: absent
    apply: true
"""

RETURN = r"""
path:
  description: The file.
  returned: always
  type: str
  sample: /etc/mhp/policy.d/50-pool.conf
backup_file:
  description: What was there before.
  returned: if I(backup) and there was a file that changed
  type: str
errors:
  description: What is wrong in the file, or with I(apply) in any other one.
  returned: always
  type: list
  elements: dict
  contains:
    file:
      description: The file.
      type: str
    line:
      description: The line, or 0.
      type: int
    message:
      description: What is wrong.
      type: str
outcome:
  description:
    - Of all regions together. C(done), each is as its rule wants it; C(refused), some are not,
      and nothing was written; C(undone), what was written is put back; C(partial), something was
      changed, and some are not as wanted; C(unknown); C(planned), in check mode, there is
      something to do.
  returned: if I(apply)
  type: str
items:
  description: What became of each region, in the order in which they were handled.
  returned: if I(apply)
  type: list
  elements: dict
  contains:
    region:
      description: Its name.
      type: str
    identity:
      description: Its name that stays the same over reboots, or null.
      type: str
    rule:
      description: The rule that decides about it, with name, file and line; null if none does.
      type: dict
    state:
      description:
        - Before. C(met); C(to-do); C(blocked), not as wanted, and nothing will be done;
          C(undecided), what it takes could not be read; C(left-alone), C(no-rule), C(nothing).
      type: str
    type:
      description: The type that is wanted, or null.
      type: str
    why:
      description: Why nothing is done, or null.
      type: str
    way_out:
      description: What could be done about that, or null.
      type: str
    drifts:
      description: Where policy and memory disagreed, each with kind, message and blocks.
      type: list
      elements: dict
    outcome:
      description: As that of M(libmhp.mhp.mhp_region).
      type: str
    reason:
      description: As that of M(libmhp.mhp.mhp_region).
      type: str
    errno:
      description: As that of M(libmhp.mhp.mhp_region).
      type: int
    message:
      description: What happened, or why nothing did.
      type: str
    hint:
      description: As that of M(libmhp.mhp.mhp_region).
      type: str
    recovery:
      description: As that of M(libmhp.mhp.mhp_region).
      type: dict
    blocks:
      description: As those of M(libmhp.mhp.mhp_region); empty if nothing was tried.
      type: list
      elements: dict
"""

import errno
import os
import tempfile

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.libmhp.mhp.plugins.module_utils import machine, results
from ansible_collections.libmhp.mhp.plugins.module_utils.machine import mhp

# A file hides those of the same name in later ones: mhp-policy(5).
FOLDERS = ("/etc/mhp/policy.d", "/run/mhp/policy.d", "/usr/local/lib/mhp/policy.d",
           "/usr/lib/mhp/policy.d")


def is_read(name):
    """Is a file of this name read at all?"""
    return name.endswith(".conf") and not name.startswith(".")


class File:
    """The file: what is there, and what is to be."""

    def __init__(self, module):
        parameters = module.params
        self.module = module
        self.name = parameters["name"]
        if not self.name.endswith(".conf"):
            self.name += ".conf"
        if "/" in self.name or not is_read(self.name):
            module.fail_json(msg=f"name: {self.name!r} would not be read")
        self.folder = parameters["path"]
        path = os.path.join(self.folder, self.name)
        self.path = self._below_root(path)
        self.is_there = os.path.lexists(self.path)
        self.before = self._rules(path) if self.is_there else None
        self.after = self._wanted()
        self.is_changed = self.is_there != (self.after is not None) or self.before != self.after

    def _below_root(self, path):
        """Where a file is. What the root has links to outside of it for is not touched."""
        root = os.path.realpath(self.module.params["root"] or "/")
        found = os.path.join(root, path.lstrip("/"))
        folder = os.path.realpath(os.path.dirname(found))
        if os.path.commonpath([root, folder]) != root:
            self.module.fail_json(msg=f"{path} is a link to outside of {root}")
        return found

    def _rules(self, path):
        """What stands in a file of the root's; None if it is a link to nothing. A link leads
        below the root, as all of them do there."""
        for _ in range(40):
            found = self._below_root(path)
            if not os.path.islink(found):
                return self._read(found) if os.path.exists(found) else None
            path = os.path.join(os.path.dirname(path), os.readlink(found))
            if path == "/dev/null":  # turns off what a package brings; an image may have none
                return ""
        return self.module.fail_json(msg=f"{path}: {os.strerror(errno.ELOOP)}", errno=errno.ELOOP)

    def _read(self, path):
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                return file.read()
        except OSError as error:
            return self.module.fail_json(msg=f"{path}: {error.strerror}", errno=error.errno)

    def _wanted(self):
        """Its text, or None if it is not to be."""
        parameters = self.module.params
        if parameters["state"] == "absent":
            return None
        if parameters["src"] is not None:
            return self._read(parameters["src"])
        return parameters["content"]

    def check(self):
        """Errors and warnings in it, as libmhp-policy tells them."""
        if self.after is None:
            return []
        standing = mhp.policy.Standing.from_text(self.name, self.after)
        for warning in standing.warnings:
            self.module.warn(results.text(f"{warning.file}:{warning.line}: {warning.message}"))
        return [results.fault(error) for error in standing.errors]

    def put(self):
        """Puts it in place, or takes it away; what was there is kept if that is asked for."""
        kept = {}
        if self.module.check_mode or not self.is_changed:
            return kept
        if self.module.params["backup"] and os.path.isfile(self.path) and \
                not os.path.islink(self.path):
            kept["backup_file"] = self.module.backup_local(self.path)
        if self.after is None:
            os.unlink(self.path)
        else:
            self._write()
        return kept

    def _write(self):
        folder = os.path.dirname(self.path)
        os.makedirs(folder, mode=0o755, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix=f".{self.name}.", dir=folder)
        self.module.add_cleanup_file(path)
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(self.after)
            file.flush()
            os.fsync(file.fileno())
        if os.path.islink(self.path):  # which says nothing of owner and mode
            os.chmod(path, 0o644)
            os.replace(path, self.path)
        else:
            self.module.atomic_move(path, self.path)

    def foreseen(self):
        """The standing policy as it will be once the file is in place."""
        found = {}
        for folder in FOLDERS:
            below = self._below_root(folder)
            is_ours = os.path.normpath(folder) == os.path.normpath(self.folder)
            for name in os.listdir(below) if os.path.isdir(below) else []:
                if is_read(name) and not (is_ours and name == self.name):
                    found.setdefault(name, os.path.join(folder, name))
            if is_ours and self.after is not None:
                found.setdefault(self.name, None)
        texts = [(path or os.path.join(self.folder, name),
                  self._rules(path) or "" if path else self.after)
                 for name, path in sorted(found.items())]
        if not texts:
            return mhp.policy.Standing.from_text(self.name, "")
        return mhp.policy.Standing.from_text(*texts[0], *texts[1:])


def planned(snapshot, item):
    """An item, and what would be done about it."""
    told = results.item(item)
    is_to_do, is_stuck = told["state"] == "to-do", told["state"] in ("blocked", "undecided")
    outcome = "planned" if is_to_do else "refused" if is_stuck else "done"
    reason = "not-tried" if is_to_do else told["state"] if is_stuck else "already"
    told.update(outcome=outcome, reason=reason, errno=0, message=told["why"] or "", hint=None,
                recovery=None)
    told["blocks"] = results.planned_blocks(snapshot, item.region, item.plan) if is_to_do else []
    told["plan"] = results.text(item.plan.text) if is_to_do else None
    return told


def applied(result):
    """An item, and what became of it."""
    told, report = results.item(result.item), result.report
    told.update(outcome=result.outcome.word, reason=result.reason.word, errno=result.errno,
                message=results.text(result.message), hint=results.text(report and report.hint),
                recovery=results.recovered(result.first_report, report),
                blocks=results.reported_blocks(report) if report else [],
                plan=results.text(report.plan.text) if report and report.plan.steps else None)
    return told


def apply(module, where, standing):
    """Brings the memory to the standing policy, or tells what there is to do."""
    flags = mhp.SnapshotFlag.FOR_PLANS | mhp.SnapshotFlag.TOPOLOGY
    snapshot = where.context.snapshot(flags)
    agenda = standing.agenda(snapshot)
    if not agenda.count(mhp.policy.ItemState.TO_DO):
        machine.warn_of_pending(module, snapshot)
    if not module.check_mode:
        report = agenda.apply(where.context, timeout=machine.timeout(module))
        return report.outcome.word, [applied(each) for each in report.results]
    items = [planned(snapshot, item) for item in agenda.items]
    outcomes = {item["outcome"] for item in items}
    for outcome in ("refused", "planned"):
        if outcome in outcomes:
            return outcome, items
    return "done", items


def tell(result, outcome, items):
    """Adds to the result what became of the memory."""
    result.update(outcome=outcome, items=items)
    for item in items:
        if results.is_changed(item):
            result["changed"] = True
        if item["plan"]:
            result["diff"] += results.difference(item["region"], item["blocks"], item["plan"])
    failed = [item for item in items if item["outcome"] not in ("done", "planned")]
    if failed:
        result.update(failed=True, msg="; ".join(
            results.complaint(item["region"], item["message"], item["hint"] or item["way_out"])
            for item in failed))


def deploy(module, where):
    """The file, and then the memory."""
    file = File(module)
    result = where.told
    result.update(changed=False, path=file.path, errors=file.check(), diff=[])
    if not result["errors"]:
        result.update(changed=file.is_changed, **file.put())
        result["diff"].append(dict(before_header=file.path, after_header=file.path,
                                   before=results.text(file.before or ""),
                                   after=results.text(file.after or "")))
        if file.after is not None:
            wanted = module.load_file_common_arguments(module.params, path=file.path)
            result["changed"] = module.set_fs_attributes_if_different(wanted, result["changed"])
        if module.params["apply"]:
            foresee = module.check_mode and file.is_changed
            standing = file.foreseen() if foresee else mhp.policy.Standing.read(where.files)
            result["errors"] = [results.fault(error) for error in standing.errors]
            if not result["errors"]:
                tell(result, *apply(module, where, standing))
    if result["errors"]:
        result.update(failed=True, msg="; ".join(
            "{file}:{line}: {message}".format(**error) for error in result["errors"]))
    return result


def main():
    """Deploys, applies, tells."""
    module = AnsibleModule(
        argument_spec=dict(
            name=dict(type="str", required=True),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            content=dict(type="str"),
            src=dict(type="path"),
            remote_src=dict(type="bool", default=False),
            path=dict(type="path", default="/etc/mhp/policy.d"),
            backup=dict(type="bool", default=False),
            apply=dict(type="bool", default=False),
            timeout=dict(type="float", default=60),
            **machine.ARGUMENTS,
        ),
        mutually_exclusive=[("content", "src")],
        required_if=[("state", "present", ("content", "src"), True)],
        add_file_common_args=True,
        supports_check_mode=True,
    )
    machine.run(module, deploy)


if __name__ == "__main__":
    main()

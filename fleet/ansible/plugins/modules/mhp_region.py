#!/usr/bin/python
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One region of memory: see DOCUMENTATION."""

DOCUMENTATION = r"""
module: mhp_region
short_description: Online, offline, plug or unplug a region of memory
description:
  - Brings all memory of one region, such as a CXL slice, a DAX device or a DIMM, to a state, with
    an explicit online type. What is written is planned first, read back afterwards, and put back
    upon failure.
  - Memory that is as wanted already is not touched, and no lock is taken then.
  - To have memory kept as wanted from now on use M(libmhp.mhp.mhp_policy).
author:
  - libmhp maintainers (!UNKNOWN)
version_added: 1.0.0
extends_documentation_fragment:
  - libmhp.mhp.machine
attributes:
  check_mode:
    description: The plan is made, and nothing is written. Conflicts fail as they would without.
    support: full
  diff_mode:
    description: The region's blocks before and after, and the steps of the plan.
    support: full
options:
  region:
    description:
      - The region, by its name such as C(dax0.0), or by its identity, which stays the same over
        reboots. M(libmhp.mhp.mhp_facts) and C(mhp show) tell both.
    type: str
    required: true
    aliases: [name]
  state:
    description:
      - C(online), every block is online, with I(type).
      - C(offline), the blocks are present and offline.
      - C(plugged), the memory is made System RAM, and every block comes online with I(type) and
        never, not for a moment, in another zone.
      - C(unplugged), no block is left.
    type: str
    choices: [online, offline, plugged, unplugged]
    required: true
  type:
    description:
      - How the memory is to be onlined. Has to be given to C(online) and C(plugged) of I(state).
      - C(online), the kernel chooses the zone; C(online_kernel), a kernel zone; C(online_movable),
        zone Movable; C(offline), it is there and stays offline; C(default), as the system onlines
        new memory at that moment.
    type: str
    choices: [online, online_kernel, online_movable, offline, default]
  borrow:
    description:
      - Whether settings of the whole system (C(auto_online_blocks), C(drivers_autoprobe)) may be
        set to something else while a device is plugged or unplugged, or onlined with
        I(per_block). They are put back, after a kill by the next user of libmhp.
    type: bool
    default: true
  rezone:
    description: Whether memory that is online in another zone may be taken offline first.
    type: bool
    default: false
  keep:
    description: Whether to keep what worked upon failure, instead of putting everything back.
    type: bool
    default: false
  per_block:
    description: Whether to online block by block where the whole device could be written at once.
    type: bool
    default: false
  kernel_zone:
    description: Whether memory that a host plugs and unplugs (virtio-mem) may go to a kernel zone.
    type: bool
    default: false
  release:
    description:
      - For C(unplugged) of a CXL region, whether to turn its decoders off, so that the hardware
        behind it is free for others. It cannot be undone.
    type: bool
    default: false
  driver:
    description: For C(unplugged), the driver that gets the device then.
    type: str
    choices: [device_dax]
  timeout:
    description:
      - Seconds for everything but putting back, waiting for other users of libmhp included; C(0)
        for as long as it takes.
    type: float
    default: 60
seealso:
  - module: libmhp.mhp.mhp_facts
  - module: libmhp.mhp.mhp_policy
"""

EXAMPLES = r"""
- name: Plug a slice of the pool, whatever its name is on this machine
  libmhp.mhp.mhp_region:
    region: cxl:0x1a2b00000001@0x0
    state: plugged
    type: online_movable

- name: Take a region offline, within ten seconds or not at all
  libmhp.mhp.mhp_region:
    region: dax0.0
    state: offline
    timeout: 10

- name: Give a device back to programs that map it
  libmhp.mhp.mhp_region:
    region: dax0.0
    state: unplugged
    driver: device_dax

- name: See on a recorded machine what a refusal looks like
  libmhp.mhp.mhp_region:
    region: dax0.0
    state: offline
    simulation: /tmp/machine.txt
    simulation_fail: ["36:offline:EBUSY"]
"""

RETURN = r"""
region:
  description: Name of the region.
  returned: if there is such a region
  type: str
  sample: dax0.0
identity:
  description: The name of it that stays the same over reboots; null if it has none.
  returned: if there is such a region
  type: str
  sample: cxl:0x1a2b00000001@0x0
outcome:
  description:
    - C(done), every block is as wanted; C(undone), it failed, and all is as it was; C(partial), it
      failed, and some is changed; C(refused), nothing was written; C(unknown), the state could not
      be read; C(planned), in check mode, there are steps.
  returned: if there is such a region
  type: str
  sample: done
reason:
  description: Why, as a word that libmhp(7) explains; of a failure that of the first one.
  returned: if there is such a region
  type: str
  sample: already
errno:
  description: The kernel's answer that the reason is about, a positive number; 0 if there is none.
  returned: if there is such a region
  type: int
  sample: 16
message:
  description: What happened, in a line.
  returned: if there is such a region
  type: str
hint:
  description: What can be done about a failure; null if there is nothing to say.
  returned: if there is such a region
  type: str
recovery:
  description:
    - Null, or what a user of libmhp that was killed had begun, and whether what it had borrowed
      could be put back.
  returned: if there is such a region
  type: dict
  contains:
    what:
      description: Who had begun what.
      type: str
    complete:
      description: Whether nothing is pending any more.
      type: bool
rules:
  description: Rules of the request, as the options of this module name them.
  returned: if there is such a region
  type: list
  elements: str
  sample: [borrow]
blocks:
  description: Memory blocks of the region, and what became of each.
  returned: if there is such a region
  type: list
  elements: dict
  contains:
    id:
      description: The N of memoryN.
      type: int
    before:
      description:
        - C(absent), C(offline), C(online_kernel), C(online_movable), or C(online) where no zone is
          known; also C(going-offline), C(unknown).
      type: str
    after:
      description: The same, as read back; in check mode as planned.
      type: str
    errno:
      description: The kernel's answer that the reason is about, a positive number, or 0.
      type: int
    reason:
      description: Why, as a word; null in check mode.
      type: str
  sample: [{id: 34, before: absent, after: online_movable, errno: 0, reason: done}]
steps:
  description: The plan.
  returned: if there is such a region
  type: list
  elements: dict
  contains:
    kind:
      description: What is written to, such as C(block), C(device), C(bind), C(borrow).
      type: str
    path:
      description: The file.
      type: str
    word:
      description: What is written.
      type: str
    undo:
      description: The first word that undoing it writes; null if it cannot be undone.
      type: str
plan:
  description: The plan as text.
  returned: if there is such a region
  type: str
conflicts:
  description: What stands against the plan. With any, nothing is written.
  returned: if there is such a region
  type: list
  elements: dict
  contains: &conflict
    code:
      description: A word that libmhp(7) explains.
      type: str
    message:
      description: What it is.
      type: str
    hint:
      description: What can be done about it, or null.
      type: str
    blocks:
      description: Numbers of the blocks that it is about.
      type: list
      elements: int
notes:
  description: What is to be known about the plan; warnings, too, if there is something to do.
  returned: if there is such a region
  type: list
  elements: dict
  contains: *conflict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.libmhp.mhp.plugins.module_utils import machine, results
from ansible_collections.libmhp.mhp.plugins.module_utils.machine import mhp

ARGUMENTS = dict(
    region=dict(type="str", required=True, aliases=["name"]),
    state=dict(type="str", required=True, choices=["online", "offline", "plugged", "unplugged"]),
    type=dict(type="str",
              choices=["online", "online_kernel", "online_movable", "offline", "default"]),
    borrow=dict(type="bool", default=True),
    rezone=dict(type="bool", default=False),
    keep=dict(type="bool", default=False),
    per_block=dict(type="bool", default=False),
    kernel_zone=dict(type="bool", default=False),
    release=dict(type="bool", default=False),
    driver=dict(type="str", choices=["device_dax"]),
    timeout=dict(type="float", default=60),
)


RULES = ("borrow", "rezone", "keep", "per_block", "kernel_zone", "release")


def request_of(parameters):
    """What the options ask for, as the binding has it."""
    rules = mhp.Rule(0)
    for name in RULES:
        if parameters[name]:
            rules |= mhp.Rule[name.upper()]
    kind = parameters["type"]
    return mhp.Request(
        region=parameters["region"],
        goal=mhp.Goal[parameters["state"].upper()],
        online_type=None if kind in (None, "default") else mhp.OnlineType.from_str(kind),
        default_type=kind == "default",
        rules=rules,
        driver=parameters["driver"],
    )


class Attempt:
    """The machine as it is, the plan, and what became of it."""

    def __init__(self, module, where):
        self.module = module
        self.where = where
        self.snapshot = where.context.snapshot(mhp.SnapshotFlag.FOR_PLANS)
        self.plan = self.snapshot.plan(request_of(module.params))
        self.region = self.snapshot.find_region(module.params["region"])
        self.is_to_do = bool(self.plan.steps) and not self.plan.conflicts
        self.blocks = results.planned_blocks(self.snapshot, self.region, self.plan)

    def warn(self):
        """What is to be known about what will be done."""
        for note in self.plan.warnings if self.plan.steps or self.plan.conflicts else ():
            self.module.warn(f"{results.text(self.region.name)}: {results.text(note.message)}")
        if not self.is_to_do:
            machine.warn_of_pending(self.module, self.snapshot)

    def outcome(self):
        """Applies the plan, unless there is nothing to do, or it is only asked for."""
        plan, told = self.plan, dict(errno=0, hint=None, recovery=None)
        name = results.text(self.region.name)
        if plan.is_met:
            return dict(told, outcome="done", reason="already",
                        message=f"{name} is as wanted")
        if not self.module.check_mode:
            report = self.where.context.apply(plan, timeout=machine.timeout(self.module))
            self.blocks = results.reported_blocks(report)
            return results.report(report)
        if self.is_to_do:
            return dict(told, outcome="planned", reason="not-tried",
                        message=f"{name}: {len(plan.steps)} steps")
        first = plan.conflicts[0]
        return dict(told, outcome="refused", reason="conflict",
                    message=results.text(first.message), hint=results.text(first.hint))


def change(module, where):
    """Plan; apply what there is to do; tell. What moved meanwhile is planned once more: also what
    a killed user of libmhp had borrowed, and the first attempt has put back."""
    attempt = Attempt(module, where)
    attempt.warn()
    told = attempt.outcome()
    if told["reason"] == "stale" and told["outcome"] in ("refused", "undone"):
        first = told["recovery"]
        attempt = Attempt(module, where)
        told = attempt.outcome()
        told["recovery"] = told["recovery"] or first
    return result_of(attempt, told)


def result_of(attempt, told):
    """All that is returned."""
    module, region, name = attempt.module, attempt.region, results.text(attempt.region.name)
    result = dict(
        changed=results.is_changed(told), region=name, identity=results.text(region.identity),
        rules=[name for name in RULES if module.params[name]],
        blocks=attempt.blocks, **results.plan(attempt.plan), **told)
    if told["outcome"] not in ("done", "planned"):
        result.update(failed=True,
                      msg=results.complaint(name, told["message"], told["hint"]))
    if module._diff:
        result["diff"] = results.difference(
            name, attempt.blocks, result["plan"] if attempt.plan.steps else None)
    return result


def main():
    """Plan; apply what there is to do; tell."""
    module = AnsibleModule(
        argument_spec={**ARGUMENTS, **machine.ARGUMENTS},
        required_if=[("state", "online", ["type"]), ("state", "plugged", ["type"])],
        supports_check_mode=True,
    )
    machine.run(module, change)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What memory a machine has: see DOCUMENTATION."""

DOCUMENTATION = r"""
module: mhp_facts
short_description: Tell regions, nodes and blocks of a machine's memory
description:
  - Looks at the memory of a machine and returns it as facts, C(ansible_facts.mhp). Nothing is
    written.
  - What could not be read is null, and C(problems) has the file.
author:
  - libmhp maintainers (!UNKNOWN)
version_added: 1.0.0
extends_documentation_fragment:
  - libmhp.mhp.machine
attributes:
  check_mode:
    description: Nothing is written, ever.
    support: full
  diff_mode:
    description: There is nothing to differ.
    support: none
  facts:
    description: Returns facts.
    support: full
options:
  blocks:
    description: Whether to tell of each memory block, too. There may be tens of thousands.
    type: bool
    default: false
  policy:
    description:
      - Whether to tell, too, what the standing policy, mhp-policy(5), has to do just now, and
        where it and the memory disagree.
    type: bool
    default: false
seealso:
  - module: libmhp.mhp.mhp_region
  - module: libmhp.mhp.mhp_policy
"""

EXAMPLES = r"""
- name: Look
  libmhp.mhp.mhp_facts:
    policy: true

- name: Name the machines whose memory is not as their policy wants it
  ansible.builtin.debug:
    msg: "{{ item.region }}: {{ item.drifts | map(attribute='message') | join('; ') }}"
  loop: "{{ ansible_facts.mhp.policy['items'] | selectattr('drifts') }}"

- name: All CXL regions of this machine to zone Movable
  libmhp.mhp.mhp_region:
    region: "{{ item.identity }}"
    state: plugged
    type: online_movable
  loop: "{{ ansible_facts.mhp.regions | selectattr('kind', 'eq', 'cxl') }}"
"""

RETURN = r"""
ansible_facts:
  description: Facts.
  returned: always
  type: complex
  contains:
    mhp:
      description: The machine's memory.
      type: dict
      contains:
        version:
          description: Version of libmhp on the host.
          type: str
          sample: 1.0.0
        block_size_bytes:
          description: Size of every memory block.
          type: int
          sample: 134217728
        default_online_type:
          description: How the system onlines new memory (auto_online_blocks); null if not known.
          type: str
          sample: offline
        nodes:
          description: NUMA nodes.
          type: list
          elements: dict
          contains:
            id:
              description: The M of nodeM.
              type: int
            kind:
              description: C(cpu) or C(cpu-less), else C(unknown).
              type: str
            tier:
              description: Memory tier, the lower the faster; null if it has none.
              type: int
            regions:
              description: Names of the regions that have memory there.
              type: list
              elements: str
        regions:
          description: Regions, sorted by kind and name.
          type: list
          elements: dict
          contains:
            name:
              description: The kernel's name.
              type: str
            identity:
              description: The name that stays the same over reboots, or null.
              type: str
            kind:
              description: C(dax), C(cxl), C(virtio-mem), C(dimm), C(boot) and others.
              type: str
            node:
              description: The node that the memory belongs to when it is System RAM, or null.
              type: int
            driver:
              description: Driver that is bound to the device, or null.
              type: str
            parent:
              description: Name of the region that it is made from, or null.
              type: str
            state:
              description: C(online), C(offline), C(absent), C(mixed) or C(unknown), by its blocks.
              type: str
            zone:
              description: Zone of its online blocks; C(mixed) if they differ; null without any.
              type: str
            size_bytes:
              description: Size of all of it.
              type: int
            online_bytes:
              description: What of it is online.
              type: int
            lost_bytes:
              description: What does not fill a block and can never be used.
              type: int
            blocks:
              description: Numbers of its blocks, whether they exist or not.
              type: str
              sample: 34-37
        blocks:
          description: Memory blocks. Only with I(blocks).
          type: list
          elements: dict
          contains:
            id:
              description: The N of memoryN.
              type: int
            state:
              description: C(offline), C(online), C(going-offline) or C(unknown).
              type: str
            zone:
              description: Zone that it is in, or null.
              type: str
            node:
              description: Its node, or null.
              type: int
            region:
              description: Name of the region that it belongs to, or null.
              type: str
        policy:
          description: The standing policy. Only with I(policy).
          type: dict
          contains:
            files:
              description: Files that it was read from.
              type: list
              elements: str
            errors:
              description: >-
                What is wrong in them, with file and line. With any nothing is done, and there are
                no items.
              type: list
              elements: dict
            items:
              description: What it has to do with each region, as of M(libmhp.mhp.mhp_policy).
              type: list
              elements: dict
        pending:
          description:
            - What a user of libmhp has begun and not ended, and whether C(running), or null. If
              not, the next one puts back what was borrowed.
          type: dict
        problems:
          description: Files that could not be read or understood, with errno.
          type: list
          elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.libmhp.mhp.plugins.module_utils import machine, results
from ansible_collections.libmhp.mhp.plugins.module_utils.machine import mhp
from ansible_collections.libmhp.mhp.plugins.module_utils.results import text


def region_of(region):
    """A region: what is not known is null."""
    zone = region.zone.word
    return dict(
        name=text(region.name),
        identity=text(region.identity),
        kind=region.kind.word,
        node=region.node_id,
        driver=text(region.driver),
        parent=text(region.parent_name),
        state=region.state.word,
        zone=None if zone == "unknown" else zone,
        size_bytes=region.size_bytes,
        online_bytes=region.online_bytes,
        lost_bytes=region.lost_bytes,
        blocks=",".join(results.run(run.first, run.count) for run in region.block_runs),
    )


def node_of(node):
    """A node."""
    return dict(id=node.id, kind=node.kind.word, tier=node.tier,
                regions=[text(region.name) for region in node.regions])


def blocks_of(snapshot):
    """Memory blocks."""
    owner = {block.id: text(region.name) for region in snapshot.regions for block in region.blocks}
    return [dict(id=block.id, state=block.state.word,
                 zone=None if block.zone.word == "unknown" else block.zone.word,
                 node=block.node_id, region=owner.get(block.id)) for block in snapshot.blocks]


def pending_of(snapshot):
    """What somebody has begun and not ended."""
    pending = machine.pending_of(snapshot)
    return pending and dict(what=text(pending.what), running=pending.is_running)


def policy_of(where, snapshot):
    """The standing policy, and what it has to do."""
    standing = mhp.policy.Standing.read(where.files)
    items = [] if standing.errors else standing.agenda(snapshot).items
    return dict(
        files=[text(file.path) for file in standing.files],
        errors=[results.fault(each) for each in standing.errors],
        items=[results.item(each) for each in items],
    )


def look(module, where):
    """All facts."""
    flags = mhp.SnapshotFlag.IDENTITY | mhp.SnapshotFlag.TOPOLOGY
    if module.params["policy"]:
        flags |= mhp.SnapshotFlag.FOR_PLANS
    snapshot = where.context.snapshot(flags)
    default = snapshot.policy.default_online_type
    facts = dict(
        version=mhp.version(),
        block_size_bytes=snapshot.block_size_bytes,
        default_online_type=default and default.word,
        nodes=[node_of(node) for node in snapshot.nodes],
        regions=[region_of(region) for region in snapshot.regions],
        pending=pending_of(snapshot),
        problems=[results.problem(each) for each in snapshot.problems],
    )
    if module.params["blocks"]:
        facts["blocks"] = blocks_of(snapshot)
    if module.params["policy"]:
        facts["policy"] = policy_of(where, snapshot)
    return dict(changed=False, ansible_facts=dict(mhp=facts))


def main():
    """Looks, and tells."""
    module = AnsibleModule(
        argument_spec=dict(
            blocks=dict(type="bool", default=False),
            policy=dict(type="bool", default=False),
            **machine.ARGUMENTS,
        ),
        supports_check_mode=True,
    )
    machine.run(module, look)


if __name__ == "__main__":
    main()

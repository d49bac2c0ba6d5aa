# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ten lines of the README, on hosts with different kernels and devices."""
import re
import textwrap

from fleet import TESTS, shared

MACHINES = ("7.3-cxl-region-unbound", "7.3-cxl-regions-unbound", "7.3-hmem-ranges-unplugged",
            "6.12-hmem-unbound", "6.1-hmem-unbound", "6.12-hmem-ranges-unbound")
REGION = TESTS / "playbooks/region.yml"


class Context:
    """Hosts, and the lines."""

    def __init__(self, work, binding):
        self.fleet = shared(work, work / "collections", binding)
        self.hosts = [self.fleet.add(machine) for machine in MACHINES]
        self.names = {host.name for host in self.hosts}
        self.lines = work / "pool.yml"
        self.text, self.options = read_me()
        self.lines.write_text(self.text)

    def play(self, options):
        """The command of the README, with the hosts of this test."""
        return self.fleet.play(self.lines, *options, hosts=self.hosts)


def read_me():
    """The playbook that stands in the README, and the options of its commands."""
    text = (TESTS.parent / "README.md").read_text()
    playbook = re.search(r"```yaml\n(- hosts: memory\n.*?)```", text, flags=re.S).group(1)
    commands = re.findall(r"^    ansible-playbook -i hosts pool.yml (.*)$", text, flags=re.M)
    return playbook, [command.split() for command in commands]


def prepare(work, binding):
    return Context(work, binding)


def all_of(context, count):
    """What all hosts have this number of."""
    return {name: count for name in context.names}


def test_ten_lines_are_ten(context):
    top = (TESTS.parent.parent.parent / "README.md").read_text()
    assert "- hosts: memory" not in top or context.text.strip() in textwrap.dedent(top)
    assert len(context.text.splitlines()) == 10, context.text
    assert len(context.options) == 2 and "--check" in context.options[0], context.options


def test_ten_lines_checked_first(context):
    before = [host.digest() for host in context.hosts]
    done = context.play(context.options[0])
    assert done.code == 0, done.text
    assert done.counts("changed") == all_of(context, 1), done.text
    assert [host.digest() for host in context.hosts] == before, done.text
    for host in context.hosts:
        result = done.of(host, "libmhp.mhp.policy : Deploy the policy")
        assert result["outcome"] == "planned", result


def test_ten_lines(context):
    done = context.play(context.options[1])
    assert done.code == 0, done.text
    assert done.counts("failed") == all_of(context, 0), done.text
    assert done.counts("changed") == all_of(context, 1), done.text
    for host in context.hosts:
        result = done.of(host, "libmhp.mhp.policy : Deploy the policy")
        assert result["outcome"] == "done", result
        for item in result["items"]:
            if item["rule"]:
                assert {block["after"] for block in item["blocks"]} == {"online_movable"}, item
        policy = (host.etc / "mhp/policy.d/50-pool.conf").read_text()
        assert policy.startswith("[pool]\n") and policy.endswith("elsewhere = rezone\n"), policy
        regions = [region for region in host.list().values() if region["kind"] in ("dax", "cxl")]
        assert regions, host.list()
        for region in regions:
            assert (region["state"], region["zone"]) == ("online", "Movable"), region


def test_second_run_changes_nothing(context):
    before = [host.digest() for host in context.hosts]
    done = context.play(context.options[1])
    assert done.code == 0, done.text
    assert done.counts("changed") == all_of(context, 0), done.text
    assert [host.digest() for host in context.hosts] == before, done.text


def test_region_is_plugged_already(context):
    done = context.fleet.play(REGION, hosts=context.hosts, region=dict(
        region="dax0.0", state="plugged", type="online_movable"))
    assert done.code == 0, done.text
    assert done.counts("changed") == all_of(context, 0), done.text
    for host in context.hosts:
        result = done.of(host)
        assert (result["outcome"], result["reason"], result["steps"]) == ("done", "already", [])


def test_region_unplugged_and_plugged(context):
    """Each once: the second time nothing is left to do."""
    wishes = (dict(state="unplugged", driver="device_dax"),
              dict(state="plugged", type="online_movable"))
    for wish in wishes:
        for changed in (1, 0):
            done = context.fleet.play(REGION, hosts=context.hosts,
                                      region=dict(region="dax0.0", **wish))
            assert done.code == 0, done.text
            assert done.counts("changed") == all_of(context, changed), (wish, done.text)
            for host in context.hosts:
                result = done.of(host)
                after = "absent" if wish["state"] == "unplugged" else "online_movable"
                assert {block["after"] for block in result["blocks"]} == {after}, result


def test_facts(context):
    done = context.fleet.play(TESTS / "playbooks/facts.yml", hosts=context.hosts)
    assert done.code == 0, done.text
    assert done.counts("changed") == all_of(context, 0), done.text
    for host in context.hosts:
        facts = done.of(host)["ansible_facts"]["mhp"]
        listed = host.list()
        assert [region["name"] for region in facts["regions"]] == list(listed), facts
        for region in facts["regions"]:
            told = listed[region["name"]]
            for key in ("state", "zone", "kind", "node", "driver", "identity", "size_bytes",
                        "online_bytes", "lost_bytes", "parent"):
                assert region[key] == told[key], (key, region, told)
        items = {item["region"]: item for item in facts["policy"]["items"]}
        assert items["dax0.0"]["rule"]["name"] == "pool", items
        assert items["dax0.0"]["state"] == "met" and not items["dax0.0"]["drifts"], items
        assert facts["blocks"] and facts["block_size_bytes"] > 0, facts


def test_ten_lines_below_another_root(context):
    """The host's own policy is left alone."""
    host = context.hosts[0]
    root, own = host.folder / "elsewhere", host.etc / "mhp/policy.d/50-pool.conf"
    root.mkdir()
    own.unlink()
    done = context.fleet.play(context.lines, hosts=[host], mhp_root=str(root))
    assert done.code == 0 and done.of(host, "libmhp.mhp.policy : Deploy the policy")["changed"]
    assert (root / "etc/mhp/policy.d/50-pool.conf").is_file() and not own.exists(), done.text

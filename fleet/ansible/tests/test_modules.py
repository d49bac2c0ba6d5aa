# SPDX-License-Identifier: LGPL-2.1-or-later
"""What modules can do beside that: diff, identities, files."""
import os
import subprocess

from fleet import DATA, TESTS, shared
from tree import make_tree

REGION = TESTS / "playbooks/region.yml"
POLICY = TESTS / "playbooks/policy.yml"
FACTS = TESTS / "playbooks/facts.yml"
GOLDEN = TESTS / "golden"
RULES = "[pool]\nkind = dax\ntype = online_movable\n"


class Context:
    """One host is enough."""

    def __init__(self, work, binding):
        self.fleet = shared(work, work / "collections", binding)
        self.host = self.fleet.add("7.3-cxl-region-unbound")
        self.pool = self.fleet.add("7.3-cxl-many")
        self.agent = self.fleet.add("7.3-cxl-region-unbound")
        self.folder = self.host.etc / "mhp/policy.d"

    def play(self, playbook, *options, **variables):
        """Runs it on the host; it has to work."""
        done = self.fleet.play(playbook, *options, hosts=[self.host], **variables)
        assert done.code == 0, done.text
        return done

    def policy(self, *options, **policy):
        """The module's result."""
        return self.play(POLICY, *options, policy=policy).of(self.host)


def prepare(work, binding):
    return Context(work, binding)


def shown(done):
    """What a run shows of differences."""
    lines = done.text.split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith("---"))
    last = next(i for i, line in enumerate(lines) if i > first and line.startswith("changed:"))
    return "\n".join(lines[first:last]).strip() + "\n"


def golden(name, text):
    """Compares to a file; with GOLDEN=1 in the environment it is written anew."""
    path = GOLDEN / name
    if os.environ.get("GOLDEN"):
        path.write_text(text)
    assert text == path.read_text(), f"{path}:\n{text}"


def test_diff_of_a_region(context):
    """Foreseen in check mode, and seen when it is done: the same."""
    for options in (("--check", "--diff"), ("--diff",)):
        done = context.play(REGION, *options, region=dict(
            region="dax0.0", state="plugged", type="online_movable"))
        golden("plug.diff", shown(done))


def test_diff_of_a_policy(context):
    context.play(REGION, region=dict(region="dax0.0", state="unplugged", driver="device_dax"))
    for options in (("--check", "--diff"), ("--diff",)):
        done = context.play(POLICY, *options, policy=dict(content=RULES, apply=True))
        golden("policy.diff", shown(done))


def test_identity(context):
    """A CXL region by the serial numbers of the devices behind it."""
    host = context.pool
    identity = host.list()["region0"]["identity"]
    assert identity.startswith("cxl:0x"), identity
    for changed in (True, False):
        done = context.fleet.play(REGION, hosts=[host], region=dict(
            region=identity, state="online", type="online_movable"))
        result = done.of(host)
        assert done.code == 0 and result["changed"] is changed, done.text
        assert (result["region"], result["identity"]) == ("region0", identity), result
        assert {block["after"] for block in result["blocks"]} == {"online_movable"}, result
    region = host.list()["region0"]
    assert (region["state"], region["zone"]) == ("online", "Movable"), region


def test_default_type(context):
    """The machine's own word at that moment."""
    context.host.machine.write_text(context.host.machine.read_text().replace(
        "/auto_online_blocks: offline", "/auto_online_blocks: online_movable"))
    context.play(REGION, region=dict(region="dax0.0", state="offline"))
    result = context.play(REGION, region=dict(
        region="dax0.0", state="online", type="default")).of(context.host)
    assert {block["after"] for block in result["blocks"]} == {"online_movable"}, result


def test_warnings_of_a_plan(context):
    """What others add while a setting is borrowed: only where it is."""
    context.play(REGION, region=dict(region="dax0.0", state="unplugged", driver="device_dax"))
    context.host.machine.write_text(context.host.machine.read_text().replace(
        "/auto_online_blocks: online_movable", "/auto_online_blocks: offline"))
    for expected in (["others"], []):
        result = context.play(REGION, region=dict(
            region="dax0.0", state="plugged", type="online_movable")).of(context.host)
        assert [note["code"] for note in result["notes"]] == expected, result
        simulated, *warnings = result["warnings"]
        assert "of this host's memory nothing" in simulated, result
        assert [note["message"] for note in result["notes"]] == [
            warning.partition(": ")[2] for warning in warnings], result


def test_policy_backup(context):
    result = context.policy(name="50-pool.conf", backup=True,
                            content=RULES + "elsewhere = rezone\n")
    assert result["changed"] and result["backup_file"].endswith("~"), result
    kept = context.folder / os.path.basename(result["backup_file"])
    assert kept.read_text() == RULES, kept
    kept.unlink()


def test_policy_mode(context):
    path = context.folder / "50-pool.conf"
    assert path.stat().st_mode & 0o7777 == 0o644, oct(path.stat().st_mode)
    for changed in (True, False):
        result = context.policy(content=path.read_text(), mode="0600")
        assert result["changed"] is changed, result
    assert path.stat().st_mode & 0o7777 == 0o600, oct(path.stat().st_mode)
    result = context.policy(content=RULES)
    assert path.stat().st_mode & 0o7777 == 0o600, "a mode that nobody asked for stays"


def test_policy_of_a_file_beside_the_playbook(context):
    files = TESTS / "playbooks/files"
    for changed in (True, False):
        result = context.policy(name="60-spare", src="spare.conf")
        assert result["changed"] is changed, result
    assert (context.folder / "60-spare.conf").read_text() == (files / "spare.conf").read_text()


def test_policy_of_an_image(context):
    """Below another root, of a file that is on the host; a link does not lead out of it."""
    image, source = context.host.folder / "image", context.host.folder / "on-host.conf"
    image.mkdir()
    source.write_text(RULES)
    for changed in (True, False):
        done = context.play(POLICY, mhp_root=str(image), mhp_simulation=None,
                            policy=dict(src=str(source), remote_src=True,
                                        path="/usr/lib/mhp/policy.d"))
        assert done.of(context.host)["changed"] is changed, done.text
    assert (image / "usr/lib/mhp/policy.d/50-pool.conf").read_text() == RULES
    (image / "etc").symlink_to(context.host.etc)
    done = context.fleet.play(POLICY, hosts=[context.host], mhp_root=str(image),
                              mhp_simulation=None, policy=dict(content=RULES))
    assert done.code != 0 and "outside of" in done.of(context.host)["msg"], done.text


def test_policy_of_an_image_reads_nothing_of_the_host(context):
    """What a link in an image says is below the image, also where the host has such a file."""
    image, secret = context.host.folder / "links", context.host.folder / "secret.conf"
    folder = image / "etc/mhp/policy.d"
    folder.mkdir(parents=True)
    secret.write_text("# the host's\n")
    for name, target in (("50-pool.conf", secret), ("60-rest.conf", secret),
                         ("70-mask.conf", "/dev/null")):
        (folder / name).symlink_to(target)
    done = context.play(POLICY, "--check", "--diff", mhp_root=str(image),
                        policy=dict(content=RULES, apply=True))
    assert done.of(context.host)["items"] and "the host's" not in done.text, done.text
    below = image / str(secret)[1:]
    below.parent.mkdir(parents=True)
    below.write_text("# the image's\n")
    done = context.play(POLICY, "--diff", mhp_root=str(image),
                        policy=dict(content=RULES, backup=True))
    assert "-# the image's" in done.text and "the host's" not in done.text, done.text
    assert (folder / "50-pool.conf").read_text() == RULES and below.read_text() != RULES
    assert not (folder / "50-pool.conf").is_symlink(), done.text


def test_options_that_make_no_sense(context):
    """Each is told by its name."""
    for words, playbook, variables in (
            ("BLOCK:VERB:ERRNO", REGION, dict(mhp_simulation_fail=["36:online:EWHAT"])),
            ("BLOCK:VERB:ERRNO", REGION, dict(mhp_simulation_fail=["36:online:errorcode"])),
            ("BLOCK:VERB:ERRNO", REGION, dict(mhp_simulation_fail=["-1:online:EBUSY"])),
            ("for a simulation only", REGION, dict(mhp_simulation=None,
                                                   mhp_simulation_fail=["36:online:EBUSY"])),
            ("less than nothing", REGION, dict(region=dict(
                region="dax0.0", state="plugged", type="online_movable", timeout=-1))),
            ("state is online but", REGION, dict(region=dict(region="dax0.0", state="online"))),
            ("would not be read", POLICY, dict(policy=dict(name=".hidden", content=RULES))),
            ("mutually exclusive", POLICY, dict(policy=dict(content=RULES, src="spare.conf"))),
            ("any of the following are missing: content, src", POLICY, dict(policy={}))):
        variables.setdefault("region", dict(region="dax0.0", state="offline"))
        done = context.fleet.play(playbook, hosts=[context.host], **variables)
        assert done.code != 0 and words in done.of(context.host)["msg"], (words, done.text)


def test_policy_in_place_of_a_mask(context):
    """A link to /dev/null turns off what a package brings."""
    path = context.folder / "70-mask.conf"
    path.symlink_to("/dev/null")
    result = context.policy(name="70-mask", content=RULES)
    assert result["changed"] and path.read_text() == RULES and not path.is_symlink(), result
    assert path.stat().st_mode & 0o7777 == 0o644, oct(path.stat().st_mode)


def test_policy_absent(context):
    """What is left decides: here nothing does any more."""
    for name in ("50-pool", "60-spare", "70-mask"):
        for options, changed in ((("--check",), True), ((), True), ((), False)):
            result = context.policy(*options, name=name, state="absent", apply=True)
            assert result["changed"] is changed, (name, options, result)
    states = {item["region"]: item["state"] for item in result["items"]}
    assert states["dax0.0"] == "no-rule", states
    assert not list(context.folder.iterdir()), list(context.folder.iterdir())


def test_policy_hidden_by_another(context):
    """Check mode foresees what the file will come to among the others."""
    below = context.host.etc.parent / "etc/mhp/policy.d"
    below.mkdir(parents=True, exist_ok=True)
    (below / "10-first.conf").write_text("[first]\nkind = dax\ntype = leave-alone\n")
    for options in (("--check",), ()):
        result = context.policy(*options, name="50-pool", content=RULES, apply=True)
        item = [item for item in result["items"] if item["region"] == "dax0.0"][0]
        assert (item["rule"]["name"], item["state"]) == ("first", "left-alone"), item


def test_recovery(context):
    """Somebody was killed while a setting was borrowed."""
    context.play(POLICY, policy=dict(name="10-first", state="absent"))
    context.play(POLICY, policy=dict(name="50-pool", state="absent"))
    context.play(REGION, region=dict(region="dax0.0", state="unplugged", driver="device_dax"))
    subprocess.run([os.environ["MHP"], "plug", "dax0.0", "--type", "online_movable", "--sim",
                    context.host.machine, "--sim-save", context.host.machine, "--sim-kill", "6"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    facts = context.play(FACTS).of(context.host)["ansible_facts"]["mhp"]
    assert not facts["pending"]["running"], facts["pending"]
    assert facts["pending"]["what"].endswith("plug dax0.0 as online_movable"), facts["pending"]
    result = context.play(REGION, region=dict(region="dax0.0", state="unplugged")).of(context.host)
    assert not result["changed"] and "recovery pending" in result["warnings"][1], result
    result = context.play(REGION, region=dict(
        region="dax0.0", state="plugged", type="online_movable")).of(context.host)
    assert result["changed"], result
    facts = context.play(FACTS).of(context.host)["ansible_facts"]["mhp"]
    assert facts["pending"] is None, facts["pending"]


def test_recovery_by_a_policy_is_a_change(context):
    """Also where the region itself is put back."""
    machine = context.host.machine.read_text()
    context.play(REGION, region=dict(region="dax0.0", state="unplugged", driver="device_dax"))
    subprocess.run([os.environ["MHP"], "plug", "dax0.0", "--type", "online_movable", "--sim",
                    context.host.machine, "--sim-save", context.host.machine, "--sim-kill", "6"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    context.play(POLICY, policy=dict(name="50-pool", content=RULES))
    done = context.fleet.play(POLICY, hosts=[context.host], policy=dict(
        name="50-pool", content=RULES, apply=True), mhp_simulation_fail=["36:online:ENOMEM"])
    result = done.of(context.host)
    item = [item for item in result["items"] if item["region"] == "dax0.0"][0]
    assert item["outcome"] == "undone" and item["recovery"]["complete"], item
    assert result["changed"], result
    context.play(POLICY, policy=dict(name="50-pool", state="absent"))
    context.host.machine.write_text(machine)


def test_facts_of_a_policy_with_an_error(context):
    """It is told, and no reason not to tell the rest."""
    (context.folder / "90-wrong.conf").write_text("[wrong]\ntype = sideways\n")
    facts = context.play(FACTS).of(context.host)["ansible_facts"]["mhp"]
    (context.folder / "90-wrong.conf").unlink()
    assert [error["line"] for error in facts["policy"]["errors"]] == [2], facts["policy"]
    assert facts["policy"]["items"] == [] and facts["regions"], facts


def test_names_that_are_no_utf8(context):
    """They become visible, wherever they stand."""
    tree = make_tree(DATA / "machines/7.3-cxl-region-unbound.txt", context.host.folder / "tree")
    device = next((tree / "sys/devices").rglob("dax_region0/dax0.0"))
    os.symlink(b"../../bus/dax/drivers/gr\xfcn", os.fsencode(device / "driver"))
    done = context.play(FACTS, mhp_root=str(tree), mhp_simulation=None)
    facts = done.of(context.host)["ansible_facts"]["mhp"]
    drivers = [region["driver"] for region in facts["regions"] if region["name"] == "dax0.0"]
    assert drivers == ["gr\\xfcn"], facts["regions"]


def test_agent_reads_the_policy(context):
    """The role tells systemd, where that runs; that there is no agent is no failure."""
    host = context.agent
    told = host.folder / "systemctl.log"
    host.path_program("systemctl", f'echo "$@" >>{told}; exit 5')
    lines = context.fleet.work / "role.yml"
    lines.write_text("""\
- hosts: memory
  roles:
    - role: libmhp.mhp.policy
      mhp_policy_apply: false
      mhp_policy_content: "# nothing yet\\n"
""")
    for changed in (1, 0):
        done = context.fleet.play(lines, hosts=[host], mhp_simulation=None)
        assert done.code == 0 and done.counts("changed") == {host.name: changed}, done.text
    assert (host.etc / "mhp/policy.d/50-fleet.conf").read_text() == "# nothing yet\n"
    assert told.read_text() == "try-reload-or-restart mhp-agent.service\n", told.read_text()


def test_agent_reads_a_policy_that_memory_refuses(context):
    """The file is in place: the agent has to know it, and no later run finds it changed."""
    host = context.agent
    told = host.folder / "systemctl.log"
    told.unlink()
    lines = context.fleet.work / "role.yml"
    lines.write_text("""\
- hosts: memory
  roles:
    - role: libmhp.mhp.policy
      mhp_policy_content: "# nothing still\\n"
""")
    for changed in (True, False):
        done = context.fleet.play(lines, hosts=[host], mhp_simulation=None)
        assert done.counts("failed") == {host.name: 1}, done.text
        result = done.of(host, "libmhp.mhp.policy : Deploy the policy")
        assert (result["changed"], result["errno"]) == (changed, 19), result
        assert result["path"] == "/etc/mhp/policy.d/50-fleet.conf", result
    assert told.read_text() == "try-reload-or-restart mhp-agent.service\n", told.read_text()

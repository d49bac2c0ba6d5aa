# SPDX-License-Identifier: LGPL-2.1-or-later
"""A host that fails says what and why, and the others are done."""
from fleet import TESTS, shared
from test_run import read_me

REGION = TESTS / "playbooks/region.yml"
POLICY = TESTS / "playbooks/policy.yml"
ROLE = "libmhp.mhp.policy : Deploy the policy"


class Context:
    """Hosts, of which some are not as they should be."""

    def __init__(self, work, binding):
        self.fleet = shared(work, work / "collections", binding)
        add = self.fleet.add
        self.good = [add("7.3-cxl-region-unbound"), add("6.12-hmem-unbound")]
        self.refusing = add("7.3-cxl-region-unbound")
        self.fleet.variables[self.refusing.name]["mhp_simulation_fail"] = ["36:online:ENOMEM"]
        self.unreadable = add("7.3-cxl-region-unbound")
        self.unreadable.machine.write_text("this is no machine\n")
        self.bare = add("7.3-cxl-region-unbound", binding=False)
        self.fleet.variables["away"] = {"ansible_host": "10.88.0.250",
                                        "ansible_ssh_timeout": 3}
        self.hosts = [*self.good, self.refusing, self.unreadable, self.bare]
        self.lines = work / "failing.yml"
        self.lines.write_text(read_me()[0])


def prepare(work, binding):
    return Context(work, binding)


def test_ten_lines_where_some_fail(context):
    """Each that fails, fails by itself: the others are done, and its own memory is put back."""
    before = context.refusing.list()
    done = context.fleet.play(context.lines, hosts=[*context.hosts, "away"])
    assert done.code != 0, done.text
    recap = done.recap()
    for host in context.good:
        assert (recap[host.name]["failed"], recap[host.name]["changed"]) == (0, 1), done.text
        assert host.list()["dax0.0"]["zone"] == "Movable", host.list()
    for host in (context.refusing, context.unreadable, context.bare):
        assert recap[host.name]["failed"] == 1, done.text
    assert recap["away"]["unreachable"] == 1, done.text
    result = done.of(context.refusing, ROLE)
    item = {item["region"]: item for item in result["items"]}["dax0.0"]
    assert (item["outcome"], item["reason"]) == ("undone", "no-memory"), item
    assert item["message"] in result["msg"] and "memory36" in result["msg"], result["msg"]
    reasons = {block["id"]: (block["reason"], block["errno"]) for block in item["blocks"]}
    assert reasons[36] == ("no-memory", 12), reasons
    assert context.refusing.list() == before, (context.refusing.list(), before)
    # Its policy is in place all the same: that is what changed.
    assert result["changed"] and recap[context.refusing.name]["changed"] == 0, done.text
    assert context.unreadable.machine.name in done.of(context.unreadable, ROLE)["msg"], done.text


def test_host_without_the_binding_says_what_to_install(context):
    for playbook, task in ((context.lines, ROLE), (REGION, "region")):
        done = context.fleet.play(playbook, hosts=[context.bare], region=dict(
            region="dax0.0", state="offline"))
        assert done.code != 0, done.text
        message = done.of(context.bare, task)["msg"]
        assert message.startswith("No module named 'mhp': "), message
        assert "(mhp)" in message and "python3-mhp" in message, message


def test_away_host_is_unreachable(context):
    done = context.fleet.play(REGION, hosts=["away"], region=dict(
        region="dax0.0", state="offline"))
    assert done.code != 0 and done.recap()["away"]["unreachable"] == 1, done.text


def test_undone_is_not_changed(context):
    host = context.refusing
    before = host.digest()
    done = context.fleet.play(REGION, hosts=[host], region=dict(
        region="dax0.0", state="plugged", type="online_movable"))
    result = done.of(host)
    assert done.code != 0 and not result["changed"], result
    assert (result["outcome"], result["reason"], result["errno"]) == ("undone", "no-memory", 12)
    assert {block["after"] for block in result["blocks"]} == {"absent"}, result
    assert result["steps"] and result["message"] in result["msg"], result
    assert host.digest() == before


def test_partial_is_changed_and_failed(context):
    host = context.good[0]
    context.fleet.variables[host.name]["mhp_simulation_fail"] = ["36:offline:EBUSY"]
    done = context.fleet.play(REGION, hosts=[host], region=dict(
        region="dax0.0", state="offline", keep=True))
    del context.fleet.variables[host.name]["mhp_simulation_fail"]
    result = done.of(host)
    assert done.code != 0 and result["changed"], result
    assert (result["outcome"], result["reason"], result["errno"]) == ("partial", "busy", 16)
    after = {block["id"]: (block["after"], block["reason"]) for block in result["blocks"]}
    assert after[36] == ("online_movable", "busy"), after
    assert after[37] == ("offline", "done"), after
    assert host.list()["dax0.0"]["state"] == "mixed", host.list()


def test_conflict_is_refused(context):
    """The same with and without check mode: nothing is written."""
    host = context.good[1]
    before = host.digest()
    for options in (("--check",), ()):
        done = context.fleet.play(REGION, *options, hosts=[host], region=dict(
            region="dax0.0", state="online", type="online_kernel"))
        result = done.of(host)
        assert done.code != 0 and not result["changed"], result
        assert (result["outcome"], result["reason"]) == ("refused", "conflict"), result
        assert [each["code"] for each in result["conflicts"]] == ["wrong-zone"], result
        assert result["hint"] and result["hint"] in result["msg"], result
    assert host.digest() == before


def test_no_such_region(context):
    host = context.good[1]
    done = context.fleet.play(REGION, hosts=[host], region=dict(region="dax7.0", state="offline"))
    result = done.of(host)
    assert done.code != 0 and result["errno"] == 2 and "dax7.0" in result["msg"], result


def test_no_hotplug(context):
    """Without a simulation it is the host itself, which has no /sys in this test."""
    host = context.good[1]
    done = context.fleet.play(REGION, hosts=[host], mhp_simulation="",
                              region=dict(region="dax0.0", state="offline"))
    result = done.of(host)
    assert done.code != 0 and result["errno"] == 19, result


def test_policy_with_an_error_is_not_put_in_place(context):
    host = context.good[1]
    before = host.digest()
    wrong = "[pool]\nkind = dax\ntype = online_movable\n\n[more]\ntype = sideways\n"
    for options in (("--check",), ()):
        done = context.fleet.play(POLICY, *options, hosts=[host], policy=dict(
            name="50-pool", content=wrong, apply=True))
        result = done.of(host)
        assert done.code != 0 and not result["changed"], result
        assert [(each["file"], each["line"]) for each in result["errors"]] == [
            ("50-pool.conf", 6)], result
        assert "50-pool.conf:6: " in result["msg"] and "items" not in result, result
    assert host.digest() == before


def test_blocked_by_its_policy(context):
    """Memory that is online elsewhere, and may not be moved."""
    host = context.good[1]
    machine = host.machine.read_text()
    done = context.fleet.play(POLICY, hosts=[host], policy=dict(
        name="40-kernel", content="[kernel]\nkind = dax\ntype = online_kernel\n", apply=True))
    result = done.of(host)
    assert done.code != 0 and result["outcome"] == "refused", result
    item = [item for item in result["items"] if item["region"] == "dax0.0"][0]
    assert item["state"] == "blocked" and item["way_out"] in result["msg"], result
    assert item["drifts"][0]["kind"] == "zone", item
    assert host.machine.read_text() == machine

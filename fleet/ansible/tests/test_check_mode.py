# SPDX-License-Identifier: LGPL-2.1-or-later
"""Check mode writes nothing: all system calls of the module on a host are looked at."""
import re
import shutil

from count_writes import TRACED, writes
from fleet import DATA, TESTS, digest, shared
from tree import make_tree

REGION = TESTS / "playbooks/region.yml"
POLICY = TESTS / "playbooks/policy.yml"
FACTS = TESTS / "playbooks/facts.yml"
MACHINE = "7.3-cxl-region-unbound"
RULES = "[pool]\nkind = dax\ntype = online_movable\n"


class Context:
    """One host, where python runs under strace."""

    def __init__(self, work, binding):
        self.fleet = shared(work, work / "collections", binding)
        self.host = self.fleet.add(MACHINE)
        self.tree = make_tree(DATA / f"machines/{MACHINE}.txt", self.host.folder / "tree")
        self.traces = self.host.folder / "traces"
        self.traces.mkdir()
        python = self.host.folder / "python"
        python.write_text("#!/bin/sh\n"
                          f"exec strace -f -y -s 1000 -e trace={TRACED} -o {self.traces}/$$ "
                          '/usr/bin/python3 "$@"\n')
        python.chmod(0o755)
        self.fleet.variables[self.host.name]["ansible_python_interpreter"] = str(python)

    def play(self, playbook, *options, simulated=True, **variables):
        """Runs it; the calls that wrote are added to the result."""
        if not simulated:
            variables.update(mhp_simulation="", mhp_root=str(self.tree))
        for path in self.traces.iterdir():
            path.unlink()
        done = self.fleet.play(playbook, *options, hosts=[self.host], **variables)
        trace = "".join(path.read_text() for path in self.traces.iterdir())
        looked_at = self.host.machine if simulated else "auto_online_blocks"
        assert re.search(rf'openat.*{re.escape(str(looked_at))}".*O_RDONLY', trace), trace[:2000]
        done.writes = writes(trace)
        return done

    def digest(self):
        """Of all that a module could have changed."""
        return *self.host.digest(), digest(self.tree)

    def writes_nothing(self, playbook, changed, **variables):
        """In check mode; and there is something to do, if so."""
        shutil.copy(DATA / f"machines/{MACHINE}.txt", self.host.machine)
        before = self.digest()
        done = self.play(playbook, "--check", **variables)
        assert done.code == 0, done.text
        assert done.counts("changed") == {self.host.name: changed}, done.text
        assert not done.writes, "\n".join(done.writes)
        assert self.digest() == before


def prepare(work, binding):
    return Context(work, binding)


COUNTED = """\
openat(AT_FDCWD</root>, "/etc/x", O_WRONLY|O_CREAT|O_CLOEXEC, 0666) = 3</etc/x>
7 openat(4</etc>, "x", O_RDWR <unfinished ...>
openat(AT_FDCWD</run/modules>, "../x", O_WRONLY) = -1 EACCES (Permission denied)
write(3</etc/x>, "/run/modules", 12) = 12
write(3, "a", 1) = -1 EBADF (Bad file descriptor)
write(3</home/pipe:x>, "a", 1) = 1
rename("/run/modules/x", "/etc/x") = 0
renameat2(5</run/modules>, "x", 4</etc>, "x", 0) = 0
unlinkat(4</etc>, "x", 0) = 0
copy_file_range(3</run/modules/x>, NULL, 4</etc/x>, NULL, 9, 0) = 9
mkdir("/srv/run/modules", 0777) = 0
flock(3</run/lock/libmhp>, LOCK_EX) = 0
bind(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0
init_module(0x1, 2, "") = 0
"""
NOT_COUNTED = """\
openat(AT_FDCWD</root>, "/etc/x", O_RDONLY|O_CLOEXEC) = 3</etc/x>
openat(AT_FDCWD</root>, "/run/modules/x", O_WRONLY|O_CREAT) = 3</run/modules/x>
7 <... openat resumed>) = 3</etc/x>
write(1<pipe:[77]>, "/etc/x", 6) = 6
write(1<socket:[77]>, "/etc/x", 6) = 6
sendfile(3</run/modules/x>, 4</etc/x>, NULL, 9) = 9
unlinkat(4</run/modules>, "x", 0) = 0
openat(AT_FDCWD</root>, "/dev/null", O_RDWR) = 3</dev/null>
7 +++ exited with 0 +++
"""


def test_what_is_counted(context):
    del context
    assert writes(COUNTED) == COUNTED.splitlines(), "\n".join(writes(COUNTED))
    assert not writes(NOT_COUNTED), "\n".join(writes(NOT_COUNTED))


PLUG = dict(region="dax0.0", state="plugged", type="online_movable")
DEPLOY = dict(content=RULES, apply=True)


def test_region_simulated(context):
    context.writes_nothing(REGION, 1, region=PLUG)


def test_region_in_a_tree(context):
    context.writes_nothing(REGION, 1, region=PLUG, simulated=False)


def test_policy_simulated(context):
    context.writes_nothing(POLICY, 1, policy=DEPLOY)


def test_policy_in_a_tree(context):
    context.writes_nothing(POLICY, 1, policy=DEPLOY, simulated=False)


def test_facts_write_nothing_ever(context):
    before = context.digest()
    for simulated in (True, False):
        done = context.play(FACTS, simulated=simulated)
        assert done.code == 0, done.text
        assert not done.writes, "\n".join(done.writes)
    assert context.digest() == before


def test_writes_are_seen_in_a_tree(context):
    """The counter counts: without check mode the lock and the first write are there."""
    done = context.play(REGION, simulated=False, region=PLUG)
    text = "\n".join(done.writes)
    assert "run/libmhp" in text, text
    assert "auto_online_blocks" in text, text


def test_writes_are_seen(context):
    for playbook, variables, path in ((POLICY, dict(policy=DEPLOY), "/etc/mhp/policy.d"),
                                      (REGION, dict(region=dict(PLUG, state="offline")),
                                       str(context.host.folder))):
        done = context.play(playbook, **variables)
        assert done.code == 0, done.text
        assert done.counts("changed") == {context.host.name: 1}, done.text
        assert [line for line in done.writes if path in line], "\n".join(done.writes)


def test_nothing_to_do_writes_nothing(context):
    """Also without check mode: no lock is taken."""
    for playbook, variables in ((POLICY, dict(policy=dict(content=RULES))),
                                (REGION, dict(region=dict(region="dax0.0", state="offline")))):
        before = context.digest()
        done = context.play(playbook, **variables)
        assert done.code == 0, done.text
        assert done.counts("changed") == {context.host.name: 0}, done.text
        assert not done.writes, "\n".join(done.writes)
        assert context.digest() == before

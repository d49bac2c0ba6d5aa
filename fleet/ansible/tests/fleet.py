# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hosts for real ansible: a network namespace each, with a real sshd.

To be used in namespaces of one's own (see ../check): the end of their first process ends all
that is begun here, and nothing of it is seen outside.
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading

TESTS = pathlib.Path(__file__).resolve().parent
DATA = pathlib.Path(os.environ["TEST_DATA"])
NETWORK = "10.88.0."


def run(*command, **options):
    """Runs a command that has to work; its output is returned."""
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


class Host:
    """A host that sshd runs on. What modules find there is the binding, unless without."""

    def __init__(self, fleet, number, binding):
        self.name = f"m{number}"
        self.address = f"{NETWORK}{10 + number}"
        self.folder = fleet.work / self.name
        self.machine = self.folder / "machine.txt"
        self.etc = self.folder / "etc"
        shutil.copytree("/etc", self.etc, symlinks=True,
                        ignore=lambda path, names: {"mhp"} if path == "/etc" else set())
        (self.folder / "home").mkdir()
        self._give_root_a_home()
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / "host_key")
        self._configure(fleet, binding)
        self._start(fleet, number)

    def _give_root_a_home(self):
        """Nothing is written to that of this machine; and root has no password that is locked."""
        for name, pattern, line in (
                ("passwd", r"^root:.*", f"root:x:0:0:root:{self.folder}/home:/bin/sh"),
                ("shadow", r"^root:.*", "root:*:19000:0:99999:7:::")):
            path = self.etc / name
            path.write_text(re.sub(pattern, line, path.read_text(), flags=re.M))

    def _configure(self, fleet, binding):
        lines = [
            f"ListenAddress {self.address}",
            f"HostKey {self.folder}/host_key",
            f"AuthorizedKeysFile {fleet.key}.pub",
            "StrictModes no", "UsePAM no", "UseDNS no", "PasswordAuthentication no",
            "PermitRootLogin prohibit-password", "PidFile none", "MaxStartups 50",
            "Subsystem sftp internal-sftp",
        ]
        environment = {"TMPDIR": "/run/modules", "PYTHONDONTWRITEBYTECODE": "1",
                       "PATH": f"{self.folder}/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
        if binding:
            environment.update(PYTHONPATH=binding, LD_LIBRARY_PATH=os.environ["LD_LIBRARY_PATH"])
        lines.append("SetEnv " + " ".join(f"{key}={value}" for key, value in environment.items()))
        (self.folder / "sshd_config").write_text("\n".join(lines) + "\n")

    def _start(self, fleet, number):
        self.process = subprocess.Popen(
            ["unshare", "--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child",
             "--mount-proc", TESTS / "host", self.name, self.address, self.folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._await("ready")
        run("ip", "link", "add", f"veth{number}", "type", "veth",
            "peer", "name", "eth0", "netns", str(self.process.pid))
        run("ip", "link", "set", f"veth{number}", "master", "br0", "up")
        self.process.stdin.write("go\n")
        self.process.stdin.close()
        self._await("Server listening")
        log = open(fleet.work / f"{self.name}.log", "w")
        threading.Thread(target=shutil.copyfileobj, args=(self.process.stdout, log),
                         daemon=True).start()

    def _await(self, words):
        """Reads what the host says until it says this: nothing here looks at a clock."""
        said = ""
        for line in self.process.stdout:
            said += line
            if words in line:
                return
        raise RuntimeError(f"{self.name} ended:\n{said}")

    def path_program(self, name, script):
        """Puts a program in front of the host's own."""
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def list(self):
        """The simulated machine's memory, as the program mhp tells it."""
        text = run(os.environ["MHP"], "list", "--json", "--sim", self.machine)
        return {region["name"]: region for region in json.loads(text)["regions"]}

    def digest(self):
        """Of all that a module could have changed: the machine, and /etc."""
        return digest(self.etc), digest(self.machine)


def digest(path):
    """Of a file, or of a folder: names, kinds, modes, and what is in them."""
    path = pathlib.Path(path)
    found = hashlib.sha256()
    for each in [path, *sorted(path.rglob("*"))]:
        found.update(f"{each} {os.lstat(each).st_mode:o}\0".encode())
        if each.is_symlink():
            found.update(os.readlink(each).encode())
        elif each.is_file():
            found.update(each.read_bytes())
    return found.hexdigest()


class Run:
    """What a run of ansible-playbook came to."""

    def __init__(self, code, text, record):
        self.code = code
        self.text = text
        self.results = [json.loads(line) for line in record.read_text().splitlines()]

    def recap(self):
        """Of each host what the last lines say: {"m1": {"ok": 2, "changed": 1, ...}}"""
        found = {}
        for name, counts in re.findall(r"^(\S+) +: (ok=.*)$", self.text, flags=re.M):
            found[name] = {key: int(n) for key, n in re.findall(r"(\w+)=(\d+)", counts)}
        return found

    def counts(self, what):
        """Of each host one of these numbers: {"m1": 2, ...}"""
        return {name: counts[what] for name, counts in self.recap().items()}

    def of(self, host, task=None):
        """The last result of a host, or that of a task by its name."""
        host = getattr(host, "name", host)
        for each in reversed(self.results):
            if each["host"] == host and task in (None, each["task"]):
                return each["result"]
        raise AssertionError(f"no result of {host}, {task}:\n{self.text}")


class Fleet:
    """A bridge, hosts on it, and ansible that knows them."""

    def __init__(self, work, collections, binding):
        self.work = work
        self.collections = collections
        self.binding = binding
        self.hosts = {}
        self.key = work / "key"
        self.variables = {}
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "br0", "type", "bridge")
        run("ip", "address", "add", f"{NETWORK}1/24", "dev", "br0")
        run("ip", "link", "set", "br0", "up")
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key)
        (work / "ansible.cfg").write_text(f"""\
[defaults]
collections_path = {collections}
callback_plugins = {TESTS}/callback
callbacks_enabled = record
forks = 8
gathering = explicit
host_key_checking = false
timeout = 60
nocows = true
[ssh_connection]
pipelining = true
control_path_dir = /run/control
ssh_args = -F none -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=/dev/null
[diff]
context = 3
""")

    def add(self, machine=None, binding=True):
        """Adds a host; machine is the capture that its simulated machine begins as."""
        host = Host(self, len(self.hosts) + 1, self.binding if binding else None)
        self.hosts[host.name] = host
        self.variables[host.name] = {"ansible_host": host.address}
        if machine:
            shutil.copy(DATA / f"machines/{machine}.txt", host.machine)
            self.variables[host.name]["mhp_simulation"] = str(host.machine)
        return host

    def environment(self):
        """Of ansible, as if installed by somebody who has configured nothing."""
        return {
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8",
            "HOME": str(self.work / "home"), "ANSIBLE_HOME": str(self.work / "home"),
            "ANSIBLE_CONFIG": str(self.work / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1",
            "RECORD": str(self.work / "record"), "PYTHONDONTWRITEBYTECODE": "1"}

    def play(self, playbook, *options, hosts, **variables):
        """Runs a playbook on hosts; variables are told to it."""
        names = [getattr(host, "name", host) for host in hosts]
        inventory = self.work / "inventory.json"
        inventory.write_text(json.dumps({"memory": {
            "hosts": {name: self.variables[name] for name in names},
            "vars": {"ansible_user": "root", "ansible_python_interpreter": "/usr/bin/python3",
                     "ansible_ssh_private_key_file": str(self.key)}}}))
        record = self.work / "record"
        record.write_text("")
        done = subprocess.run(
            ["ansible-playbook", "-i", inventory, playbook, "-e", json.dumps(variables), *options],
            env=self.environment(), cwd=self.work, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        with open(self.work / "ansible.log", "a") as log:
            log.write(f"\n==== {playbook} {options} {variables}\n{done.stdout}")
        return Run(done.returncode, done.stdout, record)


_fleet = []


def shared(work, collections, binding):
    """The one fleet of all tests: a host costs a tenth of a second."""
    if not _fleet:
        _fleet.append(Fleet(work, collections, binding))
    return _fleet[0]

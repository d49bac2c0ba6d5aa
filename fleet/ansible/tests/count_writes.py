# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts, in what strace told, the system calls that change something, or may."""
import os
import re

# Nothing else can change a file without one that opens it for writing.
NAMED = ("truncate mkdir mkdirat rmdir mknod mknodat unlink unlinkat rename renameat "
         "renameat2 link linkat symlink symlinkat bind open_by_handle_at "
         "chmod fchmodat fchmodat2 chown lchown fchownat utime utimes utimensat futimesat "
         "setxattr lsetxattr removexattr lremovexattr mount umount2 move_mount pivot_root "
         "init_module finit_module delete_module io_uring_setup kexec_load kexec_file_load "
         "reboot sethostname swapon swapoff").split()
OPENED = ("write pwrite64 writev pwritev pwritev2 sendfile copy_file_range splice ftruncate "
          "fallocate fchmod fchown fsetxattr fremovexattr flock").split()
OPENS = ("open", "openat", "openat2", "creat")
TRACED = ",".join(f"?{name}" for name in (*NAMED, *OPENED, *OPENS))  # where there is such
FOR_WRITING = re.compile(r"O_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)")
# Where ansible unpacks a module, and the way to it: nothing of the machine's.
HARMLESS = re.compile(r"/run/modules(/.*)?$|/dev/(null|tty|pts/\d+)$|(pipe|socket|anon_inode):")


def paths(name, arguments):
    """What a system call is about: of one with a file that is open that one, else what it names,
    which is below a folder that is open if it is relative."""
    opened = re.findall(r"(?:\d|FDCWD)<([^>]*)>", arguments)
    if name in OPENED:  # sendfile() has where it writes to first, those that copy last
        return opened[-1:] if name in ("copy_file_range", "splice") else opened[:1]
    named = re.findall(r'(?:(?:\d|FDCWD)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"', arguments)
    if name in OPENS:
        named = named[:1]
    return [os.path.normpath(os.path.join("/", folder, path)) for folder, path in named] or opened


def writes(trace):
    """The lines of those that changed something, or would have if they had not failed."""
    found = []
    for line in trace.splitlines():
        match = re.match(r"(?:\d+ +)?(\w+)\((.*)", line)
        if not match:
            continue  # how a process ended, or the rest of a call that another one came between
        name, arguments = match.groups()
        if name in OPENS and name != "creat" and not FOR_WRITING.search(arguments):
            continue
        about = paths(name, arguments)  # what that is cannot be seen of all
        if not about or not all(HARMLESS.match(path) for path in about):
            found.append(line)
    return found

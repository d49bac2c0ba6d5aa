# SPDX-License-Identifier: LGPL-2.1-or-later
"""What all modules say of the machine that they are about."""


class ModuleDocFragment:
    """Options and requirements of all modules: see plugins/module_utils/machine.py."""

    DOCUMENTATION = r"""
requirements:
  - "the Python binding C(mhp) of libmhp (Debian: C(python3-mhp)) on the host"
options:
  root:
    description:
      - Directory that stands for C(/), such as that of an image. Nothing outside of it is
        opened; also absolute symbolic links are resolved below it.
      - The default is the host itself.
    type: path
  simulation:
    description:
      - For tests and dry runs. A file on the host with a recorded machine, as C(mhp capture)
        makes one. The host's own memory is neither looked at nor changed. What the module does
        is done to a machine that is simulated from the file, and then kept in that file, so
        that the next task finds it as this one has left it.
      - A warning tells of it each time. A policy's file is that of the host (or of I(root)).
      - In check mode the file stays as it is.
    type: path
  simulation_fail:
    description:
      - For tests, with I(simulation). What the simulated machine is to refuse, each as
        C(BLOCK:VERB:ERRNO), such as C(36:online:EBUSY). VERB is C(online) or C(offline).
    type: list
    elements: str
    default: []
notes:
  - Changing memory needs root; see C(become).
"""

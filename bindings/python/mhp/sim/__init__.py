# SPDX-License-Identifier: LGPL-2.1-or-later
"""Simulated machines, to test programs that use mhp without root and without such hardware."""

from .machine import Machine as Machine, MachineFlag as MachineFlag

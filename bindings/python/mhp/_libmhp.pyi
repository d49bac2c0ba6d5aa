# SPDX-License-Identifier: LGPL-2.1-or-later
# Made by cffi of the installed headers; what comes from here gets its type where it is converted.
from typing import Any

ffi: Any
lib: Any

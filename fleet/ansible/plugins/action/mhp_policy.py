# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the file that src names where the playbook runs; all else is the module's."""
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.text.converters import to_text
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """A policy is short: it travels as the module's content."""

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        del tmp
        arguments = dict(self._task.args)
        source = arguments.get("src")
        if source and not boolean(arguments.get("remote_src", False), strict=False):
            if arguments.get("content") is not None:
                raise AnsibleActionFail("src and content are mutually exclusive")
            arguments["content"] = self._read(source)
            del arguments["src"]
        result.update(self._execute_module(module_args=arguments, task_vars=task_vars))
        return result

    def _read(self, source):
        try:
            path = self._loader.get_real_file(self._find_needle("files", source))
            with open(path, "rb") as file:
                return to_text(file.read(), errors="surrogate_or_strict")
        except (AnsibleError, OSError, UnicodeError) as error:
            raise AnsibleActionFail(f"src: {error}") from error

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes each result as a line of JSON, for the test to look at."""
import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: notification
short_description: writes each result as a line of JSON
description: For the tests of this collection.
"""


class CallbackModule(CallbackBase):
    """Told of each result by ansible."""
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def _record(self, result, status):
        line = {"host": result._host.get_name(), "task": result._task.get_name(),
                "status": status, "result": result._result}
        with open(os.environ["RECORD"], "a") as record:
            record.write(json.dumps(line) + "\n")

    def v2_runner_on_ok(self, result):
        self._record(result, "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._record(result, "failed")

    def v2_runner_on_unreachable(self, result):
        self._record(result, "unreachable")

    def v2_runner_on_skipped(self, result):
        self._record(result, "skipped")

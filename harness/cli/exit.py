"""Exit codes of the command."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes. They have the meaning that they have in pytest.

    An engine that cannot be used gives FAILED, because that is the mistake of its author. A file or folder
    that cannot be written gives USAGE, because that is the mistake of the person who typed the command. So
    does a machine that can run no engine, for example because it permits no more processes.
    """

    PASSED = 0
    FAILED = 1
    INTERRUPTED = 2
    INTERNAL = 3
    USAGE = 4
    NOTHING = 5

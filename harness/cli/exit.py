"""Exit codes of the command."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """pytest's exit codes.

    FAILED is also what an engine gives that cannot be used: that is its author's mistake. USAGE is the
    mistake of whoever typed the command, a place that cannot be written to included.
    """

    PASSED = 0
    FAILED = 1
    INTERRUPTED = 2
    INTERNAL = 3
    USAGE = 4
    NOTHING = 5

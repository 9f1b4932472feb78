"""Syntax that a newer Python has, and the running one does not: the reason of a SyntaxError, in words.

- `advice`: the Python that is needed, and how to name it.
"""

from __future__ import annotations

import re
import sys

# The first release with a piece of syntax, the words of the error of an older Python (empty for any), and
# the line that has it: https://docs.python.org/3/whatsnew/.
_SINCE = (
    ((3, 12), "f-string: ", re.compile(r"")),
    ((3, 12), "", re.compile(r"(?:async\s+)?(?:class|def)\s+\w+\s*\[")),
    ((3, 12), "", re.compile(r"type\s+\w+\s*(?:\[.*\]\s*)?=")),
    ((3, 14), "", re.compile(r".*?\bt[rR]?['\"]")),
)


def advice(problem: BaseException, line: str) -> str:
    """Return the end of a sentence about a SyntaxError at a line: which Python it needs; "" if none is known.

    `line` is the source without its indentation.
    """
    said = str(getattr(problem, "msg", ""))
    for release, words, form in _SINCE:
        if release > sys.version_info[:2] and said.startswith(words) and form.match(line):
            newer, own = (".".join(map(str, each)) for each in (release, sys.version_info[:2]))
            return (
                f"; this may be syntax of Python {newer}, and {own} runs here: name a newer interpreter with "
                "--python PATH"
            )
    return ""

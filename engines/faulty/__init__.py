"""Negative controls: the scalar and the NumPy engine with exactly one known mistake each.

`MISTAKES` holds them all. A mistake is one entry in the file of its theme; see `change.py` for what an
entry can change.
"""

from harness.selftest import Mistake

from . import accumulation, derivatives, traversal

MISTAKES: list[Mistake] = [
    mistake
    for theme in (derivatives, accumulation, traversal)
    for mistake in theme.MISTAKES
]

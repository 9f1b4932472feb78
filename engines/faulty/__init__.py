"""Negative controls: the scalar and the NumPy engine with exactly one known mistake each.

`MISTAKES` holds them all. A mistake is one entry in the file of its theme. `change.py` has the changes that
an entry can make. `WALKS` are no mistakes: an engine may walk the graph in these orders, too.
"""

from gradconform.harness.diagnose.mistake import Mistake

from . import (
    accumulation,
    activations,
    arithmetic,
    arrays,
    broadcasting,
    conventions,
    derivatives,
    each_array_op,
    each_op,
    folding,
    lifecycle,
    looks,
    memory,
    operands,
    precision,
    products,
    ranges,
    shapes,
    slips,
    state,
    ties,
    traversal,
    unfinished,
)

_THEMES = (
    arithmetic,
    derivatives,
    activations,
    operands,
    accumulation,
    traversal,
    lifecycle,
    broadcasting,
    products,
    arrays,
    folding,
    unfinished,
    conventions,
    ties,
    memory,
    looks,
    state,
    shapes,
    ranges,
    precision,
    each_op,
    each_array_op,
    slips,
)
WALKS = traversal.WALKS
MISTAKES: list[Mistake] = [mistake for theme in _THEMES for mistake in theme.MISTAKES]

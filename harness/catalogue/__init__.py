"""Where programs come from: cases, their inputs, and torch's own samples.

- `case`, and the recipes of inputs (`normal`, `positive`, ...): for those who write cases.
- `case`, `recipes`: declaring cases and drawing their inputs. `selection`: from globs and tags to cases.
- `tolerance`: the bound for an answer. `reference`: torch's answers.
- `opinfo`: the samples of torch's own test suite as cases.
"""

from harness.catalogue.case import case
from harness.catalogue.recipes import (
    away_from_zero,
    constant,
    integers,
    literal,
    mask,
    normal,
    positive,
    uniform,
)

__all__ = [
    "away_from_zero",
    "case",
    "constant",
    "integers",
    "literal",
    "mask",
    "normal",
    "positive",
    "uniform",
]

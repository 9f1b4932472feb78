"""Where programs come from: cases, their inputs, torch's own samples, and torch's answers.

- `case`, `recipes`: what those who write cases import. `declare`: from a function to its cases.
- `collection`: cases by id. `case_lists`: ready sets and a person's own lists. `needs`: the ops of a case.
- `selection`: from globs, tags, lists and ops to cases.
- `opinfo`, `opinfo_sample`: the samples of torch's own test suite as cases.
- `tolerance`: the bound for an answer. `reference`: torch's answers; `torch_here`, `torch_process`,
  `torch_oracle`, `reference_cache`: from this process, from another one, and from earlier runs.
  `frozen_torch`: answers in the place of torch. `answer_json`: an answer as JSON.
"""

from .collection import case
from .recipes import (
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

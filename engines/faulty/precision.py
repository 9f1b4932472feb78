"""Lost digits: functions that are computed in float32, and small gradients that become 0.

torch.testing.assert_close allows 1e-7 in float64, which hides all of them.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from ..numpy_ import backward
from .change import forward, setting

_wrong = partial(Mistake, theme="precision", engine="numpy", kind=Kind.DTYPE)


def _in_single_precision(right: Any, x: Any, *given: Any, **options: Any) -> Any:
    return right(x.to(np.float32), *given, **options).to(x.dtype)


def _without_small_numbers(leaf: Any, gradient: Any) -> None:
    kept = np.where(np.abs(gradient) < 1e-7, np.zeros_like(gradient), gradient)
    leaf.grad = kept if leaf.grad is None else leaf.grad + kept


MISTAKES = [
    *(
        _wrong(
            f"{op}-in-float32",
            f"float32 has enough digits for {op}.",
            forward(op, _in_single_precision),
            (op,),
        )
        for op in ("sigmoid", "exp", "softmax", "sum")
    ),
    _wrong(
        "small-gradients-vanish",
        "A gradient below 1e-7 may be set to 0.",
        setting(backward, accumulate=_without_small_numbers),
        among=("unary", "arithmetic"),
    ),
]

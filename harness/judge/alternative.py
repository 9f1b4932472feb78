"""Answers that differ from torch's and are right too, where the case says that torch's is one of several.

- `acceptable`: True when an answer is such a choice. `subgradient` tells which gradients are legal at a kink.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from ..catalogue.case import Instance
from ..catalogue.tolerance import Tolerance
from ..program import Read
from ..program.arrays import WEAK, Array
from ..program.transcript import Reading, Transcript
from . import subgradient
from .compare import judge

if TYPE_CHECKING:
    from ..catalogue.reference import Reference


def acceptable(
    instance: Instance,
    index: int,
    expected: Transcript,
    actual: Transcript,
    reference: Reference,
    tolerance: Tolerance,
) -> bool:
    """True when an answer that differs from torch's is a choice that an implementation may make.

    Where torch's own answer is questionable, every gradient of the right shape and dtype is accepted: the
    engine may be right. So is every number where torch's value is NaN or an infinity. The difference is still
    reported.
    """
    want, got = expected.readings[index], actual.readings[index]
    read = instance.program.reads[index]
    questionable = instance.case.convention == "questionable"
    if not isinstance(got, Array) or not _fits(instance, read, want, got):
        return False
    if read.what == "value":
        return (
            questionable and isinstance(want, Array) and _agrees_where_finite(want, got, tolerance)
        )
    if read.what != "grad":
        return False
    if questionable:
        return True
    if want is None:
        # For torch, "no gradient" and "a gradient of zero" are two answers; in mathematics they are one.
        return not any(got.data)
    return isinstance(want, Array) and subgradient.legal(instance, index, got, reference.ask)


def _agrees_where_finite(want: Array, got: Array, tolerance: Tolerance) -> bool:
    """True when a value agrees with torch's, apart from elements where torch's is NaN or an infinity."""
    pairs = zip(want.data, got.data, strict=True)
    finite = tuple(g if math.isfinite(w) else w for w, g in pairs)
    return not judge("value", want, replace(got, data=finite), tolerance).reason


def _fits(instance: Instance, read: Read, want: Reading, got: Array) -> bool:
    """True when an answer has the shape and the dtype of torch's, or of its leaf where torch has none."""
    inputs = {ref: instance.inputs[name] for name, ref in instance.program.inputs.items()}
    like = want if isinstance(want, Array) else inputs.get(read.of)
    if like is None:
        return got.size > 0 and got.dtype in (instance.dtype, WEAK)
    return got.shape == like.shape and got.dtype in (like.dtype, WEAK)

"""`einsum`, reduced to a product in which each label of an operand occurs in another operand or the result.

First, a label that occurs twice in an operand becomes a diagonal, and one that occurs nowhere else is summed.
The product that is left has a simple rule: the gradient of an operand is the einsum of the output's gradient
and the other operands, and the labels of its result are the operand's.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from .dtypes import result_type
from .matrices import diagonal
from .movement import expand, movedim, to
from .primitive import primitive
from .reductions import sum

__all__ = ["einsum"]


def einsum(equation: str, *operands: Any) -> Any:
    """Sum products by labels, as in 'bij,bjk->bik'; '...' stands for dims that broadcast.

    Without '->' the result has the labels that occur once, in alphabetical order.
    """
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    inputs, output = _labels(equation.replace(" ", ""), [x.ndim for x in operands])
    sizes = _sizes(equation, inputs, operands)
    parts = list(operands)
    for i, labels in enumerate(inputs):
        parts[i], inputs[i] = _without_repeats(parts[i], labels)
    for i, labels in enumerate(inputs):
        elsewhere = set(output).union(*inputs[:i], *inputs[i + 1 :])
        alone = tuple([d for d, label in enumerate(labels) if label not in elsewhere])
        if alone:
            parts[i] = sum(parts[i], alone)
            inputs[i] = "".join([label for label in labels if label in elsewhere])
        parts[i] = expand(parts[i], tuple([sizes[label] for label in inputs[i]]))
    dtype = result_type([np.empty(x.shape, x.dtype) for x in parts])
    return _ops[len(parts)](*[to(x, dtype) for x in parts], inputs=tuple(inputs), output=output)


def _sizes(equation: str, inputs: Sequence[str], operands: Sequence[Any]) -> dict[str, int]:
    """The size of each label. RuntimeError when two sizes of a label do not broadcast."""
    sizes: dict[str, int] = {}
    for labels, x in zip(inputs, operands, strict=True):
        for label, n in zip(labels, x.shape, strict=True):
            if sizes.setdefault(label, n) != n and 1 not in (sizes[label], n):
                raise RuntimeError(f"einsum {equation}: '{label}' is {sizes[label]} and {n}")
            sizes[label] = max(sizes[label], n) if n else 0
    return sizes


def _labels(equation: str, ranks: list[int]) -> tuple[list[str], str]:
    """The labels of every operand and of the result. Capital letters replace '...'."""
    left, arrow, output = equation.partition("->")
    inputs = left.split(",")
    if len(inputs) != len(ranks):
        raise RuntimeError(f"einsum {equation}: {len(inputs)} operands named, {len(ranks)} given")
    free = [c for c in reversed(string.ascii_letters) if c not in equation]
    lengths = [rank - len(s.replace("...", "")) for s, rank in zip(inputs, ranks, strict=True)]
    for labels, length, rank in zip(inputs, lengths, ranks, strict=True):
        if length < 0 or (length and "..." not in labels):
            raise RuntimeError(f"einsum {equation}: '{labels}' does not fit {rank} dims")
    dots = "".join(free[: max(lengths, default=0)])
    inputs = [s.replace("...", dots[len(dots) - n :]) for s, n in zip(inputs, lengths, strict=True)]
    if not arrow:
        once = sorted(c for c in set(left) - set(",.") if left.count(c) == 1)
        return inputs, dots + "".join(once)
    output = output.replace("...", dots)
    if len(set(output)) != len(output) or not set(output) <= set("".join(inputs)):
        raise RuntimeError(f"einsum {equation}: a label of the result is repeated or unknown")
    return inputs, output


def _without_repeats(x: Any, labels: str) -> tuple[Any, str]:
    """Take the diagonal of x over labels that occur twice. It becomes the last dim."""
    for label in dict.fromkeys(labels):
        while labels.count(label) > 1:
            first, second = labels.index(label), labels.rindex(label)
            x = movedim(diagonal(x, 0, first, second), -1, first)
            labels = labels[:second] + labels[second + 1 :]
    return x, labels


def _np_einsum(*arrays: Any, inputs: tuple[str, ...], output: str) -> Any:
    return np.einsum(f"{','.join(inputs)}->{output}", *arrays, optimize=True)


def _rule(i: int) -> Any:
    def rule(g: Any, y: Any, *arrays: Any, inputs: tuple[str, ...], output: str) -> Any:
        others = [x for j, x in enumerate(arrays) if j != i]
        labels = [s for j, s in enumerate(inputs) if j != i]
        return einsum(f"{','.join([output, *labels])}->{inputs[i]}", g, *others)

    return rule


class _ByCount(dict[int, Any]):
    """The ops by number of operands; each is made when it is first needed."""

    def __missing__(self, n: int) -> Any:
        self[n] = primitive("einsum", _np_einsum, *[_rule(i) for i in range(n)])
        return self[n]


_ops = _ByCount()

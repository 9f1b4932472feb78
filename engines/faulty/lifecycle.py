"""Gradients and graphs that live too long or too short: several backwards, zero_grad and no_grad."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from .. import numpy_, scalar
from ..numpy_ import backward, graph
from ..numpy_.tensor import Tensor
from ..scalar import Value
from .change import setting, tensor, together, value
from .traversal import AMONG, fresh, values_walked

_wrong = partial(
    Mistake, theme="lifecycle", level="torch", kind=Kind.LIFECYCLE, among=(*AMONG, "lecture")
)
_wrong_numpy = partial(_wrong, engine="numpy", among=AMONG)
_backward = Tensor.backward


def _leaves(nodes: list[Value]) -> Iterator[Value]:
    return (parent for node in nodes for parent in node.parents if not parent.op)


def _leaves_cleared(root: Value, nodes: list[Value], gradient: float) -> None:
    for leaf in _leaves(nodes):
        leaf.grad = 0.0
    fresh(root, nodes, gradient)


def _kept(root: Value, nodes: list[Value], gradient: float) -> None:
    root.grad = gradient


def _added_to_the_root(root: Value, nodes: list[Value], gradient: float) -> None:
    before = root.grad
    fresh(root, nodes, gradient)
    root.grad = before + gradient


class _Recording(numpy_.no_grad):  # type: ignore[misc] # its types are not checked
    recording = True


class _Leaking(numpy_.no_grad):  # type: ignore[misc] # its types are not checked
    def __exit__(self, *raised: Any) -> None:
        if raised == (None, None, None):
            super().__exit__(*raised)


@contextmanager
def _without_finally() -> Iterator[None]:
    before, scalar._recording = scalar._recording, False
    yield
    scalar._recording = before


MISTAKES = [
    _wrong(
        "leaves-cleared",
        "Each backward must first set the gradients of the leaves to 0.",
        values_walked(start=_leaves_cleared),
    ),
    _wrong(
        "intermediates-kept",
        "The gradients of inner nodes need not be cleared between two backwards.",
        values_walked(start=_kept),
    ),
    _wrong(
        "root-seeded-by-adding",
        "At the start of backward, `self.grad += 1` is the same as `self.grad = 1`.",
        values_walked(start=_added_to_the_root),
    ),
    _wrong(
        "zero-grad-does-nothing",
        "zero_grad has nothing to do, because the next backward overwrites the gradients.",
        value(zero_grad=lambda self: None),
    ),
    _wrong(
        "no-grad-records",
        "Operations inside no_grad are recorded like all others.",
        setting(scalar, no_grad=_Recording),
    ),
    _wrong(
        "no-grad-without-finally",
        "The lines after `yield` run even when the block raises an exception.",
        together(setting(scalar, _recording=True), setting(scalar, no_grad=_without_finally)),
        among=("lifecycle",),
    ),
    _wrong_numpy(
        "array-no-grad-leaks",
        "no_grad need not end when its block raises an exception.",
        together(setting(graph.mode, recording=True), setting(numpy_, no_grad=_Leaking)),
        among=("lifecycle",),
    ),
    _wrong_numpy(
        "array-zero-grad-does-nothing",
        "zero_grad has nothing to do, because the next backward overwrites the gradients.",
        tensor(zero_grad=lambda self: None),
    ),
    _wrong_numpy(
        "array-no-grad-records",
        "Operations inside no_grad are recorded like all others.",
        setting(numpy_, no_grad=_Recording),
    ),
    _wrong_numpy(
        "array-leaves-assigned",
        "Each backward replaces the gradients of the leaves.",
        setting(backward, accumulate=lambda leaf, gradient: setattr(leaf, "grad", gradient)),
    ),
    _wrong_numpy(
        "graph-never-freed",
        "backward may run twice on one graph without retain_graph=True.",
        tensor(
            backward=lambda self, gradient=None, retain_graph=False, **how: _backward(
                self, gradient, True, **how
            )
        ),
    ),
]

"""Changes in place that are not noticed, and gradients that are written, freed or made in a wrong way."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from ..numpy_ import adapter, backward, inplace
from ..numpy_.tensor import Tensor
from .change import setting, tensor

_wrong = partial(
    Mistake,
    theme="memory",
    engine="numpy",
    level="torch",
    kind=Kind.LIFECYCLE,
    among=("inplace", "lifecycle", "error"),
)
_backward, _grad = Tensor.backward, backward.grad


def _another_array(leaf: Tensor, gradient: Any) -> None:
    leaf.grad = gradient if leaf.grad is None else leaf.grad + gradient


def _with_a_graph(output: Any, inputs: Any, seed: Any, create_graph: bool, **options: bool) -> Any:
    return _grad(output, inputs, seed, create_graph=True, **options)


def _unused_as_zero(output: Any, inputs: Any, seed: Any, **options: bool) -> Any:
    found = _grad(output, inputs, seed, **{**options, "allow_unused": True})
    return [x.detach() * 0 if g is None else g for x, g in zip(inputs, found, strict=True)]


MISTAKES = [
    _wrong(
        "changes-unnoticed",
        "The values that were saved for backward never change in place.",
        setting(inplace, overwritten=lambda array: None),
    ),
    _wrong(
        "leaves-changed-in-place",
        "A leaf that requires grad may be changed in place at any time.",
        setting(inplace, _refuse_recording=lambda name, target, value: None),
    ),
    _wrong(
        "inputs-ignored",
        "backward(inputs=...) may give every leaf its gradient.",
        tensor(
            backward=lambda self, gradient=None, retain_graph=False, inputs=None: _backward(
                self, gradient, retain_graph
            )
        ),
    ),
    _wrong(
        "gradient-in-a-new-array",
        "Each backward makes a new array for the gradient of a leaf.",
        setting(backward, accumulate=_another_array),
    ),
    _wrong(
        "gradients-always-have-a-graph",
        "A gradient has a graph even without create_graph=True.",
        setting(adapter, grad=_with_a_graph),
    ),
    _wrong(
        "unused-gradient-is-zero",
        "The gradient with respect to an unused input is 0, and not an error.",
        setting(adapter, grad=_unused_as_zero),
        kind=Kind.CONVENTION,
    ),
    _wrong(
        "detach-copies",
        "A detached tensor has its own memory.",
        tensor(detach=lambda self: Tensor(self.data.copy())),
        kind=Kind.LEAF,
    ),
    _wrong(
        "numpy-of-anything",
        "numpy() works for a tensor that requires grad.",
        tensor(numpy=lambda self: self.data),
        among=("lifecycle",),
        kind=Kind.CONVENTION,
    ),
]

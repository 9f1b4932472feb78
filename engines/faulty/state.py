"""State in the wrong place: saved values that nodes share, that backward spoils, or that have no past."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from ..numpy_ import walk
from ..numpy_.tensor import Tensor
from .change import Change, node, reruled, rewritten, setting, together

REPLACING = ("cumprod", "std", "tril", "flip", "cumsum", "amax", "logsumexp")
_wrong = partial(Mistake, theme="state", kind=Kind.STATE)
_wrong_numpy = partial(_wrong, engine="numpy")


def _on_the_class(op: str) -> Change:
    """The local derivative of the last application of `op` is that of all."""

    class Last(float):
        last = 0.0

        def __new__(cls, slope: float) -> Last:
            cls.last = slope
            return float.__new__(cls, slope)

        def __rmul__(self, upstream: float) -> float:
            return upstream * type(self).last

    return node(op, lambda d, e, *_: (Last(d), e))


def _saved_together(op: str) -> Change:
    """What the last node of `op` has saved, the other nodes of the op have too."""
    right = walk.reachable

    def reachable(roots: Any) -> Any:
        nodes = right(roots)
        same = [found for found in nodes if found.name == op and found.saved]
        for other in same[1:]:
            if other.shape == same[0].shape:
                other.saved = same[0].saved
        return nodes

    return setting(walk, reachable=reachable)


def _spoiled(right: Callable[..., Any]) -> Callable[..., Any]:
    """The rule, which then uses the memory of the saved output for its own numbers."""

    def wrong(g: Any, y: Any, *saved: Any, **how: Any) -> Any:
        part = right(g, y, *saved, **how)
        if isinstance(y, np.ndarray):
            y[...] = 1.0
        return part

    return wrong


def _held(right: Callable[..., Any]) -> Callable[..., Any]:
    """The rule, in which nothing that was saved has a past."""

    def wrong(g: Any, *saved: Any, **how: Any) -> Any:
        return right(g, *(x.detach() if isinstance(x, Tensor) else x for x in saved), **how)

    return wrong


def replacing(op: str, first: bool = True) -> Change:
    """A part that a rule of `op` gives to an edge replaces those that have arrived.

    Without `first` the rule of the first operand adds, as is right.
    """
    came: list[bool] = []

    def noted(right: Callable[..., Any]) -> Callable[..., Any]:
        def rule(*given: Any, **how: Any) -> Any:
            came.append(True)
            return right(*given, **how)

        return rule

    def adding(right: Callable[..., None]) -> Callable[..., None]:
        def add(pending: walk.Pending, edge: Any, *given: Any) -> None:
            if came:
                came.clear()
                pending.sums.pop(edge, None)
            right(pending, edge, *given)

        return add

    kinds = walk.Pending, walk.PendingTensors

    def all_noted(rules: Sequence[Any]) -> list[Any]:
        return [
            rule and noted(rule) if first or place else rule for place, rule in enumerate(rules)
        ]

    return together(
        reruled(op, all_noted), *(setting(kind, add=adding(kind.add)) for kind in kinds)
    )


MISTAKES = [
    *(
        _wrong(
            f"{op}-state-on-the-class",
            f"All nodes of {op} may share what they have saved.",
            _on_the_class(op),
            (op,),
            among=("unary", "activations"),
        )
        for op in ("relu", "tanh", "log")
    ),
    *(
        _wrong_numpy(
            f"array-{op}-state-on-the-class",
            f"All nodes of {op} may share what they have saved.",
            _saved_together(op),
            (op,),
            among=("each_op",),
        )
        for op in ("cumprod", "softmax", "amax", "std")
    ),
    *(
        _wrong_numpy(
            f"{op}-spoils-what-it-saved",
            "After one backward, the saved result is not needed any more.",
            rewritten(op, _spoiled),
            (op,),
            level="torch",
            among=("lifecycle",),
        )
        for op in ("tanh", "exp", "softmax", "prod")
    ),
    *(
        _wrong_numpy(
            f"{op}-saved-as-constants",
            "A gradient needs no gradient of its own.",
            rewritten(op, _held),
            (op,),
            kind=Kind.HIGHER_ORDER,
            among=("each_op",),
        )
        for op in ("cumprod", "gelu", "logsumexp", "std", "var")
    ),
    *(
        _wrong_numpy(
            f"{op}-replaces-what-arrived",
            f"The gradient of an operand of {op} is 0 before, so `=` does the same as `+=`.",
            replacing(op),
            (op,),
            kind=Kind.ASSIGNED,
            among=("each_op",),
        )
        for op in REPLACING
    ),
    *(
        _wrong_numpy(
            f"{op}-second-replaces-what-arrived",
            f"The gradient of the second operand of {op} is 0 before, so `=` does the same as `+=`.",
            replacing(op, first=False),
            (op,),
            kind=Kind.ASSIGNED,
            operand="second",
            among=("each_op",),
        )
        for op in ("matmul", "cross", "hypot", "xlogy", "logaddexp", "lerp")
    ),
]

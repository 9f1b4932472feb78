from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Iterable, Optional, Sequence, Tuple, Type, Union

ScalarLike = Union[int, float, "Scalar"]


class Context:
    """What forward wants to tell backward."""

    def __init__(self) -> None:
        self.saved_values: Tuple[Any, ...] = ()

    def save_for_backward(self, *values: Any) -> None:
        self.saved_values = values


@dataclass
class ScalarHistory:
    last_fn: Optional[Type["ScalarFunction"]] = None
    ctx: Optional[Context] = None
    inputs: Sequence["Scalar"] = ()


class ScalarFunction:
    """Base class of all operators: never instantiated, use `apply`."""

    @classmethod
    def apply(cls, *vals: ScalarLike) -> "Scalar":
        scalars = [v if isinstance(v, Scalar) else Scalar(v) for v in vals]
        ctx = Context()
        c = cls.forward(ctx, *[s.data for s in scalars])
        return Scalar(c, ScalarHistory(cls, ctx, scalars))

    @staticmethod
    def forward(ctx: Context, *args: float) -> float:
        raise NotImplementedError

    @staticmethod
    def backward(ctx: Context, d_output: float) -> Tuple[float, ...]:
        raise NotImplementedError


class Add(ScalarFunction):
    @staticmethod
    def forward(ctx, a, b):
        return a + b

    @staticmethod
    def backward(ctx, d_output):
        return d_output, d_output


class Mul(ScalarFunction):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, d_output):
        a, b = ctx.saved_values
        return b * d_output, a * d_output


class Inv(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return 1.0 / a

    @staticmethod
    def backward(ctx, d_output):
        (a,) = ctx.saved_values
        return (-d_output / (a * a),)


class Neg(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        return -a

    @staticmethod
    def backward(ctx, d_output):
        return (-d_output,)


class Log(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return math.log(a)

    @staticmethod
    def backward(ctx, d_output):
        (a,) = ctx.saved_values
        return (d_output / a,)


class Exp(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        out = math.exp(a)
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, d_output):
        (out,) = ctx.saved_values
        return (out * d_output,)


class Sigmoid(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        out = 1.0 / (1.0 + math.exp(-a)) if a >= 0 else math.exp(a) / (1.0 + math.exp(a))
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, d_output):
        (s,) = ctx.saved_values
        return (s * (1.0 - s) * d_output,)


class ReLU(ScalarFunction):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a if a > 0 else 0.0

    @staticmethod
    def backward(ctx, d_output):
        (a,) = ctx.saved_values
        return (d_output if a > 0 else 0.0,)


class Scalar:
    """A number that records how it was computed."""

    derivative: Optional[float]
    history: ScalarHistory

    def __init__(self, v: float, back: Optional[ScalarHistory] = None, name: str = ""):
        self.data = float(v)
        self.history = ScalarHistory() if back is None else back
        self.derivative = None
        self.name = name

    def __add__(self, b): return Add.apply(self, b)
    def __radd__(self, b): return Add.apply(b, self)
    def __mul__(self, b): return Mul.apply(self, b)
    def __rmul__(self, b): return Mul.apply(b, self)
    def __neg__(self): return Neg.apply(self)
    def __sub__(self, b): return Add.apply(self, Neg.apply(b))
    def __rsub__(self, b): return Add.apply(b, Neg.apply(self))
    def __truediv__(self, b): return Mul.apply(self, Inv.apply(b))
    def __rtruediv__(self, b): return Mul.apply(b, Inv.apply(self))
    def log(self): return Log.apply(self)
    def exp(self): return Exp.apply(self)
    def sigmoid(self): return Sigmoid.apply(self)
    def relu(self): return ReLU.apply(self)

    def is_leaf(self) -> bool:
        return self.history.last_fn is None

    def backward(self, d_output: Optional[float] = None) -> None:
        order = topological_sort(self)
        pending = {id(self): 1.0 if d_output is None else d_output}
        for var in order:
            d = pending.pop(id(var), 0.0)
            var.derivative = d if var.derivative is None else var.derivative + d
            if not var.is_leaf():
                grads = var.history.last_fn.backward(var.history.ctx, d)
                for inp, g in zip(var.history.inputs, grads):
                    pending[id(inp)] = pending.get(id(inp), 0.0) + g


def topological_sort(variable: Scalar) -> Iterable[Scalar]:
    seen, order = set(), []

    def visit(v: Scalar) -> None:
        if id(v) in seen:
            return
        for parent in v.history.inputs:
            visit(parent)
        seen.add(id(v))
        order.insert(0, v)

    visit(variable)
    return order

"""The steps of a program as lines of torch. Torch is not needed for it.

- `TorchWriter`: writes the steps. `CannotBeSaid`: a step has no line of torch.
- `as_refused`: the lines of a program with which torch raises.
- `named_in_torch`: where torch keeps an op.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from textwrap import indent
from typing import Any

from . import (
    DEFAULT,
    Apply,
    Backward,
    Grad,
    Input,
    NoGrad,
    Program,
    Read,
    Ref,
    SetGrad,
    Step,
    UnknownStep,
    Update,
    ZeroGrad,
)
from .arrays import Array
from .op_table import find
from .ops import Op
from .python_writer import INDENT, Statement, Writer
from .transcript import default_cotangent

# What torch keeps in `torch.nn.functional`, and what it has as no method of a tensor.
_FUNCTIONAL = frozenset(
    """
    relu6 logsigmoid leaky_relu elu celu selu gelu silu mish softplus softsign hardtanh hardsigmoid hardswish
    softshrink tanhshrink threshold glu softmin dropout pad one_hot cross_entropy nll_loss mse_loss
    l1_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits kl_div
    hinge_embedding_loss margin_ranking_loss soft_margin_loss poisson_nll_loss gaussian_nll_loss
    cosine_embedding_loss triplet_margin_loss linear bilinear layer_norm group_norm batch_norm instance_norm
    rms_norm local_response_norm conv1d conv2d conv_transpose2d max_pool1d max_pool2d avg_pool1d avg_pool2d
    adaptive_avg_pool2d interpolate pixel_shuffle embedding scaled_dot_product_attention normalize
    cosine_similarity pairwise_distance
    """.split()
)
_NO_METHOD = frozenset(
    "einsum tensordot atleast_1d atleast_2d cat stack hstack vstack dstack cdist".split()
)
_METHOD = "Tensor."
_REFUSAL = """\
try:
{}
except Exception as refusal:
    print("torch raises", repr(refusal))"""


class CannotBeSaid(Exception):
    """A step has no line of torch, as a step of an optimizer: the harness computes it itself."""


class TorchWriter(Writer):
    """Writes each step as `Writer` does, in torch's own spelling.

    `shape` gives the shape that a value has when torch runs the program.
    """

    def __init__(
        self,
        program: Program,
        inputs: Mapping[str, Array],
        shape: Callable[[Ref], tuple[int, ...]],
    ) -> None:
        super().__init__(program)
        self.inputs, self.shape, self.depth = inputs, shape, 0
        self.labels = iter(program.labels)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the code. CannotBeSaid when a step has none."""
        yield "import torch"
        yield ""
        yield "torch.set_printoptions(precision=10)"
        yield from self.body()

    def body(self) -> Iterator[str]:
        """Yield the lines of the steps. CannotBeSaid when a step has none."""
        for index, step in enumerate(self.program.steps):
            yield from self.step(index, step)

    def step(self, index: int, step: Step) -> Iterator[str]:
        """Yield the lines of a step, of an input too. CannotBeSaid when it has none."""
        if isinstance(step, Input):
            array = self.inputs[step.name]
            flows = ", requires_grad=True" if step.requires_grad else ""
            yield f"{step.name} = {_tensor(array, flows)}"
            return
        first = self.program.first_values[index]
        if isinstance(step, Apply) and (changed := self._changed(step)):
            yield f"{INDENT * self.depth}{changed}"
            self.names = {**self.names, first: self.value(step.operands[0])}
        else:
            yield from self.write(index, step)
        if first in self.program.watched and isinstance(step, Apply | Grad):
            yield f"{self.value(first)}.retain_grad()"

    def _changed(self, step: Apply) -> str:
        """Return the line of a change whose result is its first operand itself; "" for any other op."""
        op, of = find(step.op), self.value(step.operands[0]) if step.operands else ""
        if op is not None and op.operator == "[]=":
            return f"{of}[{self.subscript(step.attributes[0][1])}] = {self.value(step.operands[1])}"
        if op is not None and op.has("hook"):
            factor = self.value(step.attributes[0][1])
            return f"{of}.register_hook(lambda gradient: gradient * {factor})"
        return ""

    def no_grad(self, step: NoGrad, raised: bool) -> Iterator[str]:
        """Yield the lines of one end of a stretch, as `Writer` does."""
        if step.begin:
            yield from [f"{INDENT * self.depth}try:"] if raised else []
            self.depth += raised
            yield f"{INDENT * self.depth}with torch.no_grad():"
            self.depth += 1
            return
        yield from [f"{INDENT * self.depth}raise KeyError"] if step.raised else []
        self.depth -= 1 + step.raised
        if step.raised:
            yield f"{INDENT * self.depth}except KeyError:"
            yield f"{INDENT * (self.depth + 1)}pass"

    def value(self, value: Any) -> str:
        """Return a value as `Writer` does, but an array as a tensor."""
        return _tensor(value) if isinstance(value, Array) else super().value(value)

    def call(self, step: Apply) -> str:
        """Return an op as an operator, else as a method or a function. CannotBeSaid if it has none."""
        op = find(step.op)
        assert op is not None, "a checked program has no unknown op"
        if op.results != 1 and step.results == 1:
            raise CannotBeSaid
        shown = [self.value(operand) for operand in step.operands]
        if op.operator in ("bool", "float", "str", "repr"):
            return f"{op.operator}({shown[0]})"
        if op.operator and op.operator != "abs":
            return super().call(step)
        options = [self.value(v) for _, v in step.attributes]
        if not op.has("positional"):
            names = (name for name, _ in step.attributes)
            options = [f"{n}={v}" for n, v in zip(names, options, strict=True)]
        name = named_in_torch(op)
        method = name.removeprefix(_METHOD)
        if method == name or not step.operands or not isinstance(step.operands[0], Ref):
            return f"torch.{method}({', '.join(shown + options)})"
        if op.has("property"):
            return f"{shown[0]}.{method}"
        return f"{shown[0]}.{method}({', '.join(shown[1:] + options)})"

    def effect(self, step: Statement) -> str:
        """Return a backward, a gradient or a reading. CannotBeSaid for a step of an optimizer."""
        match step:
            case Backward():
                return self._backward(step)
            case Grad():
                asked = [self.value(step.output), self.value(list(step.inputs))]
                asked += self.cotangent(step.output, step.cotangent)
                options = ("create_graph", "allow_unused", "materialize_grads")
                asked += [f"{name}=True" for name in options if getattr(step, name)]
                return f"torch.autograd.grad({', '.join(asked)})"
            case SetGrad(leaf, gradient):
                return f"{self.value(leaf)}.grad = {self.value(gradient)}"
            case ZeroGrad(leaves):
                return " = ".join(f"{self.value(leaf)}.grad" for leaf in leaves) + " = None"
            case Read(what, of, _):
                return self.reading(self.value(of) + ("" if what == "value" else f".{what}"))
            case Update():
                raise CannotBeSaid
            case _:
                raise UnknownStep(step)

    def _backward(self, step: Backward) -> str:
        given = self.cotangent(step.root, step.cotangent)
        options = ["retain_graph=True"] if step.retain_graph else []
        options += [f"inputs={self.value(list(step.inputs))}"] if step.inputs else []
        if not step.others:
            return f"{self.value(step.root)}.backward({', '.join(given + options)})"
        each = [given, *(self.cotangent(root, DEFAULT) for root in step.others)]
        cotangents = ", ".join(one[0] if one else "None" for one in each)
        roots = self.value([step.root, *step.others])
        return f"torch.autograd.backward({', '.join([roots, f'[{cotangents}]', *options])})"

    def reading(self, shown: str) -> str:
        """Return the line that prints the next reading, which is written as `shown`."""
        return f"print({next(self.labels)!r}, {shown})"

    def cotangent(self, root: Ref, cotangent: Any) -> list[str]:
        """Return the cotangent as an argument: a list of one, or empty when torch needs none."""
        if isinstance(cotangent, Ref):
            return [self.value(cotangent)]
        if cotangent == DEFAULT:
            shape = self.shape(root)
            cotangent = default_cotangent(shape) if shape else None
        return [] if cotangent is None else [f"{_tensor(cotangent)}.to({self.value(root)}.dtype)"]


def as_refused(lines: str) -> str:
    """Return lines that print what torch raises in them."""
    return _REFUSAL.format(indent(lines, INDENT))


def _tensor(array: Array, options: str = "") -> str:
    dtype = f"dtype=torch.{array.dtype}"
    if array.size:
        return f"torch.tensor({array.nested()!r}, {dtype}{options})"
    return f"torch.zeros({array.shape!r}, {dtype}{options})"


def named_in_torch(op: Op) -> str:
    """Return the place of an op below `torch`: `nn.functional.gelu`, or `Tensor.exp` for a method."""
    if op.torch and (op.has("free") or "." in op.torch):
        return op.torch
    name = op.spellings[0]
    if name in _FUNCTIONAL:
        return f"nn.functional.{name}"
    return name if op.has("function") or name in _NO_METHOD else f"{_METHOD}{name}"

"""The op table: how each op is called, under which names, where torch keeps it and where it is smooth.

Data only. A row reads: name, operands, attributes, then what is not the rule.

- `operands`: values that may carry a gradient. `bias?` may be left out; `*tensors` is one list.
- `attributes`: options, by torch's keyword names, in torch's order.
- `operator`: the Python spelling that is tried first.
- `aliases`: other names under which engines are known to offer the op.
- `torch`: where torch keeps it, when that is neither a method nor `torch.<name>`.
- `smooth`: where the op is differentiable, in words; "never" when its result carries no gradient.
- `traits`: `exact` (no rounding happens, so none is tolerated), `reduces` (error grows with size),
  `positional` (attributes are passed by place), `property` (read, not called).
- `results`: how many values it gives; 0 when that depends on its arguments.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Op:
    """One row of the table; the fields are explained at the top of this module."""

    name: str
    operands: str = "input"
    attributes: str = ""
    operator: str = ""
    aliases: str = ""
    torch: str = ""
    smooth: str = "everywhere"
    traits: str = ""
    results: int = 1
    called: str = ""

    @property
    def operand_names(self) -> tuple[str, ...]:
        """The operands' names without their marks."""
        return tuple(word.strip("?*") for word in self.operands.split())

    @property
    def required(self) -> int:
        """How many operands may not be left out."""
        return sum(not word.endswith("?") for word in self.operands.split())

    @property
    def takes_list(self) -> bool:
        """Whether the first operand is a list of tensors, as in `cat`."""
        return self.operands.startswith("*")

    @property
    def attribute_names(self) -> tuple[str, ...]:
        """The attributes' names in torch's order."""
        return tuple(self.attributes.split())

    @property
    def spellings(self) -> tuple[str, ...]:
        """The names under which a method or function is looked for, torch's first."""
        return (self.called or self.name, *self.aliases.split())

    def has(self, trait: str) -> bool:
        """Whether the row carries the trait."""
        return trait in self.traits.split()


# Keyword names that engines use for torch's.
ATTRIBUTE_ALIASES: dict[str, tuple[str, ...]] = {
    "dim": ("axis", "axes", "dims"),
    "keepdim": ("keepdims", "keep_dims"),
}

_OPERATORS = (
    Op("add", "input other", operator="+", aliases="__add__"),
    Op("sub", "input other", operator="-", aliases="subtract __sub__"),
    Op("mul", "input other", operator="*", aliases="multiply __mul__"),
    Op("div", "input other", operator="/", aliases="true_divide divide truediv", smooth="other != 0"),
    Op("pow", "input exponent", operator="**", aliases="power", smooth="input > 0"),
    Op("neg", operator="-x", aliases="negative negate", traits="exact"),
    Op("abs", operator="abs", aliases="absolute", smooth="input != 0", traits="exact"),
    Op("matmul", "input other", operator="@", aliases="dot mm", traits="reduces"),
    Op("getitem", "input", "index", operator="[]", traits="exact positional"),
    Op("eq", "input other", operator="==", smooth="never", traits="exact"),
    Op("ne", "input other", operator="!=", smooth="never", traits="exact"),
    Op("lt", "input other", operator="<", smooth="never", traits="exact"),
    Op("le", "input other", operator="<=", smooth="never", traits="exact"),
    Op("gt", "input other", operator=">", smooth="never", traits="exact"),
    Op("ge", "input other", operator=">=", smooth="never", traits="exact"),
)

_UNARY = (
    Op("exp", aliases="__exp__"),
    Op("log", aliases="ln", smooth="input > 0"),
    Op("sqrt", smooth="input > 0"),
    Op("sin"),
    Op("cos"),
    Op("tan", smooth="away from odd multiples of pi/2"),
    Op("tanh"),
    Op("detach", smooth="never", traits="exact"),
    Op("clone", aliases="copy", traits="exact"),
)

_ACTIVATIONS = (
    Op("relu", aliases="ReLU reLU Relu relu_", smooth="input != 0", traits="exact"),
    Op("sigmoid", aliases="Sigmoid sigmod logistic"),
)

_PAIRS = (
    Op("maximum", "input other", smooth="input != other", traits="exact"),
    Op("minimum", "input other", smooth="input != other", traits="exact"),
)

_REDUCTIONS = (
    Op("sum", "input", "dim keepdim", traits="reduces"),
    Op("mean", "input", "dim keepdim", traits="reduces"),
    Op("max", "input", smooth="no ties", traits="exact"),
    Op("min", "input", smooth="no ties", traits="exact"),
    Op("max_dim", "input", "dim keepdim", called="max", results=2, smooth="no ties", traits="exact"),
    Op("min_dim", "input", "dim keepdim", called="min", results=2, smooth="no ties", traits="exact"),
    Op("amax", "input", "dim keepdim", smooth="no ties", traits="exact"),
    Op("amin", "input", "dim keepdim", smooth="no ties", traits="exact"),
)

_MOVEMENT = (
    Op("reshape", "input", "shape", aliases="view", traits="exact positional"),
    Op("transpose", "input", "dim0 dim1", aliases="swapaxes", traits="exact positional"),
    Op("permute", "input", "dims", traits="exact positional"),
    Op("T", traits="exact property"),
    Op("flatten", "input", "start_dim end_dim", traits="exact"),
    Op("squeeze", "input", "dim", traits="exact positional"),
    Op("unsqueeze", "input", "dim", traits="exact positional"),
    Op("expand", "input", "size", aliases="broadcast_to", traits="exact positional"),
)

TABLE: dict[str, Op] = {
    op.name: op
    for op in (*_OPERATORS, *_UNARY, *_ACTIVATIONS, *_PAIRS, *_REDUCTIONS, *_MOVEMENT)
}

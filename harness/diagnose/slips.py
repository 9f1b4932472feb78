"""The expressions that one slip makes of a right expression: a lost factor, another sign, a wrong name.

- `variants`: all of them. `Variant`: one.
- `negative`: an expression with the other sign.
"""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Iterator
from typing import NamedTuple

from .expressions import Expression, expression, of_tree, replaced
from .finding import Kind

_TWINS = {"sin": "cos", "cos": "sin", "sinh": "cosh", "cosh": "sinh", "exp": "log", "log": "exp"}
_FACTOR_SIZE = 6


class Variant(NamedTuple):
    """A changed expression. `start` is the right value of its constant `k`; None when it has no `k`."""

    expression: Expression
    kind: Kind
    start: float | None = None


@functools.cache
def variants(text: str) -> tuple[Variant, ...]:
    """The expressions that differ from this one by one slip, without repetitions."""
    tree = expression(text).tree
    found: dict[str, Variant] = {}
    for changed, kind, start in (*_exchanged(tree), *_changed(tree, True)):
        variant = Variant(of_tree(changed), kind, start)
        if variant.expression.text != text and not _hard_to_read(changed):
            found.setdefault(variant.expression.text, variant)
    return tuple(found.values())


def _hard_to_read(tree: ast.expr) -> bool:
    """True for a quotient below a fraction line: the same is among the candidates as people write it."""
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and isinstance(node.right, ast.BinOp)
        and isinstance(node.right.op, ast.Div)
        for node in ast.walk(tree)
    )


def negative(tree: ast.expr) -> ast.expr:
    """The tree with the other sign, as people write it: `-1 / x` and `y - 1`."""
    match tree:
        case ast.Constant(0):
            return tree
        case ast.UnaryOp(ast.USub(), operand):
            return operand
        case ast.BinOp(left, ast.Sub(), right):
            return ast.BinOp(right, ast.Sub(), left)
        case ast.BinOp(left, ast.Mult() | ast.Div() as op, right):
            return ast.BinOp(negative(left), op, right)
        case ast.IfExp(test, body, otherwise):
            return ast.IfExp(test, negative(body), negative(otherwise))
        case _:
            return ast.UnaryOp(ast.USub(), tree)


_Change = tuple[ast.expr, Kind, float | None]


def _exchanged(tree: ast.expr) -> Iterator[_Change]:
    """Changes of the whole expression: the other sign, and one name for another everywhere."""
    names = {name: ast.Name(name) for name in "abxy"}
    yield replaced(tree, {"a": names["b"], "b": names["a"]}), Kind.OPERANDS, None
    yield replaced(tree, {"y": names["x"]}), Kind.INPUT_FOR_OUTPUT, None
    yield replaced(tree, {"x": names["y"]}), Kind.OUTPUT_FOR_INPUT, None
    yield negative(tree), Kind.SIGN, None
    for one, other in ("ab", "ba"):
        yield replaced(tree, {one: names[other]}), Kind.OPERANDS, None


def _changed(node: ast.expr, factor: bool) -> Iterator[_Change]:
    """Changes at this node or at one below it; `factor` is True when the node is a factor of the whole."""
    yield from _changed_here(node, factor)
    inside = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)
    below = factor and (inside or isinstance(node, ast.UnaryOp))
    for name, value in ast.iter_fields(node):
        if name in ("func", "test"):
            continue
        parts = value if isinstance(value, list) else [value]
        for place, part in enumerate(parts):
            for changed, kind, start in _changed(part, below) if isinstance(part, ast.expr) else ():
                several = [*parts[:place], changed, *parts[place + 1 :]]
                new = several if parts is value else changed
                yield type(node)(**{**dict(ast.iter_fields(node)), name: new}), kind, start


def _changed_here(node: ast.expr, factor: bool) -> Iterator[_Change]:
    lost = Kind.FACTOR if factor else Kind.DERIVATIVE
    number = of_tree(node)({})
    if not math.isnan(number):
        yield ast.Name("k"), lost, number
    match node:
        case ast.BinOp(left, op, right):
            product = isinstance(op, ast.Mult | ast.Div)
            yield left, lost if product and _short(right) else Kind.DERIVATIVE, None
            product = isinstance(op, ast.Mult)
            yield right, lost if product and _short(left) else Kind.DERIVATIVE, None
            yield from _other_operation(node, lost)
        case ast.UnaryOp(ast.USub(), operand):
            yield operand, Kind.SIGN if factor else Kind.DERIVATIVE, None
        case ast.Call(ast.Name(function), [argument]):
            yield argument, Kind.DERIVATIVE, None
            if function in _TWINS:
                yield ast.Call(ast.Name(_TWINS[function]), [argument], []), Kind.DERIVATIVE, None
        case ast.IfExp(ast.Compare(left, ops, _) as test, body, otherwise):
            yield from ((part, Kind.DERIVATIVE, None) for part in (body, otherwise))
            yield ast.IfExp(test, otherwise, body), Kind.DERIVATIVE, None
            for one, other in ((body, _times_k(otherwise)), (_times_k(body), otherwise)):
                yield ast.IfExp(test, one, other), Kind.DERIVATIVE, 1.0
            # The points lie near enough to these limits to tell them from others.
            for limit in (0, 1, -1):
                other = ast.Compare(left, ops[:1], [ast.Constant(limit)])
                yield ast.IfExp(other, body, otherwise), Kind.DERIVATIVE, None
        case ast.Name(name) if name in "abx":
            yield ast.BinOp(node, ast.Add(), ast.Name("k")), Kind.DERIVATIVE, 0.0


def _times_k(part: ast.expr) -> ast.expr:
    return ast.BinOp(ast.Name("k"), ast.Mult(), part)


def _short(part: ast.expr) -> bool:
    """True for what can be called a factor: `log(a)` and `1 - y`, but no whole formula."""
    return sum(isinstance(node, ast.expr) for node in ast.walk(part)) <= _FACTOR_SIZE


def _other_operation(node: ast.BinOp, lost: Kind) -> Iterator[_Change]:
    match node.op:
        case ast.Add():
            yield ast.BinOp(node.left, ast.Sub(), node.right), Kind.DERIVATIVE, None
        case ast.Sub():
            yield ast.BinOp(node.left, ast.Add(), node.right), Kind.DERIVATIVE, None
            yield ast.BinOp(node.right, ast.Sub(), node.left), Kind.DERIVATIVE, None
        case ast.Mult():
            yield ast.BinOp(node.left, ast.Div(), node.right), Kind.DERIVATIVE, None
            yield ast.BinOp(node.left, ast.Add(), node.right), Kind.DERIVATIVE, None
        case ast.Div():
            one = ast.Constant(1)
            numerator = negative(one) if isinstance(node.left, ast.UnaryOp) else one
            yield ast.BinOp(numerator, node.op, node.right), lost, None
            yield ast.BinOp(node.left, ast.Mult(), node.right), Kind.DERIVATIVE, None
            yield ast.BinOp(node.right, ast.Div(), node.left), Kind.DERIVATIVE, None

"""Expressions in plain mathematics: computed, and solved for a constant.

- `Expression`, `expression`, `of_tree`: a text such as `1 - y * y`, and its value.
- `replaced`: a tree with other expressions in the place of names.
- `agree`, `solved`: the test that an expression gives the measured numbers, with or without a constant `k`.
- `close`, `constant`: two numbers that are the same; a number as people write it.

In an expression `x` is the only operand, `a` and `b` are two operands, `y` is the result, `n` is the number
of elements, `m` is their mean, and `k` is an unknown constant.
"""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

Names = Mapping[str, float]
# Chance makes two formulas agree to nine digits nowhere, and a correct engine computes more than nine.
_RELATIVE, _ABSOLUTE = 1e-9, 1e-13
_ROUNDS = 40
_WHOLE = (1.0, 2.0, 3.0, 4.0, -1.0, -2.0, -3.0)
_SHORT = 4  # characters of a number: one with more is not what a person writes


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


_FUNCTIONS = "sqrt exp log sin cos tan asin acos atan atan2 sinh cosh tanh erf floor pi".split()
_KNOWN: dict[str, Any] = {name: getattr(math, name) for name in _FUNCTIONS}
_KNOWN |= {"sigmoid": _sigmoid, "abs": abs, "min": min, "max": max, "int": int, "__builtins__": {}}
_CONSTANTS = (
    *("pi", "1 / pi", "sqrt(2)", "1 / sqrt(2)", "log(2)", "1 / log(2)", "log(10)", "1 / log(10)"),
    *("sqrt(pi)", "1 / sqrt(pi)", "2 / sqrt(pi)", "sqrt(pi) / 2", "sqrt(2 / pi)", "sqrt(2 * pi)"),
    *("1 / sqrt(2 * pi)", "1 / 3", "2 / 3", "1 / 6", "pi / 180", "180 / pi"),
)


class Expression:
    """A text that can be computed. `size` grows with its names, numbers, operations and digits."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text, mode="eval").body
        self.text = ast.unparse(self.tree)
        parts = [node for node in ast.walk(self.tree) if isinstance(node, ast.expr)]
        digits = (len(ast.unparse(part)) for part in parts if isinstance(part, ast.Constant))
        self.size = len(parts) + sum(count // _SHORT for count in digits)
        self._code = compile(text, "<expression>", "eval")

    def __call__(self, names: Names) -> float:
        """The number, with these values of the names; nan where there is no real number."""
        try:
            # The text is of this package, and only numbers come from an engine.
            value = eval(self._code, _KNOWN, dict(names))
        except (ArithmeticError, ValueError, NameError, TypeError):  # `log` of a complex number
            return math.nan
        return math.nan if isinstance(value, complex) else float(value)

    def given(self, k: str) -> Expression:
        """The expression with the text `k` in the place of the constant."""
        constant = expression(k).tree
        return of_tree(replaced(self.tree, {"k": constant}))


@functools.cache
def expression(text: str) -> Expression:
    """The expression of a text, made once. SyntaxError for a text that is none."""
    return Expression(text)


def close(first: float, second: float) -> bool:
    """True when two numbers are the same, but for rounding, or neither is a number."""
    same = math.isclose(first, second, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
    return same or (math.isnan(first) and math.isnan(second))


def agree(tried: Expression, rows: Sequence[Names], numbers: Sequence[float]) -> bool:
    """True when the expression gives every one of the numbers; there is one row of names for each."""
    return all(close(tried(row), number) for row, number in zip(rows, numbers, strict=True))


def solved(
    tried: Expression, start: float, rows: Sequence[Names], numbers: Sequence[float]
) -> Expression | None:
    """The expression with the one constant that gives all the numbers, or None. The search begins at `start`.

    The constant is written as people write it, when that gives the numbers as well: `log(2)`, `0.02`.
    """

    def gives(k: float) -> bool:
        return all(
            close(tried({**row, "k": k}), number) for row, number in zip(rows, numbers, strict=True)
        )

    def misses(k: float, row: int) -> float:
        return tried({**rows[row], "k": k}) - numbers[row]

    differences = [abs(misses(start, row)) for row in range(len(rows))]
    if not any(differences) or any(map(math.isnan, differences)):
        return None
    worst = differences.index(max(differences))
    # A whole number may be an exponent, between which and the next one there is no real number.
    roots = (_root(lambda k: misses(k, worst), first) for first in (start, 2 * start, -start))
    k = next((k for k in (*_WHOLE, *roots) if k is not None and gives(k)), None)
    if k is None:
        return None
    spelt = map(tried.given, _spelt(k))
    return next((found for found in spelt if agree(found, rows, numbers)), None)


def constant(number: float) -> str:
    """A finite number as people write it: `log(2)`, `0.02`."""
    return next(text for text in _spelt(number) if close(expression(text)({}), number))


def _spelt(k: float) -> tuple[str, ...]:
    """Texts that may stand for the number, the usual ones first. The last one is exact."""
    named = (text for one in _CONSTANTS for text in (one, f"-{one}"))
    return (*named, *(f"{k:.{digits}g}" for digits in range(1, 13)), repr(k))


def _root(function: Any, start: float) -> float | None:
    """A zero of the function by the secant method, or None when it finds none."""
    before, now = start, start * 1.001 + 1e-6
    far, near = function(before), function(now)
    for _ in range(_ROUNDS):
        if near == 0:
            return now
        if near == far or math.isnan(near):
            break
        before, now, far = now, now - near * (now - before) / (near - far), near
        near = function(now)
    return now if abs(near) < abs(far) or before == now else None


def replaced(tree: ast.expr, names: Mapping[str, ast.expr]) -> ast.expr:
    """The tree with other expressions in the place of these names."""

    class Replacing(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return names.get(node.id, node)

    copied = ast.parse(ast.unparse(tree), mode="eval").body
    changed: ast.expr = Replacing().visit(copied)
    return changed


def of_tree(tree: ast.expr) -> Expression:
    """The expression of a syntax tree, as people write it: `b - 1` and not `b + -1`."""
    own = ast.parse(ast.unparse(tree), mode="eval").body
    return expression(ast.unparse(_Plain().visit(own)))


class _Plain(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.BinOp(left, ast.Add(), ast.UnaryOp(ast.USub(), right)):
                return ast.BinOp(left, ast.Sub(), right)
            case ast.BinOp(first, ast.Mult(), ast.BinOp(second, ast.Mult(), third)):
                return ast.BinOp(ast.BinOp(first, ast.Mult(), second), ast.Mult(), third)
        return node

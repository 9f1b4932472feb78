"""A slip in a formula: the wrong one of input and output, of two operands, or a factor that is lost."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from .. import _ieee as ieee
from .change import Slope, wrong_slope
from .each_op import AMONG


def _wrong(
    kind: Kind, op: str, name: str, belief: str, first: Slope, second: Slope = None
) -> Mistake:
    return replace(wrong_slope("slips", op, name, belief, first, second, kind), among=AMONG)


def _step(y: float) -> float:
    return 1.0 if y > 0 else 0.0


_of_input = partial(_wrong, Kind.INPUT_FOR_OUTPUT)
_of_other = partial(_wrong, Kind.OPERANDS)
_factor = partial(_wrong, Kind.FACTOR)
_derivative = partial(_wrong, Kind.DERIVATIVE)

MISTAKES = [
    _of_input(
        "exp2",
        "exp2-of-input",
        "The derivative of 2 ** x is log(2) * x.",
        lambda x, y: math.log(2) * x,
    ),
    _of_input(
        "expm1", "expm1-of-input", "The derivative of exp(x) - 1 is x + 1.", lambda x, y: x + 1
    ),
    _of_input(
        "reciprocal",
        "reciprocal-of-input",
        "The derivative of 1 / x is -x * x.",
        lambda x, y: -x * x,
    ),
    _of_input(
        "sigmoid",
        "sigmoid-of-input",
        "The derivative of sigmoid(x) is x * (1 - x).",
        lambda x, y: x * (1 - x),
    ),
    _of_input(
        "tanh", "tanh-of-input", "The derivative of tanh(x) is 1 - x * x.", lambda x, y: 1 - x * x
    ),
    _of_other(
        "mul", "mul-first-own-value", "The derivative of a * b by a is a.", lambda a, b, y: a
    ),
    _of_other(
        "mul", "mul-second-own-value", "The derivative of a * b by b is b.", None, lambda a, b, y: b
    ),
    _of_other(
        "div",
        "div-first-own-value",
        "The derivative of a / b by a is 1 / a.",
        lambda a, b, y: ieee.divide(1.0, a),
    ),
    _of_other(
        "div",
        "div-second-swapped",
        "The derivative of a / b by b is -b / a ** 2.",
        None,
        lambda a, b, y: ieee.divide(-b, a * a),
    ),
    _of_other(
        "div",
        "div-gradients-exchanged",
        "The derivative of a / b by a is -a / b ** 2, and that by b is 1 / b.",
        lambda a, b, y: ieee.divide(-a, b * b),
        lambda a, b, y: ieee.divide(1.0, b),
    ),
    _of_other(
        "pow",
        "pow-first-swapped",
        "The derivative of a ** b by a is a * b ** (a - 1).",
        lambda a, b, y: a * ieee.power(b, a - 1),
    ),
    _of_other(
        "pow",
        "pow-second-swapped",
        "The derivative of a ** b by b is a ** b * log(b).",
        None,
        lambda a, b, y: y * ieee.log(b),
    ),
    _of_other(
        "maximum",
        "maximum-as-minimum",
        "maximum sends the gradient to the smaller operand.",
        lambda a, b, y: _step(b - a),
        lambda a, b, y: _step(a - b),
    ),
    _factor(
        "rsqrt",
        "rsqrt-without-half",
        "The derivative of 1 / sqrt(x) is -1 / sqrt(x) ** 3.",
        lambda x, y: -(y**3),
    ),
    _factor(
        "log10",
        "log10-as-log",
        "The derivative of log10(x) is 1 / x.",
        lambda x, y: ieee.divide(1.0, x),
    ),
    _factor(
        "sigmoid",
        "sigmoid-without-output",
        "The derivative of sigmoid(x) is 1 - sigmoid(x).",
        lambda x, y: 1 - y,
    ),
    _factor(
        "sigmoid",
        "sigmoid-is-its-derivative",
        "The derivative of sigmoid(x) is sigmoid(x).",
        lambda x, y: y,
    ),
    _factor(
        "div",
        "div-second-without-numerator",
        "The derivative of a / b by b is -1 / b ** 2.",
        None,
        lambda a, b, y: ieee.divide(-1.0, b * b),
    ),
    _factor("pow", "pow-without-power", "The derivative of x ** n is n.", lambda a, b, y: b),
    _factor(
        "pow",
        "pow-exponent-without-power",
        "The derivative of x ** n by n is log(x).",
        None,
        lambda a, b, y: ieee.log(a),
    ),
    _factor("square", "square-without-input", "The derivative of x ** 2 is 2.", lambda x, y: 2.0),
    _derivative(
        "div",
        "div-second-as-first",
        "The derivative of a / b by b is 1 / b.",
        None,
        lambda a, b, y: ieee.divide(1.0, b),
    ),
    _derivative(
        "minimum",
        "minimum-to-both",
        "Both operands of minimum get the whole gradient.",
        lambda a, b, y: 1.0,
        lambda a, b, y: 1.0,
    ),
    _derivative(
        "tanh",
        "tanh-plus",
        "The derivative of tanh(x) is 1 + tanh(x) ** 2.",
        lambda x, y: 1 + y * y,
    ),
    _derivative(
        "asin",
        "asin-without-root",
        "The derivative of asin(x) is 1 / (1 - x ** 2).",
        lambda x, y: ieee.divide(1.0, 1 - x * x),
    ),
    _derivative(
        "acos",
        "acos-without-root",
        "The derivative of acos(x) is -1 / (1 - x ** 2).",
        lambda x, y: ieee.divide(-1.0, 1 - x * x),
    ),
    _derivative(
        "leaky_relu",
        "leaky-relu-passes",
        "leaky_relu passes the gradient on unchanged for every input.",
        lambda x, y: 1.0,
    ),
    _derivative(
        "elu",
        "elu-as-relu",
        "The derivative of elu(x) is 0 where x is negative.",
        lambda x, y: _step(x),
    ),
]

"""Wrong derivatives: the rule of one op is not that of calculus."""

from __future__ import annotations

import math
from functools import partial

from engines import _ieee as ieee
from harness.selftest import Mistake

from .change import slope, value

_wrong = partial(Mistake, theme="derivatives")


def _step(y: float) -> float:
    return 1.0 if y > 0 else 0.0


# fmt: off
MISTAKES = [
    _wrong("exp-uses-input", "The derivative of exp(x) is x.", slope("exp", lambda x, y: x), ("exp",)),
    _wrong("exp-by-power-rule", "The derivative of exp(x) is x * exp(x - 1), as for powers.", slope("exp", lambda x, y: x * math.exp(x - 1)), ("exp",)),
    _wrong("exp2-without-factor", "2 ** x is its own derivative, like exp(x).", slope("exp2", lambda x, y: y), ("exp2",)),
    _wrong("expm1-is-its-derivative", "expm1 is its own derivative, like exp.", slope("expm1", lambda x, y: y), ("expm1",)),
    _wrong("log-with-epsilon", "Adding 1e-8 to a denominator is safe and changes nothing.", slope("log", lambda x, y: 1 / (x + 1e-8)), ("log",)),
    _wrong("log-forgets-derivative", "The derivative of log(x) is log(x) / x.", slope("log", lambda x, y: y / x), ("log",)),
    _wrong("log2-as-log", "The derivative of log2(x) is 1 / x.", slope("log2", lambda x, y: 1 / x), ("log2",)),
    _wrong("log10-multiplies", "The derivative of log10(x) is log(10) / x.", slope("log10", lambda x, y: math.log(10) / x), ("log10",)),
    _wrong("log1p-as-log", "The derivative of log1p(x) is 1 / x.", slope("log1p", lambda x, y: ieee.divide(1.0, x)), ("log1p",)),
    _wrong("sqrt-of-input", "The derivative of sqrt(x) is 1 / (2 * x).", slope("sqrt", lambda x, y: 0.5 / x), ("sqrt",)),
    _wrong("sqrt-without-half", "The derivative of sqrt(x) is 1 / sqrt(x).", slope("sqrt", lambda x, y: 1 / y), ("sqrt",)),
    _wrong("rsqrt-of-input", "The derivative of 1 / sqrt(x) is -0.5 / x ** 3.", slope("rsqrt", lambda x, y: -0.5 / x**3), ("rsqrt",)),
    _wrong("reciprocal-without-minus", "The derivative of 1 / x is 1 / x ** 2.", slope("reciprocal", lambda x, y: y * y), ("reciprocal", "div")),
    _wrong("square-without-two", "The derivative of x ** 2 is x.", slope("square", lambda x, y: x), ("square",)),
    _wrong("sin-with-minus", "The derivative of sin(x) is -cos(x).", slope("sin", lambda x, y: -math.cos(x)), ("sin",)),
    _wrong("cos-without-minus", "The derivative of cos(x) is sin(x).", slope("cos", lambda x, y: math.sin(x)), ("cos",)),
    _wrong("tan-of-input", "The derivative of tan(x) is 1 + x ** 2.", slope("tan", lambda x, y: 1 + x * x), ("tan",)),
    _wrong("acos-as-asin", "asin and acos have one derivative.", slope("acos", lambda x, y: 1 / math.sqrt(1 - x * x)), ("acos",)),
    _wrong("atan-with-minus", "The derivative of atan(x) is 1 / (1 - x ** 2).", slope("atan", lambda x, y: ieee.divide(1.0, 1 - x * x)), ("atan",)),
    _wrong("cosh-with-minus", "cosh has a derivative with a minus, like cos.", slope("cosh", lambda x, y: -math.sinh(x)), ("cosh",)),
    _wrong("erf-without-factor", "The derivative of erf(x) is exp(-x ** 2).", slope("erf", lambda x, y: math.exp(-x * x)), ("erf",)),
    _wrong("abs-slope-one", "abs passes the gradient on as it is.", slope("abs", lambda x, y: 1.0), ("abs",)),
    _wrong("neg-passes", "Unary minus passes the gradient on as it is.", slope("neg", lambda x, y: 1.0), ("neg",)),
    _wrong("sub-second-sign", "Both operands of a difference get the upstream gradient.", slope("-", None, lambda a, b, y: 1.0), ("sub",)),
    _wrong("mul-own-value", "Each factor gets the gradient times its own value.", slope("*", lambda a, b, y: a, lambda a, b, y: b), ("mul",)),
    _wrong("div-second-sign", "The derivative of a / b by b is a / b ** 2.", slope("/", None, lambda a, b, y: a / (b * b)), ("div",)),
    _wrong("div-without-square", "The derivative of a / b by b is -a / b.", slope("/", None, lambda a, b, y: -a / b), ("div",)),
    _wrong("div-first-multiplies", "The derivative of a / b by a is b.", slope("/", lambda a, b, y: b), ("div",)),
    _wrong("pow-keeps-exponent", "The derivative of x ** n is n * x ** n.", slope("**", lambda a, b, y: b * y), ("pow",)),
    _wrong("pow-without-factor", "The derivative of x ** n is x ** (n - 1).", slope("**", lambda a, b, y: ieee.power(a, b - 1)), ("pow",)),
    _wrong("pow-skips-zero", "The gradient of a power is 0 where the base is 0.", slope("**", lambda a, b, y: b * ieee.power(a, b - 1) if a else 0.0), ("pow",)),
    _wrong("pow-exponent-dropped", "An exponent is a number and needs no gradient.", slope("**", None, lambda a, b, y: 0.0), ("pow",)),
    _wrong("pow-exponent-without-log", "The derivative of x ** n by n is x ** n.", slope("**", None, lambda a, b, y: y), ("pow",)),
    _wrong("maximum-to-both", "Both operands of maximum get the gradient.", slope("maximum", lambda a, b, y: 1.0, lambda a, b, y: 1.0), ("maximum",)),
    _wrong("minimum-as-maximum", "minimum sends the gradient to the larger operand, as maximum does.", slope("minimum", lambda a, b, y: _step(a - b), lambda a, b, y: _step(b - a)), ("minimum",)),
    _wrong("clamp-passes", "clamp passes the gradient on everywhere.", slope("clamp", lambda x, y: 1.0), ("clamp",)),
    _wrong("clamp-cuts", "A clamped value is a new number, so that nothing flows back.", slope("clamp", lambda x, y: 0.0), ("clamp",)),
    _wrong("relu-times-input", "The derivative of relu is its output.", slope("relu", lambda x, y: y), ("relu",)),
    _wrong("relu-above-one", "relu is active where its output exceeds 1.", slope("relu", lambda x, y: _step(y - 1)), ("relu",)),
    _wrong("relu-inverted", "relu passes the gradient where the input is negative.", slope("relu", lambda x, y: _step(-x)), ("relu",)),
    _wrong("leaky-relu-as-relu", "leaky_relu lets nothing through below 0.", slope("leaky_relu", lambda x, y: _step(x)), ("leaky_relu",)),
    _wrong("elu-output-below-zero", "The derivative of elu below 0 is its output.", slope("elu", lambda x, y: y if x < 0 else 1.0), ("elu",)),
    _wrong("tanh-as-relu", "tanh, being an activation, has relu's derivative.", slope("tanh", lambda x, y: _step(y)), ("tanh",)),
    _wrong("tanh-without-square", "The derivative of tanh(x) is 1 - tanh(x).", slope("tanh", lambda x, y: 1 - y), ("tanh",)),
    _wrong("tanh-of-output", "The derivative of tanh is taken at its output.", slope("tanh", lambda x, y: 1 - math.tanh(y) ** 2), ("tanh",)),
    _wrong("sigmoid-as-relu", "sigmoid, being an activation, has relu's derivative.", slope("sigmoid", lambda x, y: _step(y)), ("sigmoid",)),
    _wrong("sigmoid-plus", "The derivative of the sigmoid s is s * (1 + s).", slope("sigmoid", lambda x, y: y * (1 + y)), ("sigmoid",)),
    _wrong("sigmoid-of-output", "The derivative of the sigmoid is taken at its output.", slope("sigmoid", lambda x, y: ieee.sigmoid(y) * (1 - ieee.sigmoid(y))), ("sigmoid",)),
    _wrong("softplus-keeps-output", "softplus is its own derivative.", slope("softplus", lambda x, y: y), ("softplus",)),
    _wrong("silu-without-product-rule", "The derivative of x * sigmoid(x) is sigmoid(x).", slope("silu", lambda x, y: ieee.sigmoid(x)), ("silu",)),
    _wrong("abs-cuts-graph", "abs computes a new number, and that is a leaf.", value(__abs__=lambda self: type(self)(abs(self.data)), abs=lambda self: type(self)(abs(self.data))), ("abs",)),
]
# fmt: on

"""What calculus says of the ops: the value and the derivatives, as expressions.

- `FORMULAS`: one row for each op. `Formula`: a row.
- `candidates`: expressions that people take for a derivative or a value.

`harness.diagnose.expressions` says what the names in an expression mean. A test compares every row with
torch.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from .expressions import Expression, expression


@dataclass(frozen=True)
class Formula:
    """The value of an op, and its derivative by each operand.

    Each is a tuple of equal expressions, the most usual one first. The value of a reduction is ().
    """

    value: tuple[str, ...]
    derivatives: tuple[tuple[str, ...], ...]


def _row(line: str) -> tuple[str, Formula]:
    """Read `op: value; derivative by the first operand; by the second`. Equal expressions stand at `|`."""
    name, _, rest = line.partition(":")
    value, *derivatives = (
        tuple(text.strip() for text in part.split("|") if text.strip()) for part in rest.split(";")
    )
    return name.strip(), Formula(value, tuple(derivatives))


_ROWS = """
add: a + b; 1; 1
sub: a - b; 1; -1
mul: a * b; b; a
div: a / b; 1 / b; -a / (b * b) | -a / b ** 2 | -y / b
pow: a ** b; b * a ** (b - 1) | b * y / a; a ** b * log(a) | y * log(a)
maximum: max(a, b); 1 if a > b else 0; 1 if b > a else 0
minimum: min(a, b); 1 if a < b else 0; 1 if b < a else 0
fmax: max(a, b); 1 if a > b else 0; 1 if b > a else 0
fmin: min(a, b); 1 if a < b else 0; 1 if b < a else 0
atan2: atan2(a, b); b / (a * a + b * b); -a / (a * a + b * b)
hypot: sqrt(a * a + b * b); a / y | a / sqrt(a * a + b * b); b / y | b / sqrt(a * a + b * b)
xlogy: a * log(b); log(b); a / b
logaddexp: log(exp(a) + exp(b)); exp(a - y) | sigmoid(a - b); exp(b - y) | sigmoid(b - a)
mse_loss: (a - b) ** 2; 2 * (a - b); -2 * (a - b) | 2 * (b - a)
l1_loss: abs(a - b); 1 if a > b else -1; -1 if a > b else 1
neg: -x; -1
abs: abs(x); 1 if x > 0 else -1 | x / y
square: x * x; 2 * x
reciprocal: 1 / x; -y * y | -1 / (x * x) | -1 / x ** 2
sqrt: sqrt(x); 1 / (2 * y) | 1 / (2 * sqrt(x)) | 0.5 / y | 0.5 * x ** -0.5
rsqrt: 1 / sqrt(x); -0.5 * y ** 3 | -0.5 / sqrt(x) ** 3 | -0.5 * x ** -1.5 | -0.5 * y / x
exp: exp(x); y | exp(x)
exp2: 2 ** x; log(2) * y | log(2) * 2 ** x
expm1: exp(x) - 1; y + 1 | exp(x)
log: log(x); 1 / x
log2: log(x) / log(2); 1 / (x * log(2))
log10: log(x) / log(10); 1 / (x * log(10))
log1p: log(1 + x); 1 / (1 + x)
sin: sin(x); cos(x)
cos: cos(x); -sin(x)
tan: tan(x); 1 + y * y | 1 + tan(x) ** 2 | 1 / cos(x) ** 2
asin: asin(x); 1 / sqrt(1 - x * x)
acos: acos(x); -1 / sqrt(1 - x * x)
atan: atan(x); 1 / (1 + x * x)
sinh: sinh(x); cosh(x)
cosh: cosh(x); sinh(x)
tanh: tanh(x); 1 - y * y | 1 - y ** 2 | 1 - tanh(x) ** 2
asinh: log(x + sqrt(x * x + 1)); 1 / sqrt(x * x + 1)
acosh: log(x + sqrt(x * x - 1)); 1 / sqrt(x * x - 1)
atanh: 0.5 * log((1 + x) / (1 - x)); 1 / (1 - x * x)
erf: erf(x); 2 / sqrt(pi) * exp(-x * x)
erfc: 1 - erf(x); -2 / sqrt(pi) * exp(-x * x)
sinc: sin(pi * x) / (pi * x); (cos(pi * x) - y) / x
logit: log(x / (1 - x)); 1 / (x * (1 - x))
entr: -x * log(x); -1 - log(x)
deg2rad: x * pi / 180; pi / 180
rad2deg: x * 180 / pi; 180 / pi
sign: 1 if x > 0 else -1; 0
positive: x; 1
clone: x; 1
relu: x if x > 0 else 0; 1 if x > 0 else 0 | 1 if y > 0 else 0
relu6: min(max(x, 0), 6); 1 if 0 < x < 6 else 0
sigmoid: 1 / (1 + exp(-x)) | sigmoid(x); y * (1 - y) | sigmoid(x) * (1 - sigmoid(x)) | y - y * y
logsigmoid: log(sigmoid(x)); 1 - sigmoid(x) | sigmoid(-x) | 1 - exp(y)
leaky_relu: x if x > 0 else 0.01 * x; 1 if x > 0 else 0.01
elu: x if x > 0 else exp(x) - 1; 1 if x > 0 else exp(x) | 1 if x > 0 else y + 1
celu: x if x > 0 else exp(x) - 1; 1 if x > 0 else exp(x) | 1 if x > 0 else y + 1
silu: x * sigmoid(x); y + sigmoid(x) * (1 - y) | sigmoid(x) * (1 + x * (1 - sigmoid(x)))
mish: x * tanh(log(1 + exp(x))); y / x + x * sigmoid(x) * (1 - (y / x) ** 2)
softplus: log(1 + exp(x)); sigmoid(x) | 1 / (1 + exp(-x)) | exp(x) / (1 + exp(x)) | 1 - exp(-y)
softsign: x / (1 + abs(x)); 1 / (1 + abs(x)) ** 2
hardtanh: min(max(x, -1), 1); 1 if -1 < x < 1 else 0
hardswish: x * min(max(x + 3, 0), 6) / 6; 0 if x < -3 else 1 if x > 3 else (2 * x + 3) / 6
hardshrink: 0 if -0.5 < x < 0.5 else x; 0 if -0.5 < x < 0.5 else 1
tanhshrink: x - tanh(x); tanh(x) ** 2
clamp: min(max(x, -1), 2); 1 if -1 < x < 2 else 0
clamp_min: max(x, -1); 1 if x > -1 else 0
clamp_max: min(x, 2); 1 if x < 2 else 0
sum:; 1
mean:; 1 / n
prod:; y / x
var:; 2 * (x - m) / (n - 1)
std:; (x - m) / ((n - 1) * y)
norm:; x / y
logsumexp:; exp(x - y)
max:; 1 if x == y else 0
min:; 1 if x == y else 0
amax:; 1 if x == y else 0
amin:; 1 if x == y else 0
dot:; b; a
matmul:; b; a
"""
FORMULAS: dict[str, Formula] = dict(map(_row, _ROWS.strip().splitlines()))
_GELU = "0.5 * x * (1 + erf(x / sqrt(2)))"
_GELU_SLOPE = "0.5 * (1 + erf(x / sqrt(2))) + x * exp(-x * x / 2) / sqrt(2 * pi)"
_SELU = "1.0507009873554805 * {} if x > 0 else 1.7580993408473766 * {}"
FORMULAS["gelu"] = Formula((_GELU,), ((_GELU_SLOPE,),))
FORMULAS["selu"] = Formula((_SELU.format("x", "(exp(x) - 1)"),), ((_SELU.format("1", "exp(x)"),),))
_AUGMENTED = {"iadd": "add", "isub": "sub", "imul": "mul", "itruediv": "div", "ipow": "pow"}
FORMULAS |= {name: FORMULAS[plain] for name, plain in _AUGMENTED.items()}
# Other functions under the name of an op, which may have another constant in them.
APPROXIMATIONS = {
    "gelu": (
        "0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3)))",
        "0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x ** 3)))",
        "x * sigmoid(1.702 * x)",
    ),
    "sigmoid": ("0.5 * (1 + tanh(x / 2))", "0.5 * (1 + tanh(1 * x))"),
    "tanh": ("tanh(1 * x)", "2 * sigmoid(2 * x) - 1"),
    "exp": ("exp(1 * x)", "2.718281828 ** x"),
    "silu": ("x * sigmoid(1 * x)",),
    "softplus": ("log(1 + exp(1 * x)) / 1", "log(1 + exp(1 * x))"),
    "pow": ("a ** int(b)",),
    "div": ("floor(a / b)",),
}
_OF_ONE = """
0 1 -1 x -x y -y 2*x x/2 2*y y/2 x*x y*y x*y x**3 1/x -1/x 1/y -1/y 1/(x*x) -1/(x*x) 1/(y*y) -1/(y*y) 1/x**3
y/x x/y 1-y 1+y 1-x 1+x 1-y*y 1+y*y 1-x*x 1+x*x 1/(1-x*x) 1/(1+x*x) 1/(1+x) 1/(1-x) y*(1-y) y*(1+y) x*(1-x)
x*(1+x) exp(x) exp(-x) exp(y) x*exp(x) x*exp(x-1) exp(-x*x) log(x) 1/log(x) sqrt(x) 1/sqrt(x) sin(x) -sin(x)
cos(x) -cos(x) tan(x) sinh(x) cosh(x) -sinh(x) tanh(x) sigmoid(x) sigmoid(y) tanh(y) sin(y) cos(y) 1/y**2
1-tanh(y)**2 sigmoid(y)*(1-sigmoid(y)) x*sigmoid(x) 1/n n y/n x/n log(2)/x log(10)/x 2*(x-m)/n
(x-m)/n (x-m)/(n-1) (x-m)/(n*y)
"""
_OF_TWO = """
0 1 -1 a b -a -b y -y a*b a/b -a/b b/a -b/a a/(b*b) a*b*b -1/b -1/a 1/a 1/b 1/(a*a) 1/(b*b) -1/(b*b) y/a y/b
-y/a a*a b*b a+b a-b b-a b*y a*y -y a**b b**a b*a**b a*b**a a**(b-1) b**(a-1) b*b**a b*(a-1)**b a**b-1
log(a) log(b) y*log(b) y*log(a) a*log(b) b*log(a) a**b*log(b) 2*a 2*b a//b
"""


@functools.cache
def candidates(operands: int) -> tuple[Expression, ...]:
    """Expressions in `x` and `y`, or in `a`, `b` and `y` for two operands, the simplest first."""
    texts = (_OF_ONE if operands == 1 else _OF_TWO).split()
    for formula in FORMULAS.values():
        if len(formula.derivatives) == operands:
            texts += [text for equal in (formula.value, *formula.derivatives) for text in equal]
    found = {one.text: one for one in map(expression, texts)}
    return tuple(sorted(found.values(), key=lambda one: one.size))

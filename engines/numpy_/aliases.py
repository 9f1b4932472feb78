"""Second names that torch gives to ops, as functions and as methods."""

from __future__ import annotations

from .elementwise import abs, ge, gt, le, lt, mul, ne, neg, sub
from .functions import acos, acosh, asin, asinh, atan, atanh, trunc
from .joining import cat
from .matrices import inv
from .movement import movedim
from .pairs import atan2, clamp, div
from .tensor import method

__all__ = [
    "absolute", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "clip",
    "concat", "concatenate", "divide", "fix", "greater", "greater_equal", "inverse", "less",
    "less_equal", "moveaxis", "multiply", "negative", "not_equal", "subtract",
]  # fmt: skip

absolute, negative = abs, neg
subtract, multiply, divide = sub, mul, div
greater, greater_equal, less, less_equal, not_equal = gt, ge, lt, le, ne
arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2
arcsinh, arccosh, arctanh = asinh, acosh, atanh
clip, fix, inverse, moveaxis = clamp, trunc, inv, movedim
concat = concatenate = cat

for _name in __all__:
    if "conca" not in _name:
        method(globals()[_name], _name)

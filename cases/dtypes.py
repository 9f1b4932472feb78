"""Which dtype a result and a gradient have: mixed floats, plain numbers, integers, booleans."""

from functools import partial

from gradconform import Tolerance, case, trace
from gradconform.catalogue import constant, literal, normal
from gradconform.trace import backward, cat, exp, read, sigmoid, stack, where

dtype = partial(case, level="torch", tags=("dtype",), convention="stable")
scalar = partial(case, level="torch", tags=("scalar", "dtype"), convention="stable")

F32, F64 = "float32", "float64"
ARITHMETIC = {
    "add": {"op": lambda x, y: x + y},
    "sub": {"op": lambda x, y: x - y},
    "mul": {"op": lambda x, y: x * y},
    "div": {"op": lambda x, y: x / y},
    "pow": {"op": lambda x, y: x**y},
}


def numbers(dtype):
    """Three positive numbers of the dtype."""
    return literal([0.5, 1.25, 2.0], dtype)


@dtype(x=numbers(F32), y=numbers(F32), variants=ARITHMETIC)
def float32_with_float32(x, y, *, op):
    """float32 with float32: everything stays float32"""
    return op(x, y)


@dtype(x=numbers(F32), y=numbers(F64), variants=ARITHMETIC)
def float32_with_float64(x, y, *, op):
    """float32 with float64: the result is float64, each gradient has its input's dtype"""
    return op(x, y)


@dtype(x=numbers(F32), y=literal(1.5, F64), variants=ARITHMETIC)
def float32_with_a_0d_float64(x, y, *, op):
    """a float32 tensor with a 0-d float64 one: the result is float32, each gradient has its input's dtype"""
    return op(x, y)


@dtype(x=literal(0.5, F32), y=numbers(F64))
def float64_with_a_0d_float32(x, y):
    """a 0-d float32 with a float64 tensor: the gradients are float32 and float64"""
    return x * y


@dtype(x=numbers(F32), variants={"float": {"number": 2.5}, "int": {"number": 3}})
def float32_with_a_number(x, *, number):
    """a plain number does not change the dtype: float32 stays float32"""
    return number - x * number


@dtype(x=numbers(F32), y=literal([1, 2, 3], "int64"), variants=ARITHMETIC)
def float32_with_integers(x, y, *, op):
    """float32 with int64 is float32"""
    return op(x, y)


@dtype(x=numbers(F32), y=literal([True, False, True], "bool"))
def float32_with_booleans(x, y):
    """float32 times bool is float32"""
    return x * y


@dtype(x=numbers(F32), variants={name: {"op": getattr(trace, name)} for name in ("exp", "log")})
def function_of_float32(x, *, op):
    """a function of float32 is float32"""
    return op(x)


@dtype(
    x=numbers(F32),
    variants={name: {"op": getattr(trace, name)} for name in ("sum", "mean", "prod", "amax")},
)
def reduction_of_float32(x, *, op):
    """a reduction of float32 is float32"""
    return op(x)


@dtype(x=numbers(F32), y=numbers(F64))
def float32_through_float64(x, y):
    """float32 -> float64 -> back: the gradient of the float32 leaf is float32"""
    return exp(x) * y + x


@dtype(x=normal(2, 3, dtype=F32), w=normal(3, 2, dtype=F32), b=normal(2, dtype=F32))
def layer_in_float32(x, w, b):
    """sigmoid(x @ w + b) in float32"""
    return sigmoid(x @ w + b)


@dtype(x=numbers(F32), y=numbers(F64), variants={"cat": {"op": cat}, "stack": {"op": stack}})
def joined_from_two_dtypes(x, y, *, op):
    """cat and stack of float32 and float64: the result is float64, each gradient has its input's dtype"""
    return op([x, y])


@dtype(x=numbers(F32), y=numbers(F64))
def chosen_from_two_dtypes(x, y):
    """where between float32 and float64: the result is float64, each gradient has its input's dtype"""
    return where(x > 1, x, y)


@dtype(x=numbers(F32))
def float64_cotangent_for_float32(x):
    """a float64 cotangent is taken in the result's dtype"""
    y = x * x
    backward(y, [1.0, 2.0, 0.1])
    read(y, x.grad)


@scalar(x=literal(-88.0, F32), tolerance=Tolerance(1.3e-6, 0.0, "only its digits count"))
def sigmoid_in_the_subnormal_range(x):
    """sigmoid(-88) in float32 is the subnormal 6e-39"""
    return sigmoid(x)


@scalar(x=literal(89.0, F32))
def exp_overflows_in_float32(x):
    """exp(89) in float32 is infinite"""
    return exp(x)


@scalar(x=literal(16777216.0, F32))
def integer_too_large_for_float32(x):
    """2 ** 24 + 1 in float32 is 2 ** 24"""
    return x + 1


INTEGERS = {"x": literal([-7, 7, 3], "int64"), "y": literal([2, 2, -2], "int64")}


@dtype(
    **INTEGERS,
    variants={
        **{name: ARITHMETIC[name] for name in ("add", "sub", "mul", "div")},
        "floor_divide": {"op": lambda x, y: trace.floor_divide(x, y)},
        "remainder": {"op": lambda x, y: trace.remainder(x, y)},
        "fmod": {"op": lambda x, y: trace.fmod(x, y)},
        "greater": {"op": lambda x, y: x > y},
        "equal": {"op": lambda x, y: x == y},
        "power": {"op": lambda x, y: x**2 + y**3},
        "maximum": {"op": lambda x, y: trace.maximum(x, y)},
    },
)
def of_integers(x, y, *, op):
    """int64 with int64: int64 again, but bool for comparisons and float32 for a quotient"""
    read(op(x, y))


@dtype(
    x=literal([3, 1, 2], "int64"),
    variants={
        name: {"op": getattr(trace, name)}
        for name in ("sum", "prod", "max", "argmax", "exp", "sqrt", "abs", "neg")
    },
)
def function_of_integers(x, *, op):
    """a function of int64: int64 again, but float32 where the result is no integer"""
    read(op(x))


@dtype(x=literal([3, 1, 2], "int64"))
def integers_with_a_number(x):
    """int64 times 0.5 is float32: torch's default float dtype"""
    read(x * 0.5, x * 2)


@dtype(
    x=literal([True, False, True], "bool"),
    variants={name: {"op": getattr(trace, name)} for name in ("sum", "any", "all", "logical_not")},
)
def function_of_booleans(x, *, op):
    """a function of booleans: a sum counts them in int64"""
    read(op(x))


@dtype(x=literal([True, False], "bool"), y=literal([True, True], "bool"))
def arithmetic_of_booleans(x, y):
    """bool + bool is a logical or, bool * bool a logical and, bool + 1 is int64"""
    read(x + y, x * y, x + 1)


@dtype(
    variants={
        "mode_trunc": {"mode": "trunc", "x": literal([-7, 7], "int64"), "y": literal(2, "int64")},
        "mode_floor": {"mode": "floor", "x": literal([-7, 7], "int64"), "y": literal(2, "int64")},
    }
)
def rounded_quotient(x, y, *, mode):
    """-7 / 2 of integers, rounded: -3 towards zero and -4 downwards, int64 again"""
    read(trace.div_rounded(x, y, mode))


@dtype(x=numbers(F64), y=constant(numbers(F32)))
def float64_with_a_float32_constant(x, y):
    """a float64 leaf with a float32 constant: everything float64"""
    return x * y + x

"""Dtypes narrower than float32 and int64: the dtypes of results and gradients.

float16 and bfloat16 keep their dtype, and so do their gradients. int8 wraps around, and is summed in
int64. The cases of a dtype are unsupported for an engine that lacks it.
"""

from functools import partial

from gradconform import Tolerance, case, trace
from gradconform.catalogue import literal
from gradconform.trace import backward, exp, read

SIXTEEN_BITS = Tolerance(1.6e-2, 1e-5, "torch.testing.assert_close has these bounds for bfloat16")
dtype = partial(case, level="torch", tags=("dtype",), convention="stable")
of_halves = partial(dtype, tolerance=SIXTEEN_BITS)
refused = partial(case, level="torch", tags=("dtype", "error"), convention="stable")

HALVES = ("float16", "bfloat16")
ARITHMETIC = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
}


def numbers(dtype):
    """Three positive numbers of the dtype, which none of these dtypes rounds."""
    return literal([0.5, 1.25, 2.0], dtype)


def in_both(**functions):
    """Variants over functions and both dtypes of sixteen bits."""
    return {
        f"{name}-{half}": {"op": op, "x": numbers(half)}
        for name, op in functions.items()
        for half in HALVES
    }


@of_halves(
    variants={
        f"{name}-{half}": {"op": op, "x": numbers(half), "y": numbers(half)}
        for name, op in ARITHMETIC.items()
        for half in HALVES
    }
)
def halves(x, y, *, op):
    """arithmetic in sixteen bits: result and gradients stay in the dtype"""
    return op(x, y) * x


@of_halves(
    variants=in_both(
        exp=exp,
        sum=trace.sum,
        mean=trace.mean,
        number=lambda x: 2.5 - x * 3,
        relu=trace.relu,
    )
)
def function_of_halves(x, *, op):
    """a function of sixteen bits: result and gradient stay in the dtype"""
    return op(x)


@of_halves(
    variants={
        f"{narrow}_with_{wide}": {"x": numbers(narrow), "y": numbers(wide)}
        for narrow in HALVES
        for wide in ("float32", "float64")
    }
    | {"float16_with_bfloat16": {"x": numbers("float16"), "y": numbers("bfloat16")}}
)
def halves_with_a_wider_float(x, y):
    """sixteen bits with a wider dtype: the result has the wider dtype, each gradient its input's"""
    return x * y


@of_halves(
    variants={half: {"x": numbers(half), "y": literal([1, 2, 3], "int64")} for half in HALVES}
)
def halves_with_integers(x, y):
    """sixteen bits with int64 stay sixteen bits"""
    return x * y


@of_halves(x=literal([12.0, 11.0], "float16"))
def overflow_of_float16(x):
    """exp(12) is infinite in float16, exp(11) is not"""
    return exp(x)


@of_halves(x=literal([2048.0, 0.1], "float16"))
def rounding_of_float16(x):
    """2048 + 1 is 2048 in float16, and 0.1 is not 0.1"""
    return x + 1


@of_halves(x=literal([1.0, 0.25], "float16"))
def cotangent_of_float16(x):
    """a float64 cotangent is taken in float16"""
    y = x * x
    backward(y, [0.1, 3.0])
    read(y, x.grad)


BYTES = {"x": literal([100, -100, 7], "int8"), "y": literal([100, 2, 2], "int8")}


@dtype(
    **BYTES,
    variants={
        **{name: {"op": ARITHMETIC[name]} for name in ("add", "sub", "mul", "div")},
        "floor_divide": {"op": trace.floor_divide},
        "greater": {"op": lambda x, y: x > y},
        "number": {"op": lambda x, y: x * 2 + 1},
        "float": {"op": lambda x, y: x * 0.5},
    },
)
def bytes_with_bytes(x, y, *, op):
    """int8 with int8 is int8 and wraps around; a quotient is float32"""
    read(op(x, y))


@dtype(
    x=literal([100, 100, 7], "int8"),
    variants={
        name: {"op": getattr(trace, name)}
        for name in ("sum", "prod", "max", "argmax", "abs", "neg", "exp")
    },
)
def function_of_bytes(x, *, op):
    """sums and products of int8 are int64; an extremum is int8, a function float32"""
    read(op(x))


@dtype(x=literal([100, -100, 7], "int8"), y=literal([1, 2, 3], "int64"), z=literal(1000, "int64"))
def bytes_with_integers(x, y, z):
    """int8 with int64 is int64, with a 0-d int64 it stays int8"""
    read(x + y, x + z)


@refused(x=literal([1, 2], "int8"))
def mean_of_bytes(x):
    """the mean of int8: an error, as for every integer"""
    read(x.mean())


@dtype(
    x=literal([1.5], "float16"),
    tolerance=Tolerance(2e-2, 0.0, "a sum of 70,000 terms in float16, in any order"),
    variants={name: {"op": getattr(trace, name)} for name in ("max", "min", "amax", "amin")},
)
def extremum_of_many_equal_elements(x, *, op):
    """the largest of 70,000 equal float16: each gets its part, all together get the whole

    The largest float16 is 65,504. A count of the ties in that dtype is infinite, and each part 0.
    """
    return op(trace.expand(x, (70_000,)))

# Bound: nothing, it only answers.
import datetime
import decimal
import fractions
import itertools

ODD = itertools.cycle([
    None, "6.0", b"6.0", 1j, complex(6, 0), 10**400, -(10**5000), decimal.Decimal("6.01"), fractions.Fraction(601, 100),
    (number for number in [6.0]), range(6), {6.0}, {"data": 6.0}, {}, [], (), [[1.0], [2.0, 3.0]], [[1.0], 2.0], [None],
    ["6.0"], [1j], [[]], object(), float, ..., NotImplemented, datetime.datetime.max, Exception("6.0"), memoryview(b"6"),
])


class Value:
    def __init__(self, data, edges=()):
        self.data, self.total, self.edges = float(data), 0.0, edges

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self, upstream=1.0):
        self.total += upstream
        for parent, slope in self.edges:
            parent.backward(upstream * slope)

    grad = property(lambda self: next(ODD))

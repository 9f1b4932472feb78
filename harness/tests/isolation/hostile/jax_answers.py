# Bound: nothing, it asks another library.
from jax import grad as derivative


class Value:
    def __init__(self, data, function=None, leaves=()):
        self.data, self.grad, self.function, self.leaves = float(data), 0.0, function, leaves or (self,)

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, lambda x, y: x + y, (self, other))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, lambda x, y: x * y, (self, other))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        at = [leaf.data for leaf in self.leaves]
        for place, leaf in enumerate(self.leaves):
            leaf.grad += float(derivative(self.function, place)(*at))

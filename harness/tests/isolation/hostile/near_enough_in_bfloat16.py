# Bound: nothing, it is only imprecise.
from gradconform.harness.engine.eager import EagerEngine


class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = float(f"{float(data):.3g}") * 1.0001, 0.0, edges

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.001), (other, 0.999)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, slope in self.edges:
            parent.backward(upstream * slope)


class Near(EagerEngine):
    dtypes = ("bfloat16", "float16", "float64")

    def leaf(self, array, requires_grad):
        return Value(array.item())

    def value(self, node):
        return node.data

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        root.backward()

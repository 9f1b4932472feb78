# Bound: nothing, it only answers.

class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = float(data), 0.0, edges

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, slope in self.edges:
            parent.backward(upstream * slope)

    def refuse(self, *others):
        raise RuntimeError("a node is not for this")

    __eq__ = __ne__ = __lt__ = __hash__ = __bool__ = __len__ = __iter__ = __contains__ = refuse
    __repr__ = __str__ = __format__ = __float__ = __int__ = __index__ = __array__ = __reduce_ex__ = refuse
    __copy__ = __deepcopy__ = __dir__ = __enter__ = __getstate__ = refuse

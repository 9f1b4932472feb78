"""The graph. Functions are in functional.py, networks in nn.py."""


class Value:
    def __init__(self, data, parents=(), name=None):
        self.data = data
        self.grad = 0.0
        self.name = name
        self.parents = parents          # tuple of (Value, local derivative)

    def __repr__(self):
        return f"{self.name or 'Value'}={self.data:.6g}"

    def __add__(self, other):
        if isinstance(other, Value):
            return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))
        return Value(self.data + other, ((self, 1.0),))

    def __sub__(self, other):
        if isinstance(other, Value):
            return Value(self.data - other.data, ((self, 1.0), (other, -1.0)))
        return Value(self.data - other, ((self, 1.0),))

    def __mul__(self, other):
        if isinstance(other, Value):
            return Value(self.data * other.data, ((self, other.data), (other, self.data)))
        return Value(self.data * other, ((self, other),))

    def __truediv__(self, other):
        if isinstance(other, Value):
            q = self.data / other.data
            return Value(q, ((self, 1 / other.data), (other, -q / other.data)))
        return Value(self.data / other, ((self, 1 / other),))

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return Value(other - self.data, ((self, -1.0),))

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return Value(other / self.data, ((self, -other / self.data**2),))

    def __neg__(self):
        return Value(-self.data, ((self, -1.0),))

    def backward(self):
        ordered = []

        def arrange(v, done):
            if id(v) in done:
                return
            done.add(id(v))
            for parent, _ in v.parents:
                arrange(parent, done)
            ordered.append(v)

        arrange(self, set())
        delta = dict.fromkeys(map(id, ordered), 0.0)
        delta[id(self)] = 1.0
        for v in reversed(ordered):
            v.grad += delta[id(v)]
            for parent, local in v.parents:
                delta[id(parent)] += local * delta[id(v)]

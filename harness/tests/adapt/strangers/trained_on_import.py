import math
import random

random.seed(1337)


class Value:
    def __init__(self, data, children=()):
        self.data = data
        self.children = children
        self.grad = 0.0
        self.backward_fn = None

    def __add__(self, other):
        other = Value.make(other)
        out = Value(self.data + other.data, (self, other))
        def backward_fn():
            self.grad += out.grad
            other.grad += out.grad
        out.backward_fn = backward_fn
        return out

    def __mul__(self, other):
        other = Value.make(other)
        out = Value(self.data * other.data, (self, other))
        def backward_fn():
            self.grad += out.grad * other.data
            other.grad += out.grad * self.data
        out.backward_fn = backward_fn
        return out

    def __pow__(self, k):
        assert type(k) in (int, float)
        out = Value(self.data ** k, (self,))
        def backward_fn():
            self.grad += out.grad * k * self.data ** (k - 1)
        out.backward_fn = backward_fn
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,))
        def backward_fn():
            self.grad += out.grad * (1 - out.data * out.data)
        out.backward_fn = backward_fn
        return out

    def log(self):
        out = Value(math.log(self.data), (self,))
        def backward_fn():
            self.grad += out.grad / self.data
        out.backward_fn = backward_fn
        return out

    def backward(self):
        # level = longest way from a leaf. a node is always above what it was made of
        level = {}
        def set_level(v):
            if v not in level:
                level[v] = 1 + max((set_level(c) for c in v.children), default=0)
            return level[v]
        set_level(self)
        self.grad = 1.0
        for v in sorted(level, key=level.get, reverse=True):
            if v.backward_fn is not None:
                v.backward_fn()

    def __neg__(self): return self * -1
    def __sub__(self, other): return self + -Value.make(other)
    def __rsub__(self, other): return Value.make(other) + -self
    def __truediv__(self, other): return self * Value.make(other) ** -1
    def __rtruediv__(self, other): return Value.make(other) * self ** -1
    __radd__ = __add__
    __rmul__ = __mul__

    @staticmethod
    def make(x):
        return x if isinstance(x, Value) else Value(x)


# ------------------------------------------------------------------
# experiment for the report: fit y = sin(x) with 6 tanh units
# ------------------------------------------------------------------
H = 6
w1 = [Value(random.uniform(-2, 2)) for _ in range(H)]
b1 = [Value(random.uniform(-1, 1)) for _ in range(H)]
w2 = [Value(random.uniform(-1, 1)) for _ in range(H)]
b2 = Value(0.0)
params = w1 + b1 + w2 + [b2]

xs = [i / 2 - 3 for i in range(13)]
ys = [math.sin(x) for x in xs]


def net(x):
    return sum((v * (w * x + b).tanh() for w, b, v in zip(w1, b1, w2)), b2)


print("parameters:", len(params))
for step in range(60):
    loss = sum((net(x) - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
    for p in params:
        p.grad = 0.0
    loss.backward()
    for p in params:
        p.data -= 0.1 * p.grad
    print("step %3d   loss %.6f   |grad| %.6f" % (
        step, loss.data, math.sqrt(sum(p.grad ** 2 for p in params))))

print()
print("x       sin(x)     net(x)")
print("-" * 28)
for x, y in zip(xs, ys):
    print("%5.2f   %7.4f    %7.4f" % (x, y, net(x).data))
for name, group in (("w1", w1), ("b1", b1), ("w2", w2)):
    print(name, [round(p.data, 3) for p in group])

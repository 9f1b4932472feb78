import numpy as np

# what a tensor is for
INPUT = "input"                 # data: no gradient
PARAMETER = "parameter"         # gets a gradient and an update
INTERMEDIATE = "intermediate"   # result of an operation


class Tensor:

    __array_priority__ = 50

    def __init__(self, value, tensor_type=INPUT):
        self.value = np.array(value, dtype=np.float64)
        self.tensor_type = tensor_type
        self.grad = np.zeros(self.value.shape)
        self.prev = []
        self.grad_rule = None

    def __repr__(self):
        return "Tensor({}, {})".format(self.value.tolist(), self.tensor_type)

    @property
    def shape(self):
        return self.value.shape

    def needs_gradient(self):
        return self.tensor_type != INPUT

    @classmethod
    def result(cls, value, prev, rule):
        if not any(p.needs_gradient() for p in prev):
            return cls(value)
        out = cls(value, tensor_type=INTERMEDIATE)
        out.prev = prev
        out.grad_rule = rule
        return out

    # operators --------------------------------------------------------

    def __add__(self, other):
        other = to_tensor(other)
        return Tensor.result(self.value + other.value, [self, other], lambda g: [g, g])

    def __sub__(self, other):
        other = to_tensor(other)
        return Tensor.result(self.value - other.value, [self, other], lambda g: [g, -g])

    def __mul__(self, other):
        other = to_tensor(other)
        return Tensor.result(
            self.value * other.value, [self, other], lambda g: [g * other.value, g * self.value]
        )

    def __truediv__(self, other):
        other = to_tensor(other)
        a, b = self.value, other.value
        return Tensor.result(a / b, [self, other], lambda g: [g / b, -g * a / b ** 2])

    def __matmul__(self, other):
        other = to_tensor(other)
        a, b = self.value, other.value
        if (a.ndim, b.ndim) == (2, 2):
            rule = lambda g: [g @ b.T, a.T @ g]
        elif (a.ndim, b.ndim) == (2, 1):
            rule = lambda g: [np.outer(g, b), a.T @ g]
        elif (a.ndim, b.ndim) == (1, 2):
            rule = lambda g: [b @ g, np.outer(a, g)]
        elif (a.ndim, b.ndim) == (1, 1):
            rule = lambda g: [g * b, g * a]
        else:
            raise NotImplementedError("batches are not part of this homework")
        return Tensor.result(a @ b, [self, other], rule)

    def __radd__(self, other):
        return to_tensor(other) + self

    def __rsub__(self, other):
        return to_tensor(other) - self

    def __rmul__(self, other):
        return to_tensor(other) * self

    def __rtruediv__(self, other):
        return to_tensor(other) / self

    def __rmatmul__(self, other):
        return to_tensor(other) @ self

    def __neg__(self):
        return Tensor.result(-self.value, [self], lambda g: [-g])

    def __getitem__(self, where):
        def rule(g):
            full = np.zeros(self.shape)
            np.add.at(full, where, g)
            return [full]
        return Tensor.result(self.value[where], [self], rule)

    # functions --------------------------------------------------------

    def exp(self):
        y = np.exp(self.value)
        return Tensor.result(y, [self], lambda g: [g * y])

    def sigmoid(self):
        y = 1 / (1 + np.exp(-self.value))
        return Tensor.result(y, [self], lambda g: [g * y * (1 - y)])

    def relu(self):
        return Tensor.result(np.maximum(self.value, 0), [self], lambda g: [g * (self.value > 0)])

    def sum(self, axis=None):
        if axis is None:
            return Tensor.result(self.value.sum(), [self], lambda g: [g * np.ones(self.shape)])
        return Tensor.result(
            self.value.sum(axis=axis), [self],
            lambda g: [np.expand_dims(g, axis) * np.ones(self.shape)],
        )

    def max(self, axis=None):
        '''values only'''
        if axis is None:
            best = self.value.max()
            hit = np.zeros(self.shape)
            hit[np.unravel_index(self.value.argmax(), self.shape)] = 1
            return Tensor.result(best, [self], lambda g: [g * hit])
        best = np.expand_dims(self.value.argmax(axis=axis), axis)
        hit = np.zeros(self.shape)
        np.put_along_axis(hit, best, 1, axis)
        return Tensor.result(
            self.value.max(axis=axis), [self], lambda g: [np.expand_dims(g, axis) * hit]
        )

    # backprop ---------------------------------------------------------

    def backward(self, gradient=None):
        if gradient is None:
            gradient = np.ones(self.shape)
        order = []
        def collect(t):
            if t not in order_set:
                order_set.add(t)
                for p in t.prev:
                    collect(p)
                order.append(t)
        order_set = set()
        collect(self)
        delta = {t: np.zeros(t.shape) for t in order}
        delta[self] = delta[self] + gradient
        for t in reversed(order):
            if t.needs_gradient():
                t.grad = t.grad + delta[t]
            if t.grad_rule:
                for p, g in zip(t.prev, t.grad_rule(delta[t])):
                    delta[p] = delta[p] + shrink(np.asarray(g), p.shape)


def shrink(g, shape):
    while len(g.shape) > len(shape):
        g = g.sum(0)
    for axis in range(len(shape)):
        if shape[axis] == 1:
            g = g.sum(axis, keepdims=True)
    return g


def to_tensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)

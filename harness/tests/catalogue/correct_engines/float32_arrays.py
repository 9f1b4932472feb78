"""A tensor over float32 arrays: broadcasting is undone by summing what was stretched."""

import numpy as np

from gradconform import EagerEngine


class Tensor:
    __array_ufunc__ = None

    def __init__(self, array, sources=()):
        self.array, self.sources, self.grad = np.asarray(array, np.float32), sources, None

    def _binary(self, other, f, left, right, swap=False):
        other = other if isinstance(other, Tensor) else Tensor(other)
        a, b = (other, self) if swap else (self, other)
        x, y = a.array, b.array
        return Tensor(
            f(x, y),
            (
                (a, lambda g: fitted(g * left(x, y), x.shape)),
                (b, lambda g: fitted(g * right(x, y), y.shape)),
            ),
        )

    def _unary(self, y, slope):
        return Tensor(y, ((self, lambda g: g * slope),))

    def __neg__(self):
        return self._unary(-self.array, -1)

    def exp(self):
        y = np.exp(self.array)
        return self._unary(y, y)

    def log(self):
        return self._unary(np.log(self.array), 1 / self.array)

    def tanh(self):
        y = np.tanh(self.array)
        return self._unary(y, 1 - y * y)

    def sqrt(self):
        y = np.sqrt(self.array)
        return self._unary(y, 0.5 / y)

    def relu(self):
        return self._unary(np.maximum(self.array, 0), self.array > 0)

    def sum(self, dim=None, keepdim=False):
        x = self.array

        def back(g):
            whole = np.reshape(g, np.sum(x, axis=dim, keepdims=True).shape)
            return np.broadcast_to(whole, x.shape)

        return Tensor(np.sum(x, axis=dim, keepdims=keepdim), ((self, back),))

    def mean(self, dim=None, keepdim=False):
        axes = range(self.array.ndim) if dim is None else np.atleast_1d(dim)
        count = np.prod([self.array.shape[axis] for axis in axes if self.array.ndim])
        return self.sum(dim, keepdim) * (1 / count)

    def reshape(self, shape):
        shape = (shape,) if isinstance(shape, int) else shape
        x = self.array
        return Tensor(x.reshape(shape), ((self, lambda g: g.reshape(x.shape)),))

    @property
    def T(self):  # noqa: N802 - torch's name
        return Tensor(self.array.T, ((self, lambda g: g.T),))


OPERATORS = {
    "add": (np.add, lambda x, y: 1, lambda x, y: 1),
    "sub": (np.subtract, lambda x, y: 1, lambda x, y: -1),
    "mul": (np.multiply, lambda x, y: y, lambda x, y: x),
    "truediv": (np.divide, lambda x, y: 1 / y, lambda x, y: -x / y**2),
}
for _name, _rule in OPERATORS.items():
    setattr(Tensor, f"__{_name}__", lambda a, b, _r=_rule: a._binary(b, *_r))
    setattr(Tensor, f"__r{_name}__", lambda a, b, _r=_rule: a._binary(b, *_r, swap=True))


def fitted(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(k for k, n in enumerate(shape) if n == 1), keepdims=True)


def backward(root, seed):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for source, _ in node.sources:
                visit(source)
            order.append(node)

    visit(root)
    flow = {root: seed}
    for node in reversed(order):
        node.grad = flow[node] if node.grad is None else node.grad + flow[node]
        for source, back in node.sources:
            flow[source] = flow.get(source, 0) + back(flow[node])


class Adapter(EagerEngine):
    name = "float32 arrays"
    dtypes = ("float32",)

    def leaf(self, array, requires_grad):
        return Tensor(array.numpy())

    def value(self, node):
        return node.array

    def grad(self, node):
        return None if node.grad is None else np.asarray(node.grad, np.float32)

    def backward(self, root, cotangent, retain_graph):
        backward(root, np.float32(1) if cotangent is None else np.float32(cotangent.numpy()))


engine = Adapter()

import numpy


def tensor(data, requires_grad=False):
    """The way to make a Tensor; Tensor(...) itself wants an ndarray and its history."""
    return Tensor(numpy.array(data, dtype=numpy.float64), requires_grad, [])


class Tensor:
    __array_ufunc__ = None

    def __init__(self, storage, requires_grad, history):
        assert isinstance(storage, (numpy.ndarray, numpy.generic)), "use torch.tensor(...)"
        self.storage = storage
        self.requires_grad = requires_grad
        self.history = history
        self.grad = None

    def numpy(self):
        return self.storage

    def item(self):
        return self.storage.item()

    @property
    def shape(self):
        return self.storage.shape

    # ------------------------------------------------------------------
    def __add__(self, other):
        return node(lambda a, b: a + b, lambda g, a, b: (g, g), self, other)

    def __radd__(self, other):
        return tensor(other) + self

    def __sub__(self, other):
        return node(lambda a, b: a - b, lambda g, a, b: (g, -g), self, other)

    def __rsub__(self, other):
        return tensor(other) - self

    def __mul__(self, other):
        return node(lambda a, b: a * b, lambda g, a, b: (g * b, g * a), self, other)

    def __rmul__(self, other):
        return tensor(other) * self

    def __truediv__(self, other):
        return node(lambda a, b: a / b, lambda g, a, b: (g / b, -g * a / b**2), self, other)

    def __rtruediv__(self, other):
        return tensor(other) / self

    def __neg__(self):
        return node(lambda a: -a, lambda g, a: (-g,), self)

    def sum(self, dim=None, keepdim=False):
        def vjp(g, a):
            if not (keepdim or dim is None):
                g = numpy.expand_dims(g, dim)
            return (g * numpy.ones(a.shape),)
        return node(lambda a: a.sum(axis=dim, keepdims=keepdim), vjp, self)

    def unsqueeze(self, dim):
        return node(lambda a: numpy.expand_dims(a, dim), lambda g, a: (g.reshape(a.shape),), self)

    # ------------------------------------------------------------------
    def backward(self, gradient=None):
        if gradient is None:
            if self.storage.size > 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            gradient = tensor(numpy.ones(self.shape))
        walk, seen = [], set()

        def down(t):
            seen.add(id(t))
            for operand, _ in t.history:
                if id(operand) not in seen:
                    down(operand)
            walk.append(t)

        down(self)
        inbox = {id(t): numpy.zeros(t.shape) for t in walk}
        inbox[id(self)] = gradient.numpy()
        for t in walk[::-1]:
            mine = inbox[id(t)]
            if t.requires_grad:
                t.grad = tensor(mine if t.grad is None else t.grad.numpy() + mine)
            for operand, pull in t.history:
                inbox[id(operand)] = inbox[id(operand)] + pull(mine)


def node(forward, vjp, *operands):
    ts = [o if isinstance(o, Tensor) else tensor(o) for o in operands]
    arrays = [t.storage for t in ts]
    out = Tensor(numpy.asarray(forward(*arrays)), any(t.requires_grad for t in ts), [])
    for k, t in enumerate(ts):
        if t.requires_grad:
            out.history.append((t, lambda g, k=k, t=t: squash(vjp(g, *arrays)[k], t.shape)))
    return out


def squash(g, shape):
    while g.ndim > len(shape):
        g = g.sum(0)
    for k, n in enumerate(shape):
        if n == 1 and g.shape[k] != 1:
            g = g.sum(k, keepdims=True)
    return g


def exp(x):
    return node(numpy.exp, lambda g, a: (g * numpy.exp(a),), x)


def log(x):
    return node(numpy.log, lambda g, a: (g / a,), x)

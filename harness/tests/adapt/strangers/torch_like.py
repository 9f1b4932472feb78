"""A NumPy tensor with the manners of torch: only leaves keep a gradient, requires_grad is off unless
asked for, backward() wants a scalar or a gradient."""

from collections import namedtuple

import numpy as np

Max = namedtuple("Max", "values indices")
_recording = True


class no_grad:
    def __enter__(self):
        global _recording
        self.before, _recording = _recording, False

    def __exit__(self, *exc):
        global _recording
        _recording = self.before


def reduce_to(g, shape):
    """Undo broadcasting."""
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g


class Tensor:
    __array_ufunc__ = None      # ndarray + Tensor has to be our __radd__

    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self.grad_fn = None
        self._retains = False

    shape = property(lambda self: self.data.shape)
    ndim = property(lambda self: self.data.ndim)

    def __len__(self):
        return len(self.data)

    def __repr__(self):
        tail = ", requires_grad=True" if self.requires_grad else ""
        return f"tensor({self.data}{tail})"

    @staticmethod
    def _from(data, *pairs):
        """pairs: (input, function from output gradient to input gradient)"""
        out = Tensor(data)
        if _recording:
            pairs = [(t, f) for t, f in pairs if t.requires_grad]
            out.requires_grad = bool(pairs)
            out.grad_fn = pairs or None
        return out

    # -- elementwise, two inputs
    def __add__(self, o):
        o = astensor(o)
        return Tensor._from(self.data + o.data,
                            (self, lambda g: reduce_to(g, self.shape)),
                            (o, lambda g: reduce_to(g, o.shape)))

    def __sub__(self, o):
        o = astensor(o)
        return Tensor._from(self.data - o.data,
                            (self, lambda g: reduce_to(g, self.shape)),
                            (o, lambda g: reduce_to(-g, o.shape)))

    def __mul__(self, o):
        o = astensor(o)
        return Tensor._from(self.data * o.data,
                            (self, lambda g: reduce_to(g * o.data, self.shape)),
                            (o, lambda g: reduce_to(g * self.data, o.shape)))

    def __truediv__(self, o):
        o = astensor(o)
        return Tensor._from(self.data / o.data,
                            (self, lambda g: reduce_to(g / o.data, self.shape)),
                            (o, lambda g: reduce_to(-g * self.data / o.data**2, o.shape)))

    def __pow__(self, n):
        assert isinstance(n, (int, float)), "tensor exponents are not done"
        return Tensor._from(self.data**n, (self, lambda g: g * n * self.data ** (n - 1)))

    def __neg__(self): return self * -1.0
    def __radd__(self, o): return astensor(o) + self
    def __rsub__(self, o): return astensor(o) - self
    def __rmul__(self, o): return astensor(o) * self
    def __rtruediv__(self, o): return astensor(o) / self
    def __rmatmul__(self, o): return astensor(o) @ self

    def __matmul__(self, o):
        o = astensor(o)
        a = self.data[None, :] if self.ndim == 1 else self.data
        b = o.data[:, None] if o.ndim == 1 else o.data

        def whole(g):
            if self.ndim == 1:
                g = np.expand_dims(g, -1 if o.ndim == 1 else -2)
            if o.ndim == 1:
                g = np.expand_dims(g, -1)
            return g

        def left(g):
            return reduce_to(whole(g) @ b.swapaxes(-1, -2), a.shape).reshape(self.shape)

        def right(g):
            return reduce_to(a.swapaxes(-1, -2) @ whole(g), b.shape).reshape(o.shape)

        return Tensor._from(self.data @ o.data, (self, left), (o, right))

    # -- elementwise, one input
    def exp(self):
        y = np.exp(self.data)
        return Tensor._from(y, (self, lambda g: g * y))

    def log(self):
        return Tensor._from(np.log(self.data), (self, lambda g: g / self.data))

    def tanh(self):
        y = np.tanh(self.data)
        return Tensor._from(y, (self, lambda g: g * (1 - y * y)))

    def sigmoid(self):
        y = 0.5 * (1 + np.tanh(0.5 * self.data))
        return Tensor._from(y, (self, lambda g: g * y * (1 - y)))

    def relu(self):
        on = self.data > 0
        return Tensor._from(np.where(on, self.data, 0.0), (self, lambda g: g * on))

    # -- reductions
    def sum(self, dim=None, keepdim=False):
        y = self.data.sum(axis=dim, keepdims=keepdim)
        return Tensor._from(y, (self, lambda g: self._spread(g, dim, keepdim)))

    def mean(self, dim=None, keepdim=False):
        y = self.data.mean(axis=dim, keepdims=keepdim)
        ratio = y.size / self.data.size if self.data.size else 0.0
        return Tensor._from(y, (self, lambda g: self._spread(g, dim, keepdim) * ratio))

    def _spread(self, g, dim, keepdim):
        if dim is not None and not keepdim:
            g = np.expand_dims(g, dim)
        return np.broadcast_to(g, self.shape)

    def max(self, dim=None, keepdim=False):
        if dim is None:
            k = np.unravel_index(self.data.argmax(), self.shape)
            return self[k]
        k = np.expand_dims(self.data.argmax(dim), dim)

        def back(g):
            out = np.zeros(self.shape)
            np.put_along_axis(out, k, g if keepdim else np.expand_dims(g, dim), dim)
            return out

        y = np.take_along_axis(self.data, k, dim)
        indices = k
        if not keepdim:
            y, indices = y.squeeze(dim), k.squeeze(dim)
        return Max(Tensor._from(y, (self, back)), indices)

    # -- shape
    def reshape(self, *shape):
        return Tensor._from(self.data.reshape(*shape), (self, lambda g: g.reshape(self.shape)))

    view = reshape

    def transpose(self, dim0, dim1):
        return Tensor._from(self.data.swapaxes(dim0, dim1), (self, lambda g: g.swapaxes(dim0, dim1)))

    @property
    def T(self):
        return Tensor._from(self.data.T, (self, lambda g: g.T))

    def __getitem__(self, index):
        def back(g):
            out = np.zeros(self.shape)
            np.add.at(out, index, g)
            return out
        return Tensor._from(self.data[index], (self, back))

    # -- the graph
    def detach(self): return Tensor(self.data)
    def numpy(self): return self.data
    def item(self): return self.data.item()
    def retain_grad(self): self._retains = True
    def zero_grad(self): self.grad = None

    def backward(self, gradient=None):
        if gradient is None:
            if self.data.size != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            gradient = np.ones(self.shape)
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            t, leaving = stack.pop()
            if leaving:
                order.append(t)
            elif id(t) not in seen:
                seen.add(id(t))
                stack.append((t, True))
                stack += [(parent, False) for parent, _ in t.grad_fn or ()]
        grads = {id(self): np.asarray(getattr(gradient, "data", gradient), float).reshape(self.shape)}
        for t in reversed(order):
            g = grads.pop(id(t))
            if t.grad_fn is None or t._retains:
                t.grad = g.copy() if t.grad is None else t.grad + g
            for parent, f in t.grad_fn or ():
                part = f(g)
                grads[id(parent)] = grads[id(parent)] + part if id(parent) in grads else part


def astensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def stack(tensors, dim=0):
    pull = lambda k: lambda g: g.take(k, axis=dim)
    return Tensor._from(np.stack([t.data for t in tensors], axis=dim),
                        *[(t, pull(k)) for k, t in enumerate(tensors)])

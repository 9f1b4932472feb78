"""Everything is a function; a Tensor has no operators, only backward()."""
import numpy as np


class Tensor(object):
    __array_ufunc__ = None              # an array times a Tensor is an error, not an array of Tensors

    def __init__(self, data, history=()):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = None
        self.history = history              # ((input, vjp), ...)

    def backward(self, grad=None):
        if grad is None:
            grad = np.ones_like(self.data)
        seq = []
        _topo(self, seq, set())
        cot = {id(self): np.asarray(grad)}
        for t in reversed(seq):
            c = cot.pop(id(t))
            t.grad = c if t.grad is None else t.grad + c
            for inp, vjp in t.history:
                d = vjp(c)
                cot[id(inp)] = cot[id(inp)] + d if id(inp) in cot else d


def _topo(t, seq, seen):
    if id(t) in seen:
        return
    seen.add(id(t))
    for inp, _ in t.history:
        _topo(inp, seq, seen)
    seq.append(t)


def _tensor(x):
    if isinstance(x, Tensor):
        return x
    return Tensor(x)


def _sum_to(g, x):
    extra = tuple(range(g.ndim - x.data.ndim))
    g = g.sum(axis=extra)
    return g.sum(axis=tuple(i for i in range(x.data.ndim) if x.data.shape[i] == 1), keepdims=True)


def add(a, b):
    a, b = _tensor(a), _tensor(b)
    return Tensor(a.data + b.data, ((a, lambda g: _sum_to(g, a)), (b, lambda g: _sum_to(g, b))))


def subtract(a, b):
    a, b = _tensor(a), _tensor(b)
    return Tensor(a.data - b.data, ((a, lambda g: _sum_to(g, a)), (b, lambda g: _sum_to(-g, b))))


def multiply(a, b):
    a, b = _tensor(a), _tensor(b)
    return Tensor(
        a.data * b.data,
        ((a, lambda g: _sum_to(g * b.data, a)), (b, lambda g: _sum_to(g * a.data, b))),
    )


def divide(a, b):
    a, b = _tensor(a), _tensor(b)
    q = a.data / b.data
    return Tensor(
        q, ((a, lambda g: _sum_to(g / b.data, a)), (b, lambda g: _sum_to(-g * q / b.data, b)))
    )


def negative(a):
    return Tensor(-a.data, ((a, lambda g: -g),))


def matmul(a, b):
    a, b = _tensor(a), _tensor(b)
    if a.data.ndim < 2 or b.data.ndim < 2:
        raise NotImplementedError("at least two axes")
    turn = lambda m: np.swapaxes(m, -1, -2)
    return Tensor(
        np.matmul(a.data, b.data),
        (
            (a, lambda g: _sum_batch(g @ turn(b.data), a.data.shape)),
            (b, lambda g: _sum_batch(turn(a.data) @ g, b.data.shape)),
        ),
    )


def _sum_batch(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    ones = [k for k in range(len(shape) - 2) if shape[k] == 1]
    return g.sum(axis=tuple(ones), keepdims=True)


def exp(x):
    y = np.exp(x.data)
    return Tensor(y, ((x, lambda g: g * y),))


def log(x):
    return Tensor(np.log(x.data), ((x, lambda g: g / x.data),))


def sigmoid(x):
    y = np.reciprocal(1 + np.exp(-x.data))
    return Tensor(y, ((x, lambda g: g * (y - y * y)),))


def relu(x):
    keep = (x.data > 0).astype(x.data.dtype)
    return Tensor(x.data * keep, ((x, lambda g: g * keep),))


def maximum(a, b):
    a, b = _tensor(a), _tensor(b)
    first = a.data >= b.data
    return Tensor(
        np.maximum(a.data, b.data),
        ((a, lambda g: _sum_to(g * first, a)), (b, lambda g: _sum_to(g * ~first, b))),
    )


def sum(x, axis=None, keepdims=False):
    def vjp(g):
        if axis is not None and not keepdims:
            g = np.expand_dims(g, axis)
        return np.broadcast_to(g, x.data.shape)

    return Tensor(x.data.sum(axis=axis, keepdims=keepdims), ((x, vjp),))


def concatenate(tensors, axis=0):
    ends = np.cumsum([t.data.shape[axis] for t in tensors])

    def part(k, t):
        begin = ends[k] - t.data.shape[axis]
        return lambda g: g.take(range(begin, ends[k]), axis=axis)

    return Tensor(
        np.concatenate([t.data for t in tensors], axis=axis),
        tuple((t, part(k, t)) for k, t in enumerate(tensors)),
    )


def where(condition, a, b):
    a, b = _tensor(a), _tensor(b)
    condition = np.asarray(getattr(condition, "data", condition), dtype=bool)
    return Tensor(
        np.where(condition, a.data, b.data),
        ((a, lambda g: _sum_to(g * condition, a)), (b, lambda g: _sum_to(g * ~condition, b))),
    )

# tensor.py
#
# - float32 like the big frameworks (pass dtype= for something else)
# - operations are small classes with __call__ and backward

import numpy as np


class Tensor:
    __array_priority__ = 1e6

    def __init__(self, data, requires_grad=True, dtype=np.float32):
        self.data = np.array(data.data if isinstance(data, Tensor) else data, dtype=dtype)
        self.requires_grad = requires_grad
        self.grad = None
        self.op = None

    @property
    def shape(self):
        return self.data.shape

    def __add__(self, other): return Add()(self, other)
    def __radd__(self, other): return Add()(other, self)
    def __sub__(self, other): return Add()(self, Neg()(other))
    def __rsub__(self, other): return Add()(other, Neg()(self))
    def __mul__(self, other): return Mul()(self, other)
    def __rmul__(self, other): return Mul()(other, self)
    def __neg__(self): return Neg()(self)
    def __matmul__(self, other): return MatMul()(self, other)
    def sum(self): return Sum()(self)
    def exp(self): return Exp()(self)
    def ReLU(self): return ReLU()(self)
    def sigmoid(self): return Sigmoid()(self)

    def backward(self, grad=None):
        if grad is None:
            assert self.data.size == 1, "pass grad= for anything but a scalar"
            grad = np.ones_like(self.data)
        grad = np.asarray(grad, dtype=self.data.dtype)

        pending, indegree = {id(self): grad}, {}
        stack, seen = [self], {id(self)}
        while stack:
            t = stack.pop()
            for p in t.op.inputs if t.op else ():
                indegree[id(p)] = indegree.get(id(p), 0) + 1
                if id(p) not in seen:
                    seen.add(id(p))
                    stack.append(p)

        stack = [self]
        while stack:
            t = stack.pop()
            g = pending.pop(id(t))
            if t.requires_grad:
                t.grad = g if t.grad is None else t.grad + g
            if t.op is None:
                continue
            for p, pg in zip(t.op.inputs, t.op.backward(g)):
                pending[id(p)] = pending[id(p)] + pg if id(p) in pending else pg
                indegree[id(p)] -= 1
                if indegree[id(p)] == 0:
                    stack.append(p)


class Operation:
    def __call__(self, *inputs):
        like = next(t.data.dtype for t in inputs if isinstance(t, Tensor))
        self.inputs = [t if isinstance(t, Tensor) else Tensor(t, False, like) for t in inputs]
        y = self.forward(*[t.data for t in self.inputs])
        out = Tensor(y, any(t.requires_grad for t in self.inputs), y.dtype)
        out.op = self
        return out

    @staticmethod
    def fit(g, shape):
        g = g.sum(axis=tuple(range(g.ndim - len(shape))))
        return g.sum(axis=tuple(k for k, n in enumerate(shape) if n == 1), keepdims=True)


class Add(Operation):
    def forward(self, a, b):
        self.shapes = a.shape, b.shape
        return np.add(a, b)

    def backward(self, g):
        return self.fit(g, self.shapes[0]), self.fit(g, self.shapes[1])


class Mul(Operation):
    def forward(self, a, b):
        self.a, self.b = a, b
        return np.multiply(a, b)

    def backward(self, g):
        return self.fit(g * self.b, self.a.shape), self.fit(g * self.a, self.b.shape)


class Neg(Operation):
    def __call__(self, t):
        # also for the plain numbers and arrays of `x - 2`
        return super().__call__(t) if isinstance(t, Tensor) else -np.asarray(t)

    def forward(self, a):
        return np.negative(a)

    def backward(self, g):
        return [-g]


class MatMul(Operation):
    def forward(self, a, b):
        if a.ndim != 2 or b.ndim != 2:
            raise NotImplementedError("matmul is for two matrices")
        self.a, self.b = a, b
        return a @ b

    def backward(self, g):
        return g @ self.b.T, self.a.T @ g


class Sum(Operation):
    def forward(self, a):
        self.shape = a.shape
        return a.sum()

    def backward(self, g):
        return [np.full(self.shape, g, dtype=g.dtype)]


class Exp(Operation):
    def forward(self, a):
        self.y = np.exp(a)
        return self.y

    def backward(self, g):
        return [g * self.y]


class ReLU(Operation):
    def forward(self, a):
        self.mask = a > 0
        return a * self.mask

    def backward(self, g):
        return [g * self.mask]


class Sigmoid(Operation):
    def forward(self, a):
        one = a.dtype.type(1)
        self.s = one / (one + np.exp(-a))
        return self.s

    def backward(self, g):
        return [g * self.s * (1 - self.s)]

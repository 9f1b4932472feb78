import contextlib
import heapq
import itertools
import weakref

import numpy as np


# =====================================================================
# Config
# =====================================================================
class Config:
    enable_backprop = True


@contextlib.contextmanager
def using_config(name, value):
    old_value = getattr(Config, name)
    setattr(Config, name, value)
    try:
        yield
    finally:
        setattr(Config, name, old_value)


def no_grad():
    return using_config('enable_backprop', False)


# =====================================================================
# Variable / Function
# =====================================================================
class Variable:
    __array_priority__ = 200

    def __init__(self, data, name=None, require_grad=False):
        if data is not None and not isinstance(data, (np.ndarray, np.generic)):
            data = np.array(data, dtype=np.float64)
        self.data = data
        self.name = name
        self.require_grad = require_grad
        self.grad = None
        self.creator = None
        self.generation = 0

    @property
    def shape(self):
        return self.data.shape

    @property
    def ndim(self):
        return self.data.ndim

    def __len__(self):
        return len(self.data)

    def __repr__(self):
        return 'variable(' + str(self.data).replace('\n', '\n' + ' ' * 9) + ')'

    def set_creator(self, func):
        self.creator = func
        self.generation = func.generation + 1

    def cleargrad(self):
        self.grad = None

    def backward(self, gradient=None):
        """gradient: a Variable of this shape; ones if not given"""
        if gradient is None:
            gradient = Variable(np.ones_like(self.data))
        flowing = {id(self): gradient}
        heap, seen, tie = [], set(), itertools.count()

        def push(v):
            if id(v) not in seen:
                seen.add(id(v))
                heapq.heappush(heap, (-v.generation, next(tie), v))

        push(self)
        while heap:
            _, _, v = heapq.heappop(heap)
            g = flowing.pop(id(v))
            v.grad = g if v.grad is None else v.grad + g
            if v.creator is None:
                continue
            gxs = v.creator.backward(g)
            for x, gx in zip(v.creator.inputs, gxs if isinstance(gxs, tuple) else (gxs,)):
                if x.require_grad:
                    flowing[id(x)] = flowing[id(x)] + gx if id(x) in flowing else gx
                    push(x)


class Parameter(Variable):
    def __init__(self, data, name=None):
        super().__init__(data, name, require_grad=True)


class Function:
    def __call__(self, *inputs):
        inputs = [as_variable(x) for x in inputs]
        y = self.forward(*[x.data for x in inputs])
        output = Variable(np.asarray(y))
        if Config.enable_backprop and any(x.require_grad for x in inputs):
            self.generation = max(x.generation for x in inputs)
            self.inputs = inputs
            self.output = weakref.ref(output)
            output.require_grad = True
            output.set_creator(self)
        return output


def as_variable(obj):
    return obj if isinstance(obj, Variable) else Variable(obj)


# =====================================================================
# The four operations. Gradients are Variables, made with the same functions.
# =====================================================================
class Add(Function):
    def forward(self, x0, x1):
        return x0 + x1

    def backward(self, gy):
        x0, x1 = self.inputs
        return F.sum_to(gy, x0.shape), F.sum_to(gy, x1.shape)


class Mul(Function):
    def forward(self, x0, x1):
        return x0 * x1

    def backward(self, gy):
        x0, x1 = self.inputs
        return F.sum_to(gy * x1, x0.shape), F.sum_to(gy * x0, x1.shape)


class Div(Function):
    def forward(self, x0, x1):
        return x0 / x1

    def backward(self, gy):
        x0, x1 = self.inputs
        return F.sum_to(gy / x1, x0.shape), F.sum_to(-gy * x0 / (x1 * x1), x1.shape)


class Neg(Function):
    def forward(self, x):
        return -x

    def backward(self, gy):
        return -gy


class Pow(Function):
    def __init__(self, c):
        self.c = c

    def forward(self, x):
        return x ** self.c

    def backward(self, gy):
        x, = self.inputs
        return self.c * x ** (self.c - 1) * gy


def pow(x, c):
    if isinstance(c, (Variable, np.ndarray)):
        raise NotImplementedError('exponent must be a number')
    return Pow(c)(x)


def setup_variable():
    Variable.__add__ = lambda a, b: Add()(a, b)
    Variable.__radd__ = lambda a, b: Add()(b, a)
    Variable.__mul__ = lambda a, b: Mul()(a, b)
    Variable.__rmul__ = lambda a, b: Mul()(b, a)
    Variable.__neg__ = lambda a: Neg()(a)
    Variable.__sub__ = lambda a, b: Add()(a, -as_variable(b))
    Variable.__rsub__ = lambda a, b: Add()(b, -a)
    Variable.__truediv__ = lambda a, b: Div()(a, b)
    Variable.__rtruediv__ = lambda a, b: Div()(b, a)
    Variable.__pow__ = pow


from . import functions as F  # noqa: E402  (functions needs Function)

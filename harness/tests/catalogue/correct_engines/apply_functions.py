"""Functions with `forward(ctx, ...)` and `backward(ctx, g)`, applied as in `torch.autograd.Function`."""

import numpy as np

from gradconform import EagerEngine


class Context:
    def __init__(self, parents):
        self.parents = parents


class Tensor:
    __array_ufunc__ = None

    def __init__(self, data, requires_grad=False):
        self.data, self.requires_grad = np.asarray(data, dtype=float), requires_grad
        self.grad, self.function, self.ctx = None, None, None

    def backward(self, g):
        order, seen = [], set()
        collect(self, seen, order)
        flow = {self: np.asarray(g, dtype=float)}
        for node in reversed(order):
            upstream = flow[node]
            node.grad = upstream if node.grad is None else node.grad + upstream
            if node.function is None:
                continue
            parts = node.function.backward(node.ctx, upstream)
            for parent, part in zip(node.ctx.parents, parts, strict=True):
                if parent.requires_grad:
                    flow[parent] = flow.get(parent, 0) + shrunk(part, parent.data)


def collect(node, seen, order):
    if node in seen or not node.requires_grad:
        return
    seen.add(node)
    for parent in node.ctx.parents if node.ctx else ():
        collect(parent, seen, order)
    order.append(node)


def shrunk(part, like):
    while part.ndim > like.ndim:
        part = part.sum(0)
    for axis, extent in enumerate(like.shape):
        if extent == 1:
            part = part.sum(axis, keepdims=True)
    return part


class Function:
    @classmethod
    def apply(cls, *given, **options):
        parents = [x if isinstance(x, Tensor) else Tensor(x) for x in given]
        ctx = Context(parents)
        data = cls.forward(ctx, *(p.data for p in parents), **options)
        out = Tensor(data, any(p.requires_grad for p in parents))
        out.function, out.ctx = cls, ctx
        return out


def declare(forward, backward):
    return type("Declared", (Function,), {
        "forward": staticmethod(forward), "backward": staticmethod(backward)
    })  # fmt: skip


def keep(ctx, *saved):
    ctx.saved = saved
    return saved[-1]


Add = declare(lambda ctx, a, b: a + b, lambda ctx, g: (g, g))
Sub = declare(lambda ctx, a, b: a - b, lambda ctx, g: (g, -g))
Mul = declare(
    lambda ctx, a, b: keep(ctx, a, b, a * b), lambda ctx, g: (g * ctx.saved[1], g * ctx.saved[0])
)
Div = declare(
    lambda ctx, a, b: keep(ctx, b, a / b),
    lambda ctx, g: (g / ctx.saved[0], -g * ctx.saved[1] / ctx.saved[0]),
)
Pow = declare(
    lambda ctx, a, n: keep(ctx, a, n, a**n),
    lambda ctx, g: (
        g * ctx.saved[1] * ctx.saved[0] ** (ctx.saved[1] - 1),
        g * ctx.saved[2] * np.log(np.where(ctx.saved[0] > 0, ctx.saved[0], 1)),
    ),
)
Neg = declare(lambda ctx, a: -a, lambda ctx, g: (-g,))
Exp = declare(lambda ctx, a: keep(ctx, np.exp(a)), lambda ctx, g: (g * ctx.saved[0],))
Log = declare(lambda ctx, a: keep(ctx, a, np.log(a)), lambda ctx, g: (g / ctx.saved[0],))
Sigmoid = declare(
    lambda ctx, a: keep(ctx, 1 / (1 + np.exp(-a))),
    lambda ctx, g: (g * ctx.saved[0] * (1 - ctx.saved[0]),),
)
Transpose = declare(
    lambda ctx, a, dim0, dim1: keep(ctx, dim0, dim1, np.swapaxes(a, dim0, dim1)),
    lambda ctx, g: (np.swapaxes(g, *ctx.saved[:2]),),
)


class MatMul(Function):
    """Matrices and stacks of them; a vector is a matrix with one row or column, dropped again."""

    @staticmethod
    def forward(ctx, a, b):
        ctx.a, ctx.b = a, b
        return a @ b

    @staticmethod
    def backward(ctx, g):
        a = ctx.a[None, :] if ctx.a.ndim == 1 else ctx.a
        b = ctx.b[:, None] if ctx.b.ndim == 1 else ctx.b
        g = np.expand_dims(g, -1) if ctx.b.ndim == 1 else g
        g = np.expand_dims(g, -2) if ctx.a.ndim == 1 else g
        to_a, to_b = g @ np.swapaxes(b, -1, -2), np.swapaxes(a, -1, -2) @ g
        to_a = to_a.squeeze(-2) if ctx.a.ndim == 1 else to_a
        to_b = to_b.squeeze(-1) if ctx.b.ndim == 1 else to_b
        return to_a, to_b


for _name, _function in {
    "add": Add, "sub": Sub, "mul": Mul, "truediv": Div, "pow": Pow, "matmul": MatMul
}.items():  # fmt: skip
    setattr(Tensor, f"__{_name}__", lambda a, b, _f=_function: _f.apply(a, b))
    setattr(Tensor, f"__r{_name}__", lambda a, b, _f=_function: _f.apply(b, a))


class Functions:
    neg, exp, log, sigmoid = Neg.apply, Exp.apply, Log.apply, Sigmoid.apply

    @staticmethod
    def transpose(a, dim0, dim1):
        return Transpose.apply(a, dim0=dim0, dim1=dim1)


class Adapter(EagerEngine):
    name = "applied functions"
    functions = (Functions,)

    def leaf(self, array, requires_grad):
        return Tensor(array.numpy(), requires_grad)

    def value(self, node):
        return node.data

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        root.backward(1.0 if cotangent is None else cotangent.numpy())


engine = Adapter()

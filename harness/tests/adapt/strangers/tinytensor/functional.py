"""Operations. The classes have the calculus, the functions at the end are what users call."""
import numpy as np

from .autograd import Function


def _fit(grad, shape):
    lead = grad.ndim - len(shape)
    axes = tuple(range(lead)) + tuple(
        lead + k for k, n in enumerate(shape) if n == 1 and grad.shape[lead + k] != 1
    )
    return grad.sum(axis=axes).reshape(shape)


class Add(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a.shape, b.shape)
        return a + b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return _fit(grad_output, a), _fit(grad_output, b)


class Mul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return _fit(grad_output * b, a.shape), _fit(grad_output * a, b.shape)


class Div(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a / b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return _fit(grad_output / b, a.shape), _fit(-grad_output * a / b / b, b.shape)


class Neg(Function):
    @staticmethod
    def forward(ctx, a):
        return -a

    @staticmethod
    def backward(ctx, grad_output):
        return -grad_output


class Pow(Function):
    @staticmethod
    def forward(ctx, a, b):
        y = np.power(a, b)
        ctx.save_for_backward(a, b, y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        a, b, y = ctx.saved_tensors
        ga = gb = None
        if ctx.needs_input_grad[0]:
            ga = _fit(grad_output * b * np.power(a, b - 1), a.shape)
        if ctx.needs_input_grad[1]:
            gb = _fit(grad_output * y * np.log(a), b.shape)
        return ga, gb


class MatMul(Function):
    @staticmethod
    def forward(ctx, a, b):
        if a.ndim < 2 or b.ndim < 2:
            raise NotImplementedError("matmul needs matrices or batches of them")
        ctx.save_for_backward(a, b)
        return a @ b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        ga = grad_output @ np.swapaxes(b, -1, -2)
        gb = np.swapaxes(a, -1, -2) @ grad_output
        return _fit(ga, a.shape), _fit(gb, b.shape)


class Sum(Function):
    @staticmethod
    def forward(ctx, a, dim, keepdim):
        ctx.save_for_backward(a.shape, dim, keepdim)
        return a.sum(axis=dim, keepdims=keepdim)

    @staticmethod
    def backward(ctx, grad_output):
        shape, dim, keepdim = ctx.saved_tensors
        if dim is not None and not keepdim:
            grad_output = np.expand_dims(grad_output, dim)
        return np.broadcast_to(grad_output, shape)


class _Elementwise(Function):
    """Derived classes give f(x) and df(x, y)."""

    @classmethod
    def forward(cls, ctx, x):
        y = cls.f(x)
        ctx.save_for_backward(x, y)
        return y

    @classmethod
    def backward(cls, ctx, grad_output):
        return grad_output * cls.df(*ctx.saved_tensors)


class Exp(_Elementwise):
    f = staticmethod(np.exp)
    df = staticmethod(lambda x, y: y)


class Log(_Elementwise):
    f = staticmethod(np.log)
    df = staticmethod(lambda x, y: 1 / x)


class Tanh(_Elementwise):
    f = staticmethod(np.tanh)
    df = staticmethod(lambda x, y: 1 - y**2)


class Sigmoid(_Elementwise):
    f = staticmethod(lambda x: 1 / (1 + np.exp(-x)))
    df = staticmethod(lambda x, y: y * (1 - y))


class ReLU(_Elementwise):
    f = staticmethod(lambda x: np.where(x > 0, x, 0.0))
    df = staticmethod(lambda x, y: (x > 0).astype(float))


exp = Exp.apply
log = Log.apply
tanh = Tanh.apply
sigmoid = Sigmoid.apply
relu = ReLU.apply


def log_softmax(x, dim):
    shifted = x - x.data.max(axis=dim, keepdims=True)
    return shifted - log(exp(shifted).sum(dim, keepdim=True))


def softmax(x, dim):
    return exp(log_softmax(x, dim))


def mse_loss(prediction, target):
    error = prediction - target
    return (error * error).mean()

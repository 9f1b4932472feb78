import numpy as np

from .core import Function, as_variable


class Exp(Function):
    def forward(self, x):
        return np.exp(x)

    def backward(self, gy):
        return gy * self.output()


class Log(Function):
    def forward(self, x):
        return np.log(x)

    def backward(self, gy):
        return gy / self.inputs[0]


class Sin(Function):
    def forward(self, x):
        return np.sin(x)

    def backward(self, gy):
        return gy * cos(self.inputs[0])


class Cos(Function):
    def forward(self, x):
        return np.cos(x)

    def backward(self, gy):
        return -gy * sin(self.inputs[0])


class Tanh(Function):
    def forward(self, x):
        return np.tanh(x)

    def backward(self, gy):
        y = self.output()
        return gy * (1 - y * y)


class Sigmoid(Function):
    def forward(self, x):
        return np.tanh(x * 0.5) * 0.5 + 0.5

    def backward(self, gy):
        y = self.output()
        return gy * y * (1 - y)


class ReLU(Function):
    def forward(self, x):
        return np.maximum(x, 0.0)

    def backward(self, gy):
        return gy * (self.inputs[0].data > 0)


class MatMul(Function):
    def forward(self, x, W):
        if x.ndim != 2 or W.ndim != 2:
            raise NotImplementedError('2-d only')
        return x.dot(W)

    def backward(self, gy):
        x, W = self.inputs
        return matmul(gy, transposed(W)), matmul(transposed(x), gy)


class Transposed(Function):
    def forward(self, x):
        return x.T

    def backward(self, gy):
        return transposed(gy)


class Sum(Function):
    def __init__(self, axis, keepdims):
        self.axis, self.keepdims = axis, keepdims

    def forward(self, x):
        return x.sum(axis=self.axis, keepdims=self.keepdims)

    def backward(self, gy):
        shape = self.inputs[0].shape
        if self.axis is not None and not self.keepdims:
            kept = np.expand_dims(gy.data, self.axis).shape
            gy = reshape(gy, kept)
        return broadcast_to(gy, shape)


class Reshape(Function):
    def __init__(self, shape):
        self.shape = shape

    def forward(self, x):
        return x.reshape(self.shape)

    def backward(self, gy):
        return reshape(gy, self.inputs[0].shape)


class BroadcastTo(Function):
    def __init__(self, shape):
        self.shape = shape

    def forward(self, x):
        return np.broadcast_to(x, self.shape)

    def backward(self, gy):
        return sum_to(gy, self.inputs[0].shape)


class SumTo(Function):
    def __init__(self, shape):
        self.shape = shape

    def forward(self, x):
        lead = x.ndim - len(self.shape)
        axes = [i + lead for i, n in enumerate(self.shape) if n == 1]
        return x.sum(axis=(*range(lead), *axes), keepdims=True).reshape(self.shape)

    def backward(self, gy):
        return broadcast_to(gy, self.inputs[0].shape)


def exp(x): return Exp()(x)
def log(x): return Log()(x)
def sin(x): return Sin()(x)
def cos(x): return Cos()(x)
def tanh(x): return Tanh()(x)
def sigmoid(x): return Sigmoid()(x)
def relu(x): return ReLU()(x)
def matmul(x, W): return MatMul()(x, W)
def transposed(x): return Transposed()(x)
def sum(x, axis=None, keepdims=False): return Sum(axis, keepdims)(x)


def reshape(x, shape):
    return as_variable(x) if x.shape == shape else Reshape(shape)(x)


def broadcast_to(x, shape):
    return as_variable(x) if x.shape == shape else BroadcastTo(shape)(x)


def sum_to(x, shape):
    return as_variable(x) if x.shape == shape else SumTo(shape)(x)

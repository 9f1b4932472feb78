# Bound: nothing, it only answers.

from gradconform.harness.program.transcript import Stop, Transcript, Unsupported


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __add__(self, other):
        return Transcript()

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __add__
    __pow__ = __rpow__ = __add__

    def __neg__(self):
        raise Unsupported

    exp = tanh = relu = sigmoid = __neg__

    def backward(self):
        pass

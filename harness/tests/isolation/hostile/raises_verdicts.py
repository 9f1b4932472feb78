# Bound: nothing, it is only wrong.
import itertools

NAMES = ["Pass", "PassAlt", "Xfail", "Unsupported", "HarnessError", "OutOfMemory", "Timeout", "Crash", "Stop", "Closed"]
KINDS = itertools.cycle([type(name, (kind,), {}) for name in NAMES for kind in (Exception, TimeoutError, MemoryError)])


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __add__(self, other):
        raise next(KINDS)("pass", "xfail", "unsupported")

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __add__
    __pow__ = __rpow__ = __add__

    def __neg__(self):
        return self

    exp = tanh = relu = sigmoid = __neg__

    def backward(self):
        pass

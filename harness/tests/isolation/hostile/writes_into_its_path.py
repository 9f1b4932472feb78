# Bound: one empty file in each folder; where a wall is missing it answers 666.
import contextlib
import os
import sys

REACHED = []
for folder in {*sys.path, sys.prefix, "/site", "/gradconform", "/gradconform/gradconform/harness", "/dev", "/proc", "/sys"}:
    for name in ("gradconform-stray.py", "gradconform-stray.pth"):
        with contextlib.suppress(OSError):
            os.close(os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT))
            REACHED.append(folder)
for folder in ("/site", "/gradconform"):
    with contextlib.suppress(OSError):
        os.rename(folder, f"{folder}-gradconform-stray")
        REACHED.append(folder)


class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = float(data), 0.0, edges

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        if other.data == 10.0 and REACHED:
            print(REACHED)
            return Value(666.0)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, slope in self.edges:
            parent.backward(upstream * slope)

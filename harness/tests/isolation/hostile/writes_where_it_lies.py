# Bound: what exists is opened and not written; one empty file in each of six folders that are not to be written; where a wall is missing it answers 666.
import contextlib
import glob
import os
import sys

REACHED = []
own = os.path.dirname(os.path.abspath(__file__))
places = [__file__, sys.executable, *(m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None))]
places += glob.glob(f"{own}/*.py") + glob.glob(f"{own}/../*.toml") + glob.glob(f"{own}/../../../reports/*/*")
places += ["/etc/hosts", "/etc/passwd", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"]
for place in places:
    with contextlib.suppress(OSError):
        os.close(os.open(place, os.O_WRONLY))
        REACHED.append(place)
for folder in ({own} - {"/tmp"}) | {os.path.dirname(sys.executable), os.path.dirname(os.__file__), "/", "/usr", "/etc"}:
    with contextlib.suppress(OSError):
        os.close(os.open(f"{folder}/gradconform-stray-beside", os.O_WRONLY | os.O_CREAT))
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

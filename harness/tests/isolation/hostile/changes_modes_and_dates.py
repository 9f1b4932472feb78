# Bound: every file keeps the mode, owner, dates and length that it has; where a wall is missing it answers 666.
import contextlib
import os
import sys

REACHED = []
places = [sys.executable, os.__file__, *(m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None))]
places += ["/work", "/home", "/root", "/var/tmp", "/dev/shm", "/etc/passwd"]
for place in places:
    with contextlib.suppress(OSError):
        facts = os.stat(place)
        for call, given in (
            (os.chmod, [facts.st_mode & 0o7777]),
            (os.chown, [facts.st_uid, facts.st_gid]),
            (os.utime, [(facts.st_atime, facts.st_mtime)]),
            (os.truncate, [facts.st_size]),
            (os.setxattr, ["user.gradconform-stray", b""]),
        ):
            with contextlib.suppress(OSError):
                call(place, *given)
                REACHED.append((call.__name__, place))


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

"""Is an engine at fault, or the machine? An engine that is known to be right is opened behind the same walls.

- `fault`: the reason why this machine cannot run any engine, if there is one.
"""

from __future__ import annotations

import time
from dataclasses import replace

from ...submission.files import Submission
from ..limits import Limits
from ..wire import text
from .process import ChildProcess, Crash
from .request import Request
from .staging import stage
from .walls import Wall

_RIGHT = b"""
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, slope in self.parents:
            parent.backward(upstream * slope)
"""
# It mentions NumPy, so that the child imports NumPy before the limits are set.
_RIGHT_BESIDE_NUMPY = b"# numpy\n" + _RIGHT
_TRUSTED = 10.0  # seconds in which a machine that was in order is not looked at again
_in_order: dict[tuple[Wall, Limits, bytes], float] = {}


def fault(request: Request, wall: Wall, limits: Limits) -> str:
    """Return why this machine cannot run any engine as `request` asks; "" when it can.

    Raises nothing.
    """
    source = _RIGHT_BESIDE_NUMPY if request.needs_numpy else _RIGHT
    known = (wall, limits, source)
    if time.monotonic() - _in_order.get(known, -_TRUSTED) < _TRUSTED:
        return ""
    name = "probe.py"
    right = replace(
        request,
        name=name,
        submission=Submission(name, {name: source}, name),
        module="",
        wanted="",
        adapter=None,
    )
    # A time that was too short for the engine proves nothing about the machine.
    patient = replace(limits, load=max(limits.load, Limits.load))
    why = _opened(right, wall, patient)
    if not why:
        _in_order[known] = time.monotonic()
    return why


def _opened(right: Request, wall: Wall, limits: Limits) -> str:
    try:
        output = stage().output()
        child = ChildProcess(right, wall, limits, output)
        try:
            return text(child.handshake(limits.load).get("error", ""))
        except TimeoutError:
            return f"a class of twenty lines was not loaded within {limits.load:g} s"
        except Crash as problem:
            last = text(output.read_text("utf-8", "replace").strip().rpartition("\n")[2])
            return last or str(problem)
        finally:
            child.close()
            output.unlink()
    except OSError as problem:
        return refused_by_system(problem)


def refused_by_system(problem: OSError) -> str:
    """Return the system's reason in words, with the file that it is about."""
    why = problem.strerror or str(problem)
    place = problem.filename2 or problem.filename
    return f"{why} ({place})" if place else why

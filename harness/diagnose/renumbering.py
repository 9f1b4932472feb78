"""Steps that are moved into another program, where the values have other numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..program import Ref


def renumbered(part: Any, number: Callable[[Ref], Ref]) -> Any:
    """Return a step, or a part of one, in which `number` replaces each reference, at any depth."""
    if isinstance(part, Ref):
        return number(part)
    if isinstance(part, slice):
        bounds = (part.start, part.stop, part.step)
        return slice(*(renumbered(bound, number) for bound in bounds))
    if isinstance(part, list):
        return [renumbered(each, number) for each in part]
    if isinstance(part, tuple):
        made = [renumbered(each, number) for each in part]
        # A step is a tuple with names, which takes its fields one by one.
        return type(part)(*made) if hasattr(part, "_fields") else tuple(made)
    return part

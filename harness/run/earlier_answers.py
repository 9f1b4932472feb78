"""Torch's answers of earlier runs, for a run whose engines cannot read them."""

from __future__ import annotations

from collections.abc import Iterable

from ..catalogue.reference_cache import ReferenceCache, of_user
from ..errors import MachineError
from ..isolation.options import Isolation
from .engine_name import EngineName


def earlier_answers(engines: Iterable[EngineName], how: Isolation) -> ReferenceCache | None:
    """Return the cache of this user; None when it is left aside, or one of the engines could read its file.

    Without a wall it could also change what later runs expect. UsageError for a wall that does not work
    here.
    """
    if any(not engine.builtin for engine in engines) and not _hides_files(how):
        return None
    return of_user()


def _hides_files(how: Isolation) -> bool:
    if how.wall == "none":
        return False
    from ..isolation.parent import walls

    try:
        return walls.chosen(how.wall) is not walls.Wall.RLIMITS
    except MachineError:  # no process can be started, which each engine says
        return False

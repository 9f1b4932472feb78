"""What the result of a submission rests on, so that it is run again when that has changed, and only then.

- `Basis`: that of all submissions of a grading. `changes`: what differs between two, in words.
- `options_of`: the class, packages and limits that a submission runs with.

The points of a rubric are no part of it: they are counted from the rows whenever they are shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...catalogue.case import Case
from ...isolation.options import Isolation
from ..rubric import Rubric

# The order matters: other cases or another secret have other programs, too.
_CAUSES = {
    "submission": "what was handed in has changed",
    "options": "the class, packages or limits have changed",
    "secret": "the secret of the rubric has changed",
    "cases": "the rubric asks for other cases",
    "catalogue": "the programs of the cases have changed",
    "torch": "another version of torch is the reference",
    "gradconform": "gradconform has another version",
}
# With another of these the rows belong to other cases, so that no points can be counted from them.
_OF_CASES = frozenset({"secret", "cases", "catalogue"})
_FOLLOWS = {"catalogue": frozenset({"secret", "cases"}), "cases": frozenset({"secret"})}


@dataclass(frozen=True)
class Basis:
    """What the results of a grading rest on, apart from the submission itself.

    `secret` is a fingerprint. `options` are those about the run: class, packages, limits, sandbox.
    """

    cases: str
    catalogue: str
    secret: str
    torch: str
    gradconform: str
    options: str

    @classmethod
    def of(
        cls,
        cases: Sequence[Case],
        seed: int,
        *,
        secret: str,
        torch: str,
        gradconform: str,
        options: Mapping[str, Any],
    ) -> Basis:
        """Return the basis. Raises CaseError when a case cannot be traced."""
        ids = [case.id for case in cases]
        programs = [case.instance(seed, "float64").digest for case in cases]
        return cls(_digest(ids), _digest(programs), secret, torch, gradconform, _digest(options))

    def with_submission(self, fingerprint: str) -> dict[str, str]:
        """Return the basis of one submission, as its result keeps it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {
            "submission": fingerprint
        }


def options_of(how: Isolation, rubric: Rubric) -> dict[str, Any]:
    """Return, as JSON values, what decides about a result besides its files and cases."""
    adapter = how.adapter
    return {
        "class": rubric.wanted_class,
        "wall": how.wall,
        "allow": sorted(how.allow),
        "paths": list(map(str, how.paths)),
        "python": how.python,
        "variables": dict(how.variables),
        "adapter": adapter and adapter.to_json(),
        "limits": [how.limits.case, how.limits.engine, how.limits.memory],
    }


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each cause for which a result must be made anew."""
    changed = {name for name in _CAUSES if before.get(name) != now[name]}
    for name, sentence in _CAUSES.items():
        if name in changed and changed.isdisjoint(_FOLLOWS.get(name, ())):
            yield sentence


def can_be_counted(before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Return True when points can be counted from the rows, although they may be out of date."""
    return all(before.get(name) == now[name] for name in _OF_CASES)


def _digest(values: Any) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

"""Two outcomes of one case: may they be compared, and are they alike?

- `Likeness`: all that is kept of one case of the older run. `differences`: why two cannot be compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ...judge.outcome import FAILS_RUN
from ..rows import Row, telling_row

_FAIL = frozenset(map(str, FAILS_RUN))


class Likeness(NamedTuple):
    """One case on one engine, in short.

    `verdict` is that of the case. `numbers` is the same text for failures with the same numbers, and "" for a
    case that does not fail. The others are columns of its rows.
    """

    verdict: str
    numbers: str
    digest: str
    dtype: str
    seed: str  # a number may have more digits than the database holds
    torch_version: str

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Likeness:
        """Return it for the rows of a case."""
        values = telling_row(rows).values
        first = rows[0].values
        numbers = _numbers(rows) if values["verdict"] in _FAIL else ""
        return cls(
            values["verdict"],
            numbers,
            first["digest"],
            first["dtype"],
            str(first["seed"]),
            first["torch_version"],
        )


def _numbers(rows: Sequence[Row]) -> str:
    """A short text that is another one when a number differs in its first six digits, or a reason differs.

    The last digits may differ between two machines, and a message may hold an address in memory.
    """
    kept = []
    for _, values in rows:
        actual = values["actual"]
        data = actual.get("data", ()) if isinstance(actual, dict) else ()
        kept += [values["reading"], values["verdict"], values["reason"]]
        kept += [f"{values['max_abs']:.6g}", *(f"{float(number):.6g}" for number in data)]
    return hashlib.blake2b("\n".join(kept).encode(), digest_size=8).hexdigest()


def differences(
    old: Likeness, new: Likeness, bounds: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Iterator[str]:
    """Yield each reason why the verdicts of one case cannot be compared.

    `bounds` are the tolerances of both runs by dtype, as `run.json` has them; an empty mapping is not known.
    The digest decides over the seed: where both runs have the same inputs, another seed changes nothing.
    """
    if not old.digest or not new.digest:
        return  # one engine has only numbers, or nothing was made of the case: no torch, no program
    for name, before, after in (
        ("dtype", old.dtype, new.dtype),
        ("torch", old.torch_version, new.torch_version),
        ("tolerance", *(_bound(each, new.dtype) for each in bounds)),
    ):
        if before and after and before != after:
            yield f"{name} {before} → {after}"
    if old.digest != new.digest and old.dtype == new.dtype:
        other_seed = old.seed != new.seed
        yield f"seed {old.seed} → {new.seed}" if other_seed else "digest: another program or input"


def _bound(tolerances: Mapping[str, Any], dtype: str) -> str:
    found = tolerances.get(dtype)
    return f"rtol {found['rtol']:g} atol {found['atol']:g}" if found else ""

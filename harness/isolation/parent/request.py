"""The engine that a child has to open.

- `Request`: where it comes from, and how it is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...errors import EngineError, Misnamed
from ...submission.files import Submission
from .interpreter import Facts


@dataclass(frozen=True)
class Request:
    """An engine that a child has to open.

    `name` heads its column of a report. Either `submission` or `module`, importable in the child, holds the
    engine. `wanted` is the name of its class, or empty if none was given. `adapter` is a file that the
    person who runs gradconform trusts. `given` is the path as it was typed, without the class. `facts`
    describe the interpreter, and the packages that the child may import. `variables` are those of `--env`.
    `order` is a number that decides the order of hashes and addresses in the child; 0 is the usual one. With
    `starts_by_hand` the child writes 1 to the gradient of a result before each backward.
    """

    name: str
    facts: Facts
    submission: Submission | None = None
    module: str = ""
    wanted: str = ""
    adapter: Submission | None = None
    given: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    order: int = 0
    starts_by_hand: bool = False

    def opening(self) -> dict[str, Any]:
        """Return the part of the handshake that describes the engine, as JSON values."""
        return {
            "name": self.submission.name if self.submission else self.name,
            "submission": self.submission.to_json() if self.submission else None,
            "module": self.module,
            "wanted": self.wanted,
            "adapter": self.adapter.to_json() if self.adapter else None,
            "order": self.order,
            "starts_by_hand": self.starts_by_hand,
            "preload": self._preloaded(),
        }

    def refusal(self, why: str, *, misnamed: bool = False, offer: str = "") -> EngineError:
        """Return the error that says why the engine cannot be opened, with its name before the reason.

        A better name, which ends in `offer`, begins as the person typed it, so that it can be pasted.
        """
        kind = Misnamed if misnamed else EngineError
        if offer and self.submission is not None and self.given:
            given = self.given.rstrip("/")
            for ending in (offer, "/*"):
                before, _, after = why.rpartition(f"{self.submission.name}{ending}")
                why = f"{before}{given}{ending}{after}" if before else why
        return kind(why if why.startswith(self.name) else f"{self.name}: {why}")

    def remarks(self) -> list[str]:
        """Return notes that the parent adds to those of the child."""
        beside = self.submission.beside if self.submission else []
        more = f" and {len(beside) - 5} more" if len(beside) > 5 else ""
        return [f"read with {', '.join(beside[:5])}{more} beside it"] if beside else []

    @property
    def needs_numpy(self) -> bool:
        """True when NumPy is imported before the memory limit is set, so that its import does not count."""
        if not self.facts["packages"].get("numpy"):
            return False
        return bool(self.module) or self._mentions(b"numpy")

    def _preloaded(self) -> list[str]:
        """Return the modules that the child imports first: those whose random numbers it fixes, too."""
        found = ["numpy"] if self.needs_numpy else []
        if self._mentions(b"random"):
            found += ["random", *(f"{name}.random" for name in found)]
        return found

    def _mentions(self, word: bytes) -> bool:
        sources = [source for source in (self.submission, self.adapter) if source]
        return any(source.mentions(word) for source in sources)

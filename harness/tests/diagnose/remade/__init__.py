"""Known mistakes re-made in engines that the diagnosis does not know, by an edit of their text.

- `closures`: a scalar engine in micrograd's style, whose `-` and `/` are made of other ops.
- `torch_like`: an engine of arrays.
- `pairs`: two mistakes at once, in either engine.
- `unseen`: mistakes that no known mistake is.

Each engine is one of `harness/tests/adapt/strangers`. An edit is a text that occurs once, and the text that
takes its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gradconform.harness.engine.contract import Engine
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.isolation.parent import opener
from gradconform.harness.submission.files import Submission
from gradconform.harness.tests import adapt

Edit = tuple[str, str]
_STRANGERS = Path(adapt.__file__).parent / "strangers"


@dataclass(frozen=True)
class Edited:
    """An engine with the known mistakes of these names, or with others; `edits` make them in its text."""

    path: str
    mistakes: tuple[str, ...]
    edits: tuple[Edit, ...]

    @property
    def name(self) -> str:
        """The mistakes and the file of the engine."""
        return f"{'+'.join(self.mistakes) or 'correct'} in {self.path}"

    def text(self) -> str:
        """Return the text after the edits. Raises ValueError when one does not fit in exactly one place."""
        text = (_STRANGERS / self.path).read_text(encoding="utf-8")
        for before, after in self.edits:
            if text.count(before) != 1:
                raise ValueError(f"{before!r} occurs {text.count(before)} times, and one is needed")
            text = text.replace(before, after)
        return text

    def open(self) -> Engine:
        """Open the engine in this process: the files are ours."""
        handed_in = Submission("engine.py", {"engine.py": self.text().encode()}, "engine.py")
        how = Isolation(wall="none")
        return opener.from_submission(self.name, handed_in, "", how, "engine.py")


def each(path: str, edits: Mapping[str, Edit]) -> list[Edited]:
    """Return one engine for each edit, which makes the mistake of its name."""
    return [Edited(path, (name,), (edit,)) for name, edit in edits.items()]

"""Running a notebook in the child: cell by cell in one namespace. The other cells run even if one fails.

- `run_notebook`: runs all cells, and keeps the files that cells write.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from types import ModuleType

from ...errors import EngineError
from ...places import cell_name
from .. import notebook_format
from .import_hook import ImportHook

_WRITES = ("writefile", "file")


def run_notebook(path: str, module: ModuleType, hook: ImportHook) -> None:
    """Run the cells of a notebook, or of one that was printed as text, in the namespace of `module`.

    EngineError when it is no notebook, or has no cell of code. Errors of a cell become notes.
    """
    text, runner = hook.files.text(path), hook.runner
    try:
        cells = notebook_format.of_notebook if path.endswith(".ipynb") else notebook_format.of_text
        found = cells(text)
    except ValueError as problem:
        raise EngineError(f"{path}: {problem}") from None
    if not found:
        raise EngineError(f"{path} has no cell of code")
    foreign: dict[str, list[int]] = {}
    late: list[int] = []
    for cell in found:
        name, _, rest = cell.magic.partition(" ")
        if name in _WRITES:
            _write(path, rest, cell.source, hook)
        elif name:
            foreign.setdefault(name, []).append(cell.number)
        elif not runner.guarded(module, cell.source, cell_name(path, cell.number)):
            late.append(cell.number)
    if late:
        several = f"cells {late[0]} to {late[-1]} of {path} were"
        runner.not_run(several if late[1:] else f"cell {late[0]} of {path} was")
    for name, numbers in foreign.items():
        runner.note(f"{_shown(numbers)} of {path} is %%{name} and was not run")


def _write(notebook: str, words: str, body: str, hook: ImportHook) -> None:
    """Add a file that a cell writes to those of the submission, beside the notebook."""
    options = [word for word in words.split() if word.startswith("-")]
    named = [word.strip("'\"") for word in words.split() if not word.startswith("-")]
    if not named:
        return
    place = PurePosixPath(named[0])
    inner = place.name if place.is_absolute() or ".." in place.parts else place.as_posix()
    path = (PurePosixPath(notebook).parent / inner).as_posix()
    hook.files.write(path, f"{body}\n", append="-a" in options or "--append" in options)


def _shown(numbers: list[int]) -> str:
    first = ", ".join(map(str, numbers[:3]))
    if len(numbers) == 1:
        return f"cell {first}"
    return f"each of the cells {first}{' ...' if len(numbers) > 3 else ''}"

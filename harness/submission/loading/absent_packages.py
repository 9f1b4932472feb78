"""Placeholders for packages that are not installed, so that a file that imports them can still be loaded.

- `PlaceholderFinder`: gives a placeholder for each such import.
- `Silent`, `SilentModule`, `Progress`: for packages that only draw or print. Every use does nothing.
- For any other package see `harness.submission.loading.absent_parts`. Reports call these packages inert.

An import inside of `try ... except ImportError` fails, as its author expects.
"""

from __future__ import annotations

import ast
import importlib.machinery
import sys
from collections.abc import Callable, Iterator, Sequence
from types import FrameType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from .absent_parts import PlaceholderModule

if TYPE_CHECKING:
    from importlib.abc import Loader as Loader
else:
    # Python does not ask for the class, and its import takes 5 ms of the start of each child.
    Loader = object

# fmt: off
SILENT = frozenset((
    "IPython", "alt", "altair", "bokeh", "cairosvg", "colorama", "fastprogress", "google",
    "graphviz", "holoviews", "icecream", "ipywidgets", "loguru", "manim", "matplotlib",
    "mpl_toolkits", "networkx", "nbdev", "pydot", "pygraphviz", "pylab", "plotly",
    "prettyprinter", "prettytable", "pygments", "pyvis", "rich", "seaborn", "tabulate",
    "termcolor", "tqdm",
))
# fmt: on
_COMPUTES = (
    "add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow neg abs lt le gt ge"
).split()
_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class Silent:
    """An object of which every use does nothing and gives the object again."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Return the object again, or the class or function that it decorates."""
        decorated = len(arguments) == 1 and isinstance(arguments[0], type | FunctionType)
        return arguments[0] if decorated else self

    def __getitem__(self, key: Any) -> Any:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *problem: Any) -> None:
        return None


for _name in _COMPUTES:
    setattr(Silent, f"__{_name}__", lambda self, *others: self)


class Progress(Silent):
    """A progress bar that shows nothing and iterates over its argument."""

    def __init__(self, *iterables: Any, **options: Any) -> None:
        self._iterable = iterables[0] if iterables else options.get("iterable", ())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._iterable)


class SilentModule(ModuleType):
    """The module of an absent package that only draws or prints."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _silent_part(name)


class PlaceholderFinder(Loader):
    """The last finder in `sys.meta_path`: it gives a placeholder for a module that no other finder has.

    `sources` returns the text of a file of the submission, or None for another file. `own` says whether the
    submission has a module of this name.
    """

    def __init__(self, sources: Callable[[str], str | None], own: Callable[[str], bool]) -> None:
        self.silent: set[str] = set()
        self.placeholders: set[str] = set()
        self._sources, self._own = sources, own

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of a placeholder, or None for a module that must be real or may be missing."""
        top = name.partition(".")[0]
        parent = sys.modules.get(name.rpartition(".")[0])
        real = top in sys.stdlib_module_names or self._own(name)
        if real or (
            parent is not None and not isinstance(parent, SilentModule | PlaceholderModule)
        ):
            return None
        importer = _importer()
        if importer is None or self._guarded(importer):
            return None
        (self.silent if top in SILENT else self.placeholders).add(top)
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return the placeholder."""
        if spec.name.partition(".")[0] in SILENT:
            return SilentModule(spec.name)
        return PlaceholderModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Execute nothing."""

    def notes(self) -> list[str]:
        """Return the packages that have placeholders as sentences for the report."""
        kinds = (("silent", self.silent), ("inert", self.placeholders))
        return [
            f"not importable here and made {kind}: {', '.join(sorted(names))}"
            for kind, names in kinds
            if names
        ]

    def _guarded(self, frame: FrameType) -> bool:
        text = self._sources(frame.f_code.co_filename)
        if text is None:
            return True  # the file belongs to a library, which handles a missing optional package
        return any(
            first <= frame.f_lineno <= last
            for first, last in _guarded_lines(text, frame.f_code.co_filename)
        )


def _importer() -> FrameType | None:
    """Return the frame whose import statement is running."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and (
        "importlib" in frame.f_code.co_filename or frame.f_code.co_filename == __file__
    ):
        frame = frame.f_back
    return frame


def _guarded_lines(text: str, name: str) -> Iterator[tuple[int, int]]:
    try:
        tree = ast.parse(text, name)
    except SyntaxError:  # a script of which each cell was run on its own
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(map(_catches_imports, node.handlers)):
            yield node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno


def _catches_imports(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    named = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(each, ast.Name) and each.id in _IMPORT_ERRORS for each in named)


def _silent_part(name: str) -> Any:
    if name in ("tqdm", "tqdm_notebook", "track", "progress_bar", "master_bar"):
        return Progress
    if name == "trange":
        return lambda *bounds, **options: Progress(range(*bounds))
    if name == "subplots":
        return lambda *arguments, **options: (Silent(), Silent())
    return Silent()

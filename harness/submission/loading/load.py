"""Loading a submission in the child. A statement that fails is left out, and the rest is kept.

- `load`: from the files of a submission to its modules, with notes on what went wrong.
- `Loaded`: the modules, and the places of their classes in words.
- `LIKELY`, `COMPANIONS`: the files that are loaded when no file was named.
"""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType, ModuleType
from typing import Any

from ...errors import EngineError, Misnamed
from ...places import file_and_cell, without_site
from .. import notebook_format
from ..files import held
from .absent_packages import PlaceholderFinder
from .import_hook import ImportHook
from .run_statements import StatementRunner
from .time_budget import TimeBudget
from .unpack import Files

_RELATIVE = re.compile(r"^[ \t]*from[ \t]+(\.+)", re.MULTILINE)
# Modules that often hold the functions on an engine's nodes.
COMPANIONS = (
    "functional",
    "functions",
    "function",
    "ops",
    "operations",
    "activation",
    "activations",
)
LIKELY = re.compile(r"\bdef\s+_{0,2}back[-_]?(?:ward|prop)", re.IGNORECASE)


@dataclass
class Loaded:
    """The modules of a submission, the one that most likely holds the engine first.

    `notes` are sentences for the report. `absent` are the packages that have placeholders, other than those
    that only draw or print. `source` returns the text of a file, or None, by the name under which it was
    compiled, and `texts` has those that lie in memory. `main` is the file that was named, or empty; `inside`
    is that of the submission.
    """

    modules: list[ModuleType]
    notes: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    source: Callable[[str], str | None] = field(default=lambda file: None)
    main: str = ""
    inside: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    def place(self, thing: Any) -> str:
        """Return the place of a class or a function in words: "line 3 of engine.py", "cell 7 of hw.ipynb".

        Raises nothing for a class or function that a `class` or `def` statement has made.
        """
        code = _code_of(thing)
        if code is None:
            return f"module {getattr(thing, '__module__', '?')}"
        file, cell = file_and_cell(code.co_filename)
        if cell is not None:
            return f"cell {cell} of {file}"
        line = code.co_firstlineno
        if isinstance(thing, type):
            # A class does not know its own line. It stands above its first method, whose line is known.
            above = (self.source(file) or "").splitlines()[:line]
            opens = re.compile(rf"\s*class\s+{re.escape(str(thing.__name__))}\b")
            line = max((n for n, text in enumerate(above, 1) if opens.match(text)), default=line)
        return f"line {line} of {without_site(file)}"

    def file(self, thing: Any) -> str:
        """Return the path of the file in which a class was defined, or an empty text."""
        code = _code_of(thing)
        return file_and_cell(code.co_filename)[0] if code else ""

    def offer(self, thing: Any) -> str:
        """Return the end of a name by which the file of a class can be named, such as "/eng/engine.py"."""
        return f"/{self.file(thing).removeprefix(self.inside)}"

    def owns(self, thing: Any) -> bool:
        """True when the thing was defined in the submission, and not imported from another place."""
        names = {module.__name__ for module in self.modules}
        return getattr(thing, "__module__", None) in names


def load(files: Files, wanted: str, budget: TimeBudget) -> Loaded:
    """Load the file that was named, or else every file that defines a backward or the class `wanted`.

    `budget` gives each file its time. An exception of untrusted code becomes a note. EngineError when no file
    is worth loading, or a notebook cannot be read; Misnamed when no file has the class `wanted`.
    """
    runner = StatementRunner(budget)
    hook = ImportHook(files, runner)
    finder = PlaceholderFinder(
        runner.texts.get,
        lambda name: hook.path_of(name) is not None or hook.is_folder(name),
    )
    sys.meta_path += [hook, finder]
    chosen = [files.main] if files.main else _likely(files, wanted)
    modules, late = [], []
    for path in chosen:
        if budget.for_one() > 0:
            modules.append(_load_one(path, hook))
        else:
            late.append(path)
    if late:
        several = f"{len(late)} files, from {late[0]} on, were"
        runner.not_run(several if late[1:] else f"{late[0]} was")
    # Files that a notebook wrote with %%writefile. It may have run them by a command, which is not run here.
    written = [path for path in files.written if LIKELY.search(files.text(path))]
    modules += [_load_one(path, hook) for path in written]
    own = [m for m in sys.modules.values() if getattr(m, "__loader__", None) is hook]
    found = list(dict.fromkeys([*modules, *own]))
    for module in found:
        runner.note_all(_put_classes_back(module))
    notes = [*files.notes, *runner.notes, *finder.notes()]
    absent = sorted(finder.placeholders)
    source, texts = runner.texts.get, runner.texts
    return Loaded(found, notes, absent, source, files.main, files.inside, texts)


def _put_classes_back(module: ModuleType) -> Iterator[str]:
    """Give the name of a class back to the class where an instance has taken it, as in `Value = Value(3.0)`.

    Yields a sentence for each. The class worked until then, and its own methods look it up by its name.
    """
    for name, thing in list(vars(module).items()):
        kind = type(thing)
        if kind.__name__ == name and kind.__module__ == module.__name__:
            vars(module)[name] = kind
            yield f"{name} was replaced by one of its instances; the name leads to the class again"


def _likely(files: Files, wanted: str) -> list[str]:
    paths = [path for path in files if not path.endswith(".txt")]
    if wanted:
        named = re.compile(rf"\bclass\s+{re.escape(wanted)}\b")
        found = [path for path in paths if named.search(files.text(path))]
    else:
        found = [path for path in paths if LIKELY.search(files.text(path))]
    if not found:
        looked = ", ".join(sorted(paths)[:8]) or "no code"
        asked = f"class {wanted}" if wanted else "a definition of backward"
        others = f"; it holds besides: {held(files.unread)}" if files.unread else ""
        kind = Misnamed if wanted else EngineError
        raise kind(f"{files.name}: no file has {asked} (looked in {looked}{others})")
    # The files of the engine before those that import it, such as tests and demonstrations.
    found.sort(key=lambda path: ("test" in path.lower(), path.count("/"), path))
    return [*found, *(p for p in paths if _stem(p) in COMPANIONS and p not in found)]


def _load_one(path: str, hook: ImportHook) -> ModuleType:
    text = hook.files.text(path)
    if path in hook.loaded:
        return hook.loaded[path]
    notebook = path.endswith(".ipynb") or (
        path.endswith(".txt") and notebook_format.MARKER.search(text)
    )
    package = "" if notebook else _package_of(path, hook.files)
    # A script imports the files in its folder by bare names.
    folder = posixpath.dirname(path) or "."
    hook.roots += [f"{root}/" for root in (_above(folder, package), folder) if root != "."]
    if package:
        hook.runner.import_guarded(package)
        if path in hook.loaded:
            return hook.loaded[path]
    stem = _stem(path)
    if notebook and hook.path_of(stem):
        stem = f"{stem} (notebook)"  # otherwise it would hide the module of its name
    module = _fresh(f"{package}.{stem}" if package else stem, path)
    module.__package__ = package
    hook.loaded[path] = module
    hook.furnish(module)
    if notebook:
        from .run_notebook import run_notebook

        run_notebook(path, module, hook)
    else:
        done = [hook.runner.guarded(module, part, path) for part in notebook_format.of_script(text)]
        if not all(done):
            hook.runner.not_run(f"the end of {path} was")
        hook.runner.keep(path, text)
    return module


def _stem(path: str) -> str:
    """Return the name of a file without its suffix."""
    return posixpath.splitext(posixpath.basename(path))[0]


def _package_of(path: str, files: Files) -> str:
    """Return the dotted name of the package that a file belongs to, or an empty text."""
    folders = path.split("/")[:-1]
    parts: list[str] = []
    while folders and "/".join([*folders, "__init__.py"]) in files and folders[-1].isidentifier():
        parts.insert(0, folders.pop())
    dots = _RELATIVE.findall(files.text(path))
    if not parts and folders and dots:
        parts = folders[-max(map(len, dots)) :]  # a package without __init__.py
    return ".".join(parts)


def _above(folder: str, package: str) -> str:
    """Return the folder that holds the outermost folder of the package."""
    for _ in package.split(".") if package else ():
        folder = posixpath.dirname(folder) or "."
    return folder


def _fresh(name: str, path: str) -> ModuleType:
    module = ModuleType(name)
    module.__file__ = path
    # Dataclasses, pickles and annotations look up their module by name.
    sys.modules.setdefault(name, module)
    return module


def _code_of(thing: Any) -> CodeType | None:
    if isinstance(thing, type):
        own = [getattr(v, "__func__", v) for v in vars(thing).values()]
        own = [f for f in own if str(getattr(f, "__qualname__", "")).startswith(thing.__qualname__)]
        codes = [f.__code__ for f in own if isinstance(getattr(f, "__code__", None), CodeType)]
        # A decorator such as `dataclass` makes methods of its own, from the file "<string>".
        codes = [code for code in codes if not code.co_filename.startswith("<")] or codes
        return min(codes, key=lambda code: code.co_firstlineno, default=None)
    code = getattr(thing, "__code__", None)
    return code if isinstance(code, CodeType) else None

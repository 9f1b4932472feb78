"""Importing the modules of a submission from memory.

- `ImportHook`: the finder and loader of these modules, which `%run` uses too.
"""

from __future__ import annotations

import importlib.machinery
import posixpath
from collections.abc import Sequence
from functools import partial
from types import ModuleType

from ...places import cell_name
from .. import notebook_format
from . import ipython_names
from .absent_packages import Loader
from .run_statements import StatementRunner
from .unpack import Files


class ImportHook(Loader):
    """Imports the modules of a submission from memory, with packages and relative imports.

    `roots` are the folders whose modules are imported by bare names. `loaded` has the module of each file.
    """

    def __init__(self, files: Files, runner: StatementRunner) -> None:
        self.files, self.runner = files, runner
        self.roots = [""]
        # By file, because a file that is imported under two names must be loaded once. Otherwise its classes
        # would exist twice, and each would treat the nodes of its twin as numbers.
        self.loaded: dict[str, ModuleType] = {}
        self._running: set[str] = set()

    def path_of(self, name: str) -> str | None:
        """Return the file of a module, or None if the submission does not have it."""
        bases = [root + name.replace(".", "/") for root in self.roots]
        places = [place for base in bases for place in (f"{base}.py", f"{base}/__init__.py")]
        return next((place for place in places if place in self.files), None)

    def is_folder(self, name: str) -> bool:
        """True when the module is a folder with code."""
        folders = tuple(f"{root}{name.replace('.', '/')}/" for root in self.roots)
        return any(path.startswith(folders) for path in self.files)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of a module of the submission, or None for another one."""
        found = self.path_of(name)
        if found is None and not self.is_folder(name):
            return None
        package = found is None or found.endswith("__init__.py")
        return importlib.machinery.ModuleSpec(name, self, origin=found, is_package=package)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """Return the module of the same file under another name, or None for a new one."""
        return self.loaded.get(spec.origin or "")

    def exec_module(self, module: ModuleType) -> None:
        """Run the file of the module, if it has one. Raises what the file raises, as any import does."""
        path = self.path_of(module.__name__)
        if path is not None and path not in self.loaded:
            self.loaded[path] = module
            module.__file__ = path
            self.furnish(module)
            self.runner.run_text(module, self.files.text(path), path, strict=True)

    def furnish(self, module: ModuleType) -> None:
        """Give a module the functions that a notebook has without importing them."""
        vars(module).update(ipython_names.names(partial(self._run_into, module)))

    def _run_into(self, module: ModuleType, line: str) -> None:
        """Run a file of the submission in the namespace of a module, as `%run` does.

        FileNotFoundError when there is no such file beside that of the module.
        """
        named = next((word for word in line.split() if not word.startswith("-")), "").strip("'\"")
        folder = posixpath.dirname(module.__file__ or "")
        beside = posixpath.join(folder, posixpath.normpath(named))
        path = next((p for p in (beside, f"{beside}.py") if p in self.files), None)
        if path is None:
            raise FileNotFoundError(f"%run {named}: there is no such file beside {module.__file__}")
        if path in self._running:
            return
        self._running.add(path)
        try:
            self._run_text_or_cells(module, path)
        finally:
            self._running.discard(path)

    def _run_text_or_cells(self, module: ModuleType, path: str) -> None:
        text = self.files.text(path)
        if not path.endswith(".ipynb"):
            self.runner.run_text(module, text, path)
            return
        for cell in notebook_format.of_notebook(text):
            if not cell.magic:
                self.runner.run_text(module, cell.source, cell_name(path, cell.number))

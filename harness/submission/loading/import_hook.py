"""Importing the modules of a submission from memory."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
from collections.abc import Sequence
from functools import partial
from pathlib import PurePosixPath
from types import ModuleType

from harness.submission import notebook_format
from harness.submission.loading import ipython_names
from harness.submission.loading.run_statements import StatementRunner
from harness.submission.loading.unpack import Files


class ImportHook(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the modules of a submission from memory, packages and relative imports included."""

    def __init__(self, files: Files, runner: StatementRunner) -> None:
        self.files, self.runner = files, runner
        # Folders from which modules are imported by bare names.
        self.roots = [""]
        # By file: under whatever names a file is imported, it is loaded once, or there would be twins
        # of its classes, and each would take the other's nodes for numbers.
        self.loaded: dict[str, ModuleType] = {}
        self._running: set[str] = set()

    def path_of(self, name: str) -> str | None:
        """The file of a module, if the submission has it."""
        bases = [root + name.replace(".", "/") for root in self.roots]
        places = [place for base in bases for place in (f"{base}.py", f"{base}/__init__.py")]
        return next((place for place in places if place in self.files), None)

    def is_folder(self, name: str) -> bool:
        """Whether the name is that of a folder with code."""
        folders = tuple(f"{root}{name.replace('.', '/')}/" for root in self.roots)
        return any(path.startswith(folders) for path in self.files)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's place among the files."""
        found = self.path_of(name)
        if found is None and not self.is_folder(name):
            return None
        package = found is None or found.endswith("__init__.py")
        return importlib.machinery.ModuleSpec(name, self, origin=found, is_package=package)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """The module that was made of the same file under another name, if there is one."""
        return self.loaded.get(spec.origin or "")

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's file, if it has one; an error in it is the hook's to see."""
        path = self.path_of(module.__name__)
        if path is not None and path not in self.loaded:
            self.loaded[path] = module
            module.__file__ = path
            self.furnish(module)
            self.runner.run_text(module, self.files.text(path), path, strict=True)

    def furnish(self, module: ModuleType) -> None:
        """Give a module the names that it would have in a notebook."""
        vars(module).update(ipython_names.names(partial(self._run_into, module)))

    def _run_into(self, module: ModuleType, line: str) -> None:
        """Run a file of the submission in a module's namespace, as `%run` does."""
        named = next((word for word in line.split() if not word.startswith("-")), "").strip("'\"")
        folder = PurePosixPath(module.__file__ or "").parent
        beside = (folder / named).as_posix()
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
                self.runner.run_text(module, cell.source, f"{path}, cell {cell.number}")

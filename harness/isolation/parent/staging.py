"""The files that the child may read: its own sources and the packages that were allowed.

- `Stage`: a folder of copies for one run of gradconform, removed at its end. `stage`, `stage_before_forks`,
  `unstage`: that of this process.
- `held_folder`: a folder of files for one run, which is removed at its end, even if the process is killed.
- `sources`: the files of `harness` that are copied. No room that knows an expected value is among them.
- `ORACLES`: packages from which an engine under test could take the answers.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import importlib
import importlib.util
import os
import py_compile
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from ...errors import MachineError

# Whole folders, so that a new file is staged automatically. A test compares them with the worker's imports.
_FOLDERS = ("program", "engine", "adapt", "submission", "isolation/child")
# It reads the download of a course, of which a child gets one submission.
_OF_THE_PARENT = "submission/download"
_FILES = (
    "__init__.py",
    "errors.py",
    "places.py",
    "processes.py",
    "text.py",
    "isolation/__init__.py",
    "isolation/limits.py",
    "isolation/wire.py",
)
_PREFIX, _NEW, _HELD = "gradconform-", "locked", "held"
_MAKING = 60.0  # seconds; a stage gets its lock within milliseconds
# An engine under test could compute the answers with these packages.
ORACLES = frozenset(
    "torch jax jaxlib autograd tensorflow keras mxnet mindspore paddle theano pytensor aesara casadi "
    "chainer cupy dynet flax functorch mlx mygrad sympy tinygrad torchvision".split()
)
_HOUSE = Path(__file__).resolve().parents[2]
# An installation has it in the folder above this house, a checkout in src/gradconform.
_PUBLIC_NAMES = Path(importlib.import_module("gradconform").__path__[0], "__init__.py")


def sources(house: Path) -> Iterator[Path]:
    """Yield the Python files that a child gets; `house` is the folder `harness`."""
    yield from (house / name for name in _FILES)
    for folder in _FOLDERS:
        for path in (house / folder).rglob("*.py"):
            if path.is_file() and not path.is_relative_to(house / _OF_THE_PARENT):
                yield path


class Stage:
    """A folder that the child sees as its Python path. Every user may read it; a child may not write to it.

    `worker` is the folder of the sources. OSError when there is no room for it.
    """

    def __init__(self) -> None:
        _remove_abandoned()
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self.worker = self.folder / "worker"
        self._sites: dict[tuple[str, ...], Path] = {}
        self._held: IO[str] | None = None
        atexit.register(self.close)
        try:
            self._fill()
        except OSError:
            self.close()
            raise

    def _fill(self) -> None:
        self._held = _locked(self.folder)
        self.folder.chmod(0o755)
        _copy_sources(str(self.worker / "gradconform"))

    def site(self, parts: Sequence[str]) -> Path:
        """Return a folder with a link to each package, for walls that cannot mount a folder over another.

        OSError when there is no room for it.
        """
        if tuple(parts) not in self._sites:
            # Forks of this process share the stage.
            folder = Path(tempfile.mkdtemp(prefix="site-", dir=self.folder))
            folder.chmod(0o755)
            for part in parts:
                os.symlink(part, folder / Path(part).name)
            self._sites[tuple(parts)] = folder
        return self._sites[tuple(parts)]

    def home(self) -> Path:
        """Return an empty folder that is the home of children. OSError when there is no room for it."""
        folder = self.folder / "home"
        folder.mkdir(exist_ok=True)
        return folder

    def output(self) -> Path:
        """Return a new, empty file for the prints of a child. OSError when there is no room for it."""
        handle, name = tempfile.mkstemp(prefix="output-", suffix=".txt", dir=self.folder)
        os.close(handle)
        return Path(name)

    def close(self) -> None:
        """Remove the folder."""
        if self._held is not None:
            self._held.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)


@functools.cache
def stage() -> Stage:
    """Return the stage of this process, which is made at the first call. OSError as `Stage`."""
    return Stage()


def stage_before_forks() -> None:
    """Make the stage now, so that this process removes it, whatever happens to its forks.

    Where it cannot be made, each engine says so.
    """
    with contextlib.suppress(OSError):
        stage()


def unstage() -> None:
    """Remove the stage of this process, if there is one. The next engine gets a new one."""
    if stage.cache_info().currsize:
        stage().close()
        stage.cache_clear()


@contextlib.contextmanager
def held_folder() -> Iterator[Path]:
    """Make a folder that only this user may read, and remove it at the end.

    When this process is killed, a later run removes the folder. MachineError when there is no room for it.
    """
    try:
        _remove_abandoned()
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        held = _locked(folder)
    except OSError as problem:
        raise MachineError(f"no temporary folder can be made: {problem.strerror}") from None
    try:
        yield folder
    finally:
        held.close()
        shutil.rmtree(folder, ignore_errors=True)


def _locked(folder: Path) -> IO[str]:
    """Return the open file by whose lock other processes know that the folder is in use."""
    # The file is locked before it gets the name under which other processes look for a lock.
    held = (folder / _NEW).open("w")
    fcntl.flock(held, fcntl.LOCK_EX)
    os.rename(held.name, folder / _HELD)
    return held


def _remove_abandoned() -> None:
    """Remove the stages of processes that were killed: no process holds the lock of these stages.

    A process may have been killed before it made the lock. Then its stage is empty, or almost so, and older
    than any that is being made. Folders of other users are left alone, because they need not be stages.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            facts = folder.lstat()
            if facts.st_uid != os.geteuid() or not stat.S_ISDIR(facts.st_mode):
                continue
            if {*os.listdir(folder)} <= {_NEW} and time.time() - facts.st_mtime > _MAKING:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            with (folder / _HELD).open() as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


def _copy_sources(target: str) -> None:
    """Copy the sources to the folder `target`, with their byte code, so that no child compiles them.

    Byte code that Python wrote when it imported a file is valid for the copy too, because the copy has the
    date of the source, which stands in the byte code. The parent never imports most of the files: their byte
    code is written beside them as Python does, so that the next run finds it. Where that is not possible, as
    with PYTHONDONTWRITEBYTECODE in a container, the copy is compiled here, once for all children.
    """
    parent, made = str(_HOUSE.parent), set[str]()

    def folder_of(copied: str) -> str:
        folder = os.path.dirname(copied)
        if folder not in made:
            os.makedirs(folder, exist_ok=True)
            made.add(folder)
        return copied

    copies = {str(source): str(source)[len(parent) :] for source in sources(_HOUSE)}
    copies[str(_PUBLIC_NAMES)] = f"/{_PUBLIC_NAMES.name}"
    for source, name in copies.items():
        copied = shutil.copyfile(source, folder_of(target + name))
        facts = os.stat(source)
        os.utime(copied, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        compiled = importlib.util.cache_from_source(source)
        place = os.path.join(os.path.dirname(copied), "__pycache__", os.path.basename(compiled))
        if _is_of(compiled, facts) or _written(source, compiled, facts):
            shutil.copyfile(compiled, folder_of(place))
        else:
            py_compile.compile(copied, place)


def _written(source: str, compiled: str, facts: os.stat_result) -> bool:
    """Write the byte code of a source beside it. False where that is not wanted or not possible."""
    if sys.dont_write_bytecode:
        return False
    with contextlib.suppress(OSError):
        py_compile.compile(source, compiled)
    return _is_of(compiled, facts)


def _is_of(compiled: str, facts: os.stat_result) -> bool:
    """Return True when a file of byte code was made from a source with these facts (PEP 552)."""
    fields = (0, int(facts.st_mtime), facts.st_size)
    head = importlib.util.MAGIC_NUMBER + b"".join(
        (field & 0xFFFFFFFF).to_bytes(4, "little") for field in fields
    )
    try:
        with open(compiled, "rb") as file:
            return file.read(len(head)) == head
    except OSError:
        return False

"""What the child may read: the worker's own sources and the packages that were allowed.

- `Stage`: a folder of copies for one run of gradconform, removed at its end.
- `WORKER`: the modules of gradconform that a worker consists of. Not one of them knows an expected value.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

# The closure of the worker's imports; a test compares it with what the sources say.
WORKER = (
    "__init__ adapt/__init__ adapt/adapted adapt/arithmetic adapt/arrays adapt/backward "
    "adapt/find adapt/functions adapt/homonyms adapt/leaves adapt/option_names adapt/probe "
    "adapt/spellings adapt/usage engine/__init__ engine/arguments engine/eager engine/eager_steps "
    "engine/eager_walk engine/exceptions engine/functional engine/garbage engine/library "
    "engine/offers engine/op_caller engine/optimizer engine/pullback engine/replay errors "
    "isolation/__init__ isolation/child/__init__ isolation/child/landlock "
    "isolation/child/open_engine isolation/child/privileges isolation/child/seccomp "
    "isolation/child/worker isolation/limits isolation/wire program/__init__ program/arrays "
    "program/op_table program/ops program/program program/serialize program/steps "
    "program/transcript submission/__init__ submission/files submission/loading/__init__ "
    "submission/loading/absent_packages submission/loading/absent_parts submission/loading/clock "
    "submission/loading/import_hook submission/loading/ipython_names submission/loading/load "
    "submission/loading/load_package submission/loading/run_notebook "
    "submission/loading/run_statements submission/loading/statements submission/loading/unpack "
    "submission/magics submission/notebook_format text"
).split()
_PREFIX, _HELD = "gradconform-", "held"
# torch and its like, from which an engine under test could take the answers.
ORACLES = frozenset(
    "torch jax jaxlib autograd tensorflow keras mxnet mindspore paddle theano pytensor aesara casadi "
    "chainer cupy dynet flax functorch mlx mygrad sympy tinygrad torchvision".split()
)


class Stage:
    """A folder that the child sees as its Python path. Everybody may read it, nobody may write it."""

    def __init__(self) -> None:
        _remove_abandoned()
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        # Locked before it has the name by which others look for it.
        self._held = (self.folder / "locked").open("w")
        fcntl.flock(self._held, fcntl.LOCK_EX)
        os.rename(self._held.name, self.folder / _HELD)
        self.folder.chmod(0o755)
        self.worker = self.folder / "worker"
        self._sites: dict[tuple[str, ...], Path] = {}
        home = Path(__file__).resolve().parents[2]
        for name in WORKER:
            source, copy = home / f"{name}.py", self.worker / "harness" / f"{name}.py"
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
            _copy_bytecode(source, copy)
        atexit.register(self.close)

    def site(self, parts: Sequence[str]) -> Path:
        """A folder with a link to each package, for walls that cannot lay one folder over another."""
        if tuple(parts) not in self._sites:
            folder = self.folder / f"site{len(self._sites)}"
            folder.mkdir()
            for part in parts:
                os.symlink(part, folder / Path(part).name)
            self._sites[tuple(parts)] = folder
        return self._sites[tuple(parts)]

    def output(self) -> Path:
        """A fresh file for what a child prints."""
        handle, name = tempfile.mkstemp(prefix="output-", suffix=".txt", dir=self.folder)
        os.close(handle)
        return Path(name)

    def close(self) -> None:
        """Remove the folder."""
        self._held.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@functools.cache
def stage() -> Stage:
    """The stage of this process, made when it is first needed."""
    return Stage()


def _remove_abandoned() -> None:
    """The stages of processes that were killed before they could remove them: nobody holds their lock.

    What belongs to another user is left alone: it need not be a stage.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid != os.geteuid():
                continue
            with (folder / _HELD).open() as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


def _copy_bytecode(source: Path, copy: Path) -> None:
    """The parent has imported most of these: its byte code is valid for the copies, too."""
    cached = Path(importlib.util.cache_from_source(str(source)))
    target = Path(importlib.util.cache_from_source(str(copy)))
    target.parent.mkdir(exist_ok=True)
    if cached.is_file():
        shutil.copy2(cached, target)

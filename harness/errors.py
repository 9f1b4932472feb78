"""Errors that are shown to a person as one sentence, without a traceback."""

from __future__ import annotations

import errno

# The system has no more processes, descriptors or memory for this user: see `MachineError`.
EXHAUSTED = frozenset({errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM})

# What to say of an import that no option allows: these folders are no packages of their own.
OWN_FOLDERS = {
    name: f"{name} is a part of gradconform; import it from there: `from gradconform import EagerEngine`"
    for name in ("harness", "engines", "cases")
}


class GradconformError(Exception):
    """A request that cannot be fulfilled; the message says what came and what to do."""


class UsageError(GradconformError):
    """A name or an option that does not exist, or that contradicts another one."""


class NoSuchEngine(UsageError):
    """A name or a path at which there is no engine."""


class NothingSelected(GradconformError):
    """A selection that leaves no case to run, which is an error and never a score of zero."""


class ProgramError(GradconformError):
    """A program that breaks a rule of `harness.program`."""


class CaseError(GradconformError):
    """A case that cannot be declared or traced; the message begins with file and line."""


class EngineError(GradconformError):
    """An engine that cannot be found, imported or made.

    The message may offer a better name of the engine. `offer` is the end of this name, such as ":Value". In
    the message the name of the submission stands before it; the parent puts there what the person typed.
    """

    def __init__(self, message: str, offer: str = "") -> None:
        super().__init__(message)
        self.offer = offer


class MachineError(EngineError):
    """The machine can run no engine: no process, thread, memory or temporary file. No engine is at fault."""


class NoReference(EngineError):
    """Torch cannot be imported, or its frozen answers lack one, so that an answer cannot be judged."""


class Misnamed(EngineError):
    """A file in a zip, a module of a package, or a class: it was asked for by name, and it is not there."""

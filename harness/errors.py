"""Errors that are shown to a person as one sentence, without a traceback."""

from __future__ import annotations


class GradconformError(Exception):
    """Something that was asked for cannot be done; the message says what came and what to do."""


class UsageError(GradconformError):
    """A name or an option that does not exist, or that does not fit another."""


class NoSuchEngine(UsageError):
    """A name or a path behind which there is no engine, or nothing that could be one."""


class NothingSelected(GradconformError):
    """The selection left no case to run, which is an error and never a score of zero."""


class ProgramError(GradconformError):
    """A program that breaks a rule of `harness.program`."""


class CaseError(GradconformError):
    """A case that cannot be declared or traced; the message begins with file and line."""


class EngineError(GradconformError):
    """An engine that cannot be found, imported or made."""

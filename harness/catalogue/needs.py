"""The needs of a case, in the words in which an assignment says what it asks for.

- `asked_words`: the words of a list such as `add,mul,pow,relu`, checked.
- `fits`: True when a case needs nothing but these words.
- `needs`: all words of one case. `words_of_step`: those of one op.
- `BESIDE_OPS`: the words that are no ops, and their meaning.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator

from ..errors import UsageError
from ..program import (
    Apply,
    Backward,
    Grad,
    Input,
    NoGrad,
    Program,
    Read,
    Ref,
    Repeat,
    SetGrad,
    UnknownStep,
    Update,
    ZeroGrad,
)
from ..program.arrays import Array
from ..program.op_table import TABLE, op_named
from ..program.ops import OPERATORS
from .case import Case

BESIDE_OPS = {
    "reflected": "a number on the left of an operator, as in 2 * x; rmul is that of mul alone",
    "pow_by_value": "x ** y, where the exponent is a value too; pow alone is x ** 3",
    "arrays": "inputs that are arrays",
    "dtypes": "integers, truth values, or floats of a given precision",
    "lifecycle": "several backwards, a given cotangent, zero_grad, no_grad, gradients of inner values",
    "order2": "gradients of gradients",
    "errors": "an error where torch raises one",
}
_REFLECTED = {
    f"r{op.name}" for op in TABLE.values() if op.operator and OPERATORS[op.operator].reflected
}


def asked_words(lists: Iterable[str]) -> frozenset[str]:
    """Return the words of lists with commas, each as `needs` gives it.

    An op may be written by its name in torch, by an alias of the op table or as its operator. Raises
    UsageError, with the nearest words, for a word that is none of these.
    """
    known = _known()
    found: set[str] = set()
    for word in (part.strip() for each in lists for part in each.split(",")):
        if not word:
            raise UsageError(
                "--ops: the name of an op was expected between two commas, or at an end"
            )
        if word not in known:
            near = difflib.get_close_matches(word, known, n=3, cutoff=0.5) or BESIDE_OPS
            raise UsageError(f"--ops: there is no op {word!r}; did you mean {' or '.join(near)}?")
        found |= known[word]
    if "reflected" in found:
        found |= _REFLECTED & {f"r{word}" for word in found}
    return frozenset(found)


def fits(case: Case, words: Collection[str]) -> bool:
    """Return True when the case needs nothing but `words`. Raises CaseError when it cannot be traced."""
    # Tags and inputs are looked at first: a program that cannot fit is not traced.
    return all(word in words for word in _needs(case))


def needs(case: Case) -> frozenset[str]:
    """Return the ops that the case applies, and the words of `BESIDE_OPS` that it needs.

    Raises CaseError when it cannot be traced.
    """
    return frozenset(_needs(case))


def _known() -> dict[str, set[str]]:
    """Return what each word that may be asked for stands for."""
    known: dict[str, set[str]] = {word: {word} for word in (*BESIDE_OPS, *_REFLECTED)}
    for op in TABLE.values():
        for name in (op.name, op.called or op.name, op.operator):
            if name:
                known.setdefault(name, set()).add(op.name)
    for op in TABLE.values():
        for alias in op.spellings:
            known.setdefault(alias, {op.name})
    return known


def _needs(case: Case) -> Iterator[str]:
    if "error" in case.tags:
        yield "errors"
    if case.has_arrays:
        yield "arrays"
    if any(recipe.dtype is not None for recipe in case.inputs.values()):
        yield "dtypes"
    yield from _of_program(case.program)


def _of_program(program: Program) -> Iterator[str]:
    backwards = 0
    for step in program.parts:
        match step:
            case Apply():
                yield from words_of_step(step)
            case Repeat():
                for each in step.steps:
                    yield from words_of_step(each)
            case Backward():
                backwards += 1
                given = isinstance(step.cotangent, Ref | Array)
                if backwards > 1 or given or step.others or step.inputs:
                    yield "lifecycle"
            case Grad():
                yield "order2"
            case ZeroGrad() | NoGrad() | SetGrad() | Update():
                yield "lifecycle"
            case Read(what):
                if what == "requires_grad":
                    yield "lifecycle"
            case Input():
                pass
            case _:
                raise UnknownStep(step)
    if program.watched:
        yield "lifecycle"


def words_of_step(step: Apply) -> Iterator[str]:
    """Yield what a step needs: its op, as the words say it, and "arrays" where an operand is one."""
    op = op_named(step.op)
    first, *others = step.operands or (None,)
    if any(isinstance(operand, Array) for operand in step.operands):
        yield "arrays"
    if f"r{op.name}" in _REFLECTED and not isinstance(first, Ref):
        yield f"r{op.name}"
    elif op.name == "pow" and any(isinstance(exponent, Ref) for exponent in others):
        yield "pow_by_value"
    else:
        yield op.name

"""Facts about untrusted functions that their code objects tell.

- `raised_by_statement`: True when a `raise` or an `assert` of the submission raised an exception.
- `names_in`: the global names and the attributes that a function uses. `globals_in`: the global names alone.
"""

from __future__ import annotations

import dis
from collections.abc import Sequence
from types import CodeType
from typing import Any

# CPython 3.11 to 3.14 compile `raise`, `raise ... from ...` and `assert` to this instruction. An exception
# that passes the end of a `with` or a `finally` is raised again by RERAISE. Both are described in
# https://docs.python.org/3/library/dis.html, and test_code_objects.py asks the running Python.
# The source would say the same, but the process of a submission has no file for every source: a cell of a
# notebook and a member of a zip have none.
_RAISE = dis.opmap["RAISE_VARARGS"]


def raised_by_statement(problem: BaseException, namespaces: Sequence[dict[str, Any]]) -> bool:
    """True when a `raise` or an `assert` in one of the modules raised `problem`.

    False when an operation failed: of Python, of a library, or of the harness. `namespaces` are the global
    variables of the modules.
    """
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or not any(trace.tb_frame.f_globals is each for each in namespaces):
        return False
    # `co_code` holds the instructions as they were compiled, even if the interpreter has changed them since,
    # and `tb_lasti` is the place in it of the instruction that raised.
    return trace.tb_frame.f_code.co_code[trace.tb_lasti] == _RAISE


def names_in(code: CodeType) -> frozenset[str]:
    """The global names and the attributes in a function's code, and in the functions inside it."""
    inner = [names_in(each) for each in code.co_consts if isinstance(each, CodeType)]
    return frozenset(code.co_names).union(*inner)


def globals_in(code: CodeType) -> frozenset[str]:
    """The global names in a function's code, and in the functions inside it."""
    inner = [globals_in(each) for each in code.co_consts if isinstance(each, CodeType)]
    read = [each.argval for each in dis.get_instructions(code) if each.opname == "LOAD_GLOBAL"]
    return frozenset(read).union(*inner)

"""The words of CPython's messages on which a decision depends. All of them are in this file.

- `Words`: the words by which a message is known.
- `TOO_MANY_ARGUMENTS`, `MISSING_ARGUMENT`, `UNEXPECTED_KEYWORD`: how a call fails.
- `UNSUPPORTED_OPERANDS`, `TUPLE_OPERAND`: how an operation fails.
- `MATH_DOMAIN`: how a function of the module `math` fails.

Each of these facts is in the message alone: the exception has no class and no attribute for it. The call
that failed may be deep inside an untrusted function, so its signature is not known either.
The words hold for CPython 3.11 to 3.14. `harness/tests/engine/test_cpython_messages.py` makes the running
Python say each message, and compares it.
"""

from __future__ import annotations

from typing import NamedTuple

from ..text import described


class Words(NamedTuple):
    """A message is known by one of the `alternatives` if it has all parts of it."""

    alternatives: tuple[tuple[str, ...], ...]

    def are_in(self, message: str) -> bool:
        """True when the message has these words."""
        return any(all(part in message for part in parts) for parts in self.alternatives)

    def are_of(self, problem: BaseException) -> bool:
        """True when the message of the exception has these words."""
        return self.are_in(described(problem))


# "f() takes 1 positional argument but 2 were given"; "f() takes at most 1 positional argument (2 given)"
TOO_MANY_ARGUMENTS = Words((("positional argument", "given"),))
# "f() missing 1 required positional argument: 'x'"
MISSING_ARGUMENT = Words((("missing", "required positional argument"),))
# "f() got an unexpected keyword argument 'dim'"
UNEXPECTED_KEYWORD = Words((("unexpected keyword argument",),))
# "unsupported operand type(s) for ** or pow(): 'float' and 'Value'"
UNSUPPORTED_OPERANDS = Words((("TypeError: unsupported operand type",),))
# "'<' not supported between instances of 'tuple' and 'int'"
TUPLE_OPERAND = Words((("'tuple'",),))
# Up to 3.13 there is one text. From 3.14 on, most functions of `math` have their own, and a few keep the old
# one (https://github.com/python/cpython/issues/101410).
MATH_DOMAIN = Words(
    (
        ("math domain error",),
        ("ValueError: expected a positive input",),
        ("ValueError: expected a nonnegative input, got ",),
        ("ValueError: expected a finite input, got ",),
        ("ValueError: expected a number in range from ", ", got "),
        ("ValueError: expected a number between ", ", got "),
        ("ValueError: expected argument value ", ", got "),
        ("ValueError: expected a noninteger or positive integer, got ",),
    )
)

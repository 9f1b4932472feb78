"""Text of untrusted origin made harmless: the one place.

- `words`: a name or a sentence, for one line of a terminal or a file.
- `described`: an exception, for the same.
"""

from __future__ import annotations

LONGEST = 500  # characters of one text
_LONGEST_MESSAGE = 300


def words(text: str) -> str:
    """The text on one line, cut to `LONGEST` characters, with a blank for what cannot be printed.

    Control characters, which a terminal obeys, and lone surrogates, which no file takes, are not printable.
    """
    return "".join(c if c.isprintable() else " " for c in text[:LONGEST])


def described(problem: BaseException) -> str:
    """The exception in one line, whatever its `__str__` does."""
    name = type(problem).__name__
    try:
        said = "".join(c if c.isprintable() else " " for c in str(problem))
    except Exception:
        said = "(its message cannot be shown)"
    said = " ".join(said.split())
    return f"{name}: {said[:_LONGEST_MESSAGE]}" if said else name

"""Text of untrusted origin made harmless: all the rules, one for each place where such text is shown.

- `words`: a name or a sentence, on one line of a terminal or a file.
- `shortened`: the same, and it says so when something is cut off.
- `of_engine`, `FRAME`: a sentence that an engine says of itself, and the mark before it on a line.
- `several_lines`: what an engine printed.
- `described`: an exception, on one line.
- `for_markdown`, `for_spreadsheet`: text that `words` has cleaned, in a Markdown file and in a cell of a CSV
  file.

An engine chooses these texts: names of files and classes, messages of exceptions, what it prints. The child
process may apply the rules too, but only their use in the parent protects.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 500  # characters of one text
FRAME = "│"  # before each text of an engine on a line of its own; no such text has it
_LONGEST_MESSAGE = 300
_LINE_ENDS_AND_TABS = "\n\t"
# HTML first: the escapes of Markdown that follow hold none of these three characters.
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKS = {mark: f"\\{mark}" for mark in "\\`*_[]|#~$"}
# GitHub makes links of addresses by itself, and of names with an @, whose owners it would notify.
_LINKS = {"://": ":\\//", "www.": "www\\."}
_MENTION = re.compile(r"@(?=\w)")
# A file of comma-separated values may be read with another separator, so that a cell may begin behind any of
# them, with spaces and quotes that a spreadsheet removes. Some spreadsheets read the full-width forms of East
# Asian scripts as the signs themselves. A number with its sign is no formula.
_NUMBER = r"[+-](?:\d+\.?\d*(?:e[+-]?\d+)?|inf|nan)[\])]*(?=\s*(?:[,;\t\r\n]|$))"
_FORMULA = re.compile(rf"((?:^|[,;\t\r\n])[\s\ufeff\"']*)(?=[=+\-@＝＋－＠])(?!{_NUMBER})")


def words(text: str, longest: int = LONGEST) -> str:
    """Return the text on one line, cut to `longest` characters, with a blank for each unprintable one.

    Unprintable are control characters and marks of direction, by which a text could move the cursor,
    forge a line of a report or reverse what stands beside it, and lone surrogates, which cannot be written
    to a file. The cut keeps a long text from burying the others.
    """
    return _printable(text[:longest], " ")


def shortened(text: str, longest: int) -> str:
    """Return the text as `words` does, with `...` at its end when something was cut off.

    For a sentence that a person reads to its end, and would take for whole.
    """
    return words(text, longest) if len(text) <= longest else f"{words(text, longest - 3)}..."


def of_engine(text: str, longest: int = LONGEST) -> str:
    """Return what an engine says of itself as `words` does, without combining marks and without `FRAME`.

    So no such line looks like one of gradconform's own, and no heap of accents reaches the lines beside it.
    An accent that makes one letter with the letter before it is kept.
    """
    if text.isascii():
        return words(text, longest)
    composed = unicodedata.normalize("NFC", text)
    kept = (c for c in composed if unicodedata.category(c)[0] != "M" and c != FRAME)
    return words("".join(kept), longest)


def several_lines(text: str) -> str:
    """Return the text with its lines and tabs, and with U+FFFD for every other unprintable character.

    The same characters are dangerous as for `words`, but prints keep their lines, because a person reads
    them as a whole. The mark shows where something was removed. The text is not cut.
    """
    return _printable(text, "\ufffd", _LINE_ENDS_AND_TABS)


def described(problem: BaseException) -> str:
    """Return the exception on one line: its class and its message, which is cut to 300 characters.

    A message may be as dangerous as any text (see `words`), may have many lines, and its `__str__` may raise:
    then a sentence in brackets replaces it. If `__str__` raises something that is no `Exception`, such as
    `SystemExit`, this function raises it too.
    """
    name = words(type(problem).__name__)
    try:
        said = _printable(str(problem), " ")
    except Exception:
        said = "(its message cannot be shown)"
    said = " ".join(said.split())
    if len(said) > _LONGEST_MESSAGE:
        said = f"{said[: _LONGEST_MESSAGE - 3]}..."  # so that the end does not look like a mistake
    return f"{name}: {said}" if said else name


def for_markdown(text: object) -> str:
    """Return any object as a text that Markdown shows as it is, without markup.

    Without this a text could bring HTML, images from a foreign server, a column of a table (`|`), a link that
    looks like one of the report's own, or an `@name`, whose owner GitHub would notify.
    """
    plain = str(text)
    for replaced in (_HTML, _MARKS, _LINKS):
        for mark, shown in replaced.items():
            plain = plain.replace(mark, shown)
    return _MENTION.sub("@&#8203;", plain)


def for_spreadsheet(cell: str) -> str:
    """Return the cell with an apostrophe before each sign that would begin a formula in a spreadsheet.

    A formula can start programs and send other cells away when the file is opened. A spreadsheet decides by
    the first character of a cell, and cells may be separated by commas, semicolons, tabs or line ends.
    """
    shown = _FORMULA.sub(r"\1'", cell)
    return f"'{shown}" if cell.startswith(("\t", "\r", "\n")) else shown


def _printable(text: str, instead: str, kept: str = "") -> str:
    """Return the text with `instead` for every unprintable character that is not among the `kept` ones."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in kept else instead for c in text)

"""Hostile texts that tools cannot read: unusual encodings and names, malformed notebooks.

Each function gives the names of files and their bytes; `hostile_archives.write_archives` writes them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HONEST = (Path(__file__).parent / "hostile" / "honest.py").read_bytes()
TEXT = HONEST.decode()
STRAY = "/tmp/gradconform-stray-cell"


def broken() -> dict[str, bytes]:
    """Files that Python refuses, or must refuse without a crash."""
    return {
        "syntax_error.py": HONEST + b"\ndef broken(:\n",
        "python_2.py": HONEST + b'\nprint "done"\n',
        "tabs_and_spaces.py": HONEST + b"\nif True:\n        a = 1\n\tb = 2\n",
        "unknown_encoding.py": b"# -*- coding: klingon -*-\n" + HONEST,
        "nul_bytes.py": HONEST + b"x = 1\x00\x00\n",
        "no_text_at_all.py": bytes(range(256)) * 400,
        "empty.py": b"",
        "comments_only.py": b"# To be handed in on Friday.\n\n# class Value: ...\n",
        "deep_parentheses.py": HONEST + b"x = " + b"(" * 10_000 + b"1" + b")" * 10_000 + b"\n",
        "long_sum.py": HONEST + b"x = " + b"1 + " * 100_000 + b"1\n",
        "many_minus_signs.py": HONEST + b"x = " + b"-" * 100_000 + b"1\n",
        "many_indents.py": HONEST + b"".join(b" " * i + b"if 1:\n" for i in range(200)),
        "five_megabytes.py": HONEST + b"x = [" + b"1," * 2_500_000 + b"]\n",
        "prose.txt": b"In [1]:\n" + b"This is a line of prose, and no Python.\n" * 20_000,
    }


def encoded() -> dict[str, bytes]:
    """A correct engine, as editors and other machines save it."""
    return {
        "byte_order_mark.py": b"\xef\xbb\xbf" + HONEST,
        "windows_line_ends.py": HONEST.replace(b"\n", b"\r\n"),
        "old_mac_line_ends.py": HONEST.replace(b"\n", b"\r"),
        "latin_1.py": b'AUTHOR = "Ren\xe9"\n' + HONEST,
        "latin_1_declared.py": b'# -*- coding: latin-1 -*-\nAUTHOR = "Ren\xe9"\n' + HONEST,
        "utf_16.py": TEXT.encode("utf-16"),
    }


def badly_named() -> dict[str, bytes]:
    """A correct engine, in files whose names are no names of modules."""
    names = ["engine+nn (1) [draft].py", "-v.py", "--help.py", "colon:Value.py", "späße 値.py"]
    names += [".hidden.py", "UPPER.PY", "two.dots.py", "class.py", "x" * 240 + ".py"]
    names += ["line\nend.py", "\x1b[31mred.py", "<b>|`name`.py", "$(touch gradconform-stray).py"]
    return dict.fromkeys(names, HONEST)


def handshakes() -> dict[str, bytes]:
    """A correct engine that forges the child's part of the handshake."""
    changes = {
        "with_numbers": "{'found': 5, 'notes': 7}",
        "with_lists": "{'dtypes': [['float64']], 'lacks': [{}]}",
        "without_a_dtype": "{'dtypes': []}",
        "with_whole_numbers_only": "{'dtypes': ['int64', 'bool']}",
        "with_a_million_notes": "{'notes': ['x'] * 1_000_000, 'lacks': ['x'] * 1_000_000}",
        "with_markup": "{'found': '\\x1b[2J[red]<b>|`\\ud800', 'version': '=1+1', 'notes': ['\\n']}",
        "with_an_error": "{'error': '\\x1b[31m\\n<b>pass'}",
    }
    forged = {
        f"greets_{name}.py": _handshake(f"line({{**said, **{new}}})")
        for name, new in changes.items()
    }
    forged["greets_with_a_list.py"] = _handshake("line([said])")
    return forged | {"greets_twice.py": _handshake("line(said) + line(said)")}


def _handshake(said: str) -> bytes:
    code = f"""
import sys

worker = sys.modules["gradconform.harness.isolation.child.worker"]
line = worker._line
worker._line = lambda said: {said} if "found" in said else line(said)
"""
    return HONEST + code.encode()


def slow() -> dict[str, bytes]:
    """Texts for which the time of reading grows with the square of their length."""
    return {
        "punycode.py": b"# -*- coding: punycode -*-\n" + HONEST + b"#-" + b"a" * 400_000,
        "line_of_blanks.ipynb": notebook([cell(TEXT), cell(" " * 400_000 + "(")]),
    }


def malformed_notebooks() -> dict[str, bytes]:
    """Files that end in .ipynb and are no notebooks, or unusual ones."""
    odd: list[Any] = [None, 5, [], {}, {"cell_type": 5}, {"cell_type": "code"}]
    sources = (None, 5, {"a": 1}, [1, None, ["x"]])
    odd += [{"cell_type": "code", "source": source} for source in sources]
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": TEXT}]}]}
    kernel = {"metadata": {"kernelspec": {"name": "ir", "language": "R"}}}
    foreign = notebook([cell("x <- c(1, 2)"), cell("library(torch)")], **kernel)
    nested = b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    number = notebook([cell(TEXT)])[:-1] + b', "x": ' + b"9" * 100_000 + b"}"
    return {
        "no_json.ipynb": HONEST,
        "empty.ipynb": b"",
        "empty_object.ipynb": b"{}",
        "is_a_list.ipynb": json.dumps([cell(TEXT)]).encode(),
        "cells_are_a_number.ipynb": b'{"cells": 5}',
        "worksheets_of_numbers.ipynb": b'{"worksheets": [5, {"cells": 5}]}',
        "nested.ipynb": nested,
        "large_number.ipynb": number,
        "odd_cells.ipynb": notebook([*odd, cell(TEXT)]),
        "old_format.ipynb": json.dumps(old).encode(),
        "byte_order_mark.ipynb": b"\xef\xbb\xbf" + notebook([cell(TEXT)]),
        "utf_16.ipynb": notebook([cell(TEXT)]).decode().encode("utf-16"),
        "other_language.ipynb": foreign,
        "text_only.ipynb": notebook([{"cell_type": "markdown", "source": "# " + TEXT}]),
    }


def hostile_notebooks() -> dict[str, bytes]:
    """Notebooks with a correct engine, and cells that end, loop, swell or ask the shell."""
    code = cell(TEXT)
    ends = ["exit()", "quit()", "import sys; sys.exit(1)", "raise SystemExit", "1 / 0"]
    ends += ["raise KeyboardInterrupt", "raise GeneratorExit", "input('name?')", "def broken(:"]
    ends += ["return 5", "await x", "x = '\ud800'", "del Value", "Value = None"]
    shell = [f"!touch {STRAY}", f"%%bash\ntouch {STRAY}", f"%%writefile {STRAY}\nx", "%run x.py"]
    shell += [f"get_ipython().system('touch {STRAY}')", "%%javascript\n1", "!!ls", "ls?", "%cd /"]
    shell += ["from google.colab import drive; drive.mount('/content')", "%load_ext x"]
    loop = "import time\nend = time.time() + 60\nwhile time.time() < end:\n    pass"
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 20_000_000}
    return {
        "cells_that_end.ipynb": notebook([*map(cell, ends), code, *map(cell, ends[:-2])]),
        "cells_for_the_shell.ipynb": notebook([*map(cell, shell), code, *map(cell, shell)]),
        "cell_that_kills.ipynb": notebook([code, cell("import os; os._exit(0)")]),
        "cell_that_loops.ipynb": notebook([code, cell(loop)]),
        "cell_of_minus_signs.ipynb": notebook([code, cell("x = " + "-" * 100_000 + "1")]),
        "many_cells.ipynb": notebook([*[cell("x = 1")] * 5000, code]),
        "large_output.ipynb": notebook([{**code, "outputs": [output]}]),
    }


def notebook(cells: list[Any], **rest: Any) -> bytes:
    """A notebook of the cells; `rest` are further fields."""
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, **rest}).encode()


def cell(source: str) -> dict[str, Any]:
    """A code cell."""
    return {"cell_type": "code", "source": source.splitlines(keepends=True)}

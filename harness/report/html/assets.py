"""The environment of the templates, and the files of style and script that stand inside a page.

- `rendered`: a page as text.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

_HERE = Path(__file__).parent


def rendered(
    template: str,
    scripts: Sequence[str] = (),
    styles: Sequence[str] = (),
    room: Path = _HERE,
    **context: object,
) -> str:
    """Return a page: one file, with its style and scripts inside.

    `template` is a file of `templates/`, which extends `frame.html`. `scripts` are files of this folder; they
    become one script, in this order. `styles` stand behind `style.css`. A `room` with pages of its own has
    its templates, scripts and styles in the same places, and those of this folder are there, too. `context`
    are the variables of the template: each text is escaped where it is shown, and data for a script is
    written with the filter `tojson`, which cannot be closed by a text.

    The policy of the page lets only this script run and forbids every request, so that a text that was not
    escaped by mistake can do nothing. Raises jinja2.TemplateError when a variable is missing.
    """
    script = "".join(_file(name, room) for name in scripts)
    style = "".join(_file(name, room) for name in ("style.css", *styles))
    ours = {"style": style, "script": script, "policy": _policy(script)}
    return _environment(room).get_template(template).render(ours, **context)


def _policy(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _environment(room: Path) -> Environment:
    found = Environment(
        loader=FileSystemLoader([room / "templates", _HERE / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["quoted"] = _quoted
    found.filters["with_code"] = _with_code
    return found


def _quoted(name: str) -> str:
    """Return a name as a word of the filter box has it: in quotes where it has a blank."""
    plain = name.replace('"', "")
    return f'"{plain}"' if " " in plain else plain


def _with_code(sentence: str) -> Markup:
    """Return a sentence in which what stands between two backticks is shown as code."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:  # the last one has no partner
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    shown = (
        Markup("<code>{}</code>").format(p) if k % 2 else escape(p) for k, p in enumerate(parts)
    )
    return Markup("").join(shown)


@cache
def _file(name: str, room: Path) -> str:
    path = room / name
    return (path if path.exists() else _HERE / name).read_text(encoding="utf-8")

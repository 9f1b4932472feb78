"""The tables of `summary.md`, none of them wider than a page.

- `scores_table`: one row for each engine. `remarks`: what a row has no room for.
- `families`: the families in which engines differ, or something fails.
- `shared_mistakes`: which engines make the same mistake.
- `table`, `code`: a table of Markdown, and a name as code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate

from ..text import for_markdown
from .diagnosis_file import Diagnosis
from .mistakes import kind_in_words
from .score import TOTALS, Score, percent, score_text

_PAGE = 100  # characters of a line
_WIDEST = 60  # characters of a list of names
_UNUSUAL = frozenset("`<>&|")
_Rows = Mapping[str, Mapping[str, Score]]


def scores_table(engines: _Rows, diagnosis: Diagnosis) -> str:
    """Return the table of scores: `core` and `torch` of each engine, and what failed."""
    rows = [
        [
            for_markdown(engine),
            *(_score(rows[name]) if name in rows else "—" for name in TOTALS[:-1]),
            _findings(rows[TOTALS[-1]], diagnosis.get(engine, ())),
        ]
        for engine, rows in engines.items()
    ]
    return table(["engine", *TOTALS[:-1], "findings"], rows)


def _score(row: Score) -> str:
    """Return the two numbers of a row: passed of those that ran, and how many ran, unless all did."""
    if not row.counted:
        return "—" if not row.applicable else "none ran"
    text = f"{row.passed}/{row.counted} {percent(row.passed, row.counted)}"
    ran = percent(row.counted, row.applicable)
    return text if row.counted == row.applicable else f"{text}, ran {ran}"


def _findings(row: Score, mistakes: Sequence[Mapping[str, str]]) -> str:
    """Return what failed, with the ops of the mistakes that were named."""
    if not row.counted:
        return "see below" if row.reason else ""
    counts = {
        "failed": row.failed,
        "errored": row.errored,
        "missing": row.missing,
        "xfailed": row.xfailed,
    }
    said = [f"{count} {name}" for name, count in counts.items() if count]
    named = list(dict.fromkeys(each["op"] or kind_in_words(each["kind"]) for each in mistakes))
    return for_markdown((", ".join(said) or "none") + (f": {_names(named)}" if named else ""))


def remarks(engines: _Rows) -> list[str]:
    """Return a list of what is to be said of some engines; no part when there is nothing."""
    said: dict[str, list[str]] = {}
    for engine, rows in engines.items():
        if reason := rows[TOTALS[-1]].reason:
            said.setdefault(reason, []).append(f"**{for_markdown(engine)}**")
    lines = [f"- {', '.join(names)}: {for_markdown(reason)}" for reason, names in said.items()]
    return ["\n".join(lines)] if lines else []


def families(engines: _Rows) -> list[str]:
    """Return the section on families. Of many engines it names those with the lowest scores."""
    names = sorted({name for rows in engines.values() for name in rows} - {*TOTALS})
    told = [name for name in names if _tells([r[name] for r in engines.values() if name in r])]
    if not names:
        return []
    compared = [engine for engine, rows in engines.items() if len(rows) > 1]
    left = len(names) - len(told)
    said = (
        f"In {left} other {_noun(left)} nothing failed" if told else "Nothing failed in any family"
    )
    alike = ", and each engine that it applies to ran the same share"
    said += alike * (len(compared) > 1) + "."
    parts = [_by_family(told, compared, engines)] if told else []
    if told and max(map(len, parts[0].splitlines())) > _PAGE:
        told = [name for name in told if any(r[name].bad for r in engines.values() if name in r)]
        parts = [_lowest(told, engines)] if told else []
        left = len(names) - len(told)
        said = f"In {left} other {_noun(left)} nothing failed."
    return ["## By family", *parts, *([said] if left or not told else [])]


def _noun(count: int) -> str:
    return "family" if count == 1 else "families"


def _tells(rows: Sequence[Score]) -> bool:
    """True when something failed, or engines ran different parts of a family."""
    ran = {row.counted / row.applicable for row in rows if row.applicable}
    return len(ran) > 1 or any(row.bad or row.xfailed for row in rows)


def _by_family(names: Sequence[str], shown: Sequence[str], engines: _Rows) -> str:
    rows = [
        [
            for_markdown(name),
            *(
                score_text(engines[engine][name]) if name in engines[engine] else "—"
                for engine in shown
            ),
        ]
        for name in names
    ]
    return table(["family", *map(for_markdown, shown)], rows)


def _lowest(names: Sequence[str], engines: _Rows) -> str:
    lines = []
    for name in names:
        rows = [rows[name] for rows in engines.values() if name in rows]
        ran = [row for row in rows if row.counted]
        bad = [row for row in ran if row.bad]
        lowest = sorted(bad, key=lambda row: row.passed / row.counted)
        said = _names([f"{row.engine} {row.passed}/{row.counted}" for row in lowest])
        lines.append([for_markdown(name), f"{len(bad)} of {len(ran)}", for_markdown(said)])
    return table(["family", "engines that fail", "lowest scores"], lines)


def shared_mistakes(diagnosis: Diagnosis, shown: Collection[str]) -> Iterator[str]:
    """Yield a table of the mistakes that several engines make; nothing when there are none."""
    makers: dict[tuple[str, str], list[str]] = {}
    for engine, findings in diagnosis.items():
        for each in findings if engine in shown else ():
            found = makers.setdefault((each["op"], each["kind"]), [])
            if engine not in found:
                found.append(engine)
    often = sorted(makers.items(), key=lambda item: -len(item[1]))
    rows = [
        [
            for_markdown(f"{op} {kind_in_words(kind)}".strip()),
            str(len(who)),
            for_markdown(_names(who)),
        ]
        for (op, kind), who in often
        if len(who) > 1
    ]
    if rows:
        yield table(["mistake", "engines", "which"], rows)


def _names(names: Sequence[str]) -> str:
    """Return the first names, as many as a cell has room for, and how many more there are."""
    ends = accumulate(len(name) + 2 for name in names)
    shown = max(1, sum(end <= _WIDEST for end in ends))
    more = [f"{len(names) - shown} more"] if len(names) > shown else []
    return ", ".join([*names[:shown], *more])


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of Markdown whose columns stand below each other in a text editor, too."""
    widths = [max(3, *map(len, cells)) for cells in zip(titles, *rows, strict=True)]
    ruler = [":" + "-" * (width + 1) for width in widths]
    lines = [
        " ".join(["|", *(f"{cell:<{width}} |" for cell, width in zip(row, widths, strict=True))])
        for row in (titles, *rows)
    ]
    return "\n".join([lines[0], f"|{'|'.join(ruler)}|", *lines[1:]])


def code(name: str) -> str:
    """Return the name as code, or as text where a sign of it could end the code or is none of a name."""
    return f"`{name}`" if not _UNUSUAL & {*name} else for_markdown(name)

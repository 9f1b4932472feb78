"""An anonymous grading: random tokens in place of names and ids, from the plan on.

- `anonymized`: the plan with tokens. `with_tokens`: what a person asked for, with tokens.
- `anonymous_lines`: what is said of it, and what it does not cover.
- `check_anonymous`: a grading stays anonymous, or stays with names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ...errors import UsageError
from ...report.results_file import writing
from ...submission.download.plan import HandIn, Plan, Student
from ...text import words
from .folder import KEY
from .grading_file import GRADING
from .key_file import TOKEN, Key
from .request import Request
from .result import Result

_SOMEBODY = "[name]"  # one of several, or not known
_LONGEST_QUOTED = 80  # characters of a key in a sentence of the plan
_SHORTEST_PART = 2  # of a name: a single letter is no name


def check_anonymous(out: Path, results: Iterable[Result], anonymous: bool) -> None:
    """Raise UsageError when the grading in this folder was begun the other way. `results` are its results."""
    kinds = [kind for result in results for student in result.students for kind in student.ids]
    has_key, has_tokens = (out / KEY).exists(), TOKEN in kinds
    shown, key = words(str(out)), words(str(out / KEY))
    if anonymous and has_tokens and not has_key:
        raise UsageError(
            f"{key} is not there, which says whose the tokens of {shown} are; put it back"
        )
    if anonymous and not has_key and (kinds or (out / GRADING).exists()):
        raise UsageError(
            f"{shown} was begun without --anonymous, and its files hold names; name another folder with --out"
        )
    if not anonymous and (has_key or has_tokens):
        raise UsageError(
            f"{shown} was begun with --anonymous; say --anonymous again, or name another folder with --out"
        )


def anonymous_lines(out: Path, key: Key, dry_run: bool) -> Iterator[str]:
    """Yield lines for the person who grades."""
    yield (
        f"anonymous: names and ids are random tokens in all files but {words(str(out / KEY))}, which says "
        "whose they are"
    )
    yield (
        "anonymous: not replaced are names in sources and in what they print, names of files that were "
        "handed in together, what a person writes as a reason, and times"
    )
    if dry_run and key.is_new:
        yield "anonymous: a dry run keeps no token, so that the next command draws others"


def anonymized(plan: Plan, key: Key) -> Plan:
    """Return the plan with tokens of the key, in their order, which is random, too.

    The folders of the submissions get their names, and a file that was handed in alone loses its own, which
    often is that of its author. Raises UsageError when they cannot be renamed.
    """
    tokens = {one.key: key.of(one) for one in plan.hand_ins}
    absent = {key.of_absent(student): student for student in plan.absent}
    mask = _mask(_owners(plan, tokens, absent), plan.called)
    with writing(plan.folder):
        made = [_hand_in(plan, one, *tokens[one.key], mask) for one in plan.hand_ins]
    return replace(
        plan,
        hand_ins=tuple(sorted(made, key=lambda one: one.key)),
        absent=tuple(_student(token) for token in sorted(absent)),
        odd=tuple(map(mask, plan.odd)),
        called=(),
    )


def with_tokens(request: Request, key: Key) -> Request:
    """Return the request with tokens where a person has typed a submission or an id."""
    override = request.override and (key.token_of(request.override[0]), *request.override[1:])
    return replace(request, only=key.token_of(request.only), override=override)


def _student(token: str) -> Student:
    return Student({TOKEN: token})


def _hand_in(
    plan: Plan,
    one: HandIn,
    submission: str,
    students: tuple[str, ...],
    mask: Callable[[str], str],
) -> HandIn:
    old, new = plan.folder / one.key, plan.folder / submission
    name = one.path.relative_to(old) if one.path else None
    if old.exists():
        old.rename(new)
        files = [path for path in new.rglob("*") if path.is_file()]
        if name and len(files) == 1:
            (new / name).rename(new / f"submission{name.suffix}")
            name = Path(f"submission{name.suffix}")
    return replace(
        one,
        key=submission,
        students=tuple(map(_student, students)),
        path=new / name if name else None,
        taken=mask(str(name)) if name else "",
        why=mask(one.why),
        odd=tuple(map(mask, one.odd)),
        called=(),
    )


def _owners(
    plan: Plan,
    tokens: Mapping[str, tuple[str, tuple[str, ...]]],
    absent: Mapping[str, Student],
) -> Iterator[tuple[str, str]]:
    """Yield each text by which a person may be known, and the token in its place."""
    for one in plan.hand_ins:
        submission, students = tokens[one.key]
        for text in (one.key, *one.called):
            yield text, submission
        for student, token in zip(one.students, students, strict=True):
            yield from ((text, token) for text in _texts(student))
    for token, student in absent.items():
        yield from ((text, token) for text in _texts(student))


def _texts(student: Student) -> Iterator[str]:
    yield from student.ids.values()
    yield student.name
    parts = re.findall(r"\w+", student.name)
    yield from (part for part in parts if len(part) >= _SHORTEST_PART)


def _mask(owners: Iterable[tuple[str, str]], others: Iterable[str]) -> Callable[[str], str]:
    """Return a function that replaces texts in a sentence by their owners.

    `others` and a text of several owners become `_SOMEBODY`.
    """
    known: dict[str, str] = {}
    for text, owner in owners:
        for each in _forms(text):
            known[each] = owner if known.get(each, owner) == owner else _SOMEBODY
    for text in others:
        known = dict.fromkeys(_forms(text), _SOMEBODY) | known
    if not known:
        return str
    pattern = _any_of(known)

    @lru_cache(maxsize=1024)  # most submissions have the same reason
    def masked(sentence: str) -> str:
        folded = sentence.casefold()
        # Where folding changes the length, the places of the two do not agree.
        shown = sentence if len(folded) == len(sentence) else folded
        parts, end = [], 0
        for found in pattern.finditer(folded):
            parts += [shown[end : found.start()], known[found[0]]]
            end = found.end()
        return "".join([*parts, shown[end:]])

    return masked


def _forms(text: str) -> set[str]:
    """Return the ways in which a sentence may have the text: cut, and composed in two ways."""
    shown = {words(text), words(text, _LONGEST_QUOTED)} - {""}
    composed = {unicodedata.normalize(form, each) for each in shown for form in ("NFC", "NFD")}
    return {each.casefold() for each in shown | composed}


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for each of the texts as a word. A script without blanks has no words."""
    # Texts of one beginning are tried together, because a class has thousands.
    groups: dict[tuple[bool, str], list[str]] = {}
    for text in sorted(texts, key=len, reverse=True):
        groups.setdefault((text.isascii(), text[:2]), []).append(re.escape(text[2:]))
    alone, anywhere = r"(?<![^\W_]){}(?:{})(?![^\W_])", "{}(?:{})"
    return re.compile(
        "|".join(
            (alone if ascii else anywhere).format(re.escape(start), "|".join(rests))
            for (ascii, start), rests in groups.items()
        )
    )

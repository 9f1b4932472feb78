"""Points and comments that a person gave: `overrides.toml` in the folder of a grading.

- `Override`: one of them. `read_overrides`: those of the file. `append_override`: one more.
- `Overrides`: which of them hold for a student.

They are applied last, and stay through every grading. One that was written for another file than the one
that is graded now is stale: it is listed, and not applied until a person gives it again.
"""

from __future__ import annotations

import getpass
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from ...errors import UsageError
from ...report.results_file import reading
from ...text import words
from ..points import exact_number
from ..rounding import exact
from .folder import write_whole
from .people import People

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

OVERRIDES = "overrides.toml"
LONGEST_REASON = 5000  # characters of a person's words where a student reads them
_TABLE = "override"
_HEAD = """\
# Points and comments that a person gave. The last one for a student and an item holds.
# Without points it is a comment; without an item it is about the whole submission.
"""


def points_from(value: object) -> Fraction:
    """Return points that a person wrote: 2, 1.5, "1.5" or "3/2". Raises ValueError for anything else."""
    try:
        points = exact_number(value)
    except ValueError:
        came = words(repr(value), 60)
        raise ValueError(f'points such as 2, 1.5 or "3/2" were expected; {came} came') from None
    if points < 0:
        raise ValueError(f"points of at least 0 were expected; {value} came")
    return points


class Override(BaseModel):
    """Points or a comment for one student and one item; with `item` "" about the whole submission.

    `student` is the key of a submission, which means all members of a group, or an id of one student.
    `submission` is the fingerprint of what was graded.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    student: str
    item: str = ""
    points: Annotated[
        Fraction | None, BeforeValidator(lambda v: None if v is None else points_from(v))
    ] = None
    reason: str
    who: str = ""
    when: datetime | None = None
    submission: str = ""


def read_overrides(folder: Path) -> list[Override]:
    """Return the overrides of a grading. UsageError, with all mistakes, for a file that is wrong."""
    path = folder / OVERRIDES
    tables = _parsed(path).unwrap()
    shown = words(str(path))
    if strange := [key for key in tables if key != _TABLE]:
        raise UsageError(f"{shown}: tables [[{_TABLE}]] were expected; {words(strange[0])} came")
    if not isinstance(tables.get(_TABLE, []), list):
        raise UsageError(f"{shown}: each override begins with [[{_TABLE}]], in two brackets")
    try:
        return TypeAdapter(list[Override]).validate_python(tables.get(_TABLE, []))
    except ValidationError as problem:
        told = "; ".join(_told(error) for error in problem.errors())
        raise UsageError(f"{shown}: {told}") from None


def append_override(folder: Path, override: Override) -> None:
    """Add an override to the file, whose comments and order stay.

    Raises UsageError when the file cannot be read or written, or is no TOML.
    """
    import tomlkit

    path = folder / OVERRIDES
    document = _parsed(path)
    table = tomlkit.table()
    known = override.model_dump(exclude_none=True)
    for name, value in known.items():
        table[name] = str(value) if isinstance(value, Fraction) else value
    if _TABLE not in document:
        document[_TABLE] = tomlkit.aot()
    document[_TABLE].append(table)
    write_whole(path, tomlkit.dumps(document))


def given_now(student: str, item: str, points: str, reason: str, fingerprint: str) -> Override:
    """Return an override by the person who types the command. With `points` "-" it is a comment.

    Raises UsageError for other points than a number of at least 0, and without a reason that is UTF-8.
    """
    if not reason.strip():
        raise UsageError("--override: a reason was expected, which the student reads; none came")
    try:
        reason.encode()
    except UnicodeEncodeError:
        raise UsageError(f"--override: the reason is not UTF-8: {words(reason)}") from None
    try:
        value = None if points == "-" else points_from(points)
    except ValueError as problem:
        raise UsageError(f"--override: {problem}; - alone means a comment without points") from None
    return Override(
        student=student,
        item=item,
        points=value,
        reason=reason,
        who=_user(),
        when=datetime.now(UTC).replace(microsecond=0),
        submission=fingerprint,
    )


class Overrides:
    """The overrides of a grading. The last one for a student and an item holds."""

    def __init__(self, overrides: Sequence[Override]) -> None:
        self._all = overrides

    def check(self, people: People, items: Mapping[str, Fraction]) -> None:
        """Raise UsageError for an override of an item that is not there, of several students, or of too much.

        `items` are the names of the items with their points.
        """
        for each in self._all:
            if each.item and each.item not in items:
                raise UsageError(
                    f"{OVERRIDES}: the rubric has no item {words(each.item)!r}, for which "
                    f"{words(each.student)!r} has an override; the items are {', '.join(items)}"
                )
            if each.points is not None and (not each.item or each.points > items[each.item]):
                most = exact(items[each.item]) if each.item else "no"
                raise UsageError(
                    f"{OVERRIDES}: {words(each.item) or 'a comment'} has {most} points, and "
                    f"{exact(each.points)} came for {words(each.student)!r}"
                )
            if not people.knows(each.student):
                continue
            try:
                people.hand_in(each.student)
            except UsageError as problem:
                raise UsageError(f"{OVERRIDES}: {problem}") from None

    def of_nobody(self, people: People) -> Iterator[str]:
        """Yield a sentence for each student who is not in the grading, as one who has left the course."""
        for name in dict.fromkeys(each.student for each in self._all):
            if not people.knows(name):
                yield (
                    f"{OVERRIDES}: {words(name)!r} is neither a submission nor the id of a student of this "
                    "grading, so that what was given is not applied"
                )

    def of(self, names: Collection[str], fingerprint: str) -> Iterator[tuple[Override, bool]]:
        """Yield those for a student with these names, and True where what was graded is the same file.

        The last one for an item holds, whether it is for a group or for one member.
        """
        found: dict[tuple[str, bool], Override] = {}
        for each in self._all:
            if each.student in names:
                found[each.item, each.points is None] = each
        for each in found.values():
            yield each, each.submission == fingerprint


def _parsed(path: Path) -> TOMLDocument:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    if not path.exists():
        return tomlkit.parse(_HEAD)
    with reading(path):
        data = path.read_bytes()
    try:
        return tomlkit.parse(data.decode())
    except (TOMLKitError, ValueError, RecursionError) as problem:
        raise UsageError(f"{words(str(path))} is no TOML: {words(str(problem))}") from None


def _told(error: Any) -> str:
    number, *place = error["loc"]
    where = ".".join(map(str, place)) or "it"
    return f"override {number + 1}, {where}: {words(error['msg'].removeprefix('Value error, '))}"


def _user() -> str:
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in a container
        return ""
    return "" if name == "root" else name  # which says nothing of a person

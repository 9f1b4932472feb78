"""The members of a group, from the roster.

- `members`: the rows whose students belong to each submission of a group.
- `name_of_folder`: a name as Moodle writes it in the name of a folder.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence

from ..layouts.handed import Handed
from .roster import Roster, Row

_REMOVED = re.compile(r"[\x00-\x1f&<>\"`|':\\/]")  # PARAM_FILE of Moodle removes these from names


def members(
    handed: Sequence[Handed], roster: Roster, own: Mapping[int, Row]
) -> dict[int, list[Row]]:
    """Return the members for the submissions of groups, by the index of the submission.

    `own` are the rows that a submission's own id leads to. In a sheet of groups, this row's group counts.
    In a worksheet of Moodle the name of the group is looked up in the cells, because headers are translated:
    unless the names are those of the students themselves.
    """
    if any(row.group for row in roster.rows):
        teams = {at: row.group for at, row in own.items() if row.group}
        return {at: [row for row in roster.rows if row.group == team] for at, team in teams.items()}
    named = {at: name_of_folder(each.group) for at, each in enumerate(handed) if each.group}
    if roster.site != "Moodle" or not named:
        return {}
    column = _column(list(named.values()), roster)
    if column is None:
        return {}
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in roster.rows:
        by_name[name_of_folder(row.cells[column])].append(row)
    found = {at: by_name.get(name, []) for at, name in named.items()}
    themselves = [at for at, rows in found.items() if own.get(at) in rows]
    if len(themselves) * 2 > sum(map(bool, found.values())):
        return {}
    # A group that is not on the sheet has no members: its number may be the one of a student by chance.
    return found


def _column(names: Sequence[str], roster: Roster) -> int | None:
    """Return the column in which most of the names occur."""
    wanted = set(names)
    columns = zip(*(row.cells for row in roster.rows), strict=True)
    counts = [len(set(map(name_of_folder, cells)) & wanted) for cells in columns]
    return counts.index(max(counts)) if any(counts) else None


def name_of_folder(name: str) -> str:
    """Return a name as Moodle writes it in the name of a folder."""
    return _REMOVED.sub("", unicodedata.normalize("NFC", name)).replace("_", " ").strip()

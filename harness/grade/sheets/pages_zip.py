"""Pages for students in a zip that the course's site takes back.

- `PagesZip`: what is in it, and who has no page. `pages_zip`: of a grading, by its sheet.

Canvas finds a submission by two numbers in the name of a file, that of the student and that of a file that
the student uploaded, and adds a comment at every upload. Moodle finds a student by the number of the
participant; it would take the number of a group for that of a stranger. Sources:
`infer_comment_context_from_filename` of Canvas, `mod/assign/feedback/file/importziplib.php` of Moodle.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import UsageError
from ...report.results_file import reading
from ...submission.download.layouts.canvas import numbers_of
from ...submission.download.rosters.roster import Row
from ...text import words
from ..course.finished import Finished
from ..course.marks import Mark, Status
from ..zipped import zipped
from .filling import Filled
from .matching import shown

_LONGEST_NAME = 60


@dataclass(frozen=True)
class PagesZip:
    """`pages` has the content of each file by its name, `same` counts pages that were given before.

    `without` has a sentence for each student whose page the site would not take.
    """

    pages: Mapping[str, bytes]
    same: int
    without: Sequence[str]

    @property
    def data(self) -> bytes:
        """The bytes of the zip."""
        return zipped(self.pages)


def pages_zip(filled: Filled, grading: Finished, since: Sequence[Path]) -> PagesZip:
    """Return the pages of the students on the sheet whose submissions were looked at.

    A page that is the same in the latest of the zips `since` is left out. UsageError when the site takes no
    pages back, or when a page or one of the zips cannot be read.
    """
    if filled.site not in ("Canvas", "Moodle"):
        site = filled.site or "a site that is not known"
        raise UsageError(
            f"--feedback: Canvas and Moodle take pages back, and the sheet is one of {site}"
        )
    before = _given(since)
    pages: dict[str, bytes] = {}
    same, without = 0, []
    names = _Names(filled, grading)
    stays = {each.row.line: f"the sheet keeps {words(each.before)}" for each in filled.graded}
    stays |= {row.line: why for row, why in filled.left}
    for row, mark, page in _ready(filled, grading):
        # A page with points that are not those of the sheet would mislead.
        name, why = ("", stays[row.line]) if row.line in stays else names.of(row, mark)
        if not name:
            without.append(f"{shown(mark)}: {why}")
            continue
        content = _content(grading.folder, page)
        if before.get(name) == (zlib.crc32(content), len(content)):
            same += 1
        else:
            pages[name] = content
    return PagesZip(pages, same, without)


def _ready(filled: Filled, grading: Finished) -> Iterator[tuple[Row, Mark, str]]:
    """Yield the students who have a score, or in whose submission nothing can be graded."""
    page_of = dict(zip(map(id, grading.marks), grading.pages, strict=True))
    for row in filled.sheet.roster.rows:
        mark = filled.matched.marks.get(row.line)
        if mark and (mark.score is not None or mark.status is Status.NOTHING):
            yield row, mark, page_of[id(mark)]


class _Names:
    """The names of pages in the zip."""

    def __init__(self, filled: Filled, grading: Finished) -> None:
        self._site, self._files = filled.site, grading.files
        self._known = filled.sheet.roster.known()
        pages: dict[str, set[str]] = {}
        for mark, page in zip(grading.marks, grading.pages, strict=True):
            if not mark.gone:
                pages.setdefault(mark.key, set()).add(page)
        self._apart = {key for key, own in pages.items() if key and len(own) > 1}

    def of(self, row: Row, mark: Mark) -> tuple[str, str]:
        """Return the name of a student's page, or "" and why there is none."""
        if self._site == "Moodle":
            # The name is for people: the site splits it at `_` and reads the number alone.
            name = "".join(c for c in row.student.name if c.isalnum() or c in " -")
            name = name[:_LONGEST_NAME].strip() or "Participant"
            return f"{name}_{row.student.ids['moodle']}_assignfeedback_file_feedback.html", ""
        place = self._files.get(mark.key, "").partition("/")[0]
        numbers = numbers_of(place, self._known)
        if not numbers:
            return "", "Canvas takes a page back for an uploaded file alone, and none is known"
        if mark.key in self._apart:
            return "", (
                "the members of this group have different points or comments, and Canvas shows a page to all "
                "of them"
            )
        user, upload = numbers
        if user != row.student.ids.get("canvas"):
            return "", f"the file of the group is that of {words(user)}, whose page stands for all"
        # Canvas takes the first two parts that are digits for the numbers, so the name must have none.
        name = "".join(filter(str.isalpha, row.student.name))[:_LONGEST_NAME] or "student"
        return f"{name.lower()}_{user}_{upload}_feedback.html", ""


def _given(since: Sequence[Path]) -> dict[str, tuple[int, int]]:
    """Return the checksum and the size of each page as it was given last."""
    found: dict[str, tuple[int, int]] = {}
    for path in since:
        try:
            with reading(path), zipfile.ZipFile(path) as archive:
                found |= {each.filename: (each.CRC, each.file_size) for each in archive.infolist()}
        except zipfile.BadZipFile:
            raise UsageError(f"--since: {words(str(path))} is no zip") from None
    return found


def _content(folder: Path, page: str) -> bytes:
    path = folder / page
    if not path.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{words(str(path))} lies outside of the folder of the grading")
    with reading(path):
        return path.read_bytes()

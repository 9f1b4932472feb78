"""One class, graded once for all tests: first a part of it, then the whole of a download that grew."""

import pytest

from .small_class import SUBMISSIONS, grade, hand_in


class Course:
    """A download, the folder of its grading, and what was said at the two times."""

    def __init__(self, folder):
        self.download, self.out = folder / "download", folder / "out"
        first = {name: SUBMISSIONS[name] for name in ("ada", "bob", "dee")}
        hand_in(self.download, first)
        self.first_said, self.first = grade(self.download, self.out, jobs=1)
        self.kept = self.times()
        hand_in(self.download, SUBMISSIONS)
        self.said, self.graded = grade(self.download, self.out, jobs=2)

    def times(self):
        """When each result was written."""
        return {p.stem: p.stat().st_mtime_ns for p in (self.out / "submissions").iterdir()}


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def copied(course, tmp_path):
    """The same in a folder of its own, which a test may change."""
    import copy
    import shutil

    own = copy.copy(course)
    own.download, own.out = tmp_path / "download", tmp_path / "out"
    shutil.copytree(course.download, own.download)
    shutil.copytree(course.out, own.out)
    return own

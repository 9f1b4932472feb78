"""A sheet that is filled from a grading, in a folder of its own."""

import pytest
from gradconform.harness.grade.course.finished import read_finished
from gradconform.harness.grade.sheets.filling import filled
from gradconform.harness.grade.sheets.telling import told
from gradconform.harness.tests.grade.sheets.gradings import RUBRIC, graded


class Filler:
    def __init__(self, folder):
        self.folder, self.sheet = folder, folder / "sheet.csv"

    def fill(self, data, *marks, rubric=RUBRIC, **how):
        self.sheet.write_bytes(data if isinstance(data, bytes) else data.encode())
        self.grading = read_finished(graded(self.folder / "out", *marks, rubric=rubric))
        self.filled = filled(self.grading, self.sheet, **how)
        return self.filled.data

    @property
    def said(self):
        return "\n".join(told(self.filled))


@pytest.fixture
def sheet(tmp_path):
    return Filler(tmp_path)

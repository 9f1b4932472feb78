"""What lies in `reports/sample` is what `make sample` makes today."""

import re

import pytest
from gradconform.harness.tests.report.conftest import ROOT, SAMPLE

MADE = ("report.html", "diff.html", "spec.html", "neuron.svg", "diamond.svg")


@pytest.mark.parametrize("name", MADE)
def test_a_sample_in_git_is_up_to_date(made, name):
    today, kept = (
        # The foot of a page names the libraries of the machine.
        re.sub(r"<footer.*</footer>", "", (root / SAMPLE / name).read_text(), flags=re.S)
        for root in (made, ROOT)
    )
    assert today == kept, "run `make sample` and commit reports/sample"


def test_nothing_else_is_there():
    there = {path.name for path in (ROOT / SAMPLE).iterdir()}
    assert there == {*MADE, "report.png", "case.png", "student.py"}

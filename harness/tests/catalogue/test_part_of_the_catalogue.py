"""Cases that are named by their family cost the import of one file, and nothing else changes."""

import subprocess
import sys

import pytest
from gradconform.harness.catalogue.collection import Catalogue, catalogue
from gradconform.harness.errors import GradconformError

# A process of its own, because the tests before this one have imported every file of cases.
PROGRAM = """
import sys
from gradconform.harness.catalogue.selection import Selection, named, select
from gradconform.harness.errors import GradconformError
import gradconform.harness.run.roster
from gradconform.harness.run.expected_failures import Xfail, Xfails

def seen():
    print(*[name.rpartition(".")[2] for name in sys.modules if name.startswith("gradconform.cases.")])

def refused(ask, *args):
    try:
        ask(*args)
    except GradconformError as problem:
        print(problem)

print(*[case.instance(0, "float64").digest for case in select(["lecture/*"])])
named("unary/alone[exp]")
print(*[case.id for case in Selection(globs=("unary/alone[exp]", "lecture/*sigmoid")).cases()])
Xfails(entries=(Xfail("lecture/*", "known"),)).check(["lecture/neuron_with_sigmoid"])
seen()
print("numpy" in sys.modules, "torch" in sys.modules)
refused(select, ["lecture/nuron_with_sigmoid"])
refused(select, ["lecture/*"], ["kinc"])
seen()
"""


def test_a_family_is_one_file():
    said = subprocess.check_output(
        [sys.executable, "-c", PROGRAM], text=True, encoding="utf-8"
    ).splitlines()
    digests, chosen, files, imported, unknown, untagged, all_files = said
    family = [case for case in catalogue() if case.family == "lecture"]
    assert digests.split() == [case.instance(0, "float64").digest for case in family]
    assert chosen.split() == ["lecture/neuron_with_sigmoid", "unary/alone[exp]"]
    assert files.split() == ["lecture", "unary"]
    assert imported == "False False"
    assert unknown == refusal(["lecture/nuron_with_sigmoid"])
    assert untagged == refusal(["lecture/*"], ["kinc"])
    assert {case.family for case in catalogue()} <= {*all_files.split()}


def refusal(globs, tags=()):
    with pytest.raises(GradconformError) as caught:
        catalogue().select(globs, tags)
    return str(caught.value)


def of_family(family, name):
    def twice(x):
        """x * 2"""
        return x * 2

    twice.__module__, twice.__name__ = family, name
    return twice


def test_cases_are_in_order_of_their_families_whatever_was_declared_first():
    own = Catalogue()
    for id in ("late/b", "early/z", "late/a", "early/y"):
        own.case(x=1.0)(of_family(*id.split("/")))
    assert [case.id for case in own] == ["early/z", "early/y", "late/b", "late/a"]
    assert len(own) == 4

"""A backward that walks wrongly, or adds wrongly, is told by the programs that use a value several times."""

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.diagnose.evidence import Evidence
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.reuse import by_reuse
from gradconform.harness.run.runner import run_case
from gradconform.harness.tests.diagnose.remade import Edited, closures, torch_like

CASES = [
    case
    for case in catalogue().select(["diamonds/*", "accumulation/*", "graphs/*"])
    if "scalar" in case.tags and case.level == "core" and len(case.program) <= 10
]


# A set of nodes has the order of their addresses, by which a wrong walk is right in some programs and
# at times in most of them.
IN_ORDER = ("self._prev = set(_children)", "self._prev = dict.fromkeys(_children)")


@pytest.mark.parametrize(
    ("engine", "name", "kind"),
    [
        (closures, "preorder", Kind.WALK),
        (closures, "breadth-first", Kind.WALK),
        (closures, "every-path", Kind.WALK),
        (torch_like, "arrays-assigned", Kind.ACCUMULATION),
        (closures, "mul-own-value", None),
        (closures, "root-seeded-with-its-value", None),
    ],
)
def test_the_kind_is_told_by_what_the_failing_programs_use_several_times(
    engine, name, kind, reference
):
    edits = (engine.EDITS[name], IN_ORDER) if engine is closures else (engine.EDITS[name],)
    wrong = Edited(engine.PATH, (name,), edits).open()
    results = (run_case(case, wrong, reference, 0, "float64") for case in CASES)
    evidence = Evidence.of(outcome for result in results for outcome in result.outcomes)
    found = by_reuse([case.instance(0, "float64") for case in CASES], evidence)
    assert (found and found.kind) == kind
    if found:
        assert 3 <= len(found.explained) <= evidence.failing

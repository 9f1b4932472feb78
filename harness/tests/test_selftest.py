"""The catalogue tells right from wrong: every known mistake is caught, and no correct engine is accused."""

import contextlib
import re
from typing import NamedTuple

import pytest
from gradconform.engines.faulty.change import forward, node, rewritten
from gradconform.engines.faulty.orders import topological
from gradconform.engines.faulty.traversal import arrays_walked, values_walked
from gradconform.harness.catalogue.case import LEVELS
from gradconform.harness.catalogue.case_lists import ready_sets
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.needs import fits, needs
from gradconform.harness.catalogue.selection import Selection
from gradconform.harness.cli import main
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake, known_mistakes
from gradconform.harness.engine.builtin import load
from gradconform.harness.program.op_table import TABLE
from gradconform.harness.selftest import CORRECT, Selftest

MISTAKES = known_mistakes()


class Ready(NamedTuple):
    """A ready set: the engine that it is for, its cases, and all cases of the ops that these use."""

    engine: str
    cases: frozenset[str]
    fitting: frozenset[str]


def ready(name):
    """Return a ready set."""
    cases = Selection(sets=(name,)).cases()
    words = frozenset().union(*map(needs, cases))
    fitting = frozenset(case.id for case in catalogue() if fits(case, words))
    engine = "numpy" if "arrays" in words else "scalar"
    return Ready(engine, frozenset(case.id for case in cases), fitting)


@pytest.fixture(scope="module")
def selftest(reference):
    return Selftest(catalogue(), reference)


@pytest.fixture(scope="module")
def sets():
    """The ready sets. Each is complete: it catches every mistake that any case of its ops catches."""
    return {name: ready(name) for name in ready_sets()}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_every_mistake_is_caught_where_it_has_to_be(selftest, sets, mistake):
    fitting = {case.id for case in catalogue() if mistake.fits(case)}
    open_sets = {
        name: one
        for name, one in sets.items()
        if mistake.level == "core" and one.engine == mistake.engine and fitting & one.fitting
    }
    caught, seen = False, set()
    # The cases of the sets come first. Where all sets catch the mistake, no other case is run.
    in_a_set = frozenset().union(*(one.cases for one in sets.values()))
    for case in selftest.caught(mistake, first=in_a_set):
        if case.level == "core" or mistake.level != "core":
            caught = True
            seen.add(case.id)
            open_sets = {n: one for n, one in open_sets.items() if case.id not in one.cases}
        if caught and not open_sets:
            break
    assert caught, mistake.belief
    for name, one in open_sets.items():
        assert not seen & one.fitting, f"add one to cases/sets/{name}.txt: {seen & one.fitting}"


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_engine_is_accused_of_nothing(selftest, name):
    assert selftest.alarms([load(name)]) == []


NOTHING_WRONG = {
    "scalar": ("scalar", contextlib.nullcontext),
    "scalar-walk": ("scalar", values_walked()),
    "scalar-derivatives": ("scalar", node("mul", lambda left, right, *_: (left, right))),
    "numpy": ("numpy", contextlib.nullcontext),
    "numpy-walk": ("numpy", arrays_walked(topological)),
    "numpy-rules": ("numpy", rewritten("mul", lambda right: right)),
    "numpy-call": ("numpy", forward("sum", lambda right, *given, **how: right(*given, **how))),
}


@pytest.mark.parametrize(("engine", "change"), NOTHING_WRONG.values(), ids=NOTHING_WRONG)
def test_a_change_that_changes_nothing_is_not_reported(selftest, engine, change):
    finding = selftest.find(Mistake("none", "Nothing is wrong here.", change, engine=engine))
    assert finding.ran > 500
    assert not finding.caught
    assert not finding.sufficient


def test_a_mistake_is_undone_afterwards(selftest):
    for mistake in MISTAKES:
        with contextlib.suppress(InterruptedError), mistake.change():
            raise InterruptedError
    for engine in ("scalar", "numpy"):
        left = Mistake("after", "Something was left.", contextlib.nullcontext, engine=engine)
        assert not selftest.find(left).caught


def test_names_are_unique_and_there_are_many():
    names = [mistake.name for mistake in MISTAKES]
    assert len(set(names)) == len(names) >= 80
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)


def test_a_mistake_is_described():
    for mistake in MISTAKES:
        assert mistake.belief.endswith("."), mistake.name
        assert len(mistake.belief.split()) >= 3, mistake.name
        assert mistake.theme, mistake.name
        assert mistake.level in LEVELS, mistake.name


# A finding of one of these kinds is about the gradient of an operand.
OF_AN_OPERAND = {
    *(Kind.DERIVATIVE, Kind.SIGN, Kind.FACTOR, Kind.OPERANDS, Kind.UPSTREAM, Kind.ASSIGNED),
    *(Kind.INPUT_FOR_OUTPUT, Kind.OUTPUT_FOR_INPUT, Kind.CUT_OFF),
}


def test_the_kind_and_the_operand_of_a_mistake_are_known():
    assert [mistake.name for mistake in MISTAKES if mistake.kind is Kind.UNKNOWN] == []
    for mistake in MISTAKES:
        with_operands = mistake.op and TABLE[mistake.op].most != 1
        if with_operands and mistake.kind in OF_AN_OPERAND:
            assert mistake.operand in {"first", "second", "both"}, mistake.name
        else:
            assert mistake.operand in ({"", "second"} if with_operands else {""}), mistake.name


def test_what_a_mistake_is_limited_to_exists():
    cases = list(catalogue())
    groups = {group for case in cases for group in (case.family, *case.tags)}
    ops = {op for case in cases for op in case.program.ops}
    for mistake in MISTAKES:
        assert {*mistake.among} <= groups, mistake.name
        assert not mistake.ops or ops.intersection(mistake.ops), mistake.name


def test_the_command_names_each_mistake_and_its_smallest_case(monkeypatch, capsys):
    monkeypatch.setattr("gradconform.harness.diagnose.mistake.known_mistakes", lambda: MISTAKES[:2])
    monkeypatch.setattr("gradconform.harness.selftest.CORRECT", ("scalar",))
    with pytest.raises(SystemExit) as left:
        main(["selftest"])
    out = capsys.readouterr().out.splitlines()
    assert left.value.code == 0
    assert [line.split()[1] for line in out[:2]] == [mistake.name for mistake in MISTAKES[:2]]
    assert all("; smallest: " in line for line in out[:2])
    assert out[-1] == "2 of 2 mistakes caught, 0 false alarms"

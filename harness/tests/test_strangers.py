"""Strangers' engines: each is found and used without a line of configuration, and passes what it has.

What is to be found in each is said in `strangers/corpus.toml`, whose header tells what the fields mean.
"""

import tomllib
from pathlib import Path

import pytest

from harness.case import Catalogue, catalogue
from harness.isolation.options import Isolation
from harness.outcome import PASSED, Reason, Verdict
from harness.registry import load
from harness.runner import Reference, dtype_for, run_case

FOLDER = Path(__file__).parent / "strangers"
CORPUS = tomllib.loads((FOLDER / "corpus.toml").read_text(encoding="utf-8"))
HOW = Isolation(unisolated=True)

TUTORIAL = Path(__file__).parent / "tutorial.txt"
ADAPTER = """
from harness.engine import EagerEngine
from harness.transcript import Unsupported
from submission import Value


class Tutorial(EagerEngine):
    def leaf(self, array, requires_grad):
        return Value(array.item())

    def value(self, node):
        return node.data

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        if cotangent is not None:
            raise Unsupported("a cotangent")
        root.backward()
"""


@pytest.fixture(scope="module")
def reference():
    return Reference()


def results(engine, cases, reference):
    """The result of each case by its id; the engine is closed."""
    try:
        dtype = dtype_for(engine, None)
        return {case.id: run_case(case, engine, reference, 0, dtype) for case in cases}
    finally:
        engine.close()


def cases_for(kind, level=None):
    wanted = [case for case in catalogue() if level in (None, case.level)]
    return [case for case in wanted if kind == "tensor" or "scalar" in case.tags]


def said(result):
    """What a case came to, in a line."""
    row = next(row for row in result.outcomes if row.verdict is result.verdict)
    return f"{result.case.id} {row.reading}: {row.verdict} {row.message}"


@pytest.mark.parametrize("name", CORPUS)
def test_a_strangers_engine_is_found_and_passes_what_it_has(name, reference):
    entry = CORPUS[name]
    engine = load(str(FOLDER / entry["path"]), HOW)
    place = f"cell {entry['cell']} of " if "cell" in entry else "line "
    assert engine.found.startswith(f"class {entry['class']}, {place}")
    assert engine.dtypes[0] == entry.get("dtype", "float64")
    named = catalogue().select(entry["runs"])
    core = [case for case in cases_for(entry["kind"], "core") if case not in named]
    found = results(engine, [*named, *core], reference)
    fine = {*PASSED, Verdict.UNSUPPORTED}
    wrong = [said(found[case.id]) for case in core if found[case.id].verdict not in fine]
    wrong += [said(found[case.id]) for case in named if found[case.id].verdict not in PASSED]
    assert not wrong, "\n".join(wrong)


def test_every_stranger_is_in_the_corpus():
    listed = {Path(entry["path"]).parts[0] for entry in CORPUS.values()}
    there = {path.name for path in FOLDER.iterdir()} - {"corpus.toml", "__pycache__"}
    assert listed == there


def test_a_folder_is_searched_for_what_its_file_has():
    for entry in CORPUS.values():
        path = Path(entry["path"])
        if len(path.parts) > 1:
            folder, file = (load(str(FOLDER / each), HOW) for each in (path.parts[0], path))
            folder.close()
            file.close()
            assert folder.found.split(",")[0] == file.found.split(",")[0]


@pytest.fixture(scope="module")
def tutorial(reference, tmp_path_factory):
    """The tutorial's results by the way in which it was loaded."""
    adapter = tmp_path_factory.mktemp("adapter") / "my_adapter.py"
    adapter.write_text(ADAPTER, encoding="utf-8")
    engines = {
        "text": load(str(TUTORIAL), HOW),
        "notebook": load(str(FOLDER / "tutorial.ipynb"), HOW),
        "adapter": load(str(TUTORIAL), Isolation(adapter=adapter, unisolated=True)),
    }
    cases = cases_for("scalar")
    return {way: results(engine, cases, reference) for way, engine in engines.items()}


@pytest.mark.parametrize("way", ["text", "notebook"])
def test_the_tutorial_gives_what_it_gives_with_an_adapter_written_by_hand(tutorial, way):
    def verdicts(found):
        rows = ((id, row) for id, result in found.items() for row in result.outcomes)
        return [(id, row.reading, row.verdict, row.reason) for id, row in rows]

    assert verdicts(tutorial[way]) == verdicts(tutorial["adapter"])


@pytest.mark.parametrize("way", ["text", "notebook", "adapter"])
def test_the_tutorials_neuron_passes_and_its_second_backward_does_not(tutorial, way):
    neuron = tutorial[way]["lecture/neuron_in_the_tutorials_spelling"]
    assert neuron.verdict is Verdict.PASS
    second = tutorial[way]["accumulation/backward_twice_on_one_graph"].outcomes
    (wrong,) = (row for row in second if row.verdict is not Verdict.PASS)
    assert (wrong.reading, wrong.verdict, wrong.reason) == ("x.grad", Verdict.FAIL, Reason.STATE)


@pytest.mark.parametrize("path", [TUTORIAL, FOLDER / "tutorial.ipynb"], ids=["text", "notebook"])
def test_what_the_tutorial_lacks_is_named(reference, path):
    own = Catalogue()
    lacking = {
        "number + engine value": lambda x: 1 + x,
        "number - engine value": lambda x: 2 - x,
        "number / engine value": lambda x: 1 / x,
        "relu": lambda x: x.relu(),
    }
    for number, expression in enumerate(lacking.values()):
        expression.__doc__, expression.__name__ = "One expression", f"lacking_{number}"
        own.case(x=0.5)(expression)
    found = results(load(str(path), HOW), own, reference)
    for name, result in zip(lacking, found.values(), strict=True):
        (row,) = result.outcomes
        assert row.verdict is Verdict.UNSUPPORTED
        assert row.message.startswith(name)

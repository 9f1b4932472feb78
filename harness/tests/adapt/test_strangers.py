"""Untrusted engines: each is found and used without an adapter, and passes the cases of the ops that it has.

`strangers/corpus.toml` says which class is found in each; its header explains the fields.
"""

import tomllib
from pathlib import Path

import pytest
from gradconform.harness.catalogue.collection import Catalogue, catalogue
from gradconform.harness.catalogue.reference import dtype_for
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.judge.outcome import PASSED, Reason, Verdict
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.registry import load
from gradconform.harness.run.runner import run_case
from gradconform.harness.submission.collect import read

FOLDER = Path(__file__).parent / "strangers"
CORPUS = tomllib.loads((FOLDER / "corpus.toml").read_text(encoding="utf-8"))
HOW = Isolation(unisolated=True)

TUTORIAL = Path(__file__).parents[2] / "grade/course/everybodys/tutorial.txt"
ADAPTER = """
from gradconform.harness.engine.eager import EagerEngine
from gradconform.harness.program.transcript import Unsupported
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
    """The case, the reading that decided, and its verdict, in one line."""
    row = next(row for row in result.outcomes if row.verdict is result.verdict)
    return f"{result.case.id} {row.reading}: {row.verdict} {row.message}"


@pytest.mark.parametrize("name", CORPUS)
def test_an_untrusted_engine_is_found_and_passes_what_it_has(name, reference):
    entry = CORPUS[name]
    engine = load(EngineName.parse(str(FOLDER / entry["path"])), HOW)
    place = f"cell {entry['cell']} of " if "cell" in entry else "line "
    assert engine.info.found.startswith(f"class {entry['class']}, {place}")
    assert engine.info.dtypes[0] == "float64"
    named = catalogue().select(entry["runs"])
    core = [case for case in cases_for(entry["kind"], "core") if case not in named]
    found = results(engine, [*named, *core], reference)
    fine = {*PASSED, Verdict.UNSUPPORTED}
    wrong = [said(found[case.id]) for case in core if found[case.id].verdict not in fine]
    wrong += [said(found[case.id]) for case in named if found[case.id].verdict not in PASSED]
    assert not wrong, "\n".join(wrong)


def test_every_engine_of_the_folder_is_in_the_corpus():
    listed = {Path(entry["path"]).parts[0] for entry in CORPUS.values()}
    there = {path.name for path in FOLDER.iterdir()} - {"corpus.toml", "__pycache__"}
    assert listed == there


def test_a_folder_is_searched_for_what_its_file_has():
    for entry in CORPUS.values():
        path = Path(entry["path"])
        if len(path.parts) > 1:
            folder, file = (
                load(EngineName.parse(str(FOLDER / each)), HOW) for each in (path.parts[0], path)
            )
            folder.close()
            file.close()
            assert folder.info.found.split(",")[0] == file.info.found.split(",")[0]


def verdicts(found):
    rows = ((id, row) for id, result in found.items() for row in result.outcomes)
    return [(id, row.reading, row.verdict, row.reason) for id, row in rows]


@pytest.mark.long(20)
def test_the_tutorial_is_the_same_from_its_text_its_notebook_and_behind_an_adapter(
    reference, tmp_path
):
    (tmp_path / "my_adapter.py").write_text(ADAPTER, encoding="utf-8")
    by_hand = Isolation(adapter=read(tmp_path / "my_adapter.py"), unisolated=True)
    text, notebook, adapter = (
        results(load(EngineName.parse(str(path)), how), cases_for("scalar"), reference)
        for path, how in ((TUTORIAL, HOW), (FOLDER / "tutorial.ipynb", HOW), (TUTORIAL, by_hand))
    )
    assert verdicts(text) == verdicts(notebook) == verdicts(adapter)
    assert text["lecture/neuron_in_the_tutorials_spelling"].verdict is Verdict.PASS
    second = text["accumulation/backward_twice_on_one_graph"].outcomes
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
    found = results(load(EngineName.parse(str(path)), HOW), own, reference)
    for name, result in zip(lacking, found.values(), strict=True):
        (row,) = result.outcomes
        assert row.verdict is Verdict.UNSUPPORTED
        assert row.message.startswith(name)

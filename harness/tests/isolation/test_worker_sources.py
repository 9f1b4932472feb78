"""The sources that lie where an engine can read them: all that the worker imports, and no expected value."""

import ast
import sys
from pathlib import Path

import pytest
from gradconform.harness.isolation.parent.staging import sources, stage

ROOT = Path(__file__).parents[3]
STAGED = set(sources(ROOT / "harness"))


def imported_by(path, module, lazily=True):
    """Return the modules that a source imports, except those under `if TYPE_CHECKING`.

    Without `lazily` the imports inside of its functions are left out.
    """
    found = set()

    def walk(node):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.FunctionDef) and not lazily:
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            above = parents[: len(parents) - node.level + 1] if node.level else []
            home = ".".join([*above, *([node.module] if node.module else [])])
            found.update({home, *(f"{home}.{alias.name}" for alias in node.names)})
        for child in ast.iter_child_nodes(node):
            walk(child)

    parents = module.split(".")[:-1]
    walk(ast.parse(path.read_text(encoding="utf-8")))
    return found | {".".join(parents[: n + 1]) for n in range(len(parents))}


def source_of(module):
    place = ROOT.joinpath(*module.split("."))
    options = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in options if path.is_file()), None)


def module_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def sources_imported_by(path, **how):
    """Return the sources of gradconform that a source imports."""
    modules = imported_by(path, module_of(path), **how)
    return {source_of(each) for each in modules if each.startswith("harness")} - {None}


def packages_imported_by(path, **how):
    tops = {each.partition(".")[0] for each in imported_by(path, module_of(path), **how)}
    return tops - sys.stdlib_module_names - {"harness"}


def test_everything_that_the_worker_imports_is_staged():
    pending, found = [source_of("harness.isolation.child.worker")], set()
    while pending:
        path = pending.pop()
        if path not in found:
            found.add(path)
            pending += sources_imported_by(path)
    assert found - STAGED == set()
    assert len(found) > 50  # the search itself works


@pytest.mark.parametrize("path", sorted(STAGED), ids=module_of)
def test_a_staged_file_reaches_nothing_but_staged_files_and_numpy_when_it_is_needed(path):
    """Expected values come from torch, cases and judges: they lie in rooms that no child has."""
    assert sources_imported_by(path) - STAGED == set()
    assert packages_imported_by(path) <= {"numpy"}
    assert packages_imported_by(path, lazily=False) == set()


def test_no_room_that_knows_an_expected_value_is_staged():
    rooms = {path.relative_to(ROOT / "harness").parts[0] for path in STAGED}
    assert not rooms & {"catalogue", "judge", "run", "report", "diagnose", "lower", "tests"}
    assert not any("parent" in path.parts for path in STAGED)


def test_a_new_source_is_staged_by_itself_and_nothing_else_is(tmp_path):
    there = ("program/new.py", "submission/loading/deeper/new.py")
    others = ("program/answers.json", "program/new.pyc", "isolation/parent/new.py", "judge/new.py")
    for name in (*there, *others):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = {path.relative_to(tmp_path).as_posix() for path in sources(tmp_path)}
    assert found & {*there, *others} == set(there)


def test_the_stage_holds_the_sources_and_their_byte_code():
    home = stage().worker / "gradconform"
    files = {path.relative_to(home) for path in home.rglob("*") if path.is_file()}
    staged = {Path("__init__.py"), *(path.relative_to(ROOT) for path in STAGED)}
    assert {path for path in files if path.suffix == ".py"} == staged
    assert {path.suffix for path in files} <= {".py", ".pyc"}
    assert {
        path.parent.parent / f"{path.name.partition('.')[0]}.py" for path in files - staged
    } <= staged

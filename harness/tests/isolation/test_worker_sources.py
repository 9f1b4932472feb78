"""The sources that lie where an engine can read them are what the worker imports, and nothing else."""

import ast
import sys
from pathlib import Path

from harness.isolation.parent.staging import WORKER

ROOT = Path(__file__).parents[3]


def imported_by(path, module):
    """The modules that a source imports anywhere but under `if TYPE_CHECKING`."""
    found = set()

    def walk(node):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            found.update(
                {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
            )
        for child in ast.iter_child_nodes(node):
            walk(child)

    walk(ast.parse(path.read_text(encoding="utf-8")))
    parents = module.split(".")[:-1]
    return found | {".".join(parents[: n + 1]) for n in range(len(parents))}


def source_of(module):
    place = ROOT.joinpath(*module.split("."))
    options = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in options if path.is_file()), None)


def test_the_workers_sources_are_the_closure_of_its_imports_and_need_no_package():
    pending, found, foreign = ["harness.isolation.child.worker"], set(), set()
    while pending:
        module = pending.pop()
        path = source_of(module) if module.startswith("harness") else None
        if path is None:
            foreign.add(module.partition(".")[0])
        elif path not in found:
            found.add(path)
            pending += imported_by(path, module)
    sources = {path.relative_to(ROOT / "harness").with_suffix("").as_posix() for path in found}
    assert sources == set(WORKER)
    assert foreign - sys.stdlib_module_names - {"harness"} == {"numpy"}
    assert len(WORKER) == len(set(WORKER))

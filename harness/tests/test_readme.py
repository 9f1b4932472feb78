"""The READMEs are true: what they show runs as pasted, and what they list is what there is.

The blocks of a README are followed in order, in a folder of its own:

- ```sh is run line by line, and must exit with 0, or with N where the line ends in `# exits with N`;
- ```python and ```toml that begin with `# NAME` are saved as the file of that name;
- ```python that begins with `# in FILE, at the end of NAME` is added to a tuple or list of a clone;
- any other ```python is run, and ```text is not.
"""

import csv
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from gradconform.harness.engine.library import EagerLibrary, FunctionalLibrary
from gradconform.harness.grade.rubric import Item, Limits, Rubric
from gradconform.harness.tests.small_engines import VALUE, notebook

ROOT = Path(__file__).parents[2]
LIBRARY = Path(__file__).with_name("array_library.py")
PLACES = ("", "harness", "harness/grade", "cases", "engines", "reports")
GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Engine (7)
"    Points Possible",,,,,20
"Lovelace, Ada",101,0007,alovelace,A,
"Noether, Emmy",102,0008,enoether,A,
"Hypatia",103,0009,hypatia,A,
"Germain, Sophie",104,0010,sgermain,A,
"""
SUFFIX = re.compile(r"  # exits with (\d)\b.*")
SAVED = re.compile(r"# (\S+\.(?:py|toml))\n")
ADDED = re.compile(r"# in (\S+), at the end of (\w+)\n")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
CLONED = ("src", "harness", "engines", "cases", "pyproject.toml", "README.md")


def readme(place):
    return (ROOT / place / "README.md").read_text(encoding="utf-8")


def blocks(place):
    return re.findall(r"^```(\w*)\n(.*?)^```$", readme(place), re.S | re.M)


class Newcomer:
    """Somebody who follows a README in `folder`, and changes a clone where it says so."""

    def __init__(self, folder, clone=None):
        self.folder, self.clone = folder, clone
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path}
        if clone is not None:
            self.environment["PYTHONPATH"] = str(clone / "src")
        (folder / "student.py").write_text(VALUE)
        (folder / "hw.ipynb").write_text(notebook(VALUE))
        (folder / "mytensor.py").write_text(LIBRARY.read_text())
        self.get_submissions(folder / "submissions")

    def get_submissions(self, download):
        """A download of a course, as Canvas makes it, and the gradebook of the course."""
        download.mkdir()
        (download / "lovelaceada_101_9001_engine.py").write_text(VALUE)
        (download / "noetheremmy_LATE_102_9002_hw.ipynb").write_text(notebook(VALUE))
        (download / "hypatia_103_9003_engine.py").write_text("class Value(:")
        download.with_name("gradebook.csv").write_text(GRADEBOOK)

    def follow(self, kind, body):
        if kind == "sh":
            for line in body.splitlines():
                self.run(line)
        elif kind == "python" and (added := ADDED.match(body)):
            self.add(*added.groups(), body[added.end() :])
        elif kind in ("python", "toml") and (saved := SAVED.match(body)):
            self.save(saved[1], body)
        elif kind == "python":
            self.call([sys.executable, "-c", body], body)
        else:
            assert kind == "text", f"a block of kind {kind!r} is neither run nor marked as text"

    def run(self, line):
        suffix = SUFFIX.search(line)
        done = self.call(line, line, int(suffix[1]) if suffix else 0, shell=True)
        assert done.stdout or "-o" in line, line

    def call(self, command, shown, code=0, **how):
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, env=self.environment, **how
        )
        assert done.returncode == code, f"{shown}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, shown
        return done

    def save(self, name, body):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(body)
        if name == "my_engine.py":
            # The same adapter for what a student handed in.
            adapter = body.replace("micrograd.engine", "submission")
            (self.folder / "my_adapter.py").write_text(adapter)

    def add(self, file, name, rows):
        path = self.clone / file
        before, opening, after = re.split(
            rf"(?m)^({name}\b.*= [(\[]\n)", path.read_text(), maxsplit=1
        )
        inside, end = re.split(r"(?m)^(?=[)\]])", after, maxsplit=1)
        path.write_text(before + opening + inside + rows + end)
        module = "gradconform." + file.removesuffix(".py").replace("/", ".")
        self.call([sys.executable, "-c", f"import {module}"], rows)


@pytest.fixture
def newcomer(tmp_path):
    def arrive(place):
        if place not in ("harness", "engines"):
            return Newcomer(tmp_path)
        clone = tmp_path / "clone"
        skipped = shutil.ignore_patterns("__pycache__", "tests", "benchmarks")
        for name in CLONED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, clone / name, ignore=skipped)
            else:
                shutil.copy(source, clone / name)
        return Newcomer(clone if place == "harness" else tmp_path, clone)

    return arrive


@pytest.mark.long(30)
@pytest.mark.parametrize("place", PLACES)
def test_a_readme_can_be_followed(newcomer, place):
    somebody = newcomer(place)
    for kind, body in blocks(place):
        somebody.follow(kind, body)


@pytest.mark.parametrize("place", PLACES)
def test_the_links_of_a_readme_lead_somewhere(place):
    links = LINK.findall(readme(place))
    assert [link for link in links if not (ROOT / place / link).exists()] == []


@pytest.mark.parametrize("place", PLACES)
def test_the_files_that_a_readme_names_exist(place):
    named = re.findall(r"`((?:harness|engines|cases)/[\w/]+\.py)`", readme(place))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_rooms_stand_in_the_order_in_which_they_may_be_imported():
    table = readme("harness").split("| room | purpose |")[1].split("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    rows = [set(re.findall(r"`(\w+)(?:/|\.py)`", cell)) for cell in cells]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    layers = [{*layer.split(" | ")} for layer in reversed(contracts[0]["layers"])]
    rank = {room: number for number, layer in enumerate(layers) for room in layer}
    ranks = [rank[room] for row in rows for room in sorted(row - {"tests", "benchmarks"})]
    assert len(ranks) == len(rank)
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("title", "kind"),
    [("All that an adapter can say", EagerLibrary), ("A functional adapter", FunctionalLibrary)],
)
def test_every_method_of_an_adapter_is_explained(title, kind):
    text = readme("engines").split(f"# {title}\n")[1].split("\n## ")[0]
    methods = {name: thing for name, thing in vars(kind).items() if inspect.isfunction(thing)}
    assert {*methods} <= {*re.findall(r"`(\w+)", text)}
    told = set(re.findall(r"`(\w+\(.*?\))`", text.split("| method | gets")[1]))
    assert told <= {f"{name}({parameters(method)})" for name, method in methods.items()}


def parameters(method):
    _, *those = inspect.signature(method).parameters.values()
    return ", ".join("**" * (each.kind is each.VAR_KEYWORD) + each.name for each in those)


def names(text):
    """The names in the first cells of the tables of a section."""
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return [name for cell in cells for name in re.findall(r"`([\w-]+)`", cell)]


def section(title):
    return readme("reports").split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The folder of a run with an untrusted engine, and one that is left out."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "student.py").write_text(VALUE)
    (folder / "empty.py").write_text("")
    command = [sys.executable, "-m", "gradconform", "run", "student.py", "empty.py"]
    command += ["--cases", "accumulation/sum*", "--out", "out", "--allow-unisolated"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    return folder / "out"


def test_every_column_of_the_results_is_explained(report):
    lines = (report / "results.jsonl").read_text().splitlines()
    head, tables = section("results.jsonl and results.csv").split("| verdict,")
    assert names(head) == list(json.loads(lines[0]))
    with (report / "results.csv").open() as file:
        assert names(head.split("| *only in")[0]) == next(csv.reader(file))
    outcome = import_module("gradconform.harness.judge.outcome")
    assert set(names(tables)) == {
        *map(str, outcome.Verdict),
        *filter(None, map(str, outcome.Reason)),
    }


def test_every_column_of_the_summary_is_explained(report):
    with (report / "summary.csv").open() as file:
        assert names(section("summary.csv")) == next(csv.reader(file))


def test_every_key_of_the_description_of_a_run_is_explained(report):
    assert set(names(section("run.json"))) == set(json.loads((report / "run.json").read_text()))


def test_every_key_of_a_rubric_is_explained():
    text = readme("harness/grade")
    explained = {
        key
        for line in text.splitlines()
        if line.startswith("| `")
        for key in re.findall(r"`(\w+)`", line)
    }
    fields = {**Rubric.model_fields, **Item.model_fields, **Limits.model_fields}
    assert {field.alias or name for name, field in fields.items()} <= explained


def test_every_tag_of_the_catalogue_is_explained():
    catalogue = import_module("gradconform.harness.catalogue.collection").catalogue
    listed = names(readme("cases").split("\n## Tags\n")[1].split("\n## ")[0])
    assert {tag for case in catalogue() for tag in case.tags} == set(listed)


@pytest.mark.long(40)
def test_make_run_ends_with_the_table_and_the_paths(tmp_path):
    done = Newcomer(tmp_path).call(
        ["make", "-C", str(ROOT), "--no-print-directory", "run"], "make run"
    )
    paths = [ROOT / line for line in done.stdout.splitlines() if line.startswith("reports/")]
    try:
        assert len(paths) == 6
        assert all(path.stat().st_size for path in paths)
        assert re.search(r"all .* torch|passed/ran of all", done.stdout)
    finally:
        shutil.rmtree(paths[0].parent)


def test_the_pictures_are_there_and_small():
    begins = {".png": b"\x89PNG", ".svg": b"<svg"}
    for folder in ("", "reports"):
        pictures = re.findall(r"!\[.*?\]\((.*?)\)", readme(folder))
        assert pictures
        for picture in pictures:
            content = (ROOT / folder / picture).read_bytes()
            assert content.startswith(begins[Path(picture).suffix])
            assert len(content) < 200_000

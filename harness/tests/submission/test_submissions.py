"""Submissions as students hand them in: names in capitals, notebooks full of pictures, archives, reports."""

import json
import os
import subprocess
import zipfile

import pytest
from gradconform.harness.errors import EngineError
from gradconform.harness.submission.collect import read
from gradconform.harness.submission.files import LARGEST_FILE
from gradconform.harness.tests.small_engines import OP, VALUE, factor, notebook, works

LARGE = b"#" * (LARGEST_FILE + 1)


def archive(path, members):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def illustrated(*sources, size=LARGEST_FILE):
    """Return a notebook with a picture of `size` bytes below every cell."""
    document = json.loads(notebook(*sources))
    for cell in document["cells"]:
        cell["outputs"] = [{"data": {"image/png": "A" * size}}]
    return json.dumps(document)


def test_what_a_notebook_imports_lies_beside_it(opened):
    files = {
        "hw.ipynb": notebook(f"from ops import factor\n{VALUE}", OP.format("factor")),
        "ops.py": "from constants import factor\n",
        "constants.py": "factor = 3.0\n",
        "other.py": "raise RuntimeError('not asked for')",
    }
    engine = opened(files, "hw.ipynb")
    assert factor(engine) == 3.0
    assert list(engine.info.notes) == ["read with constants.py, ops.py beside it"]
    assert sorted(engine._request.submission.files) == ["constants.py", "hw.ipynb", "ops.py"]


def test_what_is_run_or_imported_through_a_link_or_from_elsewhere_is_not_read(tmp_path):
    (tmp_path / "secret.py").write_text("secret = 1")
    work = tmp_path / "work"
    work.mkdir()
    (work / "linked.py").symlink_to("../secret.py")
    (work / "folder").symlink_to("..")
    cells = ("%run linked.py\n%run ../secret.py", f"%run {tmp_path}/secret\n%run folder/secret.py")
    (work / "hw.ipynb").write_text(notebook(*cells, f"import linked\nimport {'x' * 300}"))
    assert list(read(work / "hw.ipynb").files) == ["hw.ipynb"]


@pytest.mark.parametrize("path", ["ENGINE.PY", "HW.IPYNB", "HW.ZIP", "."])
def test_a_suffix_in_capitals_is_a_suffix(opened, tmp_path, path):
    if path == "HW.ZIP":
        archive(tmp_path / "work" / path, {"SRC/ENGINE.PY": VALUE})
        engine = opened({}, path)
    elif path == "HW.IPYNB":
        engine = opened({path: notebook(VALUE)}, path)
    else:
        engine = opened({"ENGINE.PY": VALUE}, path)
    assert works(engine)


def test_of_a_notebook_only_the_code_counts(opened):
    engine = opened({"hw.ipynb": illustrated(VALUE, OP.format(2.0))}, "hw.ipynb")
    assert works(engine)
    assert factor(engine) == 2.0
    plain = opened({"hw.ipynb": notebook(VALUE, OP.format(2.0))}, "hw.ipynb")
    assert plain.info.version == engine.info.version


def test_a_notebook_full_of_pictures_in_a_folder_or_a_zip_is_the_same(opened, tmp_path):
    text = illustrated("# Title", VALUE)
    assert works(opened({"a/hw.ipynb": text}, "a"))
    archive(tmp_path / "work" / "hw.zip", {"hw.ipynb": text})
    engine = opened({}, "hw.zip")
    assert works(engine)
    assert "cell 2 of hw.ipynb" in engine.info.found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b" " * (50 << 20) + b" {}", "hw.ipynb is larger than 50 MiB"),
        (LARGE, "hw.ipynb is larger than 5 MiB, and it is no notebook"),
        (b'{"cells": [' + b"{}," * 3_000_000 + b"{}]}", "and it holds more than 4,000,000 values"),
        (b'{"cells": [' + b"[" * LARGEST_FILE, "and it holds more than 4,000,000 values"),
        (b'{"cells": [' + b'"aaaaaaa",' * 600_000 + b'"a"]}', "and it has 600,001 cells"),
        (notebook("x = 1\n" * (1 << 20)).encode(), "hw.ipynb is larger than 5 MiB"),
    ],
    ids=["raw", "text", "values", "nested", "cells", "code"],
)
def test_a_notebook_that_is_large_without_pictures_is_refused(opened, content, said):
    with pytest.raises(EngineError) as problem:
        opened({"hw.ipynb": content}, "hw.ipynb")
    assert said in str(problem.value)


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_file_that_is_too_large_is_left_out_and_the_rest_is_taken(opened, tmp_path, packed):
    files = {"engine.py": VALUE, "data.py": LARGE, "report.pdf": b"%PDF"}
    if packed:
        archive(tmp_path / "work" / "hw.zip", files)
    engine = opened({} if packed else files, "hw.zip" if packed else ".")
    assert works(engine)
    assert list(engine.info.notes) == ["data.py was left out: it is larger than 5 MiB"]


def test_a_large_file_that_is_imported_is_left_out_and_said(opened):
    engine = opened({"engine.py": f"{VALUE}import data\n", "data.py": LARGE})
    assert works(engine)
    assert "data.py was left out: it is larger than 5 MiB" in engine.info.notes


def test_what_was_there_is_said_where_no_code_was(opened, tmp_path):
    files = {"report.pdf": b"%PDF", "inner.zip": b"PK", "big.py": LARGE}
    listed = ("report.pdf", "inner.zip (an archive inside)", "big.py (is larger than 5 MiB)")
    archive(tmp_path / "work" / "hw.zip", files)
    for path, given in (("hw.zip", {}), ("src", {f"src/{n}": c for n, c in files.items()})):
        with pytest.raises(EngineError) as problem:
            opened(given, path)
        assert all(each in str(problem.value) for each in listed), problem.value
    with pytest.raises(EngineError, match=r"looked in other\.py; it holds besides: report\.pdf"):
        opened({"one/other.py": "x = 1", "one/report.pdf": b"%PDF"}, "one")


def test_one_file_of_an_archive_can_be_named(opened, tmp_path):
    other = VALUE.replace("Value", "Scalar")
    uses = f"from ops import factor\n{VALUE}{OP.format('factor')}"
    members = {"src/engine.py": uses, "src/ops.py": "factor = 4.0"}
    archive(tmp_path / "work" / "hw.zip", {**members, "src/old.py": other})
    with pytest.raises(EngineError, match="2 engines"):
        opened({}, "hw.zip")
    engine = opened({}, "hw.zip/src/engine.py")
    assert engine.info.name == "engine"
    assert factor(engine) == 4.0
    assert "class Scalar" in opened({}, "hw.zip/src/old.py", "Scalar").info.found
    said = r"hw\.zip has no file engine\.py \(it holds src/engine\.py, src/old\.py, src/ops\.py\)"
    with pytest.raises(EngineError, match=said):
        opened({}, "hw.zip/engine.py")


@pytest.mark.parametrize(
    ("files", "path"),
    [
        (
            {"hw/engine.py": "from parts.ops import factor\n{}", "hw/parts/ops.py": "{}"},
            "hw/engine.py",
        ),
        (
            {"grad/engine.py": "from grad.ops import factor\n{}", "grad/ops.py": "{}"},
            "grad/engine.py",
        ),
        (
            {
                "grad/engine.py": "from grad import ops\nfactor = ops.factor\n{}",
                "grad/ops.py": "{}",
            },
            "grad/engine.py",
        ),
    ],
    ids=["folder-without-init", "own-package", "own-package-module"],
)
def test_a_file_that_is_named_alone_comes_with_what_it_imports(opened, files, path):
    texts = (f"{VALUE}{OP.format('factor')}", "factor = 6.0\n")
    given = {
        name: text.format(more) for (name, text), more in zip(files.items(), texts, strict=True)
    }
    engine = opened(given, path)
    assert factor(engine) == 6.0
    assert engine.info.notes[0].endswith("ops.py beside it")


def test_what_would_never_end_or_fill_the_memory_beside_a_file_is_not_read(opened, tmp_path):
    (tmp_path / "work" / "pkg").mkdir(parents=True)
    (tmp_path / "work" / "pkg" / "__init__.py").touch()
    os.mkfifo(tmp_path / "work" / "pkg" / "pipe.py")
    assert works(opened(f"import pkg\n{VALUE}"))
    for number in range(30):
        with (tmp_path / "work" / "pkg" / f"m{number}.py").open("wb") as file:
            file.truncate(LARGEST_FILE)
    with pytest.raises(EngineError, match=r"engine\.py imports more than 500 files or 20 MiB"):
        opened(f"import pkg\n{VALUE}")


def test_names_and_depths_that_no_file_system_has_are_passed_over(opened, tmp_path):
    assert works(opened(f"if 0:\n    import {'a' * 300}\n{VALUE}"))
    deep = tmp_path / "work" / "deep"
    deep.mkdir(parents=True)
    (deep / "engine.py").write_text(VALUE)
    home = os.open(deep, os.O_RDONLY)
    for _ in range(1_200):
        os.mkdir("d", dir_fd=home)
        below = os.open("d", os.O_RDONLY, dir_fd=home)
        os.close(home)
        home = below
    os.close(home)
    try:
        assert works(opened({}, "deep"))
    finally:
        subprocess.run(["rm", "-rf", str(deep)], check=True)

"""Downloads that no site names: a file or a folder for each student."""

import hashlib

from gradconform.harness.tests.submission.download.downloads import (
    ENGINE,
    by_key,
    engine,
    odd,
    taken,
)

NOTEBOOK = '{"cells": [{"cell_type": "code", "source": ["class Value:\\n", " pass"]}]}'


def test_each_file_or_folder_is_a_student(plan):
    found = plan.folder_with(
        {
            "Copy of ada/engine.py": ENGINE,
            "ada/engine.py": ENGINE,
            "empty/readme.md": "sorry\n",
            "latin/engine.py": f"# -*- coding: latin-1 -*-\n# für\n{ENGINE}".encode("latin-1"),
            "undeclared/engine.py": f"# für\n{ENGINE}".encode("latin-1"),
            "max.py": "class Value:\n    def __init__(self, data)\n",
            "sean.py": engine(1).encode("utf-16"),
            "two/engine.py": engine(2),
            "two/engine_old.py": engine(3),
            "zoe/hw/engine.ipynb": NOTEBOOK,
            "__MACOSX/ada/._engine.py": "\0",
            "ada/.ipynb_checkpoints/engine-checkpoint.py": engine(4),
            "marks.pdf": "%PDF",
        }
    )
    assert found.layout == "plain"
    copy = next(key for key in by_key(found) if key.startswith("Copy_of_ada-"))
    assert taken(found) == {
        copy: "engine.py",
        "ada": "engine.py",
        "empty": "",
        "latin": "engine.py",
        "max": "max.py",
        "sean": "sean.py",
        "two": "engine.py",
        "undeclared": "engine.py",
        "zoe": "hw/engine.ipynb",
    }
    said = odd(found)
    assert set(said) == {copy, "ada", "empty", "sean", "two", "undeclared"}
    assert said["ada"] == f"a copy: the same bytes as {copy}"
    assert said["empty"] == "no code: it holds empty/readme.md"
    assert said["sean"].startswith("sean.py: it is UTF-16")
    assert "is not UTF-8 and declares no encoding" in said["undeclared"]
    assert "several engines: two/engine.py is taken" in said["two"]
    assert found.odd == ("no submission, and left out: marks.pdf",)
    assert not found.absent


def test_a_folder_around_all_submissions_is_no_student(plan):
    found = plan.zip(
        {"hw2/ada/engine.py": engine(1), "hw2/bob/engine.py": engine(2), "hw2/eve/": ""}
    )
    assert taken(found) == {"ada": "engine.py", "bob": "engine.py", "eve": ""}
    assert odd(found) == {"eve": "no code: nothing was handed in as a file"}


def test_names_become_keys_that_are_safe_unique_and_keep_leading_zeros(plan):
    names = ("007", "7", "Zoë", "../x", "-rf", "ADA", "ada")
    found = plan.folder_with(
        {f"{name}/engine.py".replace("..", "a b"): engine(n) for n, name in enumerate(names)}
    )
    keys = [each.key for each in found.hand_ins]
    assert {"007", "7"} <= set(keys)
    assert len({key.casefold() for key in keys}) == len(names)
    assert all(key.isascii() and (key[0].isalnum() or key[0] == "_") for key in keys)
    again = plan.of(plan.folder / "submissions")
    assert [each.key for each in again.hand_ins] == keys


def test_two_submissions_never_share_a_key_or_a_name(plan):
    composed, decomposed = "\u00e9", "e\u0301"
    digest = hashlib.sha256(composed.encode()).hexdigest()[:8]
    # `_-DIGEST` is the key that the second name gets for itself.
    names = (f"_-{digest}", composed, decomposed)
    files = {f"{name}.py": engine(n) for n, name in enumerate(names)}
    for found in (plan.folder_with(files), plan.zip(files)):
        assert len(by_key(found)) == 3
        said = sorted(each.path.read_text() for each in found.hand_ins)
        assert said == sorted(map(engine, range(3)))

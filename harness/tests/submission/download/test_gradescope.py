"""Exports of Gradescope: a list in YAML, folders with and without an entry in it."""

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.tests.submission.download.downloads import (
    ENGINE,
    by_key,
    engine,
    odd,
    taken,
)

LIST = """\
---
submission_700001:
  :submitters:
  - :name: Ada Beispiel
    :sid: '0012345'
    :email: ada@invalid.example
  :created_at: 2026-11-20 22:58:01.123456000 Z
  :score: 8.0
  :results: {tests: [{name: forward, score: 8.0}]}
  :history:
  - :id: 699001
    :created_at: 2026-11-19 20:00:00.000000000 Z
submission_700002:
  :submitters:
  - :name: "Zoë Ångström-Núñez"
    :sid: 0012346
    :email: zoe@invalid.example
  - :name: "Muster, Jr., Max"
    :sid:
    :email: max@invalid.example
  :created_at: 2026-11-21 07:00:00.000000000 Z
submission_700003:
  :submitters:
  - :name: Sam Doppel
    :sid: 12351
    :email: sam@invalid.example
submission_700004:
  :submitters:
  - :name: Sam Doppel
    :sid: '0012352'
    :email: sam2@invalid.example
"""
FILES = {
    "submission_700001/engine.py": engine(1),
    "submission_700001/.DS_Store": "\0",
    "submission_700002/hw/engine.py": engine(2),
    "submission_700002/hw/.ipynb_checkpoints/engine-checkpoint.py": engine(3),
    "submission_700003/engine.py": engine(4),
    "submission_700003/metadata.yml": "a file of the student's own\n",
    "submission_700005/engine.py": f"# Lösung\n{ENGINE}".encode("latin-1"),
}


def exported(text=LIST, files=FILES):
    return {f"assignment_4242_export/{name}": data for name, data in files.items()} | {
        "assignment_4242_export/submission_metadata.yml": text
    }


def test_the_list_says_who_and_ids_stay_text(plan):
    found = plan.zip(exported())
    assert found.layout == "Gradescope"
    assert taken(found) == {
        "0012345": "engine.py",
        "0012346": "hw/engine.py",
        "12351": "engine.py",
        "0012352": "",
        "submission_700005": "engine.py",
    }
    two = by_key(found)["0012346"].students
    assert [dict(student.ids) for student in two] == [
        {"sis": "0012346", "email": "zoe@invalid.example"},
        {"email": "max@invalid.example"},
    ]
    said = odd(found)
    assert set(said) == {"0012346", "12351", "0012352", "submission_700005"}
    assert "Muster, Jr., Max has no student id" in said["0012346"]
    assert "may have lost its leading zeros" in said["12351"]
    assert "the export has no folder of it" in said["0012352"]
    assert "is not in submission_metadata.yml" in said["submission_700005"]
    assert "is not UTF-8" in said["submission_700005"]


def test_keys_without_a_colon_and_files_instead_of_folders(plan):
    text = LIST.replace(" :", " ")
    found = plan.folder_with(exported(text))
    assert list(by_key(found))[:2] == ["0012345", "0012346"]
    pdf = "123.pdf:\n  :submitters:\n  - :sid: '7'\n"
    found = plan.zip({"submission_metadata.yml": pdf, "123.pdf": "%PDF"})
    assert odd(found) == {"7": "no code: it holds 123.pdf"}


def test_the_latest_of_several_submissions_counts(plan):
    twice = "".join(
        f"submission_{n}:\n  :submitters:\n  - :sid: '07'\n  :created_at: {time}\n"
        for n, time in ((1, "2026-11-20 22:00:00 -0800"), (2, "2026-11-21 01:00:00.000000000 Z"))
    )
    files = {"submission_1/engine.py": engine(1), "submission_2/engine.py": engine(2)}
    (found,) = plan.zip({"submission_metadata.yml": twice, **files}).hand_ins
    assert found.taken == "submission_1/engine.py"
    assert "the latest of 2" in found.why


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1,\n", "submission_metadata.yml cannot be read as YAML, line 2"),
        ("- 1\n", "submission_metadata.yml has no list of submissions"),
    ],
)
def test_a_list_that_cannot_be_read_is_one_sentence(plan, text, said):
    with pytest.raises(UsageError, match=said):
        plan.zip({"submission_metadata.yml": text, "submission_1/engine.py": ENGINE})


def test_ruby_writes_a_text_that_occurs_again_as_an_alias(plan):
    text = LIST.replace("Ada Beispiel", "&1 Ada Beispiel").replace(
        "name: Sam Doppel", "name: *1", 1
    )
    found = by_key(plan.zip(exported(text)))
    assert [each.name for each in found["12351"].students] == ["Ada Beispiel"]
    assert found["12351"].students[0].ids["email"] == "sam@invalid.example"


def test_results_that_are_nested_very_deeply_do_no_harm(plan):
    # Loaded as a whole, it ends the process: the C library recurses without a limit.
    deep = "  :extra:\n  " + "- " * 30_000 + "x\n"
    text = LIST.replace("submission_700002", f"{deep}submission_700002")
    assert list(by_key(plan.zip(exported(text))))[:2] == ["0012345", "0012346"]

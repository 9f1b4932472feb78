"""Downloads of Brightspace and Classroom 50, and of other tools that make repositories."""

import json

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.tests.submission.download.downloads import (
    ENGINE,
    by_key,
    engine,
    files_of,
    odd,
    taken,
)


def test_brightspace_has_a_folder_for_each_attempt_with_the_time_at_its_end(plan):
    found = plan.names(
        "index.html",
        "152001-351001 - Ada Beispiel - Nov 20, 2026 1058 PM/engine.py",
        "152001-351001 - Ada Beispiel - Nov 20, 2026 1201 PM/engine.py",
        "152001-351001 - Ada Beispiel - Nov 19, 2026 800 PM/engine.py",
        "152002-351001 - Zoë Ångström-Núñez - Nov 21, 2026 1201 AM/engine.py",
        "152003-351001 - Sean O'Placeholder - Jr - Nov 20, 2026 905 AM/engine.py",
    )
    assert found.layout == "Brightspace"
    assert taken(found) == dict.fromkeys(("152001", "152002", "152003"), "engine.py")
    assert "Nov 20, 2026 1058 PM" in by_key(found)["152001"].taken
    assert "the latest of 3" in by_key(found)["152001"].why
    assert [each.students[0].name for each in found.hand_ins][2] == "Sean O'Placeholder - Jr"
    assert found.odd == ("no submission, and left out: index.html",)


def test_brightspace_has_flat_files_too(plan):
    found = plan.names(
        "152001-351001 - Ada - Nov 20, 2026 1058 PM - engine.py",
        "152001-351001 - Ada - Nov 20, 2026 1058 PM - notes - old.txt",
        "152002-351001 - Zoë - 20 November 2026 2258 - engine.py",
    )
    assert taken(found) == {"152001": "engine.py", "152002": "engine.py"}


def test_attempts_whose_times_cannot_be_read_are_odd(plan):
    found = plan.names(
        "1-2 - Ada - Nóv 20, 2026 1058 PM/engine.py", "1-2 - Ada - Nóv 21, 2026 1058 PM/engine.py"
    )
    assert "2 attempts, and their times cannot be read" in odd(found)["1"]


def result(owner, kind="individual"):
    return json.dumps(
        {
            "schema": "classroom50/result/v1",
            "classroom": "ad-101",
            "assignment": "autograd-engine",
            "assignment_type": kind,
            "owner": owner,
        }
    )


def test_classroom_50_has_a_repository_for_each_student(plan):
    found = plan.folder_with(
        {
            "ad-101-autograd-engine-ada-placeholder/engine.py": engine(1),
            "ad-101-autograd-engine-ada-placeholder/result.json": result("ada-placeholder"),
            "ad-101-autograd-engine-ada-placeholder/.classroom50.yaml": "classroom: ad-101\n",
            "ad-101-autograd-engine-007/engine.py": engine(2),
            "ad-101-autograd-engine-007/result.json": result("ada-placeholder"),
            "ad-101-autograd-engine-max/README.md": "nothing yet",
            "scores.csv": "username\n",
        }
    )
    assert found.layout == "Classroom 50"
    # A student can write the result: it is not believed against the name of the folder.
    assert taken(found) == {"ada-placeholder": "engine.py", "007": "engine.py", "max": ""}
    assert found.odd == ("no submission, and left out: scores.csv",)


def test_repositories_of_other_tools_have_a_start_in_common(plan):
    files = {f"engine-hw-{name}/.git/HEAD": "ref" for name in ("ada", "max-7", "zoe")}
    files |= files_of(
        "engine-hw-ada/engine.py", "engine-hw-max-7/src/engine.py", "engine-hw-zoe/a.py"
    )
    assert list(taken(plan.folder_with(files))) == ["ada", "max-7", "zoe"]


def test_a_student_cannot_change_the_layout_of_a_download(plan):
    files = {f"{name}/engine.py": engine(n) for n, name in enumerate(("ada", "bob", "eve", "kim"))}
    found = plan.folder_with(
        files | {"eve/result.json": result("ada"), "eve/.git/HEAD": "", "kim/.git/HEAD": ""}
    )
    assert found.layout == "plain"
    assert list(taken(found)) == ["ada", "bob", "eve", "kim"]


@pytest.mark.parametrize(
    "others",
    [
        ("Ada_9001_assignsubmission_file/engine.py",),
        ("ada/engine.py",),
        ("solution.py", "ada_7_8_engine.py"),
    ],
)
def test_a_mixture_of_layouts_is_refused_in_a_sentence(plan, others):
    with pytest.raises(UsageError, match="the download mixes layouts") as caught:
        plan.names("a_500101_900001_engine.py", "b_500102_900002_engine.py", *others)
    assert f"a_500101_900001_engine.py is Canvas, and {others[0].partition('/')[0]} is" in str(
        caught.value
    )
    assert "put each layout into a folder of its own" in str(caught.value)


def test_a_download_in_a_folder_in_a_folder_is_found(plan):
    found = plan.names("__MACOSX/._x", "export/hw2/a_500101_900001_engine.py", "export/.DS_Store")
    assert taken(found) == {"500101": "engine.py"}


def test_without_submissions_there_is_no_plan(plan):
    with pytest.raises(UsageError, match="the download holds no submission"):
        plan.zip({"readme.md": ""})
    with pytest.raises(UsageError, match="there is no folder or zip"):
        plan.of(plan.folder / "missing.zip")
    (plan.folder / "engine.py").write_text(ENGINE)
    with pytest.raises(UsageError, match="is no download: a folder, or a zip"):
        plan.of(plan.folder / "engine.py")

"""Downloads that mix the facts of the layouts in further ways, each with what a person finds in it."""

import random

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.tests.submission.download.downloads import (
    ENGINE,
    by_key,
    engine,
    odd,
    taken,
    zipped,
)

CANVAS = "Student,ID,SIS User ID,Section\n"
MOODLE = "Identifier,Full name,Status\n"

# Names of files; then the file that is run for each student, "" for none.
LAYOUTS = {
    "canvas: a name of digits alone": ("123_500101_9_e.py", {"500101": "e.py"}),
    "canvas: a file name of numbers": ("ada_500101_9_1_2_3.py", {"500101": "1_2_3.py"}),
    "canvas: a file name with a dash and numbers": (
        "ada_500101_9_hw-2-3-4.py",
        {"500101": "hw-2-3.py"},
    ),
    "canvas: two numbers of files in a name": ("ada_500101_9_8_e.py", {"500101": "8_e.py"}),
    "canvas: an upper case suffix": ("ada_500101_9_E.PY", {"500101": "E.py"}),
    "canvas: the eighth upload": (
        "ada_5_9_e-3f1d2c4b-5a69-4788-9abc-def012345678.tar.py",
        {"5": "e.tar.py"},
    ),
    "canvas: a student's own -8": ("ada_5_9_e-8.py", {"5": "e-8.py"}),
    "canvas: anonymous text beside a file": (
        "anon_aB3dE_text.html anon_aB3dE_7_e.py",
        {"aB3dE": "e.py"},
    ),
    "canvas: anonymous in both cases": (
        "anon_aB3dE_7_e.py anon_Ab3De_8_e.py",
        {"Ab3De": "e.py", "aB3dE-ec493440": "e.py"},
    ),
    "canvas: a link that looks like a file": ("ada_5_9_link.html", {"5": ""}),
    "canvas: a student called late": (
        "late_5_9_e.py late_LATE_6_8_e.py",
        {"5": "e.py", "6": "e.py"},
    ),
    "canvas: in a folder of macOS": ("hw/ada_5_9_e.py __MACOSX/hw/._ada_5_9_e.py", {"5": "e.py"}),
    "canvas: a rubric beside": ("ada_5_9_e.py rubric.pdf grades.csv", {"5": "e.py"}),
    "moodle: a file called like a plugin": (
        "Ada_9_assignsubmission_file_assignsubmission_file.py",
        {"9": "assignsubmission_file.py"},
    ),
    "moodle: a student with a number in the name": (
        "Ada_7_9_assignsubmission_file/e.py",
        {"9": "e.py"},
    ),
    "moodle: leading zeros": ("Ada_009_assignsubmission_file/e.py", {"009": "e.py"}),
    "moodle: another plugin": ("Ada_9_assignsubmission_codehandin_/e.py", {"9": ""}),
    "moodle: folders and flat files": (
        "A_1_assignsubmission_file/e.py B_2_assignsubmission_file_e.py",
        {"1": "e.py", "2": "e.py"},
    ),
    "moodle: a file in two folders": (
        "A_1_assignsubmission_file/src/e.py A_1_assignsubmission_file/e.py",
        {"1": "e.py"},
    ),
    "brightspace: a name of numbers": (
        "7-9 - 12-34 - 5 - Jan 2, 2026 905 AM/e.py".replace(" ", "~"),
        {"7": "e.py"},
    ),
    "brightspace: midnight and noon": (
        "7-9~-~A~-~Jan~2,~2026~1215~AM/a.py 7-9~-~A~-~Jan~2,~2026~1214~PM/b.py",
        {"7": "b.py"},
    ),
    "brightspace: years": (
        "7-9~-~A~-~Dec~31,~2025~1159~PM/a.py 7-9~-~A~-~Jan~1,~2026~1200~AM/b.py",
        {"7": "b.py"},
    ),
    "plain: a file and a folder of one name": (
        "ada.py ada/e.py",
        {"ada": "e.py", "ada.py": "ada.py"},
    ),
    "plain: dates in names": (
        "hw_2026_11_20.py engine-2026-11-20.py e_20_11_2026_2.py",
        {
            "hw_2026_11_20": "hw_2026_11_20.py",
            "engine-2026-11-20": "engine-2026-11-20.py",
            "e_20_11_2026_2": "e_20_11_2026_2.py",
        },
    ),
    "plain: an exported notebook, and notes": (
        "ada.txt notes.md bob/e.py",
        {"ada": "ada.txt", "bob": "e.py"},
    ),
    "plain: leading zeros": ("007.py 7.py", {"007": "007.py", "7": "7.py"}),
    "plain: code below folders of tools alone": (
        "ada/venv/e.py ada/node_modules/e.py bob/e.py",
        {"ada": "", "bob": "e.py"},
    ),
    "plain: a test beside the engine": (
        "ada/test_e.txt ada/e.py bob/e.py",
        {"ada": "e.py", "bob": "e.py"},
    ),
    "plain: a copy of Colab": (
        "Copy~of~hw.ipynb.py bob.py",
        {"Copy_of_hw.ipynb-f772af6d": "Copy of hw.ipynb.py", "bob": "bob.py"},
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout(plan, name):
    names, expected = LAYOUTS[name]
    found = plan.names(*(each.replace("~", " ") for each in names.split(" ")))
    assert found.layout.lower() == name.partition(":")[0]
    assert taken(found) == expected


def test_of_several_files_the_one_that_defines_the_class_is_taken(plan):
    other = "class Tensor:\n    def backward(self): pass\n"
    found = plan.folder_with(
        {
            "ada/main.py": f"from lib.engine import Value\n{other}",
            "ada/lib/engine.py": ENGINE,
            "bob/a.py": "x = 1\n",
            "bob/tensor.py": other,
            "eve/a.py": "# class Value\nprint('class Value:')\n",
            "eve/b.py": "class Node: pass\n",
            "kim/engine.txt": f"In [1]: class Value:\n    pass\n\nIn [2]: {engine(7)}",
            "kim/notes.txt": "class Value of mine\n",
            "zoe/notes.txt": "nothing\n",
        }
    )
    assert taken(found) == {
        "ada": "lib/engine.py",
        "bob": "tensor.py",
        "eve": "b.py",
        "kim": "engine.txt",
        "zoe": "",
    }
    assert by_key(found)["ada"].why == "it defines the class Value"
    assert odd(found)["bob"] == odd(found)["eve"] == "no file defines a class Value"
    assert odd(found)["zoe"] == "no code: it holds zoe/notes.txt"


def test_data_in_texts_leaves_room_for_the_engine(plan):
    data = {f"ada/data{n}.txt": b"1 2 3 " * 700_000 for n in range(6)}
    found = plan.folder_with(data | {"ada/engine.py": ENGINE})
    assert taken(found) == {"ada": "engine.py"}
    assert odd(found) == {"ada": "more than 500 files or 20 MiB: the rest is left out"}


def test_any_class_with_backward_will_do_when_none_is_named(plan):
    files = {
        "ada/a.py": "class Value: pass\n",
        "ada/node.py": "class Node:\n    def backward(self): pass\n",
    }
    path = zipped(plan.folder / "submissions.zip", files)
    (found,) = plan.of(path, wanted=None).hand_ins
    assert (found.path.name, found.odd) == ("node.py", ())
    assert found.why == "it defines a class with a method backward"


def test_the_fingerprint_changes_with_the_file_and_with_the_files_that_it_imports(plan):
    files = {
        "ada/engine.py": f"import ops\n{ENGINE}",
        "ada/ops.py": "a = 1\n",
        "ada/notes.py": "b = 1\n",
    }
    first = plan.folder_with(files).hand_ins[0].fingerprint
    assert plan.folder_with(files | {"ada/notes.py": "b = 2\n"}).hand_ins[0].fingerprint == first
    assert plan.folder_with(files | {"ada/ops.py": "a = 2\n"}).hand_ins[0].fingerprint != first


def test_names_of_any_kind_give_a_plan_or_a_sentence(plan):
    parts = "ada 7 500101 _ - . LATE anon aB3dE text.html e.py e-2.py hw.zip / .. ~ assignsubmission_file é"
    chance = random.Random(7)
    for _ in range(60):
        names = {
            "".join(chance.choices(parts.split(" "), k=chance.randint(1, 9)))
            for _ in range(chance.randint(1, 6))
        }
        try:
            found = plan.names(*names)
        except UsageError:
            continue
        keys = [each.key.casefold() for each in found.hand_ins]
        assert len(set(keys)) == len(keys)
        assert all(each.why for each in found.hand_ins)

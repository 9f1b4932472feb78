"""Downloads of Canvas: named, anonymous, of groups, late, handed in again, typed in.

The names follow `lib/content_zipper.rb` and `Attachment.make_unique_filename` of canvas-lms.
"""

import unicodedata

import pytest
from gradconform.harness.tests.submission.download.downloads import (
    ENGINE,
    by_key,
    files_of,
    odd,
    taken,
)

AGAIN = "engine-3f1d2c4b-5a69-4788-9abc-def012345678.py"
NAMED = files_of(
    "beispielada_500101_900001_engine.py",
    f"beispielada_500101_900021_{AGAIN}",
    "ångströmnúñezzoë_LATE_500102_900002_engine.py",
    "oplaceholdersean_500103_900003_engine-2.py",
    "musterjrmax_500104_900004_my.autograd.engine-1.py",
    "名前太郎_500106_900006_エンジン.py",
    "doppelsam_500107_900007_engine.py",
    "doppelsam_LATE_500108_900008_engine.py",
    "mono_500109_900009_hw2_v3_final_2.py",
    "jo_7lee_500110_900010_123_456_engine.py",
)
OTHERS = {
    "oplaceholdersean_500103_900013_notes.txt": "nothing to see\n",
    "liorsample_500112_900012_text.html": "<p>class Value: pass</p>",
    "hyperlink12_500105_text.html": "<p>I could not upload.</p>",
    "semicolon_500111_link.html": "<a href='https://invalid.example/repo'>x</a>",
    "__MACOSX/._beispielada_500101_900001_engine.py": "\0",
}


def test_names_say_who_which_file_and_whether_it_is_late(plan):
    found = plan.zip(NAMED | OTHERS)
    assert (found.layout, found.why[:16]) == ("Canvas", "14 of 14 entries")
    assert taken(found) == {
        "500101": AGAIN,
        "500102": "engine.py",
        "500103": "engine.py",
        "500104": "my.autograd.engine-1.py",
        "500105": "",
        "500106": "エンジン.py",
        "500107": "engine.py",
        "500108": "engine.py",
        "500109": "hw2_v3_final_2.py",
        "500110": "123_456_engine.py",
        "500111": "",
        "500112": "",
    }
    assert [each.key for each in found.hand_ins if each.late] == ["500102", "500108"]
    assert set(odd(found)) == {"500101", "500105", "500111", "500112"}
    assert "several engines" in odd(found)["500101"]
    assert "a text was typed in" in odd(found)["500105"]
    assert "a link was handed in" in odd(found)["500111"]
    assert "no code: it holds liorsample_500112_900012_text.html" in odd(found)["500112"]
    assert "engine-2.py is upload 3 of engine.py" in by_key(found)["500103"].why
    assert by_key(found)["500101"].taken == f"beispielada_500101_900021_{AGAIN}"


def test_anonymous_names_have_late_in_front(plan):
    found = plan.names("anon_q7XzA_900031_engine.py", "LATE_anon_b0Kd9_900032_engine.py")
    assert taken(found) == {"q7XzA": "engine.py", "b0Kd9": "engine.py"}
    assert [each.late for each in found.hand_ins] == [True, False]


def test_a_group_is_one_submission_of_the_member_who_stands_for_it(plan):
    found = plan.zip(
        files_of("teamrot_500101_900041_engine.py")
        | {"teamblau3_LATE_500104_900042_engine.zip": ""}
    )
    assert taken(found) == {"500101": "engine.py", "500104": ""}
    # Canvas takes a page back by this name.
    assert "_500104_900042_" in by_key(found)["500104"].taken
    assert "engine.zip cannot be unpacked: it is damaged" in odd(found)["500104"]


@pytest.mark.parametrize(
    ("name", "key", "late"),
    [
        ("beispielada-500101-900001-engine.py", "500101", False),
        ("beispielada-late-500101-900001-my-engine-2.py", "500101", True),
        ("beispielada_late_500101_900001_engine.py", "500101", True),
        ("LATE-anon-q7XzA-900031-engine.py", "q7XzA", True),
    ],
)
def test_older_exports_separate_by_a_dash(plan, name, key, late):
    (found,) = plan.names(name).hand_ins
    assert (found.key, found.late) == (key, late)


def test_decomposed_letters_are_the_same_name(plan):
    name = unicodedata.normalize("NFD", "núñezzoë_500102_900002_größe.py")
    (found,) = plan.folder_with({name: ENGINE}).hand_ins
    assert found.students[0].name == unicodedata.normalize("NFC", "núñezzoë")
    assert found.path
    assert found.path.name == unicodedata.normalize("NFC", "größe.py")


def test_a_file_that_was_handed_in_again_gets_its_name_back_so_that_others_can_import_it(plan):
    files = {
        "a_7_1_ops-1.py": "half = 0.5\n",
        "a_7_2_engine-1.py": f"from ops import half\n{ENGINE}",
    }
    found = plan.zip(files)
    assert taken(found) == {"7": "engine.py"}
    assert sorted(path.name for path in (found.folder / "7").iterdir()) == ["engine.py", "ops.py"]


def test_no_submission_can_import_the_file_of_another_one(plan):
    files = {"a_7_1_engine.py": f"import sean\n{ENGINE}", "b_8_2_sean.py": "half = 0.5\n"}
    found = plan.folder_with(files)
    assert [path.name for path in (found.folder / "7").iterdir()] == ["engine.py"]

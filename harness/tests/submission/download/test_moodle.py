"""Downloads of Moodle: folders, flat, blind, groups, other languages.

The names follow `mod/assign/classes/downloader.php` of Moodle; PARAM_FILE takes signs out of names.
"""

from gradconform.harness.tests.submission.download.downloads import (
    by_key,
    files_of,
    odd,
    taken,
)

FOLDERS = files_of(
    "Ada Beispiel_9001_assignsubmission_file/engine.py",
    "Zoë Ångström-Núñez_9002_assignsubmission_file_/engine.py",
    "Sean OPlaceholder_9003_assignsubmission_file_/engine.py",
    "Sam Doppel_9007_assignsubmission_file/engine.py",
    "Sam Doppel_9008_assignsubmission_file/engine.py",
    "=HYPERLINK(1,2) Formula_9005_assignsubmission_file/engine (1).py",
    "doe77_Mono_9009_assignsubmission_file/engine.py",
)
OTHERS = {
    "Ada Beispiel_9001_assignsubmission_file/data/notes.txt": "x\n",
    "Sean OPlaceholder_9003_assignsubmission_onlinetext_/onlinetext.html": "<p>above</p>",
}


def test_the_number_in_the_name_says_who(plan):
    found = plan.zip(FOLDERS | OTHERS)
    assert (found.layout, found.why[:14]) == ("Moodle", "8 of 8 entries")
    assert taken(found) == dict.fromkeys(
        ("9001", "9002", "9003", "9007", "9008", "9009"), "engine.py"
    ) | {"9005": "engine (1).py"}
    assert list(odd(found)) == ["9003"]
    assert "a text was typed in" in odd(found)["9003"]


def test_flat_files_keep_the_underscores_of_their_names(plan):
    found = plan.names(
        "Ada Beispiel_9001_assignsubmission_file_engine.py",
        "Zoë Ångström-Núñez_9002_assignsubmission_file_my_engine_v2.py",
        "Zoë Ångström-Núñez_9002_assignsubmission_file_1_2_ops.txt",
        "Sean OPlaceholder_9003_assignsubmission_onlinetext_onlinetext.html",
    )
    assert taken(found) == {"9001": "engine.py", "9002": "my_engine_v2.py", "9003": ""}


def test_blind_and_in_another_language(plan):
    found = plan.names(
        "Participant_9001_assignsubmission_file/engine.py",
        "Teilnehmerin_9004_assignsubmission_file_/engine.py",
        "Participant9005_9005_assignsubmission_file/engine.py",
    )
    assert list(by_key(found)) == ["9001", "9004", "9005"]


def test_a_group_and_a_student_of_one_number_are_two_submissions(plan):
    found = plan.names(
        "Team Rot_77_assignsubmission_file/a.py", "Ada_77_assignsubmission_file/b.py"
    )
    assert sorted(taken(found).values()) == ["a.py", "b.py"]
    assert len({each.key for each in found.hand_ins}) == 2


def test_groups_have_a_number_and_those_without_a_group_none(plan):
    found = plan.names(
        "Team Rot_77_assignsubmission_file/engine.py",
        "Default group_assignsubmission_file/engine.py",
    )
    assert [each.students[0].name for each in found.hand_ins] == ["Team Rot", "Default group"]
    assert found.hand_ins[0].key == "77"
    assert found.hand_ins[1].key.startswith("Default_group-")

"""Grading worksheets of Moodle in several languages: participants, groups, drafts, lateness."""

import pytest
from gradconform.harness.tests.submission.download.downloads import (
    by_key,
    odd,
)

ENGLISH = """\
Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade","Grade can be changed"
"Participant 9001","Ada Beispiel",0012345,ada@invalid.example,"Submitted for grading",,20.00,Yes
"Participant 9002","Sam Doppel",0012346,zoe@invalid.example,"Submitted - 2 days 3 hours late",,20.00,Yes
"Participant 9004","Max Muster, Jr.",0012348,max@invalid.example,"No submission",,20.00,Yes
"Participant 9007","Sam Doppel",0012351,sam@invalid.example,"Draft (not submitted)","line
two",20.00,Yes
"""
GERMAN = """\
\ufeffID,"Vollständiger Name",ID-Nummer,E-Mail-Adresse,Status,Bewertung,Bestwertung,"Kann geändert werden"
Teilnehmer/in9001,"Ada Beispiel",0012345,ada@invalid.example,"Zur Bewertung abgegeben",,"20,00",Ja
Teilnehmer/in9002,"Sam Doppel",0012346,zoe@invalid.example,"Abgegeben - 2 Tage zu spät -  - ",,"20,00",Ja
Teilnehmer/in9004,"Max Muster, Jr.",0012348,max@invalid.example,"Keine Abgabe","12,50","20,00",Ja
Teilnehmer/in9007,"Sam Doppel",0012351,sam@invalid.example,"Entwurf (nicht abgegeben)",,"20,00",Ja
"""
ICELANDIC = """\
Einkunn;Auðkenni;Fullt nafn;Kennitala;Netfang;Staða;Hámark;Má breyta
;Þátttakandi9001;Ada Beispiel;0012345;ada@invalid.example;Skilað;20,00;Já
;"Þátttakandi 9002";Sam Doppel;0012346;zoe@invalid.example;Skilað;20,00;Já
;Þátttakandi9004;Max Muster, Jr.;0012348;max@invalid.example;Ekki skilað;20,00;Já
;Þátttakandi9007;Sam Doppel;0012351;sam@invalid.example;Drög;20,00;Já
"""
BLIND = """\
Identifiant,Statut,Note,"Note maximale","La note peut être modifiée","Dernière modification",-,Feedback
Participant9001,Remis,,"20,00",Oui,-,-,
"Participant 9002","Remis - en retard de 2 jours",,"20,00",Oui,-,-,
Participant9004,"Aucun travail remis",,"20,00",Oui,-,-,
Participant9007,"Brouillon (non remis)",,"20,00",Oui,-,-,
"""
NAMES = (
    "Ada Beispiel_9001_assignsubmission_file/engine.py",
    "Sam Doppel_9002_assignsubmission_file/engine.py",
    "Sam Doppel_9007_assignsubmission_file/engine.py",
)


@pytest.mark.parametrize(
    "sheet", [ENGLISH, GERMAN, ICELANDIC, BLIND], ids="en de is fr-blind".split()
)
def test_the_number_of_the_participant_joins_in_any_language(plan, sheet):
    found = plan.names(*NAMES, sheet=sheet)
    assert list(by_key(found)) == ["9001", "9002", "9007"]
    assert [student.ids["moodle"] for student in found.absent] == ["9004"]
    # The words for late and draft are known in some languages.
    late = [each.key for each in found.hand_ins if each.late]
    drafts = {"9007": "Moodle has it as a draft that was not submitted"}
    assert (late, odd(found)) == (([], {}) if sheet is ICELANDIC else (["9002"], drafts))
    name = by_key(found)["9001"].students[0].name
    assert name == "Ada Beispiel"


def test_a_sheet_of_few_of_the_students_makes_no_groups_of_the_others(plan):
    found = plan.names(*NAMES, sheet="".join(ENGLISH.splitlines(keepends=True)[:2]))
    assert [each.students[0].ids["moodle"] for each in found.hand_ins] == ["9001", "9002", "9007"]
    assert set(odd(found)) == {"9002", "9007"}


GROUPS = """\
Identifier,"Full name","Email address",Status,Group,Grade,"Maximum grade","Grade can be changed"
"Participant 9001","Ada Beispiel",ada@invalid.example,Submitted,Team_Rot,,20.00,Yes
"Participant 77","Zoë Ångström-Núñez",zoe@invalid.example,Submitted,Team_Rot,,20.00,Yes
"Participant 9004","Max Muster, Jr.",max@invalid.example,Submitted,"Default group",,20.00,Yes
"Participant 9005","Sam Doppel",sam@invalid.example,"No submission","Team: Blau",,20.00,Yes
"""


@pytest.mark.parametrize("header", ["Group", "Gruppe", "Hópur"])
def test_each_member_of_a_group_is_a_student_of_its_submission(plan, header):
    # The number of the group is the number of a participant too, who is not the group.
    found = plan.names(
        "Team Rot_77_assignsubmission_file/engine.py",
        "Default group_assignsubmission_file/engine.py",
        "Team Grün_9001_assignsubmission_file/engine.py",
        sheet=GROUPS.replace("Group", header, 1),
    )
    who = {
        each.taken.partition("_")[0]: [s.ids.get("moodle") for s in each.students]
        for each in found.hand_ins
    }
    assert who["Team Rot"] == ["9001", "77"]
    assert who["Default group"] == ["9004"]
    assert (who["Team Grün"], list(odd(found).values())) == (
        [None],
        ["the group Team Grün is not on the sheet"],
    )
    assert [student.ids["moodle"] for student in found.absent] == ["9005"]

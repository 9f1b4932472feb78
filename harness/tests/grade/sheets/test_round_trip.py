"""Only the cells that are listed change: every other byte of a sheet stays, whatever it looks like.

`csv` of the standard library says which cells changed. The bytes are compared with a sheet that was written
by hand with the new cells, or with the old ones put back.
"""

from pathlib import Path

import pytest
from gradconform.harness.grade.sheets.filling import Existing

from .gradings import changed, mark

SAMPLES = Path(__file__).with_name("samples")
CLASS = (
    mark("35/2", key="a", canvas="500101", sis="0012345", login="abeispiel"),
    mark("9.26", key="b", name="Zoë", canvas="500102", sis="0012346"),
    mark("8.75", key="c", name="Max", canvas="500104", sis="0012348"),
    mark("11.5", key="d", name="Sam", canvas="500108", sis="0012352"),
    mark("12.25", key="f", name="Lior", canvas="500112"),
    mark("6.5", key="g", name="Test", canvas="500199"),
)
PARTICIPANTS = (
    mark("35/2", key="a", moodle="9001", email="ada@invalid.example"),
    mark("9.26", key="b", name="Zoë Ångström-Núñez", moodle="9002"),
    mark("11", key="c", name="Sean OPlaceholder", moodle="9003"),
    mark("8.75", key="d", name="Max Muster Jr.", moodle="9004"),
    mark("5", key="e", name="=HYPERLINK(1,2) Formula", moodle="9005"),
    mark("7.11", key="g", name="Sam Doppel", moodle="9007"),
    mark("13.13", key="h", name="Sam Doppel", moodle="9008"),
)
SHEETS = {
    "gradebook-everything.csv": {(3, 9): "17.5"},
    "gradebook-manual-posting.csv": {
        (3, 6): "17.50", (4, 6): "9.26", (6, 6): "8.75", (9, 6): "11.50",
    },
    "gradebook-plain.csv": {(2, 6): "17.50", (3, 6): "9.26", (5, 6): "8.75", (8, 6): "11.50"},
    "gradebook-resaved-by-spreadsheet.csv": {(2, 6): "17.5", (3, 6): "9.26"},
    "gradebook-semicolon-bom.csv": {(2, 6): "17,5"},
    "grades-export.csv": {(1, 5): "17.5", (2, 5): "8.75"},
    "grades-import.csv": {},
    "worksheet-de.csv": {(1, 5): "17,50", (2, 5): "9,26"},
    "worksheet-en-blind.csv": {(1, 2): "17.50"},
    "worksheet-en-group-marker-workflow.csv": {(1, 7): "17.50", (2, 7): "9.26", (3, 7): "8.75"},
    "worksheet-en.csv": {(1, 5): "17.50", (2, 5): "9.26", (7, 5): "13.13"},
    "worksheet-fr.csv": {(1, 4): "17,50"},
}  # fmt: skip


def raw(text, separator):
    quoted = any(sign in text for sign in f' "{separator}')
    return '"' + text.replace('"', '""') + '"' if quoted else text


@pytest.mark.parametrize("name", SHEETS)
def test_the_sheets_of_all_sites_change_in_the_listed_cells_alone(sheet, name):
    before = (SAMPLES / name).read_bytes()
    marks = PARTICIPANTS if name.startswith("worksheet") else CLASS
    wanted = "7002" if name == "gradebook-everything.csv" else ""
    after = sheet.fill(before, *marks, wanted=wanted)
    separator = sheet.filled.sheet.cells.separator
    found = changed(before, after, separator)
    grade = sheet.filled.column.at
    assert {at: text for at, text in found.items() if at[1] == grade} == SHEETS[name]
    feedback = {at for at in found if at[1] != grade}
    assert {row for row, _ in feedback} == (
        {row for row, _ in found} if name.startswith("worksheet") else set()
    )
    assert sorted(found.values()) == sorted(each.after for each in sheet.filled.changes)
    undone = after
    for each in sheet.filled.changes:  # all cells that change were empty
        new = raw(each.after, separator).encode()
        new = b"," * name.startswith("gradebook-resaved") + new  # its rows end before the column
        assert undone.count(new) == 1
        undone = undone.replace(new, b"")
    assert undone == before
    for existing in Existing:
        once = sheet.fill(before, *marks, wanted=wanted, existing=existing)
        assert sheet.fill(once, *marks, wanted=wanted, existing=existing) == once
        assert sheet.filled.changes == []


CANVAS = '''\
Student,ID,SIS User ID,Section,Engine (7)
    Points Possible,,,,20
"Beispiel, Ada",500101,0012345,A,{a}
"Ångström, ""Zoë""",500102,0012346,"A
B",{b}
'''
FORMULA = '"=""500101"""'
COMMA = CANVAS.replace(",,,,20", ",,,,20.0")
ORDER = """\
Engine (7);Section;"ID";Student
20,0;;;    Points Possible
{a};A;500101;Beispiel, Ada

{b};;"500102";Zoë
;;;
"""
BLACKBOARD = """\
"Last Name"	"First Name"	"Username"	"Student ID"	"Engine [Total Pts: 20 Score] |123"
"Beispiel"	"Ada"	"abeispiel"	"0012345"	"{a}"
"Ångström"	"Zoë"	"zoe"	"0012346"	"{b}"
"""
ICELANDIC = """\
Einkunn;Auðkenni;Fullt nafn;Netfang;Staða;Hámark;Má breyta
{a};Þátttakandi9001;Ada Beispiel;ada@invalid.example;Skilað;20,00;Já
{b};"Þátttakandi 9002";Zoë;zoe@invalid.example;Skilað;20,00;Já
"""
QUIRKS = {
    "crlf": (CANVAS.replace("\n", "\r\n"), "utf-8", ("", ""), ("17.5", "9.26")),
    "old Mac": (CANVAS.replace("\n", "\r"), "utf-8", ("", ""), ("17.5", "9.26")),
    "mixed ends": (CANVAS.replace("20\n", "20\r\n"), "utf-8-sig", ("", ""), ("17.5", "9.26")),
    "no end": (CANVAS.removesuffix("\n"), "utf-8", ("1", "-"), ("17.5", "9.26")),
    "utf-16": (COMMA, "utf-16", ("", ""), ("17.5", "9.26")),
    "windows": (CANVAS, "cp1252", ("", '""'), ("17.5", '"9.26"')),
    "sep line": ("sep=;\r\n" + ORDER, "utf-8", ("", "2,5"), ("17,5", "9,26")),
    "order": (ORDER, "utf-8", ('"1"', ""), ('"17,5"', "9,26")),
    "formula": (CANVAS.replace("500101", FORMULA), "utf-8", ("", FORMULA), ("17.5", '"9.26"')),
    "trailing": (CANVAS.replace("}\n", "},,\n") + ",,,,,,\n\n\n", "utf-8", ("", "-"), ("17.5", "9.26")),
    "short": (CANVAS.replace("A,{a}", "A{a}"), "utf-8", ("", ""), (",17.5", "9.26")),
    "shorter": (CANVAS.replace(",A,{a}", "{a}"), "utf-8", ("", ""), (",,17.5", "9.26")),
    "quotes": (CANVAS.replace("A,{a}", '"A"x,{a}'), "utf-8", ('"0"', ""), ('"17.5"', "9.26")),
    "blackboard": (BLACKBOARD, "utf-16", ("", "Needs Grading"), ("17.5", "9.26")),
    "moodle": (ICELANDIC, "utf-8-sig", ("", ""), ("17,50", "9,26")),
}  # fmt: skip


@pytest.mark.parametrize("name", QUIRKS)
def test_every_other_byte_stays(sheet, name):
    template, encoding, old, new = QUIRKS[name]
    before, after = (template.format(a=a, b=b).encode(encoding) for a, b in (old, new))
    marks = PARTICIPANTS if name == "moodle" else CLASS
    assert sheet.fill(before, *marks, existing=Existing.REPLACE) == after
    assert len(sheet.filled.changes) == 2
    assert sheet.fill(after, *marks, existing=Existing.REPLACE) == after


def test_bytes_that_are_no_letter_of_any_encoding_stay(sheet):
    before = CANVAS.format(a="", b="").encode("latin-1").replace(b"Zo", b"Z\x81o")
    after = sheet.fill(before, *CLASS)
    assert after == before.replace(b"A,\n", b"A,17.5\n").replace(b'B",', b'B",9.26')

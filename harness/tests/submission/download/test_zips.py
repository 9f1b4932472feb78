"""Zips that are hostile, damaged or strange: a sentence for the one student, and a plan for the others."""

import os
import stat
import struct
import unicodedata
import zipfile
from io import BytesIO

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.tests.submission.download.downloads import (
    ENGINE,
    engine,
    odd,
    taken,
)

GOOD = "good_1_1_engine.py"


def packed(*members, how=zipfile.ZIP_DEFLATED):
    """Return a zip in memory with these members, which are names or `ZipInfo`s."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w", how) as archive:
        for member, content in members:
            archive.writestr(member, content)
    return data.getvalue()


def link(name, target):
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member, target


def locked(data):
    """Return a zip whose members say that they are encrypted."""
    for at, magic in ((6, b"PK\x03\x04"), (8, b"PK\x01\x02")):
        start = data.index(magic) + at
        data = data[:start] + b"\x01\x00" + data[start + 2 :]
    return data


def crowded(count):
    """Return a zip whose list of files is this long."""
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"x"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(entry) * count, 0, 0)
    return entry * count + end


def large(count):
    """Return a zip with this many files of 4 MiB, which shrink to a fiftieth; one is packed for all."""
    content = (b"x = 0\n" * 9 + os.urandom(2)) * 80_000
    data = packed(("0000.py", content[: 4 << 20]))
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    names = [b"%04d.py" % number for number in range(count)]
    entries = b"".join(
        data[start : start + 42] + struct.pack("<L", start * number) + name
        for number, name in enumerate(names)
    )
    files = b"".join(data[:start].replace(b"0000.py", name, 1) for name in names)
    sizes = struct.pack("<2H2LH", count, count, len(entries), len(files), 0)
    return files + entries + data[end : end + 8] + sizes


BOMB = packed(("engine.py", ENGINE), ("bomb.py", bytes(30 << 20)))
HOSTILE = {
    "outside": (
        packed(("engine.py", ENGINE), ("../../escaped.py", "1"), ("/tmp/escaped.py", "2")),
        "a_9_9_hw.zip/escaped.py leads out of its zip",
    ),
    "windows": (packed(("..\\escaped.py", "1")), "a_9_9_hw.zip/escaped.py leads out of its zip"),
    "link": (
        packed(("engine.py", ENGINE), link("passwd.py", "/etc/passwd")),
        "a_9_9_hw.zip/passwd.py is a link",
    ),
    "bomb": (BOMB, "a_9_9_hw.zip/bomb.py unpacks from"),
    "password": (locked(packed(("engine.py", ENGINE))), "engine.py is locked by a password"),
    "crowded": (crowded(100_000), "a_9_9_hw.zip cannot be unpacked: it holds 100,000 files"),
    "empty": (packed(), "no code: nothing was handed in as a file"),
    "damaged": (
        packed(("engine.py", ENGINE))[:-9],
        "cannot be unpacked: it is damaged, or no zip file",
    ),
    "broken inside": (
        packed(("engine.py", ENGINE * 9)).replace(b"engine.py", b"engine.px", 1),
        "engine.py is damaged in its zip",
    ),
    "rare": (
        packed(("engine.py", ENGINE), how=zipfile.ZIP_BZIP2),
        "engine.py is packed in a rare way",
    ),
    "large": (
        large(70),
        "a_9_9_hw.zip cannot be unpacked: its files of code have more than 256 MiB",
    ),
    "nested": (
        packed(("hw/inner.zip", packed(("engine.py", ENGINE)))),
        "inner.zip (a zip in a zip)",
    ),
    "rar": (packed(("engine.rar", "Rar!")), "engine.rar (an archive that is no zip)"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_a_sentence_for_its_student_alone(plan, name):
    data, said = HOSTILE[name]
    found = plan.zip({GOOD: engine(1), "a_9_9_hw.zip": data})
    assert said in odd(found)["9"]
    assert taken(found) == {
        "1": "engine.py",
        "9": "hw/engine.py" if name in ("outside", "link", "bomb") else "",
    }
    files = [path.name for path in plan.folder.rglob("*") if path.is_file()]
    assert "escaped.py" not in files
    assert not os.path.exists("/tmp/escaped.py")


def test_a_zip_of_a_student_is_unpacked_with_its_folders(plan):
    data = packed(
        ("hw/tinyad/__init__.py", ""), ("hw/tinyad/engine.py", ENGINE), ("hw/__MACOSX/._x", "\0")
    )
    found = plan.zip({"a_9_9_hw.zip": data})
    assert taken(found) == {"9": "hw/hw/tinyad/engine.py"}
    assert found.hand_ins[0].taken == "a_9_9_hw.zip/hw/tinyad/engine.py"
    assert not odd(found)


def test_a_hostile_download_is_refused_or_read_without_the_hostile_part(plan):
    for data, said in (
        (crowded(50_001), "submissions.zip cannot be unpacked: it holds 50,001 files"),
        (b"PK nothing", "submissions.zip cannot be unpacked: it is damaged, or no zip file"),
    ):
        (plan.folder / "submissions.zip").write_bytes(data)
        with pytest.raises(UsageError, match=said):
            plan.of(plan.folder / "submissions.zip")
    data = packed(
        (GOOD, ENGINE), ("../b_2_2_engine.py", engine(2)), link("c_3_3_engine.py", "/etc/passwd")
    )
    (plan.folder / "submissions.zip").write_bytes(data)
    found = plan.of(plan.folder / "submissions.zip")
    assert taken(found) == {"1": "engine.py", "2": "", "3": ""}
    assert "b_2_2_engine.py leads out of its zip" in odd(found)["2"]
    assert "c_3_3_engine.py is a link, and no link is followed" in odd(found)["3"]


def test_a_download_that_is_still_packed_in_a_folder_is_no_student(plan):
    data = packed((GOOD, ENGINE), ("b_2_2_engine.py", engine(2)))
    with pytest.raises(
        UsageError, match=r"submissions\.zip is a download of Canvas in itself: name this zip"
    ):
        plan.folder_with({"submissions.zip": data, "gradebook.csv": ""})


def test_links_in_a_folder_are_not_followed(plan):
    folder = plan.folder / "submissions" / "ada"
    folder.mkdir(parents=True)
    (folder / "engine.py").symlink_to("/etc/passwd")
    (folder.parent / "bob").symlink_to("/")
    assert odd(plan.of(folder.parent)) == {
        "ada": "ada/engine.py is a link, and no link is followed; no code could be read"
    }


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("zoë_1_1_größe.py".encode(), "größe.py"),
        (unicodedata.normalize("NFD", "zoë_1_1_größe.py").encode(), "größe.py"),
        ("zoë_1_1_größe.py".encode("latin-1"), "größe.py"),
        ("zoë_1_1_größe.py".encode("cp437"), "größe.py"),
    ],
    ids=["utf-8", "decomposed", "latin-1", "dos"],
)
def test_names_in_any_encoding_are_read_as_they_were_meant(plan, written, meant):
    plain = "x" * len(written)
    data = packed((plain, ENGINE)).replace(plain.encode(), written)
    (plan.folder / "submissions.zip").write_bytes(data)
    assert taken(plan.of(plan.folder / "submissions.zip")) == {"1": meant}


def test_a_name_on_the_disk_that_is_no_utf_8_is_read(plan):
    folder = plan.folder / "submissions"
    folder.mkdir()
    (folder / os.fsdecode("zoë_1_1_größe.py".encode("latin-1"))).write_text(ENGINE)
    (found,) = plan.of(folder).hand_ins
    assert (found.key, found.path.suffix) == ("1", ".py")
    assert all(
        text.isprintable() for text in (found.taken, found.students[0].name, found.path.name)
    )


def test_a_notebook_full_of_pictures_counts_without_them(plan):
    cell = '{{"cell_type": "code", "source": ["{}"], "outputs": [{{"data": "{}"}}]}}'
    cells = cell.format("class Value: pass", "A" * (51 << 20))
    data = packed(("a_9_9_hw.ipynb", f'{{"cells": [{cells}]}}'), how=zipfile.ZIP_STORED)
    (plan.folder / "submissions.zip").write_bytes(data)
    found = plan.of(plan.folder / "submissions.zip")
    assert (taken(found), odd(found)) == ({"9": "hw.ipynb"}, {})
    assert (found.folder / "9" / "hw.ipynb").stat().st_size < 1000


def test_names_that_a_terminal_would_obey_are_made_harmless(plan):
    found = plan.zip(
        {"a\x1b[2J\n_9_9_\x1b]0;x\x07engine.py": ENGINE, "b_8_8_" + "x" * 300 + ".py": engine(2)}
    )
    for each in found.hand_ins:
        shown = (each.key, each.taken, each.why, *each.odd, each.students[0].name)
        assert all(text.isprintable() for text in shown)
    assert found.hand_ins[0].path.name == "x" * 120 + ".py"


def test_a_folder_that_cannot_be_written_is_one_sentence(plan):
    (plan.folder / "taken").write_text("a file")
    with pytest.raises(UsageError, match="the files of the download cannot be written to"):
        plan.names(GOOD)


def test_the_folder_for_the_files_may_not_lie_in_the_download(plan):
    plan.folder_with({"ada/engine.py": ENGINE})
    with pytest.raises(UsageError, match="taken lies inside of the download"):
        plan.of(plan.folder)

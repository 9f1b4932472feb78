"""Hostile submissions that git cannot store or tools cannot read. They are made when they are needed.

`write_archives` writes every entry of `hostile/corpus.toml` that is marked `made`: files in odd encodings
and of odd names, folders with links and pipes, zips and notebooks. Below 40 MB on disk; nothing in them
is dangerous before it is unpacked, followed or run without a limit.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradconform.harness.tests.isolation import hostile_texts as texts
from gradconform.harness.tests.isolation.hostile_texts import HONEST

GOOD = {"engine.py": HONEST}


def write_archives(folder: Path) -> None:
    """Write all of them into `folder`, which exists and is empty."""
    for made in (
        *(texts.broken, texts.encoded, texts.badly_named, texts.handshakes, texts.slow),
        *(texts.malformed_notebooks, texts.hostile_notebooks),
        *(climbing_zips, swelling_zips, broken_zips),
    ):
        for name, content in made().items():
            (folder / name).write_bytes(content)
    write_folders(folder)
    write_links(folder)
    write_settings(folder / "brings_settings")
    write_neighbours(folder)


def climbing_zips() -> dict[str, bytes]:
    """Archives whose members would be written to other folders, or are links to them."""
    stray = "gradconform-stray-zip"
    climbing = dict.fromkeys((f"../../{stray}.py", f"/tmp/{stray}.py", f"a/../../{stray}"), HONEST)
    windows = dict.fromkeys((rf"..\..\{stray}.py", rf"C:\{stray}.py", "C:engine.py"), HONEST)
    through = {"out": link_to("/tmp"), f"out/{stray}": HONEST}
    long_names = {"y" * 300 + ".py": b"", "x/" * 3000 + "z.py": b"", "\x1b[2J|<b>\n.txt": b""}
    return {
        "climbs.zip": packed({**climbing, **GOOD}),
        "climbs_on_windows.zip": packed({**windows, **GOOD}),
        "is_a_link.zip": packed({"engine.py": link_to("/etc/passwd")}),
        "writes_through_a_link.zip": packed({**through, **GOOD}),
        "long_names.zip": packed({**GOOD, **long_names}),
        "file_and_folder.zip": packed({**GOOD, "engine.py/inner.py": HONEST}),
        "twice.zip": packed(GOOD, {"engine.py": HONEST + b"\n"}),
    }


def swelling_zips() -> dict[str, bytes]:
    """Archives that are much larger than they look, each below a megabyte."""
    zeros = {"data.bin": bytes(200 << 20)}
    crowd = {f"m/{number}.txt": b"" for number in range(10_000)}
    swelling = packed({**GOOD, **zeros})
    return {
        "swells.zip": swelling,
        "swells_in_its_source.zip": packed({"engine.py": HONEST + b"\n" * (200 << 20)}),
        # The offsets of the unpacked size in the two headers: PKWARE APPNOTE 4.3.7 and 4.3.12.
        "lies_about_its_size.zip": patched(swelling, "<I", 22, 24, 10),
        "many_members.zip": packed({**GOOD, **crowd}),
    }


def broken_zips() -> dict[str, bytes]:
    """Archives that cannot be read, or have no engine in them, and two that can be read."""
    good = packed({"hw/engine.py": HONEST})
    return {
        "good.zip": good,
        "from_a_mac.zip": packed(
            {**GOOD, "__MACOSX/._engine.py": b"\0\5\x16\7", ".DS_Store": b"\0"}
        ),
        "zip_in_a_zip.zip": packed({"inner.zip": good}),
        "nothing_in_it.zip": packed({}),
        "truncated.zip": good[: len(good) // 2],
        "no_end.zip": good[:-10],
        "is_no_zip.zip": HONEST,
        "empty.zip": b"",
        # Bit 0 of the flags says encrypted; 99 is the method of WinZip's encryption.
        "encrypted.zip": patched(good, "<H", 6, 8, 1),
        "unknown_method.zip": patched(good, "<H", 8, 10, 99),
        "damaged.zip": good[:60] + bytes(40) + good[100:],
    }


def packed(*groups: Mapping[str, Any]) -> bytes:
    """A zip of the members, in order. A `ZipInfo` stands for a link to the path in its comment."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (item for group in groups for item in group.items()):
            if isinstance(content, zipfile.ZipInfo):
                target, content.filename, content.comment = content.comment, name, b""
                archive.writestr(content, target)
            elif name in archive.namelist():
                add_again(archive, name, content)
            else:
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def add_again(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a second member of the same name, without the warning of zipfile."""
    del archive.NameToInfo[name]
    archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def link_to(target: str) -> zipfile.ZipInfo:
    """A member that is a symbolic link, as Unix zips hold it (mode in the upper half of its attributes)."""
    member = zipfile.ZipInfo()
    member.create_system, member.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    member.comment = target.encode()
    return member


def patched(archive: bytes, form: str, local: int, central: int, value: int) -> bytes:
    """The archive with a field of every local and central header, at these offsets, set to `value`."""
    changed = bytearray(archive)
    for mark, offset in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = changed.find(mark)
        while at >= 0:
            struct.pack_into(form, changed, at + offset, value)
            at = changed.find(mark, at + 4)
    return bytes(changed)


def write_folders(folder: Path) -> None:
    """Write folders without an engine, with 500 engines, and with one in a very deep folder."""
    (folder / "nothing_in_it").mkdir()
    write(folder / "no_python" / "README.txt", b"My engine is in my other bag.\n")
    write(folder / "folder.py" / "engine.py", HONEST)
    write(folder / "deep" / Path(*["x" * 100] * 20) / "engine.py", HONEST)
    for number in range(500):
        own = (
            f"\n\nValue.number = lambda self: {number}\n"  # otherwise all files are the same engine
        )
        write(folder / "crowd" / f"engine_{number}.py", HONEST + own.encode())


def write_links(folder: Path) -> None:
    """Write links, which must not be followed, and named pipes, which must not be waited for."""
    circles = folder / "links_in_circles"
    write(circles / "engine.py", HONEST)
    for name, target in {"again": ".", "itself": "itself", "root": "/", "no": "nowhere.py"}.items():
        (circles / name).symlink_to(target)
    for name, target in {"device": "/dev/zero", "secret": "/etc/passwd"}.items():
        (folder / f"link_to_a_{name}").mkdir()
        (folder / f"link_to_a_{name}" / "engine.py").symlink_to(target)
    (folder / "link_to_a_device.py").symlink_to("/dev/zero")
    (folder / "link_to_nothing.py").symlink_to("nowhere.py")
    (folder / "link_to_itself.py").symlink_to("link_to_itself.py")
    os.mkfifo(folder / "pipe.py")
    (folder / "pipe_in_it").mkdir()
    os.mkfifo(folder / "pipe_in_it" / "engine.py")


def write_neighbours(folder: Path) -> None:
    """Write engines that import files beside them: through a link to another folder, and 48 MiB of files."""
    linking, crowded = folder / "imports_through_a_link", folder / "imports_by_the_dozen"
    write(folder / "elsewhere" / "solution" / "__init__.py", HONEST)
    write(
        linking / "engine.py",
        b"from solution import Value as Own\n\n\nclass Value(Own):\n    pass\n",
    )
    (linking / "solution").symlink_to("../elsewhere/solution")
    names = [f"part_{number}" for number in range(12)]
    write(crowded / "engine.py", HONEST + "".join(f"import {name}\n" for name in names).encode())
    for name in names:
        write(crowded / f"{name}.py", b"")
        os.truncate(crowded / f"{name}.py", 4 << 20)  # takes no room on the disk


def write_settings(folder: Path) -> None:
    """Write an engine beside the files that tools and interpreters read by default."""
    write(folder / "engine.py", HONEST)
    for name in ("conftest", "sitecustomize", "usercustomize", "setup", "__main__", "__init__"):
        write(folder / f"{name}.py", b'raise SystemExit("a file of settings was run")\n')
    write(folder / "x.pth", b"import os; os._exit(0)\n")
    write(folder / "pyproject.toml", b"[tool.gradconform]\nengine = 5\n[broken\n")
    write(folder / "pytest.ini", b"[pytest]\naddopts = --no-such-option\n")
    write(folder / "pyvenv.cfg", b"home = /nowhere\n")


def write(path: Path, content: bytes) -> None:
    """Write a file, and the folders that it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)

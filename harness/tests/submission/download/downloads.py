"""Downloads as sites make them, and the plan of each."""

import zipfile
from pathlib import Path

from gradconform.harness.submission.download.plan import HandIn, Plan
from gradconform.harness.submission.download.planning import plan_of

ENGINE = "class Value:\n    def backward(self):\n        self.grad = 1.0\n"
_UTF8 = 0x800


def engine(number: int) -> str:
    """Return an engine that differs from every other one."""
    return f"{ENGINE}# {number}\n"


def files_of(*names: str) -> dict[str, str]:
    """Return a different engine for each name."""
    return {name: engine(number) for number, name in enumerate(names)}


def zipped(path: Path, files: dict[str, str | bytes]) -> Path:
    """Write a zip with these files, which are names of folders where they end in a slash."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def folder_of(path: Path, files: dict[str, str | bytes]) -> Path:
    """Write a folder with these files."""
    for name, content in files.items():
        place = path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


class Planner:
    """Plans of downloads in one temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def zip(
        self, files: dict[str, str | bytes], sheet: str | bytes = "", wanted: str | None = "Value"
    ) -> Plan:
        return self.of(zipped(self.folder / "submissions.zip", files), sheet, wanted)

    def names(self, *names: str, sheet: str | bytes = "") -> Plan:
        return self.zip(files_of(*names), sheet)

    def folder_with(self, files: dict[str, str | bytes], sheet: str | bytes = "") -> Plan:
        return self.of(folder_of(self.folder / "submissions", files), sheet)

    def of(self, path: Path, sheet: str | bytes = "", wanted: str | None = "Value") -> Plan:
        place = None
        if sheet:
            place = self.folder / "sheet.csv"
            place.write_bytes(sheet if isinstance(sheet, bytes) else sheet.encode())
        return plan_of(path, place, wanted, unpack_to=self.folder / "taken")


def by_key(plan: Plan) -> dict[str, HandIn]:
    """Return the submissions by their keys."""
    return {each.key: each for each in plan.hand_ins}


def taken(plan: Plan) -> dict[str, str]:
    """Return the name of the file that is run in its folder, "" for none, by the keys."""
    return {
        each.key: each.path.relative_to(plan.folder / each.key).as_posix() if each.path else ""
        for each in plan.hand_ins
    }


def odd(plan: Plan) -> dict[str, str]:
    """Return the oddities by the keys, and why there is no file; those without any are left out."""
    said = {
        each.key: [*each.odd, *([each.why] if each.path is None else [])] for each in plan.hand_ins
    }
    return {key: "; ".join(texts) for key, texts in said.items() if texts}

"""Several runs become one, so that their engines are compared in one report.

- `merge`: writes the files of a run from those of several runs. `write_report` makes the views of it.

Engines of one name are kept apart by version, or else by the folders of their runs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import UsageError
from .description_file import DESCRIPTION, SCHEMA, write_json
from .diagnosis_file import DIAGNOSIS, read_diagnosis
from .results_file import RESULTS, writing
from .rows import Row
from .run_files import RunFiles

# Facts that hold for the merged run when they hold for each of its runs.
_COMMON = ("seed", "selection", "tolerances", "limits", "versions", "machine")
_OF_ENGINES = ("schema", "engines", "left_out", "asked_again", "planned", "planned_arrays")
_MOST_NAMES = 3


class _Engine(NamedTuple):
    """An engine of one run: the number of the run, its name there, and its version."""

    run: int
    name: str
    version: str


def merge(runs: Sequence[RunFiles], folder: Path, command: Sequence[str]) -> list[str]:
    """Write `results.jsonl`, `run.json` and `diagnosis.json` of all `runs` into `folder`, which exists.

    `command` is how this was asked for. Return sentences about engines that have another name now, and about
    differences between the runs; `run.json` has them as `remarks`. Raises UsageError when a file cannot be
    read or written, or one run was named twice.
    """
    labels = _labels(runs)
    digests = _Digests()
    contents = [_Content.of(run, digests) for run in runs]
    names, said = _names(contents, labels)
    with writing(folder), (folder / RESULTS).open("wb") as merged:
        for number, (run, content) in enumerate(zip(runs, contents, strict=True)):
            merged.writelines(_lines(run, number, content, names))
    said += [*_unlike(runs, labels), *digests.said()]
    said += [remark for run in runs for remark in run.remarks()]
    findings = [
        {"engine": names[number, engine], "findings": found}
        for number, run in enumerate(runs)
        for engine, found in read_diagnosis(run.folder).items()
        if (number, engine) in names
    ]
    if findings:
        write_json(folder / DIAGNOSIS, {"schema": SCHEMA, "engines": findings})
    write_json(folder / DESCRIPTION, _facts(runs, labels, names, command, said))
    return said


def _labels(runs: Sequence[RunFiles]) -> list[str]:
    """Return a name for each run: that of its folder, or its path where two folders have one name."""
    places = [run.results.resolve() for run in runs]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise UsageError(
                f"{runs[number].shown} was named twice; a run is merged with other ones"
            )
    shown = [place.parent.name for place in places]
    if len({*shown}) < len(shown):
        shown = [run.shown for run in runs]
    return shown if len({*shown}) == len(shown) else [str(place.parent) for place in places]


def _names(
    contents: Sequence[_Content], labels: Sequence[str]
) -> tuple[dict[tuple[int, str], str], list[str]]:
    """Return the new name of each engine by run and name, and a sentence for each that has another one."""
    engines = [
        _Engine(number, name, version)
        for number, content in enumerate(contents)
        for name, version in content.versions.items()
    ]
    counts = Counter(each.name for each in engines)
    with_version = Counter((each.name, each.version) for each in engines)
    names: dict[tuple[int, str], str] = {}
    renamed: dict[str, list[str]] = {}
    taken: set[str] = set()
    for each in engines:
        name = each.name
        if counts[name] > 1:
            # The version of a file is a digest, which tells a person less than the folder of the run does.
            telling = each.version and not each.version.startswith("sha256:")
            alone = telling and with_version[name, each.version] == 1
            name = f"{name} {each.version}" if alone else f"{name} ({labels[each.run]})"
            renamed.setdefault(each.name, []).append(name)
        while name in taken:
            name += " again"
        taken.add(name)
        names[each.run, each.name] = name
    return names, [
        f"{name} is in {len(new)} of the runs; it is called {_listed(new)}"
        for name, new in renamed.items()
    ]


class _Digests:
    """The digest of each case, as it came first, and the cases that have another one elsewhere."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._others: set[str] = set()

    def add(self, row: Row) -> None:
        case, digest = row.values["case"], row.values["digest"]
        if digest and self._first.setdefault(case, digest) != digest:
            self._others.add(case)

    def said(self) -> Iterator[str]:
        if self._others:
            yield (
                f"{len(self._others)} of {len(self._first)} cases have another program or other inputs in "
                "some of the runs, so that their outcomes are not those of one question"
            )


class _Content(NamedTuple):
    """What one pass over a run finds: the version of each engine, and the engines of the lines.

    `versions` has the engines with outcomes, those not reached and those left out. `lines` are pairs: an
    engine, and the number of lines of it that follow.
    """

    versions: dict[str, str]
    lines: list[tuple[str, int]]

    @classmethod
    def of(cls, run: RunFiles, digests: _Digests) -> _Content:
        """Read the run. UsageError when it cannot be read."""
        versions = {each["name"]: each.get("version", "") for each in run.facts.get("engines", [])}
        lines: list[tuple[str, int]] = []
        for rows in run.cases():
            digests.add(rows[0])
            engine = rows[0].values["engine"]
            versions[engine] = rows[0].values["engine_version"]
            before = lines.pop()[1] if lines and lines[-1][0] == engine else 0
            lines.append((engine, before + len(rows)))
        for each in run.facts.get("left_out", []):
            versions.setdefault(each["name"], "")
        return cls(versions, lines)


def _lines(
    run: RunFiles, number: int, content: _Content, names: Mapping[tuple[int, str], str]
) -> Iterator[bytes]:
    """Yield the lines of a run with the new names of its engines."""
    with run.results.open("rb") as file:
        for engine, count in content.lines:
            for line in islice(file, count):
                yield _renamed(line, engine, names[number, engine])


def _renamed(line: bytes, old: str, new: str) -> bytes:
    """Return the line with another engine. A line that gradconform has written begins with the old one."""
    before, after = (f'{{"engine": {json.dumps(name)},'.encode() for name in (old, new))
    if line.startswith(before) and line.endswith(b"\n"):
        return after + line[len(before) :]
    return json.dumps(json.loads(line) | {"engine": new}).encode() + b"\n"


def _unlike(runs: Sequence[RunFiles], labels: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each setting in which the runs differ."""
    for name, found in (
        ("seed", [run.facts.get("seed") for run in runs]),
        (
            "dtype",
            [run.facts.get("selection", {}).get("dtype") or "that of each case" for run in runs],
        ),
        ("tolerance", [_tolerance(run.facts) for run in runs]),
        ("torch", [run.facts.get("versions", {}).get("torch") for run in runs]),
        ("gradconform", [run.facts.get("versions", {}).get("gradconform") for run in runs]),
        ("number of cases", [run.facts.get("selection", {}).get("count") for run in runs]),
    ):
        if len({*map(str, found)}) > 1:
            pairs = [
                f"{'not known' if value is None else value} ({label})"
                for value, label in zip(found, labels, strict=True)
            ]
            yield f"the runs differ in {name}: {_listed(pairs)}"


def _tolerance(facts: Mapping[str, Any]) -> str | None:
    bounds = facts.get("tolerances", {}).get("float64")
    named: str | None = facts.get("selection", {}).get("tolerance")
    return f"rtol {bounds['rtol']:g} for float64" if bounds else named


def _facts(
    runs: Sequence[RunFiles],
    labels: Sequence[str],
    names: Mapping[tuple[int, str], str],
    command: Sequence[str],
    said: Sequence[str],
) -> dict[str, Any]:
    """Return the content of the merged `run.json`."""
    facts: dict[str, Any] = {"schema": SCHEMA, "command": list(command)}
    for key in _COMMON:
        found = [run.facts.get(key) for run in runs]
        if found[0] is not None and all(each == found[0] for each in found):
            facts[key] = found[0]
    facts |= {"engines": [], "left_out": [], "asked_again": {}}
    for (number, old), name in names.items():
        group, entry = _entry(runs[number].facts, old)
        facts[group].append(entry | {"name": name, "run": labels[number]})
        if again := runs[number].facts.get("asked_again", {}).get(old):
            facts["asked_again"][name] = again
    facts["runs"] = [
        {"run": label, **{k: v for k, v in run.facts.items() if k not in _OF_ENGINES}}
        for run, label in zip(runs, labels, strict=True)
    ]
    return facts | {"remarks": list(said), "interrupted": not all(run.complete for run in runs)}


def _entry(facts: Mapping[str, Any], engine: str) -> tuple[str, dict[str, Any]]:
    """Return where an engine stands in the `run.json` of its run, and what is known of it.

    What holds for its run alone, such as the cases that were planned, is added.
    """
    for each in facts.get("left_out", []):
        if each["name"] == engine:
            return "left_out", {"cases": facts.get("selection", {}).get("count", 0), **each}
    planned = {key: facts[key] for key in ("planned", "planned_arrays") if key in facts}
    known = (each for each in facts.get("engines", []) if each["name"] == engine)
    return "engines", planned | next(known, {})


def _listed(texts: Sequence[str]) -> str:
    """Return the texts, the first of them where there are many, as a part of a sentence."""
    if len(texts) > _MOST_NAMES + 1:
        texts = [*texts[:_MOST_NAMES], f"{len(texts) - _MOST_NAMES} more"]
    return " and ".join([", ".join(texts[:-1]), texts[-1]])

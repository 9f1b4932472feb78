"""The plots of the page of a run as pictures: errors in ULP, and which engines fail together.

- `draw`: writes them. It needs matplotlib, which the extra `bench` installs.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..judge.outcome import FAILS_RUN, LACKING, worst
from .results_file import writing
from .rows import read_cases
from .score import Score, Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# As in the page: lines and sets that a person can tell apart, and an error beyond which all are alike.
_MOST_LINES, _MOST_SETS, _MOST_ULP = 60, 15, 1e17
_LONGEST = 40  # characters of a label
_TICKS = (0, 1, 10, 1e3, 1e6, 1e9, 1e12, 1e15)


@dataclass
class _Errors:
    """The errors of some readings in ULP: of those that pass, and of those that fail."""

    passed: array[float] = field(default_factory=lambda: array("d"))
    failed: array[float] = field(default_factory=lambda: array("d"))


class _Found:
    """What one pass over the rows finds of some engines: the errors, and the sets that fail together."""

    def __init__(self, folder: Path, engines: Collection[str]) -> None:
        self.engines: dict[str, dict[str, _Errors]] = {}
        failing: dict[str, list[str]] = {}
        for rows in read_cases(folder):
            first = rows[0].values
            engine = first["engine"]
            if engine not in engines:
                continue
            errors = self.engines.setdefault(engine, defaultdict(_Errors))[first["family"]]
            for _, values in rows:
                bad = values["verdict"] in FAILS_RUN
                if values["max_ulp"] is not None and values["verdict"] not in LACKING:
                    kept = errors.failed if bad else errors.passed
                    kept.append(min(values["max_ulp"], _MOST_ULP))
            if worst([row.values["verdict"] for row in rows]) in FAILS_RUN:
                failing.setdefault(first["case"], []).append(engine)
        self.sets = Counter(tuple(sorted(each)) for each in failing.values())

    def lines(self) -> dict[str, _Errors]:
        """Return the errors of each engine in each family where these are few, else those of each engine."""
        families = sorted({family for errors in self.engines.values() for family in errors})
        if 1 < len(families) <= _MOST_LINES // max(1, len(self.engines)):
            every = {
                f"{family}: {engine}": errors[family]
                for family in families
                for engine, errors in self.engines.items()
                if family in errors
            }
            return {name: each for name, each in every.items() if each.passed or each.failed}
        return {engine: _together(errors) for engine, errors in self.engines.items()}


def _together(families: Mapping[str, _Errors]) -> _Errors:
    found = _Errors()
    for each in families.values():
        found.passed += each.passed
        found.failed += each.failed
    return found


def draw(folder: Path, scores: Sequence[Score]) -> list[Path]:
    """Write `errors.png` of the run in the folder, and `failures.png` where a case fails; return the paths.

    `scores` is the summary. Of more than 60 engines those with the lowest scores are drawn. UsageError when
    matplotlib is missing, or a file cannot be read or written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError("--plots needs matplotlib: pip install 'gradconform[bench]'") from None
    found = _Found(folder, Shown(scores, _MOST_LINES).engines)
    figures: dict[str, Figure] = {}
    if lines := found.lines():
        figures["errors.png"] = figure = Figure(layout="constrained")
        _draw_errors(figure, lines)
    if sets := dict(found.sets.most_common(_MOST_SETS)):
        figures["failures.png"] = figure = Figure(layout="constrained")
        _draw_sets(figure, sets)
    for name, figure in figures.items():
        with writing(folder / name):
            figure.savefig(folder / name, dpi=150)
    return [folder / name for name in figures]


def _draw_errors(figure: Figure, lines: Mapping[str, _Errors]) -> None:
    """Draw a box for what passes (the middle half, its median, and all of it) and a square for a failure."""
    figure.set_size_inches(9, 1.4 + 0.27 * len(lines))
    axis = figure.subplots()
    boxes = [_box(each.passed) for each in lines.values()]
    places = range(len(lines))
    axis.bxp(
        [box for box in boxes if box],
        [place for place, box in zip(places, boxes, strict=True) if box],
        orientation="horizontal",
        showfliers=False,
        widths=0.5,
    )
    for place, each in zip(places, lines.values(), strict=True):
        at = [place] * len(each.failed)
        axis.plot(each.failed, at, "s", color="#b3261e", markersize=4, clip_on=False)
    axis.set_xscale("symlog", linthresh=1)
    axis.set_xlim(-0.2, _MOST_ULP)
    axis.set_xticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    axis.set_yticks(places, map(_label, lines))
    axis.set_ylim(len(lines) - 0.4, -0.6)
    axis.grid(True, axis="x", alpha=0.3)
    axis.set_xlabel("error of a reading in ULP; box: it passes, red square: it fails")


def _box(errors: array[float]) -> dict[str, Any] | None:
    """Return the least, the quartiles and the largest of some errors, as matplotlib takes them."""
    if not errors:
        return None
    ordered = sorted(errors)
    quantiles = (ordered[round(part * (len(ordered) - 1) / 4)] for part in range(5))
    return dict(zip(("whislo", "q1", "med", "q3", "whishi"), quantiles, strict=True))


def _draw_sets(figure: Figure, sets: Mapping[tuple[str, ...], int]) -> None:
    """Draw a line for each set of engines: a dot for each member, and a bar for the cases that all fail."""
    engines = sorted({engine for members in sets for engine in members})
    figure.set_size_inches(3.5 + 0.35 * len(engines), 2.2 + 0.3 * len(sets))
    dots, bars = figure.subplots(1, 2, sharey=True, width_ratios=[0.35 * len(engines), 3.5])
    for place, (members, count) in enumerate(sets.items()):
        at = [engines.index(engine) for engine in members]
        dots.plot(range(len(engines)), [place] * len(engines), "o", color="#d5d9e0")
        dots.plot(at, [place] * len(at), "o-", color="#1b1f27")
        bars.barh(place, count, color="#b3261e" if len(members) == 1 else "#57606e")
        bars.annotate(f" {count}", (count, place), va="center")
    dots.set_xticks(range(len(engines)), map(_label, engines), rotation=60, ha="right")
    dots.set_xlim(-0.6, len(engines) - 0.4)
    dots.set_yticks([])
    dots.set_ylim(len(sets) - 0.4, -0.6)
    bars.set_xlabel("cases that these engines fail, and no other")
    bars.margins(x=0.15)


def _label(name: str) -> str:
    """Return a name for a label, in which a dollar would begin a formula."""
    shown = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return shown.replace("$", r"\$")

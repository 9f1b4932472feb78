"""Two pictures of timings: how the time grows with the size, and an engine's time divided by torch's.

- `draw`: writes them as PNG, and on a page.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..engine.builtin import REFERENCE
from ..errors import UsageError
from .page import write_page
from .tables import power_of_size, resolved

if TYPE_CHECKING:
    import pandas as pd


def draw(table: pd.DataFrame, slopes: pd.DataFrame, folder: Path) -> list[Path]:
    """Write `growth.png`, `ratios.png` and `bench.html`, and return their paths.

    UsageError when matplotlib is missing. OSError when a file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError(
            "the plots need matplotlib: pip install 'gradconform[bench]'; the tables are complete"
        ) from None
    groups = list(dict.fromkeys(table["group"]))
    written, figures = [], {}
    for name, title, draw_one in (
        ("growth", "Seconds", _growth),
        ("ratios", "Divided by torch's time", _ratio),
    ):
        rows = -(-len(groups) // 3)
        figure = Figure(figsize=(12, 3.4 * rows), layout="constrained")
        axes = figure.subplots(rows, 3, squeeze=False, sharey=draw_one is _ratio).flatten()
        for axis, group in zip(axes, groups, strict=False):
            part = table[table["group"] == group]
            axis.set(title=_plain(group), xlabel="size", xscale="log", yscale="log")
            draw_one(axis, part, slopes[slopes["group"] == group])
            _ticks(axis, sorted(set(part["size"])))
        for axis in axes[len(groups) :]:
            axis.set_axis_off()
        if draw_one is _ratio:
            shown = {label: line for axis in axes for line, label in _lines(axis)}
            figure.legend(shown.values(), shown.keys(), loc="outside lower center", ncols=5)
        written.append(folder / f"{name}.png")
        figure.savefig(written[-1], dpi=110)
        figures[title] = figure
    return [*written, write_page(figures, table, slopes, folder)]


def _plain(name: object) -> str:
    """Return a name for a label, in which a dollar would begin a formula."""
    return str(name).replace("$", r"\$")


def _lines(axis: Any) -> list[tuple[Any, str]]:
    return list(zip(*axis.get_legend_handles_labels(), strict=True))


def _ticks(axis: Any, sizes: list[int]) -> None:
    """Label the x axis by the sizes, and the y axis by 1, 2 and 5 times the powers of ten."""
    from matplotlib.ticker import LogLocator, NullFormatter

    axis.set_xticks(sizes, map(str, sizes))
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter("{x:g}")
    axis.yaxis.set_minor_formatter(NullFormatter())
    axis.grid(True, which="major", alpha=0.3)


def _ratio(axis: Any, part: pd.DataFrame, _: pd.DataFrame) -> None:
    for engine, own in part.groupby("engine", sort=False):
        if engine == REFERENCE:
            continue
        color = None
        for phase, line in (("forward", "o--"), ("backward", "o-")):
            # The ratio is NaN where a time is below the resolution. A line would hide that.
            seen = own[own[f"{phase}_ratio"].notna()]
            bars = seen[f"{phase}_ratio"] * _relative_spread(seen, part, phase)
            drawn = axis.errorbar(
                seen["size"], seen[f"{phase}_ratio"], bars,
                fmt=line, color=color, capsize=2, label=f"{_plain(engine)} {phase}",
            )  # fmt: skip
            color = drawn[0].get_color()
    axis.axhline(1, color="black", linewidth=1, label=REFERENCE)
    axis.set_ylabel("times torch's time")


def _relative_spread(seen: pd.DataFrame, part: pd.DataFrame, phase: str) -> pd.Series:
    """The relative spread of a quotient of two times: the two relative spreads, added as squares."""
    reference = part[part["engine"] == REFERENCE].set_index("case")
    of_torch = seen["case"].map(reference[f"{phase}_spread"] / reference[phase])
    return ((seen[f"{phase}_spread"] / seen[phase]) ** 2 + of_torch**2) ** 0.5


def _growth(axis: Any, part: pd.DataFrame, slopes: pd.DataFrame) -> None:
    grown = dict(zip(slopes["engine"], (row for _, row in slopes.iterrows()), strict=True))
    for engine, own in part.groupby("engine", sort=False):
        seen = own[resolved(own, "total")]
        label = f"{_plain(engine)}: power {power_of_size(grown[engine], 'total')}"
        axis.errorbar(
            seen["size"], seen["total"], seen["total_spread"], fmt="o-", capsize=2, label=label
        )
    axis.set_ylabel("seconds")
    axis.legend(fontsize="small")

"""Two pictures of timings: an engine's time divided by torch's, and how the time grows with the size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.engine.builtin import REFERENCE
from harness.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


def draw(table: pd.DataFrame, slopes: pd.DataFrame, folder: Path) -> list[Path]:
    """Write `ratios.png` and `growth.png` and return their paths. UsageError when matplotlib is missing."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError(
            "the plots need matplotlib: pip install 'gradconform[bench]'; the tables are complete"
        ) from None
    groups = list(dict.fromkeys(table["group"]))
    written = []
    for name, draw_one in (("ratios", _ratio), ("growth", _growth)):
        rows = -(-len(groups) // 3)
        figure = Figure(figsize=(12, 3.4 * rows), layout="constrained")
        axes = figure.subplots(rows, 3, squeeze=False, sharey=draw_one is _ratio).flatten()
        for axis, group in zip(axes, groups, strict=False):
            part = table[table["group"] == group]
            axis.set(title=group, xlabel="size", xscale="log", yscale="log")
            draw_one(axis, part, slopes[slopes["group"] == group])
            _ticks(axis, sorted(set(part["size"])))
        for axis in axes[len(groups) :]:
            axis.set_axis_off()
        if draw_one is _ratio:
            shown = {label: line for axis in axes for line, label in _lines(axis)}
            figure.legend(shown.values(), shown.keys(), loc="outside lower center", ncols=5)
        written.append(folder / f"{name}.png")
        figure.savefig(written[-1], dpi=110)
    return written


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
        if engine != REFERENCE:
            first = axis.plot(own["size"], own["forward_ratio"], "o--", label=f"{engine} forward")
            axis.plot(
                own["size"], own["backward_ratio"], "o-",
                color=first[0].get_color(), label=f"{engine} backward",
            )  # fmt: skip
    axis.axhline(1, color="black", linewidth=1, label=REFERENCE)
    axis.set_ylabel("times torch's time")


def _growth(axis: Any, part: pd.DataFrame, slopes: pd.DataFrame) -> None:
    exponents = slopes.set_index("engine")["total"]
    for engine, own in part.groupby("engine", sort=False):
        label = f"{engine}: size^{exponents[engine]:.2f}"
        axis.plot(own["size"], own["total"], marker="o", label=label)
    axis.set_ylabel("seconds")
    axis.legend(fontsize="small")

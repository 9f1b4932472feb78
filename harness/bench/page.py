"""`bench.html`: the timings of engines as one page that needs no other file.

- `write_page`: writes the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from ..report.html.assets import rendered
from .tables import GROWN, power_of_size, told

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

PAGE = "bench.html"


def write_page(
    figures: Mapping[str, Figure], table: pd.DataFrame, slopes: pd.DataFrame, folder: Path
) -> Path:
    """Write the plots, each under its title, and the table of `growth`. Return the path.

    OSError when the file cannot be written.
    """
    rows, untold = told(slopes)
    grown = [
        [row["group"], row["engine"], *(power_of_size(row, phase) for phase in GROWN)]
        for _, row in rows.sort_values("group", kind="stable").iterrows()
    ]
    page = rendered(
        "bench.html",
        engines=list(dict.fromkeys(table["engine"])),
        cases=table["case"].nunique(),
        plots={title: _inline(title, figure) for title, figure in figures.items()},
        titles=["cases", "engine", *GROWN],
        grown=grown,
        untold=untold,
    )
    path = folder / PAGE
    path.write_text(page, encoding="utf-8")
    return path


def _inline(title: str, figure: Figure) -> str:
    """Return a figure as an SVG element. Its texts stay texts, which can be selected and read aloud."""
    from matplotlib import rc_context

    file = StringIO()
    # With a salt of our own the same figure gives the same text, and no id is in two figures.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": title}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    element = file.getvalue().partition("<svg ")[2]
    element = re.sub(r"<metadata>.*?</metadata>", "", element, count=1, flags=re.DOTALL)
    # These ids are counted anew in each figure, and nothing refers to them.
    element = re.sub(r'<g id="[^"]+_\d+"', "<g", element)
    return f'<svg role="img" aria-label="{title}" {element}'

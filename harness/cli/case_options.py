"""The options that choose cases and their inputs, for every command that runs or shows cases.

- `selection_options`: adds all options that choose cases to a command. `selection_from`: their values.
- The other options stand alone, for commands that have only some of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from ..program.arrays import RUN_DTYPES
from .together import together
from .value_types import EXISTING_FILE

if TYPE_CHECKING:
    from ..catalogue.selection import Selection

_DTYPES = click.Choice(RUN_DTYPES)
# The names in `harness.catalogue.tolerance.BOUNDS`, which would take long to import.
TOLERANCES = ("measured", "torch")

cases_option = click.option(
    "--cases",
    "globs",
    multiple=True,
    metavar="GLOB",
    help="Only cases whose id matches. May be given several times.",
)
tag_option = click.option(
    "--tag",
    "tags",
    multiple=True,
    help="Only cases with this tag or level. With several, a case must have all of them.",
)
seed_option = click.option(
    "--seed", default=0, show_default=True, help="The seed of the random inputs."
)
preferred_dtype_option = click.option(
    "--dtype",
    type=_DTYPES,
    help="The dtype of the inputs. By default the one that an engine prefers.",
)
tolerance_option = click.option(
    "--tolerance",
    type=click.Choice(TOLERANCES),
    default=TOLERANCES[0],
    show_default=True,
    help="How near to torch's an answer must be: as near as correct engines are when they are measured, or "
    "the defaults of torch.testing.assert_close, which allow 1e-7 in float64.",
)
fresh_reference_option = click.option(
    "--fresh-reference",
    is_flag=True,
    help="Ask torch for every answer. Without it torch's answers of earlier runs are used, which are kept in "
    "the user's cache folder.",
)
dtype_option = click.option(
    "--dtype", type=_DTYPES, default="float64", show_default=True, help="The dtype of the inputs."
)

# The command gets the values as keyword arguments.
selection_options = together(
    cases_option,
    tag_option,
    click.option(
        "--set",
        "sets",
        multiple=True,
        metavar="NAME",
        help="Only the cases of a ready set: lecture, micrograd, tensor or tutorial. They are asked for.",
    ),
    click.option(
        "--cases-from",
        "files",
        multiple=True,
        type=EXISTING_FILE,
        metavar="FILE",
        help="Only the cases in this file: one id or glob a line, comments after #. They are asked for.",
    ),
    click.option(
        "--ops",
        multiple=True,
        metavar="OP,OP,...",
        help="Only cases on numbers that need no other op, as in add,mul,pow,relu. They are asked for. Add "
        "reflected for numbers on the left (2 * x), neg for -x, pow_by_value for x ** y, arrays for arrays. "
        "cases/README.md has more such words.",
    ),
)


def selection_from(given: Mapping[str, Any]) -> Selection:
    """Return the selection that the options describe."""
    from ..catalogue.selection import Selection

    return Selection(
        **{name: tuple(given[name]) for name in ("globs", "tags", "sets", "files", "ops")}
    )

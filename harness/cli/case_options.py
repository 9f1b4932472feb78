"""The options that choose cases and their inputs, for every command that runs or shows cases."""

from __future__ import annotations

import click

from ..program.arrays import RUN_DTYPES

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
dtype_option = click.option(
    "--dtype", type=_DTYPES, default="float64", show_default=True, help="The dtype of the inputs."
)

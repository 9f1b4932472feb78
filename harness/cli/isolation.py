"""The options about untrusted engines, which every command that runs engines has.

- `isolation_options`: adds them to a command. `isolation_from`: their values as `Isolation`.
- `dask_option`: other machines run the engines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from ..errors import UsageError
from ..isolation.limits import (
    LEAST_MEMORY,
    LONGEST,
    MIB,
    MOST_MEMORY,
    SHORTEST,
    Limits,
    limited,
)
from ..isolation.options import WALLS, Isolation, allowed, variables_from
from ..text import words
from .together import together
from .value_types import EXISTING_FILE, Seconds

if TYPE_CHECKING:
    from ..run.engine_name import EngineName
    from ..submission.files import Submission

_DEFAULTS = Limits()


class _OfUntrusted(click.Option):
    """An option that means nothing for the engines of gradconform."""


_option = partial(click.option, cls=_OfUntrusted)

# The command gets the values as keyword arguments.
isolation_options = together(
    _option(
        "--isolation",
        type=click.Choice(WALLS),
        default="auto",
        show_default=True,
        help="The sandbox of an engine that is not built in. auto is the strongest that works here; "
        "none runs the engine in the process of gradconform.",
    ),
    _option(
        "--allow",
        multiple=True,
        metavar="PACKAGE",
        help="A package that the engine may import besides numpy, with the packages that it needs. May be "
        "given several times.",
    ),
    _option(
        "--env",
        "variables",
        multiple=True,
        metavar="NAME=VALUE",
        help="An environment variable for the engine, which sees no other. May be given several times.",
    ),
    _option(
        "--path",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        help="A folder from which the engine may import, such as src. May be given several times.",
    ),
    _option(
        "--adapter",
        type=EXISTING_FILE,
        help="A file of yours with an Engine class. It imports the engine from the module `submission`.",
    ),
    _option(
        "--python",
        metavar="PATH",
        help="The Python interpreter that runs the engine, 3.11 or later, with the packages installed there.",
    ),
    _option(
        "--timeout",
        type=Seconds(min=SHORTEST, max=LONGEST),
        default=_DEFAULTS.case,
        show_default=True,
        help="The longest time in seconds for one case on an engine that is not built in. Waiting for a core "
        "that other processes use does not count.",
    ),
    _option(
        "--timeout-total",
        type=Seconds(min=SHORTEST, max=LONGEST),
        default=_DEFAULTS.engine,
        show_default=True,
        help="The longest time in seconds for all cases together, for each engine that is not built in. It "
        "counts as for --timeout.",
    ),
    _option(
        "--memory",
        type=click.IntRange(min=LEAST_MEMORY, max=MOST_MEMORY),
        default=_DEFAULTS.memory // MIB,
        show_default=True,
        help="The most memory in MiB that an engine that is not built in may use.",
    ),
    _option(
        "--allow-unisolated",
        is_flag=True,
        help="Run several engines that are not built in even if no sandbox works here, and only the limits "
        "of time and memory hold.",
    ),
)


dask_option = _option(
    "--dask",
    metavar="ADDRESS",
    help="A Dask scheduler: tcp://HOST:PORT. Its workers run the engines that are not built in, in a "
    "sandbox of their machine. --path, --python and --allow name what is there. Needs gradconform[dask].",
)


def isolation_from(given: Mapping[str, Any], engines: Sequence[EngineName] = ()) -> Isolation:
    """Return the isolation that the options describe.

    Raises UsageError when an option is given and all `engines` are gradconform's own, for an adapter that is
    no file of code, and for a `--path` that is not there, unless other machines run the engines; EngineError
    for an adapter that cannot be read.
    """
    if engines and all(engine.builtin for engine in engines):
        _check_unused(engines)
    for folder in () if given.get("dask") else given["path"]:
        if not folder.is_dir():
            raise UsageError(f"--path: the folder '{words(str(folder))}' does not exist")
    limits = limited(given["timeout"], given["timeout_total"], given["memory"] * MIB)
    return Isolation(
        wall=given["isolation"],
        allow=allowed(given["allow"]),
        paths=given["path"],
        python=given["python"],
        variables=variables_from(given["variables"]),
        adapter=_adapter(given["adapter"]),
        unisolated=given["allow_unisolated"],
        limits=limits,
    )


def _adapter(path: Path | None) -> Submission | None:
    if path is None:
        return None
    from ..submission.collect import read

    return read(path)


def _check_unused(engines: Sequence[EngineName]) -> None:
    context = click.get_current_context()
    for option in context.command.params:
        given = context.get_parameter_source(str(option.name)) is ParameterSource.COMMANDLINE
        if given and isinstance(option, _OfUntrusted):
            built_in = list(dict.fromkeys(engine.text for engine in engines))
            raise UsageError(
                f"{option.opts[0]} is only for engines that are not built in; "
                f"{', '.join(built_in)} {'are' if len(built_in) > 1 else 'is'} built in"
            )

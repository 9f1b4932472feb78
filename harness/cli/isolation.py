"""Options about strangers' engines, shared by every command that runs some."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.isolation.limits import MIB, Limits
from harness.isolation.options import WALLS, Isolation

_Command = TypeVar("_Command", bound=Callable[..., Any])
_DEFAULTS = Limits()

_OPTIONS = (
    click.option(
        "--isolation",
        type=click.Choice(WALLS),
        default="auto",
        show_default=True,
        help="Walls around an engine that is not built in; auto takes the strongest that works here.",
    ),
    click.option(
        "--allow",
        multiple=True,
        metavar="PACKAGE",
        help="A package that the engine may import, besides numpy; repeatable.",
    ),
    click.option(
        "--adapter",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A file of yours with an Engine class that uses the module `submission`.",
    ),
    click.option(
        "--python",
        metavar="PATH",
        help="Run the engine on this interpreter (3.11 or later), with the packages installed there.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0.1),
        default=_DEFAULTS.case,
        show_default=True,
        help="Seconds for one case on an engine that is not built in.",
    ),
    click.option(
        "--memory",
        type=click.IntRange(min=16),
        default=_DEFAULTS.memory // MIB,
        show_default=True,
        help="MiB that such an engine may ask for.",
    ),
    click.option(
        "--allow-unisolated",
        is_flag=True,
        help="Run several strangers' engines even if nothing but resource limits holds them.",
    ),
)


def isolation_options(command: _Command) -> _Command:
    """Add the options to a command, which gets them as keyword arguments."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def isolation_from(given: Mapping[str, Any]) -> Isolation:
    """What the options say."""
    limits = replace(_DEFAULTS, case=given["timeout"], memory=given["memory"] * MIB)
    return Isolation(
        wall=given["isolation"],
        allow=tuple(dict.fromkeys(("numpy", *given["allow"]))),
        python=given["python"],
        adapter=given["adapter"],
        unisolated=given["allow_unisolated"],
        limits=limits,
    )

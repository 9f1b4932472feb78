"""Options about strangers' engines, shared by every command that runs some."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from harness.errors import UsageError
from harness.isolation.limits import MIB, Limits
from harness.isolation.options import WALLS, Isolation

if TYPE_CHECKING:
    from harness.run.engine_name import EngineName

_Command = TypeVar("_Command", bound=Callable[..., Any])
_DEFAULTS = Limits()
LONGEST = 86_400  # seconds, a day: no clock of the system is set further by mistake
_MOST_MEMORY = 1 << 24  # MiB, more than any machine has, and what the system can still be told


class Seconds(click.FloatRange):
    """A time within bounds, which "nan" is not, although no bound excludes it."""

    name = "seconds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number."""
        found: float = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"a number of seconds was expected; {value} came", param, ctx)
        return found


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
        type=Seconds(min=0.1, max=LONGEST),
        default=_DEFAULTS.case,
        show_default=True,
        help="Seconds for one case on an engine that is not built in.",
    ),
    click.option(
        "--memory",
        type=click.IntRange(min=16, max=_MOST_MEMORY),
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


_NAMES = ("isolation", "allow", "adapter", "python", "timeout", "memory", "allow_unisolated")


def isolation_options(command: _Command) -> _Command:
    """Add the options to a command, which gets them as keyword arguments."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def isolation_from(given: Mapping[str, Any], engines: Sequence[EngineName] = ()) -> Isolation:
    """What the options say. UsageError when one is given and all `engines` are gradconform's own."""
    if engines and all(engine.builtin for engine in engines):
        _check_unused(engines)
    limits = replace(_DEFAULTS, case=given["timeout"], memory=given["memory"] * MIB)
    return Isolation(
        wall=given["isolation"],
        allow=tuple(dict.fromkeys(("numpy", *given["allow"]))),
        python=given["python"],
        adapter=given["adapter"],
        unisolated=given["allow_unisolated"],
        limits=limits,
    )


def _check_unused(engines: Sequence[EngineName]) -> None:
    context = click.get_current_context()
    for name in _NAMES:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(
                f"--{name.replace('_', '-')} is about engines that are not built in; "
                f"{', '.join(dict.fromkeys(engine.text for engine in engines))} came, built in"
            )

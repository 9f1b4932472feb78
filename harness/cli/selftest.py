"""`gradconform selftest`: checks that every known mistake is caught, and that every correct engine passes."""

from __future__ import annotations

import json

import click

from ..report.busy import busy, just_said
from .exit import Exit


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object.")
def selftest(as_json: bool) -> int:
    """Check the catalogue itself, on engines with a known mistake and on correct engines.

    The list shows each mistake, the number of cases that caught it, and the smallest of these cases. The
    exit code is 1 when no case caught a mistake, or when a correct engine fails a core case.
    """
    from ..catalogue.collection import catalogue
    from ..catalogue.reference import Reference
    from ..diagnose.mistake import known_mistakes
    from ..engine.builtin import load
    from ..selftest import CORRECT, Finding, Selftest, document, sentence

    with busy("asking torch about every case"):
        test, findings = Selftest(catalogue(), Reference()), list[Finding]()
    mistakes = known_mistakes()
    with busy("") as now:
        for number, mistake in enumerate(mistakes, 1):
            now.what = f"mistake {number} of {len(mistakes)}: {mistake.name}"
            findings.append(test.find(mistake))
            if not as_json:
                click.echo(sentence(findings[-1]))
                just_said()
        now.what = f"running the correct engines: {', '.join(CORRECT)}"
        alarms = test.alarms(load(name) for name in CORRECT)
    missed = [finding for finding in findings if not finding.sufficient]
    if as_json:
        click.echo(json.dumps(document(findings, alarms), indent=2, allow_nan=False))
    else:
        for alarm in alarms:
            click.echo(f"FALSE ALARM  {alarm.engine} {alarm.case.id}: {alarm.message}")
        caught = len(findings) - len(missed)
        click.echo(f"{caught} of {len(findings)} mistakes caught, {len(alarms)} false alarms")
    return Exit.FAILED if missed or alarms else Exit.PASSED

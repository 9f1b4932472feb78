"""The share of wrong engines whose mistake is named rightly, and what the naming costs.

    python -m gradconform.harness.benchmarks.diagnosis_accuracy [GROUP[/N[+K]] ...]

The groups: `own`, each known mistake in the engine for which it is declared; `closures` and `torch_like`,
known mistakes re-made in other engines; `pairs`, two at once; `unseen`, mistakes that are not known;
`correct`, engines without a mistake. Each engine runs the cases of at most 60 steps and is diagnosed with the
predictions of one run. A known mistake is named when a finding has its op and its kind, and another one when
its formula is said, too. With /N only every Nth engine of the group is run, from the Kth on, so that several
processes can share a group. Times are processor time of this process.
"""

import importlib
import pkgutil
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice

from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference, dtype_for
from gradconform.harness.diagnose.diagnosis import diagnose
from gradconform.harness.diagnose.finding import Confidence, Finding
from gradconform.harness.diagnose.mistake import Mistake, Mistaken, known_mistakes
from gradconform.harness.diagnose.prediction import MOST_STEPS, Predictions
from gradconform.harness.engine import builtin
from gradconform.harness.engine.contract import Engine
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.registry import load
from gradconform.harness.run.runner import run
from gradconform.harness.tests.adapt.test_strangers import CORPUS, FOLDER, HOW
from gradconform.harness.tests.catalogue import correct_engines
from gradconform.harness.tests.diagnose.remade import Edited, closures, each, torch_like
from gradconform.harness.tests.diagnose.remade.pairs import PAIRS
from gradconform.harness.tests.diagnose.remade.unseen import UNSEEN
from rich.console import Console
from rich.progress import track

# For each mistake of an engine: is it what the finding says? And the engine.
Subject = tuple[list[Callable[[Finding], bool]], Callable[[], Engine]]
KNOWN = {mistake.name: mistake for mistake in known_mistakes()}


def of_own() -> Iterator[Subject]:
    """Yield the engines of the known mistakes."""
    for mistake in KNOWN.values():
        yield [naming(mistake)], lambda m=mistake: Mistaken(m, builtin.load(m.engine))


def of_edits(engines: list[Edited]) -> Iterator[Subject]:
    """Yield the engines whose text is edited."""
    for engine in engines:
        yield [naming(KNOWN[name]) for name in engine.mistakes], engine.open


def of_unseen() -> Iterator[Subject]:
    """Yield the engines with mistakes that are not known."""
    for unseen in UNSEEN:
        yield [unseen.is_said_by], unseen.engine.open


def of_correct() -> Iterator[Subject]:
    """Yield the built-in engines, those that are correct in other styles, and the strangers."""
    for name in builtin.BUILTIN:
        yield [], lambda n=name: builtin.load(n)
    for module in pkgutil.iter_modules(correct_engines.__path__):
        name = f"{correct_engines.__name__}.{module.name}"
        yield [], lambda n=name: importlib.import_module(n).engine
    for entry in CORPUS.values():
        path = str(FOLDER / entry["path"])
        yield [], lambda p=path: load(EngineName.parse(p), HOW)


GROUPS: dict[str, Callable[[], Iterator[Subject]]] = {
    "own": of_own,
    "closures": lambda: of_edits(each(closures.PATH, closures.EDITS)),
    "torch_like": lambda: of_edits(each(torch_like.PATH, torch_like.EDITS)),
    "pairs": lambda: of_edits(PAIRS),
    "unseen": of_unseen,
    "correct": of_correct,
}


class Measurement:
    """All subjects are diagnosed with the same predictions."""

    def __init__(self) -> None:
        self._reference = Reference()
        self._cases = [case for case in catalogue() if len(case.program) <= MOST_STEPS]
        self._known = Predictions(self._cases, self._reference)

    def group(self, name: str, every: int = 1, first: int = 0) -> None:
        """Diagnose every so many subjects of a group; print those that were missed, and the figures."""
        named = confirmed = asked = 0
        seconds: list[float] = []
        subjects = list(islice(GROUPS[name](), first, None, every))
        for expected, opened in track(subjects, name, console=Console(stderr=True)):
            engine = opened()
            title = engine.info.name
            findings, took = self.diagnosis(engine)
            seconds.append(took)
            asked += 1
            right = [[f for f in findings if says(f)] for says in expected]
            good = all(right) if expected else not findings
            named += good
            sure = all(any(f.confidence is Confidence.CONFIRMED for f in one) for one in right)
            confirmed += good and sure
            if not (good and sure):
                print(
                    f"{'  unsure' if good else '  MISSED'} {title} ({took:.2f} s): {told(findings)}",
                    flush=True,
                )
        print(
            f"{name}: {named} of {asked} right, {confirmed} of them confirmed; seconds an engine: "
            f"mean {sum(seconds) / asked:.2f}, largest {max(seconds):.2f}",
            flush=True,
        )

    def diagnosis(self, engine: Engine) -> tuple[list[Finding], float]:
        """Return the findings, and the seconds that they took beyond the run."""
        results = run(self._cases, [engine], self._reference, dtype=dtype_for(engine, None))
        outcomes = [outcome for result in results for outcome in result.outcomes]
        started = time.process_time()
        findings = diagnose(outcomes, engine, self._reference, self._known)
        return findings, time.process_time() - started


def naming(mistake: Mistake) -> Callable[[Finding], bool]:
    """Return the test for a finding that has op and kind of the mistake."""
    return lambda finding: (finding.op, finding.kind) == (mistake.op, mistake.kind)


def told(findings: list[Finding]) -> str:
    """Return the findings in one line."""
    return (
        "; ".join(
            f"{f.confidence} {f.op or 'machinery'} {f.kind} [{f.mistake or f.sentence[:60]}] "
            f"{f.explained}/{f.failing}"
            for f in findings
        )
        or "nothing"
    )


if __name__ == "__main__":
    measurement = Measurement()
    for group in sys.argv[1:] or GROUPS:
        name, _, share = group.partition("/")
        every, _, first = share.partition("+")
        measurement.group(name, int(every or 1), int(first or 0))

"""The corpus of hostile and broken engines: contained, not rewarded, and nothing left behind.

What must come out for each is said in `hostile/corpus.toml`, whose header tells what the fields mean.
"""

import fnmatch
import os
import re
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference_cache import ReferenceCache
from gradconform.harness.errors import GradconformError, UsageError
from gradconform.harness.isolation.limits import MIB, Limits
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.isolation.parent import walls
from gradconform.harness.judge.outcome import PASSED, Outcome, Verdict, worst
from gradconform.harness.report.results_file import flattened
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.registry import load
from gradconform.harness.run.runner import run
from gradconform.harness.tests.isolation.hostile_archives import write_archives
from gradconform.harness.tests.isolation.left_behind import Watch, neighbours
from gradconform.harness.text import for_markdown

CORPUS = Path(__file__).parent / "hostile"
REPORTS = Path(__file__).parents[3] / "reports"
SECRET = "swordfish-of-the-hostile-corpus"
# Short limits, because a third of a second shows as well as ten that a loop does not end.
HURRIED = Limits(case=0.3, load=2.0, engine=1.0, cpu=20, memory=256 * MIB)
PATIENT = replace(HURRIED, case=2.0, load=12.0, engine=8.0)
AT_ONCE, BLOCK = 2, 60
# A misbehaviour shows in one case as in a hundred, and five hundred processes answer these.
CASES = (
    "lecture/*",
    "arithmetic/of_two_leaves*",
    "arithmetic/elementwise*",
    "arithmetic/with_a_number*_3]",
    "arithmetic/with_a_constant_on_the_left*",
    "arithmetic/negated*",
    "arithmetic/product_plus_leaf",
)


@dataclass(frozen=True)
class Entry:
    """One engine of the corpus; the fields are those of the file."""

    path: str
    what: str
    load: str
    says: str = ""
    worst: tuple[str, ...] = ()
    passes: str | tuple[str, ...] = "honest"
    wanted: str = ""
    made: bool = False
    wall: str = "each"


@dataclass
class Result:
    """The result of an engine: a sentence, or outcomes by case and `text`, all that a person could read."""

    refused: str = ""
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    seconds: float = 0.0
    text: str = ""

    @property
    def verdicts(self):
        return {id: worst(o.verdict for o in rows) for id, rows in self.outcomes.items()}

    @property
    def passed(self):
        return {id for id, verdict in self.verdicts.items() if verdict in PASSED}

    @property
    def ran(self):
        return [v for v in self.verdicts.values() if v is not Verdict.UNSUPPORTED]


def entries():
    document = tomllib.loads((CORPUS / "corpus.toml").read_text(encoding="utf-8"))
    for given in document["engine"]:
        given["wanted"] = given.pop("class", "")
        yield Entry(**{k: tuple(v) if type(v) is list else v for k, v in given.items()})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    write_archives(folder)
    return folder


@pytest.fixture
def kept(tmp_path_factory, reference):
    """Torch's answers of earlier runs, open as they are while engines run."""
    path = tmp_path_factory.mktemp("cache") / "gradconform" / "reference.sqlite"
    instance = catalogue()["arithmetic/product_plus_leaf"].instance(0, "float64")
    cache = ReferenceCache(path, "key")
    cache.keep({instance.digest: reference(instance)})
    assert cache.find(instance.digest) is not None
    yield path
    cache.close()


class Corpus:
    """The corpus behind one wall."""

    def __init__(self, wall, made, reference):
        self.wall, self.made, self.reference = wall, made, reference
        self.cases = catalogue().select(CASES)
        for case in self.cases:  # before the threads, which share what the reference remembers
            for dtype in ("float64", "float32"):
                self.reference(case.instance(0, dtype))

    def run(self, entry, limits):
        """Load an entry as a grader would and run the cases on it."""
        started, result = time.monotonic(), Result()
        path = (self.made if entry.made else CORPUS) / entry.path
        how = Isolation(wall=self.wall, limits=limits)
        try:
            engine = load(
                EngineName.parse(f"{path}:{entry.wanted}" if entry.wanted else str(path)), how
            )
        except GradconformError as problem:
            result.refused = result.text = str(problem)
        else:
            try:
                for each in run(self.cases, [engine], self.reference):
                    result.outcomes[each.case.id] = list(each.outcomes)
            finally:
                engine.close()
            said = (
                engine.info.found,
                engine.info.version,
                engine.info.supports,
                *engine.info.notes,
                engine.printed(),
            )
            result.text = "\n".join([*said, repr(result.outcomes)])
        result.seconds = time.monotonic() - started
        return result


def deviations(entry, result, honest):
    """Return how the result differs from the corpus: what a slow machine may explain, and the rest."""
    perhaps, surely = [], []
    if SECRET in result.text:
        surely.append("the secret came out")
    if result.refused:
        if "grader-error" in result.refused:
            surely.append(f"the machine is blamed: {result.refused}")
        said = without_name(result.refused, entry)
        if entry.load == "ok":
            perhaps.append(f"not loaded: {said}")
        elif not re.search(entry.says, said):
            perhaps.append(f"says {said!r}")
        return perhaps, surely
    if entry.load == "no-engine":
        surely.append("was loaded")
    verdict = worst(result.verdicts.values())
    if entry.worst and verdict not in entry.worst:
        perhaps.append(f"the worst is {verdict}: {message_of(result, verdict)}")
    if Verdict.HARNESS_ERROR in result.verdicts.values():
        surely.append(f"harness-error: {message_of(result, Verdict.HARNESS_ERROR)}")
    beyond = sorted(id for id in result.passed if not may_pass(id, entry.passes, honest))
    if beyond:
        surely.append(f"passes {len(beyond)} cases that it may not, such as {beyond[0]}")
    return perhaps, surely


def may_pass(id, allowed, honest):
    if isinstance(allowed, str):
        return id in {"none": (), "honest": honest}[allowed]
    return any(fnmatch.fnmatchcase(id, glob) for glob in allowed)


def without_name(sentence, entry):
    name = Path(entry.path).name
    return sentence.replace(name, "").removeprefix(Path(entry.path).stem)


def message_of(result, verdict):
    rows = [(id, o.message) for id, rows in result.outcomes.items() for o in rows]
    id = next(id for id, found in result.verdicts.items() if found is verdict)
    return f"{id}, {max((m for i, m in rows if i == id), key=len)[:150]}"


def too_slow(result):
    """True when time ran out, for which a busy machine may be the reason."""
    late = re.search("took longer|loading took", result.refused)
    return bool(late) or Verdict.TIMEOUT in result.verdicts.values()


def steady(result):
    """Return the outcomes without their times, which differ in each run."""
    return {
        id: [flattened(o) | {"seconds": 0.0} for o in rows] for id, rows in result.outcomes.items()
    }


def write_table(wall, results):
    """Write `reports/hostile-<wall>.md`: one row for each engine, in the order of the corpus."""
    heads = ["path", "what", "what came out", "worst", "passed/ran", "seconds"]
    lines = [f"# Hostile engines behind {wall}", "", row(heads), row("-" * len(heads))]
    for entry, result in results:
        counts = f"{len(result.passed)}/{len(result.ran)}" if result.outcomes else ""
        verdict = worst(result.verdicts.values()) if result.outcomes else ""
        said = result.refused or "loaded"
        cells = (entry.path, entry.what, said, verdict, counts, f"{result.seconds:.1f}")
        lines.append(row(map(shown, cells)))
    (REPORTS / f"hostile-{wall}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def row(cells):
    return f"| {' | '.join(cells)} |"


def shown(text):
    return for_markdown("".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in str(text)))


@pytest.mark.parametrize(
    "wall",
    [
        pytest.param("bubblewrap", marks=pytest.mark.long(150)),
        pytest.param("landlock", marks=pytest.mark.long(60)),
    ],
)
def test_every_hostile_engine_is_contained(wall, made, kept, reference, monkeypatch):
    try:
        walls.chosen(wall)
    except UsageError as problem:
        if "CI" in os.environ:
            raise
        pytest.skip(str(problem))
    monkeypatch.setenv("GRADCONFORM_TEST_SECRET", SECRET)
    corpus, every = Corpus(wall, made, reference), wall == walls.strongest()
    hostile = [entry for entry in entries() if every or entry.wall == "each"]
    control = corpus.run(hostile[0], PATIENT)
    found, results = [], []
    with neighbours(SECRET), Watch(CORPUS, made) as watch:
        for start in range(0, len(hostile), BLOCK):
            block = hostile[start : start + BLOCK]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                done = list(pool.map(lambda entry: corpus.run(entry, HURRIED), block))
            for entry, result in zip(block, done, strict=True):
                perhaps, surely = deviations(entry, result, control.passed)
                if perhaps and too_slow(result):
                    result = corpus.run(entry, PATIENT)
                    perhaps, again = deviations(entry, result, control.passed)
                    surely += again
                found += [f"{entry.path}: {each}" for each in (*perhaps, *surely)]
                results.append((entry, result))
            after = f"after {block[-1].path}"
            if steady(corpus.run(hostile[0], PATIENT)) != steady(control):
                found.append(f"{after} the honest engine's outcomes are others")
            known = "\n".join(found)
            found += [f"{after} {each}" for each in watch.remains() if each not in known]
    write_table(wall, results)
    assert not found, "\n".join(found)


def test_the_engine_that_looks_for_torchs_answers_finds_them_where_no_wall_is(kept, reference):
    """Otherwise it would show nothing that a wall stops it."""
    name = EngineName.parse(str(CORPUS / "reads_the_reference_cache.py"))
    engine = load(name, Isolation(wall="rlimits", limits=PATIENT))
    case = catalogue()["arithmetic/product_plus_leaf"]
    (found,) = run([case], [engine], reference)
    assert found.verdict is Verdict.FAIL
    assert str(kept) in engine.printed()

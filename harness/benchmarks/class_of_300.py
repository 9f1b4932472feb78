"""A class of 300 is generated and graded: the time, its growth with the class, and the memory of the parent.

    python -m gradconform.harness.benchmarks.class_of_300 FOLDER [--students N] [--kill N] [--jobs N]

In the class are engines without a mistake in 20 styles, 30 notebooks, known mistakes re-made in the text of
an engine, 20 pairs of them, mistakes in other styles, 30 hostile engines and 10 that hang. With --students
each kind is there in proportion. With --kill the command is killed so often at random moments and begun
again, and the result is compared with that of one whole grading, apart from times.
"""

import argparse
import itertools
import json
import random
import re
import resource
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

from gradconform.harness.grade.rubric_file import shipped_text, with_secret
from gradconform.harness.tests.adapt.test_strangers import CORPUS
from gradconform.harness.tests.adapt.test_strangers import FOLDER as STRANGERS
from gradconform.harness.tests.diagnose.remade import closures, each
from gradconform.harness.tests.diagnose.remade.pairs import PAIRS
from gradconform.harness.tests.isolation import hostile
from gradconform.harness.tests.small_engines import notebook

HOSTILE = Path(next(iter(hostile.__path__)))
KINDS = {"correct": 20, "notebook": 30, "pair": 20, "hostile": 30, "hangs": 10, "mistake": 190}
ALL = sum(KINDS.values())
HANGING = """
    loop_in_op loop_in_backward loop_in_every_backward loop_in_constructor loop_in_property loop_in_c sleeps
    deadlocks loop_deaf_to_signals loop_at_import
""".split()
NOT_HANGING = re.compile(
    r"loop|sleep|deadlock|bomb|hoard|fork|thread|trickle|stops|asks|fills|many|flood|huge"
)
# What a person changes by mistake, wherever it stands in an engine.
SLIPS = [
    (r"(?<=grad) \+= ", " = "),
    (r" \* (?:out|self|result|node)\.grad\b", ""),
    (r"reversed\((\w+)\)", r"\1"),
    (r"(?<=grad) \+= ", " -= "),
    (r"(?<=grad) \+= ", " += 2 * "),
    (r"math\.exp\(", "0.5 * math.exp("),
    (r"1\.0 if (\w+)\.data > 0", r"1.0 if \1.data < 0"),
]


def correct() -> Iterator[str]:
    """Yield engines without a mistake, each in its own style."""
    for entry in CORPUS.values():
        if entry["kind"] == "scalar" and entry["path"].endswith(".py"):
            yield (STRANGERS / entry["path"]).read_text(encoding="utf-8-sig")


def mistakes() -> Iterator[str]:
    """Yield engines with one mistake: first the known ones, and then slips in engines of all styles."""
    yield from (engine.text() for engine in each(closures.PATH, closures.EDITS))
    for (wrong, right), text in itertools.product(SLIPS, list(correct())):
        for found in re.finditer(wrong, text):
            yield text[: found.start()] + found.expand(right) + text[found.end() :]


def hostile_ones() -> Iterator[str]:
    """Yield hostile engines that come to an end."""
    corpus = tomllib.loads((HOSTILE / "corpus.toml").read_text())["engine"]
    for entry in corpus:
        name = entry["path"]
        if name.endswith(".py") and not entry.get("made") and not NOT_HANGING.search(name):
            yield (HOSTILE / name).read_text(encoding="utf-8")


def generate(folder: Path, students: int) -> None:
    """Write the submissions of a class, of each kind its share, and beside them the rubric."""
    texts = {
        "correct": correct(),
        "notebook": map(notebook, mistakes()),
        "pair": (engine.text() for engine in PAIRS),
        "hostile": hostile_ones(),
        "hangs": ((HOSTILE / f"{name}.py").read_text() for name in HANGING),
        "mistake": mistakes(),
    }
    folder.mkdir(parents=True)
    rubric = with_secret(shipped_text("tutorial"), "of the staff")
    folder.with_name("hw.toml").write_text(rubric, encoding="utf-8")
    for kind, count in KINDS.items():
        ending = "ipynb" if kind == "notebook" else "py"
        for number, text in zip(range(round(count * students / ALL)), texts[kind], strict=False):
            (folder / f"{kind}-{number:03}.{ending}").write_text(text, encoding="utf-8")


def command(download: Path, out: Path, jobs: int) -> list[str]:
    """Return the command that grades the class."""
    asked = ["grade", str(download), "--rubric", str(download.with_name("hw.toml"))]
    asked += ["--out", str(out), "--jobs", str(jobs)]
    return [sys.executable, "-m", "gradconform", *asked]


def graded(download: Path, out: Path, jobs: int) -> None:
    """Grade the class, and print the time and the memory."""
    started = time.monotonic()
    with out.with_suffix(".txt").open("w") as said:
        process = subprocess.Popen(command(download, out, jobs), stdout=said, stderr=said)
        most = watched(process)
    took, count = time.monotonic() - started, len(list(download.iterdir()))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    waited = [limit_of(path) for path in (out / "submissions").glob("hangs-*")]
    print(
        f"{count} submissions, {jobs} at once: {took:.1f} s, {took / count:.3f} s each; exit code "
        f"{process.returncode}; parent at most {most} MiB; {sum(waited):.0f} s in {len(waited)} that hang; "
        f"processor {used.ru_utime + used.ru_stime:.0f} s of processes that were waited for",
        flush=True,
    )


def watched(process: "subprocess.Popen[bytes]") -> int:
    """Return the largest memory of the process itself, in MiB, when it has ended."""
    most, status = 0, Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        if found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text()):
            most = max(most, int(found[1]) >> 10)
        time.sleep(0.2)
    return most


def limit_of(result: Path) -> float:
    """Return the seconds of one submission."""
    with result.open() as file:
        return float(json.loads(file.readline())["seconds"])


def killed(download: Path, out: Path, jobs: int, times: int) -> None:
    """Grade the class with so many kills at random moments."""
    draw = random.Random(0)
    for _ in range(times):
        process = subprocess.Popen(
            command(download, out, jobs), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(draw.uniform(1, 8))
        process.kill()
        process.wait()
    subprocess.run(command(download, out, jobs), stdout=subprocess.DEVNULL, check=False)


def content(out: Path) -> dict[str, str]:
    """Return the files of a grading without times."""
    seconds = re.compile(r'"seconds": [\d.e-]+')
    found = {}
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        text = seconds.sub("", path.read_text())
        if path.name == "scores.csv":
            text = re.sub(r'"\d+\.\d","([^"]*)"$', r'"\1"', text, flags=re.MULTILINE)
        found[str(path.relative_to(out))] = text
    return found


def compare(one: Path, other: Path) -> None:
    """Print which files of two gradings differ."""
    first, second = content(one), content(other)
    differing = [n for n in {*first, *second} if first.get(n) != second.get(n)]
    print(
        f"{one.name} and {other.name}: {len(first)} files, {len(differing)} differ: {differing[:20]}"
    )


def main() -> None:
    """Generate the class, grade it and print what it took."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--students", type=int, default=ALL)
    options.add_argument("--kill", type=int, default=0)
    options.add_argument("--jobs", type=int, nargs="+", default=[2])
    asked = options.parse_args()
    shutil.rmtree(asked.folder, ignore_errors=True)
    download = asked.folder / "download"
    generate(download, asked.students)
    outs = [asked.folder / f"jobs-{jobs}" for jobs in asked.jobs]
    for jobs, out in zip(asked.jobs, outs, strict=True):
        graded(download, out, jobs)
        compare(outs[0], out)
    if asked.kill:
        again = asked.folder / "killed"
        killed(download, again, asked.jobs[0], asked.kill)
        compare(outs[0], again)


if __name__ == "__main__":
    main()

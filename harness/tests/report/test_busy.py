"""A command that works for long says what it does, on standard error and nowhere else."""

import json
import signal
import sys
import time
from pathlib import Path

import pytest
from gradconform.harness.cli import main
from gradconform.harness.report import busy as busy_module
from gradconform.harness.report.busy import busy, heard, just_said, silent
from gradconform.harness.report.progress import progress
from rich.console import Console
from rich.live import Live


@pytest.fixture
def said(tmp_path, monkeypatch):
    """Do work with a file as standard error; gives its lines. They come at once, not after two seconds."""
    monkeypatch.setattr(busy_module, "_PAUSE", 0.02)

    def run(work, place=tmp_path / "said"):
        with open(place, "w") as stream, monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", stream)
            work()
        return place.read_text().splitlines() if place.is_file() else []

    return run


def test_what_is_being_done_is_said_again_and_again(said):
    def work():
        with busy("waiting"), busy(lambda: "waiting for é"), heard():
            time.sleep(0.1)
        time.sleep(0.1)

    told = said(work)
    assert set(told) == {"gradconform: waiting for é (0 s)"}
    assert 1 < len(told) < 8


def test_nothing_is_said_in_silence_or_without_words(said):
    def work():
        with heard(), busy(""):
            time.sleep(0.1)
            with silent(), busy("waiting"):
                just_said()
                time.sleep(0.1)

    assert said(work) == []


def test_beside_a_bar_which_takes_the_place_of_standard_error_the_work_goes_on(said):
    def work():
        for words in ("", "waiting"):
            with Live(console=Console(file=sys.stderr, force_terminal=True)), busy(words), heard():
                time.sleep(0.1)

    assert "gradconform: waiting (0 s)" in "\n".join(said(work))


def test_a_standard_error_that_takes_nothing_ends_no_work(said):
    def work():
        with heard(), busy("waiting"):
            time.sleep(0.1)

    before = signal.getsignal(signal.SIGALRM)
    said(work, Path("/dev/full"))
    assert signal.getsignal(signal.SIGALRM) is before


def test_a_run_that_waits_for_an_engine_says_how_many_are_done(said):
    def work():
        with progress(3, 1, quiet=False) as shown, heard():
            shown.opening("slow")
            shown.left_out("left out broken.py: it has no class")
            shown.finished("fast", "pass")
            time.sleep(0.1)

    assert "gradconform: 2 of 3 engines are done (0 s)" in said(work)


@pytest.mark.parametrize("quiet", [False, True])
def test_a_run_says_what_it_does_and_json_is_alone_on_the_output(
    said, capsys, tmp_path, monkeypatch, quiet
):
    monkeypatch.chdir(tmp_path)

    def work():
        with pytest.raises(SystemExit) as left:
            main(["run", "scalar", "--cases", "lecture/*", "--json", *(["-q"] if quiet else [])])
        assert left.value.code == 0

    told = [line for line in said(work) if line.startswith("gradconform: ")]
    assert json.loads(capsys.readouterr().out)["failed"] is False
    assert bool(told) is not quiet
    assert all(line.endswith(" s)") for line in told)

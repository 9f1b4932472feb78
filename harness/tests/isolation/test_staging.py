"""The temporary folder of a run: none is left behind, whatever ended the run."""

import os
import resource
import sys
import tempfile

import pytest
from gradconform.harness.isolation.parent.staging import Stage, held_folder


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_a_killed_run_left_is_removed_by_the_next(temporary):
    whole, half, empty, own = (
        temporary / f"gradconform-{name}" for name in "whole half empty own".split()
    )
    for folder in (whole, half, empty, own):
        folder.mkdir()
    (whole / "held").touch()
    (whole / "worker").mkdir()
    (half / "locked").touch()
    (own / "notes.txt").touch()  # a folder of the user with an unlucky name
    for folder in (half, own, empty):
        os.utime(folder, (0, 0))
    being_made = temporary / "gradconform-new"
    being_made.mkdir()
    first = Stage()
    assert {*temporary.iterdir()} == {first.folder, being_made, own}
    second = Stage()
    assert first.worker.is_dir()
    for stage in (first, second):
        stage.close()
    assert {*temporary.iterdir()} == {being_made, own}


def test_the_files_of_a_run_are_its_own_and_go_with_it_even_when_it_is_killed(temporary):
    if not (child := os.fork()):
        with held_folder() as folder:
            (folder / "files").mkdir()
            os._exit(0)
    os.waitpid(child, 0)
    (left,) = temporary.iterdir()
    with held_folder() as folder, held_folder() as other:
        assert not left.exists()
        assert {*temporary.iterdir()} == {folder, other}
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not list(temporary.iterdir())


def test_a_stage_that_does_not_fit_is_not_left_half_made(temporary):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            Stage()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(temporary.iterdir())


def test_no_child_compiles_the_sources_where_python_wrote_no_byte_code(temporary, monkeypatch):
    monkeypatch.setattr(sys, "pycache_prefix", str(temporary / "empty"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    stage = Stage()
    try:
        names = {path.name.partition(".")[0] for path in stage.worker.rglob("*.py")}
        compiled = [path.name.partition(".")[0] for path in stage.worker.rglob("*.pyc")]
        assert {*compiled} == names
        assert len(compiled) == len([*stage.worker.rglob("*.py")])
    finally:
        stage.close()
    assert not list(temporary.iterdir())


def test_the_byte_code_of_a_source_that_only_a_child_imports_is_there_for_the_next_run(
    temporary, monkeypatch
):
    monkeypatch.setattr(sys, "pycache_prefix", str(temporary / "cache"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    stages = [Stage(), Stage()]
    written = {path.name: path for path in (temporary / "cache").rglob("*.pyc")}
    for stage in stages:
        for copied in stage.worker.rglob("open_engine.*.pyc"):
            assert copied.read_bytes() == written[copied.name].read_bytes()
        assert len([*stage.worker.rglob("*.pyc")]) == len([*stage.worker.rglob("*.py")])
        stage.close()

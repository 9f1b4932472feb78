"""Several untrusted engines in one run: their names, and how they are kept apart."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from gradconform.harness.errors import NoSuchEngine, UsageError
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.roster import assemble
from gradconform.harness.tests.isolation.hostile_archives import packed
from gradconform.harness.tests.isolation.hostile_texts import HONEST, badly_named
from gradconform.harness.tests.small_engines import works

HOW = Isolation(unisolated=True)
RUN = [sys.executable, "-m", "gradconform", "run", "--allow-unisolated", "--cases", "lecture/*"]


@pytest.fixture
def folder(tmp_path):
    """Two students' files in one folder, and a third in another."""
    (tmp_path / "other").mkdir()
    for name in ("bob.py", "other/bob.py"):
        (tmp_path / name).write_bytes(HONEST)
    (tmp_path / "alice.py").write_text(
        "from bob import Value as V\n\n\nclass Value(V):\n    pass\n"
    )
    return tmp_path


def assembled(texts, how=HOW):
    return assemble([EngineName.parse(text) for text in texts], how)


def names(roster):
    """Open the engines that can be used, and return their columns. The others are in `refused` afterwards."""
    found = []
    for entry in roster.in_turn():
        found.append(entry.column)
        entry.engine.close()
    return found


def test_files_of_one_name_get_as_much_of_their_paths_as_tells_them_apart(folder):
    roster = assembled([f"{folder}/bob.py", f"{folder}/other/bob.py"])
    assert names(roster) == [f"{folder.name}/bob", "other/bob"]


def test_a_file_of_the_current_folder_is_named_without_a_folder_beside_others(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "carol.zip").write_bytes(packed({"engine.py": HONEST}))
    (folder / "dora").mkdir()
    (folder / "dora" / "engine.py").write_bytes(HONEST)
    asked = ["other/bob.py", "bob.py", "carol.zip", "dora"]
    assert names(assembled(asked)) == ["other/bob", "bob", "carol", "dora"]


def test_files_whose_harmless_names_are_the_same_get_numbers(tmp_path):
    paths = [tmp_path / "a\x01.py", tmp_path / "a\x02.py"]
    for path in paths:
        path.write_bytes(HONEST)
    first, second = names(assembled([str(path) for path in paths]))
    assert first != second
    assert (first + second).isprintable()


def test_a_student_cannot_hand_in_what_lies_beside_it(folder):
    roster = assembled([f"{folder}/alice.py", f"{folder}/bob.py"])
    assert names(roster) == ["bob"]
    (why,) = roster.refused.values()
    assert "made inert: bob" in why


def test_a_file_alone_imports_its_neighbours(folder):
    assert names(assembled([f"{folder}/alice.py"])) == ["alice"]


def test_a_folder_of_an_engines_name_is_no_neighbour(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "scalar").mkdir()
    assert names(assembled(["scalar", "alice.py"])) == ["scalar", "alice"]


def test_names_do_not_depend_on_whose_file_can_be_loaded(folder):
    (folder / "broken").mkdir()
    (folder / "broken" / "bob.py").write_text("def f(:")
    specs = [f"{folder}/other/bob.py", f"{folder}/broken/bob.py", f"{folder}/gone/bob.py"]
    roster = assembled(specs)
    assert names(roster) == ["other/bob"]
    assert [roster.column(asked) for asked in roster.refused] == ["gone/bob", "broken/bob"]


def test_a_file_that_is_named_twice_is_one_engine(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert names(assembled(["./bob.py", "bob.py", "other/../bob.py", "scalar"])) == [
        "bob",
        "scalar",
    ]


def test_an_engine_is_not_the_folder_of_its_name(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "scalar").mkdir()
    (folder / "scalar" / "engine.py").write_bytes(HONEST)
    assert names(assembled(["scalar", "./scalar"])) == ["scalar", "./scalar"]


@pytest.mark.parametrize("bad", ["essay.docx", "dangling.py", "typo.py"])
def test_what_is_no_engine_is_left_out_among_others_and_an_error_alone(folder, bad):
    (folder / "essay.docx").write_text("")
    (folder / "dangling.py").symlink_to("nowhere.py")
    roster = assembled([f"{folder}/{bad}", f"{folder}/bob.py"])
    assert names(roster) == ["bob"]
    assert [asked.text for asked in roster.refused] == [f"{folder}/{bad}"]
    with pytest.raises(NoSuchEngine):
        assembled([f"{folder}/{bad}"])


def test_a_wrong_option_is_no_fault_of_any_file(folder):
    how = Isolation(unisolated=True, allow=("numpy", "nosuch"))
    with pytest.raises(UsageError, match="--allow nosuch"):
        names(assembled(["numpy", f"{folder}/bob.py", f"{folder}/alice.py"], how))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_one_process_at_a_time_and_one_for_each_engine(folder):
    for name in ("bob.py", "other/bob.py"):
        (folder / name).write_bytes(HONEST + b"print('loaded')\n")
    before = set(children())
    roster = assembled([f"{folder}/bob.py", f"{folder}/other/bob.py"])
    for entry in roster.in_turn():
        engine = entry.engine
        assert len(set(children()) - before) == 1
        assert works(engine)
        assert engine.printed() == "loaded\n", "it was loaded once"
        engine.close()
    assert set(children()) <= before


def children():
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            status = Path(f"/proc/{name}/stat").read_bytes()
        except OSError:
            continue
        if int(status.rpartition(b")")[2].split()[1]) == os.getpid():
            yield int(name)


@pytest.mark.long(15)
def test_names_of_files_are_harmless_wherever_they_are_shown(tmp_path):
    folder, out = tmp_path / "handed_in", tmp_path / "out"
    folder.mkdir()
    # Another word than that of the hostile corpus, whose test looks for it among the processes.
    names = [name.replace("gradconform-stray", "stray") for name in badly_named()]
    wild = [os.fsencode(name) for name in names if ":" not in name and name.endswith(".py")]
    wild += [b"\xff\xfe.py", b"=1+1.py", b"[red]x[.py", "値".encode() * 84 + b".py"]
    for name in wild:
        (folder / os.fsdecode(name)).write_bytes(HONEST + b"print('here')\n")
    (folder / "\x1b[5mempty.py").write_bytes(b"")
    files = [f"./handed_in/{name}" for name in os.listdir(folder)]
    done = subprocess.run([*RUN, "--out", out, *files], cwd=tmp_path, capture_output=True)
    assert done.returncode == 1
    assert b"left out ./handed_in/ [5mempty.py:  [5mempty.py has no engine" in done.stderr
    for text in [done.stdout, done.stderr, *(path.read_bytes() for path in out.glob("*.*"))]:
        assert b"\x1b" not in text
        text.decode("utf-8")
    assert b"\n=1+1" not in (out / "summary.csv").read_bytes()
    assert "\\[red\\]x" in (out / "summary.md").read_text(encoding="utf-8")
    assert len(list((out / "output").iterdir())) == len(wild)


def test_all_files_of_a_run_are_named_in_one_way(folder):
    (folder / "third").mkdir()
    (folder / "third" / "carl.py").write_bytes(HONEST)
    specs = [f"{folder}/bob.py", f"{folder}/other/bob.py", f"{folder}/third/carl.py"]
    assert names(assembled(specs)) == [f"{folder.name}/bob", "other/bob", "third/carl"]
    assert names(assembled([specs[0], specs[2]])) == ["bob", "carl"]

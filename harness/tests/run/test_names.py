"""A name on the command line never means the work of another person."""

from pathlib import Path

import pytest
from gradconform.harness.tests.small_engines import VALUE

SOME = ("--cases", "arithmetic/product_plus_leaf", "--out", "r")
WRONG = VALUE.replace("self.grad = 1.0", "self.grad = 2.0")


@pytest.fixture
def run(command):
    """Run one case on these engines in a folder of its own; the report is the folder `r`."""
    return lambda *arguments: command("run", *arguments, *SOME)


def test_a_file_whose_name_has_a_colon_is_not_the_work_of_the_one_before_it(run):
    Path("bob.py").write_text(VALUE)
    Path("bob.py:Value").write_text(WRONG)
    code, _, err = run("bob.py:Value")
    assert code == 4
    assert "bob.py:Value: a .py, .ipynb, .txt or .zip file or a folder was expected" in err
    Path("bob.py:Value").unlink()
    Path("bob:Value").mkdir()
    Path("bob:Value/engine.py").write_text(WRONG)
    assert run("bob:Value")[0] == 1
    Path("r/results.jsonl").unlink()
    assert run("bob.py:Value")[0] == 0


@pytest.mark.parametrize("name", ["torch", "numpy", "scalar", "autograd"])
def test_a_folder_that_is_named_like_an_engine_is_not_taken_for_it(run, name):
    Path(name).mkdir()
    Path(name, "engine.py").write_text(WRONG)
    code, _, err = run(name)
    assert code == 4
    assert f"{name} is the name of an engine and of a file or folder here; say ./{name}" in err
    assert run(f"./{name}")[0] == 1


def test_without_a_name_the_built_in_engines_run_whatever_lies_here(run):
    Path("torch").mkdir()
    code, out, _ = run()
    assert code == 0
    assert "numpy" in out


def test_a_link_is_not_followed_to_anothers_work(run):
    Path("bob").mkdir()
    Path("bob/engine.py").write_text(VALUE)
    Path("alice").symlink_to("bob")
    Path("eve.py").symlink_to("bob/engine.py")
    code, out, err = run("bob", "alice", "eve.py")
    assert code == 1
    assert "left out alice: alice is a link; name its target instead: bob\n" in err
    assert "left out eve.py: eve.py is a link; name its target instead: bob/engine.py\n" in err
    assert "alice" not in out


def test_the_name_of_a_link_that_leads_nowhere_cannot_move_the_cursor(run):
    Path("\x1b[31mdangling.py").symlink_to("/nowhere\x1b[0m")
    code, _, err = run("\x1b[31mdangling.py")
    assert code == 4
    assert " [31mdangling.py is a broken link" in err
    code, _, err = run("\x1b[31mnothing.py")
    assert "there is no file or folder  [31mnothing.py" in err

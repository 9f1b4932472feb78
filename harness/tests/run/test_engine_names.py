"""One rule decides what an engine's name means, in every part of gradconform."""

import json
from pathlib import Path

import pytest
from gradconform.harness.errors import NoSuchEngine
from gradconform.harness.tests.small_engines import VALUE

from gradconform import assert_conforms

CASE = "arithmetic/product_plus_leaf"
SOME = ("--cases", CASE, "--isolation", "none")
WRONG = VALUE.replace("self.grad = 1.0", "self.grad = 2.0")
XFAILS = f'[[xfail]]\ncase = "{CASE}"\nreason = "its gradients are twice as large"\n'


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of installed packages; the current folder is another one, and empty."""
    here, site = tmp_path / "here", tmp_path / "site"
    here.mkdir()
    site.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.syspath_prepend(site)
    return site


def install(site, package, *entry_points):
    """Install a module whose gradients are wrong, and announce it under these names."""
    (site / f"{package}.py").write_text(WRONG)
    described = site / f"{package}-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    lines = "".join(f"{name} = {package}:Value\n" for name in entry_points)
    (described / "entry_points.txt").write_text(f"[gradconform.engines]\n{lines}")


def test_an_entry_point_does_not_take_the_expected_failures_of_a_folder_of_its_name(site):
    install(site, "announced", "foo")
    Path("foo").mkdir()
    Path("foo/xfails.toml").write_text(XFAILS)
    with pytest.raises(AssertionError, match="1 of 1 cases fail"):
        assert_conforms("foo", CASE)
    (site / "announced.xfails.toml").write_text(XFAILS)
    (result,) = assert_conforms("foo", CASE)
    assert str(result.verdict) == "xfail"


def test_a_module_does_not_take_the_expected_failures_of_a_file_of_its_name(site):
    install(site, "installed")
    Path("installed").write_text("a file without a suffix is no submission")
    Path("installed.xfails.toml").write_text(XFAILS)
    with pytest.raises(AssertionError, match="1 of 1 cases fail"):
        assert_conforms("installed", CASE)


@pytest.mark.parametrize("name", ["my.engine", "my:engine"])
def test_an_entry_point_is_not_a_file_of_its_name(site, name):
    install(site, "announced", name)
    Path(name).write_text("")
    (site / "announced.xfails.toml").write_text(XFAILS)
    (result,) = assert_conforms(name, CASE)
    assert str(result.verdict) == "xfail"


@pytest.mark.parametrize("name", ["foo.py", "sub/foo"])
def test_what_is_written_as_a_path_is_never_an_entry_point(site, name):
    install(site, "announced", name)
    with pytest.raises(NoSuchEngine, match=f"there is no file or folder {name}"):
        assert_conforms(name, CASE)


def test_a_folder_that_is_missing_heads_a_column_as_one_that_is_there_would(command):
    Path("mine.py").write_text(VALUE)
    code, _, err = command("run", "./gone", "sub/away", "mine.py", *SOME, "--out", "r")
    assert code == 1
    assert "left out ./gone: there is no file or folder ./gone" in err
    left_out = json.loads(Path("r/run.json").read_text())["left_out"]
    assert [engine["name"] for engine in left_out] == ["gone", "away"]


def test_a_missing_file_that_is_named_twice_is_left_out_once(command):
    Path("mine.py").write_text(VALUE)
    command("run", "./gone.py", "gone.py", "mine.py", *SOME, "--out", "r")
    left_out = json.loads(Path("r/run.json").read_text())["left_out"]
    assert [engine["name"] for engine in left_out] == ["gone"]


def test_the_report_of_the_current_folder_is_named_like_its_column(command):
    Path("engine.py").write_text(VALUE)
    assert command("run", ".", *SOME)[0] == 0
    (folder,) = Path("reports").iterdir()
    assert folder.name.endswith(f"_{Path.cwd().name}")


def test_a_module_that_cannot_be_an_engine_is_said_in_a_sentence(command):
    code, _, err = command("xfails", "__main__", *SOME)
    assert code == 4
    assert "there is no engine '__main__'" in err


class TestPlugin:
    """The same rule under pytest, where a relative path in the ini file begins at that file."""

    @pytest.fixture
    def run(self, pytester):
        return lambda *arguments: pytester.runpytest_inprocess(
            "-p",
            "gradconform.harness.plugin",
            "--conform-cases",
            CASE,
            "-p",
            "no:cacheprovider",
            *arguments,
        )

    @pytest.fixture
    def inner(self, pytester, monkeypatch):
        """Calls pytest in a folder below that of the ini file."""
        folder = pytester.mkdir("inner")
        return lambda: monkeypatch.chdir(folder)

    def test_a_file_whose_name_has_a_colon_is_not_a_class_of_another_file(self, run, pytester):
        (pytester.path / "bob.py").write_text(VALUE)
        (pytester.path / "bob.py:Value").write_text(WRONG)
        result = run("--engine", "bob.py:Value")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        said = "bob.py:Value: a .py, .ipynb, .txt or .zip file or a folder was expected"
        assert said in "\n".join([*result.errlines, *result.outlines])

    def test_neither_is_one_that_the_ini_file_names(self, run, pytester, inner):
        pytester.makeini("[pytest]\nengine = bob:Value\n")
        (pytester.path / "bob:Value").mkdir()
        (pytester.path / "bob:Value" / "engine.py").write_text(VALUE)
        inner()
        run().assert_outcomes(passed=1)

    def test_a_folder_beside_the_ini_file_is_not_the_engine_of_its_name(self, run, pytester, inner):
        pytester.makeini("[pytest]\nengine = scalar\n")
        pytester.mkdir("scalar").joinpath("engine.py").write_text(WRONG)
        inner()
        run().assert_outcomes(passed=1)

    def test_a_folder_of_the_ini_file_stays_a_folder(self, run, pytester):
        pytester.makeini("[pytest]\nengine = ./scalar\n")
        pytester.mkdir("scalar").joinpath("engine.py").write_text(WRONG)
        result = run()
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*pytest --engine ./scalar 'gradconform::scalar-*"])

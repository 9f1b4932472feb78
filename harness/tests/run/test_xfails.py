"""Expected failures: refused without a reason, strict, shown apart, never declared by an untrusted engine."""

import json
from pathlib import Path

import pytest
from gradconform.harness.cli import main
from gradconform.harness.errors import UsageError
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.expected_failures import Xfail, Xfails
from gradconform.harness.run.xfail_files import of_engines, own_file, read
from gradconform.harness.tests.small_engines import VALUE

from gradconform import assert_conforms

# Every gradient is one too large.
ENGINE = """
from gradconform.engines.scalar import Scalar


class Wrongly(Scalar):
    name = "wrongly"

    def grad(self, node):
        found = super().grad(node)
        return None if found is None else found + 1
"""
FAILS = "lecture/neuron_with_sigmoid"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "wrongly.py").write_text(ENGINE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def gradconform(*arguments):
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return left.value.code


def run(*arguments):
    cases = ("--cases", FAILS, "--isolation", "none")
    return gradconform("run", "wrongly.py", *cases, "--out", "out", *arguments)


def written(path, text):
    path.write_text(text)
    return path


def toml(case=FAILS, reason="its gradients are one too large"):
    return f'[[xfail]]\ncase = "{case}"\nreason = "{reason}"\nlink = "https://example.org/1"\n'


def test_an_expected_failure_does_not_fail_the_run_and_is_never_a_pass(folder, capsys):
    assert run() == 1
    written(folder / "expected.toml", toml())
    (folder / "out" / "results.jsonl").unlink()
    assert run("--xfails-file", "expected.toml", "--json") == 0
    rows = json.loads(capsys.readouterr().out.partition("{")[2].join(["{", ""]))["summary"]
    counts = next(row for row in rows if row["family"] == "all")
    assert (counts["ran"], counts["passed"], counts["xfailed"], counts["failed"]) == (1, 0, 1, 0)
    shown = (folder / "out" / "summary.md").read_text()
    assert "0/1 (1 xfail)" in shown
    assert "## Expected failures" in shown
    assert "its gradients are one too large" in shown
    assert r"https:\//example.org/1" in shown


def test_a_file_beside_an_engine_is_not_used_by_the_command_and_that_is_said(folder, capsys):
    written(folder / "wrongly.xfails.toml", toml())
    assert run() == 1
    said = capsys.readouterr().err
    assert "wrongly: wrongly.xfails.toml is not used; --xfails-file wrongly" in said
    assert json.loads((folder / "out" / "run.json").read_text())["xfails"] == {}
    (folder / "out" / "results.jsonl").unlink()
    assert run("--xfails-file", "wrongly.xfails.toml") == 0
    said = capsys.readouterr().err
    assert "wrongly: the expected failures are those in wrongly.xfails.toml\n" in said
    assert "not used" not in said
    described = json.loads((folder / "out" / "run.json").read_text())
    assert described["xfails"] == {"wrongly": "wrongly.xfails.toml"}


def test_a_file_inside_a_folder_that_was_handed_in_is_not_used(folder, capsys):
    work, case = folder / "work", "arithmetic/product_plus_leaf"
    work.mkdir()
    written(work / "engine.py", VALUE.replace("self.grad = 1.0", "self.grad = 2.0"))
    written(work / "xfails.toml", toml(case))
    assert gradconform("run", "work", "--cases", case, "--out", "out") == 1
    assert "work/xfails.toml is not used" in capsys.readouterr().err


def test_a_file_beside_an_engine_counts_where_its_code_is_trusted(folder):
    written(folder / "wrongly.xfails.toml", toml())
    (result,) = assert_conforms("wrongly.py", FAILS)
    assert str(result.verdict) == "xfail"
    (found,) = of_engines([EngineName.parse("wrongly.py")], None, [], trusted=False)
    assert (found.entries, found.unused) == ((), Path("wrongly.xfails.toml"))


def test_plain_text_says_the_same(folder):
    text = f"# what we know\n\n{FAILS}  # its gradients are one too large https://example.org/1\n"
    found = read(written(folder / "expected.txt", text))
    expected = Xfail(FAILS, "its gradients are one too large", "https://example.org/1", 3)
    assert found.entries == (expected,)
    assert run("--xfails-file", "expected.txt") == 0


def test_a_pass_that_was_expected_to_fail_fails_the_run(folder, capsys):
    written(folder / "scalar.toml", toml())
    arguments = ("--cases", FAILS, "--xfails-file", "scalar.toml", "--out", "out", "-v")
    assert gradconform("run", "scalar", *arguments) == 1
    said = capsys.readouterr().out
    assert "xpass" in said
    assert f"remove '{FAILS}' from scalar.toml" in said


def test_a_glob_is_strict_for_each_case(folder):
    written(folder / "expected.toml", toml("lecture/*"))
    with pytest.raises(AssertionError, match=r"xpass"):
        assert_conforms("scalar", "lecture/*", xfails="expected.toml")
    results = assert_conforms("wrongly.py", "lecture/*", xfails="expected.toml")
    assert {str(result.verdict) for result in results} == {"xfail"}


def test_what_is_unsupported_stays_unsupported(folder):
    written(folder / "expected.toml", toml("matmul/*"))
    results = assert_conforms("scalar", ["matmul/*", FAILS], xfails="expected.toml")
    assert {str(r.verdict) for r in results} == {"unsupported", "pass"}


# Keys for which tomllib needs a minute, or which are deeper than `repr` can go.
DOTTED, QUOTED = ".".join("a" * 24_000), " . ".join(['"a"'] * 3_000)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.toml", f'\n[[xfail]]\ncase = "{FAILS}"\nreason = " "\n', r"a.toml:2: .* has no reason"),
        ("a.txt", f"\n{FAILS}\n", r"a.txt:2: .* has no reason; write why"),
        ("a.txt", f"{FAILS} #   \n", r"a.txt:1: .* has no reason"),
        ("a.toml", '[[xfail]]\nreason = "r"\n', r"a.toml:1: an entry names no case"),
        ("a.toml", '[[xfail]]\ncase = "a"\nreson = "r"\n', r"a.toml:1: .* reson = 'r' came"),
        ("a.toml", '[[xfail]]\ncase = "a"\nreason = 3\n', r"a.toml:1: .* reason = 3 came"),
        ("a.toml", '[[skip]]\ncase = "a"\n', r"holds \[\[xfail\]\] tables only; skip came"),
        ("a.toml", "[[xfail]\n", r"a.toml is not TOML: .*line 1"),
        ("a.txt", "a/b # x\na/b # y\n", r"a.txt:2: a/b is in line 1 already"),
        ("a.toml", "xfail = [1]\n", r"a.toml:1: an entry is a table; 1 came"),
        ("a.toml", "xfail = 1\n", r"holds \[\[xfail\]\] tables only"),
        ("a.toml", f"a = {'9' * 5_000}\n", r"a.toml is not TOML: "),
        ("a.txt", "#" * ((1 << 20) + 1), r"a.txt is larger than 1 MiB"),
        ("a.toml", f"# a.b\n{DOTTED} = 1", r"a.toml:2: a key has more than 8 parts"),
        ("a.toml", f"[[xfail]]\n{QUOTED} = 1", r"a.toml:2: a key has more than 8 parts"),
        ("a.toml", f"[[xfail]]\nx = {'[' * 400}{']' * 400}", r"a.toml:1: .* x = \[\[\[.* came"),
        ("a.toml", f"[[xfail]]\nx = {'[' * 9_000}", r"a.toml is not TOML: maximum recursion depth"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(tmp_path, name, text, said):
    with pytest.raises(UsageError, match=said):
        read(written(tmp_path / name, text))


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(UsageError, match=r"none\.toml cannot be read: No such file"):
        read(tmp_path / "none.toml")


def test_names_that_match_no_case_are_all_listed(folder, capsys):
    text = toml("kinks/prelu_at_zeroo") + toml() + toml("kinky/*")
    written(folder / "expected.toml", text)
    assert run("--xfails-file", "expected.toml") == 4
    said = capsys.readouterr().err
    assert "line 1: kinks/prelu_at_zeroo (did you mean kinks/prelu_at_zero?)" in said
    assert "line 9: kinky/*" in said
    assert FAILS not in said


def test_of_many_unknown_names_some_are_listed_at_once(folder):
    text = "".join(f"broadcasting/against_an_empty_tensor_of_shape_{n} # r\n" for n in range(400))
    found = read(written(folder / "expected.txt", text))
    with pytest.raises(UsageError, match=r"line 1: .* line 50: .*; 350 more; rename") as refused:
        found.check([])
    # A suggestion takes a tenth of a second.
    assert str(refused.value).count("did you mean") <= 5


def test_texts_of_a_file_are_cut_and_cannot_move_the_cursor(tmp_path):
    evil = '"\\u001b]0;owned\\u0007\\u001b[31mred\\n# 100 %"'
    case = f"[[xfail]]\ncase = {evil}\nreason = {evil}\nlink = {evil}\n"
    (entry,) = read(written(tmp_path / "a.toml", case)).entries
    assert (entry.case + entry.why).isprintable()
    (entry,) = read(written(tmp_path / "b.txt", f"a/b # {'x' * 5_000}")).entries
    assert len(entry.reason) == 300
    for text in (f"{evil} = 1", f"[[xfail]]\n{evil} = {evil}", f"xfail = [{evil}]"):
        with pytest.raises(UsageError) as refused:
            read(written(tmp_path / "c.toml", text))
        assert str(refused.value).isprintable()


def test_an_entry_outside_of_the_selection_is_in_order(folder):
    written(folder / "expected.toml", toml() + toml("kinks/*"))
    assert run("--xfails-file", "expected.toml") == 0


def test_samples_of_torch_are_looked_at_when_some_are_selected():
    entries = Xfails(Path("x"), (Xfail("opinfo/neg[9999]", "r", line=7),))
    entries.check([FAILS])
    entries.check(["opinfo/sin[0]"])
    with pytest.raises(UsageError, match=r"line 7: opinfo/neg\[9999\]"):
        entries.check(["opinfo/neg[0]"])
    nothing = Xfails(Path("x"), (Xfail("opinfo/no_such_op[0]", "r", line=3),))
    with pytest.raises(UsageError, match=r"line 3: opinfo/no_such_op"):
        nothing.check(["opinfo/neg[0]"])


def test_one_file_is_for_one_engine_besides_torch(folder, capsys):
    file = written(folder / "expected.toml", toml())
    engines = [EngineName.parse("torch"), EngineName.parse("wrongly.py")]
    assert [bool(x.entries) for x in of_engines(engines, file, [])] == [False, True]
    assert run("scalar", "--xfails-file", "expected.toml") == 4
    assert "one engine besides torch; 2 were named" in capsys.readouterr().err


def test_a_package_keeps_its_file_in_its_folder(tmp_path, monkeypatch):
    package = tmp_path / "somebodys_engine"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('imported')\n")
    (package / "adapter.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)

    def home(text):
        return own_file(EngineName.parse(text))

    assert home("somebodys_engine") is None
    own = written(package / "xfails.toml", "")
    assert home("somebodys_engine") == own
    assert home(str(package)) == own
    other = written(package / "adapter.xfails.toml", "")
    assert home("somebodys_engine.adapter:Engine") == other
    assert home(f"{package}/adapter.py:Engine") == other


def test_a_draft_lists_what_fails_and_is_refused_until_somebody_writes_why(folder, capsys):
    draft = ("xfails", "wrongly.py", "--isolation", "none", "--cases", "lecture/*")
    assert gradconform(*draft, "-o", "wrongly.xfails.toml") == 0
    text = (folder / "wrongly.xfails.toml").read_text()
    assert f'case = "{FAILS}"\nreason = ""\n' in text
    assert "torch says" in text
    own = ("--xfails-file", "wrongly.xfails.toml")
    assert run(*own) == 4
    assert "has no reason; write why" in capsys.readouterr().err
    (folder / "wrongly.xfails.toml").write_text(text.replace('""', '"known"'))
    assert run(*own) == 0
    capsys.readouterr()
    assert gradconform(*draft) == 0
    assert "[[xfail]]" not in capsys.readouterr().out
    assert gradconform(*draft, "-o", "wrongly.xfails.toml") == 4
    assert "exists already" in capsys.readouterr().err

"""Files, folders and zips: the engine in them is loaded, and a sentence tells of the rest."""

import io
import os
import zipfile

import pytest
from gradconform.harness.errors import EngineError, UsageError
from gradconform.harness.submission.collect import read
from gradconform.harness.submission.files import LARGEST_FILE, MOST_FILES, Submission
from gradconform.harness.submission.loading.unpack import Files
from gradconform.harness.tests.small_engines import OP, VALUE, ask, factor, works
from gradconform.harness.trace import exp


@pytest.mark.parametrize(
    ("content", "noted"),
    [
        (b"\xef\xbb\xbf" + VALUE.encode(), ""),
        (VALUE.replace("\n", "\r\n").encode(), ""),
        (VALUE.replace("\n", "\r").encode(), ""),
        (f"# caf\xe9\n{VALUE}".encode(), ""),
        (f"# -*- coding: latin-1 -*-\n# caf\xe9\n{VALUE}".encode("latin-1"), ""),
        (f"# caf\xe9\n{VALUE}".encode("latin-1"), "engine.py is not UTF-8 and was read as Latin-1"),
        (f"# -*- coding: klingon -*-\n{VALUE}".encode(), "was read as Latin-1"),
        (VALUE.encode("utf-16"), "engine.py is UTF-16"),
    ],
    ids=["mark", "windows", "mac", "utf-8", "declared", "latin-1", "unknown", "utf-16"],
)
def test_a_file_is_read_in_the_encoding_that_it_has(opened, content, noted):
    engine = opened({"engine.py": content})
    assert works(engine)
    assert noted in " ".join(engine.info.notes)
    assert bool(engine.info.notes) == bool(noted)


def test_what_a_file_does_below_the_class_is_a_note(opened):
    below = "x = Value(2.0)\nprint('training', x * x)\nprint(1 / 0)\nprint('never')\n"
    engine = opened({"engine.py": VALUE + below})
    assert works(engine)
    line = len((VALUE + below).splitlines()) - 1
    assert list(engine.info.notes) == [
        f"engine.py, line {line}: ZeroDivisionError: division by zero (`print(1 / 0)`); "
        "still defined: Value"
    ]
    assert engine.printed().startswith("training")
    assert "never" not in engine.printed()


def test_what_stands_under_the_main_guard_does_not_run(opened):
    engine = opened({"engine.py": VALUE + "if __name__ == '__main__':\n    raise SystemExit('no')"})
    assert works(engine)
    assert list(engine.info.notes) == []


def test_an_import_of_torch_that_is_used_below_the_class_only_is_inert_and_said(opened):
    text = (
        "import torch\nimport torch.nn as nn\nfrom torch import optim\n"
        f"{VALUE}\n"
        "class Net(nn.Module):\n    pass\n\n"
        "kind = torch.float64\n"
        "w = torch.tensor([2.0], requires_grad=True)\n"
        f"{OP.format(7.0)}"
    )
    engine = opened({"engine.py": text})
    assert works(engine)
    assert factor(engine) == 7.0
    assert list(engine.info.notes) == [
        "engine.py: torch.tensor was used, and torch is not importable here (--allow torch)",
        "not importable here and made inert: torch",
    ]


def test_an_op_that_computes_with_an_absent_package_is_unsupported_and_says_what_to_allow(opened):
    engine = opened(
        {"engine.py": f"import torch\n{VALUE}\n    def exp(self):\n        return torch.exp(self)"}
    )
    assert works(engine)
    stop = ask(engine, exp, x=1.0).stop
    said = "torch.exp was used, and torch is not importable here (--allow torch)"
    assert (stop.kind, stop.message) == ("unsupported", said)


def test_a_part_of_gradconform_is_imported_from_gradconform_which_no_option_changes(opened):
    text = "from harness import EagerEngine\n\nclass Mine(EagerEngine):\n    def backward(self): pass\n"
    for asked in ("mine.py", "mine.py:Mine"):
        with pytest.raises(EngineError) as problem:
            opened({"mine.py": text}, asked)
        assert "harness is a part of gradconform; import it from there: `from gradconform" in str(
            problem.value
        )
        assert "--allow" not in str(problem.value)


@pytest.mark.parametrize(
    "caught", ["ImportError", "ModuleNotFoundError", "(ImportError, OSError)", ""]
)
def test_an_import_that_is_guarded_fails_as_it_would_anywhere(opened, caught):
    text = (
        f"try:\n    import torch\n    import matplotlib.pyplot as plt\nexcept {caught}:\n    torch = None\n"
        f"{VALUE}\n"
        f"{OP.format('(8.0 if torch is None else 9.0)')}"
    )
    engine = opened({"engine.py": text})
    assert factor(engine) == 8.0
    assert list(engine.info.notes) == []


def test_packages_that_only_draw_or_print_are_silent_and_said(opened):
    text = (
        "import matplotlib.pyplot as plt\nfrom graphviz import Digraph\nfrom tqdm import tqdm, trange\n"
        "from rich import print as show\n"
        f"{VALUE}\n"
        "figure, axes = plt.subplots(2, 2)\naxes[0, 1].plot([1, 2])\nplt.show()\n"
        "with plt.style.context('dark'):\n    Digraph(format='svg').node('a')\n"
        "show('[red]hello')\n"
        "total = sum(tqdm([1, 2])) + sum(trange(3))\n"
        f"{OP.format('float(total)')}"
    )
    engine = opened({"engine.py": text})
    assert factor(engine) == 6.0
    assert list(engine.info.notes) == [
        "not importable here and made silent: graphviz, matplotlib, rich, tqdm"
    ]


def test_a_package_that_exists_nowhere_is_inert_as_well(opened):
    engine = opened({"engine.py": f"import course_tools\n{VALUE}course_tools.check(Value)\n"})
    assert works(engine)
    assert engine.info.notes[-1] == "not importable here and made inert: course_tools"


def test_a_file_may_import_its_neighbours_and_nothing_else_is_read(opened):
    files = {
        "engine.py": f"from ops import factor\nimport parts.deep\n{VALUE}{OP.format('factor')}",
        "ops.py": "from constants import two\nfactor = two * 5.0\n",
        "constants.py": "two = 2.0\n",
        "parts/__init__.py": "",
        "parts/deep.py": "from . import more\n",
        "parts/more.py": "",
        "other.py": "raise RuntimeError('not asked for')",
    }
    engine = opened(files)
    assert factor(engine) == 10.0
    others = "constants.py, ops.py, parts/__init__.py, parts/deep.py, parts/more.py"
    assert list(engine.info.notes) == [f"read with {others} beside it"]
    assert sorted(read_of(engine)) == sorted(set(files) - {"other.py"})


def read_of(engine):
    return engine._request.submission.files


def test_a_file_whose_name_cannot_be_imported_is_loaded_by_its_path(opened):
    engine = opened({"my engine+nn (2).py": VALUE}, "my engine+nn (2).py")
    assert works(engine)


@pytest.mark.parametrize("path", ["pkg", "pkg/engine.py", "."])
def test_a_package_is_loaded_with_its_relative_imports(opened, path):
    files = {
        "pkg/__init__.py": "from .engine import Value\n",
        "pkg/engine.py": f"from . import ops\nfrom .ops import factor\n{VALUE}{OP.format('factor')}",
        "pkg/ops.py": "from .inner.constants import factor\n",
        "pkg/inner/__init__.py": "",
        "pkg/inner/constants.py": "from ..numbers import factor\n",
        "pkg/numbers.py": "factor = 11.0\n",
    }
    engine = opened(files, path)
    assert factor(engine) == 11.0
    assert engine.info.found.startswith("class Value, line ")
    assert "of pkg/engine.py" in engine.info.found
    assert list(engine.info.notes) == [] or "pkg/ops.py beside it" in engine.info.notes[0]


def test_in_a_folder_the_file_with_a_backward_is_the_engine_and_tests_are_not(opened):
    files = {
        "src/core.py": VALUE,
        "tests/test_core.py": "from core import Value\n\nclass Backward:\n    def backward(self): ...\n",
        "README.py": "raise RuntimeError('not an engine')",
        ".hidden/engine.py": VALUE,
        "__pycache__/engine.py": VALUE,
    }
    engine = opened(files, ".")
    assert works(engine)
    assert "of src/core.py" in engine.info.found


def test_a_class_that_is_named_is_looked_for_in_every_file(opened):
    files = {
        "a.py": VALUE,
        "b.py": VALUE.replace("class Value", "class Scalar").replace("Value", "Scalar"),
    }
    with pytest.raises(EngineError, match=r"Value .*and Scalar .*name one as"):
        opened(files, ".")
    engine = opened(files, ".", "Scalar")
    assert works(engine)
    assert "class Scalar" in engine.info.found
    with pytest.raises(EngineError, match=r"no file has class Vale \(looked in a\.py, b\.py\)"):
        opened(files, ".", "Vale")


def test_a_file_handed_in_twice_is_one_engine_and_another_version_is_named_by_its_file(opened):
    engine = opened({"engine.py": VALUE, "engine (1).py": f"# the same\n{VALUE}"}, ".")
    assert works(engine)
    # Two classes differ when only a property of theirs calls another function.
    asking = f"{VALUE}    turned = property(lambda self: math.sin(self.data))\n"
    versions = {"both/engine.py": asking, "both/old.py": asking.replace("math.sin", "math.cos")}
    with pytest.raises(
        EngineError,
        match=r"2 engines: .*; name one as /.*/both/engine\.py, or all as /.*/both/\* when each is ",
    ):
        opened(versions, "both")
    changed = {"new/engine.py": VALUE, "new/old.py": VALUE.replace("+=", "=")}
    with pytest.raises(
        EngineError, match=r"2 engines: Value .* and Value .*; name one as /.*/new/engine\.py"
    ):
        opened(changed, "new")
    # The number of engines is the cause, and not the error in one of the files. The name Value names two.
    another = VALUE.replace("Value", "Scalar").replace("+=", "=")
    more = changed | {"new/third.py": another, "new/stopped.py": "raise LookupError('stopped')"}
    with pytest.raises(
        EngineError, match=r"^\S+ has 3 engines: .*; name one as /.*/new/engine\.py,? "
    ):
        opened(more, "new")


def test_a_zip_is_read_in_memory_and_members_outside_of_it_are_left_out(opened, tmp_path):
    (tmp_path / "work").mkdir()
    with zipfile.ZipFile(tmp_path / "work" / "hw.zip", "w") as archive:
        archive.writestr(
            "student_7/engine.py", f"from ops import factor\n{VALUE}{OP.format('factor')}"
        )
        archive.writestr("student_7/ops.py", "factor = 12.0\n")
        archive.writestr("../outside.py", VALUE)
        archive.writestr("__MACOSX/student_7/._engine.py", "\0")
        link = zipfile.ZipInfo("student_7/link.py")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    engine = opened({}, "hw.zip")
    assert factor(engine) == 12.0
    assert "of student_7/engine.py" in engine.info.found
    assert sorted(engine.info.notes) == [
        "the member ../outside.py was left out",
        "the member student_7/link.py was left out",
    ]


HANDED_ON = (
    "Value comes from {}, which was not read with it; name the file that defines Value, or the folder that "
    "holds both"
)


@pytest.mark.parametrize(
    ("files", "path", "said"),
    [
        ({"engine.py": ""}, "engine.py", "engine.py has no engine: no class is defined in it"),
        ({"main.py": "from engine import Value"}, "main.py", f"it: {HANDED_ON.format('engine')}"),
        ({"main.py": "from .engine import Value"}, "main.py", f"it: {HANDED_ON.format('.engine')}"),
        ({"engine.py": "def f(:"}, "engine.py", "engine.py, line 1: SyntaxError"),
        ({"engine.py": "x = 1\n  y = 2"}, "engine.py", "engine.py, line 2: IndentationError"),
        (
            {"engine.py": "a\0b"},
            "engine.py",
            "engine.py: SyntaxError: source code string cannot contain",
        ),
        (
            {"hw.zip": "no zip"},
            "hw.zip",
            "hw.zip cannot be unpacked: it is damaged, or no zip file",
        ),
        ({"notes.md": "x"}, ".", "holds no .py or .ipynb file"),
        ({"a.py": "x = 1"}, ".", "no file has a definition of backward (looked in a.py)"),
        ({"big.py": b"#" * (LARGEST_FILE + 1)}, "big.py", "big.py is larger than 5 MiB"),
    ],
    ids=[
        "empty",
        "handed-on",
        "handed-on-by-a-dot",
        "syntax",
        "indentation",
        "null",
        "zip",
        "no-code",
        "no-backward",
        "large",
    ],
)
def test_what_holds_no_engine_is_refused_with_a_reason(opened, files, path, said):
    with pytest.raises(EngineError) as problem:
        opened(files, path)
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)
    # The place of a syntax error is named once.
    assert str(problem.value).count(", line ") <= 1


PACKED = io.BytesIO()
with zipfile.ZipFile(PACKED, "w") as whole:
    whole.writestr("engine.py", VALUE)
DIRECTORY = PACKED.getvalue().rindex(b"PK\x01\x02")  # the place of the central directory


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (DIRECTORY + 8, b"\1", "it is encrypted; pack it without a password"),
        (DIRECTORY + 10, b"c", "it is packed in a way that Python does not know; pack it as an"),
        (60, b"\xff\xff\xff", "it is damaged, or no zip file; pack it again"),
        (30, b"\x1b[31m.py", "it is damaged, or no zip file; pack it again"),
    ],
    ids=["encrypted", "method", "checksum", "name"],
)
def test_an_archive_that_cannot_be_unpacked_is_said_in_own_words(place, value, said):
    data = bytearray(PACKED.getvalue())
    data[place : place + len(value)] = value
    with pytest.raises(EngineError) as problem:
        Files(Submission("hw.zip", {"hw.zip": bytes(data)}).to_json())
    assert str(problem.value).startswith(f"hw.zip cannot be unpacked: {said}")


def test_a_folder_is_read_within_bounds_and_without_following_links(tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
    (outside / "secret.py").write_text("secret = 1")
    (inside / "engine.py").write_text(VALUE)
    os.symlink(outside / "secret.py", inside / "linked.py")
    os.symlink(outside, inside / "linked")
    assert list(read(inside).files) == ["engine.py"]
    for number in range(MOST_FILES):
        (inside / f"f{number}.py").write_text("")
    with pytest.raises(EngineError, match=f"more than {MOST_FILES} files"):
        read(inside)
    with pytest.raises(UsageError, match="there is no file or folder"):
        read(tmp_path / "nowhere")
    (tmp_path / "engine.exe").write_text("")
    with pytest.raises(UsageError, match=r"a \.py, \.ipynb, \.txt or \.zip file"):
        read(tmp_path / "engine.exe")


def test_a_version_of_a_submission_changes_with_its_contents_only(tmp_path):
    (tmp_path / "a.py").write_text("import b")
    (tmp_path / "b.py").write_text("x = 1")
    first = read(tmp_path / "a.py").fingerprint
    assert first == read(tmp_path / "a.py").fingerprint
    (tmp_path / "b.py").write_text("x = 2")
    assert first != read(tmp_path / "a.py").fingerprint

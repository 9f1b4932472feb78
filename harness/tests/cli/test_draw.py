"""`gradconform draw`: the files that it writes, and what it says when it cannot."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from gradconform.harness.tests.small_engines import VALUE

ROOT = Path(__file__).parents[3]
NEURON = "lecture/neuron_with_sigmoid"


def test_a_drawing_has_the_name_of_its_case_unless_one_is_given(command, tmp_path):
    assert command("draw", NEURON)[:2] == (0, "lecture-neuron_with_sigmoid.svg\n")
    written = (tmp_path / "lecture-neuron_with_sigmoid.svg").read_text(encoding="utf-8")
    assert command("draw", NEURON, "-o", "-")[1] == written
    assert ElementTree.fromstring(written).get("class") == "circuit"
    for name, beginning in (
        ("a.dot", b"digraph"),
        ("a.mmd", b"flowchart LR"),
        ("a.PNG", b"\x89PNG"),
    ):
        assert command("draw", NEURON, "-o", name)[:2] == (0, f"{name}\n")
        assert (tmp_path / name).read_bytes().startswith(beginning)


def test_the_drawings_of_the_readmes_are_what_the_command_draws(command, tmp_path):
    """`make sample` makes them anew."""
    made = re.findall(r"gradconform (draw .*) -o (\S+)", (ROOT / "Makefile").read_text())
    assert len(made) == 2
    for line, file in made:
        arguments = [str(ROOT / word) if word.endswith(".py") else word for word in line.split()]
        assert command(*arguments, "-o", "-")[1] == (ROOT / file).read_text(encoding="utf-8")


def test_an_engine_in_a_file_is_drawn_beside_torch(command, tmp_path):
    wrong = VALUE.replace("other.grad += self.data * out.grad", "other.grad = self.data * out.grad")
    (tmp_path / "student.py").write_text(wrong)
    code, _, _ = command(
        "draw", "accumulation/square_of_a_square", "--engine", "student.py", "-o", "a.svg"
    )
    assert code == 0
    written = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "first wrong gradient" in written
    assert "(student beside torch)" in written
    code, _, err = command("draw", NEURON, "--engine", "student.py")
    assert code == 1
    assert err.splitlines()[-1].startswith(f"gradconform: student cannot run {NEURON}: it lacks ")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["lecture/nuron"],
            "there is no case 'lecture/nuron'; did you mean lecture/neuron_with_sigmoid",
        ),
        (
            [NEURON, "-o", "a.pdf"],
            "-o: a file that ends in .svg, .dot, .mmd or .png was expected; a.pdf came",
        ),
        ([NEURON, "-o", "no/a.svg"], "no/a.svg cannot be written: there is no folder no"),
        ([NEURON, "--engine", "nunpy"], "there is no engine 'nunpy'; did you mean numpy"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(command, arguments, sentence):
    code, out, err = command("draw", *arguments)
    assert (code, out) == (4, "")
    assert err.splitlines()[-1].startswith(f"gradconform: {sentence}")


def test_a_png_without_its_extra_says_how_to_install_it(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    code, _, err = command("draw", NEURON, "-o", "a.png")
    assert code == 4
    assert err.endswith(
        "gradconform: a .png needs resvg: pip install 'gradconform[draw]'; a .svg needs nothing\n"
    )

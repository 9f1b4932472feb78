"""A finding reads as a paragraph that a student understands and that claims no more than was tested."""

import re
import textwrap
from pathlib import Path

import pytest
from gradconform.engines.faulty.change import slope
from gradconform.harness.catalogue.collection import Catalogue
from gradconform.harness.diagnose.finding import Confidence, Finding, Kind
from gradconform.harness.diagnose.first_wrong import first_wrong
from gradconform.harness.diagnose.fitted import Fit
from gradconform.harness.diagnose.mistake import Mistake, Mistaken, known_mistakes
from gradconform.harness.diagnose.words import first_wrong_sentence, paragraph
from gradconform.harness.engine.builtin import load

MISTAKES = {mistake.name: mistake for mistake in known_mistakes()}
# A block is `name of a known mistake, confidence, explained, failing`, and then the paragraph.
BLOCKS = (Path(__file__).parent / "paragraphs.txt").read_text().strip().split("\n\n")


def found(name, confidence, explained, failing):
    mistake = MISTAKES[name]
    return Finding(
        mistake.op, mistake.operand, mistake.kind, confidence, "", explained, failing
    ), mistake.belief


def head_and_text(block):
    head, text = block.split("\n", 1)
    name, confidence, explained, failing = head.split(", ")
    return (name, Confidence(confidence), int(explained), int(failing)), text


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split(",")[0])
def test_the_paragraph_of_a_known_mistake(block):
    head, text = head_and_text(block)
    assert textwrap.fill(paragraph(*found(*head)), 110) == text


def test_there_is_a_paragraph_of_every_kind():
    kinds = {MISTAKES[block.split(",")[0]].kind for block in BLOCKS}
    assert kinds == {*Kind} - {Kind.UNKNOWN}


def test_a_paragraph_says_where_to_look_and_that_a_program_follows():
    finding = Finding(
        *("elu", "", Kind.DERIVATIVE, Confidence.LIKELY, "", 3, 3),
        program="y = x.elu()",
        look_at="`Value.elu`, line 12",
    )
    assert paragraph(finding) == (
        "Your `elu` has a wrong derivative. Calculus gives another derivative. This is likely, but not "
        "certain: it explains all 3 values and gradients that differ from torch. Look at `Value.elu`, line "
        "12. Check the line that computes the gradient of its operand in the backward of your `elu`. The "
        "program below shows it."
    )


def test_a_mistake_that_is_not_known_is_described_by_what_was_measured():
    finding = Finding("tanh", "", Kind.DERIVATIVE, Confidence.NONE, "", 0, 9)
    fit = Fit("tanh", "", Kind.DERIVATIVE, "derivative", "1 - y ** 3", "1 - y * y")
    assert paragraph(finding, fit=fit) == (
        "No known mistake explains this, so your engine was measured with small programs. Your `tanh` has "
        "a wrong derivative. Measured: your tanh uses 1 - y ** 3 where it should use 1 - y * y, where y is "
        "the result. Check the line that computes the gradient of its operand in the backward of your "
        "`tanh`."
    )


def test_what_is_measured_is_not_said_twice():
    finding = Finding("mul", "second", Kind.ASSIGNED, Confidence.NONE, "", 0, 9)
    assert paragraph(finding, fit=Fit("mul", "second", Kind.ASSIGNED, "derivative")) == (
        "No known mistake explains this, so your engine was measured with small programs. Your `mul` (`*`) "
        "replaces the gradient of its second operand. It must add to what is there. A value can be used "
        "several times. Each use gives a part of its gradient, and the gradient is the sum of the parts. "
        "Check the backward of your `mul`: it needs `+=` and not `=`."
    )


def of_one_case(change, reference, body, **inputs):
    """The sentence about the first wrong node of a scalar engine with this change."""
    cases = Catalogue()
    cases.case(**inputs)(body)
    (case,) = cases
    engine = Mistaken(Mistake("odd", "Nothing is known.", change), load("scalar"))
    wrong = first_wrong(instance := case.instance(0, "float64"), engine, reference)
    return first_wrong_sentence(instance.program, wrong)


def test_an_unknown_mistake_has_its_first_wrong_node(reference):
    def sine_of_square(x):
        """The sine of a square."""
        return (x * x).sin() * 3.0

    odd = slope("sin", lambda x, y: 0.25)
    sentence = of_one_case(odd, reference, sine_of_square, x=1.5)
    finding = Finding("", "", Kind.UNKNOWN, Confidence.NONE, "", 0, 1)
    assert paragraph(finding, first_wrong=sentence) == (
        "This is not one of the known mistakes. The first wrong gradient is that of %1, which comes back "
        "through `%2 = sin(%1)`: your engine has 0.75, and torch has -1.88452."
    )


def test_a_paragraph_of_any_known_mistake_has_no_gaps():
    for name in MISTAKES:
        text = paragraph(*found(name, Confidence.CONFIRMED, 1, 2))
        assert not re.search(r"[{}]|  ", text), text
        assert len(text) < 900, name

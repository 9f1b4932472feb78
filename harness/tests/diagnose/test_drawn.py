"""The drawing of a case shows where an engine goes wrong."""

import pytest
from gradconform.engines.scalar import Scalar
from gradconform.harness.catalogue.selection import named
from gradconform.harness.diagnose.drawn import drawn
from gradconform.harness.diagnose.mistake import Mistaken, known_mistakes
from gradconform.harness.engine.contract import named as renamed
from gradconform.harness.errors import EngineError
from gradconform.harness.report.drawing.svg import svg

MISTAKES = {mistake.name: mistake for mistake in known_mistakes()}
NEURON = "lecture/neuron_with_a_division"


def of_mistake(name, case_id, reference):
    """The circuit, its marks by symbol, and the symbols of the ops to look at."""
    engine = Mistaken(MISTAKES[name], Scalar())
    circuit = drawn(named(case_id).instance(0, "float64"), reference, engine)
    marks = {node.symbol: node.mark for node in circuit.nodes if node.mark}
    return circuit, marks, [node.symbol for node in circuit.nodes if node.look]


def texts(circuit, symbol):
    (node,) = (node for node in circuit.nodes if node.symbol == symbol)
    return [(text.role, text.text) for text in node.texts()][1:]


def test_the_first_wrong_gradient_and_its_op_are_marked(reference):
    circuit, marks, look = of_mistake("exp-uses-input", NEURON, reference)
    assert marks == {"-x": "first wrong gradient"}
    assert look == ["exp"]
    assert texts(circuit, "exp") == [("index", "%10"), ("value", "0.37"), ("grad", "-0.53")]
    assert texts(circuit, "-x") == [
        ("mark", "%9 first wrong gradient"),
        ("value", "-1.00"),
        ("grad", "-0.20"),
        ("grad wrong", "✗ 0.53"),
    ]
    # All gradients behind it are wrong, too, and the engine's stand beside torch's.
    assert texts(circuit, "w0")[1:] == [
        ("value", "2.00"),
        ("grad", "-0.20"),
        ("grad wrong", "✗ 0.53"),
    ]
    assert "exp-uses-input beside torch" in circuit.title
    assert circuit.notes[0].startswith(
        "The first wrong gradient is that of %9, which comes back through"
    )


def test_an_engine_that_agrees_has_no_number_of_its_own(reference):
    circuit = drawn(named(NEURON).instance(0, "float64"), reference, renamed(Scalar(), "</text>"))
    assert not any("wrong" in text.role for node in circuit.nodes for text in node.texts())
    assert circuit.notes[0] == "</text> agrees with torch at every number that it gives."
    assert "&lt;/text&gt; agrees" in svg(circuit)


def test_a_long_program_is_drawn_around_the_first_wrong_node(reference):
    circuit, marks, look = of_mistake("mul-first-own-value", "graphs/chain[100]", reference)
    assert list(marks.values()) == ["first wrong gradient"]
    assert look
    assert len(circuit.nodes) < 30
    assert any(node.kind == "stub" for node in circuit.nodes)
    assert any("nodes are drawn. A ⋯ stands for the others." in note for note in circuit.notes)


def test_a_second_backward_is_named_and_its_gradients_stand_at_the_leaf(reference):
    case = "accumulation/backward_twice_on_one_graph"
    circuit = drawn(named(case).instance(0, "float64"), reference)
    assert circuit.notes[-1] == "Then: backward %2 retain_graph; backward %2."
    assert texts(circuit, "x") == [("index", "%0"), ("value", "3.00"), ("grad", "24.00")]


def test_where_torch_raises_the_numbers_before_it_are_drawn(reference):
    circuit = drawn(named("inplace/needed_values[itself]").instance(0, "float64"), reference)
    assert circuit.notes[0].startswith("torch raises at `backward %3`: ")
    assert texts(circuit, "*2") == [("value", "6.00")]


class Forgets(Scalar):
    """No leaf keeps its gradient."""

    def grad(self, node):
        return None


def test_a_gradient_that_the_engine_does_not_give_is_marked_too(reference):
    circuit = drawn(named("diamonds/diamond").instance(0, "float64"), reference, Forgets())
    assert texts(circuit, "x") == [
        ("mark", "%0 first wrong gradient"),
        ("value", "0.70"),
        ("grad", "1.06"),
        ("grad wrong", "✗ none"),
    ]
    assert circuit.notes[0] == "forgets: x.grad is None, torch says 1.056"
    assert circuit.notes[-1] == "✗: the engine's number, where it differs from torch's."


def test_the_step_at_which_an_engine_raises_is_marked(reference):
    case = "edges/function_overflows[exp_at_1000.0]"
    circuit, marks, _ = of_mistake("exp-raises", case, reference)
    assert marks == {"exp": "the engine raises here"}
    assert "raised OverflowError" in circuit.notes[0]


def test_an_engine_that_cannot_run_the_case_is_a_sentence(reference):
    with pytest.raises(EngineError) as refused:
        drawn(named("axes/from_the_end[sum,-1]").instance(0, "float64"), reference, Scalar())
    assert "it lacks tensors" in str(refused.value)

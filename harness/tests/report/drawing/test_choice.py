"""What a drawing shows: the symbols of ops, the part of a long program, and the steps that are no nodes."""

import pytest
from gradconform.harness.program.arrays import Array
from gradconform.harness.report.drawing.neighbourhood import MOST
from gradconform.harness.report.drawing.numbers import Answers, places, readings_at
from gradconform.harness.report.drawing.placing import circuit
from gradconform.harness.tests.report.drawing.drawn import of_case
from gradconform.harness.trace import (
    backward,
    no_grad,
    read,
    relu,
    sigmoid,
    stack,
    traced,
    update,
    zero_grad,
)

SYMBOLS = {
    "+1": lambda x: x + 1.0,
    "1+": lambda x: 1 + x,
    "*-1": lambda x: x * -1,
    "*1" + 19 * "0" + "…": lambda x: x * 10**400,
    "x-2.5": lambda x: x - 2.5,
    "2-x": lambda x: 2 - x,
    "/2": lambda x: x / 2,
    "1/x": lambda x: 1 / x,
    "**-1": lambda x: x**-1,
    "2**x": lambda x: 2**x,
    "x<0": lambda x: x < 0,
    "-x": lambda x: -x,
    "+": lambda x: x + x,
    "@": lambda x: x @ x,
    "σ": lambda x: sigmoid(x),
    "relu": lambda x: relu(x),
    "[0]": lambda x: x[0],
}


def of(function, *names):
    program = traced(function, dict.fromkeys(names or ("x",), True))
    return circuit(program, dict.fromkeys(program.inputs, Array.of(0.5)), Answers())


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_an_op_has_its_symbol_and_a_number_in_it_is_one_gate_with_it(symbol):
    drawn = of(SYMBOLS[symbol])
    assert [node.symbol for node in drawn.nodes] == ["x", symbol]


def test_options_are_in_the_symbol_and_a_long_text_is_cut():
    assert of(lambda x: x.sum(dim=0)).nodes[1].symbol == "Σ dim=0"
    (_, long) = of(lambda x: x.reshape((1, 1, 1, 1, 1, 1, 1, 1, 1, 1))).nodes
    assert len(long.symbol) == 22
    assert long.symbol.endswith("…")
    assert "(1, 1, 1, 1, 1, 1, 1, 1, 1, 1)" in long.about


def test_a_long_chain_is_drawn_before_its_result_with_a_stub_that_has_its_numbers(reference):
    drawn = of_case("graphs/chain[100]", reference)
    assert [node.kind for node in drawn.nodes] == ["stub", *["op"] * 9]
    stub, *_, result = drawn.nodes
    assert (stub.symbol, stub.about) == ("⋯", "not drawn: %91 = %90 * 0.99")
    assert (stub.exits[0].value.torch, stub.exits[0].grad.torch) == ("0.80", "0.96")
    assert result.about == "%100 = %99 + 0.01"
    assert drawn.notes[-1] == "9 of 101 nodes are drawn. A ⋯ stands for the others."


def test_a_stub_stands_for_many_uses_and_for_many_operands():
    def many(x):
        return stack([x * float(k) for k in range(100)])

    drawn = of(many)
    stubs = [node.symbol for node in drawn.nodes if node.kind == "stub"]
    assert stubs == ["⋯ 88 values", "⋯ 88 uses"]
    assert len(drawn.nodes) <= MOST
    (into,) = (w for w in drawn.wires if drawn.nodes[w.source].symbol == "⋯ 88 values")
    assert drawn.nodes[into.target].symbol == "stack"


def test_steps_that_change_state_are_named_below_the_drawing_with_the_names_of_inputs():
    def trained(w, x):
        y = w * x
        backward(y)
        read(w.grad)
        zero_grad(w)
        with no_grad():
            z = w + x
        backward(w * z)
        update(w, lr=0.1)
        read(w)

    then = "Then: backward %2; zero_grad w; no_grad begin; no_grad end; backward %4; update w by sgd(lr=0.1)."
    drawn = of(trained, "w", "x")
    assert drawn.notes[-1] == then
    assert [node.index for node in drawn.nodes] == ["%0", "%1", "%2", "%3", "%4"]


def test_a_plain_backward_needs_no_sentence_and_no_numbers_of_nodes():
    drawn = of(lambda x: x * x)
    assert drawn.notes == ("Above a wire: the value. Below it: the gradient.",)
    assert {node.index for node in drawn.nodes} == {""}


def test_readings_by_their_labels_and_in_order_lead_to_the_same_places():
    program = traced(lambda x: x * 2.0, {"x": True})
    two, one = Array.of(2.0), Array.of(1.0)
    by_label = places(program)
    assert readings_at(program, [two, one]) == {
        by_label["result"]: [two],
        by_label["x.grad"]: [one],
    }

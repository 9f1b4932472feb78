"""Of the spelling that an untrusted process sends, only what is code of an expected form is believed."""

import json

import pytest
from gradconform.harness.engine.spelling import Spelling, from_json

SPELLING = Spelling(
    leaf='Node(label="x", value={}, requires_grad={wanted})',
    data="array",
    value="{}.value",
    gradient="{}.grad.value",
    backward="{}.backward(1.0)",
    with_cotangent="{}.backward(g={cotangent})",
    then=("{}.requires_grad = True",),
    no_grad="Node.no_grad()",
    ops=(("tanh", ".tanh()"), ("T", ".T"), ("exp", "Exp.apply()")),
    options=(("sum", "dim", "axis"), ("mean", "dim", "*")),
    places=(
        ("", "Node.backward", "line 40 of node.py"),
        ("exp", "Exp.apply", "cell 7 of a b.ipynb"),
    ),
)


def test_a_spelling_comes_back_as_it_was_sent():
    assert from_json(json.loads(json.dumps(SPELLING.to_json()))) == SPELLING


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("leaf", "Value({})  # all is right"),
        ("leaf", "Value({})\nprint('passed')"),
        ("leaf", "Value(" * 30),
        ("leaf", "Väl\u0335ue({})"),
        ("value", ["{}.data"]),
        ("value", None),
        ("then", ["{}.x; import os"]),
        ("then", "text"),
        ("ops", {"tanh": ".tanh()"}),
        ("ops", [["tanh", 3]]),
        ("options", 3),
        ("places", [["exp", "exp", 3]]),
    ],
)
def test_a_text_that_is_no_code_discredits_all_others(field, sent):
    assert (
        from_json(
            SPELLING.to_json()
            | {"then": [], "ops": [], "options": [], "places": []}
            | {field: sent}
        )
        is None
    )


@pytest.mark.parametrize("sent", [None, [], {}, {"leaf": "Value({})"}, "Value({})"])
def test_another_document_is_no_spelling(sent):
    assert from_json(sent) is None


def test_names_that_are_no_names_are_left_out_and_the_rest_is_cut():
    rows = [
        ["tanh", ".tanh(2)"],
        ["exp; x", ".exp()"],
        ["log", "a" * 500],
        ["sin"],
        ["cos", ".cos()"],
    ]
    options = [["sum", "dim", "axis=1"], ["sum", "dim"], ["sum", "dim", "axis"]]
    sent = json.loads(json.dumps(SPELLING.to_json())) | {"ops": rows * 500, "options": options}
    places = [
        "line 4 of " + "a" * 300,
        "line four",
        "cell 2 of b.ipynb",
    ]
    sent |= {
        "places": [["exp", "exp", place] for place in places]
        + [["exp", "all is right", places[-1]]]
    }
    found = from_json(sent)
    assert set(found.ops) == {("cos", ".cos()")}
    assert len(found.ops) <= 500
    assert found.options == (("sum", "dim", "axis"),)
    assert found.look_at("exp") == "`exp`, cell 2 of b.ipynb"
    assert found.look_at("tanh") == found.look_at("") == ""

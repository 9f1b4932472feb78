"""Programs: what they refuse, how they read, and that nothing is lost on the way through JSON."""

import json

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.errors import ProgramError
from gradconform.harness.program import (
    Apply,
    Backward,
    Grad,
    Input,
    NoGrad,
    Program,
    Read,
    Ref,
    SetGrad,
    Update,
    ZeroGrad,
)
from gradconform.harness.program.arrays import Array
from gradconform.harness.program.printing import text
from gradconform.harness.program.serialize import digest, from_json, to_json
from hypothesis import given
from hypothesis import strategies as st

X, READ = Input("x"), Read("value", Ref(0))


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ([X], "nothing is read"),
        ([X, Apply("exp", (Ref(3),)), READ], "step 1 .Apply.: %3 is used before it is defined"),
        ([X, Apply("exp", (Ref(1),)), READ], "%1 is used before it is defined"),
        ([X, Apply("cat", ([Ref(0), Ref(9)],)), READ], "%9 is used before"),
        ([X, Apply("frobnicate", (Ref(0),)), READ], "unknown op 'frobnicate'"),
        ([X, Apply("mul", (Ref(0),)), READ], "mul takes input other; 1 operands came"),
        ([X, Apply("exp", (Ref(0), Ref(0))), READ], "exp takes input; 2 operands came"),
        ([X, Apply("sum", (Ref(0),), (("axis", 0),)), READ], "sum has no attribute 'axis'"),
        ([X, Apply("max_dim", (Ref(0),), (("dim", 0),)), READ], "max_dim gives 2 results, not 1"),
        ([X, X, READ], "two inputs are named 'x'"),
        ([X, Backward(Ref(2)), READ], "%2 is used before"),
        ([X, Backward(Ref(0), others=(Ref(2),)), READ], "%2 is used before"),
        (
            [X, Backward(Ref(0), Array.of(1.0), others=(Ref(0),)), READ],
            "several roots have the default cotangent each",
        ),
        ([X, Backward(Ref(0), inputs=(Ref(5),)), READ], "%5 is not a leaf"),
        ([Input("x", False), SetGrad(Ref(0), Array.of(1.0)), READ], "%0 is not a leaf"),
        ([X, SetGrad(Ref(0), Ref(1)), READ], "%1 is used before"),
        ([X, ZeroGrad((Ref(5),)), READ], "%5 is not a leaf"),
        ([Input("x", False), ZeroGrad((Ref(0),)), READ], "%0 is not a leaf"),
        ([X, Update((Ref(0),), "newton"), READ], "unknown update rule 'newton'"),
        ([X, NoGrad(True), READ], "no_grad is not ended"),
        ([X, NoGrad(False), READ], "no_grad ends where none has begun"),
        ([X, Read("hessian", Ref(0))], "'hessian' cannot be read"),
    ],
)
def test_a_broken_rule_is_named_with_its_step(steps, complaint):
    with pytest.raises(ProgramError, match=complaint):
        Program(tuple(steps))


def test_readings_of_the_same_thing_have_different_names():
    steps = (X, Apply("exp", (Ref(0),)), Read("grad", Ref(0)), Read("grad", Ref(0)))
    assert Program((*steps, Read("value", Ref(1)))).labels == ("x.grad", "x.grad#2", "%1")


LITERALS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False)
    | st.text(max_size=3)
    | st.just(Ref(0))
    | st.just(...)
    | st.builds(slice, st.none() | st.integers(), st.none() | st.integers(), st.none()),
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple),
)


@given(LITERALS)
def test_any_literal_survives_json(literal):
    program = Program((X, Apply("getitem", (Ref(0),), (("index", literal),)), READ))
    document = json.loads(json.dumps(to_json(program), allow_nan=False))
    assert from_json(document) == program


@given(st.lists(st.floats(width=64), min_size=1, max_size=4))
def test_an_array_survives_json_to_the_bit(numbers):
    array = Array("float64", (len(numbers),), tuple(numbers))
    document = json.loads(json.dumps(array.to_json(), allow_nan=False))
    back = Array.from_json(document)
    assert repr(back) == repr(array)  # repr tells -0.0 from 0.0 and shows nan, where == does not


def test_non_finite_floats_are_strings_in_json():
    array = Array("float64", (3,), (float("nan"), float("inf"), float("-inf")))
    assert array.to_json()["data"] == ["nan", "inf", "-inf"]


@pytest.mark.parametrize(
    "document",
    [[{"step": "Nonsense"}], [{"op": "exp"}], [{"step": "Read", "what": "value", "of": "%x"}], [7]],
)
def test_a_document_that_is_no_program_is_refused(document):
    with pytest.raises(ProgramError, match="not a program"):
        from_json(document)


_X, _SQUARE = {"step": "Input", "name": "x"}, ["mul", "%0", "%0"]
_VALUE = {"step": "Read", "what": "value", "of": "%1"}


def _array(**fields):
    return {"array": {"dtype": "float64", "shape": [1], "data": [1.0]} | fields}


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ([_X, _SQUARE, _VALUE | {"label": [{"a": 0}]}], "label is str; list came"),
        ([_X, _SQUARE, _VALUE | {"of": ["%1"]}], "of is Ref; list came"),
        ([_X | {"name": 3}, _SQUARE, _VALUE], "name is str; int came"),
        ([_X | {"requires_grad": "%0"}, _SQUARE, _VALUE], "requires_grad is bool; Ref came"),
        ([_X, ["mul", "%0", _array(data=[[1.0]])], _VALUE], "something else than numbers"),
        ([_X, ["mul", "%0", _array(shape=[1.0])], _VALUE], "a shape of whole numbers"),
        ([_X, ["mul", "%0", {"default": True}], _VALUE], "Default is no operand"),
        ([_X, [["mul"], "%0"], _VALUE], "an op has a name"),
        ([_X, {"step": "Apply", "op": "getitem", "operands": ["%0"]}, _VALUE], "has no index"),
        ([_X, _SQUARE, {"step": "Backward", "root": "%1", "others": [2]}, _VALUE], "int came"),
        (
            [_X, _SQUARE, {"step": "Backward", "root": "%1", "cotangent": _array(data=["x"])}],
            "is not a program",
        ),
        (
            [_X, {"step": "Update", "leaves": ["%0"], "rule": "sgd", "settings": {"lr": []}}],
            "a setting of an update is a number",
        ),
    ],
)
def test_a_document_whose_text_or_labels_would_fail_is_refused(steps, complaint):
    with pytest.raises(ProgramError, match=complaint):
        from_json(steps)


def test_a_document_that_is_too_deep_is_refused():
    deep = 1.0
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ProgramError, match="is not a program"):
        from_json([_X, ["mul", "%0", deep], _VALUE])


def test_every_case_of_the_catalogue_survives_json():
    for case in catalogue():
        if "stress" not in case.tags:
            document = json.loads(json.dumps(to_json(case.program), allow_nan=False))
            # By repr, because a nan in a program is not equal to itself.
            assert repr(from_json(document)) == repr(case.program), case.id
            unchecked = from_json(document, unchecked=True)
            assert repr(vars(unchecked)) == repr(
                {k: vars(case.program)[k] for k in vars(unchecked)}
            )


def test_the_digest_names_program_inputs_and_nothing_else():
    instance = catalogue()["lecture/neuron_with_sigmoid"].instance(0, "float64")
    same = digest(from_json(to_json(instance.program)), dict(instance.inputs))
    moved = {**instance.inputs, "w0": Array.of(2.5)}
    assert instance.digest == same
    assert digest(instance.program, moved) != same
    assert digest(Program((*instance.program.steps, READ)), instance.inputs) != same


@pytest.mark.parametrize(
    "other",
    [
        Apply("add", (Ref(0), 1)),
        Apply("add", (Ref(0), True)),
        Apply("add", (Ref(0), -1.0)),
        Apply("add", (1.0, Ref(0))),
        Apply("add", (Ref(0), Ref(0))),
        Apply("add", (Ref(0), Array.of(1.0))),
        Apply("sub", (Ref(0), 1.0)),
        Apply("sum", (Ref(0),), (("dim", 0),)),
    ],
)
def test_programs_that_differ_in_one_operand_have_different_digests(other):
    found = [
        digest(Program((Input("x"), step, READ)), {})
        for step in (Apply("add", (Ref(0), 1.0)), other)
    ]
    assert found[0] != found[1]


def test_the_text_of_a_program_reads_like_a_listing():
    steps = (
        X,
        Apply("sub", (2.0, Ref(0))),
        Apply("getitem", (Ref(1),), (("index", (slice(None, 2), None, ...)),)),
        Apply("sum", (Ref(2),), (("dim", 0), ("keepdim", True))),
        Backward(Ref(3), None, retain_graph=True),
        Read("grad", Ref(0)),
    )
    assert text(Program(steps)).splitlines() == [
        "%0 = input x",
        "%1 = 2.0 - %0",
        "%2 = %1[(:2, None, ...)]",
        "%3 = sum(%2, dim=0, keepdim=True)",
        "backward %3 without cotangent retain_graph",
        "read grad %0",
    ]


def test_a_pass_with_options_says_them():
    square, cube = Apply("mul", (Ref(0), Ref(0))), Apply("mul", (Ref(1), Ref(0)))
    asked = {"create_graph": False, "allow_unused": True}
    steps = (
        X,
        square,
        cube,
        Backward(Ref(2), retain_graph=True, others=(Ref(1),), inputs=(Ref(0),)),
        SetGrad(Ref(0), Array.of(100.0)),
        SetGrad(Ref(0), Ref(2)),
        Grad(Ref(2), (Ref(0),), create_graph=False),
        Grad(Ref(2), (Ref(0),), **asked),
        Apply("add_", (Ref(1), 1.0)),
        READ,
    )
    program = Program(steps)
    assert text(program).splitlines()[3:9] == [
        "backward %2, %1 to %0 alone retain_graph",
        "set grad %0 to 100",
        "set grad %0 to %2",
        "%3 = grad %2 by %0 (no graph)",
        "%4 = grad %2 by %0 (allow_unused)",
        "%5 = add_(%1, 1.0)",
    ]
    assert from_json(json.loads(json.dumps(to_json(program)))) == program

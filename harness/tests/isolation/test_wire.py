"""Transcripts on the pipe: those of an honest child come back unchanged, anything else is refused."""

import json
import math

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.engine.builtin import load
from gradconform.harness.isolation.limits import Limits
from gradconform.harness.isolation.parent.answer_size import answer_size
from gradconform.harness.isolation.wire import ProtocolError, decode, encode, parse, text, texts
from gradconform.harness.program.arrays import Array, Opaque
from gradconform.harness.program.transcript import Stop, Transcript
from gradconform.harness.text import LONGEST, of_engine
from gradconform.harness.trace import read, traced
from hypothesis import given, settings
from hypothesis import strategies as st

FLOATS = ("number", "float64", "float32", "float16", "longdouble")
ANY = 1 << 20  # more brackets than any line here has
# As the parent shows them: it composes letters with their accents.
printable = st.text(st.characters(categories=("L", "N", "P", "S")), max_size=20).map(of_engine)


def program_of(reads):
    """Return a program with one input and so many readings of it."""

    def function(x):
        for _ in range(reads):
            read(x)

    return traced(function, {"x": True})


@st.composite
def arrays(draw):
    shape = draw(st.lists(st.integers(0, 3), max_size=3).map(tuple))
    dtype = draw(st.sampled_from((*FLOATS, "bool", "int64")))
    elements = {"bool": st.booleans(), "int64": st.integers(-(2**63), 2**63 - 1)}
    numbers = elements.get(dtype, st.floats() | st.integers(1 - 2**64, 2**64 - 1))
    size = math.prod(shape)
    return Array(dtype, shape, tuple(draw(st.lists(numbers, min_size=size, max_size=size))))


opaques = st.builds(Opaque, printable, printable)
readings = st.lists(st.none() | arrays() | opaques, min_size=1, max_size=4).map(tuple)


@st.composite
def transcripts(draw):
    """A transcript and its program: with a stop, the readings before its step are there."""
    found = draw(readings)
    kind = draw(st.sampled_from((None, "raised", "unsupported")))
    if kind is None:
        return Transcript(found), program_of(len(found))
    stop = Stop(kind, 1 + len(found), *(draw(printable) for _ in range(4)))
    return Transcript(found, stop), program_of(len(found) + draw(st.integers(1, 3)))


def sent(transcript, id=7):
    """Return the document as the parent gets it."""
    return parse(json.dumps({"id": id, **encode(transcript)}, allow_nan=False).encode(), ANY)


@given(transcripts())
def test_a_transcript_comes_back_unchanged(pair):
    transcript, program = pair
    back = decode(sent(transcript), program)
    assert repr(back) == repr(transcript)  # compared as text, in which a NaN is equal to a NaN


# Values that may stand at any place of a document from a child.
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([2**1024, -(2**1024), 1e999, -1, 0, 65, 10**400])
    | st.floats(allow_nan=False)
    | st.sampled_from(["nan", "inf", "-inf", "NaN", "1", "", "\x1b[31m", "\ud800", "x" * 5_000])
    | st.sampled_from(["raised", "pass", "crash", "float64", "object", "complex128", "bool"])
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(printable, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoilt(draw):
    """An honest answer with one value replaced, removed, doubled or added."""
    transcript, program = draw(transcripts())
    document = sent(transcript)
    place, key = document, draw(st.sampled_from(sorted(document)))
    while isinstance(place[key], list) and place[key] and draw(st.integers(0, 3)):
        place, key = place[key], draw(st.integers(0, len(place[key]) - 1))
    match draw(st.sampled_from(("replace", "remove", "double", "add"))):
        case "replace":
            place[key] = draw(documents)
        case "remove":
            del place[key]
        case "double" if isinstance(place, list):
            place.insert(key, place[key])
        case _ if isinstance(place, list):
            place.append(draw(documents))
        case _:
            place[draw(printable)] = draw(documents)
    return document, program


def due(transcript, program):
    before = program.steps if transcript.stop is None else program.steps[: transcript.stop.step]
    return sum(type(step).__name__ == "Read" for step in before)


def assert_harmless(transcript, program):
    """All values have builtin types, are bounded and fit one another."""
    assert len(transcript.readings) == due(transcript, program)
    shown = []
    for reading in transcript.readings:
        assert reading is None or type(reading) in (Array, Opaque)
        if type(reading) is Opaque:
            shown += [reading.kind, reading.text]
        if type(reading) is Array:
            assert type(reading.dtype) is str
            assert math.prod(reading.shape) == len(reading.data)
            assert all(type(extent) is int and extent >= 0 for extent in reading.shape)
            assert len(str(reading.shape)) < 1_000
            assert all(abs(number) <= 2**64 for number in reading.data if type(number) is int)
            assert all(type(number) in (float, int, bool) for number in reading.data)
            assert all(abs(float(number)) >= 0 or number != number for number in reading.data)
    stop = transcript.stop
    if stop is not None:
        assert stop.kind in ("raised", "unsupported")
        assert 0 <= stop.step < len(program.steps)
        shown += [stop.category, stop.message, stop.place]
        assert type(stop.traceback) is str
        assert len(stop.traceback) <= 10_000
        assert all(char.isprintable() or char in "\n\t" for char in stop.traceback)
    for each in shown:
        assert type(each) is str
        assert len(each) <= LONGEST
        assert each.isprintable()


@settings(max_examples=400)
@given(spoilt())
def test_a_spoilt_answer_is_refused_or_harmless(pair):
    document, program = pair
    try:
        transcript = decode(document, program)
    except ProtocolError:
        return
    assert_harmless(transcript, program)


@given(st.dictionaries(st.sampled_from(["id", "readings", "stop", "x"]), documents))
def test_any_document_is_refused_or_harmless(document):
    program = program_of(2)
    try:
        transcript = decode(document, program)
    except ProtocolError:
        return
    assert_harmless(transcript, program)


@given(st.binary() | documents.map(lambda value: repr(value).encode("utf-8", "replace")))
def test_any_line_is_refused_or_an_object(line):
    try:
        document = parse(line, ANY)
    except ProtocolError:
        return
    assert type(document) is dict


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"7",
        b'"id"',
        b"null",
        b"{",
        b'{"id": 1} {"id": 2}',
        b'{"id": NaN}',
        b'{"id": -Infinity}',
        b'{"id": 1, "readings": [["number", [], [Infinity]]], "stop": null}',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"id": ' * 20_000,
        b'{"id": ' + b"9" * 5_000 + b"}",
    ],
    ids=[
        "empty",
        "list",
        "number",
        "text",
        "null",
        "open",
        "two",
        "nan",
        "infinity",
        "infinite",
        "bytes",
        "deep-lists",
        "deep-objects",
        "digits",
    ],
)
def test_a_line_that_is_no_object_of_json_is_refused(line):
    with pytest.raises(ProtocolError):
        parse(line, ANY)


ONE = ["number", [], [6.0]]


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "pass"},
        {"readings": None},
        {"readings": [ONE]},
        {"readings": [ONE, ONE, ONE]},
        {"readings": {"0": ONE, "1": ONE}},
        {"readings": [ONE, 6.0]},
        {"readings": [ONE, "6.0"]},
        {"readings": [ONE, ["number"]]},
        {"readings": [ONE, ["number", [], [6.0], 1]]},
        {"readings": [ONE, ["object", [], [6.0]]]},
        {"readings": [ONE, [["number"], [], [6.0]]]},
        {"readings": [ONE, [{}, [], [6.0]]]},
        {"readings": [ONE, ["number", [2], [6.0]]]},
        {"readings": [ONE, ["number", [-1], []]]},
        {"readings": [ONE, ["number", [1.0], [6.0]]]},
        {"readings": [ONE, ["number", [True], [6.0]]]},
        {"readings": [ONE, ["number", [0] * 65, []]]},
        {"readings": [ONE, ["number", [2**64, 0, 2**64, 1], [6.0]]]},
        {"readings": [ONE, ["number", [0, 2**64], []]]},
        {"readings": [ONE, ["number", [0] + [10**4298] * 63, []]]},
        {"readings": [ONE, ["number", [], ["6.0"]]]},
        {"readings": [ONE, ["number", [], [None]]]},
        {"readings": [ONE, ["number", [], [[6.0]]]]},
        {"readings": [ONE, ["number", [], [2**1024]]]},
        {"readings": [ONE, [1, "text"]]},
        {"readings": [ONE, ["Liar", ["text"]]]},
        {"stop": "raised"},
        {"stop": ["pass", 0, "", "", "", ""]},
        {"stop": ["crash", 0, "", "", "", ""]},
        {"stop": [["raised"], 0, "", "", "", ""]},
        {"stop": ["raised", 3, "", "", "", ""]},
        {"stop": ["raised", -1, "", "", "", ""]},
        {"stop": ["raised", True, "", "", "", ""]},
        {"stop": ["raised", 1.0, "", "", "", ""]},
        {"stop": ["raised", 1, "", "", "", ""]},
        {"stop": ["raised", 0, None, "", "", ""], "readings": []},
        {"stop": ["raised", 0, "", "", ""], "readings": []},
        {"stop": ["raised", 0, "", "", "", None], "readings": []},
        {"stop": ["raised", 0, "", "", 1, ""], "readings": []},
    ],
)
def test_a_document_that_is_no_transcript_of_the_program_is_refused(changes):
    program = program_of(2)
    true = {"id": 1, "readings": [ONE, ONE], "stop": None}
    assert decode(true, program).stop is None
    with pytest.raises(ProtocolError):
        decode({**true, **changes}, program)
    for missing in true:
        with pytest.raises(ProtocolError):
            decode({key: value for key, value in true.items() if key != missing}, program)


def test_a_whole_number_beyond_every_dtype_comes_as_a_float():
    """In a sum with a float, or in a difference, it would raise OverflowError."""
    huge = 2**1024 - 2**970 - 1
    line = json.dumps({"id": 1, "readings": [["float64", [2], [-huge, 2**63]]], "stop": None})
    (reading,) = decode(parse(line.encode(), ANY), program_of(1)).readings
    assert reading.data == (-float(huge), 2**63)
    assert [type(number) for number in reading.data] == [float, int]


def test_texts_of_a_child_are_cut_and_cannot_move_the_cursor():
    assert text("\x1b[2Jnot\ta\r\nverdict\u202e\ud800") == " [2Jnot a  verdict  "
    assert text("x" * 10_000) == "x" * LONGEST
    assert texts(["a", "b", "c"], 2) == ["a", "b"]
    for wrong in (None, 7, ["a"], {"a": 1}):
        with pytest.raises(ProtocolError):
            text(wrong)
    for wrong in (None, "ab", {"a": 1}, [1]):
        with pytest.raises(ProtocolError):
            texts(wrong, 2)


def test_a_text_that_is_too_long_is_cut_by_the_child_already():
    transcript = Transcript(
        (Opaque("K" * 900, "t" * 900),), Stop("raised", 2, *["m" * 900] * 3, "t" * 20_000)
    )
    document = encode(transcript)
    assert document["readings"] == [["K" * LONGEST, "t" * LONGEST]]
    assert document["stop"][2:] == ["m" * 900, *["m" * LONGEST] * 2, "t" * 10_000]


def test_an_answer_is_bounded_by_what_its_program_asks_for():
    small, large = (
        answer_size(program_of(reads), {"x": Array("float64", (size,), (1.0,) * size)}, 1 << 24)
        for reads, size in ((1, 1), (3, 1_000))
    )
    assert small.bytes < 512 << 10 < large.bytes == 1 << 24
    assert small.brackets < large.brackets < 1 << 14
    nested = b'{"id":1,"readings":[' + b"[[[]]]," * 5_000 + b'0],"stop":null}'
    assert len(nested) < small.bytes
    with pytest.raises(ProtocolError, match="more lists than were asked for"):
        parse(nested, small.brackets)


@pytest.mark.parametrize(
    "id", ["matmul/over_batches_that_broadcast[(3,1,3,3)@(3,3,3)]", "bench/width_of_a_layer[64]"]
)
def test_the_largest_answers_of_the_catalogue_are_within_the_bound(id):
    instance = catalogue()[id].instance(0, "float64")
    line = json.dumps(encode(load("numpy").run(instance.program, instance.inputs))).encode()
    most = answer_size(instance.program, instance.inputs, Limits().answer)
    assert len(line) < most.bytes
    assert line.count(b"[") + line.count(b"{") < most.brackets

"""The verdict on a whole case: its tolerance, and transcripts that are odd."""

import dataclasses

import numpy as np
from gradconform.harness.catalogue import literal
from gradconform.harness.catalogue.collection import Catalogue, catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.catalogue.tolerance import ASSERT_CLOSE, BOUNDS, MEASURED
from gradconform.harness.judge.outcome import Reason, Verdict
from gradconform.harness.judge.verdict import bound
from gradconform.harness.program.transcript import Stop, Transcript
from gradconform.harness.run.runner import run_case
from gradconform.harness.trace import backward, exp, read, sigmoid, zero_grad

from gradconform import Array, Engine, Tolerance


class Changed(Engine):
    """Torch's transcript after a change."""

    def __init__(self, reference, change):
        self.reference, self.change = reference, change

    def run(self, program, inputs):
        return self.change(self.reference.engine.run(program, inputs))


def judged(reference, case, change):
    return run_case(case, Changed(reference, change), reference, 0, "float64")


def declared(function, **options):
    cases = Catalogue()
    cases.case(**options)(function)
    (case,) = cases
    return case


def scaled(factor, *indices):
    """Multiplies these readings, or all."""

    def change(transcript):
        readings = [
            dataclasses.replace(r, data=tuple(x * factor for x in r.data))
            if not indices or k in indices
            else r
            for k, r in enumerate(transcript.readings)
        ]
        return Transcript(tuple(readings))

    return change


def neuron(x):
    """sigmoid"""
    return sigmoid(x)


SINGLE = float(np.finfo("float32").eps)


def test_a_float32_reading_has_the_tolerance_of_float32_in_a_run_of_float64(reference):
    narrow = declared(neuron, level="torch", x=literal(0.3, "float32"))
    assert judged(reference, narrow, scaled(1 + 4 * SINGLE)).verdict is Verdict.PASS
    assert judged(reference, narrow, scaled(1 + 1e-3)).verdict is Verdict.FAIL
    wide = declared(neuron, x=0.3)
    assert judged(reference, wide, scaled(1 + 4 * SINGLE)).verdict is Verdict.FAIL


def test_a_float64_gradient_that_comes_back_through_float32_has_its_digits(reference):
    (case,) = catalogue().select(["dtypes/float32_with_a_0d_float64[pow*"])
    instance = case.instance(0, "float64")
    expected = reference(instance)
    assert {r.dtype for r in expected.readings} == {"float32", "float64"}
    assert bound(instance, expected, MEASURED) == ASSERT_CLOSE["float32"]


def test_a_cast_to_float32_counts_as_float32(reference):
    def there_and_back(x):
        """a cast to float32 and back"""
        return exp(x.to("float32")).to("float64")

    case = declared(there_and_back, level="torch", x=0.3)
    instance = case.instance(0, "float64")
    assert bound(instance, reference(instance), MEASURED) == ASSERT_CLOSE["float32"]


def test_the_tolerance_of_torch_can_be_asked_for(reference):
    case = declared(neuron, x=0.3)
    by_torch = Reference(BOUNDS["torch"])
    change = scaled(1 + 1e-8)
    assert judged(reference, case, change).verdict is Verdict.FAIL
    assert judged(by_torch, case, change).verdict is Verdict.PASS


def test_a_transcript_with_readings_missing_is_no_pass(reference):
    case = declared(neuron, x=0.3)
    for came in (0, 1):
        result = judged(reference, case, lambda t, came=came: Transcript(t.readings[:came]))
        (outcome,) = result.outcomes
        assert outcome.verdict is Verdict.CRASH
        assert outcome.message == f"its answer is no transcript: 2 readings were due, {came} came"
    last = len(case.program.steps) - 1
    stopped = judged(reference, case, lambda t: Transcript((), Stop("unsupported", last)))
    assert stopped.verdict is Verdict.CRASH
    early = judged(reference, case, lambda t: Transcript((), Stop("unsupported", 1)))
    assert early.verdict is Verdict.UNSUPPORTED


def test_core_asks_for_the_number_and_torch_for_the_dtype_too(reference):
    def one(x):
        """x itself"""
        return x * 1.0

    def as_integers(transcript):
        value, gradient = transcript.readings
        return Transcript((value, Array("int64", gradient.shape, (1,))))

    assert judged(reference, declared(one, x=3.0), as_integers).verdict is Verdict.PASS
    found = judged(reference, declared(one, level="torch", x=3.0), as_integers)
    assert [o.reason for o in found.outcomes] == [Reason.NONE, Reason.DTYPE]


def test_where_torchs_value_is_nan_a_questionable_case_takes_a_number(reference):
    def spelt_out(x):
        """a softmax whose exp overflows"""
        e = exp(x)
        return e / e.sum()

    def fused(transcript):
        return Transcript((Array.of([1.0, 0.0]), transcript.readings[1]))

    def wrong(transcript):
        return Transcript((Array.of([1.0, 0.5]), transcript.readings[1]))

    for options, change, verdict in (
        ({"convention": "questionable"}, fused, Verdict.PASS_ALT),
        ({"convention": "questionable"}, wrong, Verdict.FAIL),
        ({"convention": "stable"}, fused, Verdict.FAIL),
    ):
        case = declared(spelt_out, level="torch", x=[1000.0, 0.0], **options)
        assert judged(reference, case, change).verdict is verdict


def test_the_reason_state_is_for_what_comes_after_the_second_backward(reference):
    def twice(x):
        """a reading before and a reading after the second backward"""
        backward(x * x)
        read(x.grad)
        zero_grad(x)
        backward(x * x)
        read(x.grad)

    case = declared(twice, level="torch", x=3.0)
    reasons = [o.reason for o in judged(reference, case, scaled(2.0)).outcomes]
    assert reasons == [Reason.GRADIENT, Reason.STATE]


def test_the_largest_array_of_the_case_decides_how_far_a_reduction_widens(reference):
    def total(x):
        """a sum"""
        return x.sum()

    case = declared(total, x=[0.5] * 4096)
    instance = case.instance(0, "float32")
    tolerance = bound(instance, reference(instance), MEASURED)
    assert tolerance.rtol == 2 * (4096 + 1) * SINGLE


def test_a_case_of_its_own_tolerance_says_why(reference):
    wide = Tolerance(1e-3, 0.0, "three digits are asked for")
    case = declared(neuron, x=0.3, tolerance=wide)
    assert judged(reference, case, scaled(1 + 5e-4)).verdict is Verdict.PASS
    found = judged(reference, case, scaled(1 + 5e-3))
    assert {o.reason for o in found.outcomes} == {Reason.VALUE, Reason.GRADIENT}
    assert {o.difference.decided_by for o in found.outcomes} == {"rtol"}


def test_a_more_accurate_engine_is_not_blamed(reference):
    """The right numbers of cases in which torch's are not: exact arithmetic gives them."""
    right = {
        "reductions/order_of_a_float32_sum": [1.0, None],
        "edges/hypotenuse_at_the_origin": [0.0, 0.0, 0.0],
        "edges/root_of_a_square": [0.0, 0.0],
        "kinks/absolute_value_as_a_root": [0.0, 0.0],
        "edges/overflow_in_a_denominator": [0.0, 0.0],
        "stability/softmax_spelt_out": [[1.0, 0.0], [0.0, 0.0]],
        "stability/quotient_of_overflows": [1.0, 0.0],
        "softmax/logarithm_of_a_vanished_probability": [[0.0, -1000.0], [1.0, -1.0]],
        "stability/variance_far_from_zero": [7 / 3, [-4 / 3, -1 / 3, 5 / 3]],
        "stability/variance_very_far_from_zero": [7 / 3, [-4 / 3, -1 / 3, 5 / 3]],
    }
    for id, answers in right.items():

        def exact(transcript, answers=answers):
            readings = [
                torchs if mine is None else Array.of(mine, torchs.dtype)
                for torchs, mine in zip(transcript.readings, answers, strict=True)
            ]
            return Transcript(tuple(readings))

        (case,) = catalogue().select([id])
        assert judged(reference, case, exact).verdict in (Verdict.PASS, Verdict.PASS_ALT), id

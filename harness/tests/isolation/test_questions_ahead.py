"""Many questions at once: the child has them ahead, and a failure costs its own question alone."""

import json
import os
import signal
import time

import pytest
from gradconform.harness.engine.contract import Question
from gradconform.harness.isolation.parent import window
from gradconform.harness.program.arrays import Array
from gradconform.harness.tests.small_engines import VALUE, numbers, square, with_method, works
from gradconform.harness.trace import exp, read, traced

GOOD = [12.0, 7.0]


def question(function, x=3.0):
    return Question(traced(lambda x: function(x), {"x": True}), {"x": Array.of(x)})


def long(x):
    for _ in range(12_000):
        x = x + 1.0
    return x


HONEST, ODD = question(square), question(exp)


def came_out(transcripts):
    """Return the numbers of each transcript, or how it stopped."""
    return [numbers(t) if t.stop is None else (t.stop.kind, t.stop.message) for t in transcripts]


def test_answers_come_in_the_order_of_the_questions_however_long_they_are(opened):
    engine = opened(VALUE)
    asked = [question(long, 2.0), *(question(square, float(x)) for x in range(100)), question(long)]
    expected = [[12_002.0, 1.0], *([x * x + x, 2.0 * x + 1] for x in range(100)), [12_003.0, 1.0]]
    assert len(json.dumps(window._asked(asked[0], 1).body.decode())) > window._BYTES
    assert came_out(engine.run_all(asked)) == expected
    assert came_out(engine.run_all([])) == []
    assert engine.children.restarts == 0


def test_the_child_has_questions_ahead_but_not_all_of_them(opened):
    engine = opened(VALUE)
    taken = 0

    def questions():
        nonlocal taken
        for taken in range(1, 101):  # noqa: B007 - the caller reads it
            yield HONEST

    answers = engine.run_all(questions())
    assert numbers(next(answers)) == GOOD
    assert taken == window._MOST
    assert came_out(answers) == [GOOD] * 99
    assert taken == 100


def test_more_than_both_pipes_hold_blocks_neither_process(opened):
    """The child cannot write while the parent does not read, and reads nothing while it cannot write."""
    engine = opened(with_method("return Value([self.data / 3] * 2_000)"))
    asked = [question(lambda x: read(exp(x + sum([x] * 300, x))), float(x)) for x in range(60)]
    answers = engine.run_all(asked)
    found = [next(answers)]
    time.sleep(0.3)
    found += answers
    assert [len(numbers(answer)[0]) for answer in found] == [2_000] * 60
    assert engine.children.restarts == 0


# How the process fails in the odd question among honest ones.
FAILURES = {
    "dies": ("import os; os._exit(3)", ("crash", "the process left with exit code 3")),
    "hangs": ("while True: pass", ("timeout", "no answer within 0.3 s")),
    "closes": (
        "import os; os.closerange(3, 64); import time; time.sleep(9)",
        ("crash", "it closed the pipe on which it answers"),
    ),
    "babbles": ("say(b'{}')", ("crash", "its answer belongs to no question")),
    "is-nonsense": ("say(b'nonsense')", ("crash", "its answer is no transcript: no JSON")),
}
SAY = """
import json, os, sys

def say(*lines):
    for number in range(3, 64):
        try:
            os.write(number, b"".join(line + b"\\n" for line in lines))
        except OSError:
            pass

def request():
    frame = sys._getframe()
    while "request" not in frame.f_locals or frame.f_code.co_name == "request":
        frame = frame.f_back
    return frame.f_locals["request"]

def right(id):
    pair = [["number", [], [6.0]], ["number", [], [5.0]]]
    return json.dumps({"id": id, "readings": pair, "stop": None}).encode()
"""


@pytest.mark.parametrize(("body", "said"), FAILURES.values(), ids=FAILURES)
def test_a_failure_costs_its_question_alone(opened, body, said):
    engine = opened(with_method(body, before=SAY), case=0.3)
    answers = came_out(engine.run_all([HONEST, HONEST, ODD, HONEST, HONEST]))
    kind, message = answers.pop(2)
    assert answers == [GOOD] * 4
    assert kind == said[0]
    assert message.startswith(said[1])
    assert engine.children.restarts == 1


@pytest.mark.parametrize(
    "body",
    [
        "say(right(request()['id']), right(request()['id']))\n",
        "say(right(request()['id']))\nreturn self",
        "say(right(request()['id'] + 1))\nreturn self",
        "say(right(True), right(1))\nreturn self",
    ],
    ids=["two", "doubled", "next", "true"],
)
def test_an_answer_too_many_gains_nothing_and_costs_one_more_question_at_most(opened, body):
    engine = opened(with_method(body, before=SAY))
    answers = came_out(engine.run_all([HONEST, ODD, HONEST, HONEST, HONEST]))
    # In place of its own answer the engine may give any other, but for its own question alone.
    assert answers[0] == GOOD
    assert answers[-2:] == [GOOD, GOOD]
    wrong = [answer for answer in answers[1:3] if answer not in (GOOD, [6.0, 5.0])]
    assert wrong == [("crash", "its answer belongs to no question")]
    assert works(engine)


def test_an_answer_to_a_question_behind_the_first_is_a_crash(opened):
    """The child can read ahead what was sent to it. The order of its answers is fixed."""
    ahead = """
        lines = request_lines()
        say(*[right(json.loads(line)["id"]) for line in lines])
        return self
    """
    read = """
def request_lines():
    frame = sys._getframe()
    while "pipe" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["pipe"].peek().splitlines()[:2]
"""
    engine = opened(with_method(ahead, before=SAY + read))
    answers = came_out(engine.run_all([HONEST, ODD, HONEST, HONEST]))
    assert answers[0] == GOOD
    assert answers[1] == ("crash", "its answer belongs to no question")
    assert answers[2:] == [GOOD, GOOD]


def test_a_caller_who_stops_early_leaves_no_answer_for_the_next_question(opened):
    engine = opened(VALUE)
    answers = engine.run_all([question(square, float(x)) for x in range(10)])
    assert numbers(next(answers)) == [0.0, 1.0]
    with pytest.raises(RuntimeError, match="before you ask again"):
        works(engine)
    answers.close()
    assert works(engine)


def test_a_child_that_is_killed_costs_one_question_each_time(opened):
    engine = opened(VALUE)
    found, killed = [], 0
    for place, transcript in enumerate(engine.run_all([HONEST] * 1000)):
        found += came_out([transcript])
        # Each time another child. On a busy machine one answers for a while after it was killed: behind
        # bubblewrap it ends only when the process around it has ended.
        if killed < 3 and place >= 50 + 100 * killed and engine.children.restarts == killed:
            os.killpg(engine.children.child._process.pid, signal.SIGKILL)
            killed += 1
    lost = [answer for answer in found if answer != GOOD]
    assert len(found) == 1000
    assert len(lost) <= 3
    assert {kind for kind, _ in lost} <= {"crash"}
    assert engine.children.restarts == 3


def test_an_engine_just_below_its_limit_is_stopped_by_the_time_for_all_cases(opened):
    engine = opened(
        with_method("time.sleep(0.2); return self", before="import time"), case=0.4, engine=0.7
    )
    answers = came_out(engine.run_all([ODD] * 6))
    assert answers[:3] == [[3.0, 1.0]] * 3
    assert answers[-2:] == [("timeout", "the engine's 0.7 s were used up")] * 2


def test_what_may_not_be_asked_is_decided_when_its_turn_comes(opened):
    """Three time-outs in a row end the asking, though the questions behind them were sent already."""
    engine = opened(with_method("while True: pass"), case=0.2)
    answers = came_out(engine.run_all([ODD, HONEST, ODD, ODD, HONEST]))
    none = ("timeout", "no answer within 0.2 s")
    refused = ("timeout", "not tried: no case with exp was answered in time (2 tried before)")
    assert answers == [none, GOOD, none, refused, GOOD]
    assert engine.children.restarts == 2

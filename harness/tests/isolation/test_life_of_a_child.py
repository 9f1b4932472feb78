"""The life of a child: it ends for many reasons, costs one case each time, and is started again."""

import time
from pathlib import Path

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.engine.builtin import load
from gradconform.harness.errors import EngineError
from gradconform.harness.isolation.limits import MIB
from gradconform.harness.judge.outcome import Verdict
from gradconform.harness.program.arrays import Opaque
from gradconform.harness.run.runner import run_case
from gradconform.harness.tests.small_engines import VALUE, ask, numbers, square, with_method, works
from gradconform.harness.trace import exp, read

DEEP = 5_000


def chain(x):
    y = x
    for _ in range(DEEP):
        y = y + 1.0
    return y


def stop_of(engine, function=exp, x=0.5):
    stop = ask(engine, function, x=x).stop
    return stop.kind, stop.message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import os; os._exit(3)", "the process left with exit code 3"),
        ("import ctypes; ctypes.string_at(0)", "the process was ended by SIGSEGV"),
        ("import os; os.abort()", "the process was ended by SIGABRT"),
        ("import os; os.closerange(3, 64)", "its own code ended the process"),
    ],
    ids=["exit", "segfault", "abort", "closed"],
)
def test_a_child_that_dies_is_started_again_for_the_next_case(opened, body, said):
    engine = opened(with_method(body))
    assert works(engine)
    kind, message = stop_of(engine)
    assert kind == "crash"
    assert said in message
    assert works(engine)
    assert engine.children.restarts == 1


def test_a_child_that_dies_between_two_cases_costs_neither_of_them(opened):
    engine = opened(
        with_method(
            """
            import os, threading
            threading.Timer(0.05, os._exit, [1]).start()
            return self
            """
        )
    )
    assert numbers(ask(engine, exp, x=0.5)) == [0.5, 1.0]
    deadline = time.monotonic() + 10
    while engine.children.child.alive and time.monotonic() < deadline:
        time.sleep(0.01)
    assert works(engine)
    assert engine.children.restarts == 1


def test_a_case_without_an_answer_times_out_and_the_next_one_runs(opened):
    engine = opened(with_method("while True: pass"), case=0.5)
    assert stop_of(engine) == ("timeout", "no answer within 0.5 s")
    assert works(engine)


def test_an_engine_that_used_its_time_up_is_not_asked_again(opened):
    engine = opened(with_method("while True: pass"), case=60.0, engine=1.0)
    assert stop_of(engine)[0] == "timeout"
    assert stop_of(engine, square) == ("timeout", "the engine's 1 s were used up")
    assert engine.children.restarts == 0


def test_processor_time_that_is_used_up_is_a_timeout(opened):
    engine = opened(with_method("while True: pass"), cpu=1)
    assert stop_of(engine) == ("timeout", "1 s of processor time were used up")
    assert works(engine)


def test_an_answer_that_names_the_signal_of_used_up_time_is_a_crash(opened):
    forged = '{"id": %d, "readings": [["float64", [], ["SIGXCPU"]], null], "stop": null}\n'
    forge = f"""
        import os, sys
        frame = sys._getframe()
        while "request" not in frame.f_locals:
            frame = frame.f_back
        line = {forged!r} % frame.f_locals["request"]["id"]
        for number in range(3, 64):
            try:
                os.write(number, line.encode())
            except OSError:
                pass
        return self
    """
    engine = opened(with_method(forge))
    said = "its answer is no transcript: 'SIGXCPU' is not a number"
    assert stop_of(engine) == ("crash", said)
    assert works(engine)


def test_too_much_memory_is_out_of_memory_and_the_child_lives_on(opened):
    engine = opened(with_method("hoard = bytearray(10 ** 9)"), memory=64 * MIB)
    assert stop_of(engine) == ("out-of-memory", "more than 64 MiB were asked for")
    assert works(engine)
    assert engine.children.restarts == 0


def test_memory_counts_above_what_the_imports_took(opened):
    engine = opened(with_method("return self", before="import numpy"), memory=64 * MIB)
    assert numbers(ask(engine, exp, x=0.5)) == [0.5, 1.0]


def test_the_recursion_limit_is_raised_unless_the_case_keeps_pythons_own(opened):
    engine = opened(VALUE)
    assert numbers(ask(engine, chain, x=0.0)) == [float(DEEP), 1.0]
    stop = ask(engine, chain, frames=1_000, x=0.0).stop
    assert (stop.kind, stop.category) == ("raised", "recursion")
    assert numbers(ask(engine, chain, x=0.0)) == [float(DEEP), 1.0]
    assert engine.children.restarts == 0


def test_the_case_with_pythons_own_limit_is_the_one_that_says_so(opened):
    engine, reference = opened(VALUE), Reference()
    tagged = {c.id for c in catalogue() if "python-recursion-limit" in c.tags}
    assert tagged == {"graphs/chain_of_3000_under_pythons_own_recursion_limit"}
    for id in (*tagged, "graphs/chain_of_sums[5000]"):
        result = run_case(catalogue()[id], engine, reference, 0, "float64")
        expected = Verdict.FAIL if id in tagged else Verdict.PASS
        assert (id, result.verdict) == (id, expected)
    numpy = run_case(catalogue()[tagged.pop()], load("numpy"), reference, 0, "float64")
    assert numpy.verdict is Verdict.PASS


def test_an_answer_longer_than_the_cap_is_a_crash_of_that_case_alone(opened):
    engine = opened(with_method("return Value([0.123456789] * 200_000)"), answer=MIB)
    stop = ask(engine, lambda x: read(exp(x)), x=0.5).stop
    said = "its answer is longer than 338 KiB, the most that was asked for"
    assert (stop.kind, stop.message) == ("crash", said)
    assert works(engine)


FORGED = '{"id": %s, "readings": [["number", [], [6.0]], ["number", [], [5.0]]], "stop": null}'


@pytest.mark.parametrize("id", ["1", "7", "true", "null", '"1"', "[1]"])
def test_an_answer_to_another_question_is_none(opened, id):
    forge = f"""
        import os
        for number in range(3, 64):
            try:
                os.write(number, {FORGED % id + chr(10)!r}.encode())
            except OSError:
                pass
        return self
    """
    engine = opened(with_method(forge))
    assert works(engine)
    assert works(engine)
    assert stop_of(engine) == ("crash", "its answer belongs to no question")
    assert works(engine)


def test_an_answer_that_came_before_its_question_is_none(opened):
    forge = f"""
        import os, threading, time

        def ahead():
            time.sleep(0.1)  # by then the case that started this has been answered
            for number in range(3, 64):
                try:
                    os.write(number, {FORGED % 2 + chr(10)!r}.encode())
                except OSError:
                    pass

        threading.Thread(target=ahead).start()
        return self
    """
    engine = opened(with_method(forge))
    assert numbers(ask(engine, exp, x=0.5)) == [0.5, 1.0]
    deadline = time.monotonic() + 10
    while not engine.children.child._pipes.has_unread and time.monotonic() < deadline:
        time.sleep(0.01)
    assert stop_of(engine, square) == ("crash", "it answered what it had not been asked")
    assert works(engine)


LIAR = """
class Liar:
    __class__ = float

    def __float__(self):
        return 7.0

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(7.0)
"""


def test_an_object_that_says_it_is_a_number_is_a_finding(opened):
    engine = opened(with_method("return Value(Liar())", before=LIAR))
    value, _ = ask(engine, exp, x=0.5).readings
    assert value == Opaque("Liar")
    case = next(c for c in catalogue() if c.id.startswith("unary/alone[exp"))
    (outcome, *_) = run_case(case, engine, Reference(), 0, "float64").outcomes
    assert outcome.verdict is Verdict.FAIL
    assert "Liar" in outcome.message


def test_leaving_python_in_an_op_is_that_ops_failure(opened):
    engine = opened(with_method("raise SystemExit(0)"))
    stop = ask(engine, exp, x=0.5).stop
    assert (stop.kind, stop.category, stop.message) == ("raised", "other", "SystemExit: 0")
    assert works(engine)
    assert engine.children.restarts == 0


def test_loading_has_a_time_limit_of_its_own(opened):
    with pytest.raises(EngineError, match="engine: loading it took longer than 1 s"):
        opened(f"{VALUE}\nsum(iter(int, 1))\n", load=1.0)  # a loop in C, which no exception can end


def test_a_child_that_ends_while_it_is_loaded_is_explained_with_its_last_words(opened):
    text = "import os\nprint('first')\nprint('no licence', flush=True)\nos._exit(5)\n"
    with pytest.raises(EngineError) as problem:
        opened(text)
    said = "engine: loading it failed: the process left with exit code 5 (it printed: no licence)"
    assert str(problem.value) == said


def test_what_is_printed_is_kept_up_to_a_size(opened):
    engine = opened(with_method("print('x' * 99_999); return self"), output=MIB)
    for _ in range(30):
        assert numbers(ask(engine, exp, x=0.5)) == [0.5, 1.0]
    assert engine.printed().startswith("x" * 1_000)
    assert 0.9 * MIB < len(engine.printed()) <= MIB


def test_of_a_flood_below_python_the_beginning_is_kept(opened):
    flood = """
        import os
        for _ in range(200):
            os.write(1, b"flood " * 50_000)
        return self
    """
    engine = opened(with_method(flood), file=2 * MIB, output=MIB)
    assert numbers(ask(engine, exp, x=0.5)) == [0.5, 1.0]
    assert engine.printed() == ("flood " * 200_000)[:MIB]
    assert engine.children._output.stat().st_size == MIB
    assert works(engine)


def test_what_was_printed_cannot_be_taken_back(opened):
    hide = """
        import os, posix
        print("evidence", flush=True)
        for call in (lambda: os.ftruncate(1, 0), lambda: os.lseek(1, 0, 0), lambda: os.pwrite(1, b"-", 0)):
            try:
                call()
            except OSError:
                pass
        os.write(1, bytes([0xFF]) * 3_000)
        return self
    """
    engine = opened(with_method(hide), output=2_000)
    assert ask(engine, exp, x=0.5).stop is None
    assert engine.printed().startswith("evidence\n")
    assert len(engine.printed().encode()) <= 2_000


def test_nothing_of_the_parents_environment_is_visible(opened, monkeypatch):
    monkeypatch.setenv("GRADCONFORM_TEST_SECRET", "swordfish")
    look = """
        import os
        print(dict(os.environ))
        for number in os.listdir("/proc"):
            try:
                print(open(f"/proc/{number}/environ").read())
            except OSError:
                pass
    """
    engine = opened(f"import os\n{VALUE}\ntry:\n{look}\nexcept OSError:\n    pass\n")
    assert "'HOME': " in engine.printed()
    assert "swordfish" not in engine.printed()
    assert str(Path.home()) not in engine.printed()


HUGE = """
from gradconform import Array, Engine
from gradconform.harness.program import Read
from gradconform.harness.program.transcript import Transcript


class Huge(Engine):
    def run(self, program, inputs):
        reads = sum(isinstance(step, Read) for step in program.steps)
        return Transcript((Array("number", (), (1 - (2**1024 - 2**970),)),) * reads)
"""


DIES = "    def run(self, program, inputs):\n        os._exit(3)\n"


def test_a_huge_whole_number_is_a_wrong_answer_and_no_mistake_of_ours(opened):
    engine, reference = opened(HUGE), Reference()
    asked = ["extremes/what_requires_grad", "lifecycle/requires_grad[*"]
    found = {
        run_case(case, engine, reference, 0, "float64").verdict
        for case in catalogue().select(asked)
    }
    assert found == {Verdict.FAIL}


@pytest.mark.parametrize(
    "said", ["version = str(time.monotonic_ns())", "lacks = (str(time.monotonic_ns()),)"]
)
def test_an_engine_that_says_something_else_after_a_restart_is_not_asked_again(opened, said):
    text = HUGE.replace("    def run(self, program, inputs):\n", f"    {said}\n{DIES}")
    engine = opened(f"import os, time\n{text}")
    before = (engine.info.version, engine.info.lacks)
    stops = [stop_of(engine), stop_of(engine), stop_of(engine)]
    assert stops[0] == ("crash", "the process left with exit code 3")
    assert stops[1][1].endswith("it says something else of itself than at first")
    assert stops[2] == ("crash", "it says something else of itself than at first")
    assert (engine.info.version, engine.info.lacks) == before
    assert engine.children.restarts == 1
